//! The copy of a partition in the folder of its pair: the same batches in the same order, later (A2).

use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use super::chain::Link;
use super::mark::Durable;
use super::region::{CopyStanding, Region, lost};
use super::replica::{Replica, Step, Trust};
use super::slot::{Aside, Content, Doing, Job, Slot, make_folder, open_copy_at, write_at};
use super::upkeep::{FEW, REST, SHIPMENT, Urgency};
use super::{FileFault, FileName, Partition, Source, StoreError, mark};

/// Few batches are shipped no more often than this, so that many commits in a row share one of the copy.
const PAUSE: Duration = Duration::from_millis(100);

/// What becomes of a copy that stands where a new one is to be written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Found {
    /// It is taken, if it opens.
    Taken,
    /// It is replaced.
    Replaced,
}

impl Region {
    /// Takes what a job has done to the copy, and remembers how far it is.
    pub(super) fn collect_copy(&mut self) {
        let Some(slot) = &mut self.copy else { return };
        slot.collect();
        if let Some(copy) = slot.usable() {
            self.shipped = copy.chain().revision;
        }
    }

    pub(super) fn ship(&mut self, urgency: Urgency) {
        if self.is_cut || self.serving().is_none() || self.source == Source::Pair {
            return;
        }
        let Some(slot) = &self.copy else { return };
        if slot.is_played_out {
            return;
        }
        match &slot.content {
            Content::Out(FileFault::Diverged | FileFault::Simulated, _) | Content::Busy(_) => {}
            Content::Out(_, since) if urgency == Urgency::WhenDue && since.elapsed() < REST => {}
            Content::Out(FileFault::Damaged, _) => self.replace_copy(Aside::Keep, Found::Taken),
            Content::Unopened | Content::Out(..) => self.open_copy(),
            Content::Open(copy) if copy.seals.generation() != self.seals.generation() => self.renew_copy(),
            Content::Open(copy) if self.is_unclean(copy) && self.cleans_copy_first(urgency) => self.clean_copy(),
            Content::Open(copy) => {
                let behind = *copy.chain();
                let is_current = (behind.revision, behind.tag) == (self.chain.revision, self.chain.tag);
                let are_few = self.chain.revision.saturating_sub(behind.revision) < FEW;
                let is_soon = self.shipped_at.is_some_and(|at| at.elapsed() < PAUSE);
                let may_wait = urgency == Urgency::WhenDue && are_few && is_soon;
                if is_current {
                    self.copy_since_opened = CopyStanding::InStep;
                }
                if !is_current && !may_wait {
                    self.shipped_at = Some(Instant::now());
                    self.ship_from(behind.revision);
                }
            }
        }
    }

    /// Starts to open the copy, if that was not done yet.
    pub(super) fn prepare_copy(&mut self) {
        let is_due = |slot: &Slot| {
            let is_there = slot.path.as_deref().is_some_and(Path::exists);
            is_there && !slot.is_played_out && matches!(slot.content, Content::Unopened)
        };
        if !self.is_cut && self.copy.as_ref().is_some_and(is_due) {
            self.open_copy();
        }
    }

    /// Starts to open the copy; where there is none, to make one.
    fn open_copy(&mut self) {
        let name = self.job_name("open", FileName::Copy);
        let Some(slot) = &mut self.copy else { return };
        let Some(path) = slot.path.clone().filter(|path| path.exists()) else {
            return self.rebuild_copy(Aside::Drop);
        };
        let (seals, since) = (self.seals.clone(), self.shipped);
        let job = Job::start(name, Doing::Open, since, move |_| open_copy_at(&seals, Some(&path), Trust::Shards));
        self.put_copy_job(job);
    }

    /// Seals a copy anew that was not connected when the root key was renewed, before anything is shipped to it; unless it has what
    /// the region has not.
    fn renew_copy(&mut self) {
        let birth = self.head.birth;
        let Some(before) = self.copy.as_ref().and_then(Slot::usable).map(|copy| *copy.chain()) else { return };
        let is_past = match (before.revision + 1).cmp(&birth.revision) {
            std::cmp::Ordering::Less => true,
            // The tag before is that of the root key before; of one from before that, only the revision can be compared.
            std::cmp::Ordering::Equal => {
                let is_last = self
                    .copy
                    .as_ref()
                    .and_then(Slot::usable)
                    .is_some_and(|copy| copy.seals.generation() + 1 == self.seals.generation());
                !is_last || before.tag == birth.before
            }
            std::cmp::Ordering::Greater => false,
        };
        if is_past { self.clean_copy() } else { self.copy_diverged() }
    }

