//! What an access policy can permit, by Key Vault's own names, and the sets that are offered (§6.1, §6.2).

use serde::{Deserialize, Serialize};

/// What a permission is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the variants speak for themselves")]
pub enum Family {
    Secrets,
    Keys,
    Certificates,
    Storage,
}

impl Family {
    /// Every family, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Secrets, Self::Keys, Self::Certificates, Self::Storage];

    /// `secrets`.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Secrets => "secrets",
            Self::Keys => "keys",
            Self::Certificates => "certificates",
            Self::Storage => "storage",
        }
    }

    /// `Secrets`.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Secrets => "Secrets",
            Self::Keys => "Keys",
            Self::Certificates => "Certificates",
            Self::Storage => "Storage",
        }
    }

    /// Its permissions, in the order in which they are shown.
    pub fn permissions(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |permission| permission.family() == self)
    }
}

macro_rules! permissions {
    ($($variant:ident: $family:ident, $name:literal, $title:literal;)+) => {
        /// One permission of an access policy (§6.1). No default grant contains purge (S3).
        ///
        /// Kept by its place in this list: new ones come at the end.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "each is named by its name")]
        pub enum Permission { $($variant),+ }

        impl Permission {
            /// Every permission there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// What it is about.
            pub const fn family(self) -> Family {
                match self { $(Self::$variant => Family::$family),+ }
            }

            /// As Key Vault writes it, within its family: `wrapKey`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// For people: `Wrap key`.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),+ }
            }
        }
    };
}

permissions! {
    SecretsGet: Secrets, "get", "Get";
    SecretsList: Secrets, "list", "List";
    SecretsSet: Secrets, "set", "Set";
    SecretsDelete: Secrets, "delete", "Delete";
    SecretsRecover: Secrets, "recover", "Recover";
    SecretsBackup: Secrets, "backup", "Backup";
    SecretsRestore: Secrets, "restore", "Restore";
    SecretsPurge: Secrets, "purge", "Purge";
    KeysGet: Keys, "get", "Get";
    KeysList: Keys, "list", "List";
    KeysCreate: Keys, "create", "Create";
    KeysImport: Keys, "import", "Import";
    KeysUpdate: Keys, "update", "Update";
    KeysDelete: Keys, "delete", "Delete";
    KeysRecover: Keys, "recover", "Recover";
    KeysBackup: Keys, "backup", "Backup";
    KeysRestore: Keys, "restore", "Restore";
    KeysRotate: Keys, "rotate", "Rotate";
    KeysGetRotationPolicy: Keys, "getrotationpolicy", "Get rotation policy";
    KeysSetRotationPolicy: Keys, "setrotationpolicy", "Set rotation policy";
    KeysEncrypt: Keys, "encrypt", "Encrypt";
    KeysDecrypt: Keys, "decrypt", "Decrypt";
    KeysWrapKey: Keys, "wrapKey", "Wrap key";
    KeysUnwrapKey: Keys, "unwrapKey", "Unwrap key";
    KeysSign: Keys, "sign", "Sign";
    KeysVerify: Keys, "verify", "Verify";
    KeysRelease: Keys, "release", "Release";
    KeysPurge: Keys, "purge", "Purge";
    CertificatesGet: Certificates, "get", "Get";
    CertificatesList: Certificates, "list", "List";
    CertificatesCreate: Certificates, "create", "Create";
    CertificatesImport: Certificates, "import", "Import";
    CertificatesUpdate: Certificates, "update", "Update";
    CertificatesDelete: Certificates, "delete", "Delete";
    CertificatesRecover: Certificates, "recover", "Recover";
    CertificatesBackup: Certificates, "backup", "Backup";
    CertificatesRestore: Certificates, "restore", "Restore";
    CertificatesManageContacts: Certificates, "managecontacts", "Manage contacts";
    CertificatesGetIssuers: Certificates, "getissuers", "Get issuers";
    CertificatesListIssuers: Certificates, "listissuers", "List issuers";
    CertificatesSetIssuers: Certificates, "setissuers", "Set issuers";
    CertificatesDeleteIssuers: Certificates, "deleteissuers", "Delete issuers";
    CertificatesManageIssuers: Certificates, "manageissuers", "Manage issuers";
    CertificatesPurge: Certificates, "purge", "Purge";
    StorageGet: Storage, "get", "Get";
    StorageList: Storage, "list", "List";
    StorageSet: Storage, "set", "Set";
    StorageUpdate: Storage, "update", "Update";
    StorageDelete: Storage, "delete", "Delete";
    StorageRecover: Storage, "recover", "Recover";
    StorageBackup: Storage, "backup", "Backup";
    StorageRestore: Storage, "restore", "Restore";
    StorageRegenerateKey: Storage, "regeneratekey", "Regenerate key";
    StorageGetSas: Storage, "getsas", "Get SAS";
    StorageListSas: Storage, "listsas", "List SAS";
    StorageSetSas: Storage, "setsas", "Set SAS";
    StorageDeleteSas: Storage, "deletesas", "Delete SAS";
    StoragePurge: Storage, "purge", "Purge";
}

