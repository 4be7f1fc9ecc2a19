//! Operations on keys. Using them is in `key_use.rs`.

use std::{sync::Arc, time::Instant};

use serde::{Deserialize, Serialize};

use super::{Service, ServiceError, outcome_of, records};
use crate::{
    crypto::{key::KeyMaterial, random},
    domain::{
        Caller, Change, Deleted, Key, KeyKind, ObjectName, Operation, Refusal, RotationPolicy, Shelf, Target,
        Timestamp, VaultName, VersionId,
        backup::{Origin, admit_backup},
        key::{KeyDraft, KeyPatch},
        versions::are_distinct,
    },
};

/// A key to be put into a vault: generated here or brought along.
pub struct NewKey {
    /// Its name.
    pub name: ObjectName,
    /// Everything that is not the key itself.
    pub draft: KeyDraft,
    /// The key itself.
    pub material: KeyMaterial,
}

/// What stands in a backup; the private parts are borrowed from memory that is wiped.
#[derive(Serialize, Deserialize)]
struct BackupBody<'a> {
    /// Tells it from a secret's.
    what: &'a str,
    origin: Origin,
    key: Key,
    #[serde(borrow)]
    materials: Vec<&'a [u8]>,
}

const WHAT: &str = "key";

/// Reading.
impl Service {
    /// A key with all its versions; the one named must be among them.
    pub fn get_key(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
        name: &ObjectName,
        id: Option<VersionId>,
    ) -> Result<Arc<Key>, ServiceError> {
        self.read(caller, Operation::KeyGet, &object(vault, name), |service, _| {
            let vault = service.world.vault(vault)?;
            let version = vault.key_version(name, id)?;
            service.log.touch(version.id, Some(version.kind));
            Ok(Arc::clone(vault.key(name)?))
        })
    }

    /// The live keys of a vault.
    pub fn list_keys(&mut self, caller: &Caller, vault: &VaultName) -> Result<Shelf<Key>, ServiceError> {
        self.read(caller, Operation::KeyList, &Target::Vault(vault.clone()), |service, _| {
            Ok(service.world.vault(vault)?.keys.clone())
        })
    }

    /// A key with all its versions, oldest first; none when there is no such key, as in Key Vault (§2.3).
    pub fn list_key_versions(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
        name: &ObjectName,
    ) -> Result<Option<Arc<Key>>, ServiceError> {
        self.read(caller, Operation::KeyListVersions, &object(vault, name), |service, _| {
            Ok(service.world.vault(vault)?.keys.get(name).cloned())
        })
    }

    /// The deleted keys of a vault (S13, S17).
    pub fn list_deleted_keys(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
    ) -> Result<Vec<Arc<Deleted<Key>>>, ServiceError> {
        self.read(caller, Operation::KeyListDeleted, &Target::Vault(vault.clone()), |service, now| {
            let deleted = service.world.vault(vault)?.keys.deleted();
            Ok(deleted.filter(|deleted| !deleted.deletion.is_due(service.clock.at(now))).cloned().collect())
        })
    }

    /// A deleted key (S13).
    pub fn get_deleted_key(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
        name: &ObjectName,
    ) -> Result<Arc<Deleted<Key>>, ServiceError> {
        self.read(caller, Operation::KeyGetDeleted, &object(vault, name), |service, now| {
            Ok(Arc::clone(service.world.vault(vault)?.keys.find_deleted(name, service.clock.at(now))?))
        })
    }

    /// A key, for its rotation policy.
    pub fn get_rotation_policy(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
        name: &ObjectName,
    ) -> Result<Arc<Key>, ServiceError> {
        self.read(caller, Operation::KeyRotationPolicyGet, &object(vault, name), |service, _| {
            Ok(Arc::clone(service.world.vault(vault)?.key(name)?))
        })
    }

