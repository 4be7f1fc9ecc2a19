//! The page of secrets, its details and its dialogs, as a person with a keyboard or a screen reader meets them.

mod desk;

use std::fs;

use self::desk::{
    NOW, Window, act, everything_said, key, object_name, open_demo, open_demo_at, press, secret, show_vault, type_into,
    type_text, vault, vault_name, wait_for, wait_for_node,
};
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tresor::{
    domain::{properties::Enabled, region::FailoverPlan},
    service::Command,
    ui::action::{Action, After},
};

const NONE: Modifiers = Modifiers::NONE;
const CTRL: Modifiers = Modifiers::COMMAND;

fn few() -> Window {
    let mut window = open_demo();
    let secrets = [("alpha", "value of alpha"), ("beta", "value of beta"), ("gamma", "value of gamma")];
    show_vault(&mut window, "test-vault", &secrets);
    window
}

fn names(window: &Window) -> Vec<String> {
    vault(window, "test-vault").secrets.live().map(|secret| secret.name().to_string()).collect()
}

fn select(window: &mut Window, name: &str) {
    press(window, name);
    wait_for_node(window, Role::Button, "Close details");
}

#[test]
fn a_secret_is_made_by_typing_and_enter() {
    // G6
    let mut window = open_demo();
    show_vault(&mut window, "test-vault", &[]);
    key(&mut window, CTRL, Key::N);
    assert!(window.get_by_role_and_label(Role::TextInput, "Name").is_focused());
    type_text(&mut window, "db-password");
    key(&mut window, NONE, Key::Tab);
    type_text(&mut window, "correct horse");
    window.get_by_label("13 characters");
    window.get_by_label("13 of 25,600 bytes");
    key(&mut window, NONE, Key::Enter);
    wait_for(&mut window, |window| secret(window, "test-vault", "db-password").is_some());
    wait_for_node(&mut window, Role::Button, "Close details");
    assert!(window.query_by_role(Role::Dialog).is_none(), "the form is gone");
    press(&mut window, "Reveal");
    wait_for(&mut window, |window| everything_said(window).contains("correct horse"));
}

#[test]
fn a_bad_name_says_what_is_wrong_with_it_and_makes_nothing() {
    // T5
    let mut window = few();
    key(&mut window, CTRL, Key::N);
    for (name, sentence) in [
        ("my_secret", "“_” is not allowed: use letters a to z, digits and hyphens"),
        ("größe", "“ö” is not allowed: use letters a to z, digits and hyphens"),
        (&"x".repeat(128), "A name has at most 127 characters; this one has 128"),
    ] {
        type_into(&mut window, Role::TextInput, "Name", name);
        window.get_by_label(sentence);
        key(&mut window, NONE, Key::Enter);
        assert_eq!(names(&window), ["alpha", "beta", "gamma"]);
        window.get_by_role_and_label(Role::TextInput, "Name").focus();
        window.run_steps(2);
        key(&mut window, CTRL, Key::A);
        key(&mut window, NONE, Key::Backspace);
    }
    key(&mut window, NONE, Key::Enter);
    window.get_by_label("Type a name");
    assert!(window.get_by_role_and_label(Role::Button, "Create secret").accesskit_node().is_disabled());
}

#[test]
fn a_value_of_26_kilobytes_a_sixteenth_tag_and_an_expiry_before_the_activation_are_told_and_make_nothing() {
    // T5
    let mut window = few();
    key(&mut window, CTRL, Key::N);
    type_text(&mut window, "fresh");
    type_into(&mut window, Role::PasswordInput, "Value", &"x".repeat(26 * 1024));
    window.get_by_label("A value has at most 25,600 bytes; this one has 26,624");
    assert!(window.get_by_role_and_label(Role::Button, "Create secret").accesskit_node().is_disabled());
    key(&mut window, CTRL, Key::A);
    key(&mut window, NONE, Key::Backspace);
    type_text(&mut window, "short");
    assert!(!window.get_by_role_and_label(Role::Button, "Create secret").accesskit_node().is_disabled());

    press(&mut window, "Tags, activation date, enabled");
    type_into(&mut window, Role::TextInput, "Expires", "2026-12-01");
    type_into(&mut window, Role::TextInput, "Activates", "2026-12-02");
    window.get_by_label("The expiry comes before the activation");
    assert!(window.get_by_role_and_label(Role::Button, "Create secret").accesskit_node().is_disabled());
    key(&mut window, NONE, Key::Enter);
    type_into(&mut window, Role::TextInput, "Activates", "x");
    assert!(window.query_by_label_contains("Write the date as").is_some());

    for number in 1..=16 {
        type_into(&mut window, Role::TextInput, "New tag", &format!("tag{number} = {number}"));
        key(&mut window, NONE, Key::Enter);
    }
    window.get_by_label("15 of 15");
    window.get_by_label("At most 15 tags are allowed; these are 16");
    assert_eq!(names(&window), ["alpha", "beta", "gamma"], "nothing was made");
}

