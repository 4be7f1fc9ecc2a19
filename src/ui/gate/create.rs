//! The page that makes a store.

use egui::{Align, Id, Layout, Ui};

use super::{AGAIN, Around, Gate, PASSPHRASE, Page, Picks, WIDTH, is_entered, place::Found, take, title, under_way};
use crate::{
    service::{OpenAs, Purpose, Strength},
    ui::{
        action::{Action, Pick},
        icons::Icon,
        key_file_field::Makes,
        theme::{Tokens, Tone, text},
        widgets::{Banner, Button, Segmented, TextField, rich_label},
    },
};

impl Gate {
    pub(super) fn create(&mut self, ui: &mut Ui, around: &Around<'_>, actions: &mut Vec<Action>) {
        title(ui, "Create a store");
        self.show_failure(ui);
        let is_busy = self.waiting.is_busy();
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            let found = self.place.found();
            let problem = match &found {
                Err(why) => Some(why.as_str()),
                Ok(Found::Store(_)) => Some("There is a store in this folder already"),
                Ok(Found::NoStore(_)) => None,
            };
            let (_, picks) = self.place.show(ui, "Folder", problem.filter(|_| !self.place.text.is_empty()), None);
            if picks {
                self.picks = Picks::Folder;
                actions.push(Action::Pick(Pick::Folder { title: "Where the store shall lie" }));
            }
            let field = TextField::new(&mut self.passphrase).label("Passphrase").password().width(WIDTH);
            ui.add(field.id(Id::unique(PASSPHRASE)).focus(self.takes_focus));
            self.strength.show(ui, &self.passphrase);
            let differs = !self.again.expose().is_empty() && self.again.expose() != self.passphrase.expose();
            let error = differs.then_some("This is not what is typed above");
            let field = TextField::new(&mut self.again).label("Passphrase again").password().width(WIDTH);
            let again = ui.add(field.id(Id::unique(AGAIN)).error(error));
            let is_entered = is_entered(ui, &again);
            if self.shows_key_file {
                self.show_key_file(ui, Makes::OnRequest, actions);
            }
            self.show_extras(ui, around);
            self.choose_purpose(ui);
            Banner::new(Tone::Warn)
                .icon(Icon::TRIANGLE_ALERT_FILLED)
                .text("A lost passphrase cannot be replaced: nobody can open the store without it.")
                .ui(ui);
            if is_busy {
                // Made or not made: breaking it off half-way would leave a folder behind.
                under_way(ui, "Making the store…");
                return;
            }
            let is_enough = self.strength.of(&self.passphrase).is_none_or(Strength::is_enough);
            let no_path = self.key_file.problem();
            let why =
                problem.or(no_path.as_deref()).or_else(|| match (self.passphrase.expose(), self.again.expose()) {
                    ("", _) => Some("Type a passphrase"),
                    _ if !is_enough => Some("This passphrase is guessed too soon"),
                    (first, second) if first != second => Some("Type the same passphrase twice"),
                    _ => None,
                });
            let create = ui.add(Button::primary("Create store").large().full_width().disabled_because(why));
            if let (Ok(Found::NoStore(folder)), None, true) = (&found, why, create.clicked() || is_entered) {
                if self.remembers && around.has_keyring {
                    actions.push(Action::RememberOnceOpen(folder.clone(), self.passphrase.duplicate()));
                }
                let credentials = self.key_file.credentials(take(&self.passphrase));
                Self::forget(ui);
                let folder = folder.clone();
                actions.push(Action::OpenStore(OpenAs::New { folder, credentials, purpose: self.purpose }));
            }
        });
        if !is_busy {
            self.links(ui, &[("Open a store…", Page::Other)], around.settings, actions);
        }
    }

    fn choose_purpose(&mut self, ui: &mut Ui) {
        rich_label(ui, text::body("What it is for").color(Tokens::of(ui).dim));
        let choices = [(Purpose::Real, "Real secrets"), (Purpose::Simulation, "Simulation")];
        Segmented::new("What it is for", &mut self.purpose, &choices).show(ui);
        let note = match self.purpose {
            Purpose::Real => "Its time is the computer's. Nobody can move it, so nothing is purged before its day.",
            Purpose::Simulation => "Its clock can be moved forward, to see retention end. Not for secrets that matter.",
        };
        rich_label(ui, text::secondary(note).color(Tokens::of(ui).dim));
    }
}
