//! From decided changes to durable ones: one by one, or several requests in one commit.

use std::{collections::BTreeMap, sync::Arc};

use super::{Service, ServiceError, due::Dues, records::Write};
use crate::{
    domain::{Age, Change, Timestamp, World, activity::Record},
    store::{Batch, Partition, Place, StoreError},
};

/// Requests that share a commit: what each has decided is in the world for the next, and durable for none.
pub(super) struct Group {
    world: World,
    dues: Dues,
    staged: BTreeMap<Partition, Staged>,
    /// Where the request that is done now has staged something.
    touched: Vec<Partition>,
}

/// What is committed to one partition at the end.
#[derive(Default)]
struct Staged {
    batch: Batch,
    changes: Vec<Change>,
    records: Vec<Arc<Record>>,
}

impl Service {
    /// Does several requests that share a durable commit in each region they touch: none is answered before it is durable, and each
    /// decides on what those before it did. Where a region cannot be written to, all that touched it have failed, and nothing of
    /// them is there.
    ///
    /// They may write to vaults that exist, and read nothing but what [`Service::world`] has.
    pub fn grouped<T, R>(
        &mut self,
        requests: impl IntoIterator<Item = R>,
        mut answer: impl FnMut(&mut Self, R) -> Result<T, ServiceError>,
    ) -> Vec<Result<T, ServiceError>> {
        // Before anything is decided: what is staged is in the world, and the world is read again after it.
        self.upgrade();
        let (world, dues) = (self.world.clone(), self.dues.clone());
        self.group = Some(Group { world, dues, staged: BTreeMap::new(), touched: Vec::new() });
        let mut answers = Vec::new();
        for request in requests {
            let answered = answer(self, request);
            let touched = self.group.as_mut().map(|group| std::mem::take(&mut group.touched)).unwrap_or_default();
            answers.push((answered, touched));
        }
        let failed = self.commit_group();
        let tell = |(answered, touched): (Result<T, ServiceError>, Vec<Partition>)| match touched
            .iter()
            .find_map(|partition| failed.get(partition))
        {
            Some(error) if answered.is_ok() => Err(error.again().into()),
            _ => answered,
        };
        answers.into_iter().map(tell).collect()
    }

    /// Makes a decided change durable, with what was recorded of it; only then it is in the world. Within a group it is in the world
    /// at once, and durable with the others.
    pub(super) fn commit(
        &mut self,
        mut write: Write<'_>,
        records: &[Record],
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let due = self.dues.lowered_by(&write);
        if let Some(due) = due {
            write.put_due(Some(due));
        }
        let age = self.stamp();
        let Write { partition, mut batch, changes, mut watch } = write;
        let records = &*self.log.completed(records, &changes);
        if let Some(group) = &mut self.group {
            let staged = group.staged.entry(partition.clone()).or_default();
            staged.batch.append(batch);
            staged.records.extend_from_slice(records);
            staged.changes.extend_from_slice(&changes);
            group.touched.push(partition.clone());
            if due.is_some() {
                self.dues.set(partition, due);
            }
            self.apply(&changes, now);
            return Ok(());
        }
        if !changes.is_empty() {
            self.upgrade();
        }
        if !records.is_empty() || self.log.has_pending() {
            batch.append_activity(self.log.chunk_with(records, age));
        }
        let before = self.store.revision(&partition);
        let committed = self.store.commit_watched(&partition, now.ms(), batch, &mut watch);
        // A disk can fail after it has taken everything: that is told as failed, and what is shown is what is there.
        if committed.is_ok() || self.store.revision(&partition) != before {
            self.note_commit(&partition, records);
            if due.is_some() {
                self.dues.set(partition, due);
            }
            self.apply(&changes, now);
        }
        committed?;
        Ok(())
    }

    /// Has the next commit say how much time has provably passed; the store's age (T6).
    pub(super) fn stamp(&mut self) -> Age {
        self.clock.look();
        if let Some(stamp) = self.clock.stamp() {
            self.store.set_stamp(stamp);
        }
        self.clock.moment().age()
    }

    /// Writes down reads and refusals that no commit has taken along.
    pub(super) fn flush(&mut self) -> Result<(), ServiceError> {
        if self.log.has_pending() {
            let age = self.stamp();
            let mut batch = Batch::new();
            batch.append_activity(self.log.chunk_with(&[], age));
            let before = self.store.revision(&Partition::GLOBAL);
            let committed = self.store.commit(&Partition::GLOBAL, self.clock.now().ms(), batch);
            let revision = self.store.revision(&Partition::GLOBAL);
            if revision != before {
                self.known.note(&Partition::GLOBAL, revision.0);
                self.note_written(&Partition::GLOBAL, &[]);
            }
            if committed.is_err() {
                self.log.put_off();
            }
            committed?;
        }
        Ok(())
    }

    /// Writes down reads and refusals where they have waited long enough, or are many. A disk that takes nothing does not stand
    /// in the way of reading.
    pub(super) fn flush_when_due(&mut self) {
        if self.group.is_none() && self.log.is_due() {
            drop(self.flush());
        }
    }

    /// Makes durable what was staged. What failed is not in the world any more; why, by partition.
    fn commit_group(&mut self) -> BTreeMap<Partition, StoreError> {
        let Some(group) = self.group.take() else { return BTreeMap::new() };
        let (now, age) = (self.clock.now(), self.stamp());
        let mut failed = BTreeMap::new();
        let mut done = Vec::new();
        for (partition, Staged { mut batch, changes, records }) in group.staged {
            if !records.is_empty() || self.log.has_pending() {
                batch.append_activity(self.log.chunk_with(&records, age));
            }
            let before = self.store.revision(&partition);
            let committed = self.store.commit(&partition, now.ms(), batch);
            if committed.is_ok() || self.store.revision(&partition) != before {
                self.note_commit(&partition, &records);
                done.extend(changes);
            }
            if let Err(error) = committed {
                failed.insert(partition, error);
            }
        }
        if !failed.is_empty() {
            (self.world, self.dues) = (group.world, group.dues);
            self.apply(&done, now);
        }
        failed
    }

    /// A commit is durable.
    fn note_commit(&mut self, partition: &Partition, records: &[Arc<Record>]) {
        let revision = self.store.revision(partition).0;
        self.note_written(partition, records);
        self.log.changed(partition, revision, records);
        self.known.note(partition, revision);
        if *self.store.place() == Place::Memory {
            // Nothing is waited for there, so the copy is never behind by itself.
            self.store.finish_upkeep_of(partition);
        }
    }

    /// A chunk with what waited and these is durable.
    fn note_written(&mut self, partition: &Partition, records: &[Arc<Record>]) {
        let written = self.log.wrote(records);
        if let (Some(sequence), false) = (self.store.activity_range(partition).next_back(), written.is_empty()) {
            self.chronicle.append(partition, sequence, &written);
        }
    }

    fn apply(&mut self, changes: &[Change], now: Timestamp) {
        for change in changes {
            self.world.apply(change);
        }
        if changes.iter().any(|change| matches!(change, Change::Region(..) | Change::Part(..))) {
            self.follow_regions(now);
        }
    }
}