#[test]
fn a_value_is_shown_for_a_while_and_hidden_again() {
    let mut window = few();
    select(&mut window, "beta");
    window.get_by_label("The value is hidden");
    press(&mut window, "Reveal");
    wait_for(&mut window, |window| everything_said(window).contains("value of beta"));
    assert!(window.query_by_label_contains("Hidden again in").is_some());
    press(&mut window, "Hide");
    assert!(!everything_said(&window).contains("value of beta"));

    press(&mut window, "Reveal");
    wait_for(&mut window, |window| everything_said(window).contains("value of beta"));
    // More than the 20 seconds, at 60 frames each.
    window.run_steps(21 * 60);
    assert!(!everything_said(&window).contains("value of beta"), "it hides by itself");
    window.get_by_label("The value is hidden");
}

#[test]
fn no_value_is_ever_said_unless_it_was_revealed() {
    // T1
    let mut window = few();
    let is_silent = |window: &Window| {
        let said = everything_said(window);
        assert!(!said.contains("value of") && !said.contains("typed secret"), "a value is readable:\n{said}");
    };
    is_silent(&window);
    select(&mut window, "alpha");
    is_silent(&window);
    key(&mut window, CTRL, Key::E);
    type_text(&mut window, "typed secret");
    is_silent(&window);
    press(&mut window, "Generate…");
    is_silent(&window);
    press(&mut window, "Generate…");
    press(&mut window, "Show the value");
    assert!(everything_said(&window).contains("typed secret"), "the person asked for it");
    press(&mut window, "Hide the value");
    is_silent(&window);
    key(&mut window, NONE, Key::Escape);
    press(&mut window, "Discard");
    key(&mut window, NONE, Key::F2);
    is_silent(&window);
    key(&mut window, NONE, Key::Escape);
    press(&mut window, "Reveal");
    wait_for(&mut window, |window| everything_said(window).contains("value of alpha"));
    select(&mut window, "beta");
    is_silent(&window);
}

#[test]
fn everything_goes_by_keyboard() {
    // G1, S2
    let mut window = few();
    key(&mut window, NONE, Key::ArrowDown);
    key(&mut window, NONE, Key::ArrowDown);
    assert!(window.get_by_role_and_label(Role::Button, "beta").is_focused());
    key(&mut window, NONE, Key::End);
    assert!(window.get_by_role_and_label(Role::Button, "gamma").is_focused());
    key(&mut window, NONE, Key::Home);
    assert!(window.get_by_role_and_label(Role::Button, "alpha").is_focused());
    window.get_by_role_and_label(Role::Button, "Close details");

    key(&mut window, NONE, Key::F2);
    type_into(&mut window, Role::TextInput, "Content type", "text/plain");
    key(&mut window, NONE, Key::Enter);
    wait_for(&mut window, |window| secret(window, "test-vault", "alpha").unwrap().current().content_type.is_some());

    key(&mut window, NONE, Key::Delete);
    wait_for(&mut window, |window| secret(window, "test-vault", "alpha").is_none());
    wait_for(&mut window, |window| window.query_by_label("alpha deleted. Kept until 18 Feb 2027").is_some());
    window.get_by_role_and_label(Role::Button, "Undo").focus();
    window.run_steps(2);
    key(&mut window, NONE, Key::Enter);
    wait_for(&mut window, |window| secret(window, "test-vault", "alpha").is_some());
    assert_eq!(names(&window), ["alpha", "beta", "gamma"]);
}

#[test]
fn the_filter_finds_and_gives_the_keyboard_to_the_table() {
    let mut window = few();
    key(&mut window, CTRL, Key::F);
    type_text(&mut window, "BET");
    window.get_by_label("1 of 3 secrets");
    assert!(window.query_by_role_and_label(Role::Button, "alpha").is_none());
    key(&mut window, NONE, Key::ArrowDown);
    assert!(window.get_by_role_and_label(Role::Button, "beta").is_focused());
    key(&mut window, CTRL, Key::F);
    type_text(&mut window, "zzz");
    press(&mut window, "Clear filter and show all");
    window.get_by_role_and_label(Role::Button, "alpha");
}

