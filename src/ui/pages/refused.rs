//! What stands in place of a page that whoever acts may not see.

use egui::Ui;

use crate::{
    domain::{Operation, Target, Vault},
    ui::{icons::Icon, route::Tab, scene::Scene, why, widgets::EmptyState},
};

/// Draws it, where `tab` of `vault` may not be seen; answers whether it did. How a region stands has no say: what was listed is still
/// shown then.
pub(in crate::ui) fn show(ui: &mut Ui, scene: &Scene<'_>, vault: &Vault, tab: Tab) -> bool {
    let target = Target::Vault(vault.name().clone());
    let (title, operations): (&str, &[Operation]) = match tab {
        Tab::Overview => ("The vault is not shown", &[Operation::VaultGet]),
        Tab::Secrets => ("Its secrets are not shown", &[Operation::SecretList]),
        Tab::Keys => ("Its keys are not shown", &[Operation::KeyList]),
        Tab::Deleted => ("Its bin is not shown", &[Operation::SecretListDeleted, Operation::KeyListDeleted]),
        // Who may do what is no secret: it is where "Why can't I?" leads.
        Tab::Access => return false,
    };
    let refused: Option<Vec<_>> = operations.iter().map(|operation| scene.not_granted(*operation, &target)).collect();
    let Some(why) = refused.and_then(|refused| refused.into_iter().next()) else { return false };
    instead(ui, title, &why);
    true
}

/// Says that something is not shown, and why, with the way to where it is decided.
pub(super) fn instead(ui: &mut Ui, title: &str, why: &str) {
    let text = format!("{why}.");
    EmptyState::new(Icon::LOCK, title, &text).show_with(ui, |ui| why::link(ui, why));
}
