//! A store from what one folder elsewhere keeps of it, when the rest is gone.

use std::path::Path;
use std::sync::Arc;

use crate::crypto::{Passphrase, Sealer};

use super::folder::{self, NewFolder};
use super::header::Header;
use super::replica::Trust;
use super::seals::Seals;
use super::slot::{Aside, Progress, make_folder, open_copy_at, write_at};
use super::{Hold, Holder, Older, Opening, PairOf, Partition, Revision, Store, StoreError, mark};

impl Store {
    /// Makes a store in `to`, which is empty or not there yet, from the copies that the folder `from` keeps of one that is gone: every
    /// record of them is checked first. `from` stays the folder of its region. What was recovered, each to which revision.
    pub fn recover(
        from: &Path,
        to: &Path,
        passphrase: &Passphrase,
        pair_of: PairOf,
    ) -> Result<Vec<(Partition, Revision)>, StoreError> {
        let absolute = |path: &Path| {
            std::path::absolute(path).map_err(|source| StoreError::from_io("find the folder", path, source))
        };
        let (from, to) = (absolute(from)?, absolute(to)?);
        folder::check_store(&from)?;
        let header = Header::read(&from)?;
        let sealer = Arc::new(Sealer::of(header.unwrap(passphrase)?.keys, header.store));
        let new_folder = NewFolder::prepare(&to)?;
        let mut recovered = Vec::new();
        for partition in copies_in(&from)? {
            let seals = Seals::new(partition.clone(), Arc::clone(&sealer));
            let copy = open_copy_at(&seals, Some(&from.join(format!("copy-of-{partition}.redb"))), Trust::Records)?;
            let state = copy.state()?;
            let own = to.join(partition.as_str());
            for name in ["a.redb", "b.redb"] {
                let path = own.join(name);
                make_folder(&path, Some(&to))?;
                drop(write_at(&state, &seals, Some(&path), Aside::Drop, &Progress::silent())?);
            }
            let marked = mark::write(&seals, &own.join(mark::FILE_NAME), copy.head().revision.0);
            marked
                .and_then(|file| file.sync_all())
                .map_err(|source| StoreError::from_io("write a mark", &own, source))?;
            if let Some(pair) = pair_of(&partition) {
                folder::put_partition(&to, &pair, Some(&from))?;
            }
            recovered.push((partition, copy.head().revision));
        }
        if recovered.iter().all(|(partition, _)| *partition != Partition::GLOBAL) {
            return Err(StoreError::NotAStore { path: from });
        }
        // Last, as a folder without a header is no store.
        header.write(&to)?;
        // Copies are behind each other by what was not shipped, and that is their state from now on.
        let opening = Opening { older: Older::Accepted, ..Opening::whole(passphrase) };
        Store::open_as(Hold::take(&to, Holder::Command)?, opening)?.pair(pair_of)?;
        new_folder.keep();
        Ok(recovered)
    }
}

/// The partitions of which there is a copy in a folder.
fn copies_in(folder: &Path) -> Result<Vec<Partition>, StoreError> {
    let failed = |source| StoreError::from_io("look into the folder", folder, source);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let name = name.to_str().and_then(|name| name.strip_prefix("copy-of-")?.strip_suffix(".redb"));
        found.extend(name.and_then(|name| name.parse::<Partition>().ok()));
    }
    found.sort();
    Ok(found)
}
