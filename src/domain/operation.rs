//! The one table of operations. Buttons grey out by it, refusals follow from it, activity is named by it.

use serde::{Deserialize, Serialize};

use super::{KeyOperation, ObjectName, Permission, RegionName, VaultName, action::Action, grant::Need};

/// What an operation does to what it is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Tells, and changes nothing.
    Reads,
    /// Changes something that is kept.
    Writes,
    /// Acts on the store itself and on what regions are made of: its time, its passphrase, its activity, outages, replicas, links,
    /// folders. Needs no region to answer.
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
    ($($variant:ident: $title:literal, $effect:ident, $read_only:ident, $need:expr;)+) => {
        /// Every operation of the service, by Key Vault's audit names (§10).
        ///
        /// Purging and listing deleted vaults are named here by the same pattern; Key Vault logs them elsewhere. Kept by its place in
        /// this list: new ones come at the end.
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

            /// What whoever asks for it must have been granted (§5.3, §6).
            pub const fn need(self) -> Need {
                match self { $(Self::$variant => $need),+ }
            }
        }
    };
}

operations! {
    VaultPut: "Create vault", Writes, Refused, Need::Control(Action::VaultsWrite);
    VaultPatch: "Change vault", Writes, Refused, Need::Control(Action::VaultsWrite);
    VaultGet: "Get vault", Reads, Served, Need::Control(Action::VaultsRead);
    VaultList: "List vaults", Reads, Served, Need::Control(Action::VaultsRead);
    VaultDelete: "Delete vault", Writes, Refused, Need::Control(Action::VaultsDelete);
    VaultListDeleted: "List deleted vaults", Reads, Refused, Need::Control(Action::DeletedVaultsRead);
    VaultGetDeleted: "Get deleted vault", Reads, Refused, Need::Control(Action::DeletedVaultsRead);
    VaultRecover: "Recover vault", Writes, Refused, Need::Control(Action::VaultsWrite);
    VaultPurge: "Purge vault", Writes, Refused, Need::Control(Action::DeletedVaultsPurge);
    SecretSet: "Set secret", Writes, Refused, Need::Data(Permission::SecretsSet, Action::SecretsSet);
    SecretGet: "Get secret", Reads, Served, Need::Data(Permission::SecretsGet, Action::SecretsGet);
    SecretUpdate: "Update secret", Writes, Refused, Need::Data(Permission::SecretsSet, Action::SecretsUpdate);
    SecretDelete: "Delete secret", Writes, Refused, Need::Data(Permission::SecretsDelete, Action::SecretsDelete);
    SecretList: "List secrets", Reads, Served, Need::Data(Permission::SecretsList, Action::SecretsReadMetadata);
    SecretListVersions: "List versions", Reads, Served, Need::Data(Permission::SecretsList, Action::SecretsReadMetadata);
    SecretGetDeleted: "Get deleted secret", Reads, Refused, Need::Data(Permission::SecretsGet, Action::SecretsReadMetadata);
    SecretListDeleted: "List deleted secrets", Reads, Refused, Need::Data(Permission::SecretsList, Action::SecretsReadMetadata);
    SecretRecover: "Recover secret", Writes, Refused, Need::Data(Permission::SecretsRecover, Action::SecretsRecover);
    SecretPurge: "Purge secret", Writes, Refused, Need::Data(Permission::SecretsPurge, Action::SecretsPurge);
    SecretBackup: "Back up secret", Reads, Served, Need::Data(Permission::SecretsBackup, Action::SecretsBackup);
    SecretRestore: "Restore secret", Writes, Refused, Need::Data(Permission::SecretsRestore, Action::SecretsRestore);
    SubscriptionPatch: "Change subscription", Writes, Refused, Need::Control(Action::SubscriptionWrite);
    RegionOutage: "Start region outage", Simulates, Served, Need::ControlUnlessSimulated(Action::RegionsWrite);
    RegionReturn: "Return region", Simulates, Served, Need::ControlUnlessSimulated(Action::RegionsWrite);
    ReplicaOutage: "Fail replica", Simulates, Served, Need::ControlUnlessSimulated(Action::RegionsWrite);
    ReplicaReturn: "Return replica", Simulates, Served, Need::ControlUnlessSimulated(Action::RegionsWrite);
    LinkOutage: "Cut link", Simulates, Served, Need::ControlUnlessSimulated(Action::RegionsWrite);
    LinkReturn: "Mend link", Simulates, Served, Need::ControlUnlessSimulated(Action::RegionsWrite);
    RegionMove: "Move region's folder", Simulates, Served, Need::Control(Action::RegionsWrite);
    RegionRebuild: "Rebuild region", Simulates, Served, Need::Control(Action::RegionsWrite);
    ClockAdvance: "Move clock forward", Simulates, Served, Need::Nothing;
    ClockReset: "Return to real time", Simulates, Served, Need::Nothing;
    KeyCreate: "Create key", Writes, Refused, Need::Data(Permission::KeysCreate, Action::KeysCreate);
    KeyImport: "Import key", Writes, Refused, Need::Data(Permission::KeysImport, Action::KeysImport);
    KeyGet: "Get key", Reads, Served, Need::Data(Permission::KeysGet, Action::KeysRead);
    KeyUpdate: "Update key", Writes, Refused, Need::Data(Permission::KeysUpdate, Action::KeysUpdate);
    KeyDelete: "Delete key", Writes, Refused, Need::Data(Permission::KeysDelete, Action::KeysDelete);
    KeyList: "List keys", Reads, Served, Need::Data(Permission::KeysList, Action::KeysRead);
    KeyListVersions: "List key versions", Reads, Served, Need::Data(Permission::KeysList, Action::KeysRead);
    KeyGetDeleted: "Get deleted key", Reads, Refused, Need::Data(Permission::KeysGet, Action::KeysRead);
    KeyListDeleted: "List deleted keys", Reads, Refused, Need::Data(Permission::KeysList, Action::KeysRead);
    KeyRecover: "Recover key", Writes, Refused, Need::Data(Permission::KeysRecover, Action::KeysRecover);
    KeyPurge: "Purge key", Writes, Refused, Need::Data(Permission::KeysPurge, Action::KeysPurge);
    KeyBackup: "Back up key", Reads, Served, Need::Data(Permission::KeysBackup, Action::KeysBackup);
    KeyRestore: "Restore key", Writes, Refused, Need::Data(Permission::KeysRestore, Action::KeysRestore);
    KeyRotate: "Rotate key", Writes, Refused, Need::Data(Permission::KeysRotate, Action::KeysRotate);
    KeyRotateIfDue: "Rotate key as its policy says", Writes, Refused, Need::Data(Permission::KeysRotate, Action::KeysRotate);
    KeyRotationPolicyGet: "Get rotation policy", Reads, Served, Need::Data(Permission::KeysGetRotationPolicy, Action::KeyRotationPoliciesRead);
    KeyRotationPolicySet: "Set rotation policy", Writes, Refused, Need::Data(Permission::KeysSetRotationPolicy, Action::KeyRotationPoliciesWrite);
    KeyEncrypt: "Encrypt", Reads, Served, Need::Data(Permission::KeysEncrypt, Action::KeysEncrypt);
    KeyDecrypt: "Decrypt", Reads, Served, Need::Data(Permission::KeysDecrypt, Action::KeysDecrypt);
    KeyWrap: "Wrap key", Reads, Served, Need::Data(Permission::KeysWrapKey, Action::KeysWrap);
    KeyUnwrap: "Unwrap key", Reads, Served, Need::Data(Permission::KeysUnwrapKey, Action::KeysUnwrap);
    KeySign: "Sign", Reads, Served, Need::Data(Permission::KeysSign, Action::KeysSign);
    KeyVerify: "Verify", Reads, Served, Need::Data(Permission::KeysVerify, Action::KeysVerify);
    KeyNearExpiryEventGridNotification: "Tell that a key nears its end", Writes, Refused, Need::Data(Permission::KeysRotate, Action::KeysRotate);
    Authentication: "Sign in", Simulates, Served, Need::Nothing;
    IdentityPut: "Change identity", Writes, Refused, Need::Control(Action::IdentitiesWrite);
    IdentityDelete: "Remove identity", Writes, Refused, Need::Control(Action::IdentitiesWrite);
    IdentityPassphraseSet: "Set an identity's passphrase", Writes, Refused, Need::Nothing;
    VaultAccessPolicySet: "Set access policy", Writes, Refused, Need::Control(Action::AccessPoliciesWrite);
    VaultAccessPolicyDelete: "Delete access policy", Writes, Refused, Need::Control(Action::AccessPoliciesWrite);
    VaultAccessModelSet: "Change how access is decided", Writes, Refused, Need::Control(Action::RoleAssignmentsWrite);
    RoleAssignmentPut: "Assign role", Writes, Refused, Need::Control(Action::DataRoleAssignmentsWrite);
    RoleAssignmentDelete: "Remove role assignment", Writes, Refused, Need::Control(Action::DataRoleAssignmentsWrite);
    ActivityRetentionSet: "Set how long activity is kept", Writes, Refused, Need::Control(Action::SubscriptionWrite);
    ActivityRead: "Read activity", Simulates, Served, Need::Control(Action::ActivityRead);
    ActivityExport: "Export activity", Simulates, Served, Need::Control(Action::ActivityRead);
    StorePassphraseSet: "Change the store's passphrase", Simulates, Served, Need::Nothing;
    StoreCheck: "Check the store", Simulates, Served, Need::Nothing;
    StoreCompact: "Compact the store", Simulates, Served, Need::Nothing;
    StoreRecover: "Recover the store", Simulates, Served, Need::Nothing;
    RegionCheck: "Check regions", Simulates, Served, Need::Nothing;
    ClockConfirm: "Confirm the clock", Writes, Refused, Need::Control(Action::ClockConfirm);
    StoreRekey: "Renew the store's key", Simulates, Served, Need::Nothing;
    StoreAcceptOlder: "Accept an older store", Simulates, Served, Need::Nothing;
}

impl Operation {
    /// Whether it is asked of keys.
    pub fn is_of_keys(self) -> bool {
        self.audit_name().starts_with("Key")
    }

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
            (Operation::VaultListDeleted, Need::Control(Action::DeletedVaultsRead)),
            (Operation::VaultRecover, Need::Control(Action::VaultsWrite)),
            (Operation::VaultPurge, Need::Control(Action::DeletedVaultsPurge)),
            (Operation::SecretRecover, Need::Data(Permission::SecretsRecover, Action::SecretsRecover)),
            (Operation::SecretPurge, Need::Data(Permission::SecretsPurge, Action::SecretsPurge)),
        ];
        for (operation, need) in needed {
            assert_eq!(operation.need(), need);
        }
    }
}
