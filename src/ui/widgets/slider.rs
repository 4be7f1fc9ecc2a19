//! A number between two others: a slider with a field.

use super::{Input, TextField, field_label};
use crate::ui::theme::{Font, Tokens, size};
use egui::{Align, CornerRadius, EventFilter, Key, Layout, Rect, Response, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use std::ops::RangeInclusive;

/// A whole number that can be dragged, stepped by arrow keys, or typed.
#[must_use = "call show"]
pub struct Slider<'a> {
    name: &'a str,
    value: &'a mut u32,
    range: RangeInclusive<u32>,
    unit: &'a str,
}

impl<'a> Slider<'a> {
    /// A number called `name` within `range`, counted in `unit`: "days".
    pub fn new(name: &'a str, value: &'a mut u32, range: RangeInclusive<u32>, unit: &'a str) -> Self {
        Self { name, value, range, unit }
    }

    /// Shows it as wide as there is room. What is typed out of range is said under it and leaves the value as it was.
    pub fn show(self, ui: &mut Ui) -> Input {
        let room = ui.available_width();
        ui.allocate_ui_with_layout(vec2(room, size::FIELD), Layout::top_down(Align::Min), |ui| {
            ui.spacing_mut().item_spacing.y = 5.0;
            field_label(ui, self.name);
            let text_id = ui.make_persistent_id(("slider", self.name));
            let (low, high) = (*self.range.start(), *self.range.end());
            let mut text = ui
                .data(|data| data.get_temp::<String>(text_id))
                .filter(|text| text.parse() != Ok(*self.value))
                .filter(|text| text.parse::<u32>().map_or(true, |typed| !self.range.contains(&typed)))
                .unwrap_or_else(|| self.value.to_string());
            let response = ui
                .horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = 12.0;
                    let unit = Font::Body.layout(ui, self.unit, Tokens::of(ui).dim, f32::INFINITY).size().x.ceil();
                    let mut track = track(ui, self.name, self.value, &self.range, room - 64.0 - 24.0 - unit);
                    if track.changed() {
                        text = self.value.to_string();
                    }
                    let is_wrong = text.parse().map_or(true, |typed| !self.range.contains(&typed));
                    let field_name = format!("{} in {}", self.name, self.unit);
                    let field = TextField::new(&mut text).name(&field_name).width(64.0).limit(6);
                    let typed = ui.add(field.error(is_wrong.then_some("")));
                    if typed.changed()
                        && let Ok(number) = text.trim().parse()
                        && self.range.contains(&number)
                    {
                        *self.value = number;
                        track.mark_changed();
                    }
                    ui.label(Font::Body.text(self.unit).color(Tokens::of(ui).dim));
                    track
                })
                .inner;
            let error = match text.trim().parse::<u32>() {
                Ok(number) if self.range.contains(&number) => None,
                _ => Some(format!("From {low} to {high} {}", self.unit)),
            };
            if let Some(error) = &error {
                ui.label(Font::Secondary.text(error).color(Tokens::of(ui).danger));
            }
            ui.data_mut(|data| data.insert_temp(text_id, text));
            Input { response, error }
        })
        .inner
    }
}

/// The line with the knob. The arrow keys step by one, Page up and down by a tenth, Home and End to the ends.
fn track(ui: &mut Ui, name: &str, value: &mut u32, range: &RangeInclusive<u32>, width: f32) -> Response {
    const KNOB: f32 = 7.0;
    let t = Tokens::of(ui);
    let (low, high) = (*range.start(), *range.end());
    let (rect, mut response) = ui.allocate_exact_size(vec2(width.max(60.0), size::FIELD), Sense::click_and_drag());
    let line = rect.x_range().shrink(KNOB);
    let before = *value;
    if let Some(pointer) = response.interact_pointer_pos() {
        let fraction = ((pointer.x - line.min) / line.span()).clamp(0.0, 1.0);
        *value = low + (fraction * (high - low) as f32).round() as u32;
    }
    if response.has_focus() {
        super::field::note_single_line(ui, response.id);
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: false, tab: false, escape: false };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let tenth = ((high - low) / 10).max(1);
        let steps = [(Key::ArrowRight, 1), (Key::PageUp, tenth), (Key::End, high)];
        let back = [(Key::ArrowLeft, 1), (Key::PageDown, tenth), (Key::Home, high)];
        ui.input(|input| {
            for (key, step) in steps {
                if input.key_pressed(key) {
                    *value = value.saturating_add(step).min(high);
                }
            }
            for (key, step) in back {
                if input.key_pressed(key) {
                    *value = value.saturating_sub(step).max(low);
                }
            }
        });
    }
    if *value != before {
        response.mark_changed();
    }
    let (is_enabled, now) = (ui.is_enabled(), f64::from(*value));
    response.widget_info(|| WidgetInfo::slider(is_enabled, now, name));
    if ui.is_rect_visible(rect) {
        let fraction = (value.saturating_sub(low)) as f32 / (high - low).max(1) as f32;
        let x = egui::lerp(line.min..=line.max, fraction);
        let bar =
            Rect::from_min_max(pos2(rect.left(), rect.center().y - 2.0), pos2(rect.right(), rect.center().y + 2.0));
        ui.painter().rect_filled(bar, CornerRadius::same(2), t.track);
        let filled = Rect::from_min_max(bar.min, pos2(x, bar.bottom()));
        ui.painter().rect_filled(filled, CornerRadius::same(2), t.accent_button);
        let border = if response.hovered() || response.dragged() { t.accent } else { t.accent_button };
        ui.painter().circle(pos2(x, rect.center().y), KNOB, t.on_button, Stroke::new(2.0, border));
    }
    response
}
