//! The one who asks, and the others as whom one can.

use super::Avatar;
use crate::ui::{
    icons::Icon,
    theme::{Font, Tokens, radius, size},
};
use egui::{CornerRadius, Pos2, Response, Role, Sense, Stroke, StrokeKind, Ui, Widget, WidgetInfo, pos2, vec2};

/// The person who asks, with the arrows that open the choice of another.
#[must_use = "add it to a ui"]
pub struct PersonButton<'a> {
    name: &'a str,
    note: &'a str,
}

impl<'a> PersonButton<'a> {
    /// `name` with its initials, `note` small under it.
    pub const fn new(name: &'a str, note: &'a str) -> Self {
        Self { name, note }
    }
}

impl Widget for PersonButton<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let t = Tokens::of(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 44.0), Sense::click());
        response
            .widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Acting as {}, {}", self.name, self.note)));
        if ui.is_rect_visible(rect) {
            let fill = if response.hovered() { t.hover } else { t.panel };
            let border = Stroke::new(size::LINE, t.line);
            ui.painter().rect(rect, CornerRadius::same(radius::CARD), fill, border, StrokeKind::Inside);
            Avatar::paint(ui, self.name, pos2(rect.left() + 22.0, rect.center().y), 26.0);
            let room = rect.width() - 80.0;
            let text = |font: Font, text: &str, colour, y: f32| {
                let galley = font.layout(ui, text, colour, room);
                ui.painter().galley(Pos2::new(rect.left() + 43.0, rect.top() + y), galley, colour);
            };
            text(Font::Medium, self.name, t.text, 4.0);
            text(Font::Small, self.note, t.dim, 23.0);
            let at = pos2(rect.right() - 17.0, rect.center().y);
            Icon::CHEVRONS_UP_DOWN.paint_centred(ui, at, size::ICON, t.dim);
        }
        response
    }
}

/// A line of the list of those as whom one can act: `name` with its initials, `note` small under it, ticked when it is the current one.
pub fn person_item(ui: &mut Ui, name: &str, note: &str, is_current: bool) -> Response {
    let t = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 42.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::MenuItemRadio, ui.is_enabled(), is_current, name));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(note));
    if ui.is_rect_visible(rect) {
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(rect, CornerRadius::same(radius::NORMAL), t.hover);
        }
        Avatar::paint(ui, name, pos2(rect.left() + 20.0, rect.center().y), 26.0);
        let room = rect.width() - 72.0;
        let text = |font: Font, text: &str, colour, y: f32| {
            let galley = font.layout(ui, text, colour, room);
            ui.painter().galley(Pos2::new(rect.left() + 41.0, rect.top() + y), galley, colour);
        };
        text(Font::Medium, name, t.text, 3.0);
        text(Font::Small, note, t.dim, 22.0);
        if is_current {
            Icon::CHECK.paint_centred(ui, pos2(rect.right() - 16.0, rect.center().y), size::ICON_SMALL, t.accent);
        }
    }
    response
}
