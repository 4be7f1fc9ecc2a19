//! A desk to test at: a service with a clock that is moved by hand, and short ways to ask it.

use std::sync::{Arc, Mutex};

use tempfile::TempDir;
use tresor::crypto::{KdfCost, Passphrase};
use tresor::domain::{
    Caller, IdentityName, KeyKind, ObjectName, PurgeProtection, Refusal, RegionName, RetentionDays, Rights, Role,
    Scope, SecretValue, Sku, Timestamp, VaultName, VersionId,
    age::{BootId, BootTime, Reading},
    identity::{IdentityDraft, IdentityKind},
    key::KeyDraft,
    properties::Tags,
    secret::SecretDraft,
    vault::VaultDraft,
};
use tresor::service::{
    Machine, NewKey, NewSecret, Purpose, Service, ServiceError, TimeSource,
    key::{CancelFlag, generate},
};
use tresor::store::Place;
use zeroize::Zeroizing;

pub(crate) const START: Timestamp = Timestamp::from_secs(1_790_000_000);
pub(crate) const PASSPHRASE: &str = "correct horse battery staple";

pub(crate) struct Desk {
    pub(crate) service: Service,
    pub(crate) time: TimeSource,
    pub(crate) folder: Option<TempDir>,
}

pub(crate) fn developer() -> Caller {
    Caller::developer()
}

pub(crate) fn officer() -> Caller {
    Caller::security_officer()
}

pub(crate) fn passphrase() -> Passphrase {
    Passphrase::new(PASSPHRASE.into())
}

pub(crate) fn vault(name: &str) -> VaultName {
    VaultName::parse(name).unwrap()
}

pub(crate) fn name(name: &str) -> ObjectName {
    ObjectName::parse(name).unwrap()
}

pub(crate) fn region(name: &str) -> RegionName {
    RegionName::parse(name).unwrap()
}

pub(crate) fn value(text: &str) -> SecretValue {
    SecretValue::parse(Zeroizing::new(text.to_owned())).unwrap()
}

pub(crate) fn new(secret: &str, text: &str) -> NewSecret {
    NewSecret { name: name(secret), value: value(text), draft: SecretDraft::default() }
}

/// A vault in West Europe, 90 days, without purge protection.
pub(crate) fn draft(name: &str) -> VaultDraft {
    VaultDraft {
        name: vault(name),
        location: region("westeurope"),
        sku: Sku::Standard,
        retention: RetentionDays::default(),
        purge_protection: None,
        tags: Tags::default(),
        access: tresor::domain::AccessModel::Policies,
    }
}

pub(crate) fn protected(name: &str) -> VaultDraft {
    VaultDraft { purge_protection: Some(PurgeProtection::On), ..draft(name) }
}

pub(crate) fn keeping_days(days: i64, draft: VaultDraft) -> VaultDraft {
    VaultDraft { retention: RetentionDays::parse(days).unwrap(), ..draft }
}

pub(crate) fn in_region(name: &str, draft: VaultDraft) -> VaultDraft {
    VaultDraft { location: region(name), ..draft }
}

/// The refusal there must have been.
#[track_caller]
pub(crate) fn refusal<T>(result: Result<T, ServiceError>) -> Refusal {
    match result {
        Ok(_) => panic!("it was done"),
        Err(ServiceError::Refused(refusal)) => refusal,
        Err(other) => panic!("{other}"),
    }
}

/// Its code and inner code.
#[track_caller]
pub(crate) fn code<T>(result: Result<T, ServiceError>) -> (u16, &'static str, Option<&'static str>) {
    let code = refusal(result).code();
    (code.status, code.code, code.inner)
}

/// A folder on a disk that needs no waiting for, where there is one: for tests that write thousands of times.
pub(crate) fn quick_folder() -> TempDir {
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory).unwrap() } else { TempDir::new().unwrap() }
}

