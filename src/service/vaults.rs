//! Operations on vaults and on the subscription.

use std::sync::Arc;

use super::{Service, ServiceError, about, records};
use crate::domain::{
    Caller, Change, Deleted, Operation, Refusal, Target, Vault, VaultName,
    activity::About,
    soft_delete::SubscriptionProtection,
    vault::{VaultDraft, VaultPatch},
};
use crate::store::StoreError;

/// Reading.
impl Service {
    /// A vault is only made while the names of all others are known.
    pub(super) fn know_names(&self, operation: Operation) -> Result<(), ServiceError> {
        match self.known.unread.first() {
            Some(partition) if operation == Operation::VaultPut => {
                Err(StoreError::Lost { partition: partition.clone() }.into())
            }
            _ => Ok(()),
        }
    }

    /// All vaults; the deleted ones are told by [`Service::list_deleted_vaults`] only.
    pub fn list_vaults(&mut self, caller: &Caller) -> Result<Vec<Arc<Vault>>, ServiceError> {
        self.read(caller, Operation::VaultList, &Target::Subscription, |service, _| {
            Ok(service.world.vaults.live().cloned().collect())
        })
    }

    /// A vault with its properties.
    pub fn get_vault(&mut self, caller: &Caller, name: &VaultName) -> Result<Arc<Vault>, ServiceError> {
        self.read(caller, Operation::VaultGet, &Target::Vault(name.clone()), |service, _| {
            Ok(Arc::clone(service.world.vault(name)?))
        })
    }

    /// The deleted vaults (S12, S17).
    pub fn list_deleted_vaults(&mut self, caller: &Caller) -> Result<Vec<Arc<Deleted<Vault>>>, ServiceError> {
        self.read(caller, Operation::VaultListDeleted, &Target::Subscription, |service, _| {
            Ok(service.world.vaults.deleted().cloned().collect())
        })
    }

    /// A deleted vault (S12, S17).
    pub fn get_deleted_vault(
        &mut self,
        caller: &Caller,
        name: &VaultName,
    ) -> Result<Arc<Deleted<Vault>>, ServiceError> {
        self.read(caller, Operation::VaultGetDeleted, &Target::Vault(name.clone()), |service, now| {
            Ok(Arc::clone(service.world.deleted_vault(name, service.clock.at(now))?))
        })
    }

    /// Whether a vault could be made under this name (§1.7). Asks nobody's permission and is not recorded.
    pub fn check_vault_name(&self, name: &VaultName) -> Result<(), Refusal> {
        self.whole_world().admit_vault_name(name)
    }
}

/// Writing.
impl Service {
    /// Makes a vault (S7–S10).
    pub fn create_vault(&mut self, caller: &Caller, draft: VaultDraft) -> Result<(), ServiceError> {
        // A region that does not take writes takes no new vault either; then the name counts, wherever it is used.
        let target = Target::Vault(draft.name.clone());
        let about = about::new_vault(&self.world, draft.access, caller);
        self.write_about(caller, Operation::VaultPut, &target, about, |service, now| {
            service.world.admit(caller, Operation::VaultPut, &Target::Region(draft.location), now)?;
            let changes = service.world.create_vault(draft, caller, now)?;
            Ok((records::write_of(&service.world, changes), ()))
        })
    }

    /// Changes a vault's properties (S8, S10).
    pub fn update_vault(&mut self, caller: &Caller, name: &VaultName, patch: &VaultPatch) -> Result<(), ServiceError> {
        self.change_vault(caller, Operation::VaultPatch, name, |service, _| service.world.update_vault(name, patch))
    }

    /// Moves a vault to the bin (S12).
    pub fn delete_vault(&mut self, caller: &Caller, name: &VaultName) -> Result<(), ServiceError> {
        self.write(caller, Operation::VaultDelete, &Target::Vault(name.clone()), |service, now| {
            let changes = service.world.delete_vault(name, &caller.name, service.clock.at(now))?;
            Ok((records::write_of(&service.world, changes), ()))
        })
    }

    /// Brings a deleted vault back (S12, S17).
    pub fn recover_vault(&mut self, caller: &Caller, name: &VaultName) -> Result<(), ServiceError> {
        self.change_vault(caller, Operation::VaultRecover, name, |service, now| {
            service.world.recover_vault(name, service.clock.at(now))
        })
    }

    /// Destroys a deleted vault (S11).
    pub fn purge_vault(&mut self, caller: &Caller, name: &VaultName) -> Result<(), ServiceError> {
        self.change_vault(caller, Operation::VaultPurge, name, |service, now| {
            service.world.purge_vault(name, service.clock.at(now))
        })
    }

    /// Marks the subscription undeletable, or takes the mark away (S11).
    pub fn protect_subscription(
        &mut self,
        caller: &Caller,
        protection: SubscriptionProtection,
    ) -> Result<(), ServiceError> {
        let about = vec![About::detail(match protection {
            SubscriptionProtection::None => "purging allowed",
            SubscriptionProtection::Undeletable => "undeletable",
        })];
        self.write_about(caller, Operation::SubscriptionPatch, &Target::Subscription, about, |service, _| {
            let change = Change::SubscriptionProtected(protection);
            Ok((records::write_of(&service.world, vec![change]), ()))
        })
    }

    fn change_vault(
        &mut self,
        caller: &Caller,
        operation: Operation,
        name: &VaultName,
        decide: impl FnOnce(&Self, crate::domain::Timestamp) -> Result<Change, crate::domain::Refusal>,
    ) -> Result<(), ServiceError> {
        self.write(caller, operation, &Target::Vault(name.clone()), |service, now| {
            let change = decide(service, now)?;
            Ok((records::write_of(&service.world, vec![change]), ()))
        })
    }
}
