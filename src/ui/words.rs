//! Times in words: how long ago, how much is left, and when that text changes.

use std::time::Duration;

use super::scene::Scene;
pub(super) use crate::domain::refusal::grouped;
use crate::domain::{
    Refusal, Timestamp, Vault, VaultHead, Zone,
    rotation::{Period, Trigger},
    time::DAY_MS,
};

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// Clocks that are put right by less are no news.
const SLACK_MS: i64 = -MINUTE_MS;

/// `4 minutes ago`, `yesterday`, `14 days ago`, `2 months ago`; `in the future` for a moment that is still to come.
pub(super) fn ago(now: Timestamp, then: Timestamp) -> String {
    let ms = now.ms_since(then);
    let days = ms / DAY_MS;
    match ms {
        // The clock that stamped it was ahead, or the present one is behind (T6).
        ..SLACK_MS => "in the future".into(),
        SLACK_MS..MINUTE_MS => "just now".into(),
        ..HOUR_MS => count(ms / MINUTE_MS, "minute", " ago"),
        ..DAY_MS => count(ms / HOUR_MS, "hour", " ago"),
        _ if days == 1 => "yesterday".into(),
        _ if days < 60 => format!("{days} days ago"),
        _ if days < 365 => format!("{} months ago", days / 30),
        _ => count(days / 365, "year", " ago"),
    }
}

/// `today, 09:14`, `yesterday, 09:14`, `14 Oct 2026`.
pub(super) fn day(zone: Zone, now: Timestamp, then: Timestamp) -> String {
    let days = zone.wall(now).date().signed_duration_since(zone.wall(then).date()).num_days();
    match days {
        0 => format!("today, {}", zone.time(then)),
        1 => format!("yesterday, {}", zone.time(then)),
        _ => zone.date(then),
    }
}

/// How much of a retention is left: `60 days left`, `3 days 4 h left`, `5 h 12 min left`, `4 min 09 s left`.
pub(super) fn left(now: Timestamp, end: Timestamp) -> String {
    let ms = end.ms_since(now).max(0);
    let (days, hours) = (ms / DAY_MS, ms % DAY_MS / HOUR_MS);
    let (minutes, seconds) = (ms % HOUR_MS / MINUTE_MS, ms % MINUTE_MS / SECOND_MS);
    match ms {
        0 => "ends now".into(),
        ..HOUR_MS => format!("{minutes} min {seconds:02} s left"),
        ..DAY_MS => format!("{hours} h {minutes:02} min left"),
        _ if days < 7 => format!("{} {hours} h left", count(days, "day", "")),
        _ => format!("{days} days left"),
    }
}

/// `Expires in 6 days`, `Expires in 5 h`.
pub(super) fn expires_in(now: Timestamp, at: Timestamp) -> String {
    let ms = at.ms_since(now).max(0);
    match ms {
        ..HOUR_MS => format!("Expires in {} min", ms / MINUTE_MS + 1),
        ..DAY_MS => format!("Expires in {} h", ms / HOUR_MS),
        _ => format!("Expires in {}", count(ms / DAY_MS, "day", "")),
    }
}

/// What a simulated HSM is, honestly.
pub(super) const SIMULATED_HSM: &str = "Behaves as a key in an HSM does, and is none: it is guarded by this computer's \
                                        software like every other key here.";

/// A length of time: `14 days`, `5 hours`, `1 minute`.
pub(super) fn duration(ms: u64) -> String {
    let ms = i64::try_from(ms).unwrap_or(i64::MAX);
    match ms {
        ..HOUR_MS => count(ms / MINUTE_MS, "minute", ""),
        ..DAY_MS => count(ms / HOUR_MS, "hour", ""),
        _ => count(ms / DAY_MS, "day", ""),
    }
}

/// How far away a moment is: `in 41 days`, `in 5 h`, `now`.
pub(super) fn within(now: Timestamp, at: Timestamp) -> String {
    let ms = at.ms_since(now);
    match ms {
        ..=0 => "now".into(),
        ..HOUR_MS => format!("in {} min", ms / MINUTE_MS + 1),
        ..DAY_MS => format!("in {} h", ms / HOUR_MS),
        _ => format!("in {}", count(ms / DAY_MS, "day", "")),
    }
}

/// A length of time: `1 year 6 months`, `90 days`.
pub(super) fn period(period: Period) -> String {
    let iso = period.to_string();
    let parts = iso.trim_start_matches('P').split_inclusive(['Y', 'M', 'D']).filter_map(|part| {
        let (number, unit) = part.split_at(part.len().checked_sub(1)?);
        let noun = match unit {
            "Y" => "year",
            "M" => "month",
            _ => "day",
        };
        Some(counted(number.parse().ok()?, noun).replace(',', ""))
    });
    parts.collect::<Vec<_>>().join(" ")
}

