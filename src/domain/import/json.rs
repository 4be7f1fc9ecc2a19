//! JSON files: `{"NAME": "value", …}` or `[{"name": …, "value": …, "contentType": …, "tags": {…}}, …]`.
//!
//! An entry may also have `enabled`, `notBefore` and `expires`, in itself or in its `attributes` as az prints them.
//!
//! The grammar is checked first, by `serde_json` and without keeping anything. The walk after it may therefore rely on it,
//! knows the line of everything, and copies each value once, to where it is wiped.

use serde::de::IgnoredAny;
use zeroize::Zeroizing;

use super::{ImportError, Row, RowNote, RowProblem, parse_date, push};
use crate::domain::{Timestamp, properties::Enabled};

pub(super) fn read(text: &str) -> Result<Vec<Row>, ImportError> {
    serde_json::from_str::<IgnoredAny>(text)
        .map_err(|error| ImportError::BrokenJson { line: error.line(), column: error.column() })?;
    let mut walk = Walk { rest: text, line: 1 };
    let mut rows = Vec::new();
    match walk.peek() {
        '{' => walk.members(|walk, line, name| {
            let name = text_or_problem(name);
            let value = walk.value();
            let row = match name {
                Ok(name) => with_value(Row::new(line, &name), &value),
                Err(problem) => Row::refused(line, "", problem),
            };
            push(&mut rows, row)
        })?,
        '[' => walk.elements(|walk| {
            let row = entry(walk);
            push(&mut rows, row)
        })?,
        _ => return Err(ImportError::NotAnObject { found: walk.value().description() }),
    }
    Ok(rows)
}

/// Reads the one entry of a line; the column where its JSON is broken.
pub(super) fn read_entry(line: &str, number: usize) -> Result<Row, usize> {
    serde_json::from_str::<IgnoredAny>(line).map_err(|error| error.column())?;
    Ok(entry(&mut Walk { rest: line, line: number }))
}

/// A value of the file, its text not yet unescaped.
enum Value<'a> {
    Text(&'a str),
    Number(&'a str),
    Truth(&'a str),
    Null,
    Object,
    List,
}

impl Value<'_> {
    fn description(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Number(_) => "a number",
            Self::Truth(_) => "a truth value",
            Self::Null => "null",
            Self::Object => "an object",
            Self::List => "a list",
        }
    }
}

/// One element of a list: an object that names one secret. Members that are not known are left aside.
fn entry(walk: &mut Walk<'_>) -> Row {
    let line = walk.line_of_next();
    if walk.peek() != '{' {
        walk.value();
        return Row::refused(line, "", RowProblem::NotAnEntry);
    }
    let mut row = Row::new(line, "");
    let mut has_name = false;
    let mut value = None;
    let mut problem = None;
    walk.object(|walk, _, member| match member {
        "name" => match walk.value() {
            Value::Text(name) => match text_or_problem(name) {
                Ok(name) => {
                    has_name = true;
                    row.source_name = name.to_string();
                }
                Err(broken) => problem = Some(broken),
            },
            _ => problem = Some(RowProblem::WrongType { member: "name", expected: "a text" }),
        },
        "value" => value = Some(walk.value()),
        "contentType" => match walk.value() {
            Value::Null => row.content_type = None,
            Value::Text(text) => match text_or_problem(text) {
                Ok(text) => row.content_type = Some(text.to_string()),
                Err(broken) => problem = Some(broken),
            },
            _ => problem = Some(RowProblem::WrongType { member: "contentType", expected: "a text" }),
        },
        "tags" => {
            if let Err(wrong) = tags(walk, &mut row.tags) {
                problem = Some(wrong);
            }
        }
        "attributes" if walk.peek() == '{' => walk.object(|walk, _, member| {
            if let Err(wrong) = attribute(walk, member, &mut row) {
                problem = Some(wrong);
            }
        }),
        _ => {
            if let Err(wrong) = attribute(walk, member, &mut row) {
                problem = Some(wrong);
            }
        }
    });
    match (problem, value) {
        (Some(problem), _) => Row { problem: Some(problem), ..row },
        (None, _) if !has_name || row.source_name.is_empty() => Row { problem: Some(RowProblem::NoName), ..row },
        (None, None) => Row { problem: Some(RowProblem::NoValue), ..row },
        (None, Some(value)) => with_value(row, &value),
    }
}

