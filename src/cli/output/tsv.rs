//! Values with tabs between them, as az prints them: no headings, members by name, `None` for what is not there.

use std::io::{self, Write};

use serde_json::Value;

use super::ordered;

/// A list is lines, anything else is one.
pub(super) fn of_any(out: &mut impl Write, value: &Value, order: Option<&[String]>) -> io::Result<()> {
    match value {
        Value::Array(items) => items.iter().try_for_each(|item| row(out, item, order)),
        one => row(out, one, order),
    }
}

/// One line.
pub(super) fn row(out: &mut impl Write, value: &Value, order: Option<&[String]>) -> io::Result<()> {
    match value {
        Value::Object(object) => cells(out, ordered(object, order).into_iter().map(|(_, value)| value)),
        Value::Array(values) => cells(out, values.iter()),
        // Alone on its line a truth value is written as in JSON.
        Value::Bool(truth) => writeln!(out, "{truth}"),
        other => cells(out, std::iter::once(other)),
    }
}

fn cells<'a>(out: &mut impl Write, values: impl Iterator<Item = &'a Value>) -> io::Result<()> {
    for (place, value) in values.enumerate() {
        if place > 0 {
            out.write_all(b"\t")?;
        }
        match value {
            Value::Null => out.write_all(b"None")?,
            Value::Bool(true) => out.write_all(b"True")?,
            Value::Bool(false) => out.write_all(b"False")?,
            Value::Number(number) => write!(out, "{number}")?,
            Value::String(text) => out.write_all(text.as_bytes())?,
            Value::Array(items) => write!(out, "{}", items.len())?,
            Value::Object(_) => {}
        }
    }
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lines_are_as_az_prints_them() {
        let mut out = Vec::new();
        let order = ["name".to_owned(), "enabled".to_owned()];
        of_any(&mut out, &json!([{"enabled": true, "name": "a", "tags": {}}, ["x", null, [1, 2]]]), None).unwrap();
        of_any(&mut out, &json!([{"enabled": true, "name": "a"}]), Some(&order)).unwrap();
        of_any(&mut out, &json!("s3cret"), None).unwrap();
        of_any(&mut out, &json!(true), None).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "True\ta\t\nx\tNone\t2\na\tTrue\ns3cret\ntrue\n");
    }
}
