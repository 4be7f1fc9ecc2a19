//! Drawings of when: a line of time with what ends on it, and how much happened.

use crate::ui::theme::{Font, Tokens, Tone, size};
use chrono::{NaiveDateTime, TimeDelta};
use egui::{Align2, CornerRadius, Pos2, Rect, Response, Role, Sense, Stroke, Ui, Widget, WidgetInfo, pos2, vec2};

/// Something that ends at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineMark {
    /// When it ends.
    pub at: NaiveDateTime,
    /// What it is.
    pub name: String,
    /// What kind of end it is.
    pub tone: Tone,
}

/// A line of time with marks above it, each named where there is room, never over another.
#[derive(Clone, Copy, Debug)]
#[must_use = "add it to a ui"]
pub struct Timeline<'a> {
    /// The left end: today.
    pub from: NaiveDateTime,
    /// The right end.
    pub to: NaiveDateTime,
    /// What ends, in any order; what lies outside is left out.
    pub marks: &'a [TimelineMark],
    /// What the tones mean, for the legend.
    pub legend: &'a [(Tone, &'a str)],
}

const LANE: f32 = 26.0;
const LANES: usize = 6;
const TO_LABEL: f32 = 12.0;
const DOT: f32 = 4.0;

/// Where a mark stands: its lane from the line upwards, and its name beside it, if there is room.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    lane: usize,
    label: Option<Span>,
}

/// A part of the width.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Span {
    left: f32,
    right: f32,
}

impl Span {
    fn meets(self, other: Self) -> bool {
        self.left < other.right && other.left < self.right
    }

    fn holds(self, x: f32) -> bool {
        self.left - 4.0 < x && x < self.right + 4.0
    }
}

/// Gives every mark a place: arranged from the right or from the left, whichever names more, or is lower.
fn arrange(marks: &[(f32, f32)], width: f32) -> Vec<Place> {
    let from_right = arrange_from_right(marks, width);
    let mirrored: Vec<_> = marks.iter().rev().map(|&(x, name)| (width - x, name)).collect();
    let mirror = |place: Place| Place {
        label: place.label.map(|label| Span { left: width - label.right, right: width - label.left }),
        ..place
    };
    let from_left: Vec<_> = arrange_from_right(&mirrored, width).into_iter().rev().map(mirror).collect();
    let worth = |places: &[Place]| {
        let named = places.iter().filter(|place| place.label.is_some()).count();
        (named, std::cmp::Reverse(places.iter().map(|place| place.lane).max()))
    };
    if worth(&from_left) > worth(&from_right) { from_left } else { from_right }
}

/// Gives every mark a place. `marks` are (x, width of the name), from left to right; all lies within 0 and `width`.
fn arrange_from_right(marks: &[(f32, f32)], width: f32) -> Vec<Place> {
    let mut placed: Vec<(f32, Place)> = Vec::new();
    let fits = |placed: &[(f32, Place)], x: f32, place: Place| {
        let dot = Span { left: x - DOT - 3.0, right: x + DOT + 3.0 };
        placed.iter().all(|&(other_x, other)| {
            let other_dot = Span { left: other_x - DOT - 3.0, right: other_x + DOT + 3.0 };
            let labels_meet = place.lane == other.lane
                && (dot.meets(other_dot)
                    || place.label.is_some_and(|label| label.meets(other_dot))
                    || other.label.is_some_and(|label| label.meets(dot))
                    || place.label.zip(other.label).is_some_and(|(one, another)| one.meets(another)));
            let my_stem_crosses = other.lane < place.lane && other.label.is_some_and(|label| label.holds(x));
            let its_stem_crosses = place.lane < other.lane && place.label.is_some_and(|label| label.holds(other_x));
            !labels_meet && !my_stem_crosses && !its_stem_crosses
        })
    };
    // From the right: a name reaches to the right, so it must know what stands there.
    for (index, &(x, name)) in marks.iter().enumerate().rev() {
        let right = Span { left: x + TO_LABEL, right: x + TO_LABEL + name };
        let left = Span { left: x - TO_LABEL - name, right: x - TO_LABEL };
        let sides = [(right.right <= width).then_some(right), (left.left >= 0.0).then_some(left)];
        // A name over marks that have no place yet leaves the lanes under it to them.
        let still_under = |label: Span| marks[..index].iter().filter(|(under, _)| label.holds(*under)).count();
        let named = (0..LANES)
            .flat_map(|lane| sides.into_iter().flatten().map(move |label| (lane, label)))
            .filter(|(lane, label)| *lane >= still_under(*label))
            .map(|(lane, label)| Place { lane, label: Some(label) })
            .find(|place| fits(&placed, x, *place));
        let bare = || (0..LANES).map(|lane| Place { lane, label: None }).find(|place| fits(&placed, x, *place));
        let place = named.or_else(bare).unwrap_or_else(|| {
            // A crowd: names give way to marks.
            for (_, other) in &mut placed {
                other.label = other.label.filter(|label| !label.holds(x));
            }
            Place { lane: 0, label: None }
        });
        placed.push((x, place));
    }
    placed.reverse();
    placed.into_iter().map(|(_, place)| place).collect()
}

