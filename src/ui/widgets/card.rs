//! What holds and separates: cards, banners, empty states, lists of properties, hairlines.

use super::Button;
use crate::ui::{
    icons::Icon,
    theme::{Font, Tokens, Tone, radius, size, space},
};
use egui::{
    Align, Color32, CornerRadius, Frame, InnerResponse, Label, Layout, Margin, Response, RichText, Role, Sense, Stroke,
    Ui, UiBuilder, Widget, WidgetInfo, vec2,
};

/// A frame around things that belong together.
#[derive(Clone, Copy, Debug, Default)]
#[must_use = "call show"]
pub struct Card<'a> {
    title: Option<&'a str>,
    tone: Tone,
    is_sunken: bool,
}

impl<'a> Card<'a> {
    /// A card as wide as there is room.
    pub fn new() -> Self {
        Self::default()
    }

    /// A title in the first line.
    pub const fn title(mut self, title: &'a str) -> Self {
        self.title = Some(title);
        self
    }

    /// The border in the colour of `tone`; neutral is the hairline.
    pub const fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    /// Filled as a field is, for a card that stands on a panel.
    pub const fn sunken(mut self) -> Self {
        self.is_sunken = true;
        self
    }

    /// Shows the card with `content` in it.
    pub fn show<R>(self, ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
        let t = Tokens::of(ui);
        let border = if self.tone == Tone::Neutral { t.line } else { t.tone(self.tone) };
        let (fill, margin) = if self.is_sunken {
            (t.background, Margin::symmetric(12, 8))
        } else {
            (t.panel, Margin::symmetric(16, 14))
        };
        Frame::new()
            .fill(fill)
            .stroke(Stroke::new(size::LINE, border))
            .corner_radius(CornerRadius::same(radius::CARD))
            .inner_margin(margin)
            .show(ui, |ui| {
                ui.vertical(|ui| {
                    ui.take_available_width();
                    if let Some(title) = self.title {
                        ui.label(Font::Strong.text(title).color(t.text));
                    }
                    content(ui)
                })
                .inner
            })
    }
}

/// A number and what it counts.
#[derive(Clone, Copy, Debug)]
#[must_use = "add it to a ui"]
pub struct StatCard<'a> {
    number: &'a str,
    text: &'a str,
    tone: Tone,
}

impl<'a> StatCard<'a> {
    /// `number` large, `text` under it.
    pub const fn new(number: &'a str, text: &'a str) -> Self {
        Self { number, text, tone: Tone::Neutral }
    }

    /// The number in the colour of `tone`; neutral is plain text.
    pub const fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }
}

impl Widget for StatCard<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let t = Tokens::of(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 80.0), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{} {}", self.number, self.text)));
        if ui.is_rect_visible(rect) {
            let border = if response.hovered() { t.line_strong } else { t.line };
            ui.painter().rect(
                rect,
                CornerRadius::same(radius::CARD),
                t.panel,
                Stroke::new(size::LINE, border),
                egui::StrokeKind::Inside,
            );
            let colour = if self.tone == Tone::Neutral { t.text } else { t.tone(self.tone) };
            let room = rect.width() - 2.0 * space::L;
            let number = Font::Number.layout(ui, self.number, colour, room);
            ui.painter().galley(rect.min + vec2(16.0, 13.0), number, colour);
            let text = Font::Body.layout(ui, self.text, t.dim, room);
            ui.painter().galley(rect.min + vec2(16.0, 45.0), text, t.dim);
        }
        response
    }
}

/// One line of a list of properties: a name in a column, and what it is.
#[derive(Clone, Copy, Debug)]
#[must_use = "call show"]
pub struct KeyValue<'a> {
    name: &'a str,
    column: f32,
}

impl<'a> KeyValue<'a> {
    /// A line called `name`, its value 104 points from the left.
    pub const fn new(name: &'a str) -> Self {
        Self { name, column: size::KEY_COLUMN }
    }

    /// Another width of the column of names.
    pub const fn column(mut self, width: f32) -> Self {
        self.column = width;
        self
    }

    /// Shows the line with `value` in it.
    pub fn show<R>(self, ui: &mut Ui, value: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
        let t = Tokens::of(ui);
        let room = ui.available_width();
        ui.allocate_ui_with_layout(vec2(room, 24.0), Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            ui.set_min_height(24.0);
            let left = ui.cursor().left();
            let galley = Font::Body.layout(ui, self.name, t.dim, self.column - 6.0);
            let (rect, response) = ui.allocate_exact_size(galley.size(), Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, self.name));
            ui.painter().galley(rect.min, galley, t.dim);
            ui.add_space((left + self.column - ui.cursor().left()).max(0.0));
            value(ui)
        })
    }
}

/// A property in words; `None` is "not set". The value can be selected.
pub fn key_value(ui: &mut Ui, name: &str, value: Option<&str>) -> Response {
    let t = Tokens::of(ui);
    let (text, colour) = value.map_or(("not set", t.faint), |value| (value, t.text));
    let text = Font::Body.text(text).color(colour);
    KeyValue::new(name).show(ui, |ui| ui.add(Label::new(text).truncate().selectable(value.is_some()))).inner
}

/// A property that is a value to the letter: an address, a version. It can be selected.
pub fn key_value_mono(ui: &mut Ui, name: &str, value: &str) -> Response {
    let text = Font::Mono.text(value).color(Tokens::of(ui).text);
    KeyValue::new(name).show(ui, |ui| ui.add(Label::new(text).truncate().selectable(true))).inner
}

