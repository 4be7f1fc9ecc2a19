//! Puts a new passphrase on the store.

use egui::Context;

use super::{Dialog, Waiting};
use crate::{
    service::{Passphrase, Request, StoreError},
    ui::{
        action::{Action, After},
        icons::Icon,
        scene::Scene,
        theme::Tone,
        typed::SecretText,
        widgets::{self, Banner, Button, TextField, forget_typed},
    },
};

/// The current passphrase once, the new one twice.
#[derive(Default)]
pub(in crate::ui) struct ChangePassphrase {
    current: SecretText,
    new: SecretText,
    again: SecretText,
}

const FIELDS: [&str; 3] = ["passphrase: current", "passphrase: new", "passphrase: again"];

impl ChangePassphrase {
    /// Empty fields.
    pub(in crate::ui) fn new() -> Self {
        Self::default()
    }

    fn problem(&self) -> Option<&'static str> {
        match (self.current.expose(), self.new.expose(), self.again.expose()) {
            ("", ..) => Some("Type the current passphrase"),
            (_, "", _) => Some("Type a new passphrase"),
            (_, new, again) if new != again => Some("The new passphrase is typed differently the second time"),
            _ => None,
        }
    }
}

impl Dialog for ChangePassphrase {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        let in_memory = scene.view.store.folder().is_none().then_some("The demo is kept nowhere, so nothing opens it");
        let problem =
            in_memory.or_else(|| self.problem()).or_else(|| waiting.is_busy().then_some("It is being changed"));
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
                    ui.add(TextField::new(&mut self.new).label("New passphrase").password().id(new));
                    let error = differs.then_some("This is not what is typed above");
                    ui.add(
                        TextField::new(&mut self.again).label("New passphrase again").password().id(again).error(error),
                    );
                    Banner::new(Tone::Warn)
                        .icon(Icon::TRIANGLE_ALERT_FILLED)
                        .text("A lost passphrase cannot be replaced: nobody can open the store without it.")
                        .ui(ui);
                },
                |ui| {
                    let change = ui.add(Button::primary("Change passphrase").disabled_because(problem)).clicked();
                    let cancel = ui.add(Button::secondary("Cancel")).clicked();
                    (change, cancel)
                },
            );
        let (change, cancel) = answer.footer;
        if problem.is_none() && (change || answer.is_submitted) {
            let passphrase = |typed: &SecretText| Passphrase::new(std::mem::take(&mut *typed.duplicate()));
            let request = Request::ChangePassphrase { current: passphrase(&self.current), new: passphrase(&self.new) };
            actions.push(Action::Ask(request, After::say("The passphrase was changed").closing()));
        } else if cancel || answer.should_close {
            for field in FIELDS {
                forget_typed(ctx, egui::Id::unique(field));
            }
            actions.push(Action::CloseDialog);
        }
    }
}
