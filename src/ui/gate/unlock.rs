//! The page that unlocks the store that is there.

use std::{path::PathBuf, time::Duration};

use egui::{Align, Id, Layout, Ui, vec2};

use super::{Around, Gate, PASSPHRASE, Page, Picks, WIDTH, aside, homely, is_entered, take, title};
use crate::{
    service::{Older, OpenAs, Passphrase},
    ui::{
        action::Action,
        icons::Icon,
        key_file_field::Makes,
        theme::{size, space},
        widgets::{Button, Checkbox, TextField, forget_typed, quiet_link},
    },
};

impl Gate {
    pub(super) fn unlock(&mut self, ui: &mut Ui, around: &Around<'_>, actions: &mut Vec<Action>) {
        title(ui, "Unlock your store");
        aside(ui, &homely(&self.place.text));
        self.show_failure(ui);
        let is_busy = self.waiting.is_busy();
        let too_soon = around.wait_secs.map(|secs| format!("Several wrong passphrases: try again in {secs} s"));
        if too_soon.is_some() {
            // Counts down, and gives the field back when it is over.
            ui.ctx().request_repaint_after(Duration::from_millis(500));
            self.is_new = true;
        }
        let wrong = too_soon.as_deref().or(self.is_wrong.then_some("The passphrase is wrong"));
        let id = Id::unique(PASSPHRASE);
        let field = TextField::new(&mut self.passphrase)
            .name("Passphrase")
            .hint("Passphrase")
            .icon(Icon::KEY)
            .password()
            .large()
            .width(WIDTH)
            .id(id)
            .error(wrong);
        let is_free = !is_busy && too_soon.is_none();
        let field = ui.add(if is_free { field.focus(self.takes_focus) } else { field.read_only() });
        if field.changed() {
            self.is_wrong = false;
        }
        let is_entered = is_entered(ui, &field);
        let words = if self.asked_keyring.is_some() { "Asking the keyring…" } else { "Unlocking…" };
        if self.show_busy(ui, words, actions) {
            return;
        }
        if self.shows_key_file {
            self.show_key_file(ui, Makes::No, actions);
        }
        if self.is_older {
            ui.add(Checkbox::new(&mut self.accepts_older, "I restored this copy. Open it as it is"));
        }
        self.show_extras(ui, around);
        let no_path = self.key_file.problem();
        let empty = self.passphrase.expose().is_empty().then_some("Type the passphrase");
        let why = too_soon.as_deref().or(no_path.as_deref()).or(empty);
        let unlock = ui.add(Button::primary("Unlock").large().full_width().disabled_because(why));
        if (unlock.clicked() || is_entered) && why.is_none() {
            let folder = PathBuf::from(&self.place.text);
            if self.remembers && around.has_keyring {
                actions.push(Action::RememberOnceOpen(folder.clone(), self.passphrase.duplicate()));
            }
            let credentials = self.key_file.credentials(take(&self.passphrase));
            forget_typed(ui.ctx(), id);
            let older = if std::mem::take(&mut self.accepts_older) { Older::Accepted } else { Older::Refused };
            actions.push(Action::OpenStore(OpenAs::Folder(folder, credentials, older)));
        }
        if self.is_remembered && around.has_keyring {
            let by_keyring = Button::secondary("Unlock with the keyring").icon(Icon::LOCK_OPEN).large().full_width();
            if ui.add(by_keyring.disabled_because(no_path)).clicked() {
                let key_file = self.key_file.credentials(Passphrase::new(String::new())).key_file;
                actions.push(Action::OpenByKeyring(PathBuf::from(&self.place.text), key_file));
            }
        }
        ui.add_space(space::XS);
        let pages = [("Open another store…", Page::Other), ("Create a store…", Page::Create)];
        self.links(ui, &pages, around.settings, actions);
    }

    /// What goes with the passphrase, in one line under it.
    pub(super) fn show_extras(&mut self, ui: &mut Ui, around: &Around<'_>) {
        let offers_keyring = around.has_keyring && !self.is_remembered;
        if !offers_keyring && self.shows_key_file {
            return;
        }
        ui.allocate_ui_with_layout(vec2(WIDTH, size::BUTTON_SMALL), Layout::left_to_right(Align::Center), |ui| {
            if offers_keyring {
                ui.add(Checkbox::new(&mut self.remembers, "Remember on this computer"));
            }
            if !self.shows_key_file {
                let room = ui.available_size();
                ui.allocate_ui_with_layout(room, Layout::right_to_left(Align::Center), |ui| {
                    self.shows_key_file = quiet_link(ui, "Key file…").clicked();
                });
            }
        });
    }

    pub(super) fn show_key_file(&mut self, ui: &mut Ui, makes: Makes, actions: &mut Vec<Action>) {
        let note = match makes {
            Makes::No => "Goes with the passphrase; empty: none",
            Makes::OnRequest => "Keep a copy elsewhere: without it nobody opens the store",
        };
        let layout = Layout::top_down(Align::Min);
        let pick = ui.with_layout(layout, |ui| self.key_file.show(ui, "Key file", note, makes)).inner;
        if let Some(pick) = pick {
            self.picks = Picks::KeyFile;
            actions.push(Action::Pick(pick));
        }
    }
}
