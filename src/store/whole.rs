//! What is done to whole files: checking every record, writing anew, moving to another disk.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::disk;

use super::mark::Durable;
use super::region::{PairPlace, Region};
use super::replica::{State, Trust};
use super::slot::{Aside, Content, Slot, open_at};
use super::{FileCheck, FileFault, FileName, Partition, Place, Revision, Store, StoreError, folder, mark, owner};

/// What a full check found. Every record counted here was opened.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CheckReport {
    /// Each partition that can be read, in the order of their names.
    pub partitions: Vec<PartitionReport>,
    /// Each file, by partition.
    pub files: Vec<FileCheck>,
}

/// What a full check found in one partition.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PartitionReport {
    /// Which.
    pub partition: Partition,
    /// How often it was changed.
    pub revision: Revision,
    /// Records in [`Table::Items`](super::Table::Items).
    pub items: u64,
    /// Records in [`Table::Values`](super::Table::Values).
    pub values: u64,
    /// Chunks of activity.
    pub activity: u64,
}

/// Hears which part of something is done, 0 to 1, and may break it off.
pub(super) type Watched<'a> = &'a mut dyn FnMut(f32) -> ControlFlow<()>;

impl Store {
    /// Opens every record of every table of every file. An error where a partition has no file that is whole; a file that is
    /// not, is left out from now on.
    pub fn check(&self) -> Result<CheckReport, StoreError> {
        let report = self.check_watched(&mut |_| ControlFlow::Continue(()))?;
        for partition in self.partitions() {
            self.serves(&partition)?;
        }
        Ok(report)
    }

    /// The same, but an error is only told where the check was broken off: what is wrong with which file stands in the report.
    pub fn check_watched(&self, watch: Watched<'_>) -> Result<CheckReport, StoreError> {
        let mut jobs = Vec::new();
        let mut all = 0;
        for (partition, region) in &self.regions {
            let mut region = region.borrow_mut();
            region.open_all();
            region.look_through();
            for slot in region.replicas.iter().chain(&region.copy) {
                let job = region.is_apart(slot).map_or_else(|| check_of(slot), CheckJob::Out);
                if let CheckJob::Open(state) = &job {
                    all += state.head.items.count + state.head.values.count + state.head.activity.count;
                }
                jobs.push((partition.clone(), slot.name, slot.path.clone(), job));
            }
        }
        let files = run_checks(jobs, all, watch)?;
        for check in &files {
            if check.found.is_err()
                && let Some(mut region) = self.region(&check.partition)
            {
                region.leave_out_checked(check.name);
            }
        }
        let partitions = self.regions.iter().filter(|(_, region)| region.borrow().serves());
        let partitions = partitions.map(|(partition, region)| {
            let head = &region.borrow().head;
            PartitionReport {
                partition: partition.clone(),
                revision: head.revision,
                items: head.items.count,
                values: head.values.count,
                activity: head.activity.count,
            }
        });
        Ok(CheckReport { partitions: partitions.collect(), files })
    }

    /// Writes anew what of a partition is lost, damaged or was changed apart, from the best there is: a replica, or the copy
    /// (A6). Files that are replaced and were changed apart are kept beside.
    pub fn rebuild(&mut self, partition: &Partition) -> Result<(), StoreError> {
        let Some(mut region) = self.region(partition) else { return Ok(()) };
        if region.is_out || region.replicas.iter().any(|slot| slot.is_played_out) {
            // What somebody plays to be gone is still there, and may be the best there is.
            region.demand()?;
        }
        region.look_for_mark();
        region.look_again();
        if !region.serves() {
            region.demand_free()?;
            let before = region.revision().0;
            if region.settle_for_less() {
                region.write_mark(region.head.revision.0, Durable::Now)?;
            } else {
                region.rebuild_from_copy(Aside::Keep)?;
                let missing = before.saturating_sub(region.head.revision.0);
                let notice =
                    format!("{partition} was written anew from its pair; {missing} later changes are missing.");
                region.notices.push(notice);
            }
        }
        for at in 0..2 {
            if matches!(region.replicas[at].content, Content::Out(..)) {
                region.rebuild_replica(at, Aside::Keep);
            }
        }
        let is_copy_out = region.copy.as_ref().is_some_and(|slot| matches!(slot.content, Content::Out(..)));
        if is_copy_out {
            region.rebuild_copy(Aside::Keep);
        }
        region.finish_upkeep();
        region.demand()?;
        drop(region);
        // The others may know of changes that are missing now.
        self.refer_anew()
    }

