//! Time as a value.

use chrono::{
    DateTime, Datelike as _, FixedOffset, Local, NaiveDate, NaiveDateTime, NaiveTime, Offset as _, TimeZone as _,
    Timelike as _, Utc,
};
use serde::{Deserialize, Serialize};

/// A moment, in milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp(i64);

/// One day in milliseconds; retention counts in these (§2.3: `scheduledPurgeDate = deletedDate + days × 86400`).
pub const DAY_MS: i64 = 86_400_000;

/// Why something is no date that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateProblem {
    /// It is not written as a date.
    #[error("expected a UTC date such as 2026-12-31T23:59:00Z or 2026-12-31")]
    Unreadable,
    /// It is a date that nobody means.
    #[error("expected a date in the years {} to {}", Timestamp::FIRST_YEAR, Timestamp::LAST_YEAR)]
    OutOfRange,
}

impl Timestamp {
    /// The first year that a date is taken of.
    pub const FIRST_YEAR: i32 = 1970;
    /// The last year that a date is taken of.
    pub const LAST_YEAR: i32 = 9999;
    /// The first moment of the first year.
    pub const EARLIEST: Self = Self(0);
    /// The last moment of the last year.
    pub const LATEST: Self = Self(253_402_300_799_999);

    /// The moment `ms` milliseconds after 1970-01-01 UTC.
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// The moment `secs` seconds after 1970-01-01 UTC.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs * 1000)
    }

    /// Milliseconds since 1970-01-01 UTC.
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970-01-01 UTC, as Key Vault's JSON carries them.
    pub const fn secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This moment plus `days` of 86,400 seconds.
    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        Self(self.0.saturating_add(days.saturating_mul(DAY_MS)))
    }

    /// This moment plus `secs` seconds; negative goes back.
    #[must_use]
    pub const fn plus_secs(self, secs: i64) -> Self {
        Self(self.0.saturating_add(secs.saturating_mul(1000)))
    }

    /// This moment plus `ms` milliseconds; negative goes back.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this moment; negative when this one is earlier.
    pub const fn ms_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// This moment where it lies in the years that are taken; else the nearest one that does. Records of earlier versions of the
    /// program can hold any.
    #[must_use]
    pub fn clamped(self) -> Self {
        self.clamp(Self::EARLIEST, Self::LATEST)
    }

    /// This moment, if it lies in the years that are taken: the one bound for every date that enters.
    pub fn admit(self) -> Result<Self, DateProblem> {
        if self == self.clamped() { Ok(self) } else { Err(DateProblem::OutOfRange) }
    }

    /// Reads `2026-12-31` and `2026-12-31Z`, `2026-12-31T23Z`, `2026-12-31T23:59Z`, `2026-12-31T23:59:59Z`, or a date with its
    /// offset from UTC (RFC 3339): what az takes. There is no local time in it.
    pub fn parse(text: &str) -> Result<Self, DateProblem> {
        Self::parse_any(text).ok_or(DateProblem::Unreadable)?.admit()
    }

    /// The same of any year.
    fn parse_any(text: &str) -> Option<Self> {
        if let Ok(date) = DateTime::parse_from_rfc3339(text) {
            return Some(date.to_utc().into());
        }
        if let Ok(date) = NaiveDate::parse_from_str(text.strip_suffix('Z').unwrap_or(text), "%Y-%m-%d") {
            return Some(date.and_time(NaiveTime::MIN).and_utc().into());
        }
        // An hour alone is no time for chrono.
        let full = match text.strip_suffix('Z')? {
            hour if hour.len() == "2026-12-31T23".len() => format!("{hour}:00"),
            minute => minute.to_owned(),
        };
        NaiveDateTime::parse_from_str(&full, "%Y-%m-%dT%H:%M").ok().map(|date| date.and_utc().into())
    }

    /// `2026-12-19T09:30:00+00:00`, as az prints dates.
    pub fn iso(self) -> String {
        let date = self.utc();
        if !(0..=9999).contains(&date.year()) {
            return date.format("%Y-%m-%dT%H:%M:%S+00:00").to_string();
        }
        // A list of a hundred thousand secrets has a quarter of a million of these, and a pattern is read anew for each.
        let (year, month, day) = (date.year(), date.month(), date.day());
        let (hour, minute, second) = (date.hour(), date.minute(), date.second());
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}+00:00")
    }

    /// As chrono's UTC date; moments chrono cannot hold become its first or last one.
    pub fn utc(self) -> DateTime<Utc> {
        let far = if self.0 < 0 { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC };
        DateTime::from_timestamp_millis(self.0).unwrap_or(far)
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(date: DateTime<Utc>) -> Self {
        Self(date.timestamp_millis())
    }
}

/// In which zone dates are shown and typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// The computer's own.
    Local,
    /// Coordinated universal time: pictures and tests that must not depend on the computer.
    Utc,
}

impl Zone {
    /// What a clock in this zone shows at `moment`; at the ends of the calendar, what one of UTC shows.
    pub fn wall(self, moment: Timestamp) -> NaiveDateTime {
        let utc = moment.utc().naive_utc();
        match self {
            // chrono knows the offset of every year that is taken, and not of every year that a record can hold.
            Self::Local => shifted(utc, Local.offset_from_utc_datetime(&moment.clamped().utc().naive_utc()).fix()),
            Self::Utc => utc,
        }
    }

