//! In which order two regions come back that copy to each other.

use tresor::domain::Caller;

use super::plain::*;
use super::play::Bench;
use super::steps::REGIONS;
use crate::desk::*;

/// When the pair of a region comes back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Back {
    Before,
    After,
}

impl Bench {
    /// The pair of a region, where both are out, and which of the two comes back first: the one that was lost last. What it took
    /// while its pair was out is not in the pair; the tests of regions see to what is told of that.
    pub(super) fn both_out(&self, at: usize) -> Option<(usize, Back)> {
        let pair = pair_of(at).filter(|pair| self.model.is_gone(at) && self.model.is_gone(*pair))?;
        let last = self.lost.iter().rfind(|lost| [at, pair].contains(lost))?;
        Some((pair, if *last == pair { Back::Before } else { Back::After }))
    }

    pub(super) fn return_region(&mut self, by: &Caller, at: usize) {
        // A region that is back alone takes writes at once, and purges what is due.
        self.desk.service.tick().unwrap();
        self.model.purge_due();
        self.desk.service.end_outage(by, region(REGIONS[at])).unwrap();
        self.model.outages.get_mut(&at).unwrap().returned = Some(self.model.now);
        self.desk.service.tick().unwrap();
        self.model.purge_due();
    }
}
