//! What is told of the files of a store.

use std::path::PathBuf;

use super::{Partition, Revision};

/// One of the files that a partition's content is kept in.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum FileName {
    /// The first replica in its own folder.
    A,
    /// The second.
    B,
    /// The copy in the folder of its pair.
    Copy,
}

impl FileName {
    /// As it is called in a sentence.
    pub const fn words(self) -> &'static str {
        match self {
            Self::A => "replica A",
            Self::B => "replica B",
            Self::Copy => "the copy",
        }
    }
}

/// Which files of a partition are read.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Source {
    /// Its own replicas.
    #[default]
    Region,
    /// The copy that its pair keeps.
    Pair,
}

/// Why a file is left out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum FileFault {
    /// Somebody plays it.
    Simulated,
    /// It is not there.
    Missing,
    /// It was changed, cut short or put back from another time.
    Damaged,
    /// It was changed apart from the others.
    Diverged,
    /// The system refuses: what it said.
    Failing(String),
}

/// How a file stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum FileState {
    /// It holds all that was committed.
    Current,
    /// The latest batches are missing in it.
    Behind,
    /// It is written anew, so much of it, 0 to 100.
    Rebuilding(u8),
    /// It is left out.
    Out(FileFault),
}

/// What is known of a file without reading it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FileReport {
    /// Which.
    pub name: FileName,
    /// Where it lies; `None` in memory.
    pub path: Option<PathBuf>,
    /// How it stands.
    pub state: FileState,
    /// How many commits it has; what was last known of it where it cannot be read.
    pub revision: Revision,
    /// Its length in bytes; zero in memory.
    pub bytes: u64,
}

/// What is known of a partition's files.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RegionReport {
    /// Which partition.
    pub partition: Partition,
    /// The folder of its replicas; `None` in memory.
    pub folder: Option<PathBuf>,
    /// How many commits were reported as done.
    pub revision: Revision,
    /// A, B and, where there is a pair, the copy.
    pub files: Vec<FileReport>,
}

/// What a check of every record found in one file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FileCheck {
    /// Whose content it holds.
    pub partition: Partition,
    /// Which file.
    pub name: FileName,
    /// Its revision and how many records were opened, or a sentence that says why not all were.
    pub found: Result<(Revision, u64), String>,
}
