//! Fields for text.

use super::IconButton;
use crate::ui::{
    icons::Icon,
    theme::{Font, Tokens, radius, show_own_focus, size},
};
use std::sync::{Arc, Mutex, PoisonError};

use egui::{
    Align, Align2, Color32, Context, CornerRadius, Frame, Id, Key, KeyboardShortcut, Label, Layout, Margin, Modifiers,
    OutputCommand, Rect, Response, ScrollArea, Sides, Stroke, TextBuffer, TextEdit, Ui, Vec2, Widget, pos2,
    text::LayoutJob, vec2,
};
use zeroize::Zeroizing;

/// The label above a field, for fields whose label shares its line with something else.
pub fn field_label(ui: &mut Ui, text: &str) -> Response {
    ui.label(Font::Body.text(text).color(Tokens::of(ui).dim))
}

/// Forgets what was typed into the field `id`, so that it cannot be brought back by undo.
pub fn forget_typed(ctx: &Context, id: Id) {
    if let Some(mut state) = TextEdit::load_state(ctx, id) {
        state.clear_undoer();
        TextEdit::store_state(ctx, id, state);
    }
}

/// Draws a field for a secret: whatever it gives to the desktop's clipboard is kept back for [`take_copied`], and what is selected in it
/// goes nowhere.
pub fn keep_copied<T>(ui: &mut Ui, draw: impl FnOnce(&mut Ui) -> T) -> T {
    let before = ui.output(|output| output.commands.len());
    let drawn = draw(ui);
    let given: Vec<_> = ui.output_mut(|output| output.commands.drain(before.min(output.commands.len())..).collect());
    for command in given {
        match command {
            OutputCommand::CopyText(text) => ui.data_mut(|data| {
                let kept: &mut KeptBack = data.get_temp_mut_or_default(kept_back());
                kept.lock().unwrap_or_else(PoisonError::into_inner).push(Zeroizing::new(text));
            }),
            // Pasted by the middle button, it would stay there for good.
            OutputCommand::TextSelectionSettled(text) => drop(Zeroizing::new(text)),
            other => ui.ctx().send_cmd(other),
        }
    }
    drawn
}

/// What was copied from fields for secrets since the last time.
pub fn take_copied(ctx: &Context) -> Vec<Zeroizing<String>> {
    let kept: Option<KeptBack> = ctx.data(|data| data.get_temp(kept_back()));
    kept.map(|kept| std::mem::take(&mut *kept.lock().unwrap_or_else(PoisonError::into_inner))).unwrap_or_default()
}

type KeptBack = Arc<Mutex<Vec<Zeroizing<String>>>>;

fn kept_back() -> Id {
    Id::unique("tresor: copied from fields for secrets")
}

/// A field for text.
///
/// A password field is masked, shows what is typed only while its eye is on, and is one for a secret.
#[must_use = "add it to a ui"]
#[expect(clippy::struct_excessive_bools, reason = "the switches of a builder, each set by its own method")]
pub struct TextField<'a> {
    text: &'a mut dyn TextBuffer,
    label: Option<&'a str>,
    name: Option<&'a str>,
    hint: &'a str,
    id: Option<Id>,
    icon: Option<Icon>,
    error: Option<&'a str>,
    warning: Option<&'a str>,
    note: Option<&'a str>,
    note_right: Option<&'a str>,
    is_password: bool,
    is_secret: bool,
    font: Font,
    rows: usize,
    width: Option<f32>,
    height: f32,
    limit: Option<usize>,
    trailing: f32,
    is_editable: bool,
    takes_focus: bool,
    enter_is_done: bool,
    breaks_anywhere: bool,
}

impl<'a> TextField<'a> {
    /// A field of one line over `text`.
    pub fn new(text: &'a mut dyn TextBuffer) -> Self {
        Self {
            text,
            label: None,
            name: None,
            hint: "",
            id: None,
            icon: None,
            error: None,
            warning: None,
            note: None,
            note_right: None,
            is_password: false,
            is_secret: false,
            font: Font::Body,
            rows: 1,
            width: None,
            height: size::FIELD,
            limit: None,
            trailing: 0.0,
            is_editable: true,
            takes_focus: false,
            enter_is_done: false,
            breaks_anywhere: false,
        }
    }

    /// The label above the field; it also names the field.
    pub fn label(mut self, label: &'a str) -> Self {
        self.label = Some(label);
        self
    }

    /// The name of a field without a label of its own.
    pub fn name(mut self, name: &'a str) -> Self {
        self.name = Some(name);
        self
    }

    /// What an empty field shows.
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// A fixed id; without it, the id comes from the label or the name.
    pub fn id(mut self, id: Id) -> Self {
        self.id = Some(id);
        self
    }

    /// A picture at the left, inside.
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// What is wrong with the text, said under the field.
    pub fn error(mut self, error: Option<&'a str>) -> Self {
        self.error = error;
        self
    }

    /// What should be known about the text, said under the field. An empty warning colours only the border.
    pub fn warning(mut self, warning: Option<&'a str>) -> Self {
        self.warning = warning;
        self
    }

