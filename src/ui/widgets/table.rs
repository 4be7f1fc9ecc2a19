//! A table that draws only the rows in sight, each a thing that can have the keyboard.

use crate::ui::{
    icons::Icon,
    theme::{Font, Tokens, ring_inside, size, space},
};
use egui::{
    Align, Align2, Color32, CornerRadius, EventFilter, Id, Key, Label, Layout, Modifiers, Rect, Response, RichText,
    Role, ScrollArea, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};
use std::ops::Range;

/// Which way a column is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Up,
    /// Largest first.
    Down,
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
#[must_use = "give it to a table"]
pub struct TableColumn<'a> {
    name: &'a str,
    width: Width,
    align: Align,
    sort: Sort,
}

#[derive(Clone, Copy, Debug)]
enum Width {
    Exact(f32),
    Share(f32),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Sort {
    No,
    Possible,
    Active(Direction),
}

impl<'a> TableColumn<'a> {
    /// A column `width` points wide.
    pub const fn exact(name: &'a str, width: f32) -> Self {
        Self { name, width: Width::Exact(width), align: Align::Min, sort: Sort::No }
    }

    /// A column that takes `share` of the room that the exact ones leave.
    pub const fn share(name: &'a str, share: f32) -> Self {
        Self { name, width: Width::Share(share), align: Align::Min, sort: Sort::No }
    }

    /// Heads and cells at the right.
    pub const fn right(mut self) -> Self {
        self.align = Align::Max;
        self
    }

    /// Heads and cells in the middle.
    pub const fn centred(mut self) -> Self {
        self.align = Align::Center;
        self
    }

    /// The head sorts; `direction` while the table is sorted by this column.
    pub const fn sortable(mut self, direction: Option<Direction>) -> Self {
        self.sort = match direction {
            Some(direction) => Sort::Active(direction),
            None => Sort::Possible,
        };
        self
    }
}

/// What happened to a table in this frame. Numbers count rows, or columns, from the first.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct TableOutput {
    /// The row that was pressed, by the pointer or by Enter or Space.
    pub clicked: Option<usize>,
    /// The row that was pressed twice.
    pub opened: Option<usize>,
    /// The row that arrow keys, Page up and down, Home or End lead to.
    pub moved_to: Option<usize>,
    /// The column whose head was pressed.
    pub sorted_by: Option<usize>,
    /// The row that has the keyboard.
    pub focused: Option<usize>,
}

impl TableOutput {
    /// The row to select now, if another: pressed, or reached by keys.
    pub fn selected(&self) -> Option<usize> {
        self.moved_to.or(self.clicked)
    }
}

/// A table over rows that are known by their number.
#[must_use = "call show"]
pub struct Table<'a> {
    name: &'a str,
    columns: &'a [TableColumn<'a>],
    rows: usize,
    selected: Option<usize>,
    reveals_selected: bool,
    takes_focus: Option<usize>,
    inset: f32,
}

