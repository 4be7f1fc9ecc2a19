//! The encrypted store on the disk: sealed records in one redb file for each partition. Sees sealed bytes only; what
//! a record means is for the floors above.
//!
//! `docs/format.md` specifies every byte. A store is changed by a commit and by a change of the passphrase, and by
//! nothing else: opening, reading and failing leave its files as they were (only the lock file says who has it open).

mod account;
mod activity;
mod batch;
mod chain;
mod cleaning;
mod commit;
mod engine;
mod error;
mod files;
mod folder;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod guard;
mod head;
mod header;
mod high_water;
mod mark;
mod memory;
mod opening;
mod overlay;
mod owner;
mod partition;
mod recovery;
mod redb_file;
mod references;
mod region;
mod renewal;
mod replica;
mod report;
mod seals;
mod shards;
mod shield;
mod shipping;
mod slot;
mod state;
#[expect(clippy::module_inception, reason = "the store's own type, beside the parts it is made of")]
mod store;
mod tending;
mod upkeep;
mod whole;

pub use activity::{ActivityBreak, ActivityChunk, ChainCheck};
pub use batch::{Batch, Key, Table, Watch};
pub use error::StoreError;
pub use folder::Holder;
pub use head::Revision;
pub use opening::{Expect, Hold, Looks, Older, Opening};
pub use partition::{NotAPartition, Partition};
pub use renewal::RenewalWatch;
pub use report::{FileCheck, FileFault, FileName, FileReport, FileState, RegionReport, Source};
pub use store::{PairOf, Place, Store};
pub use whole::{CheckReport, PartitionReport};
