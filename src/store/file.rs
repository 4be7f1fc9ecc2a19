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
use super::shield::{Fault, missing_is_damage, shielded};
use super::tables::{self, Scan};
use super::{Batch, Key, Partition, Revision, StoreError, Table, folder, mark};

const FILE_NAME: &str = "a.redb";
const CACHE_LEN: usize = 16 * 1024 * 1024;

/// An open partition.
pub(super) struct PartitionFile {
    seals: Seals,
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
        Ok(Self { seals, folder, handle: handle?, head })
    }

    /// Opens the partition in `folder` and checks that its records are those its head states. Changes nothing.
    pub(super) fn open(seals: Seals, folder: PathBuf) -> Result<Self, StoreError> {
        let mut file = Self { seals, folder: Some(folder), handle: Handle::Closed, head: Head::default() };
        file.view()?;
        file.reading("read a partition", |txn| tables::verify(txn, &file.seals, &file.head))?;
        Ok(file)
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
    ) -> Result<Revision, StoreError> {
        self.open_for_writing()?;
        let mut head = self.head.clone();
        head.revision.0 += 1;
        head.last_change_ms = head.last_change_ms.max(at_ms);
        if let Some(partitions) = partitions {
            head.partitions = partitions;
        }
        let applied = self.shielded("write to the store", || {
            let txn = tables::begin_write(self.database()?)?;
            tables::apply(&txn, &self.seals, &mut head, batch)?;
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
        Ok(self.head.revision)
    }

    /// The record under `key`, opened.
    pub(super) fn read(&self, table: Table, key: &Key) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        self.reading("read a record", |txn| tables::read(txn, &self.seals, table, key))
    }

    /// Hands every record of a table to `each`, opened, in no particular order.
    pub(super) fn scan<E: From<StoreError>>(
        &self,
        table: Table,
        mut each: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
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

    /// Opens the file so that nothing is written to it, and reads the head. In memory there is nothing to open again.
    fn view(&mut self) -> Result<(), StoreError> {
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        self.close();
        let (database, head) = self.shielded("open a partition", || {
            let overlay = Overlay::new(File::open(folder.join(FILE_NAME)).map_err(missing_is_damage)?)?;
            let is_mended = Rc::new(Cell::new(false));
            let mended = Rc::clone(&is_mended);
            let mut database = builder().set_repair_callback(move |_| mended.set(true)).create_with_backend(overlay)?;
            // Mending after a crash checks the checksum of each page; opening in order does not.
            if !is_mended.get() && !database.check_integrity()? {
                return Err(NotAuthentic.into());
            }
            let head = tables::get_head(&database.begin_read()?, &self.seals)?;
            if head.revision < mark::read(&self.seals, &folder)? {
                return Err(NotAuthentic.into());
            }
            Ok((database, head))
        })?;
        self.handle = Handle::Viewed(database);
        self.head = head;
        Ok(())
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
