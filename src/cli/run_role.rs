//! `tresor role …`

use super::{
    args::{
        AssignmentCommand, CreateAssignment, DefinitionCommand, DeleteAssignments, ListAssignments, RestoreAssignments,
        RoleCommand, Which,
    },
    errors::Failure,
    identities,
    output::{Columns, Output},
    scope,
    session::Session,
    shape,
};
use crate::domain::{IdentityId, Role, RoleAssignment, Scope, World};

const COLUMNS: Columns = &[("Principal", &["principalName"]), ("Role", &["roleDefinitionName"]), ("Scope", &["scope"])];
const DEFINITION_COLUMNS: Columns = &[("Name", &["roleName"]), ("Id", &["name"]), ("Description", &["description"])];

pub(super) fn run(session: &mut Session, output: &Output, command: RoleCommand) -> Result<(), Failure> {
    match command {
        RoleCommand::Assignment(AssignmentCommand::Create(what)) => create(session, output, &what),
        RoleCommand::Assignment(AssignmentCommand::List(what)) => list(session, output, &what),
        RoleCommand::Assignment(AssignmentCommand::Delete(what)) => delete(session, &what),
        RoleCommand::Assignment(AssignmentCommand::Restore(what)) => restore(session, output, &what),
        RoleCommand::Definition(DefinitionCommand::List { name }) => {
            let wanted = name.as_deref().map(|text| role("--name", text)).transpose()?;
            let subscription = &session.service.world().subscription;
            let roles = Role::ALL.iter().copied().filter(|role| wanted.is_none_or(|wanted| wanted == *role));
            output.list(roles.map(|role| shape::access::definition(subscription, role)), Some(DEFINITION_COLUMNS))
        }
    }
}

fn create(session: &mut Session, output: &Output, what: &CreateAssignment) -> Result<(), Failure> {
    let role = role("--role", &what.role)?;
    let identity = session.identity(&what.assignee)?;
    let scope = scope::of(session, what.scope.scope.as_deref())?;
    let assignment = session.service.assign_role(&session.caller, identity.id, role, scope)?;
    output.one(&shape::access::assignment(session.service.world(), &assignment))
}

fn list(session: &mut Session, output: &Output, what: &ListAssignments) -> Result<(), Failure> {
    let wanted = Wanted::of(session, &what.which)?;
    let world = session.service.world();
    let principals: Vec<IdentityId> = match wanted.identity {
        Some(id) if what.include_groups => world.directory.principals_of(id).to_vec(),
        id => id.into_iter().collect(),
    };
    let is_wanted = |given: &&RoleAssignment| {
        (what.all || wanted.holds_at(&given.scope))
            && wanted.role.is_none_or(|role| role == given.role)
            && (wanted.identity.is_none() || principals.contains(&given.identity))
    };
    let mut found: Vec<_> = all(world).filter(is_wanted).collect();
    found.sort_by_cached_key(|given| (given.scope.clone(), session.name_of(given.identity), given.role));
    output.list(found.into_iter().map(|given| shape::access::assignment(world, given)), Some(COLUMNS))
}

/// Takes roles away one after the other; that all are there is looked at first.
fn delete(session: &mut Session, what: &DeleteAssignments) -> Result<(), Failure> {
    let Which { assignee, role, scope, .. } = &what.which;
    if what.ids.is_empty() && assignee.is_none() && role.is_none() && scope.scope.is_none() {
        let options = "--ids, --assignee, --role or --scope";
        return Err(Failure::Usage(format!("one of the following arguments is required: {options}")));
    }
    let found: Vec<RoleAssignment> = if what.ids.is_empty() {
        let wanted = Wanted::of(session, &what.which)?;
        all(session.service.world()).filter(|given| wanted.is(given)).cloned().collect()
    } else {
        what.ids.iter().map(|id| by_id(session.service.world(), id)).collect::<Result<_, _>>()?
    };
    if found.is_empty() {
        return Err(Failure::Absent("No role assignment is such, so none was removed.".into()));
    }
    for given in found {
        let vault = given.scope.vault();
        if let Some(vault) = vault {
            session.vault_name(vault.as_str())?;
        }
        session.service.remove_role(&session.caller, vault, given.id)?;
    }
    Ok(())
}