#[test]
fn a_name_that_a_deleted_secret_holds_offers_the_ways_out_in_place() {
    // S16
    let mut window = few();
    let delete = Command::DeleteSecret(vault_name("test-vault"), object_name("alpha"));
    act(&mut window, vec![Action::Do(delete, After::default())]);
    key(&mut window, CTRL, Key::N);
    type_text(&mut window, "Alpha");
    window.get_by_label("A deleted secret holds this name until 18 Feb 2027");
    let purge = window.get_by_role_and_label(Role::Button, "Purge it…");
    assert!(purge.accesskit_node().is_disabled(), "the developer may not purge");
    press(&mut window, "Use Alpha-2");
    assert_eq!(window.get_by_role_and_label(Role::TextInput, "Name").value().as_deref(), Some("Alpha-2"));
    assert!(window.query_by_label_contains("holds this name").is_none());
    key(&mut window, NONE, Key::Escape);
    press(&mut window, "Discard");
    key(&mut window, CTRL, Key::N);
    type_text(&mut window, "alpha");
    press(&mut window, "Recover it");
    wait_for(&mut window, |window| secret(window, "test-vault", "alpha").is_some());
}

#[test]
fn a_name_that_is_live_becomes_a_new_version() {
    let mut window = few();
    key(&mut window, CTRL, Key::N);
    type_text(&mut window, "beta");
    window.get_by_label("beta exists. This becomes its version 2.");
    press(&mut window, "Add version");
    press(&mut window, "Add an empty version");
    wait_for(&mut window, |window| secret(window, "test-vault", "beta").unwrap().versions().len() == 2);
    select(&mut window, "beta");
    let secret = secret(&window, "test-vault", "beta").unwrap();
    let first = secret.versions()[0].id;
    press(&mut window, &format!("Version {}, today, 14:02", first.short()));
    window.get_by_label("not current");
    press(&mut window, "Reveal");
    wait_for(&mut window, |window| everything_said(window).contains("value of beta"));
    press(&mut window, "Disable");
    wait_for(&mut window, |window| {
        desk::secret(window, "test-vault", "beta").unwrap().versions()[0].enabled == Enabled::No
    });
    let now = desk::secret(&window, "test-vault", "beta").unwrap();
    assert_eq!(now.current().enabled, Enabled::Yes, "only that version");
}

#[test]
fn while_read_only_writes_are_greyed_and_reads_and_backup_stay() {
    // G3, A5
    let mut window = few();
    select(&mut window, "alpha");
    let region = vault(&window, "test-vault").head.location;
    let outage = Command::BeginOutage(region, FailoverPlan::DEMO);
    let later = Command::AdvanceClock(NOW.plus_secs(60));
    act(&mut window, vec![Action::Do(outage, After::default()), Action::Do(later, After::default())]);
    window.run_steps(3);
    let is_disabled = |label| window.get_by_role_and_label(Role::Button, label).accesskit_node().is_disabled();
    for write in ["New version", "Delete", "Edit tags…", "Disable"] {
        assert!(is_disabled(write), "{write}");
        let node = window.get_by_role_and_label(Role::Button, write);
        let why = node.accesskit_node().description().unwrap_or_default();
        assert!(why.contains("read-only"), "{write}: {why}");
    }
    for read in ["Reveal", "Copy", "Backup"] {
        assert!(!is_disabled(read), "{read}");
    }
}

#[test]
fn a_file_is_looked_over_and_imported_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("team.env");
    fs::write(&file, "NEW_ONE=hunter1\nbeta=hunter2\nno equals sign\ngone=hunter3\n").unwrap();
    let mut window = few();
    show_more(&mut window);
    key(&mut window, CTRL, Key::I);
    type_text(&mut window, file.to_str().unwrap());
    key(&mut window, NONE, Key::Enter);
    wait_for_node(&mut window, Role::Label, "3 of 4 ticked");
    window.get_by_label("New version");
    assert_eq!(window.query_all_by_label_contains("A deleted secret holds this name until 18 Feb 2027").count(), 2);
    assert!(window.get_by_role_and_label(Role::Button, "Import 3 secrets").accesskit_node().is_disabled());
    assert!(!everything_said(&window).contains("hunter"), "values stay masked");
    type_into(&mut window, Role::TextInput, "Name for line 4", "-2");
    press(&mut window, "Import 3 secrets");
    wait_for(&mut window, |window| names(window).len() == 4);
    assert_eq!(names(&window), ["alpha", "beta", "gone-2", "NEW-ONE"].map(String::from));
    assert_eq!(secret(&window, "test-vault", "beta").unwrap().versions().len(), 2);
}

