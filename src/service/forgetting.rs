//! Forgetting activity that was kept for its time: the oldest chunks of each part of the store, in small commits.
//!
//! What was forgotten stands in the head of its part, so that it is told from what was taken away.

use std::collections::BTreeMap;

use super::{Extent, Service, ServiceError, activity_chunk, records};
use crate::{
    domain::{
        Age, Caller, Change, Now, Operation, Target, Timestamp,
        activity::{About, ActivityDays},
        age::{Proof, Term},
    },
    store::{Batch, Partition, Place},
};

/// When the oldest chunk of each part was noted; `None` where that cannot be told.
#[derive(Default)]
pub(super) struct Forgetting(BTreeMap<Partition, Option<Noted>>);

/// When the last record of a chunk was asked, and how old the store was.
#[derive(Clone, Copy)]
struct Noted {
    at: Timestamp,
    age: Age,
}

impl Noted {
    /// Whether it was kept for so many days, by its date and by what has provably passed (T6). A date that is still to come was
    /// noted by a clock that was wrong: of such a chunk only the latter is asked.
    fn was_kept_for(self, days: i64, now: Now) -> bool {
        let term = Term::new(self.at, self.age, self.at.plus_days(days));
        let is_misdated = now.proof != Proof::Clock && now.clock < self.at;
        term.has_come(now) || is_misdated && term.is_proven(now)
    }
}

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
        let (days, now) = (i64::from(self.world.activity_days.days()), self.clock.moment());
        let mut has_forgotten = false;
        for partition in self.store.partitions() {
            if !self.store.takes_commits(&partition) {
                continue;
            }
            if self.oldest_chunk(&partition).is_some_and(|oldest| oldest.was_kept_for(days + SPARE_DAYS, now)) {
                self.forget_older(&partition, days, now)?;
                has_forgotten = true;
            }
        }
        if has_forgotten {
            self.chronicle.begin_again(&self.store);
        }
        Ok(())
    }

    fn oldest_chunk(&mut self, partition: &Partition) -> Option<Noted> {
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

    /// When each chunk was noted, oldest first, as far as that can be told.
    fn noted_at(&self, partition: &Partition, chunks: std::ops::Range<u64>) -> Vec<Noted> {
        let Ok(chunks) = self.store.activity(partition, chunks) else { return Vec::new() };
        let noted = chunks.iter().rev().map_while(|chunk| {
            let body = chunk.body().ok()?;
            let at = activity_chunk::decode(body).ok()?.iter().map(|record| record.at).max()?;
            Some(Noted { at, age: activity_chunk::age(body) })
        });
        noted.collect()
    }

    fn forget_older(&mut self, partition: &Partition, days: i64, now: Now) -> Result<(), ServiceError> {
        self.forgetting.0.remove(partition);
        let all = self.store.activity_range(partition);
        let mut end = all.start;
        while end < all.end.min(all.start + MOST_FORGOTTEN) {
            let noted = self.noted_at(partition, end..end + PIECE);
            let old = noted.iter().take_while(|noted| noted.was_kept_for(days, now)).count() as u64;
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
        self.stamp();
        let revision = self.store.commit(partition, now.clock.ms(), batch)?;
        self.known.note(partition, revision.0);
        if *self.store.place() == Place::Memory {
            self.store.finish_upkeep_of(partition);
        }
        Ok(())
    }
}
