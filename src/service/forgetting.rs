//! Forgetting activity that was kept for its time: the oldest chunks of each part of the store, in small commits.
//!
//! What was forgotten stands in the head of its part, so that it is told from what was taken away.

use std::collections::BTreeMap;

use super::{Extent, Service, ServiceError, activity_chunk, records};
use crate::{
    domain::{
        Caller, Change, Operation, Target, Timestamp,
        activity::{About, ActivityDays},
    },
    store::{Batch, Partition, Place},
};

/// When the oldest chunk of each part was noted; `None` where that cannot be told.
#[derive(Default)]
pub(super) struct Forgetting(BTreeMap<Partition, Option<Timestamp>>);

/// Longer than it has to be kept, so that there is a commit for this once a day and not once a record.
const SPARE_DAYS: i64 = 1;
/// So many chunks are forgotten in one commit.
const MOST_FORGOTTEN: u64 = 1_024;
/// So many chunks are read at a time.
const PIECE: u64 = 64;

impl Service {
    /// Sets how long activity is kept. What is older is forgotten within a day.
    pub fn keep_activity(&mut self, caller: &Caller, days: ActivityDays) -> Result<(), ServiceError> {
        let about = vec![About::detail(format!("{} days", days.days()))];
        self.write_about(caller, Operation::ActivityRetentionSet, &Target::Subscription, about, |service, _| {
            Ok((records::write_of(&service.world, vec![Change::ActivityKept(days)]), ()))
        })
    }

    /// Forgets what was kept for its time.
    pub(super) fn forget_activity(&mut self) -> Result<(), ServiceError> {
        if !matches!(self.extent, Extent::Whole) {
            return Ok(());
        }
        let kept_since = self.world.activity_days.kept_since(self.clock.now());
        let mut has_forgotten = false;
        for partition in self.store.partitions() {
            if !self.store.takes_commits(&partition) {
                continue;
            }
            if self.oldest_chunk(&partition).is_some_and(|oldest| oldest < kept_since.plus_days(-SPARE_DAYS)) {
                self.forget_before(&partition, kept_since)?;
                has_forgotten = true;
            }
        }
        if has_forgotten {
            self.chronicle.begin_again(&self.store);
        }
        Ok(())
    }

    fn oldest_chunk(&mut self, partition: &Partition) -> Option<Timestamp> {
        let chunks = self.store.activity_range(partition);
        if chunks.is_empty() {
            return None;
        }
        if let Some(known) = self.forgetting.0.get(partition) {
            return *known;
        }
        let oldest = self.noted_at(partition, chunks.start..chunks.start + 1).first().copied();
        self.forgetting.0.insert(partition.clone(), oldest);
        oldest
    }

    /// When the last record of each chunk was asked, oldest first, as far as that can be told.
    fn noted_at(&self, partition: &Partition, chunks: std::ops::Range<u64>) -> Vec<Timestamp> {
        let Ok(chunks) = self.store.activity(partition, chunks) else { return Vec::new() };
        let noted = chunks.iter().rev().map_while(|chunk| {
            let records = activity_chunk::decode(chunk.body().ok()?).ok()?;
            records.iter().map(|record| record.at).max()
        });
        noted.collect()
    }

    fn forget_before(&mut self, partition: &Partition, kept_since: Timestamp) -> Result<(), ServiceError> {
        self.forgetting.0.remove(partition);
        let all = self.store.activity_range(partition);
        let mut end = all.start;
        while end < all.end.min(all.start + MOST_FORGOTTEN) {
            let noted = self.noted_at(partition, end..end + PIECE);
            let old = noted.iter().take_while(|at| **at < kept_since).count() as u64;
            end += old;
            if old < PIECE {
                break;
            }
        }
        if end == all.start {
            return Ok(());
        }
        let mut batch = Batch::new();
        batch.forget_activity(end - all.start);
        let now = self.clock.now();
        let revision = self.store.commit(partition, now.ms(), batch)?;
        self.known.note(partition, revision.0);
        self.clock.note_change(now);
        if *self.store.place() == Place::Memory {
            self.store.finish_upkeep_of(partition);
        }
        Ok(())
    }
}
