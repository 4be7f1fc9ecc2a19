//! `--query`: `JMESPath`.

use jmespath::{Expression, JmespathError, Variable, ast::Ast};
use serde::Serialize;
use serde_json::Value;

use crate::cli::errors::Failure;

/// A query that was understood.
pub(super) struct Query {
    expression: Expression<'static>,
    order: Vec<String>,
}

impl Query {
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let expression = jmespath::compile(text).map_err(|error| unusable(&error))?;
        let order = named_members(expression.as_ast());
        Ok(Self { expression, order })
    }

    /// The members that the result's objects are made with, in the order the query names them; for tables and tsv.
    pub(super) fn order(&self) -> &[String] {
        &self.order
    }

    pub(super) fn pick(&self, thing: &impl Serialize) -> Result<Value, Failure> {
        let variable = Variable::from_serializable(thing).map_err(|error| unusable(&error))?;
        let found = self.expression.search(variable).map_err(|error| unusable(&error))?;
        Ok(serde_json::to_value(&*found).expect("what a query answers is JSON"))
    }
}

/// It tells the place by a line of its own under the query, and a line end too much.
fn unusable(error: &JmespathError) -> Failure {
    Failure::Usage(format!("argument --query: {}", error.to_string().trim_end()))
}

/// The members of the object that the last step of a query makes, if it makes one.
fn named_members(ast: &Ast) -> Vec<String> {
    match ast {
        Ast::MultiHash { elements, .. } => elements.iter().map(|pair| pair.key.clone()).collect(),
        Ast::Projection { lhs, rhs, .. } | Ast::Subexpr { lhs, rhs, .. } => match named_members(rhs) {
            members if members.is_empty() => named_members(lhs),
            members => members,
        },
        Ast::Flatten { node, .. } => named_members(node),
        Ast::Condition { then, .. } => named_members(then),
        // sort_by(…, &name), reverse(…) and their like hand through what they are given.
        Ast::Function { args, .. } => args.first().map(named_members).unwrap_or_default(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_keeps_the_order_in_which_it_names_members() {
        let order = |text| Query::parse(text).unwrap_or_else(|_| panic!("{text} is a query")).order;
        assert_eq!(order("[].{name:name,id:id}"), ["name", "id"]);
        assert_eq!(order("sort_by([?a].{z:z,a:a}, &z)"), ["z", "a"]);
        assert_eq!(order("[0].{z:z,a:a} | @"), ["z", "a"]);
        assert_eq!(order("[].name"), [""; 0]);
    }

    #[test]
    fn a_broken_query_is_bad_usage() {
        assert!(matches!(Query::parse("[?"), Err(Failure::Usage(_))));
        let query = Query::parse("length(name)").unwrap_or_else(|_| panic!("it is a query"));
        assert!(matches!(query.pick(&serde_json::json!({"name": 1})), Err(Failure::Usage(_))));
    }
}
