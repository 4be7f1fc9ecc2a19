//! A store: its header, its lock and its partitions.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::SystemTime;

use zeroize::Zeroizing;

use crate::crypto::{KdfCost, Passphrase, RootKey, Sealer, StoreId, random};

use super::file::{OpenedFile, PartitionFile};
use super::folder::{self, FolderLock, NewFolder};
use super::header::Header;
use super::seals::Seals;
use super::tables::Trust;
use super::{Batch, Key, Partition, Revision, StoreError, Table, Watch, mark};

/// Where a store is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Place {
    /// In this folder, which holds nothing else.
    Folder(PathBuf),
    /// Nowhere: it ends with the program.
    Memory,
}

/// What a full check found. Every record counted here was opened.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CheckReport {
    /// Each partition, in the order of their names.
    pub partitions: Vec<PartitionReport>,
}

/// What a full check found in one partition.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PartitionReport {
    /// Which.
    pub partition: Partition,
    /// How often it was changed.
    pub revision: Revision,
    /// Records in [`Table::Items`].
    pub items: u64,
    /// Records in [`Table::Values`].
    pub values: u64,
    /// Chunks of activity.
    pub activity: u64,
}

/// An open store. Nobody else can open it until this is dropped.
pub struct Store {
    place: Place,
    header: Header,
    sealer: Arc<Sealer>,
    profile: Zeroizing<Vec<u8>>,
    // Before the lock, so that it is given back after their files are closed.
    partitions: BTreeMap<Partition, PartitionFile>,
    _lock: Option<FolderLock>,
}

impl Store {
    /// Makes a store and opens it. `profile` says what the store is for; it is sealed and never changes.
    ///
    /// A folder must be empty or not exist yet. After an error there is no store, and nothing else was left behind.
    pub fn create(place: &Place, passphrase: &Passphrase, cost: KdfCost, profile: &[u8]) -> Result<Self, StoreError> {
        let id: StoreId = random::bytes();
        let root = RootKey::generate();
        let header = Header::wrap(id, &root, passphrase, cost)?;
        let sealer = Arc::new(Sealer::new(root, id));
        let new_folder = match place {
            Place::Folder(folder) => Some((folder, NewFolder::prepare(folder)?)),
            Place::Memory => None,
        };
        let lock = new_folder.as_ref().map(|(folder, _)| FolderLock::take(folder)).transpose()?;
        let folder = new_folder.as_ref().map(|(folder, _)| folder.join(Partition::GLOBAL.as_str()));
        let global = PartitionFile::create(Seals::new(Partition::GLOBAL, Arc::clone(&sealer)), folder, Some(profile))?;
        if let Some((folder, _)) = &new_folder {
            // Last, as a folder without a header is no store.
            header.write(folder)?;
        }
        if let Some((_, new_folder)) = new_folder {
            new_folder.keep();
        }
        Ok(Self {
            place: place.clone(),
            header,
            sealer,
            profile: Zeroizing::new(profile.to_vec()),
            partitions: BTreeMap::from([(Partition::GLOBAL, global)]),
            _lock: lock,
        })
    }

    /// Opens the store in `folder` and checks that no record was changed, removed or put back (T3). Changes nothing on
    /// the disk but the name in the lock file.
    pub fn open(folder: &Path, passphrase: &Passphrase) -> Result<Self, StoreError> {
        Self::open_trusting(folder, passphrase, Trust::Records)
    }

    /// The same, but a record is checked when it is touched, together with the 256th part of its table that it belongs to.
    /// [`Partition::GLOBAL`] is checked wholly; [`Store::check_rest`] comes before [`Store::scan_items`] of any other.
    pub fn open_lean(folder: &Path, passphrase: &Passphrase) -> Result<Self, StoreError> {
        Self::open_trusting(folder, passphrase, Trust::Shards)
    }

