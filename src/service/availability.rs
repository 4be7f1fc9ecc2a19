//! What the service does by itself when files fail and return: which source a region is read from, and what becomes of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{Extent, Service, ServiceError, activity_chunk, loading, records};
use crate::{
    domain::{
        Caller, Change, Operation, Refusal, RegionName, ReplicaName, Shelf, Target, Timestamp,
        activity::Outcome,
        region::{Outage, Reached, RegionState},
        replica::{OutageCause, Part},
        soft_delete::Kind,
    },
    store::{FileName, Partition, Place, Source, StoreError},
};

/// While a thread works on a file, what it did is looked for this often.
const BUSY_LOOK_MS: u64 = 10;
/// Files are looked at this often: a fault is noticed within a second.
const LOOK_MS: u64 = 500;

/// What is known of the store's partitions, to notice when they become something else.
#[derive(Default)]
pub(super) struct Known {
    revisions: BTreeMap<Partition, u64>,
    /// Of which nothing can be read.
    pub(super) unread: BTreeSet<Partition>,
    /// Where anything was committed since the store was opened.
    committed: BTreeSet<Partition>,
}

impl Known {
    /// A partition came to this revision, and what was read of it is what is there.
    pub(super) fn note(&mut self, partition: &Partition, revision: u64) {
        self.revisions.insert(partition.clone(), revision);
        self.committed.insert(partition.clone());
    }

    /// Whether anything was committed there since the store was opened.
    pub(super) fn was_committed_to(&self, partition: &Partition) -> bool {
        self.committed.contains(partition)
    }
}

impl Service {
    /// Looks after the files, and after what follows from how they stand. Whether there is something to tell.
    pub(super) fn look_after_regions(&mut self) -> bool {
        // Who asks for little does not look after everything.
        let has_news = matches!(self.extent, Extent::Whole) && self.store.upkeep();
        let has_changed = self.follow_regions(self.clock.now());
        let has_losses = self.notice_losses();
        has_news || has_changed || has_losses
    }

    /// Ships what waits and mends what can be mended, where all was read or something was committed; for a program that ends now.
    pub fn finish(&mut self) {
        match self.extent {
            Extent::Whole => self.store.finish_upkeep(),
            Extent::Touched { .. } => {
                for partition in &self.known.committed {
                    self.store.finish_upkeep_of(partition);
                }
            }
        }
    }

    /// When the files are looked at next.
    pub(super) fn next_look_ms(&self) -> Option<u64> {
        if self.store.has_upkeep() {
            return Some(BUSY_LOOK_MS);
        }
        matches!(self.store.place(), Place::Folder(_)).then_some(LOOK_MS)
    }

    /// Has each region read from where it is served at `now`, and reads again what is served from elsewhere than before, or became
    /// something else. Whether there was any.
    pub(super) fn follow_regions(&mut self, now: Timestamp) -> bool {
        let mut changed = self.set_sources(now);
        for (partition, known) in &self.known.revisions {
            let is_region = *partition != Partition::GLOBAL;
            if is_region && self.store.revision(partition).0 != *known && !changed.contains(partition) {
                changed.push(partition.clone());
            }
        }
        for partition in &changed {
            self.read_again(partition);
        }
        !changed.is_empty()
    }

    /// Plays to the store what is played, and says from where each region is read; which are read from elsewhere than before.
    pub(super) fn set_sources(&mut self, now: Timestamp) -> Vec<Partition> {
        let mut changed = Vec::new();
        let partitions: Vec<_> = loading::regions_of(&self.store).collect();
        for partition in partitions {
            let Ok(region) = RegionName::parse(partition.as_str()) else { continue };
            let is_out = |region: RegionName| {
                let outage = self.world.outages.get(&region);
                outage.is_some_and(|outage| outage.cause == OutageCause::Simulated && !outage.has_returned(now))
            };
            let is_link_out = self.world.parts_out.contains_key(&(region, Part::Link));
            let is_pair_out = region.failover_to().is_some_and(is_out);
            let is_region_out = is_out(region);
            self.store.play_outage(&partition, is_region_out);
            self.store.play_cut(&partition, is_link_out || is_pair_out);
            for (name, replica) in [(FileName::A, ReplicaName::A), (FileName::B, ReplicaName::B)] {
                let is_out = self.world.parts_out.contains_key(&(region, Part::Replica(replica)));
                self.store.play_file(&partition, name, is_out);
            }
            let standing = self.store.source(&partition);
            let source = match self.world.region_state(region, now) {
                RegionState::Healthy => Source::Region,
                // Nobody serves it. What was known of it last stands. And whoever served it goes on until it took over again: a
                // pair that was out meanwhile may lack what the region took.
                RegionState::Outage { .. } | RegionState::FailingBack { .. } => standing,
                RegionState::FailingOver { .. } | RegionState::ReadOnly { .. } => Source::Pair,
            };
            if standing != source {
                self.store.read_from(&partition, source);
                changed.push(partition);
            }
        }
        changed
    }

