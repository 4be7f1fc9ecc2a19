//! Why something was not done: facts, with one sentence for a person and one code for a program.

use super::{
    Action, Algorithm, Hash, KeyOperation, KeyProblem, Permission, RegionName, ReplicaName, Role, Timestamp, Zone,
    action::Plane,
    caller::Asker,
    grant::{self, AssignmentId},
    identity::LEAST_CHARACTERS,
    key_algorithm::{InputLength, Misfit},
    key_import,
    name::NameProblem,
    properties, secret,
    soft_delete::Kind,
};

/// Why an operation was refused. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the sentence of each variant is its documentation")]
pub enum Refusal {
    // Who asks
    PermissionMissing { permission: Permission, caller: Box<Asker> },
    // `object` as `secrets/name`
    ActionMissing { action: Action, caller: Box<Asker>, object: Option<String> },
    NotSignedIn { name: String },
    WrongIdentityPassphrase { name: String },
    TooManyTries { name: String, until: Timestamp },
    IdentityPassphraseShort { found: usize },
    // Who there is
    IdentityUnknown { name: String },
    IdentityExists { name: String },
    NotAGroup { name: String },
    GroupInGroup { name: String },
    GroupCannotAct { name: String },
    RemovesItself { name: String },
    LastManager,
    // What is granted
    TooManyPolicies { found: usize },
    PoliciesDoNotCount { name: String },
    NoPolicy { name: String },
    RoleAssignedAlready { name: String, role: Role, scope: String },
    NoAssignment { id: AssignmentId },
    // Where it stands; a region that is back, and read-only still, serves everything again at `until`
    RegionUnavailable { region: RegionName, since: Timestamp, until: Option<Timestamp> },
    ReadOnly { region: RegionName, serving: RegionName, since: Timestamp, until: Option<Timestamp> },
    // What is there
    NotFound { kind: Kind, name: String },
    DeletedNotFound { kind: Kind, name: String },
    NameTaken { kind: Kind, name: String },
    NameHeld { kind: Kind, name: String, until: Timestamp },
    SecretDisabled { name: String },
    PurgeProtected { kind: Kind, name: String, until: Timestamp },
    SubscriptionUndeletable { kind: Kind, name: String, until: Timestamp },
    // What was asked
    BadName { kind: Kind, name: String, problem: NameProblem },
    RetentionOutOfRange { days: i64 },
    RetentionIsFixed,
    PurgeProtectionStaysOn,
    ValueTooLong { bytes: usize },
    TooManyTags { found: usize },
    TagTooLong { name: String },
    TagTwice { name: String },
    TagWithoutName,
    ContentTypeTooLong { found: usize },
    ExpiresBeforeActivation,
    DateOutOfRange,
    // Keys
    KeyDisabled { operation: KeyOperation },
    KeyOperationForbidden { operation: KeyOperation },
    KeyNotYetValid { operation: KeyOperation, from: Timestamp },
    KeyExpired { operation: KeyOperation, since: Timestamp },
    KeyNeedsPremium { kty: &'static str },
    KeyTypeUnsupported { found: String },
    KeySizeUnsupported { kty: &'static str, found: usize },
    CurveUnsupported { found: String },
    KeyOperationsUnsupported { unsupported: Vec<String>, supported: &'static [KeyOperation] },
    BadKey { problem: KeyProblem },
    AlgorithmUnknown { found: String },
    AlgorithmUnfit { why: Misfit },
    InputLength { algorithm: Algorithm, needed: InputLength, found: usize },
    DigestLength { algorithm: Algorithm, hash: Hash, found: usize },
    IvLength { algorithm: Algorithm, needed: usize, found: usize },
    ParameterNotTaken { algorithm: Algorithm, parameter: &'static str },
    DoesNotOpen,
    CryptographyFailed,
    PeriodUnreadable { found: String },
    RotationPolicyUnfit { rule: &'static str },
    // Backups
    BackupMalformed,
    BackupOfAnotherSubscription,
    BackupOfAnotherGeography { from: String, to: String },
    TooManyVersions { found: usize },
    // Simulation
    TimeIsReal,
    NothingWithheld,
    OutageAlready { region: RegionName },
    NoOutage { region: RegionName },
    ReplicaOutAlready { region: RegionName, replica: ReplicaName },
    ReplicaNotOut { region: RegionName, replica: ReplicaName },
    LinkCutAlready { region: RegionName },
    LinkNotCut { region: RegionName },
    NoPair { region: RegionName },
    // Folders of regions
    RegionUnused { region: RegionName },
    RegionIsWhole { region: RegionName },
    NothingToRebuildFrom { region: RegionName },
}

/// What a program gets: an HTTP status, Key Vault's code and its inner code (§1.4, §2.5, §5.4, §6.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// HTTP status.
    pub status: u16,
    /// `error.code`.
    pub code: &'static str,
    /// `error.innererror.code`.
    pub inner: Option<&'static str>,
}

impl Refusal {
    /// The code for a program.
    pub const fn code(&self) -> Code {
        let (status, code, inner) = match self {
            Self::PermissionMissing { .. } => (403, "Forbidden", Some("AccessDenied")),
            Self::ActionMissing { action, .. } => match action.plane() {
                Plane::Control => (403, "AuthorizationFailed", None),
                Plane::Secrets | Plane::Keys | Plane::Certificates => (403, "Forbidden", Some("ForbiddenByRbac")),
            },
            Self::NotSignedIn { .. } | Self::WrongIdentityPassphrase { .. } => (401, "Unauthorized", None),
            Self::TooManyTries { .. } => (429, "TooManyRequests", None),
            Self::IdentityUnknown { .. } | Self::NoPolicy { .. } => (404, "PrincipalNotFound", None),
            Self::NoAssignment { .. } => (404, "RoleAssignmentNotFound", None),
            Self::IdentityExists { .. } => (409, "IdentityExists", None),
            Self::RoleAssignedAlready { .. } => (409, "RoleAssignmentExists", None),
            Self::RegionUnavailable { .. } => (503, "ServiceUnavailable", None),
            Self::ReadOnly { .. } => (403, "Forbidden", Some("VaultReadOnly")),
            Self::NotFound { kind: Kind::Vault, .. } | Self::DeletedNotFound { kind: Kind::Vault, .. } => {
                (404, "ResourceNotFound", None)
            }
            Self::NotFound { kind: Kind::Key, .. } | Self::DeletedNotFound { kind: Kind::Key, .. } => {
                (404, "KeyNotFound", None)
            }
            Self::NotFound { kind: Kind::Secret, .. } | Self::DeletedNotFound { kind: Kind::Secret, .. } => {
                (404, "SecretNotFound", None)
            }
            Self::NameTaken { kind: Kind::Vault, .. } => (409, "VaultAlreadyExists", None),
            Self::NameTaken { kind: Kind::Secret | Kind::Key, .. } | Self::LastManager | Self::RemovesItself { .. } => {
                (409, "Conflict", None)
            }
            Self::NameHeld { kind: Kind::Vault, .. } => (409, "ConflictError", None),
            Self::NameHeld { kind: Kind::Secret | Kind::Key, .. } => {
                (409, "Conflict", Some("ObjectIsDeletedButRecoverable"))
            }
            Self::SecretDisabled { .. } => (403, "Forbidden", Some("SecretDisabled")),
            Self::PurgeProtected { kind: Kind::Vault, .. }
            | Self::SubscriptionUndeletable { kind: Kind::Vault, .. } => (405, "MethodNotAllowed", None),
            Self::PurgeProtected { kind: Kind::Secret | Kind::Key, .. }
            | Self::SubscriptionUndeletable { kind: Kind::Secret | Kind::Key, .. }
            | Self::KeyNotYetValid { .. }
            | Self::KeyExpired { .. } => (403, "Forbidden", None),
            Self::BadName { kind: Kind::Vault, .. } => (400, "VaultNameNotValid", None),
            Self::RetentionIsFixed | Self::PurgeProtectionStaysOn => (400, "BadRequest", None),
            Self::BackupMalformed | Self::BackupOfAnotherSubscription | Self::BackupOfAnotherGeography { .. } => {
                (400, "Malformed backup blob", None)
            }
            Self::KeyDisabled { .. } => (403, "Forbidden", Some("KeyDisabled")),
            Self::KeyOperationForbidden { .. } => (403, "Forbidden", Some("KeyOperationForbidden")),
            Self::CryptographyFailed => (500, "InternalServerError", None),
            Self::BadName { kind: Kind::Secret | Kind::Key, .. }
            | Self::KeyNeedsPremium { .. }
            | Self::KeyTypeUnsupported { .. }
            | Self::KeySizeUnsupported { .. }
            | Self::CurveUnsupported { .. }
            | Self::KeyOperationsUnsupported { .. }
            | Self::BadKey { .. }
            | Self::AlgorithmUnknown { .. }
            | Self::AlgorithmUnfit { .. }
            | Self::InputLength { .. }
            | Self::DigestLength { .. }
            | Self::IvLength { .. }
            | Self::ParameterNotTaken { .. }
            | Self::DoesNotOpen
            | Self::PeriodUnreadable { .. }
            | Self::RotationPolicyUnfit { .. }
            | Self::RetentionOutOfRange { .. }
            | Self::NotAGroup { .. }
            | Self::GroupInGroup { .. }
            | Self::GroupCannotAct { .. }
            | Self::IdentityPassphraseShort { .. }
            | Self::TooManyPolicies { .. }
            | Self::PoliciesDoNotCount { .. }
            | Self::ValueTooLong { .. }
            | Self::TooManyTags { .. }
            | Self::TagTooLong { .. }
            | Self::TagTwice { .. }
            | Self::TagWithoutName
            | Self::ContentTypeTooLong { .. }
            | Self::ExpiresBeforeActivation
            | Self::DateOutOfRange
            | Self::TooManyVersions { .. }
            | Self::TimeIsReal
            | Self::NothingWithheld
            | Self::OutageAlready { .. }
            | Self::NoOutage { .. }
            | Self::ReplicaOutAlready { .. }
            | Self::ReplicaNotOut { .. }
            | Self::LinkCutAlready { .. }
            | Self::LinkNotCut { .. }
            | Self::NoPair { .. }
            | Self::RegionUnused { .. }
            | Self::RegionIsWhole { .. }
            | Self::NothingToRebuildFrom { .. } => (400, "BadParameter", None),
        };
        Code { status, code, inner }
    }

    /// One sentence for a person, with dates in `zone`.
    pub fn sentence(&self, zone: Zone) -> String {
        let date = |moment: Timestamp| zone.date_and_time(moment);
        match self {
            Self::PermissionMissing { permission, caller } => {
                format!("{} does not have the permission {}", caller.name, permission.text())
            }
            Self::ActionMissing { action, caller, .. } => {
                format!("{} has no role that allows: {}", caller.name, action.words())
            }
            Self::NotSignedIn { name } => format!("{name} has a passphrase of its own, which has to be given first"),
            Self::WrongIdentityPassphrase { name } => format!("This is not the passphrase of {name}"),
            Self::TooManyTries { name, until } => {
                format!("Too many wrong passphrases for {name}; the next is taken at {}", zone.time(*until))
            }
            Self::IdentityPassphraseShort { found } => {
                format!("An identity's passphrase or PIN has at least {LEAST_CHARACTERS} characters, not {found}")
            }
            Self::IdentityUnknown { name } => format!("There is no identity {name}, or it was removed"),
            Self::IdentityExists { name } => format!("There is an identity named {name} already"),
            Self::NotAGroup { name } => format!("{name} is no group and has no members"),
            Self::GroupInGroup { name } => format!("{name} is a group, and groups are not members of groups"),
            Self::GroupCannotAct { name } => format!("{name} is a group, and nobody acts as a group"),
            Self::RemovesItself { name } => {
                format!("You act as {name}, which cannot remove itself; act as somebody else to do it")
            }
            Self::LastManager => {
                "Nobody would be left who can say who may do what; give somebody else the role Owner or User Access \
                 Administrator first"
                    .into()
            }
            Self::TooManyPolicies { found } => {
                format!(
                    "A vault has at most {} access policies, not {}",
                    grouped(grant::MOST_POLICIES),
                    grouped(*found)
                )
            }
            Self::PoliciesDoNotCount { name } => {
                format!("{name} decides by roles, so access policies do not count; assign a role, or change that first")
            }
            Self::NoPolicy { name } => format!("{name} has no access policy in this vault"),
            Self::RoleAssignedAlready { name, role, scope } => {
                format!("{name} has the role {} already for the {scope}", role.title())
            }
            Self::NoAssignment { id } => format!("There is no role assignment {id}"),
            Self::RegionUnavailable { region, since, until } => match until {
                Some(_) => format!(
                    "{} is out since {} and requests fail until its pair serves",
                    region.display(),
                    zone.time(*since)
                ),
                None => {
                    format!("{} is out since {} and has no pair that could serve", region.display(), zone.time(*since))
                }
            },
            Self::ReadOnly { region, serving, until: None, .. } => format!(
                "{} is out; {} serves read-only and changes wait for failback",
                region.display(),
                serving.display()
            ),
            Self::ReadOnly { region, serving, until: Some(_), .. } => format!(
                "{} is failing back; {} serves read-only until requests have returned",
                region.display(),
                serving.display()
            ),
            Self::NotFound { kind, name } => format!("There is no {} named {name}", kind.noun()),
            Self::DeletedNotFound { kind, name } => format!("There is no deleted {} named {name}", kind.noun()),
            Self::NameTaken { kind, name } => format!("A {} named {name} exists already", kind.noun()),
            Self::NameHeld { kind, until, .. } => {
                format!("A deleted {} holds this name until {}", kind.noun(), zone.date(*until))
            }
            Self::SecretDisabled { name } => format!("{name} is disabled, so its value cannot be read"),
            Self::PurgeProtected { kind, until, .. } => {
                format!("Purge protection is on. This {} is removed automatically on {}", kind.noun(), date(*until))
            }
            Self::SubscriptionUndeletable { kind, until, .. } => format!(
                "The subscription is marked undeletable. This {} is removed automatically on {}",
                kind.noun(),
                date(*until)
            ),
            Self::BadName { problem, .. } => problem.to_string(),
            Self::RetentionOutOfRange { days } => format!("Retention is 7 to 90 days, not {days}"),
            Self::RetentionIsFixed => "Retention is set when a vault is made and never changes".into(),
            Self::PurgeProtectionStaysOn => "Purge protection can never be switched off".into(),
            Self::ValueTooLong { bytes } => format!(
                "A value has at most {} bytes; this one has {}",
                grouped(secret::MOST_VALUE_BYTES),
                grouped(*bytes)
            ),
            Self::TooManyTags { found } => {
                format!("At most {} tags are allowed; these are {found}", properties::MOST_TAGS)
            }
            Self::TagTooLong { name } => format!(
                "The tag {name} is too long: names and values have at most {} characters",
                properties::MOST_TAG_CHARACTERS
            ),
            Self::TagTwice { name } => format!("The tag {name} is there twice"),
            Self::TagWithoutName => "A tag needs a name".into(),
            Self::ContentTypeTooLong { found } => format!(
                "A content type has at most {} characters; this one has {found}",
                properties::MOST_CONTENT_TYPE_CHARACTERS
            ),
            Self::ExpiresBeforeActivation => "The expiry comes before the activation".into(),
            Self::DateOutOfRange => "A date has to be in the years 1970 to 9999".into(),
            Self::KeyDisabled { operation } => {
                format!("Operation {} is not allowed on a disabled key", operation.text())
            }
            Self::KeyOperationForbidden { operation } => {
                format!("Operation {} is not permitted on this key", operation.text())
            }
            Self::KeyNotYetValid { operation, from } => {
                format!("Operation {} is not allowed on this key before {}", operation.text(), date(*from))
            }
            Self::KeyExpired { operation, since } => {
                format!("Operation {} is not allowed on this key: it expired on {}", operation.text(), date(*since))
            }
            Self::KeyNeedsPremium { kty } => format!("Keys of the type {kty} need a premium vault"),
            Self::KeyTypeUnsupported { found } => {
                format!("The key type {found} is not supported; use RSA, RSA-HSM, EC, EC-HSM or oct-HSM")
            }
            Self::KeySizeUnsupported { kty, found } => {
                let sizes = if *kty == "RSA" { key_import::sizes() } else { "128, 192 or 256".to_owned() };
                match found {
                    0 => format!("An {kty} key has {sizes} bits"),
                    found => format!("An {kty} key has {sizes} bits, not {found}"),
                }
            }
            Self::CurveUnsupported { found } => KeyProblem::Curve { found: found.clone() }.to_string(),
            Self::KeyOperationsUnsupported { unsupported, supported } => {
                let supported: Vec<_> = supported.iter().map(|operation| operation.text()).collect();
                format!(
                    "Unsupported key operation(s): \"{}\". Supported values are \"{}\"",
                    unsupported.join("\", \""),
                    supported.join("\", \"")
                )
            }
            Self::BadKey { problem } => problem.to_string(),
            Self::AlgorithmUnknown { found } => format!("There is no algorithm named {found}"),
            Self::AlgorithmUnfit { why } => why.to_string(),
            Self::InputLength { algorithm, needed, found } => {
                format!("{} takes {needed} with this key, not {found}", algorithm.text())
            }
            Self::DigestLength { algorithm, hash, found } => {
                format!("{} takes a {} digest of {} bytes, not {found}", algorithm.text(), hash.title(), hash.bytes())
            }
            Self::IvLength { algorithm, needed, found } => {
                format!("{} takes an initialisation vector of {needed} bytes, not {found}", algorithm.text())
            }
            Self::ParameterNotTaken { algorithm, parameter } => format!("{} takes no {parameter}", algorithm.text()),
            Self::DoesNotOpen => {
                "This was not made with this key and algorithm, or it was changed or cut short since".into()
            }
            Self::PeriodUnreadable { found } => format!("{found} is no length of time such as P90D, P18M or P2Y"),
            Self::RotationPolicyUnfit { rule } => format!("This rotation policy is refused: {rule}"),
            Self::CryptographyFailed => "The cryptographic library failed; nothing was done".into(),
            Self::BackupMalformed => "This is not a backup that this store made, or it is damaged or cut short".into(),
            Self::BackupOfAnotherSubscription => "This backup comes from another subscription".into(),
            Self::BackupOfAnotherGeography { from, to } => {
                format!("This backup comes from {from} and cannot be restored in {to}: the geography must be the same")
            }
            Self::TooManyVersions { found } => {
                format!("A backup holds at most {} versions, not {found}", super::backup::MOST_VERSIONS)
            }
            Self::TimeIsReal => {
                "This store was not made for simulation, so its time is real and cannot be moved".into()
            }
            Self::NothingWithheld => {
                "There is nothing to confirm: no time has passed by the clock that is not proven or waiting to count"
                    .into()
            }
            Self::OutageAlready { region } => format!("{} is out already", region.display()),
            Self::NoOutage { region } => format!("{} is not out", region.display()),
            Self::ReplicaOutAlready { region, replica } => {
                format!("Replica {replica} of {} is out already", region.display())
            }
            Self::ReplicaNotOut { region, replica } => {
                format!("Replica {replica} of {} was not failed by anybody", region.display())
            }
            Self::LinkCutAlready { region } => format!("The link from {} is cut already", region.display()),
            Self::LinkNotCut { region } => format!("The link from {} was not cut by anybody", region.display()),
            Self::NoPair { region } => {
                format!("{} has no paired region that vaults are copied to", region.display())
            }
            Self::RegionUnused { region } => format!("{} holds nothing of this store", region.display()),
            Self::RegionIsWhole { region } => format!("{} is whole; there is nothing to rebuild", region.display()),
            Self::NothingToRebuildFrom { region } => {
                format!("There is nothing that {} could be rebuilt from", region.display())
            }
        }
    }
}

/// `25600` as `25,600`.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::IdentityId;

    #[test]
    fn a_protected_purge_names_the_day_it_ends() {
        // G2, §12.1
        let until = Timestamp::from_secs(1_797_672_600);
        let refusal = Refusal::PurgeProtected { kind: Kind::Secret, name: "legacy".into(), until };
        assert_eq!(
            refusal.sentence(Zone::Utc),
            "Purge protection is on. This secret is removed automatically on 19 Dec 2026, 09:30"
        );
        assert_eq!(refusal.code(), Code { status: 403, code: "Forbidden", inner: None });
    }

    #[test]
    fn a_missing_permission_and_purge_protection_are_told_apart() {
        // §12.3
        let caller =
            Box::new(Asker { name: "Developer".into(), object: IdentityId::DEVELOPER, client: None, groups: 0 });
        let missing = Refusal::PermissionMissing { permission: Permission::SecretsPurge, caller };
        assert_eq!(missing.sentence(Zone::Utc), "Developer does not have the permission secrets/purge");
        assert_eq!(missing.code().inner, Some("AccessDenied"));
    }

    #[test]
    fn numbers_are_grouped_by_three() {
        assert_eq!(
            [grouped(7), grouped(999), grouped(25_600), grouped(1_234_567)],
            ["7", "999", "25,600", "1,234,567"]
        );
    }
}
