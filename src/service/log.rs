//! The activity log: the latest records in memory, all of them in the store.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use imbl::Vector;

use super::{Body, ServiceError, records};
use crate::{
    domain::activity::Record,
    store::{Partition, Store},
};

/// Reads and refusals are written with the next commit, or this long after.
pub(super) const FLUSH_AFTER_MS: u64 = 1_000;
/// So many records are kept in memory.
const MOST_RECENT: usize = 2_000;
/// So many chunks of each region are looked at when a store is opened.
const MOST_CHUNKS: usize = 500;

/// So many changes of each region are remembered by their revision.
const MOST_CHANGES: usize = 4_096;

/// Newest last.
#[derive(Default)]
pub(super) struct ActivityLog {
    recent: Vector<Arc<Record>>,
    pending: Vec<Record>,
    /// The latest changes of each region, with the revision each came with, newest last.
    changes: BTreeMap<Partition, VecDeque<(u64, Arc<Record>)>>,
}

impl ActivityLog {
    /// Remembers what stands in the store, then what waits for a commit.
    pub(super) fn read_back(&mut self, store: &Store) -> Result<(), ServiceError> {
        let mut records: Vec<Record> = Vec::new();
        for partition in store.partitions() {
            let chunks = match store.recent_activity(&partition, MOST_CHUNKS) {
                Ok(chunks) => chunks,
                // A region that cannot be read is told of elsewhere.
                Err(_) if partition != Partition::GLOBAL => continue,
                Err(error) => return Err(error.into()),
            };
            // Oldest first, so that what was asked at the same moment stays in its order.
            for chunk in chunks.iter().rev() {
                records.extend(records::decode::<Vec<Record>>(chunk)?);
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

    /// A record that waits for a commit.
    pub(super) fn note(&mut self, record: Record) {
        self.remember(record.clone());
        self.pending.push(record);
    }

    /// What waits, and these, for the commit.
    pub(super) fn chunk_with(&self, records: &[Record]) -> Body {
        let all: Vec<&Record> = self.pending.iter().chain(records).collect();
        records::encode(&all)
    }

    /// The commit is durable: nothing waits any more.
    pub(super) fn wrote(&mut self, records: &[Record]) {
        self.pending.clear();
        for record in records {
            self.remember(record.clone());
        }
    }

    /// These were committed to a region with this revision.
    pub(super) fn changed(&mut self, partition: &Partition, revision: u64, records: &[Record]) {
        let changes = self.changes.entry(partition.clone()).or_default();
        // What is read again from the store is known already.
        changes.retain(|(at, _)| *at != revision);
        changes.extend(records.iter().map(|record| (revision, Arc::new(record.clone()))));
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

    pub(super) fn recent(&self) -> Vector<Arc<Record>> {
        self.recent.clone()
    }

    fn remember(&mut self, record: Record) {
        self.recent.push_back(Arc::new(record));
        if self.recent.len() > MOST_RECENT {
            self.recent.pop_front();
        }
    }
}
