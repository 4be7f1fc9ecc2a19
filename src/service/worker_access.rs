//! What the worker does with identities and grants.

use super::{Authority, Reply, Service, ServiceError};
use crate::{
    crypto::Passphrase,
    domain::{
        AccessModel, Caller, IdentityId, Rights, Role, Scope, VaultName,
        grant::AssignmentId,
        identity::{IdentityDraft, IdentityPatch},
    },
};

/// Every operation on identities and grants that can be asked of a service.
#[expect(missing_docs, reason = "each is the service's method of the same name")]
pub enum AccessCommand {
    SignIn(IdentityId, Option<Passphrase>),
    CreateIdentity(IdentityDraft),
    UpdateIdentity(IdentityId, IdentityPatch),
    RemoveIdentity(IdentityId),
    SetIdentityPassphrase(IdentityId, Authority, Option<Passphrase>),
    SetPolicy(VaultName, IdentityId, Rights),
    DeletePolicy(VaultName, IdentityId),
    SetAccessModel(VaultName, AccessModel),
    AssignRole(IdentityId, Role, Scope),
    RemoveRole(Option<VaultName>, AssignmentId),
    RestoreRoles(VaultName),
    ForgetLostRoles(VaultName),
}

/// Does what is asked for.
pub(super) fn perform(service: &mut Service, by: &Caller, command: AccessCommand) -> Result<Reply, ServiceError> {
    let done = |()| Reply::Done;
    match command {
        AccessCommand::SignIn(id, passphrase) => service.sign_in(id, passphrase.as_ref()).map(Reply::SignedIn),
        AccessCommand::CreateIdentity(draft) => {
            service.create_identity(by, draft).map(|identity| Reply::Identity(identity.id))
        }
        AccessCommand::UpdateIdentity(id, patch) => service.update_identity(by, id, patch).map(|_| Reply::Done),
        AccessCommand::RemoveIdentity(id) => service.remove_identity(by, id).map(done),
        AccessCommand::SetIdentityPassphrase(id, authority, new) => {
            service.set_identity_passphrase(by, id, &authority, new.as_ref()).map(done)
        }
        AccessCommand::SetPolicy(vault, identity, rights) => service.set_policy(by, &vault, identity, rights).map(done),
        AccessCommand::DeletePolicy(vault, identity) => service.delete_policy(by, &vault, identity).map(done),
        AccessCommand::SetAccessModel(vault, model) => service.set_access_model(by, &vault, model).map(done),
        AccessCommand::AssignRole(identity, role, scope) => {
            service.assign_role(by, identity, role, scope).map(|_| Reply::Done)
        }
        AccessCommand::RemoveRole(vault, id) => service.remove_role(by, vault.as_ref(), id).map(done),
        AccessCommand::RestoreRoles(vault) => service.restore_roles(by, &vault).map(done),
        AccessCommand::ForgetLostRoles(vault) => service.forget_lost_roles(by, &vault).map(done),
    }
}
