//! Names and version ids, parsed once.

use std::{cmp::Ordering, fmt, hash::Hash};

use serde::{Deserialize, Serialize};

/// Why a name cannot be used (§1.2, §2.1). `Display` is the sentence under the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the sentence is the documentation")]
pub enum NameProblem {
    #[error("Type a name")]
    Empty,
    #[error("A name has at least {least} characters")]
    TooShort { least: usize },
    #[error("A name has at most {most} characters; this one has {found}")]
    TooLong { most: usize, found: usize },
    #[error("\u{201c}{0}\u{201d} is not allowed: use letters a to z, digits and hyphens")]
    WrongCharacter(char),
    #[error("A vault name begins with a letter")]
    BeginsWithoutLetter,
    #[error("A vault name ends with a letter or a digit")]
    EndsWithHyphen,
    #[error("A vault name has no two hyphens in a row")]
    DoubledHyphen,
}

/// A name that keeps its spelling and compares without regard to case, as Key Vault does.
#[derive(Clone, Serialize, Deserialize)]
struct Spelling(Box<str>);

impl Spelling {
    fn parse(text: &str, least: usize, most: usize) -> Result<Self, NameProblem> {
        if text.is_empty() {
            return Err(NameProblem::Empty);
        }
        if let Some(wrong) = text.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '-') {
            return Err(NameProblem::WrongCharacter(wrong));
        }
        if text.len() < least {
            return Err(NameProblem::TooShort { least });
        }
        if text.len() > most {
            return Err(NameProblem::TooLong { most, found: text.len() });
        }
        Ok(Self(text.into()))
    }

    fn folded(&self) -> impl Iterator<Item = u8> + '_ {
        self.0.bytes().map(|byte| byte.to_ascii_lowercase())
    }
}

macro_rules! name_type {
    ($name:ident, $doc:literal) => {
        #[doc = $doc]
        #[derive(Clone, Serialize, Deserialize)]
        pub struct $name(Spelling);

        impl $name {
            /// As it was spelled when it was made.
            pub fn as_str(&self) -> &str {
                &self.0.0
            }

            /// In lower case: two names are the same exactly when these are.
            pub fn folded(&self) -> String {
                self.as_str().to_ascii_lowercase()
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.as_str().eq_ignore_ascii_case(other.as_str())
            }
        }

        impl Eq for $name {}

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                self.0.folded().cmp(other.0.folded())
            }
        }

        impl Hash for $name {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.0.folded().for_each(|byte| state.write_u8(byte));
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

name_type!(VaultName, "A vault's name: 3–24 of a–z, 0–9 and hyphen, beginning with a letter (§1.2).");
name_type!(ObjectName, "A secret's, key's or certificate's name: 1–127 of a–z, 0–9 and hyphen (§2.1).");

impl VaultName {
    /// Checks a vault name by §1.2.
    pub fn parse(text: &str) -> Result<Self, NameProblem> {
        let spelling = Spelling::parse(text, 3, 24)?;
        if !text.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return Err(NameProblem::BeginsWithoutLetter);
        }
        if text.ends_with('-') {
            return Err(NameProblem::EndsWithHyphen);
        }
        if text.contains("--") {
            return Err(NameProblem::DoubledHyphen);
        }
        Ok(Self(spelling))
    }

    /// `https://<name>.vault.azure.net`, without a trailing slash.
    pub fn uri(&self) -> String {
        format!("https://{}.vault.azure.net", self.folded())
    }
}

impl ObjectName {
    /// Checks an object's name by §2.1.
    pub fn parse(text: &str) -> Result<Self, NameProblem> {
        Spelling::parse(text, 1, 127).map(Self)
    }
}

/// A version's id: 128 random bits, written as 32 lower-case hex digits (§2.1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct VersionId([u8; 16]);

impl VersionId {
    /// The id with these bits; whoever makes a version brings fresh random ones.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its 128 bits.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Reads 32 hex digits; anything else is `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let is_hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = is_hex.then(|| u128::from_str_radix(text, 16).ok())??;
        Some(Self(number.to_be_bytes()))
    }

    /// `6f1c0a…d92e`, for tables.
    pub fn short(&self) -> String {
        let hex = self.to_string();
        format!("{}…{}", &hex[..6], &hex[28..])
    }
}

impl fmt::Display for VersionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for VersionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, problem: NameProblem) {
        assert_eq!(VaultName::parse(text).err(), Some(problem), "{text}");
    }

    #[test]
    fn a_bad_vault_name_is_told_by_what_is_wrong_with_it() {
        // T5
        check("", NameProblem::Empty);
        check("ab", NameProblem::TooShort { least: 3 });
        check("a123456789012345678901234", NameProblem::TooLong { most: 24, found: 25 });
        check("my_vault", NameProblem::WrongCharacter('_'));
        check("größe", NameProblem::WrongCharacter('ö'));
        check("1vault", NameProblem::BeginsWithoutLetter);
        check("-vault", NameProblem::BeginsWithoutLetter);
        check("vault-", NameProblem::EndsWithHyphen);
        check("my--vault", NameProblem::DoubledHyphen);
        for good in ["abc", "A-b-9", "a12345678901234567890123"] {
            assert!(VaultName::parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn an_object_name_may_be_anything_of_127_letters_digits_and_hyphens() {
        assert!(ObjectName::parse(&"-".repeat(127)).is_ok());
        assert_eq!(ObjectName::parse(&"a".repeat(128)).err(), Some(NameProblem::TooLong { most: 127, found: 128 }));
        assert_eq!(ObjectName::parse("my_secret").err(), Some(NameProblem::WrongCharacter('_')));
    }

    #[test]
    fn names_keep_their_spelling_and_compare_without_case() {
        let (a, b) = (ObjectName::parse("Db-Password").unwrap(), ObjectName::parse("db-password").unwrap());
        assert_eq!(a, b);
        assert_eq!(a.cmp(&b), Ordering::Equal);
        assert_eq!(a.as_str(), "Db-Password");
    }

    #[test]
    fn a_version_is_32_lower_case_hex_digits() {
        let text = "0f1c0a0000000000000000000000d92e";
        let version = VersionId::parse(text).unwrap();
        assert_eq!(version.to_string(), text);
        assert_eq!(version.short(), "0f1c0a…d92e");
        assert_eq!(VersionId::parse("+f1c0a0000000000000000000000d92e"), None);
    }
}
