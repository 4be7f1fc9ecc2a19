//! Deleting, recovering and purging through the window.

use super::common::{NOW, Window, demo, labels, vault_name};
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tresor::{
    domain::{PurgeProtection, RegionName, region::FailoverPlan},
    service::Command,
    ui::{
        action::{Action, After},
        route::{Route, Tab},
    },
};

fn go(window: &mut Window, vault: &str, tab: Tab) {
    let route = Route::Vault(vault_name(vault), tab);
    act(window, Action::Go(route));
}

fn act(window: &mut Window, action: Action) {
    let ctx = window.harness.ctx.clone();
    window.harness.state_mut().act(&ctx, vec![action]);
    window.settle();
}

/// Deletes a secret as a person does: choose its row, press Delete.
fn delete(window: &mut Window, vault: &str, name: &str) {
    go(window, vault, Tab::Secrets);
    window.press(name);
    window.key(Modifiers::NONE, Key::Delete);
    assert!(window.has_deleted_secret(vault, name));
}

// S6, S5, S1, G2
#[test]
fn an_accident_is_undone_from_the_toast_and_from_the_bin_and_the_value_is_back() {
    let mut window = demo();
    delete(&mut window, "contoso-staging", "db-password");
    window.press("Undo");
    assert!(window.has_secret("contoso-staging", "db-password"));

    delete(&mut window, "contoso-staging", "db-password");
    go(&mut window, "contoso-staging", Tab::Deleted);
    window.harness.get_by_label("30 days left");
    window.press("Recover db-password");
    assert!(window.has_secret("contoso-staging", "db-password"));

    go(&mut window, "contoso-staging", Tab::Secrets);
    window.press("db-password");
    window.press("Reveal");
    let shown = window.harness.query_all_by_value("staging-example-password-2").count();
    assert!(shown > 0, "{:#?}", labels(&window.harness));
}

// S6, S3, S2
#[test]
fn an_insider_may_delete_but_losing_it_takes_a_second_person() {
    let mut window = demo();
    delete(&mut window, "contoso-staging", "db-password");
    go(&mut window, "contoso-staging", Tab::Deleted);
    let why = window.why_greyed("Purge db-password").expect("a developer may not purge");
    assert_eq!(why, "Developer does not have the permission secrets/purge");

    act(&mut window, Action::SwitchCaller);
    assert_eq!(window.why_greyed("Purge db-password"), None);
    window.press("Purge db-password");
    assert!(window.why_greyed("Purge").is_some(), "nothing was typed yet");
    window.type_text("db-pass");
    window.key(Modifiers::NONE, Key::Enter);
    assert!(window.has_deleted_secret("contoso-staging", "db-password"));
    window.type_text("word");
    assert_eq!(window.why_greyed("Purge"), None);
    window.press("Purge");
    assert!(!window.has_deleted_secret("contoso-staging", "db-password"));
    assert!(!window.has_secret("contoso-staging", "db-password"));
}

// S10, G2
#[test]
fn purge_protection_greys_purge_for_everybody_and_names_the_date() {
    let mut window = demo();
    go(&mut window, "contoso-prod", Tab::Deleted);
    for _ in 0..2 {
        let why = window.why_greyed("Purge old-db-password").expect("purge protection is on");
        assert!(why.starts_with("Purge protection is on.") && why.contains("23 Nov 2026"), "{why}");
        assert_eq!(window.why_greyed("Recover old-db-password"), None);
        act(&mut window, Action::SwitchCaller);
    }
    act(&mut window, Action::SwitchCaller);
    window.harness.get_by_role_and_label(Role::Button, "Purge old-db-password").hover();
    window.harness.run_steps(8);
    window.harness.get_by_label("Purge is not available");
}

// S10
#[test]
fn purge_protection_can_be_enabled_on_a_vault_and_then_stays() {
    let mut window = demo();
    go(&mut window, "contoso-staging", Tab::Deleted);
    palette(&mut window, "enable purge protection");
    window.harness.get_by_label_contains("can never be switched off");
    window.press("Enable purge protection");
    let staging = vault_name("contoso-staging");
    let head = window.harness.state().view().unwrap().world.vaults.get(&staging).unwrap().head.clone();
    assert_eq!(head.purge_protection, PurgeProtection::On);
    act(&mut window, Action::SwitchCaller);
    let why = window.why_greyed("Purge pact-broker-token").expect("purge protection is on");
    assert!(why.starts_with("Purge protection is on."), "{why}");
}

/// Opens the palette, types and runs what comes first.
fn palette(window: &mut Window, text: &str) {
    window.key(Modifiers::COMMAND, Key::K);
    window.type_text(text);
    window.key(Modifiers::NONE, Key::Enter);
}

fn new_vault(window: &mut Window, name: &str) {
    window.key(Modifiers::COMMAND | Modifiers::SHIFT, Key::N);
    window.type_text(name);
}

