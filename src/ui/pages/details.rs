//! The details beside the table.

use std::{sync::Arc, time::Duration};

use egui::{Event, Id, Role, ScrollArea, Sense, Sides, TextEdit, Ui, WidgetInfo};
use zeroize::Zeroizing;

use super::{
    list,
    panel::{self, Line},
    secret_menu,
};
use crate::{
    domain::{
        Operation, Secret, SecretValue, SecretVersion, Target, Vault, VersionId,
        properties::{ContentType, Enabled},
        secret::Standing,
        soft_delete::Kind,
    },
    ui::{
        action::Action,
        dialogs::{backup::Backup, edit::Edit, secret::SecretDialog},
        icons::Icon,
        scene::{Page, Revealed, Scene},
        theme::{Font, Tokens, Tone, size, space},
        widgets::{
            Badge, Button, Card, CopyButton, IconButton, KeyValue, copy_note, forget_typed, keep_copied, key_value,
        },
    },
};

/// As many dots for every value: a mask tells nothing, not even the length.
const MASK: &str = "••••••••••••••••••••••••";

/// Draws the details of `secret` into all the room there is.
pub(super) fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    vault: &Arc<Vault>,
    secret: &Arc<Secret>,
    page: &mut Page,
    actions: &mut Vec<Action>,
) {
    let opened =
        page.version.and_then(|id| secret.version(Some(id))).filter(|version| version.id != secret.current().id);
    let shown = Shown { scene, vault, secret, version: opened.unwrap_or_else(|| secret.current()), opened };
    let lent = &mut *actions;
    let is_closed = panel::show(
        ui,
        secret.name(),
        None,
        |ui| {
            shown.value_card(ui, lent);
            ui.add_space(space::XS);
            shown.attributes(ui, lent);
            ui.add_space(space::XS);
            panel::tags(ui, &shown.version.tags, shown.why_not(Operation::SecretUpdate), || {
                lent.push(Action::Open(Box::new(shown.edit())));
            });
            ui.add_space(space::XS);
            let current = secret.current().id;
            panel::versions(ui, scene, (secret.versions(), current), page, |version: &SecretVersion| Line {
                id: version.id,
                created: version.created,
                standing: version.standing(scene.now),
                note: None,
            });
            ui.add_space(space::M);
            lent
        },
        |ui, actions| shown.buttons(ui, actions),
    );
    if is_closed {
        actions.push(Action::Select(None));
    }
}

/// What is shown: a secret, by its current version or by another that was opened.
struct Shown<'a> {
    scene: &'a Scene<'a>,
    vault: &'a Vault,
    secret: &'a Secret,
    version: &'a SecretVersion,
    opened: Option<&'a SecretVersion>,
}

