//! Small parsed values that objects carry: attributes, tags, content type.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Refusal, Timestamp};

/// At most this many tags (§2.1).
pub const MOST_TAGS: usize = 15;
/// A tag's name and its value have at most this many characters (§2.1).
pub const MOST_TAG_CHARACTERS: usize = 512;
/// A content type has at most this many characters (§2.1).
pub const MOST_CONTENT_TYPE_CHARACTERS: usize = 255;

/// Up to 15 names with values, by name. Sorted and no larger than they must be: there are as many as there are secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tags(Box<[(Box<str>, Box<str>)]>);

impl Tags {
    /// Checks number and lengths (§2.1).
    pub fn parse(tags: impl IntoIterator<Item = (String, String)>) -> Result<Self, Refusal> {
        let mut checked = BTreeMap::new();
        for (name, value) in tags {
            if name.is_empty() {
                return Err(Refusal::TagWithoutName);
            }
            if name.chars().count().max(value.chars().count()) > MOST_TAG_CHARACTERS {
                return Err(Refusal::TagTooLong { name: name.chars().take(40).collect() });
            }
            if checked.insert(name.clone(), value).is_some() {
                return Err(Refusal::TagTwice { name });
            }
        }
        if checked.len() > MOST_TAGS {
            return Err(Refusal::TooManyTags { found: checked.len() });
        }
        Ok(Self(checked.into_iter().map(|(name, value)| (name.into(), value.into())).collect()))
    }

    /// Names and values, by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value.as_ref()))
    }

    /// Whether they are as [`Tags::parse`] makes them, which what was read need not be.
    pub fn admit(&self) -> Result<(), Refusal> {
        let parsed = Self::parse(self.iter().map(|(name, value)| (name.to_owned(), value.to_owned())))?;
        if parsed == *self { Ok(()) } else { Err(Refusal::BackupMalformed) }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Free text of up to 255 characters that says what a value is; never empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentType(Box<str>);

impl ContentType {
    /// Checks the length; empty text is no content type.
    pub fn parse(text: &str) -> Result<Option<Self>, Refusal> {
        let found = text.chars().count();
        if found > MOST_CONTENT_TYPE_CHARACTERS {
            return Err(Refusal::ContentTypeTooLong { found });
        }
        Ok((found > 0).then(|| Self(text.into())))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is as [`ContentType::parse`] makes it, which what was read need not be.
    pub fn admit(&self) -> Result<(), Refusal> {
        Self::parse(self.as_str())?.map(drop).ok_or(Refusal::BackupMalformed)
    }
}

/// Whether a version may be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Enabled {
    /// It may; the default.
    #[default]
    Yes,
    /// Its value is refused (§2.6).
    No,
}

/// From when to when a version is meant to be used. Both ends only inform for secrets (§2.6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validity {
    not_before: Option<Timestamp>,
    expires: Option<Timestamp>,
}

impl Validity {
    /// Refuses an end that does not come after the beginning, and dates that nobody means.
    pub fn parse(not_before: Option<Timestamp>, expires: Option<Timestamp>) -> Result<Self, Refusal> {
        if [not_before, expires].into_iter().flatten().any(|date| date.admit().is_err()) {
            return Err(Refusal::DateOutOfRange);
        }
        match (not_before, expires) {
            (Some(not_before), Some(expires)) if expires <= not_before => Err(Refusal::ExpiresBeforeActivation),
            _ => Ok(Self { not_before, expires }),
        }
    }

    /// The same with each date in the years that are taken: what a record of an earlier version of the program becomes when it is
    /// changed or restored.
    #[must_use]
    pub fn clamped(self) -> Self {
        let Self { not_before, expires } = self;
        let expires = expires.map(Timestamp::clamped);
        // Of two that lie beyond one end, the later is kept.
        let not_before = not_before.map(Timestamp::clamped).filter(|from| expires.is_none_or(|end| *from < end));
        Self { not_before, expires }
    }

    /// This of a backup, its dates in the years that are taken; refused as what a new one is refused as.
    pub fn restored(self) -> Result<Self, Refusal> {
        let Self { not_before, expires } = self.clamped();
        Self::parse(not_before, expires)
    }

    /// When it begins to be valid.
    pub const fn not_before(self) -> Option<Timestamp> {
        self.not_before
    }

    /// When it ends to be valid.
    pub const fn expires(self) -> Option<Timestamp> {
        self.expires
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(count: usize) -> Result<Tags, Refusal> {
        Tags::parse((0..count).map(|number| (format!("tag{number}"), String::new())))
    }

    #[test]
    fn a_sixteenth_tag_is_refused() {
        // T5
        assert_eq!(tags(15).unwrap().iter().len(), 15);
        assert_eq!(tags(16), Err(Refusal::TooManyTags { found: 16 }));
        let twice = [("a".into(), "1".into()), ("a".into(), "2".into())];
        assert_eq!(Tags::parse(twice), Err(Refusal::TagTwice { name: "a".into() }));
        assert_eq!(Tags::parse([(String::new(), "1".into())]), Err(Refusal::TagWithoutName));
        assert!(Tags::parse([("a".into(), "x".repeat(513))]).is_err());
    }

    #[test]
    fn an_expiry_before_the_activation_is_refused() {
        // T5
        let at = |secs| Some(Timestamp::from_secs(secs));
        assert_eq!(Validity::parse(at(10), at(10)), Err(Refusal::ExpiresBeforeActivation));
        assert!(Validity::parse(at(10), at(11)).is_ok());
        assert!(Validity::parse(at(10), None).is_ok());
        for far in [at(-1), at(253_402_300_800), Some(Timestamp::from_ms(i64::MAX))] {
            assert_eq!(Validity::parse(far, None), Err(Refusal::DateOutOfRange));
            assert_eq!(Validity::parse(None, far), Err(Refusal::DateOutOfRange));
            let old = Validity { not_before: far, expires: far }.clamped();
            assert_eq!(Validity::parse(old.not_before, old.expires), Ok(old));
        }
    }

    #[test]
    fn a_content_type_of_256_characters_is_refused() {
        assert_eq!(ContentType::parse("").unwrap(), None);
        assert!(ContentType::parse(&"x".repeat(255)).unwrap().is_some());
        assert_eq!(ContentType::parse(&"x".repeat(256)), Err(Refusal::ContentTypeTooLong { found: 256 }));
    }
}
