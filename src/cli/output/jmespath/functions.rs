//! The functions of queries.

use std::{cmp::Ordering, fmt, rc::Rc};

use super::{
    Problem,
    evaluate::Evaluation,
    node::Node,
    value::{Number, Value},
};

/// What a function is given.
pub(super) enum Argument<'a> {
    Value(Value),
    /// Something to do with each item.
    Reference(&'a Node),
}

/// What kind of value something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli::output) enum Kind {
    Null,
    Boolean,
    Number,
    Text,
    List,
    Object,
    Reference,
}

/// What an argument has to be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Any,
    Number,
    Text,
    List,
    Numbers,
    Texts,
    /// Either all numbers or all texts.
    NumbersOrTexts,
    Object,
    Reference,
    TextOrList,
    TextListOrObject,
}

macro_rules! functions {
    ($($variant:ident $name:literal ($($takes:ident),*),)*) => {
        /// A function by its name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Function { $($variant,)* }

        impl Function {
            /// The function of that name.
            pub(super) fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }

            pub(super) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What it takes; the last may come again where there can be more.
            pub(super) const fn takes(self) -> &'static [Takes] {
                match self { $(Self::$variant => &[$(Takes::$takes),*],)* }
            }
        }
    };
}

functions! {
    Abs "abs" (Number),
    Avg "avg" (Numbers),
    Ceil "ceil" (Number),
    Contains "contains" (TextOrList, Any),
    EndsWith "ends_with" (Text, Text),
    Floor "floor" (Number),
    Join "join" (Text, Texts),
    Keys "keys" (Object),
    Length "length" (TextListOrObject),
    Map "map" (Reference, List),
    Max "max" (NumbersOrTexts),
    MaxBy "max_by" (List, Reference),
    Merge "merge" (Object),
    Min "min" (NumbersOrTexts),
    MinBy "min_by" (List, Reference),
    NotNull "not_null" (Any),
    Reverse "reverse" (TextOrList),
    Sort "sort" (NumbersOrTexts),
    SortBy "sort_by" (List, Reference),
    StartsWith "starts_with" (Text, Text),
    Sum "sum" (Numbers),
    ToArray "to_array" (Any),
    ToNumber "to_number" (Any),
    ToString "to_string" (Any),
    Type "type" (Any),
    Values "values" (Object),
}

/// Applies a function to arguments of which there are as many as it takes.
pub(super) fn call(make: &Evaluation, function: Function, arguments: Vec<Argument<'_>>) -> Result<Value, Problem> {
    let takes = function.takes();
    for (place, argument) in arguments.iter().enumerate() {
        // As in az, only the first of any number is looked at.
        if let Some(takes) = takes.get(place) {
            takes.admit(function, argument)?;
        }
    }
    let mut values = Vec::with_capacity(arguments.len());
    let mut reference = None;
    for argument in arguments {
        match argument {
            Argument::Value(value) => values.push(value),
            Argument::Reference(node) => reference = Some(node),
        }
    }
    if let Some(each) = reference {
        let Some(Value::List(items)) = values.first() else { return Err(Problem::Reference) };
        return by_reference(make, function, items, each);
    }
    of_values(make, function, &values)
}

