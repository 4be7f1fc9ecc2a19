//! The heads of a table.

use super::{Direction, Sort, Table, align};
use crate::ui::{
    icons::Icon,
    theme::{Font, Tokens, size, space},
};
use egui::{Color32, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, epaint::TextShape, pos2, vec2};
use std::{f32::consts::FRAC_PI_2, ops::Range};

impl Table<'_> {
    /// Draws the heads; which was pressed.
    pub(super) fn head(&self, ui: &mut Ui, cells: &[Range<f32>]) -> Option<usize> {
        let t = Tokens::of(ui);
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), self.head_height(ui)), Sense::hover());
        ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(size::LINE, t.line));
        let mut pressed = None;
        for (index, (column, cell)) in self.columns.iter().zip(cells).enumerate() {
            if column.name.is_empty() {
                continue;
            }
            let line = rect.bottom() - size::TABLE_HEAD..=rect.bottom();
            let place = Rect::from_x_y_ranges(rect.left() + cell.start..=rect.left() + cell.end, line);
            if column.is_upright {
                upright(ui, column.name, place);
                continue;
            }
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

    /// As high as the longest of the upright heads, or as a line of text.
    fn head_height(&self, ui: &Ui) -> f32 {
        let upright = self.columns.iter().filter(|column| column.is_upright);
        let lengths = upright.map(|column| length(ui, column.name) + 2.0 * space::S);
        lengths.fold(size::TABLE_HEAD, f32::max).ceil()
    }
}

/// How long a head is.
pub(super) fn length(ui: &Ui, name: &str) -> f32 {
    Font::SecondaryMedium.layout(ui, name, Color32::PLACEHOLDER, f32::INFINITY).size().x
}

/// Draws a head that reads from below to above, from the lower edge of `place` on.
fn upright(ui: &Ui, name: &str, place: Rect) {
    let t = Tokens::of(ui);
    let galley = Font::SecondaryMedium.layout(ui, name, t.dim, f32::INFINITY);
    let at = pos2((place.center().x - galley.size().y / 2.0).round(), place.bottom() - space::S);
    let reach = vec2(galley.size().y, galley.size().x);
    let covered = Rect::from_min_max(pos2(at.x, at.y - reach.y), pos2(at.x + reach.x, at.y));
    let response = ui.interact(covered, ui.make_persistent_id(("upright head", name)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::ColumnHeader, true, name));
    let text = TextShape::new(at, galley, t.dim).with_angle(-FRAC_PI_2);
    ui.painter().add(Shape::Text(text));
}
