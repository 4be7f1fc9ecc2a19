//! Yes or no, and one of a few.

use super::explain;
use crate::ui::{
    icons::Icon,
    theme::{Font, Tokens, radius, size},
};
use egui::{
    Align2, Color32, CornerRadius, Galley, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Widget,
    WidgetInfo, vec2,
};
use std::sync::Arc;

/// A switch: what it names holds at once.
#[must_use = "add it to a ui"]
pub struct Toggle<'a> {
    on: &'a mut bool,
    text: &'a str,
    reason: Option<String>,
}

impl<'a> Toggle<'a> {
    /// A switch called `text`, with the text beside it.
    pub fn new(on: &'a mut bool, text: &'a str) -> Self {
        Self { on, text, reason: None }
    }

    /// Disables the switch when there is a reason, and shows the reason on hover.
    pub fn disabled_because(mut self, reason: Option<impl Into<String>>) -> Self {
        self.reason = reason.map(Into::into);
        self
    }

    fn draw(&mut self, ui: &mut Ui) -> Response {
        const TRACK: egui::Vec2 = vec2(32.0, 18.0);
        let t = Tokens::of(ui);
        let galley = Font::Body.layout(ui, self.text, t.text, ui.available_width() - TRACK.x - 10.0);
        let wanted = vec2(TRACK.x + 10.0 + galley.size().x, 24.0);
        let (rect, mut response) = ui.allocate_exact_size(wanted, Sense::click());
        if response.clicked() {
            *self.on = !*self.on;
            response.mark_changed();
        }
        let (is_on, is_enabled) = (*self.on, ui.is_enabled());
        response.widget_info(|| WidgetInfo::selected(Role::Switch, is_enabled, is_on, self.text));
        if ui.is_rect_visible(rect) {
            let how_on = ui.ctx().animate_bool_responsive(response.id, is_on);
            let track = Rect::from_min_size(Pos2::new(rect.left(), rect.center().y - TRACK.y / 2.0), TRACK);
            let fill = t.track.lerp_to_gamma(t.accent_button, how_on);
            let border = t.line_strong.lerp_to_gamma(t.accent_button, how_on);
            let round = CornerRadius::same(radius::PILL);
            ui.painter().rect(track, round, fill, Stroke::new(size::LINE, border), StrokeKind::Inside);
            let x = egui::lerp(track.left() + 9.0..=track.right() - 9.0, how_on);
            let knob = t.dim.lerp_to_gamma(t.on_button, how_on);
            ui.painter().circle_filled(Pos2::new(x, track.center().y), 6.0, knob);
            let at = Pos2::new(track.right() + 10.0, rect.center().y);
            ui.painter().galley(Align2::LEFT_CENTER.anchor_size(at, galley.size()).min, galley, t.text);
        }
        response
    }
}

impl Widget for Toggle<'_> {
    fn ui(mut self, ui: &mut Ui) -> Response {
        match self.reason.take() {
            Some(reason) => {
                let response = ui.add_enabled_ui(false, |ui| self.draw(ui)).inner;
                explain(response, &format!("{} cannot be changed", self.text), &reason)
            }
            None => self.draw(ui),
        }
    }
}

/// A box that is ticked or not.
#[must_use = "add it to a ui"]
pub struct Checkbox<'a> {
    checked: &'a mut bool,
    name: &'a str,
    shows_name: Shown,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Beside,
    OnHover,
}

impl<'a> Checkbox<'a> {
    /// A box with `text` beside it.
    pub fn new(checked: &'a mut bool, text: &'a str) -> Self {
        Self { checked, name: text, shows_name: Shown::Beside }
    }

    /// A box alone, as in a table; its name shows on hover.
    pub fn without_text(checked: &'a mut bool, name: &'a str) -> Self {
        Self { checked, name, shows_name: Shown::OnHover }
    }
}

