//! The JSON that a query looks at and makes.

use std::{collections::HashSet, fmt, rc::Rc};

use serde::{Serialize, Serializer, ser::SerializeMap as _};

/// JSON whose copies share what they hold. The members of an object have an order: the order in which a query named them, or
/// that of their names.
#[derive(Clone)]
pub(in crate::cli::output) enum Value {
    Null,
    Bool(bool),
    Number(Number),
    Text(Rc<str>),
    List(Rc<Vec<Value>>),
    Object(Rc<Vec<(Rc<str>, Value)>>),
}

/// A whole number stays one, as in Python.
#[derive(Clone, Copy)]
pub(in crate::cli::output) enum Number {
    Whole(i64),
    Decimal(f64),
}

/// The names of members, each kept once however many objects have it.
#[derive(Default)]
pub(in crate::cli::output) struct Names(HashSet<Rc<str>>);

impl Names {
    fn shared(&mut self, name: &str) -> Rc<str> {
        if let Some(known) = self.0.get(name) {
            return Rc::clone(known);
        }
        let new: Rc<str> = name.into();
        self.0.insert(Rc::clone(&new));
        new
    }

    /// What JSON says, with the members of objects by name.
    pub(in crate::cli::output) fn value(&mut self, json: &serde_json::Value) -> Value {
        match json {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(truth) => Value::Bool(*truth),
            serde_json::Value::Number(number) => Value::Number(match number.as_i64() {
                Some(whole) => Number::Whole(whole),
                None => Number::Decimal(number.as_f64().unwrap_or(f64::MAX)),
            }),
            serde_json::Value::String(text) => Value::Text(text.as_str().into()),
            serde_json::Value::Array(items) => Value::list(items.iter().map(|item| self.value(item)).collect()),
            serde_json::Value::Object(members) => {
                let shared = |(name, member): (&String, &serde_json::Value)| (self.shared(name), self.value(member));
                Value::Object(Rc::new(members.iter().map(shared).collect()))
            }
        }
    }
}

impl From<&serde_json::Value> for Value {
    fn from(json: &serde_json::Value) -> Self {
        Names::default().value(json)
    }
}

impl Value {
    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    pub(in crate::cli::output) fn list(items: Vec<Self>) -> Self {
        Self::List(Rc::new(items))
    }

    /// Members in their order; of two with one name the later counts, in the place of the first.
    pub(super) fn object(named: impl IntoIterator<Item = (Rc<str>, Self)>) -> Self {
        let mut members: Vec<(Rc<str>, Self)> = Vec::new();
        for (name, member) in named {
            match members.iter_mut().find(|(known, _)| *known == name) {
                Some((_, there)) => *there = member,
                None => members.push((name, member)),
            }
        }
        Self::Object(Rc::new(members))
    }

    pub(super) fn count(count: usize) -> Self {
        Self::Number(Number::Whole(signed(count)))
    }

    pub(in crate::cli::output) const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The member of that name.
    pub(in crate::cli::output) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().find(|(known, _)| **known == *name).map(|(_, member)| member)
    }

    /// Whether it consists of less than a million parts when it is written out.
    #[cfg(feature = "fuzzing")]
    pub(in crate::cli::output) fn is_short(&self) -> bool {
        fn count(value: &Value, left: &mut u32) -> bool {
            *left = left.saturating_sub(1);
            *left > 0
                && match value {
                    Value::List(items) => items.iter().all(|item| count(item, left)),
                    Value::Object(members) => members.iter().all(|(_, member)| count(member, left)),
                    _ => true,
                }
        }
        count(self, &mut 1_000_000)
    }

    /// Members by name, as az sorts them.
    pub(in crate::cli::output) fn by_name(members: &[(Rc<str>, Self)]) -> Vec<&(Rc<str>, Self)> {
        let mut sorted: Vec<_> = members.iter().collect();
        sorted.sort_by(|one, other| one.0.cmp(&other.0));
        sorted
    }

    /// What counts as true: everything but null, false and what is empty.
    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::Null | Self::Bool(false) => false,
            Self::Bool(true) | Self::Number(_) => true,
            Self::Text(text) => !text.is_empty(),
            Self::List(items) => !items.is_empty(),
            Self::Object(members) => !members.is_empty(),
        }
    }

    /// `==` of Python, for which a truth value is 0 or 1.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Text(one), Self::Text(other)) => one == other,
            (Self::List(one), Self::List(other)) => {
                Rc::ptr_eq(one, other)
                    || one.len() == other.len() && one.iter().zip(&**other).all(|(one, other)| one.is_same(other))
            }
            (Self::Object(one), Self::Object(members)) => {
                let has = |(name, member): &(Rc<str>, Self)| other.get(name).is_some_and(|found| found.is_same(member));
                Rc::ptr_eq(one, members) || one.len() == members.len() && one.iter().all(has)
            }
            _ => match (self.as_python_number(), other.as_python_number()) {
                (Some(one), Some(other)) => one.order(other).is_eq(),
                _ => false,
            },
        }
    }

    const fn as_python_number(&self) -> Option<Number> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Bool(truth) => Some(Number::Whole(*truth as i64)),
            _ => None,
        }
    }
}

/// A length as a place is counted.
pub(super) fn signed(len: usize) -> i64 {
    i64::try_from(len).expect("nothing in memory is longer than 2^63")
}

impl Number {
    /// Which is the greater one.
    pub(super) fn order(self, other: Self) -> std::cmp::Ordering {
        match (self, other) {
            (Self::Whole(one), Self::Whole(other)) => one.cmp(&other),
            // Neither zero nor the rest: JSON has no number that is none.
            (one, other) => one.decimal().partial_cmp(&other.decimal()).unwrap_or(std::cmp::Ordering::Equal),
        }
    }

    pub(super) const fn decimal(self) -> f64 {
        match self {
            Self::Whole(number) => number as f64,
            Self::Decimal(number) => number,
        }
    }
}

/// As Python writes it: a decimal has a point, and an exponent where it is very large or very small.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = match self {
            Self::Whole(number) => return write!(f, "{number}"),
            Self::Decimal(number) => *number,
        };
        let scientific = format!("{number:e}");
        let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
        match exponent.parse::<i32>() {
            Ok(exponent) if !(-4..16).contains(&exponent) => {
                let sign = if exponent < 0 { '-' } else { '+' };
                write!(f, "{digits}e{sign}{:02}", exponent.unsigned_abs())
            }
            _ if number.fract() == 0.0 => write!(f, "{number:.1}"),
            _ => write!(f, "{number}"),
        }
    }
}

/// The members of objects by name, as az sorts them.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(truth) => serializer.serialize_bool(*truth),
            Self::Number(Number::Whole(number)) => serializer.serialize_i64(*number),
            Self::Number(Number::Decimal(number)) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(&**items),
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, member) in Self::by_name(members) {
                    map.serialize_entry(&**name, member)?;
                }
                map.end()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Number;

    #[test]
    fn numbers_are_written_as_python_writes_them() {
        for (number, text) in [
            (2.0, "2.0"),
            (0.5, "0.5"),
            (-1.25, "-1.25"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (123_456_789_012_345_680.0, "1.2345678901234568e+17"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (0.0, "0.0"),
        ] {
            assert_eq!(Number::Decimal(number).to_string(), text);
        }
        assert_eq!(Number::Whole(-3).to_string(), "-3");
    }
}