// S9
#[test]
fn a_name_held_by_a_deleted_vault_can_be_recovered_purged_or_avoided_in_the_form() {
    let mut window = demo();
    new_vault(&mut window, "Hackathon");
    window.harness.get_by_label_contains("A deleted vault holds this name until 25 Nov 2026");
    assert!(window.why_greyed("Create vault").is_some());
    assert!(window.why_greyed("Purge it…").unwrap().contains("no role that allows: purge vaults"));
    window.press("Use Hackathon-2");
    assert_eq!(window.why_greyed("Create vault"), None);
    window.press("Create vault");
    assert!(window.has_vault("hackathon-2"));

    new_vault(&mut window, "hackathon");
    window.press("Recover it");
    assert!(window.has_vault("hackathon"));
    window.harness.get_by_label_contains("without its role assignments and event subscriptions");

    let hackathon = vault_name("hackathon");
    act(&mut window, Action::Do(Command::DeleteVault(hackathon), After::default()));
    act(&mut window, Action::SwitchCaller);
    new_vault(&mut window, "hackathon");
    window.press("Purge it…");
    window.type_text("hackathon");
    window.press("Purge");
    window.press("Create vault");
    assert!(window.has_vault("hackathon"));
}

// S1, S8
#[test]
fn a_retention_of_6_or_91_days_cannot_be_entered() {
    let mut window = demo();
    new_vault(&mut window, "short-lived");
    for (days, is_right) in [("6", false), ("7", true), ("91", false), ("90", true)] {
        window.fill("Retention in days", days);
        assert_eq!(window.why_greyed("Create vault").is_none(), is_right, "{days} days");
    }
    window.fill("Retention in days", "7");
    window.press("Create vault");
    let vault = vault_name("short-lived");
    let view = window.harness.state().view().unwrap();
    assert_eq!(view.world.vaults.get(&vault).unwrap().head.retention.get(), 7);
}

// S12, S19, S17
#[test]
fn a_deleted_vault_comes_back_with_what_it_held_from_its_bin() {
    let mut window = demo();
    go(&mut window, "contoso-staging", Tab::Secrets);
    let staging = vault_name("contoso-staging");
    let count = |window: &Window| {
        window.harness.state().view().unwrap().world.vaults.get(&staging).map(|vault| vault.secrets.live_count())
    };
    let before = count(&window);
    palette(&mut window, "delete vault");
    window.harness.get_by_label_contains("without its role assignments and event subscriptions");
    window.press("Delete vault");
    assert_eq!(count(&window), None);
    palette(&mut window, "go to deleted vaults");
    window.harness.get_by_role_and_label(Role::Button, "contoso-staging");
    window.press("Recover contoso-staging");
    assert_eq!(count(&window), before);
}

// S2
#[test]
fn many_are_ticked_by_keyboard_and_recovered_at_once() {
    let mut window = demo();
    go(&mut window, "contoso-staging", Tab::Deleted);
    assert!(window.why_greyed("Recover selected").is_some());
    // The arrow leads into the table, Space ticks the row it leads to.
    window.key(Modifiers::NONE, Key::ArrowDown);
    window.key(Modifiers::NONE, Key::Space);
    window.harness.get_by_label("1 selected");
    window.key(Modifiers::NONE, Key::ArrowDown);
    window.key(Modifiers::NONE, Key::Space);
    window.harness.get_by_label("2 selected");
    window.key(Modifiers::COMMAND, Key::A);
    window.harness.get_by_label("3 selected");
    window.press("Recover selected");
    for name in ["seed-user-password", "pact-broker-token", "preview-basic-auth"] {
        assert!(window.has_secret("contoso-staging", name), "{name}");
    }
    window.harness.get_by_label("Nothing is deleted");
}

// S2, S11
#[test]
fn purging_many_asks_for_their_number() {
    let mut window = demo();
    act(&mut window, Action::SwitchCaller);
    go(&mut window, "contoso-staging", Tab::Deleted);
    window.key(Modifiers::COMMAND, Key::A);
    window.press("Purge selected…");
    window.type_text("2");
    assert!(window.why_greyed("Purge").is_some());
    window.fill("Type 3 to confirm", "3");
    window.key(Modifiers::NONE, Key::Enter);
    assert!(!window.has_deleted_secret("contoso-staging", "pact-broker-token"));
    window.harness.get_by_label("Nothing is deleted");
}

/// Begins an outage of West Europe and goes to where its pair serves read-only.
fn read_only(window: &mut Window) {
    let region = RegionName::parse("westeurope").expect("it is in the table");
    act(window, Action::Do(Command::BeginOutage(region, FailoverPlan::DEMO), After::default()));
    window.clock.hold_at(NOW.plus_secs(60));
    window.settle();
    let state = window.harness.state().with_scene(|scene| scene.view.world.region_state(region, scene.now));
    assert_eq!(state.map(|state| state.word()), Some("Read-only"));
}

/// What a button that changes something begins with.
const WRITES: [&str; 13] = [
    "New", "Create", "Save", "Edit", "Restore", "Import", "Delete", "Recover", "Purge", "Enable", "Disable", "Add",
    "Remove",
];

/// Every button in sight by its name, and whether it is greyed.
fn buttons(window: &Window) -> Vec<(String, bool)> {
    let buttons = window.harness.query_all_by_role(Role::Button);
    buttons
        .filter_map(|button| Some((button.accesskit_node().label()?, button.accesskit_node().is_disabled())))
        .collect()
}

