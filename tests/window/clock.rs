//! What the window says of a clock that is ahead of what is proven (T6).

use std::sync::{Arc, Mutex};

use egui_kittest::{Harness, kittest::Queryable as _};
use tresor::{
    crypto::{KdfCost, Passphrase},
    domain::{
        AccessModel, Caller, Operation, RegionName, RetentionDays, SecretValue, Sku, Timestamp, Zone,
        age::{BootId, BootTime, Reading},
        properties::Tags,
        secret::SecretDraft,
        vault::VaultDraft,
    },
    service::{Machine, NewSecret, Place, Purpose, Service, TimeSource},
    ui::{App, KeepSettings, Launch, Start, settings::Settings},
};
use zeroize::Zeroizing;

use super::{
    access::act_as,
    common::{NOW, Window, object_name, vault_name},
    gate::{PASSPHRASE, assert_says, open_with, says},
};

#[derive(Debug)]
struct Computer(Mutex<Reading>);

impl Machine for Computer {
    fn reading(&self) -> Reading {
        *self.0.lock().unwrap()
    }
}

impl Computer {
    fn set(&self, clock: Timestamp) {
        self.0.lock().unwrap().clock = clock;
    }
}

#[test]
fn the_bar_says_what_a_clock_that_is_ahead_has_no_proof_for_and_whoever_may_confirms_it() {
    // T6
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("store");
    let up = BootTime { boot: BootId([1; 16]), ms: 3_600_000 };
    let computer = Arc::new(Computer(Mutex::new(Reading { up, clock: NOW })));
    let machine: Arc<dyn Machine> = computer.clone();
    let source = TimeSource::Played(machine);
    let passphrase = Passphrase::new(PASSPHRASE.into());
    let place = Place::Folder(folder.clone());
    let mut service = Service::create(&place, &passphrase, KdfCost::LEAST, Purpose::Real, source.clone()).unwrap();
    let (by, vault) = (Caller::developer(), vault_name("prod"));
    let draft = VaultDraft {
        name: vault.clone(),
        location: RegionName::parse("westeurope").unwrap(),
        sku: Sku::Standard,
        retention: RetentionDays::LEAST,
        purge_protection: None,
        tags: Tags::default(),
        access: AccessModel::Policies,
    };
    service.create_vault(&by, draft).unwrap();
    let value = SecretValue::parse(Zeroizing::new("value".to_owned())).unwrap();
    let new = NewSecret { name: object_name("token"), value, draft: SecretDraft::default() };
    service.set_secret(&by, &vault, new).unwrap();
    service.delete_secret(&by, &vault, &object_name("token")).unwrap();
    drop(service);

    let (clock, open) = (source.clone(), Start::Store(folder));
    let harness = Harness::builder().with_size([1280.0, 800.0]).build_eframe(move |cc| {
        let settings = Settings { auto_lock_minutes: 0, ..Settings::default() };
        let launch = Launch { open, settings, keep_settings: KeepSettings::No, zone: Zone::Utc, source };
        App::new(&cc.egui_ctx, launch).expect("threads can be started")
    });
    let mut window = Window { harness, clock };
    window.harness.run_steps(4);
    open_with(&mut window, PASSPHRASE);
    window.settle();
    assert_says(&window, "real time");

    computer.set(NOW.plus_days(91));
    window.harness.run_steps(4);
    window.settle();
    assert_says(&window, "1 retained: time not proven");
    window.key(egui::Modifiers::COMMAND, egui::Key::Num4);
    assert!(window.has_deleted_secret("prod", "token"), "it is there, and can be recovered");
    assert_says(&window, "retained: time not proven");
    computer.set(NOW);
    window.harness.run_steps(4);
    window.settle();
    assert!(!says(&window, "1 retained: time not proven"), "a clock that is right again");
    assert_says(&window, "real time");

    computer.set(NOW.plus_days(91));
    window.harness.run_steps(4);
    window.settle();
    assert!(window.why_greyed("Confirm clock…").is_some_and(|why| why.contains("Developer")));
    act_as(&mut window, "Security officer");
    window.press("Confirm clock…");
    window.harness.get_by_label_contains("91 days of elapsed time are not proven");
    window.press("The clock is correct");
    assert_says(&window, "The clock is confirmed");
    let view = window.harness.state().view().unwrap();
    assert!(view.activity.iter().any(|record| record.operation == Operation::ClockConfirm));
    assert_says(&window, "1 retained: time not proven");
    assert!(window.harness.query_by_label("Confirm clock…").is_none(), "there is nothing more to confirm");
}
