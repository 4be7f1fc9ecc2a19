//! Between us and redb: whatever a damaged file makes it do, the caller gets an error.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::crypto::NotAuthentic;

use super::{ActivityBreak, Partition, StoreError};

/// What can end a piece of work on a partition.
#[derive(Debug, thiserror::Error)]
#[error("{self:?}")]
pub(super) enum Fault {
    Activity(#[from] ActivityBreak),
    Cancelled,
    Commit(#[from] redb::CommitError),
    Compaction(#[from] redb::CompactionError),
    Damaged(#[from] NotAuthentic),
    Database(#[from] redb::DatabaseError),
    Durability(#[from] redb::SetDurabilityError),
    Io(#[from] io::Error),
    Storage(#[from] redb::StorageError),
    Table(#[from] redb::TableError),
    Transaction(#[from] redb::TransactionError),
}

/// Runs `work` on a partition's file. redb checks what it reads with assertions here and there, so a panic in it means
/// that the file is not one it wrote.
///
/// `doing` follows "could not" in a message; `folder` is named when it cannot be written to.
pub(super) fn shielded<T>(
    partition: &Partition,
    doing: &'static str,
    folder: Option<&Path>,
    work: impl FnOnce() -> Result<T, Fault>,
) -> Result<T, StoreError> {
    let damaged = || StoreError::damaged(format!("the partition {partition}"));
    // What `work` borrows is either read again from the file before its next use or not used again.
    let Ok(result) = catch_unwind(AssertUnwindSafe(work)) else { return Err(damaged()) };
    let error: redb::Error = match result {
        Ok(value) => return Ok(value),
        Err(Fault::Cancelled) => return Err(StoreError::Cancelled),
        Err(Fault::Activity(broken)) => return Err(StoreError::damaged(broken.place())),
        Err(Fault::Damaged(NotAuthentic)) => return Err(damaged()),
        Err(Fault::Commit(error)) => error.into(),
        Err(Fault::Compaction(error)) => error.into(),
        Err(Fault::Database(error)) => error.into(),
        Err(Fault::Durability(error)) => error.into(),
        Err(Fault::Io(error)) => redb::Error::Io(error),
        Err(Fault::Storage(error)) => error.into(),
        Err(Fault::Table(error)) => error.into(),
        Err(Fault::Transaction(error)) => error.into(),
    };
    Err(match error {
        // A read past the end, or at a place that no file has: the file was cut, or a length in it changed.
        redb::Error::Io(error) if is_out_of_range(&error) => damaged(),
        redb::Error::Io(source) => match folder {
            Some(folder) => StoreError::from_io(doing, folder, source),
            None => StoreError::Io { doing, source },
        },
        redb::Error::DatabaseAlreadyOpen => StoreError::AlreadyOpen { by: None },
        error @ (redb::Error::PreviousIo | redb::Error::ValueTooLarge(_)) => {
            StoreError::Io { doing, source: io::Error::other(error) }
        }
        _ => damaged(),
    })
}

/// A file that belongs to a store and is not there was taken away.
pub(super) fn missing_is_damage(error: io::Error) -> Fault {
    if error.kind() == io::ErrorKind::NotFound { NotAuthentic.into() } else { error.into() }
}

fn is_out_of_range(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData)
}
