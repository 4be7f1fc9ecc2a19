//! A new key, or a new version of one.

use egui::{Align, Context, Layout, Ui, vec2};

use super::{
    Dialog, Waiting,
    attributes::Attributes,
    name_field::{Adds, NameField, Named},
};
use crate::{
    domain::{
        Curve, KeyKind, KeyOperations, KeyProtection, ObjectName, OctSize, Operation, Refusal, RsaSize, Sku, Target,
        Vault, VaultName, soft_delete::Kind,
    },
    service::{Command, KeyCommand, Reply},
    ui::{
        action::{Action, After},
        icons::Icon,
        permitted,
        route::{Route, Tab},
        scene::Scene,
        theme::{Font, Tokens, space},
        typed::FormId,
        widgets::{self, Button, TagsEditor, field_label, rich_label, spinner},
        words,
    },
};

/// The form for a key that is made here.
pub(in crate::ui) struct CreateKey {
    form: FormId,
    vault: VaultName,
    name: NameField,
    kind: KeyKind,
    /// What it is permitted; `None`: everything its kind can do.
    operations: Option<KeyOperations>,
    attributes: Attributes,
    has_more: bool,
    was_tried: bool,
    was_shown: bool,
}

/// What stands for each type while no size or curve was chosen.
const TYPES: [KeyKind; 5] = [
    KeyKind::Rsa(RsaSize::Rsa2048, KeyProtection::Software),
    KeyKind::Ec(Curve::P256, KeyProtection::Software),
    KeyKind::Rsa(RsaSize::Rsa2048, KeyProtection::SimulatedHsm),
    KeyKind::Ec(Curve::P256, KeyProtection::SimulatedHsm),
    KeyKind::Oct(OctSize::Oct256),
];

impl CreateKey {
    /// Asks for a new key in `vault`.
    pub(in crate::ui) fn new(vault: VaultName) -> Self {
        Self {
            form: FormId::fresh(),
            vault,
            name: NameField::new(Kind::Key),
            kind: TYPES[0],
            operations: None,
            attributes: Attributes::default(),
            has_more: false,
            was_tried: false,
            was_shown: false,
        }
    }

    fn kind_field(&mut self, ui: &mut Ui, scene: &Scene<'_>, sku: Sku) {
        let mut chosen = None;
        field_label(ui, "Type");
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::XS, space::XS);
            for kind in TYPES {
                let why_not = kind.admit_sku(sku).err().map(|refusal| refusal.sentence(scene.zone));
                let button = Button::choice(kind.kty() == self.kind.kty(), kind.kty());
                if ui.add(button.disabled_because(why_not)).clicked() {
                    chosen = Some(kind);
                }
            }
        });
        if self.kind.protection() == KeyProtection::SimulatedHsm {
            rich_label(ui, Font::Secondary.text(words::SIMULATED_HSM).color(Tokens::of(ui).dim));
        } else if sku == Sku::Standard {
            let says = "This vault is of the standard tier; keys of simulated HSMs need a premium vault.";
            rich_label(ui, Font::Secondary.text(says).color(Tokens::of(ui).dim));
        }
        field_label(ui, if matches!(self.kind, KeyKind::Ec(..)) { "Curve" } else { "Size" });
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::XS, space::XS);
            for kind in KeyKind::all().filter(|kind| kind.kty() == self.kind.kty()) {
                if ui.add(Button::choice(kind == self.kind, size_text(kind))).clicked() {
                    chosen = Some(kind);
                }
            }
        });
        if let Some(chosen) = chosen {
            if chosen.supported_operations() != self.kind.supported_operations() {
                self.operations = None;
            }
            self.kind = chosen;
        }
    }

    /// What is sent, or why it cannot be yet.
    fn action(&self, scene: &Scene<'_>, vault: Option<&Vault>) -> Result<Action, String> {
        let (name, toast) = self.named(scene, vault)?;
        let target = Target::Vault(self.vault.clone());
        if let Some(why_not) = scene.why_not(Operation::KeyCreate, &target) {
            return Err(why_not);
        }
        let draft = self.attributes.key_draft(scene.zone, self.operations.clone())?;
        if let Some(refusal) = vault.and_then(|vault| vault.admit_new_key(&name, self.kind, &draft).err()) {
            return Err(refusal.sentence(scene.zone));
        }
        let page = Route::Vault(self.vault.clone(), Tab::Keys);
        let after = After::say(toast).closing().going(page).selecting(name.clone());
        Ok(Action::Do(Command::Key(KeyCommand::Create(self.vault.clone(), name, self.kind, draft)), after))
    }

    fn named(&self, scene: &Scene<'_>, vault: Option<&Vault>) -> Result<(ObjectName, String), String> {
        let refused = |refusal: Refusal| refusal.sentence(scene.zone);
        match self.name.named(vault) {
            Named::Bad(problem) => Err(problem),
            Named::Held(_, refusal) => Err(refused(refusal)),
            Named::Live(name, _) => Ok((name.clone(), format!("New version of {name} created"))),
            Named::Free(name) => Ok((name.clone(), format!("{name} created"))),
        }
    }
}

