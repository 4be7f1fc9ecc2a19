//! What the service does on its own when a retention ends (S14).

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use super::{Extent, Service, ServiceError, records, records::Write};
use crate::{
    crypto::{
        key::{CancelFlag, generate},
        random,
    },
    domain::{
        Caller, Change, Now, Object, Operation, Target, Timestamp, VersionId,
        activity::Outcome,
        age::{Proof, Term},
        schedule::{DueKey, KeyAction},
    },
    store::Partition,
};

/// Before when nothing is due: nothing before a date but what a date that has passed was not enough for, and nothing of that before
/// an age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Due {
    /// The soonest date that has not passed; the end of time where there is none.
    pub(super) at: Timestamp,
    /// The soonest date that has passed of something that takes more age, and the least age that such a thing takes; `None` where
    /// there is nothing.
    pub(super) held: Option<Term>,
}

impl Due {
    /// Never.
    const NEVER: Self = Self { at: Timestamp::from_ms(i64::MAX), held: None };

    /// What these are due, seen from `now`; `None`: there are none.
    pub(super) fn of(terms: impl Iterator<Item = Term>, now: Now) -> Option<Self> {
        terms.fold(None, |due, term| {
            let due = due.unwrap_or(Self::NEVER);
            Some(if term.is_held_back(now) {
                let (date, age) = due.held.map_or((term.date, term.age), |held| (held.date, held.age));
                Self { held: Some(Term { date: date.min(term.date), age: age.min(term.age) }), ..due }
            } else {
                Self { at: due.at.min(term.date), ..due }
            })
        })
    }

    /// Whether something may be due.
    fn has_passed(self, now: Now) -> bool {
        self.at <= now.clock || self.held.is_some_and(|held| held.is_proven(now))
    }

    /// Before then, by the clock, nothing is kept longer than its date says.
    fn kept_from(self) -> Timestamp {
        self.held.map_or(self.at, |held| held.date.min(self.at))
    }
}

/// For each partition before when nothing in it is due; none where nothing was ever deleted. It stands in the store, so that what is
/// due is found without reading everything.
#[derive(Clone, Default)]
pub(super) struct Dues(BTreeMap<Partition, Due>);

impl Dues {
    pub(super) fn set(&mut self, partition: Partition, due: Option<Due>) {
        match due {
            Some(due) => self.0.insert(partition, due),
            None => self.0.remove(&partition),
        };
    }

    /// What has to take the place of what stands, when this write deletes something sooner due.
    pub(super) fn lowered_by(&self, write: &Write<'_>) -> Option<Due> {
        let date = |change: &Change| match change {
            Change::VaultDeleted(_, deletion) | Change::ObjectDeleted(.., deletion) => Some(deletion.scheduled_purge),
            Change::ObjectPut(_, Object::Key(key)) | Change::ObjectRecovered(_, Object::Key(key)) => {
                key.next_rotation().into_iter().chain(key.next_notice()).min()
            }
            _ => None,
        };
        let soonest = write.changes.iter().filter_map(date).min()?;
        let standing = self.0.get(&write.partition).copied().unwrap_or(Due::NEVER);
        (soonest < standing.at).then_some(Due { at: soonest, ..standing })
    }

    /// The partitions in which something may be due.
    fn passed(&self, now: Now) -> Vec<Partition> {
        self.0.iter().filter(|(_, due)| due.has_passed(now)).map(|(partition, _)| partition.clone()).collect()
    }

    /// Before then, by the clock, nothing anywhere is kept longer than its date says.
    pub(super) fn kept_from(&self) -> Option<Timestamp> {
        self.0.values().map(|due| due.kept_from()).min()
    }
}

impl Service {
    /// How much there is whose date has passed, and that is kept because it is not proven that so much time has passed (T6);
    /// `None`: something, of which not all was read.
    pub fn held_back(&self) -> Option<usize> {
        let now = self.clock.moment();
        if now.proof == Proof::Clock || self.dues.kept_from().is_none_or(|from| now.clock < from) {
            return Some(0);
        }
        matches!(self.extent, Extent::Whole).then(|| self.world.held_back(now))
    }

    /// Purges what is due, each region in one commit, recorded as done by the service itself. Whether anything was.
    pub(super) fn purge_due(&mut self) -> Result<bool, ServiceError> {
        self.clock.look();
        let now = self.clock.moment();
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
                Some(records::activity(&self.world, &by, operation, &target, now.clock, Outcome::Done, started))
            };
            let records: Vec<_> = changes.iter().filter_map(record).collect();
            let write = records::write_of(&self.world, changes);
            self.commit(write, &records, now.clock)?;
        }
        let has_due_keys = self.do_due_keys(now)?;
        self.renew_dues(now)?;
        Ok(has_purges || has_due_keys)
    }

    /// Rotates the keys whose policy says so, and tells of those that near their end (§3.6). Whether there were any.
    fn do_due_keys(&mut self, now: Now) -> Result<bool, ServiceError> {
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
            let record = records::activity(&self.world, &by, operation, &target, now.clock, Outcome::Done, started);
            self.commit(write, &[record], now.clock)?;
        }
        Ok(!due.is_empty())
    }

    /// Finds out what is due next where the last such moment has passed.
    fn renew_dues(&mut self, now: Now) -> Result<(), ServiceError> {
        for partition in self.dues.passed(now) {
            let next = records::next_due(&self.world, &partition, now);
            // What cannot be purged while its region is out stays due.
            if next.is_some_and(|next| next.at <= now.clock) || !self.store.takes_commits(&partition) {
                continue;
            }
            let mut write = Write::to(partition.clone());
            write.put_due(next);
            self.commit(write, &[], now.clock)?;
            self.dues.set(partition, next);
        }
        Ok(())
    }
}
