//! As whom the person acts, and the way to what they may not do.

use egui::Context;

use super::{App, Phase};
use crate::{
    domain::{Caller, Identity, IdentityId, Refusal, Target, caller::SignedIn, identity::Proof},
    service::{AccessCommand, Command, Request, View},
    ui::{
        action::{After, Toast},
        dialogs::sign_in::SignIn,
        route::{Route, Tab},
        scene::{AccessPage, AccessPart},
        why::Question,
    },
};

impl App {
    /// Begins as the Developer, or as anybody from whom no proof is asked. Where there is no such identity, somebody has to prove who
    /// they are first.
    pub(super) fn begin_as_somebody(&mut self, view: &View) {
        let directory = &view.world.directory;
        let all = directory.all();
        let can_act = || all.iter().filter(|identity| identity.can_act());
        let is_open = |identity: &Identity| identity.proof == Proof::None;
        let developer = directory.get(IdentityId::DEVELOPER).filter(|developer| is_open(developer));
        let open = developer.or_else(|| can_act().copied().find(|identity| is_open(identity)));
        self.before = None;
        if let Some(identity) = open.or_else(|| can_act().copied().next()) {
            self.caller = Caller::of(identity, SignedIn::Unproven);
        }
        if open.is_none() {
            let dialog = SignIn::anybody(&view.world, self.caller.id);
            self.open(Box::new(dialog));
        }
    }

    /// Goes by the name that the identity has now; as somebody else when it is gone.
    pub(super) fn stay_somebody(&mut self, ctx: &Context) {
        let Phase::Open(view) = &self.phase else { return };
        let view = std::sync::Arc::clone(view);
        match self.caller.id.and_then(|id| view.world.directory.get(id)) {
            Some(identity) if self.caller.name != identity.name.as_str() => {
                self.caller.name = identity.name.to_string();
            }
            Some(_) => {}
            None => {
                let gone = std::mem::take(&mut self.caller.name);
                self.forget_what_was_seen();
                self.begin_as_somebody(&view);
                let text = format!("{gone} was removed. You act as {} now", self.caller.name);
                self.say(ctx, Toast::note(text));
            }
        }
    }

    /// From now on the person acts as `caller`. The page is listed anew: it is another one who looks at it.
    pub(super) fn act_as(&mut self, caller: Caller) {
        let before = std::mem::replace(&mut self.caller, caller);
        if before.id != self.caller.id {
            self.before = before.id;
            self.forget_what_was_seen();
            self.list(&self.route.clone());
        }
    }

    /// Asks the service to act as an identity, or first for its passphrase.
    pub(super) fn want_to_act_as(&mut self, id: IdentityId) {
        let Some(identity) = self.view().and_then(|view| view.world.directory.get(id)) else { return };
        if identity.proof == Proof::Passphrase {
            let dialog = SignIn::of(identity);
            self.open(Box::new(dialog));
        } else {
            self.forget_what_was_seen();
            let command = Command::Access(AccessCommand::SignIn(id, None));
            self.ask(Request::Do(self.caller.clone(), command), After::default());
        }
    }

    /// As whom the person acted before; at first somebody who may purge where they may not, or the other way round.
    pub(super) fn somebody_else(&self) -> Option<IdentityId> {
        let world = &self.view()?.world;
        let me = self.caller.id?;
        let is_other = |id: &IdentityId| *id != me && world.directory.get(*id).is_some_and(|other| other.can_act());
        if let Some(before) = self.before.filter(is_other) {
            return Some(before);
        }
        let others = world.directory.all();
        let others = || others.iter().filter(|other| is_other(&other.id));
        let may_i = world.can_purge(&self.caller);
        let differs = |other: &&&std::sync::Arc<Identity>| {
            other.proof == Proof::None && world.can_purge(&Caller::of(other, SignedIn::Proven)) != may_i
        };
        others().find(differs).or_else(|| others().next()).map(|other| other.id)
    }

    /// Leads to where it is decided.
    pub(super) fn show_why(&mut self, question: Question) {
        self.drop_dialogs();
        let is_live = |vault| self.view().is_some_and(|view| view.world.vaults.get(vault).is_some());
        match question {
            Question::SignIn(id) => self.want_to_act_as(id),
            Question::InVault(id, vault, plane) if is_live(&vault) => {
                self.go(Route::Vault(vault, Tab::Access));
                self.page.access = AccessPage { part: AccessPart::Matrix(plane), asker: Some(id) };
            }
            Question::InVault(id, ..) | Question::Everywhere(id) => {
                self.go(Route::Identities);
                self.page.identity = Some(id);
            }
        }
    }

    /// A refusal in words, which lead on to why.
    pub(super) fn sentence_of(&self, refusal: &Refusal) -> String {
        let sentence = refusal.sentence(self.zone);
        // What was asked is about what is shown.
        let target = self.route.vault().map_or(Target::Subscription, |vault| Target::Vault(vault.clone()));
        if let Some(question) = Question::behind(refusal, &self.caller, &target) {
            self.questions.keep(&sentence, question);
        }
        sentence
    }

    fn forget_what_was_seen(&mut self) {
        self.forget_workbench();
        self.revealed = None;
    }
}
