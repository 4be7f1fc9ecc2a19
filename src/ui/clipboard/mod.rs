//! What is copied: done when it was read back. Secrets are kept out of the clipboard's history, and cleared again if they are still there (G4).
//!
//! A thread of its own talks to the desktop, which may take its time and, on X11 and Wayland, serves the text from here. Where only the
//! window itself reaches the clipboard, the window carries what is copied ([`carried`]).

mod board;
pub(super) mod carried;

use std::{
    sync::mpsc::{self, Receiver, Sender},
    thread::{self, JoinHandle},
    time::Duration,
};

use zeroize::Zeroizing;

pub use self::board::{Board, BoardError, History};
use crate::{
    domain::{ObjectName, VaultName},
    service::{Fingerprint, fingerprint},
};

/// What is copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Copies {
    /// Something that anybody may see.
    Harmless,
    /// A value, or a part of one; of which secret, where it is one's.
    Secret(Option<(VaultName, ObjectName)>),
}

impl Copies {
    fn history(&self) -> History {
        match self {
            Self::Harmless => History::AsUsual,
            Self::Secret(_) => History::LeftOut,
        }
    }
}

/// A text on its way into the clipboard.
pub(super) struct Copying {
    /// The text itself.
    pub(super) text: Zeroizing<String>,
    /// What it is.
    pub(super) what: Copies,
}

/// What the clipboard tells.
pub(super) enum ClipboardEvent {
    /// Which way to the clipboard there is.
    Found(Reach),
    /// It is in the clipboard: it was read back.
    Copied(Copies),
    /// The desktop did not take it, and why.
    Refused(String),
    /// The window has to carry it.
    ToCarry(Copying),
    /// The value is no longer in the clipboard: it was cleared, or something else had taken its place.
    Cleared,
    /// The desktop did not let us look or clear: the person has to.
    NotCleared(String),
}

/// Who reaches the desktop's clipboard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// Any program, at any time; its history can be asked to leave a text out.
    #[default]
    Always,
    /// The window alone, and only while it has the keyboard. Nothing can be said to the clipboard's history.
    WhileFocused,
}

/// The other end of the clipboard's thread.
pub(super) struct Clipboard {
    orders: Option<Sender<Order>>,
    events: Receiver<ClipboardEvent>,
    thread: Option<JoinHandle<()>>,
}

enum Order {
    Copy(Copying),
    Clear,
}

impl Clipboard {
    /// Starts the thread on `board`, or on this computer's. `wake` is called after every event.
    pub(super) fn spawn(board: Option<Box<dyn Board>>, wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let (orders, incoming) = mpsc::channel();
        let (outgoing, events) = mpsc::channel();
        let run = move || {
            let mut desk = Desk { board: board.unwrap_or_else(board::of_this_computer), ours: None };
            let tell = |event| {
                drop(outgoing.send(event));
                wake();
            };
            if matches!(desk.board.reach(), Err(BoardError::Unreachable(_))) {
                tell(ClipboardEvent::Found(Reach::WhileFocused));
            }
            for order in incoming {
                tell(match order {
                    Order::Copy(copying) => desk.copy(copying),
                    Order::Clear => desk.clear(),
                });
            }
            // The window is gone: what is ours goes with it.
            desk.clear();
        };
        let thread = thread::Builder::new().name("tresor-clipboard".into()).spawn(run)?;
        Ok(Self { orders: Some(orders), events, thread: Some(thread) })
    }

    /// Puts a text into the clipboard.
    pub(super) fn copy(&self, copying: Copying) {
        self.order(Order::Copy(copying));
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
    board: Box<dyn Board>,
    /// The secret that was put there last.
    ours: Option<Fingerprint>,
}

/// A desktop may take a moment before it gives back what it was given.
const LOOKS: u32 = 50;
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

impl Desk {
    fn copy(&mut self, copying: Copying) -> ClipboardEvent {
        let mark = mark(&copying.text);
        match self.board.put(&copying.text, copying.what.history()) {
            Ok(()) => {}
            Err(BoardError::Unreachable(_)) => return ClipboardEvent::ToCarry(copying),
            Err(BoardError::Refused(why)) => return ClipboardEvent::Refused(why),
        }
        self.ours = matches!(copying.what, Copies::Secret(_)).then_some(mark);
        for _ in 0..LOOKS {
            match self.board.text() {
                Ok(Some(text)) if self::mark(&text) == mark => return ClipboardEvent::Copied(copying.what),
                Ok(_) => thread::sleep(BETWEEN_LOOKS),
                Err(error) => return ClipboardEvent::Refused(error.to_string()),
            }
        }
        ClipboardEvent::Refused(NOT_GIVEN_BACK.into())
    }

    fn clear(&mut self) -> ClipboardEvent {
        let Some(ours) = self.ours.take() else { return ClipboardEvent::Cleared };
        let mut is_there = || self.board.text().map(|held| held.is_some_and(|text| mark(&text) == ours));
        let cleared = match is_there() {
            // Emptied, or replaced: no longer ours.
            Ok(false) => return ClipboardEvent::Cleared,
            Ok(true) => self.board.empty().and_then(|()| {
                let is_there = self.board.text()?.is_some_and(|text| mark(&text) == ours);
                if is_there { Err(BoardError::Refused("it is still there".into())) } else { Ok(()) }
            }),
            Err(error) => Err(error),
        };
        match cleared {
            Ok(()) => ClipboardEvent::Cleared,
            Err(error) => ClipboardEvent::NotCleared(error.to_string()),
        }
    }
}

const NOT_GIVEN_BACK: &str = "what was copied does not come back from it";

/// A text by its lines: on its way through a clipboard their ends may change.
fn mark(text: &str) -> Fingerprint {
    fingerprint(text.replace("\r\n", "\n").replace('\r', "\n").as_bytes())
}
