//! Bytes that a person types.

use egui::{Key, Modifiers, Response, Sides, Ui};
use zeroize::Zeroizing;

use super::form::Form;
use crate::ui::{
    theme::{Font, Tokens, size, space},
    typed::SecretText,
    widgets::{SelectField, TextField, field_label, forget_typed},
};

/// What was typed, and how it is meant.
#[derive(Default)]
pub(super) struct BytesField {
    text: SecretText,
    form: Form,
}

impl BytesField {
    /// An empty field that is read so.
    pub(super) fn of(form: Form) -> Self {
        Self { form, ..Self::default() }
    }

    /// What it is read as.
    pub(super) const fn form(&self) -> Form {
        self.form
    }

    /// Whether nothing was typed.
    pub(super) fn is_empty(&self) -> bool {
        self.text.expose().is_empty()
    }

    /// The bytes that are meant, or what is wrong.
    pub(super) fn bytes(&self) -> Result<Zeroizing<Vec<u8>>, String> {
        self.form.read(self.text.expose())
    }

    /// Puts bytes in place of what was typed, in the wanted form or in the next best.
    pub(super) fn set(&mut self, form: Form, bytes: &[u8]) {
        for form in [form, Form::Base64Url] {
            if let Some(text) = form.write(bytes) {
                self.text.set(text);
                self.form = form;
                return;
            }
        }
    }

    /// Reads it so from now on. What is there already is written anew where that can be.
    pub(super) fn turn(&mut self, form: Form) {
        if !self.is_empty()
            && let Some(text) = self.bytes().ok().and_then(|bytes| form.write(&bytes))
        {
            self.text.set(text);
        }
        self.form = form;
    }

    /// Forgets what was typed.
    pub(super) fn clear(&mut self) {
        self.text = SecretText::default();
    }

    /// The large field, called `name`, with `count` at the right above it.
    pub(super) fn show(&mut self, ui: &mut Ui, name: &str, count: &str, error: Option<&str>) -> Typed {
        let t = Tokens::of(ui);
        let id = ui.make_persistent_id("input");
        let has_focus = ui.memory(|memory| memory.has_focus(id));
        let is_done = has_focus && ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::Enter));
        let label_and_field = |ui: &mut Ui| {
            ui.spacing_mut().item_spacing.y = space::XS;
            Sides::new().height(Font::Body.line_height()).show(
                ui,
                |ui| field_label(ui, name),
                |ui| ui.label(Font::Body.text(count).color(t.faint)),
            );
            let field = TextField::new(&mut self.text).name(name).id(id).mono().rows(3).secret().error(error);
            ui.add(if self.form == Form::Text { field } else { field.break_anywhere() })
        };
        let response = ui.vertical(label_and_field).inner;
        Typed { is_changed: response.changed(), is_done }
    }

    /// A field of one line, called `name`, with the choice of how it is read. Whether anything changed.
    pub(super) fn show_small(&mut self, ui: &mut Ui, name: &str, hint: &str, forms: &[Form]) -> bool {
        const CHOICE: f32 = 108.0;
        let problem = self.bytes().err();
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            let id = ui.make_persistent_id(("parameter", name));
            let width = ui.available_width() - CHOICE - space::S;
            let field = TextField::new(&mut self.text).label(name).hint(hint).id(id).mono().width(width);
            let response: Response = ui.add(field.error(problem.as_deref()));
            forget_typed(ui.ctx(), id);
            let is_turned = ui
                .vertical(|ui| {
                    ui.add_space(Font::Body.line_height() + 5.0);
                    ui.set_min_height(size::FIELD);
                    let mut form = self.form;
                    let called = format!("{name} written as");
                    let choice = SelectField::new(&called, &mut form, forms).width(CHOICE);
                    let is_turned = choice.show(ui, |form| form.title().to_owned()).changed();
                    if is_turned {
                        self.turn(form);
                    }
                    is_turned
                })
                .inner;
            response.changed() || is_turned
        })
        .inner
    }
}

/// What happened to the large field.
pub(super) struct Typed {
    /// Something else is in it.
    pub(super) is_changed: bool,
    /// Ctrl and Enter: do it.
    pub(super) is_done: bool,
}
