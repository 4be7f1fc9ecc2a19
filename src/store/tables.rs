//! The tables of a partition's redb file, and what is done within one transaction on them.

use std::collections::BTreeSet;

use redb::{
    Database, Durability, Range, ReadTransaction, ReadableTable, Table as OpenTable, TableDefinition, WriteTransaction,
};
use zeroize::Zeroizing;

use crate::crypto::{NotAuthentic, RecordId};

use super::batch::Change;
use super::head::{Head, Tally};
use super::seals::{Kind, Seals, Slot};
use super::shards::{Shard, Shards};
use super::shield::Fault;
use super::{Batch, Key, Table, Watch};

type Records = TableDefinition<'static, &'static [u8; 32], &'static [u8]>;

const ITEMS: Records = TableDefinition::new("items");
const VALUES: Records = TableDefinition::new("values");
const ACTIVITY: TableDefinition<'static, u64, &'static [u8]> = TableDefinition::new("activity");
/// What there is one of, by the number of its [`Kind`]: the head and, in the global partition, the profile.
const SINGLES: TableDefinition<'static, u8, &'static [u8]> = TableDefinition::new("singles");

/// What was compared with the head when a partition was opened.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Trust {
    /// Every record.
    Records,
    /// Only what the shards add up to; a shard is compared when it is touched.
    Shards,
}

impl Table {
    fn definition(self) -> Records {
        match self {
            Self::Items => ITEMS,
            Self::Values => VALUES,
        }
    }
}

/// What each shard adds up to, by its number. A shard that is not there is empty.
const SHARDS: TableDefinition<'static, u16, &'static [u8]> = TableDefinition::new("shards");

/// A transaction that is on the disk once it is committed. Two phases, so that redb never takes an older state for the
/// newest one when a page of the newest is damaged.
pub(super) fn begin_write(database: &Database) -> Result<WriteTransaction, Fault> {
    let mut txn = database.begin_write()?;
    txn.set_durability(Durability::Immediate)?;
    txn.set_two_phase_commit(true);
    Ok(txn)
}

/// Makes the tables of an empty partition.
pub(super) fn create(txn: &WriteTransaction) -> Result<(), Fault> {
    txn.open_table(ITEMS)?;
    txn.open_table(VALUES)?;
    txn.open_table(ACTIVITY)?;
    txn.open_table(SINGLES)?;
    txn.open_table(SHARDS)?;
    Ok(())
}

pub(super) fn put_single(txn: &WriteTransaction, seals: &Seals, kind: Kind, plain: &[u8]) -> Result<(), Fault> {
    let sealed = seals.seal(&seals.single(kind), plain);
    txn.open_table(SINGLES)?.insert(kind as u8, sealed.as_slice())?;
    Ok(())
}

pub(super) fn get_single(txn: &ReadTransaction, seals: &Seals, kind: Kind) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let found = txn.open_table(SINGLES)?.get(kind as u8)?.ok_or(NotAuthentic)?;
    Ok(seals.open(&seals.single(kind), found.value())?)
}

pub(super) fn get_head(txn: &ReadTransaction, seals: &Seals) -> Result<Head, Fault> {
    Ok(Head::parse(&get_single(txn, seals, Kind::Head)?).ok_or(NotAuthentic)?)
}

/// What the file states of its shards, which nobody has compared with anything yet.
pub(super) fn get_shards(txn: &ReadTransaction, seals: &Seals) -> Result<Shards, Fault> {
    let mut shards = Shards::default();
    let table = match txn.open_table(SHARDS) {
        Ok(table) => table,
        // Made by a program that kept no account of them.
        Err(redb::TableError::TableDoesNotExist(_)) => return Ok(shards),
        Err(error) => return Err(error.into()),
    };
    for shard in Shard::all() {
        if let Some(sealed) = table.get(shard.number())? {
            let body = seals.open(&seals.shard(shard), sealed.value())?;
            *shards.get_mut(shard) = Tally::parse(&body).ok_or(NotAuthentic)?;
        }
    }
    Ok(shards)
}

/// Puts in place what these shards add up to.
pub(super) fn put_shards(
    txn: &WriteTransaction,
    seals: &Seals,
    shards: &Shards,
    changed: impl IntoIterator<Item = Shard>,
) -> Result<(), Fault> {
    let mut table = txn.open_table(SHARDS)?;
    for shard in changed {
        let sealed = seals.seal(&seals.shard(shard), &shards.get(shard).to_bytes());
        table.insert(shard.number(), sealed.as_slice())?;
    }
    Ok(())
}

