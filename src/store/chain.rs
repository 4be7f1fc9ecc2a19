//! Batches as they are kept and shipped: sealed, numbered, and each bound to all before it.

use std::collections::BTreeSet;
use std::ops::{ControlFlow, Range};

use ring::digest::{SHA256, digest};

use crate::crypto::{Format, NotAuthentic, RecordId, sealed_len};

use super::activity::{ActivityTag, FRAME_LEN as ACTIVITY_FRAME_LEN, framed};
use super::batch::Change;
use super::engine::Address;
use super::head::{Head, Reference};
use super::seals::{Kind, Seals, Slot};
use super::shards::Shard;
use super::{Batch, Partition, Table, Watch};

/// What a batch and all before it come to.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct ChainTag(pub(super) [u8; 32]);

/// Where a replica stands in the chain, and which batches it still has. Sealed with each commit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Chain {
    /// The revision that the tag belongs to.
    pub(super) revision: u64,
    pub(super) tag: ChainTag,
    /// The first batch that is still kept; one more than the revision where none is.
    pub(super) first: u64,
    /// What the batches that are kept take, in bytes.
    pub(super) bytes: u64,
    /// The revision that this file was made with: its pages never held what was gone by then. Of the file, as the batches kept are.
    pub(super) made: u64,
}

impl Chain {
    /// The chain of a replica whose past is not known: it begins with the state there is.
    pub(super) fn beginning(seals: &Seals, head: &Head) -> Self {
        let tag = seals.chain(&ChainTag::default(), &head.to_bytes(seals.format()), &[0; 32]);
        let revision = head.revision.0;
        Self { revision, tag, first: revision + 1, bytes: 0, made: 0 }
    }

    /// `u64(revision) || tag || u64(first batch kept) || u64(bytes of the batches kept)`, from format 2 on `|| u64(made)`
    pub(super) fn to_bytes(self, format: Format) -> Vec<u8> {
        let Self { revision, tag, first, bytes, made } = self;
        let mut all = [&revision.to_le_bytes()[..], &tag.0, &first.to_le_bytes(), &bytes.to_le_bytes()].concat();
        if format != Format::One {
            all.extend_from_slice(&made.to_le_bytes());
        }
        all
    }

    /// The reverse of [`Chain::to_bytes`]; `None` if these are other bytes.
    pub(super) fn parse(format: Format, mut bytes: &[u8]) -> Option<Self> {
        let rest = &mut bytes;
        let revision = u64::from_le_bytes(take(rest)?);
        let tag = ChainTag(take(rest)?);
        let (first, bytes) = (u64::from_le_bytes(take(rest)?), u64::from_le_bytes(take(rest)?));
        let made = if format == Format::One { 0 } else { u64::from_le_bytes(take(rest)?) };
        rest.is_empty().then_some(Self { revision, tag, first, bytes, made })
    }
}

/// One change, sealed.
pub(super) struct Op {
    pub(super) at: Address,
    /// Where its bytes are in the batch; `None`: the record is removed.
    sealed: Option<Range<usize>>,
}

/// A batch, sealed: what it does, in the order of the records.
pub(super) struct SealedBatch {
    /// `op …`, as it is kept and shipped.
    encoded: Vec<u8>,
    pub(super) ops: Vec<Op>,
    pub(super) digest: [u8; 32],
    /// What is said of the moment of the change.
    pub(super) at: At,
    /// The list of partitions that takes the place of the one there is, if any does.
    pub(super) partitions: Option<Vec<Partition>>,
    /// The tag of the newest chunk of activity after it, where it appends any.
    pub(super) activity: Option<ActivityTag>,
}

/// What a commit says of its moment.
#[derive(Clone, Debug, Default)]
pub(super) struct At {
    /// The time of the change, in Unix milliseconds.
    pub(super) ms: i64,
    /// What the floor above says of it.
    pub(super) stamp: Vec<u8>,
    /// How far the other partitions are.
    pub(super) references: Vec<Reference>,
}

const REMOVED: u8 = 0x80;

