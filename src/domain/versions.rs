//! All versions of one object.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize, de};

use super::{Timestamp, VersionId};

/// One version of an object.
pub trait Version {
    /// Made by the system.
    fn id(&self) -> VersionId;

    /// When it was made.
    fn created(&self) -> Timestamp;
}

/// Whether no two have the same id.
pub fn are_distinct(versions: &[impl Version]) -> bool {
    let ids: BTreeSet<_> = versions.iter().map(|version| *version.id().as_bytes()).collect();
    ids.len() == versions.len()
}

/// Versions, oldest first, at least one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Versions<V>(Vec<V>);

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Versions<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let versions = Vec::deserialize(deserializer)?;
        if versions.is_empty() {
            return Err(de::Error::invalid_length(0, &"at least one version"));
        }
        Ok(Self(versions))
    }
}

impl<V: Version + Clone> Versions<V> {
    /// The first version of something new.
    pub fn of(first: V) -> Self {
        Self(vec![first])
    }

    /// These, oldest first; `None` without any.
    pub fn parse(versions: Vec<V>) -> Option<Self> {
        (!versions.is_empty()).then_some(Self(versions))
    }

    /// Each of them as `admit` answers it, or its refusal.
    pub fn try_map<E>(self, admit: impl FnMut(V) -> Result<V, E>) -> Result<Self, E> {
        self.0.into_iter().map(admit).collect::<Result<_, _>>().map(Self)
    }

    /// The version that is meant when none is named.
    #[expect(clippy::missing_panics_doc, reason = "the sentence in `expect` says why it does not happen")]
    pub fn current(&self) -> &V {
        self.0.last().expect("there is at least one version")
    }

    /// All of them, oldest first.
    pub fn all(&self) -> &[V] {
        &self.0
    }

    /// The same, to be changed where they stand.
    pub(super) fn all_mut(&mut self) -> &mut [V] {
        &mut self.0
    }

    /// The version named, or the current one.
    pub fn get(&self, id: Option<VersionId>) -> Option<&V> {
        match id {
            None => Some(self.current()),
            Some(id) => self.0.iter().find(|version| version.id() == id),
        }
    }

    /// When the first version was made.
    pub fn created(&self) -> Timestamp {
        self.0[0].created()
    }

    /// These and one more, which becomes current.
    #[must_use]
    pub fn with(&self, version: V) -> Self {
        let mut versions = self.0.clone();
        versions.push(version);
        Self(versions)
    }

    /// These with the version of the same id in place of the old one.
    #[must_use]
    pub fn with_replaced(&self, changed: V) -> Self {
        let mut versions = self.0.clone();
        if let Some(version) = versions.iter_mut().find(|version| version.id() == changed.id()) {
            *version = changed;
        }
        Self(versions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_read_that_has_no_version() {
        // T3
        assert_eq!(postcard::from_bytes::<Versions<u8>>(&[2, 7, 9]), Ok(Versions(vec![7, 9])));
        assert!(postcard::from_bytes::<Versions<u8>>(&[0]).is_err());
    }
}
