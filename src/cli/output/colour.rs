//! JSON in the terminal's own colours.

use std::io::{self, Write};

use serde_json::ser::{CharEscape, Formatter, PrettyFormatter};

const NAME: &[u8] = b"\x1b[94m";
const TEXT: &[u8] = b"\x1b[32m";
const WORD: &[u8] = b"\x1b[36m";
const PLAIN: &[u8] = b"\x1b[39m";

/// Lays JSON out as [`PrettyFormatter`] does and paints it.
#[derive(Default)]
pub(super) struct ColourFormatter {
    layout: PrettyFormatter<'static>,
    in_name: bool,
}

impl ColourFormatter {
    fn painted<W: Write + ?Sized>(out: &mut W, text: impl std::fmt::Display) -> io::Result<()> {
        out.write_all(WORD)?;
        write!(out, "{text}")?;
        out.write_all(PLAIN)
    }
}

impl Formatter for ColourFormatter {
    fn write_null<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        Self::painted(out, "null")
    }

    fn write_bool<W: Write + ?Sized>(&mut self, out: &mut W, value: bool) -> io::Result<()> {
        Self::painted(out, value)
    }

    fn write_u8<W: Write + ?Sized>(&mut self, out: &mut W, value: u8) -> io::Result<()> {
        Self::painted(out, value)
    }

    fn write_u16<W: Write + ?Sized>(&mut self, out: &mut W, value: u16) -> io::Result<()> {
        Self::painted(out, value)
    }

    fn write_i64<W: Write + ?Sized>(&mut self, out: &mut W, value: i64) -> io::Result<()> {
        Self::painted(out, value)
    }

    fn write_u64<W: Write + ?Sized>(&mut self, out: &mut W, value: u64) -> io::Result<()> {
        Self::painted(out, value)
    }

    fn write_f64<W: Write + ?Sized>(&mut self, out: &mut W, value: f64) -> io::Result<()> {
        Self::painted(out, value)
    }

    fn begin_string<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(if self.in_name { NAME } else { TEXT })?;
        out.write_all(b"\"")
    }

    fn end_string<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b"\"")?;
        out.write_all(PLAIN)
    }

    fn write_char_escape<W: Write + ?Sized>(&mut self, out: &mut W, escape: CharEscape) -> io::Result<()> {
        self.layout.write_char_escape(out, escape)
    }

    fn begin_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.layout.begin_array(out)
    }

    fn end_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.layout.end_array(out)
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.layout.begin_array_value(out, first)
    }

    fn end_array_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.layout.end_array_value(out)
    }

    fn begin_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.layout.begin_object(out)
    }

    fn end_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.layout.end_object(out)
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.in_name = true;
        self.layout.begin_object_key(out, first)
    }

    fn end_object_key<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.in_name = false;
        self.layout.end_object_key(out)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.layout.begin_object_value(out)
    }

    fn end_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.layout.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize as _;

    use super::*;

    #[test]
    fn without_its_colours_it_is_the_plain_json() {
        let value = serde_json::json!({"name": "a\"b", "list": [1, -2, 0.5, true, null, {}], "empty": []});
        let mut painted = Vec::new();
        value.serialize(&mut serde_json::Serializer::with_formatter(&mut painted, ColourFormatter::default())).unwrap();
        let mut text = String::from_utf8(painted).unwrap();
        assert!(text.contains("\u{1b}[94m\"name\"\u{1b}[39m: \u{1b}[32m\"a"));
        for colour in [NAME, TEXT, WORD, PLAIN] {
            text = text.replace(std::str::from_utf8(colour).unwrap(), "");
        }
        assert_eq!(text, serde_json::to_string_pretty(&value).unwrap());
    }
}
