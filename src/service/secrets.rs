//! Operations on secrets.

use std::{ops::ControlFlow, sync::Arc};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Service, ServiceError, records};
use crate::{
    crypto::random,
    domain::{
        Caller, Change, Deleted, ObjectName, Operation, Refusal, Secret, SecretValue, SecretVersion, Shelf, Target,
        VaultName, VersionId,
        backup::{Origin, admit_backup},
        secret::{SecretDraft, SecretPatch},
        versions::are_distinct,
    },
};

/// A secret to be set.
pub struct NewSecret {
    /// Its name.
    pub name: ObjectName,
    /// Its value.
    pub value: SecretValue,
    /// Everything else.
    pub draft: SecretDraft,
}

/// What stands in a backup; the values are borrowed from memory that is wiped.
#[derive(Serialize, Deserialize)]
struct BackupBody<'a> {
    origin: Origin,
    secret: Secret,
    #[serde(borrow)]
    values: Vec<&'a str>,
}

/// Reading.
impl Service {
    /// A secret, and the value of the version that is named; of the current one when none is.
    pub fn get_secret(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
        name: &ObjectName,
        id: Option<VersionId>,
    ) -> Result<(Arc<Secret>, SecretValue), ServiceError> {
        self.read(caller, Operation::SecretGet, &object(vault, name), |service, _| {
            let vault = service.world.vault(vault)?;
            let version = vault.readable_version(name, id)?;
            let value = records::read_value(&service.store, vault, name, version.id)?;
            service.log.touch(version.id, None);
            Ok((Arc::clone(vault.secret(name)?), value))
        })
    }

    /// The live secrets of a vault.
    pub fn list_secrets(&mut self, caller: &Caller, vault: &VaultName) -> Result<Shelf<Secret>, ServiceError> {
        self.read(caller, Operation::SecretList, &Target::Vault(vault.clone()), |service, _| {
            Ok(service.world.vault(vault)?.secrets.clone())
        })
    }

    /// The deleted secrets of a vault (S13, S17).
    pub fn list_deleted_secrets(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
    ) -> Result<Vec<Arc<Deleted<Secret>>>, ServiceError> {
        self.read(caller, Operation::SecretListDeleted, &Target::Vault(vault.clone()), |service, now| {
            let deleted = service.world.vault(vault)?.secrets.deleted();
            Ok(deleted.filter(|deleted| !deleted.deletion.is_due(service.clock.at(now))).cloned().collect())
        })
    }

    /// All versions of a secret, oldest first; none when there is no such secret, as in Key Vault (§2.3).
    pub fn list_secret_versions(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
        name: &ObjectName,
    ) -> Result<Option<Arc<Secret>>, ServiceError> {
        self.read(caller, Operation::SecretListVersions, &object(vault, name), |service, _| {
            Ok(service.world.vault(vault)?.secrets.get(name).cloned())
        })
    }

    /// A deleted secret (S13).
    pub fn get_deleted_secret(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
        name: &ObjectName,
    ) -> Result<Arc<Deleted<Secret>>, ServiceError> {
        self.read(caller, Operation::SecretGetDeleted, &object(vault, name), |service, now| {
            Ok(Arc::clone(service.world.vault(vault)?.deleted_secret(name, service.clock.at(now))?))
        })
    }

    /// A sealed blob with all versions, for this store only (§2.7).
    pub fn back_up_secret(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
        name: &ObjectName,
    ) -> Result<Vec<u8>, ServiceError> {
        self.read(caller, Operation::SecretBackup, &object(vault, name), |service, _| {
            let vault = service.world.vault(vault)?;
            let secret = vault.secret(name)?;
            admit_backup(secret.versions().len())?;
            let read = |version: &SecretVersion| records::read_value(&service.store, vault, name, version.id);
            let values = secret.versions().iter().map(read).collect::<Result<Vec<_>, _>>()?;
            let body = BackupBody {
                origin: Origin::of(&service.profile.subscription, vault.head.location),
                secret: Secret::clone(secret),
                values: values.iter().map(SecretValue::expose).collect(),
            };
            Ok(service.store.sealer().seal_backup(&records::encode(&body)))
        })
    }
}

