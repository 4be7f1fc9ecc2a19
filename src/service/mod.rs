//! The one door to a store: admits a request, does it, records it.
//!
//! Every operation goes the same way: what is due is purged, [`World::admit`] is asked, the domain decides (both are
//! what [`World::may`] asks for a button), one commit makes it durable together with its activity record, and only
//! then the world changes.

mod about;
mod access;
mod activity_chunk;
mod attempts;
mod availability;
mod boot;
mod change_records;
mod chronicle;
mod clock;
mod commit;
pub mod demo;
mod due;
mod export;
mod extent;
mod files;
mod forgetting;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod item_body;
mod key_file;
mod key_use;
mod keys;
mod loading;
mod log;
mod notices;
mod records;
mod region_folder;
mod regions;
mod renewal;
mod secrets;
mod sign_in;
mod simulation;
mod spool;
mod strength;
mod upkeep;
mod vaults;
mod view;
mod worker;
mod worker_access;
mod worker_keys;
mod worker_regions;

use std::{collections::BTreeMap, path::Path, time::Instant};

use zeroize::Zeroizing;

pub use self::{
    attempts::Attempts,
    clock::{Machine, Purpose, StoreClock, TimeSource},
    files::{MOST_BACKUP_BYTES, MOST_KEY_BYTES, read_backup, read_import, read_import_from, read_key, write_backup},
    key_file::{Credentials, FileIs, KeyFileError, MOST_KEY_FILE_BYTES, create_key_file, read_key_file},
    key_use::{KeyAnswer, KeyRequest},
    keys::NewKey,
    records::Profile,
    region_folder::{FolderUnfit, folder_for_region},
    regions::{CopyView, FileCheck, FileName, Found, RegionView, RegionsCheck, ReplicaView},
    renewal::{calibrated_cost, memory_of_this_computer},
    secrets::NewSecret,
    sign_in::Authority,
    spool::Spool,
    strength::Strength,
    upkeep::{ActivityMark, StoreCost},
    view::{StoreInfo, View},
    worker::{Command, Event, Handle, OpenAs, Renewal, Reply, Request, RequestId, spawn, spawn_remembering},
    worker_access::AccessCommand,
    worker_keys::{BroughtKey, KeyCommand, KeyInput, KeySource, KeyUse, PublicForm},
    worker_regions::RegionCommand,
};
use self::{
    chronicle::Chronicle, commit::Group, due::Dues, extent::Extent, forgetting::Forgetting, key_use::ReadyKeys,
    loading::Loaded, log::ActivityLog, records::Write, regions::Known, sign_in::IdentityLock,
};
pub use crate::{
    crypto::{Fingerprint, KdfCost, Passphrase, fingerprint, generator, key, random},
    store::{CheckReport, Expect, Hold, Holder, Looks, Older, Opening, Place, StoreError},
};
use crate::{
    domain::{
        Caller, IdentityId, Operation, Refusal, RegionName, Target, Timestamp, World,
        activity::{About, Outcome, Record, Via},
        age::Ledger,
        operation::Effect,
        region::RegionState,
    },
    store::Store,
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
    /// A key file could not be used.
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    /// A folder cannot take a region's files.
    #[error(transparent)]
    Folder(#[from] FolderUnfit),
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
    chronicle: Chronicle,
    forgetting: Forgetting,
    luck: u32,
    extent: Extent,
    /// What identities' own passphrases are recognised by.
    locks: BTreeMap<IdentityId, IdentityLock>,
    dues: Dues,
    ready: ReadyKeys,
    known: Known,
    group: Option<Group>,
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
        Self::open_as(Self::hold(folder, Holder::Window)?, Opening::whole(passphrase), source)
    }

    /// Takes hold of the store in `folder`, so that nobody else can open it until it is opened and closed again.
    pub fn hold(folder: &Path, holder: Holder) -> Result<Hold, ServiceError> {
        Ok(Hold::take(folder, holder)?)
    }

    /// Opens the store that was taken hold of, in any way.
    pub fn open_as(hold: Hold, opening: Opening<'_>, source: TimeSource) -> Result<Self, ServiceError> {
        let store = Store::open_as(hold, opening)?;
        match opening.looks {
            Looks::Whole => Self::load(store, source),
            Looks::Lean(_) => Self::load_lean(store, source),
        }
    }

    fn load(store: Store, source: TimeSource) -> Result<Self, ServiceError> {
        let mut service = Self::over(store, source, Extent::Whole)?;
        service.log.read_back(&service.store)?;
        service.load_regions();
        // A store that can be read opens, also where there is no room to purge what is due.
        drop(service.tick());
        Ok(service)
    }

    /// Over what belongs to no region; nothing of the regions was read yet.
    fn over(mut store: Store, source: TimeSource, extent: Extent) -> Result<Self, ServiceError> {
        store.pair(regions::pair_of)?;
        let profile = Profile::from_bytes(store.profile())?;
        let mut clock = StoreClock::new(source, profile.purpose, store.place(), &store.stamps());
        let Loaded { world, offset_ms, dues, locks } = loading::load_global(&store, &profile)?;
        clock.set_offset_ms(offset_ms);
        let mut service = Self {
            store,
            profile,
            world,
            clock,
            log: ActivityLog::default(),
            chronicle: Chronicle::default(),
            forgetting: Forgetting::default(),
            luck: 0,
            extent,
            locks,
            dues,
            ready: ReadyKeys::default(),
            known: Known::default(),
            group: None,
        };
        service.set_sources(service.clock.now());
        Ok(service)
    }

    /// This service with its time from `source`.
    fn with_source(mut self, source: TimeSource) -> Self {
        self.clock.set_source(source);
        self
    }

    /// This service, whose records say by way of what people ask.
    #[must_use]
    pub fn asked_by_way_of(mut self, via: Via) -> Self {
        self.log.via = via;
        self
    }

    /// Seals the store under a new passphrase; no record is rewritten. Whoever knows the current one may, whatever they were granted.
    pub fn change_passphrase(
        &mut self,
        caller: &Caller,
        current: &Passphrase,
        new: &Passphrase,
        cost: KdfCost,
    ) -> Result<(), ServiceError> {
        let started = Instant::now();
        self.store.change_passphrase(current, new, cost)?;
        self.note_by_passphrase(caller, Operation::StorePassphraseSet, started);
        // It was done: a disk that takes nothing now is no failure of it. The next tick tries again.
        drop(self.flush());
        Ok(())
    }

    /// Notes something that the store's passphrase alone allows (T11); the next [`Service::tick`] writes it down.
    fn note_by_passphrase(&mut self, caller: &Caller, operation: Operation, started: Instant) {
        self.log.begin();
        let (target, now) = (Target::Subscription, self.clock.now());
        let record = records::activity(&self.world, caller, operation, &target, now, Outcome::Done, started);
        self.log.note(Record { about: About::default().by_store_passphrase(), ..record });
    }

    /// What there is to see, now.
    pub fn view(&self) -> View {
        View {
            world: self.whole_world().clone(),
            activity: self.log.recent(),
            history: self.chronicle.history(),
            clock: self.clock.clone(),
            kept_from: self.clock.ledger().and_then(|_| self.dues.kept_from()),
            regions: self.region_views().into(),
            store: StoreInfo { place: self.store.place().clone(), profile: self.profile.clone() },
        }
    }
}

