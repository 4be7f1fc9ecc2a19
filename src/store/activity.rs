//! The chain of a partition's activity: each chunk carries the keyed tag of the one before it.
//!
//! Counts and digests in the head tell that something is wrong with the chunks of a file. The chain tells where, and it binds
//! the order of what was appended, whoever put it there.

use std::fmt;
use std::ops::{ControlFlow, Range};

use zeroize::Zeroizing;

use crate::crypto::NotAuthentic;

use super::engine::{Address, Records};
use super::head::Head;
use super::seals::Seals;
use super::shield::Fault;
use super::{Partition, StoreError};

/// What a chunk and all before it come to.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct ActivityTag(pub(super) [u8; 32]);

/// A chunk as it was appended.
pub struct ActivityChunk {
    /// Its place: the first is 0, and none is ever used twice.
    pub sequence: u64,
    content: Content,
    joint: Joint,
}

/// Two chunks that do not follow each other as they were appended.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{} does not follow", self.place())]
pub struct ActivityBreak {
    /// Of which partition.
    pub partition: Partition,
    /// The last chunk before it; `None`: it lies before the oldest that is kept.
    pub after: Option<u64>,
    /// The first chunk after it; `None`: it lies after the newest that is there.
    pub before: Option<u64>,
}

/// How far the check of a chain has come, from newer to older chunks.
#[derive(Clone, Debug, Default)]
pub struct ChainCheck(Option<Joint>);

/// What a chunk says of the one before it, and what it comes to itself.
#[derive(Clone, Copy, Debug)]
struct Joint {
    sequence: u64,
    /// `None`: a program wrote it that kept no chain.
    previous: Option<ActivityTag>,
    tag: ActivityTag,
}

enum Content {
    Known(Zeroizing<Vec<u8>>),
    /// Framed by a later program.
    Later(u8),
}

/// A chunk that is chained begins with this, which no chunk did before there was a chain.
const CHAINED: u8 = 0;
/// The frame that this program writes.
const FRAME_VERSION: u8 = 1;
/// What the frame takes, in bytes.
pub(super) const FRAME_LEN: usize = 34;

impl ActivityChunk {
    /// What was appended.
    pub fn body(&self) -> Result<&[u8], StoreError> {
        match &self.content {
            Content::Known(body) => Ok(body),
            Content::Later(found) => Err(StoreError::NewerActivity { found: *found, known: FRAME_VERSION }),
        }
    }

    pub(super) fn into_body(self) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        match self.content {
            Content::Known(body) => Ok(body),
            Content::Later(found) => Err(StoreError::NewerActivity { found, known: FRAME_VERSION }),
        }
    }

    /// The chunk in this sealed record.
    pub(super) fn open(seals: &Seals, sequence: u64, sealed: &[u8]) -> Result<Self, NotAuthentic> {
        let plain = seals.open(&seals.activity(sequence), sealed)?;
        let tag = seals.activity_tag(sequence, &plain);
        let (previous, content) = match plain.as_slice() {
            [CHAINED, FRAME_VERSION, rest @ ..] => {
                let (previous, body) = rest.split_first_chunk().ok_or(NotAuthentic)?;
                (Some(ActivityTag(*previous)), Content::Known(Zeroizing::new(body.to_vec())))
            }
            // Whatever later programs do, the tag of the chunk before stands here.
            [CHAINED, version, rest @ ..] => {
                let (previous, _) = rest.split_first_chunk().ok_or(NotAuthentic)?;
                (Some(ActivityTag(*previous)), Content::Later(*version))
            }
            _ => (None, Content::Known(plain)),
        };
        Ok(Self { sequence, content, joint: Joint { sequence, previous, tag } })
    }

    pub(super) fn tag(&self) -> ActivityTag {
        self.joint.tag
    }
}

impl fmt::Debug for ActivityChunk {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ActivityChunk").field("sequence", &self.sequence).finish_non_exhaustive()
    }
}

impl ChainCheck {
    /// Takes the chunk that comes next, going back in time; where it does not stand before the one that was taken last, between
    /// which two it broke.
    pub fn take(&mut self, partition: &Partition, chunk: &ActivityChunk) -> Option<ActivityBreak> {
        self.take_joint(partition, chunk.joint)
    }

    fn take_joint(&mut self, partition: &Partition, older: Joint) -> Option<ActivityBreak> {
        let newer = self.0.replace(older)?;
        let follows = older.sequence + 1 == newer.sequence
            && match newer.previous {
                Some(previous) => previous == older.tag,
                // Once there is a chain, every chunk is part of it.
                None => older.previous.is_none(),
            };
        let found = || ActivityBreak {
            partition: partition.clone(),
            after: Some(older.sequence),
            before: Some(newer.sequence),
        };
        (!follows).then(found)
    }

