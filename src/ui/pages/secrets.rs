//! The secrets of a vault: a table that is filtered and sorted, and the details of one beside it.

use std::{sync::Arc, time::Duration};

use egui::{Id, Key, Label, Modifiers, Sides, Stroke, Ui, UiBuilder};

use super::{details, secret_menu};
use crate::{
    domain::{Operation, Secret, SecretVersion, Target, Timestamp, Vault, Zone, secret::Standing},
    ui::{
        action::Action,
        dialogs::{import::Import, secret::SecretDialog},
        icons::Icon,
        listing::{Column, Direction, Segment, Sort},
        scene::{Page, Scene},
        theme::{Font, Tokens, Tone, size, space},
        widgets::{self, Badge, Button, EmptyState, SearchField, Segmented, Table, TableColumn, TableRow},
        words,
    },
};

/// Beside less than this the details take the place of the table.
const NARROWEST_TABLE: f32 = 280.0;

/// Draws it.
pub(in crate::ui) fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    vault: &Arc<Vault>,
    page: &mut Page,
    actions: &mut Vec<Action>,
) {
    let room = ui.available_rect_before_wrap();
    let selected = page.selected.as_ref().and_then(|name| vault.secrets.get(name)).cloned();
    let has_room_for_both = room.width() - size::DETAILS >= NARROWEST_TABLE;
    let table = match &selected {
        Some(_) if has_room_for_both => room.with_max_x(room.right() - size::DETAILS),
        Some(_) => room.with_max_x(room.left()),
        None => room,
    };
    page.secrets.rows(&vault.secrets, scene.now);
    ui.push_id(("secrets of", vault.name()), |ui| {
        if table.width() > 0.0 {
            ui.scope_builder(UiBuilder::new().max_rect(table).id_salt("list"), |ui| {
                list(ui, scene, vault, page, actions);
            });
        } else {
            keys(ui, page, None, actions);
        }
        if let Some(secret) = selected {
            let side = room.with_min_x(table.right());
            let t = Tokens::of(ui);
            ui.painter().rect_filled(side, 0.0, t.panel);
            ui.painter().vline(side.left() + 0.5, side.y_range(), Stroke::new(size::LINE, t.line));
            ui.scope_builder(UiBuilder::new().max_rect(side).id_salt(("details", secret.name())), |ui| {
                details::show(ui, scene, vault, &secret, page, actions);
            });
        }
    });
    ui.advance_cursor_after_rect(room);
}

fn list(ui: &mut Ui, scene: &Scene<'_>, vault: &Arc<Vault>, page: &mut Page, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.y = 0.0;
    if vault.secrets.live_count() == 0 {
        no_secrets_yet(ui, scene, vault, actions);
        return;
    }
    ui.add_space(space::M);
    let filter = toolbar(ui, vault, page);
    page.secrets.rows(&vault.secrets, scene.now);
    ui.add_space(space::S);
    let taken = keys(ui, page, Some(filter), actions);
    if page.secrets.shown().is_empty() {
        nothing_matches(ui, page);
        return;
    }
    table(ui, scene, vault, page, taken, actions);
}

