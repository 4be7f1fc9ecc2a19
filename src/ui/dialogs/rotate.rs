//! Gives a key a new version of fresh material.

use egui::Context;

use super::{Dialog, Waiting, key::making};
use crate::{
    domain::{ObjectName, Operation, Target, VaultName},
    service::{Command, KeyCommand},
    ui::{
        action::{Action, After},
        icons::Icon,
        scene::Scene,
        theme::{Font, Tokens, Tone},
        widgets::{self, Button, rich_label},
    },
};

/// Says what a rotation does, and does it.
pub(in crate::ui) struct RotateKey {
    vault: VaultName,
    name: ObjectName,
}

impl RotateKey {
    /// Rotates the key `name` of `vault`.
    pub(in crate::ui) fn new(vault: VaultName, name: ObjectName) -> Self {
        Self { vault, name }
    }
}

impl Dialog for RotateKey {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        let vault = scene.view.world.vaults.get(&self.vault);
        let Some(key) = vault.and_then(|vault| vault.keys.get(&self.name)) else {
            actions.push(Action::Finish);
            return;
        };
        let target = Target::Object(self.vault.clone(), self.name.clone());
        let refusal = scene.why_not(Operation::KeyRotate, &target);
        let reason = waiting.is_busy().then(|| "It is being made".to_owned()).or_else(|| refusal.clone());
        let may_send = reason.is_none();
        let title = format!("Rotate {}", self.name);
        let kind = key.current().kind;
        let expires = key.policy().expiry.map(|expiry| expiry.after(scene.now));
        let answer = widgets::Dialog::new("rotate", &title)
            .icon(Icon::REFRESH, Tone::Accent)
            .error(waiting.error().or(refusal.as_deref()))
            .show(
                ctx,
                |ui| {
                    let t = Tokens::of(ui);
                    let next = key.versions().len() + 1;
                    let until = expires.map_or_else(
                        || "It does not expire.".to_owned(),
                        |at| format!("It expires on {}, as the rotation policy says.", scene.zone.date(at)),
                    );
                    let says = format!(
                        "A new key of {kind} becomes version {next}, with the same tags and operations. {until}"
                    );
                    rich_label(ui, Font::Body.text(says).color(t.text));
                    let says = "What was encrypted before is still decrypted by the version that encrypted it.";
                    rich_label(ui, Font::Body.text(says).color(t.dim));
                },
                |ui| {
                    let rotate = ui.add(Button::primary("Rotate now").disabled_because(reason)).clicked();
                    let cancel = ui.add(Button::secondary("Cancel")).clicked();
                    if waiting.is_busy() {
                        making(ui, kind);
                    }
                    (rotate, cancel)
                },
            );
        let (rotate, cancel) = answer.footer;
        if may_send && rotate {
            let after = After::say(format!("{} rotated", self.name)).closing().selecting(self.name.clone());
            let command = KeyCommand::Rotate(self.vault.clone(), self.name.clone());
            actions.push(Action::Do(Command::Key(command), after));
        } else if cancel || answer.should_close {
            actions.push(Action::CloseDialog);
        }
    }
}
