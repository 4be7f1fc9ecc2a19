//! A region's outage, failover and failback, as a function of time (A4–A7).
//!
//! What is kept are facts: when the region went, when it came back, how long things take. The state follows from
//! them and from `now`; nothing has to happen for it to change.

use serde::{Deserialize, Serialize};

use super::{RegionName, Timestamp, replica::OutageCause};

/// How a simulated outage plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailoverPlan {
    /// From the loss of the region to the moment its pair serves, in seconds.
    pub failover_secs: u32,
    /// From the region's return to the moment it serves again, in seconds.
    pub failback_secs: u32,
    /// What share of requests fails while failing over, 0 to 100.
    pub failing_percent: u8,
}

impl FailoverPlan {
    /// "Minutes", as the guidance says (A4).
    pub const USUAL: Self = Self { failover_secs: 120, failback_secs: 30, failing_percent: 50 };
    /// Short enough to be watched.
    pub const DEMO: Self = Self { failover_secs: 8, failback_secs: 4, failing_percent: 50 };

    /// The first quarter of the failover passes before the loss is noticed; in it every request fails.
    const fn noticed_after_ms(self) -> i64 {
        self.failover_secs as i64 * 250
    }
}

/// A region's outage: facts only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outage {
    /// When the region was lost.
    pub began: Timestamp,
    /// When it returned.
    pub returned: Option<Timestamp>,
    /// How it plays.
    pub plan: FailoverPlan,
    /// Why.
    pub cause: OutageCause,
    /// How far the region had come and how far its pair had, in changes, when it was lost; `None` where that is not known.
    pub reached: Option<Reached>,
}

/// How far a region and its pair had come, each in changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// The changes that were reported as done.
    pub region: u64,
    /// Those of them that the pair has; what it serves.
    pub pair: u64,
}

/// How a region stands at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegionState {
    /// It serves everything.
    Healthy,
    /// It is gone and nobody stands in for it. `until` is when failing over begins; never without a pair (A7).
    Outage {
        /// When it was lost.
        since: Timestamp,
        /// When failing over begins.
        until: Option<Timestamp>,
    },
    /// Requests are being moved to the pair; a share of them fails (A4).
    FailingOver {
        /// When it was lost.
        since: Timestamp,
        /// When the pair serves all reads.
        until: Timestamp,
        /// The pair.
        to: RegionName,
    },
    /// The pair serves, read-only (A5).
    ReadOnly {
        /// When the region was lost.
        lost: Timestamp,
        /// When the pair began to serve all reads.
        since: Timestamp,
        /// The pair.
        serving: RegionName,
    },
    /// The region is back; the pair still serves, read-only, until requests have moved back (A6).
    FailingBack {
        /// When the region returned.
        since: Timestamp,
        /// When it serves again.
        until: Timestamp,
        /// The pair.
        serving: RegionName,
    },
}

impl Outage {
    /// A simulated outage that begins at `now`.
    pub const fn new(now: Timestamp, plan: FailoverPlan) -> Self {
        Self { began: now, returned: None, plan, cause: OutageCause::Simulated, reached: None }
    }

    /// The state of the region at `now`, when its data stands also in `pair`.
    pub fn state(&self, pair: Option<RegionName>, now: Timestamp) -> RegionState {
        let noticed = self.began.plus_ms(self.plan.noticed_after_ms());
        let failed_over = self.began.plus_secs(i64::from(self.plan.failover_secs));
        let Some(pair) = pair else {
            return match self.returned {
                Some(returned) if returned <= now => RegionState::Healthy,
                _ => RegionState::Outage { since: self.began, until: None },
            };
        };
        if let Some(returned) = self.returned.filter(|returned| *returned <= now) {
            // Back before anything had moved: there is nothing to move back.
            let until = returned.plus_secs(i64::from(self.plan.failback_secs));
            return if returned < failed_over || until <= now {
                RegionState::Healthy
            } else {
                RegionState::FailingBack { since: returned, until, serving: pair }
            };
        }
        if now < noticed {
            RegionState::Outage { since: self.began, until: Some(noticed) }
        } else if now < failed_over {
            RegionState::FailingOver { since: self.began, until: failed_over, to: pair }
        } else {
            RegionState::ReadOnly { lost: self.began, since: failed_over, serving: pair }
        }
    }

