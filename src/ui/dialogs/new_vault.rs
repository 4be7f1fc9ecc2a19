//! Makes a vault: name, place, tier, and what can never be changed later (S7–S10).

use std::cell::Cell;

use egui::{Context, Ui};

use super::{Dialog, Waiting, purge::Purge, region_field::RegionField};
use crate::{
    domain::{
        AccessModel, Operation, PurgeProtection, Refusal, RegionName, RetentionDays, Sku, Target, VaultName,
        properties::Tags,
        vault::{VaultDraft, VaultHead},
    },
    service::Command,
    ui::{
        action::{Action, After},
        grant_words,
        icons::Icon,
        route::{Route, Tab},
        scene::Scene,
        theme::{Font, Tokens, Tone, space},
        widgets::{self, Banner, Button, Segmented, Slider, TextField, Toggle, field_label, rich_label},
        words,
    },
};

/// The form for a new vault.
pub(in crate::ui) struct NewVault {
    name: String,
    region: RegionName,
    regions: RegionField,
    sku: Sku,
    retention: u32,
    protects: bool,
    access: AccessModel,
}

/// How the typed name stands.
enum Name {
    /// Nothing was typed yet.
    Empty,
    /// It cannot be used, and why.
    Wrong(String),
    /// A deleted vault holds it.
    Held(VaultName, Refusal),
    /// It is free.
    Free(VaultName),
}

impl NewVault {
    /// An empty form; the region is where the shown vault stands, or the first one.
    pub(in crate::ui) fn new(scene: &Scene<'_>) -> Self {
        let shown = scene.vault().or_else(|| scene.view.world.vaults.live().next());
        let region = shown.map(|vault| vault.head.location).or_else(|| RegionName::parse("westeurope").ok());
        Self {
            name: String::new(),
            region: region.expect("West Europe is in the table, which a test reads"),
            regions: RegionField::default(),
            sku: Sku::default(),
            retention: RetentionDays::default().get().into(),
            protects: false,
            access: AccessModel::Policies,
        }
    }

    fn name(&self, scene: &Scene<'_>) -> Name {
        if self.name.is_empty() {
            return Name::Empty;
        }
        let name = match VaultName::parse(self.name.trim()) {
            Ok(name) => name,
            Err(problem) => return Name::Wrong(problem.to_string()),
        };
        match scene.view.world.admit_vault_name(&name) {
            Ok(()) => Name::Free(name),
            Err(held @ Refusal::NameHeld { .. }) => Name::Held(name, held),
            Err(refusal) => Name::Wrong(refusal.sentence(scene.zone)),
        }
    }

    /// The retention that the slider shows; it cannot show another one (S1).
    fn retention(&self) -> RetentionDays {
        RetentionDays::parse(self.retention.into()).unwrap_or_default()
    }

    /// What the form describes, as a vault made now: the sentence about purge protection is made from it.
    fn draft(&self, name: VaultName) -> VaultDraft {
        VaultDraft {
            name,
            location: self.region,
            sku: self.sku,
            retention: self.retention(),
            purge_protection: self.protects.then_some(PurgeProtection::On),
            tags: Tags::default(),
            access: self.access,
        }
    }

