//! The palette: every colour the window may use, by meaning, once for each theme.

use egui::Color32;

/// What a state means, so that its colour is never chosen in a view.
///
/// A tone is never the only carrier of a meaning: a word stands beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Nothing to say.
    #[default]
    Neutral,
    /// Chosen, current, or a way to act.
    Accent,
    /// As it should be.
    Ok,
    /// Needs attention soon.
    Warn,
    /// Broken, or gone for good.
    Danger,
}

/// The colours of one theme, by meaning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tokens {
    /// Behind everything, and inside fields.
    pub background: Color32,
    /// Sidebar, details, dialogs, the region bar.
    pub panel: Color32,
    /// Buttons, menus, tooltips, toasts: what stands above the panel.
    pub raised: Color32,
    /// Under the pointer.
    pub hover: Color32,
    /// Hairlines between things.
    pub line: Color32,
    /// The border of things that can be used.
    pub line_strong: Color32,
    /// What is read first.
    pub text: Color32,
    /// What is read second.
    pub dim: Color32,
    /// Decoration and hints only: 3:1.
    pub faint: Color32,
    /// Links, selection marks, focus.
    pub accent: Color32,
    /// The fill of the primary button.
    pub accent_button: Color32,
    /// The primary button under the pointer.
    pub accent_button_hover: Color32,
    /// Text on the fill of a primary or a danger button.
    pub on_button: Color32,
    /// Text on the faded fill of such a button while it cannot be pressed.
    pub on_button_disabled: Color32,
    /// The fill of what is selected.
    pub selection: Color32,
    /// As it should be: text and icons.
    pub ok: Color32,
    /// As it should be: the soft fill behind them.
    pub ok_soft: Color32,
    /// Needs attention: text and icons.
    pub warn: Color32,
    /// Needs attention: the soft fill behind them.
    pub warn_soft: Color32,
    /// Broken or for good: text and icons.
    pub danger: Color32,
    /// Broken or for good: the soft fill behind them.
    pub danger_soft: Color32,
    /// The fill of the button that destroys.
    pub danger_button: Color32,
    /// The same under the pointer.
    pub danger_button_hover: Color32,
    /// The unused part of a bar.
    pub track: Color32,
    /// What a dialog lays over the page.
    pub backdrop: Color32,
    /// The shadow under what floats.
    pub shadow: Color32,
}

#[expect(clippy::disallowed_methods, reason = "here colours are named")]
const fn rgb(red: u8, green: u8, blue: u8) -> Color32 {
    Color32::from_rgb(red, green, blue)
}

/// The dark theme.
pub const DARK: Tokens = Tokens {
    background: rgb(0x0f, 0x12, 0x16),
    panel: rgb(0x14, 0x18, 0x1d),
    raised: rgb(0x1a, 0x1f, 0x26),
    hover: rgb(0x20, 0x26, 0x2e),
    line: rgb(0x26, 0x2c, 0x35),
    line_strong: rgb(0x33, 0x3b, 0x46),
    text: rgb(0xe7, 0xea, 0xee),
    dim: rgb(0x9a, 0xa4, 0xb2),
    faint: rgb(0x6b, 0x76, 0x84),
    accent: rgb(0x5b, 0x9d, 0xff),
    accent_button: rgb(0x2f, 0x6f, 0xde),
    accent_button_hover: rgb(0x28, 0x65, 0xcf),
    on_button: rgb(0xff, 0xff, 0xff),
    on_button_disabled: rgb(0xff, 0xff, 0xff),
    selection: rgb(0x1b, 0x2b, 0x45),
    ok: rgb(0x46, 0xc2, 0x8e),
    ok_soft: rgb(0x12, 0x29, 0x1f),
    warn: rgb(0xe0, 0xa8, 0x3a),
    warn_soft: rgb(0x2c, 0x23, 0x12),
    danger: rgb(0xef, 0x6b, 0x6b),
    danger_soft: rgb(0x33, 0x1a, 0x1c),
    danger_button: rgb(0xb5, 0x36, 0x3a),
    danger_button_hover: rgb(0xa3, 0x2e, 0x32),
    track: rgb(0x33, 0x3b, 0x46),
    backdrop: Color32::from_black_alpha(150),
    shadow: Color32::from_black_alpha(110),
};

