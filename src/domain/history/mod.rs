//! Everything that was asked, in little room: what a page and a list of a million records are answered from.
//!
//! An entry is a few numbers; what is said again and again stands once in a table. Both only grow, so that a clone, which costs a
//! few pointers, stays as it is while the history goes on: at its newer end with what is asked, at its older end while the
//! past is being read.

mod build;
mod search;

use std::{fmt::Write as _, sync::Arc};

use imbl::Vector;

pub use self::{
    build::{HistoryBuilder, Noted},
    search::{Bin, Filter, Kind, Search, Who},
};
use super::{
    IdentityId, KeyKind, Operation, RegionName, Timestamp, VersionId, Zone,
    activity::{About, AboutRef, OutcomeRef, RecordRef, Via},
};

/// Everything that was asked, as far as it was read.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Which history this is: numbers of entries mean nothing in another.
    id: u64,
    tables: Tables,
    /// Oldest first.
    newer: Vector<Entry>,
    /// Newest first.
    older: Vector<Entry>,
    /// How far it reaches back.
    pub reach: Reach,
    /// What is wrong with it.
    pub faults: Arc<[Fault]>,
}

/// How far a history reaches back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// The past is still being read.
    #[default]
    Reading,
    /// To the oldest record that is kept.
    Whole,
}

/// Something that is wrong with what is kept of the activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Records were taken away, exchanged or changed between two that were asked then; `None`: at that end.
    Broken {
        /// Of which region; `None`: of what belongs to no region.
        region: Option<RegionName>,
        /// When the last one before it was asked.
        after: Option<Timestamp>,
        /// When the first one after it was asked.
        before: Option<Timestamp>,
    },
    /// What is kept in a region cannot be read.
    Lost {
        /// Of which region; `None`: of what belongs to no region.
        region: Option<RegionName>,
        /// Why, as a sentence.
        why: String,
    },
}

impl Fault {
    /// What is wrong, in a sentence.
    pub fn sentence(&self, zone: Zone) -> String {
        let place = |region: &Option<RegionName>| region.map_or("the store itself", RegionName::display);
        let moment =
            |moment: &Timestamp| format!("{}:{:02}", zone.date_and_time(*moment), moment.secs().rem_euclid(60));
        match self {
            Self::Broken { region, after, before } => {
                let place = place(region);
                let between = match (after, before) {
                    (Some(after), Some(before)) => format!("between {} and {}", moment(after), moment(before)),
                    (Some(after), None) => format!("after {}", moment(after)),
                    (None, Some(before)) => format!("before {}", moment(before)),
                    (None, None) => "somewhere".to_owned(),
                };
                format!(
                    "The activity of {place} is not as it was written {between}: records were taken away, exchanged or changed there."
                )
            }
            Self::Lost { region, why } => format!("Not all of the activity of {} can be read. {why}", place(region)),
        }
    }
}

/// Names an entry of one history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryId(i32);

/// How far somebody came through a history that goes on.
#[derive(Clone, Debug, Default)]
pub struct Cursor {
    history: Option<u64>,
    newer: usize,
    older: usize,
}

/// A record of a history, and where it is kept.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// What was asked and what came of it.
    pub record: RecordRef<'a>,
    /// Where it is kept: nothing else ever is.
    pub place: Place<'a>,
}

/// Where a record is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// In which part of the store: a region, or `global`.
    pub part: &'a str,
    /// In which chunk.
    pub sequence: u64,
    /// Which of its records it is.
    pub index: u32,
}

/// One record: numbers in tables but for the times.
#[derive(Clone, Copy, Debug)]
struct Entry {
    at_ms: i64,
    took_us: u32,
    caller: u32,
    vault: u32,
    object: u32,
    version: u32,
    about: u32,
    sequence: u32,
    index: u32,
    outcome: u16,
    part: u8,
    region: u8,
    key: u8,
    operation: u8,
    via: Via,
}

/// The number of what is not there, in every table.
const NONE: u8 = 0;

/// What entries say again and again. The first of each table stands for nothing.
#[derive(Clone, Debug, Default)]
struct Tables {
    callers: Vector<Caller>,
    vaults: Vector<Arc<str>>,
    objects: Vector<Arc<str>>,
    versions: Vector<VersionId>,
    outcomes: Vector<Refused>,
    parts: Vector<Arc<str>>,
    regions: Vector<RegionName>,
    keys: Vector<KeyKind>,
    abouts: Vector<About>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Caller {
    name: Arc<str>,
    identity: Option<IdentityId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Refused {
    status: u16,
    code: Arc<str>,
    inner: Option<Arc<str>>,
}

impl History {
    /// Which history it is: what is known of another means nothing in it.
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.newer.len() + self.older.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// An entry; `None` where it is of another history.
    pub fn get(&self, id: EntryId) -> Option<Asked<'_>> {
        let entry = match usize::try_from(id.0) {
            Ok(newer) => self.newer.get(newer),
            Err(_) => self.older.get((-1 - id.0) as usize),
        };
        entry.and_then(|entry| self.asked(entry))
    }

    /// Everything, oldest first.
    pub fn oldest_first(&self) -> impl Iterator<Item = Asked<'_>> {
        let all = self.older.iter().rev().chain(&self.newer);
        all.filter_map(|entry| self.asked(entry))
    }

