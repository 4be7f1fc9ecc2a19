//! The path of a key file, typed or picked: one that is there, or one that is made.

use std::path::{Path, PathBuf};

use egui::{Align, Layout, Ui, vec2};

use super::{
    action::Pick,
    icons::Icon,
    theme::{size, space},
    typed::parse_path,
    widgets::{Button, Checkbox, TextField},
};
use crate::service::{Credentials, FileIs, Passphrase};

/// What was typed or picked. Empty: no key file.
#[derive(Clone, Default)]
pub(super) struct KeyFileField {
    text: String,
    is_new: bool,
}

/// Whether a form also makes key files.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Makes {
    /// It takes one that is there.
    No,
    /// It makes one where the person says so.
    OnRequest,
}

impl KeyFileField {
    /// A field with this path in it.
    pub(super) fn with(path: Option<&Path>) -> Self {
        Self { text: path.map(|path| path.display().to_string()).unwrap_or_default(), is_new: false }
    }

    /// Takes what was picked.
    pub(super) fn picked(&mut self, path: &Path) {
        self.text = path.display().to_string();
    }

    /// Whether no file is named.
    pub(super) fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Why the text is no path; `None` where it is one, or nothing.
    pub(super) fn problem(&self) -> Option<String> {
        parse_path(&self.text).err().filter(|_| !self.is_empty())
    }

    /// `passphrase` together with this file.
    pub(super) fn credentials(&self, passphrase: Passphrase) -> Credentials {
        let path: Option<PathBuf> = parse_path(&self.text).ok();
        let file_is = if self.is_new { FileIs::ToBeMade } else { FileIs::There };
        Credentials { file_is, ..Credentials::new(passphrase, path) }
    }

    /// A file that was to be made may be there now: then it is not made a second time.
    pub(super) fn may_be_made(&mut self) {
        self.is_new &= !parse_path(&self.text).is_ok_and(|path| path.exists());
    }

    /// Shows the field and the button beside it; what is to be picked when that was pressed.
    pub(super) fn show(&mut self, ui: &mut Ui, label: &str, note: &str, makes: Makes) -> Option<Pick> {
        const BUTTON: f32 = 132.0;
        let problem = self.problem();
        let width = ui.available_width();
        let is_pressed = ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            let field = TextField::new(&mut self.text).label(label).hint("None").width(width - BUTTON - space::S);
            ui.add(field.note(note).error(problem.as_deref()));
            let place = vec2(BUTTON, size::FIELD + 25.0);
            let button = ui.allocate_ui_with_layout(place, Layout::bottom_up(Align::Min), |ui| {
                ui.set_min_size(place);
                ui.add(Button::secondary("Choose file…").full_width().icon(Icon::FILE_KEY))
            });
            button.inner.clicked()
        });
        if makes == Makes::OnRequest {
            ui.add(Checkbox::new(&mut self.is_new, "Make this key file, of random bytes"));
        }
        is_pressed.inner.then(|| match (makes, self.is_new) {
            (Makes::OnRequest, true) => Pick::SaveAs { title: "A new key file", name: "tresor.key".into() },
            _ => Pick::File { title: "The key file", filter: None },
        })
    }
}
