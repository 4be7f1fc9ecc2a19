//! What both bins are made of: the filter, what can be done to the ticked rows, countdowns and the buttons of a row.

use egui::{Id, Key, Layout, Margin, Modifiers, Rect, Ui, pos2, vec2};

use crate::{
    domain::{Deletion, Operation, Target, time::DAY_MS},
    ui::{
        icons::Icon,
        listing::{Bin, BinListing, BinRow},
        scene::Scene,
        theme::{Font, Tokens, size, space},
        widgets::{Button, Checkbox, IconButton, Retention, SearchField, TableRow},
        words,
    },
};

/// A page narrower than this shows its buttons as pictures and its bars short.
const NARROW: f32 = 860.0;

/// How a bin fits into the room it has.
#[derive(Clone, Copy)]
pub(super) struct Fit {
    /// Whether there is little room.
    pub(super) is_narrow: bool,
    bar: f32,
}

impl Fit {
    /// The fit for the room there is; `bar` points for a retention bar where there is enough.
    pub(super) fn of(ui: &Ui, bar: f32) -> Self {
        let is_narrow = ui.available_width() < NARROW;
        Self { is_narrow, bar: if is_narrow { 48.0 } else { bar } }
    }

    /// Width of the column of countdowns.
    pub(super) fn retention(self) -> f32 {
        self.bar + 12.0 + 104.0
    }

    /// Width of the column of buttons.
    pub(super) fn buttons(self) -> f32 {
        if self.is_narrow { 2.0 * size::BUTTON_SMALL + 6.0 } else { 178.0 }
    }
}

/// What was pressed beside a row or above the table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pressed {
    /// Recover.
    Recover,
    /// Purge.
    Purge,
}

/// Why recovering and purging cannot be done; `None`: it can.
pub(super) struct WhyNot {
    /// Why not to recover.
    pub(super) recover: Option<String>,
    /// Why not to purge.
    pub(super) purge: Option<String>,
}

impl WhyNot {
    /// Why one thing cannot be recovered or purged.
    pub(super) fn of_one(scene: &Scene<'_>, operations: Operations, target: &Target) -> Self {
        Self { recover: scene.why_not(operations.recover, target), purge: scene.why_no_purge(operations.purge, target) }
    }

    /// Why none of several can be: the first reason.
    pub(super) fn of_many(scene: &Scene<'_>, targets: &[(Operations, Target)]) -> Self {
        let of = |why_not: &dyn Fn(&(Operations, Target)) -> Option<String>| {
            let mut answers = targets.iter().map(why_not);
            let Some(first) = answers.next() else { return Some("Select something first".to_owned()) };
            let first = first?;
            answers.all(|answer| answer.is_some()).then_some(first)
        };
        Self {
            recover: of(&|(operations, target)| scene.why_not(operations.recover, target)),
            purge: of(&|(operations, target)| scene.why_no_purge(operations.purge, target)),
        }
    }
}

/// How recovering and purging are called for what a bin holds.
#[derive(Clone, Copy)]
pub(super) struct Operations {
    /// Bringing back.
    pub(super) recover: Operation,
    /// Destroying.
    pub(super) purge: Operation,
}

/// A part of the page that keeps the page's distance from its edges.
pub(super) fn inset(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    egui::Frame::new().inner_margin(Margin::symmetric(space::XL as i8, 0)).show(ui, content);
}

/// The line above the table: the filter, how many are ticked, and what can be done to them.
pub(super) fn toolbar(
    ui: &mut Ui,
    hint: &str,
    (filter, focus_filter): (&mut String, bool),
    ticked: usize,
    why_not: WhyNot,
    fit: Fit,
) -> Option<Pressed> {
    let mut pressed = None;
    ui.horizontal(|ui| {
        ui.set_height(size::FIELD);
        ui.spacing_mut().item_spacing.x = space::S;
        let width = if fit.is_narrow { 180.0 } else { 260.0 };
        ui.add(SearchField::new(filter, hint).width(width).focus(focus_filter));
        if ticked > 0 {
            ui.label(Font::Body.text(format!("{ticked} selected")).color(Tokens::of(ui).dim));
        }
        ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
            let purge = Button::danger_quiet("Purge selected…").icon(Icon::FLAME).disabled_because(why_not.purge);
            if ui.add(purge).clicked() {
                pressed = Some(Pressed::Purge);
            }
            let recover = Button::secondary("Recover selected").icon(Icon::RECOVER).disabled_because(why_not.recover);
            if ui.add(recover).clicked() {
                pressed = Some(Pressed::Recover);
            }
        });
    });
    pressed
}

/// The row that the arrows lead to from where nothing has the keyboard, and from the filter: the first, or the last.
pub(super) fn row_to_focus(ui: &Ui, rows: usize) -> Option<usize> {
    let last = rows.checked_sub(1)?;
    let (has_focus, is_under_dialog) =
        ui.memory(|memory| (memory.focused().is_some(), memory.top_modal_layer().is_some()));
    let is_typing = ui.ctx().text_edit_focused();
    if is_under_dialog || egui::Popup::is_any_open(ui.ctx()) || (has_focus && !is_typing) {
        return None;
    }
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if pressed(Key::ArrowDown) { Some(0) } else { pressed(Key::ArrowUp).then_some(last) }
}

