//! The one table of operations. Buttons grey out by it, refusals follow from it, activity is named by it.

use serde::{Deserialize, Serialize};

use super::{KeyOperation, ObjectName, Permission, RegionName, VaultName};

/// What an operation does to what it is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Tells, and changes nothing.
    Reads,
    /// Changes something that is kept.
    Writes,
    /// Acts on time and on what regions are made of: outages, replicas, links, folders. Needs no region to answer.
    Simulates,
}

/// Whether a vault that failed over to its pair serves an operation (A5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InReadOnly {
    /// Served by the paired region.
    Served,
    /// Refused until failback.
    Refused,
}

macro_rules! operations {
    ($($variant:ident: $title:literal, $effect:ident, $read_only:ident, $permission:expr;)+) => {
        /// Every operation of the service, by Key Vault's audit names (§10).
        ///
        /// Purging and listing deleted vaults are named here by the same pattern; Key Vault logs them elsewhere.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[expect(missing_docs, reason = "each is named by its title")]
        pub enum Operation { $($variant),+ }

        impl Operation {
            /// Every operation there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The audit name: `SecretSet`.
            pub const fn audit_name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant)),+ }
            }

            /// For people, in sentence case: `Set secret`.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),+ }
            }

            /// What it does.
            pub const fn effect(self) -> Effect {
                match self { $(Self::$variant => Effect::$effect),+ }
            }

            /// Whether a read-only vault serves it (A5).
            pub const fn in_read_only(self) -> InReadOnly {
                match self { $(Self::$variant => InReadOnly::$read_only),+ }
            }

            /// The permission it needs; `None`: everybody may.
            pub const fn permission(self) -> Option<Permission> {
                match self { $(Self::$variant => $permission),+ }
            }
        }
    };
}

operations! {
    VaultPut: "Create vault", Writes, Refused, Some(Permission::VaultsWrite);
    VaultPatch: "Change vault", Writes, Refused, Some(Permission::VaultsWrite);
    VaultGet: "Get vault", Reads, Served, Some(Permission::VaultsRead);
    VaultList: "List vaults", Reads, Served, Some(Permission::VaultsRead);
    VaultDelete: "Delete vault", Writes, Refused, Some(Permission::VaultsDelete);
    VaultListDeleted: "List deleted vaults", Reads, Refused, Some(Permission::DeletedVaultsRead);
    VaultGetDeleted: "Get deleted vault", Reads, Refused, Some(Permission::DeletedVaultsRead);
    VaultRecover: "Recover vault", Writes, Refused, Some(Permission::VaultsWrite);
    VaultPurge: "Purge vault", Writes, Refused, Some(Permission::DeletedVaultsPurge);
    SecretSet: "Set secret", Writes, Refused, Some(Permission::SecretsSet);
    SecretGet: "Get secret", Reads, Served, Some(Permission::SecretsGet);
    SecretUpdate: "Update secret", Writes, Refused, Some(Permission::SecretsSet);
    SecretDelete: "Delete secret", Writes, Refused, Some(Permission::SecretsDelete);
    SecretList: "List secrets", Reads, Served, Some(Permission::SecretsList);
    SecretListVersions: "List versions", Reads, Served, Some(Permission::SecretsList);
    SecretGetDeleted: "Get deleted secret", Reads, Refused, Some(Permission::SecretsGet);
    SecretListDeleted: "List deleted secrets", Reads, Refused, Some(Permission::SecretsList);
    SecretRecover: "Recover secret", Writes, Refused, Some(Permission::SecretsRecover);
    SecretPurge: "Purge secret", Writes, Refused, Some(Permission::SecretsPurge);
    SecretBackup: "Back up secret", Reads, Served, Some(Permission::SecretsBackup);
    SecretRestore: "Restore secret", Writes, Refused, Some(Permission::SecretsRestore);
    SubscriptionPatch: "Change subscription", Writes, Refused, Some(Permission::SubscriptionWrite);
    RegionOutage: "Start region outage", Simulates, Served, None;
    RegionReturn: "Return region", Simulates, Served, None;
    ReplicaOutage: "Fail replica", Simulates, Served, None;
    ReplicaReturn: "Return replica", Simulates, Served, None;
    LinkOutage: "Cut link", Simulates, Served, None;
    LinkReturn: "Mend link", Simulates, Served, None;
    RegionMove: "Move region's folder", Simulates, Served, None;
    RegionRebuild: "Rebuild region", Simulates, Served, None;
    ClockAdvance: "Move clock forward", Simulates, Served, None;
    ClockReset: "Return to real time", Simulates, Served, None;
    KeyCreate: "Create key", Writes, Refused, Some(Permission::KeysCreate);
    KeyImport: "Import key", Writes, Refused, Some(Permission::KeysImport);
    KeyGet: "Get key", Reads, Served, Some(Permission::KeysGet);
    KeyUpdate: "Update key", Writes, Refused, Some(Permission::KeysUpdate);
    KeyDelete: "Delete key", Writes, Refused, Some(Permission::KeysDelete);
    KeyList: "List keys", Reads, Served, Some(Permission::KeysList);
    KeyListVersions: "List key versions", Reads, Served, Some(Permission::KeysList);
    KeyGetDeleted: "Get deleted key", Reads, Refused, Some(Permission::KeysGet);
    KeyListDeleted: "List deleted keys", Reads, Refused, Some(Permission::KeysList);
    KeyRecover: "Recover key", Writes, Refused, Some(Permission::KeysRecover);
    KeyPurge: "Purge key", Writes, Refused, Some(Permission::KeysPurge);
    KeyBackup: "Back up key", Reads, Served, Some(Permission::KeysBackup);
    KeyRestore: "Restore key", Writes, Refused, Some(Permission::KeysRestore);
    KeyRotate: "Rotate key", Writes, Refused, Some(Permission::KeysRotate);
    KeyRotateIfDue: "Rotate key as its policy says", Writes, Refused, Some(Permission::KeysRotate);
    KeyRotationPolicyGet: "Get rotation policy", Reads, Served, Some(Permission::KeysGetRotationPolicy);
    KeyRotationPolicySet: "Set rotation policy", Writes, Refused, Some(Permission::KeysSetRotationPolicy);
    KeyEncrypt: "Encrypt", Reads, Served, Some(Permission::KeysEncrypt);
    KeyDecrypt: "Decrypt", Reads, Served, Some(Permission::KeysDecrypt);
    KeyWrap: "Wrap key", Reads, Served, Some(Permission::KeysWrapKey);
    KeyUnwrap: "Unwrap key", Reads, Served, Some(Permission::KeysUnwrapKey);
    KeySign: "Sign", Reads, Served, Some(Permission::KeysSign);
    KeyVerify: "Verify", Reads, Served, Some(Permission::KeysVerify);
    KeyNearExpiryEventGridNotification: "Tell that a key nears its end", Writes, Refused, Some(Permission::KeysRotate);
}

