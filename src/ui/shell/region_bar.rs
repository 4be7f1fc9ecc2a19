//! The region bar: which region serves, how, and since when; the store's time; and what can be played (G3).

use std::{borrow::Cow, collections::BTreeSet, ops::RangeInclusive, time::Duration};

use egui::{Label, Popup, Role, Sense, Sides, Stroke, Ui, WidgetInfo, vec2};

use crate::{
    domain::{
        RegionName, Timestamp, refusal::grouped, region::RegionState, region_table::distance_km, replica::OutageCause,
        time::DAY_MS,
    },
    ui::{
        action::Action,
        command::UiCommand,
        command_menu::command_item,
        commands::actions_for,
        icons::Icon,
        replication::{self, Replication, cause},
        route::Route,
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
        let ((shows_sidebar, goes), ()) = Sides::new().height(size::REGION_BAR).shrink_left().truncate().show(
            ui,
            |ui| {
                ui.spacing_mut().item_spacing.x = space::S;
                let toggle = IconButton::new(Icon::PANEL_LEFT, "Show the sidebar").shortcut("Ctrl B");
                let is_hidden = scene.settings.sidebar == Sidebar::Hidden;
                let shows_sidebar = is_hidden && ui.add(toggle).clicked();
                let mut pieces = place.map_or_else(|| everywhere(scene), |region| serving(scene, region, &state));
                if scene.is_demo() {
                    let says = |text: &'static str| Piece::State(Tone::Accent, Icon::INFO_FILLED, text.into());
                    // What is unusual needs the room; the title says the rest.
                    let words = if state == RegionState::Healthy { "Demo · nothing is kept" } else { "Demo" };
                    pieces.splice(0..0, [(3..=ALL, says(words)), (0..=2, says("Demo"))]);
                }
                (shows_sidebar, show_what_fits(ui, pieces))
            },
            |ui| controls(ui, scene, page, (place, &state), actions),
        );
        if shows_sidebar {
            actions.push(Action::ToggleSidebar);
        }
        if goes {
            actions.push(Action::Go(Route::Regions));
        }
    });
    tick(ui, scene, place, &state);
}

/// A part of the bar, and from which to which level it is shown: 0 says least, and fits in any window.
type Levelled = (RangeInclusive<u8>, Piece);

/// The level that says everything.
const ALL: u8 = 5;