/// The filter, the segments and the count; in one line where there is room. Answers with the filter's id.
fn toolbar(ui: &mut Ui, vault: &Vault, page: &mut Page) -> Id {
    const SEGMENTS: [(Segment, &str); 3] =
        [(Segment::All, "All"), (Segment::Expiring, "Expiring"), (Segment::Disabled, "Disabled")];
    const SEGMENTS_WIDTH: f32 = 186.0;
    let id = ui.make_persistent_id("filter");
    let width = ui.available_width() - 2.0 * space::XL;
    let (shown, all) = (page.secrets.shown().len(), vault.secrets.live_count());
    let count = if shown == all {
        words::counted(all, "secret")
    } else {
        format!("{} of {}", crate::domain::refusal::grouped(shown), words::counted(all, "secret"))
    };
    let filter = |ui: &mut Ui, page: &mut Page, width: f32| {
        let field = SearchField::new(&mut page.secrets.filter, "Filter secrets").id(id).width(width);
        ui.add(field.focus(page.focus_filter));
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
                Segmented::new("Show", &mut page.secrets.segment, &SEGMENTS).show(ui);
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
                Segmented::new("Show", &mut page.secrets.segment, &SEGMENTS).show(ui);
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
fn keys(ui: &Ui, page: &mut Page, filter: Option<Id>, actions: &mut Vec<Action>) -> Option<usize> {
    const PAGE: usize = 12;
    let last = page.secrets.shown().len().checked_sub(1)?;
    let (focused, is_under_dialog) = ui.memory(|memory| (memory.focused(), memory.top_modal_layer().is_some()));
    let was_in_filter = filter.is_some_and(|id| ui.memory(|memory| memory.had_focus_last_frame(id)));
    if is_under_dialog || egui::Popup::is_any_open(ui.ctx()) || (focused.is_some() && focused != filter) {
        return None;
    }
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if was_in_filter || (focused.is_some() && focused == filter) {
        let is_leaving = pressed(Key::ArrowDown) || pressed(Key::Enter);
        return is_leaving.then(|| go_to(ui, page, 0, actions));
    }
    let selected = page.selected.clone();
    let at = selected.and_then(|name| page.secrets.position(&name));
    let here = at.unwrap_or_else(|| page.secrets.last_position());
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
    Some(go_to(ui, page, target.min(last), actions))
}

fn go_to(ui: &Ui, page: &Page, row: usize, actions: &mut Vec<Action>) -> usize {
    // The arrow has done its work: egui must not move the focus once more by it.
    ui.memory_mut(|memory| memory.move_focus(egui::FocusDirection::None));
    actions.push(Action::Select(page.secrets.shown().get(row).map(|secret| secret.name().clone())));
    row
}

fn table(
    ui: &mut Ui,
    scene: &Scene<'_>,
    vault: &Vault,
    page: &mut Page,
    takes_focus: Option<usize>,
    actions: &mut Vec<Action>,
) {
    let columns = columns_for(ui.available_width());
    let sort = page.secrets.sort;
    let heads: Vec<_> = columns.iter().map(|&column| head(column, sort)).collect();
    let selected = page.selected.clone().and_then(|name| page.secrets.position(&name));
    let rows = page.secrets.shown();
    let mut next_change: Option<Duration> = None;
    let output = Table::new("Secrets", &heads, rows.len())
        .selected(selected)
        .reveal_selected(page.follow_selection)
        .focus(takes_focus)
        .show(ui, |row| {
            let secret = &rows[row.index];
            let response = row.name(secret.name(), secret.name().as_str());
            secret_menu::show(&response, scene, vault, secret, actions);
            for &column in &columns[1..] {
                cell(row, scene, secret, column);
            }
            let change = until_row_changes(scene.now, secret.current());
            next_change = Some(next_change.map_or(change, |next| next.min(change)));
        });
    if let Some(row) = output.selected() {
        go_to(ui, page, row, actions);
    }
    if let Some(column) = output.sorted_by {
        page.secrets.sort = sort.clicked(columns[column]);
        page.follow_selection = true;
    }
    if let Some(next) = next_change {
        ui.ctx().request_repaint_after(next.max(Duration::from_secs(1)));
    }
}

/// The columns there is room for, most telling first.
fn columns_for(width: f32) -> &'static [Column] {
    match width {
        640.0.. => &[Column::Name, Column::Status, Column::Expires, Column::Updated, Column::Versions],
        520.0.. => &[Column::Name, Column::Status, Column::Expires, Column::Updated],
        410.0.. => &[Column::Name, Column::Status, Column::Updated],
        _ => &[Column::Name, Column::Status],
    }
}

fn head(column: Column, sort: Sort) -> TableColumn<'static> {
    let direction = (sort.column == column).then_some(match sort.direction {
        Direction::Ascending => widgets::Direction::Up,
        Direction::Descending => widgets::Direction::Down,
    });
    let head = match column {
        Column::Name => TableColumn::share("Name", 1.0),
        Column::Status => TableColumn::exact("Status", 132.0),
        Column::Expires => TableColumn::exact("Expires", 92.0),
        Column::Updated => TableColumn::exact("Updated", 108.0),
        Column::Versions => TableColumn::exact("Versions", 72.0).right(),
    };
    head.sortable(direction)
}