    /// A sealed blob with all versions and their private parts, for this store only (§2.7).
    pub fn back_up_key(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
        name: &ObjectName,
    ) -> Result<Vec<u8>, ServiceError> {
        self.read(caller, Operation::KeyBackup, &object(vault, name), |service, _| {
            let vault = service.world.vault(vault)?;
            let key = vault.key(name)?;
            admit_backup(key.versions().len())?;
            let read = |id| records::read_material(&service.store, vault, name, id);
            let materials = key.versions().iter().map(|version| Ok(read(version.id)?.to_sealable_bytes()));
            let materials = materials.collect::<Result<Vec<_>, ServiceError>>()?;
            let body = BackupBody {
                what: WHAT,
                origin: Origin::of(&service.profile.subscription, vault.head.location),
                key: Key::clone(key),
                materials: materials.iter().map(|material| material.as_slice()).collect(),
            };
            Ok(service.store.sealer().seal_backup(&records::encode(&body)))
        })
    }
}

/// The questions before a key is generated, which takes a while. A refusal is recorded; what is admitted is recorded when it
/// is done.
impl Service {
    /// Whether `caller` could create a key of this kind and name.
    pub fn admit_new_key(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
        (name, kind): (&ObjectName, KeyKind),
        draft: &KeyDraft,
    ) -> Result<(), ServiceError> {
        self.ask_before(caller, Operation::KeyCreate, &object(vault, name), |service| {
            service.world.vault(vault)?.admit_new_key(name, kind, draft)
        })
    }

    /// What kind of material a rotation needs, if `caller` may rotate.
    pub fn admit_rotation(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
        name: &ObjectName,
    ) -> Result<KeyKind, ServiceError> {
        self.ask_before(caller, Operation::KeyRotate, &object(vault, name), |service| {
            Ok(service.world.vault(vault)?.key(name)?.current().kind)
        })
    }

    fn ask_before<T>(
        &mut self,
        caller: &Caller,
        operation: Operation,
        target: &Target,
        decide: impl FnOnce(&Self) -> Result<T, Refusal>,
    ) -> Result<T, ServiceError> {
        let started = Instant::now();
        self.purge_due()?;
        self.reach(target)?;
        let now = self.clock.now();
        let decided = self.admit(caller, operation, target, now).and_then(|()| decide(self));
        decided.map_err(|refusal| {
            let error = ServiceError::from(refusal);
            if let Some(outcome) = outcome_of(Some(&error)) {
                self.log.note(records::activity(&self.world, caller, operation, target, now, outcome, started));
            }
            error
        })
    }
}

/// Writing. Each answers with the key as it is then.
impl Service {
    /// Puts a key that was generated for it into a vault: a new one, or one more version.
    pub fn create_key(&mut self, caller: &Caller, vault: &VaultName, new: NewKey) -> Result<Arc<Key>, ServiceError> {
        self.put_key(caller, Operation::KeyCreate, vault, new)
    }

    /// Puts a key that was brought along into a vault: a new one, or one more version.
    pub fn import_key(&mut self, caller: &Caller, vault: &VaultName, new: NewKey) -> Result<Arc<Key>, ServiceError> {
        self.put_key(caller, Operation::KeyImport, vault, new)
    }

    fn put_key(
        &mut self,
        caller: &Caller,
        operation: Operation,
        vault: &VaultName,
        new: NewKey,
    ) -> Result<Arc<Key>, ServiceError> {
        let NewKey { name, draft, material } = new;
        self.with_material(caller, operation, vault, &name, &material, |service, id, now| {
            let made = (material.kind(), material.public_part()?);
            service.world.vault(vault)?.put_key(&name, draft, id, made, service.clock.at(now))
        })
    }

    /// Gives a key a new version of fresh material of the same kind (§3.6).
    pub fn rotate_key(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
        name: &ObjectName,
        material: &KeyMaterial,
    ) -> Result<Arc<Key>, ServiceError> {
        self.rotate_as(caller, Operation::KeyRotate, vault, name, material)
    }

    pub(super) fn rotate_as(
        &mut self,
        caller: &Caller,
        operation: Operation,
        vault: &VaultName,
        name: &ObjectName,
        material: &KeyMaterial,
    ) -> Result<Arc<Key>, ServiceError> {
        self.with_material(caller, operation, vault, name, material, |service, id, now| {
            let vault = service.world.vault(vault)?;
            if vault.key(name)?.current().kind != material.kind() {
                // Somebody imported a version of another kind while this one was generated.
                return Err(Refusal::CryptographyFailed);
            }
            vault.rotate_key(name, id, material.public_part()?, service.clock.at(now))
        })
    }

