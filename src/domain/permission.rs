//! What an access policy can permit, by Key Vault's own names (§6.1).

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
    /// The permission of a family by its name, whatever the case (§6.1); the word [`ALL`] names none.
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

/// A set of permissions: single ones, and for each family the word `all`, which never includes purge (S3).
///
/// The word is kept as a word, with purge beside it where that was granted by name, as az keeps it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rights(u128);

/// The bits of the words `all`, one for each family, stand above those of the permissions.
const FIRST_WORD: u32 = 124;
const _: () = assert!(Permission::ALL.len() <= FIRST_WORD as usize, "a permission and a word would share a bit");

impl Rights {
    /// No right at all.
    pub const NONE: Self = Self(0);

    /// `all` of every family: everything but purge (S3).
    pub fn all() -> Self {
        Family::ALL.into_iter().fold(Self::NONE, |rights, family| rights.and(Self::all_of(family)))
    }

    /// `all` of every family, and purge.
    pub fn all_and_purge() -> Self {
        Permission::ALL.iter().copied().filter(|permission| permission.is_purge()).fold(Self::all(), Self::with)
    }

    /// `all` of one family: everything but purge (S3, §6.1).
    pub const fn all_of(family: Family) -> Self {
        Self(1 << (FIRST_WORD + family as u32))
    }

    /// Whether `all` of a family is among them, as the word.
    pub const fn has_all_of(self, family: Family) -> bool {
        self.0 & Self::all_of(family).0 != 0
    }

    /// These and `permission`.
    #[must_use]
    pub const fn with(self, permission: Permission) -> Self {
        if self.contains(permission) { self } else { Self(self.0 | 1 << permission as u128) }
    }

    /// These without `permission`; a word that stood for it becomes the others that it stood for.
    #[must_use]
    pub fn without(self, permission: Permission) -> Self {
        let all = Self::all_of(permission.family());
        let rights = if permission.is_purge() || !self.has_all_of(permission.family()) {
            self
        } else {
            Self(self.spelled_out().within(permission.family()).0 | self.0 & !all.0)
        };
        Self(rights.0 & !(1 << permission as u128))
    }

    /// These and those.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        let both = Self(self.0 | others.0);
        Family::ALL.into_iter().filter(|family| both.has_all_of(*family)).fold(both, |rights, family| {
            // What the word says is not said twice.
            Self(rights.0 & !usual(family).0)
        })
    }

    /// These without any that is about `family`.
    #[must_use]
    pub fn without_family(self, family: Family) -> Self {
        Self(self.0 & !everything(family).0)
    }

    /// Those of these that are about `family`.
    #[must_use]
    pub fn within(self, family: Family) -> Self {
        Self(self.0 & everything(family).0)
    }

    /// Each permission by itself, without a word.
    #[must_use]
    pub fn spelled_out(self) -> Self {
        Self(self.iter().fold(0, |bits, permission| bits | 1 << permission as u128))
    }

    /// The same with the word `all` for each family of which everything but purge is there.
    #[must_use]
    pub fn in_words(self) -> Self {
        let is_whole = |family: &Family| self.0 & usual(*family).0 == usual(*family).0;
        Family::ALL.into_iter().filter(is_whole).fold(self, |rights, family| rights.and(Self::all_of(family)))
    }

    /// As a policy says it of one family: `all`, and what is granted beside it, by Key Vault's names.
    pub fn names(self, family: Family) -> Vec<&'static str> {
        let word = self.has_all_of(family).then_some(ALL);
        let single = family.permissions().filter(|permission| self.0 & 1 << *permission as u128 != 0);
        word.into_iter().chain(single.map(Permission::name)).collect()
    }

    /// All of it for a sentence: `all and purge`, `secrets: get, list; keys: all`, `nothing`.
    pub fn words(self) -> String {
        match self.in_words() {
            none if none.is_empty() => "nothing".into(),
            all if all == Self::all() => ALL.into(),
            all if all == Self::all_and_purge() => format!("{ALL} and purge"),
            _ => {
                let of = |family: Family| format!("{}: {}", family.text(), self.names(family).join(", "));
                let families = Family::ALL.into_iter().filter(|family| !self.within(*family).is_empty());
                families.map(of).collect::<Vec<_>>().join("; ")
            }
        }
    }

    /// Whether `permission` is granted, by itself or by the word of its family.
    pub const fn contains(self, permission: Permission) -> bool {
        let by_word = self.has_all_of(permission.family()) && !permission.is_purge();
        by_word || self.0 & (1 << permission as u128) != 0
    }

    /// Whether any permission to destroy is among them.
    pub fn can_purge(self) -> bool {
        self.iter().any(Permission::is_purge)
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each permission that is granted, in the order in which they are shown.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |permission| self.contains(*permission))
    }
}

/// The word for everything of a family but purge.
pub const ALL: &str = "all";

/// Every permission of a family but purge, each by itself.
pub(super) fn usual(family: Family) -> Rights {
    family.permissions().filter(|permission| !permission.is_purge()).collect()
}

/// Every bit that is about a family.
fn everything(family: Family) -> Rights {
    family.permissions().fold(Rights::all_of(family), |rights, permission| Rights(rights.0 | 1 << permission as u128))
}

impl FromIterator<Permission> for Rights {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        permissions.into_iter().fold(Self::NONE, Self::with)
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
    fn all_is_a_word_that_never_includes_purge() {
        // S3, §6.1
        for family in Family::ALL {
            let all = Rights::all_of(family);
            for permission in Permission::ALL {
                let is_meant = permission.family() == family && !permission.is_purge();
                assert_eq!(all.contains(*permission), is_meant, "{}", permission.text());
            }
            assert_eq!(all.names(family), ["all"]);
            assert_eq!(all.within(family), all);
            assert!(all.without_family(family).is_empty() && !all.can_purge());
        }
        assert!(!Rights::all().can_purge());
        assert_eq!(Rights::all_and_purge().iter().count(), Permission::ALL.len());
        assert_eq!(Rights::all_and_purge().names(Family::Keys), ["all", "purge"]);
    }

    #[test]
    fn a_word_stays_a_word_until_something_is_taken_from_it() {
        // S3
        let all = Rights::all_of(Family::Secrets);
        assert_eq!(all.with(Permission::SecretsGet), all);
        assert_eq!(Rights::NONE.with(Permission::SecretsGet).and(all), all);
        let purging = all.with(Permission::SecretsPurge);
        assert_eq!(purging.names(Family::Secrets), ["all", "purge"]);
        assert_eq!(purging.without(Permission::SecretsPurge), all);
        let fewer = purging.without(Permission::SecretsSet);
        assert_eq!(fewer.names(Family::Secrets), ["get", "list", "delete", "recover", "backup", "restore", "purge"]);
        assert_eq!(fewer.without(Permission::SecretsSet), fewer);
        assert_eq!(fewer.with(Permission::SecretsSet).in_words(), purging);
        assert_eq!(purging.spelled_out().names(Family::Secrets).len(), Family::Secrets.permissions().count());
    }

    #[test]
    fn a_set_that_was_kept_before_there_was_a_word_means_what_it_meant() {
        // S3
        let everything: Rights = Permission::ALL.iter().copied().collect();
        let bytes = postcard::to_allocvec(&((1_u128 << Permission::ALL.len()) - 1)).unwrap();
        let kept: Rights = postcard::from_bytes(&bytes).unwrap();
        assert_eq!(kept, everything);
        assert!(kept.can_purge() && !kept.has_all_of(Family::Secrets));
        assert_eq!(kept.in_words(), Rights::all_and_purge());
    }
}
