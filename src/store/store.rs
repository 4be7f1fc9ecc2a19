//! A store: its header, its lock and its partitions.

use std::cell::{RefCell, RefMut};
use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use zeroize::Zeroizing;

use crate::crypto::{Format, KdfCost, Passphrase, PassphraseKey, RootKey, RootKeys, Sealer, StoreId, random};

use super::folder::{self, FolderLock, Holder, NewFolder};
use super::header::Header;
use super::high_water::HighWater;
use super::opening::Older;
use super::region::{PairPlace, Places, Region};
use super::replica::Trust;
use super::seals::Seals;
use super::{
    ActivityBreak, ActivityChunk, Batch, ChainCheck, Key, Partition, Revision, StoreError, Table, Watch, mark, owner,
};

/// Where a store is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Place {
    /// In this folder, which holds nothing else.
    Folder(PathBuf),
    /// Nowhere: it ends with the program.
    Memory,
}

/// The partition that keeps the copy of another; `None`: nothing is copied.
pub type PairOf = fn(&Partition) -> Option<Partition>;

/// An open store. Nobody else can open it until this is dropped.
pub struct Store {
    pub(super) place: Place,
    pub(super) header: Header,
    pub(super) sealer: Arc<Sealer>,
    pub(super) profile: Zeroizing<Vec<u8>>,
    // Before the lock, so that it is given back after their files are closed.
    pub(super) regions: BTreeMap<Partition, RefCell<Region>>,
    pub(super) pair_of: PairOf,
    pub(super) notices: Vec<String>,
    /// With which a store of an earlier format is brought to the latest under the same passphrase.
    pub(super) passphrase: Option<PassphraseKey>,
    /// What every commit says of its moment; `None`: what the last one said.
    pub(super) stamp: Option<Vec<u8>>,
    /// What this computer remembers of the store.
    pub(super) high_water: Option<HighWater>,
    pub(super) older: Older,
    pub(super) _lock: Option<FolderLock>,
}

/// Making, opening and closing.
impl Store {
    /// Makes a store and opens it. `profile` says what the store is for; it is sealed and never changes.
    ///
    /// A folder must be empty or not exist yet. After an error there is no store, and nothing else was left behind.
    pub fn create(place: &Place, passphrase: &Passphrase, cost: KdfCost, profile: &[u8]) -> Result<Self, StoreError> {
        let id: StoreId = random::bytes();
        let keys = RootKeys::first(Format::LATEST, RootKey::generate());
        let header = Header::wrap(id, &keys, passphrase, cost)?;
        let sealer = Arc::new(Sealer::of(keys, id));
        let new_folder = match place {
            Place::Folder(folder) => Some((folder, NewFolder::prepare(folder)?)),
            Place::Memory => None,
        };
        let mut lock = new_folder.as_ref().map(|(folder, _)| FolderLock::take(folder, Holder::Window)).transpose()?;
        lock.iter_mut().for_each(FolderLock::tell);
        let folder = new_folder.as_ref().map(|(folder, _)| folder.join(Partition::GLOBAL.as_str()));
        let store = new_folder.as_ref().map(|(folder, _)| PathBuf::clone(folder));
        let places = Places { store, folder, pair: PairPlace::Nowhere };
        let global = Region::create(&Partition::GLOBAL, &sealer, places, Some(profile))?;
        if let Some((folder, _)) = &new_folder {
            // Last, as a folder without a header is no store.
            header.write(folder)?;
        }
        let mut notices = Vec::new();
        if let Some((folder, new_folder)) = new_folder {
            new_folder.keep();
            notices = owner::keep_to_owner(folder)?;
        }
        Ok(Self {
            place: place.clone(),
            header,
            sealer,
            profile: Zeroizing::new(profile.to_vec()),
            regions: BTreeMap::from([(Partition::GLOBAL, RefCell::new(global))]),
            pair_of: |_| None,
            notices,
            passphrase: None,
            stamp: None,
            high_water: None,
            older: Older::Refused,
            _lock: lock,
        })
    }

    /// Checks what [`Store::open_lean`] left unchecked; all of it, also where something fails.
    pub fn check_rest(&mut self) -> Result<(), StoreError> {
        let checks = self.regions.values().map(|region| region.borrow_mut().check_rest());
        checks.fold(Ok(()), Result::and)
    }

