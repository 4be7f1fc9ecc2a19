//! The region bar: which region serves, how, and since when; the store's time; and what can be played (G3).

use std::{collections::BTreeSet, time::Duration};

use egui::{Popup, Sides, Stroke, Ui, vec2};

use crate::{
    domain::{
        RegionName, Timestamp, Vault, refusal::grouped, region::RegionState, region_table::distance_km, time::DAY_MS,
    },
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
        words,
    },
};

/// Room at both ends.
const INSET: f32 = 16.0;
/// A narrower bar says only what matters.
const NARROW: f32 = 1080.0;

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
    let room = if rect.width() < NARROW { Room::Narrow } else { Room::Wide };
    let inside = egui::UiBuilder::new().max_rect(rect.shrink2(vec2(INSET, 0.0)));
    ui.scope_builder(inside, |ui| {
        let (shows_sidebar, ()) = Sides::new().height(size::REGION_BAR).shrink_left().truncate().show(
            ui,
            |ui| {
                let toggle = IconButton::new(Icon::PANEL_LEFT, "Show the sidebar").shortcut("Ctrl B");
                let is_hidden = scene.settings.sidebar == Sidebar::Hidden;
                let shows_sidebar = is_hidden && ui.add(toggle).clicked();
                match (place, scene.vault()) {
                    (Some(region), Some(vault)) => serving(ui, scene, vault, region, &state, room),
                    _ => everywhere(ui, scene),
                }
                shows_sidebar
            },
            |ui| controls(ui, scene, page, &state, room, actions),
        );
        if shows_sidebar {
            actions.push(Action::ToggleSidebar);
        }
    });
    tick(ui, scene, &state);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Room {
    Narrow,
    Wide,
}

/// How all regions with vaults stand, when no vault is shown.
fn everywhere(ui: &mut Ui, scene: &Scene<'_>) {
    let world = &scene.view.world;
    let regions: BTreeSet<_> = world.vaults.live().map(|vault| vault.head.location).collect();
    let out: Vec<_> = regions
        .iter()
        .map(|region| (region, world.region_state(*region, scene.now)))
        .filter(|(_, state)| !state.is_healthy())
        .map(|(region, state)| format!("{}: {}", region.display(), state.word().to_lowercase()))
        .collect();
    if regions.is_empty() {
        ui.label(text::body("No region holds a vault yet").color(Tokens::of(ui).dim));
    } else if out.is_empty() {
        dot(ui, Tone::Ok);
        let held = words::counted(regions.len(), "region");
        ui.label(text::strong(format!("Vaults in {held}")));
        ui.add(Badge::new(Tone::Ok, RegionState::Healthy.word()).icon(Icon::CIRCLE_CHECK_FILLED));
    } else {
        dot(ui, Tone::Warn);
        ui.label(text::strong(out.join(", ")));
    }
}

