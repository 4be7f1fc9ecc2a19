//! The encrypted store on the disk: sealed records in one redb file for each partition. Sees sealed bytes only; what
//! a record means is for the floors above.
//!
//! `docs/format.md` specifies every byte. A store is changed by a commit and by a change of the passphrase, and by
//! nothing else: opening, reading and failing leave its files as they were (only the lock file says who has it open).

mod batch;
mod error;
mod file;
mod folder;
mod head;
mod header;
mod mark;
mod overlay;
mod partition;
mod seals;
mod shards;
mod shield;
#[expect(clippy::module_inception, reason = "the store's own type, beside the parts it is made of")]
mod store;
mod tables;

pub use batch::{Batch, Key, Table, Watch};
pub use error::StoreError;
pub use head::Revision;
pub use partition::{NotAPartition, Partition};
pub use store::{CheckReport, PartitionReport, Place, Store};
