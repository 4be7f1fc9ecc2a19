//! What stands across a page while something is unusual: a region that does not serve as usual.

use egui::{Ui, UiBuilder, vec2};

use crate::{
    domain::{Vault, region::RegionState},
    ui::{
        icons::Icon,
        route::Tab,
        scene::Scene,
        theme::{Tone, space},
        widgets::Banner,
    },
};

/// Draws a banner while the vault's region does not serve everything (G3, A4–A7).
pub(in crate::ui) fn show(ui: &mut Ui, scene: &Scene<'_>, vault: &Vault) {
    let region = vault.head.location;
    let zone = scene.zone;
    if scene.route.tab() == Some(Tab::Deleted) {
        // The bin says itself that its list is old.
        return;
    }
    let shown = "What is shown was last listed before.";
    let (tone, text) = match scene.view.world.region_state(region, scene.now) {
        RegionState::Healthy => return,
        RegionState::Outage { since, until: Some(_) } => {
            let text = format!("{} is out since {}. Requests fail. {shown}", region.display(), zone.time(since));
            (Tone::Danger, text)
        }
        RegionState::Outage { since, until: None } => {
            let why = match region.failover_to() {
                None => "has no pair that could stand in".to_owned(),
                Some(pair) => format!("its pair {} is out as well", pair.display()),
            };
            let text = format!("{} is out since {} and {why}. {shown}", region.display(), zone.time(since));
            (Tone::Danger, text)
        }
        RegionState::FailingOver { to, .. } => {
            let text = format!("Requests are moving to {}. Some of them fail until they have. {shown}", to.display());
            (Tone::Warn, text)
        }
        // Reads are served, and the region bar says what is not.
        RegionState::ReadOnly { .. } => return,
        RegionState::FailingBack { .. } => {
            (Tone::Warn, format!("Requests are returning to {}. Changes wait until they have.", region.display()))
        }
    };
    ui.add_space(space::M);
    let inside = ui.available_rect_before_wrap().shrink2(vec2(space::XL, 0.0));
    ui.scope_builder(UiBuilder::new().max_rect(inside), |ui| {
        Banner::new(tone).icon(Icon::TRIANGLE_ALERT_FILLED).text(&text).ui(ui)
    });
}
