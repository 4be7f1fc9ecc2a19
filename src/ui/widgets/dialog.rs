//! A dialog over the page.

use super::field::is_in_single_line;
use crate::ui::{
    icons::Icon,
    theme::{Font, Tokens, Tone, dialog_shadow, radius, size, space},
    why,
};
use egui::{
    Align, Context, CornerRadius, FocusDirection, Frame, Id, Key, Label, Layout, Margin, Modal, Modifiers, ScrollArea,
    Sense, Stroke, Ui, vec2,
};

/// So much of the margin at the right holds the scroll bar.
const BAR_ROOM: i8 = 12;

/// A question or a form that has to be answered before the page goes on.
#[must_use = "call show"]
pub struct Dialog<'a> {
    id: Id,
    title: &'a str,
    width: f32,
    icon: Option<(Icon, Tone)>,
    error: Option<&'a str>,
}

/// What became of a dialog in this frame.
#[derive(Debug)]
pub struct DialogResponse<B, F> {
    /// The answer of the body.
    pub body: B,
    /// The answer of the footer.
    pub footer: F,
    /// Esc was pressed, or something inside asked for it: the page should drop the dialog.
    pub should_close: bool,
    /// Enter was pressed in a field of one line: the page should do what the primary button does, if it may.
    pub is_submitted: bool,
}

impl<'a> Dialog<'a> {
    /// A dialog 480 points wide. `name` tells it from others.
    pub fn new(name: &str, title: &'a str) -> Self {
        Self { id: Id::unique(("dialog", name)), title, width: size::DIALOG, icon: None, error: None }
    }

    /// As wide as this.
    pub fn width(mut self, width: f32) -> Self {
        self.width = width;
        self
    }

    /// A picture before the title.
    pub fn icon(mut self, icon: Icon, tone: Tone) -> Self {
        self.icon = Some((icon, tone));
        self
    }

    /// What went wrong with the last try, said above the buttons.
    pub fn error(mut self, error: Option<&'a str>) -> Self {
        self.error = error;
        self
    }

    /// Shows the dialog. The footer is laid out from the right: add the primary button first.
    ///
    /// When it opens, the first field of the body has the keyboard unless the body gives it to another.
    pub fn show<B, F>(
        self,
        ctx: &Context,
        body: impl FnOnce(&mut Ui) -> B,
        footer: impl FnOnce(&mut Ui) -> F,
    ) -> DialogResponse<B, F> {
        let t = Tokens::of_ctx(ctx);
        let is_young = self.note_age(ctx);
        let was_in_single_line = is_in_single_line(ctx);
        // The bar of a long form stands in the margin, beside what is typed.
        let margin = Margin { right: 20 - BAR_ROOM, ..Margin::same(20) };
        let width = self.width - 40.0;
        let was_focused = ctx.memory(egui::Memory::focused);
        let frame = Frame::new()
            .fill(t.panel)
            .stroke(Stroke::new(size::LINE, t.line_strong))
            .corner_radius(CornerRadius::same(radius::DIALOG))
            .inner_margin(margin)
            .shadow(dialog_shadow(t));
        let area = Modal::default_area(self.id).accessible_name(self.title);
        let shown = Modal::new(self.id).area(area).frame(frame).backdrop_color(t.backdrop).show(ctx, |ui| {
            ui.set_width(width + f32::from(BAR_ROOM));
            // Without this it grows only as far as there is room under where it stands now.
            ui.set_max_height(ui.ctx().content_rect().height());
            ui.spacing_mut().item_spacing = vec2(space::S, space::M);
            ui.horizontal(|ui| {
                if let Some((icon, tone)) = self.icon {
                    icon.show_sized(ui, 20.0, t.tone(tone));
                }
                ui.add(Label::new(Font::PanelTitle.text(self.title).color(t.text)).truncate());
            });
            // While it is measured nothing in it takes the keyboard: a message above it would.
            if is_young && !ui.is_sizing_pass() && ui.memory(|memory| memory.focused().is_none()) {
                ui.memory_mut(|memory| memory.move_focus(FocusDirection::Next));
            }
            let others = if self.error.is_some() { 210.0 } else { 164.0 };
            let tallest = (ui.ctx().content_rect().height() - others).max(120.0);
            let scroll = ScrollArea::vertical().auto_shrink([false, true]).max_height(tallest);
            let body = scroll
                .show(ui, |ui| {
                    ui.set_width(width);
                    body(ui)
                })
                .inner;
            if let Some(error) = self.error {
                ui.horizontal_top(|ui| {
                    ui.set_max_width(width);
                    let (place, _) = ui.allocate_exact_size(vec2(size::ICON, 20.0), Sense::hover());
                    Icon::CIRCLE_ALERT.paint_centred(ui, place.center(), size::ICON, t.danger);
                    ui.vertical(|ui| {
                        ui.spacing_mut().item_spacing.y = 2.0;
                        ui.add(Label::new(Font::Body.text(error).color(t.danger)).wrap());
                        why::link(ui, error);
                    });
                });
            }
            let footer_layout = Layout::right_to_left(Align::Center);
            let room = vec2(width, size::BUTTON);
            let footer = ui.allocate_ui_with_layout(room, footer_layout, footer).inner;
            (body, footer)
        });
        let is_asked_inside = shown.response.should_close();
        let is_escaped = shown.is_top_modal
            && !shown.any_popup_open
            && ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
        let is_submitted = shown.is_top_modal && was_in_single_line && ctx.input(|input| input.key_pressed(Key::Enter));
        // Enter ends the editing of a field; while its dialog stays, it goes on.
        if is_submitted && let Some(field) = was_focused {
            ctx.memory_mut(|memory| memory.request_focus(field));
        }
        let (body, footer) = shown.inner;
        DialogResponse { body, footer, should_close: is_asked_inside || is_escaped, is_submitted }
    }

    /// Whether the dialog opened just now: in this pass, or in one of the next few while it finds its size.
    fn note_age(&self, ctx: &Context) -> bool {
        let now = ctx.cumulative_pass_nr();
        let id = self.id.with("opened, last seen");
        let (opened, last) = ctx.data(|data| data.get_temp::<(u64, u64)>(id)).unwrap_or((0, 0));
        let is_opening = last + 1 < now || last == 0;
        let opened = if is_opening { now } else { opened };
        if is_opening {
            ctx.memory_mut(egui::Memory::stop_text_input);
        }
        ctx.data_mut(|data| data.insert_temp(id, (opened, now)));
        now - opened <= 2
    }
}
