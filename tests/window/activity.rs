//! The pages of activity and cost: what was asked, by whom, what came of it, and what it would cost.

use super::common::{Window, demo, labels, vault_name, wait_for};
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tresor::{
    domain::{SecretValue, secret::SecretDraft},
    service::Command,
    ui::{
        action::{Action, After},
        route::{Route, Tab},
    },
};
use zeroize::Zeroizing;

use super::common::object_name;

fn act(window: &mut Window, action: Action) {
    let ctx = window.harness.ctx.clone();
    window.harness.state_mut().act(&ctx, vec![action]);
    window.settle();
}

/// The demo on the page of activity, as the sidebar leads there.
fn activity() -> Window {
    let mut window = demo();
    window.press("Activity");
    wait_until(&mut window, "live · ");
    window
}

fn wait_until(window: &mut Window, part: &str) {
    wait_for(&mut window.harness, |harness| harness.query_all_by_label_contains(part).next().is_some());
    window.harness.run_steps(3);
}

/// What the rows say, from the top.
fn rows(window: &Window) -> Vec<String> {
    let is_row = |label: &String| label.starts_with("Button") && label.contains(" by ") && label.contains(": ");
    labels(&window.harness).into_iter().filter(is_row).map(|label| label["Button ".len()..].to_owned()).collect()
}

fn choose(window: &mut Window, choice: &str, nth: usize) {
    window.harness.get_all_by_role_and_label(Role::RadioButton, choice).nth(nth).expect("it is there").click();
    window.settle();
}

// G1, S6
#[test]
fn a_refused_purge_is_there_a_moment_later_with_who_asked_and_why_it_was_refused() {
    let mut window = activity();
    let (vault, name) = (vault_name("contoso-prod"), object_name("db-password"));
    act(&mut window, Action::Do(Command::PurgeSecret(vault, name), After::default()));
    wait_until(&mut window, "SecretPurge of contoso-prod / db-password by Developer: Forbidden");
    choose(&mut window, "Refused", 0);
    let found = rows(&window);
    assert!(!found.is_empty() && found.iter().all(|row| !row.contains(": OK")), "{found:?}");
    window.press(&found[0]);
    for says in ["403 Forbidden", "Developer", "Window"] {
        assert!(window.harness.query_all_by_label(says).next().is_some(), "{says} in {:#?}", labels(&window.harness));
    }
    window.key(Modifiers::NONE, Key::Escape);
    assert!(window.harness.query_by_label("Copy as JSON").is_none(), "Escape closes the details");
}

#[test]
fn a_filter_leaves_what_it_names_and_nothing_found_leads_back() {
    let mut window = activity();
    choose(&mut window, "All", 0);
    let all = rows(&window).len();
    window.fill("Filter: operation, name, identity", "SecretSet");
    let found = rows(&window);
    assert!(
        !found.is_empty() && found.len() <= all && found.iter().all(|row| row.starts_with("SecretSet")),
        "{found:?}"
    );
    window.fill("Filter: operation, name, identity", "nobody has this name");
    assert!(rows(&window).is_empty());
    window.press("Show all");
    assert_eq!(rows(&window).len(), all);
}

#[test]
fn the_keyboard_goes_through_the_records_and_to_what_they_are_about() {
    let mut window = activity();
    let value = SecretValue::parse(Zeroizing::new("value".to_owned())).expect("short");
    let (vault, name) = (vault_name("contoso-prod"), object_name("brand-new"));
    act(
        &mut window,
        Action::Do(Command::SetSecret(vault.clone(), name, SecretDraft::default(), value), After::default()),
    );
    wait_until(&mut window, "SecretSet of contoso-prod / brand-new by Developer: OK");
    window.key(Modifiers::NONE, Key::ArrowDown);
    window.press("Go to it");
    assert_eq!(*window.harness.state().route(), Route::Vault(vault, Tab::Secrets));
    assert!(window.harness.query_all_by_label("brand-new").next().is_some());
}

// G2
#[test]
fn only_whoever_may_change_the_subscription_sets_how_long_activity_is_kept() {
    let mut window = activity();
    window.press("More on the activity");
    let node = window.harness.get_by_role_and_label(Role::MenuItem, "How long activity is kept…");
    let why = node.accesskit_node().description().unwrap_or_default();
    assert!(why.to_lowercase().contains("change the subscription"), "{why}");
    window.key(Modifiers::NONE, Key::Escape);
    act(&mut window, Action::SwitchCaller);
    window.press("More on the activity");
    window.harness.get_by_role_and_label(Role::MenuItem, "How long activity is kept…").click();
    window.settle();
    window.fill("Days", "3");
    assert!(window.harness.query_all_by_label_contains("7 to 3650 days").next().is_some());
    window.fill("Days", "30");
    window.press("Keep");
    let view = window.harness.state().view().expect("the demo is open");
    assert_eq!(view.world.activity_days.days(), 30);
}

// S18
#[test]
fn the_cost_page_counts_what_was_asked_and_takes_the_persons_prices() {
    let mut window = demo();
    window.press("Cost");
    wait_until(&mut window, "November 2026");
    wait_until(&mut window, "contoso-prod");
    assert!(window.harness.query_all_by_label_contains("Not counted:").next().is_some());
    window.press("Prices…");
    window.fill("10,000 operations", "ten");
    assert!(window.why_greyed("Save").is_some_and(|why| why.contains("0.03")));
    window.fill("10,000 operations", "10000");
    window.fill("10,000 operations on advanced keys", "10000");
    window.press("Save");
    // One operation costs one, so the sum is a round number.
    let amounts = window.harness.query_all_by_label_contains(".00");
    let amounts: Vec<_> =
        amounts.filter_map(|node| node.accesskit_node().label().or_else(|| node.accesskit_node().value())).collect();
    assert!(amounts.len() > 2 && amounts.iter().all(|amount| amount.ends_with(".00")), "{amounts:?}");
}

#[test]
fn activity_is_exported_from_where_it_is_looked_at() {
    let mut window = activity();
    let folder = tempfile::tempdir().expect("a folder for a test");
    let path = folder.path().join("activity.jsonl");
    choose(&mut window, "All", 0);
    window.press("Export…");
    window.fill("File", path.to_str().expect("a plain path"));
    window.press("Export");
    wait_for(&mut window.harness, |harness| harness.query_by_label("Activity exported").is_some());
    let text = std::fs::read_to_string(&path).expect("it was written");
    assert!(text.lines().count() > 10 && text.lines().all(|line| line.contains("\"category\":\"AuditEvent\"")));
}