    fn open_trusting(folder: &Path, passphrase: &Passphrase, trust: Trust) -> Result<Self, StoreError> {
        folder::check_store(folder)?;
        if passphrase.is_empty() {
            return Err(StoreError::EmptyPassphrase);
        }
        let lock = FolderLock::take(folder)?;
        let header = Header::read(folder)?;
        let (root, mut opened) = thread::scope(|scope| {
            // Deriving the key takes a while, and so does looking at each page of each file, which takes no key.
            let derive = || header.unwrap(passphrase);
            let deriving = thread::Builder::new().name("derive the key".into()).spawn_scoped(scope, derive);
            let opened = folder::partitions(folder).map(|found| open_each(folder, found));
            let root = match deriving {
                Ok(deriving) => deriving.join().unwrap_or_else(|panic| resume_unwind(panic)),
                Err(_) => derive(),
            };
            root.and_then(|root| Ok((root, opened?)))
        })?;
        let sealer = Arc::new(Sealer::new(root, header.store));
        let mut open = |name: &Partition, trust| {
            let missing = || OpenedFile::open(name, folder.join(name.as_str()));
            let opened = opened.remove(name).unwrap_or_else(missing)?;
            PartitionFile::open(Seals::new(name.clone(), Arc::clone(&sealer)), opened, trust)
        };
        let global = open(&Partition::GLOBAL, Trust::Records)?;
        let profile = global.profile()?;
        let mut partitions = BTreeMap::new();
        for name in &global.head().partitions {
            partitions.insert(name.clone(), open(name, trust)?);
        }
        partitions.insert(Partition::GLOBAL, global);
        let place = Place::Folder(folder.to_path_buf());
        Ok(Self { place, header, sealer, profile, partitions, _lock: Some(lock) })
    }

    /// Checks what [`Store::open_lean`] left unchecked.
    pub fn check_rest(&mut self) -> Result<(), StoreError> {
        self.partitions.values_mut().try_for_each(PartitionFile::check_rest)
    }

    /// Whether there is a store in `folder`, be it damaged or open elsewhere.
    pub fn exists(folder: &Path) -> bool {
        folder::holds_store(folder)
    }

    /// Puts a new passphrase in place of the current one; durable when this returns. No record is written again. After
    /// an error the current passphrase still holds.
    pub fn change_passphrase(
        &mut self,
        current: &Passphrase,
        new: &Passphrase,
        cost: KdfCost,
    ) -> Result<(), StoreError> {
        let root = self.header.unwrap(current)?;
        let header = Header::wrap(self.header.store, &root, new, cost)?;
        if let Place::Folder(folder) = &self.place {
            header.write(folder)?;
        }
        self.header = header;
        Ok(())
    }

    /// Applies `batch` to `partition` in one step, durable when this returns (T4). A partition is made when it is first
    /// used. `at_ms` is the time of the change in Unix milliseconds.
    ///
    /// After an error nothing of the batch is there, except when the disk failed after it had taken all of it:
    /// [`Store::revision`] has grown then, and what is kept in memory must be read again.
    pub fn commit(&mut self, partition: &Partition, at_ms: i64, batch: Batch) -> Result<Revision, StoreError> {
        self.commit_watched(partition, at_ms, batch, &mut |_| ControlFlow::Continue(()))
    }

    /// The same; `watch` hears how many records are sealed, and may break off with [`StoreError::Cancelled`].
    pub fn commit_watched(
        &mut self,
        partition: &Partition,
        at_ms: i64,
        batch: Batch,
        watch: Watch<'_>,
    ) -> Result<Revision, StoreError> {
        if let Some(file) = self.partitions.get_mut(partition) {
            return file.commit(at_ms, batch, None, watch);
        }
        let file = self.add_partition(partition, at_ms)?;
        file.commit(at_ms, batch, None, watch)
    }

    /// The store's random name.
    pub fn id(&self) -> StoreId {
        self.header.store
    }

    /// What was given when the store was made.
    pub fn profile(&self) -> &[u8] {
        &self.profile
    }

    /// Where the store is.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// What deriving the key from the passphrase costs.
    pub fn cost(&self) -> KdfCost {
        self.header.cost
    }

    /// Seals for this store: record names, fingerprints of sets, backups.
    pub fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    /// Whether this is the passphrase. Takes as long as opening does.
    pub fn verify_passphrase(&self, passphrase: &Passphrase) -> Result<(), StoreError> {
        self.header.unwrap(passphrase).map(drop)
    }

    /// Every partition there is, in the order of their names.
    pub fn partitions(&self) -> Vec<Partition> {
        self.partitions.keys().cloned().collect()
    }

    /// How often `partition` was changed; zero if it was never used.
    pub fn revision(&self, partition: &Partition) -> Revision {
        self.partitions.get(partition).map(|file| file.head().revision).unwrap_or_default()
    }

    /// The greatest `at_ms` of any commit, in Unix milliseconds. A clock that is behind it went back.
    pub fn last_change_ms(&self) -> i64 {
        self.partitions.values().map(|file| file.head().last_change_ms).max().unwrap_or_default()
    }

