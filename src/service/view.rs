//! What the window draws from: immutable, cheap to hand over.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use imbl::Vector;

use super::{Profile, StoreClock};
use crate::{
    domain::{
        Caller, Operation, Refusal, RegionName, Target, Timestamp, World, activity::Record, region::FailoverPlan,
    },
    store::Place,
};

/// A store as it is at a moment.
#[derive(Clone, Debug)]
pub struct View {
    /// Everything but the values.
    pub world: World,
    /// The latest activity, newest last.
    pub activity: Vector<Arc<Record>>,
    /// The store's clock; it goes on.
    pub clock: StoreClock,
    /// How many changes each region has seen.
    pub changes: BTreeMap<RegionName, u64>,
    /// What the store is.
    pub store: StoreInfo,
}

/// What a store is and where it lies.
#[derive(Clone, Debug)]
pub struct StoreInfo {
    /// Where it lies.
    pub place: Place,
    /// What it was made as.
    pub profile: Profile,
}

impl StoreInfo {
    /// The folder it lies in; `None`: in memory.
    pub fn folder(&self) -> Option<&Path> {
        match &self.place {
            Place::Folder(folder) => Some(folder),
            Place::Memory => None,
        }
    }
}

impl View {
    /// The store's time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whether `caller` may do `operation` to `target` now: the question of a button.
    pub fn may(&self, caller: &Caller, operation: Operation, target: &Target) -> Result<(), Refusal> {
        self.clock.admit(operation)?;
        self.world.may(caller, operation, target, self.now())
    }
}

impl StoreInfo {
    /// How an outage plays when nothing else is said: short enough to be watched where nothing is kept.
    pub const fn failover_plan(&self) -> FailoverPlan {
        match self.place {
            Place::Folder(_) => FailoverPlan::USUAL,
            Place::Memory => FailoverPlan::DEMO,
        }
    }
}
