//! Sets, changes or takes away an identity's own passphrase or PIN.

use egui::{Context, Id, Ui};

use super::{Dialog, Waiting};
use crate::{
    domain::{
        IdentityId, Refusal,
        identity::{LEAST_CHARACTERS, Proof},
    },
    service::{AccessCommand, Authority, Command, Passphrase, Reply, StoreError},
    ui::{
        action::{Action, After},
        icons::Icon,
        scene::Scene,
        theme::{Font, Tokens, Tone},
        typed::SecretText,
        widgets::{self, Button, Segmented, TextField, forget_typed, link, rich_label},
    },
};

/// The passphrase that is there, and the one that shall be.
pub(in crate::ui) struct IdentityPassphrase {
    id: IdentityId,
    /// Whether it shall have one at all.
    wish: Wish,
    /// By the store's own passphrase, because that of the identity was forgotten.
    is_forgotten: bool,
    current: SecretText,
    new: SecretText,
    again: SecretText,
    wrong: Option<String>,
    /// It was set: whoever acts as the identity acts on, with it.
    was_set: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    New,
    Nothing,
}

const FIELDS: [&str; 3] =
    ["identity's passphrase: current", "identity's passphrase: new", "identity's passphrase: again"];

impl IdentityPassphrase {
    /// That of this identity.
    pub(in crate::ui) fn of(id: IdentityId) -> Self {
        Self {
            id,
            wish: Wish::New,
            is_forgotten: false,
            current: SecretText::default(),
            new: SecretText::default(),
            again: SecretText::default(),
            wrong: None,
            was_set: false,
        }
    }

    fn problem(&self, has_one: bool) -> Option<String> {
        let (new, again) = (self.new.expose(), self.again.expose());
        let found = new.chars().count();
        match self.wish {
            _ if has_one && self.current.expose().is_empty() => Some(if self.is_forgotten {
                "Type the store's passphrase first".into()
            } else {
                "Type the current one first".into()
            }),
            Wish::New if found == 0 => Some("Type a new one first".into()),
            Wish::New if found < LEAST_CHARACTERS => {
                Some(Refusal::IdentityPassphraseShort { found }.sentence(crate::domain::Zone::Utc))
            }
            Wish::New if new != again => Some("It is typed differently the second time".into()),
            Wish::New | Wish::Nothing => None,
        }
    }

    fn body(&mut self, ui: &mut Ui, name: &str, has_one: bool) {
        let t = Tokens::of(ui);
        let [current, new, again] = FIELDS.map(Id::unique);
        if has_one {
            let choices = [(Wish::New, "Change it"), (Wish::Nothing, "Remove it")];
            Segmented::new("What to do", &mut self.wish, &choices).show(ui);
            let label = if self.is_forgotten { "The store's passphrase" } else { "Current passphrase or PIN" };
            let field = TextField::new(&mut self.current).label(label).password().id(current);
            ui.add(field.error(self.wrong.as_deref()));
            if self.is_forgotten {
                let text = "Whoever opens the store can always set a new one. It is recorded.";
                rich_label(ui, Font::Secondary.text(text).color(t.dim));
            }
            let word = if self.is_forgotten { "I know the current one" } else { "Forgot it?" };
            if link(ui, word).clicked() {
                self.is_forgotten = !self.is_forgotten;
                self.current = SecretText::default();
                self.wrong = None;
            }
        }
        if self.wish == Wish::New {
            let found = self.new.expose().chars().count();
            let short = (1..LEAST_CHARACTERS)
                .contains(&found)
                .then(|| Refusal::IdentityPassphraseShort { found }.sentence(crate::domain::Zone::Utc));
            let field = TextField::new(&mut self.new).label("New passphrase or PIN").password().id(new);
            ui.add(field.error(short.as_deref()));
            let differs = !self.again.expose().is_empty() && self.new.expose() != self.again.expose();
            let field = TextField::new(&mut self.again).label("The same again").password().id(again);
            ui.add(field.error(differs.then_some("This is not what is typed above")));
        }
        let text = match self.wish {
            Wish::New => format!("It is asked for whenever somebody wants to act as {name}."),
            Wish::Nothing => format!("Everybody who has the store open can act as {name} then."),
        };
        rich_label(ui, Font::Body.text(text).color(t.dim));
    }
}

fn passphrase(typed: &SecretText) -> Passphrase {
    Passphrase::new(std::mem::take(&mut *typed.duplicate()))
}

impl Dialog for IdentityPassphrase {
    fn answered(&mut self, _reply: Reply) {
        self.was_set = true;
    }

    fn refused(&mut self, refusal: &Refusal) -> bool {
        let is_about_field = matches!(refusal, Refusal::WrongIdentityPassphrase { .. } | Refusal::TooManyTries { .. });
        if is_about_field {
            self.wrong = Some(refusal.sentence(crate::domain::Zone::Local));
        }
        is_about_field
    }

    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        let Some(identity) = scene.view.world.directory.get(self.id) else {
            actions.push(Action::Finish);
            return;
        };
        let name = identity.name.as_str();
        if self.was_set {
            self.was_set = false;
            let said = match self.wish {
                Wish::New => format!("{name} has a passphrase of its own now"),
                Wish::Nothing => format!("Nothing is asked of {name} any more"),
            };
            if scene.caller.id == Some(self.id) {
                let new = (self.wish == Wish::New).then(|| passphrase(&self.new));
                let command = Command::Access(AccessCommand::SignIn(self.id, new));
                actions.push(Action::Do(command, After::say(said).closing()));
            } else {
                actions.push(Action::Toast(crate::ui::action::Toast::good(said)));
                actions.push(Action::Finish);
            }
            return;
        }
        let has_one = identity.proof == Proof::Passphrase;
        let reason = if waiting.is_busy() { Some("It is being set".to_owned()) } else { self.problem(has_one) };
        let wrong_store = StoreError::WrongPassphrase.to_string();
        if waiting.error() == Some(wrong_store.as_str()) {
            self.wrong = Some(wrong_store.clone());
        }
        let title = format!("Passphrase of {name}");
        let button = match (self.wish, has_one) {
            (Wish::Nothing, _) => "Remove passphrase",
            (Wish::New, true) => "Change passphrase",
            (Wish::New, false) => "Set passphrase",
        };
        let answer = widgets::Dialog::new("identity passphrase", &title)
            .icon(Icon::KEY, Tone::Accent)
            .error(waiting.error().filter(|error| *error != wrong_store))
            .show(
                ctx,
                |ui| self.body(ui, name, has_one),
                |ui| {
                    let set = ui.add(Button::primary(button).disabled_because(reason.clone())).clicked();
                    let cancel = ui.add(Button::secondary("Cancel")).clicked();
                    (set, cancel)
                },
            );
        let (set, cancel) = answer.footer;
        if reason.is_none() && (set || answer.is_submitted) {
            let authority = match (has_one, self.is_forgotten) {
                (false, _) => Authority::Own(None),
                (true, false) => Authority::Own(Some(passphrase(&self.current))),
                (true, true) => Authority::Store(passphrase(&self.current)),
            };
            self.wrong = None;
            let new = (self.wish == Wish::New).then(|| passphrase(&self.new));
            let command = Command::Access(AccessCommand::SetIdentityPassphrase(self.id, authority, new));
            actions.push(Action::Do(command, After::default().staying()));
        } else if cancel || answer.should_close {
            FIELDS.map(Id::unique).into_iter().for_each(|field| forget_typed(ctx, field));
            actions.push(if waiting.is_busy() { Action::Cancel } else { Action::CloseDialog });
        }
    }
}
