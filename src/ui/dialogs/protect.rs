//! Enables purge protection on a vault that is there (S10).

use egui::Context;

use super::{Dialog, Waiting};
use crate::{
    domain::{Operation, PurgeProtection, Target, VaultName, vault::VaultPatch},
    service::Command,
    ui::{
        action::{Action, After},
        icons::Icon,
        scene::Scene,
        theme::{Font, Tokens, Tone},
        widgets::{self, Button, rich_label},
        words,
    },
};

/// Says what purge protection means, and enables it.
pub(in crate::ui) struct ProtectVault {
    vault: VaultName,
}

impl ProtectVault {
    /// Enables purge protection on `vault`.
    pub(in crate::ui) fn new(vault: VaultName) -> Self {
        Self { vault }
    }
}

impl Dialog for ProtectVault {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        let Some(vault) = scene.view.world.vaults.get(&self.vault) else {
            actions.push(Action::Finish);
            return;
        };
        let refusal = scene.why_not(Operation::VaultPatch, &Target::Vault(self.vault.clone()));
        let reason = waiting.is_busy().then(|| "It is being enabled".to_owned()).or_else(|| refusal.clone());
        let may_send = reason.is_none();
        let deleted = vault.secrets.deleted_count() + vault.keys.deleted_count();
        let answer = widgets::Dialog::new("protect", "Enable purge protection")
            .icon(Icon::SHIELD_CHECK_FILLED, Tone::Ok)
            .error(waiting.error().or(refusal.as_deref()))
            .show(
                ctx,
                |ui| {
                    let t = Tokens::of(ui);
                    rich_label(ui, Font::Strong.text(words::protection(scene, &vault.head)).color(t.text));
                    if deleted > 0 {
                        let text = format!(
                            "This holds at once for {} in the bin of {} too.",
                            words::counted(deleted, "deleted item"),
                            self.vault
                        );
                        rich_label(ui, Font::Body.text(text).color(t.dim));
                    }
                },
                |ui| {
                    let enable = Button::primary("Enable purge protection").disabled_because(reason);
                    let enable = ui.add(enable).clicked();
                    let cancel = ui.add(Button::secondary("Cancel")).clicked();
                    (enable, cancel)
                },
            );
        let (enable, cancel) = answer.footer;
        if may_send && enable {
            let patch = VaultPatch { purge_protection: Some(PurgeProtection::On), ..VaultPatch::default() };
            let after = After::say(format!("Purge protection is on for {}", self.vault)).closing();
            actions.push(Action::Do(Command::UpdateVault(self.vault.clone(), patch), after));
        } else if cancel || answer.should_close {
            actions.push(if waiting.is_busy() { Action::Cancel } else { Action::CloseDialog });
        }
    }
}
