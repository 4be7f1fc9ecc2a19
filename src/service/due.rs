//! What the service does on its own when a retention ends (S14).

use std::{collections::BTreeMap, time::Instant};

use super::{Extent, Service, ServiceError, records, records::Write};
use crate::{
    domain::{Caller, Change, Timestamp, activity::Outcome},
    store::Partition,
};

/// For each partition a moment before which nothing in it is due; none where nothing was ever deleted. It stands in the
/// store, so that what is due is found without reading everything.
#[derive(Default)]
pub(super) struct Dues(BTreeMap<Partition, Timestamp>);

impl Dues {
    pub(super) fn set(&mut self, partition: Partition, due: Option<Timestamp>) {
        match due {
            Some(at) => self.0.insert(partition, at),
            None => self.0.remove(&partition),
        };
    }

    /// The moment that has to take the place of the one that stands, when this write deletes something sooner due.
    pub(super) fn lowered_by(&self, write: &Write<'_>) -> Option<Timestamp> {
        let date = |change: &Change| match change {
            Change::VaultDeleted(_, deletion) | Change::SecretDeleted(.., deletion) => Some(deletion.scheduled_purge),
            _ => None,
        };
        let soonest = write.changes.iter().filter_map(date).min()?;
        self.0.get(&write.partition).is_none_or(|standing| soonest < *standing).then_some(soonest)
    }

    /// The partitions in which something may be due.
    fn passed(&self, now: Timestamp) -> Vec<Partition> {
        self.0.iter().filter(|(_, at)| **at <= now).map(|(partition, _)| partition.clone()).collect()
    }
}

impl Service {
    /// Purges what is due, each region in one commit, recorded as done by the service itself. Whether anything was.
    pub(super) fn purge_due(&mut self) -> Result<bool, ServiceError> {
        let now = self.clock.now();
        if matches!(self.extent, Extent::Touched { .. }) {
            if self.dues.passed(now).is_empty() {
                return Ok(false);
            }
            self.read_rest()?;
        }
        let purges = self.world.scheduled_purges(now);
        let has_purges = !purges.is_empty();
        let mut by_partition: BTreeMap<Partition, Vec<Change>> = BTreeMap::new();
        for purge in purges {
            by_partition.entry(records::partition_of(&self.world, &purge)).or_default().push(purge);
        }
        for (_, changes) in by_partition {
            let started = Instant::now();
            let by = Caller::key_vault();
            let record = |change: &Change| {
                let (operation, target) = change.scheduled_purge()?;
                Some(records::activity(&self.world, &by, operation, &target, now, Outcome::Done, started))
            };
            let records: Vec<_> = changes.iter().filter_map(record).collect();
            let write = records::write_of(&self.world, changes);
            self.commit(write, &records, now)?;
        }
        self.renew_dues(now)?;
        Ok(has_purges)
    }

    /// Finds out what is due next where the last such moment has passed.
    fn renew_dues(&mut self, now: Timestamp) -> Result<(), ServiceError> {
        for partition in self.dues.passed(now) {
            let next = records::next_due(&self.world, &partition);
            // What cannot be purged while its region is out stays due.
            if next.is_some_and(|next| next <= now) {
                continue;
            }
            let mut write = Write::to(partition.clone());
            write.put_due(next);
            self.commit(write, &[], now)?;
            self.dues.set(partition, next);
        }
        Ok(())
    }
}
