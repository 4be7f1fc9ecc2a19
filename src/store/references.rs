//! What the parts of a store say of each other, and what this computer remembers: whoever puts back an older file is told by what
//! the others say (T9).

use std::ops::ControlFlow;

use super::chain::At;
use super::head::Reference;
use super::high_water::{HighWater, IsComparable};
use super::mark::Durable;
use super::opening::Older;
use super::region::{Region, UNKNOWN};
use super::{Batch, Partition, Revision, Source, Store, StoreError};

/// Who knows how far a part had come.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Witness {
    /// Another part of the store.
    Part(Partition),
    /// This computer.
    Memory,
}

impl Witness {
    fn words(&self) -> String {
        match self {
            Self::Part(partition) => format!("{partition} records"),
            Self::Memory => "this computer last saw".into(),
        }
    }
}

/// How a part stands to what is known of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Standing {
    /// It has all that is known.
    Follows,
    /// It is older.
    Older,
    /// It went another way.
    Apart,
}

impl Store {
    /// What a commit to `partition` at `ms` says of its moment.
    pub(super) fn moment(&self, partition: &Partition, ms: i64) -> At {
        let region = self.region(partition);
        let last = || region.as_ref().map(|region| region.head.stamp.clone());
        let stamp = self.stamp.clone().or_else(last).unwrap_or_default();
        drop(region);
        let mut references = self.references_for(partition);
        references.sort_by(|a, b| a.partition.cmp(&b.partition));
        At { ms, stamp, references }
    }

    /// How far the others are, as far as `partition` keeps that. Of what cannot be read now, what was known before is kept.
    fn references_for(&self, partition: &Partition) -> Vec<Reference> {
        let kept = self.region(partition).map(|region| region.head.references.clone()).unwrap_or_default();
        let others = self.regions.iter().filter(|(other, _)| {
            *other != partition && (*partition == Partition::GLOBAL || **other == Partition::GLOBAL)
        });
        let now = others.filter_map(|(other, region)| {
            let region = region.borrow();
            let before = || kept.iter().find(|kept| kept.partition == *other).cloned();
            if region.serves() { Some(region.reference()) } else { before() }
        });
        now.collect()
    }

    /// Compares every part with what the others and this computer know of it. One that is older is not served; where that is the
    /// part that belongs to no region, nothing is.
    pub(super) fn compare_references(&mut self) -> Result<(), StoreError> {
        let mut known = Vec::new();
        for (partition, region) in &self.regions {
            // Also of a part that does not serve: what it says was true once.
            let said = region.borrow().newest_references();
            known.extend(said.into_iter().map(|said| (said, IsComparable::Yes, Witness::Part(partition.clone()))));
        }
        let remembered = self.high_water.iter().flat_map(HighWater::known);
        known.extend(remembered.map(|(known, is_comparable)| (known, is_comparable, Witness::Memory)));
        if self.older == Older::Accepted {
            return self.accept_older();
        }
        for (reference, is_comparable, witness) in known {
            let Some(mut region) = self.region(&reference.partition) else { continue };
            let standing = region.standing(&reference, is_comparable);
            if standing == Standing::Follows {
                continue;
            }
            let partition = reference.partition.clone();
            let what = match standing {
                Standing::Older => format!(
                    "{partition} is at change {}, but {} change {}",
                    region.newest_revision(),
                    witness.words(),
                    reference.revision.0
                ),
                Standing::Apart | Standing::Follows => {
                    format!("{partition} has diverged: {} a different change {}", witness.words(), reference.revision.0)
                }
            };
            if partition == Partition::GLOBAL {
                return Err(StoreError::Older { what });
            }
            region.refuse_below(reference.revision, standing);
            // Files that are gone or damaged are told of as that.
            if region.replicas.iter().any(|slot| slot.usable().is_some()) {
                region
                    .notices
                    .push(format!("Files of a region are older than its last known state and are not served: {what}."));
            }
        }
        Ok(())
    }

    /// Takes what is there for the state of the store, and makes all that is known of it say so.
    fn accept_older(&mut self) -> Result<(), StoreError> {
        if let Some(high_water) = &mut self.high_water {
            high_water.forget();
        }
        for region in self.regions.values() {
            let mut region = region.borrow_mut();
            region.open_second();
            if !region.serves() && region.settle_for_less() {
                region.write_mark(region.head.revision.0, Durable::Now)?;
            }
        }
        self.refer_anew()
    }

