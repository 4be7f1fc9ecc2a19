//! Which commands on single objects write, so that all that takes is looked at while the key is derived.

use super::{KeyCommand, RotationPolicyCommand, SecretCommand};
use crate::service::Expect;

impl SecretCommand {
    /// What it will do with the store.
    pub(in crate::cli) const fn expects(&self) -> Expect {
        match self {
            Self::Show(_)
            | Self::List(_)
            | Self::ListVersions(_)
            | Self::ListDeleted(_)
            | Self::ShowDeleted(_)
            | Self::Backup(_)
            | Self::Download(_) => Expect::Reads,
            Self::Set(_)
            | Self::SetAttributes(_)
            | Self::Delete(_)
            | Self::Recover(_)
            | Self::Purge(_)
            | Self::Restore(_) => Expect::Writes,
        }
    }
}

impl KeyCommand {
    /// What it will do with the store.
    pub(in crate::cli) const fn expects(&self) -> Expect {
        match self {
            Self::List(_)
            | Self::ListVersions(_)
            | Self::Show(_)
            | Self::RotationPolicy(RotationPolicyCommand::Show(_))
            | Self::Download(_)
            | Self::Encrypt(_)
            | Self::Decrypt(_)
            | Self::Sign(_)
            | Self::Verify(_)
            | Self::ListDeleted(_)
            | Self::ShowDeleted(_)
            | Self::Backup(_) => Expect::Reads,
            Self::Create(_)
            | Self::Import(_)
            | Self::SetAttributes(_)
            | Self::Rotate(_)
            | Self::RotationPolicy(RotationPolicyCommand::Update(_))
            | Self::Delete(_)
            | Self::Recover(_)
            | Self::Purge(_)
            | Self::Restore(_) => Expect::Writes,
        }
    }
}
