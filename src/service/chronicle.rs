//! All of the activity in memory, when somebody asks for it: read from the newest back, a piece at a time, and kept up to date.

use std::{collections::VecDeque, sync::Arc};

use super::{ActivityMark, Service, ServiceError, activity_chunk};
use crate::{
    domain::{
        Caller, Operation, RegionName, Target, Timestamp,
        activity::Record,
        history::{Fault, History, HistoryBuilder, Noted},
    },
    store::{ActivityBreak, ChainCheck, Partition, Store},
};

/// Nothing until somebody asks.
#[derive(Default)]
pub(super) struct Chronicle {
    book: Option<Book>,
    /// How many there were.
    count: u64,
}

struct Book {
    builder: HistoryBuilder,
    sources: Vec<Source>,
}

/// The past of one part of the store.
struct Source {
    partition: Partition,
    /// The chunks that were not read yet.
    unread: std::ops::Range<u64>,
    /// So many chunks are read at a time.
    wide: u64,
    /// What was read and stands in no history yet, newest first.
    noted: VecDeque<Noted>,
    check: ChainCheck,
    /// When the oldest record that was read was asked.
    oldest: Option<Timestamp>,
}

/// About so many records of a part are read at a time.
const PIECE: u64 = 2_000;
/// So many chunks at most.
const MOST_CHUNKS: u64 = 256;

impl Chronicle {
    /// Begins to read, unless that has been done.
    pub(super) fn begin(&mut self, store: &Store) {
        if self.book.is_some() {
            return;
        }
        self.count += 1;
        let source = |partition: Partition| Source {
            unread: store.activity_range(&partition),
            // The newest may hold as many as fit into one.
            wide: 1,
            noted: VecDeque::new(),
            check: ChainCheck::default(),
            oldest: None,
            partition,
        };
        let sources = store.partitions().into_iter().map(source).collect();
        self.book = Some(Book { builder: HistoryBuilder::new(self.count), sources });
    }

    /// Reads it anew, where somebody asked for it: something of it was forgotten.
    pub(super) fn begin_again(&mut self, store: &Store) {
        if self.book.take().is_some() {
            self.begin(store);
        }
    }

    /// What was read, if anybody asked for it.
    pub(super) fn history(&self) -> Option<History> {
        self.book.as_ref().map(|book| book.builder.history())
    }

    /// Whether there is more to read.
    pub(super) fn is_reading(&self) -> bool {
        self.book.as_ref().is_some_and(|book| book.builder.is_reading())
    }

    /// Reads about so many records more. Whether there are still more.
    pub(super) fn read_on(&mut self, store: &Store, records: usize) -> bool {
        let Some(book) = self.book.as_mut().filter(|book| book.builder.is_reading()) else { return false };
        book.read_on(store, records)
    }

    /// These became durable as a chunk of their own.
    pub(super) fn append(&mut self, partition: &Partition, sequence: u64, records: &[Arc<Record>]) {
        let Some(Book { builder, .. }) = &mut self.book else { return };
        for (index, record) in records.iter().enumerate() {
            let noted = builder.note(partition.as_str(), sequence, index as u32, &record.by_ref());
            builder.push_newer(noted);
        }
    }
}

impl Book {
    fn read_on(&mut self, store: &Store, records: usize) -> bool {
        let Self { builder, sources } = self;
        for _ in 0..records {
            for source in sources.iter_mut() {
                source.fill(store, builder);
            }
            // Of all parts the newest record is next.
            let newest = sources.iter_mut().filter_map(|source| Some((source.noted.front()?.at_ms(), source)));
            let Some((_, source)) = newest.max_by_key(|(at_ms, _)| *at_ms) else {
                builder.end();
                return false;
            };
            builder.push_older(source.noted.pop_front().expect("it was looked at just above"));
        }
        true
    }
}

