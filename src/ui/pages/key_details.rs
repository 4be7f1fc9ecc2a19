//! The details of a key beside the table: what it is and may do, its versions, when it rotates.

use std::sync::Arc;

use egui::{Sides, Ui};

use super::{
    key_menu, list,
    panel::{self, Line},
};
use crate::{
    domain::{
        Key, KeyProtection, KeyVersion, Operation, PublicJwk, Target, Timestamp, Vault, VersionId, key::KeyPatch,
        properties::Enabled, rotation::Trigger, secret::Standing, soft_delete::Kind,
    },
    service::key::public_pem,
    ui::{
        action::{Action, Toast},
        dialogs::{
            backup::Backup, delete_key::DeleteKey, edit::Edit, rotate::RotateKey, rotation::EditRotation,
            save_public::SavePublic,
        },
        icons::Icon,
        permitted,
        scene::{KeyPart, Page, Scene},
        theme::{Font, Tokens, Tone, size, space},
        widgets::{Badge, Button, IconButton, KeyValue, Segmented, key_value, rich_label},
        words, workbench,
    },
};

/// Draws the details of `key` into all the room there is.
pub(super) fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    vault: &Arc<Vault>,
    key: &Arc<Key>,
    page: &mut Page,
    actions: &mut Vec<Action>,
) {
    const PARTS: [(KeyPart, &str); 4] = [
        (KeyPart::Details, "Details"),
        (KeyPart::Versions, "Versions"),
        (KeyPart::Rotation, "Rotation"),
        (KeyPart::Workbench, "Try it"),
    ];
    let opened = page.version.and_then(|id| key.version(Some(id))).filter(|version| version.id != key.current().id);
    let shown =
        Shown { scene, vault, key, version: opened.unwrap_or_else(|| key.current()), is_opened: opened.is_some() };
    let lent = &mut *actions;
    let kind = shown.version.kind.to_string();
    let is_closed = panel::show(
        ui,
        key.name(),
        Some(&kind),
        |ui| {
            Segmented::new("Part", &mut page.key_part, &PARTS).show(ui);
            ui.add_space(space::XS);
            match page.key_part {
                KeyPart::Details => shown.details(ui, lent),
                KeyPart::Versions => shown.versions(ui, page),
                KeyPart::Rotation => shown.rotation(ui, lent),
                KeyPart::Workbench => workbench::show(ui, scene, vault, key, &mut page.workbench, lent),
            }
            ui.add_space(space::M);
            lent
        },
        |ui, actions| shown.buttons(ui, actions),
    );
    if is_closed {
        actions.push(Action::Select(None));
    }
}

/// What is shown: a key, by its current version or by another that was opened.
struct Shown<'a> {
    scene: &'a Scene<'a>,
    vault: &'a Vault,
    key: &'a Key,
    version: &'a KeyVersion,
    is_opened: bool,
}