    /// Whether there is a store in `folder`, be it damaged or open elsewhere.
    pub fn exists(folder: &Path) -> bool {
        folder::holds_store(folder)
    }

    /// An error unless this is the store's passphrase.
    pub fn recognise(&self, passphrase: &Passphrase) -> Result<(), StoreError> {
        self.header.unwrap(passphrase).map(drop)
    }

    /// Puts a new passphrase in place of the current one; durable when this returns. No record is written again: who has a
    /// copy of the old header can still open all of it with the old passphrase, which only [`Store::renew`] ends. After
    /// an error the current passphrase still holds.
    pub fn change_passphrase(
        &mut self,
        current: &Passphrase,
        new: &Passphrase,
        cost: KdfCost,
    ) -> Result<(), StoreError> {
        let unlocked = self.header.unwrap(current)?;
        let header = Header::wrap(self.header.store, &unlocked.keys, new, cost)?;
        if let Place::Folder(folder) = &self.place {
            header.write(folder)?;
        }
        if self.passphrase.is_some() {
            self.passphrase = Some(header.unwrap(new)?.passphrase);
        }
        self.header = header;
        self.provide_elsewhere();
        Ok(())
    }

    /// The format that the store is in.
    pub fn format(&self) -> Format {
        self.header.format()
    }
}