impl Permission {
    /// The permission of a family by its name, whatever the case (§6.1).
    pub fn parse(family: Family, name: &str) -> Option<Self> {
        family.permissions().find(|permission| permission.name().eq_ignore_ascii_case(name))
    }

    /// Whether it allows to destroy: no default grant contains it (S3).
    pub const fn is_purge(self) -> bool {
        matches!(self, Self::SecretsPurge | Self::KeysPurge | Self::CertificatesPurge | Self::StoragePurge)
    }

    /// `secrets/purge`.
    pub fn text(self) -> String {
        format!("{}/{}", self.family().text(), self.name())
    }
}

/// A set of permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rights(u128);

impl Rights {
    /// No right at all.
    pub const NONE: Self = Self(0);

    /// Every right, purge included.
    pub fn all() -> Self {
        Permission::ALL.iter().copied().collect()
    }

    /// Every right but purge (S3).
    pub fn all_but_purge() -> Self {
        Permission::ALL.iter().copied().filter(|permission| !permission.is_purge()).collect()
    }

    /// Every right of one family, purge included: what `all` means in a policy (§6.1).
    pub fn of_family(family: Family) -> Self {
        family.permissions().collect()
    }

    /// These and `permission`.
    #[must_use]
    pub const fn with(self, permission: Permission) -> Self {
        Self(self.0 | 1 << permission as u128)
    }

    /// These without `permission`.
    #[must_use]
    pub const fn without(self, permission: Permission) -> Self {
        Self(self.0 & !(1 << permission as u128))
    }

    /// These and those.
    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Those of these that are about `family`.
    #[must_use]
    pub fn within(self, family: Family) -> Self {
        Self(self.0 & Self::of_family(family).0)
    }

    /// Whether `permission` is among them.
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u128) != 0
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them, in the order in which they are shown.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |permission| self.contains(*permission))
    }
}

impl FromIterator<Permission> for Rights {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        permissions.into_iter().fold(Self::NONE, Self::with)
    }
}

/// A set that is offered where a policy is made (§6.2). None contains purge, nor the use of keys but where that is its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named by its title")]
pub enum Template {
    KeySecretCertificate,
    KeySecret,
    SecretCertificate,
    Key,
    Secret,
    Certificate,
    SqlServer,
    Storage,
    Backup,
    Exchange,
    SharePoint,
    InformationProtection,
}

impl Template {
    /// Every template, in the order in which they are offered.
    pub const ALL: [Self; 12] = [
        Self::KeySecretCertificate,
        Self::KeySecret,
        Self::SecretCertificate,
        Self::Key,
        Self::Secret,
        Self::Certificate,
        Self::SqlServer,
        Self::Storage,
        Self::Backup,
        Self::Exchange,
        Self::SharePoint,
        Self::InformationProtection,
    ];

