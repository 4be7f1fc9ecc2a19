//! Yes or no in a table of who may do what.

use crate::ui::{
    icons::Icon,
    theme::{Font, Tokens, size},
};
use egui::{Align2, Response, Role, Sense, Ui, WidgetInfo};

/// Whether somebody may do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// They may.
    Yes,
    /// They may, with some of them.
    Some,
    /// They may, and it destroys.
    Destroys,
    /// They may not.
    No,
}

/// Shows a mark in the middle of the room there is, which `says` this to a screen reader.
pub fn mark(ui: &mut Ui, mark: Mark, says: &str) -> Response {
    let t = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, says));
    if ui.is_rect_visible(rect) {
        let icon = |icon: Icon, side: f32, colour| icon.paint_centred(ui, rect.center(), side, colour);
        match mark {
            Mark::Yes => icon(Icon::CHECK, size::ICON, t.ok),
            Mark::Some => icon(Icon::CIRCLE, size::ICON - 4.0, t.ok),
            Mark::Destroys => icon(Icon::FLAME_FILLED, size::ICON, t.danger),
            Mark::No => {
                let galley = Font::Body.layout(ui, "\u{b7}", t.faint, f32::INFINITY);
                let at = Align2::CENTER_CENTER.anchor_size(rect.center(), galley.size()).min;
                ui.painter().galley(at, galley, t.faint);
            }
        }
    }
    response
}
