//! The window without a screen, driven by role and label.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use egui::Role;
use egui_kittest::{
    Harness, Node,
    kittest::{NodeT as _, Queryable as _},
};
use tresor::{
    domain::{
        ObjectName, RegionName, RetentionDays, Secret, SecretValue, Sku, Timestamp, Vault, VaultName, Zone,
        properties::Tags, secret::SecretDraft, vault::VaultDraft,
    },
    service::{Command, NewSecret, TimeSource},
    ui::{
        App, KeepSettings, Launch, Start,
        action::{Action, After},
        route::{Route, Tab},
        settings::Settings,
    },
};

/// A window and its state.
pub(super) type Window = Harness<'static, App>;

/// 20 November 2026, 14:02, where every test's clock stands.
pub(super) const NOW: Timestamp = Timestamp::from_secs(1_795_183_320);

/// A window of 1280 × 800 on the demo.
pub(super) fn open_demo() -> Window {
    open_demo_at([1280.0, 800.0])
}

/// A window of this size on the demo, once it is open.
pub(super) fn open_demo_at(size: [f32; 2]) -> Window {
    let launch = Launch {
        open: Start::Demo(Some(NOW)),
        settings: Settings { auto_lock_minutes: 0, ..Settings::default() },
        keep_settings: KeepSettings::No,
        zone: Zone::Utc,
        source: TimeSource::held_at(NOW),
    };
    let mut window = Harness::builder()
        .with_size(size)
        .with_step_dt(1.0 / 60.0)
        .build_eframe(move |creation| App::new(&creation.egui_ctx, launch).unwrap());
    wait_for(&mut window, |window| window.state().is_settled());
    window
}

/// Draws frames until `condition` holds; gives up after a generous while.
#[track_caller]
pub(super) fn wait_for(window: &mut Window, condition: impl Fn(&Window) -> bool) {
    const LONGEST: Duration = Duration::from_mins(1);
    let started = Instant::now();
    // What the test queued comes first.
    window.step();
    while !condition(window) {
        assert!(started.elapsed() < LONGEST, "it never came to be");
        std::thread::sleep(Duration::from_millis(2));
        window.step();
    }
    // What has just come to be is drawn.
    settle(window);
}

/// Waits until a node of that role and label is there.
#[track_caller]
pub(super) fn wait_for_node(window: &mut Window, role: Role, label: &str) {
    wait_for(window, |window| window.query_by_role_and_label(role, label).is_some());
}

/// Does what a person would, and waits until it is done.
#[track_caller]
pub(super) fn act(window: &mut Window, actions: Vec<Action>) {
    let ctx = window.ctx.clone();
    window.state_mut().act(&ctx, actions);
    wait_for(window, |window| window.state().is_settled());
}

/// A vault of that name with these secrets and values, shown.
pub(super) fn show_vault(window: &mut Window, name: &str, secrets: &[(&str, &str)]) {
    let name = vault_name(name);
    let draft = VaultDraft {
        name: name.clone(),
        location: RegionName::parse("westeurope").unwrap(),
        sku: Sku::Standard,
        retention: RetentionDays::MOST,
        purge_protection: None,
        tags: Tags::default(),
        access: tresor::domain::AccessModel::Policies,
    };
    let secrets = secrets.iter().map(|(name, value)| NewSecret {
        name: object_name(name),
        value: SecretValue::parse((*value).to_owned().into()).unwrap(),
        draft: SecretDraft::default(),
    });
    let secrets = Command::SetSecrets(name.clone(), secrets.collect());
    act(window, vec![Action::Do(Command::CreateVault(draft), After::default())]);
    act(window, vec![Action::Do(secrets, After::default()), Action::Go(Route::Vault(name, Tab::Secrets))]);
    settle(window);
}

/// The vault of that name as it is now.
pub(super) fn vault(window: &Window, name: &str) -> Arc<Vault> {
    Arc::clone(window.state().view().unwrap().world.vaults.get(&vault_name(name)).unwrap())
}

/// The live secret of that name in that vault.
pub(super) fn secret(window: &Window, in_vault: &str, name: &str) -> Option<Arc<Secret>> {
    vault(window, in_vault).secrets.get(&object_name(name)).cloned()
}

/// A vault's name.
pub(super) fn vault_name(name: &str) -> VaultName {
    VaultName::parse(name).unwrap()
}

/// A secret's name.
pub(super) fn object_name(name: &str) -> ObjectName {
    ObjectName::parse(name).unwrap()
}

/// Presses the button of that name.
#[track_caller]
pub(super) fn press(window: &mut Window, button: &str) {
    window.get_by_role_and_label(Role::Button, button).click();
    settle(window);
}

/// Puts the keyboard into the field of that name and types.
#[track_caller]
pub(super) fn type_into(window: &mut Window, role: Role, field: &str, text: &str) {
    window.get_by_role_and_label(role, field).focus();
    window.run_steps(2);
    window.get_by_role_and_label(role, field).type_text(text);
    settle(window);
}

/// Types where the keyboard is.
pub(super) fn type_text(window: &mut Window, text: &str) {
    window.event(egui::Event::Text(text.to_owned()));
    settle(window);
}

/// Presses a key where the keyboard is.
pub(super) fn key(window: &mut Window, modifiers: egui::Modifiers, key: egui::Key) {
    window.key_press_modifiers(modifiers, key);
    settle(window);
}

/// Draws until everything has found its size and place.
pub(super) fn settle(window: &mut Window) {
    window.run_steps(8);
}

/// Everything that a screen reader could find: labels, values and descriptions of every node.
pub(super) fn everything_said(window: &Window) -> String {
    fn visit(node: &egui_kittest::kittest::AccessKitNode<'_>, said: &mut String) {
        for text in [node.label(), node.value(), node.description()].into_iter().flatten() {
            said.push_str(&text);
            said.push('\n');
        }
        for child in node.children() {
            visit(&child, said);
        }
    }
    let mut said = String::new();
    let root: Node<'_> = window.root();
    visit(&root.accesskit_node(), &mut said);
    said
}
