//! Buttons: with text, with an icon alone, and links.

use super::{explain, hint};
use crate::ui::{
    icons::Icon,
    theme::{Font, Tokens, Tone, radius, size},
};
use egui::{
    Align2, Color32, CornerRadius, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, Widget, WidgetInfo,
    vec2,
};
use std::borrow::Cow;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Variant {
    Primary,
    Secondary,
    Ghost,
    Danger,
    DangerQuiet,
}

struct Look {
    fill: Color32,
    border: Color32,
    text: Color32,
}

impl Variant {
    fn look(self, t: &Tokens, response: &Response) -> Look {
        let on_button = if response.enabled() { t.on_button } else { t.on_button_disabled };
        let is_over = response.hovered() || response.is_pointer_button_down_on();
        let none = Color32::TRANSPARENT;
        match self {
            Self::Primary => {
                let fill = if is_over { t.accent_button_hover } else { t.accent_button };
                Look { fill, border: fill, text: on_button }
            }
            Self::Danger => {
                let fill = if is_over { t.danger_button_hover } else { t.danger_button };
                Look { fill, border: fill, text: on_button }
            }
            Self::Secondary => {
                Look { fill: if is_over { t.hover } else { t.raised }, border: t.line_strong, text: t.text }
            }
            Self::DangerQuiet => {
                Look { fill: if is_over { t.danger_soft } else { t.raised }, border: t.line_strong, text: t.danger }
            }
            Self::Ghost => Look {
                fill: if is_over { t.hover } else { none },
                border: none,
                text: if is_over { t.text } else { t.dim },
            },
        }
    }
}

/// A button with text.
#[must_use = "add it to a ui"]
pub struct Button<'a> {
    text: Cow<'a, str>,
    variant: Variant,
    icon: Option<Icon>,
    trailing: Option<Icon>,
    height: f32,
    reason: Option<String>,
    reason_title: Option<String>,
    shortcut: Option<Cow<'a, str>>,
    fills_width: bool,
    selected: Option<bool>,
}

impl<'a> Button<'a> {
    fn new(variant: Variant, text: impl Into<Cow<'a, str>>) -> Self {
        Self {
            text: text.into(),
            variant,
            icon: None,
            trailing: None,
            height: size::BUTTON,
            reason: None,
            reason_title: None,
            shortcut: None,
            fills_width: false,
            selected: None,
        }
    }

    /// The one thing a page or a dialog is for.
    pub fn primary(text: impl Into<Cow<'a, str>>) -> Self {
        Self::new(Variant::Primary, text)
    }

    /// Everything else that can be done.
    pub fn secondary(text: impl Into<Cow<'a, str>>) -> Self {
        Self::new(Variant::Secondary, text)
    }

    /// Without border or fill, for what is offered beside.
    pub fn ghost(text: impl Into<Cow<'a, str>>) -> Self {
        Self::new(Variant::Ghost, text)
    }

    /// The last step of what cannot be undone.
    pub fn danger(text: impl Into<Cow<'a, str>>) -> Self {
        Self::new(Variant::Danger, text)
    }

    /// A way towards what cannot be undone, as "Purge…" in a row.
    pub fn danger_quiet(text: impl Into<Cow<'a, str>>) -> Self {
        Self::new(Variant::DangerQuiet, text)
    }

    /// One of several small choices beside each other; the chosen one is filled.
    pub fn choice(is_selected: bool, text: impl Into<Cow<'a, str>>) -> Self {
        let variant = if is_selected { Variant::Primary } else { Variant::Secondary };
        Self { selected: Some(is_selected), ..Self::new(variant, text).small() }
    }

    /// A picture before the text.
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// A picture after the text, as the arrow of what opens a menu.
    pub fn trailing(mut self, icon: Icon) -> Self {
        self.trailing = Some(icon);
        self
    }

    /// 26 points high, for rows and cards.
    pub fn small(mut self) -> Self {
        self.height = size::BUTTON_SMALL;
        self
    }

    /// 40 points high, for a button that stands alone.
    pub fn large(mut self) -> Self {
        self.height = size::FIELD_LARGE;
        self
    }

