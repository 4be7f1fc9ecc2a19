//! What is left in the memory of the process once a store is locked: the process reads its own, all of it, and looks for values
//! that were in it. `docs/security.md` quotes what these tests print.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod scan;
mod window;
mod worker;