impl Source {
    /// Makes sure that the next record is there, if there is one.
    fn fill(&mut self, store: &Store, builder: &mut HistoryBuilder) {
        while self.noted.is_empty() && !self.unread.is_empty() {
            let piece = self.unread.end.saturating_sub(self.wide).max(self.unread.start)..self.unread.end;
            let read = store.activity(&self.partition, piece.clone()).map_err(ServiceError::from);
            let noted = read.and_then(|chunks| {
                chunks.iter().try_for_each(|chunk| {
                    let broken = self.check.take(&self.partition, chunk);
                    let records = chunk.body().and_then(activity_chunk::decode);
                    if let (Some(broken), Ok(records)) = (broken, &records) {
                        let after = records.iter().map(|record| record.at).max();
                        builder.push_fault(fault_of(&broken, after, self.oldest));
                    }
                    let mut records = records?;
                    // Of one moment the last was noted last.
                    let noted = records.iter_mut().enumerate();
                    let part = self.partition.as_str();
                    let mut noted: Vec<_> =
                        noted.map(|(index, record)| builder.note(part, chunk.sequence, index as u32, record)).collect();
                    noted.sort_by_key(Noted::at_ms);
                    if let Some(oldest) = noted.first() {
                        self.oldest = Some(Timestamp::from_ms(oldest.at_ms()));
                    }
                    self.noted.extend(noted.into_iter().rev());
                    Ok(())
                })
            });
            self.unread.end = piece.start;
            match noted {
                Ok(()) => {
                    let chunks = piece.end - piece.start;
                    self.wide = (PIECE * chunks / (self.noted.len() as u64).max(1)).clamp(1, MOST_CHUNKS);
                }
                Err(error) => {
                    // What is older cannot be told either: between it and what was read something is missing.
                    self.unread = 0..0;
                    builder.push_fault(Fault::Lost { region: region_of(&self.partition), why: error.to_string() });
                }
            }
            if self.unread.is_empty()
                && let Some(broken) = store.end_chain(&self.partition, &self.check)
            {
                builder.push_fault(fault_of(&broken, None, self.oldest));
            }
        }
    }
}

/// Everything that was asked.
impl Service {
    /// Has all of the activity read: begun now, gone on with by [`Service::read_activity_on`].
    pub fn begin_activity(&mut self) {
        self.chronicle.begin(&self.store);
    }

    /// Reads about so many records more of what [`Service::begin_activity`] began with. Whether there are still more.
    pub fn read_activity_on(&mut self, records: usize) -> bool {
        self.chronicle.read_on(&self.store, records)
    }

    /// Whether [`Service::read_activity_on`] has something to do.
    pub fn is_reading_activity(&self) -> bool {
        self.chronicle.is_reading()
    }

    /// Everything that was asked, for `caller`; recorded, once for each opening of a list (T11).
    pub fn read_activity(&mut self, caller: &Caller) -> Result<History, ServiceError> {
        self.read(caller, Operation::ActivityRead, &Target::Subscription, |service, _| Ok(service.history()))
    }

    /// The same for a window, which goes on looking: [`Service::read_activity_on`] reads the past.
    pub fn open_activity(&mut self, caller: &Caller) -> Result<(), ServiceError> {
        self.read(caller, Operation::ActivityRead, &Target::Subscription, |service, _| {
            service.begin_activity();
            Ok(())
        })
    }

    /// Everything that was asked, all of it; what waits to be written is written first, where the disk takes it.
    pub fn history(&mut self) -> History {
        drop(self.flush());
        self.begin_activity();
        while self.read_activity_on(usize::MAX) {}
        self.chronicle.history().unwrap_or_default()
    }

    /// Where the chain of the activity does not hold, after every chunk was read (T3).
    pub fn check_activity(&self) -> Vec<Fault> {
        // Read anew: what is in memory was looked at once.
        let mut chronicle = Chronicle::default();
        chronicle.begin(&self.store);
        while chronicle.read_on(&self.store, usize::MAX) {}
        chronicle.history().map(|history| history.faults.to_vec()).unwrap_or_default()
    }

    /// Everything that was asked after `mark`, oldest first, however far back that is; moves `mark` to the end.
    pub fn activity_after(&self, mark: &mut ActivityMark) -> Result<Vec<Record>, ServiceError> {
        let mut found: Vec<Record> = Vec::new();
        for partition in self.store.partitions() {
            let all = self.store.activity_range(&partition);
            let seen = mark.0.insert(partition.clone(), all.end).unwrap_or_default();
            for chunk in self.store.activity(&partition, seen..all.end)?.iter().rev() {
                found.extend(activity_chunk::decode_owned(chunk.body()?)?);
            }
        }
        found.sort_by_key(|record| record.at);
        Ok(found)
    }
}

impl ActivityMark {
    /// Everything that is in the store now was seen.
    pub fn now(service: &Service) -> Self {
        let end = |partition: Partition| (partition.clone(), service.store.activity_range(&partition).end);
        Self(service.store.partitions().into_iter().map(end).collect())
    }
}

fn fault_of(broken: &ActivityBreak, after: Option<Timestamp>, before: Option<Timestamp>) -> Fault {
    Fault::Broken { region: region_of(&broken.partition), after, before }
}

fn region_of(partition: &Partition) -> Option<RegionName> {
    RegionName::parse(partition.as_str()).ok()
}