/// Makes the changes and keeps account of them in `head` and `shards`, which the caller puts in place with the same
/// transaction; tells which shards changed. With `Trust::Shards` each of them is compared first with what it should be.
pub(super) fn apply(
    txn: &WriteTransaction,
    seals: &Seals,
    head: &mut Head,
    shards: &mut Shards,
    batch: Batch,
    trust: Trust,
    watch: Watch<'_>,
) -> Result<BTreeSet<Shard>, Fault> {
    let mut items = txn.open_table(ITEMS)?;
    let mut values = txn.open_table(VALUES)?;
    let mut activity = txn.open_table(ACTIVITY)?;
    let mut changes = Vec::with_capacity(batch.changes.len());
    for change in batch.changes {
        match change {
            Change::AppendActivity(body) => {
                let sequence = head.activity.count;
                let slot = seals.activity(sequence);
                let sealed = seals.seal(&slot, &body);
                if activity.insert(sequence, sealed.as_slice())?.is_some() {
                    return Err(NotAuthentic.into());
                }
                head.activity.count += 1;
                head.activity.digest.toggle(&seals.digest(&slot, &sealed)?);
            }
            Change::Put(table, key, body) => changes.push((table, seals.record(table, &key), Some(body))),
            Change::Remove(table, key) => changes.push((table, seals.record(table, &key), None)),
        }
    }
    // Many records go into a tree far faster in its own order. A stable sort, as of one record the last change counts.
    changes.sort_by_key(|(table, slot, _)| (*table, slot.id));
    let touched: BTreeSet<_> = changes.iter().map(|(table, slot, _)| Shard::of(*table, slot)).collect();
    for shard in touched.iter().filter(|_| trust == Trust::Shards) {
        let records = match shard.table {
            Table::Items => &items,
            Table::Values => &values,
        };
        find_in_shard(records, seals, *shard, shards.get(*shard), None)?;
    }
    for (done, (table, slot, body)) in changes.into_iter().enumerate() {
        let records = match table {
            Table::Items => &mut items,
            Table::Values => &mut values,
        };
        let tally = shards.get_mut(Shard::of(table, &slot));
        match body {
            Some(body) => put(records, tally, seals, &slot, &body)?,
            None => remove(records, tally, seals, &slot)?,
        }
        if watch(done + 1).is_break() {
            return Err(Fault::Cancelled);
        }
    }
    for (table, stated) in [(Table::Items, &mut head.items), (Table::Values, &mut head.values)] {
        *stated = shards.total(table).ok_or(NotAuthentic)?;
    }
    Ok(touched)
}

/// The record under `key`, found by way of its shard, which is compared with what it should be.
pub(super) fn read_in_shard(
    txn: &ReadTransaction,
    seals: &Seals,
    shards: &Shards,
    table: Table,
    key: &Key,
) -> Result<Option<Zeroizing<Vec<u8>>>, Fault> {
    let slot = seals.record(table, key);
    let shard = Shard::of(table, &slot);
    let records = txn.open_table(table.definition())?;
    let found = find_in_shard(&records, seals, shard, shards.get(shard), Some(&slot))?;
    Ok(found.map(|sealed| seals.open(&slot, &sealed)).transpose()?)
}

pub(super) fn read(
    txn: &ReadTransaction,
    seals: &Seals,
    table: Table,
    key: &Key,
) -> Result<Option<Zeroizing<Vec<u8>>>, Fault> {
    let slot = seals.record(table, key);
    let Some(found) = txn.open_table(table.definition())?.get(&slot.id.0)? else { return Ok(None) };
    Ok(Some(seals.open(&slot, found.value())?))
}

/// Every record of a table, one at a time.
pub(super) struct Scan {
    range: Range<'static, &'static [u8; 32], &'static [u8]>,
    kind: Kind,
}

impl Scan {
    pub(super) fn new(txn: &ReadTransaction, table: Table) -> Result<Self, Fault> {
        let range = txn.open_table(table.definition())?.range::<&[u8; 32]>(..)?;
        Ok(Self { range, kind: table.into() })
    }

    /// The next record, opened.
    pub(super) fn next(&mut self, seals: &Seals) -> Result<Option<Zeroizing<Vec<u8>>>, Fault> {
        let Some(found) = self.range.next() else { return Ok(None) };
        let (id, sealed) = found?;
        let slot = Slot { kind: self.kind, id: RecordId(*id.value()) };
        Ok(Some(seals.open(&slot, sealed.value())?))
    }
}

/// Up to `most` chunks, newest first.
pub(super) fn recent_activity(
    txn: &ReadTransaction,
    seals: &Seals,
    head: &Head,
    most: usize,
) -> Result<Vec<Zeroizing<Vec<u8>>>, Fault> {
    let chunks = txn.open_table(ACTIVITY)?;
    let newest_first = (0..head.activity.count).rev().take(most);
    newest_first
        .map(|sequence| {
            let found = chunks.get(sequence)?.ok_or(NotAuthentic)?;
            Ok(seals.open(&seals.activity(sequence), found.value())?)
        })
        .collect()
}

