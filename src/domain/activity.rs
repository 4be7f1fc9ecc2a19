//! What was asked and what came of it. Never a value.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{IdentityId, KeyKind, ObjectName, Operation, RegionName, Timestamp, VaultName, VersionId};

/// One operation that was asked for.
///
/// The order of the fields is the format of what is kept, see `docs/format.md`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Record {
    /// When it was asked, by the store's clock.
    pub at: Timestamp,
    /// The name of who asked, as it was then.
    pub caller: String,
    /// The object id of who asked; `None`: the service itself, or a record from before there were object ids.
    pub identity: Option<IdentityId>,
    /// By way of what.
    pub via: Via,
    /// What was asked.
    pub operation: Operation,
    /// Of which vault.
    pub vault: Option<VaultName>,
    /// Of which object.
    pub object: Option<ObjectName>,
    /// Of which version of it, where one was read, used or made.
    pub version: Option<VersionId>,
    /// What the key is that it was asked of.
    pub key: Option<KeyKind>,
    /// Of which region: the one that answered, or the one that could not.
    pub region: Option<RegionName>,
    /// What came of it.
    pub outcome: Outcome,
    /// How long the service took, in microseconds.
    pub took_us: u32,
    /// Whom and what it was about, beside its target.
    pub about: About,
}

/// Whom and what an operation was about, beside its target (T11). Never a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct About {
    /// Who was granted something, or whose identity or passphrase was changed.
    pub subject: Option<Subject>,
    /// What was granted, taken away or changed, in words.
    pub detail: Option<String>,
    /// By what it was allowed.
    pub allowed_by: AllowedBy,
}

/// An identity that an operation was about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// Its object id.
    pub id: IdentityId,
    /// What it was called then.
    pub name: String,
}

/// By what an operation was allowed. The numbers are fixed by the format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AllowedBy {
    /// By what the caller was granted.
    #[default]
    Grants,
    /// By the store's own passphrase, whoever the caller is.
    StorePassphrase,
}

impl About {
    /// This subject, and what of it.
    pub fn subject(id: IdentityId, name: impl Into<String>, detail: impl Into<String>) -> Self {
        let subject = Some(Subject { id, name: name.into() });
        Self { subject, detail: Some(detail.into()), ..Self::default() }
    }

    /// No subject, but what was done.
    pub fn detail(detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..Self::default() }
    }

    /// The same, allowed by the store's passphrase.
    #[must_use]
    pub fn by_store_passphrase(self) -> Self {
        Self { allowed_by: AllowedBy::StorePassphrase, ..self }
    }

    /// This, read.
    pub fn by_ref(&self) -> AboutRef<'_> {
        let Self { subject, detail, allowed_by } = self;
        AboutRef {
            subject: subject.as_ref().map(|Subject { id, name }| SubjectRef { id: *id, name }),
            detail: detail.as_deref(),
            allowed_by: *allowed_by,
        }
    }
}

/// What came of an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was refused with this status, code and inner code.
    Refused {
        /// HTTP status.
        status: u16,
        /// Key Vault's code.
        code: String,
        /// Its inner code.
        inner: Option<String>,
    },
}

/// By way of what somebody asked. The numbers are fixed by the format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Via {
    /// Nobody asked: the service does it by itself; or a record from before this was written down.
    #[default]
    Service,
    /// The window.
    Window,
    /// The command line.
    CommandLine,
}

impl Via {
    /// For people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Service => "Key Vault itself",
            Self::Window => "Window",
            Self::CommandLine => "Command line",
        }
    }
}

/// A record as it is read: its texts stay where they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "each is the field of the same name of `Record`")]
pub struct RecordRef<'a> {
    pub at: Timestamp,
    pub caller: &'a str,
    pub identity: Option<IdentityId>,
    pub via: Via,
    pub operation: Operation,
    #[serde(borrow)]
    pub vault: Option<&'a str>,
    #[serde(borrow)]
    pub object: Option<&'a str>,
    pub version: Option<VersionId>,
    pub key: Option<KeyKind>,
    #[serde(borrow)]
    pub region: Option<&'a str>,
    #[serde(borrow)]
    pub outcome: OutcomeRef<'a>,
    pub took_us: u32,
    #[serde(borrow)]
    pub about: AboutRef<'a>,
}

/// What a [`RecordRef`] was about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "each is the field of the same name of `About`")]
pub struct AboutRef<'a> {
    #[serde(borrow)]
    pub subject: Option<SubjectRef<'a>>,
    #[serde(borrow)]
    pub detail: Option<&'a str>,
    pub allowed_by: AllowedBy,
}