/// Who serves, in words and drawn.
fn serving(ui: &mut Ui, scene: &Scene<'_>, vault: &Vault, region: RegionName, state: &RegionState, room: Room) {
    let tokens = Tokens::of(ui);
    let zone = scene.zone;
    let seconds = |until: Timestamp| until.ms_since(scene.now).max(0).div_euclid(1000) + 1;
    let dim = |ui: &mut Ui, words: String| ui.label(text::body(words).color(tokens.dim));
    let out_since = |ui: &mut Ui, since: Timestamp| {
        let exact = words::exact(zone, since);
        let is_today = zone.date(since) == zone.date(scene.now);
        let when = if is_today { zone.time(since) } else { zone.date(since) };
        dim(ui, format!("outage since {when}")).on_hover_text(exact);
    };
    let is_wide = room == Room::Wide;
    match *state {
        RegionState::Healthy => {
            dot(ui, Tone::Ok);
            ui.label(text::strong(region.display()));
            match region.failover_to() {
                Some(pair) => {
                    let length = if is_wide { 64.0 } else { 32.0 };
                    region_link(ui, LinkState::Standby, length, "paired with");
                    ring(ui);
                    dim(ui, pair.display().to_owned());
                    if is_wide {
                        ui.label(text::body(kilometres(region, pair)).color(tokens.faint));
                    }
                }
                None => {
                    let aside = if is_wide { "no pair: nothing takes over in an outage" } else { "no pair" };
                    dim(ui, aside.to_owned());
                }
            }
            ui.add(Badge::new(Tone::Ok, state.word()).icon(Icon::CIRCLE_CHECK_FILLED));
            if is_wide {
                ui.add_space(6.0);
                vertical_hairline(ui, 20.0);
                ui.add_space(6.0);
                let changes = scene.view.changes.get(&vault.head.location).copied().unwrap_or(0);
                dim(ui, format!("{} kept", words::counted(changes as usize, "change")));
            }
        }
        RegionState::Outage { since, until } => {
            dot(ui, Tone::Danger);
            ui.label(text::strong(region.display()));
            if is_wide {
                out_since(ui, since);
            }
            ui.add(Badge::new(Tone::Danger, state.word()).icon(Icon::CIRCLE_ALERT_FILLED));
            dim(
                ui,
                match (until, region.failover_to()) {
                    (Some(until), _) if is_wide => {
                        format!("Requests fail. Failing over begins in {} s", seconds(until))
                    }
                    (Some(until), _) => format!("Fails over in {} s", seconds(until)),
                    (None, None) => "Requests fail: this region has no pair".to_owned(),
                    (None, Some(pair)) => format!("Requests fail: {} is out as well", pair.display()),
                },
            );
        }
        RegionState::FailingOver { since, until, to } => {
            dot(ui, Tone::Danger);
            ui.label(text::body(region.display()));
            if is_wide {
                out_since(ui, since);
            }
            region_link(ui, LinkState::FailingOver, 42.0, "failing over to");
            ui.add_space(space::S);
            ring(ui);
            ui.label(text::strong(to.display()));
            ui.add(Badge::new(Tone::Warn, state.word()).icon(Icon::CLOCK_FILLED));
            let then = if is_wide { "s left; some requests fail" } else { "s left" };
            dim(ui, format!("{} {then}", seconds(until)));
        }
        RegionState::ReadOnly { lost, serving, .. } => {
            dot(ui, Tone::Danger);
            ui.label(text::body(region.display()));
            if is_wide {
                out_since(ui, lost);
            }
            region_link(ui, LinkState::FailedOver, 42.0, "failed over to");
            ui.add_space(space::S);
            dot(ui, Tone::Ok);
            ui.label(text::strong(serving.display()));
            ui.add(Badge::new(Tone::Warn, state.word()).icon(Icon::EYE_FILLED));
            let works =
                if is_wide { "Reads and backup keep working. Changes wait for failback." } else { "Changes wait" };
            dim(ui, works.to_owned());
        }
        RegionState::FailingBack { until, serving, .. } => {
            dot(ui, Tone::Ok);
            ui.label(text::strong(serving.display()));
            region_link(ui, LinkState::FailingBack, 42.0, "failing back to");
            ui.add_space(space::S);
            ring(ui);
            ui.label(text::body(region.display()));
            ui.add(Badge::new(Tone::Warn, state.word()).icon(Icon::CLOCK_FILLED));
            let then = if is_wide { "s until everything is served again" } else { "s left" };
            dim(ui, format!("{} {then}", seconds(until)));
        }
    }
}

/// From right to left: what can be played, and the time.
fn controls(ui: &mut Ui, scene: &Scene<'_>, page: &Page, state: &RegionState, room: Room, actions: &mut Vec<Action>) {
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
    let stands = clock.stands_at();
    let (kind, tone) = match stands {
        Some(_) => ("stands: the computer's clock went back".to_owned(), tokens.warn),
        None if clock.is_moved() => (format!("simulated, {}", ahead(clock.offset_ms())), tokens.dim),
        None => ("real time".to_owned(), tokens.faint),
    };
    // That time is not what people think it is has to be said in any window.
    if room == Room::Wide || stands.is_some() || clock.is_moved() {
        let kind = ui.label(text::secondary(kind).color(tone));
        if let Some(last) = stands {
            let since = scene.zone.date_and_time(last);
            kind.on_hover_text(format!(
                "The last change was made on {since}. Time goes on when the computer's clock has passed it."
            ));
        }
    }
    let date = ui.label(Font::SecondaryMedium.text(scene.zone.date_and_time(scene.now)).color(tokens.dim));
    date.on_hover_text(words::exact(scene.zone, scene.now));
    Icon::CALENDAR.show(ui, tokens.dim);
}

/// By how much the clock was moved, as coarsely as it matters.
fn ahead(offset_ms: i64) -> String {
    const HOUR_MS: i64 = DAY_MS / 24;
    let (number, unit) = match offset_ms {
        DAY_MS.. => (offset_ms / DAY_MS, "day"),
        HOUR_MS..DAY_MS => (offset_ms / HOUR_MS, "hour"),
        _ => (offset_ms / (HOUR_MS / 60), "minute"),
    };
    format!("{} ahead", words::counted(usize::try_from(number).unwrap_or(0), unit))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moved_clock_says_by_how_much() {
        let hour = DAY_MS / 24;
        let table = [(30 * DAY_MS, "30 days ahead"), (DAY_MS, "1 day ahead"), (5 * hour, "5 hours ahead")];
        for (offset, words) in table {
            assert_eq!(ahead(offset), words);
        }
        assert_eq!(ahead(hour / 60), "1 minute ahead");
    }
}
