//! What is done to a replica's records within one commit, and how they are compared with what they should be.

use std::ops::ControlFlow;

use zeroize::Zeroizing;

use crate::crypto::{Format, NotAuthentic};

use super::Table;
use super::activity::{ActivityChunk, Forgotten};
use super::chain::{Chain, SealedBatch, shard_of, slot_of};
use super::engine::{Address, Changes, Records};
use super::head::{Head, Tally};
use super::seals::{Kind, Seals, Slot};
use super::shards::{Shard, Shards};
use super::shield::Fault;

/// So many batches are kept at least, for replicas that come back.
const KEPT_BATCHES: u64 = 256;
/// More than this, in bytes, is not kept for whoever is behind: he gets all records then.
const MOST_KEPT: u64 = 64 << 20;
/// So many batches go with one commit at most, so that none waits for a long tidying up.
const MOST_FORGOTTEN: u64 = 1_024;

pub(super) fn put_single(changes: &mut dyn Changes, seals: &Seals, kind: Kind, plain: &[u8]) -> Result<(), Fault> {
    changes.put(Address::Single(kind as u8), &seals.seal(&seals.single(kind), plain))?;
    Ok(())
}

pub(super) fn get_single(
    records: &dyn Records,
    seals: &Seals,
    kind: Kind,
) -> Result<Option<Zeroizing<Vec<u8>>>, Fault> {
    let found = records.get(Address::Single(kind as u8))?;
    Ok(found.map(|sealed| seals.open(&seals.single(kind), &sealed)).transpose()?)
}

/// What the file states of its shards, which nobody has compared with anything yet.
pub(super) fn get_shards(records: &dyn Records, seals: &Seals) -> Result<Shards, Fault> {
    let mut shards = Shards::default();
    for shard in Shard::all() {
        if let Some(sealed) = records.get(Address::Shard(shard.number()))? {
            let body = seals.open(&seals.shard(shard), &sealed)?;
            *shards.get_mut(shard) = Tally::parse(&body).ok_or(NotAuthentic)?;
        }
    }
    Ok(shards)
}

/// Puts in place what these shards add up to.
pub(super) fn put_shards(
    changes: &mut dyn Changes,
    seals: &Seals,
    shards: &Shards,
    changed: impl IntoIterator<Item = Shard>,
) -> Result<(), Fault> {
    for shard in changed {
        let sealed = seals.seal(&seals.shard(shard), &shards.get(shard).to_bytes());
        changes.put(Address::Shard(shard.number()), &sealed)?;
    }
    Ok(())
}

/// Makes the changes of a batch, and keeps account of them in `head` and `shards`.
pub(super) fn apply_batch(
    changes: &mut dyn Changes,
    seals: &Seals,
    batch: &SealedBatch,
    head: &mut Head,
    shards: &mut Shards,
) -> Result<(), Fault> {
    head.revision.0 += 1;
    head.last_change_ms = batch.at.ms;
    head.stamp.clone_from(&batch.at.stamp);
    head.references.clone_from(&batch.at.references);
    if seals.format() != Format::One && batch.removes_values() {
        head.purged = head.revision.0;
    }
    if let Some(partitions) = &batch.partitions {
        head.partitions.clone_from(partitions);
    }
    for op in &batch.ops {
        let slot = slot_of(seals, op.at);
        let sealed = batch.sealed(op);
        let before = match sealed {
            Some(sealed) => changes.put(op.at, sealed)?,
            None => changes.remove(op.at)?,
        };
        let chunks = head.activity_range();
        let tally = match (op.at, shard_of(op.at)) {
            (_, Some(shard)) => shards.get_mut(shard),
            // Nothing but the next chunk is ever appended, nothing but the oldest is forgotten, and none is ever changed.
            (Address::Activity(sequence), None) => match (&before, sealed) {
                (None, Some(_)) if sequence == chunks.end => &mut head.activity,
                (Some(before), None) if sequence == chunks.start => {
                    let tag = ActivityChunk::open(seals, sequence, before)?.tag();
                    head.forgotten = Forgotten { count: sequence + 1, tag };
                    &mut head.activity
                }
                _ => return Err(NotAuthentic.into()),
            },
            _ => return Err(NotAuthentic.into()),
        };
        if let Some(before) = &before {
            tally.digest.toggle(&seals.digest(&slot, before)?);
            tally.count = tally.count.checked_sub(1).ok_or(NotAuthentic)?;
        }
        if let Some(sealed) = sealed {
            tally.digest.toggle(&seals.digest(&slot, sealed)?);
            tally.count += 1;
        }
    }
    head.items = shards.total(Table::Items).ok_or(NotAuthentic)?;
    head.values = shards.total(Table::Values).ok_or(NotAuthentic)?;
    Ok(())
}

