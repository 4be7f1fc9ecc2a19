//! Everything a store holds, as one value: what questions are answered from and what the window draws.

use std::sync::Arc;

use imbl::OrdMap;

use super::{
    Caller, Deleted, Deletion, ObjectName, Operation, Refusal, RegionName, Secret, Shelf, Target, Timestamp, Vault,
    VaultHead, VaultName,
    backup::admit_backup,
    operation::{Effect, InReadOnly},
    region::{Outage, RegionState},
    soft_delete::{Kind, SubscriptionProtection, admit_purge},
    vault::{VaultDraft, VaultPatch},
};

/// The world as it is. Cloning costs a few pointers.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// The subscription's id.
    pub subscription: Arc<str>,
    /// Whether the subscription is marked undeletable (S11).
    pub protection: SubscriptionProtection,
    /// All vaults, live and deleted (S12).
    pub vaults: Shelf<Vault>,
    /// Regions that are or were out.
    pub outages: OrdMap<RegionName, Outage>,
}

/// One change of the world: decided, then stored, then applied.
#[derive(Clone, Debug)]
pub enum Change {
    /// A vault's properties became these.
    VaultPut(VaultHead),
    /// A vault went to the bin.
    VaultDeleted(VaultName, Deletion),
    /// A vault came back from the bin.
    VaultRecovered(VaultName),
    /// A vault is gone for good, with everything in it.
    VaultPurged(VaultName),
    /// A secret became this.
    SecretPut(VaultName, Arc<Secret>),
    /// A secret went to the bin.
    SecretDeleted(VaultName, Arc<Secret>, Deletion),
    /// A secret came back from the bin.
    SecretRecovered(VaultName, Arc<Secret>),
    /// A secret is gone for good.
    SecretPurged(VaultName, Arc<Secret>),
    /// The subscription's protection became this.
    SubscriptionProtected(SubscriptionProtection),
    /// A region's outage became this; `None`: it is over.
    Region(RegionName, Option<Outage>),
}

impl Change {
    /// The operation the service does on its own for a scheduled purge, and of what.
    pub fn scheduled_purge(&self) -> Option<(Operation, Target)> {
        match self {
            Self::VaultPurged(vault) => Some((Operation::VaultPurge, Target::Vault(vault.clone()))),
            Self::SecretPurged(vault, secret) => {
                Some((Operation::SecretPurge, Target::Object(vault.clone(), secret.name().clone())))
            }
            _ => None,
        }
    }
}

/// Something whose retention ends, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// What kind of thing.
    pub kind: Kind,
    /// The vault it is or is in.
    pub vault: VaultName,
    /// Its name in the vault; `None`: the vault itself.
    pub object: Option<ObjectName>,
    /// When its retention ends.
    pub at: Timestamp,
}

/// The questions.
impl World {
    /// Whether `caller` may do `operation` to `target` at `now`: what a button asks before it is drawn, and what the
    /// service asks again before it acts.
    pub fn may(&self, caller: &Caller, operation: Operation, target: &Target, now: Timestamp) -> Result<(), Refusal> {
        self.admit(caller, operation, target, now)?;
        match (target, operation) {
            (Target::Region(region), Operation::RegionOutage) => self.admit_outage(*region, now),
            (Target::Region(region), Operation::RegionReturn) => self.end_outage(*region, now).map(drop),
            (Target::Vault(name), Operation::VaultPut) => self.admit_vault_name(name),
            (Target::Vault(name), Operation::VaultGetDeleted | Operation::VaultRecover) => {
                self.deleted_vault(name, now).map(drop)
            }
            (Target::Vault(name), Operation::VaultPurge) => self.purge_vault(name, now).map(drop),
            (Target::Vault(name) | Target::Object(name, _), _) => {
                self.may_inside(self.vault(name)?, operation, target, now)
            }
            (Target::Subscription | Target::Region(_), _) => Ok(()),
        }
    }

