//! A table of what a vault holds, filtered and sorted, with the details of one beside it.

use std::{sync::Arc, time::Duration};

use egui::{Id, Key, Label, Modifiers, Response, Sides, Stroke, Ui, UiBuilder};

use crate::{
    domain::{Timestamp, Vault, Zone, secret::Standing},
    ui::{
        action::Action,
        icons::Icon,
        listed::Listed,
        listing::{Column, Direction, Segment, Sort},
        scene::{Page, Scene},
        theme::{Font, Tokens, Tone, size, space},
        widgets::{self, Badge, Button, EmptyState, SearchField, Segmented, Table, TableColumn, TableRow},
        words,
    },
};

/// Something that has a page of a vault to itself.
pub(in crate::ui) trait Paged: Listed {
    /// The table's name: `Secrets`.
    const TITLE: &'static str;
    /// How wide the details are beside the table.
    const DETAILS: f32;
    /// What a filter looks at.
    const SEARCHED: &'static str;

    /// The columns there is room for, most telling first.
    fn columns(width: f32) -> &'static [Column];

    /// Fills a cell of a column that only this kind has.
    fn own_cell(&self, row: &mut TableRow<'_>, scene: &Scene<'_>, column: Column) {
        let _ = (scene, column);
        row.text("");
    }

