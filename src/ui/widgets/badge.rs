//! Small marks: badges, chips, initials, keys, dots.

use crate::ui::{
    icons::Icon,
    theme::{Font, Tokens, Tone, radius, size},
};
use egui::{
    Align2, Color32, CornerRadius, Pos2, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, Widget, WidgetInfo, vec2,
};
use std::borrow::Cow;

/// A state in a word, on a soft ground.
#[must_use = "add it to a ui"]
pub struct Badge<'a> {
    /// What the state means.
    pub tone: Tone,
    /// The state in a word.
    pub text: Cow<'a, str>,
    icon: Option<Icon>,
}

impl<'a> Badge<'a> {
    /// A badge that says `text`.
    pub fn new(tone: Tone, text: impl Into<Cow<'a, str>>) -> Self {
        Self { tone, text: text.into(), icon: None }
    }

    /// A picture before the word.
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// How wide this badge is where there is room for it.
    pub fn width(&self, ui: &Ui) -> f32 {
        let text = Font::Secondary.layout(ui, &self.text, Color32::PLACEHOLDER, f32::INFINITY);
        pill_width(&text, self.icon)
    }
}

impl Widget for Badge<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let t = Tokens::of(ui);
        let border = if self.tone == Tone::Neutral { t.line_strong } else { Color32::TRANSPARENT };
        pill(ui, self.icon, &self.text, Pill { text: t.tone(self.tone), fill: t.soft(self.tone), border })
    }
}

/// A fact about what a page shows, outlined.
#[must_use = "add it to a ui"]
pub struct Chip<'a> {
    text: Cow<'a, str>,
    icon: Option<Icon>,
}

impl<'a> Chip<'a> {
    /// A chip that says `text`.
    pub fn new(text: impl Into<Cow<'a, str>>) -> Self {
        Self { text: text.into(), icon: None }
    }

    /// A picture before the text.
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }
}

impl Chip<'_> {
    /// How wide this chip is where there is room for it.
    pub fn width(&self, ui: &Ui) -> f32 {
        let text = Font::Secondary.layout(ui, &self.text, Color32::PLACEHOLDER, f32::INFINITY);
        pill_width(&text, self.icon)
    }
}

impl Widget for Chip<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let t = Tokens::of(ui);
        pill(ui, self.icon, &self.text, Pill { text: t.dim, fill: t.raised, border: t.line_strong })
    }
}

#[derive(Clone, Copy)]
struct Pill {
    text: Color32,
    fill: Color32,
    border: Color32,
}

const ICON: f32 = 13.0;

fn pill_width(text: &egui::Galley, icon: Option<Icon>) -> f32 {
    let leading = if icon.is_some() { ICON + 4.0 } else { 0.0 };
    (text.size().x + leading + 18.0).ceil()
}

fn pill(ui: &mut Ui, icon: Option<Icon>, text: &str, look: Pill) -> Response {
    let room = (ui.available_width() - 18.0).max(40.0);
    let galley = Font::Secondary.layout(ui, text, look.text, room);
    let leading = if icon.is_some() { ICON + 4.0 } else { 0.0 };
    let wanted = vec2(pill_width(&galley, icon), size::BADGE);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    if ui.is_rect_visible(rect) {
        ui.painter().rect(
            rect,
            CornerRadius::same(radius::PILL),
            look.fill,
            Stroke::new(size::LINE, look.border),
            StrokeKind::Inside,
        );
        if let Some(icon) = icon {
            icon.paint_centred(ui, Pos2::new(rect.left() + 9.0 + ICON / 2.0, rect.center().y), ICON, look.text);
        }
        let at = Pos2::new(rect.left() + 9.0 + leading, rect.center().y);
        ui.painter().galley(Align2::LEFT_CENTER.anchor_size(at, galley.size()).min, galley, look.text);
    }
    response
}

/// A person by their initials.
#[must_use = "add it to a ui"]
pub struct Avatar<'a> {
    name: &'a str,
    side: f32,
}

impl<'a> Avatar<'a> {
    /// The initials of `name`, 26 points wide.
    pub const fn new(name: &'a str) -> Self {
        Self { name, side: 26.0 }
    }

    /// The first letters of the first and the last word.
    pub fn initials(name: &str) -> String {
        let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
        let first = words.next();
        first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
    }

    pub(super) fn paint(ui: &Ui, name: &str, centre: Pos2, side: f32) {
        let t = Tokens::of(ui);
        ui.painter().circle_filled(centre, side / 2.0, t.selection);
        let galley = Font::Label.layout(ui, &Self::initials(name), t.accent, f32::INFINITY);
        ui.painter().galley(Align2::CENTER_CENTER.anchor_size(centre, galley.size()).min, galley, t.accent);
    }
}

impl Widget for Avatar<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let (rect, response) = ui.allocate_exact_size(Vec2::splat(self.side), Sense::hover());
        if ui.is_rect_visible(rect) {
            Self::paint(ui, self.name, rect.center(), self.side);
        }
        response
    }
}

/// Keys in a small box, as `Ctrl K`.
pub fn key_hint(ui: &mut Ui, keys: &str) -> Response {
    let t = Tokens::of(ui);
    let galley = Font::Small.layout(ui, keys, t.dim, f32::INFINITY);
    let (rect, response) = ui.allocate_exact_size(vec2((galley.size().x + 10.0).ceil(), 18.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, keys));
    if ui.is_rect_visible(rect) {
        let border = Stroke::new(size::LINE, t.line_strong);
        ui.painter().rect_stroke(rect, CornerRadius::same(radius::SMALL), border, StrokeKind::Inside);
        ui.painter().galley(Align2::CENTER_CENTER.anchor_size(rect.center(), galley.size()).min, galley, t.dim);
    }
    response
}

/// A filled dot in the colour of `tone`, 8 points wide, in a line of text. A word must stand beside it.
pub fn dot(ui: &mut Ui, tone: Tone) -> Response {
    let colour = Tokens::of(ui).tone(tone);
    let (rect, response) = ui.allocate_exact_size(vec2(8.0, 20.0), Sense::hover());
    ui.painter().circle_filled(rect.center(), 4.0, colour);
    response
}

/// A hollow dot, 8 points wide: what stands by, or is not the current one.
pub fn ring(ui: &mut Ui) -> Response {
    let colour = Tokens::of(ui).faint;
    let (rect, response) = ui.allocate_exact_size(vec2(8.0, 20.0), Sense::hover());
    ui.painter().circle_stroke(rect.center(), 3.4, Stroke::new(1.2, colour));
    response
}

#[cfg(test)]
mod tests {
    use super::Avatar;

    #[test]
    fn initials_are_the_first_letters_of_the_first_and_the_last_word() {
        assert_eq!(Avatar::initials("Security officer"), "SO");
        assert_eq!(Avatar::initials("Developer"), "D");
        assert_eq!(Avatar::initials("Ada of the Lovelaces"), "AL");
        assert_eq!(Avatar::initials(" "), "");
    }
}