/// A member that says whether and when the secret is valid; any other is passed.
fn attribute(walk: &mut Walk<'_>, member: &str, row: &mut Row) -> Result<(), RowProblem> {
    let value = walk.value();
    match (member, value) {
        ("enabled" | "notBefore" | "nbf" | "expires" | "exp", Value::Null) => {}
        ("enabled", Value::Truth(truth)) => row.enabled = if truth == "true" { Enabled::Yes } else { Enabled::No },
        ("enabled", _) => return Err(RowProblem::WrongType { member: "enabled", expected: "true or false" }),
        ("notBefore" | "nbf", value) => row.not_before = Some(date("notBefore", &value)?),
        ("expires" | "exp", value) => row.expires = Some(date("expires", &value)?),
        _ => {}
    }
    Ok(())
}

/// A date as text, or in seconds since 1970 as Key Vault's own JSON has it.
fn date(member: &'static str, value: &Value<'_>) -> Result<Timestamp, RowProblem> {
    match value {
        Value::Text(text) => parse_date(member, &text_or_problem(text)?),
        Value::Number(secs) => {
            let secs: i64 = secs.parse().ok().ok_or(RowProblem::BadDate { member })?;
            Timestamp::EARLIEST.plus_secs(secs).admit().map_err(|_far| RowProblem::DateOutOfRange { member })
        }
        _ => Err(RowProblem::BadDate { member }),
    }
}

fn tags(walk: &mut Walk<'_>, tags: &mut Vec<(String, String)>) -> Result<(), RowProblem> {
    const WRONG: RowProblem = RowProblem::WrongType { member: "tags", expected: "an object of texts" };
    tags.clear();
    if walk.peek() != '{' {
        return match walk.value() {
            Value::Null => Ok(()),
            _ => Err(WRONG),
        };
    }
    let mut outcome = Ok(());
    walk.object(|walk, _, name| {
        let tag = match walk.value() {
            Value::Text(value) => text_or_problem(name).and_then(|name| Ok((name, text_or_problem(value)?))),
            _ => Err(WRONG),
        };
        match tag {
            Ok((name, value)) => tags.push((name.to_string(), value.to_string())),
            Err(problem) => outcome = Err(problem),
        }
    });
    outcome
}

fn with_value(row: Row, value: &Value<'_>) -> Row {
    let refuse = |row, problem| Row { problem: Some(problem), ..row };
    if row.source_name.is_empty() {
        return refuse(row, RowProblem::NoName);
    }
    match *value {
        Value::Text(text) => match text_or_problem(text) {
            Ok(value) => Row { value, ..row },
            Err(problem) => refuse(row, problem),
        },
        Value::Number(text) => Row { value: Zeroizing::new(text.to_owned()), note: Some(RowNote::Number), ..row },
        Value::Truth(text) => Row { value: Zeroizing::new(text.to_owned()), note: Some(RowNote::TruthValue), ..row },
        Value::Null => refuse(row, RowProblem::Null),
        Value::Object | Value::List => refuse(row, RowProblem::Nested { found: value.description() }),
    }
}

/// Takes the escapes out of a text of correct JSON.
fn text_or_problem(escaped: &str) -> Result<Zeroizing<String>, RowProblem> {
    // Escapes only shrink a text, so the value never has to move while it grows.
    let mut text = Zeroizing::new(String::with_capacity(escaped.len()));
    let mut rest = escaped;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let mut chars = after.chars();
        text.push(match chars.next() {
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('b') => '\u{8}',
            Some('f') => '\u{C}',
            Some('u') => {
                let (c, after) = unicode_escape(chars.as_str()).ok_or(RowProblem::BrokenEscape)?;
                chars = after.chars();
                c
            }
            Some(c) => c,
            None => return Err(RowProblem::BrokenEscape),
        });
        rest = chars.as_str();
    }
    text.push_str(rest);
    Ok(text)
}

