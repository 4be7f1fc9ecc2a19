//! The page header.

use std::sync::Arc;

use egui::Ui;

use crate::{
    domain::Vault,
    ui::{action::Action, scene::Scene},
};

/// Draws it.
pub(in crate::ui) fn show(_ui: &mut Ui, _scene: &Scene<'_>, _vault: &Arc<Vault>, _actions: &mut Vec<Action>) {}
