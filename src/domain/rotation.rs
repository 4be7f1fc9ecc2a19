//! When a key gets a new version by itself, and when somebody should hear of it (§3.6).

use std::fmt;

use chrono::{Datelike as _, Months};
use serde::{Deserialize, Serialize};

use super::{Refusal, Timestamp, time::DAY_MS};

/// A key lives at least this many days when a policy says how long (§3.6).
pub const LEAST_EXPIRY_DAYS: i64 = 28;
/// A rotation is at least this far from the making and from the expiry of a version, in days (§3.6).
pub const LEAST_ROTATION_DAYS: i64 = 7;
/// How long before expiry somebody hears of it when nothing else is said (§3.6).
pub const USUAL_NOTICE: Period = Period { months: 0, days: 30 };

/// A length of time by the calendar: whole months, then days. ISO 8601: `P1Y6M`, `P90D`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Period {
    months: u32,
    days: u32,
}

impl Period {
    /// So many months and days; none of both is no length of time.
    pub fn new(months: u32, days: u32) -> Option<Self> {
        (0 < months + days && months <= 1_200 && days <= 36_500).then_some(Self { months, days })
    }

    /// Reads `P2Y`, `P18M`, `P1Y6M`, `P4W`, `P90D`, in any case; years, months, weeks and days in this order, each once.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let bad = || Refusal::PeriodUnreadable { found: text.chars().take(40).collect() };
        let upper = text.to_ascii_uppercase();
        let mut rest = upper.strip_prefix('P').ok_or_else(bad)?;
        let (mut months, mut days, mut last) = (0_u32, 0_u32, 0);
        while !rest.is_empty() {
            let digits = rest.find(|sign: char| !sign.is_ascii_digit()).ok_or_else(bad)?;
            let number: u32 = rest[..digits].parse().ok().ok_or_else(bad)?;
            let (order, sum, times) = match rest.as_bytes()[digits] {
                b'Y' => (1, &mut months, 12),
                b'M' => (2, &mut months, 1),
                b'W' => (3, &mut days, 7),
                b'D' => (4, &mut days, 1),
                _ => return Err(bad()),
            };
            if order <= last {
                return Err(bad());
            }
            last = order;
            *sum = number.checked_mul(times).and_then(|more| sum.checked_add(more)).ok_or_else(bad)?;
            rest = &rest[digits + 1..];
        }
        if 1_200 < months || 36_500 < days {
            return Err(bad());
        }
        Self::new(months, days).ok_or_else(bad)
    }

    /// This long after a moment, by the calendar in UTC: a month after 31 January is the last of February.
    pub fn after(self, moment: Timestamp) -> Timestamp {
        let date = moment.utc().checked_add_months(Months::new(self.months));
        date.map_or(moment, |date| keep_ms(date.into(), moment)).plus_days(self.days.into())
    }

    /// This long before a moment.
    pub fn before(self, moment: Timestamp) -> Timestamp {
        let earlier = moment.plus_ms(-(i64::from(self.days) * DAY_MS));
        let date = earlier.utc().checked_sub_months(Months::new(self.months));
        date.map_or(earlier, |date| keep_ms(date.into(), earlier))
    }

    /// How many days it has at least, whatever the months.
    const fn least_days(self) -> i64 {
        // Twelve months have 365 days at least; within a year no run of months is shorter than 28 days each.
        let (years, months) = (self.months / 12, self.months % 12);
        years as i64 * 365 + months as i64 * 28 + self.days as i64
    }
}

fn keep_ms(moved: Timestamp, from: Timestamp) -> Timestamp {
    // Dates far outside the calendar stay where they are.
    if moved.utc().year() == from.utc().year() && moved < from { from } else { moved }
}

impl fmt::Display for Period {
    /// ISO 8601, in the form that Key Vault writes: `P1Y6M30D`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("P")?;
        for (number, unit) in [(self.months / 12, 'Y'), (self.months % 12, 'M'), (self.days, 'D')] {
            if number != 0 {
                write!(f, "{number}{unit}")?;
            }
        }
        Ok(())
    }
}

/// What an action waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trigger {
    /// So long after a version was made.
    AfterCreate(Period),
    /// So long before a version expires.
    BeforeExpiry(Period),
}

impl Trigger {
    /// When it fires for a version; never before the expiry of one that does not expire.
    pub fn at(self, created: Timestamp, expires: Option<Timestamp>) -> Option<Timestamp> {
        match self {
            Self::AfterCreate(period) => Some(period.after(created)),
            Self::BeforeExpiry(period) => Some(period.before(expires?)),
        }
    }
}

/// What happens to a key by itself: at most one rotation and one notice (§3.6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RotationPolicy {
    /// Makes a new version; nobody does when there is none.
    pub rotate: Option<Trigger>,
    /// Writes a record that the key nears its end.
    pub notify: Option<Trigger>,
    /// How long a new version is valid; for ever when nothing is said.
    pub expiry: Option<Period>,
}

