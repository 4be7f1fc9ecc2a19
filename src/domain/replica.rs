//! The files a region's content is kept in: two replicas in the region, and a copy in its pair (A1, A2).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Timestamp;

/// One of the two replicas of a region (A1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ReplicaName {
    /// Replica A.
    A,
    /// Replica B.
    B,
}

impl ReplicaName {
    /// Both.
    pub const ALL: [Self; 2] = [Self::A, Self::B];

    /// `A` or `B`.
    pub const fn letter(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
        }
    }
}

impl fmt::Display for ReplicaName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.letter())
    }
}

/// Why a replica, or a copy, is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplicaFault {
    /// Somebody plays that it failed.
    Simulated,
    /// Its file, or the folder it lies in, is not there.
    Missing,
    /// Its content was changed, cut short or put back from another time.
    Damaged,
    /// It and the others were changed apart from each other, so that none is the other's past.
    Diverged,
    /// The system refuses: what it said.
    Failing(String),
}

impl ReplicaFault {
    /// For people, to stand after a name: `Replica A: …`.
    pub fn words(&self) -> String {
        match self {
            Self::Simulated => "failed by you".into(),
            Self::Missing => "missing".into(),
            Self::Damaged => "damaged".into(),
            Self::Diverged => "changed apart from the region".into(),
            Self::Failing(said) => said.clone(),
        }
    }
}

/// How a replica, or a copy, stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplicaState {
    /// It holds what it should hold.
    Current,
    /// It is there and misses the latest changes, which are on their way or wait.
    Behind,
    /// It is written anew from another; so much is done, 0 to 100.
    Rebuilding {
        /// Percent.
        percent: u8,
    },
    /// It is left out.
    Failed(ReplicaFault),
}

/// Why a region does not serve.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum OutageCause {
    /// Somebody plays it.
    #[default]
    Simulated,
    /// None of its replicas can be read.
    Lost,
}

/// What is played to have failed, each since when (A3, A4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Part {
    /// A replica of the region.
    Replica(ReplicaName),
    /// The link from the region to its pair.
    Link,
}

/// A part of a region that is played to have failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartOutage {
    /// Since when.
    pub since: Timestamp,
}
