//! The window by roles and labels, as a screen reader meets it: no screen, no GPU.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod access;
mod activity;
mod bins;
mod clipboard;
mod clock;
mod command_line;
mod common;
mod desktop;
mod gate;
mod identities;
mod keys;
mod lock;
mod regions;
mod secrets;
mod shell;
mod words;
