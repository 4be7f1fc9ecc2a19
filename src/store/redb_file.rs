//! A replica's file: records in tables of redb.

use std::cell::Cell;
use std::fs::{self, File, Metadata, TryLockError};
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::SystemTime;

use redb::{
    Builder, Database, DatabaseError, Durability, ReadOnlyTable, ReadTransaction, ReadableDatabase as _, ReadableTable,
    Table, TableDefinition, WriteTransaction,
};

use crate::crypto::{NotAuthentic, RecordId};

use crate::disk::{self, Access};

use super::engine::{Address, Changes, Each, Records, RegionStore, Work};
use super::folder;
use super::guard::{Blocks, GuardedFile};
use super::overlay::Overlay;
use super::shield::{Fault, missing_is_damage};

type ById = TableDefinition<'static, &'static [u8; 32], &'static [u8]>;

const ITEMS: ById = TableDefinition::new("items");
const VALUES: ById = TableDefinition::new("values");
const ACTIVITY: TableDefinition<'static, u64, &'static [u8]> = TableDefinition::new("activity");
const SINGLES: TableDefinition<'static, u8, &'static [u8]> = TableDefinition::new("singles");
const SHARDS: TableDefinition<'static, u16, &'static [u8]> = TableDefinition::new("shards");
const BATCHES: TableDefinition<'static, u64, &'static [u8]> = TableDefinition::new("batches");

const CACHE_LEN: usize = 16 * 1024 * 1024;

/// An open file.
pub(super) struct RedbFile {
    path: PathBuf,
    blocks: Arc<Blocks>,
    handle: Handle,
    /// What the system said of the file after we last wrote to it.
    stamp: Option<Stamp>,
    /// Held by this alone, whichever handles on the file are open.
    lock: Option<FileLock>,
}

/// Keeps other programs from the file: a store folder that was copied leads to the same region elsewhere.
struct FileLock(File);

impl FileLock {
    /// `None` where the system has no locks that leave reading alone.
    fn take(path: &Path) -> Result<Option<Self>, Fault> {
        let file = disk::open_linked(path, Access::Read).map_err(missing_is_damage)?;
        if !cfg!(unix) {
            return Ok(None);
        }
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Err(DatabaseError::DatabaseAlreadyOpen.into()),
            // A file system without locks; the store's own lock has to do.
            Err(TryLockError::Error(_)) => Ok(None),
        }
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        // Closing alone is not enough: a process that is just being started from this one holds a copy for a moment.
        drop(self.0.unlock());
    }
}

enum Handle {
    /// Nothing is open: a commit failed, and what is there was not looked at yet.
    Closed,
    /// Open over an [`Overlay`], as nothing was committed yet.
    Viewed(Database),
    /// Open for writing.
    Writable(Database),
}

/// By what a file is told from another, and from what it was.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Stamp {
    len: u64,
    modified: Option<SystemTime>,
    inode: u64,
}

impl Stamp {
    fn of(found: &Metadata) -> Self {
        #[cfg(unix)]
        let inode = std::os::unix::fs::MetadataExt::ino(found);
        #[cfg(not(unix))]
        let inode = 0;
        Self { len: found.len(), modified: found.modified().ok(), inode }
    }
}

impl RedbFile {
    /// Makes an empty file; one that is there is taken away.
    pub(super) fn create(path: PathBuf) -> Result<Self, Fault> {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        let file = disk::create_new(&path)?;
        let blocks = Arc::<Blocks>::default();
        let database = builder().create_with_backend(GuardedFile::new(file, Arc::clone(&blocks))?)?;
        let txn = begin_write(&database)?;
        drop(Tables::open(&txn)?);
        txn.commit()?;
        let lock = FileLock::take(&path)?;
        let mut created = Self { path, blocks, handle: Handle::Writable(database), stamp: None, lock };
        created.remember();
        Ok(created)
    }

    /// Opens a file so that nothing is written to it, and has the checksum of each page compared.
    pub(super) fn open(path: PathBuf) -> Result<Self, Fault> {
        let mut opened = Self { path, blocks: Arc::default(), handle: Handle::Closed, stamp: None, lock: None };
        opened.reopen()?;
        Ok(opened)
    }

