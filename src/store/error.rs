//! What can go wrong with a store, each in one sentence that a person can act on.

use std::io;
use std::path::{Path, PathBuf};

use super::{Holder, Partition};

/// Why a store was not made, opened, read or changed. Whatever it was, what had been reported done is still there.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another program, or this one, holds the lock.
    #[error("This store is already open{}. Close it there first.", by.as_ref().map(|by| format!(" in {by}")).unwrap_or_default())]
    AlreadyOpen {
        /// Program and process number of who has it open, where that could be read.
        by: Option<String>,
    },
    /// Whoever watched the commit broke it off.
    #[error("Cancelled; nothing was changed.")]
    Cancelled,
    /// The files are not as this program left them.
    #[error(
        "This store is damaged: {what} was changed, cut short or removed. Put back a copy of the whole store folder."
    )]
    Damaged {
        /// Which part of the store.
        what: String,
    },
    /// A file and the others of its partition were changed apart from each other.
    #[error("{what} was changed apart from the others, and stays as it is.")]
    Diverged {
        /// Which file.
        what: String,
    },
    /// No file of a partition can be read.
    #[error("Nothing of {partition} can be read now.")]
    Lost {
        /// Which partition.
        partition: Partition,
    },
    /// The passphrase is empty.
    #[error("The passphrase is empty. Type at least one character.")]
    EmptyPassphrase,
    /// The operating system refused something else.
    #[error("Could not {doing}: {source}.")]
    Io {
        /// What was being done, to follow "could not".
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The folder is not there.
    #[error("There is no folder at this path. Check the path, or create a new store there: {}", path.display())]
    Missing {
        /// The path that was asked for.
        path: PathBuf,
    },
    /// A newer program wrote some of the activity.
    #[error(
        "Some of the activity was written by a newer version of Tresor (activity {found}; this one knows {known}). Update to read it; everything else works."
    )]
    NewerActivity {
        /// The version that the activity states.
        found: u8,
        /// The newest version this program reads.
        known: u8,
    },
    /// A newer program made the store.
    #[error(
        "This store was made by a newer version of Tresor (format {found}; this one knows {known}). Update{}, then open it again.",
        to_version(needs)
    )]
    NewerFormat {
        /// The version the store states.
        found: u16,
        /// The newest version this program reads.
        known: u16,
        /// The oldest version of Tresor that opens it, where that could be read; else empty.
        needs: String,
    },
    /// Files are older than what was last seen of them (T9).
    #[error(
        "This store is older than its last known state: {what}. If you did not restore a copy, its files may have been replaced. If \
         you did, accept the copy once: tresor store accept-older."
    )]
    Older {
        /// What is older than what, in words.
        what: String,
    },
    /// The root key cannot be renewed now. Nothing was changed.
    #[error("The store's key cannot be renewed now: {why}.")]
    NotRenewed {
        /// Why not, in words.
        why: String,
    },
    /// The store needs something that this program does not know.
    #[error(
        "This store uses “{feature}”, which this version of Tresor does not know. Update{}, then open it again.",
        to_version(needs)
    )]
    UnknownFeature {
        /// What it needs, by name.
        feature: String,
        /// The oldest version of Tresor that opens it.
        needs: String,
    },
    /// No room is left where the store lies.
    #[error("The disk is full. Nothing was changed; make room, then try again.")]
    NoSpace,
    /// The path leads to something else than a folder.
    #[error("A store is a folder, and this path is a file: {}", path.display())]
    NotAFolder {
        /// The path that was asked for.
        path: PathBuf,
    },
    /// The folder holds no store.
    #[error("This folder holds no Tresor store. Choose another, or create a store in an empty folder: {}", path.display())]
    NotAStore {
        /// The folder that was asked for.
        path: PathBuf,
    },
    /// A store is only made in a folder of its own.
    #[error("This folder is not empty. Choose an empty or a new folder for the store: {}", path.display())]
    NotEmpty {
        /// The folder that was asked for.
        path: PathBuf,
    },
    /// The folder cannot be written to.
    #[error("This folder is read-only. Allow writing to it, or choose another: {}", path.display())]
    ReadOnlyFolder {
        /// The folder.
        path: PathBuf,
    },
    /// The passphrase does not open the store.
    #[error("The passphrase is wrong.")]
    WrongPassphrase,
}

/// ` to 0.3.0`, where the version is known.
fn to_version(needs: &str) -> String {
    if needs.is_empty() { String::new() } else { format!(" to {needs} or later") }
}

impl StoreError {
    /// The same error, for another who asked for the same.
    #[must_use]
    pub fn again(&self) -> Self {
        let path = |path: &PathBuf| path.clone();
        match self {
            Self::AlreadyOpen { by } => Self::AlreadyOpen { by: by.clone() },
            Self::Cancelled => Self::Cancelled,
            Self::Damaged { what } => Self::Damaged { what: what.clone() },
            Self::Diverged { what } => Self::Diverged { what: what.clone() },
            Self::EmptyPassphrase => Self::EmptyPassphrase,
            Self::Io { doing, source } => Self::Io { doing, source: io::Error::new(source.kind(), source.to_string()) },
            Self::Lost { partition } => Self::Lost { partition: partition.clone() },
            Self::Missing { path: at } => Self::Missing { path: path(at) },
            Self::NewerActivity { found, known } => Self::NewerActivity { found: *found, known: *known },
            Self::NewerFormat { found, known, needs } => {
                Self::NewerFormat { found: *found, known: *known, needs: needs.clone() }
            }
            Self::Older { what } => Self::Older { what: what.clone() },
            Self::NotRenewed { why } => Self::NotRenewed { why: why.clone() },
            Self::UnknownFeature { feature, needs } => {
                Self::UnknownFeature { feature: feature.clone(), needs: needs.clone() }
            }
            Self::NoSpace => Self::NoSpace,
            Self::NotAFolder { path: at } => Self::NotAFolder { path: path(at) },
            Self::NotAStore { path: at } => Self::NotAStore { path: path(at) },
            Self::NotEmpty { path: at } => Self::NotEmpty { path: path(at) },
            Self::ReadOnlyFolder { path: at } => Self::ReadOnlyFolder { path: path(at) },
            Self::WrongPassphrase => Self::WrongPassphrase,
        }
    }

    /// Who has the store open that could not be opened, where that is the reason and it is known.
    pub fn held_by(&self) -> Option<Holder> {
        match self {
            Self::AlreadyOpen { by: Some(by) } => Some(Holder::of(by)),
            _ => None,
        }
    }

    pub(super) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }

    /// Sorts what the system said about something inside `folder`.
    pub(super) fn from_io(doing: &'static str, folder: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::NoSpace,
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
                Self::ReadOnlyFolder { path: folder.to_path_buf() }
            }
            _ => Self::Io { doing, source },
        }
    }
}
