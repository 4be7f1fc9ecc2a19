//! The keys of a vault.

use std::sync::Arc;

use egui::{Response, Ui};

use super::{
    key_details, key_menu,
    list::{self, Paged},
};
use crate::{
    domain::{Key, KeyOperation, Operation, Target, Vault},
    ui::{
        action::Action,
        dialogs::{key::CreateKey, key_import::ImportKey},
        icons::Icon,
        listing::Column,
        scene::{Page, Scene},
        theme::{Font, Tokens, size},
        widgets::{Button, EmptyState, TableRow},
        words,
    },
};

impl Paged for Key {
    const TITLE: &'static str = "Keys";
    const DETAILS: f32 = size::DETAILS_WIDE;
    const SEARCHED: &'static str = "Names, types and tags were searched.";

    fn columns(width: f32) -> &'static [Column] {
        use Column::{Expires, Name, Operations, Protection, Rotates, Status, Type, Versions};
        match width {
            980.0.. => &[Name, Type, Protection, Status, Operations, Rotates, Expires, Versions],
            860.0.. => &[Name, Type, Protection, Status, Rotates, Expires, Versions],
            700.0.. => &[Name, Type, Status, Rotates, Expires, Versions],
            600.0.. => &[Name, Type, Status, Rotates, Versions],
            500.0.. => &[Name, Type, Status, Rotates],
            380.0.. => &[Name, Type, Status],
            _ => &[Name, Status],
        }
    }

    fn own_cell(&self, row: &mut TableRow<'_>, scene: &Scene<'_>, column: Column) {
        let current = self.current();
        match column {
            Column::Type => row.text(&current.kind.to_string()),
            Column::Protection => row.text(current.kind.protection().title()),
            Column::Operations => {
                let permitted: Vec<_> = current.operations.iter().map(KeyOperation::title).collect();
                let all = current.kind.supported_operations().len();
                let text = match permitted.len() {
                    0 => "none".to_owned(),
                    count if count == all => format!("all {all}"),
                    count => format!("{count} of {all}"),
                };
                row.cell(|ui| ui.label(Font::Body.text(text).color(Tokens::of(ui).dim))).on_hover_text(
                    if permitted.is_empty() { "Nothing is permitted".into() } else { permitted.join(", ") },
                );
            }
            _ => match self.next_rotation() {
                Some(at) => list::date(row, scene.zone, &words::within(scene.now, at), at),
                None => row.text("—"),
            },
        }
    }

    fn menu(&self, row: &Response, scene: &Scene<'_>, vault: &Vault, actions: &mut Vec<Action>) {
        key_menu::show(row, scene, vault, self, actions);
    }

    fn details(
        self: &Arc<Self>,
        ui: &mut Ui,
        scene: &Scene<'_>,
        vault: &Arc<Vault>,
        page: &mut Page,
        actions: &mut Vec<Action>,
    ) {
        key_details::show(ui, scene, vault, self, page, actions);
    }

    fn none_yet(ui: &mut Ui, scene: &Scene<'_>, vault: &Vault, actions: &mut Vec<Action>) {
        let target = Target::Vault(vault.name().clone());
        let text = "Keys that encrypt, wrap and sign without ever leaving the vault: RSA, elliptic curves and AES.";
        let why_not = scene.why_not(Operation::KeyCreate, &target);
        let begin = Button::primary("New key").icon(Icon::PLUS).disabled_because(why_not);
        let why_not = scene.why_not(Operation::KeyImport, &target);
        let (is_new, is_import) =
            EmptyState::new(Icon::FILE_KEY, "No keys yet", text).button(begin).show_with(ui, |ui| {
                ui.add(Button::ghost("Import…").icon(Icon::IMPORT).disabled_because(why_not)).clicked()
            });
        if is_new {
            actions.push(Action::Open(Box::new(CreateKey::new(vault.name().clone()))));
        }
        if is_import {
            actions.push(Action::Open(Box::new(ImportKey::new(vault.name().clone()))));
        }
    }
}
