//! A path that is typed, or picked with the desktop's own dialog.

use std::path::{Path, PathBuf};

use egui::{Align, Layout, Ui, vec2};

use crate::ui::{
    icons::Icon,
    theme::{size, space},
    typed::parse_path,
    widgets::{Button, TextField},
};

/// What was typed or picked.
#[derive(Default)]
pub(in crate::ui) struct PathField {
    text: String,
    was_changed: bool,
    was_shown: bool,
}

impl PathField {
    /// A field that proposes `path`.
    pub(in crate::ui) fn proposing(path: &Path) -> Self {
        Self { text: path.display().to_string(), ..Self::default() }
    }

    /// Takes what was picked.
    pub(in crate::ui) fn set(&mut self, path: &Path) {
        self.text = path.display().to_string();
        self.was_changed = true;
    }

    /// The path that is meant, or why there is none.
    pub(in crate::ui) fn path(&self) -> Result<PathBuf, String> {
        parse_path(&self.text)
    }

    /// Shows the field and the button that opens the desktop's dialog; whether the button was pressed.
    pub(in crate::ui) fn show(&mut self, ui: &mut Ui, label: &str) -> bool {
        const BUTTON: f32 = 106.0;
        const HINT: &str = "If your desktop shows no file dialog, type the path here.";
        let problem = self.path().err().filter(|_| self.was_changed);
        let takes_focus = !std::mem::replace(&mut self.was_shown, true);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            let width = ui.available_width() - BUTTON - space::S;
            let field = TextField::new(&mut self.text).label(label).hint("~/…").width(width).note(HINT);
            let field = field.focus(takes_focus).error(problem.as_deref());
            self.was_changed |= ui.add(field).changed();
            let place = vec2(BUTTON, size::FIELD + 25.0);
            let button = ui.allocate_ui_with_layout(place, Layout::bottom_up(Align::Min), |ui| {
                ui.set_min_size(place);
                ui.add(Button::secondary("Choose…").icon(Icon::FOLDER_OPEN).full_width())
            });
            button.inner.clicked()
        })
        .inner
    }
}