/// Reading and committing.
impl Store {
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
        if !self.regions.contains_key(partition) {
            self.add_partition(partition, at_ms)?;
        }
        let lost = || StoreError::Lost { partition: partition.clone() };
        let at = self.moment(partition, at_ms);
        let revision = self.region(partition).ok_or_else(lost)?.commit(at, batch, None, watch)?;
        self.keep_high_water();
        Ok(revision)
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
        self.regions.keys().cloned().collect()
    }

    /// How often `partition` was changed; zero if it was never used.
    pub fn revision(&self, partition: &Partition) -> Revision {
        self.region(partition).map(|region| region.revision()).unwrap_or_default()
    }

    /// What the floor above says of the moment of every later commit: bytes of its own, at most 4 KiB. They are sealed into the head
    /// of the partition that is committed to, and into what this computer remembers.
    pub fn set_stamp(&mut self, stamp: Vec<u8>) {
        debug_assert!(stamp.len() <= 4096, "a stamp is short");
        self.stamp = Some(stamp);
    }

    /// What was said of the moment of the last commit of each partition that can be read, and of the last that this computer
    /// remembers. None in a store of format 1.
    pub fn stamps(&self) -> Vec<Vec<u8>> {
        let of_regions = self.regions.values().map(|region| region.borrow().head.stamp.clone());
        let remembered = self.high_water.as_ref().map(|high_water| high_water.stamp().to_vec());
        of_regions.chain(remembered).filter(|stamp| !stamp.is_empty()).collect()
    }

    /// The greatest time that the last commit of any partition stated, in Unix milliseconds.
    pub fn last_change_ms(&self) -> i64 {
        self.regions.values().map(|region| region.borrow().head.last_change_ms).max().unwrap_or_default()
    }

    /// Hands every body of [`Table::Items`] to `each`, in no particular order, until that fails.
    pub fn scan_items<E: From<StoreError>>(
        &self,
        partition: &Partition,
        each: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        match self.region(partition) {
            Some(mut region) => region.scan(Table::Items, each),
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
        match self.region(partition) {
            Some(mut region) => region.read(table, key),
            None => Ok(None),
        }
    }

    /// The sequences of the chunks of activity that `partition` has.
    pub fn activity_range(&self, partition: &Partition) -> Range<u64> {
        self.region(partition)
            .and_then(|mut region| region.ask(|replica| Ok(replica.head().activity_range())).ok())
            .unwrap_or_default()
    }

    /// The chunks of activity with these sequences, as far as there are such, newest first.
    pub fn activity(&self, partition: &Partition, wanted: Range<u64>) -> Result<Vec<ActivityChunk>, StoreError> {
        match self.region(partition) {
            Some(mut region) => region.ask(|replica| replica.activity(wanted.clone())),
            None => Ok(Vec::new()),
        }
    }

    /// Ends the check of a chain, of which every chunk was taken: where the oldest one does not follow what was forgotten.
    pub fn end_chain(&self, partition: &Partition, check: &ChainCheck) -> Option<ActivityBreak> {
        let mut region = self.region(partition)?;
        region.ask(|replica| Ok(check.end(partition, replica.head()))).ok()?
    }

    /// The bodies of the newest chunks of activity, at most `most_chunks`, newest first.
    pub fn recent_activity(
        &self,
        partition: &Partition,
        most_chunks: usize,
    ) -> Result<Vec<Zeroizing<Vec<u8>>>, StoreError> {
        let all = self.activity_range(partition);
        let first = all.end.saturating_sub(most_chunks as u64);
        self.activity(partition, first..all.end)?.into_iter().map(ActivityChunk::into_body).collect()
    }

    /// Length of all partitions' files in bytes, copies among them; zero in memory.
    pub fn size_bytes(&self) -> Result<u64, StoreError> {
        Ok(self.report().iter().flat_map(|region| &region.files).map(|file| file.bytes).sum())
    }

    /// When the store in `folder` was last changed, by what the system says of its marks; `None` where there are none.
    /// Needs no passphrase and does not care who has it open.
    pub fn last_written(folder: &Path) -> Result<Option<SystemTime>, StoreError> {
        let mut last = None;
        for partition in folder::partitions(folder)? {
            let path = folder::of_partition(folder, &partition)?.join(mark::FILE_NAME);
            match std::fs::metadata(&path).and_then(|found| found.modified()) {
                Ok(written) => last = last.max(Some(written)),
                // One may be in the making, or its disk is not there.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(source) => return Err(StoreError::from_io("look at the store folder", folder, source)),
            }
        }
        Ok(last)
    }

    pub(super) fn region(&self, partition: &Partition) -> Option<RefMut<'_, Region>> {
        self.regions.get(partition).map(RefCell::borrow_mut)
    }

    /// Makes a partition, then puts it on the list in the global one. Only that makes it part of the store; what an
    /// interrupted attempt left is replaced.
    fn add_partition(&mut self, partition: &Partition, at_ms: i64) -> Result<(), StoreError> {
        let folder = match &self.place {
            Place::Folder(store) => Some(folder::of_partition(store, partition)?),
            Place::Memory => None,
        };
        let store = match &self.place {
            Place::Folder(store) => Some(store.clone()),
            Place::Memory => None,
        };
        let places = Places { store, folder, pair: PairPlace::Nowhere };
        let mut region = self.find_or_create(partition, places)?;
        if let Place::Folder(store) = &self.place {
            folder::sync(store).map_err(|source| StoreError::from_io("write the store folder", store, source))?;
        }
        let at = self.moment(&Partition::GLOBAL, at_ms);
        {
            let mut global = self.region(&Partition::GLOBAL).expect("every store has it");
            let mut listed = global.head.partitions.clone();
            // A commit whose error came too late has put it there already.
            if !listed.contains(partition) {
                listed.push(partition.clone());
            }
            global.commit(at, Batch::new(), Some(listed), &mut |_| ControlFlow::Continue(()))?;
        }
        region.set_pair(self.pair_place(partition)?);
        self.regions.insert(partition.clone(), RefCell::new(region));
        Ok(())
    }

    /// A partition that is not on the list, and stands there all the same with changes in it: the list is older than it. Otherwise a
    /// new one.
    fn find_or_create(&mut self, partition: &Partition, places: Places) -> Result<Region, StoreError> {
        if places.folder.is_some() {
            let seals = Seals::new(partition.clone(), Arc::clone(&self.sealer));
            let mut found = Region::unopened(seals, places.clone(), Trust::Records);
            found.open();
            if found.serves() && found.head.revision != Revision::default() {
                self.notices
                    .push(format!("{partition} was not on the list of this store, and was found in its folder."));
                return Ok(found);
            }
        }
        Region::create(partition, &self.sealer, places, None)
    }

    /// Where the copy of a partition lies: nowhere, in memory, or in a folder.
    pub(super) fn pair_place(&self, partition: &Partition) -> Result<PairPlace, StoreError> {
        if *partition == Partition::GLOBAL {
            let first = self.elsewhere()?.into_iter().next();
            return Ok(first.map_or(PairPlace::Nowhere, PairPlace::Folder));
        }
        let Some(pair) = (self.pair_of)(partition) else { return Ok(PairPlace::Nowhere) };
        match &self.place {
            Place::Folder(store) => Ok(PairPlace::Folder(folder::of_partition(store, &pair)?)),
            Place::Memory => Ok(PairPlace::Memory),
        }
    }
}
