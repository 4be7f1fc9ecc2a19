//! The region bar: which region serves, how, and since when; the store's time; and what can be played (G3).

use std::time::Duration;

use egui::{Popup, Sides, Stroke, Ui, vec2};

use crate::{
    domain::{RegionName, Timestamp, Vault, refusal::grouped, region::RegionState, region_table::distance_km},
    service::Purpose,
    ui::{
        action::Action,
        command::UiCommand,
        command_menu::command_item,
        commands::actions_for,
        icons::Icon,
        scene::{Page, Scene},
        settings::Sidebar,
        theme::{Font, Tokens, Tone, size, space, text},
        widgets::{
            Badge, Button, IconButton, LinkState, dot, menu_separator, menu_title, popup_frame, region_link, ring,
            vertical_hairline,
        },
    },
};

/// Room at both ends.
const INSET: f32 = 16.0;

/// Draws it.
pub(in crate::ui) fn show(ui: &mut Ui, scene: &Scene<'_>, page: &Page, actions: &mut Vec<Action>) {
    let tokens = Tokens::of(ui);
    let place = scene.vault().map(|vault| vault.head.location);
    let state = place.map_or(RegionState::Healthy, |region| scene.view.world.region_state(region, scene.now));
    let (fill, line) = match state {
        RegionState::Healthy => (tokens.panel, tokens.line),
        RegionState::Outage { .. } => (tokens.danger_soft, tokens.danger),
        RegionState::FailingOver { .. } | RegionState::ReadOnly { .. } | RegionState::FailingBack { .. } => {
            (tokens.warn_soft, tokens.warn)
        }
    };
    let rect = ui.max_rect();
    ui.painter().rect_filled(rect, 0.0, fill);
    ui.painter().hline(rect.x_range(), rect.top() + 0.5, Stroke::new(1.0, line));
    let inside = egui::UiBuilder::new().max_rect(rect.shrink2(vec2(INSET, 0.0)));
    ui.scope_builder(inside, |ui| {
        let (shows_sidebar, ()) = Sides::new().height(size::REGION_BAR).shrink_left().truncate().show(
            ui,
            |ui| {
                let toggle = IconButton::new(Icon::PANEL_LEFT, "Show the sidebar").shortcut("Ctrl B");
                let is_hidden = scene.settings.sidebar == Sidebar::Hidden;
                let shows_sidebar = is_hidden && ui.add(toggle).clicked();
                match (place, scene.vault()) {
                    (Some(region), Some(vault)) => serving(ui, scene, vault, region, &state),
                    _ => {
                        ui.label(text::body("No vault is selected").color(tokens.dim));
                    }
                }
                shows_sidebar
            },
            |ui| controls(ui, scene, page, &state, actions),
        );
        if shows_sidebar {
            actions.push(Action::ToggleSidebar);
        }
    });
    tick(ui, scene, &state);
}

/// Who serves, in words and drawn.
fn serving(ui: &mut Ui, scene: &Scene<'_>, vault: &Vault, region: RegionName, state: &RegionState) {
    let tokens = Tokens::of(ui);
    let zone = scene.zone;
    let seconds = |until: Timestamp| until.ms_since(scene.now).max(0).div_euclid(1000) + 1;
    let dim = |ui: &mut Ui, words: String| ui.label(text::body(words).color(tokens.dim));
    match *state {
        RegionState::Healthy => {
            dot(ui, Tone::Ok);
            ui.label(text::strong(region.display()));
            match region.failover_to() {
                Some(pair) => {
                    region_link(ui, LinkState::Standby, 64.0, "paired with");
                    ring(ui);
                    dim(ui, pair.display().to_owned());
                    ui.label(text::body(kilometres(region, pair)).color(tokens.faint));
                }
                None => {
                    ui.label(text::body("no pair: nothing takes over in an outage").color(tokens.dim));
                }
            }
            ui.add(Badge::new(Tone::Ok, "Read and write").icon(Icon::CIRCLE_CHECK_FILLED));
            ui.add_space(6.0);
            vertical_hairline(ui, 20.0);
            ui.add_space(6.0);
            let changes = scene.view.changes.get(&vault.head.location).copied().unwrap_or(0);
            let plural = if changes == 1 { "" } else { "s" };
            dim(ui, format!("{} change{plural} kept", grouped(changes as usize)));
        }
        RegionState::Outage { since, until } => {
            dot(ui, Tone::Danger);
            ui.label(text::strong(region.display()));
            dim(ui, format!("outage since {}", zone.time(since)));
            ui.add(Badge::new(Tone::Danger, "Outage").icon(Icon::CIRCLE_ALERT_FILLED));
            dim(
                ui,
                match (until, region.failover_to()) {
                    (Some(until), _) => format!("Requests fail. Failing over begins in {} s", seconds(until)),
                    (None, None) => "Requests fail: this region has no pair".to_owned(),
                    (None, Some(pair)) => format!("Requests fail: {} is out as well", pair.display()),
                },
            );
        }
        RegionState::FailingOver { since, until, to } => {
            dot(ui, Tone::Danger);
            ui.label(text::body(region.display()));
            dim(ui, format!("outage since {}", zone.time(since)));
            region_link(ui, LinkState::FailingOver, 42.0, "failing over to");
            ui.add_space(space::S);
            ring(ui);
            ui.label(text::strong(to.display()));
            ui.add(Badge::new(Tone::Warn, "Failing over").icon(Icon::CLOCK_FILLED));
            dim(ui, format!("{} s left; some requests fail", seconds(until)));
        }
        RegionState::ReadOnly { lost, serving, .. } => {
            dot(ui, Tone::Danger);
            ui.label(text::body(region.display()));
            dim(ui, format!("outage since {}", zone.time(lost)));
            region_link(ui, LinkState::FailedOver, 42.0, "failed over to");
            ui.add_space(space::S);
            dot(ui, Tone::Ok);
            ui.label(text::strong(serving.display()));
            ui.add(Badge::new(Tone::Warn, "Read-only").icon(Icon::EYE_FILLED));
            dim(ui, "Reads and backup keep working. Changes wait for failback.".to_owned());
        }
        RegionState::FailingBack { until, serving, .. } => {
            dot(ui, Tone::Ok);
            ui.label(text::strong(serving.display()));
            region_link(ui, LinkState::FailingBack, 42.0, "failing back to");
            ui.add_space(space::S);
            ring(ui);
            ui.label(text::body(region.display()));
            ui.add(Badge::new(Tone::Warn, "Failing back").icon(Icon::CLOCK_FILLED));
            dim(ui, format!("{} s until everything is served again", seconds(until)));
        }
    }
}

