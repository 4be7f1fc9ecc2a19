//! Who was granted what, in words.

use super::{action::Toast, scene::Scene, words::counted};
use crate::domain::{
    IdentityId, RoleAssignment, Scope, Vault, World,
    caller::SignedIn,
    grant::{GrantedBy, Source},
    identity::{Identity, IdentityKind},
    vault::NOT_RECOVERED,
};

/// What an identity is called; one that is no more, by its object id.
pub(super) fn identity(world: &World, id: IdentityId) -> String {
    world.directory.get(id).map_or_else(|| format!("Removed identity {id}"), |identity| identity.name.to_string())
}

/// `person, can purge`: what stands under a name.
pub(super) fn note(scene: &Scene<'_>, identity: &Identity) -> String {
    let caller = crate::domain::Caller::of(identity, SignedIn::Proven);
    let may = if scene.view.world.can_purge(&caller) { "can purge" } else { "may not purge" };
    format!("{}, {may}", identity.kind.noun())
}

/// `its access policy`, `the access policy of Auditors`, `Key Vault Reader (vault contoso-prod), as a member of Auditors`.
pub(super) fn source(world: &World, asked: IdentityId, source: &Source) -> String {
    let is_own = source.holder == asked;
    let holder = || identity(world, source.holder);
    match &source.by {
        GrantedBy::Policy if is_own => "its access policy".into(),
        GrantedBy::Policy => format!("the access policy of the group {}", holder()),
        GrantedBy::Role(given) => {
            let role = format!("{} ({})", given.role.title(), given.scope.words());
            if is_own { role } else { format!("{role}, as a member of {}", holder()) }
        }
    }
}

/// Whether a source holds for single objects only.
pub(super) const fn is_partial(source: &Source) -> bool {
    matches!(&source.by, GrantedBy::Role(RoleAssignment { scope: Scope::Object(..), .. }))
}

/// `Key Vault Reader of Auditors (vault contoso-prod)`.
pub(super) fn assignment(world: &World, given: &RoleAssignment) -> String {
    format!("{} of {} ({})", given.role.title(), identity(world, given.identity), given.scope.words())
}

/// What does not come back with a vault (S19): its role assignments by name.
pub(super) fn lost_with(world: &World, vault: &Vault) -> String {
    let [first, second] = NOT_RECOVERED;
    let access = &vault.access;
    let all: Vec<_> = access.all_assignments().chain(&access.lost).map(|given| assignment(world, given)).collect();
    if all.is_empty() {
        return lost_with_a_vault();
    }
    format!("It comes back with everything in it, but without its {second} and its {first}: {}.", all.join("; "))
}

/// What does not come back with any vault (S19).
pub(super) fn lost_with_a_vault() -> String {
    let [first, second] = NOT_RECOVERED;
    format!("A vault comes back with everything in it, but without its {first} and {second}: make those again.")
}

/// Said when a vault came back (S19).
pub(super) fn vault_recovered(world: &World, name: &crate::domain::VaultName) -> Toast {
    let [first, second] = NOT_RECOVERED;
    let lost = world.vaults.get_deleted(name).map_or(0, |deleted| deleted.item.access.lost.len());
    if lost == 0 {
        return Toast::note(format!("{name} recovered, without its {first} and {second}: make those again"));
    }
    let lost = counted(lost, "role assignment");
    Toast::note(format!(
        "{name} recovered, without its {lost} and {second}: its Access page offers to set the roles again"
    ))
}

/// What an identity gets in new vaults.
pub(super) fn in_new_vaults(identity: &Identity) -> &'static str {
    let rights = identity.in_new_vaults;
    if rights.is_empty() {
        "nothing"
    } else if rights.can_purge() {
        "all and purge"
    } else {
        "all but purge"
    }
}

/// Who gets what in a new vault with access policies, by name: whoever makes it gets all but purge (S3).
pub(super) fn granted_in_new_vaults(scene: &Scene<'_>) -> String {
    let all = scene.view.world.directory.all();
    let who_get = |what: &str, maker: bool| {
        let gets = |identity: &&&std::sync::Arc<Identity>| {
            let is_maker = scene.caller.id == Some(identity.id) && in_new_vaults(identity) == "nothing";
            in_new_vaults(identity) == what || (maker && is_maker)
        };
        all.iter().filter(gets).map(|identity| identity.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let parts = [("all but purge", true), ("all and purge", false)].map(|(what, maker)| (what, who_get(what, maker)));
    let parts = parts.into_iter().filter(|(_, who)| !who.is_empty());
    parts.map(|(what, who)| format!("{} for {who}.", super::words::capitalised(what))).collect::<Vec<_>>().join(" ")
}

/// `Person`, `Group of 3`, `Service principal`.
pub(super) fn kind(identity: &Identity) -> String {
    match &identity.kind {
        IdentityKind::Group { members } => format!("Group of {}", members.len()),
        kind => super::words::capitalised(kind.noun()),
    }
}
