//! A partition with all its files: two replicas in its folder, and a copy in the folder of its pair.
//!
//! A commit is done when it is durable in both replicas, or in one while the other is left out (A1, A3). The copy gets the
//! same batches in the same order, later (A2).

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use zeroize::Zeroizing;

use crate::crypto::Sealer;

use super::activity::ActivityTag;
use super::chain::Chain;
use super::head::{Head, Tally};
use super::mark::Durable;
use super::redb_file::RedbFile;
use super::replica::{Replica, Trust};
use super::seals::Seals;
use super::slot::{Content, Slot, create_at, open_at};
use super::{FileFault, FileName, Key, Partition, Revision, Source, StoreError, Table, mark};

/// The floor of a partition whose mark cannot be read.
pub(super) const UNKNOWN: u64 = u64::MAX;
/// How many records are read at a time when all are.
const CHUNK: usize = 256;

/// Where the files of a partition lie; `None` in memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    /// The store's own folder, in which folders are made when they are needed. One elsewhere may be on a disk that is not there.
    pub(super) store: Option<PathBuf>,
    /// The folder of the replicas.
    pub(super) folder: Option<PathBuf>,
    /// Where the copy lies.
    pub(super) pair: PairPlace,
}

/// Where the copy of a partition lies.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) enum PairPlace {
    /// There is none.
    #[default]
    Nowhere,
    /// In memory.
    Memory,
    /// In this folder.
    Folder(PathBuf),
}

/// How a copy has stood since it was opened.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum CopyStanding {
    /// It may have been away.
    New,
    /// It had all there was.
    InStep,
}

/// An open partition.
pub(super) struct Region {
    pub(super) seals: Seals,
    pub(super) places: Places,
    /// A and B.
    pub(super) replicas: [Slot; 2],
    pub(super) copy: Option<Slot>,
    /// What is committed. Where no replica serves, what the copy has.
    pub(super) head: Head,
    pub(super) chain: Chain,
    /// The revision that was reached at least.
    pub(super) floor: u64,
    pub(super) source: Source,
    /// Whether every record has to be compared before it is read.
    pub(super) trust: Trust,
    /// Somebody plays that the whole region, or the link to its pair, is out.
    pub(super) is_out: bool,
    pub(super) is_cut: bool,
    /// What was found and done that nobody asked for, in sentences.
    pub(super) notices: Vec<String>,
    /// The copy's revision when it was last seen.
    pub(super) shipped: u64,
    /// There is something to tell.
    pub(super) has_changed: bool,
    /// How sure it is that the mark tells of a replica that lacks something.
    pub(super) marked: Durable,
    /// When batches were shipped last.
    pub(super) shipped_at: Option<Instant>,
    /// How many changes it had when it was opened: where there were some, there should be a copy.
    pub(super) past: u64,
    /// How the copy has stood since it was opened.
    pub(super) copy_since_opened: CopyStanding,
    /// Since when its files hold what was purged.
    pub(super) unclean_since: Option<Instant>,
    /// The newest chunk of activity: of which chunks, and its tag.
    pub(super) last_activity: Option<(Tally, ActivityTag)>,
}

/// Making and opening.
impl Region {
    /// Makes an empty partition, durable when this returns. What an interrupted attempt left is replaced.
    pub(super) fn create(
        partition: &Partition,
        sealer: &Arc<Sealer>,
        places: Places,
        profile: Option<&[u8]>,
    ) -> Result<Self, StoreError> {
        let seals = Seals::new(partition.clone(), Arc::clone(sealer));
        let mut region = Self::unopened(seals, places, Trust::Records);
        let made = region.make(profile);
        if let (Err(_), Some(folder)) = (&made, &region.places.folder) {
            // Not listed anywhere yet, so it is no part of a store; on a full disk it would only take room.
            region.replicas.iter_mut().for_each(|slot| drop(slot.take()));
            for slot in &region.replicas {
                drop(slot.path.as_ref().map(std::fs::remove_file));
            }
            drop(std::fs::remove_file(folder.join(mark::FILE_NAME)));
            drop(std::fs::remove_dir(folder));
        }
        made?;
        Ok(region)
    }

