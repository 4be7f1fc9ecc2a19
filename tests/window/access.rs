//! Who may do what, through the window: identities, grants, and the way to why not.

use super::common::{NOW, Window, demo, labels, object_name, vault_name};
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tresor::{
    domain::{
        AccessModel, IdentityId, IdentityName, Operation, Permission, RegionName, Rights,
        activity::Outcome,
        identity::{IdentityDraft, IdentityKind},
        region::FailoverPlan,
    },
    service::{AccessCommand, Command},
    ui::{
        action::{Action, After},
        route::{Route, Tab},
    },
};

const WHY: &str = "Why can't I?";

pub(crate) fn act(window: &mut Window, action: Action) {
    let ctx = window.harness.ctx.clone();
    window.harness.state_mut().act(&ctx, vec![action]);
    window.settle();
}

pub(crate) fn go(window: &mut Window, vault: &str, tab: Tab) {
    act(window, Action::Go(Route::Vault(vault_name(vault), tab)));
}

pub(crate) fn ask(window: &mut Window, command: AccessCommand) {
    act(window, Action::Do(Command::Access(command), After::default()));
}

pub(crate) fn act_as(window: &mut Window, name: &str) {
    let id = id_of(window, name);
    act(window, Action::ActAs(id));
}

pub(crate) fn id_of(window: &Window, name: &str) -> IdentityId {
    let world = &window.harness.state().view().unwrap().world;
    world.directory.find(&IdentityName::parse(name).unwrap()).unwrap().id
}

pub(crate) fn says(window: &Window, text: &str) -> bool {
    window.harness.query_all_by_label_contains(text).next().is_some()
}

pub(crate) fn assert_says(window: &Window, text: &str) {
    assert!(says(window, text), "nothing says {text:?}: {:#?}", labels(&window.harness));
}

pub(crate) fn choose(window: &mut Window, role: Role, label: &str) {
    window.harness.get_by_role_and_label(role, label).click();
    window.settle();
}

/// Types into a masked field in place of what is in it.
fn type_secret(window: &mut Window, label: &str, text: &str) {
    window.harness.get_by_role_and_label(Role::PasswordInput, label).focus();
    window.harness.step();
    window.key(Modifiers::COMMAND, Key::A);
    window.type_text(text);
}

/// Opens a select box and chooses from it.
fn select(window: &mut Window, name: &str, option: &str) {
    choose(window, Role::ComboBox, name);
    choose(window, Role::ListBoxOption, option);
}

/// What the activity says of an operation on an object: who, and whether it was done.
fn told(window: &Window, operation: Operation) -> Vec<(String, bool)> {
    let activity = &window.harness.state().view().unwrap().activity;
    let since = activity.iter().filter(|record| record.at >= NOW && record.operation == operation);
    since.map(|record| (record.caller.clone(), record.outcome == Outcome::Done)).collect()
}

fn who(name: &str, was_done: bool) -> (String, bool) {
    (name.to_owned(), was_done)
}

// S6, S2
#[test]
fn an_accident_is_undone_by_who_made_it_and_the_activity_tells_both() {
    let mut window = demo();
    go(&mut window, "contoso-prod", Tab::Secrets);
    window.press("db-password");
    window.key(Modifiers::NONE, Key::Delete);
    assert!(window.has_deleted_secret("contoso-prod", "db-password"));
    go(&mut window, "contoso-prod", Tab::Deleted);
    window.press("Recover db-password");
    assert!(window.has_secret("contoso-prod", "db-password"));
    assert_eq!(told(&window, Operation::SecretDelete), [who("Developer", true)]);
    assert_eq!(told(&window, Operation::SecretRecover), [who("Developer", true)]);
    assert_eq!(told(&window, Operation::SecretPurge), []);
}

