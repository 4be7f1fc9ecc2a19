//! How much was asked over time, and how much of it was refused.

use egui::{CornerRadius, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::{
    domain::{history::History, time::DAY_MS},
    ui::{
        activity_listing::Column,
        scene::{Page, Scene},
        theme::{Font, Tokens, size},
        words,
    },
};

const HEIGHT: f32 = 42.0;
/// No more bars than this.
const MOST: i64 = 120;

pub(super) fn show(ui: &mut Ui, scene: &Scene<'_>, history: &History, page: &Page) {
    let t = Tokens::of(ui);
    let columns = page.activity.columns(history, scene.now, MOST);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    let tallest = columns.iter().map(|column| column.bin.all).max().unwrap_or(0);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, says(scene, &columns)));
    if !ui.is_rect_visible(rect) || columns.is_empty() {
        return;
    }
    let pitch = rect.width() / columns.len() as f32;
    let width = (pitch * 0.68).clamp(1.0, 24.0);
    let pointed = response.hover_pos().map(|at| ((at.x - rect.left()) / pitch) as usize);
    ui.painter().hline(rect.x_range(), rect.bottom() + 0.5, egui::Stroke::new(size::LINE, t.line));
    for (place, column) in columns.iter().enumerate().filter(|(_, column)| column.bin.all > 0) {
        let height = |count: u32| (rect.height() * count as f32 / tallest as f32).max(2.0);
        let left = rect.left() + pitch * place as f32;
        let bar = |bottom: f32, height: f32| {
            Rect::from_min_max(pos2(left, (bottom - height).max(rect.top())), pos2(left + width, bottom))
        };
        let strength = if pointed == Some(place) { 1.0 } else { 0.75 };
        let refused = if column.bin.refused > 0 { height(column.bin.refused) } else { 0.0 };
        let whole = bar(rect.bottom(), height(column.bin.all).max(refused));
        ui.painter().rect_filled(whole, CornerRadius::same(1), t.accent.gamma_multiply(strength));
        if refused > 0.0 {
            // Over the other colour, so that none shines through.
            let part = bar(rect.bottom(), refused);
            ui.painter().rect_filled(part, CornerRadius::same(1), t.background);
            ui.painter().rect_filled(part, CornerRadius::same(1), t.danger.gamma_multiply(strength));
        }
    }
    if let Some(column) = pointed.and_then(|place| columns.get(place)) {
        response.on_hover_ui_at_pointer(|ui| {
            ui.label(Font::Medium.text(counts(column)));
            ui.label(Font::Secondary.text(between(scene, column)).color(t.dim));
        });
    }
}

/// `12 operations, 3 of them refused`.
fn counts(column: &Column) -> String {
    let all = words::counted(column.bin.all as usize, "operation");
    match column.bin.refused {
        0 => all,
        refused if refused == column.bin.all => format!("{all}, refused"),
        refused => format!("{all}, {} of them refused", words::grouped(refused as usize)),
    }
}

/// `20 Nov 2026, 14:00 to 14:15`.
fn between(scene: &Scene<'_>, column: &Column) -> String {
    let Column { from, to, .. } = column;
    let zone = scene.zone;
    if to.ms_since(*from) < DAY_MS {
        return format!("{} to {}", zone.date_and_time(*from), zone.time(*to));
    }
    let last = to.plus_ms(-1);
    if zone.date(*from) == zone.date(last) {
        zone.date(*from)
    } else {
        format!("{} to {}", zone.date(*from), zone.date(last))
    }
}

/// What the drawing shows, in a sentence.
fn says(scene: &Scene<'_>, columns: &[Column]) -> String {
    let sum = |count: fn(&Column) -> u32| columns.iter().map(|column| count(column) as usize).sum::<usize>();
    let (all, refused) = (sum(|column| column.bin.all), sum(|column| column.bin.refused));
    let most = columns.iter().max_by_key(|column| column.bin.all).filter(|column| column.bin.all > 0);
    let busiest = most.map(|column| format!("; most from {}", between(scene, column))).unwrap_or_default();
    format!("Operations over time: {}, {} refused{busiest}", words::grouped(all), words::grouped(refused))
}
