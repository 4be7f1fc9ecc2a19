//! Small files beside the records that say how far they had come: an older state of the records, be it put back by
//! someone or left by a disk that only said it had written, is below its mark.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::crypto::NotAuthentic;
use crate::disk;

use super::StoreError;
use super::chain::{Chain, ChainTag};
use super::region::{Region, UNKNOWN};
use super::seals::{Kind, Seals};
use super::shield::{Fault, missing_is_damage, shielded};
use super::slot::Slot;

/// The file's name in the partition's folder.
pub(super) const FILE_NAME: &str = "mark";

/// A mark is far shorter.
const MOST_BYTES: u64 = 4096;

/// How far a copy had come, told without opening it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct CopyMark {
    pub(super) revision: u64,
    pub(super) tag: ChainTag,
}

/// Writes the mark in place and in one write, after the revision is durable. Does not wait for the disk: a power cut may
/// bring back an older mark, and an older one is never wrong.
pub(super) fn write(seals: &Seals, path: &Path, revision: u64) -> io::Result<File> {
    write_sealed(path, &seals.seal(&seals.single(Kind::Mark), &revision.to_le_bytes()))
}

/// The revision that was reached at least.
pub(super) fn read(seals: &Seals, path: &Path) -> Result<u64, Fault> {
    let plain = seals.open(&seals.single(Kind::Mark), &read_sealed(path)?)?;
    let revision = plain.first_chunk().filter(|chunk| chunk.len() == plain.len()).ok_or(NotAuthentic)?;
    Ok(u64::from_le_bytes(*revision))
}

/// Writes how far a copy has come.
pub(super) fn write_copy(seals: &Seals, path: &Path, chain: &Chain) -> io::Result<File> {
    let body = [&chain.revision.to_le_bytes()[..], &chain.tag.0].concat();
    write_sealed(path, &seals.seal(&seals.single(Kind::CopyMark), &body))
}

/// How far the copy had come at least.
pub(super) fn read_copy(seals: &Seals, path: &Path) -> Result<CopyMark, Fault> {
    let plain = seals.open(&seals.single(Kind::CopyMark), &read_sealed(path)?)?;
    let (revision, tag) = plain.split_first_chunk().ok_or(NotAuthentic)?;
    let tag = ChainTag(tag.try_into().map_err(|_wrong_length| NotAuthentic)?);
    Ok(CopyMark { revision: u64::from_le_bytes(*revision), tag })
}

/// Whether a file is waited for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Durable {
    Now,
    Soon,
}

/// The marks of a partition and of its copy.
impl Region {
    /// What the mark says, where there is one in a file.
    pub(super) fn read_mark(&self) -> Option<Result<u64, StoreError>> {
        let path = self.mark_path()?;
        Some(shielded(&self.seals.partition, "read a mark", self.places.folder.as_deref(), || read(&self.seals, &path)))
    }

    /// Where nobody knew how far the replicas had come: whether the mark is there again, or the copy that knows it.
    pub(super) fn look_for_mark(&mut self) {
        if self.floor != UNKNOWN {
            return;
        }
        if let Some(Ok(floor)) = self.read_mark() {
            self.floor = floor;
            self.settle();
        } else if self.copy.is_some() {
            self.settle_without_mark();
        }
    }

    /// Without a mark nobody knows how far the replicas had come, unless the copy knows it.
    pub(super) fn settle_without_mark(&mut self) {
        self.open_second();
        let best = self.replicas.iter().filter_map(Slot::revision).max();
        if let (Some(known), Some(best)) = (self.copy_mark(), best)
            && known.revision <= best
        {
            self.floor = known.revision;
            self.settle();
            self.notices.push(format!(
                "The mark of {} was damaged or missing; its pair vouches for change {}.",
                self.seals.partition, known.revision
            ));
        }
    }

    /// Takes what both replicas agree on for how far they had come. Only for what has no pair that could vouch, and without which
    /// nothing opens.
    pub(super) fn settle_by_agreement(&mut self) {
        self.open_second();
        let chains = self.replicas.iter().filter_map(Slot::usable).map(|replica| *replica.chain());
        if let [first, second] = chains.collect::<Vec<_>>()[..]
            && (first.revision, first.tag) == (second.revision, second.tag)
        {
            self.floor = first.revision;
            self.notices.push(format!(
                "The mark of {} was damaged or missing; both replicas agree on change {}.",
                self.seals.partition, first.revision
            ));
        }
    }

    pub(super) fn mark_path(&self) -> Option<PathBuf> {
        self.places.folder.as_ref().map(|folder| folder.join(FILE_NAME))
    }

    pub(super) fn copy_mark_path(&self) -> Option<PathBuf> {
        let path = self.copy.as_ref()?.path.as_ref()?;
        Some(path.with_extension("mark"))
    }

    /// How far the copy had come at least, also where that was said under a root key from before.
    pub(super) fn copy_mark(&self) -> Option<CopyMark> {
        let path = self.copy_mark_path()?;
        let mut seals = Some(self.seals.clone());
        while let Some(by) = seals {
            if let Ok(mark) = read_copy(&by, &path) {
                return Some(mark);
            }
            seals = by.before();
        }
        None
    }

    pub(super) fn write_mark(&self, revision: u64, durable: Durable) -> Result<(), StoreError> {
        let Some(path) = self.mark_path() else { return Ok(()) };
        let written = write(&self.seals, &path, revision)
            .and_then(|file| if durable == Durable::Now { file.sync_all() } else { Ok(()) });
        written.map_err(|source| StoreError::from_io("write a mark", &path, source))
    }
}

/// Writes a small sealed file that lies outside of a store, in place and without waiting for the disk; its folder is made.
pub(super) fn write_beside(path: &Path, sealed: &[u8]) -> io::Result<()> {
    let written = write_sealed(path, sealed);
    let file = match written {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            path.parent().map_or(Ok(()), disk::make_folder)?;
            write_sealed(path, sealed)?
        }
        written => written?,
    };
    // It may have been longer before.
    file.set_len(sealed.len() as u64)
}

fn write_sealed(path: &Path, sealed: &[u8]) -> io::Result<File> {
    let own = match disk::open_to_change(path) {
        // Whoever can write the folder may have linked a file of ours to it, or put a pipe there to keep the mark from being written.
        Ok(file) if disk::has_other_names(&file) => None,
        Err(_) if is_link_or_special(path) => None,
        opened => Some(opened?),
    };
    let mut file = own.map_or_else(|| fs::remove_file(path).and_then(|()| disk::create_new(path)), Ok)?;
    file.write_all(sealed)?;
    Ok(file)
}

/// Whether there is a link, a pipe, a device or a socket.
fn is_link_or_special(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

fn read_sealed(path: &Path) -> Result<Vec<u8>, Fault> {
    disk::read(path, MOST_BYTES).map_err(missing_is_damage)
}
