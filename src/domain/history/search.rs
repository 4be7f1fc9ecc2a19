//! Finding in a history: in pieces, so that nothing waits for a million records, and only what is new when there is more.

use std::{collections::BTreeMap, ops::Range, sync::Arc};

use imbl::Vector;

use super::{Entry, EntryId, History, place};
use crate::domain::{IdentityId, Operation, Timestamp, VaultName, operation::Effect};

/// Which records are wanted. Empty: all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Asked then or later.
    pub from: Option<Timestamp>,
    /// Asked before then.
    pub to: Option<Timestamp>,
    /// Of this kind.
    pub kind: Kind,
    /// Asked by somebody of this name or object id, in any case.
    pub identity: Option<String>,
    /// Asked of this vault.
    pub vault: Option<VaultName>,
    /// Asked of the object of this name, in any case.
    pub object: Option<String>,
    /// One of these operations, where any is named.
    pub operations: Vec<Operation>,
    /// Words, each of which stands somewhere in operation, vault, object, identity, refusal, or whom and what it was about, in any case.
    pub text: String,
}

/// Which records are wanted, by what they did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// All.
    #[default]
    All,
    /// What changed something, or tried to.
    Writes,
    /// What was refused.
    Refused,
    /// What was done.
    Done,
}

/// Somebody who asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Who {
    /// Their name, as it was then.
    pub name: Arc<str>,
    /// Their object id; `None`: the service itself.
    pub identity: Option<IdentityId>,
}

/// How much was asked in a while.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bin {
    /// So many records.
    pub all: u32,
    /// So many of these were refused.
    pub refused: u32,
}

/// What of a history a filter admits, newest first.
#[derive(Clone, Debug)]
pub struct Search {
    filter: Filter,
    history: Option<u64>,
    words: Vec<String>,
    /// Which words each name contains, a bit for each; as long as the table was when it was looked at.
    callers: Masks,
    vaults: Masks,
    objects: Masks,
    outcomes: Masks,
    abouts: Masks,
    operations: Vec<Option<u32>>,
    /// Of the newer entries, oldest first.
    newer: Vec<i32>,
    /// Of the older ones, newest first.
    older: Vec<i32>,
    done_newer: usize,
    done_older: usize,
    bin_ms: i64,
    bins: BTreeMap<i64, Bin>,
}

/// Which words each of a table contains; `None`: it is not wanted at all.
type Masks = Vec<Option<u32>>;

/// No more words than this are looked for.
const MOST_WORDS: usize = 32;

impl Search {
    /// A search that has not looked at anything yet. Counts how much was asked in each `bin_ms` milliseconds.
    pub fn new(filter: Filter, bin_ms: i64) -> Self {
        let words: Vec<_> = filter.text.split_whitespace().take(MOST_WORDS).map(str::to_lowercase).collect();
        let operation = |operation: &Operation| {
            let is_wanted = filter.operations.is_empty() || filter.operations.contains(operation);
            let is_kind = filter.kind != Kind::Writes || operation.effect() != Effect::Reads;
            (is_wanted && is_kind).then(|| {
                let (name, title) = (operation.audit_name().to_lowercase(), operation.title().to_lowercase());
                mask_of(&words, &[&name, &title])
            })
        };
        let operations = Operation::ALL.iter().map(operation).collect();
        Self {
            filter,
            history: None,
            words,
            callers: Masks::new(),
            vaults: Masks::new(),
            objects: Masks::new(),
            outcomes: Masks::new(),
            abouts: Masks::new(),
            operations,
            newer: Vec::new(),
            older: Vec::new(),
            done_newer: 0,
            done_older: 0,
            bin_ms: bin_ms.max(1),
            bins: BTreeMap::new(),
        }
    }

    /// What is looked for.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Looks at what it has not looked at yet, at most at so many records; the newest first. Whether it has seen all there is.
    pub fn look(&mut self, history: &History, most: usize) -> bool {
        if self.history != Some(history.id) {
            *self = Self::new(std::mem::take(&mut self.filter), self.bin_ms);
            self.history = Some(history.id);
        }
        self.learn(history);
        let wide = |done: usize, there: usize, most: usize| done..there.min(done.saturating_add(most));
        let newer = wide(self.done_newer, history.newer.len(), most);
        let older = wide(self.done_older, history.older.len(), most - newer.len());
        self.sift(&history.newer, newer.clone(), |place| place, |search| &mut search.newer);
        self.sift(&history.older, older.clone(), |place| -1 - place, |search| &mut search.older);
        (self.done_newer, self.done_older) = (newer.end, older.end);
        newer.end == history.newer.len() && older.end == history.older.len()
    }

    /// How many were found so far.
    pub fn len(&self) -> usize {
        self.newer.len() + self.older.len()
    }

    /// Whether none was found so far.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One of those that were found, newest first.
    pub fn get(&self, row: usize) -> Option<EntryId> {
        let newer = self.newer.len();
        let found = if row < newer { self.newer.get(newer - 1 - row) } else { self.older.get(row - newer) };
        found.copied().map(EntryId)
    }

    /// In which row an entry stands, if it was found.
    pub fn row_of(&self, EntryId(id): EntryId) -> Option<usize> {
        if id < 0 {
            let place = self.older.binary_search_by(|found| id.cmp(found)).ok()?;
            return Some(self.newer.len() + place);
        }
        let place = self.newer.binary_search(&id).ok()?;
        Some(self.newer.len() - 1 - place)
    }

