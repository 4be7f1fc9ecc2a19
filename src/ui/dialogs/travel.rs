//! Moves the clock of a simulation forward, after a list of exactly what that purges.

use egui::{Context, Frame, Margin, Stroke, Ui};

use super::{Dialog, Waiting};
use crate::{
    domain::{Operation, Target, Timestamp, schedule::Due},
    service::Command,
    ui::{
        action::{Action, After},
        icons::Icon,
        scene::Scene,
        theme::{Font, Tokens, Tone, radius, space, text},
        widgets::{self, Button, KeyValue, rich_label},
        words,
    },
};

/// So many of what would be purged are named; the rest is counted.
const NAMED: usize = 8;

/// How far the clock is moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Leap {
    /// By so many days.
    Days(i64),
    /// To the moment at which the next retention ends.
    #[default]
    NextPurge,
}

/// Moves the clock forward.
#[derive(Default)]
pub(in crate::ui) struct Travel {
    leap: Option<Leap>,
}

impl Travel {
    /// Nothing is chosen yet.
    pub(in crate::ui) fn new() -> Self {
        Self::default()
    }

    /// So many days are chosen.
    pub(in crate::ui) fn by_days(days: i64) -> Self {
        Self { leap: Some(Leap::Days(days)) }
    }

    fn target(&self, scene: &Scene<'_>) -> Option<Timestamp> {
        match self.leap? {
            Leap::Days(days) => Some(scene.now.plus_days(days)),
            Leap::NextPurge => scene.view.world.next_scheduled(scene.view.clock.at(scene.now)),
        }
    }

    fn form(&mut self, ui: &mut Ui, scene: &Scene<'_>, purged: &[Due], waits: usize) {
        let tokens = Tokens::of(ui);
        let text = "The store's clock is simulated. Moving it ends retention periods just as waiting would.";
        ui.add(egui::Label::new(text::body(text).color(tokens.dim)).wrap());
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            let leaps = [1, 7, 30, 90].map(|days| {
                let plural = if days == 1 { "" } else { "s" };
                (Leap::Days(days), format!("+{days} day{plural}"), None)
            });
            let nothing = scene
                .view
                .world
                .next_scheduled(scene.view.clock.at(scene.now))
                .is_none()
                .then_some("Nothing is waiting to be done by itself");
            let next = (Leap::NextPurge, "To next purge".to_owned(), nothing);
            for (leap, text, why) in leaps.into_iter().chain([next]) {
                let is_chosen = self.leap == Some(leap);
                if ui.add(Button::choice(is_chosen, text).small().disabled_because(why)).clicked() {
                    self.leap = Some(leap);
                }
            }
        });
        let Some(target) = self.target(scene) else { return };
        let frame = Frame::new()
            .stroke(Stroke::new(1.0, tokens.line))
            .corner_radius(radius::NORMAL)
            .inner_margin(Margin::symmetric(12, 10));
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = space::XS;
            let zone = scene.zone;
            KeyValue::new("From").show(ui, |ui| rich_label(ui, text::body(zone.date_and_time(scene.now))));
            KeyValue::new("To").show(ui, |ui| rich_label(ui, text::strong(zone.date_and_time(target))));
        });
        show_purged(ui, scene, purged);
        if waits > 0 {
            let text = format!("{} in regions that are out wait for failback.", words::counted(waits, "item"));
            ui.add(egui::Label::new(text::body(text).color(tokens.dim)).wrap());
        }
    }
}

impl Dialog for Travel {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        let target = self.target(scene);
        let (purged, waits) = target.map(|target| falls_due(scene, target)).unwrap_or_default();
        let refusal = scene.why_not(Operation::ClockAdvance, &Target::Subscription);
        let answer = widgets::Dialog::new("travel", "Move the clock forward")
            .icon(Icon::HISTORY, Tone::Accent)
            .width(520.0)
            .error(waiting.error())
            .show(
                ctx,
                |ui| self.form(ui, scene, &purged, waits),
                |ui| {
                    let why = refusal.or_else(|| target.is_none().then(|| "Choose how far first".to_owned()));
                    let button = if purged.is_empty() {
                        Button::primary("Move clock")
                    } else {
                        Button::danger(format!("Move clock and purge {}", words::grouped(purged.len())))
                    };
                    let go = ui.add(button.disabled_because(why)).clicked();
                    let cancel = ui.add(Button::secondary("Cancel")).clicked();
                    (go, cancel)
                },
            );
        let (go, cancel) = answer.footer;
        if let Some(target) = target.filter(|_| go && !waiting.is_busy()) {
            let moved = format!("It is {} now", scene.zone.date_and_time(target));
            let text = match purged.len() {
                0 => moved,
                count => format!("{moved}. {} purged for good", words::counted(count, "item")),
            };
            actions.push(Action::Do(Command::AdvanceClock(target), After::say(text).closing()));
        } else if cancel || answer.should_close {
            actions.push(Action::CloseDialog);
        }
    }
}

/// What would be purged until `target`, and how much falls due in regions that are out and has to wait.
fn falls_due(scene: &Scene<'_>, target: Timestamp) -> (Vec<Due>, usize) {
    let world = &scene.view.world;
    let due = world.schedule().into_iter().filter(|due| due.at <= target);
    let is_writable = |due: &Due| {
        let deleted = || world.vaults.get_deleted(&due.vault).map(|deleted| deleted.item.head.location);
        let region = world.vaults.get(&due.vault).map(|vault| vault.head.location).or_else(deleted);
        region.is_some_and(|region| world.region_state(region, target).is_healthy())
    };
    let (purged, waiting): (Vec<_>, Vec<_>) = due.partition(is_writable);
    (purged, waiting.len())
}

fn show_purged(ui: &mut Ui, scene: &Scene<'_>, purged: &[Due]) {
    if purged.is_empty() {
        rich_label(ui, text::body("Nothing will be purged.").color(Tokens::of(ui).dim));
        return;
    }
    let tokens = Tokens::of(ui);
    let frame =
        Frame::new().fill(tokens.danger_soft).corner_radius(radius::NORMAL).inner_margin(Margin::symmetric(12, 10));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = space::XS;
        ui.horizontal(|ui| {
            Icon::TRIANGLE_ALERT_FILLED.show_sized(ui, 14.0, tokens.danger);
            let title = format!("{} will be purged for good", words::counted(purged.len(), "item"));
            rich_label(ui, Font::Strong.text(title).color(tokens.danger));
        });
        for due in purged.iter().take(NAMED) {
            KeyValue::new(due.kind.title()).show(ui, |ui| {
                ui.horizontal_wrapped(|ui| {
                    ui.spacing_mut().item_spacing.x = space::XS;
                    let name = due.object.as_ref().map_or(due.vault.as_str(), |name| name.as_str());
                    rich_label(ui, text::body(name));
                    let place = due.object.as_ref().map(|_| format!("of {} ", due.vault)).unwrap_or_default();
                    let with = due.object.is_none().then(|| scene.view.world.vaults.get_deleted(&due.vault)).flatten();
                    let with = with.map(|vault| format!(", with {}", words::holds(&vault.item)));
                    let when = format!("{place}on {}{}", scene.zone.date(due.at), with.unwrap_or_default());
                    rich_label(ui, text::body(when).color(tokens.dim));
                });
            });
        }
        if purged.len() > NAMED {
            let more = format!("and {} more", words::grouped(purged.len() - NAMED));
            rich_label(ui, text::body(more).color(tokens.dim));
        }
    });
}
