//! Saving what came out of a key.

use std::path::PathBuf;

use egui::Context;
use zeroize::Zeroizing;

use crate::{
    service::Request,
    ui::{
        action::{Action, After, Pick},
        dialogs::{self, Waiting, path_field::PathField},
        icons::Icon,
        scene::Scene,
        theme::Tone,
        typed::documents,
        widgets::{self, Banner, Button, spinner},
    },
};

/// Asks where bytes shall lie.
pub(super) struct SaveOutput {
    /// The bytes; taken when they are sent.
    content: Zeroizing<Vec<u8>>,
    name: String,
    note: Option<(Tone, &'static str)>,
    path: PathField,
}

impl SaveOutput {
    /// Saves `content`, proposing the file name `name`. The note is what the person should know before.
    pub(super) fn new(content: Zeroizing<Vec<u8>>, name: String, note: Option<(Tone, &'static str)>) -> Self {
        let path = documents().map(|folder| PathField::proposing(&folder.join(&name))).unwrap_or_default();
        Self { content, name, note, path }
    }
}

impl dialogs::Dialog for SaveOutput {
    fn show(&mut self, ctx: &Context, _scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        let path = self.path.path();
        let why_not = path.as_ref().err().cloned();
        let answer = widgets::Dialog::new("save-output", "Save the output").width(540.0).error(waiting.error()).show(
            ctx,
            |ui| {
                let is_asked = self.path.show(ui, "File");
                if let Some((tone, note)) = self.note {
                    Banner::new(tone).icon(Icon::INFO).text(note).ui(ui);
                }
                is_asked
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
            actions.push(Action::Pick(Pick::SaveAs { title: "Save the output", name: self.name.clone() }));
        }
        if answer.should_close || is_cancelled {
            actions.push(Action::CloseDialog);
        } else if let (true, Ok(path)) = ((is_sent || answer.is_submitted) && !waiting.is_busy(), path) {
            let shown = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            let after = After::say(format!("Saved to {shown}")).closing();
            actions.push(Action::Ask(Request::SaveFile { path, content: self.content.clone() }, after));
        }
    }

    fn picked(&mut self, path: PathBuf) {
        self.path.set(&path);
    }
}
