//! What stands in the store and how a change becomes a commit.

use std::{fmt::Write as _, ops::ControlFlow, sync::Arc, time::Instant};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Body, Purpose, ServiceError, change_records::put_change, due::Due, sign_in::IdentityLock};
use crate::{
    crypto::key::{KeyMaterial, NotKeyMaterial},
    domain::{
        Caller, Change, Deletion, Identity, IdentityId, Key, KeyKind, Now, Object, ObjectName, Operation, RegionName,
        RoleAssignment, Secret, SecretValue, Target, Timestamp, Vault, VaultAccess, VaultHead, VaultName, VersionId,
        World,
        activity::{About, ActivityDays, Outcome, Record, Via},
        grant::AssignmentId,
        region::{FailoverPlan, Outage},
        replica::{Part, PartOutage},
        soft_delete::SubscriptionProtection,
    },
    store::{Batch, Key as RecordKey, Partition, Store, StoreError, Table},
};

/// What a store is: set when it is made, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Whether its time may be moved.
    pub purpose: Purpose,
    /// The subscription's id, a random UUID.
    pub subscription: String,
    /// When it was made.
    pub created: Timestamp,
}

impl Profile {
    pub(super) fn new(purpose: Purpose, random: [u8; 16], created: Timestamp) -> Self {
        let mut bits = random;
        bits[6] = bits[6] & 0x0f | 0x40; // RFC 9562: version 4
        bits[8] = bits[8] & 0x3f | 0x80; // and its variant
        let mut subscription = String::with_capacity(36);
        for (place, byte) in bits.iter().enumerate() {
            let hyphen = if matches!(place, 4 | 6 | 8 | 10) { "-" } else { "" };
            write!(subscription, "{hyphen}{byte:02x}").expect("a string takes whatever is written");
        }
        Self { purpose, subscription, created }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        encode(self).to_vec()
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, StoreError> {
        decode(bytes)
    }
}

/// A record of the items table.
#[derive(Serialize, Deserialize)]
pub(super) enum Item {
    Vault {
        head: VaultHead,
        deletion: Option<Deletion>,
    },
    Secret {
        vault: VaultName,
        secret: Secret,
        deletion: Option<Deletion>,
    },
    Subscription {
        protection: SubscriptionProtection,
    },
    /// As it was written before outages had causes.
    Outage {
        region: RegionName,
        outage: SimulatedOutage,
    },
    Clock {
        offset_ms: i64,
    },
    /// As it was written before the age of a store was known; what takes more age stands after it.
    Due {
        at: Timestamp,
    },
    /// Boxed, as it is far larger than the others.
    Key {
        vault: VaultName,
        key: Box<Key>,
        deletion: Option<Deletion>,
    },
    RegionOutage {
        region: RegionName,
        outage: Outage,
    },
    PartOutage {
        region: RegionName,
        part: Part,
        outage: PartOutage,
    },
    Identity {
        identity: Identity,
    },
    /// One that every store begins with was removed.
    NoIdentity {
        id: IdentityId,
    },
    Assignment {
        assignment: RoleAssignment,
    },
    /// One that every store begins with was removed.
    NoAssignment {
        id: AssignmentId,
    },
    IdentityLock {
        lock: IdentityLock,
    },
    /// Who may do what in a vault; a vault without it was made before there were grants.
    Access {
        vault: VaultName,
        access: VaultAccess,
    },
    /// How long activity is kept.
    ActivityDays {
        days: ActivityDays,
    },
}

/// An outage without its cause.
#[derive(Serialize, Deserialize)]
pub(super) struct SimulatedOutage {
    began: Timestamp,
    returned: Option<Timestamp>,
    plan: FailoverPlan,
}

impl From<SimulatedOutage> for Outage {
    fn from(SimulatedOutage { began, returned, plan }: SimulatedOutage) -> Self {
        Self { returned, ..Self::new(began, plan) }
    }
}

/// A change with the commit that makes it durable.
pub(super) struct Write<'w> {
    pub(super) partition: Partition,
    pub(super) batch: Batch,
    pub(super) changes: Vec<Change>,
    /// Hears how far the commit is, and may break it off.
    pub(super) watch: Box<dyn FnMut(usize) -> ControlFlow<()> + 'w>,
}

