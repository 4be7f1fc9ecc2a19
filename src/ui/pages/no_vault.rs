//! When there is no vault yet.

use egui::Ui;

use crate::{
    domain::{Operation, Target},
    ui::{
        action::Action,
        command::UiCommand,
        commands::actions_for,
        icons::Icon,
        scene::{Page, Scene},
        widgets::{Button, EmptyState},
    },
};

/// Draws it.
pub(in crate::ui) fn show(ui: &mut Ui, scene: &Scene<'_>, page: &Page, actions: &mut Vec<Action>) {
    let why = scene.why_not(Operation::VaultPut, &Target::Subscription);
    let button = Button::primary("New vault").icon(Icon::PLUS).disabled_because(why);
    let text = "A vault holds secrets, lives in a region and decides how long deleted things are kept.";
    if EmptyState::new(Icon::VAULT, "No vaults yet", text).button(button).show(ui) {
        actions.extend(actions_for(UiCommand::NewVault, scene, page).unwrap_or_default());
    }
}
