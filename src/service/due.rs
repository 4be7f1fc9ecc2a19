//! What the service does on its own when a retention ends (S14).

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use super::{Extent, Service, ServiceError, records, records::Write};
use crate::{
    crypto::{
        key::{CancelFlag, generate},
        random,
    },
    domain::{
        Caller, Change, Object, Operation, Target, Timestamp, VersionId,
        activity::Outcome,
        schedule::{DueKey, KeyAction},
    },
    store::Partition,
};

/// For each partition a moment before which nothing in it is due; none where nothing was ever deleted. It stands in the
/// store, so that what is due is found without reading everything.
#[derive(Clone, Default)]
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
            Change::VaultDeleted(_, deletion) | Change::ObjectDeleted(.., deletion) => Some(deletion.scheduled_purge),
            Change::ObjectPut(_, Object::Key(key)) | Change::ObjectRecovered(_, Object::Key(key)) => {
                key.next_rotation().into_iter().chain(key.next_notice()).min()
            }
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
        let has_due_keys = self.do_due_keys(now)?;
        self.renew_dues(now)?;
        Ok(has_purges || has_due_keys)
    }

    /// Rotates the keys whose policy says so, and tells of those that near their end (§3.6). Whether there were any.
    fn do_due_keys(&mut self, now: Timestamp) -> Result<bool, ServiceError> {
        if self.dues.passed(now).is_empty() {
            return Ok(false);
        }
        let due = self.world.due_keys(now);
        let by = Caller::key_vault();
        for DueKey { vault, key, action } in &due {
            let started = Instant::now();
            let target = Target::Object(vault.clone(), key.name().clone());
            let (operation, key, material) = match action {
                KeyAction::Rotate => {
                    let Ok(material) = generate(key.current().kind, &CancelFlag::default()) else { continue };
                    let id = VersionId::from_bytes(random::bytes());
                    let rotated = key.rotated(id, material.public_part()?, now)?;
                    (Operation::KeyRotateIfDue, rotated, Some((id, material)))
                }
                KeyAction::Notify => (Operation::KeyNearExpiryEventGridNotification, key.with_notice(), None),
            };
            let change = Change::ObjectPut(vault.clone(), Arc::new(key).into());
            let mut write = records::write_of(&self.world, vec![change]);
            if let (Some((id, material)), Some(name)) = (&material, target.object()) {
                write.put_material(vault, name, *id, material);
            }
            let record = records::activity(&self.world, &by, operation, &target, now, Outcome::Done, started);
            self.commit(write, &[record], now)?;
        }
        Ok(!due.is_empty())
    }

    /// Finds out what is due next where the last such moment has passed.
    fn renew_dues(&mut self, now: Timestamp) -> Result<(), ServiceError> {
        for partition in self.dues.passed(now) {
            let next = records::next_due(&self.world, &partition);
            // What cannot be purged while its region is out stays due.
            if next.is_some_and(|next| next <= now) || !self.store.takes_commits(&partition) {
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