    /// Small text under the field while nothing is wrong.
    pub fn note(mut self, note: &'a str) -> Self {
        self.note = Some(note);
        self
    }

    /// Small text under the field, at the right.
    pub fn note_right(mut self, note: &'a str) -> Self {
        self.note_right = Some(note);
        self
    }

    /// Masks the text and adds the eye.
    pub fn password(mut self) -> Self {
        self.is_password = true;
        self.secret()
    }

    /// Keeps no undo history, and what is copied from it is cleared from the clipboard after a while.
    pub fn secret(mut self) -> Self {
        self.is_secret = true;
        self
    }

    /// Shows every character as wide, for values.
    pub fn mono(mut self) -> Self {
        self.font = Font::Mono;
        self
    }

    /// Several lines, this many in sight; more scroll.
    pub fn rows(mut self, rows: usize) -> Self {
        self.rows = rows;
        self
    }

    /// As wide as this; without it, as wide as there is room.
    pub fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    /// 40 points high, for a field that stands alone.
    pub fn large(mut self) -> Self {
        self.height = size::FIELD_LARGE;
        self
    }

    /// No more than this many characters can be typed.
    pub fn limit(mut self, characters: usize) -> Self {
        self.limit = Some(characters);
        self
    }

    /// Room kept free at the right end, for what the caller puts there.
    pub fn trailing_room(mut self, points: f32) -> Self {
        self.trailing = points;
        self
    }

    /// The text can be selected and copied, but not changed.
    pub fn read_only(mut self) -> Self {
        self.is_editable = false;
        self
    }

    /// Asks for the keyboard now.
    pub fn focus(mut self, now: bool) -> Self {
        self.takes_focus = now;
        self
    }

    /// In a field of several lines Enter means "done" as in the others; Shift and Enter begin a new line.
    pub fn enter_is_done(mut self) -> Self {
        self.enter_is_done = true;
        self
    }

    /// A field of several lines fills each to its end, for what has no words.
    pub fn break_anywhere(mut self) -> Self {
        self.breaks_anywhere = true;
        self
    }

    fn border(&self, t: &Tokens, has_focus: bool) -> Color32 {
        if self.error.is_some() {
            t.danger
        } else if self.warning.is_some() {
            t.warn
        } else if has_focus {
            t.accent
        } else {
            t.line_strong
        }
    }

    fn one_line(&mut self, ui: &mut Ui, id: Id, border: Color32) -> Response {
        let t = Tokens::of(ui);
        let eye_id = id.with("eye");
        if self.is_password && !ui.input(|input| input.focused || input.viewport().focused.is_none()) {
            // Nobody looks at this window; others may look over a shoulder.
            ui.data_mut(|data| data.remove::<bool>(eye_id));
        }
        let is_revealed = self.is_password && ui.data(|data| data.get_temp(eye_id).unwrap_or(false));
        let left = if self.icon.is_some() { 31 } else { 10 };
        let right = 10 + self.trailing as i8 + if self.is_password { 24 } else { 0 };
        let frame = Frame::new()
            .fill(t.background)
            .stroke(Stroke::new(size::LINE, border))
            .corner_radius(CornerRadius::same(radius::NORMAL))
            .inner_margin(Margin { left, right, top: 4, bottom: 4 });
        let width = self.width.unwrap_or_else(|| ui.available_width());
        let is_secret = self.is_secret;
        let mut edit = TextEdit::singleline(self.text)
            .id(id)
            .frame(frame)
            .min_size(vec2(width, self.height))
            .desired_width(width)
            .align(Align2::LEFT_CENTER)
            .font(self.font.id())
            .text_color(t.text)
            .hint_text(Font::Body.text(self.hint))
            .password(self.is_password && !is_revealed)
            .interactive(self.is_editable);
        if let Some(limit) = self.limit {
            edit = edit.char_limit(limit);
        }
        let response = draw_edit(ui, id, is_secret, edit);
        if let Some(icon) = self.icon {
            icon.paint_centred(
                ui,
                pos2(response.rect.left() + 17.0, response.rect.center().y),
                size::ICON_SMALL,
                t.faint,
            );
        }
        if self.is_password {
            let side = size::BUTTON_SMALL;
            let centre = pos2(response.rect.right() - 8.0 - side / 2.0 + 3.0, response.rect.center().y);
            let rect = Rect::from_center_size(centre, Vec2::splat(side));
            let (icon, name) = if is_revealed { (Icon::EYE_OFF, "Hide") } else { (Icon::EYE, "Show") };
            if ui.place(rect, IconButton::new(icon, name).small().selected(is_revealed)).clicked() {
                ui.data_mut(|data| data.insert_temp(eye_id, !is_revealed));
            }
        }
        if response.has_focus() {
            note_single_line(ui, id);
        }
        response
    }

