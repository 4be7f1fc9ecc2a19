//! Every identity against everything that can be permitted, with where each grant comes from.

use egui::{Color32, Ui};

use crate::{
    domain::{
        AccessModel, Action as RoleAction, IdentityId, Operation, Permission, Target, Vault, World, action::Plane,
        grant::Source,
    },
    service::{AccessCommand, Command},
    ui::{
        action::{Action, After},
        dialogs::{assign_role::AssignRole, policy::EditPolicy},
        grant_words,
        icons::Icon,
        scene::{AccessPage, AccessPart, Scene},
        theme::{Font, space},
        widgets::{IconButton, Mark, Table, TableColumn, explanation, mark},
    },
};

/// Something that can be permitted.
#[derive(Clone, Copy)]
enum Grant {
    /// By an access policy.
    Policy(Permission),
    /// By a role.
    Role(RoleAction),
}

impl Grant {
    fn title(self) -> &'static str {
        match self {
            Self::Policy(permission) => permission.title(),
            Self::Role(action) => action.title(),
        }
    }

    fn is_purge(self) -> bool {
        match self {
            Self::Policy(permission) => permission.is_purge(),
            Self::Role(action) => action.is_purge(),
        }
    }

    /// `get secrets`, `purge vaults`.
    fn words(self) -> String {
        match self {
            Self::Policy(permission) => {
                format!("{} {}", permission.title().to_lowercase(), permission.family().text())
            }
            Self::Role(action) if action.plane() == Plane::Control => action.title().to_lowercase(),
            Self::Role(action) => {
                format!("{} {}", action.title().to_lowercase(), action.plane().title().to_lowercase())
            }
        }
    }

    fn sources(self, world: &World, id: IdentityId, vault: &Vault) -> Vec<Source> {
        match self {
            Self::Policy(permission) => world.sources_of_permission(id, vault, permission),
            Self::Role(action) => world.sources_of_action(id, vault, action),
        }
    }
}

/// What is permitted by what the vault decides by.
fn grants(vault: &Vault, plane: Plane) -> Vec<Grant> {
    match plane.family().filter(|_| vault.access.model == AccessModel::Policies) {
        Some(family) => family.permissions().map(Grant::Policy).collect(),
        None => plane.actions().map(Grant::Role).collect(),
    }
}

/// A row: somebody, or whom a policy still names though they are no more.
struct Row {
    id: IdentityId,
    name: String,
    note: String,
    is_there: bool,
}

const NAMES: f32 = 250.0;
const BUTTON: f32 = 44.0;
const WIDEST_UPRIGHT: f32 = 40.0;
const NARROWEST_NAMES: f32 = 170.0;

/// Draws it.
pub(super) fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    vault: &Vault,
    plane: Plane,
    page: &mut AccessPage,
    actions: &mut Vec<Action>,
) {
    let family = plane.family().filter(|_| vault.access.model == AccessModel::Policies);
    let grants = grants(vault, plane);
    let rows = rows(scene, vault, family.is_some());
    let columns = columns(ui, &grants);
    let target = Target::Vault(vault.name().clone());
    let why_not_set = scene.why_not(Operation::VaultAccessPolicySet, &target);
    let why_not_delete = scene.why_not(Operation::VaultAccessPolicyDelete, &target);
    let why_not_assign = scene.why_not(Operation::RoleAssignmentPut, &target);
    let asker = page.asker.and_then(|asker| rows.iter().position(|row| row.id == asker));
    let edit = |row: &Row| match family {
        Some(family) => Action::Open(Box::new(EditPolicy::of(scene, vault.name().clone(), row.id, family))),
        None => Action::Open(Box::new(AssignRole::within(vault.name().clone(), Some(row.id)))),
    };
    let output = ui
        .push_id(plane.title(), |ui| {
            let table = Table::new("Who may do what", &columns, rows.len()).gap(0.0).selected(asker);
            table.show(ui, |table_row| {
                let row = &rows[table_row.index];
                table_row.noted_name(row.id, &row.name, &row.note);
                for grant in &grants {
                    table_row.cell(|ui| cell(ui, scene, vault, row, *grant));
                }
                table_row.cell(|ui| {
                    if !row.is_there {
                        let name = format!("Remove the access policy of {}", row.id);
                        let remove =
                            IconButton::new(Icon::TRASH, name).small().disabled_because(why_not_delete.clone());
                        if ui.add(remove).clicked() {
                            let command = AccessCommand::DeletePolicy(vault.name().clone(), row.id);
                            let after = After::say("The access policy of a removed identity is gone");
                            actions.push(Action::Do(Command::Access(command), after));
                        }
                        return;
                    }
                    let (name, why) = match family {
                        Some(_) => (format!("Edit the access policy of {}", row.name), &why_not_set),
                        None => (format!("Assign a role to {}", row.name), &why_not_assign),
                    };
                    let button = IconButton::new(if family.is_some() { Icon::PENCIL } else { Icon::PLUS }, name);
                    if ui.add(button.small().disabled_because(why.clone())).clicked() {
                        actions.push(edit(row));
                    }
                });
            })
        })
        .inner;
    if let Some(opened) = output.opened.and_then(|row| rows.get(row)) {
        let why = if family.is_some() { &why_not_set } else { &why_not_assign };
        if opened.is_there && why.is_none() {
            actions.push(edit(opened));
        }
    }
    if let Some(row) = output.selected() {
        page.asker = rows.get(row).map(|row| row.id);
    }
}

