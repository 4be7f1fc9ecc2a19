//! How far something is.

use crate::ui::theme::{Font, Tokens, Tone, size};
use egui::{Align2, CornerRadius, Pos2, Rect, Response, Role, Sense, Ui, Widget, WidgetInfo, vec2};

/// How urgent a retention is: red in its last week, amber in its last month.
pub const fn retention_tone(days_left: i64) -> Tone {
    match days_left {
        ..=7 => Tone::Danger,
        8..=30 => Tone::Warn,
        _ => Tone::Accent,
    }
}

/// How much of a retention is used up, as a bar, with what is left in words.
#[derive(Clone, Copy, Debug)]
#[must_use = "add it to a ui"]
pub struct Retention<'a> {
    fraction_used: f32,
    days_left: i64,
    text: &'a str,
    bar: f32,
}

impl<'a> Retention<'a> {
    /// `fraction_used` from 0, just deleted, to 1, purged; `text` as "28 days left".
    pub const fn new(fraction_used: f32, days_left: i64, text: &'a str) -> Self {
        Self { fraction_used, days_left, text, bar: size::RETENTION_BAR }
    }

    /// Another width of the bar.
    pub const fn bar_width(mut self, width: f32) -> Self {
        self.bar = width;
        self
    }
}

impl Widget for Retention<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let t = Tokens::of(ui);
        let tone = retention_tone(self.days_left);
        let colour = if tone == Tone::Accent { t.text } else { t.tone(tone) };
        let galley = Font::Body.layout(ui, self.text, colour, (ui.available_width() - self.bar - 12.0).max(20.0));
        let (rect, response) = ui.allocate_exact_size(vec2(self.bar + 12.0 + galley.size().x, 20.0), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, self.text));
        if ui.is_rect_visible(rect) {
            let bar = Rect::from_min_size(Pos2::new(rect.left(), rect.center().y - 2.0), vec2(self.bar, 4.0));
            paint_bar(ui, bar, self.fraction_used, t.tone(tone));
            let at = Pos2::new(bar.right() + 12.0, rect.center().y);
            ui.painter().galley(Align2::LEFT_CENTER.anchor_size(at, galley.size()).min, galley, colour);
        }
        response
    }
}

/// How far long work is.
#[derive(Clone, Copy, Debug)]
#[must_use = "add it to a ui"]
pub struct ProgressBar<'a> {
    name: &'a str,
    fraction: f32,
}

impl<'a> ProgressBar<'a> {
    /// A bar called `name`, as wide as there is room, filled up to `fraction` of 1.
    pub const fn new(name: &'a str, fraction: f32) -> Self {
        Self { name, fraction }
    }
}

impl Widget for ProgressBar<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let t = Tokens::of(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 6.0), Sense::hover());
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, self.name);
            info.value = Some(f64::from(self.fraction));
            info
        });
        if ui.is_rect_visible(rect) {
            paint_bar(ui, rect, self.fraction, t.accent);
        }
        response
    }
}

fn paint_bar(ui: &Ui, rect: Rect, fraction: f32, colour: egui::Color32) {
    let round = CornerRadius::same((rect.height() / 2.0) as u8);
    ui.painter().rect_filled(rect, round, Tokens::of(ui).track);
    let mut filled = rect;
    filled.set_width((rect.width() * fraction.clamp(0.0, 1.0)).max(2.0));
    ui.painter().rect_filled(filled, round, colour);
}

/// Something is under way and cannot say how far. Draws frames as long as it is shown.
pub fn spinner(ui: &mut Ui, name: &str) -> Response {
    let accent = Tokens::of(ui).accent;
    let response = ui.add(egui::Spinner::new().size(size::ICON).color(accent));
    response.accessible_name(name)
}