impl RotationPolicy {
    /// What a key has for which nobody set a policy: a notice 30 days before it expires, if it does.
    pub const USUAL: Self = Self { rotate: None, notify: Some(Trigger::BeforeExpiry(USUAL_NOTICE)), expiry: None };

    /// Refuses a policy that breaks a rule of §3.6.
    pub fn admit(&self) -> Result<(), Refusal> {
        let too_soon = |rule| Err(Refusal::RotationPolicyUnfit { rule });
        if self.expiry.is_some_and(|expiry| expiry.least_days() < LEAST_EXPIRY_DAYS) {
            return too_soon("expiryTime must be at least 28 days");
        }
        for trigger in [self.rotate, self.notify].into_iter().flatten() {
            match (trigger, self.expiry) {
                (Trigger::BeforeExpiry(_), None) => return too_soon("timeBeforeExpiry needs expiryTime"),
                (Trigger::BeforeExpiry(before), Some(expiry)) if expiry.least_days() <= before.least_days() => {
                    return too_soon("timeBeforeExpiry must be shorter than expiryTime");
                }
                (Trigger::AfterCreate(after), Some(expiry)) if expiry.least_days() <= after.least_days() => {
                    return too_soon("timeAfterCreate must be shorter than expiryTime");
                }
                _ => {}
            }
        }
        match (self.rotate, self.expiry) {
            (Some(Trigger::AfterCreate(after)), expiry) => {
                let is_near_expiry =
                    expiry.is_some_and(|expiry| expiry.least_days() - after.least_days() < LEAST_ROTATION_DAYS);
                if after.least_days() < LEAST_ROTATION_DAYS {
                    return too_soon("a rotation must be at least 7 days after creation");
                }
                if is_near_expiry {
                    return too_soon("a rotation must be at least 7 days before expiry");
                }
            }
            (Some(Trigger::BeforeExpiry(before)), Some(expiry)) => {
                if before.least_days() < LEAST_ROTATION_DAYS {
                    return too_soon("a rotation must be at least 7 days before expiry");
                }
                if expiry.least_days() - before.least_days() < LEAST_ROTATION_DAYS {
                    return too_soon("a rotation must be at least 7 days after creation");
                }
            }
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(text: &str) -> Period {
        Period::parse(text).unwrap()
    }

    #[test]
    fn lengths_of_time_are_read_as_iso_8601_says_and_written_as_the_service_does() {
        for (text, written) in
            [("P18M", "P1Y6M"), ("p2y", "P2Y"), ("P4W", "P28D"), ("P1Y2M3D", "P1Y2M3D"), ("P90D", "P90D")]
        {
            assert_eq!(period(text).to_string(), written, "{text}");
        }
        for text in ["", "P", "90D", "P0D", "P1D1Y", "P1Y1Y", "PT1H", "P-1D", "P1.5D", "P9999999999D", "P1", "Pä"] {
            assert!(Period::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_month_is_a_month_of_the_calendar() {
        let at = |text| Timestamp::parse(text).unwrap();
        assert_eq!(period("P1M").after(at("2026-01-31")), at("2026-02-28"));
        assert_eq!(period("P1Y").after(at("2028-02-29")), at("2029-02-28"));
        assert_eq!(period("P30D").before(at("2026-03-01")), at("2026-01-30"));
        assert_eq!(period("P1Y6M1D").after(at("2026-11-21T10:00:00Z")), at("2028-05-22T10:00:00Z"));
    }

    #[test]
    fn a_policy_keeps_the_rules_of_the_service() {
        // T5, §3.6
        let policy =
            |rotate, notify, expiry: Option<&str>| RotationPolicy { rotate, notify, expiry: expiry.map(period) };
        let (after, before) =
            (|text| Some(Trigger::AfterCreate(period(text))), |text| Some(Trigger::BeforeExpiry(period(text))));
        for good in [
            policy(None, None, None),
            policy(after("P7D"), None, None),
            policy(after("P18M"), before("P30D"), Some("P2Y")),
            policy(before("P7D"), None, Some("P28D")),
        ] {
            assert_eq!(good.admit(), Ok(()), "{good:?}");
        }
        for bad in [
            policy(after("P6D"), None, None),
            policy(before("P30D"), None, None),
            policy(None, before("P30D"), None),
            policy(None, None, Some("P27D")),
            policy(after("P23D"), None, Some("P28D")),
            policy(before("P22D"), None, Some("P28D")),
            policy(before("P6D"), None, Some("P28D")),
            policy(None, before("P2Y"), Some("P2Y")),
        ] {
            assert!(bad.admit().is_err(), "{bad:?}");
        }
    }
}
