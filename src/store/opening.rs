//! Opening a store that is there: taking hold of it, telling whether the passphrase is right, and comparing what there is with what it
//! should be.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::crypto::{Format, Passphrase, Sealer};

use super::files::Files;
use super::folder::{self, FolderLock, Holder};
use super::header::Header;
use super::high_water::HighWater;
use super::region::{PairPlace, Places, Region};
use super::replica::Trust;
use super::seals::Seals;
use super::{PairOf, Partition, Place, Store, StoreError, owner, renewal};

/// What will be done with a store that is opened leanly.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Expect {
    /// It is read.
    Reads,
    /// It is written to: all that takes is looked at while the key is derived.
    Writes,
}

/// A store that nobody else can open until this is dropped. It is not open yet.
pub struct Hold {
    folder: PathBuf,
    lock: FolderLock,
}

impl Hold {
    /// Takes the lock of the store in `folder`, and says in the lock file who did.
    pub fn take(folder: &Path, holder: Holder) -> Result<Self, StoreError> {
        folder::check_store(folder)?;
        Ok(Self { folder: folder.to_path_buf(), lock: FolderLock::take(folder, holder)? })
    }
}

/// How a store that is there is opened.
#[derive(Clone, Copy)]
pub struct Opening<'a> {
    /// What opens it.
    pub passphrase: &'a Passphrase,
    /// How much of it is looked at.
    pub looks: Looks,
    /// The folder in which this computer remembers how far stores had come (T9); `None`: it does not.
    pub memory: Option<&'a Path>,
    /// What becomes of files that are older than they should be.
    pub older: Older,
}

/// How much of a store is looked at when it is opened.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Looks {
    /// Every record is compared.
    Whole,
    /// A record is compared when it is touched, with the 256th part of its table that it belongs to.
    Lean(Expect),
}

/// What becomes of files that are older than they should be (T9).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Older {
    /// They are not taken.
    #[default]
    Refused,
    /// Somebody put them there on purpose: they are the state from now on.
    Accepted,
}

impl<'a> Opening<'a> {
    /// The whole store, with nothing remembered and nothing older accepted.
    pub const fn whole(passphrase: &'a Passphrase) -> Self {
        Self { passphrase, looks: Looks::Whole, memory: None, older: Older::Refused }
    }

    /// The same, leanly.
    pub const fn lean(passphrase: &'a Passphrase, expect: Expect) -> Self {
        Self { looks: Looks::Lean(expect), ..Self::whole(passphrase) }
    }
}

/// Opening.
impl Store {
    /// Opens the store in `folder` and checks that no record was changed, removed or put back (T3). Changes nothing on
    /// the disk but the name in the lock file.
    ///
    /// A partition of which nothing can be read does not stand in the way of the others; [`Store::serves`] tells of it.
    pub fn open(folder: &Path, passphrase: &Passphrase) -> Result<Self, StoreError> {
        Self::open_as(Hold::take(folder, Holder::Window)?, Opening::whole(passphrase))
    }

    /// The same, but a record is checked when it is touched, together with the 256th part of its table that it belongs to.
    /// [`Partition::GLOBAL`] is checked wholly; [`Store::check_rest`] comes before [`Store::scan_items`] of any other.
    pub fn open_lean(folder: &Path, passphrase: &Passphrase, expect: Expect) -> Result<Self, StoreError> {
        Self::open_as(Hold::take(folder, Holder::Window)?, Opening::lean(passphrase, expect))
    }

    /// Opens the store that was taken hold of, in any way.
    pub fn open_as(hold: Hold, opening: Opening<'_>) -> Result<Self, StoreError> {
        let Opening { passphrase, looks, memory, older } = opening;
        let Hold { folder, mut lock } = hold;
        let folder = &*folder;
        if passphrase.is_empty() {
            return Err(StoreError::EmptyPassphrase);
        }
        // The working directory may change while the store is open.
        let folder = &std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
        let header = Header::read(folder)?;
        let expect = match looks {
            Looks::Whole => Expect::Writes,
            Looks::Lean(expect) => expect,
        };
        let (unlocked, mut files) = if renewal::is_unsettled(folder)? {
            // A renewal of the root key was broken off. What there is belongs to one key or the other; which, the key tells.
            let unlocked = header.unwrap(passphrase)?;
            renewal::settle(folder, &Sealer::of(unlocked.keys.again(), header.store).into())?;
            (unlocked, Files::open(folder, expect)?)
        } else {
            // Deriving the key takes a while, and so does looking at each page of each file, which takes no key.
            let files = Files::open(folder, expect)?;
            (header.unwrap(passphrase)?, files)
        };
        // Whoever knows the passphrase is at home here, and may write.
        lock.tell();
        let notices = owner::keep_to_owner(folder)?;
        let sealer = Arc::new(Sealer::of(unlocked.keys, header.store));
        let trust = match looks {
            Looks::Whole => Trust::Records,
            Looks::Lean(_) => Trust::Shards,
        };
        let (regions, profile) = open_regions(folder, &sealer, trust, &mut files)?;
        let place = Place::Folder(folder.clone());
        let passphrase = (header.format() != Format::LATEST).then_some(unlocked.passphrase);
        let high_water = memory.map(|memory| HighWater::read(memory, folder, &sealer));
        Ok(Self {
            place,
            header,
            sealer,
            profile,
            regions,
            pair_of: |_| None,
            notices,
            passphrase,
            stamp: None,
            high_water,
            older,
            _lock: Some(lock),
        })
    }

    /// Says which partition keeps the copy of which, and compares each with what its copy, the others and this computer know of
    /// it. Comes before anything is read or committed.
    pub fn pair(&mut self, pair_of: PairOf) -> Result<(), StoreError> {
        self.pair_of = pair_of;
        let names: Vec<_> = self.partitions();
        for name in names {
            let pair = self.pair_place(&name)?;
            if let Some(mut region) = self.region(&name) {
                region.set_pair(pair);
            }
        }
        self.compare_references()
    }
}

/// The partitions of a store.
pub(super) type Regions = BTreeMap<Partition, RefCell<Region>>;

/// Opens every partition of the store in `folder`, and tells what the store is for.
pub(super) fn open_regions(
    folder: &Path,
    sealer: &Arc<Sealer>,
    trust: Trust,
    files: &mut Files,
) -> Result<(Regions, Zeroizing<Vec<u8>>), StoreError> {
    let mut open = |name: &Partition, trust: Trust| -> Result<Region, StoreError> {
        let own = folder::of_partition(folder, name)?;
        let seals = Seals::new(name.clone(), Arc::clone(sealer));
        let mut region = Region::unopened(
            seals,
            Places { store: Some(folder.to_path_buf()), folder: Some(own), pair: PairPlace::Nowhere },
            trust,
        );
        for at in [1, 0] {
            let path = region.replicas[at].path.clone();
            let opened = path.and_then(|path| files.take(&path)).map(|file| region.adopt(at, file?));
            match opened {
                Some(Ok(replica)) => region.put(at, replica),
                Some(Err(error)) => region.replicas[at].fail(&error),
                None => {}
            }
        }
        region.open();
        Ok(region)
    };
    let mut global = open(&Partition::GLOBAL, Trust::Records)?;
    global.demand()?;
    let profile = global.ask(|replica| replica.profile())?;
    let mut regions = BTreeMap::new();
    for name in &global.head.partitions.clone() {
        regions.insert(name.clone(), RefCell::new(open(name, trust)?));
    }
    regions.insert(Partition::GLOBAL, RefCell::new(global));
    Ok((regions, profile))
}
