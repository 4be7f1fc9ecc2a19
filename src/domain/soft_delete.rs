//! Soft delete: retention, purge protection, recovery levels and the one purge rule (§5).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Age, Now, Refusal, Timestamp, age::Term};

/// How long a vault keeps what was deleted, in calendar days: 7 to 90, 90 when nothing is said (S1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RetentionDays(u8);

impl RetentionDays {
    /// The shortest retention.
    pub const LEAST: Self = Self(7);
    /// The longest retention, and the default.
    pub const MOST: Self = Self(90);

    /// Checks the bounds (S1).
    pub fn parse(days: i64) -> Result<Self, Refusal> {
        match u8::try_from(days) {
            Ok(days) if (Self::LEAST.0..=Self::MOST.0).contains(&days) => Ok(Self(days)),
            _ => Err(Refusal::RetentionOutOfRange { days }),
        }
    }

    /// The number of days.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// Until when something is kept that is deleted at `deleted` (S1, S8).
    pub fn end(self, deleted: Timestamp) -> Timestamp {
        deleted.plus_days(i64::from(self.0))
    }
}

impl Default for RetentionDays {
    fn default() -> Self {
        Self::MOST
    }
}

/// Whether anybody may purge before retention ends (S10). Once on, always on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PurgeProtection {
    /// Who holds the permission may purge.
    #[default]
    Off,
    /// Only the service purges, when retention has ended.
    On,
}

/// Whether a subscription can be cancelled for good; where it cannot, nothing is purged by hand (S11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SubscriptionProtection {
    /// An ordinary subscription.
    #[default]
    None,
    /// Marked undeletable: only the scheduled purge destroys.
    Undeletable,
}

/// What can be undone in a vault, as echoed on every object in it (§5.1). Soft delete is always on (S7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecoveryLevel {
    /// The vault's retention.
    pub retention: RetentionDays,
    /// The vault's purge protection.
    pub purge_protection: PurgeProtection,
    /// The subscription's.
    pub subscription: SubscriptionProtection,
}

impl RecoveryLevel {
    /// Key Vault's exact spelling: `CustomizedRecoverable+Purgeable`.
    pub const fn text(self) -> &'static str {
        let is_full = self.retention.0 == RetentionDays::MOST.0;
        match (self.subscription, self.purge_protection, is_full) {
            (SubscriptionProtection::Undeletable, _, true) => "Recoverable+ProtectedSubscription",
            (SubscriptionProtection::Undeletable, _, false) => "CustomizedRecoverable+ProtectedSubscription",
            (SubscriptionProtection::None, PurgeProtection::On, true) => "Recoverable",
            (SubscriptionProtection::None, PurgeProtection::On, false) => "CustomizedRecoverable",
            (SubscriptionProtection::None, PurgeProtection::Off, true) => "Recoverable+Purgeable",
            (SubscriptionProtection::None, PurgeProtection::Off, false) => "CustomizedRecoverable+Purgeable",
        }
    }

    /// Whether somebody with the permission may purge: the level contains `Purgeable`.
    pub fn is_purgeable(self) -> bool {
        self.purge_protection == PurgeProtection::Off && self.subscription == SubscriptionProtection::None
    }
}

/// When something was deleted, by whom, and until when it is kept. None of it ever changes (S15).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// When it was deleted.
    pub deleted: Timestamp,
    /// When the service purges it: `deleted` + retention days × 86,400 s.
    pub scheduled_purge: Timestamp,
    /// Who deleted it.
    pub by: String,
    /// The age of the store when it was deleted; kept beside it.
    #[serde(skip)]
    pub age: Age,
}

impl Deletion {
    /// A deletion at `now` that is kept for `retention` (S1, S8).
    pub fn new(now: Now, retention: RetentionDays, by: &str) -> Self {
        let deleted = now.clock;
        Self { deleted, scheduled_purge: retention.end(deleted), by: by.to_owned(), age: now.age() }
    }

    /// When retention ends: at its date, and not before as much time has provably passed (S14, T6).
    pub fn term(&self) -> Term {
        Term::new(self.deleted, self.age, self.scheduled_purge)
    }

    /// Whether retention has ended (S14).
    pub fn is_due(&self, now: Now) -> bool {
        self.term().has_come(now)
    }
}

/// Something in the recycle bin.
#[derive(Debug)]
pub struct Deleted<T> {
    /// What was deleted, whole.
    pub item: Arc<T>,
    /// When, by whom, until when.
    pub deletion: Deletion,
}

impl<T> Clone for Deleted<T> {
    fn clone(&self) -> Self {
        Self { item: Arc::clone(&self.item), deletion: self.deletion.clone() }
    }
}

/// What kind of thing carries a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// A vault.
    Vault,
    /// A secret.
    Secret,
    /// A key.
    Key,
}