enum Piece {
    Dot(Tone),
    Ring,
    Strong(String),
    Name(&'static str),
    Dim(String),
    Faint(String),
    /// Words about a moment, and the moment.
    Since(String, String),
    Link(LinkState, f32, &'static str),
    State(Tone, Icon, Cow<'static, str>),
    Line,
}

impl Piece {
    fn width(&self, ui: &Ui) -> f32 {
        let text = |font: Font, words: &str| font.layout(ui, words, Tokens::of(ui).text, f32::INFINITY).size().x;
        match self {
            Self::Dot(_) | Self::Ring => 8.0,
            Self::Strong(words) => text(Font::Strong, words),
            Self::Name(words) => text(Font::Body, words),
            Self::Dim(words) | Self::Faint(words) | Self::Since(words, _) => text(Font::Body, words),
            Self::Link(_, width, _) => *width,
            Self::State(tone, icon, word) => Badge::new(*tone, word.as_ref()).icon(*icon).width(ui),
            Self::Line => size::LINE,
        }
    }

    /// Shows it; whether it is a region and was pressed.
    fn show(self, ui: &mut Ui) -> bool {
        let tokens = Tokens::of(ui);
        let response = match self {
            Self::Strong(words) => return region(ui, &words, Font::Strong),
            Self::Name(words) => return region(ui, words, Font::Body),
            Self::Dot(tone) => dot(ui, tone),
            Self::Ring => ring(ui),
            Self::Dim(words) => ui.label(text::body(words).color(tokens.dim)),
            Self::Faint(words) => ui.label(text::body(words).color(tokens.faint)),
            Self::Since(words, exact) => ui.label(text::body(words).color(tokens.dim)).on_hover_text(exact),
            Self::Link(state, width, words) => region_link(ui, state, width, words),
            Self::State(tone, icon, word) => ui.add(Badge::new(tone, word).icon(icon)),
            Self::Line => vertical_hairline(ui, 20.0),
        };
        response.clicked()
    }
}

/// A name that leads to the page of regions.
fn region(ui: &mut Ui, words: &str, font: Font) -> bool {
    let response = ui.add(Label::new(font.text(words)).selectable(false).sense(Sense::click()));
    response.widget_info(|| WidgetInfo::labeled(Role::Link, true, words));
    response.on_hover_text("Go to Regions").clicked()
}

/// Shows the pieces of the highest level for which there is room: nothing is cut off, the least important goes first.
/// Answers whether a region was pressed.
fn show_what_fits(ui: &mut Ui, pieces: Vec<Levelled>) -> bool {
    let gap = ui.spacing().item_spacing.x;
    let room = ui.available_width();
    let widths: Vec<_> = pieces.iter().map(|(levels, piece)| (levels, piece.width(ui) + gap)).collect();
    let wanted =
        |level| widths.iter().filter(|(levels, _)| levels.contains(&level)).map(|(_, width)| width).sum::<f32>();
    let level = (0..=ALL).rev().find(|level| wanted(*level) <= room).unwrap_or(0);
    let shown = pieces.into_iter().filter(|(levels, _)| levels.contains(&level));
    shown.fold(false, |was_pressed, (_, piece)| piece.show(ui) || was_pressed)
}

/// How all regions with vaults stand, when no vault is shown.
fn everywhere(scene: &Scene<'_>) -> Vec<Levelled> {
    let world = &scene.view.world;
    let regions: BTreeSet<_> = world.vaults.live().map(|vault| vault.head.location).collect();
    let out: Vec<_> = regions
        .iter()
        .map(|region| (region, world.region_state(*region, scene.now)))
        .filter(|(_, state)| !state.is_healthy())
        .map(|(region, state)| {
            let is_lost = cause(scene, *region) == OutageCause::Lost && matches!(state, RegionState::Outage { .. });
            let word = if is_lost { "lost".to_owned() } else { state.word().to_lowercase() };
            format!("{}: {word}", region.display())
        })
        .collect();
    if regions.is_empty() {
        vec![(0..=ALL, Piece::Dim("No region holds a vault yet".into()))]
    } else if out.is_empty() {
        let held = words::counted(regions.len(), "region");
        let mut pieces = vec![
            (0..=ALL, Piece::Dot(Tone::Ok)),
            (0..=ALL, Piece::Strong(format!("Vaults in {held}"))),
            (1..=ALL, Piece::State(Tone::Ok, Icon::CIRCLE_CHECK_FILLED, RegionState::Healthy.word().into())),
        ];
        let has_left_out = |region: &&RegionName| scene.view.region(**region).and_then(replication::left_out).is_some();
        let broken: Vec<_> = regions.iter().filter(has_left_out).collect();
        let words = match broken[..] {
            [] => None,
            [region] => Some(format!("A replica of {} is left out", region.display())),
            [..] => Some(format!("{} regions without a replica", broken.len())),
        };
        pieces
            .extend(words.map(|words| (2..=ALL, Piece::State(Tone::Warn, Icon::TRIANGLE_ALERT_FILLED, words.into()))));
        let told = replication::of_all(regions.iter().map(|region| Replication::of(scene, *region)));
        pieces.extend([(4..=ALL, Piece::Line), (4..=ALL, Piece::Dim(told))]);
        pieces
    } else {
        vec![(0..=ALL, Piece::Dot(Tone::Warn)), (0..=ALL, Piece::Strong(out.join(", ")))]
    }
}

/// Who serves, in words and drawn.
fn serving(scene: &Scene<'_>, region: RegionName, state: &RegionState) -> Vec<Levelled> {
    let zone = scene.zone;
    let seconds = |until: Timestamp| until.ms_since(scene.now).max(0).div_euclid(1000) + 1;
    let strong = |region: RegionName| Piece::Strong(region.display().to_owned());
    let out_since = |since| Piece::Since(replication::out_since(scene, region, since), words::exact(zone, since));
    match *state {
        RegionState::Healthy => {
            let mut pieces = vec![(0..=ALL, Piece::Dot(Tone::Ok)), (0..=ALL, strong(region))];
            match region.failover_to() {
                Some(pair) => pieces.extend([
                    (3..=ALL, Piece::Link(LinkState::Standby, 64.0, "paired with")),
                    (2..=2, Piece::Link(LinkState::Standby, 24.0, "paired with")),
                    (2..=ALL, Piece::Ring),
                    (2..=ALL, Piece::Dim(pair.display().to_owned())),
                    (4..=ALL, Piece::Faint(kilometres(region, pair))),
                ]),
                None => pieces.extend([
                    (3..=ALL, Piece::Dim("no pair: nothing takes over in an outage".into())),
                    (2..=2, Piece::Dim("no pair".into())),
                ]),
            }
            pieces.push((1..=ALL, Piece::State(Tone::Ok, Icon::CIRCLE_CHECK_FILLED, state.word().into())));
            // What is unusual is said before how far away the pair is.
            let is_usual = match scene.view.region(region).and_then(replication::left_out) {
                Some(words) => {
                    pieces.push((2..=ALL, Piece::State(Tone::Warn, Icon::TRIANGLE_ALERT_FILLED, words.into())));
                    false
                }
                None => true,
            };
            let copied = Replication::of(scene, region);
            let least = if is_usual || copied.changes() == 0 { 5 } else { 4 };
            pieces.extend([
                (least..=ALL, Piece::Line),
                (least..=ALL, Piece::Dim(copied.bar_words(scene.view.revision(region)))),
            ]);
            pieces
        }
        RegionState::Outage { since, until } => {
            let out_word = if cause(scene, region) == OutageCause::Lost { "Lost" } else { state.word() };
            let (what, briefly) = match (until, region.failover_to()) {
                (Some(until), _) => {
                    let left = seconds(until);
                    (format!("Requests fail. Failing over begins in {left} s"), format!("{left} s left"))
                }
                (None, None) => ("Requests fail: this region has no pair".to_owned(), "no pair".to_owned()),
                (None, Some(pair)) => (
                    format!("Requests fail: {} is out as well", pair.display()),
                    format!("{} is out as well", pair.display()),
                ),
            };
            vec![
                (0..=ALL, Piece::Dot(Tone::Danger)),
                (0..=ALL, strong(region)),
                (5..=ALL, out_since(since)),
                (1..=ALL, Piece::State(Tone::Danger, Icon::CIRCLE_ALERT_FILLED, out_word.into())),
                (3..=ALL, Piece::Dim(what)),
                (2..=2, Piece::Dim(briefly)),
            ]
        }
        RegionState::FailingOver { since, until, to } => vec![
            (3..=ALL, Piece::Dot(Tone::Danger)),
            (3..=ALL, Piece::Name(region.display())),
            (5..=ALL, out_since(since)),
            (3..=ALL, Piece::Link(LinkState::FailingOver, 42.0, "failing over to")),
            (0..=ALL, Piece::Ring),
            (0..=ALL, strong(to)),
            (1..=ALL, Piece::State(Tone::Warn, Icon::CLOCK_FILLED, state.word().into())),
            (4..=ALL, Piece::Dim(format!("{} s left; some requests fail", seconds(until)))),
            (2..=3, Piece::Dim(format!("{} s left", seconds(until)))),
        ],
        RegionState::ReadOnly { lost, serving, .. } => vec![
            (2..=ALL, Piece::Dot(Tone::Danger)),
            (2..=ALL, Piece::Name(region.display())),
            (5..=ALL, out_since(lost)),
            (2..=ALL, Piece::Link(LinkState::FailedOver, 42.0, "failed over to")),
            (0..=ALL, Piece::Dot(Tone::Ok)),
            (0..=ALL, strong(serving)),
            (1..=ALL, Piece::State(Tone::Warn, Icon::EYE_FILLED, state.word().into())),
            (4..=ALL, Piece::Dim("Reads and backup keep working. Changes wait for failback.".into())),
            (3..=3, Piece::Dim("Changes wait.".into())),
        ],
        RegionState::FailingBack { until, serving, .. } => vec![
            (0..=ALL, Piece::Dot(Tone::Ok)),
            (0..=ALL, strong(serving)),
            (3..=ALL, Piece::Link(LinkState::FailingBack, 42.0, "failing back to")),
            (3..=ALL, Piece::Ring),
            (3..=ALL, Piece::Name(region.display())),
            (1..=ALL, Piece::State(Tone::Warn, Icon::CLOCK_FILLED, state.word().into())),
            (4..=ALL, Piece::Dim(format!("{} s until everything is served again", seconds(until)))),
            (2..=3, Piece::Dim(format!("{} s left", seconds(until)))),
        ],
    }
}

/// From right to left: what can be played, and the time.
fn controls(
    ui: &mut Ui,
    scene: &Scene<'_>,
    page: &Page,
    (place, state): (Option<RegionName>, &RegionState),
    actions: &mut Vec<Action>,
) {
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
            let out = place.filter(|region| cause(scene, *region) == OutageCause::Lost);
            let pressed = match out {
                None => ui.add(Button::secondary("Let it return").icon(Icon::CORNER_UP_LEFT).small()).clicked(),
                Some(region) => {
                    let button = ui.add(Button::secondary("Restore region").icon(Icon::RECOVER).small());
                    button.on_hover_text(restoring(region)).clicked()
                }
            };
            if pressed {
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
    let held_back = scene.view.held_back();
    let (kind, tone) = match held_back {
        1.. => (format!("{} retained: time not proven", grouped(held_back)), tokens.warn),
        0 if clock.is_moved() => (format!("simulated, {}", ahead(clock.offset_ms())), tokens.dim),
        0 => ("real time".to_owned(), tokens.faint),
    };
    if held_back > 0 && clock.can_be_confirmed() {
        let wanted = actions_for(UiCommand::ConfirmClock, scene, page);
        let why_not = wanted.as_ref().err().cloned();
        let button = ui.add(Button::secondary("Confirm clock…").small().disabled_because(why_not));
        if let (Ok(mut wanted), true) = (wanted, button.clicked()) {
            actions.append(&mut wanted);
        }
    }
    // That time is not what people think it is has to be said in any window.
    if width >= ROOM_FOR_KIND || held_back > 0 || clock.is_moved() {
        let kind = ui.label(text::secondary(kind).color(tone));
        if held_back > 0 {
            kind.on_hover_text(kept_longer(scene));
        }
    }
    let date = ui.label(Font::SecondaryMedium.text(scene.zone.date_and_time(scene.now)).color(tokens.dim));
    date.on_hover_text(words::exact(scene.zone, scene.now));
    Icon::CALENDAR.show(ui, tokens.dim);
}

/// What happens when a region that was lost is restored (A6).
fn restoring(region: RegionName) -> String {
    let from = region
        .failover_to()
        .map_or_else(String::new, |pair| format!(" and rebuilt from {} if they are lost", pair.display()));
    format!("The files of {} are checked{from}. Then it takes over again.", region.display())
}

/// What is kept beyond its date, why, and what to do about it (T6).
fn kept_longer(scene: &Scene<'_>) -> String {
    let held_back = scene.view.held_back();
    let what = words::counted(held_back, "item");
    let verb = if held_back == 1 { "is" } else { "are" };
    let what_to_do = if scene.view.clock.can_be_confirmed() {
        "If the clock is correct, confirm it; otherwise, correct the clock."
    } else {
        "No action is needed while the computer keeps running."
    };
    format!(
        "{what} past the scheduled date {verb} retained. Tresor purges, rotates, and deletes records only when the elapsed time is \
         proven. {what_to_do}"
    )
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
fn tick(ui: &Ui, scene: &Scene<'_>, place: Option<RegionName>, state: &RegionState) {
    let step_ms = match state {
        RegionState::Healthy | RegionState::ReadOnly { .. } | RegionState::Outage { until: None, .. } => 60_000,
        RegionState::Outage { .. } | RegionState::FailingOver { .. } | RegionState::FailingBack { .. } => 1_000,
    };
    let left = step_ms - scene.now.ms().rem_euclid(step_ms);
    ui.ctx().request_repaint_after(Duration::from_millis(left.unsigned_abs() + 1));
    let copied = place.filter(|_| state.is_healthy()).map(|region| Replication::of(scene, region));
    if let Some(wait) = copied.and_then(|copied| copied.until_words_change(scene.now)) {
        ui.ctx().request_repaint_after(wait);
    }
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