    fn database(&self) -> Result<&Database, Fault> {
        match &self.handle {
            Handle::Viewed(database) | Handle::Writable(database) => Ok(database),
            Handle::Closed => Err(io::Error::other("the file did not open again after a failed write").into()),
        }
    }

    fn open_for_writing(&mut self) -> Result<(), Fault> {
        if matches!(self.handle, Handle::Writable(_)) {
            return Ok(());
        }
        let viewed = snapshot_of(self.database()?)?.singles()?;
        self.handle = Handle::Closed;
        let file = disk::open_linked(&self.path, Access::Change)?;
        let database = builder().create_with_backend(GuardedFile::new(file, Arc::clone(&self.blocks))?)?;
        // Nobody else writes while we hold the lock, so it is what was checked when it was opened.
        if snapshot_of(&database)?.singles()? != viewed {
            return Err(NotAuthentic.into());
        }
        self.handle = Handle::Writable(database);
        self.remember();
        Ok(())
    }

    fn remember(&mut self) {
        self.stamp = fs::metadata(&self.path).ok().map(|found| Stamp::of(&found));
    }
}

impl RegionStore for RedbFile {
    fn snapshot(&self) -> Result<Box<dyn Records + Send>, Fault> {
        Ok(Box::new(snapshot_of(self.database()?)?))
    }

    fn commit(&mut self, work: Work<'_>) -> Result<(), Fault> {
        // What somebody else wrote since would not be noticed any more once we have written.
        self.look()?;
        self.open_for_writing()?;
        let txn = begin_write(self.database()?)?;
        work(&mut Tables::open(&txn)?)?;
        txn.commit()?;
        self.remember();
        Ok(())
    }

    fn reopen(&mut self) -> Result<(), Fault> {
        // Two handles on one file would not see each other's pages.
        self.handle = Handle::Closed;
        self.lock = None;
        self.lock = FileLock::take(&self.path)?;
        let file = disk::open_linked(&self.path, Access::Read).map_err(missing_is_damage)?;
        let overlay = Overlay::new(GuardedFile::new(file, Arc::clone(&self.blocks))?)?;
        let is_mended = Rc::new(Cell::new(false));
        let mended = Rc::clone(&is_mended);
        let mut database = builder().set_repair_callback(move |_| mended.set(true)).create_with_backend(overlay)?;
        // Mending after a crash checks the checksum of each page; opening in order does not.
        if !is_mended.get() && !database.check_integrity()? {
            return Err(NotAuthentic.into());
        }
        self.handle = Handle::Viewed(database);
        self.remember();
        Ok(())
    }

    fn compact(&mut self) -> Result<(), Fault> {
        self.open_for_writing()?;
        let Handle::Writable(mut database) = std::mem::replace(&mut self.handle, Handle::Closed) else { return Ok(()) };
        while database.compact()? {}
        self.handle = Handle::Writable(database);
        self.remember();
        Ok(())
    }

    fn len_bytes(&self) -> io::Result<u64> {
        Ok(fs::metadata(&self.path)?.len())
    }

    fn look(&mut self) -> Result<(), Fault> {
        let found = fs::metadata(&self.path).map_err(missing_is_damage)?;
        let stamp = Stamp::of(&found);
        if self.stamp.as_ref() == Some(&stamp) {
            return Ok(());
        }
        self.look_through()?;
        self.stamp = Some(stamp);
        Ok(())
    }

    fn look_through(&mut self) -> Result<(), Fault> {
        let file = disk::open_linked(&self.path, Access::Read).map_err(missing_is_damage)?;
        let found = Stamp::of(&file.metadata()?);
        if self.stamp.as_ref().is_some_and(|known| (known.inode, known.len) != (found.inode, found.len)) {
            // Whatever we hold is no longer what lies there, or a part of it that nobody has read yet is missing.
            return Err(NotAuthentic.into());
        }
        Ok(GuardedFile::compare(&file, &self.blocks)?)
    }
}

/// A state of the file.
struct Snapshot {
    items: ReadOnlyTable<&'static [u8; 32], &'static [u8]>,
    values: ReadOnlyTable<&'static [u8; 32], &'static [u8]>,
    activity: ReadOnlyTable<u64, &'static [u8]>,
    singles: ReadOnlyTable<u8, &'static [u8]>,
    /// Missing where a program without them made the file.
    shards: Option<ReadOnlyTable<u16, &'static [u8]>>,
    batches: Option<ReadOnlyTable<u64, &'static [u8]>>,
}

