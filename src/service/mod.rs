//! The one door to a store: admits a request, does it, records it.
//!
//! Every operation goes the same way: what is due is purged, [`World::admit`] is asked, the domain decides (both are
//! what [`World::may`] asks for a button), one commit makes it durable together with its activity record, and only
//! then the world changes.

mod clock;
pub mod demo;
mod files;
mod log;
mod records;
mod secrets;
mod simulation;
mod upkeep;
mod vaults;
mod view;
mod worker;

use std::{collections::BTreeMap, path::Path, time::Instant};

use zeroize::Zeroizing;

pub use self::{
    clock::{Purpose, StoreClock, TimeSource},
    files::{MOST_BACKUP_BYTES, read_backup, read_import, write_backup},
    records::Profile,
    secrets::NewSecret,
    upkeep::{ActivityMark, StoreCost},
    view::{StoreInfo, View},
    worker::{Command, Event, Handle, OpenAs, Reply, Request, RequestId, spawn},
};
use self::{log::ActivityLog, records::Write};
pub use crate::{
    crypto::{Fingerprint, KdfCost, Passphrase, fingerprint, generator, random},
    store::{CheckReport, Place, StoreError},
};
use crate::{
    domain::{
        Caller, Change, Operation, Refusal, RegionName, Target, Timestamp, World, activity::Outcome,
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
    Store(#[from] StoreError),
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

impl From<Refusal> for ServiceError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// An open store with its rules.
pub struct Service {
    store: Store,
    profile: Profile,
    world: World,
    clock: StoreClock,
    log: ActivityLog,
    luck: u32,
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
        let profile = Profile::from_bytes(store.profile())?;
        let (world, offset_ms) = records::load_world(&store, &profile)?;
        let last_change = Timestamp::from_ms(store.last_change_ms());
        let mut clock = StoreClock::new(source, profile.purpose, last_change);
        clock.set_offset_ms(offset_ms);
        let log = ActivityLog::load(&store)?;
        let mut service = Self { store, profile, world, clock, log, luck: 0 };
        service.tick()?;
        Ok(service)
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
            world: self.world.clone(),
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
        self.world.may(caller, operation, target, self.clock.now())
    }

    /// The store's time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The world as it is.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Purges what is due (S14) and writes down what was asked since. Returns whether the world changed.
    pub fn tick(&mut self) -> Result<bool, ServiceError> {
        let has_changed = self.purge_due()?;
        self.flush()?;
        Ok(has_changed)
    }

    /// When [`Service::tick`] has something to do next, in milliseconds from now.
    pub fn next_tick_ms(&self) -> Option<u64> {
        let now = self.clock.now();
        let next = [self.world.next_purge(now), self.world.next_region_change(now)].into_iter().flatten().min();
        let wait = next.map(|at| at.ms_since(now).max(0).unsigned_abs());
        let flush = self.log.has_pending().then_some(log::FLUSH_AFTER_MS);
        [wait, flush].into_iter().flatten().min()
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
        self.purge_due()?;
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
    fn write<T>(
        &mut self,
        caller: &Caller,
        operation: Operation,
        target: &Target,
        decide: impl FnOnce(&mut Self, Timestamp) -> Result<(Write, T), ServiceError>,
    ) -> Result<T, ServiceError> {
        let started = Instant::now();
        self.purge_due()?;
        let now = self.clock.now();
        let admitted = self.admit(caller, operation, target, now).map_err(ServiceError::from);
        match admitted.and_then(|()| decide(self, now)) {
            Ok((write, answer)) => {
                let record = records::activity(&self.world, caller, operation, target, now, Outcome::Done, started);
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
        write: Write,
        records: &[crate::domain::activity::Record],
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let Write { partition, mut batch, changes } = write;
        let chunk = self.log.chunk_with(records);
        batch.append_activity(chunk);
        let before = self.store.revision(&partition);
        if let Err(error) = self.store.commit(&partition, now.ms(), batch) {
            if self.store.revision(&partition) != before {
                // The disk failed after it had taken all of it: what is kept in memory is read again.
                self.world = records::load_world(&self.store, &self.profile)?.0;
            }
            return Err(error.into());
        }
        self.log.wrote(records);
        self.clock.note_change(now);
        for change in &changes {
            self.world.apply(change);
        }
        Ok(())
    }

    /// Purges what is due, each region in one commit, recorded as done by the service itself.
    fn purge_due(&mut self) -> Result<bool, ServiceError> {
        let now = self.clock.now();
        let purges = self.world.scheduled_purges(now);
        let has_purges = !purges.is_empty();
        let mut by_partition: BTreeMap<Partition, Vec<Change>> = BTreeMap::new();
        for purge in purges {
            by_partition.entry(records::partition_of(&self.world, &purge)).or_default().push(purge);
        }
        for (_, changes) in by_partition {
            let started = Instant::now();
            let by = Caller::key_vault();
            let record = |change: &Change| {
                let (operation, target) = change.scheduled_purge()?;
                Some(records::activity(&self.world, &by, operation, &target, now, Outcome::Done, started))
            };
            let records: Vec<_> = changes.iter().filter_map(record).collect();
            let write = records::write_of(&self.world, changes);
            self.commit(write, &records, now)?;
        }
        Ok(has_purges)
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
        self.world.admit(caller, operation, target, now)?;
        self.risk_failing_over(target, now)
    }

    /// While a region fails over, the set share of its requests fails: exactly that share, evenly spread (A4).
    fn risk_failing_over(&mut self, target: &Target, now: Timestamp) -> Result<(), Refusal> {
        let vault = target.vault().and_then(|name| self.world.vaults.get(name));
        let Some(region) = vault.map(|vault| vault.head.location) else { return Ok(()) };
        let RegionState::FailingOver { since, until, .. } = self.world.region_state(region, now) else {
            return Ok(());
        };
        let percent = self.world.outages.get(&region).map_or(0, |outage| u32::from(outage.plan.failing_percent));
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
