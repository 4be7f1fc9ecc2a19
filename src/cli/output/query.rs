//! `--query`: picks from an answer what a `JMESPath` expression names.

use serde::Serialize;

use super::{
    jmespath::{Expression, Names, Problem, Value},
    value_of,
};
use crate::cli::errors::Failure;

/// A query that was understood.
pub(super) struct Query(Expression);

impl Query {
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let parsed = Expression::parse(text);
        parsed.map(Self).map_err(|broken| Failure::Usage(format!("argument --query: {broken}")))
    }

    pub(super) fn pick(&self, thing: &impl Serialize) -> Result<Value, Failure> {
        self.0.search(&value_of(thing)).map_err(|problem| unanswered(&problem))
    }

    /// The same for a list, of which no more is kept in memory than the query needs.
    pub(super) fn pick_from_list<T: Serialize>(&self, items: impl Iterator<Item = T>) -> Result<Value, Failure> {
        let mut names = Names::default();
        let values = items.map(|item| names.value(&super::json_of(&item)));
        self.0.search_list(values).map_err(|problem| unanswered(&problem))
    }
}

/// By now the rest is done, and whoever reads this may think that it is not.
fn unanswered(problem: &Problem) -> Failure {
    Failure::Usage(format!("argument --query: {problem}. The command itself was carried out."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_query_is_bad_usage() {
        assert!(matches!(Query::parse("[?"), Err(Failure::Usage(_))));
        let query = Query::parse("length(name)").unwrap_or_else(|_| panic!("it is a query"));
        assert!(matches!(query.pick(&serde_json::json!({"name": 1})), Err(Failure::Usage(_))));
    }
}