    /// Its name in the portal.
    pub const fn title(self) -> &'static str {
        match self {
            Self::KeySecretCertificate => "Key, Secret & Certificate Management",
            Self::KeySecret => "Key & Secret Management",
            Self::SecretCertificate => "Secret & Certificate Management",
            Self::Key => "Key Management",
            Self::Secret => "Secret Management",
            Self::Certificate => "Certificate Management",
            Self::SqlServer => "SQL Server Connector",
            Self::Storage => "Azure Data Lake Storage or Azure Storage",
            Self::Backup => "Azure Backup",
            Self::Exchange => "Exchange Online Customer Key",
            Self::SharePoint => "SharePoint Online Customer Key",
            Self::InformationProtection => "Azure Information BYOK",
        }
    }

    /// What it ticks.
    pub fn rights(self) -> Rights {
        use Permission as P;
        let of = |permissions: &[Permission]| permissions.iter().copied().collect::<Rights>();
        let keys = of(&[
            P::KeysGet,
            P::KeysList,
            P::KeysUpdate,
            P::KeysCreate,
            P::KeysImport,
            P::KeysDelete,
            P::KeysRecover,
            P::KeysBackup,
            P::KeysRestore,
            P::KeysGetRotationPolicy,
            P::KeysSetRotationPolicy,
            P::KeysRotate,
        ]);
        let secrets = Rights::of_family(Family::Secrets).without(P::SecretsPurge);
        let certificates = Rights::of_family(Family::Certificates).without(P::CertificatesPurge);
        let customer_key = of(&[P::KeysGet, P::KeysList, P::KeysWrapKey, P::KeysUnwrapKey]);
        match self {
            Self::KeySecretCertificate => keys.and(secrets).and(certificates),
            Self::KeySecret => keys.and(secrets),
            Self::SecretCertificate => secrets.and(certificates),
            Self::Key => keys,
            Self::Secret => secrets,
            Self::Certificate => certificates,
            Self::SqlServer | Self::Exchange | Self::SharePoint => customer_key,
            Self::Storage => of(&[P::KeysGet, P::KeysList, P::KeysUnwrapKey]),
            Self::Backup => {
                of(&[P::KeysGet, P::KeysList, P::KeysBackup, P::SecretsGet, P::SecretsList, P::SecretsBackup])
            }
            Self::InformationProtection => of(&[P::KeysGet, P::KeysDecrypt, P::KeysSign]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_those_of_key_vault() {
        // §6.1
        let names = |family: Family| {
            let mut names: Vec<_> = family.permissions().map(Permission::name).collect();
            names.sort_unstable_by_key(|name| name.to_lowercase());
            names.join(", ")
        };
        assert_eq!(names(Family::Secrets), "backup, delete, get, list, purge, recover, restore, set");
        assert_eq!(
            names(Family::Keys),
            "backup, create, decrypt, delete, encrypt, get, getrotationpolicy, import, list, purge, recover, release, \
             restore, rotate, setrotationpolicy, sign, unwrapKey, update, verify, wrapKey"
        );
        assert_eq!(
            names(Family::Certificates),
            "backup, create, delete, deleteissuers, get, getissuers, import, list, listissuers, managecontacts, \
             manageissuers, purge, recover, restore, setissuers, update"
        );
        assert_eq!(
            names(Family::Storage),
            "backup, delete, deletesas, get, getsas, list, listsas, purge, recover, regeneratekey, restore, set, \
             setsas, update"
        );
        assert_eq!(Permission::parse(Family::Keys, "WRAPKEY"), Some(Permission::KeysWrapKey));
        assert_eq!(Permission::parse(Family::Secrets, "wrapKey"), None);
    }

    #[test]
    fn no_template_contains_purge() {
        // S3, §6.2
        for template in Template::ALL {
            assert!(template.rights().iter().all(|permission| !permission.is_purge()), "{}", template.title());
            assert!(!template.rights().is_empty());
        }
        assert!(Rights::all_but_purge().iter().all(|permission| !permission.is_purge()));
        assert!(Rights::all().contains(Permission::SecretsPurge));
    }

    #[test]
    fn the_management_templates_do_not_use_keys() {
        // §6.2
        let rights = Template::KeySecretCertificate.rights();
        for used in [Permission::KeysDecrypt, Permission::KeysSign, Permission::KeysUnwrapKey, Permission::KeysRelease]
        {
            assert!(!rights.contains(used), "{}", used.text());
        }
    }
}
