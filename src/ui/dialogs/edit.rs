//! Changing what is said about a version: everything but its value.

use egui::Context;

use super::{Dialog, Waiting, attributes::Attributes};
use crate::{
    domain::{ObjectName, Operation, Secret, SecretVersion, Target, VaultName, VersionId, secret::SecretPatch},
    service::Command,
    ui::{
        action::{Action, After},
        scene::Scene,
        theme::{Font, Tokens},
        typed::FormId,
        widgets::{self, Button, TagsEditor, rich_label, spinner},
    },
};

/// The form for the attributes of one version.
pub(in crate::ui) struct EditSecret {
    form: FormId,
    vault: VaultName,
    name: ObjectName,
    /// The version that is meant; `None`: the current one.
    id: Option<VersionId>,
    version: SecretVersion,
    attributes: Attributes,
}

impl EditSecret {
    /// Edits a version of `secret`; the current one when none is named.
    pub(in crate::ui) fn new(scene: &Scene<'_>, vault: VaultName, secret: &Secret, version: Option<VersionId>) -> Self {
        let version = secret.version(version).unwrap_or_else(|| secret.current()).clone();
        Self {
            form: FormId::fresh(),
            vault,
            name: secret.name().clone(),
            id: (version.id != secret.current().id).then_some(version.id),
            attributes: Attributes::of(&version, scene.zone),
            version,
        }
    }
}

impl Dialog for EditSecret {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        let target = Target::Object(self.vault.clone(), self.name.clone());
        let patch = match scene.why_not(Operation::SecretUpdate, &target) {
            Some(why_not) => Err(why_not),
            None => self.attributes.patch(&self.version, scene.zone),
        };
        let patch = match patch {
            Ok(patch) if patch == SecretPatch::default() => Err("Nothing was changed".to_owned()),
            patch => patch,
        };
        let title = format!("Edit {}", self.name);
        let answer = widgets::Dialog::new("edit", &title).error(waiting.error()).show(
            ctx,
            |ui| {
                ui.push_id(self.form, |ui| {
                    let which = if self.id.is_some() { "" } else { ", the current one" };
                    let says = format!("Version {}{which}. Its value stays as it is.", self.version.id.short());
                    rich_label(ui, Font::Body.text(says).color(Tokens::of(ui).dim));
                    self.attributes.type_and_expiry(ui, scene);
                    self.attributes.more(ui, scene);
                });
            },
            |ui| {
                let is_sent = ui.add(Button::primary("Save").disabled_because(patch.as_ref().err())).clicked();
                let is_cancelled = ui.add(Button::secondary("Cancel")).clicked();
                if waiting.is_busy() {
                    spinner(ui, "Saving");
                }
                (is_sent, is_cancelled)
            },
        );
        let (is_sent, is_cancelled) = answer.footer;
        let is_sent = (is_sent || answer.is_submitted) && !waiting.is_busy() && !TagsEditor::took_enter(ctx);
        if answer.should_close || is_cancelled {
            actions.push(Action::CloseDialog);
        } else if is_sent && let Ok(patch) = patch {
            let after = After::say(format!("{} changed", self.name)).closing();
            actions
                .push(Action::Do(Command::UpdateSecret(self.vault.clone(), self.name.clone(), self.id, patch), after));
        }
    }
}