    /// Whether the region was back at `now`.
    pub fn has_returned(&self, now: Timestamp) -> bool {
        self.returned.is_some_and(|returned| returned <= now)
    }

    /// When the state changes next by itself.
    pub fn next_change(&self, pair: Option<RegionName>, now: Timestamp) -> Option<Timestamp> {
        let until = match self.state(pair, now) {
            RegionState::Healthy | RegionState::ReadOnly { .. } => None,
            RegionState::Outage { until, .. } => until,
            RegionState::FailingOver { until, .. } | RegionState::FailingBack { until, .. } => Some(until),
        };
        // A clock that went back can stand before a return that was seen already.
        let returns = self.returned.filter(|returned| now < *returned);
        [until, returns].into_iter().flatten().min()
    }

    /// This outage as it would stand had all of it happened `ms` milliseconds earlier.
    #[must_use]
    pub fn earlier_by_ms(self, ms: i64) -> Self {
        let earlier = |moment: Timestamp| moment.plus_ms(ms.saturating_neg());
        Self { began: earlier(self.began), returned: self.returned.map(earlier), ..self }
    }
}

impl RegionState {
    /// The word for a badge.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Healthy => "Read and write",
            Self::Outage { .. } => "Outage",
            Self::FailingOver { .. } => "Failing over",
            Self::ReadOnly { .. } => "Read-only",
            Self::FailingBack { .. } => "Failing back",
        }
    }

    /// Whether everything is served.
    pub const fn is_healthy(&self) -> bool {
        matches!(self, Self::Healthy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: FailoverPlan = FailoverPlan { failover_secs: 120, failback_secs: 30, failing_percent: 50 };

    fn word(outage: Outage, has_pair: bool, secs: i64) -> &'static str {
        let pair = has_pair.then(|| RegionName::parse("northeurope").unwrap());
        outage.state(pair, Timestamp::from_secs(secs)).word()
    }

    #[test]
    fn a_region_with_a_pair_goes_through_every_state_by_itself() {
        // A4, A5, A6
        let mut outage = Outage::new(Timestamp::from_secs(0), PLAN);
        assert_eq!(word(outage, true, 0), "Outage");
        assert_eq!(word(outage, true, 30), "Failing over");
        assert_eq!(word(outage, true, 119), "Failing over");
        assert_eq!(word(outage, true, 120), "Read-only");
        assert_eq!(word(outage, true, 1_000_000), "Read-only");
        outage.returned = Some(Timestamp::from_secs(1_000_000));
        assert_eq!(word(outage, true, 1_000_000), "Failing back");
        assert_eq!(word(outage, true, 1_000_030), "Read and write");
    }

    #[test]
    fn a_region_without_a_pair_stays_unavailable_until_it_returns() {
        // A7
        let mut outage = Outage::new(Timestamp::from_secs(0), PLAN);
        assert_eq!(word(outage, false, 1_000_000), "Outage");
        assert_eq!(outage.next_change(None, Timestamp::from_secs(1)), None);
        outage.returned = Some(Timestamp::from_secs(2_000_000));
        assert_eq!(word(outage, false, 2_000_000), "Read and write");
    }

    #[test]
    fn a_region_that_returns_before_the_failover_simply_serves_again() {
        let mut outage = Outage::new(Timestamp::from_secs(0), PLAN);
        outage.returned = Some(Timestamp::from_secs(60));
        assert_eq!(word(outage, true, 60), "Read and write");
    }

    #[test]
    fn the_next_change_is_told_so_that_nobody_has_to_poll() {
        let outage = Outage::new(Timestamp::from_secs(0), PLAN);
        let pair = RegionName::parse("northeurope").ok();
        assert_eq!(outage.next_change(pair, Timestamp::from_secs(0)), Some(Timestamp::from_secs(30)));
        assert_eq!(outage.next_change(pair, Timestamp::from_secs(30)), Some(Timestamp::from_secs(120)));
        assert_eq!(outage.next_change(pair, Timestamp::from_secs(120)), None);
    }
}
