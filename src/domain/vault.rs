//! A vault: its properties and what it holds.

use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};

use super::{
    Deleted, Deletion, Key, Now, ObjectName, PurgeProtection, RecoveryLevel, Refusal, RegionName, RetentionDays,
    Secret, SecretVersion, Shelf, Timestamp, VaultName, VersionId,
    grant::{AccessModel, VaultAccess},
    properties::{Enabled, Tags},
    secret::{SecretDraft, SecretPatch},
    shelf::{Named, VaultObject},
    soft_delete::{Kind, SubscriptionProtection, admit_purge},
};

/// The pricing tier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sku {
    /// Software keys.
    #[default]
    Standard,
    /// Software and HSM keys.
    Premium,
}

impl Sku {
    /// `Standard`.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Standard => "Standard",
            Self::Premium => "Premium",
        }
    }
}

/// What recovering a vault does not bring back, because deleting it removed it (S19): words for a list.
pub const NOT_RECOVERED: [&str; 2] = ["role assignments", "event subscriptions"];

/// What a vault is made with. Soft delete is not a choice (S7).
#[derive(Clone, Debug)]
pub struct VaultDraft {
    /// Its name, free in the whole store.
    pub name: VaultName,
    /// Where it lives, for good.
    pub location: RegionName,
    /// Its tier.
    pub sku: Sku,
    /// How long deleted things are kept, for good (S8).
    pub retention: RetentionDays,
    /// Off by default (S10). `Some(Off)` is refused as Key Vault refuses it.
    pub purge_protection: Option<PurgeProtection>,
    /// Up to 15.
    pub tags: Tags,
    /// By what is decided who may do what in it.
    pub access: AccessModel,
}

/// What to change on a vault; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct VaultPatch {
    /// Refused unless it is what the vault has (S8).
    pub retention: Option<RetentionDays>,
    /// Refused when off (S10).
    pub purge_protection: Option<PurgeProtection>,
    /// New tags in place of all old ones.
    pub tags: Option<Tags>,
}

/// A vault's own properties.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultHead {
    /// Its name.
    pub name: VaultName,
    /// Where it lives.
    pub location: RegionName,
    /// Its tier.
    pub sku: Sku,
    /// How long deleted things are kept.
    pub retention: RetentionDays,
    /// Whether anybody may purge early.
    pub purge_protection: PurgeProtection,
    /// Up to 15.
    pub tags: Tags,
    /// When it was made.
    pub created: Timestamp,
    /// Who made it.
    pub created_by: String,
}

/// A vault with what it holds. Cloning costs a few pointers.
#[derive(Clone, Debug)]
pub struct Vault {
    /// Its properties.
    pub head: Arc<VaultHead>,
    /// Who may do what in it.
    pub access: Arc<VaultAccess>,
    /// Its secrets, live and deleted.
    pub secrets: Shelf<Secret>,
    /// Its keys, live and deleted.
    pub keys: Shelf<Key>,
}

impl Named for Vault {
    type Name = VaultName;

    fn name(&self) -> &VaultName {
        &self.head.name
    }
}

impl VaultHead {
    /// A vault made at `now`.
    pub fn new(draft: VaultDraft, by: &str, now: Timestamp) -> Result<Self, Refusal> {
        let VaultDraft { name, location, sku, retention, purge_protection, tags, access: _ } = draft;
        if purge_protection == Some(PurgeProtection::Off) {
            return Err(Refusal::PurgeProtectionStaysOn);
        }
        let purge_protection = purge_protection.unwrap_or_default();
        Ok(Self { name, location, sku, retention, purge_protection, tags, created: now, created_by: by.to_owned() })
    }

    /// This vault with `patch` applied: retention never changes (S8), purge protection only goes on (S10).
    pub fn patched(&self, patch: &VaultPatch) -> Result<Self, Refusal> {
        let VaultPatch { retention, purge_protection, tags } = patch;
        if retention.is_some_and(|retention| retention != self.retention) {
            return Err(Refusal::RetentionIsFixed);
        }
        if *purge_protection == Some(PurgeProtection::Off) {
            return Err(Refusal::PurgeProtectionStaysOn);
        }
        let mut head = self.clone();
        head.purge_protection = purge_protection.unwrap_or(self.purge_protection);
        head.tags = tags.clone().unwrap_or_else(|| self.tags.clone());
        Ok(head)
    }

    /// What can be undone in this vault.
    pub fn recovery_level(&self, subscription: SubscriptionProtection) -> RecoveryLevel {
        RecoveryLevel { retention: self.retention, purge_protection: self.purge_protection, subscription }
    }
}

/// The decisions on secrets. None changes the vault: each answers with what the secret would become.
impl Vault {
    /// An empty vault, in which is granted what vaults grant of which nothing else is known.
    pub fn new(head: VaultHead) -> Self {
        static OLD: LazyLock<Arc<VaultAccess>> = LazyLock::new(|| Arc::new(VaultAccess::of_old_vault()));
        Self { head: Arc::new(head), access: Arc::clone(&OLD), secrets: Shelf::default(), keys: Shelf::default() }
    }

