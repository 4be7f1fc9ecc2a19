//! The start page: a store is made, unlocked, and found damaged or locked with another passphrase.

use std::{fs, path::Path};

use super::common::{NOW, Window, labels, wait_for};
use egui::{Key, Modifiers, Role};
use egui_kittest::{Harness, kittest::Queryable as _};
use tresor::{
    domain::Zone,
    service::{Purpose, TimeSource},
    ui::{App, KeepSettings, Launch, Start, settings::Settings},
};

pub(super) const PASSPHRASE: &str = "correct horse battery";

/// The window over the store in `folder`, or over nothing.
pub(super) fn over(folder: &Path, size: [f32; 2]) -> Window {
    let clock = TimeSource::held_at(NOW);
    let (source, open) = (clock.clone(), Start::Store(folder.to_owned()));
    let harness = Harness::builder().with_size(size).build_eframe(move |cc| {
        let settings = Settings { auto_lock_minutes: 0, ..Settings::default() };
        let launch = Launch { open, settings, keep_settings: KeepSettings::No, zone: Zone::Utc, source };
        App::new(&cc.egui_ctx, launch).expect("threads can be started")
    });
    let mut window = Window { harness, clock };
    window.harness.run_steps(4);
    window
}

pub(super) fn type_into(window: &mut Window, role: Role, field: &str, text: &str) {
    window.harness.get_by_role_and_label(role, field).focus();
    window.harness.step();
    for (modifiers, key) in [(Modifiers::COMMAND, Key::A), (Modifiers::NONE, Key::Backspace)] {
        window.harness.key_press_modifiers(modifiers, key);
        window.harness.step();
    }
    window.harness.event(egui::Event::Text(text.to_owned()));
    window.harness.run_steps(4);
}

pub(super) fn click(window: &mut Window, button: &str) {
    window.harness.get_by_role_and_label(Role::Button, button).click();
    window.harness.run_steps(4);
}

pub(super) fn open_with(window: &mut Window, passphrase: &str) {
    type_into(window, Role::PasswordInput, "Passphrase", passphrase);
    window.harness.key_press(Key::Enter);
    window.harness.step();
}

/// A store for `purpose` in `folder`, made as a person makes it.
pub(super) fn make_store(folder: &Path, purpose: Purpose) -> Window {
    let mut window = over(folder, [1280.0, 800.0]);
    click(&mut window, "Create a store");
    type_into(&mut window, Role::PasswordInput, "Passphrase", PASSPHRASE);
    type_into(&mut window, Role::PasswordInput, "Passphrase again", PASSPHRASE);
    if purpose == Purpose::Simulation {
        window.harness.get_by_role_and_label(Role::RadioButton, "Simulation").click();
        window.harness.run_steps(4);
    }
    click(&mut window, "Create store");
    window.settle();
    window
}

/// Closes the store; when this is done, its files are free.
pub(super) fn lock(window: &mut Window) {
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::L);
    wait_for(&mut window.harness, |harness| harness.state().is_locked());
    window.harness.run_steps(4);
}

pub(super) fn says(window: &Window, label: &str) -> bool {
    window.harness.query_all_by_label(label).next().is_some()
}

#[track_caller]
pub(super) fn assert_says(window: &Window, label: &str) {
    assert!(says(window, label), "nothing says {label:?}: {:#?}", labels(&window.harness));
}

