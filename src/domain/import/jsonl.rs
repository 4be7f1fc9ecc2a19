//! JSON lines: one object a line, each as an entry of a JSON list: `{"name": …, "value": …, "contentType": …, "tags": {…}}`.
//!
//! Lines are read one by one, so a broken one is refused alone and the rest keeps its line numbers.

use super::{ImportError, Row, RowProblem, json, name_secrets, push, text_from, text_of};

/// Reads JSON lines as they come, so that of a long file no more is in memory than its entries.
#[derive(Default)]
pub struct Lines {
    rows: Vec<Row>,
    count: usize,
}

impl Lines {
    /// Reads the next line, with or without its end.
    pub fn take(&mut self, line: &[u8]) -> Result<(), ImportError> {
        self.count += 1;
        let text = if self.count == 1 { text_of(line) } else { text_from(line, self.count) }?;
        self.take_text(text.strip_suffix('\n').unwrap_or(text))
    }

    /// How many lines were read.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The entries in their order, once there are no more lines.
    pub fn finish(mut self) -> Result<Vec<Row>, ImportError> {
        if self.rows.is_empty() {
            return Err(ImportError::Empty);
        }
        name_secrets(&mut self.rows);
        Ok(self.rows)
    }

    fn take_text(&mut self, line: &str) -> Result<(), ImportError> {
        if line.trim().is_empty() {
            return Ok(());
        }
        let row = match json::read_entry(line, self.count) {
            Ok(row) => row,
            Err(column) => Row::refused(self.count, "", RowProblem::BrokenJson { column }),
        };
        push(&mut self.rows, row)
    }
}

pub(super) fn read(text: &str) -> Result<Vec<Row>, ImportError> {
    let mut lines = Lines::default();
    for line in text.lines() {
        lines.count += 1;
        lines.take_text(line)?;
    }
    Ok(lines.rows)
}

/// Whether a text without a telling file name is JSON lines: its first line is an object that ends there.
pub(super) fn is_lines(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first_is_whole = lines.next().is_some_and(|first| json::read_entry(first, 1).is_ok());
    first_is_whole && lines.next().is_some()
}
