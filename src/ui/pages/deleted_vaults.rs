//! The bin for vaults.

use egui::Ui;

use crate::ui::{
    action::Action,
    scene::{Page, Scene},
};

/// Draws it.
pub(in crate::ui) fn show(_ui: &mut Ui, _scene: &Scene<'_>, _page: &mut Page, _actions: &mut Vec<Action>) {}