    fn may_inside(&self, vault: &Vault, operation: Operation, target: &Target, now: Timestamp) -> Result<(), Refusal> {
        let Some(name) = target.object() else { return Ok(()) };
        match operation {
            Operation::SecretGet => vault.readable_version(name, None).map(drop),
            Operation::SecretSet => vault.admit_name(name),
            Operation::SecretUpdate | Operation::SecretDelete => vault.secret(name).map(drop),
            Operation::SecretBackup => admit_backup(vault.secret(name)?),
            Operation::SecretGetDeleted | Operation::SecretRecover => vault.recover_secret(name, now).map(drop),
            Operation::SecretPurge => vault.purge_secret(name, self.protection, now).map(drop),
            _ => Ok(()),
        }
    }

    /// The first half of the question, for any target: the permission, and whether the region answers (A5, S17).
    pub fn admit(&self, caller: &Caller, operation: Operation, target: &Target, now: Timestamp) -> Result<(), Refusal> {
        // A name is free or not wherever its vault stands; which region a new vault needs is asked by itself.
        let is_about_a_name = operation == Operation::VaultPut && target.vault().is_some();
        if let Some(region) = self.region_of(target).filter(|_| !is_about_a_name) {
            self.admit_in_region(operation, region, now)?;
        }
        match operation.permission() {
            Some(permission) if !caller.rights.contains(permission) => {
                Err(Refusal::PermissionMissing { permission, caller: caller.name.clone() })
            }
            _ => Ok(()),
        }
    }

    /// The live vault of that name (S5: a deleted one is not found).
    pub fn vault(&self, name: &VaultName) -> Result<&Arc<Vault>, Refusal> {
        self.vaults.get(name).ok_or_else(|| Refusal::NotFound { kind: Kind::Vault, name: name.to_string() })
    }

    /// How a region stands at `now`. A pair that is out itself cannot stand in.
    pub fn region_state(&self, region: RegionName, now: Timestamp) -> RegionState {
        let Some(outage) = self.outages.get(&region) else { return RegionState::Healthy };
        let state = outage.state(region.failover_to(), now);
        let is_out = |pair: RegionName| {
            let pair_state = self.outages.get(&pair).map(|pair_outage| pair_outage.state(None, now));
            pair_state.is_some_and(|state| !state.is_healthy())
        };
        match state {
            RegionState::FailingOver { since: lost, to: pair, .. }
            | RegionState::ReadOnly { lost, serving: pair, .. }
                if is_out(pair) =>
            {
                RegionState::Outage { since: lost, until: None }
            }
            // The region is back, and there is nothing left that requests could stay with.
            RegionState::FailingBack { serving: pair, .. } if is_out(pair) => RegionState::Healthy,
            state => state,
        }
    }

    /// Which region answers for what lives in `region`, if any does.
    pub fn serving_region(&self, region: RegionName, now: Timestamp) -> Option<RegionName> {
        match self.region_state(region, now) {
            RegionState::Healthy => Some(region),
            RegionState::Outage { .. } => None,
            RegionState::FailingOver { to, .. } => Some(to),
            RegionState::ReadOnly { serving, .. } | RegionState::FailingBack { serving, .. } => Some(serving),
        }
    }

    /// When a region's state changes next by itself.
    pub fn next_region_change(&self, now: Timestamp) -> Option<Timestamp> {
        self.outages.iter().filter_map(|(region, outage)| outage.next_change(region.failover_to(), now)).min()
    }

    /// When the service has something to purge next. What stands in a region that does not take writes waits.
    pub fn next_purge(&self, now: Timestamp) -> Option<Timestamp> {
        let is_writable = |vault: &Arc<Vault>| self.region_state(vault.head.location, now).is_healthy();
        let deleted = self.vaults.deleted().filter(|deleted| is_writable(&deleted.item));
        let of_deleted = |deleted: &Arc<Deleted<Vault>>| {
            let inside = deleted.item.secrets.next_purge();
            inside.map_or(deleted.deletion.scheduled_purge, |inside| inside.min(deleted.deletion.scheduled_purge))
        };
        let live = self.vaults.live().filter(|vault| is_writable(vault));
        deleted.map(of_deleted).chain(live.filter_map(|vault| vault.secrets.next_purge())).min()
    }