impl SealedBatch {
    /// Seals `batch` to follow `head`, whose newest chunk of activity has the tag `activity`. `watch` hears how many records are
    /// sealed.
    pub(super) fn seal(
        seals: &Seals,
        head: &Head,
        activity: ActivityTag,
        at: At,
        batch: Batch,
        partitions: Option<Vec<Partition>>,
        watch: Watch<'_>,
    ) -> ControlFlow<(), Self> {
        let mut new = Self {
            encoded: Vec::new(),
            ops: Vec::new(),
            digest: [0; 32],
            at: match seals.format() {
                Format::One => At { ms: head.last_change_ms.max(at.ms), ..At::default() },
                Format::Two => at,
            },
            partitions,
            activity: None,
        };
        // Told beforehand, so that a long batch is not moved about while it grows.
        new.encoded.reserve_exact(batch.changes.iter().map(room_of).sum());
        new.ops.reserve_exact(batch.changes.len());
        let mut sequences = head.activity_range();
        let mut changes = Vec::with_capacity(batch.changes.len());
        for change in batch.changes {
            match change {
                Change::AppendActivity(body) => {
                    let sequence = sequences.end;
                    let body = framed(&new.activity.unwrap_or(activity), &body);
                    new.activity = Some(seals.activity_tag(sequence, &body));
                    new.push(Address::Activity(sequence), Some(&seals.seal(&seals.activity(sequence), &body)));
                    sequences.end += 1;
                }
                Change::ForgetActivity(count) => {
                    for sequence in sequences.by_ref().take(count as usize) {
                        new.push(Address::Activity(sequence), None);
                    }
                }
                Change::Put(table, key, body) => changes.push((table, seals.record(table, &key), Some(body))),
                Change::Remove(table, key) => changes.push((table, seals.record(table, &key), None)),
            }
        }
        // Many records go into a tree far faster in its own order. A stable sort, as of one record the last change counts.
        changes.sort_by_key(|(table, slot, _)| (*table, slot.id));
        for (done, (table, slot, body)) in changes.into_iter().enumerate() {
            let at = match table {
                Table::Items => Address::Item(slot.id),
                Table::Values => Address::Value(slot.id),
            };
            new.push(at, body.map(|body| seals.seal(&slot, &body)).as_deref());
            if watch(done + 1).is_break() {
                return ControlFlow::Break(());
            }
        }
        new.digest = sha_256(&new.encoded);
        ControlFlow::Continue(new)
    }

    /// The sealed record of one of its changes.
    pub(super) fn sealed(&self, op: &Op) -> Option<&[u8]> {
        op.sealed.clone().map(|range| &self.encoded[range])
    }

    /// The shards it changes.
    pub(super) fn shards(&self) -> BTreeSet<Shard> {
        self.ops.iter().filter_map(|op| shard_of(op.at)).collect()
    }

    /// Whether it takes a value away.
    pub(super) fn removes_values(&self) -> bool {
        self.ops.iter().any(|op| matches!(op.at, Address::Value(_)) && op.sealed.is_none())
    }

    /// Its length in bytes.
    pub(super) fn len(&self) -> usize {
        self.encoded.len()
    }

    fn push(&mut self, at: Address, sealed: Option<&[u8]>) {
        let (kind, key): (Kind, &[u8]) = match &at {
            Address::Item(id) => (Kind::Item, &id.0),
            Address::Value(id) => (Kind::Value, &id.0),
            Address::Activity(sequence) => (Kind::Activity, &sequence.to_le_bytes()),
            Address::Single(_) | Address::Shard(_) | Address::Batch(_) => return,
        };
        let sealed = match sealed {
            None => {
                self.encoded.push(kind as u8 | REMOVED);
                self.encoded.extend_from_slice(key);
                None
            }
            Some(sealed) => {
                self.encoded.push(kind as u8);
                self.encoded.extend_from_slice(key);
                let len = u32::try_from(sealed.len()).expect("a record is far below 4 GiB");
                self.encoded.extend_from_slice(&len.to_le_bytes());
                self.encoded.extend_from_slice(sealed);
                Some(self.encoded.len() - sealed.len()..self.encoded.len())
            }
        };
        self.ops.push(Op { at, sealed });
    }
}

/// A batch as it is kept: what it does, bound to what was before and to what it makes of the partition.
pub(super) struct Link {
    pub(super) batch: SealedBatch,
    pub(super) previous: ChainTag,
    pub(super) tag: ChainTag,
    pub(super) head: Head,
    /// The bytes it was read from.
    pub(super) bytes: Vec<u8>,
}

