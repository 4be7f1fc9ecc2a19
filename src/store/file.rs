//! One open partition: its redb file, its head, and its mark.

use std::cell::Cell;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use redb::backends::InMemoryBackend;
use redb::{Builder, Database, ReadTransaction, ReadableDatabase as _};
use zeroize::Zeroizing;

use crate::crypto::NotAuthentic;

use super::head::Head;
use super::overlay::Overlay;
use super::seals::{Kind, Seals};
use super::shards::{Shard, Shards};
use super::shield::{Fault, missing_is_damage, shielded};
use super::tables::{self, Scan, Trust};
use super::{Batch, Key, Partition, Revision, StoreError, Table, Watch, folder, mark};

const FILE_NAME: &str = "a.redb";
const CACHE_LEN: usize = 16 * 1024 * 1024;

/// A partition's file that redb has found to be in order. Nothing in it is readable yet, which takes the key.
pub(super) struct OpenedFile {
    folder: PathBuf,
    database: Database,
}

impl OpenedFile {
    /// Opens the file in the partition's `folder`, so that nothing is written to it, and has the checksum of each page
    /// compared.
    pub(super) fn open(partition: &Partition, folder: PathBuf) -> Result<Self, StoreError> {
        let database = shielded(partition, "open a partition", Some(&folder), || {
            let overlay = Overlay::new(File::open(folder.join(FILE_NAME)).map_err(missing_is_damage)?)?;
            let is_mended = Rc::new(Cell::new(false));
            let mended = Rc::clone(&is_mended);
            let mut database = builder().set_repair_callback(move |_| mended.set(true)).create_with_backend(overlay)?;
            // Mending after a crash checks the checksum of each page; opening in order does not.
            if is_mended.get() || database.check_integrity()? { Ok(database) } else { Err(NotAuthentic.into()) }
        })?;
        Ok(Self { folder, database })
    }
}

/// An open partition.
pub(super) struct PartitionFile {
    seals: Seals,
    /// Its own folder; none in memory.
    folder: Option<PathBuf>,
    handle: Handle,
    head: Head,
    shards: Shards,
    trust: Trust,
    account: Account,
}