fn snapshot_of(database: &Database) -> Result<Snapshot, Fault> {
    fn if_there<T>(opened: Result<T, redb::TableError>) -> Result<Option<T>, Fault> {
        match opened {
            Ok(table) => Ok(Some(table)),
            Err(redb::TableError::TableDoesNotExist(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
    let txn: ReadTransaction = database.begin_read()?;
    Ok(Snapshot {
        items: txn.open_table(ITEMS)?,
        values: txn.open_table(VALUES)?,
        activity: txn.open_table(ACTIVITY)?,
        singles: txn.open_table(SINGLES)?,
        shards: if_there(txn.open_table(SHARDS))?,
        batches: if_there(txn.open_table(BATCHES))?,
    })
}

impl Snapshot {
    /// All singles, as they are sealed.
    fn singles(&self) -> Result<Vec<(Address, Vec<u8>)>, Fault> {
        let mut found = Vec::new();
        let (first, last) = Address::SINGLES;
        self.range(first, last, &mut |at, sealed| {
            found.push((at, sealed.to_vec()));
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }
}

impl Records for Snapshot {
    fn get(&self, at: Address) -> Result<Option<Vec<u8>>, Fault> {
        Ok(match at {
            Address::Item(id) => self.items.get(&id.0)?.map(|found| found.value().to_vec()),
            Address::Value(id) => self.values.get(&id.0)?.map(|found| found.value().to_vec()),
            Address::Activity(sequence) => self.activity.get(sequence)?.map(|found| found.value().to_vec()),
            Address::Single(kind) => self.singles.get(kind)?.map(|found| found.value().to_vec()),
            Address::Shard(number) => get_of(self.shards.as_ref(), number)?,
            Address::Batch(revision) => get_of(self.batches.as_ref(), revision)?,
        })
    }

    fn range(&self, first: Address, last: Address, each: Each<'_>) -> Result<(), Fault> {
        match (first, last) {
            (Address::Item(first), Address::Item(last)) => ids(&self.items, first, last, Address::Item, each),
            (Address::Value(first), Address::Value(last)) => ids(&self.values, first, last, Address::Value, each),
            (Address::Activity(first), Address::Activity(last)) => {
                numbers(&self.activity, first, last, Address::Activity, each)
            }
            (Address::Single(first), Address::Single(last)) => {
                numbers(&self.singles, first, last, Address::Single, each)
            }
            (Address::Shard(first), Address::Shard(last)) => match &self.shards {
                Some(shards) => numbers(shards, first, last, Address::Shard, each),
                None => Ok(()),
            },
            (Address::Batch(first), Address::Batch(last)) => match &self.batches {
                Some(batches) => numbers(batches, first, last, Address::Batch, each),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }
}

/// The tables of an open transaction.
struct Tables<'txn> {
    items: Table<'txn, &'static [u8; 32], &'static [u8]>,
    values: Table<'txn, &'static [u8; 32], &'static [u8]>,
    activity: Table<'txn, u64, &'static [u8]>,
    singles: Table<'txn, u8, &'static [u8]>,
    shards: Table<'txn, u16, &'static [u8]>,
    batches: Table<'txn, u64, &'static [u8]>,
}

impl<'txn> Tables<'txn> {
    /// Makes those that are missing.
    fn open(txn: &'txn WriteTransaction) -> Result<Self, Fault> {
        Ok(Self {
            items: txn.open_table(ITEMS)?,
            values: txn.open_table(VALUES)?,
            activity: txn.open_table(ACTIVITY)?,
            singles: txn.open_table(SINGLES)?,
            shards: txn.open_table(SHARDS)?,
            batches: txn.open_table(BATCHES)?,
        })
    }
}

impl Records for Tables<'_> {
    fn get(&self, at: Address) -> Result<Option<Vec<u8>>, Fault> {
        Ok(match at {
            Address::Item(id) => self.items.get(&id.0)?.map(|found| found.value().to_vec()),
            Address::Value(id) => self.values.get(&id.0)?.map(|found| found.value().to_vec()),
            Address::Activity(sequence) => self.activity.get(sequence)?.map(|found| found.value().to_vec()),
            Address::Single(kind) => self.singles.get(kind)?.map(|found| found.value().to_vec()),
            Address::Shard(number) => get_of(Some(&self.shards), number)?,
            Address::Batch(revision) => get_of(Some(&self.batches), revision)?,
        })
    }

    fn range(&self, first: Address, last: Address, each: Each<'_>) -> Result<(), Fault> {
        match (first, last) {
            (Address::Item(first), Address::Item(last)) => ids(&self.items, first, last, Address::Item, each),
            (Address::Value(first), Address::Value(last)) => ids(&self.values, first, last, Address::Value, each),
            (Address::Activity(first), Address::Activity(last)) => {
                numbers(&self.activity, first, last, Address::Activity, each)
            }
            (Address::Single(first), Address::Single(last)) => {
                numbers(&self.singles, first, last, Address::Single, each)
            }
            (Address::Shard(first), Address::Shard(last)) => numbers(&self.shards, first, last, Address::Shard, each),
            (Address::Batch(first), Address::Batch(last)) => numbers(&self.batches, first, last, Address::Batch, each),
            _ => Ok(()),
        }
    }
}

impl Changes for Tables<'_> {
    fn put(&mut self, at: Address, sealed: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        let replaced = match at {
            Address::Item(id) => self.items.insert(&id.0, sealed)?,
            Address::Value(id) => self.values.insert(&id.0, sealed)?,
            Address::Activity(sequence) => self.activity.insert(sequence, sealed)?,
            Address::Single(kind) => self.singles.insert(kind, sealed)?,
            Address::Shard(number) => self.shards.insert(number, sealed)?,
            Address::Batch(revision) => self.batches.insert(revision, sealed)?,
        };
        Ok(replaced.map(|found| found.value().to_vec()))
    }

    fn remove(&mut self, at: Address) -> Result<Option<Vec<u8>>, Fault> {
        let removed = match at {
            Address::Item(id) => self.items.remove(&id.0)?,
            Address::Value(id) => self.values.remove(&id.0)?,
            Address::Activity(sequence) => self.activity.remove(sequence)?,
            Address::Single(kind) => self.singles.remove(kind)?,
            Address::Shard(number) => self.shards.remove(number)?,
            Address::Batch(revision) => self.batches.remove(revision)?,
        };
        Ok(removed.map(|found| found.value().to_vec()))
    }
}

fn get_of<K>(table: Option<&impl ReadableTable<K, &'static [u8]>>, key: K) -> Result<Option<Vec<u8>>, Fault>
where
    K: redb::Key + for<'a> redb::Value<SelfType<'a> = K> + 'static,
{
    let Some(table) = table else { return Ok(None) };
    Ok(table.get(key)?.map(|found| found.value().to_vec()))
}

fn ids(
    table: &impl ReadableTable<&'static [u8; 32], &'static [u8]>,
    first: RecordId,
    last: RecordId,
    address: fn(RecordId) -> Address,
    each: Each<'_>,
) -> Result<(), Fault> {
    for found in table.range::<&[u8; 32]>(&first.0..=&last.0)? {
        let (id, sealed) = found?;
        if each(address(RecordId(*id.value())), sealed.value())?.is_break() {
            break;
        }
    }
    Ok(())
}

fn numbers<K>(
    table: &impl ReadableTable<K, &'static [u8]>,
    first: K,
    last: K,
    address: fn(K) -> Address,
    each: Each<'_>,
) -> Result<(), Fault>
where
    K: redb::Key + for<'a> redb::Value<SelfType<'a> = K> + for<'a> std::borrow::Borrow<K> + 'static,
{
    for found in table.range::<K>(first..=last)? {
        let (number, sealed) = found?;
        if each(address(number.value()), sealed.value())?.is_break() {
            break;
        }
    }
    Ok(())
}

/// A transaction that is on the disk once it is committed. Two phases, so that redb never takes an older state for the
/// newest one when a page of the newest is damaged.
fn begin_write(database: &Database) -> Result<WriteTransaction, Fault> {
    let mut txn = database.begin_write()?;
    txn.set_durability(Durability::Immediate)?;
    txn.set_two_phase_commit(true);
    Ok(txn)
}

fn builder() -> Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_LEN);
    builder
}

/// Puts what is in the folder of `path` in place for good.
pub(super) fn sync_beside(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), folder::sync)
}
