//! Operations on identities and on what they are granted.

use super::{Service, ServiceError, about, records};
use crate::{
    crypto::random,
    domain::{
        AccessModel, Caller, Change, Identity, IdentityId, Operation, Refusal, Rights, Role, RoleAssignment, Scope,
        Target, Timestamp, VaultName, World,
        activity::About,
        grant::AssignmentId,
        identity::{IdentityDraft, IdentityPatch},
    },
};
use std::sync::Arc;

/// Identities.
impl Service {
    /// Makes an identity and answers with it; its object id is random.
    pub fn create_identity(&mut self, caller: &Caller, draft: IdentityDraft) -> Result<Arc<Identity>, ServiceError> {
        let id = IdentityId::from_random(random::bytes());
        self.create_identity_as(caller, draft, id)
    }

    /// Makes an identity with this object id, which must be fresh.
    pub(super) fn create_identity_as(
        &mut self,
        caller: &Caller,
        draft: IdentityDraft,
        id: IdentityId,
    ) -> Result<Arc<Identity>, ServiceError> {
        let about = about::new_identity(&self.world, id, &draft);
        self.change_access(caller, Operation::IdentityPut, None, about, |world, now| {
            world.create_identity(draft, id, now).map(|change| vec![change])
        })?;
        Ok(Arc::clone(self.world.identity(id)?))
    }

    /// Changes an identity and answers with it.
    pub fn update_identity(
        &mut self,
        caller: &Caller,
        id: IdentityId,
        patch: IdentityPatch,
    ) -> Result<Arc<Identity>, ServiceError> {
        let about = about::changed_identity(&self.world, id, &patch);
        self.change_access(caller, Operation::IdentityPut, None, about, |world, _| {
            world.update_identity(id, patch).map(|change| vec![change])
        })?;
        Ok(Arc::clone(self.world.identity(id)?))
    }

    /// Takes an identity away, with its roles and its passphrase.
    pub fn remove_identity(&mut self, caller: &Caller, id: IdentityId) -> Result<(), ServiceError> {
        let about = about::removed_identity(&self.world, id);
        self.change_access(caller, Operation::IdentityDelete, None, about, |world, _| {
            world.remove_identity(id, caller)
        })?;
        self.locks.remove(&id);
        Ok(())
    }
}

/// Grants.
impl Service {
    /// Gives an identity an access policy in place of the one it has; without any right it has none then.
    pub fn set_policy(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
        identity: IdentityId,
        rights: Rights,
    ) -> Result<(), ServiceError> {
        let about = about::policy(&self.world, identity, rights);
        self.change_access(caller, Operation::VaultAccessPolicySet, Some(vault), about, |world, _| {
            world.set_policy(vault, identity, rights).map(|change| vec![change])
        })
    }

    /// Takes an identity's access policy away, also of one that is no more.
    pub fn delete_policy(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
        identity: IdentityId,
    ) -> Result<(), ServiceError> {
        let about = about::deleted_policy(&self.world, vault, identity);
        self.change_access(caller, Operation::VaultAccessPolicyDelete, Some(vault), about, |world, _| {
            world.delete_policy(vault, identity).map(|change| vec![change])
        })
    }

    /// Says by what a vault decides who may do what in it.
    pub fn set_access_model(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
        model: AccessModel,
    ) -> Result<(), ServiceError> {
        let about = about::model(model);
        self.change_access(caller, Operation::VaultAccessModelSet, Some(vault), about, |world, _| {
            world.set_access_model(vault, model).map(|change| vec![change])
        })
    }

    /// Gives an identity a role, and answers with the assignment.
    pub fn assign_role(
        &mut self,
        caller: &Caller,
        identity: IdentityId,
        role: Role,
        scope: Scope,
    ) -> Result<RoleAssignment, ServiceError> {
        let id = AssignmentId::from_random(random::bytes());
        self.assign_role_as(caller, RoleAssignment { id, identity, role, scope })
    }

    /// Gives a role under this id, which must be fresh.
    pub(super) fn assign_role_as(
        &mut self,
        caller: &Caller,
        assignment: RoleAssignment,
    ) -> Result<RoleAssignment, ServiceError> {
        let vault = assignment.scope.vault().cloned();
        let about = vec![about::assignment(&self.world, &assignment)];
        self.change_access(caller, Operation::RoleAssignmentPut, vault.as_ref(), about, |world, _| {
            world.assign_role(assignment.clone(), caller).map(|change| vec![change])
        })?;
        Ok(assignment)
    }

    /// Takes a role away again; `vault`: it was given in that vault, or for something in it.
    pub fn remove_role(
        &mut self,
        caller: &Caller,
        vault: Option<&VaultName>,
        id: AssignmentId,
    ) -> Result<(), ServiceError> {
        let about = about::removed_assignment(&self.world, vault, id);
        self.change_access(caller, Operation::RoleAssignmentDelete, vault, about, |world, _| {
            world.remove_assignment(vault, id, caller).map(|change| vec![change])
        })
    }

    /// Sets the role assignments again that a vault lost when it was deleted (S19).
    pub fn restore_roles(&mut self, caller: &Caller, vault: &VaultName) -> Result<(), ServiceError> {
        let about = about::lost_assignments(&self.world, vault);
        self.change_access(caller, Operation::RoleAssignmentPut, Some(vault), about, |world, _| {
            world.restore_assignments(vault, caller).map(|change| vec![change])
        })
    }

    /// Forgets which role assignments a vault lost when it was deleted (S19).
    pub fn forget_lost_roles(&mut self, caller: &Caller, vault: &VaultName) -> Result<(), ServiceError> {
        let about = about::lost_assignments(&self.world, vault);
        self.change_access(caller, Operation::RoleAssignmentDelete, Some(vault), about, |world, _| {
            world.forget_lost_assignments(vault).map(|change| vec![change])
        })
    }

    fn change_access(
        &mut self,
        caller: &Caller,
        operation: Operation,
        vault: Option<&VaultName>,
        about: Vec<About>,
        decide: impl FnOnce(&World, Timestamp) -> Result<Vec<Change>, Refusal>,
    ) -> Result<(), ServiceError> {
        let target = vault.map_or(Target::Subscription, |vault| Target::Vault(vault.clone()));
        self.write_about(caller, operation, &target, about, |service, now| {
            let changes = decide(&service.world, now)?;
            let mut write = records::write_of(&service.world, changes);
            for change in write.changes.clone() {
                if let Change::IdentityRemoved(id) = change {
                    write.put_lock(id, None);
                }
            }
            Ok((write, ()))
        })
    }
}