fn restore(session: &mut Session, output: &Output, what: &RestoreAssignments) -> Result<(), Failure> {
    let name = session.vault_name(&what.vault_name)?;
    let lost = session.service.world().vault(&name)?.access.lost.clone();
    session.service.restore_roles(&session.caller, &name)?;
    let world = session.service.world();
    let is_back = |given: &&RoleAssignment| lost.iter().any(|lost| lost.id == given.id);
    let mut back: Vec<_> = world.vault(&name)?.access.all_assignments().filter(is_back).collect();
    back.sort_by_cached_key(|given| (given.scope.clone(), session.name_of(given.identity), given.role));
    for lost in lost.iter().filter(|lost| back.iter().all(|given| given.id != lost.id)) {
        let (role, identity) = (lost.role.title(), lost.identity);
        session.warn(&format!("{role} for {identity} was not set again: there is no such identity any more."));
    }
    output.list(back.into_iter().map(|given| shape::access::assignment(world, given)), Some(COLUMNS))
}

/// Which assignments are meant.
struct Wanted {
    identity: Option<IdentityId>,
    role: Option<Role>,
    scope: Scope,
    is_inherited_too: bool,
}

impl Wanted {
    fn of(session: &mut Session, which: &Which) -> Result<Self, Failure> {
        let role = which.role.as_deref().map(|text| role("--role", text)).transpose()?;
        let identity = which.assignee.as_deref().map(|who| session.identity(who)).transpose()?;
        Ok(Self {
            identity: identity.map(|identity| identity.id),
            role,
            scope: scope::of(session, which.scope.scope.as_deref())?,
            is_inherited_too: which.include_inherited,
        })
    }

    fn is(&self, given: &RoleAssignment) -> bool {
        self.holds_at(&given.scope)
            && self.role.is_none_or(|role| role == given.role)
            && self.identity.is_none_or(|identity| identity == given.identity)
    }

    /// As az: what was given at the scope itself, and where that is said, what holds there too.
    fn holds_at(&self, scope: &Scope) -> bool {
        let is_above = match scope {
            Scope::Subscription => true,
            Scope::Vault(vault) => self.scope.vault() == Some(vault),
            Scope::Object(..) => false,
        };
        *scope == self.scope || (self.is_inherited_too && is_above)
    }
}

/// Every assignment in every live vault and above.
fn all(world: &World) -> impl Iterator<Item = &RoleAssignment> {
    let in_vaults = world.vaults.live().flat_map(|vault| vault.access.all_assignments());
    world.directory.assignments().chain(in_vaults)
}

/// By its name, or by its id, which ends with it.
fn by_id(world: &World, text: &str) -> Result<RoleAssignment, Failure> {
    let name = text.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let Some(id) = IdentityId::parse(name) else {
        let form = "2b6c1d0e-5472-4e65-a101-00646576656c";
        return Err(Failure::Usage(format!("argument --ids: {text} is no such id; one ends like {form}")));
    };
    let found = all(world).find(|given| given.id == id).cloned();
    Ok(found.ok_or(crate::domain::Refusal::NoAssignment { id })?)
}

/// By its name, in which hyphens can stand for spaces, its id, or the id of its definition.
fn role(option: &str, text: &str) -> Result<Role, Failure> {
    let last = text.rsplit('/').next().unwrap_or_default();
    let unknown = || {
        let titles: Vec<_> = Role::ALL.iter().map(|role| role.title()).collect();
        let near = identities::nearest(text, &titles);
        let hint = match near.as_slice() {
            [] => String::new(),
            near => format!("; the nearest are {}", near.join(", ")),
        };
        Failure::Absent(format!(
            "argument {option}: there is no role {text}{hint}. `tresor role definition list` tells all."
        ))
    };
    let by_name =
        || Role::ALL.iter().copied().find(|role| identities::spelled(role.title()) == identities::spelled(text));
    Role::parse(last).or_else(by_name).ok_or_else(unknown)
}
