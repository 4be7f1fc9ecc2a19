//! The page of regions: what each keeps, what is copied where, what fails and returns, and what a check finds.

use std::time::Duration;

use super::{
    common::{NOW, Window, demo, labels, object_name, vault_name, wait_for},
    gate::{assert_says, says},
};
use egui::{Key, Modifiers, Role, ViewportId, vec2};
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};
use tresor::{
    domain::{RegionName, SecretValue, secret::SecretDraft},
    service::Command,
    ui::{
        App,
        action::{Action, After},
        route::{Route, Tab},
    },
};
use zeroize::Zeroizing;

fn act(window: &mut Window, action: Action) {
    let ctx = window.harness.ctx.clone();
    window.harness.state_mut().act(&ctx, vec![action]);
    window.settle();
}

fn go(window: &mut Window, vault: &str) {
    act(window, Action::Go(Route::Vault(vault_name(vault), Tab::Overview)));
}

/// The demo on the page of regions, as the sidebar leads there.
fn regions() -> Window {
    let mut window = demo();
    window.press("Regions");
    window
}

/// Chooses a line of the menu that a button opens.
fn choose(window: &mut Window, button: &str, item: &str) {
    window.press(button);
    window.harness.get_by_role_and_label(Role::MenuItem, item).click();
    window.settle();
}

/// Waits until something is called exactly so.
fn wait_until_says(window: &mut Window, label: &str) {
    wait_for(&mut window.harness, |harness| harness.query_all_by_label(label).next().is_some());
}

/// Everything in the window that is called or says something with these words.
fn told(harness: &Harness<'_, App>, words: &str) -> Vec<String> {
    let nodes = harness.query_all_by_label_contains(words);
    nodes.filter_map(|node| node.accesskit_node().label().or_else(|| node.accesskit_node().value())).collect()
}

/// Waits until something that says these words is so.
fn wait_until_part(window: &mut Window, part: &str, is_so: impl Fn(&str) -> bool) {
    wait_for(&mut window.harness, |harness| told(harness, part).iter().any(|said| is_so(said)));
}

fn why_item_is_greyed(window: &mut Window, button: &str, item: &str) -> Option<String> {
    window.press(button);
    let node = window.harness.get_by_role_and_label(Role::MenuItem, item);
    let node = node.accesskit_node();
    let why = node.is_disabled().then(|| node.description().unwrap_or_default());
    window.key(Modifiers::NONE, Key::Escape);
    why
}

// A1, A2, G3
#[test]
fn the_page_shows_each_region_with_both_replicas_and_the_copy_in_its_pair() {
    let mut window = regions();
    wait_until_says(&mut window, "West Europe to North Europe: in sync · lag 0 s");
    wait_until_says(&mut window, "Germany West Central to Germany North: in sync · lag 0 s");
    for words in ["Home of contoso-prod, contoso-staging", "Home of billing-eu", "756 km", "330 km", "Standby"] {
        assert_says(&window, words);
    }
    let view = window.harness.state().view().unwrap();
    let west = RegionName::parse("westeurope").unwrap();
    let ends = format!("change {}", view.revision(west));
    assert!(view.revision(west) > 0);
    for part in ["Replica A: ", "Replica B: ", "Copy: "] {
        let shown = told(&window.harness, part);
        assert_eq!(shown.iter().filter(|said| said.ends_with(&ends)).count(), 1, "{ends}: {shown:#?}");
    }
}

// G3
#[test]
fn the_region_in_the_bar_and_a_shortcut_lead_to_the_page() {
    let mut window = demo();
    go(&mut window, "contoso-prod");
    window.harness.get_by_role_and_label(Role::Link, "West Europe").click();
    window.settle();
    assert_says(&window, "Check everything");
    go(&mut window, "contoso-prod");
    assert!(!says(&window, "Check everything"));
    window.key(Modifiers::COMMAND | Modifiers::SHIFT, Key::R);
    assert_says(&window, "Check everything");
}

// A3
#[test]
fn a_replica_that_somebody_fails_is_left_out_the_other_serves_and_it_returns() {
    let mut window = regions();
    choose(&mut window, "More on West Europe", "Fail replica A");
    wait_until_says(&mut window, "Replica A: failed by you");
    assert_eq!(window.harness.query_all_by_label("Replica B: failed by you").count(), 0);
    go(&mut window, "contoso-prod");
    assert_says(&window, "Replica A failed; replica B serves");
    assert_says(&window, "Read and write");
    assert_eq!(window.why_greyed("Restore"), None, "nothing fails");
    window.press("Regions");
    choose(&mut window, "More on West Europe", "Return replica A");
    wait_for(&mut window.harness, |harness| harness.query_all_by_label("Replica A: failed by you").next().is_none());
    let west = RegionName::parse("westeurope").unwrap();
    let ends = format!("change {}", window.harness.state().view().unwrap().revision(west));
    wait_until_part(&mut window, "Replica A: ", |label| label.ends_with(&ends));
}

