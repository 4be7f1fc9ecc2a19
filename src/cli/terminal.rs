//! The one place from which something is said beside the answer.
//!
//! Names and texts of files, arguments and the lock file go to the terminal as they are nowhere: an escape sequence in one
//! could hide lines, change colours or the title, or turn the direction in which a line is read.
#![expect(clippy::disallowed_methods, reason = "this is the place")]

use std::{
    borrow::Cow,
    io::{self, IsTerminal as _, Write as _},
};

/// Says something on standard error, on lines of its own.
pub(super) fn tell(text: &str) {
    // Without anybody to tell there is nothing to be done about it.
    let _ = writeln!(io::stderr().lock(), "{}", harmless(text));
}

/// The same without an end of the line, for a question.
pub(super) fn ask(text: &str) {
    // Where the question cannot be seen, no answer comes.
    let _ = write!(io::stderr().lock(), "{}", harmless(text));
}

/// Draws over the current line, where somebody looks; this program's own signs only.
pub(super) fn draw(signs: &str) {
    // It is only for the eye.
    let _ = write!(io::stderr().lock(), "{signs}");
}

/// Whether somebody looks.
pub(super) fn is_seen() -> bool {
    io::stderr().is_terminal()
}

/// A text of which nothing but its line ends does anything to a terminal.
pub(super) fn harmless(text: &str) -> Cow<'_, str> {
    let is_harmful = |c: char| c != '\n' && acts(c);
    if text.contains(is_harmful) { text.replace(is_harmful, "\u{FFFD}").into() } else { text.into() }
}

/// The same in a single line, for a cell of a table.
pub(super) fn harmless_cell(text: &str) -> Cow<'_, str> {
    if !text.contains(acts) {
        return text.into();
    }
    text.chars()
        .map(|c| {
            if c.is_whitespace() {
                ' '
            } else if acts(c) {
                '\u{FFFD}'
            } else {
                c
            }
        })
        .collect()
}

/// Whether a character does something to a terminal beside standing in its place.
fn acts(c: char) -> bool {
    c.is_control()
        // The direction of reading, and line ends of Unicode.
        || matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_said_does_anything_to_a_terminal() {
        // T5
        for (text, said) in [
            ("größe 密 🗝", "größe 密 🗝"),
            ("two\nlines", "two\nlines"),
            ("\u{1b}[31mred\u{1b}[0m", "\u{FFFD}[31mred\u{FFFD}[0m"),
            ("\u{1b}]0;title\u{7}", "\u{FFFD}]0;title\u{FFFD}"),
            ("over\rwritten", "over\u{FFFD}written"),
            ("\u{9b}2J", "\u{FFFD}2J"),
            ("a\u{202E}b", "a\u{FFFD}b"),
        ] {
            assert_eq!(harmless(text), said);
        }
        assert_eq!(harmless_cell("a\nb\tc\u{1b}"), "a b c\u{FFFD}");
    }
}