// G3, A5
#[test]
fn while_read_only_every_write_control_is_greyed_and_says_why() {
    let mut window = demo();
    act(&mut window, Action::SwitchCaller);
    read_only(&mut window);
    for tab in [Tab::Secrets, Tab::Overview, Tab::Deleted] {
        go(&mut window, "contoso-prod", tab);
        if tab == Tab::Secrets {
            window.press("db-password");
        }
        let mut greyed = 0;
        for (label, is_greyed) in buttons(&window) {
            // A new vault may be made in another region; only the form knows in which.
            let is_write = WRITES.iter().any(|word| label.starts_with(word)) && label != "New vault";
            let is_place = label.starts_with("Deleted");
            if is_write && !is_place {
                assert!(is_greyed, "{label} on {tab:?}");
                greyed += 1;
            }
            if is_greyed && label != "Recover selected" && label != "Purge selected…" {
                let buttons = window.harness.get_all_by_role_and_label(Role::Button, &label);
                for button in buttons.filter(|button| button.accesskit_node().is_disabled()) {
                    let why = button.accesskit_node().description().unwrap_or_default();
                    assert!(why.contains("read-only") || why.contains("Purge protection"), "{label} says {why:?}");
                }
            }
        }
        assert!(tab == Tab::Overview || greyed > 0, "no write control on {tab:?}: {:#?}", buttons(&window));
    }
    window.press("More");
    let items: Vec<_> = window
        .harness
        .query_all_by_role(Role::MenuItem)
        .filter_map(|item| Some((item.accesskit_node().label()?, item.accesskit_node().is_disabled())))
        .collect();
    assert!(items.len() > 3, "{items:?}");
    for (label, is_greyed) in items {
        assert!(is_greyed, "{label} in the menu");
    }
    window.key(Modifiers::NONE, Key::Escape);
    // Reads and backups stay, by button and by key.
    go(&mut window, "contoso-prod", Tab::Secrets);
    window.press("db-password");
    assert_eq!(window.why_greyed("Reveal"), None);
    let reasons = |window: &Window| window.harness.query_all_by_label_contains("changes wait for failback").count();
    let before = reasons(&window);
    window.key(Modifiers::NONE, Key::Delete);
    assert!(window.has_secret("contoso-prod", "db-password"));
    assert_eq!(reasons(&window), before + 1, "the key says why it did nothing");
}

// A5, G3
#[test]
fn while_read_only_the_bin_says_that_its_list_is_old_and_a_new_vault_needs_another_region() {
    let mut window = demo();
    read_only(&mut window);
    go(&mut window, "contoso-prod", Tab::Deleted);
    window.harness.get_by_label_contains("This is the list as it was read last. West Europe is out");
    new_vault(&mut window, "another-one");
    assert!(window.why_greyed("Create vault").unwrap().contains("read-only"));
    window.harness.get_by_role_and_label(Role::ComboBox, "Region").click();
    window.settle();
    window.type_text("sweden c");
    window.key(Modifiers::NONE, Key::Enter);
    window.press("Create vault");
    assert!(window.has_vault("another-one"));
}

// G1
#[test]
fn the_palette_finds_a_secret_of_another_vault_and_its_command_is_about_it() {
    let mut window = demo();
    palette(&mut window, "staging dbpass");
    let route = window.harness.state().with_scene(|scene| scene.route.clone());
    assert_eq!(route, Some(Route::Vault(vault_name("contoso-staging"), Tab::Secrets)));
    palette(&mut window, "delete");
    assert!(window.has_deleted_secret("contoso-staging", "db-password"));
}

/// Every dialog that is open, by its name.
fn dialogs(window: &Window) -> Vec<String> {
    let dialogs = window.harness.query_all_by_role(Role::Dialog);
    dialogs.filter_map(|dialog| dialog.accesskit_node().label()).collect()
}

// G1
#[test]
fn every_command_that_asks_something_opens_its_dialog_from_the_palette() {
    let mut window = demo();
    go(&mut window, "contoso-staging", Tab::Secrets);
    window.press("feature-flags");
    let asked = [
        ("new secret", "New secret"),
        ("new vault", "New vault"),
        ("edit details", "Edit"),
        ("new version", "New version"),
        ("import secrets", "Import"),
        ("restore a backup", "Restore"),
        ("back up", "Back up"),
        ("enable purge", "Enable purge protection"),
        ("delete vault", "Delete contoso-staging"),
        ("simulate a region", "Simulate"),
        ("move the clock", "Move"),
        ("settings", "Settings"),
        ("keyboard shortcuts", "Keyboard shortcuts"),
    ];
    for (typed, title) in asked {
        palette(&mut window, typed);
        let open = dialogs(&window);
        assert!(open.len() == 1 && open[0].contains(title), "{typed:?} opened {open:?}");
        window.key(Modifiers::NONE, Key::Escape);
        assert_eq!(dialogs(&window), Vec::<String>::new(), "Esc closes what {typed:?} opened");
    }
}
