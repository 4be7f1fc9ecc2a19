//! Renewing the root key: everything is sealed anew under a fresh one, so that whoever has an old header and its passphrase reads
//! nothing that is written from then on (T8). Also how a store of an earlier format becomes one of the latest.
//!
//! Every file is written once more beside the old one, whole and durable. Then the store's header is replaced: that is the only
//! commit point. A program that is broken off before it leaves the old store, and files that nobody reads; one that is broken off after it
//! leaves the new one, and whoever opens it next puts the files in place.

use std::cell::RefCell;
use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::crypto::{Format, KdfCost, NotAuthentic, Passphrase, RecordId, RootKey, RootKeys, Sealer};

use super::account::{get_single, put_shards, put_single};
use super::activity::{ActivityTag, chained_anew, first_break};
use super::chain::{Chain, slot_of};
use super::engine::{Address, RegionStore};
use super::files::Files;
use super::head::{Birth, Head, Tally};
use super::header::{Header, MOST_GENERATIONS};
use super::high_water::HighWater;
use super::opening::open_regions;
use super::redb_file::RedbFile;
use super::region::{PairPlace, Places, Region};
use super::replica::{State, Trust};
use super::seals::{Kind, Seals};
use super::shards::{Shard, Shards};
use super::shield::{Fault, shielded};
use super::slot::{Content, Slot};
use super::whole::copy_file;
use super::{Expect, FileFault, Partition, Place, Source, Store, StoreError, folder, mark};

/// What a renewed file is called until the header that it belongs to is there.
const ENDING: &str = ".rekey";

/// Hears which part is done, 0 to 1, and may break it off while the old key still holds.
pub type RenewalWatch<'a> = &'a mut dyn FnMut(f32) -> ControlFlow<()>;

impl Store {
    /// Makes a new root key, and seals everything anew under it and under `new`, which may be the current passphrase. Durable when
    /// this returns; after an error, or when `watch` broke it off, the store is as it was.
    ///
    /// Copies in folders that are not connected are sealed anew when they return. Backups made before stay readable here.
    pub fn renew(
        &mut self,
        current: &Passphrase,
        new: &Passphrase,
        cost: KdfCost,
        watch: RenewalWatch<'_>,
    ) -> Result<(), StoreError> {
        let unlocked = self.header.unwrap(current)?;
        let keys = unlocked.keys.followed_by(Format::LATEST, RootKey::generate());
        let header = Header::wrap(self.header.store, &keys, new, cost)?;
        self.renew_under(keys, header, watch)
    }

    /// Brings a store of an earlier format to the latest, under the same passphrase. Whether there was anything to do. Where it
    /// cannot be done now, the store stays as it is and goes on working.
    pub fn upgrade(&mut self) -> Result<bool, StoreError> {
        let Some(passphrase) = self.passphrase.take() else { return Ok(false) };
        let keys = self.sealer.keys().followed_by(Format::LATEST, RootKey::generate());
        let header = self.header.wrap_again(&keys, &passphrase);
        let (from, to) = (self.format().number(), Format::LATEST.number());
        let done = self.renew_under(keys, header, &mut |_| ControlFlow::Continue(()));
        if done.is_err() {
            self.passphrase = Some(passphrase);
        }
        done?;
        self.notices.push(format!("This store was upgraded from format {from} to format {to}."));
        Ok(true)
    }

    fn renew_under(&mut self, keys: RootKeys, header: Header, watch: RenewalWatch<'_>) -> Result<(), StoreError> {
        let refused = |why: &str| StoreError::NotRenewed { why: why.into() };
        let Place::Folder(store) = self.place.clone() else { return Err(refused("it is only in memory")) };
        if MOST_GENERATIONS < keys.generation() {
            return Err(refused("it has been renewed 1,024 times, which is the limit"));
        }
        self.finish_upkeep();
        for region in self.regions.values() {
            region.borrow_mut().demand_renewable()?;
        }
        let sealer = Arc::new(Sealer::of(keys, self.header.store));
        for folder in self.folders()? {
            take_away(&folder).map_err(|source| StoreError::from_io("write the store folder", &folder, source))?;
        }
        let written = self.write_renewed(&sealer, watch);
        let committed = written.and_then(|()| header.write(&store));
        if let Err(error) = committed {
            // Half a renewal is never read; it only takes room.
            for folder in self.folders().unwrap_or_default() {
                drop(take_away(&folder));
            }
            return Err(error);
        }
        // From here on the new key holds, whatever happens.
        (self.header, self.sealer, self.passphrase) = (header, Arc::clone(&sealer), None);
        if let Some(high_water) = &mut self.high_water {
            HighWater::follow(high_water, &sealer);
        }
        self.open_renewed(&store)
    }

