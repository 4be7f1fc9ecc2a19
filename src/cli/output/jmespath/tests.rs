use serde::Deserialize;

use super::{Expression, MOST_BYTES, Names, Problem, Value};

/// The official cases, and more about secrets, each with what jmespath.py 1.1.0 answers.
const TABLES: [&str; 2] = [
    include_str!("../../../../tests/cli/data/jmespath/compliance.json"),
    include_str!("../../../../tests/cli/data/jmespath/more.json"),
];

#[derive(Deserialize)]
struct Group {
    given: serde_json::Value,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    expression: String,
    error: Option<String>,
    #[serde(default)]
    result: serde_json::Value,
}

fn answer(expression: &Expression, given: &serde_json::Value) -> Result<serde_json::Value, Problem> {
    let found = expression.search(&Value::from(given))?;
    Ok(serde_json::to_value(&found).unwrap())
}

/// Where `given` is a list, the same answer comes of looking at its items one by one.
fn answer_by_items(expression: &Expression, given: &serde_json::Value) -> Result<serde_json::Value, Problem> {
    let Some(items) = given.as_array() else { return answer(expression, given) };
    let mut names = Names::default();
    let found = expression.search_list(items.iter().map(|item| names.value(item)))?;
    Ok(serde_json::to_value(&found).unwrap())
}

#[track_caller]
fn check(table: &str) -> usize {
    let groups: Vec<Group> = serde_json::from_str(table).unwrap();
    let mut wrong = Vec::new();
    let mut count = 0;
    for Group { given, cases } in &groups {
        for Case { expression, error, result } in cases {
            count += 1;
            let parsed = Expression::parse(expression);
            let found = match &parsed {
                Err(broken) => Err(broken.to_string()),
                Ok(parsed) => {
                    let whole = answer(parsed, given);
                    assert_eq!(whole, answer_by_items(parsed, given), "{expression}, item by item");
                    whole.map_err(|problem| problem.to_string())
                }
            };
            let is_right = match (&found, error.as_deref()) {
                (Ok(found), None) => is_same(found, result),
                // What makes no sense is told before anything is done.
                (Err(_), Some("parse")) => parsed.is_err(),
                (Err(_), Some(_)) => true,
                _ => false,
            };
            if !is_right {
                wrong.push(format!("{expression}: {found:?}, not {error:?} {result}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    count
}

/// 1 is 1.0.
fn is_same(one: &serde_json::Value, other: &serde_json::Value) -> bool {
    Value::from(one).is_same(&Value::from(other)) && one.is_boolean() == other.is_boolean()
}

#[test]
fn every_answer_is_that_of_az() {
    // T12
    let counts = TABLES.map(check);
    assert!(counts.iter().all(|count| *count > 800), "{counts:?}");
}

#[test]
fn members_keep_the_order_in_which_a_query_names_them() {
    let given = serde_json::json!([{"a": 1, "z": 2}]);
    let names = |query: &str| {
        let found = Expression::parse(query).unwrap().search(&Value::from(&given)).unwrap();
        match found {
            Value::Object(members) => members.iter().map(|(name, _)| name.to_string()).collect::<String>(),
            _ => panic!("{query} gives no object"),
        }
    };
    assert_eq!(names("[0]"), "az");
    assert_eq!(names("[0].{z: z, a: a}"), "za");
    assert_eq!(names("reverse([].{z: z, a: a}) | [0]"), "za");
    assert_eq!(names("merge({z: `1`}, [0])"), "za");
}

#[test]
fn what_is_too_deep_or_too_long_is_refused_and_nothing_overflows() {
    // T5
    let refused = |query: String| Expression::parse(&query).err().map(|broken| broken.problem);
    let deep = |open: &str, close: &str, count| open.repeat(count) + "a" + &close.repeat(count);
    for (open, close, count) in [("[", "]", 60_000), ("!", "", 100_000), ("(", ")", 60_000), ("{a:", "}", 30_000)] {
        assert_eq!(refused(deep(open, close, count)), Some(Problem::TooDeep), "{open}");
        assert!(refused(deep(open, close, 400)).is_none(), "{open} 400 times");
    }
    for repeated in ["[*]", "[]", "[?a]", "||a", "&&a", "==a", ".*", "|[@]", ".[@]", ".{a:@}"] {
        assert_eq!(refused("a".to_owned() + &repeated.repeat(10_000)), Some(Problem::TooDeep), "{repeated}");
    }
    for repeated in [".a", "|a", "[0]"] {
        assert!(refused("a".to_owned() + &repeated.repeat(10_000)).is_none(), "{repeated}: one step after the other");
    }
    assert_eq!(refused("length(".repeat(10_000)), Some(Problem::TooDeep));
    assert_eq!(refused("a".repeat(MOST_BYTES + 1)), Some(Problem::TooLong));
    let literal = format!("`{}{}`", "[".repeat(50_000), "]".repeat(50_000));
    assert_eq!(refused(literal), Some(Problem::TooDeep), "a literal is bounded as well");
    let nested = "@".to_owned() + &"|[@]".repeat(490);
    let found = Expression::parse(&nested).unwrap().search(&Value::Null).unwrap();
    assert!(serde_json::to_string(&found).is_ok_and(|text| text == "null"), "null has no items");
    let nested = "`1`".to_owned() + &"|[@]".repeat(490);
    let found = Expression::parse(&nested).unwrap().search(&Value::Null).unwrap();
    assert_eq!(serde_json::to_string(&found).unwrap(), "[".repeat(490) + "1" + &"]".repeat(490));
    let doubled = "@".to_owned() + &"|[@,@][]".repeat(200);
    let found = Expression::parse(&doubled).unwrap().search(&Value::from(&serde_json::json!([1])));
    assert_eq!(found.err(), Some(Problem::TooLarge), "what doubles again and again ends");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (query, words) in [
        ("[?", "the query ends too early (column 3).\n[?\n  ^"),
        ("a b", "b is unexpected here (column 3).\na b\n  ^"),
        ("{a}", ": is expected here, not } (column 3).\n{a}\n  ^"),
        ("name='x'", "= is unexpected here (column 5).\nname='x'\n    ^"),
        ("foo(@)", "there is no function foo() (column 4).\nfoo(@)\n   ^"),
        ("length()", "length() takes 1 argument, not 0 (column 9).\nlength()\n        ^"),
        ("'x", "' is not closed (column 1).\n'x\n^"),
        ("", "a query cannot be empty."),
    ] {
        assert_eq!(Expression::parse(query).err().map(|broken| broken.to_string()).as_deref(), Some(words));
    }
}
