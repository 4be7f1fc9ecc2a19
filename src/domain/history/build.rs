//! How a history comes to be: entries at both ends, what they say in tables.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use imbl::Vector;

use super::{Caller, Entry, Fault, History, NONE, Reach, Refused};
use crate::domain::{
    IdentityId, KeyKind, RegionName, VersionId,
    activity::{About, AboutRef, OutcomeRef, Record, RecordRef},
};

/// Grows a history.
#[derive(Default)]
pub struct HistoryBuilder {
    history: History,
    callers: HashMap<Arc<str>, Vec<(Option<IdentityId>, u32)>>,
    vaults: HashMap<Arc<str>, u32>,
    objects: HashMap<Arc<str>, u32>,
    versions: HashMap<VersionId, u32>,
    outcomes: HashMap<Refused, u32>,
    parts: HashMap<Arc<str>, u32>,
    regions: HashMap<Arc<str>, u32>,
    keys: HashMap<KeyKind, u32>,
    abouts: HashMap<About, u32>,
    faults: Vec<Fault>,
}

/// An entry of a builder's history that does not stand in it yet.
#[derive(Clone, Copy, Debug)]
pub struct Noted(Entry);

impl Noted {
    /// When it was asked, in Unix milliseconds.
    pub const fn at_ms(&self) -> i64 {
        self.0.at_ms
    }
}

impl HistoryBuilder {
    /// An empty history, told from others by `id`.
    pub fn new(id: u64) -> Self {
        Self { history: History { id, ..History::default() }, ..Self::default() }
    }

    /// The history of these records, which are kept nowhere.
    pub fn of<'a>(records: impl IntoIterator<Item = &'a Record>) -> History {
        let mut builder = Self::new(0);
        for (index, record) in records.into_iter().enumerate() {
            let noted = builder.note("", 0, index as u32, &record.by_ref());
            builder.push_newer(noted);
        }
        builder.end();
        builder.history()
    }

    /// The history as it is now.
    pub fn history(&self) -> History {
        self.history.clone()
    }

    /// Takes down a record, which is kept in a part of the store, in a chunk, as one of its records.
    pub fn note(&mut self, part: &str, sequence: u64, index: u32, record: &RecordRef<'_>) -> Noted {
        let Self { history: History { tables, .. }, .. } = self;
        let RecordRef {
            at,
            caller,
            identity,
            via,
            operation,
            vault,
            object,
            version,
            key,
            region,
            outcome,
            took_us,
            about,
        } = *record;
        let namesakes = self.callers.get(caller).into_iter().flatten();
        let caller = namesakes.into_iter().find(|(found, _)| *found == identity).map(|(_, number)| *number);
        let caller = caller.unwrap_or_else(|| {
            let name: Arc<str> = record.caller.into();
            let number = tables.callers.len() as u32;
            tables.callers.push_back(Caller { name: Arc::clone(&name), identity });
            self.callers.entry(name).or_default().push((identity, number));
            number
        });
        let outcome = match outcome {
            OutcomeRef::Done => 0,
            OutcomeRef::Refused { status, code, inner } => {
                let refused = Refused { status, code: code.into(), inner: inner.map(Into::into) };
                1 + number_of(&mut self.outcomes, &mut tables.outcomes, refused)
            }
        };
        let few = |number: u32| u8::try_from(number).unwrap_or(NONE);
        let region = region.and_then(|text| {
            if let Some(number) = self.regions.get(text) {
                return Some(*number);
            }
            let region = RegionName::parse(text).ok()?;
            tables.regions.push_back(region);
            let number = tables.regions.len() as u32;
            self.regions.insert(text.into(), number);
            Some(number)
        });
        Noted(Entry {
            at_ms: at.ms(),
            took_us,
            caller,
            vault: vault.map_or(0, |vault| 1 + text_number(&mut self.vaults, &mut tables.vaults, vault)),
            object: object.map_or(0, |object| 1 + text_number(&mut self.objects, &mut tables.objects, object)),
            version: version.map_or(0, |version| 1 + number_of(&mut self.versions, &mut tables.versions, version)),
            about: if about == AboutRef::default() {
                0
            } else {
                1 + number_of(&mut self.abouts, &mut tables.abouts, about.to_about())
            },
            sequence: u32::try_from(sequence).unwrap_or(u32::MAX),
            index,
            outcome: u16::try_from(outcome).unwrap_or(u16::MAX),
            part: few(text_number(&mut self.parts, &mut tables.parts, part)),
            region: region.map_or(NONE, few),
            key: key.map_or(NONE, |key| few(1 + number_of(&mut self.keys, &mut tables.keys, key))),
            // In the order of the list of all operations, of which there are fewer than 256.
            operation: operation as u8,
            via,
        })
    }

    /// Puts an entry at the newer end.
    pub fn push_newer(&mut self, noted: Noted) {
        self.history.newer.push_back(noted.0);
    }

    /// Puts an entry at the older end.
    pub fn push_older(&mut self, noted: Noted) {
        self.history.older.push_back(noted.0);
    }

    /// Something is wrong with what is kept.
    pub fn push_fault(&mut self, fault: Fault) {
        self.faults.push(fault);
        self.history.faults = self.faults.as_slice().into();
    }

    /// The oldest record that is kept is there.
    pub fn end(&mut self) {
        self.history.reach = Reach::Whole;
    }

    /// Whether the past is still to be read.
    pub fn is_reading(&self) -> bool {
        self.history.reach == Reach::Reading
    }
}

fn number_of<T: Clone + Eq + Hash>(numbers: &mut HashMap<T, u32>, table: &mut Vector<T>, of: T) -> u32 {
    if let Some(number) = numbers.get(&of) {
        return *number;
    }
    let number = table.len() as u32;
    table.push_back(of.clone());
    numbers.insert(of, number);
    number
}

fn text_number(numbers: &mut HashMap<Arc<str>, u32>, table: &mut Vector<Arc<str>>, of: &str) -> u32 {
    match numbers.get(of) {
        Some(number) => *number,
        None => number_of(numbers, table, of.into()),
    }
}
