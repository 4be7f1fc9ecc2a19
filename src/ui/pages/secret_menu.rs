//! What can be done to one secret, wherever it is shown.

use egui::{Response, Ui};

use crate::{
    domain::{
        ObjectName, Operation, Secret, SecretVersion, Target, Vault, VersionId, properties::Enabled,
        secret::SecretPatch, soft_delete::Kind,
    },
    service::Command,
    ui::{
        action::{Action, After, Toast, Undo},
        command::UiCommand,
        dialogs::{backup::Backup, edit::Edit, secret::SecretDialog},
        icons::Icon,
        scene::Scene,
        theme::Tokens,
        widgets::{menu_item, menu_separator, popup_frame},
    },
};

/// Shows the menu of `secret` while the pointer asked for it on `row`.
pub(super) fn show(row: &Response, scene: &Scene<'_>, vault: &Vault, secret: &Secret, actions: &mut Vec<Action>) {
    let menu = egui::Popup::context_menu(row).frame(popup_frame(Tokens::of_ctx(&row.ctx))).width(216.0);
    menu.show(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        lines(ui, scene, vault, secret, actions);
    });
}

fn lines(ui: &mut Ui, scene: &Scene<'_>, vault: &Vault, secret: &Secret, actions: &mut Vec<Action>) {
    let (vault_name, name) = (vault.name(), secret.name());
    let target = Target::Object(vault_name.clone(), name.clone());
    let may = |operation| scene.why_not(operation, &target).map_or(Ok(()), Err);
    let line = |ui: &mut Ui, icon, text: &str, command: Option<UiCommand>, may: &Result<(), String>| {
        let keys = command.and_then(UiCommand::shortcut).map(|keys| ui.ctx().format_shortcut(&keys));
        let is_chosen = menu_item(ui, Some(icon), text, keys.as_deref(), may).clicked();
        if is_chosen {
            ui.close();
        }
        is_chosen
    };
    let (get, set) = (may(Operation::SecretGet), may(Operation::SecretSet));
    let (update, backup) = (may(Operation::SecretUpdate), may(Operation::SecretBackup));
    if line(ui, Icon::COPY, "Copy value", Some(UiCommand::CopyValue), &get) {
        actions.push(Action::CopyValue(vault_name.clone(), name.clone(), None));
    }
    if line(ui, Icon::EYE, "Reveal value", Some(UiCommand::Reveal), &get) {
        actions.push(Action::Select(Some(name.clone())));
        actions.push(Action::Reveal(vault_name.clone(), name.clone(), None));
    }
    menu_separator(ui);
    if line(ui, Icon::LAYERS, "New version…", Some(UiCommand::NewVersion), &set) {
        let dialog = SecretDialog::new_version(vault_name.clone(), name.clone(), secret.current());
        actions.push(Action::Open(Box::new(dialog)));
    }
    if line(ui, Icon::PENCIL, "Edit details…", Some(UiCommand::Edit), &update) {
        actions.push(Action::Open(Box::new(Edit::secret(scene, vault_name.clone(), secret, None))));
    }
    if line(ui, Icon::DOWNLOAD, "Back up…", None, &backup) {
        actions.push(Action::Open(Box::new(Backup::new(vault_name.clone(), name.clone(), Kind::Secret))));
    }
    let (icon, text) = match secret.current().enabled {
        Enabled::Yes => (Icon::PAUSE, "Disable"),
        Enabled::No => (Icon::PLAY, "Enable"),
    };
    if line(ui, icon, text, None, &update) {
        actions.push(switch(vault, name, None, secret.current()));
    }
    menu_separator(ui);
    if line(ui, Icon::TRASH, "Delete", Some(UiCommand::Delete), &may(Operation::SecretDelete)) {
        actions.push(delete(scene, vault, name));
    }
}

/// Moves a secret to the bin; the toast says until when it is kept, and takes it back (S2).
pub(in crate::ui) fn delete(scene: &Scene<'_>, vault: &Vault, name: &ObjectName) -> Action {
    let undo = Undo::DeletedSecrets(vault.name().clone(), vec![name.clone()]);
    let kept = vault.delete_secret(name, &scene.caller.name, scene.view.clock.at(scene.now));
    let text = match kept {
        Ok((_, deletion)) => format!("{name} deleted. Kept until {}", scene.zone.date(deletion.scheduled_purge)),
        Err(_) => format!("{name} deleted"),
    };
    let after = After { toast: Some(Toast::good(text).with_undo(undo)), ..After::default() };
    Action::Do(Command::DeleteSecret(vault.name().clone(), name.clone()), after)
}

/// Disables a version that is enabled, and the other way round; `None` is the current one.
pub(super) fn switch(vault: &Vault, name: &ObjectName, id: Option<VersionId>, version: &SecretVersion) -> Action {
    let (enabled, word) = match version.enabled {
        Enabled::Yes => (Enabled::No, "disabled"),
        Enabled::No => (Enabled::Yes, "enabled"),
    };
    let what = id.map_or_else(|| name.to_string(), |id| format!("Version {} of {name}", id.short()));
    let patch = SecretPatch { enabled: Some(enabled), ..SecretPatch::default() };
    Action::Do(
        Command::UpdateSecret(vault.name().clone(), name.clone(), id, patch),
        After::say(format!("{what} {word}")),
    )
}