    /// Disables the button when there is a reason, and shows the reason on hover.
    pub fn disabled_because(mut self, reason: Option<impl Into<String>>) -> Self {
        self.reason = reason.map(Into::into);
        self
    }

    /// Disables the button when it may not be pressed, and shows the refusal on hover.
    pub fn enabled_if<E: std::fmt::Display>(self, may: &Result<(), E>) -> Self {
        let reason = may.as_ref().err().map(ToString::to_string);
        self.disabled_because(reason)
    }

    /// The title over the reason; without it, "… is not available" is made of the text.
    pub fn reason_title(mut self, title: impl Into<String>) -> Self {
        self.reason_title = Some(title.into());
        self
    }

    /// The keys that do the same, shown on hover.
    pub fn shortcut(mut self, keys: impl Into<Cow<'a, str>>) -> Self {
        self.shortcut = Some(keys.into());
        self
    }

    /// As wide as there is room.
    pub fn full_width(mut self) -> Self {
        self.fills_width = true;
        self
    }

    fn draw(&self, ui: &mut Ui) -> Response {
        let t = Tokens::of(ui);
        let is_small = self.height < size::BUTTON;
        let font = if is_small { Font::SecondaryMedium } else { Font::Medium };
        let icon_side = if is_small { size::ICON_SMALL } else { size::ICON };
        let (padding, icon_gap) = if is_small { (9.0, 6.0) } else { (13.0, 8.0) };
        let galley = font.layout(ui, &self.text, Color32::PLACEHOLDER, f32::INFINITY);
        let leading = if self.icon.is_some() { icon_side + icon_gap } else { 0.0 };
        let trailing = if self.trailing.is_some() { icon_side + icon_gap } else { 0.0 };
        let content = leading + galley.size().x + trailing;
        let mut wanted = vec2((content + 2.0 * padding).ceil(), self.height);
        if self.fills_width {
            wanted.x = wanted.x.max(ui.available_width());
        }
        let (rect, response) = ui.allocate_exact_size(wanted, Sense::click());
        let is_enabled = ui.is_enabled();
        response.widget_info(|| match self.selected {
            Some(selected) => WidgetInfo::selected(Role::Button, is_enabled, selected, &self.text),
            None => WidgetInfo::labeled(Role::Button, is_enabled, &self.text),
        });
        if ui.is_rect_visible(rect) {
            let look = self.variant.look(t, &response);
            paint_frame(ui, rect, &look);
            let mut x = rect.center().x - content / 2.0;
            if let Some(icon) = self.icon {
                icon.paint_centred(ui, Pos2::new(x + icon_side / 2.0, rect.center().y), icon_side, look.text);
                x += leading;
            }
            let at = Align2::LEFT_CENTER.anchor_size(Pos2::new(x, rect.center().y), galley.size()).min;
            x += galley.size().x;
            ui.painter().galley(at, galley, look.text);
            if let Some(icon) = self.trailing {
                let centre = Pos2::new(x + icon_gap + icon_side / 2.0, rect.center().y);
                icon.paint_centred(ui, centre, icon_side, look.text);
            }
        }
        response
    }
}

fn paint_frame(ui: &Ui, rect: Rect, look: &Look) {
    ui.painter().rect(
        rect,
        CornerRadius::same(radius::NORMAL),
        look.fill,
        Stroke::new(size::LINE, look.border),
        StrokeKind::Inside,
    );
}

impl Widget for Button<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        if let Some(reason) = &self.reason {
            let response = ui.add_enabled_ui(false, |ui| self.draw(ui)).inner;
            let title = self
                .reason_title
                .clone()
                .unwrap_or_else(|| format!("{} is not available", self.text.trim_end_matches('…')));
            return explain(response, &title, reason);
        }
        let response = self.draw(ui);
        match &self.shortcut {
            Some(keys) => hint(response, &self.text, Some(keys)),
            None => response,
        }
    }
}

/// A button that is a picture; its name shows on hover.
#[must_use = "add it to a ui"]
pub struct IconButton<'a> {
    icon: Icon,
    name: Cow<'a, str>,
    side: f32,
    variant: Variant,
    tone: Option<Tone>,
    reason: Option<String>,
    shortcut: Option<Cow<'a, str>>,
    selected: Option<bool>,
}