/// Text that wraps where there is no more room.
pub fn rich_label(ui: &mut Ui, text: RichText) -> Response {
    ui.add(Label::new(text).wrap())
}

/// Something the reader should know before going on.
#[must_use = "call show"]
pub struct Banner<'a> {
    tone: Tone,
    icon: Option<Icon>,
    title: Option<&'a str>,
    text: Option<&'a str>,
}

impl<'a> Banner<'a> {
    /// A banner on the soft ground of `tone`.
    pub const fn new(tone: Tone) -> Self {
        Self { tone, icon: None, title: None, text: None }
    }

    /// A picture before the first line.
    pub const fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// The first line, in the colour of the tone.
    pub const fn title(mut self, title: &'a str) -> Self {
        self.title = Some(title);
        self
    }

    /// The text.
    pub const fn text(mut self, text: &'a str) -> Self {
        self.text = Some(text);
        self
    }

    /// Shows the banner with nothing to press.
    pub fn ui(self, ui: &mut Ui) -> Response {
        self.show(ui, |_| ()).response
    }

    /// Shows the banner with `more` under its text: lines, or a row of small buttons.
    pub fn show<R>(self, ui: &mut Ui, more: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
        let t = Tokens::of(ui);
        let colour = t.tone(self.tone);
        let fill = t.soft(self.tone);
        Frame::new()
            .fill(fill)
            .corner_radius(CornerRadius::same(radius::CARD))
            .inner_margin(Margin::symmetric(13, 10))
            .show(ui, |ui| {
                ui.vertical(|ui| {
                    ui.set_min_width(ui.available_width());
                    ui.spacing_mut().item_spacing.y = 6.0;
                    let is_titled = self.title.is_some();
                    if is_titled || self.text.is_some() {
                        ui.horizontal_top(|ui| {
                            ui.spacing_mut().item_spacing.x = 10.0;
                            if let Some(icon) = self.icon {
                                let (rect, _) = ui.allocate_exact_size(vec2(size::ICON, 20.0), Sense::hover());
                                icon.paint_centred(ui, rect.center(), size::ICON, colour);
                            }
                            ui.vertical(|ui| {
                                ui.spacing_mut().item_spacing.y = 2.0;
                                if let Some(title) = self.title {
                                    rich_label(ui, Font::Strong.text(title).color(colour));
                                }
                                if let Some(text) = self.text {
                                    let text_colour = if is_titled { t.dim } else { t.text };
                                    rich_label(ui, Font::Body.text(text).color(text_colour));
                                }
                            });
                        });
                    }
                    more(ui)
                })
                .inner
            })
    }
}

/// What a page shows while it has nothing: what belongs here, and how to begin.
#[must_use = "call show"]
pub struct EmptyState<'a> {
    icon: Icon,
    title: &'a str,
    text: &'a str,
    button: Option<Button<'a>>,
}

impl<'a> EmptyState<'a> {
    /// An empty state with `icon` above `title` and `text`.
    pub const fn new(icon: Icon, title: &'a str, text: &'a str) -> Self {
        Self { icon, title, text, button: None }
    }

    /// The button that begins it.
    pub fn button(mut self, button: Button<'a>) -> Self {
        self.button = Some(button);
        self
    }

    /// Shows it in the middle of the room there is. Answers whether the button was pressed.
    pub fn show(self, ui: &mut Ui) -> bool {
        self.show_with(ui, |_| ()).0
    }

    /// The same with `more` under the button, for another way to begin.
    pub fn show_with<R>(self, ui: &mut Ui, more: impl FnOnce(&mut Ui) -> R) -> (bool, R) {
        let t = Tokens::of(ui);
        let room = ui.available_rect_before_wrap();
        let height = if self.button.is_some() { 176.0 } else { 128.0 };
        let top = (room.top() + (room.height() - height) * 0.42).max(room.top() + space::XL);
        let width = room.width().min(420.0);
        let rect = egui::Rect::from_min_size(egui::pos2(room.center().x - width / 2.0, top), vec2(width, height));
        let layout = Layout::top_down(Align::Center);
        let answer = ui.scope_builder(UiBuilder::new().max_rect(rect).layout(layout), |ui| {
            ui.spacing_mut().item_spacing.y = space::S;
            let (circle, _) = ui.allocate_exact_size(vec2(56.0, 56.0), Sense::hover());
            ui.painter().circle(circle.center(), 28.0, t.raised, Stroke::new(size::LINE, t.line));
            self.icon.paint_centred(ui, circle.center(), 24.0, t.dim);
            ui.add_space(space::XS);
            ui.label(Font::PanelTitle.text(self.title).color(t.text));
            rich_label(ui, Font::Body.text(self.text).color(t.dim));
            ui.add_space(space::XS);
            let is_pressed = self.button.is_some_and(|button| ui.add(button).clicked());
            (is_pressed, more(ui))
        });
        answer.inner
    }
}

/// A line across the room there is.
pub fn hairline(ui: &mut Ui) -> Response {
    let colour = Tokens::of(ui).line;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::LINE), Sense::hover());
    ui.painter().rect_filled(rect, 0.0, colour);
    response
}

/// A line between things that stand beside each other.
pub fn vertical_hairline(ui: &mut Ui, height: f32) -> Response {
    let colour: Color32 = Tokens::of(ui).line_strong;
    let (rect, response) = ui.allocate_exact_size(vec2(size::LINE, height), Sense::hover());
    ui.painter().rect_filled(rect, 0.0, colour);
    response
}

/// Room between things, from [`space`].
pub fn gap(ui: &mut Ui, points: f32) {
    ui.add_space(points);
}
