//! Changes by what a vault decides who may do what in it.

use egui::Context;

use super::{Dialog, Waiting};
use crate::{
    domain::{AccessModel, Operation, Target, VaultName},
    service::{AccessCommand, Command},
    ui::{
        action::{Action, After},
        icons::Icon,
        scene::Scene,
        theme::{Font, Tokens, Tone},
        widgets::{self, Banner, Button, rich_label},
        words::counted,
    },
};

/// Says what stops counting, and changes it.
pub(in crate::ui) struct ChangeModel {
    vault: VaultName,
    model: AccessModel,
}

impl ChangeModel {
    /// From now on `vault` decides by `model`.
    pub(in crate::ui) fn new(vault: VaultName, model: AccessModel) -> Self {
        Self { vault, model }
    }
}

impl Dialog for ChangeModel {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        let Some(vault) = scene.view.world.vaults.get(&self.vault) else {
            actions.push(Action::Finish);
            return;
        };
        let refusal = scene.why_not(Operation::VaultAccessModelSet, &Target::Vault(self.vault.clone()));
        let reason = waiting.is_busy().then(|| "It is being changed".to_owned()).or_else(|| refusal.clone());
        let access = &vault.access;
        let (title, stops, counts) = match self.model {
            AccessModel::Roles => (
                "Decide by roles",
                format!(
                    "The vault's {} stop counting. They are kept, and count again when the vault decides by them again.",
                    counted(access.policies.len(), "access policy").replace("policys", "policies")
                ),
                format!(
                    "From then on roles alone say who may do what with its secrets and keys: {} in this vault, {} everywhere.",
                    counted(access.all_assignments().count(), "assignment"),
                    counted(scene.view.world.directory.assignments().count(), "assignment"),
                ),
            ),
            AccessModel::Policies => (
                "Decide by access policies",
                "Roles stop counting for what is in the vault. They still say who may do what with the vault itself."
                    .into(),
                format!(
                    "From then on the vault's own {} say who may do what with its secrets and keys.",
                    counted(access.policies.len(), "access policy").replace("policys", "policies")
                ),
            ),
        };
        let answer = widgets::Dialog::new("access model", title)
            .icon(Icon::SHIELD, Tone::Warn)
            .error(waiting.error().or(refusal.as_deref()))
            .show(
                ctx,
                |ui| {
                    Banner::new(Tone::Warn).icon(Icon::TRIANGLE_ALERT_FILLED).text(&stops).ui(ui);
                    rich_label(ui, Font::Body.text(counts).color(Tokens::of(ui).text));
                },
                |ui| {
                    let change = ui.add(Button::primary(title).disabled_because(reason.clone())).clicked();
                    let cancel = ui.add(Button::secondary("Cancel")).clicked();
                    (change, cancel)
                },
            );
        let (change, cancel) = answer.footer;
        if reason.is_none() && change {
            let command = AccessCommand::SetAccessModel(self.vault.clone(), self.model);
            let after = After::say(format!("{} decides by {} now", self.vault, self.model.title().to_lowercase()));
            actions.push(Action::Do(Command::Access(command), after.closing()));
        } else if cancel || answer.should_close {
            actions.push(if waiting.is_busy() { Action::Cancel } else { Action::CloseDialog });
        }
    }
}
