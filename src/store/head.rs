//! The sealed summary of a partition, renewed with each commit.

use crate::crypto::{Format, SetDigest};

use super::Partition;
use super::activity::{ActivityTag, Forgotten};
use super::chain::ChainTag;

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

/// How far another partition had come when a commit was made: whoever reads both knows whether one was put back (T9).
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Reference {
    pub(super) partition: Partition,
    pub(super) revision: Revision,
    pub(super) tag: ChainTag,
}

/// Where the root key in use began in a partition.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Birth {
    /// The first revision under it; 0 under the first root key.
    pub(super) revision: u64,
    /// The tag of the revision before, under the root key before.
    pub(super) before: ChainTag,
}

/// What must be true of a partition's records.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Head {
    pub(super) revision: Revision,
    /// The time that the last commit stated, in Unix milliseconds; in format 1 the greatest that any did.
    pub(super) last_change_ms: i64,
    pub(super) items: Tally,
    pub(super) values: Tally,
    pub(super) activity: Tally,
    /// Every other partition of the store. Only in [`Partition::GLOBAL`]; empty elsewhere.
    pub(super) partitions: Vec<Partition>,
    /// What of the activity was kept for its time.
    pub(super) forgotten: Forgotten,
    /// The last revision that took a value away; 0 where none did. A file that was made before holds what was purged (T10).
    pub(super) purged: u64,
    pub(super) birth: Birth,
    /// How far the others had come: in a region the global partition, in that one every region.
    pub(super) references: Vec<Reference>,
    /// What the floor above says of the moment, in bytes of its own.
    pub(super) stamp: Vec<u8>,
}

impl Head {
    /// `u64(revision) || u64(last change) || (u64(count) || digest) of items, values, activity || u16(number of
    /// partitions) || (u8(len) || name) of each`. In format 1 where chunks of activity were forgotten, and from format 2 on always,
    /// `u64(how many) || tag of the last`; from format 2 on also `u64(purged) || u64(birth) || tag before || u16(number of references)
    /// || (u8(len) || name || u64(revision) || tag) of each || u16(len) || stamp`.
    pub(super) fn to_bytes(&self, format: Format) -> Vec<u8> {
        let Self { revision, last_change_ms, items, values, activity, partitions, forgotten, .. } = self;
        let Self { purged, birth, references, stamp, .. } = self;
        let name = |bytes: &mut Vec<u8>, partition: &Partition| {
            bytes.push(u8::try_from(partition.as_str().len()).expect("a partition's name has at most 32 bytes"));
            bytes.extend_from_slice(partition.as_str().as_bytes());
        };
        let number =
            |count: usize| u16::try_from(count).expect("there are far fewer regions than 65,536").to_le_bytes();
        let mut bytes = Vec::with_capacity(512);
        bytes.extend_from_slice(&revision.0.to_le_bytes());
        bytes.extend_from_slice(&last_change_ms.to_le_bytes());
        for tally in [items, values, activity] {
            bytes.extend_from_slice(&tally.to_bytes());
        }
        bytes.extend_from_slice(&number(partitions.len()));
        for partition in partitions {
            name(&mut bytes, partition);
        }
        if format != Format::One || forgotten.count > 0 {
            bytes.extend_from_slice(&forgotten.count.to_le_bytes());
            bytes.extend_from_slice(&forgotten.tag.0);
        }
        if format != Format::One {
            bytes.extend_from_slice(&purged.to_le_bytes());
            bytes.extend_from_slice(&birth.revision.to_le_bytes());
            bytes.extend_from_slice(&birth.before.0);
            bytes.extend_from_slice(&number(references.len()));
            for Reference { partition, revision, tag } in references {
                name(&mut bytes, partition);
                bytes.extend_from_slice(&revision.0.to_le_bytes());
                bytes.extend_from_slice(&tag.0);
            }
            let len = u16::try_from(stamp.len()).expect("a stamp is at most 4 KiB");
            bytes.extend_from_slice(&len.to_le_bytes());
            bytes.extend_from_slice(stamp);
        }
        bytes
    }