/// What a function gives that is told what to do with each item.
fn by_reference(make: &Evaluation, function: Function, items: &[Value], each: &Node) -> Result<Value, Problem> {
    make.make(size_of_val(items))?;
    let found = items.iter().map(|item| make.of(each, item)).collect::<Result<Vec<_>, _>>()?;
    if function == Function::Map {
        return Ok(Value::list(found));
    }
    for key in &found {
        let is_ordered = matches!(key, Value::Number(_) | Value::Text(_));
        if !is_ordered || function == Function::SortBy && Kind::of(key) != Kind::of(&found[0]) {
            let expected = "a list and an expression that gives numbers only or texts only".to_owned();
            return Err(Problem::Type { function: function.name(), expected, found: Kind::of(key) });
        }
    }
    let mut keyed: Vec<(&Value, &Value)> = found.iter().zip(items).collect();
    if function == Function::SortBy {
        keyed.sort_by(|one, other| order(one.0, other.0).unwrap_or(Ordering::Equal));
        return Ok(Value::list(keyed.into_iter().map(|(_, item)| item.clone()).collect()));
    }
    let wanted = if function == Function::MinBy { Ordering::Less } else { Ordering::Greater };
    let mut best: Option<(&Value, &Value)> = None;
    for (key, item) in keyed {
        let is_better = match best {
            Some((known, _)) => order(key, known)? == wanted,
            None => true,
        };
        if is_better {
            best = Some((key, item));
        }
    }
    Ok(best.map_or(Value::Null, |(_, item)| item.clone()))
}

fn of_values(make: &Evaluation, function: Function, values: &[Value]) -> Result<Value, Problem> {
    let made = |text: String| {
        make.make(text.len())?;
        Ok(Value::text(&text))
    };
    Ok(match (function, values) {
        (Function::Abs, [Value::Number(number)]) => Value::Number(match *number {
            Number::Whole(number) => Number::Whole(number.saturating_abs()),
            Number::Decimal(number) => Number::Decimal(number.abs()),
        }),
        (Function::Ceil, [Value::Number(number)]) => Value::Number(rounded(*number, f64::ceil)),
        (Function::Floor, [Value::Number(number)]) => Value::Number(rounded(*number, f64::floor)),
        (Function::Sum, [Value::List(items)]) => Value::Number(sum(items)),
        (Function::Avg, [Value::List(items)]) => match items.len() {
            0 => Value::Null,
            count => Value::Number(Number::Decimal(sum(items).decimal() / count as f64)),
        },
        (Function::Contains, [Value::List(items), wanted]) => {
            Value::Bool(items.iter().any(|item| item.is_same(wanted)))
        }
        (Function::Contains, [Value::Text(text), Value::Text(part)]) => Value::Bool(text.contains(&**part)),
        (Function::Contains, [Value::Text(_), other]) => {
            let expected = "a text to find in a text".to_owned();
            return Err(Problem::Type { function: function.name(), expected, found: Kind::of(other) });
        }
        (Function::EndsWith, [Value::Text(text), Value::Text(end)]) => Value::Bool(text.ends_with(&**end)),
        (Function::StartsWith, [Value::Text(text), Value::Text(start)]) => Value::Bool(text.starts_with(&**start)),
        (Function::Join, [Value::Text(between), Value::List(items)]) => {
            let texts: Vec<&str> = items.iter().filter_map(as_text).collect();
            make.make(texts.iter().map(|text| text.len() + between.len()).sum())?;
            Value::text(&texts.join(between))
        }
        (Function::Keys, [Value::Object(members)]) => {
            make.make(members.len() * size_of::<Value>())?;
            Value::list(members.iter().map(|(name, _)| Value::Text(Rc::clone(name))).collect())
        }
        (Function::Values, [Value::Object(members)]) => {
            make.make(members.len() * size_of::<Value>())?;
            Value::list(members.iter().map(|(_, member)| member.clone()).collect())
        }
        (Function::Length, [Value::Text(text)]) => Value::count(text.chars().count()),
        (Function::Length, [Value::List(items)]) => Value::count(items.len()),
        (Function::Length, [Value::Object(members)]) => Value::count(members.len()),
        (Function::Max, [Value::List(items)]) => greatest(items, Ordering::Greater)?,
        (Function::Min, [Value::List(items)]) => greatest(items, Ordering::Less)?,
        (Function::Merge, objects) => {
            let members = objects.iter().filter_map(|object| match object {
                Value::Object(members) => Some(members.iter().cloned()),
                _ => None,
            });
            if let Some(other) = objects.iter().find(|object| !matches!(object, Value::Object(_))) {
                return Err(Takes::Object.refuse(function, Kind::of(other)));
            }
            Value::object(members.flatten())
        }
        (Function::NotNull, values) => values.iter().find(|value| !value.is_null()).cloned().unwrap_or(Value::Null),
        (Function::Reverse, [Value::Text(text)]) => made(text.chars().rev().collect())?,
        (Function::Reverse, [Value::List(items)]) => {
            make.make(size_of_val(&***items))?;
            Value::list(items.iter().rev().cloned().collect())
        }
        (Function::Sort, [Value::List(items)]) => {
            make.make(size_of_val(&***items))?;
            let mut sorted = (**items).clone();
            sorted.sort_by(|one, other| order(one, other).unwrap_or(Ordering::Equal));
            Value::list(sorted)
        }
        (Function::ToArray, [list @ Value::List(_)]) => list.clone(),
        (Function::ToArray, [other]) => Value::list(vec![other.clone()]),
        (Function::ToNumber, [number @ Value::Number(_)]) => number.clone(),
        (Function::ToNumber, [Value::Text(text)]) => number_of(text).map_or(Value::Null, Value::Number),
        (Function::ToNumber, [_]) => Value::Null,
        (Function::ToString, [text @ Value::Text(_)]) => text.clone(),
        (Function::ToString, [other]) => {
            let mut text = String::new();
            write_json(make, &mut text, other)?;
            Value::text(&text)
        }
        (Function::Type, [value]) => Value::text(Kind::of(value).name()),
        // Which arguments a function takes was looked at before.
        (function, _) => unreachable!("{} is not given what it does not take", function.name()),
    })
}