impl Shown<'_> {
    fn why_not(&self, operation: Operation) -> Option<String> {
        self.scene.why_not(operation, &Target::Object(self.vault.name().clone(), self.key.name().clone()))
    }

    fn opened_id(&self) -> Option<VersionId> {
        self.is_opened.then_some(self.version.id)
    }

    fn details(&self, ui: &mut Ui, actions: &mut Vec<Action>) {
        self.attributes(ui, actions);
        ui.add_space(space::XS);
        ui.label(Font::Body.text("Permitted operations").color(Tokens::of(ui).dim));
        let why_not = self.why_not(Operation::KeyUpdate);
        if let Some(operations) = permitted::show(ui, self.version.kind, &self.version.operations, why_not.as_ref()) {
            let patch = KeyPatch { operations: Some(operations), ..KeyPatch::default() };
            actions.push(key_menu::change(self.vault, self.key.name(), self.opened_id(), patch, "changed"));
        }
        ui.add_space(space::XS);
        panel::tags(ui, &self.version.tags, why_not, || {
            let edit = Edit::key(self.scene, self.vault.name().clone(), self.key, self.opened_id());
            actions.push(Action::Open(Box::new(edit)));
        });
        ui.add_space(space::XS);
        self.public(ui, actions);
    }

    fn attributes(&self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let Self { scene, vault, key, version, .. } = self;
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            if self.is_opened {
                KeyValue::new("Version").show(ui, |ui| {
                    ui.label(Font::Mono.text(version.id.short()).color(Tokens::of(ui).text))
                        .on_hover_text(version.id.to_string());
                    ui.label(Font::Secondary.text("not current").color(Tokens::of(ui).dim));
                });
            }
            KeyValue::new("Status").show(ui, |ui| {
                let (tone, text) = match version.standing(scene.now) {
                    Standing::Expired { .. } => (Tone::Danger, "Expired – decrypts and verifies".to_owned()),
                    standing => list::status(scene.now, standing),
                };
                ui.add(Badge::new(tone, text));
                let word = if version.enabled == Enabled::Yes { "Disable" } else { "Enable" };
                if panel::word(ui, word, self.why_not(Operation::KeyUpdate)) {
                    actions.push(key_menu::switch(vault, key.name(), self.opened_id(), version));
                }
            });
            let protection = version.kind.protection();
            let kind = match protection {
                KeyProtection::Software => version.kind.to_string(),
                KeyProtection::SimulatedHsm => format!("{} ({})", version.kind, version.kind.kty()),
            };
            key_value(ui, "Type", Some(&kind));
            let response = key_value(ui, "Protection", Some(protection.title()));
            if protection == KeyProtection::SimulatedHsm {
                response.on_hover_text(words::SIMULATED_HSM);
            }
            panel::date(ui, scene.zone, "Activates", version.validity.not_before());
            panel::date(ui, scene.zone, "Expires", version.validity.expires());
            panel::date(ui, scene.zone, "Created", Some(version.created));
            panel::date(ui, scene.zone, "Updated", Some(version.updated));
            let level = vault.head.recovery_level(scene.view.world.protection);
            key_value(ui, "Recovery level", Some(level.text())).on_hover_text(level.text());
        });
    }

    /// The part that anybody may know, to be copied and saved.
    fn public(&self, ui: &mut Ui, actions: &mut Vec<Action>) {
        ui.label(Font::Body.text("Public key").color(Tokens::of(ui).dim));
        let Some(part) = self.version.public.as_deref() else {
            let says = "An AES key has no public part: nothing of it ever leaves the vault.";
            rich_label(ui, Font::Body.text(says).color(Tokens::of(ui).dim));
            return;
        };
        let why_not = self.why_not(Operation::KeyGet);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            let button = Button::secondary("Copy PEM").icon(Icon::COPY).small();
            if ui.add(button.disabled_because(why_not.as_ref())).clicked() {
                actions.push(match public_pem(part) {
                    Ok(text) => Action::CopyText(text),
                    Err(_) => Action::Toast(Toast::bad("The public key could not be written as PEM")),
                });
            }
            let button = Button::secondary("Copy JWK").icon(Icon::COPY).small();
            if ui.add(button.disabled_because(why_not.as_ref())).clicked() {
                let jwk = PublicJwk { kid: None, kind: self.version.kind, operations: None, part: Some(part) };
                actions.push(Action::CopyText(jwk.text()));
            }
            let button = Button::secondary("Save…").icon(Icon::SAVE).small();
            if ui.add(button.disabled_because(why_not.as_ref())).clicked() {
                let (vault, name) = (self.vault.name().clone(), self.key.name().clone());
                actions.push(Action::Open(Box::new(SavePublic::new(vault, name, self.opened_id()))));
            }
        });
    }

    fn versions(&self, ui: &mut Ui, page: &mut Page) {
        let current = self.key.current();
        let line = |version: &KeyVersion| Line {
            id: version.id,
            created: version.created,
            standing: version.standing(self.scene.now),
            note: (version.kind != current.kind).then(|| version.kind.to_string()),
        };
        panel::versions(ui, self.scene, (self.key.versions(), current.id), page, line);
        let says = "What an older version encrypted it still decrypts, as long as it is enabled.";
        rich_label(ui, Font::Secondary.text(says).color(Tokens::of(ui).dim));
    }

    /// What the policy says, and when it does so next.
    fn rotation(&self, ui: &mut Ui, actions: &mut Vec<Action>) {
        const NAMES: f32 = size::KEY_COLUMN;
        let (policy, scene) = (self.key.policy(), self.scene);
        let line = |ui: &mut Ui, name: &str, says: &str, at: Option<Timestamp>| {
            KeyValue::new(name).column(NAMES).show(ui, |ui| {
                ui.label(Font::Body.text(says).color(Tokens::of(ui).text));
            });
            let Some(at) = at else { return };
            KeyValue::new("").column(NAMES).show(ui, |ui| {
                let when = format!("next {}, {}", words::within(scene.now, at), scene.zone.date(at));
                ui.label(Font::Secondary.text(when).color(Tokens::of(ui).dim))
                    .on_hover_text(words::exact(scene.zone, at));
            });
            if let Some(change) = words::until_expiry_changes(scene.now, at) {
                ui.ctx().request_repaint_after(change);
            }
        };
        let trigger = |trigger: Option<Trigger>| trigger.map_or_else(|| "never by itself".into(), words::trigger);
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            line(ui, "Rotates", &trigger(policy.rotate), self.key.next_rotation());
            let notice = policy.notify.map_or_else(|| "never".into(), words::trigger);
            line(ui, "Gives notice", &notice, self.key.next_notice());
            let valid = policy.expiry.map_or_else(
                || "are valid for ever".into(),
                |expiry| format!("are valid for {}", words::period(expiry)),
            );
            line(ui, "New versions", &valid, None);
            panel::date(ui, scene.zone, "Expires", self.key.current().validity.expires());
        });
        if self.key.rotation().is_none() {
            let says = "Nobody set a policy for this key; this is what holds without one.";
            rich_label(ui, Font::Secondary.text(says).color(Tokens::of(ui).dim));
        }
        ui.add_space(space::XS);
        let button = Button::secondary("Edit policy…").icon(Icon::PENCIL).small();
        if ui.add(button.disabled_because(self.why_not(Operation::KeyRotationPolicySet))).clicked() {
            actions.push(Action::Open(Box::new(EditRotation::new(self.vault.name().clone(), self.key))));
        }
    }

    fn buttons(&self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let (vault, name) = (self.vault.name(), self.key.name());
        let ((is_rotation, is_backup), is_delete) = Sides::new().height(size::BUTTON).show(
            ui,
            |ui| {
                let button = Button::secondary("Rotate").icon(Icon::REFRESH).shortcut("Ctrl E");
                let is_rotation = ui.add(button.disabled_because(self.why_not(Operation::KeyRotate))).clicked();
                let button = Button::secondary("Backup").icon(Icon::DOWNLOAD);
                let why_not = self.why_not(Operation::KeyBackup);
                (is_rotation, ui.add(button.disabled_because(why_not)).clicked())
            },
            |ui| {
                let button = IconButton::new(Icon::TRASH, "Delete").framed().tone(Tone::Danger).shortcut("Del");
                ui.add(button.disabled_because(self.why_not(Operation::KeyDelete))).clicked()
            },
        );
        if is_rotation {
            actions.push(Action::Open(Box::new(RotateKey::new(vault.clone(), name.clone()))));
        }
        if is_backup {
            actions.push(Action::Open(Box::new(Backup::new(vault.clone(), name.clone(), Kind::Key))));
        }
        if is_delete {
            actions.push(Action::Open(Box::new(DeleteKey::new(vault.clone(), name.clone()))));
        }
    }
}
