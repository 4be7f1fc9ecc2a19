//! What the keys of a vault do, held against attack vectors, against openssl, and against itself.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests fail by panicking, and tell how many vectors they saw"
)]

mod common;
mod import;
mod limits;
mod openssl;
mod roundtrips;
mod tampering;
mod wycheproof;
