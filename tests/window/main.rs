//! The window by roles and labels, as a screen reader meets it: no screen, no GPU.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod bins;
mod command_line;
mod common;
mod gate;
mod keys;
mod lock;
mod regions;
mod secrets;
mod shell;
