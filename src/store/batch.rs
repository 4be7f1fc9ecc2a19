//! What is put into a store in one step.

use zeroize::Zeroizing;

/// The tables a record can be put into and read from by its key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Table {
    /// What is known about things: read wholly when a store is opened.
    Items,
    /// What is kept secret: read one by one, when it is asked for.
    Values,
}

/// What a record is called. The store keeps only a keyed hash of it. Wiped on drop.
pub struct Key(Vec<Zeroizing<Vec<u8>>>);

impl Key {
    /// A record called by these parts, in this order.
    pub fn of(parts: &[&[u8]]) -> Self {
        Self(parts.iter().map(|part| Zeroizing::new(part.to_vec())).collect())
    }

    pub(super) fn parts(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(|part| part.as_slice())
    }
}

/// Changes that become durable together or not at all, in the order they were added.
#[derive(Default)]
pub struct Batch {
    pub(super) changes: Vec<Change>,
}

pub(super) enum Change {
    AppendActivity(Zeroizing<Vec<u8>>),
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

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}
