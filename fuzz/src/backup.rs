//! Backups, restored into a store in memory: as they are, and freshly sealed around what is given.

use std::{cell::RefCell, sync::Arc};

use tresor::{
    domain::{
        Caller, ObjectName, RegionName, RetentionDays, Sku, Timestamp, VaultName, properties::Tags, vault::VaultDraft,
    },
    service::{KdfCost, Passphrase, Place, Purpose, Service, ServiceError, TimeSource, fuzzing},
};

/// A store keeps a record of each restore, so it is made anew now and then.
const MOST_READINGS: u32 = 2_000;

thread_local! {
    static DESK: RefCell<Option<Desk>> = const { RefCell::new(None) };
}

struct Desk {
    service: Service,
    vault: VaultName,
    origin: Vec<u8>,
    readings: u32,
}

impl Desk {
    fn new() -> Self {
        let passphrase = Passphrase::new("fuzzing".to_owned());
        let time = TimeSource::held_at(Timestamp::from_secs(1_790_000_000));
        let service = Service::create(&Place::Memory, &passphrase, KdfCost::LEAST, Purpose::Simulation, time);
        let mut service = service.expect("a store in memory is made");
        let vault = VaultName::parse("fuzzed").expect("a name of a vault");
        let location = RegionName::parse("westeurope").expect("a name of a region");
        let draft = VaultDraft {
            name: vault.clone(),
            location,
            sku: Sku::Premium,
            retention: RetentionDays::default(),
            purge_protection: None,
            tags: Tags::default(),
            access: tresor::domain::AccessModel::Policies,
        };
        service.create_vault(&officer(), draft).expect("a vault is made");
        let origin = fuzzing::origin(&service, location);
        Self { service, vault, origin, readings: 0 }
    }

    /// Restores a secret, backs it up, removes it, and does so again with that backup.
    fn secret(&mut self, backup: &[u8]) {
        let Self { service, vault, .. } = self;
        let secret = match service.restore_secret(&developer(), vault, backup) {
            Ok(secret) => secret,
            Err(error) => return no_failure(&error),
        };
        let name: ObjectName = secret.name().clone();
        let listed = service.list_secret_versions(&developer(), vault, &name).expect("a vault is read");
        assert!(listed.is_some_and(|listed| listed == secret), "what was restored is there");
        let again = service.back_up_secret(&developer(), vault, &name).expect("each version has its value");
        service.delete_secret(&developer(), vault, &name).expect("what was restored is deleted");
        service.purge_secret(&officer(), vault, &name).expect("what was deleted is purged");
        let restored = service.restore_secret(&developer(), vault, &again).expect("a backup restores");
        assert!(restored == secret, "a backup restores what was backed up");
        service.delete_secret(&developer(), vault, &name).expect("what was restored is deleted");
        service.purge_secret(&officer(), vault, &name).expect("what was deleted is purged");
    }

    fn key(&mut self, backup: &[u8]) {
        let Self { service, vault, .. } = self;
        let key = match service.restore_key(&developer(), vault, backup) {
            Ok(key) => key,
            Err(error) => return no_failure(&error),
        };
        let name: ObjectName = key.name().clone();
        // A restored key rotates where its policy says that it is time, and then has one version more.
        let again = service.back_up_key(&developer(), vault, &name).expect("each version has its private part");
        let vault_now = service.world().vault(vault).expect("it was made");
        let key = Arc::clone(vault_now.key(&name).expect("what was restored is there"));
        service.delete_key(&developer(), vault, &name).expect("what was restored is deleted");
        service.purge_key(&officer(), vault, &name).expect("what was deleted is purged");
        let restored = service.restore_key(&developer(), vault, &again).expect("a backup restores");
        assert!(restored == key, "a backup restores what was backed up");
        service.delete_key(&developer(), vault, &name).expect("what was restored is deleted");
        service.purge_key(&officer(), vault, &name).expect("what was deleted is purged");
    }

    /// A body that was made here, of `prefix`, its origin and what is given.
    fn body(&self, prefix: &[u8], rest: &[u8]) -> Vec<u8> {
        fuzzing::seal_backup(&self.service, &[prefix, &self.origin, rest].concat())
    }
}

/// The first byte tells what the rest is: what follows the origin in a secret's or a key's backup, a whole body of either,
/// or a whole backup of either.
pub(crate) fn restore(data: &[u8]) {
    let Some((kind, rest)) = data.split_first() else { return };
    DESK.with_borrow_mut(|desk| {
        if desk.as_ref().is_none_or(|desk| desk.readings == MOST_READINGS) {
            *desk = Some(Desk::new());
        }
        let desk = desk.as_mut().expect("it was made");
        desk.readings += 1;
        match kind % 6 {
            0 => desk.secret(&desk.body(b"", rest)),
            1 => desk.key(&desk.body(b"\x03key", rest)),
            2 => desk.secret(&fuzzing::seal_backup(&desk.service, rest)),
            3 => desk.key(&fuzzing::seal_backup(&desk.service, rest)),
            4 => desk.secret(rest),
            _ => desk.key(rest),
        }
    });
}

/// Whatever is in a backup, it is refused and not taken for a failure of the store.
fn no_failure(error: &ServiceError) {
    assert!(matches!(error, ServiceError::Refused(_)), "{error}");
}

fn developer() -> Caller {
    Caller::developer()
}

fn officer() -> Caller {
    Caller::security_officer()
}