    /// Writes every partition once more under `sealer`, beside what is there.
    fn write_renewed(&self, sealer: &Arc<Sealer>, watch: RenewalWatch<'_>) -> Result<(), StoreError> {
        let heads = self.regions.values().map(|region| region.borrow().head.clone());
        let all: u64 = heads.map(|head| records_in(&head)).sum::<u64>().max(1);
        let mut before = 0;
        for (partition, region) in &self.regions {
            let region = region.borrow();
            let seals = Seals::new(partition.clone(), Arc::clone(sealer));
            let state = region.serving().ok_or_else(|| super::region::lost(&seals))?.state()?;
            let first = region.replicas[0].path.clone().unwrap_or_default();
            let mut tell = |done: u64| watch(0.95 * (before + done) as f32 / all as f32);
            let engine = create_at(&seals, &renewed(&first))?;
            let (head, chain) = reseal_into(&state, &seals, engine, &mut tell)?;
            before += records_in(&head);
            let mut others = vec![region.replicas[1].path.clone().unwrap_or_default()];
            let copy = region.copy.as_ref().filter(|slot| slot.usable().is_some()).and_then(|slot| slot.path.clone());
            others.extend(copy.clone());
            for other in &others {
                copy_file(&renewed(&first), &renewed(other), &mut |_| ControlFlow::Continue(()))?;
            }
            // Last in each folder: whoever finds a mark finds what it belongs to.
            let failed = |source| StoreError::from_io("write a mark", &first, source);
            if let Some(path) = region.mark_path() {
                mark::write(&seals, &renewed(&path), head.revision.0)
                    .and_then(|file| file.sync_all())
                    .map_err(failed)?;
            }
            if let Some(path) = copy.and(region.copy_mark_path()) {
                mark::write_copy(&seals, &renewed(&path), &chain).and_then(|file| file.sync_all()).map_err(failed)?;
            }
        }
        for folder in self.folders()? {
            folder::sync(&folder).map_err(|source| StoreError::from_io("write the store folder", &folder, source))?;
        }
        // The last moment at which the old key still holds.
        if watch(1.0).is_break() { Err(StoreError::Cancelled) } else { Ok(()) }
    }

    /// Closes the files under the old key and opens those under the new one.
    fn open_renewed(&mut self, store: &Path) -> Result<(), StoreError> {
        let names = self.partitions();
        for region in self.regions.values_mut() {
            let region = region.get_mut();
            region.replicas.iter_mut().chain(&mut region.copy).for_each(|slot| {
                slot.wait();
                drop(slot.take());
            });
            region.seals = Seals::new(region.seals.partition.clone(), Arc::clone(&self.sealer));
        }
        settle(store, &self.sealer)?;
        let mut files = Files::open(store, Expect::Writes)?;
        let opened = open_regions(store, &self.sealer, Trust::Shards, &mut files);
        drop(files);
        match opened {
            Ok((regions, _)) => self.regions = regions,
            Err(error) => {
                // Nothing is served until the store is opened again.
                let unread = |name: &Partition| {
                    let seals = Seals::new(name.clone(), Arc::clone(&self.sealer));
                    let places = Places { store: Some(store.to_path_buf()), folder: None, pair: PairPlace::Nowhere };
                    RefCell::new(Region::unopened(seals, places, Trust::Shards))
                };
                self.regions = names.iter().map(|name| (name.clone(), unread(name))).collect();
                return Err(error);
            }
        }
        self.pair(self.pair_of)?;
        self.check_rest()?;
        self.provide_elsewhere();
        self.keep_high_water();
        Ok(())
    }

    /// The copies that are not connected: a renewed key reaches them when they return.
    pub fn unconnected(&self) -> Vec<PathBuf> {
        let regions = self.regions.values().map(RefCell::borrow);
        let away = regions.filter_map(|region| {
            let path = region.copy.as_ref().and_then(|slot| slot.path.clone())?;
            path.parent().is_some_and(|folder| !folder.is_dir()).then_some(path)
        });
        away.collect()
    }

    /// Every folder that holds files of this store and is there.
    fn folders(&self) -> Result<Vec<PathBuf>, StoreError> {
        match &self.place {
            Place::Folder(store) => {
                folders_of(store).map(|found| found.into_iter().map(|(_, folder)| folder).collect())
            }
            Place::Memory => Ok(Vec::new()),
        }
    }
}