    /// Compares the oldest chunk that was taken with what the head states of those that were forgotten.
    pub(super) fn end(&self, partition: &Partition, head: &Head) -> Option<ActivityBreak> {
        let oldest = self.0?;
        let forgotten = head.forgotten;
        let follows =
            oldest.sequence == forgotten.count && oldest.previous.is_none_or(|previous| previous == forgotten.tag);
        let found = || ActivityBreak { partition: partition.clone(), after: None, before: Some(oldest.sequence) };
        (!follows).then(found)
    }
}

impl ActivityBreak {
    fn new(seals: &Seals, after: Option<u64>, before: Option<u64>) -> Self {
        Self { partition: seals.partition.clone(), after, before }
    }

    /// Where it is: `the activity of westeurope between its chunks 3 and 5`.
    pub(super) fn place(&self) -> String {
        let Self { partition, after, before } = self;
        match (after, before) {
            (Some(after), Some(before)) => {
                format!("the activity of {partition} between its chunks {after} and {before}")
            }
            (Some(after), None) => format!("the activity of {partition} after its chunk {after}"),
            (None, Some(before)) => format!("the activity of {partition} before its chunk {before}"),
            (None, None) => format!("the activity of {partition}"),
        }
    }
}

/// What was forgotten because it had been kept for its time: so many chunks, and the tag of the last of them. It stands in the
/// head, so that forgetting is told from taking away.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Forgotten {
    pub(super) count: u64,
    pub(super) tag: ActivityTag,
}

impl Head {
    /// The sequences of the chunks that there are.
    pub(super) fn activity_range(&self) -> Range<u64> {
        self.forgotten.count..self.forgotten.count.saturating_add(self.activity.count)
    }
}

/// Hears every sealed chunk.
type EachChunk<'a> = &'a mut dyn FnMut(Address, &[u8]) -> Result<(), Fault>;

/// `0x00 || u8(frame version) || tag of the chunk before || body`
pub(super) fn framed(previous: &ActivityTag, body: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new([&[CHAINED, FRAME_VERSION][..], &previous.0, body].concat())
}

/// A chunk as it was, which carries the tag of the one before it as that is now; `None`: there is none, or it was forgotten, and
/// the tag stays. One from before there was a chain carries none.
pub(super) fn chained_anew(plain: &[u8], previous: Option<&ActivityTag>) -> Zeroizing<Vec<u8>> {
    let mut plain = Zeroizing::new(plain.to_vec());
    if let (Some(ActivityTag(tag)), [CHAINED, _, rest @ ..]) = (previous, plain.as_mut_slice())
        && let Some((carried, _)) = rest.split_first_chunk_mut()
    {
        *carried = *tag;
    }
    plain
}

/// The tag of the newest chunk, which the next one carries.
pub(super) fn last_tag(records: &dyn Records, seals: &Seals, head: &Head) -> Result<ActivityTag, Fault> {
    match head.activity_range().next_back() {
        None => Ok(head.forgotten.tag),
        Some(newest) => {
            let sealed = records.get(Address::Activity(newest))?.ok_or(NotAuthentic)?;
            Ok(ActivityChunk::open(seals, newest, &sealed)?.tag())
        }
    }
}

/// Opens every chunk there is, and compares each with the one before it; `each` hears every sealed chunk. The first place where they
/// do not follow each other.
pub(super) fn first_break(
    records: &dyn Records,
    seals: &Seals,
    head: &Head,
    each: EachChunk<'_>,
) -> Result<Option<ActivityBreak>, Fault> {
    let stated = head.activity_range();
    let (mut older, mut found) = (None::<Joint>, None);
    records.range(Address::ACTIVITY.0, Address::ACTIVITY.1, &mut |at, sealed| {
        let Address::Activity(sequence) = at else { return Err(NotAuthentic.into()) };
        let after = older.map(|older| older.sequence);
        let Ok(chunk) = ActivityChunk::open(seals, sequence, sealed) else {
            found = Some(ActivityBreak::new(seals, after, Some(sequence)));
            return Ok(ControlFlow::Break(()));
        };
        // Oldest first here, so each is taken with the one before it.
        let mut pair = ChainCheck(Some(chunk.joint));
        let broken = match older {
            None => pair.end(&seals.partition, head),
            Some(older) => pair.take_joint(&seals.partition, older),
        };
        if broken.is_some() || !stated.contains(&sequence) {
            found = broken.or_else(|| Some(ActivityBreak::new(seals, after, Some(sequence))));
            return Ok(ControlFlow::Break(()));
        }
        older = Some(chunk.joint);
        each(at, sealed)?;
        Ok(ControlFlow::Continue(()))
    })?;
    let newest = older.map(|older| older.sequence);
    if found.is_none() && newest != stated.clone().next_back() {
        found = Some(ActivityBreak::new(seals, newest, None));
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