fn as_text(value: &Value) -> Option<&str> {
    if let Value::Text(text) = value { Some(text) } else { None }
}

/// Numbers among themselves and texts among themselves.
fn order(one: &Value, other: &Value) -> Result<Ordering, Problem> {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => Ok(one.order(*other)),
        (Value::Text(one), Value::Text(other)) => Ok(one.cmp(other)),
        _ => Err(Problem::Order { left: Kind::of(one), right: Kind::of(other) }),
    }
}

/// The first of those that no other exceeds.
fn greatest(items: &[Value], wanted: Ordering) -> Result<Value, Problem> {
    let Some((first, others)) = items.split_first() else { return Ok(Value::Null) };
    let mut best = first;
    for item in others {
        if order(item, best)? == wanted {
            best = item;
        }
    }
    Ok(best.clone())
}

fn sum(items: &[Value]) -> Number {
    items.iter().fold(Number::Whole(0), |sum, item| match (sum, item) {
        (Number::Whole(sum), Value::Number(Number::Whole(number))) => match sum.checked_add(*number) {
            Some(sum) => Number::Whole(sum),
            None => Number::Decimal(sum as f64 + *number as f64),
        },
        (sum, Value::Number(number)) => Number::Decimal(sum.decimal() + number.decimal()),
        (sum, _) => sum,
    })
}

fn rounded(number: Number, round: fn(f64) -> f64) -> Number {
    match number {
        Number::Whole(number) => Number::Whole(number),
        Number::Decimal(number) => {
            let whole = round(number);
            if whole.abs() < i64::MAX as f64 { Number::Whole(whole as i64) } else { Number::Decimal(whole) }
        }
    }
}

/// A number as Python reads it: blanks around it and single underscores between digits are allowed.
fn number_of(text: &str) -> Option<Number> {
    let text = text.trim();
    let is_digit = |at: Option<usize>| at.and_then(|at| text.as_bytes().get(at)).is_some_and(u8::is_ascii_digit);
    let parts_digits = |(at, _): (usize, &str)| is_digit(at.checked_sub(1)) && is_digit(Some(at + 1));
    if !text.match_indices('_').all(parts_digits) {
        return None;
    }
    let digits = text.replace('_', "");
    if let Ok(whole) = digits.parse() {
        return Some(Number::Whole(whole));
    }
    // JSON has neither infinity nor what is no number.
    digits.parse().ok().filter(|number: &f64| number.is_finite()).map(Number::Decimal)
}