/// Fills the first two cells: the tick, and the name, which ticks too.
pub(super) fn name_and_tick<B: Bin>(row: &mut TableRow<'_>, listing: &mut BinListing<B>, deleted: &B::Row) {
    let (key, name) = (deleted.key(), deleted.name());
    let place = row.take();
    let was_clicked = row.name(&key, name).clicked();
    let mut is_ticked = listing.ticked.contains(&key);
    let tick = Rect::from_center_size(place.center(), vec2(16.0, 24.0));
    let label = format!("Select {name}");
    let has_changed = row.ui.place(tick, Checkbox::without_text(&mut is_ticked, &label)).changed();
    if (has_changed || was_clicked) && !listing.ticked.remove(&key) {
        listing.ticked.insert(key);
    }
}

/// The tick in the head of the table, and Ctrl+A: all rows that are shown, or none.
pub(super) fn tick_all(ui: &mut Ui, head: Rect, rows: &[impl BinRow], ticked: &mut crate::ui::scene::Ticked) {
    let are_all = rows.iter().all(|row| ticked.contains(&row.key()));
    let mut wanted = are_all;
    let centre = pos2(head.left() + space::XL + 8.0, head.top() + size::TABLE_HEAD / 2.0);
    let place = Rect::from_center_size(centre, vec2(16.0, 24.0));
    let is_clicked = ui.place(place, Checkbox::without_text(&mut wanted, "Select all")).changed();
    let is_typing = ui.ctx().text_edit_focused();
    let is_free = !is_typing && ui.ctx().memory(|memory| memory.top_modal_layer().is_none());
    let is_pressed = is_free && ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::A));
    if is_clicked || is_pressed {
        if are_all {
            ticked.clear();
        } else {
            ticked.extend(rows.iter().map(BinRow::key));
        }
    }
}

/// Fills the next cell: who deleted it, and how long ago.
pub(super) fn deleted(row: &mut TableRow<'_>, scene: &Scene<'_>, deletion: &Deletion) {
    let by = if deletion.by == scene.caller.name { "you" } else { deletion.by.as_str() };
    let text = format!("by {by} · {}", words::ago(scene.now, deletion.deleted));
    let exact = format!("Deleted by {} on {}", deletion.by, words::exact(scene.zone, deletion.deleted));
    row.cell(|ui| {
        let label = egui::Label::new(Font::Body.text(text).color(Tokens::of(ui).dim)).truncate();
        ui.add(label.show_tooltip_when_elided(false)).on_hover_text(exact);
    });
}

/// Fills the next cell: how much of the retention is used up, and what is left, at the pace at which that changes.
/// Where the region does not take writes, what is due waits until it does.
pub(super) fn retention(row: &mut TableRow<'_>, scene: &Scene<'_>, deletion: &Deletion, waits: bool, fit: Fit) {
    let Deletion { deleted, scheduled_purge, .. } = *deletion;
    let used = scene.now.ms_since(deleted).max(0) as f32 / scheduled_purge.ms_since(deleted).max(1) as f32;
    let days_left = scheduled_purge.ms_since(scene.now) / DAY_MS;
    let now = scene.view.clock.at(scene.now);
    let left = if waits && deletion.is_due(now) {
        "waits for failback".to_owned()
    } else if deletion.term().is_held_back(now) {
        "retained: time not proven".to_owned()
    } else {
        words::left(scene.now, scheduled_purge)
    };
    let exact = if deletion.term().is_held_back(now) {
        let date = words::exact(scene.zone, scheduled_purge);
        format!("Scheduled purge date: {date}. Retained until the elapsed time is proven")
    } else {
        format!("Removed for good on {}", words::exact(scene.zone, scheduled_purge))
    };
    row.cell(|ui| {
        ui.add(Retention::new(used, days_left, &left).bar_width(fit.bar)).on_hover_text(exact);
        if let Some(wait) = words::until_left_changes(scene.now, scheduled_purge) {
            ui.ctx().request_repaint_after(wait);
        }
    });
}

/// Fills the last cell: Recover and Purge.
pub(super) fn buttons(row: &mut TableRow<'_>, name: &str, why_not: WhyNot, fit: Fit) -> Option<Pressed> {
    let WhyNot { recover, purge } = why_not;
    let (recover_name, purge_name) = (format!("Recover {name}"), format!("Purge {name}"));
    row.cell(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        let (purge, recover) = if fit.is_narrow {
            let purge = IconButton::new(Icon::FLAME, "Purge…").small().framed().disabled_because(purge);
            let recover = IconButton::new(Icon::RECOVER, "Recover").small().framed().disabled_because(recover);
            (ui.add(purge.tone(crate::ui::theme::Tone::Danger)), ui.add(recover))
        } else {
            let purge = Button::danger_quiet("Purge…").small().icon(Icon::FLAME).disabled_because(purge);
            let recover = Button::secondary("Recover").small().icon(Icon::RECOVER).disabled_because(recover);
            (ui.add(purge), ui.add(recover))
        };
        if purge.accessible_name(purge_name).clicked() {
            Some(Pressed::Purge)
        } else if recover.accessible_name(recover_name).clicked() {
            Some(Pressed::Recover)
        } else {
            None
        }
    })
}

/// The ids of rows come from names, so that they keep the keyboard when others leave.
pub(super) fn table_id(vault: &str) -> Id {
    Id::unique(("bin", vault))
}
