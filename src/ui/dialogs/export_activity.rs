//! Writing the activity that the page shows into a file.

use std::path::PathBuf;

use egui::Context;

use super::{Dialog, Waiting, path_field::PathField};
use crate::{
    domain::{Operation, Target, history::Filter},
    service::Request,
    ui::{
        action::{Action, After, Pick},
        icons::Icon,
        scene::{Page, Scene},
        theme::{Font, Tokens, Tone},
        typed::documents,
        widgets::{self, Button, ProgressBar, rich_label},
        words,
    },
};

/// Asks where it shall lie.
pub(in crate::ui) struct ExportActivity {
    filter: Filter,
    what: String,
    path: PathField,
    name: String,
}

impl ExportActivity {
    /// Exports what the page shows.
    pub(in crate::ui) fn new(scene: &Scene<'_>, page: &Page) -> Self {
        let is_shown = *scene.route == crate::ui::route::Route::Activity;
        let filter = if is_shown { page.activity.filter(scene.now) } else { Filter::default() };
        let what = if is_shown && page.activity.is_narrowed() {
            format!("What the page shows now: {}.", words::counted(page.activity.len(), "record"))
        } else {
            "Everything that is kept.".to_owned()
        };
        let name = format!("activity-{}.jsonl", scene.zone.wall(scene.now).format("%Y-%m-%d"));
        let path = documents().map(|folder| PathField::proposing(&folder.join(&name))).unwrap_or_default();
        Self { filter, what, path, name }
    }
}

impl Dialog for ExportActivity {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        let path = self.path.path();
        let refusal = scene.why_not(Operation::ActivityExport, &Target::Subscription);
        let why_not = refusal.clone().or_else(|| path.as_ref().err().cloned());
        let answer = widgets::Dialog::new("export activity", "Export activity")
            .icon(Icon::SHARE, Tone::Accent)
            .width(540.0)
            .error(waiting.error().or(refusal.as_deref()))
            .show(
                ctx,
                |ui| {
                    let dim = Tokens::of(ui).dim;
                    rich_label(ui, Font::Body.text(&self.what).color(dim));
                    let says = "One line of JSON for each, in the shape of Key Vault's own log (AuditEvent). It holds names and \
                                no values, and the file is for you alone.";
                    rich_label(ui, Font::Body.text(says).color(dim));
                    if let Waiting::Busy(fraction) = waiting {
                        ui.add(ProgressBar::new("Exporting", fraction.unwrap_or(0.0)));
                        return false;
                    }
                    self.path.show(ui, "File")
                },
                |ui| {
                    if waiting.is_busy() {
                        return (false, ui.add(Button::secondary("Cancel")).clicked());
                    }
                    let is_sent = ui.add(Button::primary("Export").disabled_because(why_not.clone())).clicked();
                    (is_sent, ui.add(Button::secondary("Cancel")).clicked())
                },
            );
        let (is_sent, is_cancelled) = answer.footer;
        if answer.body {
            actions.push(Action::Pick(Pick::SaveAs { title: "Export activity", name: self.name.clone() }));
        }
        if waiting.is_busy() {
            if answer.should_close || is_cancelled {
                actions.push(Action::Cancel);
            }
        } else if answer.should_close || is_cancelled {
            actions.push(Action::CloseDialog);
        } else if let (true, None, Ok(path)) = (is_sent || answer.is_submitted, &refusal, path) {
            let after = After::say("Activity exported").closing();
            actions.push(Action::Ask(Request::ExportActivity(scene.caller.clone(), self.filter.clone(), path), after));
        }
    }

    fn picked(&mut self, path: PathBuf) {
        self.path.set(&path);
    }
}
