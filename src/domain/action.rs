//! What a role can allow: the actions of Azure's resource manager and of a vault's data (§6.3).

use super::permission::Family;

macro_rules! actions {
    ($($variant:ident: $plane:ident, $text:literal, $title:literal;)+) => {
        /// One action that a role allows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "each is named by its text")]
        pub enum Action { $($variant),+ }

        impl Action {
            /// Every action there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As Azure writes it: `Microsoft.KeyVault/vaults/secrets/getSecret/action`.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// For people: `Get`.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),+ }
            }

            /// What it acts on.
            pub const fn plane(self) -> Plane {
                match self { $(Self::$variant => Plane::$plane),+ }
            }
        }
    };
}

/// What an action acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plane {
    /// Vaults as resources, and who may do what.
    Control,
    /// Secrets in a vault.
    Secrets,
    /// Keys in a vault.
    Keys,
    /// Certificates in a vault.
    Certificates,
}

impl Plane {
    /// The same in the words of access policies; `None`: policies have no say.
    pub const fn family(self) -> Option<Family> {
        match self {
            Self::Control => None,
            Self::Secrets => Some(Family::Secrets),
            Self::Keys => Some(Family::Keys),
            Self::Certificates => Some(Family::Certificates),
        }
    }

    /// `Vaults`.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Control => "Vaults",
            Self::Secrets => "Secrets",
            Self::Keys => "Keys",
            Self::Certificates => "Certificates",
        }
    }

    /// Its actions, in the order in which they are shown.
    pub fn actions(self) -> impl Iterator<Item = Action> {
        Action::ALL.iter().copied().filter(move |action| action.plane() == self)
    }
}

actions! {
    VaultsRead: Control, "Microsoft.KeyVault/vaults/read", "Read vaults";
    VaultsWrite: Control, "Microsoft.KeyVault/vaults/write", "Make and recover vaults";
    VaultsDelete: Control, "Microsoft.KeyVault/vaults/delete", "Delete vaults";
    DeletedVaultsRead: Control, "Microsoft.KeyVault/locations/deletedVaults/read", "List deleted vaults";
    DeletedVaultsPurge: Control, "Microsoft.KeyVault/locations/deletedVaults/purge/action", "Purge vaults";
    AccessPoliciesWrite: Control, "Microsoft.KeyVault/vaults/accessPolicies/write", "Set access policies";
    RoleAssignmentsWrite: Control, "Microsoft.Authorization/roleAssignments/write", "Assign roles";
    DataRoleAssignmentsWrite: Control, "Microsoft.Authorization/roleAssignments/write", "Assign data roles";
    SubscriptionWrite: Control, "Microsoft.Resources/subscriptions/write", "Change the subscription";
    IdentitiesWrite: Control, "Tresor/identities/write", "Manage identities";
    ActivityRead: Control, "Tresor/activity/read/action", "Read the activity log";
    RegionsWrite: Control, "Tresor/regions/write/action", "Move, fail and rebuild regions";
    ClockConfirm: Control, "Tresor/clock/confirm/action", "Confirm the clock";
    SecretsGet: Secrets, "Microsoft.KeyVault/vaults/secrets/getSecret/action", "Get";
    SecretsReadMetadata: Secrets, "Microsoft.KeyVault/vaults/secrets/readMetadata/action", "List";
    SecretsSet: Secrets, "Microsoft.KeyVault/vaults/secrets/setSecret/action", "Set";
    SecretsUpdate: Secrets, "Microsoft.KeyVault/vaults/secrets/update/action", "Update";
    SecretsDelete: Secrets, "Microsoft.KeyVault/vaults/secrets/delete", "Delete";
    SecretsRecover: Secrets, "Microsoft.KeyVault/vaults/secrets/recover/action", "Recover";
    SecretsBackup: Secrets, "Microsoft.KeyVault/vaults/secrets/backup/action", "Backup";
    SecretsRestore: Secrets, "Microsoft.KeyVault/vaults/secrets/restore/action", "Restore";
    SecretsPurge: Secrets, "Microsoft.KeyVault/vaults/secrets/purge/action", "Purge";
    KeysRead: Keys, "Microsoft.KeyVault/vaults/keys/read", "Get and list";
    KeysCreate: Keys, "Microsoft.KeyVault/vaults/keys/create/action", "Create";
    KeysImport: Keys, "Microsoft.KeyVault/vaults/keys/import/action", "Import";
    KeysUpdate: Keys, "Microsoft.KeyVault/vaults/keys/update/action", "Update";
    KeysDelete: Keys, "Microsoft.KeyVault/vaults/keys/delete", "Delete";
    KeysRecover: Keys, "Microsoft.KeyVault/vaults/keys/recover/action", "Recover";
    KeysBackup: Keys, "Microsoft.KeyVault/vaults/keys/backup/action", "Backup";
    KeysRestore: Keys, "Microsoft.KeyVault/vaults/keys/restore/action", "Restore";
    KeysRotate: Keys, "Microsoft.KeyVault/vaults/keys/rotate/action", "Rotate";
    KeyRotationPoliciesRead: Keys, "Microsoft.KeyVault/vaults/keyrotationpolicies/read", "Get rotation policy";
    KeyRotationPoliciesWrite: Keys, "Microsoft.KeyVault/vaults/keyrotationpolicies/write", "Set rotation policy";
    KeysEncrypt: Keys, "Microsoft.KeyVault/vaults/keys/encrypt/action", "Encrypt";
    KeysDecrypt: Keys, "Microsoft.KeyVault/vaults/keys/decrypt/action", "Decrypt";
    KeysWrap: Keys, "Microsoft.KeyVault/vaults/keys/wrap/action", "Wrap key";
    KeysUnwrap: Keys, "Microsoft.KeyVault/vaults/keys/unwrap/action", "Unwrap key";
    KeysSign: Keys, "Microsoft.KeyVault/vaults/keys/sign/action", "Sign";
    KeysVerify: Keys, "Microsoft.KeyVault/vaults/keys/verify/action", "Verify";
    KeysRelease: Keys, "Microsoft.KeyVault/vaults/keys/release/action", "Release";
    KeysPurge: Keys, "Microsoft.KeyVault/vaults/keys/purge/action", "Purge";
    CertificatesRead: Certificates, "Microsoft.KeyVault/vaults/certificates/read", "Get and list";
    CertificatesCreate: Certificates, "Microsoft.KeyVault/vaults/certificates/create/action", "Create";
    CertificatesImport: Certificates, "Microsoft.KeyVault/vaults/certificates/import/action", "Import";
    CertificatesUpdate: Certificates, "Microsoft.KeyVault/vaults/certificates/update/action", "Update";
    CertificatesDelete: Certificates, "Microsoft.KeyVault/vaults/certificates/delete", "Delete";
    CertificatesRecover: Certificates, "Microsoft.KeyVault/vaults/certificates/recover/action", "Recover";
    CertificatesBackup: Certificates, "Microsoft.KeyVault/vaults/certificates/backup/action", "Backup";
    CertificatesRestore: Certificates, "Microsoft.KeyVault/vaults/certificates/restore/action", "Restore";
    CertificateContactsWrite: Certificates, "Microsoft.KeyVault/vaults/certificatecontacts/write", "Manage contacts";
    CertificateCasWrite: Certificates, "Microsoft.KeyVault/vaults/certificatecas/write", "Manage issuers";
    CertificatesPurge: Certificates, "Microsoft.KeyVault/vaults/certificates/purge/action", "Purge";
}

