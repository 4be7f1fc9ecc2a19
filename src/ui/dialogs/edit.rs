//! Changing what is said about a version: everything but its value or its key.

use egui::Context;

use super::{Dialog, Waiting, attributes::Attributes};
use crate::{
    domain::{
        Key, KeyOperations, KeyVersion, ObjectName, Secret, SecretVersion, Target, VaultName, VersionId, key::KeyPatch,
        secret::SecretPatch, soft_delete::Kind,
    },
    service::{Command, KeyCommand},
    ui::{
        action::{Action, After},
        objects, permitted,
        scene::Scene,
        theme::{Font, Tokens},
        typed::FormId,
        widgets::{self, Button, TagsEditor, field_label, rich_label, spinner},
    },
};

/// The form for the attributes of one version.
pub(in crate::ui) struct Edit {
    form: FormId,
    vault: VaultName,
    name: ObjectName,
    /// The version that is meant; `None`: the current one.
    id: Option<VersionId>,
    version: Edited,
    attributes: Attributes,
}

/// What is edited, as it was.
enum Edited {
    Secret(SecretVersion),
    Key(KeyVersion, KeyOperations),
}

/// What is changed of it.
enum Patch {
    Secret(SecretPatch),
    Key(KeyPatch),
}

const NOTHING: &str = "Nothing was changed";

impl Edit {
    /// Edits a version of `secret`; the current one when none is named.
    pub(in crate::ui) fn secret(
        scene: &Scene<'_>,
        vault: VaultName,
        secret: &Secret,
        version: Option<VersionId>,
    ) -> Self {
        let version = secret.version(version).unwrap_or_else(|| secret.current()).clone();
        Self {
            form: FormId::fresh(),
            vault,
            name: secret.name().clone(),
            id: (version.id != secret.current().id).then_some(version.id),
            attributes: Attributes::of(&version, scene.zone),
            version: Edited::Secret(version),
        }
    }

    /// Edits a version of `key`; the current one when none is named.
    pub(in crate::ui) fn key(scene: &Scene<'_>, vault: VaultName, key: &Key, version: Option<VersionId>) -> Self {
        let version = key.version(version).unwrap_or_else(|| key.current()).clone();
        Self {
            form: FormId::fresh(),
            vault,
            name: key.name().clone(),
            id: (version.id != key.current().id).then_some(version.id),
            attributes: Attributes::of_key(&version, scene.zone),
            version: Edited::Key(version.clone(), version.operations),
        }
    }

    const fn kind(&self) -> Kind {
        match self.version {
            Edited::Secret(_) => Kind::Secret,
            Edited::Key(..) => Kind::Key,
        }
    }

    /// What was changed, or why it cannot be saved.
    fn patch(&self, scene: &Scene<'_>) -> Result<Patch, String> {
        let target = Target::Object(self.vault.clone(), self.name.clone());
        if let Some(why_not) = scene.why_not(objects::operations(self.kind()).update, &target) {
            return Err(why_not);
        }
        match &self.version {
            Edited::Secret(version) => match self.attributes.patch(version, scene.zone)? {
                patch if patch == SecretPatch::default() => Err(NOTHING.into()),
                patch => Ok(Patch::Secret(patch)),
            },
            Edited::Key(version, operations) => match self.attributes.key_patch(version, operations, scene.zone)? {
                patch if patch == KeyPatch::default() => Err(NOTHING.into()),
                patch => Ok(Patch::Key(patch)),
            },
        }
    }

    fn command(&self, patch: Patch) -> Command {
        let (vault, name) = (self.vault.clone(), self.name.clone());
        match patch {
            Patch::Secret(patch) => Command::UpdateSecret(vault, name, self.id, patch),
            Patch::Key(patch) => Command::Key(KeyCommand::Update(vault, name, self.id, patch)),
        }
    }

    fn says(&self) -> String {
        let which = if self.id.is_some() { "" } else { ", the current one" };
        match &self.version {
            Edited::Secret(version) => {
                format!("Version {}{which}. Its value stays as it is.", version.id.short())
            }
            Edited::Key(version, _) => {
                format!("Version {}{which}, {}. The key itself stays as it is.", version.id.short(), version.kind)
            }
        }
    }
}

impl Dialog for Edit {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        let patch = self.patch(scene);
        let title = format!("Edit {}", self.name);
        let answer = widgets::Dialog::new("edit", &title).error(waiting.error()).show(
            ctx,
            |ui| {
                ui.push_id(self.form, |ui| {
                    rich_label(ui, Font::Body.text(self.says()).color(Tokens::of(ui).dim));
                    match &mut self.version {
                        Edited::Secret(_) => {
                            self.attributes.type_and_expiry(ui, scene);
                            self.attributes.more(ui, scene);
                        }
                        Edited::Key(version, operations) => {
                            field_label(ui, "Permitted operations");
                            if let Some(chosen) = permitted::show(ui, version.kind, operations, None) {
                                *operations = chosen;
                            }
                            self.attributes.of_a_key(ui, scene);
                        }
                    }
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
            actions.push(Action::Do(self.command(patch), after));
        }
    }
}
