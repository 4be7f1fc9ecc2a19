//! The roles that can be assigned (§6.3), with Azure's own ids.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::action::{Action, Actions, Plane};

macro_rules! roles {
    ($($variant:ident: $title:literal, $id:literal, $about:literal;)+) => {
        /// A role. Kept by its place in this list: new ones come at the end.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[expect(missing_docs, reason = "each is named by its title")]
        pub enum Role { $($variant),+ }

        impl Role {
            /// Every role there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name: `Key Vault Reader`.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),+ }
            }

            /// The id of its definition, the same in every subscription.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id),+ }
            }

            /// What it is for, in one sentence.
            pub const fn about(self) -> &'static str {
                match self { $(Self::$variant => $about),+ }
            }
        }
    };
}

roles! {
    Owner: "Owner", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
        "Everything about vaults, purging them included, and who may do what; nothing inside a vault";
    Reader: "Reader", "acdd72a7-3385-48ef-bd42-f606fba81ae7", "Sees vaults, and nothing inside them";
    UserAccessAdministrator: "User Access Administrator", "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        "Assigns roles, and sees vaults";
    Administrator: "Key Vault Administrator", "00482a5a-887f-4fb3-b363-3b7fe8e74483",
        "Everything inside a vault, purge included";
    KeyVaultReader: "Key Vault Reader", "21090545-7ca7-4776-b22c-e363652d74d2",
        "Sees what is in a vault, but no value";
    SecretsOfficer: "Key Vault Secrets Officer", "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
        "Everything with secrets, purge included";
    SecretsUser: "Key Vault Secrets User", "4633458b-17de-408a-b874-0445c86b69e6", "Reads the values of secrets";
    CryptoOfficer: "Key Vault Crypto Officer", "14b46e9e-c2b7-41b4-b07b-48a6ebf60603",
        "Everything with keys, purge included";
    CryptoUser: "Key Vault Crypto User", "12338af0-0e69-4776-bea7-57ae8d297424", "Uses keys";
    CryptoServiceEncryptionUser: "Key Vault Crypto Service Encryption User", "e147488a-f6f5-4113-8e2d-b22465e65bf6",
        "Reads keys, and wraps and unwraps by them";
    CryptoServiceReleaseUser: "Key Vault Crypto Service Release User", "08bbd89e-9f13-488c-ac41-acfcb10c90ab",
        "Releases keys";
    CertificatesOfficer: "Key Vault Certificates Officer", "a4417e6f-fecd-4de8-b567-7b0420556985",
        "Everything with certificates, purge included";
    CertificateUser: "Key Vault Certificate User", "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba",
        "Reads certificates with their secrets and keys";
    PurgeOperator: "Key Vault Purge Operator", "a68e7c17-0ab2-4c09-9a58-125dae29748c",
        "Lists deleted vaults and purges them";
    Contributor: "Key Vault Contributor", "f25e0fa2-a7c8-4377-a976-54943a77a395",
        "Makes, deletes and recovers vaults and sets their access policies, its own included; never purges a vault";
    DataAccessAdministrator: "Key Vault Data Access Administrator", "8b54135c-b56d-4d72-a534-26097cfdc8d8",
        "Assigns the roles that act inside vaults";
    VaultOperator: "Tresor Vault Operator", "6f2a9d1c-3b0e-4c57-9e84-1d7c5a20b3e6",
        "Makes, deletes and recovers vaults, reads the activity log, and moves and rebuilds regions; grants nothing and \
         purges nothing. Tresor's own: with Key Vault Contributor one could grant oneself purge";
}

impl Role {
    /// The role of that name or id, whatever the case.
    pub fn parse(text: &str) -> Option<Self> {
        let is_it = |role: &&Self| role.title().eq_ignore_ascii_case(text) || role.id().eq_ignore_ascii_case(text);
        Self::ALL.iter().find(is_it).copied()
    }