impl Action {
    /// For a sentence: `get (secrets)`, `purge vaults`.
    pub fn words(self) -> String {
        let title = self.title().to_lowercase();
        match self.plane() {
            Plane::Control => title,
            plane => format!("{title} ({})", plane.title().to_lowercase()),
        }
    }

    /// Whether it allows to destroy.
    pub const fn is_purge(self) -> bool {
        matches!(self, Self::DeletedVaultsPurge | Self::SecretsPurge | Self::KeysPurge | Self::CertificatesPurge)
    }
}

/// A set of actions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Actions(u64);

impl Actions {
    /// None at all.
    pub const NONE: Self = Self(0);

    /// All of a plane, purge included.
    pub fn of_plane(plane: Plane) -> Self {
        plane.actions().collect()
    }

    /// These and `action`.
    #[must_use]
    pub const fn with(self, action: Action) -> Self {
        Self(self.0 | 1 << action as u64)
    }

    /// These without `action`.
    #[must_use]
    pub const fn without(self, action: Action) -> Self {
        Self(self.0 & !(1 << action as u64))
    }

    /// These and those.
    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Whether `action` is among them.
    pub const fn contains(self, action: Action) -> bool {
        self.0 & (1 << action as u64) != 0
    }

    /// Each of them, in the order in which they are shown.
    pub fn iter(self) -> impl Iterator<Item = Action> {
        Action::ALL.iter().copied().filter(move |action| self.contains(*action))
    }
}

impl FromIterator<Action> for Actions {
    fn from_iter<I: IntoIterator<Item = Action>>(actions: I) -> Self {
        actions.into_iter().fold(Self::NONE, Self::with)
    }
}