    /// Gives the room on the disk back that removed records took. Every record stays as it is; a crash leaves the store as
    /// it was.
    pub fn compact(&mut self) -> Result<(), StoreError> {
        for region in self.regions.values() {
            let mut region = region.borrow_mut();
            region.open_all();
            let Region { replicas, copy, .. } = &mut *region;
            for slot in replicas.iter_mut().chain(copy) {
                if let Some(replica) = slot.usable_mut() {
                    replica.compact()?;
                }
            }
        }
        Ok(())
    }

    /// Moves the folder of a region, with what it keeps for others, to `to`, which is empty or not there yet; `None`: back into
    /// the store. The files are copied, every record of the copies is opened, and only then they take the place of the old ones,
    /// which are taken away. After an error everything is where it was.
    pub fn move_folder(
        &mut self,
        partition: &Partition,
        to: Option<&Path>,
        watch: Watched<'_>,
    ) -> Result<(), StoreError> {
        let Place::Folder(store) = self.place.clone() else {
            return Err(StoreError::Lost { partition: partition.clone() });
        };
        let from = folder::of_partition(&store, partition)?;
        let target = to.map_or_else(|| store.join(partition.as_str()), Path::to_path_buf);
        let target =
            std::path::absolute(&target).map_err(|source| StoreError::from_io("find the folder", &target, source))?;
        if target == from || (to.is_some() && target.starts_with(&store)) {
            return Err(StoreError::NotEmpty { path: target });
        }
        let new_folder = folder::NewFolder::prepare(&target)?;
        for region in self.regions.values() {
            region.borrow_mut().close_in(&from);
        }
        let moved = self.copy_files(&from, &target, watch);
        let switched = moved.and_then(|names| {
            folder::put_partition(&store, partition, to.map(|_| target.as_path()))?;
            Ok(names)
        });
        if switched.is_ok() {
            new_folder.keep();
        } else {
            drop(new_folder);
        }
        let opened = self.find_again();
        for name in switched? {
            // The copies serve from now on; what cannot be taken away only takes room.
            drop(fs::remove_file(from.join(name)));
        }
        drop(fs::remove_dir(&from));
        self.provide_elsewhere();
        self.notices.extend(owner::keep_to_owner(&store)?);
        opened
    }

    /// Copies the files of a region's folder, and opens every record of the copies. Their names.
    fn copy_files(&self, from: &Path, to: &Path, watch: Watched<'_>) -> Result<Vec<String>, StoreError> {
        let failed = |source| StoreError::from_io("copy the folder", to, source);
        let mut names = Vec::new();
        let mut all = 1;
        if !from.exists() {
            // Its disk is gone; what it kept is written anew at the new place.
            return Ok(names);
        }
        for entry in fs::read_dir(from).map_err(|source| StoreError::from_io("read the folder", from, source))? {
            let entry = entry.map_err(failed)?;
            if let Some(name) = entry.file_name().to_str().filter(|name| is_ours(name)) {
                names.push(name.to_owned());
                all += entry.metadata().map_err(failed)?.len();
            }
        }
        let mut done = 0;
        for name in &names {
            copy_file(&from.join(name), &to.join(name), &mut |bytes| {
                done += bytes;
                watch(0.8 * done as f32 / all as f32)
            })?;
        }
        folder::sync(to).map_err(failed)?;
        for region in self.regions.values() {
            let region = region.borrow();
            for slot in region.replicas.iter().chain(&region.copy) {
                let Some(path) = slot.path.as_ref().filter(|path| path.parent() == Some(from)) else { continue };
                let Some(name) = path.file_name().filter(|name| names.iter().any(|copied| *name == copied.as_str()))
                else {
                    continue;
                };
                let copied = open_at(&region.seals, Some(&to.join(name)), Trust::Shards)?;
                copied.state()?.check(Some(to), &|_| ControlFlow::Continue(()))?;
                if watch(0.9).is_break() {
                    return Err(StoreError::Cancelled);
                }
            }
        }
        Ok(names)
    }

