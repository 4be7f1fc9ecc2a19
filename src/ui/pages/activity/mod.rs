//! Everything that was asked of every vault, by whom, and what came of it.

mod details;
mod drawing;
mod table;

use std::time::Duration;

use egui::{Align, Id, Key, Label, Layout, Modifiers, Popup, Rect, Stroke, Ui, UiBuilder, pos2, vec2};

use super::refused;
use crate::{
    domain::{
        Operation, Target,
        history::{History, Kind, Reach},
    },
    ui::{
        action::Action,
        activity_listing::{PIECE, Span},
        command::UiCommand,
        command_menu::command_item,
        commands::actions_for,
        icons::Icon,
        scene::{Page, Scene},
        theme::{Font, Tokens, Tone, size, space},
        widgets::{
            Banner, Button, EmptyState, IconButton, SearchField, Segmented, dot, menu_item, menu_separator, menu_title,
            popup_frame, spinner,
        },
        words,
    },
};

const HEAD: f32 = 66.0;
const SPANS: [(Span, &str); 4] = [(Span::Hour, "Hour"), (Span::Day, "Day"), (Span::Week, "Week"), (Span::All, "All")];
const KINDS: [(Kind, &str); 3] = [(Kind::All, "All"), (Kind::Writes, "Writes"), (Kind::Refused, "Refused")];
/// Both choices beside each other, and the room before them.
const CHOICES: f32 = 386.0;
/// Beside less than this the details take the place of the table.
const NARROWEST_TABLE: f32 = 280.0;

/// Draws it.
pub(in crate::ui) fn show(ui: &mut Ui, scene: &Scene<'_>, page: &mut Page, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.y = 0.0;
    let room = ui.available_rect_before_wrap();
    let head = Rect::from_min_size(room.min, vec2(room.width(), HEAD)).shrink2(vec2(space::XL, 0.0));
    header(ui, head, scene, page, actions);
    let below = room.with_min_y(room.top() + HEAD);
    if let Some(why) = scene.not_granted(Operation::ActivityRead, &Target::Subscription) {
        ui.scope_builder(UiBuilder::new().max_rect(below), |ui| {
            refused::instead(ui, "The activity is not shown", &why);
        });
        return;
    }
    let Some(history) = &scene.view.history else {
        ui.scope_builder(UiBuilder::new().max_rect(below.shrink(space::XL)), |ui| spinner(ui, "Reading the activity"));
        return;
    };
    let is_done = page.activity.look(history, scene.now, PIECE);
    if !is_done {
        ui.ctx().request_repaint();
    }
    let is_free = !ui.ctx().text_edit_focused()
        && !Popup::is_any_open(ui.ctx())
        && ui.memory(|memory| memory.top_modal_layer().is_none());
    if is_free && page.activity.selected.is_some() && ui.input(|input| input.key_pressed(Key::Escape)) {
        page.activity.selected = None;
    }
    if page.activity.span != Span::All {
        // The beginning of what is shown moves on.
        ui.ctx().request_repaint_after(Duration::from_mins(1));
    }
    let selected = page.activity.selected.and_then(|id| history.get(id));
    let has_room_for_both = room.width() - size::DETAILS >= NARROWEST_TABLE;
    let left = match &selected {
        Some(_) if has_room_for_both => below.with_max_x(below.right() - size::DETAILS),
        Some(_) => below.with_max_x(below.left()),
        None => below,
    };
    page.room_for_messages = Some(super::panel::room_for_messages(left, below));
    if left.width() > 0.0 {
        ui.scope_builder(UiBuilder::new().max_rect(left).id_salt("list"), |ui| {
            list(ui, scene, history, page, actions);
        });
    }
    if let Some(asked) = selected {
        let side = below.with_min_x(left.right());
        let t = Tokens::of(ui);
        ui.painter().rect_filled(side, 0.0, t.panel);
        ui.painter().vline(side.left() + 0.5, side.y_range(), Stroke::new(size::LINE, t.line));
        ui.painter().hline(side.x_range(), side.top() + 0.5, Stroke::new(size::LINE, t.line));
        ui.scope_builder(UiBuilder::new().max_rect(side).id_salt("details"), |ui| {
            details::show(ui, scene, &asked, page, actions);
        });
    }
    ui.advance_cursor_after_rect(room);
}