/// Keeps a batch for those who are behind; `None`: it is too long, and so is what was kept before of no use any more.
pub(super) fn keep_batch(changes: &mut dyn Changes, chain: &mut Chain, kept: Option<&[u8]>) -> Result<(), Fault> {
    if let Some(bytes) = kept {
        changes.put(Address::Batch(chain.revision), bytes)?;
        chain.bytes += bytes.len() as u64;
    } else {
        forget_batches(changes, chain.first, u64::MAX)?;
        chain.first = chain.revision + 1;
        chain.bytes = 0;
    }
    Ok(())
}

/// Which batches are kept although all others have them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Keep {
    /// The latest, for replicas that come back.
    Latest,
    /// None: something was purged, and shall not live on in what is kept.
    None,
}

/// Forgets batches that others have, up to `shipped`, but for those that are kept; and, when they come to too much, the oldest
/// whoever lacks them.
pub(super) fn forget_shipped(
    changes: &mut dyn Changes,
    chain: &mut Chain,
    shipped: u64,
    keep: Keep,
) -> Result<(), Fault> {
    let kept = match keep {
        Keep::Latest => KEPT_BATCHES,
        Keep::None => 0,
    };
    for _ in 0..MOST_FORGOTTEN {
        let is_known = chain.first <= shipped.min(chain.revision.saturating_sub(kept));
        let is_too_much = MOST_KEPT < chain.bytes;
        if !(is_known || is_too_much) || chain.revision < chain.first {
            break;
        }
        let forgotten = changes.remove(Address::Batch(chain.first))?.ok_or(NotAuthentic)?;
        chain.bytes = chain.bytes.saturating_sub(forgotten.len() as u64);
        chain.first += 1;
    }
    Ok(())
}

/// Forgets these batches.
pub(super) fn forget_batches(changes: &mut dyn Changes, first: u64, last: u64) -> Result<(), Fault> {
    let mut found = Vec::new();
    changes.range(Address::Batch(first), Address::Batch(last), &mut |at, _| {
        found.push(at);
        Ok(ControlFlow::Continue(()))
    })?;
    for at in found {
        changes.remove(at)?;
    }
    Ok(())
}

/// Compares the items and values there are with those the head states, without opening them; tells what their shards
/// add up to.
pub(super) fn verify(records: &dyn Records, seals: &Seals, head: &Head) -> Result<Shards, Fault> {
    let mut shards = Shards::default();
    for ((first, last), stated) in [(Address::ITEMS, head.items), (Address::VALUES, head.values)] {
        let mut count = 0;
        records.range(first, last, &mut |at, sealed| {
            let tally = shards.get_mut(shard_of(at).ok_or(NotAuthentic)?);
            tally.count += 1;
            tally.digest.toggle(&seals.digest(&slot_of(seals, at), sealed)?);
            // Pages that lead back to each other would never end.
            count += 1;
            if stated.count < count { Err(NotAuthentic.into()) } else { Ok(ControlFlow::Continue(())) }
        })?;
    }
    if shards.add_up_to(head) { Ok(shards) } else { Err(NotAuthentic.into()) }
}

/// Compares where the activity begins and ends with the head: a chunk missing in between is noticed when it is read.
pub(super) fn verify_activity(records: &dyn Records, head: &Head) -> Result<(), Fault> {
    let chunks = head.activity_range();
    for at in [chunks.clone().next(), chunks.clone().next_back()].into_iter().flatten() {
        records.get(Address::Activity(at))?.ok_or(NotAuthentic)?;
    }
    let mut has_others = false;
    let mut other = |_, _: &[u8]| {
        has_others = true;
        Ok(ControlFlow::Break(()))
    };
    if let Some(last) = chunks.start.checked_sub(1) {
        records.range(Address::Activity(0), Address::Activity(last), &mut other)?;
    }
    records.range(Address::Activity(chunks.end), Address::Activity(u64::MAX), &mut other)?;
    if has_others { Err(NotAuthentic.into()) } else { Ok(()) }
}

/// Compares a shard with what it should be, and picks out the record `wanted`. From one record to the next, so that a
/// way down the tree that leads past a record cannot make it seem missing.
pub(super) fn find_in_shard(
    records: &(impl Records + ?Sized),
    seals: &Seals,
    shard: Shard,
    stated: Tally,
    wanted: Option<Address>,
) -> Result<Option<Vec<u8>>, Fault> {
    let mut tally = Tally::default();
    let mut picked = None;
    let (first, last) = shard.addresses();
    records.range(first, last, &mut |at, sealed| {
        let slot: Slot = slot_of(seals, at);
        tally.count += 1;
        tally.digest.toggle(&seals.digest(&slot, sealed)?);
        if stated.count < tally.count {
            return Err(NotAuthentic.into());
        }
        if wanted == Some(at) {
            picked = Some(sealed.to_vec());
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if tally == stated { Ok(picked) } else { Err(NotAuthentic.into()) }
}