    /// Opens every partition where it lies now.
    fn find_again(&mut self) -> Result<(), StoreError> {
        let Place::Folder(store) = self.place.clone() else { return Ok(()) };
        for partition in self.partitions() {
            let own = folder::of_partition(&store, &partition)?;
            let pair = self.pair_place(&partition)?;
            if let Some(mut region) = self.region(&partition) {
                region.find_again(&own, pair);
            }
        }
        Ok(())
    }
}

impl Region {
    /// Opens every file that nobody has looked at yet.
    fn open_all(&mut self) {
        self.open_second();
        let seals = self.seals.clone();
        for slot in self.replicas.iter_mut().chain(&mut self.copy) {
            slot.wait();
            if matches!(slot.content, Content::Unopened) && slot.path.as_ref().is_none_or(|path| path.exists()) {
                slot.open_now(&seals, Trust::Shards);
            }
        }
        self.settle();
    }

    /// Compares each file with what was read from it and written to it, also what an engine has in memory.
    fn look_through(&mut self) {
        for slot in self.replicas.iter_mut().chain(&mut self.copy) {
            if let Content::Open(replica) = &mut slot.content
                && let Err(error) = replica.look_through()
            {
                slot.fail(&error);
                self.has_changed = true;
            }
        }
        self.settle();
    }

    fn leave_out_checked(&mut self, name: FileName) {
        let error = StoreError::damaged(format!("{} of {}", name.words(), self.seals.partition));
        for slot in self.replicas.iter_mut().chain(&mut self.copy) {
            if slot.name == name && matches!(slot.content, Content::Open(_)) {
                slot.fail(&error);
            }
        }
        self.settle();
    }

    /// Why a file that opens does not belong beside the others: it is at another state, or on the way to another one, though each by
    /// itself is whole (T9).
    fn is_apart(&self, slot: &Slot) -> Option<String> {
        let Content::Open(replica) = &slot.content else { return None };
        let (found, serving) = (replica.chain(), self.serving()?.chain());
        match found.revision.cmp(&serving.revision) {
            std::cmp::Ordering::Equal if found.tag != serving.tag => Some(words(&FileFault::Diverged)),
            std::cmp::Ordering::Greater => Some("it has changes that the region lacks".into()),
            std::cmp::Ordering::Less if replica.seals.generation() == self.seals.generation() => {
                let after = self.serving()?.batches_after(found.revision, 1).ok().flatten()?;
                let is_apart = after.first().is_some_and(|link| link.previous != found.tag);
                is_apart.then(|| words(&FileFault::Diverged))
            }
            std::cmp::Ordering::Equal | std::cmp::Ordering::Less => None,
        }
    }

    /// Closes the files that lie in a folder.
    fn close_in(&mut self, folder: &Path) {
        for slot in self.replicas.iter_mut().chain(&mut self.copy) {
            slot.wait();
            if slot.path.as_deref().and_then(Path::parent) == Some(folder) {
                drop(slot.take());
            }
        }
    }

    fn find_again(&mut self, own: &Path, pair: PairPlace) {
        self.places.folder = Some(own.to_path_buf());
        for slot in &mut self.replicas {
            let name = if slot.name == FileName::A { "a.redb" } else { "b.redb" };
            slot.path = Some(own.join(name));
        }
        self.open_second();
        self.settle();
        let has_moved = self.places.pair != pair;
        if has_moved || self.copy.as_ref().is_some_and(|slot| matches!(slot.content, Content::Unopened)) {
            self.set_pair(pair);
        }
    }
}

enum CheckJob {
    Open(Box<State>),
    Out(String),
    Absent,
}

fn check_of(slot: &Slot) -> CheckJob {
    match &slot.content {
        Content::Open(replica) => match replica.state() {
            Ok(state) => CheckJob::Open(Box::new(state)),
            Err(error) => CheckJob::Out(error.to_string()),
        },
        Content::Out(fault, _) => CheckJob::Out(words(fault)),
        Content::Busy(_) | Content::Unopened => CheckJob::Absent,
    }
}

