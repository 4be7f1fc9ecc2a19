//! `.env` files: `NAME=value` lines, as shells and the usual readers take them.
//!
//! - `export` before a name, blank lines and `#` comments are skipped. `#` begins a comment at the start of a line, after
//!   white space and after a closing quote; in `A=x#y` it belongs to the value.
//! - Bare values end with their line, without white space around them.
//! - In single quotes everything is taken as it is. In double quotes `\n \r \t \\ \" \$ \'` and a backtick after a backslash are
//!   escapes; a backslash before anything else stays. Both may run over several lines.
//! - A broken line is refused alone: reading goes on in the next line.

use zeroize::Zeroizing;

use super::{ImportError, Row, RowNote, RowProblem, push};

pub(super) fn read(text: &str) -> Result<Vec<Row>, ImportError> {
    let mut rows = Vec::new();
    let mut rest = text;
    let mut line = 1;
    while !rest.is_empty() {
        let (row, next) = entry(rest, line);
        line += rest[..rest.len() - next.len()].matches('\n').count();
        rest = next;
        if let Some(row) = row {
            push(&mut rows, row)?;
        }
    }
    Ok(rows)
}

/// The entry that begins the text, if its first line has one, and what follows it.
fn entry(text: &str, line: usize) -> (Option<Row>, &str) {
    let (first, next) = text.split_once('\n').unwrap_or((text, ""));
    let content = without_export(first.trim());
    if content.is_empty() || content.starts_with('#') {
        return (None, next);
    }
    let Some((name, _)) = content.split_once('=') else {
        return (Some(Row::refused(line, "", RowProblem::NoEqualsSign)), next);
    };
    let name = name.trim_end();
    if name.is_empty() {
        return (Some(Row::refused(line, "", RowProblem::NoName)), next);
    }
    if !name.chars().all(|c| c.is_alphanumeric() || "_-.:/".contains(c)) {
        // Shown nowhere: what is no name may be a piece of a value.
        return (Some(Row::refused(line, "", RowProblem::BadName)), next);
    }

    let (_, after_equals) = text.split_once('=').unwrap_or((text, ""));
    let after_space = after_equals.trim_start_matches([' ', '\t']);
    let quoted = match after_space.chars().next() {
        Some('"') => double_quoted(&after_space[1..]),
        Some('\'') => after_space[1..].split_once('\'').map(|(value, rest)| (Zeroizing::new(value.to_owned()), rest)),
        _ => {
            let bare = bare(first.split_once('=').map_or("", |(_, value)| value));
            return (Some(row(line, name, Zeroizing::new(bare.to_owned()), bare.contains("${"))), next);
        }
    };
    let Some((value, rest)) = quoted else {
        return (Some(Row::refused(line, name, RowProblem::UnclosedQuote)), next);
    };
    let (tail, after) = rest.split_once('\n').unwrap_or((rest, ""));
    let tail = tail.trim();
    if !tail.is_empty() && !tail.starts_with('#') {
        return (Some(Row::refused(line, name, RowProblem::TextAfterQuote)), next);
    }
    let refers = after_space.starts_with('"') && value.contains("${");
    (Some(row(line, name, value, refers)), after)
}

fn row(line: usize, name: &str, value: Zeroizing<String>, refers: bool) -> Row {
    Row { note: refers.then_some(RowNote::Reference), ..Row::with_value(line, name, value) }
}

fn without_export(line: &str) -> &str {
    match line.strip_prefix("export") {
        Some(rest) if rest.starts_with(char::is_whitespace) && !rest.trim_start().starts_with('=') => rest.trim_start(),
        _ => line,
    }
}

/// A value without quotes: up to a comment, without the white space around it.
fn bare(value: &str) -> &str {
    let comment = value
        .char_indices()
        .find(|&(at, c)| c == '#' && value[..at].ends_with(char::is_whitespace))
        .map_or(value.len(), |(at, _)| at);
    value[..comment].trim()
}

/// The value in double quotes and what follows the closing one; `None` when there is none.
fn double_quoted(text: &str) -> Option<(Zeroizing<String>, &str)> {
    let end = {
        let mut is_escaped = false;
        text.bytes().position(|byte| {
            let is_end = byte == b'"' && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            is_end
        })?
    };
    // Escapes only shrink a text, so the value never has to move while it grows.
    let mut value = Zeroizing::new(String::with_capacity(end));
    let mut rest = &text[..end];
    while let Some((before, after)) = rest.split_once('\\') {
        value.push_str(before);
        let mut chars = after.chars();
        match chars.next() {
            Some('n') => value.push('\n'),
            Some('r') => value.push('\r'),
            Some('t') => value.push('\t'),
            Some(c @ ('\\' | '"' | '$' | '\'' | '`')) => value.push(c),
            Some(c) => value.extend(['\\', c]),
            None => value.push('\\'),
        }
        rest = chars.as_str();
    }
    value.push_str(rest);
    Some((value, &text[end + 1..]))
}
