//! What stands in the store and how a change becomes a commit.

use std::{fmt::Write as _, ops::ControlFlow, sync::Arc, time::Instant};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Body, Purpose, ServiceError};
use crate::{
    crypto::key::{KeyMaterial, NotKeyMaterial},
    domain::{
        Caller, Change, Deletion, Key, Object, ObjectName, Operation, RegionName, Secret, SecretValue, Target,
        Timestamp, Vault, VaultHead, VaultName, VersionId, World,
        activity::{Outcome, Record},
        region::{FailoverPlan, Outage},
        replica::{Part, PartOutage, ReplicaName},
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
    pub(super) fn put_due(&mut self, due: Option<Timestamp>) {
        match due {
            Some(at) => self.batch.put(Table::Items, due_key(), encode(&Item::Due { at })),
            None => self.batch.remove(Table::Items, due_key()),
        };
    }

    /// Also keeps how far the clock was moved. For a commit to the global part.
    pub(super) fn put_clock(&mut self, offset_ms: i64) {
        self.batch.put(Table::Items, RecordKey::of(&[b"clock"]), encode(&Item::Clock { offset_ms }));
    }
}

/// The commit of some changes that all lie in one partition; of none, to the part that belongs to no region.
pub(super) fn write_of<'w>(world: &World, changes: Vec<Change>) -> Write<'w> {
    let partition = changes.first().map_or_else(|| Partition::GLOBAL, |change| partition_of(world, change));
    let mut write = Write::to(partition);
    for change in &changes {
        put_change(world, change, &mut write.batch);
    }
    write.changes = changes;
    write
}

/// When something in a partition is purged, rotated or told next.
pub(super) fn next_due(world: &World, partition: &Partition) -> Option<Timestamp> {
    let stands_here = |vault: &&Arc<Vault>| partition_of_region(vault.head.location) == *partition;
    let kept = world.vaults.deleted().filter(|deleted| stands_here(&&deleted.item));
    let deleted =
        kept.flat_map(|deleted| deleted.item.next_purge().into_iter().chain([deleted.deletion.scheduled_purge]));
    deleted.chain(world.vaults.live().filter(stands_here).filter_map(|vault| vault.next_scheduled())).min()
}

/// Where a change is kept: with its vault in the vault's region (S12), or in the part that belongs to no region.
pub(super) fn partition_of(world: &World, change: &Change) -> Partition {
    match change {
        Change::VaultPut(head) => partition_of_region(head.location),
        Change::VaultDeleted(vault, _)
        | Change::VaultRecovered(vault)
        | Change::VaultPurged(vault)
        | Change::ObjectPut(vault, _)
        | Change::ObjectDeleted(vault, ..)
        | Change::ObjectRecovered(vault, _)
        | Change::ObjectPurged(vault, _) => {
            any_vault(world, vault).map_or_else(|| Partition::GLOBAL, |vault| partition_of_region(vault.head.location))
        }
        Change::SubscriptionProtected(_) | Change::Region(..) | Change::Part(..) => Partition::GLOBAL,
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

/// The activity record of an operation.
pub(super) fn activity(
    world: &World,
    caller: &Caller,
    operation: Operation,
    target: &Target,
    at: Timestamp,
    outcome: Outcome,
    started: Instant,
) -> Record {
    let region = match target {
        Target::Region(region) => Some(*region),
        _ => target.vault().and_then(|name| any_vault(world, name)).map(|vault| {
            let home = vault.head.location;
            world.serving_region(home, at).unwrap_or(home)
        }),
    };
    let took_us = u32::try_from(started.elapsed().as_micros()).unwrap_or(u32::MAX);
    let (vault, object) = (target.vault().cloned(), target.object().cloned());
    Record { at, caller: caller.name.clone(), operation, vault, object, region, outcome, took_us }
}

/// Encodes for the store, into memory that is wiped.
pub(super) fn encode(value: &impl Serialize) -> Body {
    Zeroizing::new(postcard::to_stdvec(value).expect("our own plain types always encode"))
}

/// Decodes what opened; what does not decode is damage that sealing cannot have let through, or a later format.
pub(super) fn decode<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, StoreError> {
    postcard::from_bytes(body).map_err(|error| unreadable(&error))
}

pub(super) fn unreadable(error: &postcard::Error) -> StoreError {
    StoreError::Damaged { what: format!("a record reads wrong ({error})") }
}

fn put_change(world: &World, change: &Change, batch: &mut Batch) {
    let vault_item = |batch: &mut Batch, head: &VaultHead, deletion: Option<Deletion>| {
        batch.put(Table::Items, vault_key(&head.name), encode(&Item::Vault { head: head.clone(), deletion }));
    };
    match change {
        Change::VaultPut(head) => vault_item(batch, head, None),
        Change::VaultDeleted(name, deletion) => {
            if let Some(vault) = any_vault(world, name) {
                vault_item(batch, &vault.head, Some(deletion.clone()));
            }
        }
        Change::VaultRecovered(name) => {
            if let Some(vault) = any_vault(world, name) {
                vault_item(batch, &vault.head, None);
            }
        }
        Change::VaultPurged(name) => {
            if let Some(vault) = any_vault(world, name) {
                for object in all_objects(vault) {
                    remove_object(batch, name, &object);
                }
            }
            batch.remove(Table::Items, vault_key(name));
        }
        Change::ObjectPut(vault, object) | Change::ObjectRecovered(vault, object) => {
            put_object(batch, vault, object, None);
        }
        Change::ObjectDeleted(vault, object, deletion) => put_object(batch, vault, object, Some(deletion.clone())),
        Change::ObjectPurged(vault, object) => remove_object(batch, vault, object),
        Change::SubscriptionProtected(protection) => {
            let item = Item::Subscription { protection: *protection };
            batch.put(Table::Items, RecordKey::of(&[b"subscription"]), encode(&item));
        }
        Change::Region(region, outage) => {
            let key = RecordKey::of(&[b"outage", region.as_str().as_bytes()]);
            match outage {
                Some(outage) => {
                    batch.put(Table::Items, key, encode(&Item::RegionOutage { region: *region, outage: *outage }));
                }
                None => {
                    batch.remove(Table::Items, key);
                }
            }
        }
        Change::Part(region, part, outage) => {
            let name: &[u8] = match part {
                Part::Replica(ReplicaName::A) => b"replica a",
                Part::Replica(ReplicaName::B) => b"replica b",
                Part::Link => b"link",
            };
            let key = RecordKey::of(&[b"part", region.as_str().as_bytes(), name]);
            match outage {
                Some(outage) => {
                    let item = Item::PartOutage { region: *region, part: *part, outage: *outage };
                    batch.put(Table::Items, key, encode(&item));
                }
                None => {
                    batch.remove(Table::Items, key);
                }
            }
        }
    }
}

fn put_object(batch: &mut Batch, vault: &VaultName, object: &Object, deletion: Option<Deletion>) {
    let vault_name = vault.clone();
    let (key, item) = match object {
        Object::Secret(secret) => (
            secret_key(vault, secret.name()),
            Item::Secret { vault: vault_name, secret: Secret::clone(secret), deletion },
        ),
        Object::Key(key) => {
            (key_key(vault, key.name()), Item::Key { vault: vault_name, key: Box::new(Key::clone(key)), deletion })
        }
    };
    batch.put(Table::Items, key, encode(&item));
}

fn remove_object(batch: &mut Batch, vault: &VaultName, object: &Object) {
    match object {
        Object::Secret(secret) => {
            batch.remove(Table::Items, secret_key(vault, secret.name()));
            for version in secret.versions() {
                batch.remove(Table::Values, value_key(vault, secret.name(), version.id));
            }
        }
        Object::Key(key) => {
            batch.remove(Table::Items, key_key(vault, key.name()));
            for version in key.versions() {
                batch.remove(Table::Values, material_key(vault, key.name(), version.id));
            }
        }
    }
}

/// Everything in a vault, live and deleted.
fn all_objects(vault: &Vault) -> impl Iterator<Item = Object> {
    let secrets = vault.secrets.live().chain(vault.secrets.deleted().map(|deleted| &deleted.item));
    let keys = vault.keys.live().chain(vault.keys.deleted().map(|deleted| &deleted.item));
    secrets.map(|secret| Object::Secret(Arc::clone(secret))).chain(keys.map(|key| Object::Key(Arc::clone(key))))
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

pub(super) fn secret_key(vault: &VaultName, name: &ObjectName) -> RecordKey {
    RecordKey::of(&[b"secret", vault.folded().as_bytes(), name.folded().as_bytes()])
}

fn value_key(vault: &VaultName, name: &ObjectName, id: VersionId) -> RecordKey {
    RecordKey::of(&[b"value", vault.folded().as_bytes(), name.folded().as_bytes(), id.as_bytes()])
}

pub(super) fn key_key(vault: &VaultName, name: &ObjectName) -> RecordKey {
    RecordKey::of(&[b"key", vault.folded().as_bytes(), name.folded().as_bytes()])
}

fn material_key(vault: &VaultName, name: &ObjectName, id: VersionId) -> RecordKey {
    RecordKey::of(&[b"material", vault.folded().as_bytes(), name.folded().as_bytes(), id.as_bytes()])
}