/// The subject of an [`AboutRef`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "each is the field of the same name of `Subject`")]
pub struct SubjectRef<'a> {
    pub id: IdentityId,
    pub name: &'a str,
}

impl AboutRef<'_> {
    /// This, kept.
    pub fn to_about(self) -> About {
        let subject = self.subject.map(|SubjectRef { id, name }| Subject { id, name: name.to_owned() });
        About { subject, detail: self.detail.map(str::to_owned), allowed_by: self.allowed_by }
    }
}

/// The outcome of a [`RecordRef`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "each is the variant of the same name of `Outcome`")]
pub enum OutcomeRef<'a> {
    Done,
    Refused {
        status: u16,
        code: &'a str,
        #[serde(borrow)]
        inner: Option<&'a str>,
    },
}

impl Record {
    /// This record, read.
    pub fn by_ref(&self) -> RecordRef<'_> {
        let Self { at, caller, identity, via, operation, vault, object, version, key, region, outcome, took_us, about } =
            self;
        RecordRef {
            at: *at,
            caller,
            identity: *identity,
            via: *via,
            operation: *operation,
            vault: vault.as_ref().map(VaultName::as_str),
            object: object.as_ref().map(ObjectName::as_str),
            version: *version,
            key: *key,
            region: region.map(RegionName::as_str),
            outcome: match outcome {
                Outcome::Done => OutcomeRef::Done,
                Outcome::Refused { status, code, inner } => {
                    OutcomeRef::Refused { status: *status, code, inner: inner.as_deref() }
                }
            },
            took_us: *took_us,
            about: about.by_ref(),
        }
    }
}

/// Stands where a caller would, when the store's passphrase alone allowed it and nobody was named.
pub const STORE_PASSPHRASE: &str = "Store passphrase";

impl RecordRef<'_> {
    /// Who asked, for people.
    pub fn who(&self) -> &str {
        if self.caller.is_empty() { STORE_PASSPHRASE } else { self.caller }
    }

    /// This record, kept; `None` where a name in it is none.
    pub fn to_record(&self) -> Option<Record> {
        let Self { at, caller, identity, via, operation, vault, object, version, key, region, outcome, took_us, about } =
            *self;
        Some(Record {
            at,
            caller: caller.to_owned(),
            identity,
            via,
            operation,
            vault: vault.map(VaultName::parse).transpose().ok()?,
            object: object.map(ObjectName::parse).transpose().ok()?,
            version,
            key,
            region: region.map(RegionName::parse).transpose().ok()?,
            outcome: outcome.to_outcome(),
            took_us,
            about: about.to_about(),
        })
    }
}

impl OutcomeRef<'_> {
    /// This outcome, kept.
    pub fn to_outcome(self) -> Outcome {
        match self {
            Self::Done => Outcome::Done,
            Self::Refused { status, code, inner } => {
                Outcome::Refused { status, code: code.to_owned(), inner: inner.map(str::to_owned) }
            }
        }
    }
}

/// How long activity is kept, in days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct ActivityDays(u16);

/// Activity is not kept for so long, or so short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Activity is kept for {} to {} days, not {found}", ActivityDays::LEAST, ActivityDays::MOST)]
pub struct NotActivityDays {
    /// What was asked for.
    pub found: i64,
}

impl ActivityDays {
    /// Whoever shortens it leaves the record of that, and a week to see it.
    pub const LEAST: u16 = 7;
    /// Ten years.
    pub const MOST: u16 = 3_650;

    /// So many days.
    pub fn parse(days: i64) -> Result<Self, NotActivityDays> {
        let fits = (i64::from(Self::LEAST)..=i64::from(Self::MOST)).contains(&days);
        u16::try_from(days).ok().filter(|_| fits).map(Self).ok_or(NotActivityDays { found: days })
    }

    /// How many.
    pub const fn days(self) -> u16 {
        self.0
    }
}

impl Default for ActivityDays {
    fn default() -> Self {
        Self(90)
    }
}

impl TryFrom<u16> for ActivityDays {
    type Error = NotActivityDays;

    fn try_from(days: u16) -> Result<Self, NotActivityDays> {
        Self::parse(days.into())
    }
}

impl From<ActivityDays> for u16 {
    fn from(days: ActivityDays) -> Self {
        days.0
    }
}

/// The HTTP status that Key Vault gives an operation that was done.
pub const fn status_when_done(operation: Operation) -> u16 {
    match operation {
        Operation::SecretPurge | Operation::KeyPurge => 204,
        _ => 200,
    }
}

/// The name of an HTTP status: `Forbidden`.
pub fn status_text(status: u16) -> Cow<'static, str> {
    Cow::Borrowed(match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        other => return Cow::Owned(other.to_string()),
    })
}