/// JSON without blanks, in ASCII, the members of objects in their order.
fn write_json(make: &Evaluation, text: &mut String, value: &Value) -> Result<(), Problem> {
    let before = text.len();
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(truth) => text.push_str(if *truth { "true" } else { "false" }),
        Value::Number(number) => text.push_str(&number.to_string()),
        Value::Text(inner) => write_text(text, inner),
        Value::List(items) => {
            text.push('[');
            make.make(2)?;
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                write_json(make, text, item)?;
            }
            text.push(']');
            return Ok(());
        }
        Value::Object(members) => {
            text.push('{');
            make.make(2)?;
            for (place, (name, member)) in members.iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                write_text(text, name);
                make.make(name.len())?;
                text.push(':');
                write_json(make, text, member)?;
            }
            text.push('}');
            return Ok(());
        }
    }
    make.make(text.len() - before)
}

fn write_text(out: &mut String, text: &str) {
    use fmt::Write as _;
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(c),
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}").expect("a text takes whatever is written");
                }
            }
        }
    }
    out.push('"');
}

impl Kind {
    pub(super) const fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(_) => Self::Number,
            Value::Text(_) => Self::Text,
            Value::List(_) => Self::List,
            Value::Object(_) => Self::Object,
        }
    }

    /// As `type()` names it.
    const fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Number => "number",
            Self::Text => "string",
            Self::List => "array",
            Self::Object => "object",
            Self::Reference => "expression",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::List | Self::Object | Self::Reference => write!(f, "an {}", self.name()),
            Self::Boolean | Self::Number | Self::Text => write!(f, "a {}", self.name()),
        }
    }
}

impl Takes {
    fn admit(self, function: Function, argument: &Argument<'_>) -> Result<(), Problem> {
        let value = match (self, argument) {
            (Self::Reference, Argument::Reference(_)) => return Ok(()),
            (_, Argument::Reference(_)) => return Err(self.refuse(function, Kind::Reference)),
            (_, Argument::Value(value)) => value,
        };
        let all = |items: &[Value], kind| items.iter().map(Kind::of).find(|found| *found != kind);
        let odd = match (self, value) {
            (Self::Any, _)
            | (Self::Number, Value::Number(_))
            | (Self::Text | Self::TextOrList | Self::TextListOrObject, Value::Text(_))
            | (Self::List | Self::TextOrList | Self::TextListOrObject, Value::List(_))
            | (Self::Object | Self::TextListOrObject, Value::Object(_)) => None,
            (Self::Numbers, Value::List(items)) => all(items, Kind::Number),
            (Self::Texts, Value::List(items)) => all(items, Kind::Text),
            (Self::NumbersOrTexts, Value::List(items)) => match items.first().map(Kind::of) {
                None => None,
                Some(kind @ (Kind::Number | Kind::Text)) => all(items, kind),
                Some(other) => Some(other),
            },
            (_, other) => Some(Kind::of(other)),
        };
        odd.map_or(Ok(()), |found| Err(self.refuse(function, found)))
    }

    fn refuse(self, function: Function, found: Kind) -> Problem {
        let expected = match self {
            Self::Any => "any value",
            Self::Number => "a number",
            Self::Text => "a string",
            Self::List => "an array",
            Self::Numbers => "an array of numbers",
            Self::Texts => "an array of strings",
            Self::NumbersOrTexts => "an array of numbers only or strings only",
            Self::Object => "an object",
            Self::Reference => "an expression after &",
            Self::TextOrList => "a string or an array",
            Self::TextListOrObject => "a string, an array or an object",
        };
        Problem::Type { function: function.name(), expected: expected.into(), found }
    }
}
