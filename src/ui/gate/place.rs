//! The folder of a store, typed or picked.

use std::path::{Path, PathBuf};

use egui::{Align, Layout, Ui, vec2};

use super::{WIDTH, is_entered};
use crate::{
    service::store_exists,
    ui::{
        icons::Icon,
        settings::default_store,
        theme::{size, space},
        typed::parse_path,
        widgets::{Button, TextField},
    },
};

/// A folder as it is typed, and what is in it. The disk is asked when the text changes, not in every frame.
#[derive(Default)]
pub(super) struct Place {
    pub(super) text: String,
    seen: Option<(String, Result<Found, String>)>,
}

/// What is in a folder.
#[derive(Clone)]
pub(super) enum Found {
    Store(PathBuf),
    NoStore(PathBuf),
}

impl Place {
    pub(super) fn at(folder: &Path) -> Self {
        Self { text: folder.display().to_string(), seen: None }
    }

    /// What is there, or why the text is no folder.
    pub(super) fn found(&mut self) -> Result<Found, String> {
        if let Some((_, found)) = self.seen.as_ref().filter(|(text, _)| *text == self.text) {
            return found.clone();
        }
        let look = |folder: PathBuf| if store_exists(&folder) { Found::Store(folder) } else { Found::NoStore(folder) };
        let found = parse_path(&self.text).map(look);
        self.seen = Some((self.text.clone(), found.clone()));
        found
    }

    /// Asks the disk anew.
    pub(super) fn look_again(&mut self) {
        self.seen = None;
    }

    /// The field, and the button that opens the desktop's dialog: whether Enter was pressed in the one, and the other.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        label: &str,
        problem: Option<&str>,
        takes_focus: Option<bool>,
    ) -> (bool, bool) {
        const BUTTON: f32 = 112.0;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            let field = TextField::new(&mut self.text)
                .label(label)
                .width(WIDTH - BUTTON - space::S)
                .note("Without a file dialog, type the path")
                .error(problem)
                .focus(takes_focus.unwrap_or(false));
            let field = ui.add(field);
            let place = vec2(BUTTON, size::FIELD + 25.0);
            let button = ui.allocate_ui_with_layout(place, Layout::bottom_up(Align::Min), |ui| {
                ui.set_min_size(place);
                ui.add(Button::secondary("Choose…").icon(Icon::FOLDER_OPEN).full_width())
            });
            (is_entered(ui, &field), button.inner.clicked())
        })
        .inner
    }
}

/// `folder`, or where that holds a store, the first free one beside it; without a folder the usual place.
pub(super) fn free_folder(folder: PathBuf) -> PathBuf {
    let folder = if folder.as_os_str().is_empty() { default_store() } else { folder };
    if !store_exists(&folder) {
        return folder;
    }
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut others = (2..).map(|number| folder.with_file_name(format!("{name}-{number}")));
    others.find(|other| !other.exists()).unwrap_or(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_store_is_proposed_beside_one_that_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path().join("default");
        assert_eq!(free_folder(here.clone()), here);
        std::fs::create_dir(&here).unwrap();
        std::fs::write(here.join("tresor.header"), "x").unwrap();
        assert_eq!(free_folder(here.clone()), folder.path().join("default-2"));
        std::fs::create_dir(folder.path().join("default-2")).unwrap();
        assert_eq!(free_folder(here), folder.path().join("default-3"));
    }
}
