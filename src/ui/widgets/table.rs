//! A table that draws only the rows in sight, each a thing that can have the keyboard.

use crate::ui::theme::{Tokens, size, space};
use egui::{
    Align, Align2, EventFilter, Key, Layout, Modifiers, Rect, Role, ScrollArea, Stroke, Ui, UiBuilder, pos2, vec2,
};
use std::ops::Range;

mod head;
mod row;

pub use row::TableRow;

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
    is_upright: bool,
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
        Self { name, width: Width::Exact(width), align: Align::Min, sort: Sort::No, is_upright: false }
    }

    /// A column that takes `share` of the room that the exact ones leave.
    pub const fn share(name: &'a str, share: f32) -> Self {
        Self { name, width: Width::Share(share), align: Align::Min, sort: Sort::No, is_upright: false }
    }

    /// The head reads from below to above, for many narrow columns.
    pub const fn upright(mut self) -> Self {
        self.is_upright = true;
        self.centred()
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
    gap: f32,
}

impl<'a> Table<'a> {
    /// A table called `name` of `rows` rows, as large as there is room.
    pub fn new(name: &'a str, columns: &'a [TableColumn<'a>], rows: usize) -> Self {
        Self {
            name,
            columns,
            rows,
            selected: None,
            reveals_selected: false,
            takes_focus: None,
            inset: space::XL,
            gap: space::M,
        }
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

    /// Room between the columns; 12 without this.
    pub fn gap(mut self, points: f32) -> Self {
        self.gap = points;
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
        let gaps = self.gap * self.columns.len().saturating_sub(1) as f32;
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
            left += width + self.gap;
        }
        cells
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
