//! How the window looks: colours, type, measures. The only place that names a colour or a font size.

mod focus;
mod measure;
mod style;
pub mod text;
mod tokens;

pub use focus::{ring_inside, show_own_focus};
pub use measure::{radius, size, space};
pub use style::{dialog_shadow, popup_shadow};
pub use text::Font;
pub use tokens::{DARK, LIGHT, Tokens, Tone, contrast};

use egui::{Context, Theme};

/// Gives `ctx` our fonts, both themes, the picture loader and the focus ring. Called once, before the first frame.
pub fn install(ctx: &Context) {
    ctx.set_fonts(text::definitions());
    for theme in [Theme::Dark, Theme::Light] {
        ctx.set_style_of(theme, style::style(theme));
    }
    egui_extras::install_image_loaders(ctx);
    ctx.add_plugin(focus::FocusRing::default());
}

/// Whether things move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Motion {
    /// Short fades where they help to see what happened.
    #[default]
    Full,
    /// Everything is there at once.
    Reduced,
}

/// Sets how long everything takes that fades or slides, in both themes.
pub fn set_reduced_motion(ctx: &Context, motion: Motion) {
    ctx.all_styles_mut(|style| {
        style.animation_time = match motion {
            Motion::Full => 0.12,
            Motion::Reduced => 0.0,
        };
        style.scroll_animation = match motion {
            Motion::Full => egui::style::ScrollAnimation::default(),
            Motion::Reduced => egui::style::ScrollAnimation::none(),
        };
    });
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    /// What only the theme may write: a colour by its numbers, a font by its size.
    const RESERVED: [&str; 8] = [
        "Color32::from_",
        "Color32::WHITE",
        "Color32::BLACK",
        "Color32::RED",
        "hex_color!",
        "FontId::",
        "FontFamily::",
        ".size(",
    ];

    fn search(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if path.file_name().unwrap() != "theme" {
                    search(&path, found);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                for (number, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
                    let is_reserved = RESERVED.iter().any(|word| match *word {
                        // A getter (`.size()`) is no font size.
                        ".size(" => line.split(word).skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_digit())),
                        word => line.contains(word),
                    });
                    if is_reserved {
                        found.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
                    }
                }
            }
        }
    }

    #[test]
    fn only_the_theme_names_a_colour_or_a_font_size() {
        let mut found = Vec::new();
        search(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui"), &mut found);
        assert!(found.is_empty(), "use Tokens and Font instead:\n{}", found.join("\n"));
    }
}