/// Compares the items and values there are with those the head states, without opening them; tells what their shards
/// add up to.
pub(super) fn verify(txn: &ReadTransaction, seals: &Seals, head: &Head) -> Result<Shards, Fault> {
    let mut shards = Shards::default();
    for (table, stated) in [(Table::Items, head.items), (Table::Values, head.values)] {
        let mut count = 0;
        for found in txn.open_table(table.definition())?.range::<&[u8; 32]>(..)? {
            let (id, sealed) = found?;
            let slot = Slot { kind: table.into(), id: RecordId(*id.value()) };
            let tally = shards.get_mut(Shard::of(table, &slot));
            tally.count += 1;
            tally.digest.toggle(&seals.digest(&slot, sealed.value())?);
            // Pages that lead back to each other would never end.
            count += 1;
            if stated.count < count {
                return Err(NotAuthentic.into());
            }
        }
    }
    if shards.add_up_to(head) { Ok(shards) } else { Err(NotAuthentic.into()) }
}

/// Compares the number of chunks of activity with the head's: one missing in between is noticed when it is read.
pub(super) fn verify_activity(txn: &ReadTransaction, head: &Head) -> Result<(), Fault> {
    let newest = txn.open_table(ACTIVITY)?.last()?.map(|(sequence, _)| sequence.value());
    if newest.map_or(0, |sequence| sequence.saturating_add(1)) == head.activity.count {
        Ok(())
    } else {
        Err(NotAuthentic.into())
    }
}

/// Opens every record, and finds each item and value by its name too, which is another way through the file than from
/// one to the next.
pub(super) fn check(txn: &ReadTransaction, seals: &Seals, head: &Head) -> Result<(), Fault> {
    verify(txn, seals, head)?;
    verify_activity(txn, head)?;
    for table in [Table::Items, Table::Values] {
        let records = txn.open_table(table.definition())?;
        for found in records.range::<&[u8; 32]>(..)? {
            let (id, sealed) = found?;
            let slot = Slot { kind: table.into(), id: RecordId(*id.value()) };
            seals.open(&slot, sealed.value())?;
            records.get(&slot.id.0)?.ok_or(NotAuthentic)?;
        }
    }
    let mut tally = Tally::default();
    for (found, sequence) in txn.open_table(ACTIVITY)?.range::<u64>(..)?.zip(0..) {
        let (number, sealed) = found?;
        if number.value() != sequence {
            return Err(NotAuthentic.into());
        }
        let slot = seals.activity(sequence);
        seals.open(&slot, sealed.value())?;
        tally.count += 1;
        tally.digest.toggle(&seals.digest(&slot, sealed.value())?);
    }
    if tally == head.activity { Ok(()) } else { Err(NotAuthentic.into()) }
}

/// Compares a shard with what it should be, and picks out the record of `wanted`. From one record to the next, so that a
/// way down the tree that leads past a record cannot make it seem missing.
fn find_in_shard(
    records: &impl ReadableTable<&'static [u8; 32], &'static [u8]>,
    seals: &Seals,
    shard: Shard,
    stated: Tally,
    wanted: Option<&Slot>,
) -> Result<Option<Vec<u8>>, Fault> {
    let mut tally = Tally::default();
    let mut picked = None;
    let ids = shard.ids();
    for found in records.range::<&[u8; 32]>(ids.start()..=ids.end())? {
        let (id, sealed) = found?;
        let slot = Slot { kind: shard.table.into(), id: RecordId(*id.value()) };
        tally.count += 1;
        tally.digest.toggle(&seals.digest(&slot, sealed.value())?);
        if stated.count < tally.count {
            return Err(NotAuthentic.into());
        }
        if wanted.is_some_and(|wanted| wanted.id == slot.id) {
            picked = Some(sealed.value().to_vec());
        }
    }
    if tally == stated { Ok(picked) } else { Err(NotAuthentic.into()) }
}

type OpenRecords<'txn> = OpenTable<'txn, &'static [u8; 32], &'static [u8]>;

fn put(records: &mut OpenRecords<'_>, tally: &mut Tally, seals: &Seals, slot: &Slot, body: &[u8]) -> Result<(), Fault> {
    let sealed = seals.seal(slot, body);
    tally.digest.toggle(&seals.digest(slot, &sealed)?);
    match records.insert(&slot.id.0, sealed.as_slice())? {
        Some(replaced) => tally.digest.toggle(&seals.digest(slot, replaced.value())?),
        None => tally.count += 1,
    }
    Ok(())
}

fn remove(records: &mut OpenRecords<'_>, tally: &mut Tally, seals: &Seals, slot: &Slot) -> Result<(), Fault> {
    if let Some(removed) = records.remove(&slot.id.0)? {
        tally.digest.toggle(&seals.digest(slot, removed.value())?);
        tally.count = tally.count.checked_sub(1).ok_or(NotAuthentic)?;
    }
    Ok(())
}
