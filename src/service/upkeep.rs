//! What a store is, whether it is whole, and all that was ever asked of it.

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Instant, SystemTime},
};

use super::{Service, ServiceError, TimeSource, regions};
use crate::{
    crypto::{KdfCost, Passphrase},
    domain::{Caller, Operation, RegionName, activity::Via},
    store::{CheckReport, Partition, Revision, Store},
};

/// What a store costs, on the disk and to open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreCost {
    /// Length of its files, in bytes.
    pub bytes: u64,
    /// What deriving the key from the passphrase costs.
    pub kdf: KdfCost,
}

/// How much of the activity was seen; at first nothing.
#[derive(Clone, Debug, Default)]
pub struct ActivityMark(pub(super) BTreeMap<Partition, u64>);

impl Service {
    /// Whether there is a store in `folder`, be it damaged or open elsewhere.
    pub fn exists(folder: &Path) -> bool {
        Store::exists(folder)
    }

    /// Makes a store in `to` from the copies that a region's folder elsewhere keeps of one that is gone; what was recovered, `None`:
    /// what belongs to no region, each with how many changes.
    pub fn recover(
        from: &Path,
        to: &Path,
        passphrase: &Passphrase,
        via: Via,
    ) -> Result<Vec<(Option<RegionName>, u64)>, ServiceError> {
        let started = Instant::now();
        let recovered = Store::recover(from, to, passphrase, regions::pair_of)?;
        // What was recovered is there, also where that could not be written down in it.
        if let Ok(mut service) = Self::open(to, passphrase, TimeSource::Computer) {
            service.log.via = via;
            service.note_by_passphrase(&Caller::by_store_passphrase(), Operation::StoreRecover, started);
            drop(service.tick());
        }
        let named =
            |(partition, revision): (Partition, Revision)| (RegionName::parse(partition.as_str()).ok(), revision.0);
        Ok(recovered.into_iter().map(named).collect())
    }

    /// What the store costs.
    pub fn cost(&self) -> Result<StoreCost, ServiceError> {
        Ok(StoreCost { bytes: self.store.size_bytes()?, kdf: self.store.cost() })
    }

    /// The store's random name, in hex.
    pub fn store_id(&self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.store.id()))
    }

    /// Opens every record of every table (T3).
    pub fn check(&self) -> Result<CheckReport, ServiceError> {
        Ok(self.store.check()?)
    }

    /// Writes down that the whole store is checked.
    pub fn note_check(&mut self, caller: &Caller) {
        self.note_by_passphrase(caller, Operation::StoreCheck, Instant::now());
    }

    /// Gives the room on the disk back that removed records took. Nothing else changes.
    pub fn compact(&mut self, caller: &Caller) -> Result<(), ServiceError> {
        let started = Instant::now();
        self.store.compact()?;
        self.note_by_passphrase(caller, Operation::StoreCompact, started);
        Ok(())
    }

    /// When the store in `folder` was last changed, as far as that can be seen without opening it.
    pub fn last_written(folder: &Path) -> Result<Option<SystemTime>, ServiceError> {
        Ok(Store::last_written(folder)?)
    }
}
