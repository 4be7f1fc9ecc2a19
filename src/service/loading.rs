//! From the store's records to the world: all of them, or those that are touched.

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;
use zeroize::Zeroizing;

use super::{
    Profile,
    due::{Due, Dues},
    records::{self, Item, unreadable},
    sign_in::IdentityLock,
};
use crate::{
    domain::{Change, Deletion, IdentityId, ObjectName, Vault, VaultName, World},
    store::{Partition, Store, StoreError, Table},
};

/// What was read from the store, whole or in part.
#[derive(Default)]
pub(super) struct Loaded {
    pub(super) world: World,
    /// How far the clock was moved.
    pub(super) offset_ms: i64,
    pub(super) dues: Dues,
    pub(super) locks: BTreeMap<IdentityId, IdentityLock>,
}

/// Reads what belongs to no region.
pub(super) fn load_global(store: &Store, profile: &Profile) -> Result<Loaded, StoreError> {
    let mut loaded = Loaded::new(profile);
    store.scan_items(&Partition::GLOBAL, |body| -> Result<(), StoreError> {
        match loaded.take(Item::read(body)?) {
            None => Ok(()),
            Some(Item::Due { .. }) => {
                loaded.dues.set(Partition::GLOBAL, Due::read(body)?);
                Ok(())
            }
            Some(_) => Err(misplaced()),
        }
    })?;
    Ok(loaded)
}

/// Reads from when on something in a region is due.
pub(super) fn load_due(store: &Store, partition: &Partition, dues: &mut Dues) -> Result<(), StoreError> {
    if let Some(body) = store.read(partition, Table::Items, &records::due_key())? {
        dues.set(partition.clone(), Some(Due::read(&body)?.ok_or_else(misplaced)?));
    }
    Ok(())
}

/// Reads a vault's properties into `world`, if there is a vault of that name.
pub(super) fn load_vault(store: &Store, name: &VaultName, world: &mut World) -> Result<(), StoreError> {
    let mut lost = None;
    for partition in regions_of(store) {
        match store.read(&partition, Table::Items, &records::vault_key(name)) {
            Ok(None) => {}
            Ok(Some(body)) => {
                let Item::Vault { head, deletion } = Item::read(&body)? else { return Err(misplaced()) };
                let mut vault = Vault::new(head);
                if let Some(body) = store.read(&partition, Table::Items, &records::access_key(name))? {
                    let Item::Access { access, .. } = Item::read(&body)? else { return Err(misplaced()) };
                    vault.access = Arc::new(access);
                }
                put_vault(world, vault, deletion);
                return Ok(());
            }
            // A region that cannot be read stands in the way of its own vaults only.
            Err(_) => lost = Some(StoreError::Lost { partition }),
        }
    }
    lost.map_or(Ok(()), Err)
}

/// Reads what has this name in the vault into `world`, which has the vault already if there is one.
pub(super) fn load_object(
    store: &Store,
    vault: &VaultName,
    name: &ObjectName,
    world: &mut World,
) -> Result<(), StoreError> {
    let Some(partition) =
        records::any_vault(world, vault).map(|vault| records::partition_of_region(vault.head.location))
    else {
        return Ok(());
    };
    for key in [records::secret_key(vault, name), records::key_key(vault, name)] {
        let Some(body) = store.read(&partition, Table::Items, &key)? else { continue };
        let (vault, object, deletion) = match Item::read(&body)? {
            Item::Secret { vault, secret, deletion } => (vault, secret.into(), deletion),
            Item::Key { vault, key, deletion } => (vault, Arc::new(*key).into(), deletion),
            _ => return Err(misplaced()),
        };
        world.apply(&match deletion {
            None => Change::ObjectPut(vault, object),
            Some(deletion) => Change::ObjectDeleted(vault, object, deletion),
        });
    }
    Ok(())
}