    /// The form; whether everything in it is a value.
    fn body(&mut self, ui: &mut Ui, scene: &Scene<'_>, name: &Name, actions: &mut Vec<Action>) -> bool {
        let t = Tokens::of(ui);
        let (error, warning, note) = match name {
            Name::Empty => (None, None, "3 to 24 letters, digits and hyphens".to_owned()),
            Name::Wrong(why) => (Some(why.as_str()), None, String::new()),
            Name::Held(..) => (None, Some(""), String::new()),
            Name::Free(name) => (None, None, name.uri()),
        };
        let mut field = TextField::new(&mut self.name).label("Name").error(error).warning(warning).limit(64);
        if !note.is_empty() {
            field = field.note(&note);
        }
        ui.add(field);
        if let Name::Held(held, refusal) = name {
            self.ways_out(ui, scene, held, refusal, actions);
        }
        self.regions.show(ui, &mut self.region);
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 5.0;
            field_label(ui, "Pricing tier");
            ui.horizontal(|ui| {
                let tiers = [(Sku::Standard, Sku::Standard.title()), (Sku::Premium, Sku::Premium.title())];
                Segmented::new("Pricing tier", &mut self.sku, &tiers).show(ui);
                let holds = match self.sku {
                    Sku::Standard => "Keys are protected by software",
                    Sku::Premium => "Keys can be protected by hardware too",
                };
                ui.label(Font::Secondary.text(holds).color(t.dim));
            });
        });
        self.access(ui, scene);
        let days = RetentionDays::LEAST.get().into()..=RetentionDays::MOST.get().into();
        let retention = ui
            .scope(|ui| {
                ui.spacing_mut().item_spacing.y = 5.0;
                let retention = Slider::new("Retention", &mut self.retention, days, "days").show(ui);
                let text = "How long deleted things can be recovered. Fixed for good when the vault is made.";
                rich_label(ui, Font::Secondary.text(text).color(t.dim));
                retention
            })
            .inner;
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = space::XS;
            ui.add(Toggle::new(&mut self.protects, "Enable purge protection"));
            let name = VaultName::parse("vault").expect("it is a name by §1.2");
            if let Ok(head) = VaultHead::new(self.draft(name), &scene.caller.name, scene.now) {
                rich_label(ui, Font::Secondary.text(words::protection(scene, &head)).color(t.dim));
            }
        });
        retention.is_valid()
    }

    /// By what the vault decides who may do what, and who gets what in it.
    fn access(&mut self, ui: &mut Ui, scene: &Scene<'_>) {
        let t = Tokens::of(ui);
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 5.0;
            field_label(ui, "Who may do what is decided by");
            let models = [AccessModel::Policies, AccessModel::Roles].map(|model| (model, model.title()));
            Segmented::new("Decided by", &mut self.access, &models).show(ui);
            let about = match self.access {
                AccessModel::Policies => {
                    format!("The vault's own list of who may do what. {}", grant_words::granted_in_new_vaults(scene))
                }
                AccessModel::Roles => {
                    "Roles that are given everywhere, in the vault or for one thing in it. Nobody gets anything in it \
                     by making it."
                        .into()
                }
            };
            rich_label(ui, Font::Secondary.text(about).color(t.dim));
        });
    }

    /// What can be done when a deleted vault holds the name (S9).
    fn ways_out(
        &mut self,
        ui: &mut Ui,
        scene: &Scene<'_>,
        held: &VaultName,
        refusal: &Refusal,
        actions: &mut Vec<Action>,
    ) {
        let title = refusal.sentence(scene.zone);
        let target = Target::Vault(held.clone());
        let other = free_name(scene, held);
        Banner::new(Tone::Warn).icon(Icon::CLOCK_FILLED).title(&title).show(ui, |ui| {
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing.x = space::S;
                let why_not = scene.why_not(Operation::VaultRecover, &target);
                let recover = Button::secondary("Recover it").small().icon(Icon::RECOVER).disabled_because(why_not);
                if ui.add(recover).clicked() {
                    let to = Route::Vault(held.clone(), Tab::Secrets);
                    let after = After {
                        toast: Some(grant_words::vault_recovered(&scene.view.world, held)),
                        ..After::default()
                    };
                    actions.push(Action::Do(Command::RecoverVault(held.clone()), after.closing().going(to)));
                }
                let why_not = scene.why_no_purge(Operation::VaultPurge, &target);
                let purge = Button::danger_quiet("Purge it…").small().icon(Icon::FLAME).disabled_because(why_not);
                if ui.add(purge).clicked() {
                    actions.push(Action::Open(Box::new(Purge::vaults(vec![held.clone()]))));
                }
                if let Some(other) = other
                    && ui.add(Button::secondary(format!("Use {other}")).small()).clicked()
                {
                    self.name = other.to_string();
                }
            });
        });
    }
}

impl Dialog for NewVault {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        let name = self.name(scene);
        let refusal = scene
            .why_not(Operation::VaultPut, &Target::Subscription)
            .or_else(|| scene.why_not(Operation::VaultPut, &Target::Region(self.region)));
        let is_whole = Cell::new(false);
        let why_not = || match &name {
            _ if waiting.is_busy() => Some("The vault is being made".to_owned()),
            _ if refusal.is_some() => refusal.clone(),
            Name::Empty => Some("Type a name first".into()),
            Name::Wrong(why) => Some(why.clone()),
            Name::Held(_, held) => Some(held.sentence(scene.zone)),
            Name::Free(_) if !is_whole.get() => Some("Choose a retention first".into()),
            Name::Free(_) => None,
        };
        let answer = widgets::Dialog::new("new vault", "New vault").error(waiting.error().or(refusal.as_deref())).show(
            ctx,
            |ui| is_whole.set(self.body(ui, scene, &name, actions)),
            |ui| {
                let create = ui.add(Button::primary("Create vault").disabled_because(why_not())).clicked();
                let cancel = ui.add(Button::secondary("Cancel")).clicked();
                (create, cancel)
            },
        );
        let (create, cancel) = answer.footer;
        if let Name::Free(name) = &name
            && why_not().is_none()
            && (create || answer.is_submitted)
        {
            let to = Route::Vault(name.clone(), Tab::Secrets);
            let after = After::say(format!("{name} created")).closing().going(to);
            actions.push(Action::Do(Command::CreateVault(self.draft(name.clone())), after));
        } else if cancel || answer.should_close {
            actions.push(if waiting.is_busy() { Action::Cancel } else { Action::CloseDialog });
        }
    }
}

/// The first of `name-2`, `name-3` … that is free and a name.
fn free_name(scene: &Scene<'_>, name: &VaultName) -> Option<VaultName> {
    let vaults = &scene.view.world;
    let numbered = (2..100).map_while(|number| VaultName::parse(&format!("{name}-{number}")).ok());
    numbered.into_iter().find(|name| vaults.admit_vault_name(name).is_ok())
}
