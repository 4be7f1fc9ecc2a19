//! What is put into a store in one step.

use std::ops::ControlFlow;

use zeroize::Zeroizing;

use crate::crypto::RecordId;

use super::engine::Address;

/// The tables a record can be put into and read from by its key.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Table {
    /// What is known about things: read wholly when a store is opened.
    Items,
    /// What is kept secret: read one by one, when it is asked for.
    Values,
}

impl Table {
    /// Where a record of it is kept.
    pub(super) fn address(self, id: RecordId) -> Address {
        match self {
            Self::Items => Address::Item(id),
            Self::Values => Address::Value(id),
        }
    }
}

impl Table {
    /// The first and the last place that a record of it can be kept at.
    pub(super) fn addresses(self) -> (Address, Address) {
        match self {
            Self::Items => Address::ITEMS,
            Self::Values => Address::VALUES,
        }
    }
}

/// What a record is called: its parts, each after its length. The store keeps only a keyed hash of it. Wiped on drop.
pub struct Key(Zeroizing<Vec<u8>>);

impl Key {
    /// A record called by these parts, in this order.
    #[expect(clippy::missing_panics_doc, reason = "the sentence in `expect` says why it does not happen")]
    pub fn of(parts: &[&[u8]]) -> Self {
        let len = parts.iter().map(|part| LENGTH_LEN + part.len()).sum();
        let mut key = Zeroizing::new(Vec::with_capacity(len));
        for part in parts {
            let len = u32::try_from(part.len()).expect("names are short");
            key.extend_from_slice(&len.to_le_bytes());
            key.extend_from_slice(part);
        }
        Self(key)
    }

    pub(super) fn parts(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = self.0.as_slice();
        std::iter::from_fn(move || {
            let (len, after) = rest.split_first_chunk::<LENGTH_LEN>()?;
            let (part, after) = after.split_at(u32::from_le_bytes(*len) as usize);
            rest = after;
            Some(part)
        })
    }
}

const LENGTH_LEN: usize = size_of::<u32>();

/// Hears how many records of a batch are sealed, and may break it off while nothing of it is durable.
pub type Watch<'a> = &'a mut dyn FnMut(usize) -> ControlFlow<()>;

/// Changes that become durable together or not at all, in the order they were added.
#[derive(Default)]
pub struct Batch {
    pub(super) changes: Vec<Change>,
}

pub(super) enum Change {
    AppendActivity(Zeroizing<Vec<u8>>),
    /// So many of the oldest chunks.
    ForgetActivity(u64),
    Put(Table, Key, Zeroizing<Vec<u8>>),
    Remove(Table, Key),
}

impl Batch {
    /// A batch that changes nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps `body` under `key`, in place of what was there.
    pub fn put(&mut self, table: Table, key: Key, body: Zeroizing<Vec<u8>>) -> &mut Self {
        self.changes.push(Change::Put(table, key, body));
        self
    }

    /// Forgets what is kept under `key`; nothing if there is nothing.
    pub fn remove(&mut self, table: Table, key: Key) -> &mut Self {
        self.changes.push(Change::Remove(table, key));
        self
    }

    /// Adds a chunk to the end of the partition's activity.
    pub fn append_activity(&mut self, body: Zeroizing<Vec<u8>>) -> &mut Self {
        self.changes.push(Change::AppendActivity(body));
        self
    }

    /// Forgets the oldest chunks of the partition's activity, so many; all there are where there are fewer.
    pub fn forget_activity(&mut self, count: u64) -> &mut Self {
        self.changes.push(Change::ForgetActivity(count));
        self
    }

    pub(super) fn appends_activity(&self) -> bool {
        self.changes.iter().any(|change| matches!(change, Change::AppendActivity(_)))
    }

    /// Adds all changes of `later` after these.
    pub fn append(&mut self, mut later: Self) -> &mut Self {
        self.changes.append(&mut later.changes);
        self
    }

    /// How many changes there are.
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}
