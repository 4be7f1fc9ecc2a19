//! The window over the demo, as tests meet it: found by role and label, at a moment that stands.

use std::{
    thread,
    time::{Duration, Instant},
};

use egui::Role;
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};
use tresor::{
    domain::{ObjectName, Timestamp, VaultName, Zone},
    service::TimeSource,
    ui::{App, KeepSettings, Launch, Start, settings::Settings},
};

/// The window and the clock it goes by.
pub(crate) struct Window {
    /// The window.
    pub(crate) harness: Harness<'static, App>,
    /// Its clock, which stands until a test moves it.
    pub(crate) clock: TimeSource,
}

/// 20 Nov 2026, 14:02:36 UTC.
pub(crate) const NOW: Timestamp = Timestamp::from_secs(1_795_183_356);

/// The demo in a window of 1280 × 800, opened and at rest.
pub(crate) fn demo() -> Window {
    let clock = TimeSource::held_at(NOW);
    let source = clock.clone();
    let harness = Harness::builder().with_size([1280.0, 800.0]).build_eframe(move |cc| {
        let launch = Launch {
            open: Start::Demo(Some(NOW)),
            settings: Settings::default(),
            keep_settings: KeepSettings::No,
            zone: Zone::Utc,
            source,
        };
        App::new(&cc.egui_ctx, launch).expect("threads can be started")
    });
    let mut window = Window { harness, clock };
    wait_for(&mut window.harness, |harness| harness.state().is_settled());
    window.harness.step();
    window
}

/// Steps the window until `is_so`; three minutes are more than anything here takes, however slow the machine.
pub(crate) fn wait_for(harness: &mut Harness<'_, App>, is_so: impl Fn(&Harness<'_, App>) -> bool) {
    let deadline = Instant::now() + Duration::from_mins(3);
    loop {
        harness.step();
        if is_so(harness) {
            return;
        }
        assert!(Instant::now() < deadline, "waited in vain; there are: {:#?}", labels(harness));
        thread::yield_now();
    }
}

/// A vault's name, spelled right.
pub(crate) fn vault_name(text: &str) -> VaultName {
    VaultName::parse(text).expect("tests spell names right")
}

/// A secret's name, spelled right.
pub(crate) fn object_name(text: &str) -> ObjectName {
    ObjectName::parse(text).expect("tests spell names right")
}

/// What everything in the window is called, to be read when a test fails.
pub(crate) fn labels(harness: &Harness<'_, App>) -> Vec<String> {
    let nodes = harness.query_all_by(|_| true);
    nodes
        .filter_map(|node| Some(format!("{:?} {}", node.accesskit_node().role(), node.accesskit_node().label()?)))
        .collect()
}

impl Window {
    /// Steps until everything that was asked was answered and drawn.
    pub(crate) fn settle(&mut self) {
        wait_for(&mut self.harness, |harness| harness.state().is_settled());
        self.harness.run_steps(6);
    }

    /// Presses a button and waits for what comes of it.
    pub(crate) fn press(&mut self, label: &str) {
        self.harness.get_by_role_and_label(Role::Button, label).click();
        self.settle();
    }

    /// Presses a key and waits for what comes of it.
    pub(crate) fn key(&mut self, modifiers: egui::Modifiers, key: egui::Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.settle();
    }

    /// Types into what has the keyboard.
    pub(crate) fn type_text(&mut self, text: &str) {
        self.harness.event(egui::Event::Text(text.to_owned()));
        self.settle();
    }

    /// Puts `text` into a field in place of what is in it.
    pub(crate) fn fill(&mut self, label: &str, text: &str) {
        self.harness.get_by_role_and_label(Role::TextInput, label).focus();
        self.harness.step();
        self.key(egui::Modifiers::COMMAND, egui::Key::A);
        self.type_text(text);
    }

    /// Whether the control is greyed, and why, as it tells a screen reader.
    pub(crate) fn why_greyed(&self, label: &str) -> Option<String> {
        let node = self.harness.get_by_role_and_label(Role::Button, label);
        let node = node.accesskit_node();
        node.is_disabled().then(|| node.description().unwrap_or_default())
    }

    /// Whether a live secret is there.
    pub(crate) fn has_secret(&self, vault: &str, name: &str) -> bool {
        let view = self.harness.state().view().expect("the demo is open");
        let vault = view.world.vaults.get(&vault_name(vault));
        vault.is_some_and(|vault| vault.secrets.get(&object_name(name)).is_some())
    }

    /// Whether a deleted secret is there.
    pub(crate) fn has_deleted_secret(&self, vault: &str, name: &str) -> bool {
        let view = self.harness.state().view().expect("the demo is open");
        let vault = view.world.vaults.get(&vault_name(vault));
        vault.is_some_and(|vault| vault.secrets.get_deleted(&object_name(name)).is_some())
    }

    /// Whether a live vault is there.
    pub(crate) fn has_vault(&self, name: &str) -> bool {
        let view = self.harness.state().view().expect("the demo is open");
        view.world.vaults.get(&vault_name(name)).is_some()
    }
}
