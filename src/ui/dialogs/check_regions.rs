//! Opening every record of every file, and what was found (T3).

use std::time::Duration;

use egui::{Context, CornerRadius, Frame, Label, Margin, Sides, Stroke, Ui};

use super::{Dialog, Waiting};
use crate::{
    domain::Zone,
    service::{Command, FileCheck, FileName, Found, RegionCommand, RegionsCheck, Reply},
    ui::{
        action::{Action, After},
        icons::Icon,
        scene::Scene,
        theme::{Font, Tokens, Tone, radius, space},
        widgets::{self, Banner, Button, ProgressBar, rich_label},
        words,
    },
};

/// Has everything checked, and shows what came of it.
#[derive(Default)]
pub(in crate::ui) struct CheckRegions {
    is_asked: bool,
    found: Option<RegionsCheck>,
}

impl CheckRegions {
    /// The check begins when this is shown first.
    pub(in crate::ui) fn new() -> Self {
        Self::default()
    }

    fn body(&self, ui: &mut Ui, zone: Zone, waiting: &Waiting) {
        let t = Tokens::of(ui);
        if let Waiting::Busy(fraction) = waiting {
            rich_label(ui, Font::Body.text("Every record of every file is opened.").color(t.dim));
            ui.add(ProgressBar::new("Checking", fraction.unwrap_or(0.0)));
            return;
        }
        let Some(found) = &self.found else {
            if waiting.error().is_none() {
                rich_label(ui, Font::Body.text("The check was cancelled.").color(t.dim));
            }
            return;
        };
        let (tone, icon) = if found.files.is_empty() {
            (Tone::Accent, Icon::INFO)
        } else if found.is_whole() {
            (Tone::Ok, Icon::CIRCLE_CHECK_FILLED)
        } else {
            (Tone::Danger, Icon::CIRCLE_ALERT_FILLED)
        };
        Banner::new(tone).icon(icon).text(&summary(found)).ui(ui);
        for fault in &found.activity {
            Banner::new(Tone::Danger).icon(Icon::TRIANGLE_ALERT).text(&fault.sentence(zone)).ui(ui);
        }
        if found.files.is_empty() {
            return;
        }
        let frame = Frame::new()
            .stroke(Stroke::new(1.0, t.line))
            .corner_radius(CornerRadius::same(radius::NORMAL))
            .inner_margin(Margin::symmetric(12, 6));
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 0.0;
            for file in &found.files {
                line(ui, file);
            }
        });
    }
}

/// A file, and what is in it or why it is not whole.
fn line(ui: &mut Ui, check: &FileCheck) {
    let t = Tokens::of(ui);
    let name = file_name(check);
    ui.push_id(&name, |ui| match &check.found {
        Ok(Found { revision, records }) => {
            let said = format!("change {} · {}", grouped(*revision), counted(*records, "record"));
            Sides::new().height(28.0).shrink_left().truncate().show(
                ui,
                |ui| {
                    Icon::CIRCLE_CHECK.show(ui, t.ok);
                    ui.add(Label::new(Font::Body.text(&name)).truncate());
                },
                |ui| ui.label(Font::Body.text(said).color(t.dim)),
            );
        }
        Err(why) => {
            ui.add_space(space::XS);
            ui.horizontal(|ui| {
                Icon::CIRCLE_ALERT_FILLED.show(ui, t.danger);
                ui.add(Label::new(Font::Body.text(&name)).truncate());
            });
            ui.horizontal_top(|ui| {
                ui.add_space(16.0 + ui.spacing().item_spacing.x);
                rich_label(ui, Font::Body.text(words::capitalised(why)).color(t.danger));
            });
            ui.add_space(space::XS);
        }
    });
}