/// Reads everything of a region but the values.
pub(super) fn load_region(
    store: &Store,
    partition: &Partition,
    world: &mut World,
    dues: &mut Dues,
) -> Result<(), StoreError> {
    let mut vaults = BTreeMap::new();
    let mut secrets = Bodies::default();
    let mut keys = Vec::new();
    let mut accesses = Vec::new();
    let mut due = None;
    store.scan_items(partition, |body| -> Result<(), StoreError> {
        if secrets.take(body)? {
            return Ok(());
        }
        match Item::read(body)? {
            Item::Vault { head, deletion } => {
                vaults.insert(head.name.clone(), (Vault::new(head), deletion));
            }
            Item::Key { vault, key, deletion } => keys.push((vault, Arc::new(*key), deletion)),
            Item::Access { vault, access } => accesses.push((vault, Arc::new(access))),
            Item::Due { .. } => due = Due::read(body)?,
            _ => return Err(misplaced()),
        }
        Ok(())
    })?;
    let orphan = || StoreError::Damaged { what: "something has no vault".into() };
    for body in secrets.by_name()? {
        let Item::Secret { vault, secret, deletion } = Item::read(body)? else { continue };
        let (vault, _) = vaults.get_mut(&vault).ok_or_else(orphan)?;
        match deletion {
            None => vault.secrets.put(Arc::new(secret)),
            Some(deletion) => vault.secrets.put_deleted(Arc::new(secret), deletion),
        }
    }
    for (vault, key, deletion) in keys {
        let (vault, _) = vaults.get_mut(&vault).ok_or_else(orphan)?;
        match deletion {
            None => vault.keys.put(key),
            Some(deletion) => vault.keys.put_deleted(key, deletion),
        }
    }
    for (vault, access) in accesses {
        let (vault, _) = vaults.get_mut(&vault).ok_or_else(orphan)?;
        vault.access = access;
    }
    for (vault, deletion) in vaults.into_values() {
        put_vault(world, vault, deletion);
    }
    dues.set(partition.clone(), due);
    Ok(())
}

impl Loaded {
    fn new(profile: &Profile) -> Self {
        let world =
            World { subscription: profile.subscription.as_str().into(), purpose: profile.purpose, ..World::default() };
        Self { world, ..Self::default() }
    }

    /// Keeps what belongs to no vault; gives everything else back.
    fn take(&mut self, item: Item) -> Option<Item> {
        match item {
            Item::Subscription { protection } => self.world.protection = protection,
            Item::ActivityDays { days } => self.world.activity_days = days,
            Item::Outage { region, outage } => self.world.apply(&Change::Region(region, Some(outage.into()))),
            Item::RegionOutage { region, outage } => self.world.apply(&Change::Region(region, Some(outage))),
            Item::PartOutage { region, part, outage } => self.world.apply(&Change::Part(region, part, Some(outage))),
            Item::Clock { offset_ms } => self.offset_ms = offset_ms,
            Item::Identity { identity } => self.world.apply(&Change::IdentityPut(Arc::new(identity))),
            Item::NoIdentity { id } => self.world.apply(&Change::IdentityRemoved(id)),
            Item::Assignment { assignment } => self.world.apply(&Change::AssignmentPut(assignment)),
            Item::NoAssignment { id } => self.world.apply(&Change::AssignmentRemoved(id)),
            Item::IdentityLock { lock } => drop(self.locks.insert(lock.identity, lock)),
            Item::Due { .. } | Item::Vault { .. } | Item::Secret { .. } | Item::Key { .. } | Item::Access { .. } => {
                return Some(item);
            }
        }
        None
    }
}

fn put_vault(world: &mut World, vault: Vault, deletion: Option<Deletion>) {
    match deletion {
        None => world.vaults.put(Arc::new(vault)),
        Some(deletion) => world.vaults.put_deleted(Arc::new(vault), deletion),
    }
}

/// The partitions that are regions.
pub(super) fn regions_of(store: &Store) -> impl Iterator<Item = Partition> {
    store.partitions().into_iter().filter(|partition| *partition != Partition::GLOBAL)
}

fn misplaced() -> StoreError {
    StoreError::Damaged { what: "a record stands where another belongs".into() }
}

/// The records of secrets, gathered before they are decoded: what stands side by side in a list shall lie side by side
/// in memory. The store hands them out in the order of keyed hashes, and filtering 100,000 secrets that lie about at
/// random costs ten times as much.
#[derive(Default)]
struct Bodies {
    bytes: Zeroizing<Vec<u8>>,
    ends: Vec<usize>,
}

impl Bodies {
    /// Keeps `body` if it is a secret's.
    fn take(&mut self, body: &[u8]) -> Result<bool, StoreError> {
        let is_secret = decode_begin::<u32>(body)? == SECRET_VARIANT;
        if is_secret {
            self.bytes.extend_from_slice(body);
            self.ends.push(self.bytes.len());
        }
        Ok(is_secret)
    }

    /// All that were kept, by vault and name as they are spelled.
    fn by_name(&self) -> Result<Vec<&[u8]>, StoreError> {
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        let bodies = begins.zip(&self.ends).map(|(begin, end)| &self.bytes[begin..*end]);
        // `Item::Secret` begins with its variant, the vault's name and its own.
        let named = |body| Ok((decode_begin::<(u32, &str, &str)>(body)?, body));
        let mut named = bodies.map(named).collect::<Result<Vec<_>, StoreError>>()?;
        named.sort_unstable();
        Ok(named.into_iter().map(|(_, body)| body).collect())
    }
}

/// The number by which postcard tells that an [`Item`] is a secret.
const SECRET_VARIANT: u32 = 1;

fn decode_begin<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, StoreError> {
    postcard::take_from_bytes(body).map(|(begin, _)| begin).map_err(|error| unreadable(&error))
}
