//! What a backup of a secret holds (§2.7).

use serde::{Deserialize, Serialize};

use super::{Refusal, RegionName};

/// A backup holds at most this many versions.
pub const MOST_VERSIONS: usize = 500;

/// Where a backup was made: it is restored in the same subscription and geography only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The subscription's id.
    pub subscription: String,
    /// The geography of the vault's region.
    pub geography: String,
}

impl Origin {
    /// The origin of what stands in `region`.
    pub fn of(subscription: &str, region: RegionName) -> Self {
        Self { subscription: subscription.to_owned(), geography: region.region().geography.to_string() }
    }

    /// Whether something from here may be restored at `destination`.
    pub fn admit_restore(&self, destination: &Self) -> Result<(), Refusal> {
        if self.subscription != destination.subscription {
            return Err(Refusal::BackupOfAnotherSubscription);
        }
        if self.geography != destination.geography {
            let (from, to) = (self.geography.clone(), destination.geography.clone());
            return Err(Refusal::BackupOfAnotherGeography { from, to });
        }
        Ok(())
    }
}

/// Whether something with so many versions is small enough for a backup.
pub fn admit_backup(found: usize) -> Result<(), Refusal> {
    if found > MOST_VERSIONS { Err(Refusal::TooManyVersions { found }) } else { Ok(()) }
}