// S6, S3, S2
#[test]
fn an_insider_deletes_and_only_an_officer_who_proves_who_they_are_destroys() {
    let mut window = demo();
    act_as(&mut window, "Security officer");
    act(&mut window, Action::Go(Route::Identities));
    window.press("Security officer");
    window.press("Set a passphrase or PIN…");
    type_secret(&mut window, "New passphrase or PIN", "4711");
    type_secret(&mut window, "The same again", "4712");
    assert!(window.why_greyed("Set passphrase").unwrap().contains("differently"));
    type_secret(&mut window, "The same again", "4711");
    window.press("Set passphrase");
    assert_says(&window, "Acting as Security officer, can purge");

    // Who set it acts on; who acts as somebody else first comes back with it alone.
    act_as(&mut window, "Developer");
    go(&mut window, "contoso-staging", Tab::Secrets);
    window.press("db-password");
    window.key(Modifiers::NONE, Key::Delete);
    go(&mut window, "contoso-staging", Tab::Deleted);
    assert_eq!(
        window.why_greyed("Purge db-password").as_deref(),
        Some("Developer does not have the permission secrets/purge")
    );

    window.press("Acting as Developer, may not purge");
    choose(&mut window, Role::MenuItemRadio, "Security officer");
    type_secret(&mut window, "Its passphrase or PIN", "0000");
    window.press("Act as Security officer");
    assert_says(&window, "This is not the passphrase of Security officer");
    assert_says(&window, "Acting as Developer");
    type_secret(&mut window, "Its passphrase or PIN", "4711");
    window.key(Modifiers::NONE, Key::Enter);
    assert_says(&window, "Acting as Security officer, can purge");
    window.press("Purge db-password");
    window.type_text("db-password");
    window.press("Purge");
    assert!(!window.has_deleted_secret("contoso-staging", "db-password"));

    assert_eq!(told(&window, Operation::SecretDelete), [who("Developer", true)]);
    assert_eq!(told(&window, Operation::SecretPurge), [who("Security officer", true)]);
    let tries: Vec<_> =
        told(&window, Operation::Authentication).into_iter().filter(|(_, was_done)| !was_done).collect();
    assert_eq!(tries, [who("Security officer", false)], "the wrong PIN is told of");
}

// S6
#[test]
fn after_too_many_wrong_pins_the_field_waits_and_says_how_long() {
    let mut window = demo();
    let developer = id_of(&window, "Developer");
    act_as(&mut window, "Security officer");
    ask(
        &mut window,
        AccessCommand::SetIdentityPassphrase(
            developer,
            tresor::service::Authority::Own(None),
            Some(tresor::service::Passphrase::new("1234".into())),
        ),
    );
    act_as(&mut window, "Developer");
    for _ in 0..4 {
        type_secret(&mut window, "Its passphrase or PIN", "9999");
        window.key(Modifiers::NONE, Key::Enter);
    }
    assert_says(&window, "Too many wrong passphrases for Developer");
    assert!(window.why_greyed("Act as Developer").unwrap().contains("Too many wrong"));
    window.clock.hold_at(window.clock.now().plus_secs(61));
    window.harness.run_steps(4);
    type_secret(&mut window, "Its passphrase or PIN", "1234");
    window.key(Modifiers::NONE, Key::Enter);
    assert_says(&window, "Acting as Developer");
}

// S6, T2
#[test]
fn a_forgotten_pin_is_replaced_by_the_stores_own_passphrase() {
    let mut window = demo();
    let officer = id_of(&window, "Security officer");
    act_as(&mut window, "Security officer");
    let pin = |text: &str| Some(tresor::service::Passphrase::new(text.into()));
    ask(&mut window, AccessCommand::SetIdentityPassphrase(officer, tresor::service::Authority::Own(None), pin("1234")));
    act(&mut window, Action::Go(Route::Identities));
    window.press("Security officer");
    window.press("Change or remove…");
    window.press("Forgot it?");
    type_secret(&mut window, "The store's passphrase", "wrong");
    type_secret(&mut window, "New passphrase or PIN", "5678");
    type_secret(&mut window, "The same again", "5678");
    window.press("Change passphrase");
    assert_says(&window, "passphrase is wrong");
    type_secret(&mut window, "The store's passphrase", "demo");
    window.press("Change passphrase");
    assert!(!says(&window, "The same again"), "the dialog closed");
    act_as(&mut window, "Security officer");
    type_secret(&mut window, "Its passphrase or PIN", "5678");
    window.key(Modifiers::NONE, Key::Enter);
    assert_says(&window, "Acting as Security officer");
}

