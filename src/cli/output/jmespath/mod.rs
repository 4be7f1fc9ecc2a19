//! `JMESPath` as az speaks it: the answers of jmespath.py 1.1.0, which az is built on.
//!
//! It differs from the specification where scripts rely on it: texts have an order, so dates can be compared, and a literal
//! need not be JSON. What is as long as no query can be, or as deep as none, is refused before anything is done; so is a
//! function that does not exist.

mod evaluate;
mod functions;
mod lexer;
mod node;
mod parser;
mod problem;
mod value;

#[cfg(test)]
mod tests;

use self::{evaluate::Evaluation, node::Node};
pub(super) use self::{
    problem::{Broken, Problem},
    value::{Names, Value},
};

/// No query is longer, in bytes: an argument of a command cannot be.
const MOST_BYTES: usize = 128 * 1024;

/// No query is deeper. az's own interpreter ends at some 490 levels.
const MOST_DEPTH: u32 = 500;

/// A query that was understood.
pub(super) struct Expression(Node);

impl Expression {
    /// Reads a query; where it makes no sense, the error has the place.
    pub(super) fn parse(text: &str) -> Result<Self, Broken> {
        if text.len() > MOST_BYTES {
            return Err(Broken::whole(text, Problem::TooLong));
        }
        parser::parse(text).map(Self)
    }

    /// The answer for one value.
    pub(super) fn search(&self, value: &Value) -> Result<Value, Problem> {
        Evaluation::default().of(&self.0, value)
    }

    /// The answer for a list of these items. A query that looks at one after the other, as `[].name` does, never has all of
    /// them in memory.
    pub(super) fn search_list(&self, mut items: impl Iterator<Item = Value>) -> Result<Value, Problem> {
        Evaluation::default().of_list(&self.0, &mut items)
    }
}