impl<'a> Table<'a> {
    /// A table called `name` of `rows` rows, as large as there is room.
    pub fn new(name: &'a str, columns: &'a [TableColumn<'a>], rows: usize) -> Self {
        Self { name, columns, rows, selected: None, reveals_selected: false, takes_focus: None, inset: space::XL }
    }

    /// The row that is selected.
    pub fn selected(mut self, row: Option<usize>) -> Self {
        self.selected = row;
        self
    }

    /// Scrolls the selected row into sight now, as after it was chosen elsewhere.
    pub fn reveal_selected(mut self, now: bool) -> Self {
        self.reveals_selected = now;
        self
    }

    /// Gives the keyboard to this row now, and brings it into sight.
    pub fn focus(mut self, row: Option<usize>) -> Self {
        self.takes_focus = row;
        self
    }

    /// Room left and right of the cells, inside the rows; 20 without this.
    pub fn inset(mut self, points: f32) -> Self {
        self.inset = points;
        self
    }

    /// Shows the table; `draw` fills a row, cell by cell, and is called only for rows in sight.
    pub fn show(self, ui: &mut Ui, mut draw: impl FnMut(&mut TableRow<'_>)) -> TableOutput {
        ui.spacing_mut().item_spacing.y = 0.0;
        let id = ui.make_persistent_id(("table", self.name));
        let cells = self.cells(ui.available_width());
        let mut output = TableOutput { sorted_by: self.head(ui, &cells), ..TableOutput::default() };
        let t = Tokens::of(ui);
        let focus_id = id.with("focus wanted");
        let mut focus_row = ui.data_mut(|data| data.remove_temp::<usize>(focus_id)).or(self.takes_focus);
        let offset_id = id.with("offset");
        let height_id = id.with("height");
        let height: f32 = ui.data(|data| data.get_temp(height_id)).unwrap_or(400.0);
        let offset: f32 = ui.data(|data| data.get_temp(offset_id)).unwrap_or(0.0);
        let mut area = ScrollArea::vertical().id_salt(id).auto_shrink([false, false]);
        if let Some(row) = focus_row.or(self.selected.filter(|_| self.reveals_selected)) {
            let (top, bottom) = (row as f32 * size::ROW, (row + 1) as f32 * size::ROW);
            if top < offset {
                area = area.vertical_scroll_offset(top);
            } else if bottom > offset + height {
                area = area.vertical_scroll_offset(bottom - height);
            }
        }
        let shown = area.show_viewport(ui, |ui, viewport| {
            ui.set_height(self.rows as f32 * size::ROW);
            ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
                node.set_role(Role::Table);
                node.set_label(self.name);
                node.set_row_count(self.rows);
            });
            let visible = visible_rows(viewport.y_range(), self.rows);
            // Rows are placed from the edge of what is seen: in 100,000 rows a distance from the first is too coarse for f32.
            let origin = ui.clip_rect().top() - (viewport.top() - visible.start as f32 * size::ROW);
            let left = ui.max_rect().left();
            for index in visible.clone() {
                let top = origin + (index - visible.start) as f32 * size::ROW;
                let rect = Rect::from_min_size(pos2(left, top), vec2(ui.max_rect().width(), size::ROW));
                let is_selected = self.selected == Some(index);
                let builder =
                    UiBuilder::new().max_rect(rect).id_salt(index).layout(Layout::left_to_right(Align::Center));
                let mut row_ui = ui.new_child(builder);
                let mut row = TableRow {
                    ui: &mut row_ui,
                    index,
                    table: id,
                    rect,
                    cells: &cells,
                    columns: self.columns,
                    next: 0,
                    is_selected,
                    response: None,
                };
                draw(&mut row);
                let response = row.response;
                ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(size::LINE, t.line));
                let Some(response) = response else { continue };
                if focus_row == Some(index) {
                    response.request_focus();
                    // The arrow that led here would lead on to the next thing.
                    ui.memory_mut(|memory| memory.move_focus(egui::FocusDirection::None));
                    focus_row = None;
                }
                if response.has_focus() {
                    output.focused = Some(index);
                    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows()));
                }
                if response.double_clicked() {
                    output.opened = Some(index);
                }
                if response.clicked() {
                    output.clicked = Some(index);
                    response.request_focus();
                }
            }
        });
        let page = (shown.inner_rect.height() / size::ROW).floor().max(1.0) as usize;
        ui.data_mut(|data| {
            data.insert_temp(offset_id, shown.state.clamped_offset().y);
            data.insert_temp(height_id, shown.inner_rect.height());
        });
        if let Some(focused) = output.focused
            && let Some(target) = step(ui, focused, self.rows, page)
        {
            output.moved_to = Some(target);
            ui.data_mut(|data| data.insert_temp(focus_id, target));
            ui.ctx().request_repaint();
        }
        output
    }

    /// From where to where each column reaches, from the left edge of the row.
    fn cells(&self, width: f32) -> Vec<Range<f32>> {
        let gaps = space::M * self.columns.len().saturating_sub(1) as f32;
        let (mut exact, mut shares) = (0.0, 0.0);
        for column in self.columns {
            match column.width {
                Width::Exact(width) => exact += width,
                Width::Share(share) => shares += share,
            }
        }
        let rest = (width - 2.0 * self.inset - gaps - exact).max(0.0);
        let mut left = self.inset;
        let mut cells = Vec::with_capacity(self.columns.len());
        for column in self.columns {
            let width = match column.width {
                Width::Exact(width) => width,
                Width::Share(share) => rest * share / shares,
            };
            cells.push(left.round()..(left + width).round());
            left += width + space::M;
        }
        cells
    }

    /// Draws the heads; which was pressed.
    fn head(&self, ui: &mut Ui, cells: &[Range<f32>]) -> Option<usize> {
        let t = Tokens::of(ui);
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), size::TABLE_HEAD), Sense::hover());
        ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(size::LINE, t.line));
        let mut pressed = None;
        for (index, (column, cell)) in self.columns.iter().zip(cells).enumerate() {
            if column.name.is_empty() {
                continue;
            }
            let place = Rect::from_x_y_ranges(rect.left() + cell.start..=rect.left() + cell.end, rect.y_range());
            let galley = Font::SecondaryMedium.layout(ui, column.name, Color32::PLACEHOLDER, place.width());
            let text = align(column.align).align_size_within_rect(galley.size(), place);
            if column.sort == Sort::No {
                ui.painter().galley(text.min, galley, t.dim);
                continue;
            }
            let button = text.expand2(vec2(4.0, 4.0)).with_max_x(text.right() + 20.0);
            let response = ui.interact(button, ui.make_persistent_id(("head", self.name, column.name)), Sense::click());
            let (says, icon) = match column.sort {
                Sort::Active(Direction::Up) => ("sorted, smallest first", Some(Icon::CHEVRON_UP)),
                Sort::Active(Direction::Down) => ("sorted, largest first", Some(Icon::CHEVRON_DOWN)),
                Sort::Possible | Sort::No => ("not sorted", None),
            };
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Sort by {}", column.name)));
            ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(says));
            let colour = if response.hovered() { t.text } else { t.dim };
            ui.painter().galley(text.min, galley, colour);
            if let Some(icon) = icon {
                icon.paint_centred(ui, pos2(text.right() + 10.0, text.center().y), 12.0, colour);
            }
            if response.clicked() {
                pressed = Some(index);
            }
        }
        pressed
    }
}

