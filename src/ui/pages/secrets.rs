//! The secrets of a vault.

use std::sync::Arc;

use egui::{Response, Ui};

use super::{details, list::Paged, secret_menu};
use crate::{
    domain::{Operation, Secret, Target, Vault},
    ui::{
        action::Action,
        dialogs::{import::Import, secret::SecretDialog},
        icons::Icon,
        listing::Column,
        scene::{Page, Scene},
        theme::size,
        widgets::{Button, EmptyState},
    },
};

impl Paged for Secret {
    const TITLE: &'static str = "Secrets";
    const DETAILS: f32 = size::DETAILS;
    const SEARCHED: &'static str = "Names, content types and tags were searched.";

    fn columns(width: f32) -> &'static [Column] {
        match width {
            640.0.. => &[Column::Name, Column::Status, Column::Expires, Column::Updated, Column::Versions],
            520.0.. => &[Column::Name, Column::Status, Column::Expires, Column::Updated],
            410.0.. => &[Column::Name, Column::Status, Column::Updated],
            _ => &[Column::Name, Column::Status],
        }
    }

    fn menu(&self, row: &Response, scene: &Scene<'_>, vault: &Vault, actions: &mut Vec<Action>) {
        secret_menu::show(row, scene, vault, self, actions);
    }

    fn details(
        self: &Arc<Self>,
        ui: &mut Ui,
        scene: &Scene<'_>,
        vault: &Arc<Vault>,
        page: &mut Page,
        actions: &mut Vec<Action>,
    ) {
        details::show(ui, scene, vault, self, page, actions);
    }

    fn none_yet(ui: &mut Ui, scene: &Scene<'_>, vault: &Vault, actions: &mut Vec<Action>) {
        let why_not = scene.why_not(Operation::SecretSet, &Target::Vault(vault.name().clone()));
        let text = "Passwords, tokens, connection strings: up to 25 KB each, with every version kept.";
        let begin = Button::primary("New secret").icon(Icon::PLUS).disabled_because(why_not.clone());
        let (is_new, is_import) =
            EmptyState::new(Icon::KEY, "No secrets yet", text).button(begin).show_with(ui, |ui| {
                ui.add(Button::ghost("Import…").icon(Icon::IMPORT).disabled_because(why_not)).clicked()
            });
        if is_new {
            actions.push(Action::Open(Box::new(SecretDialog::new_secret(vault.name().clone()))));
        }
        if is_import {
            actions.push(Action::Open(Box::new(Import::new(vault.name().clone()))));
        }
    }
}
