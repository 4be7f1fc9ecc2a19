//! The decisions on keys. None changes the vault: each answers with what the key would become.

use std::sync::Arc;

use super::{
    Deletion, Key, KeyKind, KeyOperation, KeyVersion, Now, ObjectName, PublicPart, Refusal, RotationPolicy, Timestamp,
    Vault, VersionId,
    key::{KeyDraft, KeyPatch},
    soft_delete::{Kind, SubscriptionProtection},
};

impl Vault {
    /// The live key of that name (S5: a deleted one is not found).
    pub fn key(&self, name: &ObjectName) -> Result<&Arc<Key>, Refusal> {
        self.keys.find(name)
    }

    /// A version of a key, the current one when none is named; disabled ones too.
    pub fn key_version(&self, name: &ObjectName, id: Option<VersionId>) -> Result<&KeyVersion, Refusal> {
        let not_found = || {
            let version = id.map(|id| format!("/{id}")).unwrap_or_default();
            Refusal::NotFound { kind: Kind::Key, name: format!("{name}{version}") }
        };
        self.key(name)?.version(id).ok_or_else(not_found)
    }

    /// A version that may be used so at `now` (§3.5).
    pub fn usable_key_version(
        &self,
        name: &ObjectName,
        id: Option<VersionId>,
        operation: KeyOperation,
        now: Timestamp,
    ) -> Result<&KeyVersion, Refusal> {
        let version = self.key_version(name, id)?;
        operation.admit(version.enabled, &version.operations, version.validity, now)?;
        Ok(version)
    }

    /// Whether a key of this kind and name could be made here: before a key is generated, which takes a while.
    pub fn admit_new_key(&self, name: &ObjectName, kind: KeyKind, draft: &KeyDraft) -> Result<(), Refusal> {
        self.keys.admit_name(name)?;
        kind.admit_sku(self.head.sku)?;
        draft.operations.as_ref().map_or(Ok(()), |operations| kind.admit_operations(operations))
    }

    /// Makes a key, or one more version of one that is there: created or imported. A deleted one holds its name (S16).
    pub fn put_key(
        &self,
        name: &ObjectName,
        draft: KeyDraft,
        id: VersionId,
        (kind, public): (KeyKind, Option<PublicPart>),
        now: Now,
    ) -> Result<Key, Refusal> {
        self.admit_new_key(name, kind, &draft)?;
        let version = KeyVersion::new(id, kind, public, draft, now)?;
        Ok(match self.keys.get(name) {
            Some(key) => key.with_version(version),
            None => Key::new(name.clone(), version),
        })
    }

    /// Changes the attributes of one version, disabled or not; the material never changes (§3.2).
    pub fn update_key(
        &self,
        name: &ObjectName,
        id: Option<VersionId>,
        patch: &KeyPatch,
        now: Timestamp,
    ) -> Result<Key, Refusal> {
        let patched = self.key_version(name, id)?.patched(patch, now)?;
        Ok(self.key(name)?.with_patched(patched))
    }

    /// Gives a key a new version of fresh material, as the current one is (§3.6).
    pub fn rotate_key(
        &self,
        name: &ObjectName,
        id: VersionId,
        public: Option<PublicPart>,
        now: Now,
    ) -> Result<Key, Refusal> {
        self.key(name)?.rotated(id, public, now)
    }

    /// Says when a key rotates (§3.6).
    pub fn set_rotation_policy(
        &self,
        name: &ObjectName,
        policy: RotationPolicy,
        now: Timestamp,
    ) -> Result<Key, Refusal> {
        self.key(name)?.with_policy(policy, now)
    }

    /// Moves a key to the bin; deleting twice is not found (§5.4).
    pub fn delete_key(&self, name: &ObjectName, by: &str, now: Now) -> Result<(Arc<Key>, Deletion), Refusal> {
        self.delete(&self.keys, name, by, now)
    }

    /// Brings a deleted key back, whole (S1). Works under purge protection too (S10).
    pub fn recover_key(&self, name: &ObjectName, now: Now) -> Result<Arc<Key>, Refusal> {
        Ok(Arc::clone(&self.keys.find_deleted(name, now)?.item))
    }

    /// Destroys a deleted key for good; purge protection forbids it (S2, S10).
    pub fn purge_key(
        &self,
        name: &ObjectName,
        subscription: SubscriptionProtection,
        now: Now,
    ) -> Result<Arc<Key>, Refusal> {
        self.purge(&self.keys, name, subscription, now)
    }

    /// Puts a backed-up key back with all its versions; the name must be free (§2.7), and the vault's tier high enough.
    ///
    /// Its policy counts from now on.
    pub fn restore_key(&self, key: Key, now: Now) -> Result<Key, Refusal> {
        let key = key.restored().map_err(|_impossible| Refusal::BackupMalformed)?;
        self.keys.admit_new_name(key.name())?;
        key.versions().iter().try_for_each(|version| version.kind.admit_sku(self.head.sku))?;
        let ages = vec![now.age(); key.versions().len()];
        Ok(key.with_ages(&ages))
    }
}