    /// The reverse of [`Head::to_bytes`]; `None` if these are other bytes.
    pub(super) fn parse(format: Format, mut bytes: &[u8]) -> Option<Self> {
        fn take<'a>(bytes: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
            bytes.split_off(..len)
        }
        fn name(bytes: &mut &[u8]) -> Option<Partition> {
            let len = usize::from(*take(bytes, 1)?.first()?);
            std::str::from_utf8(take(bytes, len)?).ok()?.parse().ok()
        }
        let rest = &mut bytes;
        let number = |rest: &mut &[u8]| take(rest, 8)?.try_into().ok().map(u64::from_le_bytes);
        let short = |rest: &mut &[u8]| take(rest, 2)?.try_into().ok().map(u16::from_le_bytes);
        let tag = |rest: &mut &[u8]| take(rest, 32)?.try_into().ok();
        let tally = |rest: &mut &[u8]| Tally::parse(take(rest, Tally::LEN)?);
        let mut head = Self {
            revision: Revision(number(rest)?),
            last_change_ms: number(rest)?.cast_signed(),
            items: tally(rest)?,
            values: tally(rest)?,
            activity: tally(rest)?,
            ..Self::default()
        };
        for _ in 0..short(rest)? {
            head.partitions.push(name(rest)?);
        }
        match format {
            Format::One if rest.is_empty() => {}
            Format::One | Format::Two => {
                head.forgotten = Forgotten { count: number(rest)?, tag: ActivityTag(tag(rest)?) };
                // Where nothing was forgotten format 1 says nothing of it: one state is written in one way.
                if format == Format::One && head.forgotten.count == 0 {
                    return None;
                }
            }
        }
        if format == Format::Two {
            head.purged = number(rest)?;
            head.birth = Birth { revision: number(rest)?, before: ChainTag(tag(rest)?) };
            for _ in 0..short(rest)? {
                let (partition, revision) = (name(rest)?, Revision(number(rest)?));
                head.references.push(Reference { partition, revision, tag: ChainTag(tag(rest)?) });
            }
            let len = usize::from(short(rest)?);
            head.stamp = take(rest, len)?.to_vec();
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
        let first = Head {
            revision: Revision(7),
            last_change_ms: -5,
            items: tally(1),
            values: tally(2),
            activity: tally(3),
            partitions: vec!["westeurope".parse().unwrap(), "northeurope".parse().unwrap()],
            ..Head::default()
        };
        let forgetful = Head { forgotten: Forgotten { count: 4, tag: ActivityTag([5; 32]) }, ..first.clone() };
        let reference =
            Reference { partition: "westeurope".parse().unwrap(), revision: Revision(3), tag: ChainTag([6; 32]) };
        let second = Head {
            purged: 6,
            birth: Birth { revision: 5, before: ChainTag([4; 32]) },
            references: vec![reference],
            stamp: b"stamp".to_vec(),
            ..forgetful.clone()
        };
        let whole = first.to_bytes(Format::One).len();
        for (format, head) in [(Format::One, first), (Format::One, forgetful), (Format::Two, second)] {
            let bytes = head.to_bytes(format);
            assert_eq!(Head::parse(format, &bytes), Some(head));
            for len in (0..bytes.len()).filter(|len| format == Format::Two || *len != whole) {
                assert_eq!(Head::parse(format, &bytes[..len]), None, "cut to {len} bytes");
            }
            assert_eq!(Head::parse(format, &[&*bytes, b"\0"].concat()), None);
        }
    }

    #[test]
    fn one_state_is_written_in_one_way() {
        // Found by the fuzzer.
        let bytes = Head::default().to_bytes(Format::One);
        assert_eq!(Head::parse(Format::One, &bytes), Some(Head::default()));
        assert_eq!(
            Head::parse(Format::One, &[&*bytes, &[0; 40]].concat()),
            None,
            "nothing was forgotten, said at length"
        );
    }
}
