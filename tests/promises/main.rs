//! What a store promises, asked through its one door: each test names the promise it proves.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod access;
mod activity;
mod availability;
mod backup;
mod clock;
mod desk;
mod earlier;
mod files;
mod key_worker;
mod keys;
mod lean;
mod model;
mod secrets;
mod soft_delete;
mod trust;
mod vaults;
mod worker;
