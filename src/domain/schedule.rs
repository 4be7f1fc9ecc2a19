//! What the service does by itself, and when.

use std::sync::Arc;

use super::{
    Change, Deleted, Key, Object, ObjectName, Operation, Shelf, Target, Timestamp, Vault, VaultName, VaultObject,
    World, soft_delete::Kind,
};

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

impl Change {
    /// The operation the service does on its own for a scheduled purge, and of what.
    pub fn scheduled_purge(&self) -> Option<(Operation, Target)> {
        match self {
            Self::VaultPurged(vault) => Some((Operation::VaultPurge, Target::Vault(vault.clone()))),
            Self::ObjectPurged(vault, object) => {
                let operation = match object {
                    Object::Secret(_) => Operation::SecretPurge,
                    Object::Key(_) => Operation::KeyPurge,
                };
                Some((operation, Target::Object(vault.clone(), object.name().clone())))
            }
            _ => None,
        }
    }
}

/// What a key is due for.
#[derive(Clone, Debug)]
pub struct DueKey {
    /// The vault it is in.
    pub vault: VaultName,
    /// The key as it stands.
    pub key: Arc<Key>,
    /// What is to be done with it.
    pub action: KeyAction,
}

/// What a key's policy does by itself (§3.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyAction {
    /// It gets a new version.
    Rotate,
    /// Somebody is told that it nears its end.
    Notify,
}

impl World {
    /// When the service has something to do by itself next: to purge, to rotate, to tell. What stands in a region that
    /// does not take writes waits.
    pub fn next_scheduled(&self, now: Timestamp) -> Option<Timestamp> {
        let is_writable = |vault: &Arc<Vault>| self.region_state(vault.head.location, now).is_healthy();
        let deleted = self.vaults.deleted().filter(|deleted| is_writable(&deleted.item));
        let of_deleted = |deleted: &Arc<Deleted<Vault>>| {
            let inside = deleted.item.next_purge();
            inside.map_or(deleted.deletion.scheduled_purge, |inside| inside.min(deleted.deletion.scheduled_purge))
        };
        let live = self.vaults.live().filter(|vault| is_writable(vault));
        deleted.map(of_deleted).chain(live.filter_map(|vault| vault.next_scheduled())).min()
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
            schedule.extend(dues(name, &vault.secrets));
            schedule.extend(dues(name, &vault.keys));
        }
        schedule.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.vault.cmp(&b.vault)));
        schedule
    }

    /// What the service purges on its own at `now`, whatever the protection (S14). What stands in a region that does
    /// not take writes waits until it does. Objects in deleted vaults keep their own dates (S15).
    pub fn scheduled_purges(&self, now: Timestamp) -> Vec<Change> {
        let is_writable = |vault: &&Arc<Vault>| self.region_state(vault.head.location, now).is_healthy();
        let vaults = self.vaults.due(now).map(|deleted| &deleted.item).filter(is_writable);
        let mut purges: Vec<_> = vaults.map(|vault| Change::VaultPurged(vault.name().clone())).collect();
        let kept = self.vaults.deleted().filter(|deleted| !deleted.deletion.is_due(now)).map(|deleted| &deleted.item);
        for vault in kept.chain(self.vaults.live()).filter(is_writable) {
            let secrets = vault.secrets.due(now).map(|deleted| Object::Secret(Arc::clone(&deleted.item)));
            let keys = vault.keys.due(now).map(|deleted| Object::Key(Arc::clone(&deleted.item)));
            purges.extend(secrets.chain(keys).map(|object| Change::ObjectPurged(vault.name().clone(), object)));
        }
        purges
    }

    /// The live keys whose policy has something done at `now`. What stands in a region that does not take writes waits.
    pub fn due_keys(&self, now: Timestamp) -> Vec<DueKey> {
        let is_writable = |vault: &&Arc<Vault>| self.region_state(vault.head.location, now).is_healthy();
        let mut due = Vec::new();
        for vault in self.vaults.live().filter(is_writable) {
            for key in vault.keys.live() {
                let is_due = |at: Option<Timestamp>| at.is_some_and(|at| at <= now);
                let one = |action| DueKey { vault: vault.name().clone(), key: Arc::clone(key), action };
                // A key that rotates now has a new version, of which there is nothing to be told yet.
                if is_due(key.next_rotation()) {
                    due.push(one(KeyAction::Rotate));
                } else if is_due(key.next_notice()) {
                    due.push(one(KeyAction::Notify));
                }
            }
        }
        due
    }
}

impl Vault {
    /// When something deleted in it is purged next.
    pub fn next_purge(&self) -> Option<Timestamp> {
        self.secrets.next_purge().into_iter().chain(self.keys.next_purge()).min()
    }

    /// When something in it is purged, rotated or told next.
    pub fn next_scheduled(&self) -> Option<Timestamp> {
        let keys = self.keys.live().flat_map(|key| key.next_rotation().into_iter().chain(key.next_notice()));
        self.next_purge().into_iter().chain(keys).min()
    }
}

fn dues<T: VaultObject>(vault: &VaultName, shelf: &Shelf<T>) -> impl Iterator<Item = Due> {
    shelf.deleted().map(|deleted| Due {
        kind: T::KIND,
        vault: vault.clone(),
        object: Some(deleted.item.name().clone()),
        at: deleted.deletion.scheduled_purge,
    })
}