    fn make(&mut self, profile: Option<&[u8]>) -> Result<(), StoreError> {
        if let Some(folder) = &self.places.folder {
            let made = crate::disk::make_folder(folder);
            made.map_err(|source| StoreError::from_io("make a folder", folder, source))?;
        }
        for slot in &mut self.replicas {
            slot.content = Content::Open(create_at(&self.seals, slot.path.as_deref(), profile)?);
        }
        self.write_mark(0, Durable::Now)?;
        if let Some(folder) = &self.places.folder {
            let synced = super::folder::sync(folder);
            synced.map_err(|source| StoreError::from_io("write the store folder", folder, source))?;
        }
        Ok(())
    }

    /// A partition of which nothing was looked at yet.
    pub(super) fn unopened(seals: Seals, places: Places, trust: Trust) -> Self {
        let in_folder = |name: &str| places.folder.as_ref().map(|folder| folder.join(name));
        let replicas = [
            Slot::new(FileName::A, in_folder("a.redb"), Content::Unopened),
            Slot::new(FileName::B, in_folder("b.redb"), Content::Unopened),
        ];
        let head = Head::default();
        Self {
            chain: Chain::beginning(&seals, &head),
            seals,
            places,
            replicas,
            copy: None,
            head,
            floor: 0,
            source: Source::Region,
            trust,
            is_out: false,
            is_cut: false,
            notices: Vec::new(),
            shipped: 0,
            has_changed: false,
            marked: Durable::Soon,
            shipped_at: None,
            past: 0,
            copy_since_opened: CopyStanding::New,
            unclean_since: None,
            last_activity: None,
        }
    }

    /// A replica over the file that stands at this place.
    pub(super) fn adopt(&self, at: usize, file: RedbFile) -> Result<Replica, StoreError> {
        // The second is never read before the first failed, and then its rest is compared.
        let trust = if at == 0 { self.trust } else { Trust::Shards };
        Replica::open(self.seals.clone(), self.places.folder.clone(), Box::new(file), trust)
    }

    pub(super) fn put(&mut self, at: usize, replica: Replica) {
        self.replicas[at].content = Content::Open(replica);
    }

    /// Opens what is there. A partition of which no replica can be read opens too: [`Region::serves`] tells.
    pub(super) fn open(&mut self) {
        let floor = self.read_mark();
        if matches!(self.replicas[0].content, Content::Unopened) {
            self.replicas[0].open_now(&self.seals, self.trust);
        }
        match floor {
            Some(Ok(floor)) => self.floor = floor,
            None => {}
            // Nobody knows how far the replicas had come, unless the copy does.
            Some(Err(_)) => self.floor = UNKNOWN,
        }
        if self.floor == UNKNOWN && self.seals.partition == Partition::GLOBAL {
            self.settle_by_agreement();
        }
        let first = self.replicas[0].revision();
        // A lean opening is for one replica, unless that one lacks something.
        if self.trust == Trust::Records || first.is_none_or(|revision| revision < self.floor) {
            self.open_second();
        }
        self.settle();
        self.past = self.revision().0;
    }

    /// Says where the copy lies, and compares what is here with what the copy is known to have.
    pub(super) fn set_pair(&mut self, pair: PairPlace) {
        let path = |folder: &Path| folder.join(format!("copy-of-{}.redb", self.seals.partition));
        let slot = |path| Slot::new(FileName::Copy, path, Content::Unopened);
        self.shipped = 0;
        self.copy_since_opened = CopyStanding::New;
        self.copy = match &pair {
            PairPlace::Nowhere => None,
            PairPlace::Memory => Some(slot(None)),
            PairPlace::Folder(folder) => Some(slot(Some(path(folder)))),
        };
        self.places.pair = pair;
        if self.floor == UNKNOWN {
            self.settle_without_mark();
        }
        self.compare_with_copy_mark();
    }

