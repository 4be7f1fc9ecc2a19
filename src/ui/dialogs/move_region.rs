//! Moving the folder of a region, to another disk for one.

use std::path::PathBuf;

use egui::{Context, Ui};

use super::{Dialog, Waiting, path_field::PathField};
use crate::{
    domain::{Operation, RegionName, Target},
    service::{Command, RegionCommand},
    ui::{
        action::{Action, After, Pick},
        icons::Icon,
        scene::Scene,
        theme::{Font, Tokens, Tone},
        widgets::{self, Banner, Button, ProgressBar, key_value_mono, rich_label},
    },
};

/// Asks where a region's files shall lie.
pub(in crate::ui) struct MoveRegion {
    region: RegionName,
    from: PathBuf,
    path: PathField,
}

impl MoveRegion {
    /// Moves the files of `region`, which lie in `from`.
    pub(in crate::ui) fn new(region: RegionName, from: PathBuf) -> Self {
        Self { region, from, path: PathField::default() }
    }

    fn form(&mut self, ui: &mut Ui, waiting: &Waiting) -> bool {
        let t = Tokens::of(ui);
        let says = "Everything that this region keeps lies in one folder: its own replicas, and its copies of the regions \
                    that it stands in for.";
        rich_label(ui, Font::Body.text(says).color(t.dim));
        key_value_mono(ui, "Now in", &self.from.display().to_string());
        if let Waiting::Busy(fraction) = waiting {
            rich_label(ui, Font::Body.text("The files are copied and checked").color(t.dim));
            ui.add(ProgressBar::new("Moving", fraction.unwrap_or(0.0)));
            return false;
        }
        let is_asked = self.path.show(ui, "New folder, empty or not there yet");
        let says = "The copy is made and checked first. Only when every record of it opens, the region changes over to \
                    it. If anything fails before that, all stays as it was.";
        Banner::new(Tone::Accent).icon(Icon::INFO).text(says).ui(ui);
        is_asked
    }
}

impl Dialog for MoveRegion {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        let is_busy = waiting.is_busy();
        let path = self.path.path();
        let refusal = scene.why_not(Operation::RegionMove, &Target::Region(self.region));
        let is_same = path.as_ref().is_ok_and(|path| *path == self.from);
        let why_not = refusal
            .or_else(|| path.as_ref().err().cloned())
            .or_else(|| is_same.then(|| "It lies there already".to_owned()))
            .or_else(|| is_busy.then(|| "It is under way".to_owned()));
        let title = format!("Move the folder of {}", self.region.display());
        let answer = widgets::Dialog::new("move region", &title)
            .icon(Icon::FOLDER_OPEN, Tone::Accent)
            .width(560.0)
            .error(waiting.error())
            .show(
                ctx,
                |ui| self.form(ui, waiting),
                |ui| {
                    let moves = ui.add(Button::primary("Move folder").disabled_because(why_not.clone())).clicked();
                    let cancels = ui.add(Button::secondary("Cancel")).clicked();
                    (moves, cancels)
                },
            );
        let (moves, cancels) = answer.footer;
        if answer.body {
            actions.push(Action::Pick(Pick::Folder { title: "Where the region's files shall lie" }));
        }
        if cancels || answer.should_close {
            actions.push(if is_busy { Action::Cancel } else { Action::CloseDialog });
        } else if let (true, None, Ok(path)) = (moves || answer.is_submitted, why_not, path) {
            let said = format!("{} lies in {} now", self.region.display(), path.display());
            let command = Command::Region(RegionCommand::MoveRegion(self.region, path));
            actions.push(Action::Do(command, After::say(said).closing()));
        }
    }

    fn picked(&mut self, path: PathBuf) {
        self.path.set(&path);
    }
}
