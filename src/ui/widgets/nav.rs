//! The ways around: rows of the sidebar, tabs, labels of sections.

use super::{IconButton, explanation};
use crate::ui::{
    icons::Icon,
    theme::{Font, Tokens, radius, size},
};
use egui::{
    Align2, Color32, CornerRadius, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Widget, WidgetInfo, pos2,
    vec2,
};

/// A row of the sidebar.
#[must_use = "add it to a ui"]
pub struct NavItem<'a> {
    icon: Icon,
    name: &'a str,
    is_selected: bool,
    trailing_icon: Option<(Icon, &'a str)>,
    count: Option<String>,
}

impl<'a> NavItem<'a> {
    /// A row that leads to `name`.
    pub fn new(icon: Icon, name: &'a str) -> Self {
        Self { icon, name, is_selected: false, trailing_icon: None, count: None }
    }

    /// Whether this is where we are.
    pub fn selected(mut self, is_selected: bool) -> Self {
        self.is_selected = is_selected;
        self
    }

    /// A picture after the name, and what it means.
    pub fn trailing(mut self, icon: Icon, meaning: &'a str) -> Self {
        self.trailing_icon = Some((icon, meaning));
        self
    }

    /// A number, or a word, at the right end.
    pub fn count(mut self, count: impl std::fmt::Display) -> Self {
        self.count = Some(count.to_string());
        self
    }
}

impl Widget for NavItem<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let t = Tokens::of(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::NAV_ROW), Sense::click());
        let is_enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::selected(Role::Button, is_enabled, self.is_selected, self.name));
        if let Some(extra) = self.describe() {
            ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(extra));
        }
        if !ui.is_rect_visible(rect) {
            return response;
        }
        if self.is_selected {
            ui.painter().rect_filled(rect, CornerRadius::same(radius::NORMAL), t.selection);
        } else if response.hovered() {
            ui.painter().rect_filled(rect, CornerRadius::same(radius::NORMAL), t.hover);
        }
        let middle = rect.center().y;
        let icon_colour = if self.is_selected { t.accent } else { t.dim };
        self.icon.paint_centred(ui, pos2(rect.left() + 16.0, middle), size::ICON, icon_colour);
        let mut right = rect.right() - 8.0;
        if let Some(count) = &self.count {
            let galley = Font::Body.layout(ui, count, t.dim, 60.0);
            let at = Align2::RIGHT_CENTER.anchor_size(pos2(right, middle), galley.size()).min;
            right -= galley.size().x + 8.0;
            ui.painter().galley(at, galley, t.dim);
        }
        let left = rect.left() + 32.0;
        let icon_room = if self.trailing_icon.is_some() { size::ICON + 10.0 } else { 0.0 };
        let galley = Font::Medium.layout(ui, self.name, t.text, right - left - icon_room);
        let is_cut = galley.elided;
        let end = left + galley.size().x;
        ui.painter().galley(Align2::LEFT_CENTER.anchor_size(pos2(left, middle), galley.size()).min, galley, t.text);
        if let Some((icon, _)) = self.trailing_icon {
            icon.paint_centred(ui, pos2(end + 10.0 + size::ICON / 2.0, middle), size::ICON, icon_colour);
        }
        let meaning = self.trailing_icon.map(|(_, meaning)| meaning);
        if is_cut || meaning.is_some() {
            response.on_hover_ui(|ui| explanation(ui, self.name, meaning.unwrap_or_default()))
        } else {
            response
        }
    }
}