/// The question, and the time.
impl Service {
    /// Whether `caller` may do `operation` to `target` now.
    pub fn may(&self, caller: &Caller, operation: Operation, target: &Target) -> Result<(), Refusal> {
        self.clock.admit(operation)?;
        self.whole_world().may(caller, operation, target, self.clock.moment())
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
        let has_news = self.look_after_regions();
        let has_changed = self.purge_due()?;
        self.flush()?;
        self.forget_activity()?;
        Ok(has_changed || has_news)
    }

    /// When [`Service::tick`] has something to do next, in milliseconds from now.
    pub fn next_tick_ms(&self) -> Option<u64> {
        let now = self.clock.moment();
        let world = self.whole_world();
        let next = [world.next_scheduled(now), world.next_region_change(now.clock)].into_iter().flatten().min();
        let wait = next.map(|at| at.ms_since(now.clock).max(0).unsigned_abs());
        let flush = self.log.has_pending().then_some(log::FLUSH_AFTER_MS);
        let matures = self.clock.ledger().and_then(Ledger::matures_in_ms);
        [wait, flush, self.ready.next_wipe_ms(), matures].into_iter().flatten().min()
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
        self.log.begin();
        self.follow_regions(self.clock.now());
        // What is due is not there for anybody, purged or not; a full disk does not stand in the way of reading.
        drop(self.purge_due());
        let reached = self.reach(target);
        let now = self.clock.now();
        let result = reached.and_then(|()| {
            self.admit(caller, operation, target, now)?;
            read(self, now)
        });
        let result = result.map_err(|error| self.explain_loss(error, target));
        if let Some(outcome) = outcome_of(result.as_ref().err()) {
            self.log.note(records::activity(&self.world, caller, operation, target, now, outcome, started));
            self.flush_when_due();
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
        self.write_about(caller, operation, target, vec![About::default()], decide)
    }

    /// The same of an operation that is about somebody or something beside its target: a record for each, done or refused (T11).
    fn write_about<'w, T>(
        &mut self,
        caller: &Caller,
        operation: Operation,
        target: &Target,
        abouts: Vec<About>,
        decide: impl FnOnce(&mut Self, Timestamp) -> Result<(Write<'w>, T), ServiceError>,
    ) -> Result<T, ServiceError> {
        let started = Instant::now();
        self.log.begin();
        self.follow_regions(self.clock.now());
        let prepared = self.purge_due().and_then(|_| self.reach(target)).and_then(|()| self.know_names(operation));
        let now = self.clock.now();
        let admitted = prepared.and_then(|()| Ok(self.admit(caller, operation, target, now)?));
        match admitted.and_then(|()| decide(self, now)) {
            Ok((write, answer)) => {
                let mut record = records::activity(&self.world, caller, operation, target, now, Outcome::Done, started);
                // A vault that is only being made is not in the world yet.
                record.region = record.region.or_else(|| RegionName::parse(write.partition.as_str()).ok());
                let records: Vec<_> = abouts.into_iter().map(|about| Record { about, ..record.clone() }).collect();
                self.commit(write, &records, now).map_err(|error| self.explain_loss(error, target))?;
                Ok(answer)
            }
            Err(error) => {
                let error = self.explain_loss(error, target);
                if let Some(outcome) = outcome_of(Some(&error)) {
                    let record = records::activity(&self.world, caller, operation, target, now, outcome, started);
                    for about in abouts {
                        self.log.note(Record { about, ..record.clone() });
                    }
                    self.flush_when_due();
                }
                Err(error)
            }
        }
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
