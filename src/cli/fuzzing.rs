//! A door for the fuzzer to what reads queries.

use super::output::answer_both_ways;

/// Reads a query and answers it for a list in JSON.
///
/// # Panics
///
/// Where the answer is another one when the items are looked at one by one.
pub fn query(query: &str, list: &str) {
    let list: Vec<serde_json::Value> = serde_json::from_str(list).expect("it is a list");
    if let Ok([whole, by_items]) = answer_both_ways(query, &list) {
        assert_eq!(whole, by_items, "{query}");
    }
}
