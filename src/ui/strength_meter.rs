//! How strong a new passphrase is, under the field where it is typed.

use egui::{CornerRadius, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{
    theme::{Font, Tokens, Tone, space, text},
    typed::SecretText,
    widgets::rich_label,
};
use crate::service::{Fingerprint, Strength, fingerprint};

/// Looks at a passphrase when it changes, not in every frame.
#[derive(Default)]
pub(super) struct StrengthMeter {
    seen: Option<(Fingerprint, Strength)>,
}

impl StrengthMeter {
    /// The strength of what is typed; `None` while nothing is.
    pub(super) fn of(&mut self, typed: &SecretText) -> Option<Strength> {
        let text = typed.expose();
        if text.is_empty() {
            return None;
        }
        let is = fingerprint(text.as_bytes());
        let seen = self.seen.filter(|(seen, _)| *seen == is).map(|(_, strength)| strength);
        let strength = seen.unwrap_or_else(|| Strength::of(text));
        self.seen = Some((is, strength));
        Some(strength)
    }

    /// Four bars, a word, and what would be better.
    pub(super) fn show(&mut self, ui: &mut Ui, typed: &SecretText) {
        const BARS: u8 = 4;
        const GAP: f32 = 4.0;
        const WORD: f32 = 78.0;
        let strength = self.of(typed);
        let t = Tokens::of(ui);
        let score = strength.map_or(0, |strength| strength.score);
        let tone = match score {
            0 | 1 => Tone::Danger,
            2 => Tone::Warn,
            _ => Tone::Ok,
        };
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 16.0), Sense::hover());
        let word = strength.map_or("", Strength::word);
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::Meter, true, format!("Strength: {word}"));
            info.value = Some(f64::from(score));
            info
        });
        let width = (rect.width() - WORD - GAP * f32::from(BARS)) / f32::from(BARS);
        for bar in 0..BARS {
            let left = rect.left() + f32::from(bar) * (width + GAP);
            let place = Rect::from_min_size(pos2(left, rect.center().y - 2.0), vec2(width, 4.0));
            // Whatever is typed lights the first: nothing and next to nothing look different.
            let is_lit = strength.is_some() && bar < score.max(1);
            ui.painter().rect_filled(place, CornerRadius::same(2), if is_lit { t.tone(tone) } else { t.track });
        }
        let galley = Font::Secondary.layout(ui, word, t.tone(tone), WORD);
        let at = pos2(rect.right() - galley.size().x, rect.center().y - galley.size().y / 2.0);
        ui.painter().galley(at, galley, t.tone(tone));
        let advice = match strength {
            None => "Four or more words that do not belong together are best.".to_owned(),
            Some(strength) => match strength.advice {
                Some(advice) if !strength.is_enough() => format!("{advice}."),
                _ => "Whoever copies the files has to guess it for a long time.".to_owned(),
            },
        };
        ui.add_space(-space::XS);
        rich_label(ui, text::secondary(advice).color(t.dim));
    }
}
