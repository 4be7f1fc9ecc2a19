//! Asks before a key is deleted: what uses it stops at once.

use egui::Context;

use super::{Dialog, Waiting};
use crate::{
    domain::{ObjectName, Operation, Target, VaultName},
    service::{Command, KeyCommand},
    ui::{
        action::{Action, After, Toast, Undo},
        icons::Icon,
        scene::Scene,
        theme::{Font, Tokens, Tone},
        widgets::{self, Button, rich_label},
        words,
    },
};

/// Says what a deletion does, and does it.
pub(in crate::ui) struct DeleteKey {
    vault: VaultName,
    name: ObjectName,
}

impl DeleteKey {
    /// Deletes the key `name` of `vault`.
    pub(in crate::ui) fn new(vault: VaultName, name: ObjectName) -> Self {
        Self { vault, name }
    }
}

impl Dialog for DeleteKey {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        let vault = scene.view.world.vaults.get(&self.vault);
        let Some((vault, key)) = vault.and_then(|vault| Some((vault, vault.keys.get(&self.name)?))) else {
            // While it is being done, the answer closes the dialog and says so.
            if !waiting.is_busy() {
                actions.push(Action::Finish);
            }
            return;
        };
        let target = Target::Object(self.vault.clone(), self.name.clone());
        let refusal = scene.why_not(Operation::KeyDelete, &target);
        let reason = waiting.is_busy().then(|| "It is being deleted".to_owned()).or_else(|| refusal.clone());
        let may_send = reason.is_none();
        let until = vault.head.retention.end(scene.now);
        let title = format!("Delete {}", self.name);
        let answer = widgets::Dialog::new("delete key", &title)
            .icon(Icon::TRASH, Tone::Danger)
            .error(waiting.error().or(refusal.as_deref()))
            .show(
                ctx,
                |ui| {
                    let t = Tokens::of(ui);
                    let versions = words::counted(key.versions().len(), "version");
                    let says = format!(
                        "The key with {versions} goes to the bin. Until it is recovered, nothing is encrypted, decrypted, \
                         signed or verified with it."
                    );
                    rich_label(ui, Font::Body.text(says).color(t.text));
                    let says = format!("It can be recovered whole until {}.", scene.zone.date(until));
                    rich_label(ui, Font::Body.text(says).color(t.dim)).on_hover_text(words::exact(scene.zone, until));
                },
                |ui| {
                    let delete = ui.add(Button::danger("Delete key").icon(Icon::TRASH).disabled_because(reason)).clicked();
                    (delete, ui.add(Button::secondary("Cancel")).clicked())
                },
            );
        let (delete, cancel) = answer.footer;
        if may_send && delete {
            let undo = Undo::DeletedKey(self.vault.clone(), self.name.clone());
            let text = format!("{} deleted. Kept until {}", self.name, scene.zone.date(until));
            let after = After { toast: Some(Toast::good(text).with_undo(undo)), ..After::default() };
            let command = KeyCommand::Delete(self.vault.clone(), self.name.clone());
            actions.push(Action::Do(Command::Key(command), after.closing()));
        } else if cancel || answer.should_close {
            actions.push(Action::CloseDialog);
        }
    }
}
