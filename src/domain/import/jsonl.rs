//! JSON lines: one object a line, each as an entry of a JSON list: `{"name": …, "value": …, "contentType": …, "tags": {…}}`.
//!
//! Lines are read one by one, so a broken one is refused alone and the rest keeps its line numbers.

use super::{ImportError, Row, RowProblem, json, push};

pub(super) fn read(text: &str) -> Result<Vec<Row>, ImportError> {
    let mut rows = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        if line.trim().is_empty() {
            continue;
        }
        let row = match json::read_entry(line, number) {
            Ok(row) => row,
            Err(column) => Row::refused(number, "", RowProblem::BrokenJson { column }),
        };
        push(&mut rows, row)?;
    }
    Ok(rows)
}

/// Whether a text without a telling file name is JSON lines: its first line is an object that ends there.
pub(super) fn is_lines(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first_is_whole = lines.next().is_some_and(|first| json::read_entry(first, 1).is_ok());
    first_is_whole && lines.next().is_some()
}
