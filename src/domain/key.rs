//! Keys and their versions: what is known of them. The private part is nowhere in here.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    Age, KeyKind, KeyOperations, Now, ObjectName, PublicPart, Refusal, Timestamp, VersionId,
    age::Term,
    properties::{Enabled, Tags, Validity},
    rotation::RotationPolicy,
    secret::Standing,
    shelf::{Named, VaultObject},
    soft_delete::Kind,
    versions::{Version, Versions},
};

/// What a person says about a new key or version, beside the key itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyDraft {
    /// What it is permitted; everything its kind can do when nothing is said.
    pub operations: Option<KeyOperations>,
    /// Up to 15.
    pub tags: Tags,
    /// Whether it may be used.
    pub enabled: Enabled,
    /// From when to when it protects something new.
    pub validity: Validity,
}

/// What is to be changed of a version. What is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyPatch {
    /// New permitted operations.
    pub operations: Option<KeyOperations>,
    /// New tags in place of all old ones.
    pub tags: Option<Tags>,
    /// Whether it may be used.
    pub enabled: Option<Enabled>,
    /// A new moment from which on it is valid, or none any more.
    pub not_before: Option<Option<Timestamp>>,
    /// A new moment until which it is valid, or none any more.
    pub expires: Option<Option<Timestamp>>,
}

/// One version without its private part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyVersion {
    /// Made by the system.
    pub id: VersionId,
    /// What it is.
    pub kind: KeyKind,
    /// What it is permitted.
    pub operations: KeyOperations,
    /// Whether it may be used.
    pub enabled: Enabled,
    /// From when to when it protects something new; decrypting and verifying go on after that (§3.5).
    pub validity: Validity,
    /// When it was made.
    pub created: Timestamp,
    /// When its attributes last changed.
    pub updated: Timestamp,
    /// Up to 15.
    pub tags: Tags,
    /// What anybody may know of it; a symmetric key has no such part.
    pub public: Option<Arc<PublicPart>>,
    /// The age of the store when it was made: from then on counts when it rotates. Kept beside it.
    #[serde(skip)]
    pub age: Age,
}

impl KeyVersion {
    /// A version made at `now`; refuses operations that such a key cannot have.
    pub fn new(
        id: VersionId,
        kind: KeyKind,
        public: Option<PublicPart>,
        draft: KeyDraft,
        now: Now,
    ) -> Result<Self, Refusal> {
        let KeyDraft { operations, tags, enabled, validity } = draft;
        let operations = operations.unwrap_or_else(|| kind.default_operations());
        kind.admit_operations(&operations)?;
        let public = public.map(Arc::new);
        let (created, updated, age) = (now.clock, now.clock, now.age());
        Ok(Self { id, kind, operations, enabled, validity, created, updated, tags, public, age })
    }

    /// This version with `patch` applied at `now`.
    pub fn patched(&self, patch: &KeyPatch, now: Timestamp) -> Result<Self, Refusal> {
        let KeyPatch { operations, tags, enabled, not_before, expires } = patch.clone();
        let has = self.validity.clamped();
        let (not_before, expires) = (not_before.unwrap_or(has.not_before()), expires.unwrap_or(has.expires()));
        let operations = operations.unwrap_or_else(|| self.operations.clone());
        self.kind.admit_operations(&operations)?;
        Ok(Self {
            operations,
            tags: tags.unwrap_or_else(|| self.tags.clone()),
            enabled: enabled.unwrap_or(self.enabled),
            validity: Validity::parse(not_before, expires)?,
            updated: now,
            ..self.clone()
        })
    }

    /// This version of a backup; refused where no request could have made it. Dates that are not taken any more become the nearest
    /// that are.
    fn restored(self) -> Result<Self, Refusal> {
        self.kind.admit_operations(&self.operations)?;
        self.tags.admit()?;
        let (created, updated) = (self.created.clamped(), self.updated.clamped());
        Ok(Self { validity: self.validity.restored()?, created, updated, ..self })
    }