    /// Takes the newest replica there is for the state of the region, though it is older than the region had become; where that
    /// is more than the copy has. Whether it was taken.
    pub(super) fn settle_for_less(&mut self) -> bool {
        let newest = self.replicas.iter().filter_map(Slot::usable).max_by_key(|replica| replica.head().revision);
        let Some(revision) = newest.map(|replica| replica.head().revision.0) else { return false };
        let seals = self.seals.clone();
        let copy = self.copy.as_mut().and_then(|slot| {
            slot.open_now(&seals, Trust::Shards);
            slot.revision()
        });
        if copy.is_some_and(|copy| revision < copy) {
            return false;
        }
        let missing = self.revision().0.saturating_sub(revision);
        (self.floor, self.head) = (revision, Head::default());
        self.settle();
        self.notices.push(format!(
            "{} goes on from change {revision}, the newest that could be found; {missing} later changes are missing.",
            self.seals.partition
        ));
        true
    }

    /// An error where another program has files of the region open.
    pub(super) fn demand_free(&mut self) -> Result<(), StoreError> {
        let seals = self.seals.clone();
        for slot in &mut self.replicas {
            if matches!(slot.content, Content::Out(..))
                && let Err(error @ StoreError::AlreadyOpen { .. }) =
                    open_at(&seals, slot.path.as_deref(), Trust::Shards)
            {
                return Err(error);
            }
        }
        Ok(())
    }

    /// Opens the second replica, if that was not done yet.
    pub(super) fn open_second(&mut self) {
        let [first, second] = &mut self.replicas;
        for slot in [first, second] {
            if matches!(slot.content, Content::Unopened) {
                // It is never read before the other failed, and then its rest is compared.
                slot.open_now(&self.seals, Trust::Shards);
            }
        }
    }

    /// Which state is the newest.
    pub(super) fn settle(&mut self) {
        let newest = self
            .replicas
            .iter()
            .filter_map(Slot::usable)
            .filter(|replica| self.floor <= replica.head().revision.0)
            // Of two that went different ways, the one that was served stays.
            .max_by_key(|replica| (replica.head().revision, replica.chain().tag == self.chain.tag));
        if let Some(replica) = newest {
            (self.head, self.chain) = (replica.head().clone(), *replica.chain());
            self.floor = self.floor.max(self.head.revision.0);
        }
        let chain = self.chain;
        for slot in &mut self.replicas {
            let has_diverged = slot
                .usable()
                .is_some_and(|replica| replica.chain().revision == chain.revision && replica.chain().tag != chain.tag);
            if has_diverged {
                let what = format!("{} of {}", slot.name.words(), self.seals.partition);
                slot.fail(&StoreError::Diverged { what });
            }
        }
    }
}

/// Reading.
impl Region {
    /// That a replica serves, or why none does.
    pub(super) fn demand(&self) -> Result<(), StoreError> {
        let is_damaged =
            |slot: &Slot| matches!(&slot.content, Content::Out(FileFault::Damaged | FileFault::Missing, _));
        let failing = self.replicas.iter().find_map(|slot| match &slot.content {
            Content::Out(FileFault::Failing(said), _) => Some(said.clone()),
            _ => None,
        });
        match failing {
            _ if self.serves() => Ok(()),
            Some(said) => Err(StoreError::Io { doing: "read the store", source: std::io::Error::other(said) }),
            None if self.floor == UNKNOWN || !self.is_out && self.replicas.iter().any(is_damaged) => {
                Err(StoreError::damaged(format!("the partition {}", self.seals.partition)))
            }
            None if self.replicas.iter().any(|slot| slot.revision().is_some_and(|revision| revision < self.floor)) => {
                Err(StoreError::damaged(format!("the partition {}", self.seals.partition)))
            }
            None => Err(lost(&self.seals)),
        }
    }

    /// Looks whether replicas that were left out can be read again, here and now.
    pub(super) fn look_again(&mut self) {
        let seals = self.seals.clone();
        let serves = self.serves();
        for slot in &mut self.replicas {
            let is_apart = matches!(slot.content, Content::Out(FileFault::Diverged, _));
            if matches!(slot.content, Content::Out(..)) && !(is_apart && serves) {
                slot.open_now(&seals, Trust::Shards);
            }
        }
        self.settle();
    }