/// From right to left: what can be played, and the time.
fn controls(ui: &mut Ui, scene: &Scene<'_>, page: &Page, state: &RegionState, actions: &mut Vec<Action>) {
    let tokens = Tokens::of(ui);
    let menu = ui.add(Button::secondary("Simulate").icon(Icon::ZAP).trailing(Icon::CHEVRON_UP).small());
    let frame = popup_frame(tokens);
    Popup::menu(&menu).align(egui::RectAlign::TOP_END).frame(frame).width(270.0).show(|ui| {
        menu_title(ui, "Regions");
        command_item(ui, scene, page, UiCommand::Outage, actions);
        command_item(ui, scene, page, UiCommand::Return, actions);
        menu_separator(ui);
        menu_title(ui, "Time");
        command_item(ui, scene, page, UiCommand::Travel, actions);
        command_item(ui, scene, page, UiCommand::ResetClock, actions);
    });
    if !state.is_healthy() {
        if let Ok(mut wanted) = actions_for(UiCommand::Return, scene, page) {
            let button = Button::secondary("Let it return").icon(Icon::CORNER_UP_LEFT).small();
            if ui.add(button).clicked() {
                actions.append(&mut wanted);
            }
        }
        return;
    }
    ui.add_space(space::M);
    let clock = &scene.view.clock;
    let kind = match (clock.stands_at(), clock.purpose(), clock.is_moved()) {
        (Some(_), ..) => "stands: the computer's clock went back".to_owned(),
        (None, Purpose::Simulation, true) => {
            format!("simulated, {} days ahead", clock.offset_ms() / crate::domain::time::DAY_MS)
        }
        (None, ..) => "real time".to_owned(),
    };
    let tone = if clock.stands_at().is_some() { tokens.warn } else { tokens.faint };
    ui.label(text::secondary(kind).color(tone));
    let date = ui.label(Font::SecondaryMedium.text(scene.zone.date_and_time(scene.now)).color(tokens.dim));
    date.on_hover_text(scene.now.utc().format("%Y-%m-%d %H:%M:%S UTC").to_string());
    Icon::CALENDAR.show(ui, tokens.dim);
}

/// Draws again when the bar reads differently: by the second while something is under way, else by the minute.
fn tick(ui: &Ui, scene: &Scene<'_>, state: &RegionState) {
    let step_ms = match state {
        RegionState::Healthy | RegionState::ReadOnly { .. } | RegionState::Outage { until: None, .. } => 60_000,
        RegionState::Outage { .. } | RegionState::FailingOver { .. } | RegionState::FailingBack { .. } => 1_000,
    };
    let left = step_ms - scene.now.ms().rem_euclid(step_ms);
    ui.ctx().request_repaint_after(Duration::from_millis(left.unsigned_abs() + 1));
}

fn kilometres(a: RegionName, b: RegionName) -> String {
    format!("{} km", grouped(distance_km(a, b).round() as usize))
}
