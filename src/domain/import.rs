//! Reads the secrets of a `.env`, JSON, JSON lines or CSV file, so that they can be looked over before they are imported.
//!
//! Nothing is guessed silently and nothing is dropped silently: each entry of the file becomes a [`Row`], those that cannot be
//! imported with a [`RowProblem`] and the line to look at. Whether names and values are within the vault's limits is decided
//! later, by the same rules that hold for typed ones.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use zeroize::Zeroizing;

use super::{Timestamp, properties::Enabled, time::DateProblem};

mod csv;
mod dotenv;
mod json;
mod jsonl;

pub use jsonl::Lines;

/// The largest file that is read as a whole. The caller compares the file's size with it before reading ([`check_size`]).
pub const MAX_IMPORT_BYTES: u64 = 16 * 1024 * 1024;

/// The largest file that is read line by line ([`Lines`]).
pub const MAX_LINES_BYTES: u64 = 128 * 1024 * 1024;

/// The longest line of such a file: a value and fifteen tags of the greatest length fit, every character an escape.
pub const MAX_LINE_BYTES: usize = 512 * 1024;

/// The most entries that are taken from one file.
pub const MAX_IMPORT_ROWS: usize = 100_000;

/// One entry of the file. Without `Debug` and `Clone`: it holds a secret.
pub struct Row {
    /// The line of the file on which the entry begins, counted from 1.
    pub line: usize,
    /// The name as the file has it; empty when the line has none that can be told from a value.
    pub source_name: String,
    /// The proposed name of the secret: `FOO_BAR` becomes `FOO-BAR`. Not yet checked for length.
    pub name: String,
    /// The value; wiped when dropped.
    pub value: Zeroizing<String>,
    /// What the value is said to be, when the file says so.
    pub content_type: Option<String>,
    /// The tags, when the file has any.
    pub tags: Vec<(String, String)>,
    /// Whether its value may be read; it may when the file does not say.
    pub enabled: Enabled,
    /// When it begins to be valid, when the file says so.
    pub not_before: Option<Timestamp>,
    /// When it ends to be valid, when the file says so.
    pub expires: Option<Timestamp>,
    /// Why the entry cannot be imported as it is.
    pub problem: Option<RowProblem>,
    /// What is worth knowing about an entry that can be imported.
    pub note: Option<RowNote>,
}

