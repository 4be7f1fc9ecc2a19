//! What a query answers.

use std::{cell::Cell, rc::Rc};

use super::{
    Problem,
    functions::{self, Argument, Function, Kind as ValueKind},
    node::{Comparison, Kind, Node},
    value::{Value, signed},
};

/// A query can name a list twice and so double it again and again; it makes no more than this, in bytes.
const MOST_MADE: usize = 256 << 20;

/// One answer in the making.
#[derive(Default)]
pub(super) struct Evaluation {
    made: Cell<usize>,
}

impl Evaluation {
    /// Counts what is made.
    pub(super) fn make(&self, bytes: usize) -> Result<(), Problem> {
        let made = self.made.get().saturating_add(bytes);
        self.made.set(made);
        if made > MOST_MADE { Err(Problem::TooLarge) } else { Ok(()) }
    }

    fn make_items(&self, count: usize) -> Result<(), Problem> {
        self.make(count.saturating_mul(size_of::<Value>()))
    }

    /// What `node` gives for `value`.
    pub(super) fn of(&self, node: &Node, value: &Value) -> Result<Value, Problem> {
        Ok(match &node.kind {
            Kind::Current => value.clone(),
            Kind::Field(name) => value.get(name).cloned().unwrap_or(Value::Null),
            Kind::Literal(literal) => literal.clone(),
            Kind::Index(at) => index(value, *at),
            Kind::Slice { start, stop, step } => self.slice(value, (*start, *stop, *step))?,
            Kind::Steps(steps) => self.steps(steps, value.clone())?,
            Kind::Project { base, each } => self.project(&self.of(base, value)?, each)?,
            Kind::ProjectMembers { base, each } => match self.of(base, value)? {
                Value::Object(members) => self.each(members.iter().map(|(_, member)| member), each)?,
                _ => Value::Null,
            },
            Kind::Filter { base, each, condition } => match self.of(base, value)? {
                Value::List(items) => {
                    let mut kept = Vec::new();
                    for item in &*items {
                        self.filtered(item, (condition, each), &mut kept)?;
                    }
                    Value::list(kept)
                }
                _ => Value::Null,
            },
            Kind::Flatten(inner) => self.flatten(&self.of(inner, value)?)?,
            Kind::Compare(comparison, one, other) => {
                compare(*comparison, &self.of(one, value)?, &self.of(other, value)?)?
            }
            Kind::And(one, other) => match self.of(one, value)? {
                first if first.is_true() => self.of(other, value)?,
                first => first,
            },
            Kind::Or(one, other) => match self.of(one, value)? {
                first if first.is_true() => first,
                _ => self.of(other, value)?,
            },
            Kind::Not(inner) => Value::Bool(!self.of(inner, value)?.is_true()),
            Kind::List(_) | Kind::Object(_) if value.is_null() => Value::Null,
            Kind::List(items) => {
                self.make_items(items.len())?;
                Value::list(items.iter().map(|item| self.of(item, value)).collect::<Result<_, _>>()?)
            }
            Kind::Object(members) => {
                self.make_items(members.len() * 2)?;
                let member = |(name, node): &(Rc<str>, Node)| Ok((Rc::clone(name), self.of(node, value)?));
                Value::object(members.iter().map(member).collect::<Result<Vec<_>, Problem>>()?)
            }
            Kind::Call(function, arguments) => {
                let argument = |node| self.argument(node, value);
                let arguments = arguments.iter().map(argument).collect::<Result<Vec<_>, _>>()?;
                functions::call(self, *function, arguments)?
            }
            Kind::Reference(_) => return Err(Problem::Reference),
        })
    }

    /// What `node` gives for the list of `items`, each of which is forgotten as soon as that can be.
    pub(super) fn of_list(&self, node: &Node, items: &mut dyn Iterator<Item = Value>) -> Result<Value, Problem> {
        match &node.kind {
            Kind::Steps(steps) => {
                let (first, others) = steps.split_first().expect("a step follows another");
                let begun = self.of_list(first, items)?;
                self.steps(others, begun)
            }
            Kind::Project { base, each } => match &base.kind {
                Kind::Current => self.each(items, each),
                Kind::Flatten(inner) if matches!(inner.kind, Kind::Current) => {
                    let mut kept = Vec::new();
                    for item in items {
                        match item {
                            Value::List(inner) => {
                                for item in &*inner {
                                    self.keep(self.of(each, item)?, &mut kept)?;
                                }
                            }
                            item => self.keep(self.of(each, &item)?, &mut kept)?,
                        }
                    }
                    Ok(Value::list(kept))
                }
                _ => self.project(&self.of_list(base, items)?, each),
            },
            Kind::Filter { base, each, condition } if matches!(base.kind, Kind::Current) => {
                let mut kept = Vec::new();
                for item in items {
                    self.filtered(&item, (condition, each), &mut kept)?;
                }
                Ok(Value::list(kept))
            }
            Kind::Flatten(inner) if !matches!(inner.kind, Kind::Current) => self.flatten(&self.of_list(inner, items)?),
            // As in sort_by([].name, &@): only the first argument looks at the list.
            Kind::Call(function, arguments)
                if let Some((first, others)) = arguments.split_first()
                    && !matches!(first.kind, Kind::Reference(_))
                    && others.iter().all(|other| matches!(other.kind, Kind::Reference(_) | Kind::Literal(_))) =>
            {
                let mut given = vec![Argument::Value(self.of_list(first, items)?)];
                for other in others {
                    given.push(self.argument(other, &Value::Null)?);
                }
                functions::call(self, *function, given)
            }
            _ => self.of(node, &Value::list(items.collect())),
        }
    }

