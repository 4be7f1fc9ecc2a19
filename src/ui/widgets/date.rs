//! A field for a day, or a day and a time.

use super::{IconButton, Input, TextField, calendar, link, menu::popup_frame};
use crate::{
    domain::Timestamp,
    ui::{
        icons::Icon,
        theme::{Tokens, size},
    },
};
use chrono::{Datelike as _, NaiveDate, NaiveDateTime, NaiveTime};
use egui::{Align, Layout, Popup, PopupCloseBehavior, Rect, Sides, Ui, Vec2, vec2};

/// Reads `YYYY-MM-DD` or `YYYY-MM-DD HH:MM`; nothing typed is no date.
pub fn parse_date(text: &str) -> Result<Option<NaiveDateTime>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let (day, time) = match text.split_once([' ', 'T']) {
        Some((day, time)) => (day, Some(time.trim())),
        None => (text, None),
    };
    let has_shape = day.len() == 10
        && day.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !has_shape {
        return Err("Write the date as 2026-12-19, or with a time as 2026-12-19 09:30".to_owned());
    }
    let day = NaiveDate::parse_from_str(day, "%Y-%m-%d").map_err(|_calendar| format!("There is no day {day}"))?;
    if day.year() < Timestamp::FIRST_YEAR {
        return Err(format!("Write a date in the years {} to {}", Timestamp::FIRST_YEAR, Timestamp::LAST_YEAR));
    }
    let time = match time {
        Some(time) => NaiveTime::parse_from_str(time, "%H:%M")
            .map_err(|_clock| format!("There is no time {time}; write 09:30"))?,
        None => NaiveTime::MIN,
    };
    Ok(Some(day.and_time(time)))
}

fn write_date(value: Option<NaiveDateTime>) -> String {
    match value {
        Some(value) if value.time() == NaiveTime::MIN => value.format("%Y-%m-%d").to_string(),
        Some(value) => value.format("%Y-%m-%d %H:%M").to_string(),
        None => String::new(),
    }
}

/// A day that is typed, or chosen from a calendar; or none.
#[must_use = "call show"]
pub struct DateField<'a> {
    label: &'a str,
    value: &'a mut Option<NaiveDateTime>,
    today: NaiveDate,
    hint: &'a str,
    error: Option<&'a str>,
    width: Option<f32>,
}

impl<'a> DateField<'a> {
    /// A field called `label`, with the label above; the calendar opens at `today` while there is no day.
    pub fn new(label: &'a str, value: &'a mut Option<NaiveDateTime>, today: NaiveDate) -> Self {
        Self { label, value, today, hint: "never", error: None, width: None }
    }

    /// What no day means: "never", "at once".
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// What is wrong with the day, said under the field.
    pub fn error(mut self, error: Option<&'a str>) -> Self {
        self.error = error;
        self
    }

    /// As wide as this; without it, as wide as there is room.
    pub fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    /// Shows the field. While what is typed is no date, the value stays as it was and the answer is not valid.
    pub fn show(self, ui: &mut Ui) -> Input {
        let width = self.width.unwrap_or_else(|| ui.available_width());
        ui.allocate_ui_with_layout(vec2(width, size::FIELD), Layout::top_down(Align::Min), |ui| {
            let id = ui.make_persistent_id(("date", self.label));
            // What is typed is kept while it says the same as the value, or nothing that could be a value.
            let mut text = ui
                .data(|data| data.get_temp::<String>(id))
                .filter(|text| parse_date(text).map_or(true, |date| date == *self.value))
                .unwrap_or_else(|| write_date(*self.value));
            let typed_error = parse_date(&text).err();
            let error = typed_error.as_deref().or(self.error);
            let field = TextField::new(&mut text)
                .label(self.label)
                .hint(self.hint)
                .id(id.with("text"))
                .width(width)
                .trailing_room(24.0)
                .error(error);
            let mut response = ui.add(field);
            let before = *self.value;
            if response.changed()
                && let Ok(date) = parse_date(&text)
            {
                *self.value = date;
            }

            let place =
                Rect::from_center_size(response.rect.right_center() - vec2(18.0, 0.0), Vec2::splat(size::BUTTON_SMALL));
            let opener_name = format!("Choose {}", self.label.to_lowercase());
            let opener = ui.place(place, IconButton::new(Icon::CALENDAR, opener_name).small());
            let popup = Popup::from_toggle_button_response(&opener)
                .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
                .frame(popup_frame(Tokens::of(ui)));
            if !popup.is_open() {
                calendar::forget_page(ui, id);
            }
            popup.show(|ui| {
                let chosen = self.value.map(|value| value.date());
                if let Some(day) = calendar::month_grid(ui, id, chosen, self.today) {
                    let time = self.value.map_or(NaiveTime::MIN, |value| value.time());
                    *self.value = Some(day.and_time(time));
                    text = write_date(*self.value);
                    ui.close();
                }
                super::gap(ui, 4.0);
                super::hairline(ui);
                super::gap(ui, 4.0);
                let (is_today, is_cleared) =
                    Sides::new().show(ui, |ui| link(ui, "Today").clicked(), |ui| link(ui, "Clear").clicked());
                if is_today || is_cleared {
                    *self.value = is_today.then(|| self.today.and_time(NaiveTime::MIN));
                    text = write_date(*self.value);
                    ui.close();
                }
            });
            if *self.value != before {
                response.mark_changed();
            }
            let error = parse_date(&text).err();
            ui.data_mut(|data| data.insert_temp(id, text));
            Input { response, error }
        })
        .inner
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_as_it_is_written() {
        for text in ["2026-12-19", "2026-12-19 09:30", "2028-02-29 23:59"] {
            let value = parse_date(text).unwrap();
            assert_eq!(write_date(value), text);
        }
        assert_eq!(parse_date("  "), Ok(None));
        assert_eq!(parse_date("2026-12-19T09:30"), parse_date("2026-12-19 09:30"));
    }

    // T5
    #[test]
    fn what_is_no_date_is_refused_with_what_is_wrong() {
        assert!(parse_date("2026-02-30").unwrap_err().contains("no day 2026-02-30"));
        assert!(parse_date("2026-12-19 25:00").unwrap_err().contains("no time 25:00"));
        for text in ["19.12.2026", "2026-1-1", "tomorrow", "20261219", "2026-12-19x", "+026-12-19"] {
            assert!(parse_date(text).unwrap_err().starts_with("Write the date as"), "{text}");
        }
    }
}
