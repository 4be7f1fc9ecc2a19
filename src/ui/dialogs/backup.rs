//! Backing up a secret or a key into a file.

use std::path::{Path, PathBuf};

use egui::Context;

use super::{Dialog, Waiting, path_field::PathField};
use crate::{
    domain::{ObjectName, Target, VaultName, soft_delete::Kind},
    ui::{
        action::{Action, After, Pick},
        icons::Icon,
        objects,
        scene::Scene,
        theme::{Font, Tokens, Tone},
        typed::documents,
        widgets::{self, Banner, Button, rich_label, spinner},
    },
};

/// Asks where a backup shall lie.
pub(in crate::ui) struct Backup {
    vault: VaultName,
    name: ObjectName,
    kind: Kind,
    path: PathField,
}

impl Backup {
    /// Backs up the object `name` of that kind in `vault`.
    pub(in crate::ui) fn new(vault: VaultName, name: ObjectName, kind: Kind) -> Self {
        let file = file_name(&vault, &name);
        let path = documents().map(|folder| PathField::proposing(&folder.join(file))).unwrap_or_default();
        Self { vault, name, kind, path }
    }
}

fn file_name(vault: &VaultName, name: &ObjectName) -> String {
    format!("{vault}-{name}.keyvaultbackup")
}

impl Dialog for Backup {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        let target = Target::Object(self.vault.clone(), self.name.clone());
        let path = self.path.path();
        let why_not =
            scene.why_not(objects::operations(self.kind).back_up, &target).or_else(|| path.as_ref().err().cloned());
        let geography = scene.view.world.vaults.get(&self.vault);
        let geography = geography.map_or("", |vault| vault.head.location.region().geography);
        let title = format!("Back up {}", self.name);
        let answer = widgets::Dialog::new("backup", &title).width(540.0).error(waiting.error()).show(
            ctx,
            |ui| {
                let t = Tokens::of(ui);
                let says = match self.kind {
                    Kind::Key => "All versions with their private parts go into one sealed file.",
                    Kind::Secret | Kind::Vault => "All versions with their values go into one sealed file.",
                };
                rich_label(ui, Font::Body.text(says).color(t.dim));
                let is_asked = self.path.show(ui, "File");
                let bound = format!(
                    "It can be restored into this store only, and only into vaults in {geography}. \
                     A file of this name that is there already is replaced."
                );
                Banner::new(Tone::Accent).icon(Icon::INFO).text(&bound).ui(ui);
                is_asked
            },
            |ui| {
                let is_sent = ui.add(Button::primary("Back up").disabled_because(why_not.clone())).clicked();
                let is_cancelled = ui.add(Button::secondary("Cancel")).clicked();
                if waiting.is_busy() {
                    spinner(ui, "Backing up");
                }
                (is_sent, is_cancelled)
            },
        );
        let (is_sent, is_cancelled) = answer.footer;
        if answer.body {
            let name = file_name(&self.vault, &self.name);
            actions.push(Action::Pick(Pick::SaveAs { title: "Back up", name }));
        }
        if answer.should_close || is_cancelled {
            actions.push(Action::CloseDialog);
        } else if let (true, None, Ok(path)) = ((is_sent || answer.is_submitted) && !waiting.is_busy(), why_not, path) {
            let after = After::say(format!("{} backed up to {}", self.name, shown(&path))).closing();
            actions.push(Action::Do(objects::back_up(self.kind, self.vault.clone(), self.name.clone(), path), after));
        }
    }

    fn picked(&mut self, path: PathBuf) {
        self.path.set(&path);
    }
}

fn shown(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
