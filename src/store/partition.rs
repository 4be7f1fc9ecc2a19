//! The name of a partition.

use std::fmt;
use std::str::FromStr;

/// One part of a store, in a folder of its own: a region's, or the one for what belongs to no region.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Partition(std::borrow::Cow<'static, str>);

/// A name that no partition can have.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a partition is named by 1 to 32 lowercase letters and digits")]
pub struct NotAPartition;

impl Partition {
    /// What belongs to no region. Every store has it.
    pub const GLOBAL: Self = Self(std::borrow::Cow::Borrowed("global"));

    /// The name: `[a-z0-9]{1,32}`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Partition {
    type Err = NotAPartition;

    fn from_str(name: &str) -> Result<Self, NotAPartition> {
        let is_fit = (1..=32).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if is_fit { Ok(Self(name.to_owned().into())) } else { Err(NotAPartition) }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_is_named_so_that_its_folder_stays_where_it_is() {
        for name in ["global", "westeurope", "uswest2", "a"] {
            assert_eq!(name.parse::<Partition>().unwrap().as_str(), name);
        }
        let long = "a".repeat(33);
        for name in ["", "..", "a/b", "a\\b", "West", "west europe", "c:", "ä", long.as_str()] {
            assert_eq!(name.parse::<Partition>(), Err(NotAPartition), "{name:?}");
        }
        assert_eq!("global".parse(), Ok(Partition::GLOBAL));
    }
}