    /// Everything that is deleted, with its date, soonest first.
    pub fn schedule(&self) -> Vec<Due> {
        let vaults = self.vaults.deleted().map(|deleted| (&deleted.item, Some(&deleted.deletion)));
        let mut schedule = Vec::new();
        for (vault, deletion) in vaults.chain(self.vaults.live().map(|vault| (vault, None))) {
            let name = vault.name();
            let whole = deletion.map(|deletion| Due {
                kind: Kind::Vault,
                vault: name.clone(),
                object: None,
                at: deletion.scheduled_purge,
            });
            schedule.extend(whole);
            schedule.extend(vault.secrets.deleted().map(|deleted| Due {
                kind: Kind::Secret,
                vault: name.clone(),
                object: Some(deleted.item.name().clone()),
                at: deleted.deletion.scheduled_purge,
            }));
        }
        schedule.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.vault.cmp(&b.vault)));
        schedule
    }

    fn region_of(&self, target: &Target) -> Option<RegionName> {
        match target {
            Target::Subscription => None,
            Target::Region(region) => Some(*region),
            Target::Vault(vault) | Target::Object(vault, _) => {
                let deleted = || self.vaults.get_deleted(vault).map(|deleted| &deleted.item);
                self.vaults.get(vault).or_else(deleted).map(|vault| vault.head.location)
            }
        }
    }

    fn admit_in_region(&self, operation: Operation, region: RegionName, now: Timestamp) -> Result<(), Refusal> {
        if operation.effect() == Effect::Simulates {
            return Ok(());
        }
        match (self.region_state(region, now), operation.in_read_only()) {
            (RegionState::Healthy, _)
            | (
                RegionState::FailingOver { .. } | RegionState::ReadOnly { .. } | RegionState::FailingBack { .. },
                InReadOnly::Served,
            ) => Ok(()),
            (RegionState::Outage { since, until }, _) => Err(Refusal::RegionUnavailable { region, since, until }),
            (RegionState::FailingOver { since, until, .. }, InReadOnly::Refused) => {
                Err(Refusal::RegionUnavailable { region, since, until: Some(until) })
            }
            (
                RegionState::ReadOnly { serving, since, .. } | RegionState::FailingBack { serving, since, .. },
                InReadOnly::Refused,
            ) => Err(Refusal::ReadOnly { region, serving, since }),
        }
    }
}

/// The decisions on vaults. None changes the world.
impl World {
    /// A new vault; its name must be free among live and deleted ones (S9).
    pub fn create_vault(&self, draft: VaultDraft, by: &str, now: Timestamp) -> Result<Change, Refusal> {
        self.admit_vault_name(&draft.name)?;
        Ok(Change::VaultPut(VaultHead::new(draft, by, now)?))
    }

    /// Whether a vault may be made under this name (§1.7).
    pub fn admit_vault_name(&self, name: &VaultName) -> Result<(), Refusal> {
        if self.vaults.get(name).is_some() {
            return Err(Refusal::NameTaken { kind: Kind::Vault, name: name.to_string() });
        }
        match self.vaults.get_deleted(name) {
            None => Ok(()),
            Some(deleted) => Err(Refusal::NameHeld {
                kind: Kind::Vault,
                name: name.to_string(),
                until: deleted.deletion.scheduled_purge,
            }),
        }
    }

    /// Changes a vault's properties (S8, S10).
    pub fn update_vault(&self, name: &VaultName, patch: &VaultPatch) -> Result<Change, Refusal> {
        Ok(Change::VaultPut(self.vault(name)?.head.patched(patch)?))
    }

    /// Moves a vault to the bin, with everything in it (S12).
    pub fn delete_vault(&self, name: &VaultName, by: &str, now: Timestamp) -> Result<Change, Refusal> {
        let retention = self.vault(name)?.head.retention;
        Ok(Change::VaultDeleted(name.clone(), Deletion::new(now, retention, by)))
    }

    /// Brings a deleted vault back, with everything that is still in it (S12).
    pub fn recover_vault(&self, name: &VaultName, now: Timestamp) -> Result<Change, Refusal> {
        self.deleted_vault(name, now)?;
        Ok(Change::VaultRecovered(name.clone()))
    }

    /// Destroys a deleted vault for good (S11).
    pub fn purge_vault(&self, name: &VaultName, now: Timestamp) -> Result<Change, Refusal> {
        let deleted = self.deleted_vault(name, now)?;
        let level = deleted.item.head.recovery_level(self.protection);
        admit_purge(level, Kind::Vault, name.as_str(), &deleted.deletion)?;
        Ok(Change::VaultPurged(name.clone()))
    }

