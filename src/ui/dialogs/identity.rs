//! Makes an identity, or changes one.

use std::collections::BTreeSet;

use egui::{Context, ScrollArea, Ui};

use super::{Dialog, Waiting};
use crate::{
    domain::{
        Identity, IdentityId, IdentityName, Operation, Rights, Target,
        identity::{IdentityDraft, IdentityKind, IdentityPatch},
    },
    service::{AccessCommand, Command, random},
    ui::{
        action::{Action, After},
        icons::Icon,
        scene::Scene,
        theme::{Font, Tokens, Tone, space},
        widgets::{self, Button, Checkbox, Segmented, TextField, field_label, rich_label},
    },
};

/// The form.
pub(in crate::ui) struct EditIdentity {
    /// The one that is changed; `None`: a new one.
    id: Option<IdentityId>,
    name: String,
    kind: Sort,
    members: BTreeSet<IdentityId>,
    client: String,
    gets: Gets,
}

/// What it is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Person,
    Group,
    ServicePrincipal,
}

/// What it gets in new vaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gets {
    Nothing,
    /// Never purge.
    All,
    AllAndPurge,
    /// A set of its own, which is left as it is.
    Own(Rights),
}

impl Gets {
    fn of(rights: Rights) -> Self {
        match rights.in_words() {
            none if none.is_empty() => Self::Nothing,
            all if all == Rights::all() => Self::All,
            all if all == Rights::all_and_purge() => Self::AllAndPurge,
            _ => Self::Own(rights),
        }
    }

    fn rights(self) -> Rights {
        match self {
            Self::Nothing => Rights::NONE,
            Self::All => Rights::all(),
            Self::AllAndPurge => Rights::all_and_purge(),
            Self::Own(rights) => rights,
        }
    }
}

impl EditIdentity {
    /// A new person, unless something else is chosen.
    pub(in crate::ui) fn new_one() -> Self {
        Self {
            id: None,
            name: String::new(),
            kind: Sort::Person,
            members: BTreeSet::new(),
            client: String::new(),
            gets: Gets::Nothing,
        }
    }

    /// As `identity` is.
    pub(in crate::ui) fn of(identity: &Identity) -> Self {
        let kind = match identity.kind {
            IdentityKind::Person => Sort::Person,
            IdentityKind::Group { .. } => Sort::Group,
            IdentityKind::ServicePrincipal { .. } => Sort::ServicePrincipal,
        };
        Self {
            id: Some(identity.id),
            name: identity.name.to_string(),
            kind,
            members: identity.members().iter().copied().collect(),
            client: identity.client().map(|client| client.to_string()).unwrap_or_default(),
            gets: Gets::of(identity.in_new_vaults),
        }
    }

    /// The name, or why it cannot be used.
    fn name(&self, scene: &Scene<'_>) -> Result<IdentityName, String> {
        let name = IdentityName::parse(&self.name).map_err(|problem| problem.to_string())?;
        let admitted = scene.view.world.admit_identity_name(&name, self.id);
        admitted.map_err(|refusal| refusal.sentence(scene.zone))?;
        Ok(name)
    }

    /// The id of the application, random where none was typed; or why it is none.
    fn client(&self) -> Result<IdentityId, String> {
        match self.client.trim() {
            "" => Ok(IdentityId::from_random(random::bytes())),
            text => IdentityId::parse(text).ok_or_else(|| "A client id is a UUID of 32 digits with hyphens".to_owned()),
        }
    }

    fn command(&self, name: IdentityName) -> Result<AccessCommand, String> {
        let members = || self.members.iter().copied().collect::<Vec<_>>();
        let in_new_vaults = self.gets.rights();
        Ok(match self.id {
            None => AccessCommand::CreateIdentity(IdentityDraft {
                name,
                kind: match self.kind {
                    Sort::Person => IdentityKind::Person,
                    Sort::Group => IdentityKind::Group { members: members() },
                    Sort::ServicePrincipal => IdentityKind::ServicePrincipal { client: self.client()? },
                },
                in_new_vaults,
            }),
            Some(id) => AccessCommand::UpdateIdentity(
                id,
                IdentityPatch {
                    name: Some(name),
                    members: (self.kind == Sort::Group).then(members),
                    in_new_vaults: Some(in_new_vaults),
                },
            ),
        })
    }

