//! When something happened in the demo's past.

use chrono::NaiveTime;
use serde::Deserialize;

use super::Numbers;
use crate::domain::{Timestamp, Zone};

/// A moment, seen from the end of the past.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub(super) enum When {
    /// So many days later, negative: earlier, at a time of the day.
    Day { later: i64, at: NaiveTime },
    /// So many milliseconds earlier.
    Ago { ms: i64 },
}

/// A moment that does not read like one.
#[derive(Debug, thiserror::Error)]
#[error("“{0}” is no moment: write “3 days ago, 09:14”, “in 6 days, 18:00” or “2 hours 5 minutes ago”")]
pub(super) struct NoMoment(String);

impl TryFrom<String> for When {
    type Error = NoMoment;

    fn try_from(text: String) -> Result<Self, NoMoment> {
        let read = || {
            if let Some((day, at)) = text.split_once(", ") {
                let at = NaiveTime::parse_from_str(at, "%H:%M").ok()?;
                let later = match *day.split(' ').collect::<Vec<_>>() {
                    [number, "day" | "days", "ago"] => -number.parse::<i64>().ok()?,
                    ["in", number, "day" | "days"] => number.parse().ok()?,
                    _ => return None,
                };
                return Some(Self::Day { later, at });
            }
            let parts: Vec<_> = text.strip_suffix(" ago")?.split(' ').collect();
            let minutes = parts.chunks(2).map(|part| {
                let [number, unit] = *part else { return None };
                let minutes = match unit.trim_end_matches('s') {
                    "day" => 24 * 60,
                    "hour" => 60,
                    "minute" => 1,
                    _ => return None,
                };
                Some(number.parse::<i64>().ok()? * minutes)
            });
            Some(Self::Ago { ms: minutes.sum::<Option<i64>>()? * 60_000 })
        };
        read().ok_or(NoMoment(text))
    }
}

impl When {
    pub(super) fn seen_from(self, end: Timestamp, zone: Zone) -> Timestamp {
        match self {
            Self::Day { later, at } => {
                let midnight = zone.wall(end).date() + chrono::TimeDelta::days(later);
                zone.moment(midnight.and_time(at))
            }
            Self::Ago { ms } => end.plus_ms(-ms),
        }
    }

    /// People do not work by the full minute.
    pub(super) fn some_seconds_later(self, numbers: &mut Numbers) -> Self {
        let ms = (numbers.next() % 60_000).cast_signed();
        match self {
            Self::Day { later, at } => Self::Day { later, at: at + chrono::TimeDelta::milliseconds(ms) },
            Self::Ago { ms: ago } => Self::Ago { ms: ago + ms },
        }
    }
}