impl Operation {
    /// The use of a key that it is, if it is one.
    pub const fn key_use(self) -> Option<KeyOperation> {
        Some(match self {
            Self::KeyEncrypt => KeyOperation::Encrypt,
            Self::KeyDecrypt => KeyOperation::Decrypt,
            Self::KeyWrap => KeyOperation::WrapKey,
            Self::KeyUnwrap => KeyOperation::UnwrapKey,
            Self::KeySign => KeyOperation::Sign,
            Self::KeyVerify => KeyOperation::Verify,
            _ => return None,
        })
    }

    /// The operation that uses a key so.
    pub const fn of_key_use(used: KeyOperation) -> Self {
        match used {
            KeyOperation::Encrypt => Self::KeyEncrypt,
            KeyOperation::Decrypt => Self::KeyDecrypt,
            KeyOperation::WrapKey => Self::KeyWrap,
            KeyOperation::UnwrapKey => Self::KeyUnwrap,
            KeyOperation::Sign => Self::KeySign,
            KeyOperation::Verify => Self::KeyVerify,
        }
    }
}

/// What an operation is asked of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The subscription as a whole.
    Subscription,
    /// A region, before a vault stands in it.
    Region(RegionName),
    /// A vault, live or deleted.
    Vault(VaultName),
    /// An object in a vault, live or deleted.
    Object(VaultName, ObjectName),
}

impl Target {
    /// The vault that is meant, if one is.
    pub const fn vault(&self) -> Option<&VaultName> {
        match self {
            Self::Subscription | Self::Region(_) => None,
            Self::Vault(vault) | Self::Object(vault, _) => Some(vault),
        }
    }

    /// The object that is meant, if one is.
    pub const fn object(&self) -> Option<&ObjectName> {
        match self {
            Self::Object(_, name) => Some(name),
            Self::Subscription | Self::Region(_) | Self::Vault(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_only_serves_exactly_the_published_list() {
        // A5
        let served: Vec<_> = Operation::ALL
            .iter()
            .filter(|operation| operation.effect() != Effect::Simulates)
            .filter(|operation| operation.in_read_only() == InReadOnly::Served)
            .map(|operation| operation.audit_name())
            .collect();
        assert_eq!(
            served,
            [
                "VaultGet",
                "VaultList",
                "SecretGet",
                "SecretList",
                "SecretListVersions",
                "SecretBackup",
                "KeyGet",
                "KeyList",
                "KeyListVersions",
                "KeyBackup",
                "KeyRotationPolicyGet",
                "KeyEncrypt",
                "KeyDecrypt",
                "KeyWrap",
                "KeyUnwrap",
                "KeySign",
                "KeyVerify",
            ]
        );
    }

    #[test]
    fn no_write_is_served_while_read_only() {
        for operation in Operation::ALL.iter().filter(|operation| operation.effect() == Effect::Writes) {
            assert_eq!(operation.in_read_only(), InReadOnly::Refused, "{}", operation.audit_name());
        }
    }

    #[test]
    fn listing_recovering_and_purging_each_need_their_own_permission() {
        // S17
        let needed = [
            (Operation::VaultListDeleted, Permission::DeletedVaultsRead),
            (Operation::VaultRecover, Permission::VaultsWrite),
            (Operation::VaultPurge, Permission::DeletedVaultsPurge),
            (Operation::SecretRecover, Permission::SecretsRecover),
            (Operation::SecretPurge, Permission::SecretsPurge),
        ];
        for (operation, permission) in needed {
            assert_eq!(operation.permission(), Some(permission));
        }
    }
}
