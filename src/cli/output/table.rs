//! Tables as az prints them: headings, a line under them, two spaces between columns.

use std::io::{self, Write};

use super::{Columns, jmespath::Value};
use crate::cli::{errors::Failure, terminal::harmless_cell};

/// Never columns of their own: they are long and the same all the way down.
const LEFT_OUT: [&str; 3] = ["id", "type", "etag"];

/// Rows with set columns.
pub(super) fn by_columns(out: &mut impl Write, columns: Columns, items: impl Iterator<Item = Value>) -> io::Result<()> {
    let headings: Vec<String> = columns.iter().map(|(heading, _)| (*heading).to_owned()).collect();
    let cell = |item: &Value, path: &[&str]| {
        let found = path.iter().try_fold(item, |value, name| value.get(name));
        found.and_then(cell_text).unwrap_or_default()
    };
    let rows: Vec<Vec<String>> =
        items.map(|item| columns.iter().map(|(_, path)| cell(&item, path)).collect()).collect();
    if rows.is_empty() { Ok(()) } else { print(out, &headings, &rows) }
}

/// Whatever there is: an object is a row, a list is rows, anything else stands under `Result`.
pub(super) fn of_any(out: &mut impl Write, value: &Value) -> Result<(), Failure> {
    let items: &[Value] = match value {
        Value::List(items) => items,
        one => std::slice::from_ref(one),
    };
    let mut headings: Vec<String> = Vec::new();
    let mut rows: Vec<Vec<(String, String)>> = Vec::new();
    for item in items {
        let row: Vec<(String, String)> = match item {
            Value::Object(members) => members
                .iter()
                .filter(|(name, _)| !LEFT_OUT.contains(&&**name))
                .filter_map(|(name, value)| Some((heading(name), cell_text(value)?)))
                .collect(),
            Value::List(cells) => {
                let cells = cells.iter().zip(1..);
                cells.map(|(cell, number)| (format!("Column{number}"), cell_text(cell).unwrap_or_default())).collect()
            }
            other => vec![("Result".to_owned(), cell_text(other).unwrap_or_default())],
        };
        for (name, _) in &row {
            if !headings.contains(name) {
                headings.push(name.clone());
            }
        }
        rows.push(row);
    }
    if items.is_empty() {
        return Ok(());
    }
    if headings.is_empty() {
        return Err(Failure::Plain(
            "Table output unavailable. Use the --query option to specify an appropriate query.".into(),
        ));
    }
    let cell_of = |row: &[(String, String)], heading: &String| {
        row.iter().find(|(name, _)| name == heading).map(|(_, text)| text.clone()).unwrap_or_default()
    };
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| headings.iter().map(|heading| cell_of(row, heading)).collect()).collect();
    Ok(print(out, &headings, &rows)?)
}

fn print(out: &mut impl Write, headings: &[String], rows: &[Vec<String>]) -> io::Result<()> {
    let harmless = |cells: &[String]| -> Vec<String> { cells.iter().map(|cell| harmless_cell(cell).into()).collect() };
    let headings = &harmless(headings);
    let rows = &rows.iter().map(|row| harmless(row)).collect::<Vec<_>>();
    // A column is at least two wider than its heading.
    let mut widths: Vec<usize> = headings.iter().map(|heading| heading.chars().count() + 2).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    line(out, headings, &widths)?;
    let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    line(out, &rules, &widths)?;
    rows.iter().try_for_each(|row| line(out, row, &widths))
}

fn line(out: &mut impl Write, cells: &[String], widths: &[usize]) -> io::Result<()> {
    let padded: Vec<String> = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
    writeln!(out, "{}", padded.join("  ").trim_end())
}

fn heading(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// What stands in a cell; nothing for what is not there or is itself made of parts.
fn cell_text(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::List(_) | Value::Object(_) => None,
        Value::Bool(true) => Some("True".into()),
        Value::Bool(false) => Some("False".into()),
        Value::Number(number) => Some(number.to_string()),
        Value::Text(text) => Some(text.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn table(value: &serde_json::Value) -> String {
        let mut out = Vec::new();
        of_any(&mut out, &Value::from(value)).unwrap_or_else(|_| panic!("{value} makes a table"));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_table_looks_as_az_prints_it() {
        let list = json!([
            {"id": "/x", "name": "contoso", "location": "westeurope", "tags": {}},
            {"id": "/y", "name": "a", "location": "eastus", "sealed": true},
        ]);
        assert_eq!(
            table(&list),
            "Location    Name     Sealed\n----------  -------  --------\nwesteurope  contoso\neastus      a        True\n"
        );
        assert_eq!(table(&json!("s3cret")), "Result\n--------\ns3cret\n");
        assert_eq!(
            table(&json!([["a", 1], ["b", null]])),
            "Column1    Column2\n---------  ---------\na          1\nb\n"
        );
        assert_eq!(table(&json!([])), "");
    }
}
