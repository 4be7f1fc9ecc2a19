//! Tables that are filtered and sorted when something changed, not in every frame.

use std::{cmp::Ordering, sync::Arc};

use memchr::memchr2_iter;

use super::scene::Ticked;
use crate::domain::{Deleted, Deletion, ObjectName, Secret, Shelf, Timestamp, secret::Standing, shelf::Named};

/// Which secrets are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Segment {
    /// All of them.
    #[default]
    All,
    /// Those that expired or will soon.
    Expiring,
    /// Those whose value is refused.
    Disabled,
}

/// A column to sort by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as in the table's head")]
pub enum Column {
    #[default]
    Name,
    Status,
    Expires,
    Updated,
    Versions,
}

/// A column and a direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub column: Column,
    /// Which way.
    pub direction: Direction,
}

/// Which way a table is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants speak for themselves")]
pub enum Direction {
    #[default]
    Ascending,
    Descending,
}

impl Sort {
    /// The sort after a click on the head of `column`: the same one turns round.
    #[must_use]
    pub fn clicked(self, column: Column) -> Self {
        let direction = match (self.column == column, self.direction) {
            (true, Direction::Ascending) => Direction::Descending,
            _ => Direction::Ascending,
        };
        Self { column, direction }
    }
}

/// The rows of the table of secrets.
#[derive(Default)]
pub struct SecretListing {
    /// What was typed into the filter: matches names, content types and tags.
    pub filter: String,
    /// Which secrets are shown.
    pub segment: Segment,
    /// The order.
    pub sort: Sort,
    made: Option<Made>,
    rows: Vec<Arc<Secret>>,
    last_found: usize,
}

/// What the rows were made from.
struct Made {
    shelf: Shelf<Secret>,
    filter: String,
    segment: Segment,
    sort: Sort,
    minute: i64,
}

impl SecretListing {
    /// The rows for what `shelf` holds at `now`; made anew only when something changed.
    pub fn rows(&mut self, shelf: &Shelf<Secret>, now: Timestamp) -> &[Arc<Secret>] {
        let minute = now.secs().div_euclid(60);
        let is_fresh = self.made.as_ref().is_some_and(|made| {
            // Names do not age; standings do, by the minute.
            let is_timeless = self.segment != Segment::Expiring && self.sort.column != Column::Status;
            made.shelf.is_same(shelf)
                && made.filter == self.filter
                && made.segment == self.segment
                && made.sort == self.sort
                && (is_timeless || made.minute == minute)
        });
        if !is_fresh {
            let needle = self.filter.trim().to_lowercase();
            let segment = self.segment;
            // One more letter typed: what was not found before is not found now.
            let is_narrower = self.made.as_ref().is_some_and(|made| {
                made.shelf.is_same(shelf)
                    && made.segment == segment
                    && made.sort == self.sort
                    && made.minute == minute
                    && needle.contains(&made.filter.trim().to_lowercase())
            });
            if is_narrower {
                self.rows.retain(|secret| matches(secret, &needle));
            } else {
                let is_shown = |secret: &&Arc<Secret>| matches(secret, &needle) && is_in(segment, secret, now);
                self.rows = shelf.live().filter(is_shown).cloned().collect();
                sort(&mut self.rows, self.sort, now);
            }
            let (filter, sort) = (self.filter.clone(), self.sort);
            self.made = Some(Made { shelf: shelf.clone(), filter, segment, sort, minute });
        }
        &self.rows
    }

    /// The rows as they were made last.
    pub fn shown(&self) -> &[Arc<Secret>] {
        &self.rows
    }

    /// Where `name` is among the rows. Looks where it was before first: most frames cost no search.
    pub fn position(&mut self, name: &ObjectName) -> Option<usize> {
        if self.rows.get(self.last_found).is_some_and(|row| row.name() == name) {
            return Some(self.last_found);
        }
        let found = self.rows.iter().position(|row| row.name() == name)?;
        self.last_found = found;
        Some(found)
    }

    /// Where the row that was looked for last is, or was: the keyboard goes on from there.
    pub fn last_position(&self) -> usize {
        self.last_found.min(self.rows.len().saturating_sub(1))
    }
}

