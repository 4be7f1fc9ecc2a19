//! YAML: enough of it to say what JSON says, in blocks.

use std::io::{self, Write};

use super::jmespath::Value;

/// A whole document.
pub(super) fn document(out: &mut impl Write, value: &Value) -> io::Result<()> {
    match value {
        Value::List(items) if !items.is_empty() => items.iter().try_for_each(|item| element(out, item)),
        Value::Object(members) if !members.is_empty() => block(out, value, 0),
        other => {
            write!(out, "{}", scalar(other))?;
            out.write_all(b"\n")
        }
    }
}

/// An element of a list that is the document.
pub(super) fn element(out: &mut impl Write, value: &Value) -> io::Result<()> {
    element_at(out, value, 0)
}

fn element_at(out: &mut impl Write, value: &Value, indent: usize) -> io::Result<()> {
    write!(out, "{:indent$}- ", "")?;
    match value {
        Value::List(items) if !items.is_empty() => {
            writeln!(out)?;
            block(out, value, indent + 2)
        }
        Value::Object(members) if !members.is_empty() => {
            let mut is_first = true;
            for (name, member) in Value::by_name(members) {
                if !is_first {
                    write!(out, "{:width$}", "", width = indent + 2)?;
                }
                is_first = false;
                write!(out, "{}:", text(name))?;
                after_name(out, member, indent + 2)?;
            }
            Ok(())
        }
        other => writeln!(out, "{}", scalar(other)),
    }
}

fn block(out: &mut impl Write, value: &Value, indent: usize) -> io::Result<()> {
    match value {
        Value::List(items) => items.iter().try_for_each(|item| element_at(out, item, indent)),
        Value::Object(members) => Value::by_name(members).into_iter().try_for_each(|(name, member)| {
            write!(out, "{:indent$}{}:", "", text(name))?;
            after_name(out, member, indent)
        }),
        other => writeln!(out, "{:indent$}{}", "", scalar(other)),
    }
}

fn after_name(out: &mut impl Write, value: &Value, indent: usize) -> io::Result<()> {
    match value {
        // A list stands under its name, not further in.
        Value::List(items) if !items.is_empty() => {
            writeln!(out)?;
            block(out, value, indent)
        }
        Value::Object(members) if !members.is_empty() => {
            writeln!(out)?;
            block(out, value, indent + 2)
        }
        other => writeln!(out, " {}", scalar(other)),
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::Text(text) => self::text(text),
        // Everything else, and what is empty, is written as in JSON, which YAML reads.
        other => serde_json::to_string(other).expect("a value is JSON"),
    }
}

/// A text, quoted where it could be taken for something else.
fn text(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./+@".contains(c);
    let begins_well = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
    let is_word = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word));
    if begins_well && !is_word && text.chars().all(is_plain) {
        text.to_owned()
    } else if text.chars().any(char::is_control)
        || text.chars().any(|c| matches!(c, '\u{2028}' | '\u{2029}' | '\u{FEFF}'))
    {
        // A text of JSON is a text of YAML.
        serde_json::Value::from(text).to_string()
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_json_says_is_said_in_blocks() {
        let mut out = Vec::new();
        let value =
            json!([{"attributes": {"enabled": true, "expires": null}, "list": [1, "a"], "name": "db-password"}]);
        document(&mut out, &Value::from(&value)).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "- attributes:\n    enabled: true\n    expires: null\n  list:\n  - 1\n  - a\n  name: db-password\n"
        );
    }

    #[test]
    fn a_text_that_could_be_something_else_is_quoted() {
        for (given, written) in [
            ("db-password", "db-password"),
            ("true", "'true'"),
            ("No", "'No'"),
            ("123", "'123'"),
            ("", "''"),
            ("it's: here", "'it''s: here'"),
            ("a\nb", "\"a\\nb\""),
            ("2026-11-20T14:02:00+00:00", "'2026-11-20T14:02:00+00:00'"),
            ("- x", "'- x'"),
            ("größe", "'größe'"),
        ] {
            assert_eq!(text(given), written);
        }
    }
}
