//! Says that the computer's clock is right, so that time which is not proven counts (T6).

use egui::Context;

use super::{Dialog, Waiting};
use crate::{
    domain::{Operation, Target},
    service::Command,
    ui::{
        action::{Action, After},
        icons::Icon,
        scene::Scene,
        theme::{Font, Tokens, Tone},
        widgets::{self, Button, rich_label},
        words,
    },
};

/// Says what follows, and confirms the clock.
pub(in crate::ui) struct ConfirmClock;

impl Dialog for ConfirmClock {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        let refusal = scene.why_not(Operation::ClockConfirm, &Target::Subscription);
        let reason = waiting.is_busy().then(|| "The clock is being confirmed".to_owned()).or_else(|| refusal.clone());
        let may_send = reason.is_none();
        let withheld = words::duration(scene.view.clock.withheld_ms());
        let answer = widgets::Dialog::new("confirm clock", "Confirm the clock")
            .icon(Icon::CLOCK, Tone::Warn)
            .error(waiting.error().or(refusal.as_deref()))
            .show(
                ctx,
                |ui| {
                    let t = Tokens::of(ui);
                    let says = format!("The clock shows {}. Is that correct?", words::exact(scene.zone, scene.now));
                    rich_label(ui, Font::Strong.text(says).color(t.text));
                    let says = format!(
                        "{withheld} of elapsed time are not proven. After you confirm the clock, they count once this computer has \
                         run for 24 more hours; items past their scheduled dates are then purged, rotated, or deleted from the \
                         activity log. Setting the clock back before then cancels this."
                    );
                    rich_label(ui, Font::Body.text(says).color(t.dim));
                },
                |ui| {
                    let confirm = ui.add(Button::primary("The clock is correct").disabled_because(reason)).clicked();
                    let cancel = ui.add(Button::secondary("Cancel")).clicked();
                    (confirm, cancel)
                },
            );
        let (confirm, cancel) = answer.footer;
        if may_send && confirm {
            actions.push(Action::Do(Command::ConfirmClock, After::say("The clock is confirmed").closing()));
        } else if cancel || answer.should_close {
            actions.push(if waiting.is_busy() { Action::Cancel } else { Action::CloseDialog });
        }
    }
}
