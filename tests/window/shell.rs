//! What stands around the pages: the sidebar, the region bar, a vault at a glance, and what is set there.

use std::time::Duration;

use super::{
    common::{NOW, Window, demo, labels},
    gate::{PASSPHRASE, assert_says, lock, make_store, open_with, over, says, type_into},
};
use egui::{Key, Modifiers, Role, ViewportId};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tresor::{
    domain::{
        PurgeProtection, RegionName, RetentionDays, Sku, VaultName, properties::Tags, region::FailoverPlan,
        vault::VaultDraft,
    },
    service::{Command, Purpose},
    ui::{
        action::{Action, After},
        route::{Route, Tab},
    },
};

fn act(window: &mut Window, action: Action) {
    let ctx = window.harness.ctx.clone();
    window.harness.state_mut().act(&ctx, vec![action]);
    window.settle();
}

fn go(window: &mut Window, vault: &str, tab: Tab) {
    act(window, Action::Go(Route::Vault(name(vault), tab)));
}

fn name(vault: &str) -> VaultName {
    VaultName::parse(vault).unwrap()
}

fn make_vault(window: &mut Window, vault: &str, location: &str) {
    let draft = VaultDraft {
        name: name(vault),
        location: RegionName::parse(location).unwrap(),
        sku: Sku::Standard,
        retention: RetentionDays::MOST,
        purge_protection: None::<PurgeProtection>,
        tags: Tags::default(),
        access: tresor::domain::AccessModel::Policies,
    };
    act(window, Action::Do(Command::CreateVault(draft), After::default()));
}

fn menu_item_is_greyed(window: &mut Window, item: &str) -> Option<String> {
    window.press("Simulate");
    let node = window.harness.get_by_role_and_label(Role::MenuItem, item);
    let why = node.accesskit_node().is_disabled().then(|| node.accesskit_node().description().unwrap_or_default());
    window.key(Modifiers::NONE, Key::Escape);
    why
}

// S14, S15
#[test]
fn the_time_of_a_store_for_real_secrets_cannot_be_moved_and_the_menu_says_so() {
    let home = tempfile::tempdir().unwrap();
    let mut window = make_store(&home.path().join("store"), Purpose::Real);
    let why = menu_item_is_greyed(&mut window, "Move the clock forward…").expect("time is real");
    assert!(why.contains("its time is real"), "{why}");
    drop(window);
    let mut window = make_store(&home.path().join("play"), Purpose::Simulation);
    assert_eq!(menu_item_is_greyed(&mut window, "Move the clock forward…"), None);
}

// T6
#[test]
fn a_computer_clock_that_went_back_is_the_time_of_the_store_and_what_was_done_is_still_to_come() {
    let home = tempfile::tempdir().unwrap();
    let mut window = make_store(&home.path().join("store"), Purpose::Real);
    make_vault(&mut window, "my-vault", "westeurope");
    go(&mut window, "my-vault", Tab::Overview);
    window.clock.hold_at(NOW.plus_days(-2));
    window.settle();
    assert_says(&window, "18 Nov 2026, 14:02");
    assert_says(&window, "in the future");
    window.clock.hold_at(NOW.plus_days(1));
    window.settle();
    assert_says(&window, "21 Nov 2026, 14:02");
    assert_says(&window, "yesterday");
    assert_says(&window, "real time");
}

// G3, A4, A5, A6
#[test]
fn the_region_bar_tells_each_state_of_an_outage_and_lets_the_region_return() {
    let mut window = demo();
    go(&mut window, "contoso-prod", Tab::Secrets);
    for words in ["West Europe", "paired with", "North Europe", "Read and write", "real time"] {
        assert_says(&window, words);
    }
    window.press("Simulate");
    window.harness.get_by_role_and_label(Role::MenuItem, "Simulate a region outage…").click();
    window.settle();
    window.harness.get_by_label_contains("North Europe, 756 km away");
    type_into(&mut window, Role::TextInput, "Failing over takes in seconds", "1");
    assert!(window.why_greyed("Start outage").is_some(), "one second is out of range");
    type_into(&mut window, Role::TextInput, "Failing over takes in seconds", "60");
    window.key(Modifiers::NONE, Key::Enter);

    let table = [
        (0, "Outage", "Requests fail. Failing over begins in 15 s"),
        (20, "Failing over", "40 s left; some requests fail"),
        (60, "Read-only", "Reads and backup keep working. Changes wait for failback."),
    ];
    for (secs, state, words) in table {
        // Just before a second is full, so that it counts.
        window.clock.hold_at(NOW.plus_secs(secs).plus_ms(1));
        window.settle();
        assert_says(&window, state);
        assert_says(&window, words);
        assert!(window.why_greyed("New secret").is_some(), "{state}");
    }
    assert_says(&window, "outage since 14:02");
    window.press("Let it return");
    assert_says(&window, "Failing back");
    assert!(window.why_greyed("New secret").is_some());
    window.clock.hold_at(NOW.plus_secs(3_600));
    window.settle();
    assert_says(&window, "Read and write");
    assert_eq!(window.why_greyed("New secret"), None);
}

