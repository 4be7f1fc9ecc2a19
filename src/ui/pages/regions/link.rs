//! What stands between a region and its pair: the line, how far it reaches and how far the pair is behind.

use egui::{Align, Label, Layout, Rect, Ui, UiBuilder, pos2, vec2};

use crate::{
    domain::{
        RegionName,
        refusal::grouped,
        region::RegionState,
        region_table::{Pairing, distance_km},
    },
    service::{CopyView, RegionView},
    ui::{
        icons::Icon,
        replication::Replication,
        scene::Scene,
        theme::{Font, Tokens, space},
        widgets::{LinkState, region_link, rich_label},
    },
};

/// Draws the line in the middle of `room`, with the distance above it and the words under it.
pub(super) fn show(
    ui: &mut Ui,
    room: Rect,
    scene: &Scene<'_>,
    home: &RegionView,
    copy: &CopyView,
    replication: &Replication,
) {
    let t = Tokens::of(ui);
    let middle = room.center().y.round();
    let centred = |top: f32, height: f32, salt: &str| {
        let rect = Rect::from_min_size(pos2(room.left(), top), vec2(room.width(), height));
        let salt = (home.region.as_str(), salt.to_owned());
        UiBuilder::new().max_rect(rect).layout(Layout::top_down(Align::Center)).id_salt(salt)
    };
    let distance = format!("{} km", grouped(distance_km(home.region, copy.within).round() as usize));
    ui.new_child(centred(middle - 31.0, 20.0, "distance")).label(Font::Body.text(distance).color(t.dim));
    let words = replication.words();
    let says = format!("{} to {}: {words}", home.region.display(), copy.within.display());
    let state = state(scene, home.region, replication);
    region_link(&mut ui.new_child(centred(middle - 10.0, 20.0, "line")), state, room.width(), &says);
    let mut below = ui.new_child(centred(middle + 11.0, 60.0, "words"));
    below.add(Label::new(Font::Body.text(words).color(t.dim)).wrap());
}

/// How the line is drawn.
fn state(scene: &Scene<'_>, region: RegionName, replication: &Replication) -> LinkState {
    match scene.view.world.region_state(region, scene.now) {
        RegionState::FailingOver { .. } => LinkState::FailingOver,
        RegionState::ReadOnly { .. } => LinkState::FailedOver,
        RegionState::FailingBack { .. } => LinkState::FailingBack,
        RegionState::Outage { .. } => LinkState::Cut,
        RegionState::Healthy => match replication {
            Replication::InSync | Replication::Behind { .. } | Replication::Rebuilding { .. } => LinkState::InSync,
            _ => LinkState::Cut,
        },
    }
}

/// What it means that a region has no pair (A7).
pub(super) fn no_pair(ui: &mut Ui, region: RegionName) {
    let t = Tokens::of(ui);
    let name = region.display();
    let why = match region.region().pair {
        Pairing::None | Pairing::Replicated { .. } => format!("{name} has no paired region."),
        Pairing::NotReplicated { reason, .. } => reason.to_owned(),
    };
    let means = format!("Its vaults are copied nowhere else: in an outage they stay unavailable until {name} returns.");
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = space::M;
        let stub = ui.available_width().min(48.0);
        region_link(ui, LinkState::Standby, stub, &format!("{name} is copied nowhere"));
        ui.vertical(|ui| {
            ui.set_max_width(ui.available_width().min(380.0));
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = space::S;
                Icon::UNPLUG.show(ui, t.dim);
                ui.label(Font::Strong.text("No pair").color(t.text));
            });
            rich_label(ui, Font::Body.text(format!("{why} {means}")).color(t.dim));
        });
    });
}
