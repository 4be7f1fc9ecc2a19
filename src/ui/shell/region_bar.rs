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
/// Narrower windows show less of the time: first without its kind, unless that is unusual, then not at all.
const ROOM_FOR_KIND: f32 = 960.0;
const ROOM_FOR_DATE: f32 = 640.0;

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
                ui.spacing_mut().item_spacing.x = space::S;
                let toggle = IconButton::new(Icon::PANEL_LEFT, "Show the sidebar").shortcut("Ctrl B");
                let is_hidden = scene.settings.sidebar == Sidebar::Hidden;
                let shows_sidebar = is_hidden && ui.add(toggle).clicked();
                let pieces = match (place, scene.vault()) {
                    (Some(region), Some(vault)) => serving(scene, vault, region, &state),
                    _ => everywhere(scene),
                };
                show_what_fits(ui, pieces);
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

/// A part of the bar with its rank: where room is scarce, the highest rank goes first, and 0 stays.
type Ranked = (u8, Piece);

enum Piece {
    Dot(Tone),
    Ring,
    Strong(&'static str),
    Name(&'static str),
    Dim(String),
    Faint(String),
    Link(LinkState, f32, &'static str),
    State(Tone, Icon, &'static str),
    Line,
}

impl Piece {
    fn width(&self, ui: &Ui) -> f32 {
        let text = |font: Font, words: &str| font.layout(ui, words, Tokens::of(ui).text, f32::INFINITY).size().x;
        match self {
            Self::Dot(_) | Self::Ring => 8.0,
            Self::Strong(words) => text(Font::Strong, words),
            Self::Name(words) => text(Font::Body, words),
            Self::Dim(words) | Self::Faint(words) => text(Font::Body, words),
            Self::Link(_, width, _) => *width,
            Self::State(tone, icon, word) => Badge::new(*tone, *word).icon(*icon).width(ui),
            Self::Line => size::LINE,
        }
    }

    fn show(self, ui: &mut Ui) {
        let tokens = Tokens::of(ui);
        match self {
            Self::Dot(tone) => dot(ui, tone),
            Self::Ring => ring(ui),
            Self::Strong(words) => ui.label(text::strong(words)),
            Self::Name(words) => ui.label(text::body(words)),
            Self::Dim(words) => ui.label(text::body(words).color(tokens.dim)),
            Self::Faint(words) => ui.label(text::body(words).color(tokens.faint)),
            Self::Link(state, width, words) => region_link(ui, state, width, words),
            Self::State(tone, icon, word) => ui.add(Badge::new(tone, word).icon(icon)),
            Self::Line => vertical_hairline(ui, 20.0),
        };
    }
}

fn show_what_fits(ui: &mut Ui, mut pieces: Vec<Ranked>) {
    let gap = ui.spacing().item_spacing.x;
    let room = ui.available_width() - gap;
    let widths: Vec<_> = pieces.iter().map(|(rank, piece)| (*rank, piece.width(ui) + gap)).collect();
    let most = widths.iter().map(|(rank, _)| *rank).max().unwrap_or(0);
    let is_room =
        |upto: u8| widths.iter().filter(|(rank, _)| *rank <= upto).map(|(_, width)| width).sum::<f32>() <= room;
    let upto = (0..=most).rev().find(|upto| is_room(*upto)).unwrap_or(0);
    pieces.retain(|(rank, _)| *rank <= upto);
    for (_, piece) in pieces {
        piece.show(ui);
    }
}

/// How all regions with vaults stand, while no vault is shown.
fn everywhere(scene: &Scene<'_>) -> Vec<Ranked> {
    let world = &scene.view.world;
    let regions: BTreeSet<_> = world.vaults.live().map(|vault| vault.head.location).collect();
    let states = regions.iter().map(|region| (region, world.region_state(*region, scene.now)));
    let out: Vec<_> = states
        .filter(|(_, state)| !state.is_healthy())
        .map(|(region, state)| format!("{}: {}", region.display(), state.word().to_lowercase()))
        .collect();
    if regions.is_empty() {
        vec![(0, Piece::Dim("No region holds a vault yet".into()))]
    } else if out.is_empty() {
        vec![
            (0, Piece::Dot(Tone::Ok)),
            (0, Piece::Dim(format!("Vaults in {}", words::counted(regions.len(), "region")))),
            (1, Piece::State(Tone::Ok, Icon::CIRCLE_CHECK_FILLED, RegionState::Healthy.word())),
        ]
    } else {
        vec![(0, Piece::Dot(Tone::Warn)), (0, Piece::Dim(out.join(", ")))]
    }
}

/// Who serves, in words and drawn.
fn serving(scene: &Scene<'_>, vault: &Vault, region: RegionName, state: &RegionState) -> Vec<Ranked> {
    let zone = scene.zone;
    let seconds = |until: Timestamp| until.ms_since(scene.now).max(0).div_euclid(1000) + 1;
    let outage_since = |since| {
        let is_today = zone.date(since) == zone.date(scene.now);
        let when = if is_today { zone.time(since) } else { zone.date(since) };
        Piece::Dim(format!("outage since {when}"))
    };
    match *state {
        RegionState::Healthy => {
            let mut pieces = vec![(0, Piece::Dot(Tone::Ok)), (0, Piece::Strong(region.display()))];
            match region.failover_to() {
                Some(pair) => pieces.extend([
                    (2, Piece::Link(LinkState::Standby, 64.0, "paired with")),
                    (2, Piece::Ring),
                    (2, Piece::Name(pair.display())),
                    (3, Piece::Faint(kilometres(region, pair))),
                ]),
                None => pieces.push((2, Piece::Dim("no pair: nothing takes over in an outage".into()))),
            }
            let changes = scene.view.changes.get(&vault.head.location).copied().unwrap_or(0);
            pieces.extend([
                (1, Piece::State(Tone::Ok, Icon::CIRCLE_CHECK_FILLED, state.word())),
                (4, Piece::Line),
                (4, Piece::Dim(format!("{} kept", words::counted(changes as usize, "change")))),
            ]);
            pieces
        }
        RegionState::Outage { since, until } => {
            let what_next = match (until, region.failover_to()) {
                (Some(until), _) => format!("Failing over begins in {} s", seconds(until)),
                (None, None) => "This region has no pair".to_owned(),
                (None, Some(pair)) => format!("{} is out as well", pair.display()),
            };
            vec![
                (0, Piece::Dot(Tone::Danger)),
                (0, Piece::Strong(region.display())),
                (3, outage_since(since)),
                (1, Piece::State(Tone::Danger, Icon::CIRCLE_ALERT_FILLED, state.word())),
                (4, Piece::Dim("Requests fail.".into())),
                (2, Piece::Dim(what_next)),
            ]
        }
        RegionState::FailingOver { since, until, to } => vec![
            (3, Piece::Dot(Tone::Danger)),
            (3, Piece::Name(region.display())),
            (4, outage_since(since)),
            (3, Piece::Link(LinkState::FailingOver, 42.0, "failing over to")),
            (0, Piece::Ring),
            (0, Piece::Strong(to.display())),
            (1, Piece::State(Tone::Warn, Icon::CLOCK_FILLED, state.word())),
            (2, Piece::Dim(format!("{} s left", seconds(until)))),
            (5, Piece::Dim("Some requests fail meanwhile.".into())),
        ],
        RegionState::ReadOnly { lost, serving, .. } => vec![
            (2, Piece::Dot(Tone::Danger)),
            (2, Piece::Name(region.display())),
            (3, outage_since(lost)),
            (2, Piece::Link(LinkState::FailedOver, 42.0, "failed over to")),
            (0, Piece::Dot(Tone::Ok)),
            (0, Piece::Strong(serving.display())),
            (1, Piece::State(Tone::Warn, Icon::EYE_FILLED, state.word())),
            (4, Piece::Dim("Reads and backup keep working.".into())),
            (5, Piece::Dim("Changes wait for failback.".into())),
        ],
        RegionState::FailingBack { until, serving, .. } => vec![
            (0, Piece::Dot(Tone::Ok)),
            (0, Piece::Strong(serving.display())),
            (3, Piece::Link(LinkState::FailingBack, 42.0, "failing back to")),
            (3, Piece::Ring),
            (3, Piece::Name(region.display())),
            (1, Piece::State(Tone::Warn, Icon::CLOCK_FILLED, state.word())),
            (2, Piece::Dim(format!("{} s left", seconds(until)))),
            (4, Piece::Dim("Changes wait until everything is served again.".into())),
        ],
    }
}

/// From right to left: what can be played, and the time.
fn controls(ui: &mut Ui, scene: &Scene<'_>, page: &Page, state: &RegionState, actions: &mut Vec<Action>) {
    let tokens = Tokens::of(ui);
    let menu = ui.add(Button::secondary("Simulate").icon(Icon::ZAP).trailing(Icon::CHEVRON_UP).small());
    let frame = popup_frame(tokens);
    Popup::menu(&menu).align(egui::RectAlign::TOP_END).gap(6.0).frame(frame).width(270.0).show(|ui| {
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
    let width = ui.ctx().content_rect().width();
    if width < ROOM_FOR_DATE {
        return;
    }
    ui.add_space(space::M);
    let clock = &scene.view.clock;
    let (tone, kind) = match (clock.stands_at(), clock.is_moved()) {
        (Some(_), _) => (tokens.warn, Some("stands: the computer's clock went back".to_owned())),
        (None, true) => (tokens.warn, Some(format!("simulated, {} ahead", ahead(clock.offset_ms())))),
        (None, false) => (tokens.faint, (width >= ROOM_FOR_KIND).then(|| "real time".to_owned())),
    };
    if let Some(kind) = kind {
        let kind = ui.label(text::secondary(kind).color(tone));
        if let Some(last) = clock.stands_at() {
            let last = scene.zone.date_and_time(last);
            let text = format!("The last change was made on {last}. Time goes on when the computer's clock is there.");
            kind.on_hover_text(text);
        }
    }
    let date = ui.label(Font::SecondaryMedium.text(scene.zone.date_and_time(scene.now)).color(tokens.dim));
    date.on_hover_text(words::exact(scene.zone, scene.now));
    Icon::CALENDAR.show(ui, tokens.dim);
}

/// By how much the clock was moved: `28 days`, `5 hours`, `40 minutes`.
fn ahead(offset_ms: i64) -> String {
    const HOUR_MS: i64 = DAY_MS / 24;
    let count = |ms: i64| usize::try_from(offset_ms / ms).unwrap_or(0);
    match (count(DAY_MS), count(HOUR_MS)) {
        (0, 0) => words::counted(count(HOUR_MS / 60), "minute"),
        (0, hours) => words::counted(hours, "hour"),
        (days, _) => words::counted(days, "day"),
    }
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
    fn a_moved_clock_says_by_how_much_as_coarsely_as_it_matters() {
        let minute = DAY_MS / 24 / 60;
        for (offset, words) in [(30 * DAY_MS, "30 days"), (DAY_MS, "1 day"), (300 * minute, "5 hours")] {
            assert_eq!(ahead(offset), words);
        }
        assert_eq!(ahead(40 * minute), "40 minutes");
    }
}
