//! What the service does by itself, and when.

use std::sync::Arc;

use super::{
    Change, Deleted, Key, Now, Object, ObjectName, Operation, Shelf, Target, Timestamp, Vault, VaultName, VaultObject,
    World, age::Term, soft_delete::Kind,
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
    pub fn next_scheduled(&self, now: Now) -> Option<Timestamp> {
        let is_writable = |vault: &Arc<Vault>| self.region_state(vault.head.location, now.clock).is_healthy();
        self.terms(is_writable).map(|term| term.comes_at(now)).min()
    }

    /// How much there is whose date has passed, and that stays as it is because it is not proven that so much time has
    /// passed (T6).
    pub fn held_back(&self, now: Now) -> usize {
        self.terms(|_| true).filter(|term| term.is_held_back(now)).count()
    }

    /// When each thing is purged, rotated or told of that is or is in one of `these` vaults.
    pub fn terms(&self, these: impl Fn(&Arc<Vault>) -> bool + Copy) -> impl Iterator<Item = Term> {
        let deleted = self.vaults.deleted().filter(move |deleted| these(&deleted.item));
        let of_deleted = |deleted: &Arc<Deleted<Vault>>| {
            let inside: Vec<_> = deleted.item.purge_terms().collect();
            inside.into_iter().chain([deleted.deletion.term()])
        };
        let live = self.vaults.live().filter(move |vault| these(vault));
        deleted.flat_map(of_deleted).chain(live.flat_map(|vault| vault.terms()))
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
    pub fn scheduled_purges(&self, now: Now) -> Vec<Change> {
        let is_writable = |vault: &&Arc<Vault>| self.region_state(vault.head.location, now.clock).is_healthy();
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
    pub fn due_keys(&self, now: Now) -> Vec<DueKey> {
        let is_writable = |vault: &&Arc<Vault>| self.region_state(vault.head.location, now.clock).is_healthy();
        let mut due = Vec::new();
        for vault in self.vaults.live().filter(is_writable) {
            for key in vault.keys.live() {
                let is_due = |term: Option<Term>| term.is_some_and(|term| term.has_come(now));
                let one = |action| DueKey { vault: vault.name().clone(), key: Arc::clone(key), action };
                // A key that rotates now has a new version, of which there is nothing to be told yet.
                if is_due(key.rotation_term()) {
                    due.push(one(KeyAction::Rotate));
                } else if is_due(key.notice_term()) {
                    due.push(one(KeyAction::Notify));
                }
            }
        }
        due
    }
}

impl Vault {
    /// When each deleted thing in it is purged.
    pub fn purge_terms(&self) -> impl Iterator<Item = Term> {
        self.secrets.terms().chain(self.keys.terms())
    }

    /// When each thing in it is purged, rotated or told of.
    pub fn terms(&self) -> impl Iterator<Item = Term> {
        self.purge_terms().chain(self.keys.live().flat_map(|key| key.terms()))
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
