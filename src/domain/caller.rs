//! Who asks, and what they may do.

use serde::{Deserialize, Serialize};

macro_rules! permissions {
    ($($variant:ident = $text:literal),+ $(,)?) => {
        /// One right, by Key Vault's own names (§5.3, §6.1). Purge is never part of a default grant (S3).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[expect(missing_docs, reason = "each is named by its text")]
        pub enum Permission { $($variant),+ }

        impl Permission {
            /// Every permission there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As Key Vault writes it: `secrets/purge`.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}

permissions! {
    VaultsRead = "vaults/read",
    VaultsWrite = "vaults/write",
    VaultsDelete = "vaults/delete",
    DeletedVaultsRead = "deletedVaults/read",
    DeletedVaultsPurge = "deletedVaults/purge",
    SecretsGet = "secrets/get",
    SecretsList = "secrets/list",
    SecretsSet = "secrets/set",
    SecretsDelete = "secrets/delete",
    SecretsRecover = "secrets/recover",
    SecretsBackup = "secrets/backup",
    SecretsRestore = "secrets/restore",
    SecretsPurge = "secrets/purge",
    SubscriptionWrite = "subscription/write",
    KeysGet = "keys/get",
    KeysList = "keys/list",
    KeysCreate = "keys/create",
    KeysImport = "keys/import",
    KeysUpdate = "keys/update",
    KeysDelete = "keys/delete",
    KeysRecover = "keys/recover",
    KeysBackup = "keys/backup",
    KeysRestore = "keys/restore",
    KeysPurge = "keys/purge",
    KeysRotate = "keys/rotate",
    KeysGetRotationPolicy = "keys/getrotationpolicy",
    KeysSetRotationPolicy = "keys/setrotationpolicy",
    KeysEncrypt = "keys/encrypt",
    KeysDecrypt = "keys/decrypt",
    KeysWrapKey = "keys/wrapKey",
    KeysUnwrapKey = "keys/unwrapKey",
    KeysSign = "keys/sign",
    KeysVerify = "keys/verify",
}

impl Permission {
    /// Whether it allows to destroy: the permissions that no default grant contains (S3).
    pub const fn is_purge(self) -> bool {
        matches!(self, Self::DeletedVaultsPurge | Self::SecretsPurge | Self::KeysPurge)
    }
}

/// A set of permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rights(u64);

impl Rights {
    /// No right at all.
    pub const NONE: Self = Self(0);

    /// Every right, purge included.
    pub fn all() -> Self {
        Permission::ALL.iter().fold(Self::NONE, |rights, permission| rights.with(*permission))
    }

    /// What somebody gets when nothing is said: everything but purge (S3), and not the subscription's own settings.
    pub fn default_grant() -> Self {
        let granted =
            |permission: &&Permission| !permission.is_purge() && **permission != Permission::SubscriptionWrite;
        Permission::ALL.iter().filter(granted).fold(Self::NONE, |rights, permission| rights.with(*permission))
    }

    /// These and `permission`.
    #[must_use]
    pub const fn with(self, permission: Permission) -> Self {
        Self(self.0 | 1 << permission as u64)
    }

    /// These without `permission`.
    #[must_use]
    pub const fn without(self, permission: Permission) -> Self {
        Self(self.0 & !(1 << permission as u64))
    }

    /// Whether `permission` is among them.
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u64) != 0
    }
}

/// Somebody who asks for an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Shown and recorded.
    pub name: String,
    /// What they may do.
    pub rights: Rights,
}

impl Caller {
    /// Works with secrets every day and may delete, but not purge (S3, S6).
    pub fn developer() -> Self {
        Self { name: "Developer".into(), rights: Rights::default_grant() }
    }

    /// Was given every right explicitly, purge included (S6).
    pub fn security_officer() -> Self {
        Self { name: "Security officer".into(), rights: Rights::all() }
    }

    /// The service itself, which purges what is due (S14).
    pub fn key_vault() -> Self {
        Self { name: "Key Vault".into(), rights: Rights::all() }
    }

    /// Whether they may destroy anything.
    pub fn can_purge(&self) -> bool {
        Permission::ALL.iter().any(|permission| permission.is_purge() && self.rights.contains(*permission))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_default_grant_contains_purge() {
        // S3
        let developer = Caller::developer();
        assert!(!developer.can_purge());
        assert!(developer.rights.contains(Permission::SecretsDelete));
        assert!(Caller::security_officer().can_purge());
        assert!(!Rights::all().without(Permission::SecretsPurge).contains(Permission::SecretsPurge));
    }
}