/// Writing.
impl Service {
    /// Sets a value: a new secret or one more version, which is the current one of what is answered.
    pub fn set_secret(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
        new: NewSecret,
    ) -> Result<Arc<Secret>, ServiceError> {
        self.set_secret_as(caller, vault, new, VersionId::from_bytes(random::bytes()))
    }

    /// Sets a value as the version `id`, which must be fresh.
    pub(super) fn set_secret_as(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
        new: NewSecret,
        id: VersionId,
    ) -> Result<Arc<Secret>, ServiceError> {
        let NewSecret { name, value, draft } = new;
        self.write(caller, Operation::SecretSet, &object(vault, &name), |service, now| {
            let secret = Arc::new(service.world.vault(vault)?.set_secret(&name, draft, id, now)?);
            let change = Change::ObjectPut(vault.clone(), Arc::clone(&secret).into());
            let mut write = records::write_of(&service.world, vec![change]);
            write.put_value(vault, &name, id, &value);
            Ok((write, secret))
        })
    }

    /// Sets many values in one commit, all or none. `progress` hears how many are decided on and may break off.
    ///
    /// Takes each as it comes to it, so that of a hundred thousand no more is in memory than must be.
    pub fn set_secrets(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
        new: impl IntoIterator<Item = NewSecret>,
        mut progress: impl FnMut(usize) -> ControlFlow<()>,
    ) -> Result<usize, ServiceError> {
        self.write(caller, Operation::SecretSet, &Target::Vault(vault.clone()), |service, now| {
            let mut imagined = crate::domain::Vault::clone(service.world.vault(vault)?);
            let new = new.into_iter();
            let mut changes = Vec::with_capacity(new.size_hint().0);
            let mut values = Vec::with_capacity(new.size_hint().0);
            for NewSecret { name, value, draft } in new {
                let id = VersionId::from_bytes(random::bytes());
                let secret = Arc::new(imagined.set_secret(&name, draft, id, now)?);
                imagined.secrets.put(Arc::clone(&secret));
                values.push((Arc::clone(&secret), value));
                changes.push(Change::ObjectPut(vault.clone(), secret.into()));
                // Deciding takes little of the time; sealing is what there is to watch.
                if progress(0).is_break() {
                    return Err(ServiceError::Cancelled);
                }
            }
            // The world grows by the same changes once they are durable; until then there need not be two of it.
            drop(imagined);
            let mut write = records::write_of(&service.world, changes);
            let count = values.len();
            for (secret, value) in values {
                write.put_value(vault, secret.name(), secret.current().id, &value);
            }
            let records = write.batch.len();
            write.watch = Box::new(move |sealed| progress(sealed * count / records));
            Ok((write, count))
        })
    }

    /// Changes the attributes of a version; of the current one when none is named. Answers with the secret as it is then.
    pub fn update_secret(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
        name: &ObjectName,
        id: Option<VersionId>,
        patch: &SecretPatch,
    ) -> Result<Arc<Secret>, ServiceError> {
        self.change_secret(caller, Operation::SecretUpdate, vault, name, |service, now| {
            let secret = Arc::new(service.world.vault(vault)?.update_secret(name, id, patch, now)?);
            Ok((Change::ObjectPut(vault.clone(), Arc::clone(&secret).into()), secret))
        })
    }

    /// Moves a secret to the bin (S2). Answers with what is there then.
    pub fn delete_secret(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
        name: &ObjectName,
    ) -> Result<Deleted<Secret>, ServiceError> {
        self.change_secret(caller, Operation::SecretDelete, vault, name, |service, now| {
            let (item, deletion) =
                service.world.vault(vault)?.delete_secret(name, &caller.name, service.clock.at(now))?;
            let change = Change::ObjectDeleted(vault.clone(), Arc::clone(&item).into(), deletion.clone());
            Ok((change, Deleted { item, deletion }))
        })
    }

    /// Brings a deleted secret back (S1), which it answers with.
    pub fn recover_secret(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
        name: &ObjectName,
    ) -> Result<Arc<Secret>, ServiceError> {
        self.change_secret(caller, Operation::SecretRecover, vault, name, |service, now| {
            let secret = service.world.vault(vault)?.recover_secret(name, service.clock.at(now))?;
            Ok((Change::ObjectRecovered(vault.clone(), Arc::clone(&secret).into()), secret))
        })
    }

