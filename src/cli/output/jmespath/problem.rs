//! What is wrong with a query.

use std::fmt;

use super::functions::Kind;

/// Longer queries are not shown with the place in them.
const MOST_SHOWN: usize = 200;

/// Why a query has no answer. Each is a sentence without its full stop.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(in crate::cli::output) enum Problem {
    #[error("a query cannot be empty")]
    Empty,
    #[error("the query is longer than 128 KiB")]
    TooLong,
    #[error("the query is nested more than 500 levels deep")]
    TooDeep,
    #[error("the answer would be larger than 256 MiB")]
    TooLarge,
    #[error("the query ends too early")]
    Incomplete,
    #[error("{0} is unexpected here")]
    Unexpected(String),
    #[error("{expected} is expected here, not {found}")]
    Expected { expected: &'static str, found: String },
    #[error("{0} is not closed")]
    Unclosed(char),
    #[error("{0} is not a literal: put JSON between back-ticks, or text between single quotes")]
    BadLiteral(String),
    #[error("the name in double quotes is not a JSON string")]
    BadName,
    #[error("a function's name cannot be in quotes")]
    QuotedFunction,
    #[error("there is no function {0}()")]
    UnknownFunction(String),
    #[error("{function}() takes {expected}, not {found}")]
    Arity { function: &'static str, expected: String, found: usize },
    #[error("{function}() takes {expected}, not {found}")]
    Type { function: &'static str, expected: String, found: Kind },
    #[error("{left} and {right} cannot be ordered")]
    Order { left: Kind, right: Kind },
    #[error("an expression after & can only be an argument of map(), sort_by(), min_by() or max_by()")]
    Reference,
    #[error("the step of a slice cannot be 0")]
    SliceStep,
}

/// A query that makes no sense, and where.
#[derive(Debug)]
pub(in crate::cli::output) struct Broken {
    pub(in crate::cli::output) problem: Problem,
    query: String,
    /// How many characters stand before the place; `None`: all of it is meant.
    column: Option<usize>,
}

impl Broken {
    /// At `place`, counted in bytes.
    pub(super) fn at(query: &str, place: usize, problem: Problem) -> Self {
        let column = query.get(..place).map(|before| before.chars().count());
        Self { problem, query: query.to_owned(), column }
    }

    /// As a whole.
    pub(super) fn whole(query: &str, problem: Problem) -> Self {
        Self { problem, query: query.to_owned(), column: None }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { problem, query, column } = self;
        let Some(column) = column else { return write!(f, "{problem}.") };
        write!(f, "{problem} (column {}).", column + 1)?;
        // Of a query of several lines the place would be under the wrong one.
        if query.len() <= MOST_SHOWN && !query.contains(char::is_control) {
            write!(f, "\n{query}\n{:column$}^", "")?;
        }
        Ok(())
    }
}
