//! A row of a table, cell by cell.

use super::{TableColumn, align};
use crate::ui::theme::{Font, Tokens, ring_inside};
use egui::{
    Align, Align2, Color32, CornerRadius, Id, Label, Layout, Rect, Response, RichText, Role, Sense, Ui, UiBuilder,
    WidgetInfo, vec2,
};
use std::ops::Range;

/// A row while it is filled, from the first cell to the last.
#[expect(missing_debug_implementations, reason = "borrows a ui, which has none")]
pub struct TableRow<'r> {
    /// The row's own ui, for its painter and its ids.
    pub ui: &'r mut Ui,
    /// The number of the row.
    pub index: usize,
    pub(super) table: Id,
    pub(super) rect: Rect,
    pub(super) cells: &'r [Range<f32>],
    pub(super) columns: &'r [TableColumn<'r>],
    pub(super) next: usize,
    pub(super) is_selected: bool,
    pub(super) response: Option<Response>,
}

impl TableRow<'_> {
    /// Fills the first cell with what the row is called, and makes the row a button of that name. `key` is what tells
    /// the row from all others however the table is sorted. Call it before the other cells.
    pub fn name(&mut self, key: impl std::hash::Hash + std::fmt::Debug, text: &str) -> Response {
        self.noted_name(key, text, "")
    }

    /// The same with a word on it beside, where there is room.
    pub fn noted_name(&mut self, key: impl std::hash::Hash + std::fmt::Debug, text: &str, note: &str) -> Response {
        let t = Tokens::of(self.ui);
        let response = self.button(key, text);
        let cell = self.take();
        let galley = Font::Medium.layout(self.ui, text, t.text, cell.width());
        let is_cut = galley.elided;
        let at = Align2::LEFT_CENTER.align_size_within_rect(galley.size(), cell).min;
        let beside = cell.with_min_x(at.x + galley.size().x + 5.0);
        self.ui.painter().galley(at, galley, t.text);
        let note = Font::Body.layout(self.ui, note, t.faint, f32::INFINITY);
        if note.size().x <= beside.width() {
            let at = Align2::LEFT_CENTER.align_size_within_rect(note.size(), beside).min;
            self.ui.painter().galley(at, note, t.faint);
        }
        self.response = Some(response.clone());
        if is_cut { response.on_hover_text(text) } else { response }
    }

    /// Makes the row a button of that name, and fills no cell. Call it before the cells.
    pub fn button(&mut self, key: impl std::hash::Hash + std::fmt::Debug, text: &str) -> Response {
        let t = Tokens::of(self.ui);
        let response = self.ui.interact(self.rect, self.table.with(("row", key)), Sense::click());
        let is_enabled = self.ui.is_enabled();
        response.widget_info(|| WidgetInfo::selected(Role::Button, is_enabled, self.is_selected, text));
        self.ui.ctx().accesskit_node_builder(response.id, |node| node.set_row_index(self.index));
        let fill = if self.is_selected {
            t.selection
        } else if response.contains_pointer() || self.ui.rect_contains_pointer(self.rect) {
            t.hover
        } else {
            Color32::TRANSPARENT
        };
        self.ui.painter().rect_filled(self.rect, CornerRadius::ZERO, fill);
        if response.has_focus() {
            ring_inside(self.ui.ctx(), response.id);
        }
        self.response = Some(response.clone());
        response
    }

    /// What happened to the row, once it has its name.
    pub fn response(&self) -> Option<&Response> {
        self.response.as_ref()
    }

    /// The rectangle of the next cell, which is then used up.
    pub fn take(&mut self) -> Rect {
        let cell = self.cells.get(self.next).cloned().unwrap_or(0.0..0.0);
        self.next += 1;
        Rect::from_x_y_ranges(self.rect.left() + cell.start..=self.rect.left() + cell.end, self.rect.y_range())
    }

    /// Fills the next cell by `content`, laid out as the column says: from the right in a column at the right.
    pub fn cell<R>(&mut self, content: impl FnOnce(&mut Ui) -> R) -> R {
        let layout = match self.columns.get(self.next).map_or(Align::Min, |column| column.align) {
            Align::Min => Layout::left_to_right(Align::Center),
            Align::Max => Layout::right_to_left(Align::Center),
            Align::Center => Layout::centered_and_justified(egui::Direction::LeftToRight),
        };
        let index = self.next;
        let rect = self.take();
        let mut ui = self.ui.new_child(UiBuilder::new().max_rect(rect).layout(layout).id_salt(index));
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.shrink_clip_rect(rect.expand2(vec2(4.0, 0.0)));
        content(&mut ui)
    }

    /// Fills the next cell with text in the second colour.
    pub fn text(&mut self, text: &str) {
        let colour = Tokens::of(self.ui).dim;
        self.coloured(text, Font::Body, colour);
    }

    /// Fills the next cell with a value to the letter, as a time or a version.
    pub fn mono(&mut self, text: &str) {
        let colour = Tokens::of(self.ui).text;
        self.coloured(text, Font::Mono, colour);
    }

    /// Fills the next cell with text of its own colour and face.
    pub fn rich(&mut self, text: RichText) {
        self.cell(|ui| ui.add(Label::new(text).truncate()));
    }

    fn coloured(&mut self, text: &str, font: Font, colour: Color32) {
        let column = self.columns.get(self.next).map_or(Align::Min, |column| column.align);
        let index = self.next;
        let cell = self.take();
        let galley = font.layout(self.ui, text, colour, cell.width());
        let rect = align(column).align_size_within_rect(galley.size(), cell);
        let response = self.ui.interact(rect, self.ui.scope_id().with(index), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
        let is_cut = galley.elided;
        self.ui.painter().galley(rect.min, galley, colour);
        if is_cut {
            response.on_hover_text(text);
        }
    }
}
