//! What a store looks after by itself, and what is played to it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use zeroize::Zeroizing;

use super::header::Header;
use super::region::PairPlace;
use super::upkeep::Urgency;
use super::{FileName, Partition, Place, RegionReport, Revision, Source, Store, StoreError, folder};

/// Folders elsewhere: each has all that it takes to open what it keeps.
impl Store {
    /// The folders of regions that lie elsewhere, in the order of the regions' names.
    pub(super) fn elsewhere(&self) -> Result<Vec<PathBuf>, StoreError> {
        let Place::Folder(store) = &self.place else { return Ok(Vec::new()) };
        let own = self.regions.keys().cloned();
        let pairs = self.regions.keys().filter_map(|partition| (self.pair_of)(partition));
        let names: BTreeSet<_> = own.chain(pairs).collect();
        let folders = names.iter().map(|name| Ok((folder::of_partition(store, name)?, store.join(name.as_str()))));
        let folders: Vec<_> = folders.collect::<Result<_, StoreError>>()?;
        Ok(folders.into_iter().filter(|(folder, home)| folder != home).map(|(folder, _)| folder).collect())
    }

    /// Keeps the header in each folder elsewhere, and the copy of what belongs to no region in the first. One whose disk is not
    /// there gets it when it is.
    pub(super) fn provide_elsewhere(&self) {
        let folders = self.elsewhere().unwrap_or_default();
        for folder in folders.iter().filter(|folder| folder.is_dir()) {
            if Header::read(folder).ok().is_none_or(|found| found != self.header) {
                // Tried again at the next turn.
                drop(self.header.write(folder));
            }
        }
        if let Some(mut global) = self.region(&Partition::GLOBAL) {
            let pair = folders.into_iter().next().map_or(PairPlace::Nowhere, PairPlace::Folder);
            if global.places.pair != pair {
                global.set_pair(pair);
            }
        }
    }
}

/// What a store looks after by itself, and what may be done to its files.
impl Store {
    /// Looks after the files of every partition: notices what happened to them, brings forward, writes anew, ships. What
    /// takes long goes on in other threads. Whether there is something new to tell.
    pub fn upkeep(&mut self) -> bool {
        self.provide_elsewhere();
        let mut has_news = false;
        for region in self.regions.values() {
            has_news |= region.borrow_mut().upkeep(Urgency::WhenDue);
        }
        has_news
    }

    /// Does all that [`Store::upkeep`] would do sooner or later, and waits for it.
    pub fn finish_upkeep(&mut self) {
        self.provide_elsewhere();
        for region in self.regions.values() {
            region.borrow_mut().finish_upkeep();
        }
    }

    /// The same for one partition.
    pub fn finish_upkeep_of(&self, partition: &Partition) {
        self.provide_elsewhere();
        if let Some(mut region) = self.region(partition) {
            region.finish_upkeep();
        }
    }

    /// Whether [`Store::upkeep`] has something to do soon.
    pub fn has_upkeep(&self) -> bool {
        self.regions.values().any(|region| region.borrow().has_work())
    }

    /// Has a sentence told with what was found and done.
    pub fn note(&mut self, sentence: String) {
        self.notices.push(sentence);
    }

    /// What was found and done that nobody asked for, in sentences, since this was asked last.
    pub fn take_notices(&mut self) -> Vec<String> {
        let mut notices = std::mem::take(&mut self.notices);
        for region in self.regions.values() {
            notices.append(&mut region.borrow_mut().notices);
        }
        notices
    }

    /// What is known of every file.
    pub fn report(&self) -> Vec<RegionReport> {
        self.regions.values().map(|region| region.borrow().report()).collect()
    }

    /// Whether a replica of the partition serves, or why not.
    pub fn serves(&self, partition: &Partition) -> Result<(), StoreError> {
        self.region(partition).map_or(Ok(()), |region| region.demand())
    }

    /// Whether the partition can be committed to.
    pub fn takes_commits(&self, partition: &Partition) -> bool {
        self.region(partition).is_none_or(|region| region.serves() && region.source == Source::Region)
    }

    /// Which files of the partition are read from now on.
    pub fn read_from(&mut self, partition: &Partition, source: Source) {
        if let Some(mut region) = self.region(partition) {
            region.source = source;
        }
    }

    /// Whether the partition is read from its copy.
    pub fn source(&self, partition: &Partition) -> Source {
        self.region(partition).map(|region| region.source).unwrap_or_default()
    }

    /// Plays that a file of the partition failed, or that it returned.
    pub fn play_file(&mut self, partition: &Partition, name: FileName, is_out: bool) {
        if let Some(mut region) = self.region(partition) {
            region.play(name, is_out);
        }
    }

    /// Plays that the partition is out: nothing is shipped from it, and nothing in it is looked after.
    pub fn play_outage(&mut self, partition: &Partition, is_out: bool) {
        if let Some(mut region) = self.region(partition) {
            region.is_out = is_out;
        }
    }

    /// Plays that nothing reaches the copy of the partition.
    pub fn play_cut(&mut self, partition: &Partition, is_cut: bool) {
        if let Some(mut region) = self.region(partition) {
            region.is_cut = is_cut;
        }
    }

    /// How far the copy of the partition is.
    pub fn shipped(&self, partition: &Partition) -> Option<Revision> {
        let region = self.region(partition)?;
        region.copy.as_ref()?;
        Some(Revision(region.shipped))
    }

    /// The activity that came with the batches which the copy of the partition does not have yet, oldest first, each chunk with the
    /// revision it came with; as far as it is kept and can be read.
    pub fn unshipped(&self, partition: &Partition) -> Vec<(Revision, Zeroizing<Vec<u8>>)> {
        self.region(partition).map(|region| region.unshipped()).unwrap_or_default()
    }

    /// Looks whether replicas that were left out can be read again, here and now.
    pub fn look_again(&mut self, partition: &Partition) {
        if let Some(mut region) = self.region(partition) {
            region.look_again();
        }
    }
}