    /// Shows the menu of a row while the pointer asked for it.
    fn menu(&self, row: &Response, scene: &Scene<'_>, vault: &Vault, actions: &mut Vec<Action>);

    /// Draws the details into all the room there is.
    fn details(
        self: &Arc<Self>,
        ui: &mut Ui,
        scene: &Scene<'_>,
        vault: &Arc<Vault>,
        page: &mut Page,
        actions: &mut Vec<Action>,
    );

    /// What stands in place of the table while there is none of them.
    fn none_yet(ui: &mut Ui, scene: &Scene<'_>, vault: &Vault, actions: &mut Vec<Action>);
}

/// Beside less than this the details take the place of the table.
const NARROWEST_TABLE: f32 = 280.0;

/// Draws it.
pub(in crate::ui) fn show<T: Paged>(
    ui: &mut Ui,
    scene: &Scene<'_>,
    vault: &Arc<Vault>,
    page: &mut Page,
    actions: &mut Vec<Action>,
) {
    let room = ui.available_rect_before_wrap();
    let selected = page.selected.as_ref().and_then(|name| T::shelf(vault).get(name)).cloned();
    let has_room_for_both = room.width() - T::DETAILS >= NARROWEST_TABLE;
    let table = match &selected {
        Some(_) if has_room_for_both => room.with_max_x(room.right() - T::DETAILS),
        Some(_) => room.with_max_x(room.left()),
        None => room,
    };
    page.room_for_messages = Some(super::panel::room_for_messages(table, room));
    T::listing(page).rows(T::shelf(vault), scene.now);
    ui.push_id((T::TITLE, vault.name()), |ui| {
        if table.width() > 0.0 {
            ui.scope_builder(UiBuilder::new().max_rect(table).id_salt("list"), |ui| {
                list::<T>(ui, scene, vault, page, actions);
            });
        } else {
            keys::<T>(ui, page, None, actions);
        }
        if let Some(item) = selected {
            let side = room.with_min_x(table.right());
            let t = Tokens::of(ui);
            ui.painter().rect_filled(side, 0.0, t.panel);
            ui.painter().vline(side.left() + 0.5, side.y_range(), Stroke::new(size::LINE, t.line));
            ui.scope_builder(UiBuilder::new().max_rect(side).id_salt(("details", item.name())), |ui| {
                item.details(ui, scene, vault, page, actions);
            });
        }
    });
    ui.advance_cursor_after_rect(room);
}

fn list<T: Paged>(ui: &mut Ui, scene: &Scene<'_>, vault: &Arc<Vault>, page: &mut Page, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.y = 0.0;
    if T::shelf(vault).live_count() == 0 {
        T::none_yet(ui, scene, vault, actions);
        return;
    }
    ui.add_space(space::M);
    let filter = toolbar::<T>(ui, vault, page);
    T::listing(page).rows(T::shelf(vault), scene.now);
    ui.add_space(space::S);
    let taken = keys::<T>(ui, page, Some(filter), actions);
    if T::listing(page).shown().is_empty() {
        nothing_matches::<T>(ui, page);
        return;
    }
    table::<T>(ui, scene, vault, page, taken, actions);
}

/// The filter, the segments and the count; in one line where there is room. Answers with the filter's id.
fn toolbar<T: Paged>(ui: &mut Ui, vault: &Vault, page: &mut Page) -> Id {
    const SEGMENTS: [(Segment, &str); 3] =
        [(Segment::All, "All"), (Segment::Expiring, "Expiring"), (Segment::Disabled, "Disabled")];
    const SEGMENTS_WIDTH: f32 = 186.0;
    let id = ui.make_persistent_id("filter");
    let width = ui.available_width() - 2.0 * space::XL;
    let (shown, all) = (T::listing(page).shown().len(), T::shelf(vault).live_count());
    let count = if shown == all {
        words::counted(all, T::KIND.noun())
    } else {
        format!("{} of {}", crate::domain::refusal::grouped(shown), words::counted(all, T::KIND.noun()))
    };
    let hint = format!("Filter {}s", T::KIND.noun());
    let filter = |ui: &mut Ui, page: &mut Page, width: f32| {
        let has_focus = page.focus_filter;
        let field = SearchField::new(&mut T::listing(page).filter, &hint).id(id).width(width);
        ui.add(field.focus(has_focus));
    };
    let count_label = |ui: &mut Ui| ui.label(Font::Body.text(&count).color(Tokens::of(ui).dim));
    let is_one_line = width >= SEGMENTS_WIDTH + 150.0;
    let line = |ui: &mut Ui, left: &mut dyn FnMut(&mut Ui), right: &mut dyn FnMut(&mut Ui)| {
        ui.horizontal(|ui| {
            ui.add_space(space::XL);
            ui.scope(|ui| {
                ui.set_width(width);
                Sides::new().height(size::FIELD).show(ui, |ui| left(ui), |ui| right(ui));
            });
        });
    };
    if is_one_line {
        let has_count = width >= SEGMENTS_WIDTH + 150.0 + 110.0;
        let rest = width - SEGMENTS_WIDTH - space::S - if has_count { 118.0 } else { 0.0 };
        line(
            ui,
            &mut |ui| {
                filter(ui, page, rest.min(260.0));
                Segmented::new("Show", &mut T::listing(page).segment, &SEGMENTS).show(ui);
            },
            &mut |ui| {
                if has_count {
                    count_label(ui);
                }
            },
        );
    } else {
        line(ui, &mut |ui| filter(ui, page, width), &mut |_| ());
        ui.add_space(space::S);
        line(
            ui,
            &mut |ui| {
                Segmented::new("Show", &mut T::listing(page).segment, &SEGMENTS).show(ui);
            },
            &mut |ui| {
                if width >= SEGMENTS_WIDTH + 90.0 {
                    count_label(ui);
                }
            },
        );
    }
    id
}

/// Arrows, Home, End and pages lead into the table from where nothing has the keyboard, and from the filter.
/// Answers with the row that gets it.
fn keys<T: Paged>(ui: &Ui, page: &mut Page, filter: Option<Id>, actions: &mut Vec<Action>) -> Option<usize> {
    const PAGE: usize = 12;
    let last = T::listing(page).shown().len().checked_sub(1)?;
    let (focused, is_under_dialog) = ui.memory(|memory| (memory.focused(), memory.top_modal_layer().is_some()));
    let was_in_filter = filter.is_some_and(|id| ui.memory(|memory| memory.had_focus_last_frame(id)));
    if is_under_dialog || egui::Popup::is_any_open(ui.ctx()) || (focused.is_some() && focused != filter) {
        return None;
    }
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if was_in_filter || (focused.is_some() && focused == filter) {
        let is_leaving = pressed(Key::ArrowDown) || pressed(Key::Enter);
        return is_leaving.then(|| go_to::<T>(ui, page, 0, actions));
    }
    let selected = page.selected.clone();
    let at = selected.and_then(|name| T::listing(page).position(&name));
    let here = at.unwrap_or_else(|| T::listing(page).last_position());
    let target = if pressed(Key::ArrowDown) {
        at.map_or(here, |at| at + 1)
    } else if pressed(Key::ArrowUp) {
        at.map_or(here, |at| at.saturating_sub(1))
    } else if pressed(Key::Home) {
        0
    } else if pressed(Key::End) {
        last
    } else if pressed(Key::PageDown) {
        here + PAGE
    } else if pressed(Key::PageUp) {
        here.saturating_sub(PAGE)
    } else {
        return None;
    };
    Some(go_to::<T>(ui, page, target.min(last), actions))
}

fn go_to<T: Paged>(ui: &Ui, page: &mut Page, row: usize, actions: &mut Vec<Action>) -> usize {
    // The arrow has done its work: egui must not move the focus once more by it.
    ui.memory_mut(|memory| memory.move_focus(egui::FocusDirection::None));
    actions.push(Action::Select(T::listing(page).shown().get(row).map(|item| item.name().clone())));
    row
}

fn table<T: Paged>(
    ui: &mut Ui,
    scene: &Scene<'_>,
    vault: &Vault,
    page: &mut Page,
    takes_focus: Option<usize>,
    actions: &mut Vec<Action>,
) {
    let columns = T::columns(ui.available_width());
    let sort = T::listing(page).sort;
    let heads: Vec<_> = columns.iter().map(|&column| head(column, sort)).collect();
    let selected = page.selected.clone().and_then(|name| T::listing(page).position(&name));
    let reveals = page.follow_selection;
    let rows = T::listing(page).shown();
    let mut next_change: Option<Duration> = None;
    let output = Table::new(T::TITLE, &heads, rows.len())
        .selected(selected)
        .reveal_selected(reveals)
        .focus(takes_focus)
        .show(ui, |row| {
            let item = &rows[row.index];
            let response = row.name(item.name(), item.name().as_str());
            item.menu(&response, scene, vault, actions);
            for &column in &columns[1..] {
                cell(row, scene, item.as_ref(), column);
            }
            let change = until_row_changes(scene.now, item.as_ref());
            next_change = Some(next_change.map_or(change, |next| next.min(change)));
        });
    if let Some(row) = output.selected() {
        go_to::<T>(ui, page, row, actions);
    }
    if let Some(column) = output.sorted_by {
        T::listing(page).sort = sort.clicked(columns[column]);
        page.follow_selection = true;
    }
    if let Some(next) = next_change {
        ui.ctx().request_repaint_after(next.max(Duration::from_secs(1)));
    }
}

fn head(column: Column, sort: Sort) -> TableColumn<'static> {
    let direction = (sort.column == column).then_some(match sort.direction {
        Direction::Ascending => widgets::Direction::Up,
        Direction::Descending => widgets::Direction::Down,
    });
    let head = match column {
        Column::Name => TableColumn::share("Name", 1.0),
        Column::Type => TableColumn::exact("Type", 92.0),
        Column::Protection => TableColumn::exact("Protection", 112.0),
        Column::Operations => TableColumn::exact("Operations", 92.0),
        Column::Rotates => TableColumn::exact("Rotates", 92.0),
        Column::Status => TableColumn::exact("Status", 132.0),
        Column::Expires => TableColumn::exact("Expires", 92.0),
        Column::Updated => TableColumn::exact("Updated", 108.0),
        Column::Versions => TableColumn::exact("Versions", 72.0).right(),
    };
    head.sortable(direction)
}

fn cell<T: Paged>(row: &mut TableRow<'_>, scene: &Scene<'_>, item: &T, column: Column) {
    match column {
        Column::Name => {}
        Column::Status => {
            let (tone, text) = status(scene.now, item.standing(scene.now));
            row.cell(|ui| ui.add(Badge::new(tone, text)));
        }
        Column::Expires => match item.expires() {
            Some(expires) => date(row, scene.zone, &scene.zone.date(expires), expires),
            None => row.text("—"),
        },
        Column::Updated => date(row, scene.zone, &words::ago(scene.now, item.updated()), item.updated()),
        Column::Versions => row.text(&crate::domain::refusal::grouped(item.version_count())),
        Column::Type | Column::Protection | Column::Operations | Column::Rotates => item.own_cell(row, scene, column),
    }
}

/// A date in words, exact on hover.
pub(super) fn date(row: &mut TableRow<'_>, zone: Zone, text: &str, moment: Timestamp) {
    row.cell(|ui| {
        let text = Font::Body.text(text).color(Tokens::of(ui).dim);
        ui.add(Label::new(text).truncate()).on_hover_ui(|ui| {
            ui.label(words::exact(zone, moment));
        });
    });
}

/// How a version stands, in a word.
pub(super) fn status(now: Timestamp, standing: Standing) -> (Tone, String) {
    match standing {
        Standing::Enabled => (Tone::Ok, "Enabled".into()),
        Standing::ExpiresSoon { at } => (Tone::Warn, words::expires_in(now, at)),
        Standing::NotYetActive { .. } => (Tone::Accent, "Not yet active".into()),
        Standing::Expired { .. } => (Tone::Danger, "Expired".into()),
        Standing::Disabled => (Tone::Neutral, "Disabled".into()),
    }
}

/// After how long a row reads differently.
fn until_row_changes(now: Timestamp, item: &impl Paged) -> Duration {
    let ago = words::until_ago_changes(now, item.updated());
    let ends = [item.expires(), item.not_before(), item.rotates()].into_iter().flatten();
    ends.filter_map(|end| words::until_expiry_changes(now, end)).fold(ago, Duration::min)
}

fn nothing_matches<T: Paged>(ui: &mut Ui, page: &mut Page) {
    let listing = T::listing(page);
    let filter = listing.filter.trim();
    let (title, text) = match (filter, listing.segment) {
        ("", Segment::Expiring) => {
            ("Nothing expires soon".to_owned(), format!("{} that expired or will within 14 days stand here.", T::TITLE))
        }
        ("", _) => ("Nothing is disabled".to_owned(), format!("{} that are refused stand here.", T::TITLE)),
        (filter, _) => (format!("Nothing matches \u{201c}{filter}\u{201d}"), T::SEARCHED.to_owned()),
    };
    let button = if filter.is_empty() { "Show all" } else { "Clear filter and show all" };
    if EmptyState::new(Icon::FILTER, &title, &text).button(Button::secondary(button)).show(ui) {
        listing.filter.clear();
        listing.segment = Segment::All;
    }
}