fn header(ui: &mut Ui, room: Rect, scene: &Scene<'_>, page: &mut Page, actions: &mut Vec<Action>) {
    let t = Tokens::of(ui);
    let beside = Rect::from_min_size(pos2(room.left(), room.top() + 25.0), vec2(room.width(), size::BUTTON));
    let layout = Layout::right_to_left(Align::Center);
    let drawn = ui.scope_builder(UiBuilder::new().max_rect(beside).layout(layout), |ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        let more = ui.add(IconButton::new(Icon::ELLIPSIS, "More on the activity").framed());
        Popup::menu(&more).frame(popup_frame(t)).width(264.0).show(|ui| menu(ui, scene, page, actions));
        let why_not = scene.why_not(Operation::ActivityExport, &Target::Subscription);
        if ui.add(Button::secondary("Export…").icon(Icon::SHARE).disabled_because(why_not)).clicked() {
            match actions_for(UiCommand::ExportActivity, scene, page) {
                Ok(mut wanted) => actions.append(&mut wanted),
                Err(why) => actions.push(Action::Toast(crate::ui::action::Toast::note(why))),
            }
        }
        ui.min_rect().left()
    });
    let left = Rect::from_min_max(pos2(room.left(), room.top() + 14.0), pos2(drawn.inner - space::L, room.bottom()));
    ui.scope_builder(UiBuilder::new().max_rect(left), |ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        ui.label(Font::PageTitle.text("Activity").color(t.text));
        let text = "Everything asked of every vault, and what came of it.";
        ui.add(Label::new(Font::Body.text(text).color(t.dim)).truncate());
    });
}

/// Whose records are shown, and how long all of them are kept.
fn menu(ui: &mut Ui, scene: &Scene<'_>, page: &mut Page, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.y = 0.0;
    menu_title(ui, "Identity");
    let anybody = page.activity.who.is_none();
    let may = || Ok::<(), String>(());
    let tick = |is_chosen: bool| Some(if is_chosen { Icon::CHECK } else { Icon::USER });
    if menu_item(ui, tick(anybody), "Everybody", None, &may()).clicked() {
        page.activity.who = None;
    }
    let callers = scene.view.history.as_ref().map(History::callers).unwrap_or_default();
    for who in callers.into_iter().take(12) {
        let is_chosen = page.activity.who.as_ref() == Some(&who);
        if menu_item(ui, tick(is_chosen), &who.name, None, &may()).clicked() {
            page.activity.who = Some(who);
        }
    }
    menu_separator(ui);
    command_item(ui, scene, page, UiCommand::KeepActivity, actions);
    command_item(ui, scene, page, UiCommand::ShowCost, actions);
}

fn list(ui: &mut Ui, scene: &Scene<'_>, history: &History, page: &mut Page, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.add_space(space::M);
    let filter = toolbar(ui, history, page);
    ui.add_space(space::M);
    inset(ui, |ui| drawing::show(ui, scene, history, page));
    ui.add_space(space::S);
    if !history.faults.is_empty() {
        inset(ui, |ui| {
            for fault in history.faults.iter().take(3) {
                Banner::new(Tone::Danger).icon(Icon::TRIANGLE_ALERT).text(&fault.sentence(scene.zone)).ui(ui);
                ui.add_space(space::S);
            }
        });
    }
    if page.activity.is_empty() {
        nothing(ui, history, page);
        return;
    }
    let focus = keys(ui, page, filter);
    table::show(ui, scene, history, page, focus, actions);
}

fn inset(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let width = ui.available_width() - 2.0 * space::XL;
    ui.horizontal_top(|ui| {
        ui.add_space(space::XL);
        ui.vertical(|ui| {
            ui.set_width(width);
            content(ui);
        });
    });
}