/// Why an entry cannot be imported. The sentences are complete with the line number before them; none shows a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowProblem {
    /// A `.env` line that is neither an assignment nor a comment.
    #[error("The line has no “=”. An entry looks like NAME=value.")]
    NoEqualsSign,
    /// Nothing stands before the `=`, or the member `name` is missing.
    #[error("The entry has no name.")]
    NoName,
    /// A `.env` name with spaces, quotes or other signs in it.
    #[error("The name has characters that a name in a .env file cannot have, such as spaces or quotes.")]
    BadName,
    /// Nothing of the name is left for a secret's name.
    #[error("The name has no letter from a to z and no digit, so no name for the secret can be made of it.")]
    NoUsableName,
    /// A quoted value that never ends.
    #[error("The quote that opens the value is never closed.")]
    UnclosedQuote,
    /// Something other than a comment follows a quoted value.
    #[error("There is text after the closing quote. A quote inside the value is written \\\".")]
    TextAfterQuote,
    /// The same name comes again further down, and the later entry counts, as it does for every reader of such files.
    #[error("Line {line} sets the same name again; the later one counts.")]
    SetAgain {
        /// The line of the entry that counts.
        line: usize,
    },
    /// Two names of the file make the same secret name; vaults take `FOO_BAR`, `foo-bar` and `Foo.Bar` for one.
    #[error("Becomes the same secret name as “{source_name}” in line {line}.")]
    SameSecretName {
        /// The line of the first entry with that name.
        line: usize,
        /// Its name in the file.
        source_name: String,
    },
    /// A JSON object or array where a value is expected.
    #[error("The value is {found}; a secret is a text.")]
    Nested {
        /// `an object` or `a list`.
        found: &'static str,
    },
    /// A JSON `null`.
    #[error("The value is null, which is no value. An empty text is written \"\".")]
    Null,
    /// The member `value` is missing.
    #[error("The entry has no “value”.")]
    NoValue,
    /// An entry of a JSON list that is not an object.
    #[error("The entry is not an object with “name” and “value”.")]
    NotAnEntry,
    /// A member of an entry that has the wrong type.
    #[error("“{member}” has to be {expected}.")]
    WrongType {
        /// The member of the entry.
        member: &'static str,
        /// What it has to be.
        expected: &'static str,
    },
    /// A JSON text with half of a surrogate pair, which stands for no character.
    #[error("The text has an escape (\\u…) that stands for no character.")]
    BrokenEscape,
    /// A line of JSON lines that is no JSON.
    #[error("The JSON is broken in column {column}.")]
    BrokenJson {
        /// The column in bytes, counted from 1.
        column: usize,
    },
    /// A line of a CSV file with too many or too few fields.
    #[error("The line has {found} fields where the first line names {expected} columns.")]
    WrongNumberOfFields {
        /// How many it has.
        found: usize,
        /// How many columns there are.
        expected: usize,
    },
    /// Something that should be a date and is none.
    #[error("“{member}” is not a date such as 2026-12-31 or 2026-12-31T23:59:00Z.")]
    BadDate {
        /// The member of the entry, or the column.
        member: &'static str,
    },
    /// A date that nobody means.
    #[error("“{member}” is not in the years {} to {}.", Timestamp::FIRST_YEAR, Timestamp::LAST_YEAR)]
    DateOutOfRange {
        /// The member of the entry, or the column.
        member: &'static str,
    },
}

/// What is worth knowing about an entry that can be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowNote {
    /// A JSON number; its text is taken exactly as it is written.
    #[error("A number; it is kept as the text that is in the file.")]
    Number,
    /// A JSON truth value; kept as the text `true` or `false`.
    #[error("A truth value; it is kept as the text true or false.")]
    TruthValue,
    /// The value refers to another variable. It is kept as it is written.
    #[error("“${{…}}” is kept as it is written; nothing is filled in.")]
    Reference,
}

/// Why nothing of the file can be imported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// The file has no content.
    #[error("The file is empty.")]
    Empty,
    /// The file has no entry, only comments or an empty list.
    #[error("The file has no entries.")]
    NoEntries,
    /// More than [`MAX_IMPORT_BYTES`].
    #[error("The file has {} MiB. At most {} MiB are read.", bytes.div_ceil(1024 * 1024), MAX_IMPORT_BYTES / 1024 / 1024)]
    TooLarge {
        /// The size of the file.
        bytes: u64,
    },
    /// A line of JSON lines with more than [`MAX_LINE_BYTES`].
    #[error("Line {line} is longer than {} KiB.", MAX_LINE_BYTES / 1024)]
    LineTooLong {
        /// The line, counted from 1.
        line: usize,
    },
    /// More than [`MAX_IMPORT_ROWS`].
    #[error("The file has more than {MAX_IMPORT_ROWS} entries.")]
    TooManyEntries,
    /// The file has bytes that are not text.
    #[error("The file is not text. Secrets are read from .env, JSON, JSON lines and CSV files.")]
    Binary,
    /// The file is text, but in an encoding that is not read.
    #[error("The file is not in UTF-8 (first seen in line {line}). Save it as UTF-8, then try again.")]
    NotUtf8 {
        /// The line of the first byte that does not fit, counted from 1.
        line: usize,
    },
    /// The file is text in UTF-16, as some Windows programs write it.
    #[error("The file is in UTF-16. Save it as UTF-8, then try again.")]
    Utf16,
    /// The JSON is broken.
    #[error("The JSON is broken in line {line}, column {column}.")]
    BrokenJson {
        /// The line, counted from 1.
        line: usize,
        /// The column in bytes, counted from 1.
        column: usize,
    },
    /// The first line of a CSV file does not name the columns.
    #[error("The first line has to name the columns, at least name and value, each once.")]
    NoColumns,
    /// A column of a CSV file that is not known.
    #[error("The column “{name}” is not known. There are name, value, contentType, enabled, notBefore and expires.")]
    UnknownColumn {
        /// As the file has it, cut where it is long.
        name: String,
    },
    /// The JSON is neither an object nor a list.
    #[error("The JSON is {found}. Expected is an object of names and texts, or a list of entries.")]
    NotAnObject {
        /// What it is instead: `a text`, `a number`, …
        found: &'static str,
    },
}

