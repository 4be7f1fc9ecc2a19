//! Puts a new passphrase on the store, and another key file, or none.

use std::path::PathBuf;

use egui::Context;

use super::{Dialog, Waiting};
use crate::{
    domain::Caller,
    service::{Passphrase, Renewal, Request, StoreError, Strength},
    ui::{
        action::{Action, After},
        icons::Icon,
        key_file_field::{KeyFileField, Makes},
        scene::Scene,
        strength_meter::StrengthMeter,
        theme::Tone,
        typed::SecretText,
        widgets::{self, Banner, Button, Checkbox, ProgressBar, TextField, forget_typed, quiet_link},
    },
};

/// The current passphrase once, the new one twice; the key files that go with them where the person has or wants one.
pub(in crate::ui) struct ChangePassphrase {
    current: SecretText,
    new: SecretText,
    again: SecretText,
    strength: StrengthMeter,
    /// Shown once the settings or the person name one.
    key_files: Option<KeyFiles>,
    /// Whether the settings were asked.
    was_shown: bool,
    /// Somebody may know the current passphrase, or has a copy of the store.
    may_be_known: bool,
}

#[derive(Default)]
struct KeyFiles {
    current: KeyFileField,
    new: KeyFileField,
    /// The path that is being picked is that of the new one.
    picks_new: bool,
}

const FIELDS: [&str; 3] = ["passphrase: current", "passphrase: new", "passphrase: again"];

impl ChangePassphrase {
    /// Empty fields.
    pub(in crate::ui) fn new() -> Self {
        let [current, new, again] = std::array::from_fn(|_| SecretText::default());
        Self {
            current,
            new,
            again,
            strength: StrengthMeter::default(),
            key_files: None,
            was_shown: false,
            may_be_known: false,
        }
    }

    fn problem(&mut self) -> Option<String> {
        let is_enough = self.strength.of(&self.new).is_none_or(Strength::is_enough);
        let typed = match (self.current.expose(), self.new.expose(), self.again.expose()) {
            ("", ..) => Some("Type the current passphrase"),
            (_, "", _) => Some("Type a new passphrase"),
            _ if !is_enough => Some("The new passphrase is guessed too soon"),
            (_, new, again) if new != again => Some("The new passphrase is typed differently the second time"),
            _ => None,
        };
        let paths = || self.key_files.as_ref().and_then(|files| files.current.problem().or(files.new.problem()));
        typed.map(str::to_owned).or_else(paths)
    }

    fn request(&self, by: Caller) -> Request {
        let passphrase = |typed: &SecretText| Passphrase::new(std::mem::take(&mut *typed.duplicate()));
        let (current, new) = (passphrase(&self.current), passphrase(&self.new));
        let renewal = if self.may_be_known { Renewal::Renew } else { Renewal::Keep };
        match &self.key_files {
            None => Request::ChangePassphrase { by, current: current.into(), new: new.into(), renewal },
            Some(files) => Request::ChangePassphrase {
                by,
                current: files.current.credentials(current),
                new: files.new.credentials(new),
                renewal,
            },
        }
    }
}

impl Dialog for ChangePassphrase {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        if !std::mem::replace(&mut self.was_shown, true) {
            let known = scene.view.store.folder().and_then(|folder| scene.settings.key_files.get(folder));
            let field = || KeyFileField::with(known.map(PathBuf::as_path));
            self.key_files = known.map(|_| KeyFiles { current: field(), new: field(), picks_new: false });
        }
        if let (Some(files), Some(_)) = (&mut self.key_files, waiting.error()) {
            files.new.may_be_made();
        }
        let in_memory = scene.view.store.folder().is_none().then_some("The demo is kept nowhere, so nothing opens it");
        let problem = in_memory.map(str::to_owned).or_else(|| self.problem());
        let problem = problem.or_else(|| waiting.is_busy().then(|| "It is being changed".to_owned()));
        let differs = !self.again.expose().is_empty() && self.new.expose() != self.again.expose();
        // That one belongs to the field where it was typed (T5).
        let is_wrong = waiting.error().is_some_and(|why| why == StoreError::WrongPassphrase.to_string());
        let answer = widgets::Dialog::new("passphrase", "Change the passphrase")
            .icon(Icon::KEY, Tone::Accent)
            .error(waiting.error().filter(|_| !is_wrong))
            .show(
                ctx,
                |ui| {
                    let [current, new, again] = FIELDS.map(egui::Id::unique);
                    let field = TextField::new(&mut self.current).label("Current passphrase").password().id(current);
                    ui.add(field.error(is_wrong.then_some("The passphrase is wrong")));
                    if let Some(files) = &mut self.key_files
                        && let Some(pick) = files.current.show(ui, "Current key file", "Empty: none", Makes::No)
                    {
                        files.picks_new = false;
                        actions.push(Action::Pick(pick));
                    }
                    ui.add(TextField::new(&mut self.new).label("New passphrase").password().id(new));
                    self.strength.show(ui, &self.new);
                    let error = differs.then_some("This is not what is typed above");
                    ui.add(
                        TextField::new(&mut self.again).label("New passphrase again").password().id(again).error(error),
                    );
                    match &mut self.key_files {
                        None => {
                            if quiet_link(ui, "Key file…").clicked() {
                                self.key_files = Some(KeyFiles::default());
                            }
                        }
                        Some(files) => {
                            let note = "Needed from now on; empty: none. Keep a copy elsewhere";
                            if let Some(pick) = files.new.show(ui, "New key file", note, Makes::OnRequest) {
                                files.picks_new = true;
                                actions.push(Action::Pick(pick));
                            }
                        }
                    }
                    ui.add(Checkbox::new(&mut self.may_be_known, "Others may know the old one: reseal the store"));
                    let what_it_opens = if self.may_be_known {
                        "The old passphrase still opens backups and copies made earlier, and copies on disconnected disks until they \
                         are reconnected. It opens nothing written from now on."
                    } else {
                        "Anyone with an older copy of the store's header can still open the store with the old passphrase."
                    };
                    Banner::new(Tone::Accent).icon(Icon::INFO).text(what_it_opens).ui(ui);
                    if let (true, Waiting::Busy(fraction)) = (self.may_be_known, waiting) {
                        ui.add(ProgressBar::new("Resealing the store", fraction.unwrap_or(0.0)));
                    }
                    Banner::new(Tone::Warn)
                        .icon(Icon::TRIANGLE_ALERT_FILLED)
                        .text("A lost passphrase cannot be replaced: nobody can open the store without it.")
                        .ui(ui);
                },
                |ui| {
                    let change =
                        ui.add(Button::primary("Change passphrase").disabled_because(problem.as_deref())).clicked();
                    let cancel = ui.add(Button::secondary("Cancel")).clicked();
                    (change, cancel)
                },
            );
        let (change, cancel) = answer.footer;
        if problem.is_none() && (change || answer.is_submitted) {
            actions.push(Action::Ask(
                self.request(scene.caller.clone()),
                After::say("The passphrase was changed").closing(),
            ));
        } else if cancel || answer.should_close {
            for field in FIELDS {
                forget_typed(ctx, egui::Id::unique(field));
            }
            actions.push(Action::CloseDialog);
        }
    }

    fn picked(&mut self, path: PathBuf) {
        if let Some(files) = &mut self.key_files {
            let field = if files.picks_new { &mut files.new } else { &mut files.current };
            field.picked(&path);
        }
    }
}
