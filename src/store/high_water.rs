//! What this computer remembers of a store: how far each part had come when it was last written to here (T9).
//!
//! Somebody who puts back an older copy of a whole store, with all that its parts say of each other, puts back nothing of this. It
//! lies outside of the store, one small sealed file for each store and folder. A missing one proves nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::crypto::Sealer;

use super::chain::ChainTag;
use super::head::{Reference, Revision};
use super::seals::{Kind, Seals};
use super::{Partition, mark};

/// A memory of more than this is none.
const MOST_BYTES: u64 = 1 << 16;

/// What this computer remembers of a store.
pub(super) struct HighWater {
    path: PathBuf,
    seals: Seals,
    marks: BTreeMap<Partition, (Revision, ChainTag)>,
    stamp: Vec<u8>,
    /// Under which of the root keys it was written.
    generation: u32,
}

impl HighWater {
    /// What is remembered in the folder `memory` of the store that lies in `store`, which is an absolute path.
    pub(super) fn read(memory: &Path, store: &Path, sealer: &Arc<Sealer>) -> Self {
        let path = memory.join(name_of(store, sealer));
        let seals = Seals::new(Partition::GLOBAL, Arc::clone(sealer));
        let nothing = |seals: &Seals| Self {
            path: path.clone(),
            seals: seals.clone(),
            marks: BTreeMap::new(),
            stamp: Vec::new(),
            generation: seals.generation(),
        };
        let Ok(sealed) = crate::disk::read(&path, MOST_BYTES) else { return nothing(&seals) };
        // The root key may have been renewed since, elsewhere.
        let mut by = Some(seals.clone());
        while let Some(own) = by {
            if let Ok(plain) = own.open(&own.single(Kind::HighWater), &sealed)
                && let Some((marks, stamp)) = parse(&plain)
            {
                return Self { path, seals, marks, stamp, generation: own.generation() };
            }
            by = own.before();
        }
        nothing(&seals)
    }

    /// How far each part had come at least, as far as that can be compared: the tags of another root key cannot.
    pub(super) fn known(&self) -> impl Iterator<Item = (Reference, IsComparable)> + '_ {
        let is_comparable =
            if self.generation == self.seals.generation() { IsComparable::Yes } else { IsComparable::RevisionOnly };
        self.marks.iter().map(move |(partition, (revision, tag))| {
            (Reference { partition: partition.clone(), revision: *revision, tag: *tag }, is_comparable)
        })
    }

    /// What was said of the moment.
    pub(super) fn stamp(&self) -> &[u8] {
        &self.stamp
    }

    /// Remembers how far the parts are now. Does not wait for the disk: what a power cut takes of it is only noticed less.
    pub(super) fn keep(&mut self, parts: impl Iterator<Item = Reference>, stamp: Option<&[u8]>) {
        self.generation = self.seals.generation();
        for Reference { partition, revision, tag } in parts {
            self.marks.insert(partition, (revision, tag));
        }
        if let Some(stamp) = stamp {
            self.stamp = stamp.to_vec();
        }
        let sealed = self.seals.seal(&self.seals.single(Kind::HighWater), &self.to_bytes());
        // A computer that cannot remember notices less, and can still be worked at.
        drop(mark::write_beside(&self.path, &sealed));
    }

    /// Seals from now on under a renewed root key.
    pub(super) fn follow(&mut self, sealer: &Arc<Sealer>) {
        self.seals = Seals::new(Partition::GLOBAL, Arc::clone(sealer));
        // What is remembered until the next commit are tags under the key before.
        self.marks.clear();
    }

    /// Forgets what was remembered: an older state was accepted.
    pub(super) fn forget(&mut self) {
        self.marks.clear();
    }

    /// `u16(number of parts) || (u8(len) || name || u64(revision) || tag) of each || stamp`
    fn to_bytes(&self) -> Vec<u8> {
        let number = u16::try_from(self.marks.len()).expect("there are far fewer regions than 65,536");
        let mut bytes = number.to_le_bytes().to_vec();
        for (partition, (revision, tag)) in &self.marks {
            bytes.push(u8::try_from(partition.as_str().len()).expect("a partition's name has at most 32 bytes"));
            bytes.extend_from_slice(partition.as_str().as_bytes());
            bytes.extend_from_slice(&revision.0.to_le_bytes());
            bytes.extend_from_slice(&tag.0);
        }
        bytes.extend_from_slice(&self.stamp);
        bytes
    }
}

/// Whether a tag can be compared with one of the root key in use.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum IsComparable {
    Yes,
    RevisionOnly,
}

type Marks = BTreeMap<Partition, (Revision, ChainTag)>;

fn parse(mut bytes: &[u8]) -> Option<(Marks, Vec<u8>)> {
    let rest = &mut bytes;
    let number = u16::from_le_bytes(rest.split_off(..2)?.try_into().ok()?);
    let mut marks = BTreeMap::new();
    for _ in 0..number {
        let len = usize::from(*rest.split_off_first()?);
        let partition = std::str::from_utf8(rest.split_off(..len)?).ok()?.parse().ok()?;
        let revision = Revision(u64::from_le_bytes(rest.split_off(..8)?.try_into().ok()?));
        marks.insert(partition, (revision, ChainTag(rest.split_off(..32)?.try_into().ok()?)));
    }
    Some((marks, rest.to_vec()))
}

/// The file's name tells neither the store nor its folder: `SHA-256(store id || path)`, the first 16 bytes in hexadecimal.
fn name_of(store: &Path, sealer: &Sealer) -> String {
    let mut hash = ring::digest::Context::new(&ring::digest::SHA256);
    hash.update(&sealer.store());
    hash.update(store.as_os_str().as_encoded_bytes());
    hash.finish().as_ref()[..16].iter().fold(String::with_capacity(32), |mut name, byte| {
        use std::fmt::Write as _;
        write!(name, "{byte:02x}").expect("a string takes whatever is written");
        name
    })
}
