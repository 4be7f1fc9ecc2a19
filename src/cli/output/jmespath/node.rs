//! What a query consists of.

use std::rc::Rc;

use super::{MOST_DEPTH, Problem, functions::Function, value::Value};

/// A part of a query with the parts below it. None is deeper than [`MOST_DEPTH`], so what walks through one needs no more of
/// the stack than there is.
pub(super) struct Node {
    pub(super) kind: Kind,
    height: u32,
}

/// What a part does with the value that it looks at.
pub(super) enum Kind {
    /// Gives it as it is.
    Current,
    Field(Rc<str>),
    Literal(Value),
    Index(i64),
    Slice {
        start: Option<i64>,
        stop: Option<i64>,
        step: i64,
    },
    /// Each looks at what the one before it gave: `a.b`, `a[0]`, `a | b`.
    Steps(Vec<Node>),
    /// `[*]`: what `each` gives for every item of a list, without nulls.
    Project {
        base: Box<Node>,
        each: Box<Node>,
    },
    /// `*`: the same for the members of an object.
    ProjectMembers {
        base: Box<Node>,
        each: Box<Node>,
    },
    /// `[?…]`: the same for the items of which the condition is true.
    Filter {
        base: Box<Node>,
        each: Box<Node>,
        condition: Box<Node>,
    },
    /// `[]`: a list with the items of the lists in it.
    Flatten(Box<Node>),
    Compare(Comparison, Box<Node>, Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Not(Box<Node>),
    List(Vec<Node>),
    Object(Vec<(Rc<str>, Node)>),
    Call(Function, Vec<Node>),
    /// `&…`: for a function to apply.
    Reference(Box<Node>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Node {
    /// Refuses what is too deep.
    pub(super) fn new(kind: Kind) -> Result<Self, Problem> {
        let height = 1 + match &kind {
            Kind::Current | Kind::Field(_) | Kind::Literal(_) | Kind::Index(_) | Kind::Slice { .. } => 0,
            Kind::Steps(below) | Kind::List(below) | Kind::Call(_, below) => highest(below),
            Kind::Object(members) => highest(members.iter().map(|(_, member)| member)),
            Kind::Project { base, each } | Kind::ProjectMembers { base, each } => highest([&**base, &**each]),
            Kind::Filter { base, each, condition } => highest([&**base, &**each, &**condition]),
            Kind::Compare(_, one, other) | Kind::And(one, other) | Kind::Or(one, other) => highest([&**one, &**other]),
            Kind::Flatten(one) | Kind::Not(one) | Kind::Reference(one) => one.height,
        };
        if height > MOST_DEPTH { Err(Problem::TooDeep) } else { Ok(Self { kind, height }) }
    }

    /// What is given as it is, where nothing is done with it.
    pub(super) const fn current() -> Self {
        Self { kind: Kind::Current, height: 1 }
    }

    /// Whether it ends with `[…]`, a number or a slice between the brackets, that is no projection.
    pub(super) fn is_indexed(&self) -> bool {
        let Kind::Steps(steps) = &self.kind else { return false };
        matches!(steps.last(), Some(Self { kind: Kind::Index(_) | Kind::Slice { .. }, .. }))
    }

    /// One step more. Only steps that lead down into a value are put in a row: others can make it deeper, and so count as a level.
    pub(super) fn then(self, next: Self) -> Result<Self, Problem> {
        let leads_down = matches!(next.kind, Kind::Field(_) | Kind::Index(_) | Kind::Slice { .. });
        let steps = match self.kind {
            Kind::Steps(mut steps) if leads_down => {
                steps.push(next);
                steps
            }
            kind => vec![Self { kind, height: self.height }, next],
        };
        Self::new(Kind::Steps(steps))
    }
}

fn highest<'a>(nodes: impl IntoIterator<Item = &'a Node>) -> u32 {
    nodes.into_iter().map(|node| node.height).max().unwrap_or(0)
}
