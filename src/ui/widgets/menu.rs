//! What menus and popups are made of.

use super::explain;
use crate::ui::{
    icons::Icon,
    theme::{Font, Tokens, popup_shadow, radius, size, space},
};
use egui::{Align2, Color32, CornerRadius, Frame, Margin, Pos2, Response, Role, Sense, Stroke, Ui, WidgetInfo, vec2};

/// The frame of a menu or a popup.
pub fn popup_frame(t: &Tokens) -> Frame {
    Frame::new()
        .fill(t.raised)
        .stroke(Stroke::new(size::LINE, t.line_strong))
        .corner_radius(CornerRadius::same(radius::CARD))
        .inner_margin(Margin::same(6))
        .shadow(popup_shadow(t))
}

/// A line of a menu: picture, text, and the keys that do the same. A refusal disables it and shows on hover.
pub fn menu_item<E: std::fmt::Display>(
    ui: &mut Ui,
    icon: Option<Icon>,
    text: &str,
    shortcut: Option<&str>,
    may: &Result<(), E>,
) -> Response {
    match may {
        Ok(()) => line(ui, icon, text, shortcut, None),
        Err(refusal) => {
            let response = ui.add_enabled_ui(false, |ui| line(ui, icon, text, shortcut, None)).inner;
            let title = format!("{} is not available", text.trim_end_matches('…'));
            explain(response, &title, &refusal.to_string())
        }
    }
}

/// One of several values in a popup, ticked when it is the current one.
pub(super) fn option(ui: &mut Ui, text: &str, is_selected: bool) -> Response {
    line(ui, None, text, None, Some(is_selected))
}

fn line(ui: &mut Ui, icon: Option<Icon>, text: &str, shortcut: Option<&str>, selected: Option<bool>) -> Response {
    let t = Tokens::of(ui);
    let galley = Font::Body.layout(ui, text, Color32::PLACEHOLDER, f32::INFINITY);
    let keys = shortcut.map(|keys| Font::Secondary.layout(ui, keys, t.dim, f32::INFINITY));
    let leading = if icon.is_some() { size::ICON + 10.0 } else { 0.0 };
    let trailing = keys.as_ref().map_or(0.0, |keys| keys.size().x + 28.0) + if selected.is_some() { 28.0 } else { 0.0 };
    let content = 16.0 + leading + galley.size().x + trailing;
    let wanted = vec2(content.max(ui.available_width()), 30.0);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::click());
    let is_enabled = ui.is_enabled();
    response.widget_info(|| match selected {
        Some(selected) => WidgetInfo::selected(Role::ListBoxOption, is_enabled, selected, text),
        None => WidgetInfo::labeled(Role::MenuItem, is_enabled, text),
    });
    if ui.is_rect_visible(rect) {
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(rect, CornerRadius::same(radius::NORMAL), t.hover);
        }
        let mut x = rect.left() + 8.0;
        if let Some(icon) = icon {
            icon.paint_centred(ui, Pos2::new(x + size::ICON / 2.0, rect.center().y), size::ICON, t.dim);
            x += leading;
        }
        let at = Align2::LEFT_CENTER.anchor_size(Pos2::new(x, rect.center().y), galley.size()).min;
        ui.painter().galley(at, galley, t.text);
        if let Some(keys) = keys {
            let at = Pos2::new(rect.right() - 8.0, rect.center().y);
            ui.painter().galley(Align2::RIGHT_CENTER.anchor_size(at, keys.size()).min, keys, t.dim);
        }
        if selected == Some(true) {
            Icon::CHECK.paint_centred(ui, Pos2::new(rect.right() - 16.0, rect.center().y), size::ICON_SMALL, t.accent);
        }
    }
    response
}

/// A line between groups of a menu.
pub fn menu_separator(ui: &mut Ui) {
    ui.add_space(space::XS);
    super::hairline(ui);
    ui.add_space(space::XS);
}

/// The name of a group of a menu.
pub fn menu_title(ui: &mut Ui, text: &str) {
    let t = Tokens::of(ui);
    ui.horizontal(|ui| {
        ui.add_space(space::S);
        ui.label(Font::Label.text(text).color(t.dim));
    });
}
