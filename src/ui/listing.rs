//! Tables that are filtered and sorted when something changed, not in every frame.

use std::{cmp::Ordering, sync::Arc};

use memchr::memchr2_iter;

use super::{listed::Listed, scene::Ticked};
use crate::domain::{
    Deleted, Deletion, Key, KeyKind, ObjectName, Secret, Shelf, Timestamp, Vault, VaultObject, secret::Standing,
    shelf::Named, soft_delete::Kind,
};

/// Which of them are shown.
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
    Type,
    Protection,
    Status,
    Operations,
    Rotates,
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
pub type SecretListing = Listing<Secret>;
/// The rows of the table of keys.
pub type KeyListing = Listing<Key>;

/// The rows of a table of what a vault holds.
pub struct Listing<T: Named> {
    /// What was typed into the filter: matches names, tags and what else a kind says of itself.
    pub filter: String,
    /// Which of them are shown.
    pub segment: Segment,
    /// The order.
    pub sort: Sort,
    made: Option<Made<T>>,
    rows: Vec<Arc<T>>,
    last_found: usize,
}

impl<T: Named> Default for Listing<T> {
    fn default() -> Self {
        Self {
            filter: String::new(),
            segment: Segment::default(),
            sort: Sort::default(),
            made: None,
            rows: Vec::new(),
            last_found: 0,
        }
    }
}

/// What the rows were made from.
struct Made<T: Named> {
    shelf: Shelf<T>,
    filter: String,
    segment: Segment,
    sort: Sort,
    minute: i64,
}

impl<T: Listed> Listing<T> {
    /// The rows for what `shelf` holds at `now`; made anew only when something changed.
    pub fn rows(&mut self, shelf: &Shelf<T>, now: Timestamp) -> &[Arc<T>] {
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
                self.rows.retain(|item| item.matches(&needle));
            } else {
                let is_shown = |item: &&Arc<T>| item.matches(&needle) && is_in(segment, item.as_ref(), now);
                self.rows = shelf.live().filter(is_shown).cloned().collect();
                sort(&mut self.rows, self.sort, now);
            }
            let (filter, sort) = (self.filter.clone(), self.sort);
            self.made = Some(Made { shelf: shelf.clone(), filter, segment, sort, minute });
        }
        &self.rows
    }

    /// The rows as they were made last.
    pub fn shown(&self) -> &[Arc<T>] {
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

/// Something that has a bin.
pub trait Bin: Clone {
    /// A deleted thing.
    type Row: BinRow;

    /// Whether nothing was deleted, recovered or purged between these two.
    fn is_same(&self, other: &Self) -> bool;

    /// Everything that is deleted.
    fn deleted(&self) -> Vec<Self::Row>;
}

/// A deleted thing in a bin.
pub trait BinRow: Clone {
    /// Its name.
    fn name(&self) -> &str;

    /// What tells it from all others in its bin.
    fn key(&self) -> String;

    /// When it was deleted, and until when it is kept.
    fn deletion(&self) -> &Deletion;
}

impl Bin for Shelf<Vault> {
    type Row = Arc<Deleted<Vault>>;

    fn is_same(&self, other: &Self) -> bool {
        Self::is_same(self, other)
    }

    fn deleted(&self) -> Vec<Self::Row> {
        Self::deleted(self).cloned().collect()
    }
}

impl BinRow for Arc<Deleted<Vault>> {
    fn name(&self) -> &str {
        self.item.name().as_str()
    }

    fn key(&self) -> String {
        self.item.name().as_str().to_owned()
    }

    fn deletion(&self) -> &Deletion {
        &self.deletion
    }
}

/// The bin of a vault, with everything it holds.
#[derive(Clone, Default)]
pub struct VaultBin {
    secrets: Shelf<Secret>,
    keys: Shelf<Key>,
}

/// A deleted object of a vault. A secret and a key may have the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeletedObject {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: ObjectName,
    /// When it was deleted, and until when it is kept.
    pub deletion: Deletion,
}

impl VaultBin {
    /// That of `vault`.
    pub fn of(vault: &Vault) -> Self {
        Self::seen(vault, [true; 2])
    }

    /// That of `vault`, as far as its secrets and its keys may be seen.
    pub fn seen(vault: &Vault, [secrets, keys]: [bool; 2]) -> Self {
        Self {
            secrets: if secrets { vault.secrets.clone() } else { Shelf::default() },
            keys: if keys { vault.keys.clone() } else { Shelf::default() },
        }
    }

