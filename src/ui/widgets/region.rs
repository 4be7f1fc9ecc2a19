//! The line between a region and its pair.

use crate::ui::theme::{Tokens, Tone};
use egui::{Color32, Pos2, Rect, Response, Role, Sense, Shape, Stroke, Ui, WidgetInfo, vec2};

/// How one region stands to its pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// The pair stands by; nothing is shown to move.
    Standby,
    /// Changes flow to the pair.
    InSync,
    /// The pair is taking over.
    FailingOver,
    /// The pair serves.
    FailedOver,
    /// Requests return to the first.
    FailingBack,
    /// Nothing gets through.
    Cut,
}

/// A line from a region to its pair.
pub type RegionLink = LinkState;

/// Draws the line in the middle of 20 points of height, `width` points long. `words` say the same to a screen reader.
pub fn region_link(ui: &mut Ui, state: LinkState, width: f32, words: &str) -> Response {
    let t = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, 20.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    if ui.is_rect_visible(rect) {
        match state {
            LinkState::Standby => dashes(ui, rect, Stroke::new(1.2, t.faint)),
            LinkState::InSync => arrow(ui, rect, t.tone(Tone::Accent)),
            LinkState::FailedOver => arrow(ui, rect, t.tone(Tone::Warn)),
            LinkState::FailingOver => dashed_arrow(ui, rect, t.tone(Tone::Warn)),
            LinkState::FailingBack => dashed_arrow(ui, rect, t.tone(Tone::Accent)),
            LinkState::Cut => dashed_arrow(ui, rect, t.faint),
        }
    }
    response
}

fn dashes(ui: &Ui, rect: Rect, stroke: Stroke) {
    ui.painter().extend(Shape::dashed_line(&[rect.left_center(), rect.right_center()], stroke, 3.0, 2.5));
}

fn arrow(ui: &Ui, rect: Rect, colour: Color32) {
    let stroke = Stroke::new(1.6, colour);
    ui.painter().line_segment([rect.left_center(), rect.right_center()], stroke);
    head(ui, rect.right_center(), stroke);
}

fn dashed_arrow(ui: &Ui, rect: Rect, colour: Color32) {
    let stroke = Stroke::new(1.6, colour);
    ui.painter().extend(Shape::dashed_line(&[rect.left_center(), rect.right_center()], stroke, 6.0, 4.0));
    head(ui, rect.right_center(), stroke);
}

fn head(ui: &Ui, tip: Pos2, stroke: Stroke) {
    ui.painter().line(vec![tip + vec2(-5.0, -5.0), tip, tip + vec2(-5.0, 5.0)], stroke);
}