/// A deleted secret called `gone`, in place of `gamma`.
fn show_more(window: &mut Window) {
    let draft = tresor::domain::secret::SecretDraft::default();
    let value = tresor::domain::SecretValue::parse("x".to_owned().into()).unwrap();
    let vault = vault_name("test-vault");
    let commands = [
        Command::SetSecret(vault.clone(), object_name("gone"), draft, value),
        Command::DeleteSecret(vault.clone(), object_name("gone")),
        Command::DeleteSecret(vault, object_name("gamma")),
    ];
    act(window, commands.into_iter().map(|command| Action::Do(command, After::default())).collect());
}

#[test]
fn a_backup_comes_back_in_another_vault_and_what_is_none_is_told() {
    // T5
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("alpha.keyvaultbackup");
    let mut window = few();
    select(&mut window, "alpha");
    press(&mut window, "Backup");
    key(&mut window, CTRL, Key::A);
    type_text(&mut window, "somewhere");
    window.get_by_label("Type the whole path, from the topmost folder on");
    key(&mut window, CTRL, Key::A);
    type_text(&mut window, file.to_str().unwrap());
    key(&mut window, NONE, Key::Enter);
    wait_for(&mut window, |_| file.exists());
    wait_for(&mut window, |window| window.query_by_role(Role::Dialog).is_none());
    assert!(!String::from_utf8_lossy(&fs::read(&file).unwrap()).contains("value of alpha"), "it is sealed");

    let broken = folder.path().join("broken.keyvaultbackup");
    fs::write(&broken, "no backup").unwrap();
    show_vault(&mut window, "second-vault", &[]);
    key(&mut window, CTRL, Key::K);
    type_text(&mut window, "restore a backup");
    key(&mut window, NONE, Key::Enter);
    type_text(&mut window, broken.to_str().unwrap());
    key(&mut window, NONE, Key::Enter);
    let told = "This is not a backup that this store made, or it is damaged or cut short";
    wait_for(&mut window, |window| window.query_by_label(told).is_some());
    key(&mut window, CTRL, Key::A);
    type_text(&mut window, file.to_str().unwrap());
    key(&mut window, NONE, Key::Enter);
    wait_for(&mut window, |window| secret(window, "second-vault", "alpha").is_some());
    wait_for_node(&mut window, Role::Button, "Close details");
    press(&mut window, "Reveal");
    wait_for(&mut window, |window| everything_said(window).contains("value of alpha"));
}

#[test]
fn a_hundred_thousand_rows_cost_no_more_than_those_in_sight() {
    let mut window = open_demo();
    let all: Vec<String> = (0..100_000).map(|number| format!("service-{number:06}")).collect();
    let secrets: Vec<_> = all.iter().map(|name| (name.as_str(), "x")).collect();
    show_vault(&mut window, "test-vault", &secrets);
    window.get_by_label("100,000 secrets");
    let rows = |window: &Window| window.query_all_by_label_contains("service-").count();
    assert!(rows(&window) < 40, "{} rows were drawn", rows(&window));
    key(&mut window, NONE, Key::End);
    assert!(window.get_by_role_and_label(Role::Button, "service-099999").is_focused());
    key(&mut window, NONE, Key::PageUp);
    assert!(rows(&window) < 40, "{} rows were drawn", rows(&window));
}

#[test]
fn a_small_window_keeps_the_table_and_the_details_usable() {
    let mut window = open_demo_at([900.0, 600.0]);
    show_vault(&mut window, "test-vault", &[("a-name-that-is-longer-than-any-column-of-a-small-window", "x")]);
    select(&mut window, "a-name-that-is-longer-than-any-column-of-a-small-window");
    let edge = window.get_by_role_and_label(Role::Button, "Delete").rect();
    assert!(edge.right() <= 900.0 && edge.bottom() <= 600.0, "{edge:?} is out of sight");
    assert!(window.query_by_role_and_label(Role::Button, "Sort by Name").is_some());
    assert!(window.query_by_role_and_label(Role::Button, "Sort by Versions").is_none());
}