/// Refuses a file by its size, before it is read.
pub fn check_size(bytes: u64) -> Result<(), ImportError> {
    match bytes {
        0 => Err(ImportError::Empty),
        _ if bytes > MAX_IMPORT_BYTES => Err(ImportError::TooLarge { bytes }),
        _ => Ok(()),
    }
}

/// Reads the entries of a file in their order. Its name tells which kind it is (`.json`, `.jsonl`, `.csv`, `.env`,
/// `.env.local`); when it does not, how it begins does.
pub fn read(file_name: &str, bytes: &[u8]) -> Result<Vec<Row>, ImportError> {
    check_size(bytes.len() as u64)?;
    let text = text_of(bytes)?;
    if text.trim().is_empty() {
        return Err(ImportError::Empty);
    }
    let mut rows = match Kind::of(file_name, text) {
        Kind::Dotenv => dotenv::read(text)?,
        Kind::Json => json::read(text)?,
        Kind::JsonLines => jsonl::read(text)?,
        Kind::Csv => csv::read(text)?,
    };
    if rows.is_empty() {
        return Err(ImportError::NoEntries);
    }
    name_secrets(&mut rows);
    Ok(rows)
}

/// The name a vault would take: what it cannot have becomes a hyphen, one for one, so that `A__B` stays apart from `A_B`.
pub fn propose_name(source_name: &str) -> String {
    source_name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

/// Whether a file is JSON lines, which need not be in memory as a whole: by its name and, when that does not tell, by how
/// it begins. Of the beginning, two lines that are not empty are enough.
pub fn are_lines(file_name: &str, beginning: &[u8]) -> bool {
    let text = match std::str::from_utf8(beginning) {
        Ok(text) => text,
        // It may end within a character.
        Err(error) => std::str::from_utf8(&beginning[..error.valid_up_to()]).unwrap_or_default(),
    };
    Kind::of(file_name, text.strip_prefix('\u{FEFF}').unwrap_or(text)) == Kind::JsonLines
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Csv,
    Dotenv,
    Json,
    JsonLines,
}

impl Kind {
    fn of(file_name: &str, text: &str) -> Self {
        let name = file_name.to_ascii_lowercase();
        let base = name.rsplit(['/', '\\']).next().unwrap_or(&name);
        let extension = base.rsplit_once('.').map(|(_, extension)| extension);
        match extension {
            Some("json") => Self::Json,
            Some("jsonl" | "ndjson") => Self::JsonLines,
            Some("csv") => Self::Csv,
            _ if base.starts_with(".env") || extension == Some("env") => Self::Dotenv,
            _ if jsonl::is_lines(text) => Self::JsonLines,
            _ if text.trim_start().starts_with(['{', '[']) => Self::Json,
            _ => Self::Dotenv,
        }
    }
}

/// Reads a date that stands in the file under this name.
fn parse_date(member: &'static str, text: &str) -> Result<Timestamp, RowProblem> {
    Timestamp::parse(text).map_err(|problem| match problem {
        DateProblem::Unreadable => RowProblem::BadDate { member },
        DateProblem::OutOfRange => RowProblem::DateOutOfRange { member },
    })
}

/// The text of a file without its byte order mark.
fn text_of(bytes: &[u8]) -> Result<&str, ImportError> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(ImportError::Utf16);
    }
    let text = text_from(bytes, 1)?;
    Ok(text.strip_prefix('\u{FEFF}').unwrap_or(text))
}

