//! The file `mark` beside a partition's records: the revision it reached at least. An older state of the records, be
//! it put back by someone or left by a disk that only said it had written, is below its mark.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use crate::crypto::NotAuthentic;

use super::Revision;
use super::seals::{Kind, Seals};
use super::shield::{Fault, missing_is_damage};

/// The file's name in the partition's folder.
pub(super) const FILE_NAME: &str = "mark";

/// Writes the mark in place and in one write, after the revision is durable. Does not wait for the disk: a power cut may
/// bring back an older mark, and an older one is never wrong.
pub(super) fn write(seals: &Seals, folder: &Path, revision: Revision) -> io::Result<File> {
    let sealed = seals.seal(&seals.single(Kind::Mark), &revision.0.to_le_bytes());
    let mut file = OpenOptions::new().write(true).create(true).truncate(false).open(folder.join(FILE_NAME))?;
    file.write_all(&sealed)?;
    Ok(file)
}

/// The revision that was reached at least.
pub(super) fn read(seals: &Seals, folder: &Path) -> Result<Revision, Fault> {
    let mut sealed = Vec::new();
    let file = File::open(folder.join(FILE_NAME)).map_err(missing_is_damage)?;
    file.take(4096).read_to_end(&mut sealed)?;
    let plain = seals.open(&seals.single(Kind::Mark), &sealed)?;
    let revision = plain.first_chunk().filter(|chunk| chunk.len() == plain.len()).ok_or(NotAuthentic)?;
    Ok(Revision(u64::from_le_bytes(*revision)))
}