    /// Changes the attributes of a version; of the current one when none is named.
    pub fn update_key(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
        name: &ObjectName,
        id: Option<VersionId>,
        patch: &KeyPatch,
    ) -> Result<Arc<Key>, ServiceError> {
        self.change_key(caller, Operation::KeyUpdate, vault, name, |service, now| {
            let key = Arc::new(service.world.vault(vault)?.update_key(name, id, patch, now)?);
            Ok((Change::ObjectPut(vault.clone(), Arc::clone(&key).into()), key))
        })
    }

    /// Says when a key rotates by itself (§3.6).
    pub fn set_rotation_policy(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
        name: &ObjectName,
        policy: RotationPolicy,
    ) -> Result<Arc<Key>, ServiceError> {
        self.change_key(caller, Operation::KeyRotationPolicySet, vault, name, |service, now| {
            let key = Arc::new(service.world.vault(vault)?.set_rotation_policy(name, policy, now)?);
            Ok((Change::ObjectPut(vault.clone(), Arc::clone(&key).into()), key))
        })
    }

    /// Moves a key to the bin (S2).
    pub fn delete_key(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
        name: &ObjectName,
    ) -> Result<Deleted<Key>, ServiceError> {
        self.change_key(caller, Operation::KeyDelete, vault, name, |service, now| {
            let (item, deletion) = service.world.vault(vault)?.delete_key(name, &caller.name, service.clock.at(now))?;
            let change = Change::ObjectDeleted(vault.clone(), Arc::clone(&item).into(), deletion.clone());
            Ok((change, Deleted { item, deletion }))
        })
    }

    /// Brings a deleted key back (S1).
    pub fn recover_key(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
        name: &ObjectName,
    ) -> Result<Arc<Key>, ServiceError> {
        self.change_key(caller, Operation::KeyRecover, vault, name, |service, now| {
            let key = service.world.vault(vault)?.recover_key(name, service.clock.at(now))?;
            Ok((Change::ObjectRecovered(vault.clone(), Arc::clone(&key).into()), key))
        })
    }

    /// Destroys a deleted key (S2, S3, S10).
    pub fn purge_key(&mut self, caller: &Caller, vault: &VaultName, name: &ObjectName) -> Result<(), ServiceError> {
        self.change_key(caller, Operation::KeyPurge, vault, name, |service, now| {
            let key = service.world.vault(vault)?.purge_key(name, service.world.protection, service.clock.at(now))?;
            Ok((Change::ObjectPurged(vault.clone(), key.into()), ()))
        })
    }

    /// Puts a backed-up key back with all its versions and their ids (§2.7).
    pub fn restore_key(&mut self, caller: &Caller, vault: &VaultName, backup: &[u8]) -> Result<Arc<Key>, ServiceError> {
        self.write(caller, Operation::KeyRestore, &Target::Vault(vault.clone()), |service, now| {
            // Every way in which a blob can be wrong is one answer, as in Key Vault (§2.5).
            let body = service.store.sealer().open_backup(backup).ok().ok_or(Refusal::BackupMalformed)?;
            let body = records::decode::<BackupBody<'_>>(&body).ok().filter(|body| body.what == WHAT);
            let BackupBody { origin, key, materials, .. } = body.ok_or(Refusal::BackupMalformed)?;
            if materials.len() != key.versions().len() || !are_distinct(key.versions()) {
                return Err(Refusal::BackupMalformed.into());
            }
            let into = service.world.vault(vault)?;
            origin.admit_restore(&Origin::of(&service.profile.subscription, into.head.location))?;
            let key = Arc::new(into.restore_key(key, service.clock.at(now))?);
            let change = Change::ObjectPut(vault.clone(), Arc::clone(&key).into());
            let mut write = records::write_of(&service.world, vec![change]);
            for (version, material) in key.versions().iter().zip(materials) {
                let material = KeyMaterial::from_sealed_bytes(material).ok().filter(|kept| kept.kind() == version.kind);
                let material = material.ok_or(Refusal::BackupMalformed)?;
                // A private part that cannot be used, or one beside the public part of another, was never written.
                let public = material.public_part().ok().ok_or(Refusal::BackupMalformed)?;
                if public.as_ref() != version.public.as_deref() {
                    return Err(Refusal::BackupMalformed.into());
                }
                write.put_material(vault, key.name(), version.id, &material);
            }
            Ok((write, key))
        })
    }

