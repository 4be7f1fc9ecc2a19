//! Secrets in the clipboard: kept out of its history, cleared again, and only if it still holds ours (G4).
//!
//! A thread of its own talks to the desktop, which may take its time and, on X11, serves the value from here.

use std::{
    sync::mpsc::{self, Receiver, Sender},
    thread::{self, JoinHandle},
};

use crate::{
    domain::SecretValue,
    service::{Fingerprint, fingerprint},
};

/// What the clipboard tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ClipboardEvent {
    /// The value is in the clipboard.
    Copied,
    /// The desktop refused it, and why.
    Refused(String),
    /// The value is no longer in the clipboard: it was cleared, or something else had taken its place.
    Cleared,
    /// The desktop did not let us look or clear: the person has to.
    NotCleared(String),
}

/// The other end of the clipboard's thread.
pub(super) struct Clipboard {
    orders: Option<Sender<Order>>,
    events: Receiver<ClipboardEvent>,
    thread: Option<JoinHandle<()>>,
}

enum Order {
    Copy(SecretValue),
    Clear,
}

impl Clipboard {
    /// Starts the thread. `wake` is called after every event.
    pub(super) fn spawn(wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let (orders, incoming) = mpsc::channel();
        let (outgoing, events) = mpsc::channel();
        let run = move || {
            let mut desk = Desk { board: None, ours: None };
            for order in incoming {
                let event = match order {
                    Order::Copy(value) => desk.copy(&value),
                    Order::Clear => desk.clear(),
                };
                drop(outgoing.send(event));
                wake();
            }
            // The window is gone: what is ours goes with it.
            desk.clear();
        };
        let thread = thread::Builder::new().name("tresor-clipboard".into()).spawn(run)?;
        Ok(Self { orders: Some(orders), events, thread: Some(thread) })
    }

    /// Puts a value into the clipboard.
    pub(super) fn copy(&self, value: SecretValue) {
        self.order(Order::Copy(value));
    }

    /// Clears the clipboard if it still holds our value.
    pub(super) fn clear(&self) {
        self.order(Order::Clear);
    }

    /// What has happened since.
    pub(super) fn events(&self) -> impl Iterator<Item = ClipboardEvent> {
        self.events.try_iter()
    }

    fn order(&self, order: Order) {
        if let Some(orders) = &self.orders {
            // The thread ends only after this end is gone.
            drop(orders.send(order));
        }
    }
}

impl Drop for Clipboard {
    /// Waits until our value is cleared.
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

struct Desk {
    /// Kept alive: on X11 the value is served from this process.
    board: Option<arboard::Clipboard>,
    ours: Option<Fingerprint>,
}

impl Desk {
    fn copy(&mut self, value: &SecretValue) -> ClipboardEvent {
        let copied = self.board().and_then(|board| set_secret(board, value.expose()));
        match copied {
            Ok(()) => {
                self.ours = Some(fingerprint(value.expose().as_bytes()));
                ClipboardEvent::Copied
            }
            Err(error) => ClipboardEvent::Refused(error.to_string()),
        }
    }

    fn clear(&mut self) -> ClipboardEvent {
        let Some(ours) = self.ours.take() else { return ClipboardEvent::Cleared };
        let cleared = self.board().and_then(|board| {
            let held = match board.get_text() {
                Ok(text) => zeroize::Zeroizing::new(text),
                // Emptied or replaced by a picture: no longer ours.
                Err(arboard::Error::ContentNotAvailable) => return Ok(()),
                Err(error) => return Err(error),
            };
            if fingerprint(held.as_bytes()) == ours { board.clear() } else { Ok(()) }
        });
        match cleared {
            Ok(()) => ClipboardEvent::Cleared,
            Err(error) => ClipboardEvent::NotCleared(error.to_string()),
        }
    }

    fn board(&mut self) -> Result<&mut arboard::Clipboard, arboard::Error> {
        if self.board.is_none() {
            self.board = Some(arboard::Clipboard::new()?);
        }
        Ok(self.board.as_mut().expect("it was just made"))
    }
}

#[cfg(target_os = "linux")]
fn set_secret(board: &mut arboard::Clipboard, text: &str) -> Result<(), arboard::Error> {
    use arboard::SetExtLinux as _;
    board.set().exclude_from_history().text(text)
}

#[cfg(target_os = "macos")]
fn set_secret(board: &mut arboard::Clipboard, text: &str) -> Result<(), arboard::Error> {
    use arboard::SetExtApple as _;
    board.set().exclude_from_history().text(text)
}

#[cfg(target_os = "windows")]
fn set_secret(board: &mut arboard::Clipboard, text: &str) -> Result<(), arboard::Error> {
    use arboard::SetExtWindows as _;
    board.set().exclude_from_history().exclude_from_cloud().exclude_from_monitoring().text(text)
}

#[cfg(not(any(target_os = "linux", target_os = "macos", target_os = "windows")))]
fn set_secret(board: &mut arboard::Clipboard, text: &str) -> Result<(), arboard::Error> {
    board.set().text(text)
}
