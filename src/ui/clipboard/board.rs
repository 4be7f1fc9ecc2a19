//! The desktop's clipboard, reached from beside the window.

use thiserror::Error;
use zeroize::Zeroizing;

/// A clipboard. Asked on a thread of its own, as it may take its time.
pub trait Board: Send {
    /// Whether it is there at all.
    fn reach(&mut self) -> Result<(), BoardError>;

    /// Puts a text there in place of what is in it.
    fn put(&mut self, text: &str, history: History) -> Result<(), BoardError>;

    /// The text that is in it; `None`: nothing, or something that is no text.
    fn text(&mut self) -> Result<Option<Zeroizing<String>>, BoardError>;

    /// Leaves nothing in it.
    fn empty(&mut self) -> Result<(), BoardError>;
}

/// What the desktop's history of the clipboard is asked to do with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum History {
    /// Whatever it does with all.
    AsUsual,
    /// To leave it out.
    LeftOut,
}

/// Why a clipboard did not do what it was asked.
#[derive(Debug, Error)]
pub enum BoardError {
    /// No program can reach it but one that has the keyboard: a desktop on Wayland without a protocol for more, and without X11.
    #[error("only the window itself reaches the clipboard of this desktop ({0})")]
    Unreachable(String),
    /// It refused.
    #[error("{0}")]
    Refused(String),
}

/// The clipboard of this computer, opened when it is first asked for.
pub(super) fn of_this_computer() -> Box<dyn Board> {
    Box::new(Computer(None))
}

/// Kept open: on X11 and Wayland the text is served from this process.
struct Computer(Option<arboard::Clipboard>);

impl Computer {
    fn open(&mut self) -> Result<&mut arboard::Clipboard, BoardError> {
        if self.0.is_none() {
            self.0 = Some(arboard::Clipboard::new().map_err(|error| BoardError::Unreachable(error.to_string()))?);
        }
        Ok(self.0.as_mut().expect("it was just opened"))
    }
}

fn refused(error: &arboard::Error) -> BoardError {
    BoardError::Refused(error.to_string())
}

impl Board for Computer {
    fn reach(&mut self) -> Result<(), BoardError> {
        self.open().map(drop)
    }

    fn put(&mut self, text: &str, history: History) -> Result<(), BoardError> {
        let set = self.open()?.set();
        match history {
            History::AsUsual => set.text(text),
            History::LeftOut => left_out(set).text(text),
        }
        .map_err(|error| refused(&error))
    }

    fn text(&mut self) -> Result<Option<Zeroizing<String>>, BoardError> {
        match self.open()?.get_text() {
            Ok(text) => Ok(Some(Zeroizing::new(text))),
            Err(arboard::Error::ContentNotAvailable) => Ok(None),
            Err(error) => Err(refused(&error)),
        }
    }

    fn empty(&mut self) -> Result<(), BoardError> {
        // A desktop may put back what a program only gave up, as GNOME does; what was replaced it does not have any more.
        self.put("", History::LeftOut)?;
        self.open()?.clear().map_err(|error| refused(&error))
    }
}

#[cfg(target_os = "linux")]
fn left_out(set: arboard::Set<'_>) -> arboard::Set<'_> {
    use arboard::SetExtLinux as _;
    set.exclude_from_history()
}

#[cfg(target_os = "macos")]
fn left_out(set: arboard::Set<'_>) -> arboard::Set<'_> {
    use arboard::SetExtApple as _;
    set.exclude_from_history()
}

#[cfg(target_os = "windows")]
fn left_out(set: arboard::Set<'_>) -> arboard::Set<'_> {
    use arboard::SetExtWindows as _;
    set.exclude_from_history().exclude_from_cloud().exclude_from_monitoring()
}

#[cfg(not(any(target_os = "linux", target_os = "macos", target_os = "windows")))]
fn left_out(set: arboard::Set<'_>) -> arboard::Set<'_> {
    set
}
