//! How long activity is kept.

use egui::Context;

use super::{Dialog, Waiting};
use crate::{
    domain::{Operation, Target, activity::ActivityDays},
    service::Command,
    ui::{
        action::{Action, After},
        icons::Icon,
        scene::Scene,
        theme::{Font, Tokens, Tone},
        widgets::{self, Button, TextField, rich_label},
        words,
    },
};

/// Asks for how many days.
pub(in crate::ui) struct KeepActivity {
    days: String,
    was_shown: bool,
}

impl KeepActivity {
    /// Proposes what holds now.
    pub(in crate::ui) fn new(scene: &Scene<'_>) -> Self {
        Self { days: scene.view.world.activity_days.days().to_string(), was_shown: false }
    }

    fn days(&self) -> Result<ActivityDays, String> {
        let days: i64 = self.days.trim().parse().ok().ok_or("Type a number of days")?;
        ActivityDays::parse(days).map_err(|refused| refused.to_string())
    }
}

impl Dialog for KeepActivity {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        let days = self.days();
        let refused = scene.why_not(Operation::ActivityRetentionSet, &Target::Subscription);
        let why_not = refused.or_else(|| days.as_ref().err().cloned());
        let takes_focus = !std::mem::replace(&mut self.was_shown, true);
        let answer = widgets::Dialog::new("keep activity", "How long activity is kept")
            .icon(Icon::CLOCK, Tone::Accent)
            .error(waiting.error())
            .show(
                ctx,
                |ui| {
                    let says = "Records are forgotten, oldest first, within a day after their time. What is forgotten stays \
                                forgotten when the time is made longer again.";
                    rich_label(ui, Font::Body.text(says).color(Tokens::of(ui).dim));
                    let error = days.as_ref().err().map(String::as_str);
                    let field = TextField::new(&mut self.days).label("Days").width(120.0).error(error);
                    ui.add(field.focus(takes_focus));
                },
                |ui| {
                    let is_sent = ui.add(Button::primary("Keep").disabled_because(why_not.clone())).clicked();
                    (is_sent, ui.add(Button::secondary("Cancel")).clicked())
                },
            );
        let (is_sent, is_cancelled) = answer.footer;
        if answer.should_close || is_cancelled {
            actions.push(Action::CloseDialog);
        } else if let (true, None, Ok(days)) = ((is_sent || answer.is_submitted) && !waiting.is_busy(), why_not, days) {
            let said = format!("Activity is kept for {}", words::counted(days.days().into(), "day"));
            actions.push(Action::Do(Command::KeepActivity(days), After::say(said).closing()));
        }
    }
}
