//! One of many, in a popup.

use super::{explain, field_label, menu, menu::popup_frame};
use crate::ui::{
    icons::Icon,
    theme::{Font, Tokens, radius, size},
};
use egui::{
    Align, Align2, CornerRadius, Layout, Popup, PopupCloseBehavior, Response, Role, ScrollArea, Sense, Stroke,
    StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

/// A box that shows what is chosen and opens the list of all.
#[must_use = "call show"]
pub struct SelectField<'a, T> {
    name: &'a str,
    label: Option<&'a str>,
    value: &'a mut T,
    options: &'a [T],
    not_offered: &'a [String],
    width: Option<f32>,
    reason: Option<String>,
}

impl<'a, T: PartialEq + Clone> SelectField<'a, T> {
    /// A box called `name` over the values `options`.
    pub fn new(name: &'a str, value: &'a mut T, options: &'a [T]) -> Self {
        Self { name, label: None, value, options, not_offered: &[], width: None, reason: None }
    }

    /// Shows the name as a label above.
    pub fn labelled(mut self) -> Self {
        self.label = Some(self.name);
        self
    }

    /// Sentences under the options that say why others are not among them.
    pub fn not_offered(mut self, why: &'a [String]) -> Self {
        self.not_offered = why;
        self
    }

    /// As wide as this; without it, as wide as there is room.
    pub fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    /// Disables the box when there is a reason, and shows the reason on hover.
    pub fn disabled_because(mut self, reason: Option<impl Into<String>>) -> Self {
        self.reason = reason.map(Into::into);
        self
    }

    /// Shows the box; `text` says how a value is written. `changed()` when another was chosen.
    pub fn show(self, ui: &mut Ui, text: impl Fn(&T) -> String) -> Response {
        let width = self.width.unwrap_or_else(|| ui.available_width());
        ui.allocate_ui_with_layout(vec2(width, size::FIELD), Layout::top_down(Align::Min), |ui| {
            ui.spacing_mut().item_spacing.y = 5.0;
            let label = self.label.map(|label| field_label(ui, label).id);
            let shown = text(self.value);
            let mut response = match &self.reason {
                Some(reason) => {
                    let response = ui.add_enabled_ui(false, |ui| select_box(ui, self.name, &shown, width)).inner;
                    explain(response, &format!("{} cannot be changed", self.name), reason)
                }
                None => select_box(ui, self.name, &shown, width),
            };
            if let Some(label) = label {
                response = response.labelled_by(label);
            }
            let chosen = Popup::menu(&response)
                .width(width - 14.0)
                .frame(popup_frame(Tokens::of(ui)))
                .close_behavior(PopupCloseBehavior::CloseOnClick)
                .show(|ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    ScrollArea::vertical().max_height(300.0).show(ui, |ui| {
                        let mut chosen = None;
                        for option in self.options {
                            if menu::option(ui, &text(option), *self.value == *option).clicked() {
                                chosen = Some(option.clone());
                            }
                        }
                        if !self.not_offered.is_empty() {
                            menu::menu_separator(ui);
                        }
                        for why in self.not_offered {
                            ui.add_enabled_ui(false, |ui| menu::option(ui, why, false));
                        }
                        chosen
                    })
                })
                .and_then(|shown| shown.inner.inner);
            if let Some(chosen) = chosen
                && chosen != *self.value
            {
                *self.value = chosen;
                response.mark_changed();
            }
            response
        })
        .inner
    }
}

/// The closed box alone: called `name`, showing `text`, with an arrow.
pub fn select_box(ui: &mut Ui, name: &str, text: &str, width: f32) -> Response {
    let t = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, size::FIELD), Sense::click());
    let is_enabled = ui.is_enabled();
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ComboBox, is_enabled, name);
        info.current_text_value = Some(text.to_owned());
        info
    });
    if ui.is_rect_visible(rect) {
        let fill = if response.hovered() { t.hover } else { t.background };
        let border = Stroke::new(size::LINE, t.line_strong);
        ui.painter().rect(rect, CornerRadius::same(radius::NORMAL), fill, border, StrokeKind::Inside);
        let galley = Font::Body.layout(ui, text, t.text, width - 40.0);
        let at = pos2(rect.left() + 11.0, rect.center().y);
        ui.painter().galley(Align2::LEFT_CENTER.anchor_size(at, galley.size()).min, galley, t.text);
        Icon::CHEVRON_DOWN.paint_centred(ui, pos2(rect.right() - 17.0, rect.center().y), size::ICON_SMALL, t.dim);
    }
    response
}