impl Region {
    /// Refuses where a file would be left behind under the old key, or where what is read is not the region's own.
    fn demand_renewable(&mut self) -> Result<(), StoreError> {
        let partition = self.seals.partition.clone();
        let refused = |why: String| Err(StoreError::NotRenewed { why });
        if self.source == Source::Pair || self.is_out || self.is_cut || !self.serves() {
            return refused(format!(
                "{partition} is not served by its own replicas, or replication to its pair is interrupted"
            ));
        }
        let is_ready = |slot: &Slot| self.is_current(slot);
        if !self.replicas.iter().all(is_ready) {
            return refused(format!("a replica of {partition} is offline"));
        }
        match &self.copy {
            Some(slot) if slot.is_played_out => {
                refused(format!("the copy of {partition} is offline (simulated failure)"))
            }
            Some(slot) => match &slot.content {
                Content::Out(FileFault::Damaged | FileFault::Diverged, _) => {
                    refused(format!("the copy of {partition} is quarantined; rebuild the region first"))
                }
                // One that is not connected is sealed anew when it returns.
                Content::Open(_) | Content::Unopened | Content::Busy(_) | Content::Out(..) => Ok(()),
            },
            None => Ok(()),
        }
    }
}

/// Seals everything of a state anew for `seals`, into an empty engine. What it is and where it stands then.
pub(super) fn reseal_into(
    state: &State,
    seals: &Seals,
    mut engine: Box<dyn RegionStore>,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<(Head, Chain), StoreError> {
    let State { seals: old, head, records, chain } = state;
    let mut found = None;
    let folder = None::<&Path>;
    shielded(&seals.partition, "seal a partition anew", folder, || {
        // Which records there are, what they are called from now on, and whether they are those that the head states.
        let mut names: Vec<(Address, Address)> = Vec::new();
        let mut stated = Shards::default();
        for (first, last) in [Address::ITEMS, Address::VALUES] {
            let from = names.len();
            records.range(first, last, &mut |at, sealed| {
                let tally = stated.get_mut(super::chain::shard_of(at).ok_or(NotAuthentic)?);
                tally.count += 1;
                tally.digest.toggle(&old.digest(&slot_of(old, at), sealed)?);
                names.push((at_after(old, seals, at)?, at));
                Ok(ControlFlow::Continue(()))
            })?;
            // Many records go into a tree far faster in its own order.
            names[from..].sort_unstable_by_key(|(new, _)| *new);
        }
        if !stated.add_up_to(head) {
            return Err(NotAuthentic.into());
        }
        let revision = head.revision.0 + 1;
        let mut new_head = Head {
            revision: super::Revision(revision),
            items: Tally::default(),
            values: Tally::default(),
            activity: Tally::default(),
            birth: Birth { revision, before: chain.tag },
            references: Vec::new(),
            ..head.clone()
        };
        let mut new_chain = None;
        engine.commit(&mut |changes| {
            let (mut shards, mut activity, mut done) = (Shards::default(), Tally::default(), 0);
            let mut tell = |done: &mut u64| {
                *done += 1;
                if done.is_multiple_of(256) && progress(*done).is_break() { Err(Fault::Cancelled) } else { Ok(()) }
            };
            for (new, at) in &names {
                let sealed = records.get(*at)?.ok_or(NotAuthentic)?;
                let plain = old.open(&slot_of(old, *at), &sealed)?;
                let slot = slot_of(seals, *new);
                let sealed = seals.seal(&slot, &plain);
                let tally = shards.get_mut(super::chain::shard_of(*new).ok_or(NotAuthentic)?);
                tally.count += 1;
                tally.digest.toggle(&seals.digest(&slot, &sealed)?);
                if changes.put(*new, &sealed)?.is_some() {
                    return Err(NotAuthentic.into());
                }
                tell(&mut done)?;
            }
            // Each chunk carries the tag of the one before it, which is another one now.
            let mut last: Option<ActivityTag> = None;
            let broken = first_break(&**records, old, head, &mut |at, sealed| {
                let Address::Activity(sequence) = at else { return Err(NotAuthentic.into()) };
                let plain = old.open(&slot_of(old, at), sealed)?;
                let plain = chained_anew(&plain, last.as_ref());
                last = Some(seals.activity_tag(sequence, &plain));
                let slot = slot_of(seals, at);
                let sealed = seals.seal(&slot, &plain);
                activity.count += 1;
                activity.digest.toggle(&seals.digest(&slot, &sealed)?);
                changes.put(at, &sealed)?;
                tell(&mut done)
            })?;
            if let Some(broken) = broken {
                return Err(broken.into());
            }
            put_shards(changes, seals, &shards, Shard::all())?;
            if let Some(profile) = get_single(&**records, old, Kind::Profile)? {
                put_single(changes, seals, Kind::Profile, &profile)?;
            }
            new_head.items = shards.total(super::Table::Items).ok_or(NotAuthentic)?;
            new_head.values = shards.total(super::Table::Values).ok_or(NotAuthentic)?;
            new_head.activity = activity;
            let chain = Chain { made: revision, ..Chain::beginning(seals, &new_head) };
            put_single(changes, seals, Kind::Head, &new_head.to_bytes(seals.format()))?;
            put_single(changes, seals, Kind::Chain, &chain.to_bytes(seals.format()))?;
            new_chain = Some(chain);
            Ok(())
        })?;
        found = new_chain.map(|chain| (new_head, chain));
        Ok(())
    })?;
    found.ok_or_else(|| StoreError::damaged(format!("the partition {}", seals.partition)))
}

/// What a record is called under later root keys.
fn at_after(old: &Seals, seals: &Seals, at: Address) -> Result<Address, NotAuthentic> {
    let renewed = |id: &RecordId| seals.id_since(old, id);
    match at {
        Address::Item(id) => Ok(Address::Item(renewed(&id))),
        Address::Value(id) => Ok(Address::Value(renewed(&id))),
        Address::Activity(_) | Address::Single(_) | Address::Shard(_) | Address::Batch(_) => Err(NotAuthentic),
    }
}

fn records_in(head: &Head) -> u64 {
    head.items.count + head.values.count + head.activity.count
}

fn renewed(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ENDING);
    name.into()
}

