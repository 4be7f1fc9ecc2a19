//! Everything a store holds, as one value: what questions are answered from and what the window draws.

use std::sync::Arc;

use imbl::OrdMap;

use super::{
    Caller, Deleted, Deletion, IdentityId, Key, Now, ObjectName, Operation, Purpose, Refusal, RegionName, Secret,
    Shelf, Target, Timestamp, Vault, VaultHead, VaultName,
    activity::ActivityDays,
    backup::admit_backup,
    directory::Directory,
    grant::{AssignmentId, RoleAssignment, VaultAccess},
    identity::Identity,
    operation::{Effect, InReadOnly},
    region::{Outage, RegionState},
    replica::{Part, PartOutage},
    soft_delete::{Kind, SubscriptionProtection, admit_purge},
    vault::{VaultDraft, VaultPatch},
};

/// The world as it is. Cloning costs a few pointers.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// The subscription's id.
    pub subscription: Arc<str>,
    /// What the store was made for.
    pub purpose: Purpose,
    /// Whether the subscription is marked undeletable (S11).
    pub protection: SubscriptionProtection,
    /// Who there is, and the roles they have everywhere.
    pub directory: Directory,
    /// How long activity is kept.
    pub activity_days: ActivityDays,
    /// All vaults, live and deleted (S12).
    pub vaults: Shelf<Vault>,
    /// Regions that are or were out.
    pub outages: OrdMap<RegionName, Outage>,
    /// Parts of regions that are played to have failed (A3).
    pub parts_out: OrdMap<(RegionName, Part), PartOutage>,
}

/// Something that is kept in a vault.
#[derive(Clone, Debug)]
pub enum Object {
    /// A secret with its versions.
    Secret(Arc<Secret>),
    /// A key with its versions.
    Key(Arc<Key>),
}

impl Object {
    /// What kind of thing it is.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Secret(_) => Kind::Secret,
            Self::Key(_) => Kind::Key,
        }
    }

    /// What it is called.
    pub fn name(&self) -> &ObjectName {
        match self {
            Self::Secret(secret) => secret.name(),
            Self::Key(key) => key.name(),
        }
    }
}

impl From<Secret> for Object {
    fn from(secret: Secret) -> Self {
        Self::Secret(Arc::new(secret))
    }
}

impl From<Arc<Secret>> for Object {
    fn from(secret: Arc<Secret>) -> Self {
        Self::Secret(secret)
    }
}

impl From<Arc<Key>> for Object {
    fn from(key: Arc<Key>) -> Self {
        Self::Key(key)
    }
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
    /// Something in a vault became this.
    ObjectPut(VaultName, Object),
    /// Something in a vault went to the bin.
    ObjectDeleted(VaultName, Object, Deletion),
    /// Something in a vault came back from the bin.
    ObjectRecovered(VaultName, Object),
    /// Something in a vault is gone for good.
    ObjectPurged(VaultName, Object),
    /// An identity became this.
    IdentityPut(Arc<Identity>),
    /// An identity is no more.
    IdentityRemoved(IdentityId),
    /// A role that holds everywhere was given.
    AssignmentPut(RoleAssignment),
    /// A role that held everywhere was taken away.
    AssignmentRemoved(AssignmentId),
    /// Who may do what in a vault became this.
    VaultAccess(VaultName, Arc<VaultAccess>),
    /// The subscription's protection became this.
    SubscriptionProtected(SubscriptionProtection),
    /// Activity is kept so long.
    ActivityKept(ActivityDays),
    /// A region's outage became this; `None`: it is over.
    Region(RegionName, Option<Outage>),
    /// A part of a region is played to have failed; `None`: no longer.
    Part(RegionName, Part, Option<PartOutage>),
}