impl Widget for Timeline<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let t = Tokens::of(ui);
        let length = (self.to - self.from).num_seconds().max(1) as f32;
        let width = ui.available_width();
        let mut marks: Vec<&TimelineMark> =
            self.marks.iter().filter(|mark| (self.from..=self.to).contains(&mark.at)).collect();
        marks.sort_by_key(|mark| mark.at);
        let x_of = |mark: &TimelineMark| {
            let fraction = (mark.at - self.from).num_seconds() as f32 / length;
            DOT + fraction * (width - 2.0 * DOT)
        };
        let names: Vec<_> =
            marks.iter().map(|mark| Font::Secondary.layout(ui, &mark.name, t.dim, (width * 0.4).min(200.0))).collect();
        let wanted: Vec<_> = marks.iter().zip(&names).map(|(mark, name)| (x_of(mark), name.size().x)).collect();
        let places = arrange(&wanted, width);
        let lanes = places.iter().map(|place| place.lane + 1).max().unwrap_or(1).max(3);
        let above = lanes as f32 * LANE + 8.0;
        let legend = if self.legend.is_empty() { 0.0 } else { 28.0 };
        let (rect, response) = ui.allocate_exact_size(vec2(width, above + 24.0 + legend), Sense::hover());
        let ground = rect.top() + above;
        let line = Stroke::new(size::LINE, t.line_strong);
        ui.painter().hline(rect.x_range(), ground, line);
        self.dates(ui, rect, ground);
        for (((mark, place), name), (x, _)) in marks.iter().zip(&places).zip(names).zip(&wanted) {
            let centre = pos2(rect.left() + x, ground - LANE * (place.lane as f32 + 1.0) + LANE / 2.0 - 8.0);
            ui.painter().vline(centre.x, centre.y + DOT + 6.0..=ground, line);
            ui.painter().circle_filled(centre, DOT, t.tone(mark.tone));
            let dot = Rect::from_center_size(centre, vec2(16.0, 20.0));
            let mut spot = dot;
            if let Some(label) = place.label {
                let at = pos2(rect.left() + label.left, centre.y);
                ui.painter().galley(Align2::LEFT_CENTER.anchor_size(at, name.size()).min, name, t.dim);
                spot = dot
                    .union(Rect::from_x_y_ranges(rect.left() + label.left..=rect.left() + label.right, dot.y_range()));
            }
            let says = format!("{}, {}", mark.name, mark.at.format("%-d %b %Y, %H:%M"));
            let hovered = ui.interact(spot, response.id.with((&mark.name, mark.at)), Sense::hover());
            hovered.widget_info(|| WidgetInfo::labeled(Role::Label, true, &says));
            hovered.on_hover_text(&says);
        }
        self.paint_legend(ui, pos2(rect.left(), rect.bottom() - 10.0));
        response
    }
}

impl Timeline<'_> {
    /// "today" and three dates under the line.
    fn dates(&self, ui: &Ui, rect: Rect, ground: f32) {
        let t = Tokens::of(ui);
        let third = TimeDelta::seconds((self.to - self.from).num_seconds() / 3);
        for part in 0..=3_u8 {
            let at = self.from + third * i32::from(part);
            let text = if part == 0 { "today".to_owned() } else { at.format("%-d %b").to_string() };
            let align = match part {
                0 => Align2::LEFT_TOP,
                3 => Align2::RIGHT_TOP,
                _ => Align2::CENTER_TOP,
            };
            let x = rect.left() + rect.width() * f32::from(part) / 3.0;
            let galley = Font::Secondary.layout(ui, &text, t.dim, 120.0);
            ui.painter().galley(align.anchor_size(pos2(x, ground + 6.0), galley.size()).min, galley, t.dim);
        }
    }

    fn paint_legend(&self, ui: &Ui, mut at: Pos2) {
        let t = Tokens::of(ui);
        for (tone, words) in self.legend {
            ui.painter().circle_filled(at + vec2(DOT, 0.0), DOT, t.tone(*tone));
            let galley = Font::Secondary.layout(ui, words, t.dim, 200.0);
            let width = galley.size().x;
            ui.painter().galley(at + vec2(12.0, -galley.size().y / 2.0), galley, t.dim);
            at.x += width + 28.0;
        }
    }
}