    /// The moment at which a clock in this zone shows `wall`; the earlier one when it shows it twice.
    pub fn moment(self, wall: NaiveDateTime) -> Timestamp {
        let as_utc = Timestamp::from(wall.and_utc());
        match self {
            Self::Local if as_utc == as_utc.clamped() => {
                let date = Local.from_local_datetime(&wall).earliest();
                date.map_or(as_utc, |date| date.with_timezone(&Utc).into())
            }
            Self::Local | Self::Utc => as_utc,
        }
    }

    /// `19 Dec 2026`.
    pub fn date(self, moment: Timestamp) -> String {
        self.wall(moment).format("%-d %b %Y").to_string()
    }

    /// `19 Dec 2026, 09:30`.
    pub fn date_and_time(self, moment: Timestamp) -> String {
        self.wall(moment).format("%-d %b %Y, %H:%M").to_string()
    }

    /// `09:30`.
    pub fn time(self, moment: Timestamp) -> String {
        self.wall(moment).format("%H:%M").to_string()
    }
}

/// What a clock shows that is ahead of UTC by `offset`; the same as UTC's where the calendar ends before.
fn shifted(utc: NaiveDateTime, offset: FixedOffset) -> NaiveDateTime {
    utc.checked_add_offset(offset).unwrap_or(utc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_before_1970_and_after_9999_are_refused() {
        // T5
        for taken in ["1970-01-01", "9999-12-31T23:59:59.999Z", "9999-12-31T23:59Z"] {
            assert!(Timestamp::parse(taken).is_ok(), "{taken}");
        }
        for far in [
            "1969-12-31",
            "1969-12-31T23:59Z",
            "1970-01-01T00:30:00+01:00",
            "+10000-01-01",
            "+262142-12-31T23:59Z",
            "-262143-01-01",
            "-0001-01-01T00:00Z",
            "9999-12-31T23:59:59-01:00",
        ] {
            assert_eq!(Timestamp::parse(far), Err(DateProblem::OutOfRange), "{far}");
        }
        assert_eq!(DateProblem::OutOfRange.to_string(), "expected a date in the years 1970 to 9999");
        assert_eq!(Timestamp::LATEST.iso(), "9999-12-31T23:59:59+00:00");
        assert_eq!(Timestamp::from_ms(Timestamp::LATEST.ms() + 1).admit(), Err(DateProblem::OutOfRange));
    }

    #[test]
    fn moments_that_old_records_can_hold_are_shown_in_every_zone() {
        // T5
        let ends = [DateTime::<Utc>::MIN_UTC.timestamp_millis(), DateTime::<Utc>::MAX_UTC.timestamp_millis()];
        for ms in [i64::MIN, i64::MAX, -1, 0, Timestamp::LATEST.ms()].into_iter().chain(ends) {
            let moment = Timestamp::from_ms(ms);
            for zone in [Zone::Local, Zone::Utc] {
                let wall = zone.wall(moment);
                assert!(!zone.date_and_time(moment).is_empty() && !moment.iso().is_empty());
                assert!(zone.moment(wall).ms_since(moment.utc().into()).abs() <= DAY_MS, "{wall}");
            }
            for hours in [-12, 14] {
                let offset = FixedOffset::east_opt(hours * 3_600).unwrap();
                let apart = shifted(moment.utc().naive_utc(), offset) - moment.utc().naive_utc();
                assert!(apart.num_hours().abs() <= hours.abs().into());
            }
        }
        assert_eq!(Timestamp::from_ms(i64::MIN).utc(), DateTime::<Utc>::MIN_UTC);
    }

    #[test]
    fn ninety_days_are_7776000_seconds() {
        // §2.3, recorded: 1579651794 − 1571875794
        assert_eq!(Timestamp::from_secs(1_571_875_794).plus_days(90).secs(), 1_579_651_794);
    }

    #[test]
    fn dates_are_read_as_az_reads_them_and_written_as_it_writes_them() {
        let read = |text| Timestamp::parse(text).ok().map(Timestamp::iso);
        for (text, iso) in [
            ("2026-12-19", "2026-12-19T00:00:00+00:00"),
            ("2026-12-19Z", "2026-12-19T00:00:00+00:00"),
            ("2026-12-19T09Z", "2026-12-19T09:00:00+00:00"),
            ("2026-12-19T09:30Z", "2026-12-19T09:30:00+00:00"),
            ("2026-12-19T09:30:07Z", "2026-12-19T09:30:07+00:00"),
            ("2026-12-19T09:30:07+02:00", "2026-12-19T07:30:07+00:00"),
        ] {
            assert_eq!(read(text).as_deref(), Some(iso), "{text}");
        }
        for text in ["", "tomorrow", "2026-13-01", "2026-12-19T09:30", "19.12.2026", "2026-12-19T25Z", "äöü-Z"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn dates_read_as_people_write_them() {
        let moment = Timestamp::from_secs(1_797_672_600);
        assert_eq!(Zone::Utc.date(moment), "19 Dec 2026");
        assert_eq!(Zone::Utc.date_and_time(moment), "19 Dec 2026, 09:30");
        assert_eq!(Zone::Utc.moment(Zone::Utc.wall(moment)), moment);
    }
}
