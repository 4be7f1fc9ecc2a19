//! Operations on vaults and on the subscription.

use super::{Service, ServiceError, records};
use crate::domain::{
    Caller, Change, Operation, Target, VaultName,
    soft_delete::SubscriptionProtection,
    vault::{VaultDraft, VaultPatch},
};

impl Service {
    /// Makes a vault (S7–S10).
    pub fn create_vault(&mut self, caller: &Caller, draft: VaultDraft) -> Result<(), ServiceError> {
        // A region that does not take writes takes no new vault either; then the name counts, wherever it is used.
        let target = Target::Vault(draft.name.clone());
        self.write(caller, Operation::VaultPut, &target, |service, now| {
            service.world.admit(caller, Operation::VaultPut, &Target::Region(draft.location), now)?;
            let change = service.world.create_vault(draft, &caller.name, now)?;
            Ok((records::write_of(&service.world, vec![change]), ()))
        })
    }

    /// Changes a vault's properties (S8, S10).
    pub fn update_vault(&mut self, caller: &Caller, name: &VaultName, patch: &VaultPatch) -> Result<(), ServiceError> {
        self.change_vault(caller, Operation::VaultPatch, name, |service, _| service.world.update_vault(name, patch))
    }

    /// Moves a vault to the bin (S12).
    pub fn delete_vault(&mut self, caller: &Caller, name: &VaultName) -> Result<(), ServiceError> {
        self.change_vault(caller, Operation::VaultDelete, name, |service, now| {
            service.world.delete_vault(name, &caller.name, now)
        })
    }

    /// Brings a deleted vault back (S12, S17).
    pub fn recover_vault(&mut self, caller: &Caller, name: &VaultName) -> Result<(), ServiceError> {
        self.change_vault(caller, Operation::VaultRecover, name, |service, now| service.world.recover_vault(name, now))
    }

    /// Destroys a deleted vault (S11).
    pub fn purge_vault(&mut self, caller: &Caller, name: &VaultName) -> Result<(), ServiceError> {
        self.change_vault(caller, Operation::VaultPurge, name, |service, now| service.world.purge_vault(name, now))
    }

    /// Marks the subscription undeletable, or takes the mark away (S11).
    pub fn protect_subscription(
        &mut self,
        caller: &Caller,
        protection: SubscriptionProtection,
    ) -> Result<(), ServiceError> {
        self.write(caller, Operation::SubscriptionPatch, &Target::Subscription, |service, _| {
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