    /// One more version with its private part.
    fn with_material(
        &mut self,
        caller: &Caller,
        operation: Operation,
        vault: &VaultName,
        name: &ObjectName,
        material: &KeyMaterial,
        decide: impl FnOnce(&Self, VersionId, Timestamp) -> Result<Key, Refusal>,
    ) -> Result<Arc<Key>, ServiceError> {
        self.write(caller, operation, &object(vault, name), |service, now| {
            let id = VersionId::from_bytes(random::bytes());
            let key = Arc::new(decide(service, id, now)?);
            let change = Change::ObjectPut(vault.clone(), Arc::clone(&key).into());
            let mut write = records::write_of(&service.world, vec![change]);
            write.put_material(vault, name, id, material);
            Ok((write, key))
        })
    }

    fn change_key<T>(
        &mut self,
        caller: &Caller,
        operation: Operation,
        vault: &VaultName,
        name: &ObjectName,
        decide: impl FnOnce(&Self, Timestamp) -> Result<(Change, T), Refusal>,
    ) -> Result<T, ServiceError> {
        self.ready.forget(vault, name);
        self.write(caller, operation, &object(vault, name), |service, now| {
            let (change, answer) = decide(service, now)?;
            Ok((records::write_of(&service.world, vec![change]), answer))
        })
    }
}

fn object(vault: &VaultName, name: &ObjectName) -> Target {
    Target::Object(vault.clone(), name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        crypto::key::{CancelFlag, generate},
        domain::{Curve, KeyProtection, RegionName, RetentionDays, Sku, properties::Tags, vault::VaultDraft},
        service::{KdfCost, Passphrase, Place, Purpose, TimeSource},
    };

    #[test]
    fn a_backup_of_a_key_restores_only_with_the_private_part_of_each_version() {
        // T3
        let time = TimeSource::held_at(Timestamp::from_secs(1_790_000_000));
        let (place, passphrase) = (Place::Memory, Passphrase::new("a passphrase".to_owned()));
        let mut service = Service::create(&place, &passphrase, KdfCost::LEAST, Purpose::Simulation, time).unwrap();
        let (by, officer) = (Caller::developer(), Caller::security_officer());
        let (vault, name) = (VaultName::parse("prod").unwrap(), ObjectName::parse("signing").unwrap());
        let location = RegionName::parse("westeurope").unwrap();
        let draft = VaultDraft {
            name: vault.clone(),
            location,
            sku: Sku::Standard,
            retention: RetentionDays::default(),
            purge_protection: None,
            tags: Tags::default(),
            access: crate::domain::AccessModel::Policies,
        };
        service.create_vault(&officer, draft).unwrap();
        let made = |curve| generate(KeyKind::Ec(curve, KeyProtection::Software), &CancelFlag::default()).unwrap();
        let (own, other) = (made(Curve::P256), made(Curve::P384).to_sealable_bytes());
        let twin = made(Curve::P256).to_sealable_bytes();
        let right = own.to_sealable_bytes();
        let new = NewKey { name: name.clone(), draft: KeyDraft::default(), material: own };
        let key = service.create_key(&by, &vault, new).unwrap();
        service.delete_key(&by, &vault, &name).unwrap();
        service.purge_key(&officer, &vault, &name).unwrap();

        let mut restore = |materials: Vec<&[u8]>| {
            let origin = Origin::of(&service.profile.subscription, location);
            let body = BackupBody { what: WHAT, origin, key: Key::clone(&key), materials };
            let backup = service.store.sealer().seal_backup(&records::encode(&body));
            service.restore_key(&by, &vault, &backup).map(drop)
        };
        let malformed = |found| matches!(found, Err(ServiceError::Refused(Refusal::BackupMalformed)));
        assert!(malformed(restore(vec![])));
        assert!(malformed(restore(vec![&right, &right])));
        assert!(malformed(restore(vec![&other])), "it is of another kind");
        assert!(malformed(restore(vec![&twin])), "its public part is another's");
        assert!(malformed(restore(vec![&right[..right.len() - 1]])), "it cannot be used");
        restore(vec![&right]).unwrap();
    }
}
