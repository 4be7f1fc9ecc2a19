//! Time as a value.

use chrono::{DateTime, Datelike as _, Local, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Timelike as _, Utc};
use serde::{Deserialize, Serialize};

/// A moment, in milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp(i64);

/// One day in milliseconds; retention counts in these (§2.3: `scheduledPurgeDate = deletedDate + days × 86400`).
pub const DAY_MS: i64 = 86_400_000;

impl Timestamp {
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

    /// Reads `2026-12-31` and `2026-12-31Z`, `2026-12-31T23Z`, `2026-12-31T23:59Z`, `2026-12-31T23:59:59Z`, or a date with its
    /// offset from UTC (RFC 3339): what az takes. `None` for anything else; there is no local time in it.
    pub fn parse(text: &str) -> Option<Self> {
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

    /// As chrono's UTC date; moments chrono cannot hold become its last one.
    pub fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or(DateTime::<Utc>::MAX_UTC)
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
    /// What a clock in this zone shows at `moment`.
    pub fn wall(self, moment: Timestamp) -> NaiveDateTime {
        match self {
            Self::Local => moment.utc().with_timezone(&Local).naive_local(),
            Self::Utc => moment.utc().naive_utc(),
        }
    }

    /// The moment at which a clock in this zone shows `wall`; the earlier one when it shows it twice.
    pub fn moment(self, wall: NaiveDateTime) -> Timestamp {
        match self {
            Self::Local => {
                let date = Local.from_local_datetime(&wall).earliest();
                date.map_or_else(|| wall.and_utc().into(), |date| date.with_timezone(&Utc).into())
            }
            Self::Utc => wall.and_utc().into(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ninety_days_are_7776000_seconds() {
        // §2.3, recorded: 1579651794 − 1571875794
        assert_eq!(Timestamp::from_secs(1_571_875_794).plus_days(90).secs(), 1_579_651_794);
    }

    #[test]
    fn dates_are_read_as_az_reads_them_and_written_as_it_writes_them() {
        let read = |text| Timestamp::parse(text).map(Timestamp::iso);
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
