//! What a partition's records add up to, in parts: so that one record can be trusted without looking at all of them.

use crate::crypto::RecordId;

use super::Table;
use super::engine::Address;
use super::head::{Head, Tally};
use super::seals::{Kind, Slot};

const SHARDS: usize = 256;

/// Part of a table: the records whose ids begin with this byte.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Shard {
    pub(super) table: Table,
    pub(super) first: u8,
}

impl Shard {
    /// The one that a record belongs to.
    pub(super) fn of(table: Table, slot: &Slot) -> Self {
        Self { table, first: slot.id.0[0] }
    }

    /// Every shard of a partition.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let of_table = |table| (0..=u8::MAX).map(move |first| Self { table, first });
        of_table(Table::Items).chain(of_table(Table::Values))
    }

    /// The number it has in the file: `kind * 256 + first byte`.
    pub(super) fn number(self) -> u16 {
        u16::from_le_bytes([self.first, Kind::from(self.table) as u8])
    }

    /// The first and the last address that a record of it can have.
    pub(super) fn addresses(self) -> (Address, Address) {
        let (mut least, mut most) = ([0; 32], [u8::MAX; 32]);
        least[0] = self.first;
        most[0] = self.first;
        (self.table.address(RecordId(least)), self.table.address(RecordId(most)))
    }
}

/// What each shard of a partition adds up to.
#[derive(Clone, Eq, PartialEq)]
pub(super) struct Shards {
    items: Box<[Tally; SHARDS]>,
    values: Box<[Tally; SHARDS]>,
}

impl Default for Shards {
    fn default() -> Self {
        Self { items: Box::new([Tally::default(); SHARDS]), values: Box::new([Tally::default(); SHARDS]) }
    }
}

impl Shards {
    pub(super) fn get(&self, shard: Shard) -> Tally {
        match shard.table {
            Table::Items => self.items[usize::from(shard.first)],
            Table::Values => self.values[usize::from(shard.first)],
        }
    }

    pub(super) fn get_mut(&mut self, shard: Shard) -> &mut Tally {
        match shard.table {
            Table::Items => &mut self.items[usize::from(shard.first)],
            Table::Values => &mut self.values[usize::from(shard.first)],
        }
    }

    /// Whether together they are what the head states.
    pub(super) fn add_up_to(&self, head: &Head) -> bool {
        self.total(Table::Items) == Some(head.items) && self.total(Table::Values) == Some(head.values)
    }

    /// What a table adds up to; `None` when it would be more than any file holds.
    pub(super) fn total(&self, table: Table) -> Option<Tally> {
        let shards = match table {
            Table::Items => &self.items,
            Table::Values => &self.values,
        };
        let mut total = Tally::default();
        for shard in shards.iter() {
            total.count = total.count.checked_add(shard.count)?;
            total.digest.toggle(&shard.digest);
        }
        Some(total)
    }
}
