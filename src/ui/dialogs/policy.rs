//! What an identity is granted in a vault, as its access policy (§6.1, §6.2).

use egui::{Context, Ui, vec2};

use super::{Dialog, Waiting};
use crate::{
    domain::{
        Identity, IdentityId, Operation, Permission, Rights, Target, VaultName, permission::Family,
        policy_template::Template,
    },
    service::{AccessCommand, Command},
    ui::{
        action::{Action, After},
        grant_words,
        icons::Icon,
        scene::Scene,
        theme::{Font, Tokens, Tone, space},
        widgets::{self, Button, Card, Checkbox, Segmented, SelectField, link, rich_label},
    },
};

/// Ticks by kind of thing, purge apart from all others.
pub(in crate::ui) struct EditPolicy {
    vault: VaultName,
    who: Option<IdentityId>,
    /// Whether the identity can be chosen.
    is_new: bool,
    rights: Rights,
    family: Family,
    template: Option<Template>,
}

const COLUMNS: usize = 3;

impl EditPolicy {
    /// The policy that an identity has, or gets.
    pub(in crate::ui) fn of(scene: &Scene<'_>, vault: VaultName, who: IdentityId, family: Family) -> Self {
        let policies = scene.view.world.vaults.get(&vault).map(|vault| &vault.access.policies);
        let rights = policies.and_then(|policies| policies.get(&who)).copied().unwrap_or_default();
        Self { vault, who: Some(who), is_new: false, rights, family, template: None }
    }

    /// A policy for one that has none yet.
    pub(in crate::ui) fn grant(vault: VaultName) -> Self {
        let family = Family::Secrets;
        Self { vault, who: None, is_new: true, rights: Rights::NONE, family, template: None }
    }

    fn body(&mut self, ui: &mut Ui, scene: &Scene<'_>, without: &[Option<IdentityId>]) {
        let t = Tokens::of(ui);
        if self.is_new {
            let name = |id: &Option<IdentityId>| {
                id.map_or_else(|| "Choose who gets it".into(), |id| grant_words::identity(&scene.view.world, id))
            };
            SelectField::new("Identity", &mut self.who, without).labelled().show(ui, name);
        }
        let templates: Vec<_> = Template::ALL.into_iter().map(Some).collect();
        let name = |template: &Option<Template>| template.map_or("Choose a template", Template::title).to_owned();
        if SelectField::new("Template", &mut self.template, &templates).labelled().show(ui, name).changed()
            && let Some(template) = self.template
        {
            self.rights = template.rights();
        }
        ui.horizontal(|ui| {
            let families = Family::ALL.map(|family| (family, family.title()));
            Segmented::new("About", &mut self.family, &families).show(ui);
        });
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::L;
            if link(ui, "All but purge").clicked() {
                self.rights = self.rights.and(Rights::all_of(self.family));
            }
            if link(ui, "None of these").clicked() {
                self.rights = self.rights.without_family(self.family);
            }
            ui.label(Font::Body.text(self.granted()).color(t.dim));
        });
        let usual: Vec<_> = self.family.permissions().filter(|permission| !permission.is_purge()).collect();
        let rows = usual.len().div_ceil(COLUMNS);
        ui.columns(COLUMNS, |columns| {
            for (ui, permissions) in columns.iter_mut().zip(usual.chunks(rows)) {
                ui.spacing_mut().item_spacing = vec2(space::S, 2.0);
                for permission in permissions {
                    self.tick(ui, *permission);
                }
            }
        });
        Card::new().tone(Tone::Danger).sunken().show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            for purge in self.family.permissions().filter(|permission| permission.is_purge()) {
                ui.horizontal(|ui| {
                    self.tick(ui, purge);
                    Icon::FLAME_FILLED.show(ui, t.danger);
                });
            }
            let what = self.family.text();
            let text = format!("Destroys deleted {what} before their time, for good. No template grants it.");
            rich_label(ui, Font::Secondary.text(text).color(t.danger));
        });
    }

    /// `3 of 8 granted`; where the policy says `all`, the word.
    fn granted(&self) -> String {
        let rights = self.rights.within(self.family);
        if rights.has_all_of(self.family) {
            return format!("Granted as {}", rights.names(self.family).join(" and "));
        }
        format!("{} of {} granted", rights.iter().count(), self.family.permissions().count())
    }

    fn tick(&mut self, ui: &mut Ui, permission: Permission) {
        let mut is_granted = self.rights.contains(permission);
        if ui.add(Checkbox::new(&mut is_granted, permission.title())).changed() {
            self.rights = if is_granted { self.rights.with(permission) } else { self.rights.without(permission) };
        }
    }
}

impl Dialog for EditPolicy {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        let world = &scene.view.world;
        let is_gone = self.who.is_some_and(|who| world.directory.get(who).is_none());
        let Some(vault) = world.vaults.get(&self.vault).filter(|_| !is_gone) else {
            actions.push(Action::Finish);
            return;
        };
        let has_none = |identity: &&&std::sync::Arc<Identity>| !vault.access.policies.contains_key(&identity.id);
        let all = world.directory.all();
        let without: Vec<_> = all.iter().filter(has_none).map(|identity| Some(identity.id)).collect();
        let title = match self.who.filter(|_| !self.is_new) {
            Some(who) => format!("Access policy of {}", grant_words::identity(world, who)),
            None => format!("Grant access to {}", self.vault),
        };
        let refusal = scene.why_not(Operation::VaultAccessPolicySet, &Target::Vault(self.vault.clone()));
        let before = self.who.and_then(|who| vault.access.policies.get(&who)).copied().unwrap_or_default();
        let reason = if waiting.is_busy() {
            Some("It is being saved".to_owned())
        } else if refusal.is_some() {
            refusal.clone()
        } else if self.who.is_none() {
            Some("Choose who gets it first".into())
        } else {
            (before == self.rights).then(|| "Nothing is changed yet".into())
        };
        let answer = widgets::Dialog::new("access policy", &title)
            .icon(Icon::USERS, Tone::Accent)
            .width(620.0)
            .error(waiting.error().or(refusal.as_deref()))
            .show(
                ctx,
                |ui| self.body(ui, scene, &without),
                |ui| {
                    let save = ui.add(Button::primary("Save").disabled_because(reason.clone())).clicked();
                    let cancel = ui.add(Button::secondary("Cancel")).clicked();
                    (save, cancel)
                },
            );
        let (save, cancel) = answer.footer;
        if let (Some(who), true, None) = (self.who, save || answer.is_submitted, &reason) {
            let name = grant_words::identity(world, who);
            let said = if self.rights.is_empty() {
                format!("{name} has no access policy any more")
            } else {
                format!("Access policy of {name} saved")
            };
            let command = AccessCommand::SetPolicy(self.vault.clone(), who, self.rights);
            actions.push(Action::Do(Command::Access(command), After::say(said).closing()));
        } else if cancel || answer.should_close {
            actions.push(if waiting.is_busy() { Action::Cancel } else { Action::CloseDialog });
        }
    }
}