/// Whether the file states of its shards what they add up to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Account {
    /// It does.
    Kept,
    /// A program that keeps no account of them wrote last; the next commit brings it up to date.
    Behind,
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
    pub(super) fn create(seals: Seals, folder: Option<PathBuf>, profile: Option<&[u8]>) -> Result<Self, StoreError> {
        let head = Head::default();
        let handle = shielded(&seals.partition, "make a partition", folder.as_deref(), || {
            let database = match &folder {
                Some(folder) => {
                    fs::create_dir_all(folder)?;
                    remove_files(folder)?;
                    builder().create(folder.join(FILE_NAME))?
                }
                None => builder().create_with_backend(InMemoryBackend::new())?,
            };
            let txn = tables::begin_write(&database)?;
            tables::create(&txn)?;
            tables::put_single(&txn, &seals, Kind::Head, &head.to_bytes())?;
            if let Some(profile) = profile {
                tables::put_single(&txn, &seals, Kind::Profile, profile)?;
            }
            txn.commit()?;
            if let Some(folder) = &folder {
                mark::write(&seals, folder, head.revision)?.sync_all()?;
                folder::sync(folder)?;
            }
            Ok(Handle::Writable(database))
        });
        if let (Err(_), Some(folder)) = (&handle, &folder) {
            // Not listed anywhere yet, so it is no part of a store; on a full disk it would only take room.
            let _ = remove_files(folder).and_then(|()| fs::remove_dir(folder));
        }
        Ok(Self {
            seals,
            folder,
            handle: handle?,
            head,
            shards: Shards::default(),
            trust: Trust::Records,
            account: Account::Kept,
        })
    }

    /// Takes an opened file for a partition, and checks that its records are those its head states: all of them now, or
    /// each shard when it is touched. Changes nothing.
    pub(super) fn open(seals: Seals, opened: OpenedFile, trust: Trust) -> Result<Self, StoreError> {
        let mut file = Self {
            seals,
            folder: Some(opened.folder.clone()),
            handle: Handle::Closed,
            head: Head::default(),
            shards: Shards::default(),
            trust,
            account: Account::Kept,
        };
        file.adopt(opened)?;
        Ok(file)
    }

    /// Checks all records now, if they were not checked when the partition was opened.
    pub(super) fn check_rest(&mut self) -> Result<(), StoreError> {
        if self.trust == Trust::Shards {
            let found = self.reading("read a partition", |txn| tables::verify(txn, &self.seals, &self.head))?;
            if found != self.shards {
                self.account = Account::Behind;
                self.shards = found;
            }
            self.trust = Trust::Records;
        }
        Ok(())
    }

    pub(super) fn head(&self) -> &Head {
        &self.head
    }

    /// The profile that was given when the store was made.
    pub(super) fn profile(&self) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        self.reading("read the profile", |txn| tables::get_single(txn, &self.seals, Kind::Profile))
    }

    /// Applies `batch` in one durable step. `partitions`, if any, replaces the list in the head.
    ///
    /// After an error nothing of the batch has been applied, save where the disk failed after it had taken everything;
    /// then all of it has. The head says which.
    pub(super) fn commit(
        &mut self,
        at_ms: i64,
        batch: Batch,
        partitions: Option<Vec<Partition>>,
        watch: Watch<'_>,
    ) -> Result<Revision, StoreError> {
        self.open_for_writing()?;
        let mut head = self.head.clone();
        let mut shards = self.shards.clone();
        head.revision.0 += 1;
        head.last_change_ms = head.last_change_ms.max(at_ms);
        if let Some(partitions) = partitions {
            head.partitions = partitions;
        }
        let applied = self.shielded("write to the store", || {
            let txn = tables::begin_write(self.database()?)?;
            let touched = tables::apply(&txn, &self.seals, &mut head, &mut shards, batch, self.trust, watch)?;
            match self.account {
                Account::Kept => tables::put_shards(&txn, &self.seals, &shards, touched)?,
                Account::Behind => tables::put_shards(&txn, &self.seals, &shards, Shard::all())?,
            }
            tables::put_single(&txn, &self.seals, Kind::Head, &head.to_bytes())?;
            txn.commit()?;
            Ok(())
        });
        if let Err(error) = applied {
            // redb refuses all work after a failed write until its file is opened again. What comes out is what the
            // file holds; should it not open now, the next commit tries again.
            let _ = self.view();
            return Err(error);
        }
        if let Some(folder) = &self.folder {
            // The batch is durable already. A mark left behind only notices less.
            let _ = mark::write(&self.seals, folder, head.revision);
        }
        self.head = head;
        self.shards = shards;
        self.account = Account::Kept;
        Ok(self.head.revision)
    }

    /// The record under `key`, opened.
    pub(super) fn read(&self, table: Table, key: &Key) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        self.reading("read a record", |txn| match self.trust {
            Trust::Records => tables::read(txn, &self.seals, table, key),
            Trust::Shards => tables::read_in_shard(txn, &self.seals, &self.shards, table, key),
        })
    }

    /// Hands every record of a table to `each`, opened, in no particular order. They have to be checked already.
    pub(super) fn scan<E: From<StoreError>>(
        &self,
        table: Table,
        mut each: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        assert_eq!(self.trust, Trust::Records, "a table is read as a whole when all of it was checked");
        let mut scan = self.reading("read a table", |txn| Scan::new(txn, table))?;
        // `each` runs outside of the shield: what goes wrong in it is not the file's fault.
        while let Some(plain) = self.shielded("read a table", || scan.next(&self.seals))? {
            each(&plain)?;
        }
        Ok(())
    }

    /// Up to `most` chunks of activity, newest first.
    pub(super) fn recent_activity(&self, most: usize) -> Result<Vec<Zeroizing<Vec<u8>>>, StoreError> {
        self.reading("read the activity", |txn| tables::recent_activity(txn, &self.seals, &self.head, most))
    }

    /// Opens every record of every table.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        self.reading("read a partition", |txn| tables::check(txn, &self.seals, &self.head))
    }

    /// Gives the room back that removed records took. Nothing is done in memory.
    pub(super) fn compact(&mut self) -> Result<(), StoreError> {
        self.open_for_writing()?;
        let Handle::Writable(mut database) = std::mem::replace(&mut self.handle, Handle::Closed) else { return Ok(()) };
        let compacted = self.shielded("compact a partition", || {
            while self.folder.is_some() && database.compact()? {}
            Ok(database)
        });
        match compacted {
            Ok(database) => {
                self.handle = Handle::Writable(database);
                Ok(())
            }
            Err(error) => {
                // As after a failed commit: what comes out is what the file holds.
                let _ = self.view();
                Err(error)
            }
        }
    }

    /// Length of the partition's files in bytes; none in memory.
    pub(super) fn size_bytes(&self) -> Result<u64, StoreError> {
        let Some(folder) = &self.folder else { return Ok(0) };
        [FILE_NAME, mark::FILE_NAME].iter().try_fold(0, |sum, name| match fs::metadata(folder.join(name)) {
            Ok(found) => Ok(sum + found.len()),
            Err(source) => Err(StoreError::Io { doing: "look at the store's files", source }),
        })
    }

    /// Opens the file anew, so that nothing is written to it. In memory there is nothing to open again.
    fn view(&mut self) -> Result<(), StoreError> {
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        self.close();
        self.adopt(OpenedFile::open(&self.seals.partition, folder)?)
    }

    /// Reads the head and what the shards add up to, and compares them with the records as far as it is trusted to.
    fn adopt(&mut self, opened: OpenedFile) -> Result<(), StoreError> {
        let OpenedFile { folder, database } = opened;
        let (database, head, shards) = self.shielded("open a partition", || {
            let txn = database.begin_read()?;
            let head = tables::get_head(&txn, &self.seals)?;
            if head.revision < mark::read(&self.seals, &folder)? {
                return Err(NotAuthentic.into());
            }
            tables::verify_activity(&txn, &head)?;
            let shards = tables::get_shards(&txn, &self.seals)?;
            txn.close()?;
            Ok((database, head, shards))
        })?;
        self.handle = Handle::Viewed(database);
        self.head = head;
        self.account = if shards.add_up_to(&self.head) { Account::Kept } else { Account::Behind };
        self.shards = shards;
        if (self.trust, self.account) == (Trust::Shards, Account::Kept) {
            return Ok(());
        }
        self.trust = Trust::Shards;
        self.check_rest().inspect_err(|_| self.close())
    }

    fn open_for_writing(&mut self) -> Result<(), StoreError> {
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        if matches!(self.handle, Handle::Writable(_)) {
            return Ok(());
        }
        if matches!(self.handle, Handle::Closed) {
            // What a failed commit left is looked at as closely as at the first opening.
            self.view()?;
        }
        self.close();
        let opened = self.shielded("open a partition for writing", || {
            let database = builder().open(folder.join(FILE_NAME))?;
            // Nobody else writes while we hold the lock, so it is what was checked when it was opened.
            if tables::get_head(&database.begin_read()?, &self.seals)? == self.head {
                Ok(database)
            } else {
                Err(NotAuthentic.into())
            }
        });
        match opened {
            Ok(database) => {
                self.handle = Handle::Writable(database);
                Ok(())
            }
            Err(error) => {
                // Reading goes on where writing cannot begin.
                let _ = self.view();
                Err(error)
            }
        }
    }

    /// Closes the file; two handles on one file would not see each other's pages.
    fn close(&mut self) {
        let closing = std::mem::replace(&mut self.handle, Handle::Closed);
        // Everything reported as done is durable; what fails here is only tidying up.
        let _ = self.shielded("close a partition", || {
            drop(closing);
            Ok(())
        });
    }

    fn database(&self) -> Result<&Database, Fault> {
        match &self.handle {
            Handle::Viewed(database) | Handle::Writable(database) => Ok(database),
            Handle::Closed => Err(io::Error::other("the file did not open again after a failed write").into()),
        }
    }

    fn reading<T>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&ReadTransaction) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        self.shielded(doing, || work(&self.database()?.begin_read()?))
    }

    fn shielded<T>(&self, doing: &'static str, work: impl FnOnce() -> Result<T, Fault>) -> Result<T, StoreError> {
        shielded(&self.seals.partition, doing, self.folder.as_deref(), work)
    }
}

impl Drop for PartitionFile {
    fn drop(&mut self) {
        self.close();
    }
}

/// Whether there is a partition's file in `folder`.
pub(super) fn is_in(folder: &Path) -> bool {
    folder.join(FILE_NAME).is_file()
}

fn builder() -> Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_LEN);
    builder
}

fn remove_files(folder: &Path) -> io::Result<()> {
    for name in [FILE_NAME, mark::FILE_NAME] {
        match fs::remove_file(folder.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
