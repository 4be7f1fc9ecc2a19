//! What is asked above the page. Each dialog owns what was typed into it; what it wants, it says with actions.

pub(in crate::ui) mod access_model;
pub(in crate::ui) mod assign_role;
mod attributes;
pub(in crate::ui) mod backup;
pub(in crate::ui) mod check_regions;
pub(in crate::ui) mod delete_key;
pub(in crate::ui) mod delete_vault;
pub(in crate::ui) mod discard;
pub(in crate::ui) mod edit;
pub(in crate::ui) mod export_activity;
mod generate;
pub(in crate::ui) mod identity;
pub(in crate::ui) mod identity_passphrase;
pub(in crate::ui) mod import;
mod import_rows;
pub(in crate::ui) mod keep_activity;
pub(in crate::ui) mod key;
pub(in crate::ui) mod key_import;
pub(in crate::ui) mod move_region;
mod name_field;
pub(in crate::ui) mod new_vault;
pub(in crate::ui) mod outage;
pub(in crate::ui) mod palette;
pub(in crate::ui) mod passphrase;
pub(in crate::ui) mod path_field;
pub(in crate::ui) mod policy;
pub(in crate::ui) mod prices;
pub(in crate::ui) mod protect;
pub(in crate::ui) mod purge;
pub(in crate::ui) mod rebuild_region;
mod region_field;
pub(in crate::ui) mod remove_identity;
pub(in crate::ui) mod restore;
pub(in crate::ui) mod rotate;
pub(in crate::ui) mod rotation;
pub(in crate::ui) mod save_public;
pub(in crate::ui) mod secret;
pub(in crate::ui) mod settings;
pub(in crate::ui) mod shortcuts;
pub(in crate::ui) mod sign_in;
pub(in crate::ui) mod travel;

use std::path::PathBuf;

use egui::Context;

use super::{action::Action, scene::Scene};
use crate::{domain::Refusal, service::Reply};

/// Something shown above everything until it is closed.
pub trait Dialog {
    /// Draws it.
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>);

    /// Takes the answer to a request after which it stays.
    fn answered(&mut self, reply: Reply) {
        drop(reply);
    }

    /// Takes why a request was refused, if it says so itself, at the field that it is about. Whether it does.
    fn refused(&mut self, refusal: &Refusal) -> bool {
        let _ = refusal;
        false
    }

    /// Whether closing it now would lose something that is nowhere else; the window knows whether anything was `typed` into it.
    fn would_lose(&self, typed: Typed) -> bool {
        typed == Typed::Something
    }

    /// Whether it asks whether something may be lost: nothing else is asked above it.
    fn is_question(&self) -> bool {
        false
    }

    /// Takes a path that the person picked.
    fn picked(&mut self, path: PathBuf) {
        drop(path);
    }
}

/// Whether anything was typed or pasted into the fields of a dialog since it opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Typed {
    /// Nothing was.
    #[default]
    Nothing,
    /// Something was.
    Something,
}

/// How a dialog's request stands.
#[derive(Clone, Debug, Default)]
pub enum Waiting {
    /// Nothing was asked, or it was answered.
    #[default]
    Idle,
    /// It is being done; how far, where that is known.
    Busy(Option<f32>),
    /// It was not done, and why.
    Failed(String),
}

impl Waiting {
    /// Why the last request was not done.
    pub fn error(&self) -> Option<&str> {
        match self {
            Self::Failed(why) => Some(why),
            Self::Idle | Self::Busy(_) => None,
        }
    }

    /// Whether something is being done.
    pub const fn is_busy(&self) -> bool {
        matches!(self, Self::Busy(_))
    }
}