// G3
#[test]
fn the_bar_is_drawn_by_the_second_only_while_something_is_under_way() {
    let next_frame = |window: &Window| window.harness.output().viewport_output[&ViewportId::ROOT].repaint_delay;
    // A millisecond more than the second: the text has changed then.
    let by_the_second = Duration::from_millis(1_001);
    let mut window = demo();
    go(&mut window, "demo-sandbox", Tab::Overview);
    go(&mut window, "contoso-prod", Tab::Overview);
    assert!(next_frame(&window) > Duration::from_secs(5), "{:?}", next_frame(&window));
    let region = RegionName::parse("westeurope").unwrap();
    let begin = Command::BeginOutage(region, FailoverPlan::USUAL);
    act(&mut window, Action::Do(begin, After::default()));
    assert!(next_frame(&window) <= by_the_second, "{:?}", next_frame(&window));
    window.clock.hold_at(NOW.plus_secs(600));
    window.settle();
    assert!(next_frame(&window) > Duration::from_secs(5), "{:?}", next_frame(&window));
}

// A7
#[test]
fn a_region_without_a_pair_says_before_and_during_an_outage_that_nothing_takes_over() {
    let mut window = demo();
    go(&mut window, "demo-sandbox", Tab::Overview);
    assert_says(&window, "no pair: nothing takes over in an outage");
    assert_says(&window, "has no pair");
    window.press("Simulate");
    window.harness.get_by_role_and_label(Role::MenuItem, "Simulate a region outage…").click();
    window.settle();
    window.harness.get_by_label_contains("This region has no pair that could stand in");
    window.press("Start outage");
    window.clock.hold_at(NOW.plus_days(1));
    window.settle();
    assert_says(&window, "Outage");
    assert_says(&window, "Requests fail: this region has no pair");
    assert!(window.why_greyed("New secret").is_some() && window.why_greyed("Restore").is_some());
    act(&mut window, Action::Go(Route::DeletedVaults));
    assert_says(&window, "Poland Central: outage");
}

// S14, A6
#[test]
fn moving_the_clock_names_what_it_purges_lets_what_is_out_wait_and_purges_exactly_that() {
    let mut window = demo();
    go(&mut window, "contoso-prod", Tab::Deleted);
    let travel = |window: &mut Window| {
        window.press("Simulate");
        window.harness.get_by_role_and_label(Role::MenuItem, "Move the clock forward…").click();
        window.settle();
    };
    travel(&mut window);
    assert_eq!(window.why_greyed("Move clock").as_deref(), Some("Choose how far first"));
    window.press("+7 days");
    assert_says(&window, "27 Nov 2026, 14:02");
    for what in ["old-db-password", "throw-me-away", "also-gone", "hackathon"] {
        assert_says(&window, what);
    }
    assert_says(&window, "on 25 Nov 2026, with 3 secrets");
    window.press("Cancel");

    let region = RegionName::parse("westeurope").unwrap();
    let begin = Command::BeginOutage(region, FailoverPlan::DEMO);
    act(&mut window, Action::Do(begin, After::default()));
    travel(&mut window);
    window.press("+7 days");
    window.harness.get_by_label_contains("in regions that are out wait for failback");
    let view = window.harness.state().view().unwrap();
    let due = view.world.schedule().into_iter().filter(|due| due.at <= NOW.plus_days(7));
    let (waits, purged): (Vec<_>, Vec<_>) = due.partition(|due| due.vault.as_str().starts_with("contoso"));
    assert!(!waits.is_empty());
    window.press(&format!("Move clock and purge {}", purged.len()));
    assert!(window.has_deleted_secret("contoso-prod", "old-db-password"), "its region is out");
    assert!(!window.has_deleted_secret("demo-sandbox", "throw-me-away"));
    assert!(!window.has_deleted_secret("demo-sandbox", "also-gone"));
    let view = window.harness.state().view().unwrap();
    assert!(view.world.vaults.get_deleted(&name("hackathon")).is_none());

    window.press("Let it return");
    window.clock.hold_at(NOW.plus_secs(60));
    act(&mut window, Action::Do(Command::ListSecrets(name("contoso-prod")), After::default()));
    assert!(!window.has_deleted_secret("contoso-prod", "old-db-password"), "back, it is purged");
    assert_says(&window, "simulated, 7 days ahead");
}

