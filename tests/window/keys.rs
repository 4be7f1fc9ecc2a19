//! Keys through the window: made, rotated, imported, deleted and recovered.

use std::sync::Arc;

use super::common::{Window, demo, object_name, vault_name, wait_for};
use egui::{Key as Pressed, Modifiers, Role};
use egui_kittest::kittest::Queryable as _;
use tresor::{
    domain::{Key, KeyOperation, RegionName, region::FailoverPlan},
    service::Command,
    ui::{
        action::{Action, After},
        route::{Route, Tab},
    },
};

/// A P-256 key that was made for this test and guards nothing.
const PEM: &str = "\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg0UthQlsnrB93x/Vj
jr/L2w+VBFdHq0uVeVvlqlllxgKhRANCAASxoEubGIZY2MG8Hji/YrB8jsHmOhqb
fOxweTykwizlHd05kONY8oUgXBhpvB1A5S76h30F4rbWlWcNuPvon+u/
-----END PRIVATE KEY-----
";
/// The same key, sealed with the passphrase `horse`.
const SEALED: &str = "\
-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhTc0v0jBpMcAICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEELHyUI1lqVq+dkI+vQ0HJkYEgZD8
eiQTnsWYtMZlsYFDPmQaiSUq8j6bfXpj9gVNMWVtspgHFK8PySxwF55kvnlWKxa0
er6qOb6blIxEwFK9q63KUXo+vfBexeYG+a5gXdsTJx8k4uQPVyAHzrTUhgS83Xlz
2H1SLoaAYobGkTYKqV6DZBnIblW2/FlVUEOhyzHfaMKfWqXC0vZibjLgmq9eTKE=
-----END ENCRYPTED PRIVATE KEY-----
";

fn act(window: &mut Window, action: Action) {
    let ctx = window.harness.ctx.clone();
    window.harness.state_mut().act(&ctx, vec![action]);
    window.settle();
}

fn keys_of(vault: &str) -> Window {
    let mut window = demo();
    act(&mut window, Action::Go(Route::Vault(vault_name(vault), Tab::Keys)));
    window
}

/// The live key of that name.
fn key(window: &Window, vault: &str, name: &str) -> Option<Arc<Key>> {
    let view = window.harness.state().view().expect("the demo is open");
    view.world.vaults.get(&vault_name(vault))?.keys.get(&object_name(name)).cloned()
}

fn ctrl(window: &mut Window, pressed: Pressed) {
    window.key(Modifiers::COMMAND, pressed);
}

fn says(window: &Window, text: &str) -> bool {
    window.harness.query_all_by_label_contains(text).next().is_some()
}

// §3.2, S2, S6
#[test]
fn a_key_is_made_rotated_deleted_and_comes_back_whole() {
    let mut window = keys_of("demo-sandbox");
    ctrl(&mut window, Pressed::N);
    window.type_text("made-here");
    window.press("EC");
    window.press("P-384");
    window.press("Sign");
    window.press("Create key");
    let made = key(&window, "demo-sandbox", "made-here").expect("it was made");
    assert_eq!(made.current().kind.to_string(), "EC P-384");
    assert_eq!(made.current().operations.iter().collect::<Vec<_>>(), [KeyOperation::Verify]);

    ctrl(&mut window, Pressed::E);
    window.press("Rotate now");
    assert_eq!(key(&window, "demo-sandbox", "made-here").unwrap().versions().len(), 2);

    window.key(Modifiers::NONE, Pressed::Delete);
    window.press("Cancel");
    assert!(key(&window, "demo-sandbox", "made-here").is_some(), "nothing was deleted yet");
    window.key(Modifiers::NONE, Pressed::Delete);
    window.press("Delete key");
    assert!(key(&window, "demo-sandbox", "made-here").is_none());
    act(&mut window, Action::Go(Route::Vault(vault_name("demo-sandbox"), Tab::Deleted)));
    window.press("Recover made-here");
    let back = key(&window, "demo-sandbox", "made-here").expect("it is back");
    assert_eq!(back.versions().len(), 2);
    assert_eq!(back.versions()[0], *made.current());
}

// S16
#[test]
fn a_name_that_a_deleted_key_holds_offers_to_recover_it_and_a_secret_holds_none() {
    let mut window = keys_of("contoso-prod");
    ctrl(&mut window, Pressed::N);
    window.type_text("db-password");
    assert_eq!(window.why_greyed("Create key"), None, "a secret of that name does not matter");
    window.fill("Name", "legacy-signing");
    assert!(says(&window, "A deleted key holds this name until"));
    assert!(window.why_greyed("Create key").is_some());
    window.press("Use legacy-signing-2");
    assert_eq!(window.why_greyed("Create key"), None);
    window.fill("Name", "legacy-signing");
    window.press("Recover it");
    assert!(key(&window, "contoso-prod", "legacy-signing").is_some());
}

