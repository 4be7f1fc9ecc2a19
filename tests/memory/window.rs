//! The window: what was typed, revealed and copied is gone when it is locked.

use std::{
    thread,
    time::{Duration, Instant},
};

use egui::{Event, Key, Modifiers, Role};
use egui_kittest::{Harness, kittest::Queryable as _};
use tresor::{
    domain::{Caller, SecretValue, Zone, secret::SecretDraft},
    service::{KdfCost, NewSecret, Passphrase, Place, Purpose, Service, TimeSource},
    ui::{
        App, KeepSettings, Launch, Start,
        action::Action,
        route::{Route, Tab},
        settings::Settings,
    },
};

use zeroize::Zeroizing;

use crate::{
    scan::Known,
    worker::{draft, name, vault},
};

fn wait_for(harness: &mut Harness<'_, App>, is_so: impl Fn(&Harness<'_, App>) -> bool) {
    let deadline = Instant::now() + Duration::from_mins(3);
    while !is_so(harness) {
        assert!(Instant::now() < deadline, "waited in vain");
        harness.step();
        thread::yield_now();
    }
    harness.run_steps(6);
}

fn press(harness: &mut Harness<'_, App>, button: &str) {
    harness.get_by_role_and_label(Role::Button, button).click();
    harness.step();
    wait_for(harness, |harness| harness.state().is_settled());
}

// T1
#[test]
fn after_a_lock_the_memory_holds_nothing_that_was_typed_revealed_or_copied_in_the_window() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let (passphrase, typed) = Known::fresh();
    let (value, text) = Known::fresh();
    {
        let opens = Passphrase::new(typed.as_str().to_owned());
        let place = Place::Folder(path.clone());
        let mut service = Service::create(&place, &opens, KdfCost::LEAST, Purpose::Real, TimeSource::Computer).unwrap();
        let by = Caller::developer();
        service.create_vault(&by, draft()).unwrap();
        let secret = SecretValue::parse(Zeroizing::new(text.as_str().to_owned())).unwrap();
        let new = NewSecret { name: name(), value: secret, draft: SecretDraft::default() };
        service.set_secret(&by, &vault(), new).unwrap();
    }
    let mut harness = Harness::builder().with_size([1280.0, 800.0]).build_eframe(move |cc| {
        let settings = Settings { auto_lock_minutes: 0, ..Settings::default() };
        let source = TimeSource::Computer;
        let launch =
            Launch { open: Start::Store(path), settings, keep_settings: KeepSettings::No, zone: Zone::Utc, source };
        App::new(&cc.egui_ctx, launch).unwrap()
    });
    harness.run_steps(4);
    harness.event(Event::Text(typed.as_str().to_owned()));
    harness.run_steps(4);
    harness.key_press(Key::Enter);
    wait_for(&mut harness, |harness| harness.state().is_settled());
    drop(typed);
    let opened = passphrase.count();

    let ctx = harness.ctx.clone();
    let select = vec![Action::Go(Route::Vault(vault(), Tab::Secrets)), Action::Select(Some(name()))];
    harness.state_mut().act(&ctx, select);
    wait_for(&mut harness, |harness| harness.state().is_settled());
    press(&mut harness, "Reveal");
    press(&mut harness, "Copy");
    // Half-typed into a form as well.
    harness.key_press_modifiers(Modifiers::COMMAND, Key::N);
    harness.run_steps(4);
    harness.get_by_role_and_label(Role::PasswordInput, "Value").focus();
    harness.step();
    harness.event(Event::Text(text.as_str().to_owned()));
    harness.run_steps(4);
    drop(text);
    let shown = value.count();
    assert!(shown > 0, "it is shown, so it is there");

    harness.key_press_modifiers(Modifiers::COMMAND, Key::L);
    harness.step();
    wait_for(&mut harness, |harness| harness.state().is_locked());
    let left = (passphrase.count(), value.count());
    println!(
        "In the open window: {opened} times the passphrase; with the value revealed, copied and typed: {shown} times the value"
    );
    println!("After a lock of the window: {} times the passphrase, {} times the value", left.0, left.1);
    assert_eq!(left, (0, 0));
}