impl Shown<'_> {
    fn target(&self) -> Target {
        Target::Object(self.vault.name().clone(), self.secret.name().clone())
    }

    fn why_not(&self, operation: Operation) -> Option<String> {
        self.scene.why_not(operation, &self.target())
    }

    /// Why the value of the shown version cannot be read.
    fn why_no_value(&self) -> Option<String> {
        let Scene { view, caller, now, zone, .. } = self.scene;
        let admitted = view.world.admit(caller, Operation::SecretGet, &self.target(), *now);
        let readable = || self.vault.readable_version(self.secret.name(), Some(self.version.id)).map(drop);
        admitted.and_then(|()| readable()).err().map(|refusal| refusal.sentence(*zone))
    }

    fn opened_id(&self) -> Option<VersionId> {
        self.opened.map(|version| version.id)
    }

    fn value_card(&self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let (vault, name) = (self.vault.name(), self.secret.name());
        let is_this = |revealed: &&Revealed| {
            revealed.vault == *vault && revealed.name == *name && revealed.version == self.version.id
        };
        let revealed = self.scene.revealed.filter(is_this);
        let copied = self.scene.copied.filter(|copied| copied.vault == vault && copied.name == name);
        let ring = copied.map(|copied| copied.ring());
        let why_not = self.why_no_value();
        Card::new().sunken().show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = space::XS;
            Sides::new().height(size::BUTTON_SMALL).show(
                ui,
                |ui| ui.label(Font::Body.text("Value").color(Tokens::of(ui).dim)),
                |ui| {
                    ui.spacing_mut().item_spacing.x = space::XS;
                    if ui.add(CopyButton::new(ring).disabled_because(why_not.clone())).clicked() {
                        actions.push(Action::CopyValue(vault.clone(), name.clone(), self.opened_id()));
                    }
                    if revealed.is_some() {
                        if ui.add(Button::ghost("Hide").icon(Icon::EYE_OFF).small().shortcut("Ctrl R")).clicked() {
                            actions.push(Action::Hide);
                        }
                    } else {
                        let button = Button::ghost("Reveal").icon(Icon::EYE).small().shortcut("Ctrl R");
                        if ui.add(button.disabled_because(why_not.clone())).clicked() {
                            actions.push(Action::Reveal(vault.clone(), name.clone(), self.opened_id()));
                        }
                    }
                },
            );
            match revealed {
                Some(revealed) => Self::readable(ui, revealed, actions),
                None => mask(ui),
            }
            copy_note(ui, self.scene.reach);
        });
    }

    /// The value itself: it can be selected, and what is copied of it is cleared from the clipboard like the whole.
    fn readable(ui: &mut Ui, revealed: &Revealed, actions: &mut Vec<Action>) {
        const TALLEST: f32 = 168.0;
        let t = Tokens::of(ui);
        let mut text = revealed.value.expose();
        if text.is_empty() {
            ui.label(Font::Body.text("The value is empty").color(t.dim));
        } else {
            let id = ui.make_persistent_id(("revealed", revealed.version.as_bytes()));
            take_copies(ui, id, revealed, actions);
            let area = ScrollArea::vertical().id_salt(id).max_height(TALLEST).auto_shrink([false, true]);
            area.show(ui, |ui| {
                let edit = TextEdit::multiline(&mut text)
                    .id(id)
                    .frame(egui::Frame::NONE)
                    .font(Font::Mono.id())
                    .text_color(t.text)
                    .desired_rows(1)
                    .desired_width(ui.available_width());
                keep_copied(ui, |ui| edit.show(ui).response.response.accessible_name("Value"));
                forget_typed(ui.ctx(), id);
            });
        }
        let left = (revealed.until - ui.input(|input| input.time)).max(0.0);
        ui.ctx().request_repaint_after(Duration::from_secs_f64(left % 1.0 + 0.01));
        let lines = revealed.value.expose().lines().count();
        let extent = if lines > 1 { format!("{lines} lines. ") } else { String::new() };
        let says = format!("{extent}Hidden again in {} s", left.ceil());
        ui.label(Font::Secondary.text(says).color(t.dim));
    }

    fn attributes(&self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let Self { scene, vault, secret, version, .. } = self;
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            if self.opened.is_some() {
                KeyValue::new("Version").show(ui, |ui| {
                    ui.label(Font::Mono.text(version.id.short()).color(Tokens::of(ui).text))
                        .on_hover_text(version.id.to_string());
                    ui.label(Font::Secondary.text("not current").color(Tokens::of(ui).dim));
                });
            }
            KeyValue::new("Status").show(ui, |ui| {
                let (tone, text) = match version.standing(scene.now) {
                    Standing::Expired { .. } => (Tone::Danger, "Expired – still readable".to_owned()),
                    standing => list::status(scene.now, standing),
                };
                ui.add(Badge::new(tone, text));
                let word = if version.enabled == Enabled::Yes { "Disable" } else { "Enable" };
                if panel::word(ui, word, self.why_not(Operation::SecretUpdate)) {
                    actions.push(secret_menu::switch(vault, secret.name(), self.opened_id(), version));
                }
            });
            key_value(ui, "Content type", version.content_type.as_ref().map(ContentType::as_str));
            panel::date(ui, scene.zone, "Activates", version.validity.not_before());
            panel::date(ui, scene.zone, "Expires", version.validity.expires());
            panel::date(ui, scene.zone, "Created", Some(version.created));
            panel::date(ui, scene.zone, "Updated", Some(version.updated));
            let level = vault.head.recovery_level(scene.view.world.protection);
            key_value(ui, "Recovery level", Some(level.text())).on_hover_text(level.text());
            let days = vault.head.retention.get();
            key_value(ui, "Kept deleted", Some(&format!("{days} days")));
        });
    }

    fn edit(&self) -> Edit {
        Edit::secret(self.scene, self.vault.name().clone(), self.secret, self.opened_id())
    }

    fn buttons(&self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let (vault, name) = (self.vault.name(), self.secret.name());
        let ((is_version, is_backup), is_delete) = Sides::new().height(size::BUTTON).show(
            ui,
            |ui| {
                let button = Button::secondary("New version").icon(Icon::PENCIL).shortcut("Ctrl E");
                let is_version = ui.add(button.disabled_because(self.why_not(Operation::SecretSet))).clicked();
                let button = Button::secondary("Backup").icon(Icon::DOWNLOAD);
                let why_not = self.why_not(Operation::SecretBackup);
                (is_version, ui.add(button.disabled_because(why_not)).clicked())
            },
            |ui| {
                let button = IconButton::new(Icon::TRASH, "Delete").framed().tone(Tone::Danger).shortcut("Del");
                ui.add(button.disabled_because(self.why_not(Operation::SecretDelete))).clicked()
            },
        );
        if is_version {
            let dialog = SecretDialog::new_version(vault.clone(), name.clone(), self.secret.current());
            actions.push(Action::Open(Box::new(dialog)));
        }
        if is_backup {
            actions.push(Action::Open(Box::new(Backup::new(vault.clone(), name.clone(), Kind::Secret))));
        }
        if is_delete {
            actions.push(secret_menu::delete(self.scene, self.vault, name));
        }
    }
}

fn mask(ui: &mut Ui) {
    let colour = Tokens::of(ui).text;
    let galley = Font::Mono.layout(ui, MASK, colour, ui.available_width());
    let (rect, response) = ui.allocate_exact_size(galley.size(), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, "The value is hidden"));
    ui.painter().galley(rect.min, galley, colour);
}

/// Takes the desktop's copy keys away from the field, which would leave the value in the clipboard for good (G4).
fn take_copies(ui: &Ui, id: Id, revealed: &Revealed, actions: &mut Vec<Action>) {
    if !ui.memory(|memory| memory.has_focus(id)) {
        return;
    }
    let is_copy = |event: &Event| matches!(event, Event::Copy | Event::Cut);
    let is_asked = ui.input(|input| input.events.iter().any(is_copy));
    if !is_asked {
        return;
    }
    ui.input_mut(|input| input.events.retain(|event| !is_copy(event)));
    let chosen = TextEdit::load_state(ui.ctx(), id).and_then(|state| state.cursor.char_range());
    let part = chosen.filter(|range| !range.is_empty()).map(|range| range.slice_str(revealed.value.expose()));
    let (vault, name) = (revealed.vault.clone(), revealed.name.clone());
    actions.push(match part.map(|part| SecretValue::parse(Zeroizing::new(part.to_owned()))) {
        Some(Ok(part)) => Action::CopyPart(vault, name, part),
        _ => Action::CopyValue(vault, name, Some(revealed.version)),
    });
}