    /// What a person should know about it at `now`.
    pub fn standing(&self, now: Timestamp) -> Standing {
        Standing::of(self.enabled, self.validity, now)
    }

    /// What happens to it at `date`, as far as time has provably passed since it was made.
    fn term(&self, date: Timestamp) -> Term {
        Term::new(self.created, self.age, date)
    }
}

impl Version for KeyVersion {
    fn id(&self) -> VersionId {
        self.id
    }

    fn created(&self) -> Timestamp {
        self.created
    }
}

/// A policy that somebody set, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetPolicy {
    /// What it says.
    pub policy: RotationPolicy,
    /// When it was first set.
    pub created: Timestamp,
    /// When it was last set.
    pub updated: Timestamp,
}

/// A key: its name, all its versions, and when it rotates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    name: ObjectName,
    versions: Versions<KeyVersion>,
    rotation: Option<SetPolicy>,
    /// The version of which somebody was told that it nears its end.
    notified: Option<VersionId>,
}

impl Named for Key {
    type Name = ObjectName;

    fn name(&self) -> &ObjectName {
        &self.name
    }
}

impl VaultObject for Key {
    const KIND: Kind = Kind::Key;
}

impl Key {
    /// A key with its first version.
    pub fn new(name: ObjectName, first: KeyVersion) -> Self {
        Self { name, versions: Versions::of(first), rotation: None, notified: None }
    }

    /// This key of a backup. What it answers can be backed up and restored again, and is the same then (§2.7).
    pub fn restored(self) -> Result<Self, Refusal> {
        self.rotation.map_or(Ok(()), |set| set.policy.admit())?;
        Ok(Self { versions: self.versions.try_map(KeyVersion::restored)?, ..self })
    }

    /// Its name.
    pub fn name(&self) -> &ObjectName {
        &self.name
    }

    /// The version that is meant when none is named.
    pub fn current(&self) -> &KeyVersion {
        self.versions.current()
    }

    /// All versions, oldest first.
    pub fn versions(&self) -> &[KeyVersion] {
        self.versions.all()
    }

    /// The version named, or the current one.
    pub fn version(&self, id: Option<VersionId>) -> Option<&KeyVersion> {
        self.versions.get(id)
    }

    /// When its first version was made.
    pub fn created(&self) -> Timestamp {
        self.versions.created()
    }

    /// The policy somebody set; `None`: [`RotationPolicy::USUAL`] holds.
    pub fn rotation(&self) -> Option<&SetPolicy> {
        self.rotation.as_ref()
    }

    /// The policy that holds.
    pub fn policy(&self) -> RotationPolicy {
        self.rotation.map_or(RotationPolicy::USUAL, |set| set.policy)
    }

    /// This key with one more version, which becomes current.
    #[must_use]
    pub fn with_version(&self, version: KeyVersion) -> Self {
        Self { versions: self.versions.with(version), ..self.clone() }
    }

    /// This key with the version of the same id in place of the old one.
    #[must_use]
    pub fn with_patched(&self, patched: KeyVersion) -> Self {
        Self { versions: self.versions.with_replaced(patched), ..self.clone() }
    }

    /// This key with a policy set at `now`.
    pub fn with_policy(&self, policy: RotationPolicy, now: Timestamp) -> Result<Self, Refusal> {
        policy.admit()?;
        let created = self.rotation.map_or(now, |set| set.created);
        Ok(Self { rotation: Some(SetPolicy { policy, created, updated: now }), ..self.clone() })
    }

    /// This key, of whose current version somebody was told that it nears its end.
    #[must_use]
    pub fn with_notice(&self) -> Self {
        Self { notified: Some(self.current().id), ..self.clone() }
    }

