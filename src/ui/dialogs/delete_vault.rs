//! Asks before a vault goes to the bin, and says what that means (S9, S12, S19).

use egui::Context;

use super::{Dialog, Typed, Waiting};
use crate::{
    domain::{Operation, PurgeProtection, Target, VaultName},
    service::Command,
    ui::{
        action::{Action, After, Toast, Undo},
        grant_words,
        icons::Icon,
        scene::Scene,
        theme::{Font, Tokens, Tone},
        widgets::{self, Banner, Button, KeyValue, rich_label},
        words,
    },
};

/// Deletes a vault; it can be recovered until its retention ends.
pub(in crate::ui) struct DeleteVault {
    vault: VaultName,
}

impl DeleteVault {
    /// Deletes `vault`.
    pub(in crate::ui) fn new(vault: VaultName) -> Self {
        Self { vault }
    }
}

impl Dialog for DeleteVault {
    /// Only the name of what goes is typed.
    fn would_lose(&self, _: Typed) -> bool {
        false
    }

    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        let Some(vault) = scene.view.world.vaults.get(&self.vault) else {
            if !waiting.is_busy() {
                actions.push(Action::Finish);
            }
            return;
        };
        let refusal = scene.why_not(Operation::VaultDelete, &Target::Vault(self.vault.clone()));
        let reason = waiting.is_busy().then(|| "It is being deleted".to_owned()).or_else(|| refusal.clone());
        let may_send = reason.is_none();
        let until = vault.head.retention.end(scene.now);
        let until_date = scene.zone.date(until);
        let holds = words::holds(vault);
        let title = format!("Delete {}", self.vault);
        let early = match vault.head.purge_protection {
            PurgeProtection::On => "Not possible: purge protection is on",
            PurgeProtection::Off => "Possible for who holds the permission",
        };
        let answer = widgets::Dialog::new("delete vault", &title)
            .icon(Icon::TRASH, Tone::Neutral)
            .error(waiting.error().or(refusal.as_deref()))
            .show(
                ctx,
                |ui| {
                    let t = Tokens::of(ui);
                    let text = format!(
                        "Nothing in the vault can be read or used while it is deleted. It can be recovered until \
                         {until_date}; then it is purged with everything in it."
                    );
                    rich_label(ui, Font::Body.text(text).color(t.text));
                    ui.scope(|ui| {
                        ui.spacing_mut().item_spacing.y = 0.0;
                        let mut line = |name: &str, value: &str| {
                            let value = Font::Body.text(value).color(t.text);
                            KeyValue::new(name).column(128.0).show(ui, |ui| rich_label(ui, value));
                        };
                        line("It holds", &holds);
                        line("Kept until", &format!("{until_date}, {} days", vault.head.retention.get()));
                        line("Name blocked until", &until_date);
                        line("Purging earlier", early);
                    });
                    let lost = grant_words::lost_with(&scene.view.world, vault);
                    Banner::new(Tone::Warn)
                        .icon(Icon::TRIANGLE_ALERT)
                        .title("Not everything comes back")
                        .text(&lost)
                        .ui(ui);
                },
                |ui| {
                    let delete = Button::primary("Delete vault").icon(Icon::TRASH).disabled_because(reason);
                    let delete = ui.add(delete).clicked();
                    let cancel = ui.add(Button::secondary("Cancel")).clicked();
                    (delete, cancel)
                },
            );
        let (delete, cancel) = answer.footer;
        if may_send && delete {
            let toast =
                Toast::good(format!("{} deleted", self.vault)).with_undo(Undo::DeletedVault(self.vault.clone()));
            let after = After { toast: Some(toast), ..After::default() }.closing();
            actions.push(Action::Do(Command::DeleteVault(self.vault.clone()), after));
        } else if cancel || answer.should_close {
            actions.push(if waiting.is_busy() { Action::Cancel } else { Action::CloseDialog });
        }
    }
}
