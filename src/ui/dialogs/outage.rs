//! Takes a region down, in play (A4–A7).

use egui::{Context, Ui};

use super::{Dialog, Waiting};
use crate::{
    domain::{RegionName, refusal::grouped, region::FailoverPlan, region_table::distance_km},
    service::Command,
    ui::{
        action::{Action, After},
        icons::Icon,
        scene::Scene,
        theme::{Font, Tokens, Tone, space},
        widgets::{self, Banner, Button, KeyValue, Slider, rich_label},
    },
};

/// How long failing over may take, in seconds.
const FAILOVER_SECS: std::ops::RangeInclusive<u32> = 2..=3_600;

/// Says what happens when a region is lost, and lets it happen.
pub(in crate::ui) struct SimulateOutage {
    region: RegionName,
    failover_secs: u32,
    failing_percent: u32,
    failback_secs: u32,
    /// Whether everything that was typed is a number in its range.
    is_valid: bool,
}

impl SimulateOutage {
    /// An outage of `region` that plays as `plan` says until the person says otherwise.
    pub(in crate::ui) fn new(region: RegionName, plan: FailoverPlan) -> Self {
        let FailoverPlan { failover_secs, failback_secs, failing_percent } = plan;
        Self { region, failover_secs, failing_percent: failing_percent.into(), failback_secs, is_valid: true }
    }

    fn form(&mut self, ui: &mut Ui, scene: &Scene<'_>) {
        let tokens = Tokens::of(ui);
        let region = self.region;
        let here = scene.view.world.vaults.live().filter(|vault| vault.head.location == region);
        let names: Vec<_> = here.map(|vault| vault.name().as_str()).collect();
        KeyValue::new("Region").show(ui, |ui| rich_label(ui, Font::Strong.text(region.display())));
        KeyValue::new("Vaults").show(ui, |ui| {
            ui.add(egui::Label::new(Font::Body.text(names.join(", "))).wrap());
        });
        let Some(pair) = region.failover_to() else {
            Banner::new(Tone::Danger)
                .icon(Icon::TRIANGLE_ALERT_FILLED)
                .text("This region has no pair that could stand in. Its vaults stay unavailable until it returns.")
                .ui(ui);
            return;
        };
        let distance = grouped(distance_km(region, pair).round() as usize);
        KeyValue::new("Pair").show(ui, |ui| {
            rich_label(ui, Font::Body.text(format!("{}, {distance} km away", pair.display())));
        });
        let story = "Every request fails until the loss is noticed; then requests move to the pair, and a share of them \
                     fails; then the pair serves, read-only, until the region returns.";
        ui.add(egui::Label::new(Font::Body.text(story).color(tokens.dim)).wrap());
        ui.add_space(space::XS);
        let failover = Slider::new("Failing over takes", &mut self.failover_secs, FAILOVER_SECS, "seconds").show(ui);
        let share = Slider::new("Requests that fail meanwhile", &mut self.failing_percent, 0..=100, "percent").show(ui);
        let failback = Slider::new("Failing back takes", &mut self.failback_secs, 0..=600, "seconds").show(ui);
        self.is_valid = failover.is_valid() && share.is_valid() && failback.is_valid();
    }

    fn plan(&self) -> FailoverPlan {
        FailoverPlan {
            failover_secs: self.failover_secs,
            failback_secs: self.failback_secs,
            failing_percent: u8::try_from(self.failing_percent).unwrap_or(100),
        }
    }
}

impl Dialog for SimulateOutage {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        let why = if waiting.is_busy() {
            Some("The outage is beginning")
        } else {
            (!self.is_valid).then_some("A number is out of its range")
        };
        let answer = widgets::Dialog::new("outage", "Simulate a region outage")
            .icon(Icon::ZAP, Tone::Warn)
            .error(waiting.error())
            .show(
                ctx,
                |ui| self.form(ui, scene),
                |ui| {
                    let begin = ui.add(Button::primary("Start outage").icon(Icon::ZAP).disabled_because(why)).clicked();
                    let cancel = ui.add(Button::secondary("Cancel")).clicked();
                    (begin, cancel)
                },
            );
        let (begin, cancel) = answer.footer;
        if why.is_none() && self.is_valid && (begin || answer.is_submitted) {
            let after = After::default().closing();
            actions.push(Action::Do(Command::BeginOutage(self.region, self.plan()), after));
        } else if cancel || answer.should_close {
            actions.push(Action::CloseDialog);
        }
    }
}