pub(super) fn words(fault: &FileFault) -> String {
    match fault {
        FileFault::Simulated => "somebody plays that it failed".into(),
        FileFault::Missing => "it is missing".into(),
        FileFault::Damaged => "it was changed or cut short".into(),
        FileFault::Diverged => "it was changed apart from the others".into(),
        FileFault::Failing(said) => said.clone(),
    }
}

/// Checks files side by side, as many as there are processors.
fn run_checks(
    jobs: Vec<(Partition, FileName, Option<PathBuf>, CheckJob)>,
    all: u64,
    watch: Watched<'_>,
) -> Result<Vec<FileCheck>, StoreError> {
    let done = AtomicU64::new(0);
    let is_stopped = std::sync::atomic::AtomicBool::new(false);
    let wide = thread::available_parallelism().map_or(1, usize::from);
    let queue = std::sync::Mutex::new(jobs.into_iter().enumerate().collect::<Vec<_>>());
    let (send, results) = std::sync::mpsc::channel();
    let mut found = thread::scope(|scope| {
        for number in 0..wide {
            let send = send.clone();
            let (queue, done, is_stopped) = (&queue, &done, &is_stopped);
            let work = move || {
                loop {
                    let job = queue.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
                    let Some((place, (partition, name, path, job))) = job else { break };
                    let result = check_one(job, path.as_deref(), done, is_stopped);
                    if let Some(found) = result {
                        // Somebody listens until all are told.
                        drop(send.send((place, FileCheck { partition, name, found })));
                    }
                }
            };
            // The first that starts does it all where others do not.
            drop(thread::Builder::new().name(format!("check {number}")).spawn_scoped(scope, work));
        }
        drop(send);
        let mut found = Vec::new();
        loop {
            match results.recv_timeout(std::time::Duration::from_millis(50)) {
                Ok(result) => found.push(result),
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => break,
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {}
            }
            let part = done.load(Ordering::Relaxed) as f32 / all.max(1) as f32;
            if watch(part.min(1.0)).is_break() {
                is_stopped.store(true, Ordering::Relaxed);
            }
        }
        found
    });
    if is_stopped.load(Ordering::Relaxed) {
        return Err(StoreError::Cancelled);
    }
    found.sort_by_key(|(place, _)| *place);
    Ok(found.into_iter().map(|(_, check)| check).collect())
}

fn check_one(
    job: CheckJob,
    path: Option<&Path>,
    done: &AtomicU64,
    is_stopped: &std::sync::atomic::AtomicBool,
) -> Option<Result<(Revision, u64), String>> {
    match job {
        CheckJob::Absent => None,
        CheckJob::Out(why) => Some(Err(why)),
        CheckJob::Open(state) => {
            let told = std::cell::Cell::new(0);
            let progress = |opened: u64| {
                done.fetch_add(opened - told.replace(opened), Ordering::Relaxed);
                if is_stopped.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            let checked = state.check(path.and_then(Path::parent), &progress);
            Some(checked.map(|opened| (state.head.revision, opened)).map_err(|error| error.to_string()))
        }
    }
}

/// Whether a file in a region's folder belongs to a store.
pub(super) fn is_ours(name: &str) -> bool {
    let is_ours = [".redb", ".mark", ".aside"].iter().any(|end| name.ends_with(end));
    is_ours || [mark::FILE_NAME, super::header::FILE_NAME].contains(&name)
}

pub(super) fn copy_file(
    from: &Path,
    to: &Path,
    each: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    const PIECE: usize = 1 << 20;
    let failed = |source: io::Error| StoreError::from_io("copy the folder", to, source);
    let mut source = disk::open_to_read(from).map_err(failed)?;
    let mut target = disk::create_new(to).map_err(failed)?;
    let mut piece = vec![0; PIECE];
    loop {
        let read = source.read(&mut piece).map_err(failed)?;
        if read == 0 {
            break;
        }
        target.write_all(&piece[..read]).map_err(failed)?;
        if each(read as u64).is_break() {
            return Err(StoreError::Cancelled);
        }
    }
    target.sync_all().map_err(failed)
}
