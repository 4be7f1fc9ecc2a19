//! Gives somebody a role, everywhere, in a vault or for one thing in it (§6.3).

use egui::{Context, Ui};

use super::{Dialog, Waiting};
use crate::{
    domain::{IdentityId, ObjectName, Operation, Role, Scope, Target, VaultName, grant::ObjectKind},
    service::{AccessCommand, Command},
    ui::{
        action::{Action, After},
        grant_words,
        icons::Icon,
        scene::Scene,
        theme::{Font, Tokens, Tone, space},
        widgets::{self, Banner, Button, Segmented, SelectField, TextField, field_label, rich_label},
    },
};

/// Who, which role, and where it holds.
pub(in crate::ui) struct AssignRole {
    /// The vault that is meant; `None`: everywhere is all there is to choose.
    vault: Option<VaultName>,
    who: Option<IdentityId>,
    role: Option<Role>,
    reach: Reach,
    object: String,
}

/// Where it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Everywhere,
    Vault,
    Object(ObjectKind),
}

impl AssignRole {
    /// A role everywhere.
    pub(in crate::ui) fn everywhere(who: Option<IdentityId>) -> Self {
        Self { vault: None, who, role: None, reach: Reach::Everywhere, object: String::new() }
    }

    /// A role in `vault`, unless another scope is chosen.
    pub(in crate::ui) fn within(vault: VaultName, who: Option<IdentityId>) -> Self {
        Self { vault: Some(vault), reach: Reach::Vault, ..Self::everywhere(who) }
    }

    /// Where it holds, or why the object that was typed is none.
    fn scope(&self, scene: &Scene<'_>) -> Result<Scope, String> {
        match (&self.vault, self.reach) {
            (None, _) | (_, Reach::Everywhere) => Ok(Scope::Subscription),
            (Some(vault), Reach::Vault) => Ok(Scope::Vault(vault.clone())),
            (Some(vault), Reach::Object(kind)) => {
                if self.object.is_empty() {
                    return Err(String::new());
                }
                let name = ObjectName::parse(self.object.trim()).map_err(|problem| problem.to_string())?;
                let found = scene.view.world.vault(vault).and_then(|vault| match kind {
                    ObjectKind::Secret => vault.secret(&name).map(drop),
                    ObjectKind::Key => vault.key(&name).map(drop),
                });
                found.map_err(|refusal| refusal.sentence(scene.zone))?;
                Ok(Scope::Object(vault.clone(), kind, name))
            }
        }
    }

    fn body(&mut self, ui: &mut Ui, scene: &Scene<'_>, problem: Option<&str>) {
        let t = Tokens::of(ui);
        let world = &scene.view.world;
        let all: Vec<_> = world.directory.all().into_iter().map(|identity| Some(identity.id)).collect();
        let name = |id: &Option<IdentityId>| {
            id.map_or_else(|| "Choose who gets it".into(), |id| grant_words::identity(world, id))
        };
        SelectField::new("Identity", &mut self.who, &all).labelled().show(ui, name);
        let roles: Vec<_> = Role::ALL.iter().copied().map(Some).collect();
        let title = |role: &Option<Role>| role.map_or("Choose a role", Role::title).to_owned();
        SelectField::new("Role", &mut self.role, &roles).labelled().show(ui, title);
        if let Some(role) = self.role {
            rich_label(ui, Font::Secondary.text(format!("{}.", role.about())).color(t.dim));
            let purges = role.actions().iter().any(crate::domain::Action::is_purge);
            if purges {
                let text = "This role may purge: what it destroys nobody brings back.";
                Banner::new(Tone::Danger).icon(Icon::FLAME_FILLED).text(text).ui(ui);
            }
        }
        if self.vault.is_some() {
            ui.scope(|ui| {
                ui.spacing_mut().item_spacing.y = space::XS;
                field_label(ui, "Where it holds");
                let choices = [
                    (Reach::Everywhere, "Everywhere"),
                    (Reach::Vault, "This vault"),
                    (Reach::Object(ObjectKind::Secret), "One secret"),
                    (Reach::Object(ObjectKind::Key), "One key"),
                ];
                Segmented::new("Where it holds", &mut self.reach, &choices).show(ui);
            });
        }
        if let (Some(_), Reach::Object(kind)) = (&self.vault, self.reach) {
            let label = if kind == ObjectKind::Secret { "Name of the secret" } else { "Name of the key" };
            let error = problem.filter(|problem| !problem.is_empty());
            ui.add(TextField::new(&mut self.object).label(label).error(error).limit(127));
        }
    }
}

impl Dialog for AssignRole {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        let scope = self.scope(scene);
        let target = match &scope {
            Ok(Scope::Subscription) => Target::Subscription,
            _ => self.vault.clone().map_or(Target::Subscription, Target::Vault),
        };
        let refusal = scene.why_not(Operation::RoleAssignmentPut, &target);
        let reason = match (&scope, self.who, self.role) {
            _ if waiting.is_busy() => Some("It is being assigned".to_owned()),
            _ if refusal.is_some() => refusal.clone(),
            (_, None, _) => Some("Choose who gets it first".into()),
            (_, _, None) => Some("Choose a role first".into()),
            (Err(problem), ..) if problem.is_empty() => Some("Type a name first".into()),
            (Err(problem), ..) => Some(problem.clone()),
            (Ok(_), Some(_), Some(_)) => None,
        };
        let title =
            self.vault.as_ref().map_or_else(|| "Assign a role".to_owned(), |vault| format!("Grant access to {vault}"));
        let answer = widgets::Dialog::new("assign role", &title)
            .icon(Icon::USERS, Tone::Accent)
            .error(waiting.error().or(refusal.as_deref()))
            .show(
                ctx,
                |ui| self.body(ui, scene, scope.as_ref().err().map(String::as_str)),
                |ui| {
                    let assign = ui.add(Button::primary("Assign role").disabled_because(reason.clone())).clicked();
                    let cancel = ui.add(Button::secondary("Cancel")).clicked();
                    (assign, cancel)
                },
            );
        let (assign, cancel) = answer.footer;
        match (self.who, self.role, scope) {
            (Some(who), Some(role), Ok(scope)) if reason.is_none() && (assign || answer.is_submitted) => {
                let name = grant_words::identity(&scene.view.world, who);
                let said = format!("{name} is {} now ({})", role.title(), scope.words());
                let command = AccessCommand::AssignRole(who, role, scope);
                actions.push(Action::Do(Command::Access(command), After::say(said).closing()));
            }
            _ if cancel || answer.should_close => {
                actions.push(if waiting.is_busy() { Action::Cancel } else { Action::CloseDialog });
            }
            _ => {}
        }
    }
}
