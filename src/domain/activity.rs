//! What was asked and what came of it. Never a value.

use serde::{Deserialize, Serialize};

use super::{ObjectName, Operation, RegionName, Timestamp, VaultName};

/// One operation that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// When it was asked, by the store's clock.
    pub at: Timestamp,
    /// Who asked.
    pub caller: String,
    /// What was asked.
    pub operation: Operation,
    /// Of which vault.
    pub vault: Option<VaultName>,
    /// Of which object.
    pub object: Option<ObjectName>,
    /// Of which region: the one that answered, or the one that could not.
    pub region: Option<RegionName>,
    /// What came of it.
    pub outcome: Outcome,
    /// How long the service took, in microseconds.
    pub took_us: u32,
}

/// What came of an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was refused with this status, code and inner code.
    Refused {
        /// HTTP status.
        status: u16,
        /// Key Vault's code.
        code: String,
        /// Its inner code.
        inner: Option<String>,
    },
}
