//! The one door to a store: admits a request, does it, records it.
//!
//! Every operation goes the same way: what is due is purged, [`World::admit`] is asked, the domain decides (both are
//! what [`World::may`] asks for a button), one commit makes it durable together with its activity record, and only
//! then the world changes.

mod clock;
pub mod demo;
mod due;
mod extent;
mod files;
mod key_use;
mod keys;
mod loading;
mod log;
mod records;
mod secrets;
mod simulation;
mod upkeep;
mod vaults;
mod view;
mod worker;
mod worker_keys;

use std::{collections::BTreeMap, path::Path, time::Instant};

use zeroize::Zeroizing;

pub use self::{
    clock::{Purpose, StoreClock, TimeSource},
    files::{MOST_BACKUP_BYTES, MOST_KEY_BYTES, read_backup, read_import, read_import_from, read_key, write_backup},
    key_use::{KeyAnswer, KeyRequest},
    keys::NewKey,
    records::Profile,
    secrets::NewSecret,
    upkeep::{ActivityMark, StoreCost},
    view::{StoreInfo, View},
    worker::{Command, Event, Handle, OpenAs, Reply, Request, RequestId, spawn},
    worker_keys::{BroughtKey, KeyCommand, KeyInput, KeySource, KeyUse, PublicForm},
};
use self::{due::Dues, extent::Extent, key_use::ReadyKeys, loading::Loaded, log::ActivityLog, records::Write};
pub use crate::{
    crypto::{Fingerprint, KdfCost, Passphrase, fingerprint, generator, key, random},
    store::{CheckReport, Place, StoreError},
};
use crate::{
    domain::{
        Caller, Operation, Refusal, RegionName, Target, Timestamp, World, activity::Outcome, operation::Effect,
        region::RegionState,
    },
    store::{Batch, Partition, Store},
};

/// Why an operation was not done. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The rules forbid it.
    #[error("{}", .0.sentence(crate::domain::Zone::Local))]
    Refused(Refusal),
    /// The disk or the sealing failed.
    #[error(transparent)]
    Store(StoreError),
    /// A file of the person's could not be read or written.
    #[error("{doing} failed: {source}")]
    File {
        /// What was tried, as a phrase: `Reading the backup`.
        doing: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file is larger than any file of its kind.
    #[error("The file is larger than {most_mib} MiB, so it is not {what}")]
    FileTooLarge {
        /// What it should be: `a backup`.
        what: &'static str,
        /// The bound, in MiB.
        most_mib: u64,
    },
    /// A file to import from could not be understood.
    #[error(transparent)]
    Import(#[from] crate::domain::import::ImportError),
    /// No store is open.
    #[error("No store is open")]
    Closed,
    /// The person cancelled it.
    #[error("Cancelled; nothing was changed")]
    Cancelled,
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Cancelled => Self::Cancelled,
            error => Self::Store(error),
        }
    }
}

impl From<Refusal> for ServiceError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Whether there is a store in `folder`, be it damaged or open elsewhere.
pub fn store_exists(folder: &Path) -> bool {
    Store::exists(folder)
}

/// An open store with its rules.
pub struct Service {
    store: Store,
    profile: Profile,
    world: World,
    clock: StoreClock,
    log: ActivityLog,
    luck: u32,
    extent: Extent,
    dues: Dues,
    ready: ReadyKeys,
}

/// Opening and closing.
impl Service {
    /// Makes a store at `place` and opens it.
    pub fn create(
        place: &Place,
        passphrase: &Passphrase,
        cost: KdfCost,
        purpose: Purpose,
        source: TimeSource,
    ) -> Result<Self, ServiceError> {
        let profile = Profile::new(purpose, random::bytes(), source.now());
        let store = Store::create(place, passphrase, cost, &profile.to_bytes())?;
        Self::load(store, source)
    }

    /// Opens the store in `folder`.
    pub fn open(folder: &Path, passphrase: &Passphrase, source: TimeSource) -> Result<Self, ServiceError> {
        Self::load(Store::open(folder, passphrase)?, source)
    }

    fn load(store: Store, source: TimeSource) -> Result<Self, ServiceError> {
        let log = ActivityLog::load(&store)?;
        let mut service = Self::over(store, source, log)?;
        let loaded = loading::load_world(&service.store, &service.profile)?;
        service.put_in_place(loaded);
        // A store that can be read opens, also where there is no room to purge what is due.
        drop(service.tick());
        Ok(service)
    }