/// The length of time that somebody wrote in words or as ISO 8601: `18 months`, `1 year 6 months`, `P90D`.
pub(super) fn parse_period(text: &str) -> Result<Period, Refusal> {
    let text = text.trim();
    if text.starts_with(['P', 'p']) {
        return Period::parse(text);
    }
    let bad = || Refusal::PeriodUnreadable { found: text.chars().take(40).collect() };
    let words: Vec<_> = text.split([' ', ',']).filter(|word| !word.is_empty() && *word != "and").collect();
    let mut iso = String::from("P");
    for pair in words.chunks(2) {
        let [number, unit] = *pair else { return Err(bad()) };
        let unit = match unit.to_ascii_lowercase().trim_end_matches('s') {
            "year" => 'Y',
            "month" => 'M',
            "week" => 'W',
            "day" => 'D',
            _ => return Err(bad()),
        };
        iso.push_str(number);
        iso.push(unit);
    }
    Period::parse(&iso).ok().ok_or_else(bad)
}

/// What an action of a rotation policy waits for: `18 months after creation`, `30 days before expiry`.
pub(super) fn trigger(trigger: Trigger) -> String {
    match trigger {
        Trigger::AfterCreate(after) => format!("{} after creation", period(after)),
        Trigger::BeforeExpiry(before) => format!("{} before expiry", period(before)),
    }
}

/// After how long [`left`] reads differently: countdowns tick at the pace of what they show.
pub(super) fn until_left_changes(now: Timestamp, end: Timestamp) -> Option<Duration> {
    let ms = end.ms_since(now);
    let step = match ms {
        ..=0 => return None,
        ..=HOUR_MS => SECOND_MS,
        ..=DAY_MS => MINUTE_MS,
        _ => HOUR_MS,
    };
    Some(Duration::from_millis((ms % step).unsigned_abs() + 1))
}

/// After how long [`ago`] reads differently.
pub(super) fn until_ago_changes(now: Timestamp, then: Timestamp) -> Duration {
    let ms = now.ms_since(then).max(0);
    let step = match ms {
        ..HOUR_MS => MINUTE_MS,
        ..DAY_MS => HOUR_MS,
        _ => DAY_MS,
    };
    Duration::from_millis((step - ms % step).unsigned_abs())
}

/// After how long [`expires_in`] reads differently; `None` once it has expired.
pub(super) fn until_expiry_changes(now: Timestamp, at: Timestamp) -> Option<Duration> {
    let ms = at.ms_since(now);
    let step = match ms {
        ..=0 => return None,
        ..=HOUR_MS => MINUTE_MS,
        ..=DAY_MS => HOUR_MS,
        _ => DAY_MS,
    };
    Some(Duration::from_millis((ms % step).unsigned_abs() + 1))
}

/// `1 secret`, `12 secrets`, `1,284 changes`.
pub(super) fn counted(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(number))
}

/// `512 B`, `18 KB`, `2.1 MB`.
pub(super) fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    let mut size = bytes as f64 / 1_000.0;
    if size < 1.0 {
        return format!("{bytes} B");
    }
    // What would be shown as a thousand is one of the next unit.
    let unit = UNITS.iter().take(UNITS.len() - 1).take_while(|_| {
        let is_larger = size >= 999.95;
        if is_larger {
            size /= 1_000.0;
        }
        is_larger
    });
    let unit = UNITS[unit.count()];
    if unit == "KB" { format!("{size:.0} {unit}") } else { format!("{size:.1} {unit}") }
}