// T2, T5
#[test]
fn a_store_is_made_with_a_passphrase_typed_twice_and_opens_with_no_other() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("store");
    let mut window = over(&folder, [1280.0, 800.0]);
    assert_says(&window, "Welcome to Tresor");
    click(&mut window, "Create a store");
    window.harness.get_by_label_contains("A lost passphrase cannot be replaced");
    assert_eq!(window.why_greyed("Create store").as_deref(), Some("Type a passphrase"));
    type_into(&mut window, Role::PasswordInput, "Passphrase", PASSPHRASE);
    type_into(&mut window, Role::PasswordInput, "Passphrase again", "correct house");
    assert_says(&window, "This is not what is typed above");
    assert_eq!(window.why_greyed("Create store").as_deref(), Some("Type the same passphrase twice"));
    type_into(&mut window, Role::TextInput, "Folder", "store");
    assert_says(&window, "Type the whole path, from the topmost folder on");
    type_into(&mut window, Role::TextInput, "Folder", folder.to_str().unwrap());
    type_into(&mut window, Role::PasswordInput, "Passphrase again", PASSPHRASE);
    assert!(!folder.exists(), "nothing was made yet");
    window.harness.key_press(Key::Enter);
    window.settle();
    assert_says(&window, "No vaults yet");

    lock(&mut window);
    drop(window);
    let mut window = over(&folder, [1280.0, 800.0]);
    assert_says(&window, "Unlock your store");
    let field = |window: &Window| window.harness.get_by_role_and_label(Role::PasswordInput, "Passphrase").is_focused();
    assert!(field(&window), "the passphrase can be typed at once");
    open_with(&mut window, "correct house");
    wait_for(&mut window.harness, |harness| harness.query_by_label("The passphrase is wrong").is_some());
    window.harness.run_steps(4);
    assert!(window.harness.state().view().is_none() && field(&window));
    assert_eq!(window.why_greyed("Unlock").as_deref(), Some("Type the passphrase"), "what was wrong is gone");
    open_with(&mut window, PASSPHRASE);
    window.settle();
    assert!(!labels(&window.harness).join("\n").contains("horse"), "a passphrase is never said");
}

// T3
#[test]
fn a_damaged_store_says_what_to_do_and_other_ways_in_stay_open() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("store");
    lock(&mut make_store(&folder, Purpose::Real));
    let header = folder.join("tresor.header");
    let mut bytes = fs::read(&header).unwrap();
    bytes.truncate(60);
    fs::write(&header, bytes).unwrap();
    let mut window = over(&folder, [1280.0, 800.0]);
    open_with(&mut window, PASSPHRASE);
    wait_for(&mut window.harness, |harness| harness.query_by_label_contains("This store is damaged").is_some());
    window.harness.get_by_label_contains("Put back a copy of the whole store folder");

    click(&mut window, "Create a store…");
    let proposed = window.harness.get_by_role_and_label(Role::TextInput, "Folder").value().unwrap_or_default();
    assert_eq!(proposed, folder.with_file_name("store-2").display().to_string(), "one that is free");
    window.harness.key_press(Key::Escape);
    window.harness.run_steps(4);
    assert_says(&window, "Unlock your store");
    click(&mut window, "Open another store…");
    type_into(&mut window, Role::TextInput, "Folder of the store", home.path().to_str().unwrap());
    assert_says(&window, "There is no store in this folder");
    assert!(window.why_greyed("Go on").is_some());
    click(&mut window, "Explore the demo");
    window.settle();
    assert_says(&window, "contoso-prod");
}

// T2
#[test]
fn a_changed_passphrase_opens_the_store_and_the_old_one_does_not() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("store");
    let mut window = make_store(&folder, Purpose::Real);
    window.key(Modifiers::COMMAND, Key::Comma);
    window.press("Change the passphrase…");
    for (field, text) in [("Current passphrase", "wrong"), ("New passphrase", "nine purple teapots")] {
        type_into(&mut window, Role::PasswordInput, field, text);
    }
    type_into(&mut window, Role::PasswordInput, "New passphrase again", "nine purple teapot");
    assert_says(&window, "This is not what is typed above");
    assert!(window.why_greyed("Change passphrase").is_some());
    type_into(&mut window, Role::PasswordInput, "New passphrase again", "nine purple teapots");
    window.press("Change passphrase");
    assert_says(&window, "The passphrase is wrong");
    type_into(&mut window, Role::PasswordInput, "Current passphrase", PASSPHRASE);
    window.press("Change passphrase");
    assert_says(&window, "The passphrase was changed");
    window.press("Done");

    lock(&mut window);
    // The settings of a test are not kept, so the window does not look for this store by itself.
    drop(window);
    let mut window = over(&folder, [1280.0, 800.0]);
    open_with(&mut window, PASSPHRASE);
    wait_for(&mut window.harness, |harness| harness.query_by_label("The passphrase is wrong").is_some());
    open_with(&mut window, "nine purple teapots");
    window.settle();
    assert_says(&window, "No vaults yet");
}
