//! The button that copies a value, and the ring that runs down until the clipboard is cleared.

use super::{Button, rich_label};
use crate::ui::{
    desktop::Reach,
    icons::Icon,
    theme::{Font, Tokens, radius, size},
};
use egui::{
    Align2, Color32, CornerRadius, Pos2, Response, Role, Sense, Shape, Stroke, StrokeKind, Ui, Widget, WidgetInfo, vec2,
};
use std::f32::consts::TAU;

/// How long the clipboard still holds the value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CopyRing {
    /// From 1, just copied, to 0, cleared.
    pub fraction_left: f32,
    /// Whole seconds until it is cleared; 0: as soon as the window has the keyboard again.
    pub seconds_left: u32,
}

/// "Copy", or the countdown after it was pressed; pressing again copies again.
#[must_use = "add it to a ui"]
pub struct CopyButton {
    ring: Option<CopyRing>,
    reason: Option<String>,
}

impl CopyButton {
    /// The button, with the countdown while there is one.
    pub const fn new(ring: Option<CopyRing>) -> Self {
        Self { ring, reason: None }
    }

    /// Disables the button when there is a reason, and shows the reason on hover.
    pub fn disabled_because(mut self, reason: Option<impl Into<String>>) -> Self {
        self.reason = reason.map(Into::into);
        self
    }
}

impl Widget for CopyButton {
    fn ui(self, ui: &mut Ui) -> Response {
        let Some(CopyRing { fraction_left, seconds_left }) = self.ring.filter(|_| self.reason.is_none()) else {
            return ui.add(
                Button::secondary("Copy").icon(Icon::COPY).small().shortcut("Ctrl C").disabled_because(self.reason),
            );
        };
        let t = Tokens::of(ui);
        let text = if seconds_left == 0 { "Not cleared yet".to_owned() } else { format!("Clears in {seconds_left} s") };
        // As wide as the widest number, so that nothing moves while it runs down.
        let widest = Font::SecondaryMedium.layout(ui, "Clears in 00 s", t.text, f32::INFINITY).size().x;
        let galley = Font::SecondaryMedium.layout(ui, &text, t.text, f32::INFINITY);
        let wanted = vec2((widest + 38.0).ceil(), size::BUTTON_SMALL);
        let (rect, response) = ui.allocate_exact_size(wanted, Sense::click());
        let is_enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::labeled(Role::Button, is_enabled, format!("Copy again. {text}")));
        if ui.is_rect_visible(rect) {
            let fill = if response.hovered() { t.hover } else { t.raised };
            let border = Stroke::new(size::LINE, t.line_strong);
            ui.painter().rect(rect, CornerRadius::same(radius::NORMAL), fill, border, StrokeKind::Inside);
            let centre = Pos2::new(rect.left() + 17.0, rect.center().y);
            ui.painter().circle_stroke(centre, 6.5, Stroke::new(2.5, t.selection));
            ui.painter().add(arc(centre, 6.5, fraction_left.clamp(0.0, 1.0), Stroke::new(2.5, t.accent)));
            let at = Pos2::new(rect.left() + 30.0, rect.center().y);
            ui.painter().galley(Align2::LEFT_CENTER.anchor_size(at, galley.size()).min, galley, t.text);
        }
        response.on_hover_text("Copy again")
    }
}

/// What has to be known beside the button where the desktop does not let Tresor do for a copied secret what it does elsewhere.
pub fn copy_note(ui: &mut Ui, reach: Reach) {
    if reach == Reach::WhileFocused {
        let says = "This desktop cannot be asked to leave it out of clipboard history, and only this window, while it is in use, can \
                    clear it.";
        rich_label(ui, Font::Secondary.text(says).color(Tokens::of(ui).dim));
    }
}

/// A part of a circle, from the top, clockwise.
fn arc(centre: Pos2, radius: f32, fraction: f32, stroke: Stroke) -> Shape {
    let steps = (fraction * 40.0).ceil().max(1.0) as usize;
    let points = (0..=steps)
        .map(|step| {
            let angle = TAU * fraction * step as f32 / steps as f32;
            centre + radius * vec2(angle.sin(), -angle.cos())
        })
        .collect();
    if fraction <= 0.0 {
        return Shape::Noop;
    }
    debug_assert_ne!(stroke.color, Color32::PLACEHOLDER, "an arc has no text colour to fall back on");
    Shape::line(points, stroke)
}