    /// How much was asked, by the number of the while since 1970.
    pub fn bins(&self) -> &BTreeMap<i64, Bin> {
        &self.bins
    }

    /// How long each while is, in milliseconds.
    pub const fn bin_ms(&self) -> i64 {
        self.bin_ms
    }

    /// Everything that was found, oldest first.
    pub fn oldest_first(&self) -> impl Iterator<Item = EntryId> + '_ {
        self.older.iter().rev().chain(&self.newer).copied().map(EntryId)
    }

    /// Looks at names that were not there yet.
    fn learn(&mut self, history: &History) {
        let Self { filter, words, callers, vaults, objects, outcomes, abouts, .. } = self;
        let tables = &history.tables;
        for caller in tables.callers.iter().skip(callers.len()) {
            let id = caller.identity.map(|id| id.to_string()).unwrap_or_default();
            let is_wanted = filter.identity.as_ref().is_none_or(|wanted| {
                caller.name.to_lowercase() == wanted.to_lowercase() || id.eq_ignore_ascii_case(wanted)
            });
            callers.push(is_wanted.then(|| mask_of(words, &[&caller.name.to_lowercase(), &id])));
        }
        for vault in tables.vaults.iter().skip(vaults.len()) {
            let is_wanted = filter.vault.as_ref().is_none_or(|wanted| wanted.as_str().eq_ignore_ascii_case(vault));
            vaults.push(is_wanted.then(|| mask_of(words, &[&vault.to_lowercase()])));
        }
        for object in tables.objects.iter().skip(objects.len()) {
            let is_wanted = filter.object.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(object));
            objects.push(is_wanted.then(|| mask_of(words, &[&object.to_lowercase()])));
        }
        for refused in tables.outcomes.iter().skip(outcomes.len()) {
            let texts = [refused.code.to_lowercase(), refused.inner.as_deref().unwrap_or_default().to_lowercase()];
            outcomes.push(Some(mask_of(words, &[&texts[0], &texts[1], &refused.status.to_string()])));
        }
        for about in tables.abouts.iter().skip(abouts.len()) {
            let subject = about.subject.as_ref();
            let name = subject.map(|subject| subject.name.to_lowercase()).unwrap_or_default();
            let id = subject.map(|subject| subject.id.to_string()).unwrap_or_default();
            let detail = about.detail.as_deref().unwrap_or_default().to_lowercase();
            abouts.push(Some(mask_of(words, &[&name, &id, &detail])));
        }
    }

    fn sift(
        &mut self,
        entries: &Vector<Entry>,
        range: Range<usize>,
        id: fn(i32) -> i32,
        into: fn(&mut Self) -> &mut Vec<i32>,
    ) {
        let mut found = std::mem::take(into(self));
        let mut bin: Option<(i64, Bin)> = None;
        // An entry is far larger than its number, so the memory ends before the numbers do.
        let first = i32::try_from(range.start).unwrap_or(i32::MAX);
        for (place, entry) in (first..).zip(entries.focus().narrow(range)) {
            if self.admits(entry) {
                found.push(id(place));
                let number = entry.at_ms.div_euclid(self.bin_ms);
                if bin.is_none_or(|(current, _)| current != number) {
                    self.put_bin(bin.take());
                    bin = Some((number, Bin::default()));
                }
                if let Some((_, counted)) = &mut bin {
                    counted.all += 1;
                    counted.refused += u32::from(entry.outcome != 0);
                }
            }
        }
        self.put_bin(bin);
        *into(self) = found;
    }

    fn put_bin(&mut self, bin: Option<(i64, Bin)>) {
        if let Some((number, Bin { all, refused })) = bin {
            let counted = self.bins.entry(number).or_default();
            counted.all += all;
            counted.refused += refused;
        }
    }

    fn admits(&self, entry: &Entry) -> bool {
        let Filter { from, to, kind, vault, object, .. } = &self.filter;
        let is_kind = match kind {
            Kind::All | Kind::Writes => true,
            Kind::Refused => entry.outcome != 0,
            Kind::Done => entry.outcome == 0,
        };
        if !is_kind || from.is_some_and(|from| entry.at_ms < from.ms()) || to.is_some_and(|to| to.ms() <= entry.at_ms) {
            return false;
        }
        // What names no vault is none of the wanted one's.
        let of = |masks: &Masks, number: u32, is_asked: bool| match place(number) {
            None => (!is_asked).then_some(0),
            Some(at) => masks.get(at).copied().flatten(),
        };
        let masks = [
            self.operations.get(usize::from(entry.operation)).copied().flatten(),
            self.callers.get(entry.caller as usize).copied().flatten(),
            of(&self.vaults, entry.vault, vault.is_some()),
            of(&self.objects, entry.object, object.is_some()),
            of(&self.outcomes, entry.outcome.into(), false),
            of(&self.abouts, entry.about, false),
        ];
        let wanted = (1_u64 << self.words.len()) - 1;
        let found = masks.into_iter().try_fold(0, |found, mask| Some(found | mask?));
        found.is_some_and(|found| u64::from(found) & wanted == wanted)
    }
}

/// Which of the words stand in one of these texts, which are in lower case.
fn mask_of(words: &[String], texts: &[&str]) -> u32 {
    let stands = |word: &&String| texts.iter().any(|text| text.contains(word.as_str()));
    words.iter().enumerate().filter(|(_, word)| stands(word)).fold(0, |mask, (place, _)| mask | 1 << place)
}

impl Filter {
    /// Whether everything is wanted.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