    fn body(&mut self, ui: &mut Ui, scene: &Scene<'_>, error: Option<&str>) {
        let t = Tokens::of(ui);
        let field = TextField::new(&mut self.name).label("Name").limit(100);
        ui.add(field.error(error));
        if self.id.is_none() {
            ui.scope(|ui| {
                ui.spacing_mut().item_spacing.y = space::XS;
                field_label(ui, "Kind");
                let kinds =
                    [(Sort::Person, "Person"), (Sort::Group, "Group"), (Sort::ServicePrincipal, "Service principal")];
                Segmented::new("Kind", &mut self.kind, &kinds).show(ui);
                let about = match self.kind {
                    Sort::Person => "A human being. You can act as them.",
                    Sort::Group => "Grants given to a group hold for everybody in it. Nobody acts as a group.",
                    Sort::ServicePrincipal => "A program. You can act as it.",
                };
                rich_label(ui, Font::Secondary.text(about).color(t.dim));
            });
        }
        if self.kind == Sort::Group {
            ui.scope(|ui| self.members(ui, scene));
        }
        if self.kind == Sort::ServicePrincipal && self.id.is_none() {
            let wrong = self.client().err();
            let field = TextField::new(&mut self.client).label("Client id").mono().hint("Random when left empty");
            ui.add(field.error(wrong.as_deref()));
        }
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = space::XS;
            field_label(ui, "What it gets in new vaults");
            let mut choices =
                vec![(Gets::Nothing, "Nothing"), (Gets::All, "All but purge"), (Gets::AllAndPurge, "All and purge")];
            if let Gets::Own(_) = self.gets {
                choices.push((self.gets, "As it is"));
            }
            Segmented::new("What it gets in new vaults", &mut self.gets, &choices).show(ui);
            let about = match self.gets {
                Gets::AllAndPurge => "It will be able to purge in each new vault that decides by access policies.",
                _ => "In vaults that decide by access policies. Vaults that are there stay as they are.",
            };
            let colour = if self.gets == Gets::AllAndPurge { t.danger } else { t.dim };
            rich_label(ui, Font::Secondary.text(about).color(colour));
        });
    }

    fn members(&mut self, ui: &mut Ui, scene: &Scene<'_>) {
        ui.spacing_mut().item_spacing.y = 2.0;
        field_label(ui, "Members");
        let all = scene.view.world.directory.all();
        ScrollArea::vertical().id_salt("members").max_height(150.0).show(ui, |ui| {
            for identity in all.iter().filter(|identity| identity.can_act()) {
                let mut is_in = self.members.contains(&identity.id);
                if ui.add(Checkbox::new(&mut is_in, identity.name.as_str())).changed() {
                    if is_in {
                        self.members.insert(identity.id);
                    } else {
                        self.members.remove(&identity.id);
                    }
                }
            }
        });
    }
}

impl Dialog for EditIdentity {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        if self.id.is_some_and(|id| scene.view.world.directory.get(id).is_none()) {
            actions.push(Action::Finish);
            return;
        }
        // Who was removed meanwhile is in no group.
        self.members.retain(|member| scene.view.world.directory.get(*member).is_some());
        let refusal = scene.why_not(Operation::IdentityPut, &Target::Subscription);
        let name = self.name(scene);
        let command = name.clone().and_then(|name| self.command(name));
        let reason = match &command {
            _ if waiting.is_busy() => Some("It is being saved".to_owned()),
            _ if refusal.is_some() => refusal.clone(),
            Ok(_) => None,
            Err(problem) => Some(problem.clone()),
        };
        let error = name.as_ref().err().filter(|_| !self.name.is_empty()).cloned();
        let (title, button) = match self.id {
            None => ("New identity", "Create identity"),
            Some(_) => ("Edit identity", "Save"),
        };
        let answer = widgets::Dialog::new("identity", title)
            .icon(Icon::USER, Tone::Accent)
            .error(waiting.error().or(refusal.as_deref()))
            .show(
                ctx,
                |ui| self.body(ui, scene, error.as_deref()),
                |ui| {
                    let save = ui.add(Button::primary(button).disabled_because(reason.clone())).clicked();
                    let cancel = ui.add(Button::secondary("Cancel")).clicked();
                    (save, cancel)
                },
            );
        let (save, cancel) = answer.footer;
        match (command, name) {
            (Ok(command), Ok(name)) if reason.is_none() && (save || answer.is_submitted) => {
                let said = if self.id.is_none() { format!("{name} created") } else { format!("{name} saved") };
                actions.push(Action::Do(Command::Access(command), After::say(said).closing()));
            }
            _ if cancel || answer.should_close => {
                actions.push(if waiting.is_busy() { Action::Cancel } else { Action::CloseDialog });
            }
            _ => {}
        }
    }
}