impl Widget for Checkbox<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        const SIDE: f32 = 16.0;
        let t = Tokens::of(ui);
        let galley = (self.shows_name == Shown::Beside)
            .then(|| Font::Body.layout(ui, self.name, t.text, ui.available_width() - SIDE - 8.0));
        let width = galley.as_ref().map_or(SIDE, |galley| SIDE + 8.0 + galley.size().x);
        let (rect, mut response) = ui.allocate_exact_size(vec2(width, 24.0), Sense::click());
        if response.clicked() {
            *self.checked = !*self.checked;
            response.mark_changed();
        }
        let (is_checked, is_enabled) = (*self.checked, ui.is_enabled());
        response.widget_info(|| WidgetInfo::selected(Role::CheckBox, is_enabled, is_checked, self.name));
        if ui.is_rect_visible(rect) {
            let centre = Pos2::new(rect.left() + SIDE / 2.0, rect.center().y);
            let square = Rect::from_center_size(centre, vec2(SIDE, SIDE));
            let (fill, border) = if is_checked {
                (t.accent_button, t.accent_button)
            } else if response.hovered() {
                (t.hover, t.faint)
            } else {
                (t.background, t.line_strong)
            };
            let round = CornerRadius::same(radius::SMALL);
            ui.painter().rect(square, round, fill, Stroke::new(size::LINE, border), StrokeKind::Inside);
            if is_checked {
                Icon::CHECK.paint_centred(ui, centre, 12.0, t.on_button);
            }
            if let Some(galley) = galley {
                let at = Pos2::new(square.right() + 8.0, rect.center().y);
                ui.painter().galley(Align2::LEFT_CENTER.anchor_size(at, galley.size()).min, galley, t.text);
            }
        }
        if self.shows_name == Shown::OnHover { super::hint(response, self.name, None) } else { response }
    }
}

/// One of a few, all in sight: `All | Expiring | Disabled`.
#[must_use = "call show"]
pub struct Segmented<'a, T> {
    name: &'a str,
    value: &'a mut T,
    choices: &'a [(T, &'a str)],
    reason: Option<String>,
}

impl<'a, T: PartialEq + Clone> Segmented<'a, T> {
    /// A choice called `name` for a screen reader, one segment for each of `choices`.
    pub fn new(name: &'a str, value: &'a mut T, choices: &'a [(T, &'a str)]) -> Self {
        Self { name, value, choices, reason: None }
    }

    /// Disables the choice when there is a reason, and shows the reason on hover.
    pub fn disabled_because(mut self, reason: Option<impl Into<String>>) -> Self {
        self.reason = reason.map(Into::into);
        self
    }

    /// Shows it. `changed()` when another segment was chosen.
    pub fn show(mut self, ui: &mut Ui) -> Response {
        let Some(reason) = self.reason.take() else { return self.draw(ui) };
        let name = self.name;
        let response = ui.add_enabled_ui(false, |ui| self.draw(ui)).inner;
        explain(response, &format!("{name} cannot be changed"), &reason)
    }

    fn draw(self, ui: &mut Ui) -> Response {
        let t = Tokens::of(ui);
        let galleys: Vec<_> = self
            .choices
            .iter()
            .map(|(_, text)| Font::Medium.layout(ui, text, Color32::PLACEHOLDER, f32::INFINITY))
            .collect();
        let width_of = |galley: &Arc<Galley>| (galley.size().x + 22.0).ceil();
        let wanted = vec2(galleys.iter().map(width_of).sum(), size::BUTTON);
        let (rect, mut whole) = ui.allocate_exact_size(wanted, Sense::hover());
        whole.ctx.accesskit_node_builder(whole.id, |node| {
            node.set_role(Role::RadioGroup);
            node.set_label(self.name);
        });
        ui.painter().rect_filled(rect, CornerRadius::same(radius::NORMAL), t.background);
        let mut left = rect.left();
        let last = self.choices.len().saturating_sub(1);
        for (index, ((choice, text), galley)) in self.choices.iter().zip(galleys).enumerate() {
            let width = width_of(&galley);
            let segment = Rect::from_min_size(Pos2::new(left, rect.top()), vec2(width, rect.height()));
            let response = ui.interact(segment, whole.id.with(index), Sense::click());
            if response.clicked() && *self.value != *choice {
                *self.value = choice.clone();
                whole.mark_changed();
            }
            let is_selected = *self.value == *choice;
            let is_enabled = ui.is_enabled();
            response.widget_info(|| WidgetInfo::selected(Role::RadioButton, is_enabled, is_selected, text));
            let round = CornerRadius {
                nw: if index == 0 { radius::NORMAL } else { 0 },
                sw: if index == 0 { radius::NORMAL } else { 0 },
                ne: if index == last { radius::NORMAL } else { 0 },
                se: if index == last { radius::NORMAL } else { 0 },
            };
            if is_selected {
                ui.painter().rect_filled(segment, round, t.hover);
            }
            if index > 0 {
                ui.painter().vline(segment.left(), segment.y_range(), Stroke::new(size::LINE, t.line_strong));
            }
            let colour = if is_selected || response.hovered() { t.text } else { t.dim };
            let at = Align2::CENTER_CENTER.anchor_size(segment.center(), galley.size()).min;
            ui.painter().galley(at, galley, colour);
            left += width;
        }
        ui.painter().rect_stroke(
            rect,
            CornerRadius::same(radius::NORMAL),
            Stroke::new(size::LINE, t.line_strong),
            StrokeKind::Inside,
        );
        whole
    }
}
