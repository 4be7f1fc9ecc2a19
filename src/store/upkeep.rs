//! What a partition does by itself: noticing what happened to its files, bringing forward what is behind, writing anew what is
//! lost, and shipping batches to the copy.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use zeroize::Zeroizing;

use super::activity::ActivityChunk;
use super::chain::{Link, Op};
use super::engine::Address;
use super::mark::Durable;
use super::region::Region;
use super::replica::{Replica, Step, Trust};
use super::shipping::ship_job;
use super::slot::{Aside, Content, Doing, Job, Progress, Slot, write_at};
use super::{FileFault, FileName, FileReport, FileState, RegionReport, Revision, StoreError};

/// Batches of at most about this many bytes are applied in one commit.
pub(super) const SHIPMENT: usize = 8 << 20;
/// So few missing batches are applied at once, without a thread.
pub(super) const FEW: u64 = 64;
/// A file that failed is tried again after this.
pub(super) const REST: Duration = Duration::from_secs(2);

/// Whether what failed lately is tried again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Urgency {
    /// It is.
    Now,
    /// When it has rested.
    WhenDue,
}

impl Region {
    /// Looks after the files; starts what takes long on threads of their own, and takes what these have done. Whether there
    /// is something new to tell.
    pub(super) fn upkeep(&mut self, urgency: Urgency) -> bool {
        let before = self.report();
        for at in 0..2 {
            let has_returned = self.replicas[at].collect();
            if has_returned {
                self.marked = Durable::Soon;
            }
        }
        self.collect_copy();
        self.look();
        self.look_for_mark();
        self.settle();
        if !self.is_out {
            self.heal(urgency);
            self.ship(urgency);
            self.clean(urgency);
        }
        let has_changed = std::mem::take(&mut self.has_changed);
        has_changed || self.report() != before
    }

    /// Does all that can be done by itself, and waits for it.
    pub(super) fn finish_upkeep(&mut self) {
        // Every round brings a file a step further: opened, compared, written, brought forward. None needs more steps.
        for _ in 0..64 {
            let has_news = self.upkeep(Urgency::Now);
            let is_busy = self.slots().any(|slot| matches!(slot.content, Content::Busy(_)));
            if !is_busy && !has_news {
                break;
            }
            self.replicas.iter_mut().chain(&mut self.copy).for_each(Slot::wait);
        }
        self.collect_copy();
        self.settle();
    }

    /// Whether a thread works for it, or one should.
    pub(super) fn has_work(&self) -> bool {
        let is_busy = |slot: &Slot| matches!(slot.content, Content::Busy(_));
        let ships = |slot: &Slot| {
            slot.usable().is_some_and(|copy| copy.chain().revision < self.chain.revision)
                || matches!(slot.content, Content::Unopened)
        };
        self.slots().any(is_busy) || (!self.is_cut && self.serves() && self.copy.as_ref().is_some_and(ships))
    }

    fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.replicas.iter().chain(&self.copy)
    }

    /// Whether each open file is still what we left.
    fn look(&mut self) {
        for slot in self.replicas.iter_mut().chain(&mut self.copy) {
            if let Content::Open(replica) = &mut slot.content
                && let Err(error) = replica.look()
            {
                slot.fail(&error);
                self.has_changed = true;
            }
        }
    }

    /// The replica that the others are written from.
    pub(super) fn serving(&self) -> Option<&Replica> {
        if self.is_out {
            return None;
        }
        self.replicas.iter().find(|slot| self.is_current(slot)).and_then(Slot::usable)
    }

    /// Brings a replica forward that misses a few batches.
    pub(super) fn bring_forward_now(&mut self) {
        for at in 0..2 {
            let Some(missing) = self.missing_in(&self.replicas[at], FEW) else { continue };
            let shipped = self.shipped;
            let Some(replica) = self.replicas[at].usable_mut() else { continue };
            let steps: Vec<_> = missing.iter().map(Step::Known).collect();
            let applied = replica.apply(&steps, shipped, &mut || ControlFlow::Continue(()));
            self.marked = Durable::Soon;
            if let Err(error) = applied {
                self.leave_out(at, &error);
            }
        }
    }

    /// The batches that a replica misses, if they are at most `most` and are kept.
    fn missing_in(&self, slot: &Slot, most: u64) -> Option<Vec<Link>> {
        let behind = slot.usable()?.chain();
        if !(1..=most).contains(&self.chain.revision.saturating_sub(behind.revision)) {
            return None;
        }
        let missing = self.serving()?.batches_after(behind.revision, usize::MAX).ok()??;
        missing.first().is_some_and(|link| link.previous == behind.tag).then_some(missing)
    }

    fn heal(&mut self, urgency: Urgency) {
        self.bring_forward_now();
        for at in 0..2 {
            if self.replicas[at].is_played_out {
                continue;
            }
            match &self.replicas[at].content {
                Content::Open(replica) if replica.chain().revision < self.chain.revision => self.bring_forward(at),
                Content::Out(FileFault::Diverged | FileFault::Simulated, _) => {}
                Content::Out(_, since) if urgency == Urgency::WhenDue && since.elapsed() < REST => {}
                Content::Out(fault, _) => {
                    let fault = fault.clone();
                    self.bring_back(at, &fault);
                }
                _ => {}
            }
        }
    }

    /// Starts to bring a replica forward that misses more than a few batches, or batches that are not kept any more.
    fn bring_forward(&mut self, at: usize) {
        let Some(behind) = self.replicas[at].usable().map(|replica| *replica.chain()) else { return };
        let Some(serving) = self.serving() else { return };
        match serving.batches_after(behind.revision, SHIPMENT) {
            Ok(Some(links)) if links.first().is_some_and(|link| link.previous == behind.tag) => {
                let Content::Open(replica) = self.replicas[at].take() else { return };
                let name = self.job_name("bring forward", self.replicas[at].name);
                let job = ship_job(name, behind.revision, replica, links, None);
                self.put_job(at, job);
            }
            // What it holds is older than what is kept of batches.
            Ok(_) => self.rebuild_replica(at, Aside::Drop),
            Err(_) => self.has_changed = true,
        }
    }

    /// Tries a replica again that was left out: it may have come back. Otherwise it is written anew.
    fn bring_back(&mut self, at: usize, fault: &FileFault) {
        let is_there = self.replicas[at].path.as_deref().is_some_and(Path::exists);
        let has_peer = self.serving().is_some();
        match fault {
            // Nothing speaks for a damaged file; it is kept beside the new one.
            FileFault::Damaged if has_peer => self.rebuild_replica(at, Aside::Keep),
            _ if is_there => {
                self.replicas[at].open_now(&self.seals, Trust::Shards);
                let is_newer =
                    self.replicas[at].usable().is_some_and(|replica| self.chain.revision < replica.chain().revision);
                if is_newer && has_peer {
                    // A state that was taken for lost, and that others have left behind since.
                    self.replicas[at].fail(&StoreError::Diverged { what: self.replicas[at].name.words().into() });
                }
                self.settle();
                self.has_changed = true;
            }
            _ if has_peer => self.rebuild_replica(at, Aside::Drop),
            _ => {}
        }
    }

    /// Starts to write a replica anew from the one that serves.
    pub(super) fn rebuild_replica(&mut self, at: usize, aside: Aside) {
        if self.start_rebuilding(at, aside) {
            let file = self.replicas[at].name.words();
            self.notices.push(format!("{file} of {} is written anew.", self.seals.partition));
        }
    }

    /// The same without a word about it. Whether there was something to write it from.
    pub(super) fn start_rebuilding(&mut self, at: usize, aside: Aside) -> bool {
        let Some(state) = self.serving().and_then(|serving| serving.state().ok()) else { return false };
        // A file that is written anew from itself is closed only when it was read: closing writes to it.
        let before = self.replicas[at].take();
        let name = self.job_name("rebuild", self.replicas[at].name);
        let path = self.replicas[at].path.clone();
        let since = state.head.revision.0;
        let work = move |progress: &Progress| {
            let written = write_at(&state, &state.seals, path.as_deref(), aside, progress);
            drop(before);
            written
        };
        let job = Job::start(name, Doing::Rebuild, since, work);
        self.put_job(at, job);
        true
    }

    fn put_job(&mut self, at: usize, job: Result<Job, StoreError>) {
        match job {
            Ok(job) => self.replicas[at].content = Content::Busy(job),
            Err(error) => self.replicas[at].fail(&error),
        }
        self.has_changed = true;
    }

    pub(super) fn job_name(&self, doing: &str, file: FileName) -> String {
        format!("{doing} {} {}", self.seals.partition, file.words())
    }
}

/// What is told.
impl Region {
    /// The activity of the batches that the copy lacks.
    pub(super) fn unshipped(&self) -> Vec<(Revision, Zeroizing<Vec<u8>>)> {
        if self.copy.is_none() || self.chain.revision <= self.shipped {
            return Vec::new();
        }
        let replicas = self.replicas.iter().filter_map(|slot| match &slot.content {
            Content::Open(replica) => Some(replica),
            _ => None,
        });
        let mut newest = replicas.filter(|replica| replica.chain().revision == self.chain.revision);
        let missing = newest.find_map(|replica| replica.batches_after(self.shipped, usize::MAX).ok().flatten());
        let chunks = missing.iter().flatten().flat_map(|link| {
            let chunk = |op: &Op| match (op.at, link.batch.sealed(op)) {
                (Address::Activity(sequence), Some(sealed)) => {
                    ActivityChunk::open(&self.seals, sequence, sealed).ok()?.into_body().ok()
                }
                _ => None,
            };
            link.batch.ops.iter().filter_map(chunk).map(|chunk| (link.head.revision, chunk))
        });
        chunks.collect()
    }

    pub(super) fn report(&self) -> RegionReport {
        let file = |slot: &Slot| FileReport {
            name: slot.name,
            path: slot.path.clone(),
            state: self.state_of(slot),
            revision: Revision(slot.revision().unwrap_or(match slot.name {
                FileName::Copy => self.shipped,
                FileName::A | FileName::B => 0,
            })),
            bytes: slot.len_bytes(),
        };
        RegionReport {
            partition: self.seals.partition.clone(),
            folder: self.places.folder.clone(),
            revision: self.revision(),
            files: self.slots().map(file).collect(),
        }
    }

    fn state_of(&self, slot: &Slot) -> FileState {
        match &slot.content {
            _ if slot.is_played_out => FileState::Out(FileFault::Simulated),
            Content::Out(fault, _) => FileState::Out(fault.clone()),
            Content::Busy(job) if job.doing() == Doing::Rebuild => FileState::Rebuilding(job.percent()),
            Content::Open(replica) if replica.chain().revision == self.chain.revision => FileState::Current,
            Content::Unopened | Content::Busy(_) if slot.name == FileName::Copy => {
                if self.shipped == self.chain.revision { FileState::Current } else { FileState::Behind }
            }
            Content::Unopened => FileState::Current,
            Content::Busy(_) | Content::Open(_) => FileState::Behind,
        }
    }
}