// §3.1
#[test]
fn only_a_premium_vault_offers_simulated_hsms() {
    let mut window = keys_of("contoso-prod");
    ctrl(&mut window, Pressed::N);
    for kty in ["RSA-HSM", "EC-HSM", "oct-HSM"] {
        assert_eq!(window.why_greyed(kty), Some(format!("Keys of the type {kty} need a premium vault")));
    }
    let mut window = keys_of("billing-eu");
    ctrl(&mut window, Pressed::N);
    window.type_text("sealed-in");
    window.press("oct-HSM");
    window.press("128");
    window.press("Create key");
    let made = key(&window, "billing-eu", "sealed-in").unwrap();
    assert_eq!(made.current().kind.to_string(), "AES 128");
    assert!(says(&window, "Simulated HSM"));
}

// A5
#[test]
fn a_vault_that_failed_over_makes_and_changes_no_key() {
    let mut window = keys_of("contoso-prod");
    window.press("jwt-signing");
    assert_eq!(window.why_greyed("Rotate"), None);
    let plan = FailoverPlan { failover_secs: 0, failback_secs: 0, failing_percent: 0 };
    let outage = Command::BeginOutage(RegionName::parse("westeurope").unwrap(), plan);
    act(&mut window, Action::Do(outage, After::default()));
    for control in ["New key", "Rotate", "Delete", "Sign", "Restore"] {
        let why = window.why_greyed(control);
        assert!(why.as_ref().is_some_and(|why| why.contains("read-only")), "{control}: {why:?}");
    }
    assert_eq!(window.why_greyed("Backup"), None, "reading goes on");
}

// §3.3, T5
#[test]
fn a_damaged_key_is_told_at_its_field_and_a_sealed_one_asks_for_its_passphrase() {
    let mut window = keys_of("demo-sandbox");
    window.key(Modifiers::COMMAND, Pressed::I);
    window.fill("Name", "brought");
    window.harness.get_by_role_and_label(Role::RadioButton, "Paste text").click();
    window.settle();
    let paste = |window: &mut Window, text: &str| {
        let role = Role::MultilineTextInput;
        window.harness.get_by_role_and_label(role, "Key").focus();
        window.harness.step();
        window.key(Modifiers::COMMAND, Pressed::A);
        window.harness.event(egui::Event::Paste(text.to_owned()));
        window.settle();
    };
    paste(&mut window, &PEM[..120]);
    window.press("Import");
    assert!(window.harness.query_by_role(Role::Dialog).is_some());
    assert!(key(&window, "demo-sandbox", "brought").is_none());
    assert!(says(&window, "The PEM is damaged or cut short"), "the field says what is wrong");

    paste(&mut window, SEALED);
    assert!(!says(&window, "damaged"), "what was said is over");
    let fill = |window: &mut Window, text: &str| {
        window.harness.get_by_role_and_label(Role::PasswordInput, "Passphrase of the key").focus();
        window.harness.step();
        window.key(Modifiers::COMMAND, Pressed::A);
        window.type_text(text);
    };
    fill(&mut window, "donkey");
    window.press("Import");
    assert!(says(&window, "The passphrase does not open this key"));
    fill(&mut window, "horse");
    window.press("Import");
    let brought = key(&window, "demo-sandbox", "brought").expect("it was imported");
    assert_eq!(brought.current().kind.to_string(), "EC P-256");
}

// §3.6
#[test]
fn each_rule_of_a_rotation_policy_is_told_at_the_field_that_breaks_it() {
    let mut window = keys_of("demo-sandbox");
    window.press("try-me");
    window.harness.get_by_role_and_label(Role::RadioButton, "Rotation").click();
    window.settle();
    window.press("Edit policy…");
    window.fill("New versions are valid for", "3 weeks");
    assert!(says(&window, "expiryTime must be at least 28 days"));
    window.fill("New versions are valid for", "1 year");
    window.harness.query_all_by_role_and_label(Role::RadioButton, "After creation").next().unwrap().click();
    window.settle();
    window.fill("Rotate how long", "often");
    assert!(says(&window, "often"));
    window.fill("Rotate how long", "5 days");
    assert!(says(&window, "a rotation must be at least 7 days after creation"));
    window.fill("Rotate how long", "90 days");
    window.press("Save");
    let policy = key(&window, "demo-sandbox", "try-me").unwrap().policy();
    assert_eq!(policy.expiry.unwrap().to_string(), "P1Y");
    assert!(key(&window, "demo-sandbox", "try-me").unwrap().next_rotation().is_some());
}

// §3.2
#[test]
fn a_long_making_is_shown_and_is_cancelled_at_once() {
    let mut window = keys_of("demo-sandbox");
    // By luck a key is made before anybody could cancel it; not so many times in a row.
    let was_cancelled = (0..20).any(|at| {
        let name = format!("too-long-{at}");
        ctrl(&mut window, Pressed::N);
        window.type_text(&name);
        window.press("4096");
        window.harness.get_by_role_and_label(Role::Button, "Create key").click();
        window.harness.run_steps(2);
        if says(&window, "Making RSA 4096")
            && let Some(cancel) = window.harness.query_by_role_and_label(Role::Button, "Cancel")
        {
            cancel.click();
            window.harness.run_steps(2);
            assert!(window.harness.query_by_role(Role::Dialog).is_none(), "the window goes on");
        }
        wait_for(&mut window.harness, |harness| harness.state().is_settled());
        window.harness.run_steps(2);
        key(&window, "demo-sandbox", &name).is_none()
    });
    assert!(was_cancelled, "what was cancelled is not made");
}