    /// Renews what the parts say of each other, where a part legitimately is at less than they knew.
    pub(super) fn refer_anew(&mut self) -> Result<(), StoreError> {
        // Twice through: what the first says of those after it is old by then.
        let mut names = self.partitions();
        names.sort_by_key(|name| *name != Partition::GLOBAL);
        names.push(Partition::GLOBAL);
        for name in names {
            let ms = self.region(&name).map(|region| region.head.last_change_ms).unwrap_or_default();
            let at = self.moment(&name, ms);
            if let Some(mut region) = self.region(&name)
                && region.serves()
                && region.source == Source::Region
            {
                region.commit(at, Batch::new(), None, &mut |_| ControlFlow::Continue(()))?;
            }
        }
        self.keep_high_water();
        Ok(())
    }

    /// Brings up to date what the part that belongs to no region says of the others. For the end of a long opening: a commit
    /// takes it along by itself.
    pub fn refer_to_regions(&mut self) -> Result<(), StoreError> {
        let wanted = self.references_for(&Partition::GLOBAL);
        let is_stale = self.region(&Partition::GLOBAL).is_some_and(|global| {
            global.serves() && global.seals.format() != crate::crypto::Format::One && global.head.references != wanted
        });
        if is_stale {
            let ms = self.last_change_ms();
            let at = self.moment(&Partition::GLOBAL, ms);
            if let Some(mut global) = self.region(&Partition::GLOBAL) {
                global.commit(at, Batch::new(), None, &mut |_| ControlFlow::Continue(()))?;
            }
            self.keep_high_water();
        }
        Ok(())
    }

    /// Has this computer remember how far the parts are.
    pub(super) fn keep_high_water(&mut self) {
        let Some(mut high_water) = self.high_water.take() else { return };
        let serving = self.regions.values().filter_map(|region| {
            let region = region.borrow();
            region.serves().then(|| region.reference())
        });
        high_water.keep(serving, self.stamp.as_deref());
        self.high_water = Some(high_water);
    }
}

impl Region {
    /// How far it is.
    fn reference(&self) -> Reference {
        Reference { partition: self.seals.partition.clone(), revision: self.head.revision, tag: self.chain.tag }
    }

    /// What the newest of its files that can be read says of others.
    fn newest_references(&self) -> Vec<Reference> {
        if self.serves() {
            return self.head.references.clone();
        }
        let newest = self.replicas.iter().filter_map(super::slot::Slot::usable);
        newest
            .max_by_key(|replica| replica.head().revision)
            .map(|replica| replica.head().references.clone())
            .unwrap_or_default()
    }

    fn newest_revision(&self) -> u64 {
        self.replicas.iter().filter_map(super::slot::Slot::revision).max().unwrap_or(self.head.revision.0)
    }

    fn standing(&self, known: &Reference, is_comparable: IsComparable) -> Standing {
        let floor = if self.floor == UNKNOWN { 0 } else { self.floor };
        // What its mark or its copy knows already is looked after by itself.
        if !self.serves() && known.revision.0 <= floor {
            return Standing::Follows;
        }
        let (revision, tag) = (self.head.revision, self.chain.tag);
        match revision.cmp(&known.revision) {
            std::cmp::Ordering::Less => Standing::Older,
            std::cmp::Ordering::Equal if is_comparable == IsComparable::Yes && tag != known.tag => Standing::Apart,
            // A renewed root key begins a chain of its own.
            std::cmp::Ordering::Greater
                if is_comparable == IsComparable::Yes && self.head.birth.revision <= known.revision.0 =>
            {
                let after =
                    self.serving().and_then(|serving| serving.batches_after(known.revision.0, 1).ok().flatten());
                let is_apart = after.is_some_and(|links| links.first().is_some_and(|link| link.previous != known.tag));
                if is_apart { Standing::Apart } else { Standing::Follows }
            }
            std::cmp::Ordering::Equal | std::cmp::Ordering::Greater => Standing::Follows,
        }
    }

    /// Does not serve what is below what is known of it.
    fn refuse_below(&mut self, known: Revision, standing: Standing) {
        // What went another way from there is not it at all.
        let least = if standing == Standing::Apart { self.head.revision.0.max(known.0) + 1 } else { known.0 };
        self.floor = if self.floor == UNKNOWN { UNKNOWN } else { self.floor.max(least) };
        self.open_second();
        self.settle();
        self.has_changed = true;
    }
}
