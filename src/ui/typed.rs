//! What a person types into a form: values that are wiped, and paths.

use std::{
    any::TypeId,
    ops::Range,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use directories::{BaseDirs, UserDirs};
use egui::{
    TextBuffer,
    text::{ByteIndex, CharIndex},
};
use zeroize::Zeroizing;

/// Typed text that is wiped when dropped, for a [`super::widgets::TextField`]. Growing leaves no copy behind.
#[derive(Default)]
pub(super) struct SecretText(Zeroizing<String>);

impl SecretText {
    /// The text; the one place where it becomes readable.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }

    /// A second copy, also wiped.
    pub(super) fn duplicate(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.as_str().to_owned())
    }

    /// Puts `text` in place of what was typed.
    pub(super) fn set(&mut self, text: Zeroizing<String>) {
        self.0 = text;
    }

    /// Makes room for `more` bytes. A string that grows by itself leaves its old self unwiped in memory.
    fn make_room(&mut self, more: usize) {
        /// Most values fit without growing at all.
        const FIRST: usize = 1024;
        let needed = self.0.len() + more;
        if needed > self.0.capacity() {
            let mut roomy = Zeroizing::new(String::with_capacity((2 * needed).max(FIRST)));
            roomy.push_str(&self.0);
            self.0 = roomy;
        }
    }
}

impl TextBuffer for SecretText {
    fn is_mutable(&self) -> bool {
        true
    }

    fn as_str(&self) -> &str {
        &self.0
    }

    fn insert_text(&mut self, text: &str, char_index: CharIndex) -> usize {
        self.make_room(text.len());
        let ByteIndex(at) = self.byte_index_from_char_index(char_index);
        self.0.insert_str(at, text);
        text.chars().count()
    }

    fn delete_char_range(&mut self, char_range: Range<CharIndex>) {
        let ByteIndex(start) = self.byte_index_from_char_index(char_range.start);
        let ByteIndex(end) = self.byte_index_from_char_index(char_range.end);
        // What moved down leaves its tail behind until the buffer, all of it, is wiped.
        self.0.drain(start..end);
    }

    fn type_id(&self) -> TypeId {
        TypeId::of::<Self>()
    }
}

/// Tells one opening of a form from the next, so that nothing half-typed comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct FormId(u64);

impl FormId {
    /// One that no other form has.
    pub(super) fn fresh() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// The path that `text` means: `~` is the home folder. Anything that is no whole path is refused with a sentence.
pub(super) fn parse_path(text: &str) -> Result<PathBuf, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("Type a path".into());
    }
    let rest = text.strip_prefix("~/").or_else(|| text.strip_prefix("~\\"));
    let path = match (rest, BaseDirs::new()) {
        (Some(rest), Some(folders)) => folders.home_dir().join(rest),
        _ => PathBuf::from(text),
    };
    if path.is_absolute() { Ok(path) } else { Err("Type the whole path, from the topmost folder on".into()) }
}

/// The person's folder for documents, or the home folder.
pub(super) fn documents() -> Option<PathBuf> {
    let documents = UserDirs::new().and_then(|folders| folders.document_dir().map(Path::to_owned));
    documents.filter(|folder| folder.is_dir()).or_else(|| BaseDirs::new().map(|folders| folders.home_dir().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_text_is_edited_by_characters_not_bytes() {
        let mut text = SecretText::default();
        assert_eq!(text.insert_text("grün", CharIndex(0)), 4);
        text.insert_text("ß", CharIndex(2));
        assert_eq!(text.expose(), "grßün");
        text.delete_char_range(CharIndex(3)..CharIndex(4));
        assert_eq!(text.expose(), "grßn");
    }

    #[test]
    fn growing_text_keeps_what_was_typed() {
        let mut text = SecretText::default();
        for number in 0..3_000 {
            text.insert_text("x", CharIndex(number));
        }
        assert_eq!(text.expose().len(), 3_000);
        assert!(text.0.capacity() >= 3_000);
    }

    #[test]
    fn a_path_is_whole_or_refused() {
        // T5
        let whole = if cfg!(windows) { "C:\\backups\\a" } else { "/backups/a" };
        assert_eq!(parse_path(&format!(" {whole} ")), Ok(PathBuf::from(whole)));
        assert!(parse_path("~/a").is_ok_and(|path| path.is_absolute()));
        assert!(parse_path("backups/a").unwrap_err().contains("whole path"));
        assert!(parse_path("  ").unwrap_err().contains("Type a path"));
    }
}