/// `text` with a large letter at its beginning.
pub(super) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `12 secrets`, `12 secrets, 4 keys and 5 deleted`, `nothing`.
pub(super) fn holds(vault: &Vault) -> String {
    let kinds = [
        (vault.secrets.live_count(), vault.secrets.deleted_count(), "secret"),
        (vault.keys.live_count(), vault.keys.deleted_count(), "key"),
    ];
    let mut parts: Vec<_> =
        kinds.iter().filter(|(live, ..)| *live > 0).map(|(live, _, noun)| counted(*live, noun)).collect();
    let deleted: Vec<_> = kinds.iter().filter(|(_, deleted, _)| *deleted > 0).collect();
    match (&deleted[..], parts.is_empty()) {
        ([], _) => {}
        ([(_, deleted, noun)], true) => parts.push(counted(*deleted, &format!("deleted {noun}"))),
        (several, true) => {
            parts.extend(several.iter().map(|(_, count, noun)| counted(*count, &format!("deleted {noun}"))));
        }
        (several, false) => parts.push(format!("{} deleted", grouped(several.iter().map(|(_, count, _)| count).sum()))),
    }
    match &parts[..] {
        [] => "nothing".into(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// What purge protection means for a vault, in one sentence (S10).
pub(super) fn protection(scene: &Scene<'_>, head: &VaultHead) -> String {
    let until = head.retention.end(scene.now);
    format!(
        "Purge protection can never be switched off: nobody purges anything before its {} days of retention end, so a \
         name that is deleted today stays blocked until {}.",
        head.retention.get(),
        scene.zone.date(until)
    )
}

/// `20 Nov 2026, 15:02 (20 Nov 2026, 14:02:36 UTC)`: what stands behind a date, on hover.
pub(super) fn exact(zone: Zone, moment: Timestamp) -> String {
    format!("{} ({} UTC)", zone.date_and_time(moment), moment.utc().format("%-d %b %Y, %H:%M:%S"))
}

fn count(number: i64, noun: &str, after: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    #[test]
    fn the_past_is_told_in_words() {
        let table = [
            (0, "just now"),
            (-5, "just now"),
            (-61, "in the future"),
            (-50 * 365 * 86_400, "in the future"),
            (60, "1 minute ago"),
            (240, "4 minutes ago"),
            (7_200, "2 hours ago"),
            (86_400, "yesterday"),
            (14 * 86_400, "14 days ago"),
            (70 * 86_400, "2 months ago"),
            (400 * 86_400, "1 year ago"),
        ];
        for (secs, text) in table {
            assert_eq!(ago(at(secs), at(0)), text);
        }
    }

    #[test]
    fn a_length_of_time_is_told_in_its_largest_unit() {
        let table = [
            (61_000, "1 minute"),
            (2 * 3_600_000, "2 hours"),
            (91 * 86_400_000, "91 days"),
            (u64::MAX, "106751991167 days"),
        ];
        for (ms, text) in table {
            assert_eq!(duration(ms), text);
        }
    }

    #[test]
    fn a_size_is_told_in_the_unit_that_fits_it() {
        let table = [
            (0, "0 B"),
            (999, "999 B"),
            (18_400, "18 KB"),
            (999_960, "1.0 MB"),
            (2_100_000, "2.1 MB"),
            (5_700_000_000, "5.7 GB"),
        ];
        for (size, text) in table {
            assert_eq!(bytes(size), text);
        }
    }

    #[test]
    fn a_countdown_gets_finer_as_it_ends() {
        // G2
        let table = [
            (60 * 86_400, "60 days left"),
            (3 * 86_400 + 4 * 3_600, "3 days 4 h left"),
            (86_400, "1 day 0 h left"),
            (5 * 3_600 + 12 * 60, "5 h 12 min left"),
            (249, "4 min 09 s left"),
            (0, "ends now"),
        ];
        for (secs, text) in table {
            assert_eq!(left(at(0), at(secs)), text);
        }
    }

    #[test]
    fn a_countdown_asks_to_be_drawn_again_exactly_when_it_reads_differently() {
        for secs in [30, 3_599, 3_600, 3_601, 86_400, 90_000, 10 * 86_400] {
            let (now, end) = (at(0), at(secs));
            let wait = i64::try_from(until_left_changes(now, end).unwrap().as_millis()).unwrap();
            assert_ne!(left(now, end), left(now.plus_ms(wait), end), "{secs}");
        }
        assert_eq!(until_left_changes(at(10), at(5)), None);
    }

    #[test]
    fn words_for_the_past_and_for_expiries_are_renewed_when_they_change() {
        for secs in [0, 59, 60, 3_599, 3_600, 7_000, 86_399] {
            let (now, then) = (at(secs), at(0));
            let wait = i64::try_from(until_ago_changes(now, then).as_millis()).unwrap();
            assert_ne!(ago(now, then), ago(now.plus_ms(wait), then), "{secs}");
            assert_eq!(ago(now, then), ago(now.plus_ms(wait - 1), then), "{secs}");
        }
        for secs in [90, 3_601, 86_400, 90_000, 10 * 86_400] {
            let (now, end) = (at(0), at(secs));
            let wait = i64::try_from(until_expiry_changes(now, end).unwrap().as_millis()).unwrap();
            assert_ne!(expires_in(now, end), expires_in(now.plus_ms(wait), end), "{secs}");
        }
        assert_eq!(until_expiry_changes(at(10), at(5)), None);
    }
}