impl Kind {
    /// `secret`.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Vault => "vault",
            Self::Secret => "secret",
            Self::Key => "key",
        }
    }

    /// `Secret`.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Vault => "Vault",
            Self::Secret => "Secret",
            Self::Key => "Key",
        }
    }
}

/// Whether a person may purge what is deleted: the one purge rule, for vaults and objects alike (S10, S11).
pub fn admit_purge(level: RecoveryLevel, kind: Kind, name: &str, deletion: &Deletion) -> Result<(), Refusal> {
    let (name, until) = (name.to_owned(), deletion.scheduled_purge);
    if level.purge_protection == PurgeProtection::On {
        return Err(Refusal::PurgeProtected { kind, name, until });
    }
    if level.subscription == SubscriptionProtection::Undeletable {
        return Err(Refusal::SubscriptionUndeletable { kind, name, until });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::age::Proof;

    fn level(days: i64, purge_protection: PurgeProtection, subscription: SubscriptionProtection) -> RecoveryLevel {
        RecoveryLevel { retention: RetentionDays::parse(days).unwrap(), purge_protection, subscription }
    }

    #[test]
    fn retention_is_7_to_90_days_and_90_when_nothing_is_said() {
        // S1
        assert_eq!(RetentionDays::default().get(), 90);
        assert!(RetentionDays::parse(7).is_ok() && RetentionDays::parse(90).is_ok());
        for days in [6, 91, 0, -1, 1 << 40] {
            assert!(matches!(RetentionDays::parse(days), Err(Refusal::RetentionOutOfRange { .. })), "{days}");
        }
    }

    #[test]
    fn recovery_levels_are_spelled_as_key_vault_spells_them() {
        // §5.1
        use {PurgeProtection as P, SubscriptionProtection as S};
        let table = [
            (90, P::Off, S::None, "Recoverable+Purgeable"),
            (90, P::On, S::None, "Recoverable"),
            (90, P::On, S::Undeletable, "Recoverable+ProtectedSubscription"),
            (7, P::Off, S::None, "CustomizedRecoverable+Purgeable"),
            (89, P::On, S::None, "CustomizedRecoverable"),
            (7, P::On, S::Undeletable, "CustomizedRecoverable+ProtectedSubscription"),
        ];
        for (days, protection, subscription, text) in table {
            let level = level(days, protection, subscription);
            assert_eq!(level.text(), text);
            assert_eq!(level.is_purgeable(), text.contains("Purgeable"));
        }
    }

    #[test]
    fn the_purge_date_is_the_deletion_plus_the_retention() {
        // S8, S14
        let now = Timestamp::from_secs(1_000_000);
        let deletion = Deletion::new(Now::by_clock(now), RetentionDays::LEAST, "Developer");
        assert_eq!(deletion.scheduled_purge.ms_since(now), 7 * crate::domain::time::DAY_MS);
        assert!(!deletion.is_due(Now::by_clock(deletion.scheduled_purge.plus_ms(-1))));
        assert!(deletion.is_due(Now::by_clock(deletion.scheduled_purge)));
    }

    #[test]
    fn retention_ends_when_as_much_time_has_provably_passed() {
        // S14, T6
        let at = |clock, ms| Now { clock, proof: Proof::Age(Age::from_ms(ms)) };
        let (start, week_ms) = (Timestamp::from_secs(1_000_000), 7 * crate::domain::time::DAY_MS.unsigned_abs());
        let deletion = Deletion::new(at(start, 500), RetentionDays::LEAST, "Developer");
        assert!(!deletion.is_due(at(start.plus_days(18_250), 500 + week_ms - 1)), "fifty years by the clock");
        assert!(!deletion.is_due(at(start.plus_days(-365), 500 + week_ms)), "a clock that was put back");
        assert!(deletion.is_due(at(deletion.scheduled_purge, 500 + week_ms)));
    }

    #[test]
    fn neither_purge_protection_nor_an_undeletable_subscription_lets_anybody_purge() {
        // S10, S11
        let deletion = Deletion::new(Now::by_clock(Timestamp::from_secs(0)), RetentionDays::MOST, "Developer");
        let purge = |p, s| admit_purge(level(90, p, s), Kind::Vault, "v", &deletion);
        assert!(purge(PurgeProtection::Off, SubscriptionProtection::None).is_ok());
        let until = deletion.scheduled_purge;
        assert!(matches!(purge(PurgeProtection::On, SubscriptionProtection::None),
            Err(Refusal::PurgeProtected { until: found, .. }) if found == until));
        assert!(matches!(
            purge(PurgeProtection::Off, SubscriptionProtection::Undeletable),
            Err(Refusal::SubscriptionUndeletable { .. })
        ));
    }
}