    /// The same vault with other properties.
    #[must_use]
    pub fn with_head(&self, head: VaultHead) -> Self {
        Self { head: Arc::new(head), ..self.clone() }
    }

    /// Its name.
    pub fn name(&self) -> &VaultName {
        &self.head.name
    }

    /// The live secret of that name (S5: a deleted one is not found).
    pub fn secret(&self, name: &ObjectName) -> Result<&Arc<Secret>, Refusal> {
        self.secrets.find(name)
    }

    /// A version whose value may be read; expired ones may (§2.6), disabled ones may not.
    pub fn readable_version(&self, name: &ObjectName, id: Option<VersionId>) -> Result<&SecretVersion, Refusal> {
        let version = self.version(name, id)?;
        if version.enabled == Enabled::No {
            return Err(Refusal::SecretDisabled { name: name.to_string() });
        }
        Ok(version)
    }

    /// Sets a value: a new secret, or one more version of one that is there. A deleted one holds its name (S16).
    pub fn set_secret(
        &self,
        name: &ObjectName,
        draft: SecretDraft,
        id: VersionId,
        now: Timestamp,
    ) -> Result<Secret, Refusal> {
        self.secrets.admit_name(name)?;
        let version = SecretVersion::new(id, draft, now);
        Ok(match self.secrets.get(name) {
            Some(secret) => secret.with_version(version),
            None => Secret::new(name.clone(), version),
        })
    }

    /// Changes the attributes of one version, disabled or not (§2.6).
    pub fn update_secret(
        &self,
        name: &ObjectName,
        id: Option<VersionId>,
        patch: &SecretPatch,
        now: Timestamp,
    ) -> Result<Secret, Refusal> {
        let patched = self.version(name, id)?.patched(patch, now)?;
        Ok(self.secret(name)?.with_patched(patched))
    }

    /// Moves a secret to the bin; deleting twice is not found (§5.4).
    pub fn delete_secret(&self, name: &ObjectName, by: &str, now: Now) -> Result<(Arc<Secret>, Deletion), Refusal> {
        self.delete(&self.secrets, name, by, now)
    }

    /// Brings a deleted secret back, whole (S1). Works under purge protection too (S10).
    pub fn recover_secret(&self, name: &ObjectName, now: Now) -> Result<Arc<Secret>, Refusal> {
        Ok(Arc::clone(&self.secrets.find_deleted(name, now)?.item))
    }

    /// Destroys a deleted secret for good; purge protection forbids it (S2, S10).
    pub fn purge_secret(
        &self,
        name: &ObjectName,
        subscription: SubscriptionProtection,
        now: Now,
    ) -> Result<Arc<Secret>, Refusal> {
        self.purge(&self.secrets, name, subscription, now)
    }

    /// Puts a backed-up secret back with all its versions; the name must be free (§2.7).
    pub fn restore_secret(&self, secret: Secret) -> Result<Secret, Refusal> {
        let secret = secret.restored().map_err(|_impossible| Refusal::BackupMalformed)?;
        self.secrets.admit_new_name(secret.name())?;
        Ok(secret)
    }

    /// A deleted secret whose retention has not ended.
    pub fn deleted_secret(&self, name: &ObjectName, now: Now) -> Result<&Arc<Deleted<Secret>>, Refusal> {
        self.secrets.find_deleted(name, now)
    }

    /// Whether a name is not held by a deleted secret (S16).
    pub fn admit_name(&self, name: &ObjectName) -> Result<(), Refusal> {
        self.secrets.admit_name(name)
    }

    pub(super) fn delete<T: VaultObject>(
        &self,
        shelf: &Shelf<T>,
        name: &ObjectName,
        by: &str,
        now: Now,
    ) -> Result<(Arc<T>, Deletion), Refusal> {
        Ok((Arc::clone(shelf.find(name)?), Deletion::new(now, self.head.retention, by)))
    }

    pub(super) fn purge<T: VaultObject>(
        &self,
        shelf: &Shelf<T>,
        name: &ObjectName,
        subscription: SubscriptionProtection,
        now: Now,
    ) -> Result<Arc<T>, Refusal> {
        let deleted = shelf.find_deleted(name, now)?;
        admit_purge(self.head.recovery_level(subscription), T::KIND, name.as_str(), &deleted.deletion)?;
        Ok(Arc::clone(&deleted.item))
    }

    fn version(&self, name: &ObjectName, id: Option<VersionId>) -> Result<&SecretVersion, Refusal> {
        let not_found = || {
            let version = id.map(|id| format!("/{id}")).unwrap_or_default();
            Refusal::NotFound { kind: Kind::Secret, name: format!("{name}{version}") }
        };
        self.secret(name)?.version(id).ok_or_else(not_found)
    }
}