/// The character of the four digits after `\u`, or of two such escapes that make one, and what follows.
fn unicode_escape(digits: &str) -> Option<(char, &str)> {
    let unit = |digits: &str| u16::from_str_radix(digits.get(..4)?, 16).ok();
    let first = unit(digits)?;
    let after = &digits[4..];
    if let Some(c) = char::from_u32(u32::from(first)) {
        return Some((c, after));
    }
    let second = after.strip_prefix("\\u")?;
    let c = char::decode_utf16([first, unit(second)?]).next()?.ok()?;
    Some((c, &second[4..]))
}

/// A walk over JSON whose grammar was checked. On other text it goes wrong without panicking, and still ends.
struct Walk<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Walk<'a> {
    /// Passes white space; the next character, or a space at the end.
    fn peek(&mut self) -> char {
        let next = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
        self.pass(self.rest.len() - next.len());
        self.rest.chars().next().unwrap_or(' ')
    }

    fn line_of_next(&mut self) -> usize {
        self.peek();
        self.line
    }

    fn pass(&mut self, bytes: usize) -> &'a str {
        let (passed, rest) = self.rest.split_at(bytes);
        self.line += passed.matches('\n').count();
        self.rest = rest;
        passed
    }

    /// Passes the character if it is the next one.
    fn take(&mut self, wanted: char) -> bool {
        let is_next = self.peek() == wanted;
        if is_next {
            self.pass(wanted.len_utf8());
        }
        is_next
    }

    /// Passes a text; what is between its quotes.
    fn text(&mut self) -> &'a str {
        self.take('"');
        let mut is_escaped = false;
        let end = self.rest.bytes().position(|byte| {
            let is_end = byte == b'"' && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            is_end
        });
        let text = self.pass(end.unwrap_or(self.rest.len()));
        self.take('"');
        text
    }

    /// Passes a value with everything in it.
    fn value(&mut self) -> Value<'a> {
        match self.peek() {
            '"' => Value::Text(self.text()),
            '{' => {
                self.nested();
                Value::Object
            }
            '[' => {
                self.nested();
                Value::List
            }
            _ => {
                let end = self.rest.find([',', ']', '}', ' ', '\t', '\r', '\n']).unwrap_or(self.rest.len());
                match self.pass(end) {
                    "null" => Value::Null,
                    truth @ ("true" | "false") => Value::Truth(truth),
                    number => Value::Number(number),
                }
            }
        }
    }

    /// Passes an object or list by counting brackets: however deep it goes, nothing piles up.
    fn nested(&mut self) {
        let mut depth = 0_usize;
        while let Some(at) = self.rest.find(['"', '{', '[', '}', ']']) {
            self.pass(at);
            match self.peek() {
                '"' => drop(self.text()),
                '{' | '[' => {
                    depth += 1;
                    self.pass(1);
                }
                _ => {
                    depth = depth.saturating_sub(1);
                    self.pass(1);
                }
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// Calls `each` for each member of an object, with its line and its name as written, standing before its value.
    fn members(
        &mut self,
        mut each: impl FnMut(&mut Self, usize, &'a str) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        self.take('{');
        while self.peek() == '"' {
            let line = self.line;
            let name = self.text();
            self.take(':');
            each(self, line, name)?;
            self.take(',');
        }
        self.take('}');
        Ok(())
    }

    /// As [`Walk::members`], when nothing can end it early.
    fn object(&mut self, mut each: impl FnMut(&mut Self, usize, &'a str)) {
        self.members(|walk, line, name| {
            each(walk, line, name);
            Ok(())
        })
        .expect("the closure never fails");
    }

    /// Calls `each` for each element of a list, standing before it.
    fn elements(&mut self, mut each: impl FnMut(&mut Self) -> Result<(), ImportError>) -> Result<(), ImportError> {
        self.take('[');
        while !matches!(self.peek(), ']' | ' ') {
            each(self)?;
            self.take(',');
        }
        self.take(']');
        Ok(())
    }
}