/// How much happened in a while.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// How much, in any measure; the tallest fills the height.
    pub amount: f32,
    /// What kind: refused ones stand out.
    pub tone: Tone,
}

/// How much happened, while by while, as bars.
#[derive(Clone, Copy, Debug)]
#[must_use = "add it to a ui"]
pub struct Sparkline<'a> {
    name: &'a str,
    bars: &'a [Bar],
    height: f32,
}

impl<'a> Sparkline<'a> {
    /// Bars from left, oldest, to right, 42 points high. `name` says to a screen reader what they show.
    pub const fn new(name: &'a str, bars: &'a [Bar]) -> Self {
        Self { name, bars, height: 42.0 }
    }
}

impl Widget for Sparkline<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let t = Tokens::of(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), self.height), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, self.name));
        let tallest = self.bars.iter().map(|bar| bar.amount).fold(0.0, f32::max);
        if ui.is_rect_visible(rect) && tallest > 0.0 {
            let pitch = rect.width() / self.bars.len() as f32;
            let width = (pitch * 0.68).max(1.0);
            for (index, bar) in self.bars.iter().enumerate().filter(|(_, bar)| bar.amount > 0.0) {
                let height = (rect.height() * bar.amount / tallest).max(2.0);
                let left = rect.left() + pitch * index as f32;
                let bar_rect =
                    Rect::from_min_max(pos2(left, rect.bottom() - height), pos2(left + width, rect.bottom()));
                let colour = t.tone(bar.tone).gamma_multiply(0.75);
                ui.painter().rect_filled(bar_rect, CornerRadius::same(1), colour);
            }
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(marks: &[(f32, f32)], width: f32) -> Vec<Place> {
        let places = arrange(marks, width);
        for (one, (x, _)) in places.iter().zip(marks) {
            if let Some(label) = one.label {
                assert!(label.left >= 0.0 && label.right <= width, "{one:?} leaves the drawing");
            }
            for (other, (other_x, _)) in places.iter().zip(marks) {
                if std::ptr::eq(one, other) {
                    continue;
                }
                let Some(label) = one.label else { continue };
                if one.lane == other.lane {
                    assert!(!label.holds(*other_x), "the name at {x} lies on the mark at {other_x}");
                    assert!(!other.label.is_some_and(|other| label.meets(other)), "{one:?} lies on {other:?}");
                }
                if other.lane > one.lane {
                    assert!(!label.holds(*other_x), "the stem at {other_x} crosses the name at {x}");
                }
            }
        }
        places
    }

    #[test]
    fn names_never_lie_over_each_other_or_under_a_stem() {
        let places =
            check(&[(21.0, 98.0), (37.0, 105.0), (167.0, 84.0), (345.0, 118.0), (355.0, 101.0), (449.0, 130.0)], 522.0);
        assert!(places.iter().all(|place| place.label.is_some()), "there is room for all: {places:?}");
        let right_end = [(345.0, 118.0), (355.0, 101.0), (449.0, 130.0), (455.0, 96.0)];
        let places = check(&right_end, 522.0);
        assert!(places.iter().all(|place| place.label.is_some()), "there is room for all: {places:?}");
        let right_end = [(345.0, 118.0), (355.0, 101.0), (449.0, 130.0), (455.0, 96.0), (515.0, 92.0)];
        let places = check(&right_end, 522.0);
        assert!(places.iter().all(|place| place.label.is_some()), "there is room for all: {places:?}");
        check(&[(10.0, 100.0); 12], 500.0);
        let crowd: Vec<_> = (0..60).map(|number| (number as f32 * 8.0, 40.0 + (number * 37 % 90) as f32)).collect();
        check(&crowd, 500.0);
    }

    #[test]
    fn a_name_at_the_right_end_stands_left_of_its_mark() {
        let places = check(&[(495.0, 100.0)], 500.0);
        assert!(places[0].label.unwrap().right < 495.0);
    }
}