    /// What the service purges on its own at `now`, whatever the protection (S14). What stands in a region that does
    /// not take writes waits until it does. Objects in deleted vaults keep their own dates (S15).
    pub fn scheduled_purges(&self, now: Timestamp) -> Vec<Change> {
        let is_writable = |vault: &&Arc<Vault>| self.region_state(vault.head.location, now).is_healthy();
        let vaults = self.vaults.due(now).map(|deleted| &deleted.item).filter(is_writable);
        let mut purges: Vec<_> = vaults.map(|vault| Change::VaultPurged(vault.name().clone())).collect();
        let kept = self.vaults.deleted().filter(|deleted| !deleted.deletion.is_due(now)).map(|deleted| &deleted.item);
        for vault in kept.chain(self.vaults.live()).filter(is_writable) {
            let due = vault.secrets.due(now);
            purges.extend(due.map(|deleted| Change::SecretPurged(vault.name().clone(), Arc::clone(&deleted.item))));
        }
        purges
    }

    /// Begins an outage (A4). A region whose last outage has passed can be lost again.
    pub fn begin_outage(&self, region: RegionName, outage: Outage, now: Timestamp) -> Result<Change, Refusal> {
        self.admit_outage(region, now)?;
        Ok(Change::Region(region, Some(outage)))
    }

    fn admit_outage(&self, region: RegionName, now: Timestamp) -> Result<(), Refusal> {
        let is_out = self
            .outages
            .get(&region)
            .is_some_and(|outage| outage.returned.is_none() || !outage.state(region.failover_to(), now).is_healthy());
        if is_out { Err(Refusal::OutageAlready { region }) } else { Ok(()) }
    }

    /// Lets a region return (A6).
    pub fn end_outage(&self, region: RegionName, now: Timestamp) -> Result<Change, Refusal> {
        match self.outages.get(&region) {
            Some(outage) if outage.returned.is_none() => {
                Ok(Change::Region(region, Some(Outage { returned: Some(now), ..*outage })))
            }
            _ => Err(Refusal::NoOutage { region }),
        }
    }

    /// A deleted vault whose retention has not ended.
    pub fn deleted_vault(&self, name: &VaultName, now: Timestamp) -> Result<&Arc<Deleted<Vault>>, Refusal> {
        match self.vaults.get_deleted(name) {
            Some(deleted) if !deleted.deletion.is_due(now) => Ok(deleted),
            _ => Err(Refusal::DeletedNotFound { kind: Kind::Vault, name: name.to_string() }),
        }
    }
}

/// The one place that changes a world.
impl World {
    /// Applies what was decided and stored.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::VaultPut(head) => {
                let secrets = self.vaults.get(&head.name).map(|vault| vault.secrets.clone()).unwrap_or_default();
                self.vaults.put(Arc::new(Vault { head: Arc::new(head.clone()), secrets }));
            }
            Change::VaultDeleted(name, deletion) => {
                if let Some(vault) = self.vaults.get(name).cloned() {
                    self.vaults.put_deleted(vault, deletion.clone());
                }
            }
            Change::VaultRecovered(name) => {
                if let Some(deleted) = self.vaults.get_deleted(name).cloned() {
                    self.vaults.put(Arc::clone(&deleted.item));
                }
            }
            Change::VaultPurged(name) => self.vaults.remove(name),
            Change::SecretPut(vault, secret) | Change::SecretRecovered(vault, secret) => {
                self.in_vault(vault, |secrets| secrets.put(Arc::clone(secret)));
            }
            Change::SecretDeleted(vault, secret, deletion) => {
                self.in_vault(vault, |secrets| secrets.put_deleted(Arc::clone(secret), deletion.clone()));
            }
            Change::SecretPurged(vault, secret) => self.in_vault(vault, |secrets| secrets.remove(secret.name())),
            Change::SubscriptionProtected(protection) => self.protection = *protection,
            Change::Region(region, Some(outage)) => {
                self.outages.insert(*region, *outage);
            }
            Change::Region(region, None) => {
                self.outages.remove(region);
            }
        }
    }

    fn in_vault(&mut self, name: &VaultName, edit: impl FnOnce(&mut Shelf<Secret>)) {
        self.vaults.edit(name, |vault| edit(&mut vault.secrets));
    }
}