    /// What a rotation makes at `now` of fresh material: a version like the current one, valid as long as the policy says.
    /// The current version is not touched (§3.6).
    pub fn rotated(&self, id: VersionId, public: Option<PublicPart>, now: Now) -> Result<Self, Refusal> {
        let current = self.current();
        let expires = self.policy().expiry.map(|expiry| expiry.after(now.clock).clamped());
        let draft = KeyDraft {
            operations: Some(current.operations.clone()),
            tags: current.tags.clone(),
            enabled: Enabled::Yes,
            validity: Validity::parse(None, expires)?,
        };
        Ok(self.with_version(KeyVersion::new(id, current.kind, public, draft, now)?))
    }

    /// When it rotates by itself next. A disabled key does not.
    pub fn next_rotation(&self) -> Option<Timestamp> {
        self.rotation_term().map(|term| term.date)
    }

    /// The same, and the age of the store that it takes (T6).
    pub fn rotation_term(&self) -> Option<Term> {
        let current = self.current();
        let trigger = self.policy().rotate.filter(|_| current.enabled == Enabled::Yes)?;
        Some(current.term(trigger.at(current.created, current.validity.expires())?))
    }

    /// When somebody should hear that it nears its end; `None` also when they did.
    pub fn next_notice(&self) -> Option<Timestamp> {
        self.notice_term().map(|term| term.date)
    }

    /// The same, and the age of the store that it takes (T6).
    pub fn notice_term(&self) -> Option<Term> {
        let current = self.current();
        let trigger = self.policy().notify.filter(|_| self.notified != Some(current.id))?;
        // A notice makes sense for something that ends.
        Some(current.term(trigger.at(current.created, current.validity.expires())?))
    }

    /// When something is done with it by itself.
    pub fn terms(&self) -> impl Iterator<Item = Term> {
        self.rotation_term().into_iter().chain(self.notice_term())
    }

    /// This key with the age that the store had when each of its versions was made, oldest first, as far as they are known.
    #[must_use]
    pub fn with_ages(mut self, ages: &[Age]) -> Self {
        for (version, age) in self.versions.all_mut().iter_mut().zip(ages) {
            version.age = *age;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Curve, KeyOperation, KeyProtection,
        rotation::{Period, Trigger},
    };

    fn key() -> Key {
        let kind = KeyKind::Ec(Curve::P256, KeyProtection::Software);
        let id = VersionId::from_bytes([7; 16]);
        let version =
            KeyVersion::new(id, kind, None, KeyDraft::default(), Now::by_clock(Timestamp::from_secs(1_790_000_000)));
        Key::new(ObjectName::parse("sign").unwrap(), version.unwrap())
    }

    #[test]
    fn what_no_request_could_have_made_is_not_restored() {
        // T3
        assert_eq!(key().restored(), Ok(key()));
        let mut wraps = key().current().clone();
        wraps.operations = [KeyOperation::WrapKey].into_iter().collect();
        assert!(key().with_patched(wraps).restored().is_err(), "a key on a curve wraps nothing");
        let policy =
            RotationPolicy { rotate: Some(Trigger::AfterCreate(Period::new(0, 1).unwrap())), ..RotationPolicy::USUAL };
        let set = SetPolicy { policy, created: Timestamp::EARLIEST, updated: Timestamp::EARLIEST };
        assert!(Key { rotation: Some(set), ..key() }.restored().is_err(), "no policy rotates every day");
    }

    #[test]
    fn dates_that_are_not_taken_any_more_are_restored_as_the_nearest_that_are() {
        // T5
        let mut old = key().current().clone();
        old.created = Timestamp::from_ms(i64::MIN);
        old.validity =
            serde_json::from_str(&format!(r#"{{"not_before":{},"expires":{}}}"#, i64::MIN, i64::MAX)).unwrap();
        let restored = key().with_patched(old).restored().unwrap();
        let version = restored.current();
        assert_eq!(version.created, Timestamp::EARLIEST);
        assert_eq!(version.validity, Validity::parse(Some(Timestamp::EARLIEST), Some(Timestamp::LATEST)).unwrap());
        assert_eq!(restored.clone().restored(), Ok(restored));
    }
}