// A2, G3
#[test]
fn a_link_that_somebody_cuts_is_shown_on_the_page_and_in_the_bar_until_it_is_mended() {
    let mut window = regions();
    choose(&mut window, "More on West Europe", "Cut link to North Europe");
    wait_until_part(&mut window, "West Europe to North Europe: ", |label| label.contains("link cut by you"));
    wait_until_says(&mut window, "Germany West Central to Germany North: in sync · lag 0 s");
    go(&mut window, "contoso-prod");
    wait_until_part(&mut window, "Link cut", |_| true);
    act(&mut window, Action::Go(Route::Regions));
    wait_until_part(&mut window, "1 link is cut", |_| true);
    choose(&mut window, "More on the copy in North Europe", "Mend the link from West Europe to North Europe");
    wait_until_says(&mut window, "West Europe to North Europe: in sync · lag 0 s");
}

// A4, A5, A6
#[test]
fn a_region_that_is_lost_on_the_page_is_served_by_its_pair_until_it_returns() {
    let mut window = regions();
    wait_until_says(&mut window, "West Europe to North Europe: in sync · lag 0 s");
    choose(&mut window, "More on West Europe", "Simulate outage…");
    window.press("Start outage");
    wait_until_says(&mut window, "Outage since 14:02");
    assert_eq!(window.harness.query_all_by_label("Replica A: unreachable").count(), 1);
    window.clock.hold_at(NOW.plus_secs(60));
    window.settle();
    wait_until_says(&mut window, "Serves contoso-prod, contoso-staging");
    assert_says(&window, "Read-only");
    assert_says(&window, "West Europe to North Europe: every change replicated");
    assert_eq!(told(&window.harness, "Since 14:02, up to change ").len(), 1);
    choose(&mut window, "More on West Europe", "Let it return");
    assert_says(&window, "Failing back");
    act(&mut window, Action::Go(Route::Vault(vault_name("contoso-prod"), Tab::Secrets)));
    let why = window.why_greyed("New secret").expect("the pair serves, read-only");
    assert!(why.starts_with("West Europe is failing back; North Europe serves read-only"), "{why}");
    window.press("Regions");
    window.clock.hold_at(NOW.plus_secs(3_600));
    window.settle();
    wait_for(&mut window.harness, |harness| harness.query_all_by_label("Failing back").next().is_none());
    assert_eq!(window.harness.query_all_by_label("Replica A: unreachable").count(), 0);
}

// A4, A5
#[test]
fn the_changes_that_the_pair_does_not_have_are_counted_and_told_one_by_one() {
    let mut window = regions();
    wait_until_says(&mut window, "West Europe to North Europe: in sync · lag 0 s");
    choose(&mut window, "More on West Europe", "Cut link to North Europe");
    for name in ["queue-url", "queue-key"] {
        let value = SecretValue::parse(Zeroizing::new("value".to_owned())).unwrap();
        let draft = SecretDraft::default();
        let set = Command::SetSecret(vault_name("contoso-prod"), object_name(name), draft, value);
        act(&mut window, Action::Do(set, After::default()));
    }
    wait_until_says(&mut window, "West Europe to North Europe: link cut by you · 2 changes wait");
    assert_says(&window, "Behind");
    choose(&mut window, "More on West Europe", "Simulate outage…");
    window.press("Start outage");
    window.clock.hold_at(NOW.plus_secs(60));
    window.settle();
    wait_until_says(&mut window, "West Europe to North Europe: 2 changes not replicated");
    wait_until_says(&mut window, "Read-only");
    assert!(!says(&window, "queue-key"));
    let fold = |window: &mut Window| {
        window.harness.get_by_role_and_label(Role::Button, "2 changes not replicated").click();
        window.settle();
    };
    fold(&mut window);
    assert_says(&window, "queue-url");
    assert_says(&window, "queue-key");
    assert_eq!(told(&window.harness, "Set secret").len(), 2);
    fold(&mut window);
    assert!(!says(&window, "queue-key"));
}

