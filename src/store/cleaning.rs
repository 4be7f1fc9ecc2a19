//! After a purge: nothing of what was purged can be read back from any file, even with the passphrase (T10).
//!
//! What a commit removes stays in free pages of a file, and in batches that wait for the copy. So a file that was made before the last
//! purge is written anew. That it has to be stands in the files themselves: a head tells which revision took a value away last, and each
//! file with which revision it was made. A copy that was not connected tells it when it returns.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::region::{CopyStanding, Region};
use super::replica::Replica;
use super::slot::{Aside, Content, Slot};
use super::upkeep::Urgency;
use super::{Store, StoreError};

/// Purges within this time share one cleaning.
pub(super) const SHARED: Duration = Duration::from_mins(1);

impl Store {
    /// Whether a file that is connected still holds what was purged.
    pub fn owes_cleaning(&self) -> bool {
        self.regions.values().any(|region| region.borrow().owes_cleaning())
    }

    /// Writes every file anew that holds what was purged, and takes away those that were set aside; durable when this returns. A file
    /// that is not connected is cleaned when it returns, before anything is shipped to it.
    pub fn clean(&mut self) -> Result<(), StoreError> {
        for region in self.regions.values() {
            region.borrow_mut().clean_now()?;
        }
        Ok(())
    }
}

impl Region {
    /// Whether a file holds what was purged. What is only in memory is wiped when it is removed.
    pub(super) fn is_unclean(&self, replica: &Replica) -> bool {
        !replica.is_in_memory() && replica.chain().made < self.head.purged
    }

    fn unclean_replica(&self) -> Option<usize> {
        (0..2).find(|at| self.replicas[*at].usable().is_some_and(|replica| self.is_unclean(replica)))
    }

    fn is_copy_unclean(&self) -> bool {
        self.copy.as_ref().and_then(Slot::usable).is_some_and(|copy| self.is_unclean(copy))
    }

    fn owes_cleaning(&self) -> bool {
        self.serves() && (self.unclean_replica().is_some() || self.is_copy_unclean())
    }

    /// Whether a copy is cleaned before more is shipped to it: one that returns is, and one that was waited for long enough.
    pub(super) fn cleans_copy_first(&self, urgency: Urgency) -> bool {
        let has_waited = || self.unclean_since.is_some_and(|since| SHARED <= since.elapsed());
        urgency == Urgency::Now || self.copy_since_opened == CopyStanding::New || has_waited()
    }

    /// Starts to clean one file after the other, when other purges had their time to join in.
    pub(super) fn clean(&mut self, urgency: Urgency) {
        if !self.owes_cleaning() {
            self.unclean_since = None;
            return;
        }
        let since = *self.unclean_since.get_or_insert_with(Instant::now);
        if urgency == Urgency::WhenDue && since.elapsed() < SHARED {
            return;
        }
        let is_busy = |slot: &Slot| matches!(slot.content, Content::Busy(_));
        if self.replicas.iter().any(is_busy) {
            return;
        }
        self.take_asides_away();
        if let Some(at) = self.unclean_replica() {
            self.start_rebuilding(at, Aside::Drop);
        }
    }

    /// The same, here and now.
    fn clean_now(&mut self) -> Result<(), StoreError> {
        self.open_second();
        if self.head.purged == 0 || !self.serves() {
            return Ok(());
        }
        while let Some(at) = self.unclean_replica() {
            self.start_rebuilding(at, Aside::Drop);
            self.replicas[at].wait();
            self.settle();
            if self.replicas[at].usable().is_none_or(|replica| self.is_unclean(replica)) {
                return Err(StoreError::Io {
                    doing: "clean the store after a purge",
                    source: std::io::Error::other(match &self.replicas[at].content {
                        Content::Out(fault, _) => super::whole::words(fault),
                        Content::Open(_) | Content::Busy(_) | Content::Unopened => {
                            format!("{} was not written anew", self.seals.partition)
                        }
                    }),
                });
            }
        }
        self.finish_upkeep();
        self.take_asides_away();
        Ok(())
    }

    /// Files that were set aside hold what the region held once.
    fn take_asides_away(&self) {
        let paths = self.replicas.iter().chain(&self.copy).filter_map(|slot| slot.path.as_deref());
        for aside in paths.map(|path| path.with_extension("aside")).filter(|path| Path::exists(path)) {
            // What cannot be taken away is on a disk that cannot be written to.
            drop(fs::remove_file(aside));
        }
    }
}
