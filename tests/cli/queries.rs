//! `--query` as scripts have it.

use crate::desk::{Desk, told};

const LIST: &str = "keyvault secret list --vault-name contoso";

/// A desk with two secrets, one of which expires soon.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.done("keyvault secret set --vault-name contoso -n soon --value 1 --expires 2026-12-15");
    desk.done("keyvault secret set --vault-name contoso -n later --value 2 --expires 2028-01-01");
    desk
}

#[test]
fn what_expires_before_a_day_is_found() {
    // S4
    let desk = desk();
    for (query, found) in [
        ("[?attributes.expires < '2027-01-01'].name", "soon"),
        ("[?attributes.expires>='2027-01-01'].name", "later"),
        ("[?attributes.expires!=null && attributes.expires <= '2027-01-01'].name", "soon"),
        ("[?name >= 'm'].name", "soon"),
        ("[?name==`soon`].name", "soon"),
        ("[?contains(name, `ate`)].name", "later"),
        ("sort_by(@, &attributes.expires)[].name", "soon\nlater"),
        ("max_by(@, &attributes.expires).name", "later"),
    ] {
        assert_eq!(desk.picked(LIST, query), found, "{query}");
    }
}

#[test]
fn columns_stand_in_the_order_in_which_a_query_names_them() {
    // S4
    let desk = desk();
    let table =
        |query: &str| told(desk.tresor(LIST.split(' ').chain(["-o", "table", "--query", query])).output().unwrap()).out;
    assert!(table("[].{name:name, expires:attributes.expires}").starts_with("Name    Expires"));
    assert!(table("reverse([].{z:name, a:attributes.enabled}) | [?a]").starts_with("Z      A"));
    assert_eq!(desk.picked(LIST, "[?name=='soon'].{z:name, a:attributes.enabled}"), "soon\tTrue");
}

#[test]
fn a_query_that_makes_no_sense_is_told_before_anything_is_done() {
    // T5
    let desk = Desk::new();
    let set = "keyvault secret set --vault-name contoso -n db --value x --query";
    let with = |query: &str| told(desk.tresor(set.split(' ').chain([query])).output().unwrap());
    with("[?").refused(2, "ERROR: argument --query: the query ends too early (column 3).");
    with("foo(@)").refused(2, "there is no function foo()");
    with(&"[".repeat(60_000)).refused(2, "the query is nested more than 500 levels deep.");
    with(&"!".repeat(100_000)).refused(2, "the query is nested more than 500 levels deep.");
    assert_eq!(desk.picked(LIST, "length(@)"), "0");
    // What only the answer shows is told with what was done.
    with("name < `1`").refused(2, "a string and a number cannot be ordered. The command itself was carried out.");
    assert_eq!(desk.picked(LIST, "length(@)"), "1");
}