    /// Hands every body of [`Table::Items`] to `each`, in no particular order, until that fails.
    pub fn scan_items<E: From<StoreError>>(
        &self,
        partition: &Partition,
        each: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        match self.partitions.get(partition) {
            Some(file) => file.scan(Table::Items, each),
            None => Ok(()),
        }
    }

    /// The body under `key`, if there is one.
    pub fn read(
        &self,
        partition: &Partition,
        table: Table,
        key: &Key,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        match self.partitions.get(partition) {
            Some(file) => file.read(table, key),
            None => Ok(None),
        }
    }

    /// How many chunks of activity `partition` has.
    pub fn activity_count(&self, partition: &Partition) -> u64 {
        self.partitions.get(partition).map(|file| file.head().activity.count).unwrap_or_default()
    }

    /// The newest chunks of activity, at most `most_chunks`, newest first.
    pub fn recent_activity(
        &self,
        partition: &Partition,
        most_chunks: usize,
    ) -> Result<Vec<Zeroizing<Vec<u8>>>, StoreError> {
        match self.partitions.get(partition) {
            Some(file) => file.recent_activity(most_chunks),
            None => Ok(Vec::new()),
        }
    }

    /// Length of all partitions' files in bytes; zero in memory.
    pub fn size_bytes(&self) -> Result<u64, StoreError> {
        self.partitions.values().try_fold(0, |sum, file| Ok(sum + file.size_bytes()?))
    }

    /// Gives the room on the disk back that removed records took. Every record stays as it is; a crash leaves the store as
    /// it was.
    pub fn compact(&mut self) -> Result<(), StoreError> {
        self.partitions.values_mut().try_for_each(PartitionFile::compact)
    }

    /// When the store in `folder` was last changed, by what the system says of its marks; `None` where there are none.
    /// Needs no passphrase and does not care who has it open.
    pub fn last_written(folder: &Path) -> Result<Option<SystemTime>, StoreError> {
        let failed = |source| StoreError::from_io("look at the store folder", folder, source);
        let mut last = None;
        for entry in std::fs::read_dir(folder).map_err(failed)? {
            let mark = entry.map_err(failed)?.path().join(mark::FILE_NAME);
            match std::fs::metadata(mark).and_then(|found| found.modified()) {
                Ok(written) => last = last.max(Some(written)),
                // Beside the partitions there are files; and one may be in the making.
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
                Err(source) => return Err(failed(source)),
            }
        }
        Ok(last)
    }

    /// Opens every record of every table.
    pub fn check(&self) -> Result<CheckReport, StoreError> {
        let report = |(partition, file): (&Partition, &PartitionFile)| {
            file.check()?;
            let head = file.head();
            Ok(PartitionReport {
                partition: partition.clone(),
                revision: head.revision,
                items: head.items.count,
                values: head.values.count,
                activity: head.activity.count,
            })
        };
        Ok(CheckReport { partitions: self.partitions.iter().map(report).collect::<Result<_, StoreError>>()? })
    }

    /// Makes a partition, then puts it on the list in the global one. Only that makes it part of the store; what an
    /// interrupted attempt left is replaced.
    fn add_partition(&mut self, partition: &Partition, at_ms: i64) -> Result<&mut PartitionFile, StoreError> {
        let folder = match &self.place {
            Place::Folder(store) => Some(store.join(partition.as_str())),
            Place::Memory => None,
        };
        let seals = Seals::new(partition.clone(), Arc::clone(&self.sealer));
        let file = PartitionFile::create(seals, folder, None)?;
        if let Place::Folder(store) = &self.place {
            folder::sync(store).map_err(|source| StoreError::from_io("write the store folder", store, source))?;
        }
        let global = self.partitions.get_mut(&Partition::GLOBAL).expect("every store has it");
        let mut listed = global.head().partitions.clone();
        // A commit whose error came too late has put it there already.
        if !listed.contains(partition) {
            listed.push(partition.clone());
        }
        global.commit(at_ms, Batch::new(), Some(listed), &mut |_| ControlFlow::Continue(()))?;
        Ok(self.partitions.entry(partition.clone()).or_insert(file))
    }
}

/// Opens the file of each partition there seems to be. Which of them belong to the store is known once the key is; what
/// does not is not looked at further.
fn open_each(folder: &Path, found: Vec<Partition>) -> BTreeMap<Partition, Result<OpenedFile, StoreError>> {
    let open = |name: Partition| {
        let opened = OpenedFile::open(&name, folder.join(name.as_str()));
        (name, opened)
    };
    found.into_iter().map(open).collect()
}
