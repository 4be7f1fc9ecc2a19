//! A bar for what takes long, and Ctrl+C.

use std::{
    ops::ControlFlow,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::terminal;

/// How wide the bar is.
const WIDTH: usize = 32;

/// A line on the terminal that grows; nothing where nobody looks.
pub(super) struct Progress {
    label: &'static str,
    all: usize,
    shown: Option<usize>,
}

impl Progress {
    pub(super) fn new(label: &'static str, all: usize, shows_warnings: bool) -> Self {
        let is_seen = shows_warnings && terminal::is_seen();
        Self { label, all: all.max(1), shown: is_seen.then_some(usize::MAX) }
    }

    /// So many are done.
    pub(super) fn set(&mut self, done: usize) {
        let percent = done.min(self.all) * 100 / self.all;
        if self.shown.is_some_and(|shown| shown != percent) {
            self.shown = Some(percent);
            let full = percent * WIDTH / 100;
            let (full, rest) = ("█".repeat(full), "░".repeat(WIDTH - full));
            terminal::draw(&format!("\r{} {full}{rest} {percent:3} %", self.label));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown.is_some_and(|shown| shown != usize::MAX) {
            terminal::draw("\r\x1b[K");
        }
    }
}

/// Does what tells how far it is, from 0 to 1, with a bar that grows; Ctrl+C calls it off.
pub(super) fn watch<T>(
    label: &'static str,
    shows_warnings: bool,
    work: impl FnOnce(&mut dyn FnMut(f32) -> ControlFlow<()>) -> T,
) -> T {
    let is_interrupted = listen_for_interrupt();
    let mut bar = Progress::new(label, 100, shows_warnings);
    work(&mut |part| {
        bar.set((part.clamp(0.0, 1.0) * 100.0) as usize);
        if is_interrupted.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
}

/// Hears Ctrl+C from now on, in place of ending at once. Where that cannot be, Ctrl+C ends the program as ever, which
/// leaves nothing half done either: a commit is whole or not there.
pub(super) fn listen_for_interrupt() -> Arc<AtomicBool> {
    let is_interrupted = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&is_interrupted);
    let _ = ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed));
    is_interrupted
}
