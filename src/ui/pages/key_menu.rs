//! What can be done to one key, wherever it is shown.

use egui::{Response, Ui};

use crate::{
    domain::{
        Key, KeyVersion, ObjectName, Operation, Target, Vault, VersionId, key::KeyPatch, properties::Enabled,
        soft_delete::Kind,
    },
    service::{Command, KeyCommand},
    ui::{
        action::{Action, After},
        command::UiCommand,
        dialogs::{
            Dialog, backup::Backup, delete_key::DeleteKey, edit::Edit, rotate::RotateKey, rotation::EditRotation,
            save_public::SavePublic,
        },
        icons::Icon,
        scene::Scene,
        theme::Tokens,
        widgets::{menu_item, menu_separator, popup_frame},
    },
};

/// Shows the menu of `key` while the pointer asked for it on `row`.
pub(super) fn show(row: &Response, scene: &Scene<'_>, vault: &Vault, key: &Key, actions: &mut Vec<Action>) {
    let menu = egui::Popup::context_menu(row).frame(popup_frame(Tokens::of_ctx(&row.ctx))).width(216.0);
    menu.show(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        lines(ui, scene, vault, key, actions);
    });
}

fn lines(ui: &mut Ui, scene: &Scene<'_>, vault: &Vault, key: &Key, actions: &mut Vec<Action>) {
    let name = key.name();
    let target = Target::Object(vault.name().clone(), name.clone());
    let line = |ui: &mut Ui, icon, text: &str, command: Option<UiCommand>, operation| {
        let may = scene.why_not(operation, &target).map_or(Ok(()), Err);
        let keys = command.and_then(UiCommand::shortcut).map(|keys| ui.ctx().format_shortcut(&keys));
        let is_chosen = menu_item(ui, Some(icon), text, keys.as_deref(), &may).clicked();
        if is_chosen {
            ui.close();
        }
        is_chosen
    };
    let mut wanted = Vec::new();
    if line(ui, Icon::REFRESH, "Rotate…", Some(UiCommand::NewVersion), Operation::KeyRotate) {
        wanted.push(open(RotateKey::new(vault.name().clone(), name.clone())));
    }
    if line(ui, Icon::CLOCK, "Rotation policy…", None, Operation::KeyRotationPolicySet) {
        wanted.push(open(EditRotation::new(vault.name().clone(), key)));
    }
    menu_separator(ui);
    if line(ui, Icon::PENCIL, "Edit details…", Some(UiCommand::Edit), Operation::KeyUpdate) {
        wanted.push(open(Edit::key(scene, vault.name().clone(), key, None)));
    }
    if key.current().public.is_some() && line(ui, Icon::SAVE, "Save public key…", None, Operation::KeyGet) {
        wanted.push(open(SavePublic::new(vault.name().clone(), name.clone(), None)));
    }
    if line(ui, Icon::DOWNLOAD, "Back up…", None, Operation::KeyBackup) {
        wanted.push(open(Backup::new(vault.name().clone(), name.clone(), Kind::Key)));
    }
    let (icon, text) = match key.current().enabled {
        Enabled::Yes => (Icon::PAUSE, "Disable"),
        Enabled::No => (Icon::PLAY, "Enable"),
    };
    if line(ui, icon, text, None, Operation::KeyUpdate) {
        wanted.push(switch(vault, name, None, key.current()));
    }
    menu_separator(ui);
    if line(ui, Icon::TRASH, "Delete…", Some(UiCommand::Delete), Operation::KeyDelete) {
        wanted.push(open(DeleteKey::new(vault.name().clone(), name.clone())));
    }
    actions.append(&mut wanted);
}

fn open(dialog: impl Dialog + 'static) -> Action {
    Action::Open(Box::new(dialog))
}

/// Disables a version that is enabled, and the other way round; `None` is the current one.
pub(super) fn switch(vault: &Vault, name: &ObjectName, id: Option<VersionId>, version: &KeyVersion) -> Action {
    let (enabled, word) = match version.enabled {
        Enabled::Yes => (Enabled::No, "disabled"),
        Enabled::No => (Enabled::Yes, "enabled"),
    };
    let patch = KeyPatch { enabled: Some(enabled), ..KeyPatch::default() };
    change(vault, name, id, patch, word)
}

/// Changes a version, and says that it was `done`; `None` is the current one.
pub(super) fn change(vault: &Vault, name: &ObjectName, id: Option<VersionId>, patch: KeyPatch, done: &str) -> Action {
    let what = id.map_or_else(|| name.to_string(), |id| format!("Version {} of {name}", id.short()));
    let command = KeyCommand::Update(vault.name().clone(), name.clone(), id, patch);
    Action::Do(Command::Key(command), After::say(format!("{what} {done}")))
}
