//! Type: the faces and sizes that may be used, by what the text is for.

use egui::{Color32, FontFamily, FontId, Galley, RichText, TextFormat, Ui, text::LayoutJob};
use std::sync::Arc;

/// A face at a size, by what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Font {
    /// Running text: 13.
    Body,
    /// What can be pressed, and names in tables: 13 medium.
    Medium,
    /// A word that stands out in running text: 13 semibold.
    Strong,
    /// What is said beside: 12.
    Secondary,
    /// Small buttons: 12 medium.
    SecondaryMedium,
    /// Labels of sections: 11 semibold.
    Label,
    /// Small print: 11.
    Small,
    /// Title of a panel or a dialog: 15 semibold.
    PanelTitle,
    /// Title of a page: 20 semibold.
    PageTitle,
    /// A number to be seen from afar: 24 semibold.
    Number,
    /// Values, versions and numbers that tick: 12.5, every glyph as wide.
    Mono,
}

const MEDIUM: &str = "medium";
const SEMIBOLD: &str = "semibold";

impl Font {
    /// The face and the size.
    pub fn id(self) -> FontId {
        let named = |name: &str| FontFamily::Name(name.into());
        match self {
            Self::Body => FontId::new(13.0, FontFamily::Proportional),
            Self::Medium => FontId::new(13.0, named(MEDIUM)),
            Self::Strong => FontId::new(13.0, named(SEMIBOLD)),
            Self::Secondary => FontId::new(12.0, FontFamily::Proportional),
            Self::SecondaryMedium => FontId::new(12.0, named(MEDIUM)),
            Self::Label => FontId::new(11.0, named(SEMIBOLD)),
            Self::Small => FontId::new(11.0, FontFamily::Proportional),
            Self::PanelTitle => FontId::new(15.0, named(SEMIBOLD)),
            Self::PageTitle => FontId::new(20.0, named(SEMIBOLD)),
            Self::Number => FontId::new(24.0, named(SEMIBOLD)),
            Self::Mono => FontId::new(12.5, FontFamily::Monospace),
        }
    }

    /// Height of a line.
    pub const fn line_height(self) -> f32 {
        match self {
            Self::Body | Self::Medium | Self::Strong | Self::Mono | Self::PanelTitle => 20.0,
            Self::Secondary | Self::SecondaryMedium | Self::Label | Self::Small => 16.0,
            Self::PageTitle => 28.0,
            Self::Number => 32.0,
        }
    }

    /// Extra room between letters.
    const fn spacing(self) -> f32 {
        match self {
            Self::Label => 0.4,
            _ => 0.0,
        }
    }

    /// `text` in this face.
    pub fn text(self, text: impl Into<String>) -> RichText {
        RichText::new(text).font(self.id()).line_height(Some(self.line_height())).extra_letter_spacing(self.spacing())
    }

    /// The format of a piece of text in this face, for a [`LayoutJob`] of several.
    pub fn format(self, colour: Color32) -> TextFormat {
        TextFormat {
            font_id: self.id(),
            extra_letter_spacing: self.spacing(),
            line_height: Some(self.line_height()),
            color: colour,
            valign: egui::Align::Center,
            ..TextFormat::default()
        }
    }

    /// `text` laid out on one line, cut off with "…" beyond `max_width`.
    pub fn layout(self, ui: &Ui, text: &str, colour: Color32, max_width: f32) -> Arc<Galley> {
        let mut job = LayoutJob::single_section(text.to_owned(), self.format(colour));
        job.wrap = egui::text::TextWrapping::truncate_at_width(max_width);
        job.break_on_newline = false;
        ui.painter().layout_job(job)
    }

    /// `text` laid out on as many lines as `width` makes of it.
    pub fn layout_wrapped(self, ui: &Ui, text: &str, colour: Color32, width: f32) -> Arc<Galley> {
        let mut job = LayoutJob::single_section(text.to_owned(), self.format(colour));
        job.wrap.max_width = width;
        ui.painter().layout_job(job)
    }
}

/// Running text.
pub fn body(text: impl Into<String>) -> RichText {
    Font::Body.text(text)
}

/// Names and what can be pressed.
pub fn medium(text: impl Into<String>) -> RichText {
    Font::Medium.text(text)
}

/// A word that stands out.
pub fn strong(text: impl Into<String>) -> RichText {
    Font::Strong.text(text)
}

/// What is said beside, 12 points.
pub fn secondary(text: impl Into<String>) -> RichText {
    Font::Secondary.text(text)
}

/// Small print, 11 points.
pub fn small(text: impl Into<String>) -> RichText {
    Font::Small.text(text)
}

/// Label of a section, 11 points semibold.
pub fn label(text: impl Into<String>) -> RichText {
    Font::Label.text(text)
}

/// Title of a panel or a dialog.
pub fn panel_title(text: impl Into<String>) -> RichText {
    Font::PanelTitle.text(text)
}

/// Title of a page.
pub fn page_title(text: impl Into<String>) -> RichText {
    Font::PageTitle.text(text)
}

/// A number to be seen from afar.
pub fn number(text: impl Into<String>) -> RichText {
    Font::Number.text(text)
}

/// Values, versions and numbers that tick.
pub fn mono(text: impl Into<String>) -> RichText {
    Font::Mono.text(text)
}

/// The faces that [`Font`] names, built into the program.
pub(super) fn definitions() -> egui::FontDefinitions {
    use egui::FontData;
    const FACES: [(&str, &[u8]); 4] = [
        ("Inter", include_bytes!("../../../assets/fonts/Inter-Regular.otf")),
        ("Inter Medium", include_bytes!("../../../assets/fonts/Inter-Medium.otf")),
        ("Inter SemiBold", include_bytes!("../../../assets/fonts/Inter-SemiBold.otf")),
        ("JetBrains Mono", include_bytes!("../../../assets/fonts/JetBrainsMono-Regular.ttf")),
    ];
    let mut fonts = egui::FontDefinitions::empty();
    for (name, bytes) in FACES {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let families = [
        (FontFamily::Proportional, "Inter"),
        (FontFamily::Name(MEDIUM.into()), "Inter Medium"),
        (FontFamily::Name(SEMIBOLD.into()), "Inter SemiBold"),
    ];
    for (family, face) in families {
        fonts.families.insert(family, vec![face.to_owned(), "JetBrains Mono".to_owned()]);
    }
    fonts.families.insert(FontFamily::Monospace, vec!["JetBrains Mono".to_owned(), "Inter".to_owned()]);
    fonts
}
