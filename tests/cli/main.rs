//! The command line as a person or a script meets it: the program itself, its output and its exit codes.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod access;
mod access_input;
mod az;
mod bulk;
mod clocks;
mod dates;
mod desk;
mod disk;
mod foreign;
mod hardening;
mod keys;
mod manual;
mod owner;
mod passphrases;
mod pins;
mod pipes;
mod queries;
mod regions;
mod renewals;
mod shapes;
mod terminal;
mod together;
mod transcripts;
mod values;