impl Write<'_> {
    /// Nothing yet, and nobody watches.
    pub(super) fn to(partition: Partition) -> Self {
        Self { partition, batch: Batch::new(), changes: Vec::new(), watch: Box::new(|_| ControlFlow::Continue(())) }
    }

    /// Also keeps a version's value.
    pub(super) fn put_value(&mut self, vault: &VaultName, name: &ObjectName, id: VersionId, value: &SecretValue) {
        let body = Zeroizing::new(value.expose().as_bytes().to_vec());
        self.batch.put(Table::Values, value_key(vault, name, id), body);
    }

    /// Also keeps the private part of a version.
    pub(super) fn put_material(&mut self, vault: &VaultName, name: &ObjectName, id: VersionId, material: &KeyMaterial) {
        self.batch.put(Table::Values, material_key(vault, name, id), material.to_sealable_bytes());
    }

    /// Also keeps when something in the partition may be due; `None`: nothing is deleted.
    pub(super) fn put_due(&mut self, due: Option<Due>) {
        match due {
            Some(due) => self.batch.put(Table::Items, due_key(), due.to_body()),
            None => self.batch.remove(Table::Items, due_key()),
        };
    }

    /// Also keeps what an identity's own passphrase is recognised by; `None`: it has none. For a commit to the global part.
    pub(super) fn put_lock(&mut self, id: IdentityId, lock: Option<&IdentityLock>) {
        let key = RecordKey::of(&[b"identity lock", id.as_bytes()]);
        match lock {
            Some(lock) => self.batch.put(Table::Items, key, Item::IdentityLock { lock: lock.clone() }.to_body()),
            None => self.batch.remove(Table::Items, key),
        };
    }

    /// Also keeps how far the clock was moved. For a commit to the global part.
    pub(super) fn put_clock(&mut self, offset_ms: i64) {
        self.batch.put(Table::Items, RecordKey::of(&[b"clock"]), encode(&Item::Clock { offset_ms }));
    }
}

/// The commit of some changes that all lie in one partition; of none, to the part that belongs to no region.
pub(super) fn write_of<'w>(world: &World, changes: Vec<Change>) -> Write<'w> {
    // A vault that is being made is not in the world yet; its properties come first.
    let partition = changes.first().map_or_else(|| Partition::GLOBAL, |change| partition_of(world, change));
    let mut write = Write::to(partition);
    for change in &changes {
        put_change(world, change, &mut write.batch);
    }
    write.changes = changes;
    write
}

/// Before when nothing in a partition is purged, rotated or told.
pub(super) fn next_due(world: &World, partition: &Partition, now: Now) -> Option<Due> {
    Due::of(world.terms(|vault| partition_of_region(vault.head.location) == *partition), now)
}

/// Where a change is kept: with its vault in the vault's region (S12), or in the part that belongs to no region.
pub(super) fn partition_of(world: &World, change: &Change) -> Partition {
    match change {
        Change::VaultPut(head) => partition_of_region(head.location),
        Change::VaultDeleted(vault, _)
        | Change::VaultRecovered(vault)
        | Change::VaultPurged(vault)
        | Change::VaultAccess(vault, _)
        | Change::ObjectPut(vault, _)
        | Change::ObjectDeleted(vault, ..)
        | Change::ObjectRecovered(vault, _)
        | Change::ObjectPurged(vault, _) => {
            any_vault(world, vault).map_or_else(|| Partition::GLOBAL, |vault| partition_of_region(vault.head.location))
        }
        Change::SubscriptionProtected(_)
        | Change::ActivityKept(_)
        | Change::IdentityPut(_)
        | Change::IdentityRemoved(_)
        | Change::AssignmentPut(_)
        | Change::AssignmentRemoved(_)
        | Change::Region(..)
        | Change::Part(..) => Partition::GLOBAL,
    }
}

/// The value of one version.
pub(super) fn read_value(
    store: &Store,
    vault: &Vault,
    name: &ObjectName,
    id: VersionId,
) -> Result<SecretValue, ServiceError> {
    let partition = partition_of_region(vault.head.location);
    let body = store.read(&partition, Table::Values, &value_key(vault.name(), name, id))?;
    let damaged = || StoreError::Damaged { what: "a value is missing".into() };
    let mut body = body.ok_or_else(damaged)?;
    let text = String::from_utf8(std::mem::take(&mut *body)).map_err(|error| {
        drop(Zeroizing::new(error.into_bytes()));
        StoreError::Damaged { what: "a value is not text".into() }
    })?;
    Ok(SecretValue::parse(Zeroizing::new(text))?)
}

/// The private part of one version.
pub(super) fn read_material(
    store: &Store,
    vault: &Vault,
    name: &ObjectName,
    id: VersionId,
) -> Result<KeyMaterial, StoreError> {
    let partition = partition_of_region(vault.head.location);
    let body = store.read(&partition, Table::Values, &material_key(vault.name(), name, id))?;
    let damaged = || StoreError::Damaged { what: "a key's private part is missing".into() };
    KeyMaterial::from_sealed_bytes(&body.ok_or_else(damaged)?).map_err(|NotKeyMaterial| damaged())
}