    /// How much is in it.
    pub fn count(&self) -> usize {
        self.secrets.deleted_count() + self.keys.deleted_count()
    }
}

impl Bin for VaultBin {
    type Row = DeletedObject;

    fn is_same(&self, other: &Self) -> bool {
        self.secrets.is_same(&other.secrets) && self.keys.is_same(&other.keys)
    }

    fn deleted(&self) -> Vec<DeletedObject> {
        fn of<T: VaultObject>(shelf: &Shelf<T>) -> impl Iterator<Item = DeletedObject> {
            shelf.deleted().map(|deleted| DeletedObject {
                kind: T::KIND,
                name: deleted.item.name().clone(),
                deletion: deleted.deletion.clone(),
            })
        }
        of(&self.secrets).chain(of(&self.keys)).collect()
    }
}

impl BinRow for DeletedObject {
    fn name(&self) -> &str {
        self.name.as_str()
    }

    fn key(&self) -> String {
        format!("{}/{}", self.kind.title(), self.name.as_str())
    }

    fn deletion(&self) -> &Deletion {
        &self.deletion
    }
}

/// The rows of a bin.
pub struct BinListing<B: Bin> {
    /// What was typed into the filter.
    pub filter: String,
    /// What is ticked, by key.
    pub ticked: Ticked,
    made: Option<(B, String)>,
    rows: Vec<B::Row>,
}

impl<B: Bin> Default for BinListing<B> {
    fn default() -> Self {
        Self { filter: String::new(), ticked: Ticked::new(), made: None, rows: Vec::new() }
    }
}

impl<B: Bin> BinListing<B> {
    /// The deleted things of `bin` that the filter lets through, those that end soonest first; made anew only when
    /// something changed. What left the bin is ticked no more.
    pub fn rows(&mut self, bin: &B) -> &[B::Row] {
        let is_fresh = self.made.as_ref().is_some_and(|(made, filter)| made.is_same(bin) && *filter == self.filter);
        if !is_fresh {
            let needle = self.filter.trim().to_lowercase();
            let mut rows = bin.deleted();
            let there: Ticked = rows.iter().map(BinRow::key).collect();
            self.ticked.retain(|key| there.contains(key));
            rows.retain(|row| contains(row.name(), &needle));
            let key = |row: &B::Row| row.deletion().scheduled_purge;
            rows.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.name().cmp(b.name())));
            self.rows = rows;
            self.made = Some((bin.clone(), self.filter.clone()));
        }
        &self.rows
    }

    /// The rows of the last [`BinListing::rows`] that are ticked: what is filtered away is not meant.
    pub fn ticked_rows(&self) -> Vec<&B::Row> {
        let is_ticked = |row: &&B::Row| self.ticked.contains(&row.key());
        if self.ticked.is_empty() { Vec::new() } else { self.rows.iter().filter(is_ticked).collect() }
    }
}

/// Whether `text` contains `needle`, which is in lower case, in any case.
pub(super) fn contains(text: &str, needle: &str) -> bool {
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

fn is_in<T: Listed>(segment: Segment, item: &T, now: Timestamp) -> bool {
    match segment {
        Segment::All => true,
        Segment::Expiring => matches!(item.standing(now), Standing::ExpiresSoon { .. } | Standing::Expired { .. }),
        Segment::Disabled => item.standing(now) == Standing::Disabled,
    }
}

fn sort<T: Listed>(rows: &mut [Arc<T>], sort: Sort, now: Timestamp) {
    let far = |moment: Option<Timestamp>| moment.unwrap_or(Timestamp::from_ms(i64::MAX));
    let compare = |a: &Arc<T>, b: &Arc<T>| -> Ordering {
        match sort.column {
            Column::Name => Ordering::Equal,
            Column::Type => a.kind().cmp(&b.kind()),
            Column::Protection => {
                let protection = |item: &T| item.kind().map(KeyKind::protection);
                protection(a).cmp(&protection(b))
            }
            Column::Operations => a.operations().cmp(&b.operations()),
            Column::Rotates => far(a.rotates()).cmp(&far(b.rotates())),
            Column::Status => a.standing(now).cmp(&b.standing(now)),
            Column::Expires => far(a.expires()).cmp(&far(b.expires())),
            Column::Updated => b.updated().cmp(&a.updated()),
            Column::Versions => a.version_count().cmp(&b.version_count()),
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
mod tests;
