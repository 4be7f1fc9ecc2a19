//! The region_bar.

use egui::Ui;

use crate::ui::{action::Action, scene::Scene};

/// Draws it.
pub(in crate::ui) fn show(_ui: &mut Ui, _scene: &Scene<'_>, _actions: &mut Vec<Action>) {}