// G3
#[test]
fn the_page_draws_by_the_second_only_while_it_counts() {
    let next_frame = |window: &Window| window.harness.output().viewport_output[&ViewportId::ROOT].repaint_delay;
    let mut window = regions();
    wait_until_says(&mut window, "West Europe to North Europe: in sync · lag 0 s");
    window.settle();
    assert!(next_frame(&window) > Duration::from_secs(5), "{:?}", next_frame(&window));
    choose(&mut window, "More on West Europe", "Simulate outage…");
    window.press("Start outage");
    assert!(next_frame(&window) <= Duration::from_millis(1_001), "{:?}", next_frame(&window));
}

// A7
#[test]
fn a_region_without_a_pair_says_what_that_means_and_has_no_link_to_cut() {
    let mut window = regions();
    let means = "Poland Central has no paired region. Its vaults are copied nowhere else: in an outage they stay \
                 unavailable until Poland Central returns.";
    assert_says(&window, means);
    window.harness.get_by_role_and_label(Role::Button, "More on Poland Central").scroll_to_me();
    window.harness.run_steps(8);
    let why = why_item_is_greyed(&mut window, "More on Poland Central", "Cut link").expect("there is none");
    assert!(why.contains("has no paired region"), "{why}");
}

// T3
#[test]
fn everything_is_checked_at_a_press_and_the_result_stays_until_it_is_read() {
    let mut window = regions();
    window.press("Check everything");
    wait_until_says(&mut window, "Done");
    assert_eq!(told(&window.harness, "files are whole: ").len(), 1);
    assert_says(&window, "West Europe, replica A");
    assert_says(&window, "West Europe, copy in North Europe");
    window.press("Check again");
    wait_until_says(&mut window, "Done");
    window.press("Done");
    assert!(!says(&window, "Done"));
}

// G2, G3
#[test]
fn what_cannot_be_done_to_files_in_memory_is_greyed_with_the_reason() {
    let mut window = regions();
    let button = "More on West Europe";
    let why = why_item_is_greyed(&mut window, button, "Move folder…").expect("there is no folder");
    assert!(why.contains("lives in memory"), "{why}");
    assert!(why_item_is_greyed(&mut window, button, "Copy folder path").is_some());
    let why = why_item_is_greyed(&mut window, button, "Rebuild…").expect("nothing is lost");
    assert!(why.contains("is whole"), "{why}");
    assert_eq!(why_item_is_greyed(&mut window, button, "Fail replica A"), None);
}

// A3
#[test]
fn the_palette_names_the_region_of_the_vault_and_does_what_it_says() {
    let mut window = demo();
    go(&mut window, "contoso-prod");
    window.key(Modifiers::COMMAND, Key::K);
    window.type_text("fail replica a west");
    window.harness.get_by_role_and_label(Role::ListBoxOption, "Fail replica A of West Europe");
    window.key(Modifiers::NONE, Key::Enter);
    wait_until_says(&mut window, "Replica A failed; replica B serves");
}

// G1
#[test]
fn in_a_small_window_cards_and_lines_stand_beside_each_other_and_nothing_is_cut_off() {
    let mut window = regions();
    window.harness.set_size(vec2(900.0, 600.0));
    window.harness.run_steps(8);
    choose(&mut window, "More on West Europe", "Cut link to North Europe");
    wait_until_part(&mut window, "West Europe to North Europe: ", |label| label.contains("link cut by you"));
    let rect = |label: &str| {
        // The first of all regions.
        let found = window.harness.query_all_by_label_contains(label).next();
        found.unwrap_or_else(|| panic!("{label}: {:#?}", labels(&window.harness))).rect()
    };
    for button in ["Check everything", "More on West Europe", "More on the copy in North Europe"] {
        let rect = window.harness.get_by_role_and_label(Role::Button, button).rect();
        let is_inside = rect.min.x >= 236.0 && rect.min.y >= 0.0 && rect.max.x <= 900.0 && rect.max.y <= 552.0;
        assert!(is_inside, "{button} is at {rect:?}");
    }
    let line = rect("West Europe to North Europe: ");
    assert!(line.width() > 60.0, "{line:?}");
    assert!(rect("Replica A: ").right() < line.left() && line.right() < rect("Copy: ").left(), "{line:?}");
    let words = rect("link cut by you");
    assert!(words.left() >= line.left() - 1.0 && words.right() <= line.right() + 1.0, "{words:?} {line:?}");
}
