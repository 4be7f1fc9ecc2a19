//! Which records the Activity page shows, found a piece at a time.

use crate::domain::{
    Timestamp,
    cost::Ledger,
    history::{Bin, EntryId, Filter, History, Kind, Search, Who},
    time::DAY_MS,
};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// So many records are looked at in one frame: a few milliseconds.
pub const PIECE: usize = 200_000;

/// How far back the page reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Span {
    /// The last hour.
    Hour,
    /// The last day.
    #[default]
    Day,
    /// The last seven days.
    Week,
    /// Everything that is kept.
    All,
}

impl Span {
    /// How long it is, in milliseconds, and how long each bar of the drawing; `None`: as long as there is something.
    const fn lengths(self) -> (Option<i64>, i64) {
        match self {
            Self::Hour => (Some(HOUR_MS), MINUTE_MS),
            Self::Day => (Some(DAY_MS), 15 * MINUTE_MS),
            Self::Week => (Some(7 * DAY_MS), 2 * HOUR_MS),
            Self::All => (None, HOUR_MS),
        }
    }
}

/// A bar of the drawing: how much was asked in a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// When the while begins.
    pub from: Timestamp,
    /// When it ends.
    pub to: Timestamp,
    /// How much.
    pub bin: Bin,
}

/// What the Activity page remembers: what was typed and chosen, and what was found by it.
#[derive(Default)]
pub struct ActivityListing {
    /// What was typed into the filter.
    pub text: String,
    /// How far back it reaches.
    pub span: Span,
    /// What the records did.
    pub kind: Kind,
    /// Only what one asked.
    pub who: Option<Who>,
    /// The record whose details are shown.
    pub selected: Option<EntryId>,
    search: Option<Search>,
    history: u64,
}

impl ActivityListing {
    /// What is looked for at `now`. It moves on by the minute.
    pub fn filter(&self, now: Timestamp) -> Filter {
        let (length, _) = self.span.lengths();
        let from = length.map(|length| {
            let from = now.ms() - length;
            Timestamp::from_ms(from - from.rem_euclid(MINUTE_MS))
        });
        // Somebody without an object id goes by the name.
        let identity =
            self.who.as_ref().map(|who| who.identity.map_or_else(|| who.name.to_string(), |id| id.to_string()));
        Filter { from, kind: self.kind, identity, text: self.text.trim().to_owned(), ..Filter::default() }
    }

    /// Looks on; whether everything was looked at.
    pub fn look(&mut self, history: &History, now: Timestamp, most: usize) -> bool {
        if std::mem::replace(&mut self.history, history.id()) != history.id() {
            self.selected = None;
        }
        let filter = self.filter(now);
        let (_, step) = self.span.lengths();
        if self.search.as_ref().is_none_or(|search| *search.filter() != filter) {
            self.search = Some(Search::new(filter, step));
        }
        self.search.as_mut().is_some_and(|search| search.look(history, most))
    }

    /// How many were found.
    pub fn len(&self) -> usize {
        self.search.as_ref().map_or(0, Search::len)
    }

    /// Whether none was found.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The record in a row, newest first.
    pub fn get(&self, row: usize) -> Option<EntryId> {
        self.search.as_ref()?.get(row)
    }

    /// The row of the record whose details are shown, if it was found.
    pub fn selected_row(&self) -> Option<usize> {
        self.search.as_ref()?.row_of(self.selected?)
    }

