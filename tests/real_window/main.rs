//! The real program in a real window, driven as a person would.
//!
//! Runs where `TRESOR_TEST_WINDOW` is set, as `./test` does; anywhere else it says that it was skipped. The program is that of
//! `TRESOR_TEST_PROGRAM`, built as people install it: cargo gives the one beside these tests what they depend on, too.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test that cannot go on fails, and says what it skips")]

mod clipboard;
mod pictures;
mod screen;
mod story;
mod wayland;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The screen, where one was promised to these tests; to one of them at a time, as there is one keyboard.
fn the_screen() -> Option<MutexGuard<'static, ()>> {
    static SCREEN: Mutex<()> = Mutex::new(());
    if std::env::var_os("TRESOR_TEST_WINDOW").is_none() {
        println!("SKIPPED: needs a screen; ./test starts one and sets TRESOR_TEST_WINDOW");
        return None;
    }
    Some(SCREEN.lock().unwrap_or_else(PoisonError::into_inner))
}