impl<'a> IconButton<'a> {
    /// A button without border that shows `icon` and is called `name`.
    pub fn new(icon: Icon, name: impl Into<Cow<'a, str>>) -> Self {
        Self {
            icon,
            name: name.into(),
            side: size::BUTTON,
            variant: Variant::Ghost,
            tone: None,
            reason: None,
            shortcut: None,
            selected: None,
        }
    }

    /// 26 points square.
    pub fn small(mut self) -> Self {
        self.side = size::BUTTON_SMALL;
        self
    }

    /// 18 points square, inside a chip.
    pub(super) fn tiny(mut self) -> Self {
        self.side = 18.0;
        self
    }

    /// With border and fill, as the other buttons beside it.
    pub fn framed(mut self) -> Self {
        self.variant = Variant::Secondary;
        self
    }

    /// The picture in the colour of `tone`.
    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = Some(tone);
        self
    }

    /// Whether what it switches is on.
    pub fn selected(mut self, is_selected: bool) -> Self {
        self.selected = Some(is_selected);
        self
    }

    /// Disables the button when there is a reason, and shows the reason on hover.
    pub fn disabled_because(mut self, reason: Option<impl Into<String>>) -> Self {
        self.reason = reason.map(Into::into);
        self
    }

    /// Disables the button when it may not be pressed, and shows the refusal on hover.
    pub fn enabled_if<E: std::fmt::Display>(self, may: &Result<(), E>) -> Self {
        let reason = may.as_ref().err().map(ToString::to_string);
        self.disabled_because(reason)
    }

    /// The keys that do the same, shown on hover.
    pub fn shortcut(mut self, keys: impl Into<Cow<'a, str>>) -> Self {
        self.shortcut = Some(keys.into());
        self
    }

    fn draw(&self, ui: &mut Ui) -> Response {
        let t = Tokens::of(ui);
        let (rect, response) = ui.allocate_exact_size(Vec2::splat(self.side), Sense::click());
        let is_enabled = ui.is_enabled();
        response.widget_info(|| match self.selected {
            Some(selected) => WidgetInfo::selected(Role::Button, is_enabled, selected, &self.name),
            None => WidgetInfo::labeled(Role::Button, is_enabled, &self.name),
        });
        if ui.is_rect_visible(rect) {
            let mut look = self.variant.look(t, &response);
            if let Some(tone) = self.tone {
                look.text = t.tone(tone);
            } else if self.selected == Some(true) {
                look.text = t.accent;
            }
            paint_frame(ui, rect, &look);
            let side = if self.side < size::BUTTON { size::ICON_SMALL.min(self.side - 6.0) } else { size::ICON };
            self.icon.paint_centred(ui, rect.center(), side, look.text);
        }
        response
    }
}

impl Widget for IconButton<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        if let Some(reason) = &self.reason {
            let response = ui.add_enabled_ui(false, |ui| self.draw(ui)).inner;
            return explain(response, &format!("{} is not available", self.name.trim_end_matches('…')), reason);
        }
        hint(self.draw(ui), &self.name, self.shortcut.as_deref())
    }
}

/// Text that acts, in the accent colour.
pub fn link(ui: &mut Ui, text: &str) -> Response {
    let accent = Tokens::of(ui).accent;
    text_button(ui, text, Font::Medium, accent)
}

/// Text that acts, as quiet as what stands beside it.
pub fn quiet_link(ui: &mut Ui, text: &str) -> Response {
    let dim = Tokens::of(ui).dim;
    text_button(ui, text, Font::Body, dim)
}

fn text_button(ui: &mut Ui, text: &str, font: Font, colour: Color32) -> Response {
    let galley = font.layout(ui, text, Color32::PLACEHOLDER, f32::INFINITY);
    let (rect, response) = ui.allocate_exact_size(galley.size(), Sense::click());
    let is_enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, is_enabled, text));
    if ui.is_rect_visible(rect) {
        ui.painter().galley(rect.min, galley, colour);
        if response.hovered() {
            ui.painter().hline(rect.x_range(), rect.bottom() - 2.0, Stroke::new(size::LINE, colour));
        }
    }
    response
}
