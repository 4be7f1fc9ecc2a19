//! A month as a grid of days.

use super::IconButton;
use crate::ui::{
    icons::Icon,
    theme::{Font, Tokens, radius, size, space},
};
use chrono::{Datelike, Days, Months, NaiveDate};
use egui::{
    Align2, Color32, CornerRadius, Id, Rect, Response, Role, Sense, Sides, Stroke, StrokeKind, Ui, WidgetInfo, vec2,
};

const CELL: f32 = 30.0;
const WEEKDAYS: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];

/// Shows the month of `chosen`, or of `today`, with ways to turn the page. Answers the day that was pressed.
pub(super) fn month_grid(ui: &mut Ui, id: Id, chosen: Option<NaiveDate>, today: NaiveDate) -> Option<NaiveDate> {
    let t = Tokens::of(ui);
    let page_id = id.with("month");
    let mut page = ui
        .data(|data| data.get_temp::<NaiveDate>(page_id))
        .or_else(|| chosen.unwrap_or(today).with_day(1))
        .unwrap_or(today);
    ui.set_width(CELL * 7.0);
    ui.spacing_mut().item_spacing = vec2(0.0, 2.0);
    let title = page.format("%B %Y").to_string();
    Sides::new().height(size::BUTTON_SMALL).show(
        ui,
        |ui| {
            ui.add_space(space::S);
            ui.label(Font::Strong.text(title).color(t.text));
        },
        |ui| {
            if ui.add(IconButton::new(Icon::CHEVRON_RIGHT, "Next month").small()).clicked() {
                page = page.checked_add_months(Months::new(1)).unwrap_or(page);
            }
            if ui.add(IconButton::new(Icon::CHEVRON_LEFT, "Previous month").small()).clicked() {
                page = page.checked_sub_months(Months::new(1)).unwrap_or(page);
            }
        },
    );
    ui.data_mut(|data| data.insert_temp(page_id, page));
    ui.horizontal(|ui| {
        for name in WEEKDAYS {
            let (rect, _) = ui.allocate_exact_size(vec2(CELL, 22.0), Sense::hover());
            let galley = Font::Small.layout(ui, name, t.faint, CELL);
            ui.painter().galley(Align2::CENTER_CENTER.anchor_size(rect.center(), galley.size()).min, galley, t.faint);
        }
    });
    let mut pressed = None;
    for week in weeks_of(page) {
        ui.horizontal(|ui| {
            for day in week {
                let look = DayLook {
                    is_in_month: day.month() == page.month(),
                    is_chosen: Some(day) == chosen,
                    is_today: day == today,
                };
                if day_cell(ui, day, look).clicked() {
                    pressed = Some(day);
                }
            }
        });
    }
    pressed
}

/// Forgets which month was open, so that the next opening begins at the chosen day again.
pub(super) fn forget_page(ui: &Ui, id: Id) {
    ui.data_mut(|data| data.remove_temp::<NaiveDate>(id.with("month")));
}

/// The weeks that show the month that begins at `first`, from Monday to Sunday.
fn weeks_of(first: NaiveDate) -> Vec<[NaiveDate; 7]> {
    let back = u64::from(first.weekday().num_days_from_monday());
    let mut monday = first.checked_sub_days(Days::new(back)).unwrap_or(first);
    let mut weeks = Vec::new();
    while monday <= first || (monday.month() == first.month() && monday.year() == first.year()) {
        weeks.push(std::array::from_fn(|day| monday.checked_add_days(Days::new(day as u64)).unwrap_or(monday)));
        match monday.checked_add_days(Days::new(7)) {
            Some(next) => monday = next,
            None => break,
        }
    }
    weeks
}

#[derive(Clone, Copy)]
struct DayLook {
    is_in_month: bool,
    is_chosen: bool,
    is_today: bool,
}

fn day_cell(ui: &mut Ui, day: NaiveDate, look: DayLook) -> Response {
    let t = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(CELL, CELL - 2.0), Sense::click());
    let name = day.format("%-d %B %Y").to_string();
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, look.is_chosen, &name));
    let round = CornerRadius::same(radius::NORMAL);
    let inner: Rect = rect.shrink(1.0);
    let colour = if look.is_chosen {
        ui.painter().rect_filled(inner, round, t.accent_button);
        t.on_button
    } else {
        let fill = if response.hovered() { t.hover } else { Color32::TRANSPARENT };
        ui.painter().rect_filled(inner, round, fill);
        if look.is_today {
            ui.painter().rect_stroke(inner, round, Stroke::new(size::LINE, t.accent), StrokeKind::Inside);
        }
        if look.is_in_month { t.text } else { t.faint }
    };
    let galley = Font::Body.layout(ui, &day.day().to_string(), colour, CELL);
    ui.painter().galley(Align2::CENTER_CENTER.anchor_size(rect.center(), galley.size()).min, galley, colour);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_shown_from_monday_to_sunday_and_whole() {
        for (year, month, count) in [(2026, 2, 5), (2027, 2, 4), (2026, 11, 6), (2026, 12, 5)] {
            let first = NaiveDate::from_ymd_opt(year, month, 1).unwrap();
            let weeks = weeks_of(first);
            assert_eq!(weeks.len(), count, "{year}-{month}");
            assert!(weeks[0].contains(&first));
            let last = first.checked_add_months(Months::new(1)).unwrap().pred_opt().unwrap();
            assert!(weeks[count - 1].contains(&last));
            assert!(weeks.iter().all(|week| week[0].weekday() == chrono::Weekday::Mon));
        }
    }
}