// S3, S6
#[test]
fn the_matrix_tells_who_may_do_what_and_by_what() {
    let mut window = demo();
    go(&mut window, "contoso-prod", Tab::Access);
    for said in [
        "Developer may delete secrets",
        "Developer may not purge secrets",
        "Security officer may purge secrets",
        "billing-service may get secrets",
        "billing-service may not list secrets",
        "Mira Novak may list secrets",
        "Purge is granted to one identity",
    ] {
        window.harness.get_by_label(said);
    }
    window.harness.get_by_label("Mira Novak may list secrets").hover();
    window.harness.run_steps(8);
    assert_says(&window, "the access policy of the group Auditors");
    choose(&mut window, Role::RadioButton, "Keys");
    window.harness.get_by_label("Developer may set rotation policy keys");
    choose(&mut window, Role::RadioButton, "Vault");
    window.harness.get_by_label("Developer may delete vaults");
    window.harness.get_by_label("Security officer may purge vaults");

    go(&mut window, "partner-portal", Tab::Access);
    choose(&mut window, Role::RadioButton, "Secrets");
    window.harness.get_by_label("billing-service may get secrets, some of them");
    choose(&mut window, Role::RadioButton, "Assignments");
    assert_says(&window, "Secret invoice-upload-token");
}

// S3, §6.2
#[test]
fn a_template_never_ticks_purge_and_what_is_saved_counts_at_once() {
    let mut window = demo();
    go(&mut window, "contoso-prod", Tab::Access);
    let why = window.why_greyed("Edit the access policy of billing-service").unwrap();
    assert_eq!(why, "Developer has no role that allows: set access policies");

    act_as(&mut window, "Security officer");
    window.press("Edit the access policy of billing-service");
    select(&mut window, "Template", "Secret Management");
    let purge = window.harness.get_by_role_and_label(Role::CheckBox, "Purge");
    assert_eq!(purge.accesskit_node().toggled(), Some(egui::accesskit::Toggled::False));
    window.press("Save");
    window.harness.get_by_label("billing-service may set secrets");
    window.harness.get_by_label("billing-service may not purge secrets");

    window.press("Edit the access policy of billing-service");
    choose(&mut window, Role::CheckBox, "Purge");
    window.press("Save");
    window.harness.get_by_label("Purge is granted to 2 identities");
    assert_eq!(told(&window, Operation::VaultAccessPolicySet), vec![who("Security officer", true); 2]);
}

// S3: "Why can't I?"
#[test]
fn a_greyed_control_leads_to_where_it_is_decided() {
    let mut window = demo();
    go(&mut window, "contoso-staging", Tab::Deleted);
    window.harness.get_by_role_and_label(Role::Button, "Purge pact-broker-token").hover();
    window.harness.run_steps(8);
    window.press(WHY);
    let seen = window.harness.state().with_scene(|scene| scene.route.clone());
    assert_eq!(seen, Some(Route::Vault(vault_name("contoso-staging"), Tab::Access)));
    window.harness.get_by_label("Developer may not purge secrets");
    let row = window.harness.get_by_role_and_label(Role::Button, "Developer");
    assert_eq!(row.accesskit_node().toggled(), Some(egui::accesskit::Toggled::True), "whoever asked stands out");

    // What purge protection refuses has nothing to do with grants.
    act_as(&mut window, "Security officer");
    go(&mut window, "contoso-prod", Tab::Deleted);
    window.harness.get_by_role_and_label(Role::Button, "Purge old-db-password").hover();
    window.harness.run_steps(8);
    assert_says(&window, "Purge is not available");
    assert!(!says(&window, WHY));
}

// S3
#[test]
fn a_refusal_that_comes_back_leads_there_too() {
    let mut window = demo();
    go(&mut window, "contoso-staging", Tab::Secrets);
    let purge = Command::PurgeSecret(vault_name("contoso-staging"), object_name("pact-broker-token"));
    act(&mut window, Action::Do(purge, After::say("purged")));
    assert!(window.has_deleted_secret("contoso-staging", "pact-broker-token"));
    window.press(WHY);
    let seen = window.harness.state().with_scene(|scene| scene.route.clone());
    assert_eq!(seen, Some(Route::Vault(vault_name("contoso-staging"), Tab::Access)));
}

// T11
#[test]
fn the_activity_is_shown_to_who_was_granted_to_read_it() {
    let mut window = demo();
    act_as(&mut window, "billing-service");
    for page in [Route::Activity, Route::Cost] {
        act(&mut window, Action::Go(page));
        assert_says(&window, "not shown");
        assert_says(&window, WHY);
    }
    act(&mut window, Action::Go(Route::Activity));
    let export = window.harness.get_by_role_and_label(Role::Button, "Export…");
    assert!(export.accesskit_node().is_disabled());
    act_as(&mut window, "Developer");
    assert!(!says(&window, "The activity is not shown"));
}

