//! Restoring a secret or a key from a backup.

use std::path::PathBuf;

use egui::Context;

use super::{Dialog, Waiting, path_field::PathField};
use crate::{
    domain::{ObjectName, Target, VaultName, soft_delete::Kind},
    service::Reply,
    ui::{
        action::{Action, After, Pick, Toast},
        objects,
        route::Route,
        scene::Scene,
        theme::{Font, Tokens},
        widgets::{self, Button, rich_label, spinner},
    },
};

/// Asks which backup is restored.
pub(in crate::ui) struct Restore {
    vault: VaultName,
    kind: Kind,
    path: PathField,
    restored: Option<ObjectName>,
}

impl Restore {
    /// Restores an object of `kind` into `vault`.
    pub(in crate::ui) fn new(vault: VaultName, kind: Kind) -> Self {
        Self { vault, kind, path: PathField::default(), restored: None }
    }
}

impl Dialog for Restore {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        if let Some(name) = self.restored.take() {
            actions.push(Action::Finish);
            actions.push(Action::Go(Route::Vault(self.vault.clone(), objects::tab(self.kind))));
            actions.push(Action::Toast(Toast::good(format!("{name} restored with all its versions"))));
            actions.push(Action::Select(Some(name)));
            return;
        }
        let path = self.path.path();
        let refusal = scene.why_not(objects::operations(self.kind).restore, &Target::Vault(self.vault.clone()));
        let why_not = refusal.or_else(|| path.as_ref().err().cloned());
        let title = format!("Restore a {} into {}", self.kind.noun(), self.vault);
        let answer = widgets::Dialog::new("restore", &title).width(540.0).error(waiting.error()).show(
            ctx,
            |ui| {
                let says = format!(
                    "The {} comes back under its own name with all its versions. The name must be free, and the \
                     backup must come from this store and the same geography.",
                    self.kind.noun()
                );
                rich_label(ui, Font::Body.text(says).color(Tokens::of(ui).dim));
                self.path.show(ui, "Backup file")
            },
            |ui| {
                let is_sent = ui.add(Button::primary("Restore").disabled_because(why_not.clone())).clicked();
                let is_cancelled = ui.add(Button::secondary("Cancel")).clicked();
                if waiting.is_busy() {
                    spinner(ui, "Restoring");
                }
                (is_sent, is_cancelled)
            },
        );
        let (is_sent, is_cancelled) = answer.footer;
        if answer.body {
            let filter = Some(("Key Vault backups", ["keyvaultbackup"].as_slice()));
            actions.push(Action::Pick(Pick::File { title: "Restore a backup", filter }));
        }
        if answer.should_close || is_cancelled {
            actions.push(Action::CloseDialog);
        } else if let (true, None, Ok(path)) = ((is_sent || answer.is_submitted) && !waiting.is_busy(), why_not, path) {
            actions.push(Action::Do(objects::restore(self.kind, self.vault.clone(), path), After::default().staying()));
        }
    }

    fn answered(&mut self, reply: Reply) {
        if let Reply::Restored(name) = reply {
            self.restored = Some(name);
        }
    }

    fn picked(&mut self, path: PathBuf) {
        self.path.set(&path);
    }
}
