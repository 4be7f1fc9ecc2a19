//! One partition: its redb file, its head, and the mark that tells whether the file went back in time.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use redb::backends::InMemoryBackend;
use redb::{
    Builder, Database, Durability, ReadOnlyTable, ReadTransaction, ReadableDatabase as _, ReadableTable as _,
    TableDefinition, TableHandle as _, WriteTransaction,
};
use zeroize::Zeroizing;

use crate::crypto::{Context, NotAuthentic, RecordId, Sealer};

use super::batch::Change;
use super::head::{Head, Tally};
use super::overlay::Overlay;
use super::shield::{Fault, shielded};
use super::{Batch, Key, Partition, Revision, StoreError, Table, folder};

type Records = TableDefinition<'static, &'static [u8; 32], &'static [u8]>;

const ITEMS: Records = TableDefinition::new("items");
const VALUES: Records = TableDefinition::new("values");
const ACTIVITY: TableDefinition<'static, u64, &'static [u8]> = TableDefinition::new("activity");
/// What there is one of: [`HEAD`] and, in the global partition, [`PROFILE`].
const SINGLES: TableDefinition<'static, u8, &'static [u8]> = TableDefinition::new("singles");
const HEAD: u8 = 0;
const PROFILE: u8 = 1;

const FILE_NAME: &str = "a.redb";
const MARK_NAME: &str = "mark";
const CACHE_LEN: usize = 16 * 1024 * 1024;

/// The numbers by which seals tell tables apart; fixed by the format.
mod number {
    pub(super) const ITEMS: u8 = 1;
    pub(super) const VALUES: u8 = 2;
    pub(super) const ACTIVITY: u8 = 3;
    pub(super) const HEAD: u8 = 4;
    pub(super) const PROFILE: u8 = 5;
    pub(super) const MARK: u8 = 6;
}

impl Table {
    fn definition(self) -> Records {
        match self {
            Self::Items => ITEMS,
            Self::Values => VALUES,
        }
    }

    fn number(self) -> u8 {
        match self {
            Self::Items => number::ITEMS,
            Self::Values => number::VALUES,
        }
    }
}

/// An open partition.
pub(super) struct PartitionFile {
    name: Partition,
    /// Its own folder; none in memory.
    folder: Option<PathBuf>,
    handle: Handle,
    head: Head,
}

enum Handle {
    /// Nothing is open: a commit failed, and so did opening the file again after it.
    Closed,
    /// Open over an [`Overlay`], as nothing was committed yet.
    Viewed(Database),
    /// Open for writing.
    Writable(Database),
}

impl PartitionFile {
    /// Makes an empty partition, durable when this returns. `folder` is its own folder, and files of a partition in it
    /// are taken away; none makes it in memory.
    pub(super) fn create(
        sealer: &Sealer,
        name: Partition,
        folder: Option<PathBuf>,
        profile: Option<&[u8]>,
    ) -> Result<Self, StoreError> {
        let head = Head::default();
        let handle = shielded(&name, "make a partition", folder.as_deref(), || {
            let database = match &folder {
                Some(folder) => {
                    fs::create_dir_all(folder)?;
                    for left_behind in [FILE_NAME, MARK_NAME] {
                        remove_file_if_there(&folder.join(left_behind))?;
                    }
                    builder().create(folder.join(FILE_NAME))?
                }
                None => builder().create_with_backend(InMemoryBackend::new())?,
            };
            let txn = durable_write(&database)?;
            txn.open_table(ITEMS)?;
            txn.open_table(VALUES)?;
            txn.open_table(ACTIVITY)?;
            put_single(&txn, sealer, &name, HEAD, &head.to_bytes())?;
            if let Some(profile) = profile {
                put_single(&txn, sealer, &name, PROFILE, profile)?;
            }
            txn.commit()?;
            if let Some(folder) = &folder {
                write_mark(sealer, &name, folder, head.revision)?.sync_all()?;
                folder::sync_folder(folder)?;
            }
            Ok(Handle::Writable(database))
        })?;
        Ok(Self { name, folder, handle, head })
    }

