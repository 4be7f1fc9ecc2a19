//! Asks somebody to prove who they are, before the window acts as them.

use egui::{Context, Id};

use super::{Dialog, Typed, Waiting};
use crate::{
    domain::{
        IdentityId, Refusal, Timestamp, World,
        identity::{Identity, Proof},
    },
    service::{AccessCommand, Command, Passphrase},
    ui::{
        action::{Action, After},
        grant_words,
        icons::Icon,
        scene::Scene,
        theme::{Font, Tokens, Tone},
        typed::SecretText,
        widgets::{self, Button, SelectField, TextField, forget_typed, rich_label},
        words,
    },
};

/// Who, and their passphrase or PIN.
pub(in crate::ui) struct SignIn {
    who: IdentityId,
    /// Whether another one can be chosen.
    is_free: bool,
    typed: SecretText,
    wrong: Option<Wrong>,
}

/// Why the last one was not right.
struct Wrong {
    refusal: Refusal,
    /// Until when no other is looked at.
    until: Option<Timestamp>,
}

const FIELD: &str = "sign in: passphrase";
/// Nobody waits longer than a minute.
const LONGEST_WAIT_MS: i64 = 60_000;

impl SignIn {
    /// As that one.
    pub(in crate::ui) fn of(identity: &Identity) -> Self {
        Self { who: identity.id, is_free: false, typed: SecretText::default(), wrong: None }
    }

    /// As anybody who can act; at first as `who`.
    pub(in crate::ui) fn anybody(world: &World, who: Option<IdentityId>) -> Self {
        let all = world.directory.all();
        let others = all.iter().filter(|identity| identity.can_act()).map(|identity| identity.id);
        let first = others.clone().find(|id| Some(*id) == who).or_else(|| others.clone().next());
        let who = first.unwrap_or(IdentityId::DEVELOPER);
        Self { who, is_free: true, typed: SecretText::default(), wrong: None }
    }
}

impl Dialog for SignIn {
    /// A passphrase or a PIN is typed again.
    fn would_lose(&self, _: Typed) -> bool {
        false
    }

    fn refused(&mut self, refusal: &Refusal) -> bool {
        let until = match refusal {
            Refusal::WrongIdentityPassphrase { .. } => None,
            Refusal::TooManyTries { until, .. } => Some(*until),
            _ => return false,
        };
        self.typed = SecretText::default();
        self.wrong = Some(Wrong { refusal: refusal.clone(), until });
        true
    }

    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        let directory = &scene.view.world.directory;
        let Some(identity) = directory.get(self.who) else {
            actions.push(Action::Finish);
            return;
        };
        let is_asked = identity.proof == Proof::Passphrase;
        if let Some(until) = self.wrong.as_ref().and_then(|wrong| wrong.until) {
            // A wait that is longer than any means that the clock was put back: whether it is over, the service knows.
            if until <= scene.now || LONGEST_WAIT_MS < until.ms_since(scene.now) {
                self.wrong = None;
            } else {
                ctx.request_repaint_after(words::until_left_changes(scene.now, until).unwrap_or_default());
            }
        }
        let has_to_wait = self.wrong.as_ref().is_some_and(|wrong| wrong.until.is_some());
        let error = self.wrong.as_ref().map(|wrong| {
            let sentence = wrong.refusal.sentence(scene.zone);
            let left = wrong.until.map(|until| words::left(scene.now, until));
            left.map_or(sentence.clone(), |left| format!("{sentence} ({left})"))
        });
        let problem = match () {
            () if waiting.is_busy() => Some("It is being looked at".to_owned()),
            () if has_to_wait => error.clone(),
            () if is_asked && self.typed.expose().is_empty() => Some("Type the passphrase or PIN first".to_owned()),
            () => None,
        };
        let title = if self.is_free { "Act as somebody else".to_owned() } else { format!("Act as {}", identity.name) };
        let button = format!("Act as {}", identity.name);
        let field = Id::unique(FIELD);
        let answer =
            widgets::Dialog::new("sign in", &title).icon(Icon::USER, Tone::Accent).error(waiting.error()).show(
                ctx,
                |ui| {
                    if self.is_free {
                        let all = directory.all();
                        let able: Vec<_> =
                            all.iter().filter(|identity| identity.can_act()).map(|identity| identity.id).collect();
                        let name = |id: &IdentityId| grant_words::identity(&scene.view.world, *id);
                        if SelectField::new("Identity", &mut self.who, &able).labelled().show(ui, name).changed() {
                            self.wrong = None;
                            self.typed = SecretText::default();
                        }
                    }
                    if is_asked {
                        let text = TextField::new(&mut self.typed).label("Its passphrase or PIN").password().id(field);
                        ui.add_enabled(!has_to_wait, text.error(error.as_deref()));
                    } else {
                        let text = "No passphrase is asked for.";
                        rich_label(ui, Font::Body.text(text).color(Tokens::of(ui).dim));
                    }
                },
                |ui| {
                    let act = ui.add(Button::primary(button).disabled_because(problem.clone())).clicked();
                    let cancel = ui.add(Button::secondary("Cancel")).clicked();
                    (act, cancel)
                },
            );
        let (act, cancel) = answer.footer;
        if problem.is_none() && (act || answer.is_submitted) {
            let typed = is_asked.then(|| Passphrase::new(std::mem::take(&mut *self.typed.duplicate())));
            self.wrong = None;
            let command = Command::Access(AccessCommand::SignIn(self.who, typed));
            actions.push(Action::Do(command, After::default().closing()));
        } else if cancel || answer.should_close {
            forget_typed(ctx, field);
            actions.push(Action::CloseDialog);
        }
    }
}