fn rows(scene: &Scene<'_>, vault: &Vault, are_policies: bool) -> Vec<Row> {
    let directory = &scene.view.world.directory;
    let all = directory.all();
    let there = all.iter().map(|identity| Row {
        id: identity.id,
        name: identity.name.to_string(),
        note: identity.kind.noun().to_owned(),
        is_there: true,
    });
    let gone = vault.access.policies.keys().filter(|id| are_policies && directory.get(**id).is_none());
    let gone = gone.map(|id| Row { id: *id, name: "Removed identity".into(), note: id.to_string(), is_there: false });
    there.chain(gone).collect()
}

/// Heads beside each other where there is room, upright where there is not.
fn columns<'a>(ui: &Ui, grants: &[Grant]) -> Vec<TableColumn<'a>> {
    let length = |grant: &Grant| {
        Font::SecondaryMedium.layout(ui, grant.title(), Color32::PLACEHOLDER, f32::INFINITY).size().x + 2.0 * space::L
    };
    let lengths: Vec<f32> = grants.iter().map(|grant| length(grant).ceil()).collect();
    let room = ui.available_width() - 2.0 * space::XL - BUTTON;
    let mut columns = vec![TableColumn::share("Identity", 1.0)];
    if lengths.iter().sum::<f32>() + NAMES <= room {
        columns.extend(
            grants.iter().zip(lengths).map(|(grant, length)| TableColumn::exact(grant.title(), length).centred()),
        );
    } else {
        let each = ((room - NARROWEST_NAMES) / grants.len() as f32).floor().min(WIDEST_UPRIGHT);
        columns.extend(grants.iter().map(|grant| TableColumn::exact(grant.title(), each).upright()));
    }
    columns.push(TableColumn::exact("", BUTTON).right());
    columns
}

fn cell(ui: &mut Ui, scene: &Scene<'_>, vault: &Vault, row: &Row, grant: Grant) {
    let world = &scene.view.world;
    let sources = grant.sources(world, row.id, vault);
    let kind = match &sources[..] {
        [] => Mark::No,
        [first, ..] if grant_words::is_partial(first) => Mark::Some,
        _ if grant.is_purge() => Mark::Destroys,
        _ => Mark::Yes,
    };
    let words = grant.words();
    let says = match kind {
        Mark::No => format!("{} may not {words}", row.name),
        Mark::Some => format!("{} may {words}, some of them", row.name),
        Mark::Yes | Mark::Destroys => format!("{} may {words}", row.name),
    };
    mark(ui, kind, &says).on_hover_ui(|ui| {
        let from: Vec<_> = sources.iter().map(|source| grant_words::source(world, row.id, source)).collect();
        let text = match (&from[..], row.is_there) {
            (_, false) => {
                "The identity was removed: its object id is never given again, so the policy helps nobody.".into()
            }
            ([], true) => "Nothing grants it.".to_owned(),
            (from, true) => format!("By {}.", from.join("; by ")),
        };
        explanation(ui, &says, &text);
    });
}

/// `Purge is granted to one identity`: to those who can act, by themselves or by a group.
pub(super) fn purge_line(scene: &Scene<'_>, vault: &Vault, part: AccessPart) -> String {
    let AccessPart::Matrix(plane) = part else {
        let count = vault.access.all_assignments().count() + scene.view.world.directory.assignments().count();
        return crate::ui::words::counted(count, "role assignment");
    };
    let world = &scene.view.world;
    let purges: Vec<_> = grants(vault, plane).into_iter().filter(|grant| grant.is_purge()).collect();
    let all = world.directory.all();
    let may = all
        .iter()
        .filter(|identity| identity.can_act())
        .filter(|identity| purges.iter().any(|purge| !purge.sources(world, identity.id, vault).is_empty()));
    match may.count() {
        0 => "Purge is granted to nobody".into(),
        1 => "Purge is granted to one identity".into(),
        many => format!("Purge is granted to {many} identities"),
    }
}

/// So many identities are granted something in a vault: the number beside its tab.
pub(in crate::ui) fn count(world: &World, vault: &Vault) -> usize {
    let is_granted = |id: IdentityId| {
        let directory = &world.directory;
        directory.principals_of(id).iter().any(|holder| match vault.access.model {
            AccessModel::Policies => vault.access.policies.contains_key(holder),
            AccessModel::Roles => {
                vault.access.assignments.contains_key(holder)
                    || directory.assignments_of(*holder).iter().any(|given| given.role.is_data_role())
            }
        })
    };
    world.directory.all().iter().filter(|identity| is_granted(identity.id)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{VaultAccess, permission::Family};

    #[test]
    fn a_vault_shows_the_permissions_of_what_it_decides_by() {
        let head = crate::domain::vault::VaultHead::new(
            crate::domain::vault::VaultDraft {
                name: crate::domain::VaultName::parse("contoso").unwrap(),
                location: crate::domain::RegionName::parse("westeurope").unwrap(),
                sku: crate::domain::Sku::Standard,
                retention: crate::domain::RetentionDays::default(),
                purge_protection: None,
                tags: crate::domain::properties::Tags::default(),
                access: AccessModel::Policies,
            },
            "Developer",
            crate::domain::Timestamp::from_secs(0),
        );
        let mut vault = Vault::new(head.unwrap());
        assert_eq!(grants(&vault, Plane::Secrets).len(), Family::Secrets.permissions().count());
        assert!(grants(&vault, Plane::Control).iter().all(|grant| matches!(grant, Grant::Role(_))));
        vault.access = VaultAccess { model: AccessModel::Roles, ..VaultAccess::default() }.into();
        assert_eq!(grants(&vault, Plane::Secrets).len(), Plane::Secrets.actions().count());
    }
}
