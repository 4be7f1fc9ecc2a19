//! From a query to its words.

use super::{Problem, problem::Broken, value::Value};

/// A word and where it begins, in bytes.
pub(super) struct Word {
    pub(super) token: Token,
    pub(super) place: usize,
}

#[derive(Clone)]
pub(super) enum Token {
    Name(String),
    QuotedName(String),
    Literal(Value),
    Number(i64),
    /// A sign, or two that belong together.
    Sign(&'static str),
    End,
}

/// Those of two characters first.
const SIGNS: [&str; 25] = [
    "[]", "[?", "||", "&&", "<=", ">=", "!=", "==", "[", "]", ".", "*", ",", ":", "@", "(", ")", "{", "}", "|", "&",
    "<", ">", "!", "-",
];

/// The words of a query, the last of which is [`Token::End`].
pub(super) fn words(query: &str) -> Result<Vec<Word>, Broken> {
    if query.is_empty() {
        return Err(Broken::whole(query, Problem::Empty));
    }
    let mut words = Vec::new();
    let mut place = 0;
    while let Some(first) = query[place..].chars().next() {
        if matches!(first, ' ' | '\t' | '\n' | '\r') {
            place += 1;
            continue;
        }
        let (token, len) = word(&query[place..], first).map_err(|problem| Broken::at(query, place, problem))?;
        words.push(Word { token, place });
        place += len;
    }
    words.push(Word { token: Token::End, place });
    Ok(words)
}

/// The word at the beginning of `rest`, and its length.
fn word(rest: &str, first: char) -> Result<(Token, usize), Problem> {
    let run = |is_part: fn(&u8) -> bool| rest.bytes().skip(1).take_while(is_part).count() + 1;
    match first {
        'a'..='z' | 'A'..='Z' | '_' => {
            let len = run(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
            Ok((Token::Name(rest[..len].to_owned()), len))
        }
        '0'..='9' | '-' => {
            let len = run(u8::is_ascii_digit);
            if first == '-' && len == 1 {
                return Err(Problem::Unexpected("-".into()));
            }
            // No list is as long as to make a difference where the number is larger than any.
            let largest = if first == '-' { i64::MIN } else { i64::MAX };
            Ok((Token::Number(rest[..len].parse().unwrap_or(largest)), len))
        }
        '\'' => {
            let (text, len) = quoted(rest, first)?;
            Ok((Token::Literal(Value::text(&text.replace("\\'", "'"))), len))
        }
        '`' => {
            let (text, len) = quoted(rest, first)?;
            Ok((Token::Literal(literal(&text.replace("\\`", "`"))?), len))
        }
        '"' => {
            let (_, len) = quoted(rest, first)?;
            let name = serde_json::from_str(&rest[..len]).ok().ok_or(Problem::BadName)?;
            Ok((Token::QuotedName(name), len))
        }
        other => match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            Some(sign) => Ok((Token::Sign(sign), sign.len())),
            None => Err(Problem::Unexpected(other.into())),
        },
    }
}

/// What stands up to the next `mark` that has no backslash before it, and the length with both marks.
fn quoted(rest: &str, mark: char) -> Result<(&str, usize), Problem> {
    let mut is_escaped = false;
    for (at, found) in rest.char_indices().skip(1) {
        if is_escaped {
            is_escaped = false;
        } else if found == '\\' {
            is_escaped = true;
        } else if found == mark {
            return Ok((&rest[1..at], at + 1));
        }
    }
    Err(Problem::Unclosed(mark))
}

/// JSON, or as in old queries a text without its quotes.
fn literal(text: &str) -> Result<Value, Problem> {
    let json: Result<serde_json::Value, _> = serde_json::from_str(text);
    let json = match json {
        // It is JSON all the same, so it is no text.
        Err(error) if error.to_string().starts_with("recursion limit exceeded") => return Err(Problem::TooDeep),
        Err(_) => serde_json::from_str(&format!("\"{}\"", text.trim_start())),
        found => found,
    };
    match json {
        Ok(json) => Ok(Value::from(&json)),
        Err(_) => Err(Problem::BadLiteral(text.chars().take(40).collect())),
    }
}

impl Token {
    /// As it is told in an error.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Name(name) => name.clone(),
            Self::QuotedName(name) => format!("\"{name}\""),
            Self::Literal(_) => "a literal".into(),
            Self::Number(number) => number.to_string(),
            Self::Sign(sign) => (*sign).into(),
            Self::End => "the end".into(),
        }
    }
}