    fn several_lines(&mut self, ui: &mut Ui, id: Id, border: Color32) -> Response {
        let t = Tokens::of(ui);
        let is_secret = self.is_secret;
        let width = self.width.unwrap_or_else(|| ui.available_width());
        let row_height = self.font.line_height();
        let height = row_height * self.rows as f32;
        let new_line = if self.enter_is_done { Modifiers::SHIFT } else { Modifiers::NONE };
        let extra = row_height - ui.fonts_mut(|fonts| fonts.row_height(&self.font.id()));
        let frame = Frame::new()
            .fill(t.background)
            .stroke(Stroke::new(size::LINE, border))
            .corner_radius(CornerRadius::same(radius::NORMAL))
            .inner_margin(Margin::symmetric(11, 9));
        frame
            .show(ui, |ui| {
                ui.set_width(width - frame.total_margin().sum().x);
                ui.spacing_mut().extra_text_line_spacing = extra.max(0.0);
                ScrollArea::vertical()
                    .id_salt(id.with("scroll"))
                    .max_height(height)
                    .min_scrolled_height(height)
                    .auto_shrink([false, true])
                    .show(ui, |ui| {
                        let width = ui.available_width();
                        let (font, colour) = (self.font.id(), t.text);
                        let mut anywhere = move |ui: &Ui, text: &dyn TextBuffer, width: f32| {
                            let mut job = LayoutJob::simple(text.as_str().to_owned(), font.clone(), colour, width);
                            job.wrap.break_anywhere = true;
                            job.keep_trailing_whitespace = true;
                            for section in &mut job.sections {
                                section.format.line_height = Some(row_height);
                            }
                            ui.fonts_mut(|fonts| fonts.layout_job(job))
                        };
                        let mut edit = TextEdit::multiline(self.text)
                            .id(id)
                            .frame(Frame::NONE)
                            .desired_width(width)
                            .min_size(vec2(width, height))
                            .desired_rows(self.rows)
                            .font(self.font.id())
                            .text_color(t.text)
                            .hint_text(Font::Body.text(self.hint))
                            .password(self.is_password)
                            .return_key(KeyboardShortcut::new(new_line, Key::Enter))
                            .interactive(self.is_editable);
                        if self.breaks_anywhere && !self.is_password {
                            edit = edit.layouter(&mut anywhere);
                        }
                        let response = draw_edit(ui, id, is_secret, edit);
                        if self.enter_is_done && response.has_focus() {
                            note_single_line(ui, id);
                        }
                        response
                    })
                    .inner
            })
            .inner
    }

    fn message(&self, ui: &mut Ui) {
        let t = Tokens::of(ui);
        let problem = self
            .error
            .map(|text| (text, t.danger))
            .or(self.warning.map(|text| (text, t.warn)))
            .filter(|(text, _)| !text.is_empty());
        if let Some((text, colour)) = problem {
            ui.add(Label::new(Font::Secondary.text(text).color(colour)).wrap());
        } else if self.note.is_some() || self.note_right.is_some() {
            let note = |text: &str| Font::Secondary.text(text).color(t.dim);
            Sides::new().height(16.0).show(
                ui,
                |ui| self.note.map(|text| ui.label(note(text))),
                |ui| self.note_right.map(|text| ui.label(note(text))),
            );
        }
    }
}

fn draw_edit(ui: &mut Ui, id: Id, is_secret: bool, edit: TextEdit<'_>) -> Response {
    if !is_secret {
        return edit.show(ui).response.response;
    }
    let response = keep_copied(ui, |ui| edit.show(ui).response.response);
    forget_typed(ui.ctx(), id);
    response
}

impl Widget for TextField<'_> {
    fn ui(mut self, ui: &mut Ui) -> Response {
        let name = self.label.or(self.name).unwrap_or(self.hint);
        let id = self.id.unwrap_or_else(|| ui.make_persistent_id(("field", name)));
        let width = self.width.unwrap_or_else(|| ui.available_width());
        ui.allocate_ui_with_layout(vec2(width, self.height), Layout::top_down(Align::Min), |ui| {
            ui.spacing_mut().item_spacing.y = 5.0;
            let label = self.label.map(|label| field_label(ui, label).id);
            let border = self.border(Tokens::of(ui), ui.memory(|memory| memory.has_focus(id)));
            let response =
                if self.rows == 1 { self.one_line(ui, id, border) } else { self.several_lines(ui, id, border) };
            let response = match label {
                Some(label) => response.labelled_by(label),
                None => response.accessible_name(name),
            };
            if let Some(error) = self.error {
                ui.ctx().accesskit_node_builder(id, |node| {
                    node.set_invalid(egui::accesskit::Invalid::True);
                    node.set_description(error);
                });
            }
            if self.takes_focus {
                response.request_focus();
            }
            if response.has_focus() {
                show_own_focus(ui.ctx(), id);
            }
            self.message(ui);
            response
        })
        .inner
    }
}

/// Remembers that the keyboard is in `id`, where Enter means "done".
pub(super) fn note_single_line(ui: &Ui, id: Id) {
    ui.data_mut(|data| data.insert_temp(single_line_mark(), id));
}

fn single_line_mark() -> Id {
    Id::unique("tresor: focused field of one line")
}

/// Whether the keyboard is in a field of one line, where Enter means "done".
pub(super) fn is_in_single_line(ctx: &Context) -> bool {
    let focused = ctx.memory(egui::Memory::focused);
    focused.is_some() && focused == ctx.data(|data| data.get_temp::<Id>(single_line_mark()))
}