impl NavItem<'_> {
    fn describe(&self) -> Option<String> {
        let parts: Vec<&str> =
            self.trailing_icon.iter().map(|(_, meaning)| *meaning).chain(self.count.as_deref()).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

/// What opens the palette: a button that looks like a field, `width` points wide, with the keys that do the same.
pub fn palette_button(ui: &mut Ui, width: f32) -> Response {
    let t = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, size::FIELD), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Search or run…"));
    if ui.is_rect_visible(rect) {
        let line = if response.hovered() || response.has_focus() { t.line_strong } else { t.line };
        let corner = CornerRadius::same(radius::NORMAL);
        ui.painter().rect(rect, corner, t.raised, Stroke::new(1.0, line), StrokeKind::Inside);
        Icon::SEARCH.paint_centred(ui, Pos2::new(rect.left() + 16.0, rect.center().y), size::ICON_SMALL, t.dim);
        let words = Font::Body.layout(ui, "Search or run…", t.dim, width);
        let at = Align2::LEFT_CENTER.anchor_size(Pos2::new(rect.left() + 30.0, rect.center().y), words.size()).min;
        ui.painter().galley(at, words, t.dim);
        let keys = Rect::from_center_size(rect.right_center() - vec2(30.0, 0.0), vec2(44.0, 18.0));
        let layout = egui::Layout::right_to_left(egui::Align::Center);
        ui.scope_builder(egui::UiBuilder::new().max_rect(keys).layout(layout), |ui| super::key_hint(ui, "Ctrl K"));
    }
    response
}

/// A label over a group of rows, with a button at its right end when `action` has one. Answers whether it was pressed.
pub fn section_label(ui: &mut Ui, text: &str, action: Option<(Icon, &str)>) -> bool {
    let t = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, text));
    let galley = Font::Label.layout(ui, &text.to_uppercase(), t.dim, rect.width() - 40.0);
    let at = pos2(rect.left() + 8.0, rect.center().y);
    ui.painter().galley(Align2::LEFT_CENTER.anchor_size(at, galley.size()).min, galley, t.dim);
    action.is_some_and(|(icon, name)| {
        let centre = pos2(rect.right() - 14.0, rect.center().y);
        let place = Rect::from_center_size(centre, egui::Vec2::splat(size::BUTTON_SMALL));
        ui.place(place, IconButton::new(icon, name).small()).clicked()
    })
}

/// A tab: where it leads, and how much is there.
#[derive(Clone, Debug)]
pub struct Tab<'a, T> {
    /// Where it leads.
    pub place: T,
    /// What it is called.
    pub name: &'a str,
    /// How many things are there.
    pub count: Option<usize>,
}

/// A row of tabs with the open one underlined. Answers where a press leads.
pub fn tabs<T: PartialEq + Copy>(ui: &mut Ui, tabs: &[Tab<'_, T>], open: T) -> Option<T> {
    let t = Tokens::of(ui);
    let mut chosen = None;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 26.0;
        for tab in tabs {
            let is_open = tab.place == open;
            let name = Font::Medium.layout(ui, tab.name, Color32::PLACEHOLDER, f32::INFINITY);
            let count = tab.count.map(|count| Font::Secondary.layout(ui, &count.to_string(), t.dim, f32::INFINITY));
            let width = name.size().x + count.as_ref().map_or(0.0, |count| count.size().x + 6.0);
            let (rect, response) = ui.allocate_exact_size(vec2(width, size::TABS), Sense::click());
            response.widget_info(|| WidgetInfo::selected(Role::Tab, true, is_open, tab.name));
            if let Some(count) = tab.count {
                ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(count.to_string()));
            }
            if response.clicked() && !is_open {
                chosen = Some(tab.place);
            }
            let colour = if is_open || response.hovered() { t.text } else { t.dim };
            let at = Align2::LEFT_CENTER.anchor_size(rect.left_center(), name.size()).min;
            ui.painter().galley(at, name, colour);
            if let Some(count) = count {
                let at = Align2::RIGHT_CENTER.anchor_size(rect.right_center(), count.size()).min;
                ui.painter().galley(at, count, t.dim);
            }
            if is_open {
                let line = Rect::from_min_max(pos2(rect.left(), rect.bottom() - 2.0), rect.max);
                ui.painter().rect_filled(line, CornerRadius::same(1), t.accent);
            }
        }
    });
    chosen
}
