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

/// Said where the page cannot be listed now.
const SHOWN: &str = "The page shows what was listed before.";

/// Draws a banner while the vault's region does not serve everything (G3, A4–A7).
pub(in crate::ui) fn show(ui: &mut Ui, scene: &Scene<'_>, vault: &Vault) {
    // The bin has a banner of its own: it is not listed in any of these states.
    if scene.route.tab() == Some(Tab::Deleted) {
        return;
    }
    let region = vault.head.location;
    let zone = scene.zone;
    let (tone, text) = match scene.view.world.region_state(region, scene.now) {
        RegionState::Healthy | RegionState::ReadOnly { .. } => return,
        RegionState::Outage { since, until: Some(_) } => {
            let text = format!("{} is out since {}. Requests fail. {SHOWN}", region.display(), zone.time(since));
            (Tone::Danger, text)
        }
        RegionState::Outage { since, until: None } => {
            let why = match region.failover_to() {
                None => "has no pair that could stand in".to_owned(),
                Some(pair) => format!("its pair {} is out as well", pair.display()),
            };
            let text = format!("{} is out since {} and {why}. {SHOWN}", region.display(), zone.time(since));
            (Tone::Danger, text)
        }
        RegionState::FailingOver { to, .. } => {
            let text = format!("Requests are moving to {}. Some of them fail until they have. {SHOWN}", to.display());
            (Tone::Warn, text)
        }
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