/// The light theme.
pub const LIGHT: Tokens = Tokens {
    background: rgb(0xf6, 0xf7, 0xf9),
    panel: rgb(0xff, 0xff, 0xff),
    raised: rgb(0xff, 0xff, 0xff),
    hover: rgb(0xf0, 0xf2, 0xf5),
    line: rgb(0xe3, 0xe6, 0xeb),
    line_strong: rgb(0xcf, 0xd5, 0xdd),
    text: rgb(0x17, 0x1b, 0x21),
    dim: rgb(0x56, 0x60, 0x70),
    faint: rgb(0x86, 0x90, 0xa0),
    accent: rgb(0x1f, 0x62, 0xd0),
    accent_button: rgb(0x24, 0x63, 0xd1),
    accent_button_hover: rgb(0x1d, 0x55, 0xb8),
    on_button: rgb(0xff, 0xff, 0xff),
    on_button_disabled: rgb(0x17, 0x1b, 0x21),
    selection: rgb(0xe6, 0xef, 0xfd),
    ok: rgb(0x14, 0x77, 0x4d),
    ok_soft: rgb(0xe3, 0xf4, 0xec),
    warn: rgb(0x8a, 0x5a, 0x00),
    warn_soft: rgb(0xfd, 0xf3, 0xdc),
    danger: rgb(0xb3, 0x26, 0x1e),
    danger_soft: rgb(0xfd, 0xea, 0xea),
    danger_button: rgb(0xb3, 0x26, 0x1e),
    danger_button_hover: rgb(0x9a, 0x1f, 0x18),
    track: rgb(0xcf, 0xd5, 0xdd),
    backdrop: Color32::from_black_alpha(90),
    shadow: Color32::from_black_alpha(46),
};

impl Tokens {
    /// The colours of the theme that `ui` is drawn in.
    pub fn of(ui: &egui::Ui) -> &'static Self {
        Self::of_visuals(ui.visuals())
    }

    /// The colours of the theme that is active in `ctx`.
    pub fn of_ctx(ctx: &egui::Context) -> &'static Self {
        Self::of_theme(ctx.theme())
    }

    /// The colours of `theme`.
    pub const fn of_theme(theme: egui::Theme) -> &'static Self {
        match theme {
            egui::Theme::Dark => &DARK,
            egui::Theme::Light => &LIGHT,
        }
    }

    fn of_visuals(visuals: &egui::Visuals) -> &'static Self {
        if visuals.dark_mode { &DARK } else { &LIGHT }
    }

    /// The colour of text and icons of a tone.
    pub const fn tone(&self, tone: Tone) -> Color32 {
        match tone {
            Tone::Neutral => self.dim,
            Tone::Accent => self.accent,
            Tone::Ok => self.ok,
            Tone::Warn => self.warn,
            Tone::Danger => self.danger,
        }
    }

    /// The soft fill that goes behind text of a tone.
    pub const fn soft(&self, tone: Tone) -> Color32 {
        match tone {
            Tone::Neutral => self.raised,
            Tone::Accent => self.selection,
            Tone::Ok => self.ok_soft,
            Tone::Warn => self.warn_soft,
            Tone::Danger => self.danger_soft,
        }
    }
}

/// How far two opaque colours stand apart, as WCAG 2 counts it: 1 (the same) to 21 (black on white).
pub fn contrast(one: Color32, other: Color32) -> f32 {
    let luminance = |colour: Color32| {
        let linear = egui::Rgba::from(colour);
        0.2126 * linear.r() + 0.7152 * linear.g() + 0.0722 * linear.b()
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tokens: &Tokens, theme: &str) {
        let grounds = [
            ("background", tokens.background),
            ("panel", tokens.panel),
            ("raised", tokens.raised),
            ("hover", tokens.hover),
            ("selection", tokens.selection),
        ];
        for (ground_name, ground) in grounds {
            for (name, colour) in [("text", tokens.text), ("dim", tokens.dim)] {
                let ratio = contrast(colour, ground);
                assert!(ratio >= 4.5, "{theme}: {name} on {ground_name} is {ratio:.2}");
            }
        }
        for (ground_name, ground) in &grounds[..3] {
            for tone in [Tone::Accent, Tone::Ok, Tone::Warn, Tone::Danger] {
                let ratio = contrast(tokens.tone(tone), *ground);
                assert!(ratio >= 4.5, "{theme}: {tone:?} on {ground_name} is {ratio:.2}");
            }
            let ratio = contrast(tokens.faint, *ground);
            assert!(ratio >= 3.0, "{theme}: faint on {ground_name} is {ratio:.2}");
        }
        for tone in [Tone::Neutral, Tone::Accent, Tone::Ok, Tone::Warn, Tone::Danger] {
            for (name, colour) in [("its own colour", tokens.tone(tone)), ("text", tokens.text)] {
                let ratio = contrast(colour, tokens.soft(tone));
                assert!(ratio >= 4.5, "{theme}: {name} on soft {tone:?} is {ratio:.2}");
            }
            let ratio = contrast(tokens.dim, tokens.soft(tone));
            assert!(ratio >= 4.5, "{theme}: dim on soft {tone:?} is {ratio:.2}");
        }
        for fill in [tokens.accent_button, tokens.accent_button_hover, tokens.danger_button, tokens.danger_button_hover]
        {
            let ratio = contrast(tokens.on_button, fill);
            assert!(ratio >= 4.5, "{theme}: text on a filled button is {ratio:.2}");
        }
    }

    #[test]
    fn dark_text_can_be_read_on_every_ground_it_is_used_on() {
        check(&DARK, "dark");
    }

    #[test]
    fn light_text_can_be_read_on_every_ground_it_is_used_on() {
        check(&LIGHT, "light");
    }

    #[test]
    fn black_on_white_is_as_far_apart_as_colours_get() {
        assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 0.01);
        assert!((contrast(Color32::WHITE, Color32::WHITE) - 1.0).abs() < 0.01);
    }
}
