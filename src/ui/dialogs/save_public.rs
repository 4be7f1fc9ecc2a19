//! Saving the public part of a key into a file.

use std::path::PathBuf;

use egui::Context;

use super::{Dialog, Waiting, path_field::PathField};
use crate::{
    domain::{ObjectName, Operation, Target, VaultName, VersionId},
    service::{Command, KeyCommand, PublicForm},
    ui::{
        action::{Action, After, Pick},
        scene::Scene,
        theme::{Font, Tokens},
        typed::documents,
        widgets::{self, Button, Segmented, rich_label, spinner},
    },
};

/// Asks in which form and where it shall lie.
pub(in crate::ui) struct SavePublic {
    vault: VaultName,
    name: ObjectName,
    version: Option<VersionId>,
    form: PublicForm,
    path: PathField,
}

impl SavePublic {
    /// Saves that of a version; of the current one when none is named.
    pub(in crate::ui) fn new(vault: VaultName, name: ObjectName, version: Option<VersionId>) -> Self {
        let mut dialog = Self { vault, name, version, form: PublicForm::Pem, path: PathField::default() };
        if let Some(folder) = documents() {
            dialog.path = PathField::proposing(&folder.join(dialog.file_name()));
        }
        dialog
    }

    fn file_name(&self) -> String {
        let ending = match self.form {
            PublicForm::Pem => "pem",
            PublicForm::Jwk => "json",
        };
        format!("{}-public.{ending}", self.name)
    }
}

impl Dialog for SavePublic {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        const FORMS: [(PublicForm, &str); 2] = [(PublicForm::Pem, "PEM"), (PublicForm::Jwk, "JSON Web Key")];
        let target = Target::Object(self.vault.clone(), self.name.clone());
        let path = self.path.path();
        let why_not = scene.why_not(Operation::KeyGet, &target).or_else(|| path.as_ref().err().cloned());
        let title = format!("Save the public key of {}", self.name);
        let answer = widgets::Dialog::new("save public", &title).width(540.0).error(waiting.error()).show(
            ctx,
            |ui| {
                let says = "Anybody may have it: who has it can encrypt for this key and verify what it signed.";
                rich_label(ui, Font::Body.text(says).color(Tokens::of(ui).dim));
                let is_changed = Segmented::new("Form", &mut self.form, &FORMS).show(ui).changed();
                if is_changed && let Ok(path) = &path {
                    self.path = PathField::proposing(&path.with_file_name(self.file_name()));
                }
                self.path.show(ui, "File")
            },
            |ui| {
                let is_sent = ui.add(Button::primary("Save").disabled_because(why_not.clone())).clicked();
                let is_cancelled = ui.add(Button::secondary("Cancel")).clicked();
                if waiting.is_busy() {
                    spinner(ui, "Saving");
                }
                (is_sent, is_cancelled)
            },
        );
        let (is_sent, is_cancelled) = answer.footer;
        if answer.body {
            actions.push(Action::Pick(Pick::SaveAs { title: "Save public key", name: self.file_name() }));
        }
        if answer.should_close || is_cancelled {
            actions.push(Action::CloseDialog);
        } else if let (true, None, Ok(path)) = ((is_sent || answer.is_submitted) && !waiting.is_busy(), why_not, path) {
            let after = After::say(format!("Public key of {} saved", self.name)).closing();
            let (vault, name) = (self.vault.clone(), self.name.clone());
            let command = KeyCommand::SavePublic(vault, name, self.version, self.form, path);
            actions.push(Action::Do(Command::Key(command), after));
        }
    }

    fn picked(&mut self, path: PathBuf) {
        self.path.set(&path);
    }
}