/// The text of a piece of a file that begins with this line.
fn text_from(bytes: &[u8], line: usize) -> Result<&str, ImportError> {
    // Text has no zero byte; what a JSON file needs, it writes as an escape.
    if memchr::memchr(0, bytes).is_some() {
        return Err(ImportError::Binary);
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let good = &bytes[..error.valid_up_to()];
        ImportError::NotUtf8 { line: line + memchr::memchr_iter(b'\n', good).count() }
    })
}

/// Proposes names and marks the rows whose names collide. A row that has a problem already keeps it and takes no name away.
fn name_secrets(rows: &mut [Row]) {
    for row in rows.iter_mut() {
        row.name = propose_name(&row.source_name);
    }
    for (at, problem) in set_again(rows) {
        rows[at].problem = Some(problem);
    }
    for (at, problem) in without_name_of_their_own(rows) {
        rows[at].problem = Some(problem);
    }
}

/// The rows, by their places, whose very name comes again: of entries of one name the last one counts.
fn set_again(rows: &[Row]) -> Vec<(usize, RowProblem)> {
    let mut last = HashMap::with_capacity(rows.len());
    let mut found = Vec::new();
    for (at, row) in good(rows).rev() {
        match last.entry(row.source_name.as_str()) {
            Entry::Vacant(free) => drop(free.insert(row.line)),
            Entry::Occupied(later) => found.push((at, RowProblem::SetAgain { line: *later.get() })),
        }
    }
    found
}

/// The rows, by their places, of whose names nothing is left, or what another row's name becomes too.
fn without_name_of_their_own(rows: &[Row]) -> Vec<(usize, RowProblem)> {
    let mut first: HashMap<Cow<'_, str>, &Row> = HashMap::with_capacity(rows.len());
    let mut found = Vec::new();
    for (at, row) in good(rows) {
        if !row.name.contains(|c: char| c.is_ascii_alphanumeric()) {
            found.push((at, RowProblem::NoUsableName));
            continue;
        }
        let has_capitals = row.name.contains(|c: char| c.is_ascii_uppercase());
        let folded = if has_capitals { row.name.to_ascii_lowercase().into() } else { Cow::from(&row.name) };
        match first.entry(folded) {
            Entry::Vacant(free) => drop(free.insert(row)),
            Entry::Occupied(taken) => {
                let (line, source_name) = (taken.get().line, taken.get().source_name.clone());
                found.push((at, RowProblem::SameSecretName { line, source_name }));
            }
        }
    }
    found
}

fn good(rows: &[Row]) -> impl DoubleEndedIterator<Item = (usize, &Row)> {
    rows.iter().enumerate().filter(|(_, row)| row.problem.is_none())
}

impl Row {
    fn new(line: usize, source_name: &str) -> Self {
        Self {
            line,
            source_name: source_name.to_owned(),
            name: String::new(),
            value: Zeroizing::new(String::new()),
            content_type: None,
            tags: Vec::new(),
            enabled: Enabled::Yes,
            not_before: None,
            expires: None,
            problem: None,
            note: None,
        }
    }

    fn with_value(line: usize, source_name: &str, value: Zeroizing<String>) -> Self {
        Self { value, ..Self::new(line, source_name) }
    }

    fn refused(line: usize, source_name: &str, problem: RowProblem) -> Self {
        Self { problem: Some(problem), ..Self::new(line, source_name) }
    }
}

/// Adds a row, unless there are too many.
fn push(rows: &mut Vec<Row>, row: Row) -> Result<(), ImportError> {
    if rows.len() == MAX_IMPORT_ROWS {
        return Err(ImportError::TooManyEntries);
    }
    rows.push(row);
    Ok(())
}

#[cfg(test)]
mod tests;
