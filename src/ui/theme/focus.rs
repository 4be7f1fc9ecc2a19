//! Where the keyboard is: a ring around the focused widget, and focus given back when a dialog closes.

use super::{Tokens, radius};
use egui::{Context, CornerRadius, Event, Id, Plugin, Stroke, StrokeKind, Ui};

/// Draws the ring 2 points outside the focused widget while the last input was a key.
#[derive(Default)]
pub(super) struct FocusRing {
    by_keyboard: bool,
    before_dialog: Option<Id>,
    was_in_dialog: bool,
}

impl Plugin for FocusRing {
    fn debug_name(&self) -> &'static str {
        "focus ring"
    }

    fn on_begin_pass(&mut self, ui: &mut Ui) {
        let (is_in_dialog, focused) = ui.memory(|memory| (memory.top_modal_layer().is_some(), memory.focused()));
        if !is_in_dialog && !self.was_in_dialog {
            self.before_dialog = focused;
        }
        ui.input(|input| {
            for event in &input.events {
                match event {
                    Event::Key { pressed: true, .. } => self.by_keyboard = true,
                    Event::PointerButton { pressed: true, .. } | Event::Touch { .. } => self.by_keyboard = false,
                    _ => {}
                }
            }
        });
    }

    fn on_end_pass(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        self.give_back(&ctx);
        if !self.by_keyboard {
            return;
        }
        let Some(id) = ctx.memory(egui::Memory::focused) else { return };
        if is_marked(&ctx, own(), id) {
            return;
        }
        let Some(widget) = ctx.read_response(id) else { return };
        if widget.interact_rect.width() < 2.0 || widget.interact_rect.height() < 2.0 {
            return;
        }
        let stroke = Stroke::new(2.0, Tokens::of_ctx(&ctx).accent);
        let painter = ctx.layer_painter(widget.layer_id);
        if is_marked(&ctx, inside(), id) {
            let painter = painter.with_clip_rect(widget.interact_rect);
            painter.rect_stroke(widget.rect, CornerRadius::same(radius::SMALL), stroke, StrokeKind::Inside);
        } else {
            let painter = painter.with_clip_rect(widget.interact_rect.expand(4.0));
            let corner = CornerRadius::same(radius::NORMAL + 2);
            painter.rect_stroke(widget.rect.expand(2.0), corner, stroke, StrokeKind::Middle);
        }
    }
}

impl FocusRing {
    /// Focus returns to where it was when the last dialog is gone.
    fn give_back(&mut self, ctx: &Context) {
        let (is_in_dialog, focused) = ctx.memory(|memory| (memory.top_modal_layer().is_some(), memory.focused()));
        if is_in_dialog {
            self.was_in_dialog = true;
        } else if self.was_in_dialog {
            self.was_in_dialog = false;
            if let Some(id) = self.before_dialog
                && focused.is_none_or(|id| ctx.read_response(id).is_none())
                && ctx.read_response(id).is_some()
            {
                ctx.memory_mut(|memory| memory.request_focus(id));
            }
        }
    }
}

fn own() -> Id {
    Id::unique("tresor: shows its own focus")
}

fn inside() -> Id {
    Id::unique("tresor: ring inside")
}

/// Says that the focused widget `id` shows by itself that it has the focus, as a field does by its border.
pub fn show_own_focus(ctx: &Context, id: Id) {
    ctx.data_mut(|data| data.insert_temp(own(), id));
}

/// Says that the ring of the focused widget `id` goes inside it, as in rows that touch each other.
pub fn ring_inside(ctx: &Context, id: Id) {
    ctx.data_mut(|data| data.insert_temp(inside(), id));
}

fn is_marked(ctx: &Context, mark: Id, id: Id) -> bool {
    ctx.data(|data| data.get_temp::<Id>(mark)) == Some(id)
}