    /// Whether it acts inside vaults, so that a Data Access Administrator may assign it.
    pub fn is_data_role(self) -> bool {
        let is_about_data = |action: Action| action.plane() != Plane::Control;
        self.actions().iter().any(is_about_data)
    }

    /// What it allows.
    pub fn actions(self) -> Actions {
        static ALL: LazyLock<Vec<Actions>> = LazyLock::new(|| Role::ALL.iter().map(|role| role.definition()).collect());
        ALL[self as usize]
    }

    fn definition(self) -> Actions {
        use Action as A;
        let of = |actions: &[Action]| actions.iter().copied().collect::<Actions>();
        let (secrets, keys) = (Actions::of_plane(Plane::Secrets), Actions::of_plane(Plane::Keys));
        let certificates = Actions::of_plane(Plane::Certificates);
        let vaults = of(&[A::VaultsRead, A::VaultsWrite, A::VaultsDelete, A::DeletedVaultsRead]);
        let sees = of(&[A::VaultsRead, A::DeletedVaultsRead]);
        let wrapping = of(&[A::KeysRead, A::KeysWrap, A::KeysUnwrap]);
        match self {
            Self::Owner => Actions::of_plane(Plane::Control),
            Self::Reader => of(&[A::VaultsRead]),
            Self::UserAccessAdministrator => of(&[A::VaultsRead, A::RoleAssignmentsWrite, A::DataRoleAssignmentsWrite]),
            Self::Administrator => sees.and(secrets).and(keys).and(certificates),
            Self::KeyVaultReader => sees.and(of(&[A::SecretsReadMetadata, A::KeysRead, A::CertificatesRead])),
            Self::SecretsOfficer => sees.and(secrets),
            Self::SecretsUser => of(&[A::SecretsGet, A::SecretsReadMetadata]),
            Self::CryptoOfficer => sees.and(keys),
            Self::CryptoUser => wrapping.and(of(&[
                A::KeysUpdate,
                A::KeysBackup,
                A::KeysEncrypt,
                A::KeysDecrypt,
                A::KeysSign,
                A::KeysVerify,
            ])),
            Self::CryptoServiceEncryptionUser => wrapping,
            Self::CryptoServiceReleaseUser => of(&[A::KeysRelease]),
            Self::CertificatesOfficer => sees.and(certificates),
            Self::CertificateUser => of(&[A::CertificatesRead, A::SecretsGet, A::SecretsReadMetadata, A::KeysRead]),
            Self::PurgeOperator => of(&[A::DeletedVaultsRead, A::DeletedVaultsPurge]),
            Self::Contributor => vaults.with(A::AccessPoliciesWrite),
            Self::DataAccessAdministrator => of(&[A::VaultsRead, A::DataRoleAssignmentsWrite]),
            Self::VaultOperator => vaults.and(of(&[A::ActivityRead, A::RegionsWrite])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_purges_vaults_and_no_object() {
        // S3, §5.3
        let owner = Role::Owner.actions();
        assert!(owner.contains(Action::DeletedVaultsPurge));
        assert!(!owner.contains(Action::SecretsPurge) && !owner.contains(Action::KeysPurge));
    }

    #[test]
    fn a_contributor_never_purges_a_vault_and_a_purge_operator_does_nothing_else() {
        // §5.3, §6.3
        assert!(!Role::Contributor.actions().contains(Action::DeletedVaultsPurge));
        let purges: Vec<_> = Role::PurgeOperator.actions().iter().collect();
        assert_eq!(purges, [Action::DeletedVaultsRead, Action::DeletedVaultsPurge]);
    }

    #[test]
    fn a_role_is_found_by_name_and_by_id() {
        for role in Role::ALL {
            assert_eq!(Role::parse(&role.title().to_lowercase()), Some(*role));
            assert_eq!(Role::parse(&role.id().to_uppercase()), Some(*role));
        }
        assert_eq!(Role::parse("Key Vault Emperor"), None);
    }
}
