//! What a person typed or means to press is not lost: to Esc, to a generator, to a name that a deleted one holds, to a message.

use super::common::{Window, demo, object_name, vault_name, wait_for};
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tresor::ui::{
    action::{Action, Toast},
    route::{Route, Tab},
};

const VAULT: &str = "contoso-prod";

fn secrets(window: &mut Window) {
    act(window, Action::Go(Route::Vault(vault_name(VAULT), Tab::Secrets)));
}

fn act(window: &mut Window, action: Action) {
    let ctx = window.harness.ctx.clone();
    window.harness.state_mut().act(&ctx, vec![action]);
    window.settle();
}

fn is_asked(window: &Window) -> bool {
    window.harness.query_by_role_and_label(Role::Button, "Go on editing").is_some()
}

fn has_dialog(window: &Window) -> bool {
    window.harness.query_by_role(Role::Dialog).is_some()
}

fn escape(window: &mut Window) {
    window.key(Modifiers::NONE, Key::Escape);
}

fn new_secret(window: &mut Window, name: &str) {
    window.key(Modifiers::COMMAND, Key::N);
    window.type_text(name);
}

fn counts(window: &Window, characters: &str) -> bool {
    window.harness.query_by_label(characters).is_some()
}

/// The current value, as it is revealed.
fn value(window: &mut Window, name: &str) -> String {
    act(window, Action::Select(Some(object_name(name))));
    window.press("Reveal");
    let of = |window: &Window| {
        let field = window.harness.query_by_role_and_label(Role::MultilineTextInput, "Value");
        field.and_then(|field| field.accesskit_node().value())
    };
    of(window).unwrap_or_default()
}

#[test]
fn a_generated_value_is_the_one_that_is_created() {
    // G4
    let mut window = demo();
    secrets(&mut window);
    new_secret(&mut window, "made");
    window.press("Generate…");
    assert!(counts(&window, "24 characters"));
    window.press("Create secret");
    assert!(window.has_secret(VAULT, "made"));
    assert_eq!(value(&mut window, "made").chars().count(), 24);
}

#[test]
fn an_empty_value_is_asked_about_once() {
    // G4
    let mut window = demo();
    secrets(&mut window);
    new_secret(&mut window, "empty");
    window.press("Create secret");
    assert!(!window.has_secret(VAULT, "empty"));
    window.harness.get_by_label("The value is empty. Go on if that is what you mean.");
    window.press("Create it empty");
    assert!(window.has_secret(VAULT, "empty"));
}

#[test]
fn esc_closes_the_generator_first_and_brings_back_what_was_typed() {
    // G6
    let mut window = demo();
    secrets(&mut window);
    new_secret(&mut window, "typed");
    window.key(Modifiers::NONE, Key::Tab);
    window.type_text("mine");
    window.press("Generate…");
    assert!(counts(&window, "24 characters"));
    escape(&mut window);
    assert!(has_dialog(&window) && !is_asked(&window));
    assert!(counts(&window, "4 characters"));
    escape(&mut window);
    assert!(is_asked(&window), "then it asks");
    window.press("Go on editing");
    window.press("Create secret");
    assert_eq!(value(&mut window, "typed"), "mine");
}

#[test]
fn a_form_with_words_in_it_is_not_closed_without_a_question_and_an_empty_one_is() {
    // G6
    let mut window = demo();
    secrets(&mut window);
    act(&mut window, Action::Select(Some(object_name("db-password"))));
    let ctrl_shift = Modifiers::COMMAND | Modifiers::SHIFT;
    let forms = [
        (Modifiers::COMMAND, Key::N),
        (ctrl_shift, Key::N),
        (ctrl_shift, Key::K),
        (Modifiers::COMMAND, Key::E),
        (ctrl_shift, Key::I),
    ];
    for (modifiers, key) in forms {
        window.key(modifiers, key);
        assert!(has_dialog(&window), "{key:?}");
        escape(&mut window);
        assert!(!has_dialog(&window), "{key:?}: nothing was put into it");

        for way in ["Esc", "Cancel"] {
            window.key(modifiers, key);
            window.type_text("words");
            if way == "Esc" {
                escape(&mut window);
            } else {
                window.press("Cancel");
            }
            assert!(is_asked(&window), "{key:?}, {way}");
            escape(&mut window);
            assert!(has_dialog(&window) && !is_asked(&window), "{key:?}, {way}: whoever does not answer goes on");
            escape(&mut window);
            window.press("Discard");
            assert!(!has_dialog(&window), "{key:?}, {way}");
        }
    }
}

#[test]
fn a_deleted_one_of_the_name_is_recovered_and_gets_what_was_typed_as_its_new_version() {
    // S16
    let mut window = demo();
    secrets(&mut window);
    new_secret(&mut window, "gone");
    window.key(Modifiers::NONE, Key::Tab);
    window.type_text("old");
    window.press("Create secret");
    act(&mut window, Action::Select(Some(object_name("gone"))));
    window.key(Modifiers::NONE, Key::Delete);
    assert!(window.has_deleted_secret(VAULT, "gone"));

    new_secret(&mut window, "gone");
    window.harness.get_by_role_and_label(Role::Button, "Recover it");
    window.harness.get_by_role_and_label(Role::PasswordInput, "Value").focus();
    window.harness.step();
    window.type_text("new");
    assert!(window.harness.query_by_role_and_label(Role::Button, "Recover it").is_none(), "that would lose the value");
    window.press("Recover and add this as a new version");
    wait_for(&mut window.harness, |harness| harness.query_by_role(Role::Dialog).is_none());
    window.settle();
    assert_eq!(value(&mut window, "gone"), "new");
    let view = window.harness.state().view().unwrap();
    let secret = view.world.vaults.get(&vault_name(VAULT)).unwrap().secrets.get(&object_name("gone")).unwrap().clone();
    assert_eq!(secret.versions().len(), 2);
}

#[test]
fn a_message_lies_on_no_button_and_goes_with_a_click() {
    // G6
    let mut window = demo();
    secrets(&mut window);
    act(&mut window, Action::Select(Some(object_name("db-password"))));
    act(&mut window, Action::Toast(Toast::bad("The message of this test")));
    // With what is around its words.
    let message = window.harness.get_by_label("The message of this test").rect().expand(12.0);
    for button in ["Backup", "Delete", "New version", "Simulate", "Lock…", "Restore", "New secret", "Copy"] {
        for node in window.harness.query_all_by_role_and_label(Role::Button, button) {
            assert!(!message.intersects(node.rect()), "{button}");
        }
    }
    window.harness.get_by_label("The message of this test").click();
    window.settle();
    assert!(window.harness.query_by_role(Role::Alert).is_none());
}

#[test]
fn a_message_lies_under_menus_and_dialogs_and_waits_for_them() {
    // G6
    let mut window = demo();
    secrets(&mut window);
    act(&mut window, Action::Toast(Toast::bad("The message of this test")));
    window.key(Modifiers::COMMAND, Key::N);
    let button = window.harness.get_by_role_and_label(Role::Button, "Cancel").rect();
    let time = window.harness.ctx.input(|input| input.time);
    window.harness.input_mut().time = Some(time + 60.0);
    window.harness.step();
    window.harness.get_by_label("The message of this test");
    let message = window.harness.get_by_label("The message of this test").rect();
    let dialog = window.harness.ctx.layer_id_at(button.center());
    assert_eq!(dialog.unwrap().order, egui::Order::Foreground);
    // The backdrop lies above it.
    assert_ne!(window.harness.ctx.layer_id_at(message.center()).unwrap().order, egui::Order::Middle);
}