    /// How much was asked, from the oldest to now, at most `most` bars for everything that is kept.
    pub fn columns(&self, history: &History, now: Timestamp, most: i64) -> Vec<Column> {
        let Some(search) = &self.search else { return Vec::new() };
        let (length, step) = self.span.lengths();
        let step = if length.is_some() {
            step
        } else {
            let past = history.since().map_or(0, |since| now.ms_since(since)).max(1);
            let steps = [HOUR_MS, 6 * HOUR_MS, DAY_MS, 7 * DAY_MS, 28 * DAY_MS];
            steps.into_iter().find(|step| past / step < most).unwrap_or(365 * DAY_MS)
        };
        let last = now.ms().div_euclid(step);
        let first = match (length, history.since()) {
            (Some(length), _) => last - length / step + 1,
            (None, since) => since.map_or(last, |since| since.ms().div_euclid(step)).min(last).max(last - most + 1),
        };
        let mut columns: Vec<_> = (first..=last)
            .map(|number| Column {
                from: Timestamp::from_ms(number * step),
                to: Timestamp::from_ms((number + 1) * step),
                bin: Bin::default(),
            })
            .collect();
        for (number, bin) in search.bins() {
            let place = (number * search.bin_ms()).div_euclid(step) - first;
            if let Some(column) = usize::try_from(place).ok().and_then(|place| columns.get_mut(place)) {
                column.bin.all += bin.all;
                column.bin.refused += bin.refused;
            }
        }
        columns
    }

    /// Whether anything was typed or chosen that leaves records out.
    pub fn is_narrowed(&self) -> bool {
        !self.text.trim().is_empty() || self.kind != Kind::All || self.who.is_some() || self.span != Span::All
    }

    /// Shows everything again.
    pub fn widen(&mut self) {
        let selected = self.selected;
        *self = Self { span: Span::All, selected, ..Self::default() };
    }
}

/// What the Cost page remembers.
#[derive(Default)]
pub struct CostListing {
    /// What was counted.
    pub ledger: Ledger,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        IdentityId, Operation,
        activity::{Outcome, Record, Via},
        history::HistoryBuilder,
    };

    fn asked(at_ms: i64, is_refused: bool) -> Record {
        let refused = Outcome::Refused { status: 403, code: "Forbidden".into(), inner: None };
        Record {
            at: Timestamp::from_ms(at_ms),
            caller: "Developer".into(),
            identity: Some(IdentityId::DEVELOPER),
            via: Via::Window,
            operation: Operation::VaultGet,
            vault: None,
            object: None,
            version: None,
            key: None,
            region: None,
            outcome: if is_refused { refused } else { Outcome::Done },
            took_us: 1,
            about: crate::domain::activity::About::default(),
        }
    }

    #[test]
    fn the_bars_hold_exactly_what_the_rows_show() {
        let now = Timestamp::from_secs(1_797_672_600);
        let minutes = [0, 1, 59, 61, 600, 1_439, 1_441, 9_000, 20_000];
        let records: Vec<_> = minutes.iter().rev().map(|ago| asked(now.ms() - ago * MINUTE_MS, ago % 2 == 1)).collect();
        let history = HistoryBuilder::of(&records);
        for (span, shown, bars) in [(Span::Hour, 3, 60), (Span::Day, 6, 96), (Span::Week, 8, 84), (Span::All, 9, 56)] {
            let mut listing = ActivityListing { span, ..ActivityListing::default() };
            while !listing.look(&history, now, 2) {}
            let columns = listing.columns(&history, now, 100);
            assert_eq!((listing.len(), columns.len()), (shown, bars), "{span:?}");
            // The oldest minute of a span may lie before its first bar.
            let counted: u32 = columns.iter().map(|column| column.bin.all).sum();
            assert!((shown as u32 - 1..=shown as u32).contains(&counted), "{span:?}: {counted}");
            assert!(columns.windows(2).all(|pair| pair[0].to == pair[1].from));
        }
    }

    #[test]
    fn what_is_chosen_narrows_and_widening_shows_all() {
        let now = Timestamp::from_secs(1_797_672_600);
        let history = HistoryBuilder::of(&[asked(now.ms() - 9 * DAY_MS, true), asked(now.ms(), false)]);
        let mut listing = ActivityListing::default();
        assert!(listing.look(&history, now, PIECE));
        assert_eq!(listing.len(), 1);
        listing.kind = Kind::Refused;
        assert!(listing.look(&history, now, PIECE));
        assert!(listing.is_empty());
        listing.widen();
        assert!(listing.look(&history, now, PIECE));
        assert_eq!((listing.len(), listing.is_narrowed()), (2, false));
    }
}