/// The rows of a bin.
pub struct BinListing<T: Named> {
    /// What was typed into the filter.
    pub filter: String,
    /// What is ticked, by name.
    pub ticked: Ticked,
    made: Option<(Shelf<T>, String)>,
    rows: Vec<Arc<Deleted<T>>>,
}

impl<T: Named> Default for BinListing<T> {
    fn default() -> Self {
        Self { filter: String::new(), ticked: Ticked::new(), made: None, rows: Vec::new() }
    }
}

impl<T: Named<Name: AsRef<str>>> BinListing<T> {
    /// The deleted things of `shelf` that the filter lets through, those that end soonest first; made anew only when
    /// something changed. What left the bin is ticked no more.
    pub fn rows(&mut self, shelf: &Shelf<T>) -> &[Arc<Deleted<T>>] {
        let is_fresh = self.made.as_ref().is_some_and(|(made, filter)| made.is_same(shelf) && *filter == self.filter);
        if !is_fresh {
            let needle = self.filter.trim().to_lowercase();
            let is_shown = |deleted: &&Arc<Deleted<T>>| contains(deleted.item.name().as_ref(), &needle);
            self.rows = shelf.deleted().filter(is_shown).cloned().collect();
            let key = |deletion: &Deletion| deletion.scheduled_purge;
            self.rows
                .sort_by(|a, b| key(&a.deletion).cmp(&key(&b.deletion)).then_with(|| a.item.name().cmp(b.item.name())));
            let there: Ticked = shelf.deleted().map(|deleted| deleted.item.name().as_ref().to_owned()).collect();
            self.ticked.retain(|name| there.contains(name));
            self.made = Some((shelf.clone(), self.filter.clone()));
        }
        &self.rows
    }

    /// The rows of the last [`BinListing::rows`] that are ticked: what is filtered away is not meant.
    pub fn ticked_rows(&self) -> Vec<&Arc<Deleted<T>>> {
        let is_ticked = |deleted: &&Arc<Deleted<T>>| self.ticked.contains(deleted.item.name().as_ref());
        if self.ticked.is_empty() { Vec::new() } else { self.rows.iter().filter(is_ticked).collect() }
    }
}

fn matches(secret: &Secret, needle: &str) -> bool {
    if needle.is_empty() || contains(secret.name().as_str(), needle) {
        return true;
    }
    let current = secret.current();
    let content_type = current.content_type.as_ref().map_or("", |content_type| content_type.as_str());
    contains(content_type, needle)
        || current.tags.iter().any(|(name, value)| contains(name, needle) || contains(value, needle))
}

/// Whether `text` contains `needle`, which is in lower case, in any case.
fn contains(text: &str, needle: &str) -> bool {
    if !text.is_ascii() {
        return text.to_lowercase().contains(needle);
    }
    let Some((first, rest)) = needle.as_bytes().split_first() else { return true };
    let text = text.as_bytes();
    let Some(last_begin) = text.len().checked_sub(needle.len()) else { return false };
    // The first letter alone rules nearly every place out.
    memchr2_iter(*first, first.to_ascii_uppercase(), &text[..=last_begin])
        .any(|at| text[at + 1..][..rest.len()].eq_ignore_ascii_case(rest))
}

fn is_in(segment: Segment, secret: &Secret, now: Timestamp) -> bool {
    match segment {
        Segment::All => true,
        Segment::Expiring => {
            matches!(secret.current().standing(now), Standing::ExpiresSoon { .. } | Standing::Expired { .. })
        }
        Segment::Disabled => secret.current().standing(now) == Standing::Disabled,
    }
}

