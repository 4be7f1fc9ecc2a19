//! The real program in a real window, driven as a person would.
//!
//! Runs where `TRESOR_TEST_WINDOW` is set, as `./test` does; anywhere else it says that it was skipped.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test that cannot go on fails, and says what it skips")]

mod pictures;
mod screen;
mod story;

/// Whether a screen was promised to these tests.
fn has_screen() -> bool {
    let is_set = std::env::var_os("TRESOR_TEST_WINDOW").is_some();
    if !is_set {
        println!("SKIPPED: needs a screen; ./test starts one and sets TRESOR_TEST_WINDOW");
    }
    is_set
}
