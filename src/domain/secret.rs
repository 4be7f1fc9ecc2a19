//! Secrets and their versions.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    ObjectName, Refusal, Timestamp, VersionId,
    properties::{ContentType, Enabled, Tags, Validity},
    shelf::{Named, VaultObject},
    soft_delete::Kind,
    versions::{Version, Versions},
};

/// A value has at most this many bytes (§2.1).
pub const MOST_VALUE_BYTES: usize = 25 * 1024;

/// A secret's value: wiped when dropped, shown nowhere but through [`SecretValue::expose`].
pub struct SecretValue(Zeroizing<String>);

impl SecretValue {
    /// Checks the size: at most 25 × 1024 bytes; empty is allowed (§2.1).
    pub fn parse(text: Zeroizing<String>) -> Result<Self, Refusal> {
        if text.len() > MOST_VALUE_BYTES {
            return Err(Refusal::ValueTooLong { bytes: text.len() });
        }
        Ok(Self(text))
    }

    /// The one place where a value becomes readable.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// A second copy, also wiped; spelled out because copies of secrets are rare on purpose.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self(Zeroizing::new(self.0.as_str().to_owned()))
    }
}

/// What a version is set with, beside its value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretDraft {
    /// Free text.
    pub content_type: Option<ContentType>,
    /// Up to 15.
    pub tags: Tags,
    /// Whether its value may be read.
    pub enabled: Enabled,
    /// From when to when.
    pub validity: Validity,
}

/// What to change on a version; what is `None` stays (§2.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretPatch {
    /// A new content type, or none any more.
    pub content_type: Option<Option<ContentType>>,
    /// New tags in place of all old ones.
    pub tags: Option<Tags>,
    /// Enable or disable.
    pub enabled: Option<Enabled>,
    /// A new moment from which on it is valid, or none any more.
    pub not_before: Option<Option<Timestamp>>,
    /// A new moment until which it is valid, or none any more.
    pub expires: Option<Option<Timestamp>>,
}

/// One version without its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretVersion {
    /// Made by the system.
    pub id: VersionId,
    /// Whether its value may be read.
    pub enabled: Enabled,
    /// From when to when it is meant to be used.
    pub validity: Validity,
    /// When it was set.
    pub created: Timestamp,
    /// When its attributes last changed.
    pub updated: Timestamp,
    /// Free text.
    pub content_type: Option<ContentType>,
    /// Up to 15.
    pub tags: Tags,
}

impl SecretVersion {
    /// A version set at `now`.
    pub fn new(id: VersionId, draft: SecretDraft, now: Timestamp) -> Self {
        let SecretDraft { content_type, tags, enabled, validity } = draft;
        Self { id, enabled, validity, created: now, updated: now, content_type, tags }
    }

    /// This version with `patch` applied at `now`; refuses dates that do not fit each other.
    pub fn patched(&self, patch: &SecretPatch, now: Timestamp) -> Result<Self, Refusal> {
        let SecretPatch { content_type, tags, enabled, not_before, expires } = patch.clone();
        let has = self.validity.clamped();
        let (not_before, expires) = (not_before.unwrap_or(has.not_before()), expires.unwrap_or(has.expires()));
        Ok(Self {
            id: self.id,
            enabled: enabled.unwrap_or(self.enabled),
            validity: Validity::parse(not_before, expires)?,
            created: self.created,
            updated: now,
            content_type: content_type.unwrap_or_else(|| self.content_type.clone()),
            tags: tags.unwrap_or_else(|| self.tags.clone()),
        })
    }

    /// This version of a backup; refused where no request could have made it. Dates that are not taken any more become the nearest
    /// that are.
    fn restored(self) -> Result<Self, Refusal> {
        self.tags.admit()?;
        self.content_type.as_ref().map_or(Ok(()), ContentType::admit)?;
        let (created, updated) = (self.created.clamped(), self.updated.clamped());
        Ok(Self { validity: self.validity.restored()?, created, updated, ..self })
    }

    /// What a person should know about it at `now`.
    pub fn standing(&self, now: Timestamp) -> Standing {
        Standing::of(self.enabled, self.validity, now)
    }
}

/// An expiry within this many days is worth a warning.
pub const EXPIRES_SOON_DAYS: i64 = 14;

/// How a version stands at a moment. Expired and not yet active secrets are still readable (§2.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the variants speak for themselves")]
pub enum Standing {
    Enabled,
    ExpiresSoon { at: Timestamp },
    NotYetActive { from: Timestamp },
    Expired { since: Timestamp },
    Disabled,
}

impl Standing {
    /// How something of these attributes stands at `now`.
    pub fn of(enabled: Enabled, validity: Validity, now: Timestamp) -> Self {
        if enabled == Enabled::No {
            return Self::Disabled;
        }
        match (validity.not_before(), validity.expires()) {
            (_, Some(expires)) if expires <= now => Self::Expired { since: expires },
            (Some(not_before), _) if now < not_before => Self::NotYetActive { from: not_before },
            (_, Some(expires)) if expires.ms_since(now) <= EXPIRES_SOON_DAYS * super::time::DAY_MS => {
                Self::ExpiresSoon { at: expires }
            }
            _ => Self::Enabled,
        }
    }
}

impl Version for SecretVersion {
    fn id(&self) -> VersionId {
        self.id
    }

    fn created(&self) -> Timestamp {
        self.created
    }
}

/// A secret: its name and all its versions, oldest first, at least one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    name: ObjectName,
    versions: Versions<SecretVersion>,
}

impl Named for Secret {
    type Name = ObjectName;

    fn name(&self) -> &ObjectName {
        &self.name
    }
}

impl VaultObject for Secret {
    const KIND: Kind = Kind::Secret;
}

impl Secret {
    /// A secret with its first version.
    pub fn new(name: ObjectName, first: SecretVersion) -> Self {
        Self { name, versions: Versions::of(first) }
    }

    /// A secret with these versions, oldest first; `None` without any.
    pub fn with_versions(name: ObjectName, versions: Vec<SecretVersion>) -> Option<Self> {
        Some(Self { name, versions: Versions::parse(versions)? })
    }

    /// This secret of a backup. What it answers can be backed up and restored again, and is the same then (§2.7).
    pub fn restored(self) -> Result<Self, Refusal> {
        Ok(Self { versions: self.versions.try_map(SecretVersion::restored)?, ..self })
    }

    /// Its name.
    pub fn name(&self) -> &ObjectName {
        &self.name
    }

    /// The version that is meant when none is named.
    pub fn current(&self) -> &SecretVersion {
        self.versions.current()
    }

    /// All versions, oldest first.
    pub fn versions(&self) -> &[SecretVersion] {
        self.versions.all()
    }

    /// The version named, or the current one.
    pub fn version(&self, id: Option<VersionId>) -> Option<&SecretVersion> {
        self.versions.get(id)
    }

    /// When its first version was set.
    pub fn created(&self) -> Timestamp {
        self.versions.created()
    }

    /// This secret with one more version, which becomes current.
    #[must_use]
    pub fn with_version(&self, version: SecretVersion) -> Self {
        Self { name: self.name.clone(), versions: self.versions.with(version) }
    }

    /// This secret with the version of the same id in place of the old one.
    #[must_use]
    pub fn with_patched(&self, patched: SecretVersion) -> Self {
        Self { name: self.name.clone(), versions: self.versions.with_replaced(patched) }
    }
}
