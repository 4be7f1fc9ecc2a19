//! What the window draws from: immutable, cheap to hand over.

use std::{path::Path, sync::Arc};

use imbl::Vector;

use super::{Profile, RegionView, StoreClock};
use crate::{
    domain::{
        Caller, Operation, Refusal, RegionName, Target, Timestamp, World, activity::Record, history::History,
        region::FailoverPlan,
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
    /// All of it, as far as it was read; `None`: nobody asked for it.
    pub history: Option<History>,
    /// The store's clock; it goes on.
    pub clock: StoreClock,
    /// Before then, by the clock, nothing is kept beyond its date; `None`: nothing can be.
    pub(super) kept_from: Option<Timestamp>,
    /// The regions that hold something, and what of.
    pub regions: Arc<[RegionView]>,
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
    /// A region, if it holds something.
    pub fn region(&self, region: RegionName) -> Option<&RegionView> {
        self.regions.iter().find(|view| view.region == region)
    }

    /// How many changes of a region were reported as done.
    pub fn revision(&self, region: RegionName) -> u64 {
        self.region(region).map_or(0, |view| view.revision)
    }

    /// The store's time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// How much there is whose date has passed, and that is kept because it is not proven that so much time has passed (T6).
    pub fn held_back(&self) -> usize {
        let now = self.clock.moment();
        if self.kept_from.is_some_and(|from| from <= now.clock) { self.world.held_back(now) } else { 0 }
    }

    /// Whether `caller` may do `operation` to `target` now: the question of a button.
    pub fn may(&self, caller: &Caller, operation: Operation, target: &Target) -> Result<(), Refusal> {
        self.clock.admit(operation)?;
        self.world.may(caller, operation, target, self.clock.moment())
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