    /// Over an empty world, all of it known.
    fn over(store: Store, source: TimeSource, log: ActivityLog) -> Result<Self, ServiceError> {
        let profile = Profile::from_bytes(store.profile())?;
        let last_change = Timestamp::from_ms(store.last_change_ms());
        let clock = StoreClock::new(source, profile.purpose, last_change);
        let (world, dues) = (World::default(), Dues::default());
        Ok(Self {
            store,
            profile,
            world,
            clock,
            log,
            luck: 0,
            extent: Extent::Whole,
            dues,
            ready: ReadyKeys::default(),
        })
    }

    fn put_in_place(&mut self, loaded: Loaded) {
        let Loaded { world, offset_ms, dues } = loaded;
        self.clock.set_offset_ms(offset_ms);
        self.world = world;
        self.dues = dues;
    }

    /// This service with its time from `source`.
    fn with_source(mut self, source: TimeSource) -> Self {
        self.clock.set_source(source);
        self
    }

    /// Seals the store under a new passphrase; no record is rewritten.
    pub fn change_passphrase(
        &mut self,
        current: &Passphrase,
        new: &Passphrase,
        cost: KdfCost,
    ) -> Result<(), ServiceError> {
        Ok(self.store.change_passphrase(current, new, cost)?)
    }

    /// What there is to see, now.
    pub fn view(&self) -> View {
        let revision = |partition: &Partition| self.store.revision(partition).0;
        let regions = self.store.partitions();
        let named =
            regions.iter().filter_map(|partition| Some((RegionName::parse(partition.as_str()).ok()?, partition)));
        let changes: BTreeMap<_, _> = named.map(|(region, partition)| (region, revision(partition))).collect();
        View {
            world: self.whole_world().clone(),
            activity: self.log.recent(),
            clock: self.clock.clone(),
            changes,
            store: StoreInfo { place: self.store.place().clone(), profile: self.profile.clone() },
        }
    }
}

/// The question, and the time.
impl Service {
    /// Whether `caller` may do `operation` to `target` now.
    pub fn may(&self, caller: &Caller, operation: Operation, target: &Target) -> Result<(), Refusal> {
        self.clock.admit(operation)?;
        self.whole_world().may(caller, operation, target, self.clock.now())
    }

    /// The store's time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The world as it is, as far as it was read.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Purges what is due (S14) and writes down what was asked since. Returns whether the world changed.
    pub fn tick(&mut self) -> Result<bool, ServiceError> {
        self.ready.wipe_unused();
        let has_changed = self.purge_due()?;
        self.flush()?;
        Ok(has_changed)
    }

    /// When [`Service::tick`] has something to do next, in milliseconds from now.
    pub fn next_tick_ms(&self) -> Option<u64> {
        let now = self.clock.now();
        let world = self.whole_world();
        let next = [world.next_scheduled(now), world.next_region_change(now)].into_iter().flatten().min();
        let wait = next.map(|at| at.ms_since(now).max(0).unsigned_abs());
        let flush = self.log.has_pending().then_some(log::FLUSH_AFTER_MS);
        [wait, flush, self.ready.next_wipe_ms()].into_iter().flatten().min()
    }
}

/// How every operation goes.
impl Service {
    /// Asks, reads, records. The record is written with the next commit, or a second later.
    fn read<T>(
        &mut self,
        caller: &Caller,
        operation: Operation,
        target: &Target,
        read: impl FnOnce(&mut Self, Timestamp) -> Result<T, ServiceError>,
    ) -> Result<T, ServiceError> {
        let started = Instant::now();
        // What is due is not there for anybody, purged or not; a full disk does not stand in the way of reading.
        drop(self.purge_due());
        self.reach(target)?;
        let now = self.clock.now();
        let result = match self.admit(caller, operation, target, now) {
            Ok(()) => read(self, now),
            Err(refusal) => Err(refusal.into()),
        };
        if let Some(outcome) = outcome_of(result.as_ref().err()) {
            self.log.note(records::activity(&self.world, caller, operation, target, now, outcome, started));
        }
        result
    }

