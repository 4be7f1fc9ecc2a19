//! Sealing the records of one partition, each for its own place.

use std::sync::Arc;

use zeroize::Zeroizing;

use crate::crypto::{Context, Format, NotAuthentic, RecordId, Sealer, SetDigest};

use super::activity::ActivityTag;
use super::chain::ChainTag;
use super::shards::Shard;
use super::{Key, Partition, Table};

/// What a sealed record can be. The numbers are fixed by the format.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Item = 1,
    Value = 2,
    Activity = 3,
    Head = 4,
    Profile = 5,
    Mark = 6,
    Shard = 7,
    Batch = 8,
    Chain = 9,
    CopyMark = 10,
    HighWater = 11,
}

impl Kind {
    /// What goes into record ids for it; fixed by the format.
    fn name(self) -> &'static [u8] {
        match self {
            Self::Item => b"item",
            Self::Value => b"value",
            Self::Activity => b"activity",
            Self::Head => b"head",
            Self::Profile => b"profile",
            Self::Mark => b"mark",
            Self::Shard => b"shard",
            Self::Batch => b"batch",
            Self::Chain => b"chain",
            Self::CopyMark => b"copy mark",
            Self::HighWater => b"high water",
        }
    }
}

impl From<Table> for Kind {
    fn from(table: Table) -> Self {
        match table {
            Table::Items => Self::Item,
            Table::Values => Self::Value,
        }
    }
}

/// The place of one record: sealed for it, a record opens nowhere else.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    pub(super) kind: Kind,
    pub(super) id: RecordId,
}

/// Seals and opens the records of one partition.
#[derive(Clone)]
pub(super) struct Seals {
    pub(super) partition: Partition,
    sealer: Arc<Sealer>,
}

impl Seals {
    pub(super) fn new(partition: Partition, sealer: Arc<Sealer>) -> Self {
        Self { partition, sealer }
    }

    /// The format that is sealed.
    pub(super) fn format(&self) -> Format {
        self.sealer.format()
    }

    /// What sealed this partition before the root key was renewed last; `None`: it never was.
    pub(super) fn before(&self) -> Option<Self> {
        let sealer = Arc::new(self.sealer.before()?);
        Some(Self { partition: self.partition.clone(), sealer })
    }

    /// Which of the root keys that the store has had seals this: 1, 2, ….
    pub(super) fn generation(&self) -> u32 {
        self.sealer.keys().generation()
    }

    /// The name of a record whose name under `old`, an earlier root key of the store, is known.
    pub(super) fn id_since(&self, old: &Self, id: &RecordId) -> RecordId {
        self.sealer.id_since(old.generation(), id)
    }

    /// `record id = HMAC(partition, "item" or "value", parts of the key …)`
    ///
    /// With the table in it, the file does not show which value belongs to which item.
    pub(super) fn record(&self, table: Table, key: &Key) -> Slot {
        self.slot(table.into(), key.parts())
    }

    /// `record id = HMAC(partition, "activity", u64(sequence))`
    pub(super) fn activity(&self, sequence: u64) -> Slot {
        self.slot(Kind::Activity, [&sequence.to_le_bytes()[..]])
    }

    /// `record id = HMAC(partition, "head" or "profile" or "mark")`, for what there is one of.
    pub(super) fn single(&self, kind: Kind) -> Slot {
        self.slot(kind, [])
    }

    /// `record id = HMAC(partition, "shard", u16(number))`
    pub(super) fn shard(&self, shard: Shard) -> Slot {
        self.slot(Kind::Shard, [&shard.number().to_le_bytes()[..]])
    }

    /// `record id = HMAC(partition, "batch", u64(revision))`
    pub(super) fn batch(&self, revision: u64) -> Slot {
        self.slot(Kind::Batch, [&revision.to_le_bytes()[..]])
    }

    /// The tag of a batch: of all before it, of what it makes of the partition, and of what it does.
    pub(super) fn chain(&self, previous: &ChainTag, head: &[u8], changes: &[u8; 32]) -> ChainTag {
        ChainTag(self.sealer.chain(self.partition.as_str().as_bytes(), &previous.0, head, changes))
    }

    /// The tag of a chunk of activity, which covers all before it by way of the tag that it begins with.
    pub(super) fn activity_tag(&self, sequence: u64, chunk: &[u8]) -> ActivityTag {
        ActivityTag(self.sealer.activity_tag(self.partition.as_str().as_bytes(), sequence, chunk))
    }

    pub(super) fn seal(&self, slot: &Slot, plain: &[u8]) -> Vec<u8> {
        self.sealer.seal(context(slot), plain)
    }

    pub(super) fn open(&self, slot: &Slot, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, NotAuthentic> {
        self.sealer.open(context(slot), sealed)
    }

    pub(super) fn digest(&self, slot: &Slot, sealed: &[u8]) -> Result<SetDigest, NotAuthentic> {
        self.sealer.digest(context(slot), sealed)
    }

    fn slot<'a>(&'a self, kind: Kind, parts: impl IntoIterator<Item = &'a [u8]>) -> Slot {
        let mut all = vec![self.partition.as_str().as_bytes(), kind.name()];
        all.extend(parts);
        Slot { kind, id: self.sealer.record_id(&all) }
    }
}

fn context(slot: &Slot) -> Context<'_> {
    Context { kind: slot.kind as u8, id: &slot.id }
}