fn align(align: Align) -> Align2 {
    Align2([align, Align::Center])
}

const fn arrows() -> EventFilter {
    EventFilter { vertical_arrows: true, horizontal_arrows: false, tab: false, escape: false }
}

/// The rows that touch what is seen.
fn visible_rows(seen: egui::Rangef, rows: usize) -> Range<usize> {
    let first = (seen.min / size::ROW).floor().max(0.0) as usize;
    let end = (seen.max / size::ROW).ceil().max(0.0) as usize;
    first.min(rows)..end.min(rows)
}

/// Where the keys of this frame lead from row `from`.
fn step(ui: &Ui, from: usize, rows: usize, page: usize) -> Option<usize> {
    let last = rows.checked_sub(1)?;
    let pressed = |key: Key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
    let mut target = from;
    target = target.saturating_add(pressed(Key::ArrowDown) + page * pressed(Key::PageDown)).min(last);
    target = target.saturating_sub(pressed(Key::ArrowUp) + page * pressed(Key::PageUp));
    if pressed(Key::Home) > 0 {
        target = 0;
    }
    if pressed(Key::End) > 0 {
        target = last;
    }
    (target != from).then_some(target)
}

/// A row while it is filled, from the first cell to the last.
#[expect(missing_debug_implementations, reason = "borrows a ui, which has none")]
pub struct TableRow<'r> {
    /// The row's own ui, for its painter and its ids.
    pub ui: &'r mut Ui,
    /// The number of the row.
    pub index: usize,
    table: Id,
    rect: Rect,
    cells: &'r [Range<f32>],
    columns: &'r [TableColumn<'r>],
    next: usize,
    is_selected: bool,
    response: Option<Response>,
}

impl TableRow<'_> {
    /// Fills the first cell with what the row is called, and makes the row a button of that name. `key` is what tells
    /// the row from all others however the table is sorted. Call it before the other cells.
    pub fn name(&mut self, key: impl std::hash::Hash + std::fmt::Debug, text: &str) -> Response {
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
        let cell = self.take();
        let galley = Font::Medium.layout(self.ui, text, t.text, cell.width());
        let is_cut = galley.elided;
        let at = Align2::LEFT_CENTER.align_size_within_rect(galley.size(), cell).min;
        self.ui.painter().galley(at, galley, t.text);
        self.response = Some(response.clone());
        if is_cut { response.on_hover_text(text) } else { response }
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

#[cfg(test)]
mod tests {
    use super::*;
    use egui::Rangef;

    #[test]
    fn only_rows_in_sight_are_drawn() {
        assert_eq!(visible_rows(Rangef::new(0.0, 380.0), 100_000), 0..10);
        assert_eq!(visible_rows(Rangef::new(19.0, 399.0), 100_000), 0..11);
        assert_eq!(visible_rows(Rangef::new(3_799_620.0, 3_800_000.0), 100_000), 99_990..100_000);
        assert_eq!(visible_rows(Rangef::new(0.0, 380.0), 0), 0..0);
    }

    #[test]
    fn columns_share_what_the_exact_ones_leave() {
        let columns =
            [TableColumn::share("Name", 3.0), TableColumn::share("Tags", 1.0), TableColumn::exact("Size", 100.0)];
        let cells = Table::new("t", &columns, 1).inset(20.0).cells(564.0);
        assert_eq!(cells, [20.0..320.0, 332.0..432.0, 444.0..544.0]);
    }
}