    fn ship_from(&mut self, revision: u64) {
        let Some(serving) = self.serving() else { return };
        let Some(tag) = self.copy.as_ref().and_then(Slot::usable).map(|copy| copy.chain().tag) else { return };
        if self.chain.revision <= revision {
            // It has what the region has not: either the region went back in time, or they were changed apart.
            self.compare_with_copy();
            return;
        }
        match serving.batches_after(revision, SHIPMENT) {
            Ok(Some(links)) if links.first().is_some_and(|link| link.previous == tag) => {
                let mark = self.copy_mark_path();
                let name = self.job_name("ship", FileName::Copy);
                let Some(Content::Open(copy)) = self.copy.as_mut().map(Slot::take) else { return };
                let job = ship_job(name, revision, copy, links, mark);
                self.put_copy_job(job);
            }
            Ok(Some(_)) => self.copy_diverged(),
            // Too far behind for what is kept of batches: it gets everything.
            Ok(None) => self.rebuild_copy(Aside::Drop),
            Err(_) => self.has_changed = true,
        }
    }

    /// Starts to write the copy anew from the replica that serves.
    pub(super) fn rebuild_copy(&mut self, aside: Aside) {
        self.replace_copy(aside, Found::Replaced);
    }

    /// The same without a word about it, as nothing is wrong with the copy.
    fn clean_copy(&mut self) {
        let told = self.notices.len();
        self.rebuild_copy(Aside::Drop);
        self.notices.truncate(told);
    }

    fn replace_copy(&mut self, aside: Aside, found: Found) {
        let Some(state) = self.serving().and_then(|serving| serving.state().ok()) else { return };
        let (name, mark) = (self.job_name("rebuild", FileName::Copy), self.copy_mark_path());
        // The copy of what belongs to no region comes and goes with folders elsewhere.
        let is_new = self.shipped == 0 && (self.past == 0 || self.seals.partition == Partition::GLOBAL);
        let store = self.places.store.clone();
        let Some(slot) = &mut self.copy else { return };
        let path = slot.path.clone();
        let folder = path.as_deref().and_then(Path::parent);
        let is_away = folder.is_some_and(|folder| !folder.is_dir() && folder.parent() != store.as_deref());
        if is_away {
            let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
            return slot.fail(&StoreError::Io { doing: "find the folder of the pair", source: missing });
        }
        drop(slot.take());
        let since = state.head.revision.0;
        let job = Job::start(name, Doing::Rebuild, since, move |progress| {
            if found == Found::Taken
                && let Ok(copy) = open_copy_at(&state.seals, path.as_deref(), Trust::Shards)
            {
                // Somebody put another file in its place. Whether it follows the region is asked when more is shipped.
                return Ok(copy);
            }
            path.as_deref().map_or(Ok(()), |path| make_folder(path, store.as_deref()))?;
            let copy = write_at(&state, &state.seals, path.as_deref(), aside, progress)?;
            mark_copy(&copy, mark.as_deref())?;
            Ok(copy)
        });
        self.put_copy_job(job);
        if !is_new && found == Found::Replaced {
            self.notices.push(format!("The copy of {} is written anew.", self.seals.partition));
        }
    }

    fn put_copy_job(&mut self, job: Result<Job, StoreError>) {
        let Some(slot) = &mut self.copy else { return };
        match job {
            Ok(job) => slot.content = Content::Busy(job),
            Err(error) => slot.fail(&error),
        }
    }

    /// Whether the copy was ahead of the region when this was opened, told by its mark: then the region went back in time.
    pub(super) fn compare_with_copy_mark(&mut self) {
        let Some(known) = self.copy_mark() else {
            // Without its mark nobody knows how far a copy had come, so it is asked itself (T9).
            let is_there = self.copy.as_ref().and_then(|slot| slot.path.as_deref()).is_some_and(Path::exists);
            if is_there && self.serves() {
                self.compare_with_copy();
                self.collect_copy();
            }
            return;
        };
        // A copy that is ahead of the region it serves is compared with it first.
        self.shipped = if self.serves() { known.revision.min(self.head.revision.0) } else { known.revision };
        let is_behind = known.revision < self.chain.revision;
        let is_same = (known.revision, known.tag) == (self.chain.revision, self.chain.tag);
        if self.serves() && !is_behind && !is_same {
            self.open_second();
            self.settle();
            if known.revision == self.chain.revision {
                self.prefer(known);
            }
            self.compare_with_copy();
        }
    }

    /// Of two replicas that were changed apart, as many times each, the one that was shipped is the region's.
    fn prefer(&mut self, known: mark::CopyMark) {
        let seals = self.seals.clone();
        for at in 0..2 {
            if !matches!(self.replicas[at].content, Content::Out(FileFault::Diverged, _)) {
                continue;
            }
            self.replicas[at].open_now(&seals, Trust::Shards);
            let is_known =
                |replica: &&Replica| (replica.chain().revision, replica.chain().tag) == (known.revision, known.tag);
            if let Some(replica) = self.replicas[at].usable().filter(is_known) {
                (self.head, self.chain) = (replica.head().clone(), *replica.chain());
                let what = format!("{} of {}", self.replicas[1 - at].name.words(), seals.partition);
                self.notices.push(format!("{what} was changed apart from the others, and is left out."));
                self.replicas[1 - at].fail(&StoreError::Diverged { what });
                return;
            }
            let what = format!("{} of {}", self.replicas[at].name.words(), seals.partition);
            self.replicas[at].fail(&StoreError::Diverged { what });
        }
    }