/// A computer whose clock and boots are played: what passes and what the clock says are two things.
#[derive(Debug)]
pub(crate) struct Computer(Mutex<Reading>);

impl Machine for Computer {
    fn reading(&self) -> Reading {
        *self.0.lock().unwrap()
    }
}

impl Computer {
    /// One that has been on for an hour, and whose clock is right.
    pub(crate) fn new() -> Arc<Self> {
        let up = BootTime { boot: BootId([1; 16]), ms: 3_600_000 };
        Arc::new(Self(Mutex::new(Reading { up, clock: START })))
    }

    /// Time passes, and the clock shows it.
    pub(crate) fn pass_ms(&self, ms: u64) {
        let mut reading = self.0.lock().unwrap();
        reading.up.ms += ms;
        reading.clock = reading.clock.plus_ms(ms.cast_signed());
    }

    pub(crate) fn pass_days(&self, days: u64) {
        self.pass_ms(days * 86_400_000);
    }

    /// The clock is set to that, and no time passes.
    pub(crate) fn set(&self, clock: Timestamp) {
        self.0.lock().unwrap().clock = clock;
    }

    /// It is started again, and the clock shows that.
    pub(crate) fn restart(&self, clock: Timestamp) {
        let mut reading = self.0.lock().unwrap();
        let boot = BootId([reading.up.boot.0[0].wrapping_add(1); 16]);
        *reading = Reading { up: BootTime { boot, ms: 20_000 }, clock };
    }
}

impl Desk {
    /// Real, in memory, empty.
    pub(crate) fn in_memory() -> Self {
        Self::of(Purpose::Real, None)
    }

    /// Real, on the disk, empty.
    pub(crate) fn on_disk() -> Self {
        Self::of(Purpose::Real, Some(TempDir::new().unwrap()))
    }

    pub(crate) fn of(purpose: Purpose, folder: Option<TempDir>) -> Self {
        Self::by(TimeSource::held_at(START), purpose, folder)
    }

    /// Real, on the disk, empty, at a computer whose clock and boots are played.
    pub(crate) fn at(computer: &Arc<Computer>) -> Self {
        let machine: Arc<dyn Machine> = computer.clone();
        Self::by(TimeSource::Played(machine), Purpose::Real, Some(quick_folder()))
    }

    fn by(time: TimeSource, purpose: Purpose, folder: Option<TempDir>) -> Self {
        let place = folder.as_ref().map_or(Place::Memory, |folder| Place::Folder(folder.path().join("store")));
        let service = Service::create(&place, &passphrase(), KdfCost::LEAST, purpose, time.clone()).unwrap();
        Self { service, time, folder }
    }

    /// With an ordinary vault `v` in it.
    pub(crate) fn with_vault(mut self, draft: VaultDraft) -> Self {
        self.service.create_vault(&officer(), draft).unwrap();
        self
    }

    /// Closes the store and opens it again.
    pub(crate) fn reopened(mut self) -> Self {
        self.service.tick().unwrap();
        let Self { service, time, folder } = self;
        drop(service);
        let path = folder.as_ref().unwrap().path().join("store");
        let service = Service::open(&path, &passphrase(), time.clone()).unwrap();
        Self { service, time, folder }
    }

    /// Somebody who may do this in a vault, and nothing else anywhere.
    pub(crate) fn somebody(&mut self, called: &str, in_vault: &str, rights: Rights) -> Caller {
        let somebody = self.nobody(called);
        self.service.set_policy(&officer(), &vault(in_vault), somebody.id.unwrap(), rights).unwrap();
        somebody
    }

    /// Somebody who has a role everywhere, and nothing else.
    pub(crate) fn holder(&mut self, called: &str, role: Role) -> Caller {
        let holder = self.nobody(called);
        self.service.assign_role(&officer(), holder.id.unwrap(), role, Scope::Subscription).unwrap();
        holder
    }

