//! The one table of operations. Buttons grey out by it, refusals follow from it, activity is named by it.

use serde::{Deserialize, Serialize};

use super::{ObjectName, Permission, RegionName, VaultName};

/// What an operation does to what it is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Tells, and changes nothing.
    Reads,
    /// Changes something that is kept.
    Writes,
    /// Plays with the simulation: time and outages. Needs no region to answer.
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
    ClockAdvance: "Move clock forward", Simulates, Served, None;
    ClockReset: "Return to real time", Simulates, Served, None;
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
        assert_eq!(served, ["VaultGet", "VaultList", "SecretGet", "SecretList", "SecretListVersions", "SecretBackup"]);
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