/// The questions.
impl World {
    /// Whether `caller` may do `operation` to `target` at `now`: what a button asks before it is drawn, and what the
    /// service asks again before it acts.
    pub fn may(&self, caller: &Caller, operation: Operation, target: &Target, now: Now) -> Result<(), Refusal> {
        self.admit(caller, operation, target, now.clock)?;
        match (target, operation) {
            (Target::Region(region), Operation::RegionOutage) => self.admit_outage(*region, now.clock),
            (Target::Region(region), Operation::RegionReturn) => self.end_outage(*region, now.clock).map(drop),
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

    fn may_inside(&self, vault: &Vault, operation: Operation, target: &Target, now: Now) -> Result<(), Refusal> {
        let Some(name) = target.object() else { return Ok(()) };
        match operation {
            Operation::SecretGet => vault.readable_version(name, None).map(drop),
            Operation::SecretSet => vault.admit_name(name),
            Operation::SecretUpdate | Operation::SecretDelete => vault.secret(name).map(drop),
            Operation::SecretBackup => admit_backup(vault.secret(name)?.versions().len()),
            Operation::KeyUpdate
            | Operation::KeyDelete
            | Operation::KeyRotate
            | Operation::KeyRotationPolicyGet
            | Operation::KeyRotationPolicySet => vault.key(name).map(drop),
            Operation::KeyGet => vault.key_version(name, None).map(drop),
            Operation::KeyCreate | Operation::KeyImport => vault.keys.admit_name(name),
            Operation::KeyBackup => admit_backup(vault.key(name)?.versions().len()),
            Operation::KeyGetDeleted | Operation::KeyRecover => vault.recover_key(name, now).map(drop),
            Operation::KeyPurge => vault.purge_key(name, self.protection, now).map(drop),
            operation if let Some(used) = operation.key_use() => {
                vault.usable_key_version(name, None, used, now.clock).map(drop)
            }
            Operation::SecretGetDeleted | Operation::SecretRecover => vault.recover_secret(name, now).map(drop),
            Operation::SecretPurge => vault.purge_secret(name, self.protection, now).map(drop),
            _ => Ok(()),
        }
    }

    /// The first half of the question, for any target: the permission, and whether the region answers (A5, S17).
    pub fn admit(&self, caller: &Caller, operation: Operation, target: &Target, now: Timestamp) -> Result<(), Refusal> {
        // A name is free or not wherever its vault stands; which region a new vault needs is asked by itself.
        let is_about_a_name = operation == Operation::VaultPut && target.vault().is_some();
        if let Some(region) = self.home_of(target).filter(|_| !is_about_a_name) {
            self.admit_in_region(operation, region, now)?;
        }
        self.permits(caller, operation, target)
    }

    /// The vault of that name, live or deleted.
    pub fn any_vault(&self, name: &VaultName) -> Option<&Arc<Vault>> {
        self.vaults.get(name).or_else(|| self.vaults.get_deleted(name).map(|deleted| &deleted.item))
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

    /// The region that a target stands in, if in any.
    pub fn home_of(&self, target: &Target) -> Option<RegionName> {
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
            (RegionState::ReadOnly { serving, since, .. }, InReadOnly::Refused) => {
                Err(Refusal::ReadOnly { region, serving, since, until: None })
            }
            (RegionState::FailingBack { serving, since, until }, InReadOnly::Refused) => {
                Err(Refusal::ReadOnly { region, serving, since, until: Some(until) })
            }
        }
    }
}

/// The decisions on vaults. None changes the world.
impl World {
    /// A new vault; its name must be free among live and deleted ones (S9). Whoever makes it gets all but purge in it (S3).
    pub fn create_vault(&self, draft: VaultDraft, by: &Caller, now: Timestamp) -> Result<Vec<Change>, Refusal> {
        self.admit_vault_name(&draft.name)?;
        let identities = self.directory.all();
        let access = VaultAccess::of_new_vault(draft.access, by.id, identities.iter().map(|identity| &***identity));
        let head = VaultHead::new(draft, &by.name, now)?;
        let name = head.name.clone();
        Ok(vec![Change::VaultPut(head), Change::VaultAccess(name, Arc::new(access))])
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

    /// Moves a vault to the bin, with everything in it (S12), but without its role assignments (S19).
    pub fn delete_vault(&self, name: &VaultName, by: &str, now: Now) -> Result<Vec<Change>, Refusal> {
        let vault = self.vault(name)?;
        let deleted = Change::VaultDeleted(name.clone(), Deletion::new(now, vault.head.retention, by));
        if vault.access.assignments.is_empty() {
            return Ok(vec![deleted]);
        }
        let access = Arc::new(VaultAccess::clone(&vault.access).deleted());
        Ok(vec![Change::VaultAccess(name.clone(), access), deleted])
    }

    /// Brings a deleted vault back, with everything that is still in it (S12).
    pub fn recover_vault(&self, name: &VaultName, now: Now) -> Result<Change, Refusal> {
        self.deleted_vault(name, now)?;
        Ok(Change::VaultRecovered(name.clone()))
    }

    /// Destroys a deleted vault for good (S11).
    pub fn purge_vault(&self, name: &VaultName, now: Now) -> Result<Change, Refusal> {
        let deleted = self.deleted_vault(name, now)?;
        let level = deleted.item.head.recovery_level(self.protection);
        admit_purge(level, Kind::Vault, name.as_str(), &deleted.deletion)?;
        Ok(Change::VaultPurged(name.clone()))
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

    /// Lets a part of a region fail (A3).
    pub fn begin_part_outage(&self, region: RegionName, part: Part, now: Timestamp) -> Result<Change, Refusal> {
        if part == Part::Link && !region.has_failover() {
            return Err(Refusal::NoPair { region });
        }
        match (self.parts_out.contains_key(&(region, part)), part) {
            (false, _) => Ok(Change::Part(region, part, Some(PartOutage { since: now }))),
            (true, Part::Replica(replica)) => Err(Refusal::ReplicaOutAlready { region, replica }),
            (true, Part::Link) => Err(Refusal::LinkCutAlready { region }),
        }
    }

    /// Lets a part of a region return.
    pub fn end_part_outage(&self, region: RegionName, part: Part) -> Result<Change, Refusal> {
        match (self.parts_out.contains_key(&(region, part)), part) {
            (true, _) => Ok(Change::Part(region, part, None)),
            (false, Part::Replica(replica)) => Err(Refusal::ReplicaNotOut { region, replica }),
            (false, Part::Link) => Err(Refusal::LinkNotCut { region }),
        }
    }

    /// A deleted vault whose retention has not ended.
    pub fn deleted_vault(&self, name: &VaultName, now: Now) -> Result<&Arc<Deleted<Vault>>, Refusal> {
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
                let standing = self.vaults.get(&head.name);
                let vault = standing.map_or_else(|| Vault::new(head.clone()), |vault| vault.with_head(head.clone()));
                self.vaults.put(Arc::new(vault));
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
            Change::ObjectPut(vault, object) | Change::ObjectRecovered(vault, object) => {
                self.in_vault(vault, |vault| match object {
                    Object::Secret(secret) => vault.secrets.put(Arc::clone(secret)),
                    Object::Key(key) => vault.keys.put(Arc::clone(key)),
                });
            }
            Change::ObjectDeleted(vault, object, deletion) => {
                self.in_vault(vault, |vault| match object {
                    Object::Secret(secret) => vault.secrets.put_deleted(Arc::clone(secret), deletion.clone()),
                    Object::Key(key) => vault.keys.put_deleted(Arc::clone(key), deletion.clone()),
                });
            }
            Change::ObjectPurged(vault, object) => {
                self.in_vault(vault, |vault| match object {
                    Object::Secret(secret) => vault.secrets.remove(secret.name()),
                    Object::Key(key) => vault.keys.remove(key.name()),
                });
            }
            Change::IdentityPut(identity) => self.directory.put(Arc::clone(identity)),
            Change::IdentityRemoved(id) => self.directory.remove(*id),
            Change::AssignmentPut(assignment) => self.directory.assign(assignment.clone()),
            Change::AssignmentRemoved(id) => self.directory.unassign(*id),
            Change::VaultAccess(name, access) => {
                self.in_vault(name, |vault| vault.access = Arc::clone(access));
            }
            Change::SubscriptionProtected(protection) => self.protection = *protection,
            Change::ActivityKept(days) => self.activity_days = *days,
            Change::Region(region, Some(outage)) => {
                self.outages.insert(*region, *outage);
            }
            Change::Region(region, None) => {
                self.outages.remove(region);
            }
            Change::Part(region, part, Some(outage)) => {
                self.parts_out.insert((*region, *part), *outage);
            }
            Change::Part(region, part, None) => {
                self.parts_out.remove(&(*region, *part));
            }
        }
    }

    fn in_vault(&mut self, name: &VaultName, edit: impl FnOnce(&mut Vault)) {
        self.vaults.edit(name, edit);
    }
}
