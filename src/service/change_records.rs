//! Which records a change puts and removes.

use std::sync::Arc;

use super::records::{
    Item, access_key, any_vault, assignment_key, identity_key, key_key, material_key, secret_key, value_key, vault_key,
};
use crate::{
    domain::{
        Change, Deletion, Identity, Key, Object, RoleAssignment, Secret, Vault, VaultAccess, VaultHead, VaultName,
        World,
        replica::{Part, ReplicaName},
    },
    store::{Batch, Key as RecordKey, Table},
};

pub(super) fn put_change(world: &World, change: &Change, batch: &mut Batch) {
    let vault_item = |batch: &mut Batch, head: &VaultHead, deletion: Option<Deletion>| {
        batch.put(Table::Items, vault_key(&head.name), Item::Vault { head: head.clone(), deletion }.to_body());
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
            batch.remove(Table::Items, access_key(name));
            batch.remove(Table::Items, vault_key(name));
        }
        Change::VaultAccess(name, access) => {
            let item = Item::Access { vault: name.clone(), access: VaultAccess::clone(access) };
            batch.put(Table::Items, access_key(name), item.to_body());
        }
        Change::IdentityPut(identity) => {
            let item = Item::Identity { identity: Identity::clone(identity) };
            batch.put(Table::Items, identity_key(identity.id), item.to_body());
        }
        Change::IdentityRemoved(id) if Identity::first().iter().any(|first| first.id == *id) => {
            batch.put(Table::Items, identity_key(*id), Item::NoIdentity { id: *id }.to_body());
        }
        Change::IdentityRemoved(id) => {
            batch.remove(Table::Items, identity_key(*id));
        }
        Change::AssignmentPut(assignment) => {
            let item = Item::Assignment { assignment: assignment.clone() };
            batch.put(Table::Items, assignment_key(assignment.id), item.to_body());
        }
        Change::AssignmentRemoved(id) if RoleAssignment::first().iter().any(|first| first.id == *id) => {
            batch.put(Table::Items, assignment_key(*id), Item::NoAssignment { id: *id }.to_body());
        }
        Change::AssignmentRemoved(id) => {
            batch.remove(Table::Items, assignment_key(*id));
        }
        Change::ObjectPut(vault, object) | Change::ObjectRecovered(vault, object) => {
            put_object(batch, vault, object, None);
        }
        Change::ObjectDeleted(vault, object, deletion) => put_object(batch, vault, object, Some(deletion.clone())),
        Change::ObjectPurged(vault, object) => remove_object(batch, vault, object),
        Change::SubscriptionProtected(protection) => {
            let item = Item::Subscription { protection: *protection };
            batch.put(Table::Items, RecordKey::of(&[b"subscription"]), item.to_body());
        }
        Change::ActivityKept(days) => {
            let item = Item::ActivityDays { days: *days };
            batch.put(Table::Items, RecordKey::of(&[b"activity days"]), item.to_body());
        }
        Change::Region(region, outage) => {
            let key = RecordKey::of(&[b"outage", region.as_str().as_bytes()]);
            match outage {
                Some(outage) => {
                    batch.put(Table::Items, key, Item::RegionOutage { region: *region, outage: *outage }.to_body());
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
                    batch.put(Table::Items, key, item.to_body());
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
    batch.put(Table::Items, key, item.to_body());
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