    /// Somebody who may do nothing.
    pub(crate) fn nobody(&mut self, called: &str) -> Caller {
        let name = IdentityName::parse(called).unwrap();
        let draft = IdentityDraft { name, kind: IdentityKind::Person, in_new_vaults: Rights::NONE };
        let id = self.service.create_identity(&officer(), draft).unwrap().id;
        self.service.sign_in(id, None).unwrap()
    }

    pub(crate) fn pass_ms(&mut self, ms: i64) {
        self.time.hold_at(self.time.now().plus_ms(ms));
    }

    pub(crate) fn pass_secs(&mut self, secs: i64) {
        self.pass_ms(secs * 1000);
    }

    pub(crate) fn pass_days(&mut self, days: i64) {
        self.time.hold_at(self.time.now().plus_days(days));
    }

    pub(crate) fn set(&mut self, in_vault: &str, secret: &str, text: &str) -> VersionId {
        self.service.set_secret(&developer(), &vault(in_vault), new(secret, text)).unwrap().current().id
    }

    pub(crate) fn try_set(&mut self, in_vault: &str, secret: &str) -> Result<VersionId, ServiceError> {
        let set = self.service.set_secret(&developer(), &vault(in_vault), new(secret, "value"))?;
        Ok(set.current().id)
    }

    pub(crate) fn get(&mut self, in_vault: &str, secret: &str) -> Result<String, ServiceError> {
        self.get_version(in_vault, secret, None)
    }

    pub(crate) fn get_version(
        &mut self,
        in_vault: &str,
        secret: &str,
        id: Option<VersionId>,
    ) -> Result<String, ServiceError> {
        let (_, value) = self.service.get_secret(&developer(), &vault(in_vault), &name(secret), id)?;
        Ok(value.expose().to_owned())
    }

    pub(crate) fn delete(&mut self, in_vault: &str, secret: &str) -> Result<(), ServiceError> {
        self.service.delete_secret(&developer(), &vault(in_vault), &name(secret)).map(drop)
    }

    pub(crate) fn recover(&mut self, in_vault: &str, secret: &str) -> Result<(), ServiceError> {
        self.service.recover_secret(&developer(), &vault(in_vault), &name(secret)).map(drop)
    }

    pub(crate) fn purge_as(&mut self, by: &Caller, in_vault: &str, secret: &str) -> Result<(), ServiceError> {
        self.service.purge_secret(by, &vault(in_vault), &name(secret))
    }

    pub(crate) fn back_up(&mut self, in_vault: &str, secret: &str) -> Result<Vec<u8>, ServiceError> {
        self.service.back_up_secret(&developer(), &vault(in_vault), &name(secret))
    }

    pub(crate) fn restore(&mut self, in_vault: &str, blob: &[u8]) -> Result<ObjectName, ServiceError> {
        Ok(self.service.restore_secret(&developer(), &vault(in_vault), blob)?.name().clone())
    }

    pub(crate) fn make_key(&mut self, in_vault: &str, key: &str, kind: KeyKind) -> Result<VersionId, ServiceError> {
        self.make_key_with(in_vault, key, kind, KeyDraft::default())
    }

    pub(crate) fn make_key_with(
        &mut self,
        in_vault: &str,
        key: &str,
        kind: KeyKind,
        draft: KeyDraft,
    ) -> Result<VersionId, ServiceError> {
        let material = generate(kind, &CancelFlag::default()).unwrap();
        let new = NewKey { name: name(key), draft, material };
        Ok(self.service.create_key(&developer(), &vault(in_vault), new)?.current().id)
    }

    /// Names of the deleted secrets of a vault, and when each is purged.
    pub(crate) fn bin(&mut self, in_vault: &str) -> Vec<(String, Timestamp)> {
        let deleted = self.service.list_deleted_secrets(&developer(), &vault(in_vault)).unwrap();
        deleted.iter().map(|item| (item.item.name().to_string(), item.deletion.scheduled_purge)).collect()
    }
}