fn cell(row: &mut TableRow<'_>, scene: &Scene<'_>, secret: &Secret, column: Column) {
    let current = secret.current();
    match column {
        Column::Name => {}
        Column::Status => {
            let (tone, text) = status(scene.now, current);
            row.cell(|ui| ui.add(Badge::new(tone, text)));
        }
        Column::Expires => match current.validity.expires() {
            Some(expires) => date(row, scene.zone, &scene.zone.date(expires), expires),
            None => row.text("—"),
        },
        Column::Updated => date(row, scene.zone, &words::ago(scene.now, current.updated), current.updated),
        Column::Versions => row.text(&crate::domain::refusal::grouped(secret.versions().len())),
    }
}

/// A date in words, exact on hover.
fn date(row: &mut TableRow<'_>, zone: Zone, text: &str, moment: Timestamp) {
    row.cell(|ui| {
        let text = Font::Body.text(text).color(Tokens::of(ui).dim);
        ui.add(Label::new(text).truncate()).on_hover_ui(|ui| {
            ui.label(words::exact(zone, moment));
        });
    });
}

/// How a version stands, in a word.
pub(super) fn status(now: Timestamp, version: &SecretVersion) -> (Tone, String) {
    match version.standing(now) {
        Standing::Enabled => (Tone::Ok, "Enabled".into()),
        Standing::ExpiresSoon { at } => (Tone::Warn, words::expires_in(now, at)),
        Standing::NotYetActive { .. } => (Tone::Accent, "Not yet active".into()),
        Standing::Expired { .. } => (Tone::Danger, "Expired".into()),
        Standing::Disabled => (Tone::Neutral, "Disabled".into()),
    }
}

/// After how long a row reads differently.
fn until_row_changes(now: Timestamp, version: &SecretVersion) -> Duration {
    let ago = words::until_ago_changes(now, version.updated);
    let validity = version.validity;
    let ends = [validity.expires(), validity.not_before()].into_iter().flatten();
    ends.filter_map(|end| words::until_expiry_changes(now, end)).fold(ago, Duration::min)
}

fn no_secrets_yet(ui: &mut Ui, scene: &Scene<'_>, vault: &Vault, actions: &mut Vec<Action>) {
    let why_not = scene.why_not(Operation::SecretSet, &Target::Vault(vault.name().clone()));
    let text = "Passwords, tokens, connection strings: up to 25 KB each, with every version kept.";
    let begin = Button::primary("New secret").icon(Icon::PLUS).disabled_because(why_not.clone());
    let (is_new, is_import) = EmptyState::new(Icon::KEY, "No secrets yet", text)
        .button(begin)
        .show_with(ui, |ui| ui.add(Button::ghost("Import…").icon(Icon::IMPORT).disabled_because(why_not)).clicked());
    if is_new {
        actions.push(Action::Open(Box::new(SecretDialog::new_secret(vault.name().clone()))));
    }
    if is_import {
        actions.push(Action::Open(Box::new(Import::new(vault.name().clone()))));
    }
}

fn nothing_matches(ui: &mut Ui, page: &mut Page) {
    let filter = page.secrets.filter.trim();
    let (title, text) = match (filter, page.secrets.segment) {
        ("", Segment::Expiring) => {
            ("Nothing expires soon".to_owned(), "Secrets that expired or will within 14 days stand here.")
        }
        ("", _) => ("Nothing is disabled".to_owned(), "Secrets whose value is refused stand here."),
        (filter, _) => {
            (format!("Nothing matches \u{201c}{filter}\u{201d}"), "Names, content types and tags were searched.")
        }
    };
    let button = if filter.is_empty() { "Show all" } else { "Clear filter and show all" };
    if EmptyState::new(Icon::FILTER, &title, text).button(Button::secondary(button)).show(ui) {
        page.secrets.filter.clear();
        page.secrets.segment = Segment::All;
    }
}