    /// Brings the region forward from its copy where the region went back in time; says so where they were changed apart.
    fn compare_with_copy(&mut self) {
        let (seals, chain) = (self.seals.clone(), self.chain);
        let Some(slot) = &mut self.copy else { return };
        slot.open_now(&seals, Trust::Shards);
        let Content::Open(copy) = &slot.content else { return };
        // What was changed later than the newest that the copy has cannot be a state of its past.
        let (ahead, newest_ms) = (*copy.chain(), copy.head().last_change_ms);
        if ahead.revision < chain.revision || (ahead.revision, ahead.tag) == (chain.revision, chain.tag) {
            return;
        }
        match copy.batches_after(chain.revision, usize::MAX) {
            Ok(Some(links)) if links.first().is_some_and(|link| link.previous == chain.tag) => {
                let steps: Vec<_> = links.iter().map(Step::Known).collect();
                for at in 0..2 {
                    let is_current = self.is_current(&self.replicas[at]);
                    let Some(replica) = self.replicas[at].usable_mut().filter(|_| is_current) else { continue };
                    if let Err(error) = replica.apply(&steps, ahead.revision, &mut || ControlFlow::Continue(())) {
                        self.leave_out(at, &error);
                    }
                }
                self.settle();
                drop(self.write_mark(self.head.revision.0, Durable::Now));
                self.notices.push(format!(
                    "{} was older than its pair: {} changes were brought back from there.",
                    seals.partition,
                    steps.len()
                ));
            }
            // How the region came to its state cannot be told any more; what the copy has was reported as done.
            Ok(None) if chain.revision < ahead.revision && self.head.last_change_ms <= newest_ms => {
                self.notices.push(format!(
                    "{} was older than its pair and is written anew from there; its old files are kept beside.",
                    seals.partition
                ));
                let rebuilt = self.rebuild_from_copy(Aside::Keep);
                if let Err(error) = rebuilt {
                    self.notices.push(error.to_string());
                }
            }
            _ => self.copy_diverged(),
        }
        self.has_changed = true;
    }

    fn copy_diverged(&mut self) {
        let what = format!("the copy of {}", self.seals.partition);
        if let Some(slot) = &mut self.copy {
            slot.fail(&StoreError::Diverged { what: what.clone() });
        }
        self.notices.push(format!("{what} and the region were changed apart from each other; nothing is shipped."));
        self.has_changed = true;
    }

    /// Writes both replicas anew from the copy, here and now (A6).
    pub(super) fn rebuild_from_copy(&mut self, aside: Aside) -> Result<(), StoreError> {
        let seals = self.seals.clone();
        let slot = self.copy.as_mut().ok_or_else(|| lost(&seals))?;
        slot.open_now(&seals, Trust::Shards);
        let Content::Open(copy) = &slot.content else { return Err(lost(&seals)) };
        let state = copy.state()?;
        for at in 0..2 {
            drop(self.replicas[at].take());
            self.replicas[at].path.as_deref().map_or(Ok(()), |path| make_folder(path, self.places.store.as_deref()))?;
            let path = self.replicas[at].path.clone();
            let written = write_at(&state, &seals, path.as_deref(), aside, &super::slot::Progress::silent());
            match written {
                Ok(replica) => self.replicas[at].content = Content::Open(replica),
                Err(error) if at == 0 => {
                    self.replicas[at].fail(&error);
                    return Err(error);
                }
                Err(error) => self.replicas[at].fail(&error),
            }
        }
        (self.head, self.chain) = match self.replicas[0].usable() {
            Some(replica) => (replica.head().clone(), *replica.chain()),
            None => return Err(lost(&seals)),
        };
        self.floor = self.head.revision.0;
        self.write_mark(self.floor, Durable::Now)?;
        self.has_changed = true;
        Ok(())
    }
}

/// Applies batches in another thread; where there is a mark, puts down how far it came.
pub(super) fn ship_job(
    name: String,
    since: u64,
    mut replica: Replica,
    links: Vec<Link>,
    mark: Option<std::path::PathBuf>,
) -> Result<Job, StoreError> {
    Job::start(name, Doing::Ship, since, move |_| {
        let steps: Vec<_> = links.iter().map(Step::Known).collect();
        // Whoever is behind keeps batches for whoever is further behind.
        replica.apply(&steps, u64::MAX, &mut || ControlFlow::Continue(()))?;
        mark_copy(&replica, mark.as_deref())?;
        Ok(replica)
    })
}

fn mark_copy(copy: &Replica, path: Option<&Path>) -> Result<(), StoreError> {
    let Some(path) = path else { return Ok(()) };
    mark::write_copy(&copy.seals, path, copy.chain())
        .map(drop)
        .map_err(|source| StoreError::from_io("write a mark", path, source))
}
