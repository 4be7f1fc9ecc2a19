//! The activity log: the latest records in memory, all of them in the store.

use std::sync::Arc;

use imbl::Vector;

use super::{Body, ServiceError, records};
use crate::{domain::activity::Record, store::Store};

/// Reads and refusals are written with the next commit, or this long after.
pub(super) const FLUSH_AFTER_MS: u64 = 1_000;
/// So many records are kept in memory.
const MOST_RECENT: usize = 2_000;
/// So many chunks of each region are looked at when a store is opened.
const MOST_CHUNKS: usize = 500;

/// Newest last.
#[derive(Default)]
pub(super) struct ActivityLog {
    recent: Vector<Arc<Record>>,
    pending: Vec<Record>,
}

impl ActivityLog {
    pub(super) fn load(store: &Store) -> Result<Self, ServiceError> {
        let mut log = Self::default();
        log.read_back(store)?;
        Ok(log)
    }

    /// Remembers what stands in the store, then what waits for a commit.
    pub(super) fn read_back(&mut self, store: &Store) -> Result<(), ServiceError> {
        let mut records: Vec<Record> = Vec::new();
        for partition in store.partitions() {
            // Oldest first, so that what was asked at the same moment stays in its order.
            for chunk in store.recent_activity(&partition, MOST_CHUNKS)?.iter().rev() {
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
