//! From a typed text to what it means.

use crate::domain::{Timestamp, time::DateProblem};

/// A moment in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Moment(pub(in crate::cli) Timestamp);

/// A length of time, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Timespan(pub(in crate::cli) i64);

/// From when on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Since {
    /// From a moment on.
    Moment(Timestamp),
    /// The last so many seconds.
    Ago(i64),
}

pub(super) fn moment(text: &str) -> Result<Moment, String> {
    Timestamp::parse(text).map(Moment).map_err(|problem| problem.to_string())
}

/// `90d`, `12h`, `30m`, `45s`, and several in a row: `1d12h`.
pub(super) fn timespan(text: &str) -> Result<Timespan, String> {
    let expected = || "expected a length of time such as 90d, 12h, 30m or 1d12h".to_owned();
    let mut secs = 0_i64;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(expected)?;
        let (number, after) = rest.split_at(digits);
        let unit = match after.chars().next() {
            Some('d') => 86_400,
            Some('h') => 3_600,
            Some('m') => 60,
            Some('s') => 1,
            _ => return Err(expected()),
        };
        let part = number.parse::<i64>().ok().and_then(|number| number.checked_mul(unit)).ok_or_else(expected)?;
        // More than a thousand years is a slip of the finger.
        secs = secs.checked_add(part).filter(|secs| *secs <= 1_000 * 366 * 86_400).ok_or_else(expected)?;
        rest = &after[1..];
    }
    if secs == 0 { Err(expected()) } else { Ok(Timespan(secs)) }
}

pub(super) fn since(text: &str) -> Result<Since, String> {
    match Timestamp::parse(text) {
        Ok(moment) => return Ok(Since::Moment(moment)),
        Err(far @ DateProblem::OutOfRange) => return Err(far.to_string()),
        Err(DateProblem::Unreadable) => {}
    }
    timespan(text)
        .map(|Timespan(secs)| Since::Ago(secs))
        .ok()
        .ok_or_else(|| "expected a length of time such as 7d or 2h, or a UTC date such as 2026-12-31".to_owned())
}

/// `1s`, `500ms`: how long deriving a key shall take, from 10 milliseconds to a minute.
pub(super) fn duration(text: &str) -> Result<std::time::Duration, String> {
    let wrong = || "is no length of time from 10ms to 60s, such as 1s or 500ms".to_owned();
    let (number, scale) = match text.strip_suffix("ms") {
        Some(number) => (number, 1),
        None => (text.strip_suffix('s').ok_or_else(wrong)?, 1_000),
    };
    let ms = number.parse::<u64>().ok().and_then(|number| number.checked_mul(scale)).ok_or_else(wrong)?;
    if (10..=60_000).contains(&ms) { Ok(std::time::Duration::from_millis(ms)) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_with_their_units_and_nothing_else_is() {
        assert_eq!(timespan("90d"), Ok(Timespan(90 * 86_400)));
        assert_eq!(timespan("1d12h30m5s"), Ok(Timespan(86_400 + 12 * 3_600 + 30 * 60 + 5)));
        for text in ["", "0d", "90", "d", "5w", "-1d", "1.5d", "99999999999999999999d", "9999999d", "1dé"] {
            assert!(timespan(text).is_err(), "{text}");
        }
    }
}