    /// Begins an outage for each region of which nothing can be read any more, and ends it for each that is back (A4, A6).
    /// Whether there was any.
    pub(super) fn notice_losses(&mut self) -> bool {
        let now = self.clock.now();
        let mut found = Vec::new();
        for partition in loading::regions_of(&self.store) {
            let Ok(region) = RegionName::parse(partition.as_str()) else { continue };
            let outage = self.world.outages.get(&region);
            let is_out = outage.is_some_and(|outage| !outage.has_returned(now));
            let is_lost = outage.is_some_and(|outage| outage.cause == OutageCause::Lost);
            match (self.store.serves(&partition), is_out) {
                (Err(_), false) => {
                    let pair = self.store.shipped(&partition).map_or(0, |revision| revision.0);
                    let reached = Reached { region: self.store.revision(&partition).0, pair };
                    let plan = outage.map_or_else(|| self.loss_plan(), |outage| outage.plan);
                    let (cause, reached) = (OutageCause::Lost, Some(reached));
                    let outage = Outage { cause, reached, ..Outage::new(now, plan) };
                    found.push((Operation::RegionOutage, region, outage));
                }
                (Ok(()), true) if is_lost => {
                    let returned = outage.map(|outage| Outage { returned: Some(now), ..*outage });
                    found.extend(returned.map(|outage| (Operation::RegionReturn, region, outage)));
                }
                _ => {}
            }
        }
        let has_any = !found.is_empty();
        for (operation, region, outage) in found {
            let (by, target) = (Caller::key_vault(), Target::Region(region));
            let started = std::time::Instant::now();
            let record = records::activity(&self.world, &by, operation, &target, now, Outcome::Done, started);
            let write = records::write_of(&self.world, vec![Change::Region(region, Some(outage))]);
            // Where nothing can be written down, what was found holds all the same.
            if self.commit(write, &[record], now).is_err() {
                self.world.apply(&Change::Region(region, Some(outage)));
            }
        }
        if has_any {
            self.follow_regions(self.clock.now());
        }
        has_any
    }

    /// Why an operation on `target` really failed: when nothing of its region can be read, the region is out.
    pub(super) fn explain_loss(&mut self, error: ServiceError, target: &Target) -> ServiceError {
        let lost = match &error {
            ServiceError::Store(StoreError::Lost { partition }) => Some(partition),
            // What is not found may stand where nothing can be read.
            ServiceError::Refused(Refusal::NotFound { kind: Kind::Vault, .. }) => match self.known.unread.first() {
                Some(partition) => Some(partition),
                None => return error,
            },
            ServiceError::Store(StoreError::Damaged { .. }) => None,
            _ => return error,
        };
        let region = lost.and_then(|partition| RegionName::parse(partition.as_str()).ok());
        let Some(region) = region.or_else(|| self.world.home_of(target)) else { return error };
        self.notice_losses();
        match self.world.region_state(region, self.clock.now()) {
            RegionState::Outage { since, until } => Refusal::RegionUnavailable { region, since, until }.into(),
            _ => error,
        }
    }

    /// Reads every region from where it is served.
    pub(super) fn load_regions(&mut self) {
        let partitions: Vec<_> = loading::regions_of(&self.store).collect();
        for partition in partitions {
            self.load_region(&partition);
        }
    }

    fn load_region(&mut self, partition: &Partition) {
        // A region that cannot be read holds nothing that could be shown; its outage tells.
        let loaded = loading::load_region(&self.store, partition, &mut self.world, &mut self.dues);
        self.known.unread.remove(partition);
        if loaded.is_err() {
            self.known.unread.insert(partition.clone());
        }
        for (revision, chunk) in self.store.unshipped(partition) {
            if let Ok(records) = activity_chunk::decode_owned(&chunk) {
                let records: Vec<_> = records.into_iter().map(Arc::new).collect();
                self.log.changed(partition, revision.0, &records);
            }
        }
        let revision = self.store.revision(partition).0;
        self.known.revisions.insert(partition.clone(), revision);
    }

    /// Forgets what was read of a region, and reads it from where it is served now.
    fn read_again(&mut self, partition: &Partition) {
        self.ready.wipe();
        let revision = self.store.revision(partition).0;
        self.known.revisions.insert(partition.clone(), revision);
        if let Extent::Touched { .. } = self.extent {
            self.world.vaults = Shelf::default();
            self.extent = Extent::nothing();
            drop(loading::load_due(&self.store, partition, &mut self.dues));
            return;
        }
        let stands_here = |location: RegionName| records::partition_of_region(location) == *partition;
        let vaults = &self.world.vaults;
        let live = vaults.live().map(|vault| &vault.head);
        let deleted = vaults.deleted().map(|deleted| &deleted.item.head);
        let gone: Vec<_> =
            live.chain(deleted).filter(|head| stands_here(head.location)).map(|head| head.name.clone()).collect();
        for name in gone {
            self.world.vaults.remove(&name);
        }
        self.load_region(partition);
    }

    /// How the failover of a region plays that was really lost.
    fn loss_plan(&self) -> crate::domain::region::FailoverPlan {
        match self.store.place() {
            Place::Folder(_) => crate::domain::region::FailoverPlan::USUAL,
            Place::Memory => crate::domain::region::FailoverPlan::DEMO,
        }
    }
}