/// What tells a kind from others of its type: `2048`, `P-256`.
fn size_text(kind: KeyKind) -> String {
    match kind {
        KeyKind::Rsa(size, _) => size.bits().to_string(),
        KeyKind::Ec(curve, _) => curve.text().to_owned(),
        KeyKind::Oct(size) => size.bits().to_string(),
    }
}

impl Dialog for CreateKey {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        let vault = scene.view.world.vaults.get(&self.vault).map(AsRef::as_ref);
        let sku = vault.map_or(Sku::Standard, |vault| vault.head.sku);
        let is_version = matches!(self.name.named(vault), Named::Live(..));
        let primary = if is_version { "Add version" } else { "Create key" };
        let wanted = self.action(scene, vault);
        let (has_more, is_busy, kind) = (self.has_more, waiting.is_busy(), self.kind);
        let reason = wanted.as_ref().err().cloned().or_else(|| is_busy.then(|| "It is being made".to_owned()));
        let answer = widgets::Dialog::new("key", "New key").error(waiting.error()).show(
            ctx,
            |ui| {
                ui.add_enabled_ui(!is_busy, |ui| {
                    ui.push_id(self.form, |ui| {
                        let focus = (self.was_tried, !self.was_shown);
                        self.name.show(ui, scene, vault, focus, Adds::Anything, actions);
                        ui.spacing_mut().item_spacing.y = space::S;
                        self.kind_field(ui, scene, sku);
                        field_label(ui, "Permitted operations");
                        let operations = self.operations.clone().unwrap_or_else(|| self.kind.default_operations());
                        if let Some(chosen) = permitted::show(ui, self.kind, &operations, None) {
                            self.operations = Some(chosen);
                        }
                        if self.has_more {
                            self.attributes.of_a_key(ui, scene);
                        }
                    });
                });
            },
            |ui| {
                let is_sent = ui.add(Button::primary(primary).disabled_because(reason)).clicked();
                let is_cancelled = ui.add(Button::secondary("Cancel")).clicked();
                if is_busy {
                    making(ui, kind);
                    return (is_sent, is_cancelled, false);
                }
                let fold = ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let icon = if has_more { Icon::CHEVRON_DOWN } else { Icon::CHEVRON_RIGHT };
                    ui.add(Button::ghost("Dates, tags, enabled").icon(icon)).clicked()
                });
                (is_sent, is_cancelled, fold.inner)
            },
        );
        self.was_shown = true;
        let (is_sent, is_cancelled, is_folded) = answer.footer;
        if is_folded {
            self.has_more = !self.has_more;
        }
        if answer.should_close || is_cancelled {
            // Closing cancels: the window goes on at once, whenever the key would have been made.
            actions.push(Action::CloseDialog);
        } else if self.name.takes_version(vault)
            || (is_sent || answer.is_submitted) && !is_busy && !TagsEditor::took_enter(ctx)
        {
            self.was_tried = true;
            actions.extend(wanted);
        }
    }

    fn answered(&mut self, _: Reply) {
        self.name.answered();
    }
}

/// Says that a key is being made.
pub(super) fn making(ui: &mut Ui, kind: KeyKind) {
    let says = format!("Making {kind}…");
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        spinner(ui, &says);
        ui.label(Font::Body.text(says.as_str()).color(Tokens::of(ui).dim));
    });
}
