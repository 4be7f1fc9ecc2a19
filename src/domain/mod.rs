//! What a vault is and which rules hold.
//!
//! Everything here is a value or a pure function of values: no file, no clock, no randomness. A decision takes the
//! world as it is and `now`, and answers with a [`Change`] or a [`Refusal`]; who asked for it stores the change and
//! applies it.

pub mod access;
pub mod action;
pub mod activity;
pub mod age;
pub mod audit_event;
pub mod backup;
pub mod caller;
pub mod cost;
pub mod directory;
pub mod grant;
pub mod history;
pub mod id;
pub mod identity;
pub mod import;
pub mod key;
pub mod key_algorithm;
pub mod key_import;
pub mod key_kind;
pub mod key_operation;
pub mod key_public;
pub mod message;
pub mod name;
pub mod operation;
pub mod permission;
pub mod policy_template;
pub mod properties;
pub mod purpose;
pub mod refusal;
pub mod region;
pub mod region_table;
pub mod replica;
pub mod role;
pub mod rotation;
pub mod schedule;
pub mod secret;
pub mod shelf;
pub mod soft_delete;
pub mod time;
pub mod vault;
mod vault_keys;
pub mod versions;
pub mod world;

pub use action::{Action, Actions};
pub use age::{Age, Now};
pub use caller::Caller;
pub use directory::Directory;
pub use grant::{AccessModel, RoleAssignment, Scope, VaultAccess};
pub use identity::{Identity, IdentityId, IdentityName};
pub use key::{Key, KeyVersion};
pub use key_algorithm::{Algorithm, Hash};
pub use key_import::KeyProblem;
pub use key_kind::{Curve, KeyKind, KeyProtection, OctSize, RsaSize};
pub use key_operation::{KeyOperation, KeyOperations};
pub use key_public::{PublicJwk, PublicPart};
pub use name::{NameProblem, ObjectName, VaultName, VersionId};
pub use operation::{Operation, Target};
pub use permission::{Permission, Rights};
pub use purpose::Purpose;
pub use refusal::Refusal;
pub use region_table::RegionName;
pub use replica::ReplicaName;
pub use role::Role;
pub use rotation::RotationPolicy;
pub use secret::{Secret, SecretValue, SecretVersion};
pub use shelf::{Shelf, VaultObject};
pub use soft_delete::{Deleted, Deletion, PurgeProtection, RecoveryLevel, RetentionDays};
pub use time::{Timestamp, Zone};
pub use vault::{Sku, Vault, VaultHead};
pub use world::{Change, Object, World};