    /// Asks, decides, commits the change with its record, applies it.
    fn write<'w, T>(
        &mut self,
        caller: &Caller,
        operation: Operation,
        target: &Target,
        decide: impl FnOnce(&mut Self, Timestamp) -> Result<(Write<'w>, T), ServiceError>,
    ) -> Result<T, ServiceError> {
        let started = Instant::now();
        self.purge_due()?;
        self.reach(target)?;
        let now = self.clock.now();
        let admitted = self.admit(caller, operation, target, now).map_err(ServiceError::from);
        match admitted.and_then(|()| decide(self, now)) {
            Ok((write, answer)) => {
                let mut record = records::activity(&self.world, caller, operation, target, now, Outcome::Done, started);
                // A vault that is only being made is not in the world yet.
                record.region = record.region.or_else(|| RegionName::parse(write.partition.as_str()).ok());
                self.commit(write, &[record], now)?;
                Ok(answer)
            }
            Err(error) => {
                if let Some(outcome) = outcome_of(Some(&error)) {
                    self.log.note(records::activity(&self.world, caller, operation, target, now, outcome, started));
                }
                Err(error)
            }
        }
    }

    fn commit(
        &mut self,
        mut write: Write<'_>,
        records: &[crate::domain::activity::Record],
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let due = self.dues.lowered_by(&write);
        if let Some(due) = due {
            write.put_due(Some(due));
        }
        let Write { partition, mut batch, changes, mut watch } = write;
        if !records.is_empty() || self.log.has_pending() {
            batch.append_activity(self.log.chunk_with(records));
        }
        let before = self.store.revision(&partition);
        let committed = self.store.commit_watched(&partition, now.ms(), batch, &mut watch);
        // A disk can fail after it has taken everything: that is told as failed, and what is shown is what is there.
        if committed.is_ok() || self.store.revision(&partition) != before {
            self.log.wrote(records);
            self.clock.note_change(now);
            if due.is_some() {
                self.dues.set(partition, due);
            }
            for change in &changes {
                self.world.apply(change);
            }
        }
        committed?;
        Ok(())
    }

    /// Writes down reads and refusals that no commit has taken along.
    fn flush(&mut self) -> Result<(), ServiceError> {
        if self.log.has_pending() {
            let mut batch = Batch::new();
            batch.append_activity(self.log.chunk_with(&[]));
            self.store.commit(&Partition::GLOBAL, self.clock.now().ms(), batch)?;
            self.log.wrote(&[]);
        }
        Ok(())
    }

    fn admit(&mut self, caller: &Caller, operation: Operation, target: &Target, now: Timestamp) -> Result<(), Refusal> {
        self.clock.admit(operation)?;
        self.world.admit(caller, operation, target, now)?;
        match operation.effect() {
            Effect::Reads => self.risk_failing_over(target, now),
            Effect::Writes | Effect::Simulates => Ok(()),
        }
    }

    /// While a region fails over, the set share of reads fails: exactly that share, evenly spread (A4). Writes all do.
    fn risk_failing_over(&mut self, target: &Target, now: Timestamp) -> Result<(), Refusal> {
        let vault = target.vault().and_then(|name| self.world.vaults.get(name));
        let Some(region) = vault.map(|vault| vault.head.location) else { return Ok(()) };
        let RegionState::FailingOver { since, until, .. } = self.world.region_state(region, now) else {
            return Ok(());
        };
        let percent =
            self.world.outages.get(&region).map_or(0, |outage| u32::from(outage.plan.failing_percent.min(100)));
        self.luck += percent;
        if self.luck >= 100 {
            self.luck -= 100;
            return Err(Refusal::RegionUnavailable { region, since, until: Some(until) });
        }
        Ok(())
    }
}

/// What is recorded: refusals are, failures of the disk and cancelled requests are not answers of the service.
fn outcome_of(error: Option<&ServiceError>) -> Option<Outcome> {
    match error {
        None => Some(Outcome::Done),
        Some(ServiceError::Refused(refusal)) => {
            let code = refusal.code();
            let inner = code.inner.map(str::to_owned);
            Some(Outcome::Refused { status: code.status, code: code.code.to_owned(), inner })
        }
        Some(_) => None,
    }
}

/// A body that is wiped when dropped.
type Body = Zeroizing<Vec<u8>>;