// S3, T1
#[test]
fn what_may_not_be_listed_is_neither_shown_nor_found() {
    let mut window = demo();
    act_as(&mut window, "billing-service");
    go(&mut window, "contoso-prod", Tab::Secrets);
    assert_says(&window, "Its secrets are not shown");
    assert!(!says(&window, "db-password"));
    window.press(WHY);
    window.harness.get_by_label("billing-service may not list secrets");
    for tab in [Tab::Keys, Tab::Deleted, Tab::Overview] {
        go(&mut window, "contoso-prod", tab);
        assert_says(&window, "not shown");
    }
    act(&mut window, Action::Go(Route::DeletedVaults));
    assert_says(&window, "Deleted vaults are not shown");
    window.key(Modifiers::COMMAND, Key::K);
    window.type_text("db-password");
    assert!(says(&window, "Nothing matches"), "{:#?}", labels(&window.harness));
    window.key(Modifiers::NONE, Key::Escape);
    // It may list what is in this one, and so knows of it.
    assert!(window.harness.query_by_role_and_label(Role::Button, "billing-eu").is_some());
    assert!(window.harness.query_by_role_and_label(Role::Button, "contoso-staging").is_none());
}

// S3
#[test]
fn changing_by_what_a_vault_decides_says_what_stops_counting() {
    let mut window = demo();
    act_as(&mut window, "Security officer");
    go(&mut window, "contoso-staging", Tab::Access);
    choose(&mut window, Role::RadioButton, "Roles");
    assert_says(&window, "stop counting");
    window.press("Decide by roles");
    let model = |window: &Window| {
        let world = &window.harness.state().view().unwrap().world;
        world.vaults.get(&vault_name("contoso-staging")).unwrap().access.model
    };
    assert_eq!(model(&window), AccessModel::Roles);
    window.harness.get_by_label("Developer may not get secrets");
    act_as(&mut window, "Developer");
    go(&mut window, "contoso-staging", Tab::Secrets);
    assert_says(&window, "Its secrets are not shown");
}

// A5, G3
#[test]
fn while_read_only_nothing_can_be_granted() {
    let mut window = demo();
    act_as(&mut window, "Security officer");
    let region = RegionName::parse("westeurope").unwrap();
    act(&mut window, Action::Do(Command::BeginOutage(region, FailoverPlan::DEMO), After::default()));
    window.clock.hold_at(NOW.plus_secs(60));
    window.settle();
    go(&mut window, "contoso-prod", Tab::Access);
    for button in ["Grant access", "Edit the access policy of Developer"] {
        let why = window.why_greyed(button).unwrap_or_else(|| panic!("{button} is a write"));
        assert!(why.contains("read-only"), "{button} says {why}");
    }
    window.harness.get_by_label("Developer may delete secrets");
}

// S19
#[test]
fn a_recovered_vault_offers_to_set_its_roles_again() {
    let mut window = demo();
    act_as(&mut window, "Security officer");
    act(&mut window, Action::Go(Route::DeletedVaults));
    assert_says(&window, "Key Vault Reader of Auditors");
    window.press("Recover billing-archive");
    go(&mut window, "billing-archive", Tab::Access);
    assert_says(&window, "Key Vault Secrets User of billing-service");
    window.press("Set again");
    assert!(!says(&window, "Not everything came back"));
    choose(&mut window, Role::RadioButton, "Assignments");
    assert_says(&window, "Vault billing-archive");
}

// G7
#[test]
fn forty_identities_and_long_names_fit_a_small_window() {
    let mut window = demo();
    window.harness.set_size(egui::vec2(900.0, 600.0));
    act_as(&mut window, "Security officer");
    for number in 0..40 {
        let name = format!("A person whose name is as long as names of people can be {number:02}");
        let draft = IdentityDraft {
            name: IdentityName::parse(&name).unwrap(),
            kind: IdentityKind::Person,
            in_new_vaults: Rights::NONE.with(Permission::SecretsGet),
        };
        ask(&mut window, AccessCommand::CreateIdentity(draft));
    }
    go(&mut window, "contoso-prod", Tab::Access);
    for part in ["Secrets", "Keys", "Certificates", "Vault", "Assignments"] {
        choose(&mut window, Role::RadioButton, part);
        for node in window.harness.query_all_by_role(Role::Button) {
            let rect = node.rect();
            assert!(rect.right() <= 900.5, "{:?} ends at {} on {part}", node.accesskit_node().label(), rect.right());
        }
    }
}
