//! Whom and what the operations on grants and identities are about: what the activity says beside the target (T11).
//!
//! Told of what was asked for, before it is decided: a refused grant says whom it was meant for, too.

use crate::domain::{
    AccessModel, Caller, Identity, IdentityId, Rights, Role, RoleAssignment, Scope, VaultAccess, VaultName, World,
    activity::About,
    grant::AssignmentId,
    identity::{IdentityDraft, IdentityKind, IdentityPatch},
};

/// An identity by its name; one that is no more, by its object id.
fn name(world: &World, id: IdentityId) -> String {
    world.directory.get(id).map_or_else(|| id.to_string(), |identity| identity.name.to_string())
}

fn of(world: &World, id: IdentityId, detail: impl Into<String>) -> About {
    About::subject(id, name(world, id), detail)
}

fn names(world: &World, ids: &[IdentityId]) -> String {
    ids.iter().map(|id| name(world, *id)).collect::<Vec<_>>().join(", ")
}

/// A new identity: what it is, and what it is granted in new vaults.
pub(super) fn new_identity(world: &World, id: IdentityId, draft: &IdentityDraft) -> Vec<About> {
    let mut parts = vec![draft.kind.noun().to_owned()];
    if let IdentityKind::Group { members } = &draft.kind {
        parts.push(format!("members: {}", names(world, members)));
    }
    parts.push(format!("in new vaults: {}", draft.in_new_vaults.words()));
    vec![About::subject(id, draft.name.to_string(), parts.join("; "))]
}

/// What is changed of an identity.
pub(super) fn changed_identity(world: &World, id: IdentityId, patch: &IdentityPatch) -> Vec<About> {
    let IdentityPatch { name: new_name, members, in_new_vaults } = patch;
    let before = world.directory.get(id);
    let mut parts = Vec::new();
    if let Some(new_name) = new_name.as_ref().filter(|new| before.is_none_or(|before| before.name != **new)) {
        parts.push(format!("name: {new_name}"));
    }
    if let Some(members) = members {
        let had = before.map(|before| before.members()).unwrap_or_default();
        let only = |these: &[IdentityId], those: &[IdentityId]| {
            let apart: Vec<_> = these.iter().copied().filter(|id| !those.contains(id)).collect();
            names(world, &apart)
        };
        for (what, who) in [("added", only(members, had)), ("removed", only(had, members))] {
            if !who.is_empty() {
                parts.push(format!("{what}: {who}"));
            }
        }
    }
    if let Some(rights) = in_new_vaults.filter(|new| before.is_none_or(|before| before.in_new_vaults != *new)) {
        parts.push(format!("in new vaults: {}", rights.words()));
    }
    vec![of(world, id, parts.join("; "))]
}

/// An identity that is removed: what goes with it.
pub(super) fn removed_identity(world: &World, id: IdentityId) -> Vec<About> {
    let roles = world.directory.assignments_of(id).iter().map(|given| role(given.role, &given.scope));
    let groups = world.directory.groups_of(id).map(|group| format!("member of {}", group.name));
    let lost: Vec<_> = roles.chain(groups).collect();
    vec![of(world, id, if lost.is_empty() { "removed".to_owned() } else { format!("removed; {}", lost.join("; ")) })]
}

/// What an access policy grants from now on.
pub(super) fn policy(world: &World, id: IdentityId, rights: Rights) -> Vec<About> {
    vec![of(world, id, rights.words())]
}

/// What the access policy granted that is taken away.
pub(super) fn deleted_policy(world: &World, vault: &VaultName, id: IdentityId) -> Vec<About> {
    let granted = world.vaults.get(vault).and_then(|vault| vault.access.policies.get(&id));
    policy(world, id, granted.copied().unwrap_or_default())
}

/// By what a vault decides from now on.
pub(super) fn model(model: AccessModel) -> Vec<About> {
    vec![About::detail(model.title())]
}

/// A role that is given.
pub(super) fn assignment(world: &World, given: &RoleAssignment) -> About {
    of(world, given.identity, role(given.role, &given.scope))
}

/// A role that is taken away.
pub(super) fn removed_assignment(world: &World, vault: Option<&VaultName>, id: AssignmentId) -> Vec<About> {
    let found = match vault {
        None => world.directory.assignment(id),
        Some(name) => {
            let all = world.vaults.get(name).map(|vault| vault.access.all_assignments());
            all.into_iter().flatten().find(|given| given.id == id)
        }
    };
    vec![found.map_or_else(|| About::detail(id.to_string()), |given| assignment(world, given))]
}

/// Each of the roles that a vault lost with its deletion (S19).
pub(super) fn lost_assignments(world: &World, vault: &VaultName) -> Vec<About> {
    let lost = world.vaults.get(vault).map(|vault| vault.access.lost.as_slice()).unwrap_or_default();
    if lost.is_empty() {
        return vec![About::default()];
    }
    lost.iter().map(|given| assignment(world, given)).collect()
}

/// What a new vault grants from the start.
pub(super) fn new_vault(world: &World, model: AccessModel, caller: &Caller) -> Vec<About> {
    let all = world.directory.all();
    let access = VaultAccess::of_new_vault(model, caller.id, all.iter().map(AsRef::as_ref));
    let granted = access.policies.iter().map(|(id, rights)| format!("{} to {}", rights.words(), name(world, *id)));
    let parts: Vec<_> = std::iter::once(model.title().to_owned()).chain(granted).collect();
    vec![About::detail(parts.join("; "))]
}

/// What becomes of an identity's own passphrase or PIN.
#[derive(Clone, Copy)]
pub(super) enum PinBecomes {
    Set,
    Changed,
    Removed,
}

/// That the passphrase of an identity was set, changed or removed.
pub(super) fn pin(identity: &Identity, becomes: PinBecomes) -> About {
    let detail = match becomes {
        PinBecomes::Set => "passphrase set",
        PinBecomes::Changed => "passphrase changed",
        PinBecomes::Removed => "passphrase removed",
    };
    About::subject(identity.id, identity.name.to_string(), detail)
}

/// `Key Vault Reader (vault contoso)`.
fn role(role: Role, scope: &Scope) -> String {
    format!("{} ({})", role.title(), scope.words())
}
