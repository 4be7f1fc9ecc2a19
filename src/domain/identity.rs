//! Who there is: people, groups and service principals, each with an object id.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Rights, Timestamp};

/// A name has at most this many characters.
pub const MOST_NAME_CHARACTERS: usize = 64;

/// An identity's own passphrase or PIN has at least this many characters. It guards against acting as somebody else by mistake or on
/// the quick; whoever opens the store holds its key.
pub const LEAST_CHARACTERS: usize = 4;

/// An object id, or the client id of a service principal: a UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IdentityId([u8; 16]);

impl IdentityId {
    /// The Developer that every store begins with.
    pub const DEVELOPER: Self = Self(*b"\x2b\x6c\x1d\x0e\x54\x72\x4e\x65\xa0\x01\x00\x64\x65\x76\x65\x6c");
    /// The Security officer that every store begins with.
    pub const SECURITY_OFFICER: Self = Self(*b"\x2b\x6c\x1d\x0e\x54\x72\x4e\x65\xa0\x02\x00\x6f\x66\x66\x69\x63");

    /// Of 16 random bytes; the bits that RFC 9562 fixes are set.
    pub const fn from_random(mut bytes: [u8; 16]) -> Self {
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Self(bytes)
    }

    /// As these bytes; for the ids that are the same everywhere.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The reverse of its text; the case does not matter, the hyphens do.
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('-').collect();
        let lengths = parts.iter().map(|part| part.len());
        if !lengths.eq([8, 4, 4, 4, 12]) {
            return None;
        }
        let digits = parts.concat();
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
            let digit = |at: usize| char::from(pair[at]).to_digit(16);
            *byte = (digit(0)? << 4 | digit(1)?) as u8;
        }
        Some(Self(bytes))
    }

    /// Its 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for IdentityId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, byte) in self.0.iter().enumerate() {
            let hyphen = if matches!(place, 4 | 6 | 8 | 10) { "-" } else { "" };
            write!(formatter, "{hyphen}{byte:02x}")?;
        }
        Ok(())
    }
}

/// Somebody who can be granted something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The object id.
    pub id: IdentityId,
    /// What it is called; no other is called the same.
    pub name: IdentityName,
    /// What it is.
    pub kind: IdentityKind,
    /// What it is granted in each vault that is made with access policies.
    pub in_new_vaults: Rights,
    /// What has to be proven to act as it.
    pub proof: Proof,
    /// When it was made.
    pub created: Timestamp,
}

/// What an identity is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum IdentityKind {
    /// A human being.
    Person,
    /// People and service principals that are granted something together. Nobody acts as a group, and none is in another.
    Group {
        /// Who is in it, by object id, each once, in order.
        members: Vec<IdentityId>,
    },
    /// A program.
    ServicePrincipal {
        /// The id of its application.
        client: IdentityId,
    },
}

/// What has to be proven to act as an identity, beside having the store open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Proof {
    /// Nothing.
    #[default]
    None,
    /// Its own passphrase or PIN.
    Passphrase,
}

/// What an identity is made with.
#[derive(Clone, Debug)]
pub struct IdentityDraft {
    /// Free among all identities.
    pub name: IdentityName,
    /// What it shall be.
    pub kind: IdentityKind,
    /// What it is granted in each vault that is made with access policies.
    pub in_new_vaults: Rights,
}

/// What to change on an identity; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct IdentityPatch {
    /// Another name.
    pub name: Option<IdentityName>,
    /// Others in the group; refused of what is none.
    pub members: Option<Vec<IdentityId>>,
    /// What it is granted in each vault that is made from now on.
    pub in_new_vaults: Option<Rights>,
}

impl IdentityKind {
    /// `service principal`.
    pub const fn noun(&self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Group { .. } => "group",
            Self::ServicePrincipal { .. } => "service principal",
        }
    }
}

impl Identity {
    /// The id of its application, as Azure names it beside the object id: a service principal's own.
    pub const fn client(&self) -> Option<IdentityId> {
        match self.kind {
            IdentityKind::ServicePrincipal { client } => Some(client),
            IdentityKind::Person | IdentityKind::Group { .. } => None,
        }
    }

    /// Who is in it; nobody where it is no group.
    pub fn members(&self) -> &[IdentityId] {
        match &self.kind {
            IdentityKind::Group { members } => members,
            IdentityKind::Person | IdentityKind::ServicePrincipal { .. } => &[],
        }
    }

    /// Whether somebody can act as it.
    pub const fn can_act(&self) -> bool {
        !matches!(self.kind, IdentityKind::Group { .. })
    }

    /// Those that every store begins with: a Developer, who is granted `all` in every new vault, which never includes purge (S3), and a
    /// Security officer, who is granted `all` and `purge` (S6).
    pub fn first() -> [Self; 2] {
        let person = |id, name: &str, in_new_vaults| Self {
            id,
            name: IdentityName(name.to_owned()),
            kind: IdentityKind::Person,
            in_new_vaults,
            proof: Proof::None,
            created: Timestamp::from_ms(0),
        };
        [
            person(IdentityId::DEVELOPER, "Developer", Rights::all()),
            person(IdentityId::SECURITY_OFFICER, "Security officer", Rights::all_and_purge()),
        ]
    }
}

/// What an identity is called: 1 to 64 characters, none of them a control character, no space at either end. Two names that differ
/// only in case are the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IdentityName(String);

/// Why a text is no name of an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityNameProblem {
    /// Nothing, or only spaces.
    #[error("Say what the identity is called")]
    Empty,
    /// Too many characters.
    #[error("A name has at most {MOST_NAME_CHARACTERS} characters, this one {found}")]
    TooLong {
        /// How many there are.
        found: usize,
    },
    /// A character that cannot be seen.
    #[error("A name has no control characters")]
    Control,
}

impl IdentityName {
    /// Checks a name; spaces at its ends are taken off.
    pub fn parse(text: &str) -> Result<Self, IdentityNameProblem> {
        let text = text.trim();
        let found = text.chars().count();
        if found == 0 {
            return Err(IdentityNameProblem::Empty);
        }
        if MOST_NAME_CHARACTERS < found {
            return Err(IdentityNameProblem::TooLong { found });
        }
        if text.chars().any(char::is_control) {
            return Err(IdentityNameProblem::Control);
        }
        Ok(Self(text.to_owned()))
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two spellings of one name have in common.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl fmt::Display for IdentityName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TryFrom<String> for IdentityName {
    type Error = IdentityNameProblem;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<IdentityName> for String {
    fn from(name: IdentityName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_id_reads_as_it_was_written() {
        let id = IdentityId::from_random([0xff; 16]);
        assert_eq!(id.to_string(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(IdentityId::parse(&id.to_string().to_uppercase()), Some(id));
        for text in ["", "ffffffff", "ffffffffffff4fffbfffffffffffffff", "gfffffff-ffff-4fff-bfff-ffffffffffff"] {
            assert_eq!(IdentityId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_name_is_told_what_is_wrong_with_it() {
        // T5
        assert_eq!(IdentityName::parse(" Ana Kovač ").unwrap().as_str(), "Ana Kovač");
        assert_eq!(IdentityName::parse("  "), Err(IdentityNameProblem::Empty));
        assert_eq!(IdentityName::parse("a\tb"), Err(IdentityNameProblem::Control));
        assert_eq!(IdentityName::parse(&"x".repeat(65)), Err(IdentityNameProblem::TooLong { found: 65 }));
        assert_eq!(IdentityName::parse("ANA").unwrap().folded(), IdentityName::parse("ana").unwrap().folded());
    }
}