/// The activity record of an operation. Which version it was about, and by way of what it was asked, the log knows.
pub(super) fn activity(
    world: &World,
    caller: &Caller,
    operation: Operation,
    target: &Target,
    at: Timestamp,
    outcome: Outcome,
    started: Instant,
) -> Record {
    let vault = target.vault().and_then(|name| any_vault(world, name));
    let region = match target {
        Target::Region(region) => Some(*region),
        _ => vault.map(|vault| {
            let home = vault.head.location;
            world.serving_region(home, at).unwrap_or(home)
        }),
    };
    let key = vault.zip(target.object().filter(|_| operation.is_of_keys())).and_then(|(vault, name)| {
        let deleted = || vault.keys.get_deleted(name).map(|deleted| &deleted.item);
        Some(vault.keys.get(name).or_else(deleted)?.current().kind)
    });
    Record {
        at,
        caller: caller.name.clone(),
        identity: caller.id,
        via: Via::Service,
        operation,
        vault: target.vault().cloned(),
        object: target.object().cloned(),
        version: None,
        key,
        region,
        outcome,
        took_us: u32::try_from(started.elapsed().as_micros()).unwrap_or(u32::MAX),
        about: About::default(),
    }
}

/// The version of an object that these changes made, and what it is if it is a key.
pub(super) fn made_version(operation: Operation, changes: &[Change]) -> (Option<VersionId>, Option<KeyKind>) {
    let makes = matches!(
        operation,
        Operation::SecretSet
            | Operation::KeyCreate
            | Operation::KeyImport
            | Operation::KeyRotate
            | Operation::KeyRotateIfDue
    );
    match changes {
        [Change::ObjectPut(_, Object::Secret(secret))] if makes => (Some(secret.current().id), None),
        [Change::ObjectPut(_, Object::Key(key))] if makes => (Some(key.current().id), Some(key.current().kind)),
        _ => (None, None),
    }
}

/// Encodes for the store, into memory that is wiped.
pub(super) fn encode(value: &impl Serialize) -> Body {
    Zeroizing::new(postcard::to_stdvec(value).expect("our own plain types always encode"))
}

/// The same, after what `start` holds.
pub(super) fn encode_after(start: Body, value: &impl Serialize) -> Body {
    struct Wiped(Body);
    impl postcard::ser_flavors::Flavor for Wiped {
        type Output = Body;

        fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
            self.0.push(byte);
            Ok(())
        }

        fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
            self.0.extend_from_slice(bytes);
            Ok(())
        }

        fn finalize(self) -> postcard::Result<Body> {
            Ok(self.0)
        }
    }
    postcard::serialize_with_flavor(value, Wiped(start)).expect("our own plain types always encode")
}

/// Decodes what opened; what does not decode is damage that sealing cannot have let through, or a later format.
pub(super) fn decode<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, StoreError> {
    postcard::from_bytes(body).map_err(|error| unreadable(&error))
}

pub(super) fn unreadable(error: &postcard::Error) -> StoreError {
    StoreError::Damaged { what: format!("a record reads wrong ({error})") }
}

pub(super) fn any_vault<'a>(world: &'a World, name: &VaultName) -> Option<&'a Arc<Vault>> {
    world.vaults.get(name).or_else(|| world.vaults.get_deleted(name).map(|deleted| &deleted.item))
}

pub(super) fn partition_of_region(region: RegionName) -> Partition {
    region.as_str().parse().expect("region names are lower-case letters and digits")
}

pub(super) fn due_key() -> RecordKey {
    RecordKey::of(&[b"due"])
}

pub(super) fn vault_key(vault: &VaultName) -> RecordKey {
    RecordKey::of(&[b"vault", vault.folded().as_bytes()])
}

/// Who may do what in a vault.
pub(super) fn access_key(vault: &VaultName) -> RecordKey {
    RecordKey::of(&[b"access", vault.folded().as_bytes()])
}

pub(super) fn identity_key(id: IdentityId) -> RecordKey {
    RecordKey::of(&[b"identity", id.as_bytes()])
}

pub(super) fn assignment_key(id: AssignmentId) -> RecordKey {
    RecordKey::of(&[b"role assignment", id.as_bytes()])
}

pub(super) fn secret_key(vault: &VaultName, name: &ObjectName) -> RecordKey {
    RecordKey::of(&[b"secret", vault.folded().as_bytes(), name.folded().as_bytes()])
}

pub(super) fn value_key(vault: &VaultName, name: &ObjectName, id: VersionId) -> RecordKey {
    RecordKey::of(&[b"value", vault.folded().as_bytes(), name.folded().as_bytes(), id.as_bytes()])
}

pub(super) fn key_key(vault: &VaultName, name: &ObjectName) -> RecordKey {
    RecordKey::of(&[b"key", vault.folded().as_bytes(), name.folded().as_bytes()])
}

pub(super) fn material_key(vault: &VaultName, name: &ObjectName, id: VersionId) -> RecordKey {
    RecordKey::of(&[b"material", vault.folded().as_bytes(), name.folded().as_bytes(), id.as_bytes()])
}
