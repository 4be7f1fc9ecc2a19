//! The details beside the table.

use std::{sync::Arc, time::Duration};

use egui::{
    Align, Event, Id, Label, Layout, Rect, Response, Role, ScrollArea, Sense, Sides, TextEdit, Ui, UiBuilder,
    WidgetInfo, pos2, vec2,
};
use zeroize::Zeroizing;

use super::{secret_menu, secrets};
use crate::{
    domain::{
        Operation, Secret, SecretValue, SecretVersion, Target, Timestamp, Vault, VersionId,
        properties::{ContentType, Enabled},
        secret::Standing,
    },
    ui::{
        action::Action,
        dialogs::{backup::Backup, edit::EditSecret, secret::SecretDialog},
        icons::Icon,
        scene::{Page, Revealed, Scene},
        theme::{Font, Tokens, Tone, size, space},
        widgets::{
            Badge, Button, Card, Chip, CopyButton, CopyRing, IconButton, KeyValue, dot, forget_typed, key_value, link,
            quiet_link, ring,
        },
        words,
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
    const FOOTER: f32 = size::BUTTON + 2.0 * space::L;
    let opened =
        page.version.and_then(|id| secret.version(Some(id))).filter(|version| version.id != secret.current().id);
    let shown = Shown { scene, vault, secret, version: opened.unwrap_or_else(|| secret.current()), opened };
    let room = ui.available_rect_before_wrap().shrink2(vec2(space::L, 0.0));
    let head = Rect::from_min_size(pos2(room.left(), room.top() + space::M), vec2(room.width(), size::BUTTON));
    let foot = room.with_min_y(room.bottom() - FOOTER);
    let body = Rect::from_min_max(pos2(room.left(), head.bottom() + space::S), pos2(room.right(), foot.top()));
    let part = |ui: &mut Ui, rect: Rect, layout: Layout, salt: &str, draw: &mut dyn FnMut(&mut Ui)| {
        ui.scope_builder(UiBuilder::new().max_rect(rect).layout(layout).id_salt(salt), |ui| draw(ui));
    };
    part(ui, head, Layout::left_to_right(Align::Center), "head", &mut |ui| title(ui, secret, actions));
    part(ui, body, Layout::top_down(Align::Min), "body", &mut |ui| {
        // The bar stands in the margin, not over what it scrolls.
        let area = ScrollArea::vertical().auto_shrink([false, false]);
        area.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = space::S;
            shown.value_card(ui, actions);
            ui.add_space(space::XS);
            shown.attributes(ui, actions);
            ui.add_space(space::XS);
            shown.tags(ui, actions);
            ui.add_space(space::XS);
            shown.versions(ui, page);
            ui.add_space(space::M);
        });
    });
    ui.painter().hline(
        foot.left() - space::L..=foot.right() + space::L,
        foot.top() + 0.5,
        egui::Stroke::new(size::LINE, Tokens::of(ui).line),
    );
    part(ui, foot.shrink2(vec2(0.0, space::L)), Layout::left_to_right(Align::Center), "foot", &mut |ui| {
        shown.buttons(ui, actions);
    });
}