    fn argument<'a>(&self, node: &'a Node, value: &Value) -> Result<Argument<'a>, Problem> {
        Ok(match &node.kind {
            Kind::Reference(inner) => Argument::Reference(inner),
            _ => Argument::Value(self.of(node, value)?),
        })
    }

    fn steps(&self, steps: &[Node], first: Value) -> Result<Value, Problem> {
        steps.iter().try_fold(first, |value, step| self.of(step, &value))
    }

    fn project(&self, base: &Value, each: &Node) -> Result<Value, Problem> {
        match base {
            Value::List(items) => self.each(items.iter(), each),
            _ => Ok(Value::Null),
        }
    }

    fn each<V: std::borrow::Borrow<Value>>(
        &self,
        items: impl Iterator<Item = V>,
        each: &Node,
    ) -> Result<Value, Problem> {
        let mut kept = Vec::new();
        for item in items {
            self.keep(self.of(each, item.borrow())?, &mut kept)?;
        }
        Ok(Value::list(kept))
    }

    fn filtered(&self, item: &Value, (condition, each): (&Node, &Node), kept: &mut Vec<Value>) -> Result<(), Problem> {
        if self.of(condition, item)?.is_true() { self.keep(self.of(each, item)?, kept) } else { Ok(()) }
    }

    /// What a projection keeps: everything but null.
    fn keep(&self, found: Value, kept: &mut Vec<Value>) -> Result<(), Problem> {
        if !found.is_null() {
            self.make_items(1)?;
            kept.push(found);
        }
        Ok(())
    }

    fn flatten(&self, base: &Value) -> Result<Value, Problem> {
        let Value::List(items) = base else { return Ok(Value::Null) };
        let len = |item: &Value| if let Value::List(inner) = item { inner.len() } else { 1 };
        let count = items.iter().map(len).sum();
        self.make_items(count)?;
        let mut flat = Vec::with_capacity(count);
        for item in &**items {
            match item {
                Value::List(inner) => flat.extend(inner.iter().cloned()),
                other => flat.push(other.clone()),
            }
        }
        Ok(Value::list(flat))
    }

    fn slice(&self, value: &Value, (start, stop, step): (Option<i64>, Option<i64>, i64)) -> Result<Value, Problem> {
        let Value::List(items) = value else { return Ok(Value::Null) };
        if step == 0 {
            return Err(Problem::SliceStep);
        }
        let len = signed(items.len());
        // Where a place is beyond an end, that end is meant.
        let (lowest, highest) = if step > 0 { (0, len) } else { (-1, len - 1) };
        let place = |typed: i64| (if typed < 0 { typed.saturating_add(len) } else { typed }).clamp(lowest, highest);
        let mut at = start.map_or(if step > 0 { lowest } else { highest }, place);
        let stop = stop.map_or(if step > 0 { highest } else { lowest }, place);
        let mut picked = Vec::new();
        while if step > 0 { at < stop } else { stop < at } {
            picked.push(items[at as usize].clone());
            at = at.saturating_add(step);
        }
        self.make_items(picked.len())?;
        Ok(Value::list(picked))
    }
}

fn index(value: &Value, at: i64) -> Value {
    let Value::List(items) = value else { return Value::Null };
    let at = if at < 0 { at.saturating_add(signed(items.len())) } else { at };
    usize::try_from(at).ok().and_then(|at| items.get(at)).cloned().unwrap_or(Value::Null)
}

/// Numbers and texts have an order, each among themselves; anything else has none, and the answer is null.
fn compare(comparison: Comparison, one: &Value, other: &Value) -> Result<Value, Problem> {
    if matches!(comparison, Comparison::Equal | Comparison::NotEqual) {
        return Ok(Value::Bool(is_equal(one, other) == (comparison == Comparison::Equal)));
    }
    let order = match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.order(*other),
        (Value::Text(one), Value::Text(other)) => one.cmp(other),
        (Value::Number(_), Value::Text(_)) | (Value::Text(_), Value::Number(_)) => {
            return Err(Problem::Order { left: ValueKind::of(one), right: ValueKind::of(other) });
        }
        _ => return Ok(Value::Null),
    };
    Ok(Value::Bool(match comparison {
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
        Comparison::Equal | Comparison::NotEqual => unreachable!("told apart above"),
    }))
}

/// A truth value is no number, except within lists and objects, where Python compares.
fn is_equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Bool(_), Value::Number(_)) | (Value::Number(_), Value::Bool(_)) => false,
        _ => one.is_same(other),
    }
}

impl Function {
    /// Refuses another number of arguments than the function takes.
    pub(super) fn admit(self, found: usize) -> Result<(), Problem> {
        let least = self.takes().len();
        let is_open = matches!(self, Self::Merge | Self::NotNull);
        if found == least || is_open && found > least {
            return Ok(());
        }
        let at_least = if is_open { "at least " } else { "" };
        let noun = if least == 1 { "argument" } else { "arguments" };
        Err(Problem::Arity { function: self.name(), expected: format!("{at_least}{least} {noun}"), found })
    }
}