    /// Everybody who asked, in the order of their names.
    pub fn callers(&self) -> Vec<Who> {
        let who = |caller: &Caller| Who { name: Arc::clone(&caller.name), identity: caller.identity };
        let named = self.tables.callers.iter().filter(|caller| !caller.name.is_empty());
        let mut callers: Vec<_> = named.map(who).collect();
        callers.sort();
        callers
    }

    /// When the oldest record was asked.
    pub fn since(&self) -> Option<Timestamp> {
        self.older.last().or(self.newer.front()).map(|entry| Timestamp::from_ms(entry.at_ms))
    }

    fn asked(&self, entry: &Entry) -> Option<Asked<'_>> {
        let Tables { callers, vaults, objects, versions, outcomes, parts, regions, keys, abouts } = &self.tables;
        let caller = callers.get(entry.caller as usize)?;
        let outcome = match place(entry.outcome.into()) {
            None => OutcomeRef::Done,
            Some(at) => {
                let Refused { status, code, inner } = outcomes.get(at)?;
                OutcomeRef::Refused { status: *status, code, inner: inner.as_deref() }
            }
        };
        let record = RecordRef {
            at: Timestamp::from_ms(entry.at_ms),
            caller: &caller.name,
            identity: caller.identity,
            via: entry.via,
            operation: *Operation::ALL.get(usize::from(entry.operation))?,
            vault: place(entry.vault).and_then(|at| vaults.get(at)).map(AsRef::as_ref),
            object: place(entry.object).and_then(|at| objects.get(at)).map(AsRef::as_ref),
            version: place(entry.version).and_then(|at| versions.get(at)).copied(),
            key: place(entry.key.into()).and_then(|at| keys.get(at)).copied(),
            region: place(entry.region.into()).and_then(|at| regions.get(at)).map(|region| region.as_str()),
            outcome,
            took_us: entry.took_us,
            about: place(entry.about).and_then(|at| abouts.get(at)).map_or(AboutRef::default(), About::by_ref),
        };
        let part = parts.get(usize::from(entry.part))?;
        Some(Asked { record, place: Place { part, sequence: entry.sequence.into(), index: entry.index } })
    }
}

impl Cursor {
    /// Whether it came through this history, or through none yet.
    pub fn is_of(&self, history: &History) -> bool {
        self.history.is_none_or(|id| id == history.id)
    }

    /// Hands on what it has not come through yet, at most so many, the newest first. Whether it came through all there is.
    pub fn go_on(&mut self, history: &History, most: usize, mut each: impl FnMut(&Asked<'_>)) -> bool {
        if !self.is_of(history) {
            *self = Self::default();
        }
        self.history = Some(history.id);
        let mut left = most;
        for (entries, done) in [(&history.newer, &mut self.newer), (&history.older, &mut self.older)] {
            let end = entries.len().min(done.saturating_add(left));
            let entries = entries.focus().narrow(*done..end);
            entries.into_iter().filter_map(|entry| history.asked(entry)).for_each(|asked| each(&asked));
            left -= end - *done;
            *done = end;
        }
        self.newer == history.newer.len() && self.older == history.older.len()
    }
}

/// The place in a table of a number; `None`: of nothing.
const fn place(number: u32) -> Option<usize> {
    match number {
        0 => None,
        number => Some(number as usize - 1),
    }
}

impl Place<'_> {
    /// What ties together what is told of one request: made of where its record is kept, in the form of a UUID (RFC 9562, version 8).
    #[expect(clippy::missing_panics_doc, reason = "the sentence in `expect` says why it does not happen")]
    pub fn correlation_id(&self) -> String {
        // FNV-1a, so that parts with like names differ.
        let part =
            self.part.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        let (index, sequence) = (self.index, self.sequence);
        let mut text = String::with_capacity(36);
        let written = write!(
            text,
            "{part:08x}-{:04x}-8{:03x}-{:04x}-{:012x}",
            index >> 12 & 0xffff,
            index & 0xfff,
            0x8000 | (sequence >> 48 & 0x3fff),
            sequence & 0xffff_ffff_ffff
        );
        written.expect("a text takes whatever is written");
        text
    }
}

#[cfg(test)]
mod tests;
