//! The field that filters a list.

use super::{IconButton, TextField};
use crate::ui::{icons::Icon, theme::size};
use egui::{Align, Id, Layout, Rect, Response, Ui, UiBuilder, Vec2, Widget, vec2};

/// The field that filters a list: a funnel, a hint, and a cross that empties it.
#[must_use = "add it to a ui"]
pub struct SearchField<'a> {
    text: &'a mut String,
    hint: &'a str,
    icon: Icon,
    width: f32,
    id: Option<Id>,
    keys: Option<&'a str>,
    takes_focus: bool,
}

impl<'a> SearchField<'a> {
    /// A filter called `hint`, 260 points wide.
    pub fn new(text: &'a mut String, hint: &'a str) -> Self {
        Self { text, hint, icon: Icon::FILTER, width: 260.0, id: None, keys: None, takes_focus: false }
    }

    /// Another picture than the funnel.
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = icon;
        self
    }

    /// As wide as this.
    pub fn width(mut self, width: f32) -> Self {
        self.width = width;
        self
    }

    /// A fixed id.
    pub fn id(mut self, id: Id) -> Self {
        self.id = Some(id);
        self
    }

    /// The keys that lead here, shown while the field is empty.
    pub fn keys(mut self, keys: &'a str) -> Self {
        self.keys = Some(keys);
        self
    }

    /// Asks for the keyboard now.
    pub fn focus(mut self, now: bool) -> Self {
        self.takes_focus = now;
        self
    }
}

impl Widget for SearchField<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let is_empty = self.text.is_empty();
        let room = if is_empty { self.keys.map_or(0.0, |_| 48.0) } else { 24.0 };
        let mut field = TextField::new(self.text)
            .name(self.hint)
            .hint(self.hint)
            .icon(self.icon)
            .width(self.width)
            .trailing_room(room)
            .focus(self.takes_focus);
        if let Some(id) = self.id {
            field = field.id(id);
        }
        let mut response = ui.add(field);
        let edge = response.rect.right_center();
        if is_empty {
            if let Some(keys) = self.keys {
                let rect = Rect::from_center_size(edge - vec2(30.0, 0.0), vec2(44.0, 18.0));
                let layout = Layout::right_to_left(Align::Center);
                ui.scope_builder(UiBuilder::new().max_rect(rect).layout(layout), |ui| super::key_hint(ui, keys));
            }
        } else {
            let rect = Rect::from_center_size(edge - vec2(18.0, 0.0), Vec2::splat(size::BUTTON_SMALL));
            if ui.place(rect, IconButton::new(Icon::X, "Clear filter").small()).clicked() {
                self.text.clear();
                response.mark_changed();
            }
        }
        response
    }
}
