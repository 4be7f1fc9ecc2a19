//! The activity log: the latest records in memory, all of them in the store.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use imbl::Vector;

use super::{Body, ServiceError, activity_chunk, records};
use crate::{
    domain::{
        Age, Change, KeyKind, VersionId,
        activity::{AllowedBy, Record, Via},
    },
    store::{Partition, Store, StoreError},
};

/// Reads and refusals are written with the next commit, or this long after.
pub(super) const FLUSH_AFTER_MS: u64 = 1_000;
/// So many are written at once, however little time has passed.
const MOST_PENDING: usize = 16_384;
/// So many wait for a disk that takes nothing; then the oldest are given up.
const MOST_KEPT: usize = 4 * MOST_PENDING;
/// So many records are kept in memory.
const MOST_RECENT: usize = 2_000;
/// So many chunks of each region are looked at at most when a store is opened.
const MOST_CHUNKS: u64 = 500;

/// So many changes of each region are remembered by their revision.
const MOST_CHANGES: usize = 4_096;

/// Newest last.
#[derive(Default)]
pub(super) struct ActivityLog {
    recent: Vector<Arc<Record>>,
    pending: VecDeque<Arc<Record>>,
    /// Since when something is pending.
    pending_since: Option<Instant>,
    /// By way of what people ask.
    pub(super) via: Via,
    /// What the operation that goes on read or used.
    touched: Option<(VersionId, Option<KeyKind>)>,
    /// The latest changes of each region, with the revision each came with, newest last.
    changes: BTreeMap<Partition, VecDeque<(u64, Arc<Record>)>>,
}

impl ActivityLog {
    /// Remembers what stands in the store, then what waits for a commit.
    pub(super) fn read_back(&mut self, store: &Store) -> Result<(), ServiceError> {
        let mut records: Vec<Record> = Vec::new();
        for partition in store.partitions() {
            match latest_of(store, &partition) {
                Ok(mut found) => records.append(&mut found),
                // A region that cannot be read is told of elsewhere.
                Err(_) if partition != Partition::GLOBAL => {}
                Err(error) => return Err(error.into()),
            }
        }
        records.sort_by_key(|record| record.at);
        let skipped = records.len().saturating_sub(MOST_RECENT);
        self.recent = records.into_iter().skip(skipped).map(Arc::new).collect();
        for record in self.pending.clone() {
            self.remember(record);
        }
        Ok(())
    }

    /// What the operation that goes on reads or uses.
    pub(super) fn touch(&mut self, version: VersionId, key: Option<KeyKind>) {
        self.touched = Some((version, key));
    }

    /// An operation begins.
    pub(super) fn begin(&mut self) {
        self.touched = None;
    }

    /// A record that waits for a commit.
    pub(super) fn note(&mut self, mut record: Record) {
        self.complete(&mut record);
        if let Some((version, key)) = self.touched.take() {
            record.version = Some(version);
            record.key = key.or(record.key);
        }
        let record = Arc::new(record);
        self.remember(Arc::clone(&record));
        self.pending.push_back(record);
        self.pending_since.get_or_insert_with(Instant::now);
        while MOST_KEPT < self.pending.len() {
            self.pending.pop_front();
        }
    }

    /// The records of a change, with what is known of it.
    pub(super) fn completed(&mut self, records: &[Record], changes: &[Change]) -> Vec<Arc<Record>> {
        self.touched = None;
        let complete = |record: &Record| {
            let mut record = record.clone();
            self.complete(&mut record);
            let (version, key) = records::made_version(record.operation, changes);
            record.version = record.version.or(version);
            record.key = key.or(record.key);
            Arc::new(record)
        };
        records.iter().map(complete).collect()
    }

    fn complete(&self, record: &mut Record) {
        if record.identity.is_some() || record.about.allowed_by == AllowedBy::StorePassphrase {
            record.via = self.via;
        }
    }

    /// What waits, and these, for a commit when the store has this age.
    pub(super) fn chunk_with(&self, records: &[Arc<Record>], age: Age) -> Body {
        let all: Vec<&Record> = self.pending.iter().chain(records).map(AsRef::as_ref).collect();
        activity_chunk::encode(&all, age)
    }

    /// The commit is durable: nothing waits any more. All that it wrote, in its order.
    pub(super) fn wrote(&mut self, records: &[Arc<Record>]) -> Vec<Arc<Record>> {
        self.pending_since = None;
        let mut written: Vec<_> = self.pending.drain(..).collect();
        for record in records {
            self.remember(Arc::clone(record));
            written.push(Arc::clone(record));
        }
        written
    }

    /// These were committed to a region with this revision.
    pub(super) fn changed(&mut self, partition: &Partition, revision: u64, records: &[Arc<Record>]) {
        let changes = self.changes.entry(partition.clone()).or_default();
        // What is read again from the store is known already.
        changes.retain(|(at, _)| *at != revision);
        changes.extend(records.iter().map(|record| (revision, Arc::clone(record))));
        while changes.len() > MOST_CHANGES {
            changes.pop_front();
        }
    }

    /// The changes of a region after this revision, newest last, as far as they are remembered.
    pub(super) fn changes_after(&self, partition: &Partition, revision: u64) -> Vec<Arc<Record>> {
        let changes = self.changes.get(partition).into_iter().flatten();
        changes.filter(|(at, _)| revision < *at).map(|(_, record)| Arc::clone(record)).collect()
    }

    pub(super) fn has_pending(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Whether what waits has to be written now, also where nobody stops asking.
    pub(super) fn is_due(&self) -> bool {
        const FLUSH_AFTER: Duration = Duration::from_millis(FLUSH_AFTER_MS);
        MOST_PENDING <= self.pending.len() || self.pending_since.is_some_and(|since| FLUSH_AFTER <= since.elapsed())
    }

    /// It could not be written; tried again as long after.
    pub(super) fn put_off(&mut self) {
        self.pending_since = self.pending_since.map(|_| Instant::now());
    }

    pub(super) fn recent(&self) -> Vector<Arc<Record>> {
        self.recent.clone()
    }

    fn remember(&mut self, record: Arc<Record>) {
        self.recent.push_back(record);
        if self.recent.len() > MOST_RECENT {
            self.recent.pop_front();
        }
    }
}

/// The latest records of a part of the store, oldest first: about as many as are kept in memory.
fn latest_of(store: &Store, partition: &Partition) -> Result<Vec<Record>, StoreError> {
    const WIDEST: u64 = 64;
    let all = store.activity_range(partition);
    let first = all.start.max(all.end.saturating_sub(MOST_CHUNKS));
    let (mut end, mut wide, mut count) = (all.end, 1, 0);
    let mut newest_first = Vec::new();
    while first < end && count < MOST_RECENT {
        let piece = first.max(end.saturating_sub(wide))..end;
        (end, wide) = (piece.start, WIDEST.min(2 * wide));
        for chunk in store.activity(partition, piece)? {
            match chunk.body().and_then(activity_chunk::decode_owned) {
                Ok(records) => {
                    count += records.len();
                    newest_first.push(records);
                }
                // It stands in the way of nothing else; whoever asks for all of the activity is told.
                Err(StoreError::NewerActivity { .. }) => {}
                Err(error) => return Err(error),
            }
        }
    }
    // Oldest first, so that what was asked at the same moment stays in its order.
    Ok(newest_first.into_iter().rev().flatten().collect())
}
