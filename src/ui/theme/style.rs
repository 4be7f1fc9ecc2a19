//! egui's own widgets in our colours, so that even what we did not draw belongs.

use super::{Font, Tokens, radius, size, space};
use egui::{
    CornerRadius, Margin, Shadow, Stroke, Style, TextStyle, Theme, Vec2, Visuals,
    style::{ScrollStyle, Selection, WidgetVisuals, Widgets},
};

/// The style of everything in `theme`.
pub(super) fn style(theme: Theme) -> Style {
    let tokens = Tokens::of_theme(theme);
    let mut style = Style { animation_time: 0.12, visuals: visuals(theme, tokens), ..Style::default() };
    style.text_styles = [
        (TextStyle::Small, Font::Secondary),
        (TextStyle::Body, Font::Body),
        (TextStyle::Button, Font::Medium),
        (TextStyle::Heading, Font::PageTitle),
        (TextStyle::Monospace, Font::Mono),
    ]
    .into_iter()
    .map(|(style, font)| (style, font.id()))
    .collect();

    let spacing = &mut style.spacing;
    spacing.item_spacing = Vec2::splat(space::S);
    spacing.button_padding = Vec2::new(space::M, 6.0);
    spacing.interact_size = Vec2::new(40.0, 20.0);
    spacing.window_margin = Margin::same(20);
    spacing.menu_margin = Margin::same(6);
    spacing.menu_spacing = 4.0;
    spacing.indent = space::L;
    spacing.icon_spacing = 6.0;
    spacing.combo_height = 320.0;
    spacing.tooltip_width = size::TOOLTIP;
    spacing.scroll =
        ScrollStyle { bar_width: 6.0, floating_width: 2.0, floating_allocated_width: 0.0, ..ScrollStyle::floating() };

    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.4;
    style
}

fn visuals(theme: Theme, t: &Tokens) -> Visuals {
    let mut visuals = theme.default_visuals();
    let line = Stroke::new(size::LINE, t.line_strong);
    let state = |fill, text, border: Stroke| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: border,
        corner_radius: CornerRadius::same(radius::NORMAL),
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    };
    visuals.widgets = Widgets {
        noninteractive: state(t.panel, t.text, Stroke::new(size::LINE, t.line)),
        inactive: state(t.raised, t.text, line),
        hovered: state(t.hover, t.text, line),
        active: state(t.hover, t.text, line),
        open: state(t.hover, t.text, line),
    };
    visuals.selection = Selection { bg_fill: t.selection, stroke: Stroke::new(1.0, t.text) };
    visuals.weak_text_color = Some(t.faint);
    visuals.hyperlink_color = t.accent;
    visuals.faint_bg_color = t.hover;
    visuals.extreme_bg_color = t.background;
    visuals.text_edit_bg_color = Some(t.background);
    visuals.code_bg_color = t.raised;
    visuals.warn_fg_color = t.warn;
    visuals.error_fg_color = t.danger;
    visuals.window_corner_radius = CornerRadius::same(radius::DIALOG);
    visuals.menu_corner_radius = CornerRadius::same(radius::CARD);
    visuals.window_fill = t.raised;
    visuals.window_stroke = line;
    visuals.panel_fill = t.background;
    visuals.window_shadow = dialog_shadow(t);
    visuals.popup_shadow = popup_shadow(t);
    visuals.text_cursor.stroke = Stroke::new(1.5, t.accent);
    visuals.disabled_alpha = 0.42;
    visuals.striped = false;
    visuals.indent_has_left_vline = false;
    visuals.image_loading_spinners = false;
    visuals.collapsing_header_frame = false;
    visuals
}

/// The shadow of menus, tooltips and toasts.
pub fn popup_shadow(t: &Tokens) -> Shadow {
    Shadow { offset: [0, 8], blur: 24, spread: 0, color: t.shadow }
}

/// The shadow of dialogs.
pub fn dialog_shadow(t: &Tokens) -> Shadow {
    Shadow { offset: [0, 16], blur: 48, spread: 0, color: t.shadow }
}