    /// Opens the partition in `folder` and checks that its records are those its head states. Changes nothing.
    pub(super) fn open(sealer: &Sealer, name: Partition, folder: PathBuf) -> Result<Self, StoreError> {
        let mut file = Self { name, folder: Some(folder), handle: Handle::Closed, head: Head::default() };
        file.view(sealer)?;
        file.shielded("read a partition", || file.verify(sealer))?;
        Ok(file)
    }

    pub(super) fn head(&self) -> &Head {
        &self.head
    }

    /// The profile that was given when the store was made.
    pub(super) fn profile(&self, sealer: &Sealer) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        self.shielded("read the profile", || get_single(&self.begin_read()?, sealer, &self.name, PROFILE))
    }

    /// Applies `batch` in one durable step. `partitions` replaces the list in the head.
    ///
    /// After an error nothing of the batch has been applied, save where the disk failed after it had taken everything;
    /// then all of it has. The head says which.
    pub(super) fn commit(
        &mut self,
        sealer: &Sealer,
        at_ms: i64,
        batch: Batch,
        partitions: Option<Vec<Partition>>,
    ) -> Result<Revision, StoreError> {
        self.open_for_writing(sealer)?;
        let mut head = self.head.clone();
        head.revision.0 += 1;
        head.last_change_ms = head.last_change_ms.max(at_ms);
        if let Some(partitions) = partitions {
            head.partitions = partitions;
        }
        let applied = self.shielded("write to the store", || {
            let txn = durable_write(self.database()?)?;
            self.apply(&txn, sealer, &mut head, batch)?;
            put_single(&txn, sealer, &self.name, HEAD, &head.to_bytes())?;
            txn.commit()?;
            Ok(())
        });
        if let Err(error) = applied {
            // redb refuses all work after a failed write until its file is opened again. What comes out is what the
            // file holds; should it not open now, the next commit tries again.
            if self.folder.is_some() {
                let _ = self.view(sealer);
            }
            return Err(error);
        }
        if let Some(folder) = &self.folder {
            // The batch is durable already. A mark left behind only notices less.
            let _ = write_mark(sealer, &self.name, folder, head.revision);
        }
        let revision = head.revision;
        self.head = head;
        Ok(revision)
    }

    /// The record under `key`, opened.
    pub(super) fn read(
        &self,
        sealer: &Sealer,
        table: Table,
        key: &Key,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let id = self.record_id(sealer, table, key);
        self.shielded("read a record", || {
            let records = self.begin_read()?.open_table(table.definition())?;
            let Some(sealed) = records.get(&id.0)? else { return Ok(None) };
            Ok(Some(sealer.open(Context { table: table.number(), id: &id }, sealed.value())?))
        })
    }

    /// Hands every record of a table to `each`, opened, in no particular order.
    pub(super) fn scan<E: From<StoreError>>(
        &self,
        sealer: &Sealer,
        table: Table,
        mut each: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut range = self.shielded("read a table", || {
            let records = self.begin_read()?.open_table(table.definition())?;
            Ok(records.range::<&[u8; 32]>(..)?)
        })?;
        loop {
            // `each` runs outside of the shield: what goes wrong in it is not the file's fault.
            let next = self.shielded("read a table", || {
                let Some(record) = range.next() else { return Ok(None) };
                let (id, sealed) = record?;
                let id = RecordId(*id.value());
                Ok(Some(sealer.open(Context { table: table.number(), id: &id }, sealed.value())?))
            })?;
            let Some(plain) = next else { return Ok(()) };
            each(&plain)?;
        }
    }

    /// Up to `most` chunks of activity, newest first.
    pub(super) fn recent_activity(&self, sealer: &Sealer, most: usize) -> Result<Vec<Zeroizing<Vec<u8>>>, StoreError> {
        self.shielded("read the activity", || {
            let chunks = self.begin_read()?.open_table(ACTIVITY)?;
            let newest_first = (0..self.head.activity.count).rev().take(most);
            newest_first
                .map(|sequence| {
                    let sealed = chunks.get(sequence)?.ok_or(NotAuthentic)?;
                    let id = activity_id(sealer, &self.name, sequence);
                    Ok(sealer.open(Context { table: number::ACTIVITY, id: &id }, sealed.value())?)
                })
                .collect()
        })
    }

    /// Opens every record of every table.
    pub(super) fn check(&self, sealer: &Sealer) -> Result<(), StoreError> {
        self.shielded("read a partition", || {
            self.verify(sealer)?;
            let txn = self.begin_read()?;
            for table in [Table::Items, Table::Values] {
                for record in txn.open_table(table.definition())?.iter()? {
                    let (id, sealed) = record?;
                    let id = RecordId(*id.value());
                    sealer.open(Context { table: table.number(), id: &id }, sealed.value())?;
                    // The way `read` finds it, which is not the way from one to the next.
                    txn.open_table(table.definition())?.get(&id.0)?.ok_or(NotAuthentic)?;
                }
            }
            let mut tally = Tally::default();
            for (chunk, sequence) in txn.open_table(ACTIVITY)?.iter()?.zip(0..) {
                let (key, sealed) = chunk?;
                if key.value() != sequence {
                    return Err(NotAuthentic.into());
                }
                let id = activity_id(sealer, &self.name, sequence);
                let context = Context { table: number::ACTIVITY, id: &id };
                sealer.open(context, sealed.value())?;
                tally.count += 1;
                tally.digest.toggle(&sealer.digest(context, sealed.value())?);
            }
            if tally == self.head.activity { Ok(()) } else { Err(NotAuthentic.into()) }
        })
    }

    /// Length of the partition's files in bytes; none in memory.
    pub(super) fn size_bytes(&self) -> Result<u64, StoreError> {
        let Some(folder) = &self.folder else { return Ok(0) };
        [FILE_NAME, MARK_NAME].iter().try_fold(0, |sum, name| match fs::metadata(folder.join(name)) {
            Ok(found) => Ok(sum + found.len()),
            Err(source) => Err(StoreError::Io { doing: "look at the store's files", source }),
        })
    }

    /// Opens the file so that nothing is written to it, and reads the head.
    fn view(&mut self, sealer: &Sealer) -> Result<(), StoreError> {
        let Some(folder) = &self.folder else { return Ok(()) };
        // Two handles on one file would not see each other's pages.
        let closing = std::mem::replace(&mut self.handle, Handle::Closed);
        self.shielded("close a partition", || {
            drop(closing);
            Ok(())
        })?;
        let is_mended = std::rc::Rc::new(std::cell::Cell::new(false));
        let (database, head) = self.shielded("open a partition", || {
            let overlay = Overlay::new(File::open(folder.join(FILE_NAME)).map_err(missing_is_damage)?)?;
            let mended = std::rc::Rc::clone(&is_mended);
            let mut database = builder().set_repair_callback(move |_| mended.set(true)).create_with_backend(overlay)?;
            // Mending after a crash checks each page's checksum, and nothing else in opening does.
            if !is_mended.get() && !database.check_integrity()? {
                return Err(NotAuthentic.into());
            }
            let head = get_head(&database.begin_read()?, sealer, &self.name)?;
            if head.revision < read_mark(sealer, &self.name, folder)? {
                return Err(NotAuthentic.into());
            }
            Ok((database, head))
        })?;
        self.handle = Handle::Viewed(database);
        self.head = head;
        Ok(())
    }

    fn open_for_writing(&mut self, sealer: &Sealer) -> Result<(), StoreError> {
        let Some(folder) = &self.folder else { return Ok(()) };
        if matches!(self.handle, Handle::Writable(_)) {
            return Ok(());
        }
        let was_closed = matches!(self.handle, Handle::Closed);
        let closing = std::mem::replace(&mut self.handle, Handle::Closed);
        let opened = self.shielded("open a partition for writing", || {
            drop(closing);
            let database = builder().open(folder.join(FILE_NAME))?;
            let head = get_head(&database.begin_read()?, sealer, &self.name)?;
            // Nobody else writes while we hold the lock, so it is what was checked when it was opened.
            if !was_closed && head != self.head {
                return Err(NotAuthentic.into());
            }
            Ok((database, head))
        });
        match opened {
            Ok((database, head)) => {
                self.handle = Handle::Writable(database);
                self.head = head;
                Ok(())
            }
            Err(error) => {
                // Reading goes on where writing cannot begin.
                let _ = self.view(sealer);
                Err(error)
            }
        }
    }

    fn apply(
        &self,
        txn: &WriteTransaction,
        sealer: &Sealer,
        head: &mut Head,
        Batch { changes }: Batch,
    ) -> Result<(), Fault> {
        let mut items = txn.open_table(ITEMS)?;
        let mut values = txn.open_table(VALUES)?;
        let mut activity = txn.open_table(ACTIVITY)?;
        for change in changes {
            match change {
                Change::AppendActivity(body) => {
                    let sequence = head.activity.count;
                    let id = activity_id(sealer, &self.name, sequence);
                    let context = Context { table: number::ACTIVITY, id: &id };
                    let sealed = sealer.seal(context, &body);
                    head.activity.count += 1;
                    head.activity.digest.toggle(&sealer.digest(context, &sealed)?);
                    if activity.insert(sequence, sealed.as_slice())?.is_some() {
                        return Err(NotAuthentic.into());
                    }
                }
                Change::Put(table, key, body) => {
                    let id = self.record_id(sealer, table, &key);
                    let context = Context { table: table.number(), id: &id };
                    let (records, tally) = match table {
                        Table::Items => (&mut items, &mut head.items),
                        Table::Values => (&mut values, &mut head.values),
                    };
                    let sealed = sealer.seal(context, &body);
                    tally.digest.toggle(&sealer.digest(context, &sealed)?);
                    match records.insert(&id.0, sealed.as_slice())? {
                        Some(replaced) => tally.digest.toggle(&sealer.digest(context, replaced.value())?),
                        None => tally.count += 1,
                    }
                }
                Change::Remove(table, key) => {
                    let id = self.record_id(sealer, table, &key);
                    let context = Context { table: table.number(), id: &id };
                    let (records, tally) = match table {
                        Table::Items => (&mut items, &mut head.items),
                        Table::Values => (&mut values, &mut head.values),
                    };
                    if let Some(removed) = records.remove(&id.0)? {
                        tally.digest.toggle(&sealer.digest(context, removed.value())?);
                        tally.count = tally.count.checked_sub(1).ok_or(NotAuthentic)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Compares the items and values there are with those the head states.
    fn verify(&self, sealer: &Sealer) -> Result<(), Fault> {
        let txn = self.begin_read()?;
        for (table, expected) in [(Table::Items, self.head.items), (Table::Values, self.head.values)] {
            let records: ReadOnlyTable<&[u8; 32], &[u8]> = txn.open_table(table.definition())?;
            let mut tally = Tally::default();
            for record in records.iter()? {
                let (id, sealed) = record?;
                let id = RecordId(*id.value());
                tally.count += 1;
                tally.digest.toggle(&sealer.digest(Context { table: table.number(), id: &id }, sealed.value())?);
                if expected.count < tally.count {
                    break;
                }
            }
            if tally != expected {
                return Err(NotAuthentic.into());
            }
        }
        // Where there are fewer chunks than there should be, one that is asked for is found missing only then.
        let chunks = txn.open_table(ACTIVITY)?;
        let newest = chunks.last()?.map(|(sequence, _)| sequence.value());
        if newest.map_or(0, |sequence| sequence.saturating_add(1)) != self.head.activity.count {
            return Err(NotAuthentic.into());
        }
        Ok(())
    }

    fn record_id(&self, sealer: &Sealer, table: Table, key: &Key) -> RecordId {
        // Each table hashes on its own, so the file does not show which value belongs to which item.
        let definition = table.definition();
        let mut parts = vec![self.name.as_str().as_bytes(), definition.name().as_bytes()];
        parts.extend(key.parts());
        sealer.record_id(&parts)
    }

    fn begin_read(&self) -> Result<ReadTransaction, Fault> {
        Ok(self.database()?.begin_read()?)
    }

    fn database(&self) -> Result<&Database, Fault> {
        match &self.handle {
            Handle::Viewed(database) | Handle::Writable(database) => Ok(database),
            Handle::Closed => Err(io::Error::other("the file did not open again after a failed write").into()),
        }
    }

    fn shielded<T>(&self, doing: &'static str, work: impl FnOnce() -> Result<T, Fault>) -> Result<T, StoreError> {
        shielded(&self.name, doing, self.folder.as_deref(), work)
    }
}

impl Drop for PartitionFile {
    fn drop(&mut self) {
        let closing = std::mem::replace(&mut self.handle, Handle::Closed);
        // Everything reported as done is durable; what fails here is only tidying up.
        let _ = self.shielded("close a partition", || {
            drop(closing);
            Ok(())
        });
    }
}

fn builder() -> Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_LEN);
    builder
}

/// A transaction that is on the disk once it is committed. Two phases, so that redb never takes an older state for the
/// newest one when a page of the newest is damaged.
fn durable_write(database: &Database) -> Result<WriteTransaction, Fault> {
    let mut txn = database.begin_write()?;
    txn.set_durability(Durability::Immediate)?;
    txn.set_two_phase_commit(true);
    Ok(txn)
}

/// `record id = HMAC(partition, "activity", u64(sequence))`
fn activity_id(sealer: &Sealer, partition: &Partition, sequence: u64) -> RecordId {
    sealer.record_id(&[partition.as_str().as_bytes(), b"activity", &sequence.to_le_bytes()])
}

/// `record id = HMAC(partition, "head" | "profile" | "mark")`
fn single_id(sealer: &Sealer, partition: &Partition, name: &str) -> RecordId {
    sealer.record_id(&[partition.as_str().as_bytes(), name.as_bytes()])
}

fn single_context(single: u8) -> (u8, &'static str) {
    if single == HEAD { (number::HEAD, "head") } else { (number::PROFILE, "profile") }
}

fn put_single(
    txn: &WriteTransaction,
    sealer: &Sealer,
    partition: &Partition,
    single: u8,
    plain: &[u8],
) -> Result<(), Fault> {
    let (table, name) = single_context(single);
    let sealed = sealer.seal(Context { table, id: &single_id(sealer, partition, name) }, plain);
    txn.open_table(SINGLES)?.insert(single, sealed.as_slice())?;
    Ok(())
}

fn get_single(
    txn: &ReadTransaction,
    sealer: &Sealer,
    partition: &Partition,
    single: u8,
) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let (table, name) = single_context(single);
    let sealed = txn.open_table(SINGLES)?.get(single)?.ok_or(NotAuthentic)?;
    Ok(sealer.open(Context { table, id: &single_id(sealer, partition, name) }, sealed.value())?)
}

fn get_head(txn: &ReadTransaction, sealer: &Sealer, partition: &Partition) -> Result<Head, Fault> {
    Ok(Head::parse(&get_single(txn, sealer, partition, HEAD)?).ok_or(NotAuthentic)?)
}

/// Writes down which revision was reached, in place and in one write. Without waiting for the disk: a power cut may
/// leave an older mark, and an older mark is never wrong.
fn write_mark(sealer: &Sealer, partition: &Partition, folder: &Path, revision: Revision) -> io::Result<File> {
    let id = single_id(sealer, partition, "mark");
    let sealed = sealer.seal(Context { table: number::MARK, id: &id }, &revision.0.to_le_bytes());
    let mut file = OpenOptions::new().write(true).create(true).truncate(false).open(folder.join(MARK_NAME))?;
    file.rewind()?;
    file.write_all(&sealed)?;
    Ok(file)
}

/// The revision that was reached at least.
fn read_mark(sealer: &Sealer, partition: &Partition, folder: &Path) -> Result<Revision, Fault> {
    let mut sealed = Vec::new();
    let file = File::open(folder.join(MARK_NAME)).map_err(missing_is_damage)?;
    file.take(4096).read_to_end(&mut sealed)?;
    let id = single_id(sealer, partition, "mark");
    let plain = sealer.open(Context { table: number::MARK, id: &id }, &sealed)?;
    let revision = plain.as_slice().try_into().map_err(|_| NotAuthentic)?;
    Ok(Revision(u64::from_le_bytes(revision)))
}

fn remove_file_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A file that belongs to a store and is not there was taken away.
fn missing_is_damage(error: io::Error) -> Fault {
    if error.kind() == io::ErrorKind::NotFound { NotAuthentic.into() } else { error.into() }
}