fn sort(rows: &mut [Arc<Secret>], sort: Sort, now: Timestamp) {
    let by_expiry = |secret: &Secret| secret.current().validity.expires().unwrap_or(Timestamp::from_ms(i64::MAX));
    let compare = |a: &Arc<Secret>, b: &Arc<Secret>| -> Ordering {
        match sort.column {
            Column::Name => Ordering::Equal,
            Column::Status => a.current().standing(now).cmp(&b.current().standing(now)),
            Column::Expires => by_expiry(a).cmp(&by_expiry(b)),
            Column::Updated => b.current().updated.cmp(&a.current().updated),
            Column::Versions => a.versions().len().cmp(&b.versions().len()),
        }
    };
    // The shelf is in order of names, and sorting is stable: equal rows stay in that order.
    if sort.column != Column::Name {
        rows.sort_by(compare);
    }
    if sort.direction == Direction::Descending {
        rows.reverse();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_finds_in_any_case() {
        assert!(contains("Db-Password", "db-p"));
        assert!(contains("Größe", "größ"));
        assert!(!contains("db", "dbx"));
        assert!(contains("anything", ""));
    }

    #[test]
    fn a_bin_shows_first_what_ends_first_and_forgets_ticks_of_what_left() {
        use crate::domain::{ObjectName, RetentionDays, SecretVersion, VersionId, secret::SecretDraft};
        let mut shelf = Shelf::default();
        for (name, deleted) in [("late", 20), ("early", 10), ("other", 15)] {
            let version =
                SecretVersion::new(VersionId::from_bytes([0; 16]), SecretDraft::default(), Timestamp::from_secs(0));
            let secret = Arc::new(Secret::new(ObjectName::parse(name).unwrap(), version));
            let deletion = Deletion::new(Timestamp::from_secs(deleted), RetentionDays::LEAST, "Developer");
            shelf.put_deleted(secret, deletion);
        }
        let mut listing = BinListing::<Secret>::default();
        let names =
            |rows: &[Arc<Deleted<Secret>>]| rows.iter().map(|row| row.item.name().to_string()).collect::<Vec<_>>();
        assert_eq!(names(listing.rows(&shelf)), ["early", "other", "late"]);
        listing.ticked.extend(["early".to_owned(), "late".to_owned()]);
        listing.filter = "LAT".into();
        assert_eq!(names(listing.rows(&shelf)), ["late"]);
        assert_eq!(listing.ticked_rows().len(), 1);
        shelf.remove(&ObjectName::parse("late").unwrap());
        listing.rows(&shelf);
        assert_eq!(listing.ticked.iter().collect::<Vec<_>>(), ["early"]);
    }

    #[test]
    fn typing_on_finds_what_a_fresh_look_finds() {
        use crate::domain::{SecretVersion, VersionId, properties::Tags, secret::SecretDraft};
        let mut shelf = Shelf::default();
        for number in 0..60_u8 {
            let name = ObjectName::parse(&format!("Service-{number}-db")).unwrap();
            let tags = Tags::parse([("owner".into(), format!("team {}", number % 7))]).unwrap();
            let draft = SecretDraft { tags, ..SecretDraft::default() };
            let set = Timestamp::from_secs(i64::from(number % 5));
            shelf.put(Arc::new(Secret::new(name, SecretVersion::new(VersionId::from_bytes([number; 16]), draft, set))));
        }
        let now = Timestamp::from_secs(100);
        let mut typed = SecretListing::default();
        let mut seen = Vec::new();
        for (filter, column) in [
            ("", Column::Name),
            ("s", Column::Name),
            ("SE", Column::Name),
            ("service-1", Column::Name),
            ("service-1", Column::Updated),
            ("service-12", Column::Updated),
            ("1", Column::Updated),
            (" team 3 ", Column::Updated),
            ("team 3x", Column::Updated),
            ("", Column::Updated),
        ] {
            (typed.filter, typed.sort.column) = (filter.into(), column);
            let mut fresh = SecretListing { filter: filter.into(), sort: typed.sort, ..SecretListing::default() };
            assert_eq!(typed.rows(&shelf, now), fresh.rows(&shelf, now), "{filter}");
            seen.push(typed.shown().len());
        }
        assert_eq!(seen, [60, 60, 60, 11, 11, 1, 22, 9, 0, 60]);
    }

    #[test]
    fn a_second_click_on_a_head_turns_the_order_round() {
        let sort = Sort::default().clicked(Column::Updated);
        assert_eq!(sort, Sort { column: Column::Updated, direction: Direction::Ascending });
        assert_eq!(sort.clicked(Column::Updated).direction, Direction::Descending);
        assert_eq!(sort.clicked(Column::Updated).clicked(Column::Name).direction, Direction::Ascending);
    }
}
