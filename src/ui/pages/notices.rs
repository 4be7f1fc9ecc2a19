//! What stands across a page while something is unusual: a region that does not serve as usual.

use egui::{Ui, UiBuilder, vec2};

use crate::{
    domain::{Operation, Target, Vault, region::RegionState},
    service::{AccessCommand, Command},
    ui::{
        action::{Action, After},
        grant_words,
        icons::Icon,
        route::Tab,
        scene::Scene,
        theme::{Tone, space},
        widgets::{Banner, Button},
    },
};

/// Said where the page cannot be listed now.
const SHOWN: &str = "The page shows what was listed before.";

/// Draws what a vault lost when it was deleted, until that is set again or forgotten (S19), and a banner while the vault's region does not serve everything (G3, A4–A7).
pub(in crate::ui) fn show(ui: &mut Ui, scene: &Scene<'_>, vault: &Vault, actions: &mut Vec<Action>) {
    if matches!(scene.route.tab(), Some(Tab::Overview | Tab::Access)) && !vault.access.lost.is_empty() {
        lost_roles(ui, scene, vault, actions);
    }
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

fn lost_roles(ui: &mut Ui, scene: &Scene<'_>, vault: &Vault, actions: &mut Vec<Action>) {
    let world = &scene.view.world;
    let lost: Vec<_> = vault.access.lost.iter().map(|given| grant_words::assignment(world, given)).collect();
    let text = format!("Deleting the vault took its role assignments away: {}.", lost.join("; "));
    let target = Target::Vault(vault.name().clone());
    ui.add_space(space::M);
    let inside = ui.available_rect_before_wrap().shrink2(vec2(space::XL, 0.0));
    ui.scope_builder(UiBuilder::new().max_rect(inside), |ui| {
        let banner = Banner::new(Tone::Warn).icon(Icon::TRIANGLE_ALERT_FILLED);
        banner.title("Not everything came back").text(&text).show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = space::S;
                let restore = || world.restore_assignments(vault.name(), scene.caller).err();
                let why = scene
                    .why_not(Operation::RoleAssignmentPut, &target)
                    .or_else(|| restore().map(|refusal| scene.sentence(&refusal, &target)));
                if ui.add(Button::secondary("Set again").small().icon(Icon::RECOVER).disabled_because(why)).clicked() {
                    let command = Command::Access(AccessCommand::RestoreRoles(vault.name().clone()));
                    actions.push(Action::Do(command, After::say("The role assignments are set again")));
                }
                let why = scene.why_not(Operation::RoleAssignmentDelete, &target);
                if ui.add(Button::secondary("Forget").small().disabled_because(why)).clicked() {
                    let command = Command::Access(AccessCommand::ForgetLostRoles(vault.name().clone()));
                    actions.push(Action::Do(command, After::say("The lost role assignments are forgotten")));
                }
            });
        });
    });
}