// S11
#[test]
fn marking_the_subscription_undeletable_needs_the_right_and_stops_every_purge_by_hand() {
    let mut window = demo();
    let switch = |window: &Window| {
        let label = "The subscription is marked undeletable";
        let node = window.harness.get_by_role_and_label(Role::Switch, label);
        let node = node.accesskit_node();
        (node.is_disabled(), node.description().unwrap_or_default())
    };
    window.press("Settings");
    let (is_greyed, why) = switch(&window);
    assert!(is_greyed && why.contains("no role that allows: change the subscription"), "{why}");
    window.press("Done");

    window.press("Acting as Developer, may not purge");
    window.harness.get_by_role_and_label(Role::MenuItemRadio, "Security officer").click();
    window.settle();
    assert_says(&window, "Acting as Security officer, can purge");
    go(&mut window, "contoso-staging", Tab::Deleted);
    assert_eq!(window.why_greyed("Purge pact-broker-token"), None);
    window.press("Settings");
    assert!(!switch(&window).0);
    window.harness.get_by_role_and_label(Role::Switch, "The subscription is marked undeletable").click();
    window.settle();
    window.press("Done");
    let why = window.why_greyed("Purge pact-broker-token").expect("the subscription is undeletable");
    assert!(why.starts_with("The subscription is marked undeletable."), "{why}");
}

// G1
#[test]
fn the_sidebar_holds_many_vaults_hides_and_comes_back() {
    let mut window = demo();
    for number in 0..30 {
        make_vault(&mut window, &format!("team-{number:02}"), "westeurope");
    }
    make_vault(&mut window, "a-vault-of-24-characters", "westeurope");
    go(&mut window, "team-29", Tab::Secrets);
    let last = window.harness.get_by_role_and_label(Role::Button, "Deleted vaults");
    last.scroll_to_me();
    window.harness.run_steps(8);
    let last = window.harness.get_by_role_and_label(Role::Button, "Deleted vaults").rect();
    let foot = window.harness.get_by_label_contains("Acting as").rect();
    assert!(last.bottom() <= foot.top(), "{last:?} can be scrolled to above {foot:?}");

    window.key(Modifiers::COMMAND, Key::B);
    assert!(!says(&window, "Deleted vaults"));
    window.press("Show the sidebar");
    assert!(says(&window, "Deleted vaults"));
    window.press("Hide the sidebar");
    assert!(!says(&window, "Deleted vaults"));
}

// S7, S8, S10
#[test]
fn a_vault_at_a_glance_says_what_it_holds_what_ends_when_and_what_cannot_be_changed() {
    let mut window = demo();
    go(&mut window, "contoso-prod", Tab::Overview);
    let words = [
        "On, 90 days",
        "(fixed at creation)",
        "(cannot be switched off)",
        "https://contoso-prod.vault.azure.net",
        "paired with North Europe",
        "What ends when",
    ];
    for words in words {
        assert_says(&window, words);
    }
    // On the line of time: what is removed from the bin, and what expires.
    window.harness.get_by_label_contains("old-db-password, 23 Nov 2026");
    window.harness.get_by_label_contains("github-deploy-key, 26 Nov 2026");
    // Lately, in plain words: the refused purge is told as well.
    for words in ["Security officer recovered", "Developer tried to purge", "and was refused"] {
        assert!(window.harness.query_all_by_label(words).count() > 0, "{:#?}", labels(&window.harness));
    }
    let cards: Vec<_> = labels(&window.harness).into_iter().filter(|label| label.contains("in the bin")).collect();
    assert_eq!(cards, ["Button 5 in the bin"]);
    window.press("5 in the bin");
    let tab = window.harness.state().with_scene(|scene| scene.route.tab()).unwrap();
    assert_eq!(tab, Some(Tab::Deleted));
}

// G1
#[test]
fn a_small_window_keeps_every_control_of_the_frame_in_sight() {
    let home = tempfile::tempdir().unwrap();
    lock(&mut make_store(&home.path().join("store"), Purpose::Real));
    let mut window = over(&home.path().join("store"), [900.0, 600.0]);
    open_with(&mut window, PASSPHRASE);
    window.settle();
    make_vault(&mut window, "a-vault-of-24-characters", "germanywestcentral");
    for route in [Tab::Overview, Tab::Secrets, Tab::Deleted] {
        go(&mut window, "a-vault-of-24-characters", route);
        for button in ["Copy vault URI", "Restore", "More", "Simulate", "Lock", "Settings", "New vault"] {
            let rect = window.harness.get_by_role_and_label(Role::Button, button).rect();
            let is_inside = rect.min.x >= 0.0 && rect.min.y >= 0.0 && rect.max.x <= 900.0 && rect.max.y <= 600.0;
            assert!(is_inside, "{button} is at {rect:?}");
        }
        let pair = window.harness.get_by_label("Read and write").rect();
        let date = window.harness.get_by_label("20 Nov 2026, 14:02").rect();
        assert!(pair.right() < date.left(), "{pair:?} lies on {date:?}");
    }
}