    /// Destroys a deleted secret (S2, S3, S10).
    pub fn purge_secret(&mut self, caller: &Caller, vault: &VaultName, name: &ObjectName) -> Result<(), ServiceError> {
        self.change_secret(caller, Operation::SecretPurge, vault, name, |service, now| {
            let secret =
                service.world.vault(vault)?.purge_secret(name, service.world.protection, service.clock.at(now))?;
            Ok((Change::ObjectPurged(vault.clone(), secret.into()), ()))
        })
    }

    /// Puts a backed-up secret back with all its versions and their ids (§2.7), and answers with it.
    pub fn restore_secret(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
        backup: &[u8],
    ) -> Result<Arc<Secret>, ServiceError> {
        self.write(caller, Operation::SecretRestore, &Target::Vault(vault.clone()), |service, _| {
            // Every way in which a blob can be wrong is one answer, as in Key Vault (§2.5).
            let body = service.store.sealer().open_backup(backup).ok().ok_or(Refusal::BackupMalformed)?;
            let body = records::decode::<BackupBody<'_>>(&body).ok().ok_or(Refusal::BackupMalformed)?;
            let BackupBody { origin, secret, values } = body;
            if values.len() != secret.versions().len() || !are_distinct(secret.versions()) {
                return Err(Refusal::BackupMalformed.into());
            }
            let into = service.world.vault(vault)?;
            origin.admit_restore(&Origin::of(&service.profile.subscription, into.head.location))?;
            let secret = Arc::new(into.restore_secret(secret)?);
            let change = Change::ObjectPut(vault.clone(), Arc::clone(&secret).into());
            let mut write = records::write_of(&service.world, vec![change]);
            for (version, value) in secret.versions().iter().zip(values) {
                let value = SecretValue::parse(Zeroizing::new(value.to_owned()))?;
                write.put_value(vault, secret.name(), version.id, &value);
            }
            Ok((write, secret))
        })
    }

    fn change_secret<T>(
        &mut self,
        caller: &Caller,
        operation: Operation,
        vault: &VaultName,
        name: &ObjectName,
        decide: impl FnOnce(&Self, crate::domain::Timestamp) -> Result<(Change, T), Refusal>,
    ) -> Result<T, ServiceError> {
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
        domain::{RegionName, RetentionDays, Sku, Timestamp, properties::Tags, vault::VaultDraft},
        service::{KdfCost, Passphrase, Place, Purpose, TimeSource},
    };

    #[test]
    fn a_backup_restores_only_with_one_value_for_each_version() {
        // T3
        let time = TimeSource::held_at(Timestamp::from_secs(1_790_000_000));
        let (place, passphrase) = (Place::Memory, Passphrase::new("a passphrase".to_owned()));
        let mut service = Service::create(&place, &passphrase, KdfCost::LEAST, Purpose::Simulation, time).unwrap();
        let by = Caller::developer();
        let vault = VaultName::parse("prod").unwrap();
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
        service.create_vault(&Caller::security_officer(), draft).unwrap();
        let name = ObjectName::parse("token").unwrap();
        for value in ["one", "two"] {
            let value = SecretValue::parse(Zeroizing::new(value.to_owned())).unwrap();
            service
                .set_secret(&by, &vault, NewSecret { name: name.clone(), value, draft: SecretDraft::default() })
                .unwrap();
        }
        let (secret, _) = service.get_secret(&by, &vault, &name, None).unwrap();
        let mut twice = secret.versions().to_vec();
        twice[1] = twice[0].clone();
        service.delete_secret(&by, &vault, &name).unwrap();
        service.purge_secret(&Caller::security_officer(), &vault, &name).unwrap();

        let mut restore = |secret: &Secret, values: &[&str]| {
            let origin = Origin::of(&service.profile.subscription, location);
            let body = BackupBody { origin, secret: secret.clone(), values: values.to_vec() };
            let backup = service.store.sealer().seal_backup(&records::encode(&body));
            service.restore_secret(&by, &vault, &backup).map(drop)
        };
        let malformed = |found| matches!(found, Err(ServiceError::Refused(Refusal::BackupMalformed)));
        assert!(malformed(restore(&secret, &["one"])));
        assert!(malformed(restore(&secret, &["one", "two", "three"])));
        let doubled = Secret::with_versions(name.clone(), twice).unwrap();
        assert!(malformed(restore(&doubled, &["one", "two"])));
        restore(&secret, &["one", "two"]).unwrap();
    }
}
