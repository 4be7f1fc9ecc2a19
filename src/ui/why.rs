//! "Why can't I?": from a sentence that refuses, to where it is decided who may do what.
//!
//! Controls and messages carry a sentence and nothing more. Where a grant is missing, what it is about is kept here by that
//! sentence, so that every one of them can offer the way without knowing of grants.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use egui::{Context, Id, Ui};

use super::widgets;
use crate::domain::{Caller, IdentityId, Refusal, Target, VaultName, action::Plane, permission::Family};

/// What stands on the link.
pub const WHY: &str = "Why can't I?";

/// Which grant somebody misses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// One in a vault, or on things in it.
    InVault(IdentityId, VaultName, Plane),
    /// A role that holds everywhere.
    Everywhere(IdentityId),
    /// None: they have not proven to be who they say.
    SignIn(IdentityId),
}

impl Question {
    /// What `refusal` leaves open; `None`: it has nothing to do with grants.
    pub(super) fn behind(refusal: &Refusal, caller: &Caller, target: &Target) -> Option<Self> {
        let id = caller.id?;
        let plane = match refusal {
            Refusal::PermissionMissing { permission, .. } => plane_of(permission.family()),
            Refusal::ActionMissing { action, .. } => action.plane(),
            Refusal::NotSignedIn { .. } => return Some(Self::SignIn(id)),
            _ => return None,
        };
        let vault = target.vault().cloned();
        Some(vault.map_or(Self::Everywhere(id), |vault| Self::InVault(id, vault, plane)))
    }
}

/// What a family of permissions is about, in the words of roles; accounts have none of their own.
const fn plane_of(family: Family) -> Plane {
    match family {
        Family::Secrets | Family::Storage => Plane::Secrets,
        Family::Keys => Plane::Keys,
        Family::Certificates => Plane::Certificates,
    }
}

/// The questions behind the sentences that were said. Clones are the same questions.
#[derive(Clone, Default)]
pub struct Questions(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    behind: BTreeMap<String, Question>,
    asked: Option<Question>,
}

impl Questions {
    /// Keeps what a sentence leaves open.
    pub(super) fn keep(&self, sentence: &str, question: Question) {
        self.known().behind.insert(sentence.to_owned(), question);
    }

    /// What a sentence leaves open, if it is about a missing grant.
    pub(super) fn behind(&self, sentence: &str) -> Option<Question> {
        self.known().behind.get(sentence).cloned()
    }

    /// What was asked since this was called last.
    pub(super) fn take_asked(&self) -> Option<Question> {
        self.known().asked.take()
    }

    /// Forgets everything, as when the store is locked.
    pub(super) fn clear(&self) {
        *self.known() = Known::default();
    }

    /// Lets the widgets of `ctx` find them.
    pub(super) fn put_on(&self, ctx: &Context) {
        ctx.data_mut(|data| data.insert_temp(place(), self.clone()));
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn place() -> Id {
    Id::unique("questions behind sentences")
}

/// The link that leads to where the grant is missing; nothing where the sentence is about something else.
pub(super) fn link(ui: &mut Ui, sentence: &str) {
    let Some(questions) = ui.data(|data| data.get_temp::<Questions>(place())) else { return };
    let Some(question) = questions.behind(sentence) else { return };
    if widgets::link(ui, WHY).clicked() {
        questions.known().asked = Some(question);
        ui.ctx().request_repaint();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Operation, World};

    #[test]
    fn only_a_missing_grant_leaves_a_question() {
        let caller = Caller::developer();
        let world = World::default();
        let target = Target::Subscription;
        let refusal = world.permits(&caller, Operation::VaultPurge, &target).unwrap_err();
        let question = Question::behind(&refusal, &caller, &target);
        assert_eq!(question, Some(Question::Everywhere(IdentityId::DEVELOPER)));
        assert_eq!(Question::behind(&Refusal::LastManager, &caller, &target), None);
    }

    #[test]
    fn a_question_is_found_by_its_sentence_and_asked_once() {
        let questions = Questions::default();
        questions.keep("No", Question::SignIn(IdentityId::DEVELOPER));
        let ctx = Context::default();
        questions.put_on(&ctx);
        let of_window = ctx.data(|data| data.get_temp::<Questions>(place())).unwrap();
        assert!(of_window.behind("No").is_some() && of_window.behind("Yes").is_none());
        questions.known().asked = Some(Question::SignIn(IdentityId::DEVELOPER));
        assert!(questions.take_asked().is_some() && questions.take_asked().is_none());
        questions.clear();
        assert!(of_window.behind("No").is_none());
    }
}