fn file_name(check: &FileCheck) -> String {
    let Some(region) = check.region else {
        return match check.file {
            FileName::Replica(replica) => format!("The store itself, replica {replica}"),
            FileName::Copy => "The store itself, copy".to_owned(),
        };
    };
    match (check.file, region.failover_to()) {
        (FileName::Replica(replica), _) => format!("{}, replica {replica}", region.display()),
        (FileName::Copy, Some(pair)) => format!("{}, copy in {}", region.display(), pair.display()),
        (FileName::Copy, None) => format!("{}, copy", region.display()),
    }
}

/// `All 9 files are whole: 12,345 records opened in 0.8 s`.
fn summary(check: &RegionsCheck) -> String {
    let files = check.files.len();
    let records: u64 = check.files.iter().filter_map(|file| Some(file.found.as_ref().ok()?.records)).sum();
    let opened = format!("{} opened in {}", counted(records, "record"), took(check.took));
    let broken = check.files.iter().filter(|file| file.found.is_err()).count();
    match (broken, files) {
        (0, 0) => "There is no file to check yet".into(),
        (0, 1) => format!("The only file is whole: {opened}"),
        (0, files) => format!("All {} files are whole: {opened}", words::grouped(files)),
        (1, files) => format!("1 of {} is not whole; {opened}", words::counted(files, "file")),
        (broken, files) => format!("{broken} of {} are not whole; {opened}", words::counted(files, "file")),
    }
}

fn took(took: Duration) -> String {
    if took < Duration::from_millis(100) {
        format!("{} ms", took.as_millis())
    } else {
        format!("{:.1} s", took.as_secs_f64())
    }
}

fn grouped(number: u64) -> String {
    words::grouped(usize::try_from(number).unwrap_or(usize::MAX))
}

fn counted(number: u64, noun: &str) -> String {
    words::counted(usize::try_from(number).unwrap_or(usize::MAX), noun)
}

impl Dialog for CheckRegions {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        let is_busy = waiting.is_busy() || !self.is_asked;
        let shown = if self.is_asked { waiting } else { &Waiting::Busy(None) };
        let answer = widgets::Dialog::new("check regions", "Check every record")
            .icon(Icon::SHIELD_CHECK, Tone::Accent)
            .width(540.0)
            .error(waiting.error())
            .show(
                ctx,
                |ui| self.body(ui, scene.zone, shown),
                |ui| {
                    if is_busy {
                        return (false, false, ui.add(Button::secondary("Cancel")).clicked());
                    }
                    let is_done = ui.add(Button::primary("Done")).clicked();
                    let again = ui.add(Button::secondary("Check again").icon(Icon::REFRESH)).clicked();
                    (is_done, again, false)
                },
            );
        let (is_done, again, cancels) = answer.footer;
        if again || !self.is_asked {
            self.is_asked = true;
            self.found = None;
            actions.push(Action::Do(Command::Region(RegionCommand::CheckRegions), After::default().staying()));
        } else if cancels || (answer.should_close && is_busy) {
            actions.push(Action::Cancel);
        } else if is_done || answer.should_close {
            actions.push(Action::CloseDialog);
        }
    }

    fn answered(&mut self, reply: Reply) {
        if let Reply::Checked(found) = reply {
            self.found = Some(found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{RegionName, ReplicaName};

    // T3
    #[test]
    fn a_check_says_in_a_sentence_what_was_opened_and_what_is_not_whole() {
        let region = RegionName::parse("westeurope").ok();
        let file = |file, found| FileCheck { region, file, found };
        let whole = Ok(Found { revision: 7, records: 6_000 });
        let files = vec![file(FileName::Replica(ReplicaName::A), whole.clone()), file(FileName::Copy, whole)];
        let mut check = RegionsCheck { files, took: Duration::from_millis(840), activity: Vec::new() };
        assert_eq!(summary(&check), "All 2 files are whole: 12,000 records opened in 0.8 s");
        assert_eq!(file_name(&check.files[1]), "West Europe, copy in North Europe");
        check.files[1].found = Err("It was cut short".into());
        check.took = Duration::from_millis(12);
        assert_eq!(summary(&check), "1 of 2 files is not whole; 6,000 records opened in 12 ms");
    }
}