    /// Plays that a file failed, or that it returned.
    pub(super) fn play(&mut self, name: FileName, is_out: bool) {
        let slot = match name {
            FileName::A if self.replicas[0].is_played_out == is_out => return,
            FileName::B if self.replicas[1].is_played_out == is_out => return,
            FileName::A => &mut self.replicas[0],
            FileName::B => &mut self.replicas[1],
            FileName::Copy => match &mut self.copy {
                Some(slot) => slot,
                None => return,
            },
        };
        slot.is_played_out = is_out;
        // One that nobody has looked at yet may have to serve now.
        self.open_second();
        self.settle();
    }

    /// Whether a replica serves.
    pub(super) fn serves(&self) -> bool {
        !self.is_out && self.replicas.iter().any(|slot| self.is_current(slot))
    }

    pub(super) fn is_current(&self, slot: &Slot) -> bool {
        slot.usable().is_some_and(|replica| {
            (replica.head().revision, replica.chain().tag) == (self.head.revision, self.chain.tag)
                && self.floor <= replica.head().revision.0
        })
    }

    /// What was reported as done, as far as that is known where nothing serves.
    pub(super) fn revision(&self) -> Revision {
        if self.serves() {
            // A copy that was changed apart may have more.
            return self.head.revision;
        }
        let floor = if self.floor == UNKNOWN { 0 } else { self.floor };
        Revision(self.head.revision.0.max(floor).max(self.shipped))
    }

    /// Asks the first file that answers; one that fails is left out, and the next is asked.
    pub(super) fn ask<T>(&mut self, ask: impl Fn(&mut Replica) -> Result<T, StoreError>) -> Result<T, StoreError> {
        match self.source {
            Source::Pair => {
                let trust = self.trust;
                let seals = self.seals.clone();
                let slot = self.copy.as_mut().ok_or_else(|| lost(&seals))?;
                slot.open_now(&seals, trust);
                let Content::Open(replica) = &mut slot.content else { return Err(lost(&seals)) };
                ask_checked(replica, trust, &ask)
            }
            Source::Region => {
                let mut last = None;
                for _ in 0..2 {
                    for at in 0..2 {
                        if !self.is_current(&self.replicas[at]) {
                            continue;
                        }
                        let trust = self.trust;
                        let Some(replica) = self.replicas[at].usable_mut() else { continue };
                        match ask_checked(replica, trust, &ask) {
                            Ok(answer) => return Ok(answer),
                            Err(error) => {
                                self.leave_out(at, &error);
                                last = Some(error);
                            }
                        }
                    }
                    // One that nobody has looked at yet may have what the other lacks now.
                    self.open_second();
                    self.settle();
                }
                Err(last.unwrap_or_else(|| lost(&self.seals)))
            }
        }
    }

    pub(super) fn leave_out(&mut self, at: usize, error: &StoreError) {
        self.replicas[at].fail(error);
        self.has_changed = true;
    }

    /// Hands every record of a table to `each`, opened, in no particular order.
    pub(super) fn scan<E: From<StoreError>>(
        &mut self,
        table: Table,
        mut each: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        assert_eq!(self.trust, Trust::Records, "a table is read as a whole when all of it was checked");
        let (first, last) = table.addresses();
        let mut next = Some(first);
        while let Some(first) = next {
            let chunk = self.ask(|replica| replica.scan(first, last, CHUNK))?;
            chunk.records.iter().try_for_each(|plain| each(plain))?;
            next = chunk.next;
        }
        Ok(())
    }

    pub(super) fn read(&mut self, table: Table, key: &Key) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        self.ask(|replica| replica.read(table, key))
    }

    /// Checks all records now, if they were not checked when the partition was opened.
    pub(super) fn check_rest(&mut self) -> Result<(), StoreError> {
        if self.trust == Trust::Shards {
            self.trust = Trust::Records;
            self.open_second();
            self.settle();
        }
        self.ask(|_| Ok(()))
    }
}

/// Nothing of it can be read.
pub(super) fn lost(seals: &Seals) -> StoreError {
    StoreError::Lost { partition: seals.partition.clone() }
}

fn ask_checked<T>(
    replica: &mut Replica,
    trust: Trust,
    ask: &impl Fn(&mut Replica) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    if trust == Trust::Records && !replica.is_checked() {
        replica.check_rest()?;
    }
    ask(replica)
}