impl Link {
    /// `tag || u32(len(sealed state)) || sealed state || op …` where the state is `previous tag || body of the head`.
    pub(super) fn to_bytes(
        seals: &Seals,
        batch: &SealedBatch,
        previous: &ChainTag,
        tag: &ChainTag,
        head: &Head,
    ) -> Vec<u8> {
        let state = [&previous.0[..], &head.to_bytes(seals.format())].concat();
        let sealed = seals.seal(&seals.batch(head.revision.0), &state);
        let len = u32::try_from(sealed.len()).expect("a head is far below 4 GiB");
        [&tag.0[..], &len.to_le_bytes(), &sealed, &batch.encoded].concat()
    }

    /// The reverse of [`Link::to_bytes`]. Whether it follows what is there is asked when it is applied.
    pub(super) fn parse(seals: &Seals, revision: u64, bytes: Vec<u8>) -> Result<Self, NotAuthentic> {
        let mut rest = &bytes[..];
        let tag = ChainTag(take(&mut rest).ok_or(NotAuthentic)?);
        let len = u32::from_le_bytes(take(&mut rest).ok_or(NotAuthentic)?) as usize;
        let (sealed, encoded) = rest.split_at_checked(len).ok_or(NotAuthentic)?;
        let state = seals.open(&seals.batch(revision), sealed)?;
        let mut state = &state[..];
        let previous = ChainTag(take(&mut state).ok_or(NotAuthentic)?);
        let head = Head::parse(seals.format(), state).ok_or(NotAuthentic)?;
        let digest = sha_256(encoded);
        if head.revision.0 != revision || seals.chain(&previous, &head.to_bytes(seals.format()), &digest) != tag {
            return Err(NotAuthentic);
        }
        let ops = parse_ops(encoded).ok_or(NotAuthentic)?;
        let partitions = (!head.partitions.is_empty()).then(|| head.partitions.clone());
        let encoded = encoded.to_vec();
        let at = At { ms: head.last_change_ms, stamp: head.stamp.clone(), references: head.references.clone() };
        let batch = SealedBatch { encoded, ops, digest, at, partitions, activity: None };
        Ok(Self { batch, previous, tag, head, bytes })
    }
}

/// The room that a change takes in a batch, in bytes: at most so much.
fn room_of(change: &Change) -> usize {
    const FRAME: usize = 1 + size_of::<RecordId>() + size_of::<u32>();
    match change {
        Change::AppendActivity(body) => FRAME + sealed_len(ACTIVITY_FRAME_LEN + body.len()),
        Change::Put(_, _, body) => FRAME + sealed_len(body.len()),
        Change::ForgetActivity(count) => FRAME * *count as usize,
        Change::Remove(..) => FRAME,
    }
}

/// The place by which a record is sealed.
pub(super) fn slot_of(seals: &Seals, at: Address) -> Slot {
    match at {
        Address::Item(id) => Slot { kind: Kind::Item, id },
        Address::Value(id) => Slot { kind: Kind::Value, id },
        Address::Activity(sequence) => seals.activity(sequence),
        Address::Single(_) | Address::Shard(_) | Address::Batch(_) => unreachable!("a batch has none of these"),
    }
}

/// The shard a record belongs to, if to any.
pub(super) fn shard_of(at: Address) -> Option<Shard> {
    match at {
        Address::Item(id) => Some(Shard { table: Table::Items, first: id.0[0] }),
        Address::Value(id) => Some(Shard { table: Table::Values, first: id.0[0] }),
        _ => None,
    }
}

fn parse_ops(encoded: &[u8]) -> Option<Vec<Op>> {
    let mut ops = Vec::new();
    let mut rest = encoded;
    while let Some((&kind, after)) = rest.split_first() {
        rest = after;
        let at = match kind & !REMOVED {
            1 => Address::Item(RecordId(take(&mut rest)?)),
            2 => Address::Value(RecordId(take(&mut rest)?)),
            3 => Address::Activity(u64::from_le_bytes(take(&mut rest)?)),
            _ => return None,
        };
        let sealed = if kind & REMOVED == 0 {
            let len = u32::from_le_bytes(take(&mut rest)?) as usize;
            let begin = encoded.len() - rest.len();
            rest = rest.get(len..)?;
            Some(begin..begin + len)
        } else {
            None
        };
        ops.push(Op { at, sealed });
    }
    Some(ops)
}

fn sha_256(bytes: &[u8]) -> [u8; 32] {
    digest(&SHA256, bytes).as_ref().try_into().expect("SHA-256 has 32 bytes")
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(*taken)
}
