//! What a vault is and which rules hold.
//!
//! Everything here is a value or a pure function of values: no file, no clock, no randomness. A decision takes the
//! world as it is and `now`, and answers with a [`Change`] or a [`Refusal`]; who asked for it stores the change and
//! applies it.

pub mod activity;
pub mod backup;
pub mod caller;
pub mod id;
pub mod import;
pub mod message;
pub mod name;
pub mod operation;
pub mod properties;
pub mod refusal;
pub mod region;
pub mod region_table;
pub mod secret;
pub mod shelf;
pub mod soft_delete;
pub mod time;
pub mod vault;
pub mod world;

pub use caller::{Caller, Permission, Rights};
pub use name::{NameProblem, ObjectName, VaultName, VersionId};
pub use operation::{Operation, Target};
pub use refusal::Refusal;
pub use region_table::RegionName;
pub use secret::{Secret, SecretValue, SecretVersion};
pub use shelf::Shelf;
pub use soft_delete::{Deleted, Deletion, PurgeProtection, RecoveryLevel, RetentionDays};
pub use time::{Timestamp, Zone};
pub use vault::{Sku, Vault, VaultHead};
pub use world::{Change, World};