fn title(ui: &mut Ui, secret: &Secret, actions: &mut Vec<Action>) {
    Sides::new().height(size::BUTTON).shrink_left().show(
        ui,
        |ui| {
            let text = Font::PanelTitle.text(secret.name().as_str()).color(Tokens::of(ui).text);
            ui.add(Label::new(text).truncate().selectable(true));
        },
        |ui| {
            if ui.add(IconButton::new(Icon::X, "Close details").shortcut("Esc")).clicked() {
                actions.push(Action::Select(None));
            }
        },
    );
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
        let ring = copied.map(|copied| CopyRing {
            fraction_left: copied.fraction_left,
            seconds_left: copied.seconds_left.ceil() as u32,
        });
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
                edit.show(ui).response.response.accessible_name("Value");
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
                    _ => secrets::status(scene.now, version),
                };
                ui.add(Badge::new(tone, text));
                let word = if version.enabled == Enabled::Yes { "Disable" } else { "Enable" };
                match self.why_not(Operation::SecretUpdate) {
                    None => {
                        if quiet_link(ui, word).clicked() {
                            actions.push(secret_menu::switch(vault, secret.name(), self.opened_id(), version));
                        }
                    }
                    Some(why) => {
                        let response = ui.add_enabled_ui(false, |ui| quiet_link(ui, word)).inner;
                        crate::ui::widgets::explain(response, &format!("{word} is not available"), &why);
                    }
                }
            });
            key_value(ui, "Content type", version.content_type.as_ref().map(ContentType::as_str));
            self.date(ui, "Activates", version.validity.not_before());
            self.date(ui, "Expires", version.validity.expires());
            self.date(ui, "Created", Some(version.created));
            self.date(ui, "Updated", Some(version.updated));
            let level = vault.head.recovery_level(scene.view.world.protection);
            key_value(ui, "Recovery level", Some(level.text())).on_hover_text(level.text());
            let days = vault.head.retention.get();
            key_value(ui, "Kept deleted", Some(&format!("{days} days")));
        });
    }

    fn date(&self, ui: &mut Ui, name: &str, moment: Option<Timestamp>) {
        let text = moment.map(|moment| self.scene.zone.date_and_time(moment));
        let response = key_value(ui, name, text.as_deref());
        if let Some(moment) = moment {
            response.on_hover_text(words::exact(self.scene.zone, moment));
        }
    }

    fn tags(&self, ui: &mut Ui, actions: &mut Vec<Action>) {
        ui.label(Font::Body.text("Tags").color(Tokens::of(ui).dim));
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::XS, space::XS);
            for (name, value) in self.version.tags.iter() {
                let text = if value.is_empty() { name.to_owned() } else { format!("{name} = {value}") };
                ui.add(Chip::new(text.as_str())).on_hover_text(&text);
            }
            let add = IconButton::new(Icon::PLUS, "Edit tags…").small().framed().shortcut("F2");
            if ui.add(add.disabled_because(self.why_not(Operation::SecretUpdate))).clicked() {
                actions.push(Action::Open(Box::new(self.edit())));
            }
        });
    }

    fn edit(&self) -> EditSecret {
        EditSecret::new(self.scene, self.vault.name().clone(), self.secret, self.opened_id())
    }

    fn versions(&self, ui: &mut Ui, page: &mut Page) {
        let t = Tokens::of(ui);
        let versions = self.secret.versions();
        Sides::new().height(20.0).show(
            ui,
            |ui| {
                ui.label(Font::Body.text("Versions").color(t.dim));
                if self.opened.is_some() && link(ui, "Show the current one").clicked() {
                    page.version = None;
                }
            },
            |ui| ui.label(Font::Body.text(crate::domain::refusal::grouped(versions.len())).color(t.dim)),
        );
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for version in versions.iter().rev() {
                if self.version_line(ui, version).clicked() {
                    page.version = (version.id != self.secret.current().id).then_some(version.id);
                }
            }
        });
    }

    /// One version: its short id, whether it is the current one, and when it was made.
    fn version_line(&self, ui: &mut Ui, version: &SecretVersion) -> Response {
        const HEIGHT: f32 = 30.0;
        let (t, scene) = (Tokens::of(ui), self.scene);
        let is_current = version.id == self.secret.current().id;
        let is_shown = version.id == self.version.id;
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::click());
        let made = words::day(scene.zone, scene.now, version.created);
        response.widget_info(|| {
            let current = if is_current { ", current" } else { "" };
            let says = format!("Version {}{current}, {made}", version.id.short());
            WidgetInfo::selected(Role::Button, ui.is_enabled(), is_shown, says)
        });
        if !ui.is_rect_visible(rect) {
            return response;
        }
        if response.hovered() || (is_shown && self.opened.is_some()) {
            let fill = if is_shown && self.opened.is_some() { t.selection } else { t.hover };
            ui.painter().rect_filled(rect.expand2(vec2(6.0, 0.0)), 6.0, fill);
        }
        let inside =
            UiBuilder::new().max_rect(rect).id_salt(version.id.as_bytes()).layout(Layout::left_to_right(Align::Center));
        ui.scope_builder(inside, |ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            Sides::new().height(HEIGHT).show(
                ui,
                |ui| {
                    if is_current {
                        dot(ui, Tone::Accent)
                    } else {
                        ring(ui)
                    };
                    ui.label(Font::Mono.text(version.id.short()).color(t.text));
                    if is_current {
                        ui.add(Badge::new(Tone::Accent, "current"));
                    }
                    match version.standing(scene.now) {
                        Standing::Disabled => drop(ui.add(Badge::new(Tone::Neutral, "Disabled"))),
                        Standing::Expired { .. } if !is_current => drop(ui.add(Badge::new(Tone::Danger, "Expired"))),
                        _ => {}
                    }
                },
                |ui| ui.label(Font::Body.text(&made).color(t.dim)),
            );
        });
        response.on_hover_ui(|ui| {
            ui.label(Font::Mono.text(version.id.to_string()));
            ui.label(Font::Secondary.text(words::exact(scene.zone, version.created)));
        })
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
            actions.push(Action::Open(Box::new(Backup::new(vault.clone(), name.clone()))));
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
