//! The sealed summary of a partition, renewed with each commit.

use crate::crypto::SetDigest;

use super::Partition;
use super::activity::{ActivityTag, Forgotten};

/// How often a partition was changed. It grows with every commit, and tells nothing else.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Revision(pub u64);

/// How many records a table holds, and the keyed digest of which.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Tally {
    pub(super) count: u64,
    pub(super) digest: SetDigest,
}

impl Tally {
    pub(super) const LEN: usize = 40;

    /// `u64(count) || digest`
    pub(super) fn to_bytes(self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[..8].copy_from_slice(&self.count.to_le_bytes());
        bytes[8..].copy_from_slice(&self.digest.0);
        bytes
    }

    /// The reverse of [`Tally::to_bytes`]; `None` if these are other bytes.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let (count, digest) = bytes.split_first_chunk()?;
        Some(Self { count: u64::from_le_bytes(*count), digest: SetDigest(digest.try_into().ok()?) })
    }
}

/// What must be true of a partition's records.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Head {
    pub(super) revision: Revision,
    /// Greatest time a commit stated, in Unix milliseconds.
    pub(super) last_change_ms: i64,
    pub(super) items: Tally,
    pub(super) values: Tally,
    pub(super) activity: Tally,
    /// Every other partition of the store. Only in [`Partition::GLOBAL`]; empty elsewhere.
    pub(super) partitions: Vec<Partition>,
    /// What of the activity was kept for its time.
    pub(super) forgotten: Forgotten,
}

impl Head {
    /// `u64(revision) || u64(last change) || (u64(count) || digest) of items, values, activity || u16(number of
    /// partitions) || (u8(len) || name) of each`, and where chunks of activity were forgotten `u64(how many) || tag of the last`
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let Self { revision, last_change_ms, items, values, activity, partitions, forgotten } = self;
        let mut bytes = Vec::with_capacity(256);
        bytes.extend_from_slice(&revision.0.to_le_bytes());
        bytes.extend_from_slice(&last_change_ms.to_le_bytes());
        for tally in [items, values, activity] {
            bytes.extend_from_slice(&tally.to_bytes());
        }
        let number = u16::try_from(partitions.len()).expect("there are far fewer regions than 65,536");
        bytes.extend_from_slice(&number.to_le_bytes());
        for partition in partitions {
            bytes.push(u8::try_from(partition.as_str().len()).expect("a partition's name has at most 32 bytes"));
            bytes.extend_from_slice(partition.as_str().as_bytes());
        }
        if forgotten.count > 0 {
            bytes.extend_from_slice(&forgotten.count.to_le_bytes());
            bytes.extend_from_slice(&forgotten.tag.0);
        }
        bytes
    }

    /// The reverse of [`Head::to_bytes`]; `None` if these are other bytes.
    pub(super) fn parse(mut bytes: &[u8]) -> Option<Self> {
        fn take<'a>(bytes: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
            let (taken, rest) = bytes.split_at_checked(len)?;
            *bytes = rest;
            Some(taken)
        }
        let rest = &mut bytes;
        let number = |rest: &mut &[u8]| take(rest, 8)?.try_into().ok().map(u64::from_le_bytes);
        let tally = |rest: &mut &[u8]| Tally::parse(take(rest, Tally::LEN)?);
        let mut head = Self {
            revision: Revision(number(rest)?),
            last_change_ms: number(rest)?.cast_signed(),
            items: tally(rest)?,
            values: tally(rest)?,
            activity: tally(rest)?,
            partitions: Vec::new(),
            forgotten: Forgotten::default(),
        };
        for _ in 0..u16::from_le_bytes(take(rest, 2)?.try_into().ok()?) {
            let len = usize::from(*take(rest, 1)?.first()?);
            head.partitions.push(std::str::from_utf8(take(rest, len)?).ok()?.parse().ok()?);
        }
        if !rest.is_empty() {
            head.forgotten = Forgotten { count: number(rest)?, tag: ActivityTag(take(rest, 32)?.try_into().ok()?) };
            // Where nothing was forgotten nothing is said of it: one state is written in one way.
            if head.forgotten.count == 0 {
                return None;
            }
        }
        (rest.is_empty() && head.activity.count.checked_add(head.forgotten.count).is_some()).then_some(head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_it_was_written_and_only_whole() {
        let tally = |n: u8| Tally { count: n.into(), digest: SetDigest([n; 32]) };
        let head = Head {
            revision: Revision(7),
            last_change_ms: -5,
            items: tally(1),
            values: tally(2),
            activity: tally(3),
            partitions: vec!["westeurope".parse().unwrap(), "northeurope".parse().unwrap()],
            forgotten: Forgotten::default(),
        };
        let whole = head.to_bytes().len();
        let forgetful = Head { forgotten: Forgotten { count: 4, tag: ActivityTag([5; 32]) }, ..head.clone() };
        for head in [head, forgetful] {
            let bytes = head.to_bytes();
            assert_eq!(Head::parse(&bytes), Some(head));
            for len in (0..bytes.len()).filter(|len| *len != whole) {
                assert_eq!(Head::parse(&bytes[..len]), None, "cut to {len} bytes");
            }
            assert_eq!(Head::parse(&[&*bytes, b"\0"].concat()), None);
        }
    }

    #[test]
    fn one_state_is_written_in_one_way() {
        // Found by the fuzzer.
        let bytes = Head::default().to_bytes();
        assert_eq!(Head::parse(&bytes), Some(Head::default()));
        assert_eq!(Head::parse(&[&*bytes, &[0; 40]].concat()), None, "nothing was forgotten, said at length");
    }
}