/// The filter, the choices and the count; in one line where there is room. Answers with the filter's id.
fn toolbar(ui: &mut Ui, history: &History, page: &mut Page) -> Id {
    const HINT: &str = "Filter: operation, name, identity";
    const COUNT: f32 = 176.0;
    let id = ui.make_persistent_id("filter");
    let width = ui.available_width() - 2.0 * space::XL;
    let is_one_line = width >= CHOICES + 180.0;
    let has_count = width >= CHOICES + 200.0 + COUNT;
    let beside = if is_one_line { CHOICES } else { 0.0 } + if has_count { COUNT } else { 0.0 };
    let field_width = if is_one_line { (width - beside).min(280.0) } else { width };
    let choices = |ui: &mut Ui, page: &mut Page| {
        Segmented::new("How far back", &mut page.activity.span, &SPANS).show(ui);
        Segmented::new("Show", &mut page.activity.kind, &KINDS).show(ui);
    };
    inset(ui, |ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        let line = Rect::from_min_size(ui.cursor().min, vec2(width, size::FIELD));
        ui.horizontal(|ui| {
            let field = SearchField::new(&mut page.activity.text, HINT).id(id).width(field_width);
            ui.add(field.focus(page.focus_filter));
            if is_one_line {
                choices(ui, page);
            }
        });
        if !is_one_line {
            ui.add_space(space::S);
            ui.horizontal(|ui| choices(ui, page));
        }
        if has_count {
            let layout = Layout::right_to_left(Align::Center);
            ui.scope_builder(UiBuilder::new().max_rect(line).layout(layout).id_salt("count"), |ui| {
                live(ui, history, page);
            });
        }
    });
    id
}

/// `live · 4,218 records`, and whose they are where not everybody's are shown.
fn live(ui: &mut Ui, history: &History, page: &Page) {
    let t = Tokens::of(ui);
    ui.spacing_mut().item_spacing.x = space::XS;
    let found = words::counted(page.activity.len(), "record");
    let (tone, word) = match history.reach {
        Reach::Whole => (Tone::Ok, "live"),
        Reach::Reading => (Tone::Accent, "reading"),
    };
    ui.label(Font::Body.text(format!("{word} · {found}")).color(t.dim));
    dot(ui, tone);
}

fn nothing(ui: &mut Ui, history: &History, page: &mut Page) {
    if history.is_empty() {
        let text = "What is asked of a vault stands here, with who asked and what came of it. Nothing was asked yet.";
        EmptyState::new(Icon::ACTIVITY, "No activity yet", text).show(ui);
        return;
    }
    let text = "No record fits what is typed and chosen.";
    let all = Button::secondary("Show all");
    if page.activity.is_narrowed() && EmptyState::new(Icon::FILTER, "Nothing found", text).button(all).show(ui) {
        page.activity.widen();
    }
}

/// Arrows lead into the table from where nothing has the keyboard, and from the filter. Answers with the row that gets it.
fn keys(ui: &Ui, page: &mut Page, filter: Id) -> Option<usize> {
    let last = page.activity.len().checked_sub(1)?;
    let (focused, is_under_dialog) = ui.memory(|memory| (memory.focused(), memory.top_modal_layer().is_some()));
    if is_under_dialog || Popup::is_any_open(ui.ctx()) || (focused.is_some() && focused != Some(filter)) {
        return None;
    }
    let was_in_filter = focused == Some(filter) || ui.memory(|memory| memory.had_focus_last_frame(filter));
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let here = page.activity.selected_row();
    let row = if was_in_filter {
        (pressed(Key::ArrowDown) || pressed(Key::Enter)).then_some(0)?
    } else if pressed(Key::ArrowDown) {
        here.map_or(0, |row| row + 1)
    } else if pressed(Key::ArrowUp) {
        here.unwrap_or(0).saturating_sub(1)
    } else if pressed(Key::Home) {
        0
    } else if pressed(Key::End) {
        last
    } else {
        return None;
    };
    ui.memory_mut(|memory| memory.move_focus(egui::FocusDirection::None));
    page.activity.selected = page.activity.get(row.min(last));
    Some(row.min(last))
}
