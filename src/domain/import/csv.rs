//! CSV files (RFC 4180) whose first line names the columns: `name` and `value`, and if wanted `contentType`, `enabled`,
//! `notBefore`, `expires`. The case of their letters does not matter.
//!
//! A field in double quotes may hold commas, line ends and, doubled, quotes. A column that is not known refuses the file:
//! what stands in it would be lost in silence.

use zeroize::Zeroizing;

use super::{ImportError, Row, RowProblem, parse_date, push};
use crate::domain::properties::Enabled;

pub(super) fn read(text: &str) -> Result<Vec<Row>, ImportError> {
    let mut reader = Reader { rest: text, line: 1 };
    let header = reader.record().ok().flatten().ok_or(ImportError::NoColumns)?;
    let columns = header.fields.iter().map(|field| Column::named(field)).collect::<Result<Vec<_>, _>>()?;
    let has = |wanted| columns.iter().filter(|column| **column == wanted).count() == 1;
    if !has(Column::Name) || !has(Column::Value) {
        return Err(ImportError::NoColumns);
    }
    let mut rows = Vec::new();
    loop {
        let row = match reader.record() {
            Ok(None) => return Ok(rows),
            Ok(Some(record)) => row(&columns, record),
            Err(line) => Row::refused(line, "", RowProblem::UnclosedQuote),
        };
        push(&mut rows, row)?;
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    Name,
    Value,
    ContentType,
    Enabled,
    NotBefore,
    Expires,
}

impl Column {
    fn named(name: &str) -> Result<Self, ImportError> {
        match name.trim().to_ascii_lowercase().replace(['_', ' ', '-'], "").as_str() {
            "name" => Ok(Self::Name),
            "value" => Ok(Self::Value),
            "contenttype" => Ok(Self::ContentType),
            "enabled" => Ok(Self::Enabled),
            "notbefore" => Ok(Self::NotBefore),
            "expires" => Ok(Self::Expires),
            _ => Err(ImportError::UnknownColumn { name: name.chars().take(40).collect() }),
        }
    }
}

fn row(columns: &[Column], Record { line, fields }: Record) -> Row {
    if fields.len() != columns.len() {
        return Row::refused(
            line,
            "",
            RowProblem::WrongNumberOfFields { found: fields.len(), expected: columns.len() },
        );
    }
    let mut row = Row::new(line, "");
    for (column, field) in columns.iter().zip(fields) {
        let text = field.trim();
        match column {
            Column::Name => text.clone_into(&mut row.source_name),
            Column::Value => row.value = field,
            Column::ContentType => row.content_type = (!text.is_empty()).then(|| text.to_owned()),
            Column::Enabled => match text.to_ascii_lowercase().as_str() {
                "" | "true" | "yes" | "1" => row.enabled = Enabled::Yes,
                "false" | "no" | "0" => row.enabled = Enabled::No,
                _ => {
                    row.problem = Some(RowProblem::WrongType { member: "enabled", expected: "true or false" });
                }
            },
            Column::NotBefore | Column::Expires if text.is_empty() => {}
            Column::NotBefore => match parse_date("notBefore", text) {
                Ok(date) => row.not_before = Some(date),
                Err(problem) => row.problem = Some(problem),
            },
            Column::Expires => match parse_date("expires", text) {
                Ok(date) => row.expires = Some(date),
                Err(problem) => row.problem = Some(problem),
            },
        }
    }
    if row.source_name.is_empty() {
        row.problem = Some(RowProblem::NoName);
    }
    row
}

/// One line of the file, or several where a field goes on.
struct Record {
    line: usize,
    fields: Vec<Zeroizing<String>>,
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

impl Reader<'_> {
    /// The next record that is not an empty line; the line of a quote that is never closed.
    fn record(&mut self) -> Result<Option<Record>, usize> {
        while let Some(rest) = self.rest.strip_prefix("\r\n").or_else(|| self.rest.strip_prefix('\n')) {
            self.rest = rest;
            self.line += 1;
        }
        if self.rest.is_empty() {
            return Ok(None);
        }
        let line = self.line;
        let mut fields = Vec::new();
        loop {
            let (field, ends_record) = self.field()?;
            fields.push(field);
            if ends_record {
                return Ok(Some(Record { line, fields }));
            }
        }
    }

    /// The next field, and whether the record ends with it.
    fn field(&mut self) -> Result<(Zeroizing<String>, bool), usize> {
        let field = match self.rest.strip_prefix('"') {
            Some(after) => {
                let begins = self.line;
                let Some(len) = closing_quote(after) else {
                    self.rest = "";
                    return Err(begins);
                };
                let (inside, rest) = after.split_at(len);
                self.line += inside.matches('\n').count();
                self.rest = &rest[1..];
                without_doubled_quotes(inside)
            }
            None => Zeroizing::new(String::new()),
        };
        // What follows a closing quote up to the comma belongs to the field, as spreadsheets read it.
        let end = self.rest.find([',', '\n']).unwrap_or(self.rest.len());
        let (bare, rest) = self.rest.split_at(end);
        let ends_record = !rest.starts_with(',');
        self.rest = rest.get(1..).unwrap_or_default();
        self.line += usize::from(rest.starts_with('\n'));
        let bare = if ends_record { bare.strip_suffix('\r').unwrap_or(bare) } else { bare };
        if bare.is_empty() {
            return Ok((field, ends_record));
        }
        // One allocation for both parts: a text that grows leaves copies behind.
        let mut whole = Zeroizing::new(String::with_capacity(field.len() + bare.len()));
        whole.push_str(&field);
        whole.push_str(bare);
        Ok((whole, ends_record))
    }
}

/// Where the quote stands that closes the field, in bytes.
fn closing_quote(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        at += bytes[at..].iter().position(|&byte| byte == b'"')?;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

fn without_doubled_quotes(inside: &str) -> Zeroizing<String> {
    let mut field = Zeroizing::new(String::with_capacity(inside.len()));
    for (place, part) in inside.split("\"\"").enumerate() {
        if place > 0 {
            field.push('"');
        }
        field.push_str(part);
    }
    field
}
