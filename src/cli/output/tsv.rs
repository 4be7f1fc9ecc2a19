//! Values with tabs between them, as az prints them: no headings, members by name, `None` for what is not there.

use std::io::{self, Write};

use super::jmespath::Value;

/// A list is lines, anything else is one.
pub(super) fn of_any(out: &mut impl Write, value: &Value) -> io::Result<()> {
    match value {
        Value::List(items) => items.iter().try_for_each(|item| row(out, item)),
        one => row(out, one),
    }
}

/// One line.
pub(super) fn row(out: &mut impl Write, value: &Value) -> io::Result<()> {
    match value {
        Value::Object(members) => cells(out, members.iter().map(|(_, value)| value)),
        Value::List(values) => cells(out, values.iter()),
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
            Value::Text(text) => out.write_all(text.as_bytes())?,
            Value::List(items) => write!(out, "{}", items.len())?,
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
        let mut print = |value| of_any(&mut out, &Value::from(&value)).unwrap();
        print(json!([{"enabled": true, "name": "a", "tags": {}}, ["x", null, [1, 2]]]));
        print(json!("s3cret"));
        print(json!(true));
        assert_eq!(String::from_utf8(out).unwrap(), "True\ta\t\nx\tNone\t2\ns3cret\ntrue\n");
    }
}