fn create_at(seals: &Seals, path: &Path) -> Result<Box<dyn RegionStore>, StoreError> {
    let file = shielded(&seals.partition, "write a replica", path.parent(), || RedbFile::create(path.to_path_buf()))?;
    Ok(Box::new(file))
}

/// The folders of the store in `store` that are there, its own and those elsewhere, each with the partition whose folder it is.
pub(super) fn folders_of(store: &Path) -> Result<Vec<(Partition, PathBuf)>, StoreError> {
    let failed = |source| StoreError::from_io("look into the store folder", store, source);
    let mut found = Vec::new();
    for entry in fs::read_dir(store).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let Some(name) = name.to_str() else { continue };
        let name = name.strip_suffix(".folder").unwrap_or(name);
        let Ok(partition) = name.parse::<Partition>() else { continue };
        let folder = folder::of_partition(store, &partition)?;
        if folder.is_dir() && !found.iter().any(|(_, known)| *known == folder) {
            found.push((partition, folder));
        }
    }
    Ok(found)
}

/// Whether a renewal was broken off.
pub(super) fn is_unsettled(store: &Path) -> Result<bool, StoreError> {
    let folders = folders_of(store)?;
    Ok(folders.iter().any(|(_, folder)| !renewed_in(folder).unwrap_or_default().is_empty()))
}

/// The renewed files in a folder, by the names that they will have.
fn renewed_in(folder: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        found.extend(name.to_str().and_then(|name| name.strip_suffix(ENDING)).map(str::to_owned));
    }
    Ok(found)
}

/// Takes the renewed files in a folder away.
fn take_away(folder: &Path) -> io::Result<()> {
    for name in renewed_in(folder)? {
        fs::remove_file(folder.join(name + ENDING))?;
    }
    Ok(())
}

/// Ends a renewal that was broken off: files that belong to the key in use take the place of those before them, others go.
pub(super) fn settle(store: &Path, sealer: &Arc<Sealer>) -> Result<(), StoreError> {
    for (partition, folder) in folders_of(store)? {
        settle_folder(&partition, &folder, sealer)
            .map_err(|source| StoreError::from_io("write the store folder", &folder, source))?;
    }
    Ok(())
}

/// The same in the folder of one partition.
pub(super) fn settle_folder(partition: &Partition, folder: &Path, sealer: &Arc<Sealer>) -> io::Result<()> {
    let names = renewed_in(folder)?;
    if names.is_empty() {
        return Ok(());
    }
    let of_copy = |name: &str| {
        let rest = name.strip_prefix("copy-of-")?;
        rest.strip_suffix(".redb").or_else(|| rest.strip_suffix(".mark"))?.parse::<Partition>().ok()
    };
    let belongs = |name: &str| {
        let Some(of) = of_copy(name) else {
            let path = folder.join(format!("{}{ENDING}", mark::FILE_NAME));
            return mark::read(&Seals::new(partition.clone(), Arc::clone(sealer)), &path).is_ok();
        };
        let path = folder.join(format!("copy-of-{of}.mark{ENDING}"));
        mark::read_copy(&Seals::new(of, Arc::clone(sealer)), &path).is_ok()
    };
    // A mark speaks for the files that it belongs to, so it moves last.
    let (marks, files): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| name.ends_with("mark"));
    let (taken, left): (Vec<_>, Vec<_>) = files.into_iter().chain(marks).partition(|name| belongs(name));
    for name in left {
        fs::remove_file(folder.join(name + ENDING))?;
    }
    for name in taken {
        fs::rename(renewed(&folder.join(&name)), folder.join(&name))?;
    }
    folder::sync(folder)
}
