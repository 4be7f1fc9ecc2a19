//! Who may do what in a vault (S3, S6, §6).

mod assignments;
mod matrix;

pub(in crate::ui) use self::{assignments::remove as remove_role, matrix::count};

use std::sync::Arc;

use egui::{Sides, Ui};

use crate::{
    domain::{AccessModel, Operation, Target, Vault, action::Plane},
    ui::{
        action::Action,
        dialogs::{access_model::ChangeModel, assign_role::AssignRole, policy::EditPolicy},
        scene::{AccessPart, Page, Scene},
        theme::{Font, Tokens, size, space},
        widgets::Segmented,
    },
};

/// Below this width, what is said of purge has a line of its own.
const NARROW: f32 = 860.0;

/// Draws it.
pub(in crate::ui) fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    vault: &Arc<Vault>,
    page: &mut Page,
    actions: &mut Vec<Action>,
) {
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.add_space(space::M);
    toolbar(ui, scene, vault, page, actions);
    ui.add_space(space::S);
    match page.access.part {
        AccessPart::Assignments => assignments::show(ui, scene, vault, &mut page.access, actions),
        AccessPart::Matrix(plane) => matrix::show(ui, scene, vault, plane, &mut page.access, actions),
    }
}

/// The dialog that grants something here: a policy where they count for what is shown, a role otherwise.
pub(in crate::ui) fn grant(vault: &Vault, page: &Page) -> Action {
    let name = vault.name().clone();
    if grants_policies(vault, page) {
        Action::Open(Box::new(EditPolicy::grant(name)))
    } else {
        Action::Open(Box::new(AssignRole::within(name, None)))
    }
}

/// Why nothing can be granted here.
pub(in crate::ui) fn why_not_grant(scene: &Scene<'_>, vault: &Vault, page: &Page) -> Option<String> {
    let operation =
        if grants_policies(vault, page) { Operation::VaultAccessPolicySet } else { Operation::RoleAssignmentPut };
    scene.why_not(operation, &Target::Vault(vault.name().clone()))
}

fn grants_policies(vault: &Vault, page: &Page) -> bool {
    let shows_roles = matches!(page.access.part, AccessPart::Assignments | AccessPart::Matrix(Plane::Control));
    vault.access.model == AccessModel::Policies && !shows_roles
}

fn toolbar(ui: &mut Ui, scene: &Scene<'_>, vault: &Vault, page: &mut Page, actions: &mut Vec<Action>) {
    let room = ui.max_rect().shrink2(egui::vec2(space::XL, 0.0));
    let is_narrow = room.width() < NARROW;
    let line = room.with_min_y(ui.cursor().top()).with_max_y(ui.cursor().top() + size::FIELD);
    let purge = matrix::purge_line(scene, vault, page.access.part);
    let purge = |ui: &mut Ui| ui.label(Font::Body.text(&purge).color(Tokens::of(ui).dim));
    ui.scope_builder(egui::UiBuilder::new().max_rect(line), |ui| {
        Sides::new().height(size::FIELD).show(
            ui,
            |ui| {
                model(ui, scene, vault, actions);
                let parts = [
                    (AccessPart::Matrix(Plane::Secrets), "Secrets"),
                    (AccessPart::Matrix(Plane::Keys), "Keys"),
                    (AccessPart::Matrix(Plane::Certificates), "Certificates"),
                    (AccessPart::Matrix(Plane::Control), "Vault"),
                    (AccessPart::Assignments, "Assignments"),
                ];
                Segmented::new("About", &mut page.access.part, &parts).show(ui);
            },
            |ui| {
                if !is_narrow {
                    purge(ui);
                }
            },
        );
    });
    if is_narrow {
        ui.add_space(space::S);
        ui.horizontal(|ui| {
            ui.add_space(space::XL);
            purge(ui);
        });
    }
}

/// By what the vault decides; another choice is confirmed first.
fn model(ui: &mut Ui, scene: &Scene<'_>, vault: &Vault, actions: &mut Vec<Action>) {
    let why = scene.why_not(Operation::VaultAccessModelSet, &Target::Vault(vault.name().clone()));
    let mut model = vault.access.model;
    let choices = [AccessModel::Policies, AccessModel::Roles].map(|model| (model, model.title()));
    let choice = Segmented::new("Decided by", &mut model, &choices).disabled_because(why);
    if choice.show(ui).changed() {
        actions.push(Action::Open(Box::new(ChangeModel::new(vault.name().clone(), model))));
    }
}
