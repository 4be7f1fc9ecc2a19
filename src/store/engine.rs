//! The seam below a replica: what keeps sealed bytes in order and puts many of them in place in one step.
//!
//! [`RedbFile`](super::redb_file::RedbFile) keeps them in a file, [`Memory`](super::memory::Memory) nowhere. What an
//! engine gets is sealed and named by keyed hashes; what it means, and whether it is what was once put there, is asked above.

use std::io;
use std::ops::ControlFlow;

use crate::crypto::RecordId;

use super::shield::Fault;

/// Where one sealed record is kept.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Address {
    Item(RecordId),
    Value(RecordId),
    /// A chunk of activity, by its sequence.
    Activity(u64),
    /// What there is one of, by the number of its kind.
    Single(u8),
    /// The account of a shard, by its number.
    Shard(u16),
    /// A batch, by the revision that it made.
    Batch(u64),
}

/// Hears one record after the other, in the order of their addresses, until it breaks off.
pub(super) type Each<'a> = &'a mut dyn FnMut(Address, &[u8]) -> Result<ControlFlow<()>, Fault>;

/// What can be asked of a state.
pub(super) trait Records {
    /// What is kept there.
    fn get(&self, at: Address) -> Result<Option<Vec<u8>>, Fault>;

    /// Every record from `first` to `last`, which are of the same sort.
    fn range(&self, first: Address, last: Address, each: Each<'_>) -> Result<(), Fault>;
}

/// What can be done within a commit. What was put is found by what is asked next.
pub(super) trait Changes: Records {
    /// Keeps `sealed` there; gives back what it takes the place of.
    fn put(&mut self, at: Address, sealed: &[u8]) -> Result<Option<Vec<u8>>, Fault>;

    /// Keeps nothing there; gives back what there was.
    fn remove(&mut self, at: Address) -> Result<Option<Vec<u8>>, Fault>;
}

/// The work of one commit.
pub(super) type Work<'a> = &'a mut dyn FnMut(&mut dyn Changes) -> Result<(), Fault>;

/// Where the content of a region is kept.
pub(super) trait RegionStore: Send {
    /// The state after the last commit. It stays as it is, whatever is committed later.
    fn snapshot(&self) -> Result<Box<dyn Records + Send>, Fault>;

    /// Does `work` in one step, durable when this returns. After an error there is the state before, save where the disk
    /// failed after it had taken everything; [`RegionStore::reopen`] comes before anything else then.
    fn commit(&mut self, work: Work<'_>) -> Result<(), Fault>;

    /// Looks at what is really there, as at first.
    fn reopen(&mut self) -> Result<(), Fault>;

    /// Gives room back that removed records took.
    fn compact(&mut self) -> Result<(), Fault>;

    /// The room it takes on the disk, in bytes.
    fn len_bytes(&self) -> io::Result<u64>;

    /// Whether what lies beneath is still what this engine left there: notices files that were taken away, exchanged or
    /// written to by somebody else, without reading them where nothing speaks for that.
    fn look(&mut self) -> Result<(), Fault>;

    /// The same, but all of what lies beneath is read, whatever speaks for it.
    fn look_through(&mut self) -> Result<(), Fault>;
}

impl Address {
    /// The first and the last of items.
    pub(super) const ITEMS: (Self, Self) = (Self::Item(RecordId([0; 32])), Self::Item(RecordId([u8::MAX; 32])));
    /// The first and the last of values.
    pub(super) const VALUES: (Self, Self) = (Self::Value(RecordId([0; 32])), Self::Value(RecordId([u8::MAX; 32])));
    /// The first and the last of the activity.
    pub(super) const ACTIVITY: (Self, Self) = (Self::Activity(0), Self::Activity(u64::MAX));
    /// The first and the last of the singles.
    pub(super) const SINGLES: (Self, Self) = (Self::Single(0), Self::Single(u8::MAX));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::memory::Memory;
    use super::super::redb_file::RedbFile;
    use super::*;

    #[derive(Clone, Debug)]
    enum Step {
        Put(Address, Vec<u8>),
        Remove(Address),
    }

    fn address() -> impl Strategy<Value = Address> {
        let id = |byte: u8| RecordId([byte % 8; 32]);
        prop_oneof![
            any::<u8>().prop_map(move |byte| Address::Item(id(byte))),
            any::<u8>().prop_map(move |byte| Address::Value(id(byte))),
            (0_u64..8).prop_map(Address::Activity),
            (0_u8..4).prop_map(Address::Single),
            (0_u16..8).prop_map(Address::Shard),
            (0_u64..8).prop_map(Address::Batch),
        ]
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            2 => (address(), prop::collection::vec(any::<u8>(), 0..40)).prop_map(|(at, bytes)| Step::Put(at, bytes)),
            1 => address().prop_map(Step::Remove),
        ]
    }

    /// What each step answers, and what is there afterwards, asked in both ways.
    fn play(engine: &mut dyn RegionStore, steps: &[Step], is_broken_off: bool) -> Vec<Option<Vec<u8>>> {
        let mut answers = Vec::new();
        let committed = engine.commit(&mut |changes| {
            for step in steps {
                answers.push(match step {
                    Step::Put(at, bytes) => changes.put(*at, bytes)?,
                    Step::Remove(at) => changes.remove(*at)?,
                });
            }
            if is_broken_off { Err(Fault::Cancelled) } else { Ok(()) }
        });
        assert_eq!(committed.is_err(), is_broken_off);
        if is_broken_off {
            engine.reopen().unwrap();
        }
        let snapshot = engine.snapshot().unwrap();
        for (first, last) in [Address::ITEMS, Address::VALUES, Address::ACTIVITY, Address::SINGLES] {
            snapshot
                .range(first, last, &mut |at, sealed| {
                    assert_eq!(snapshot.get(at).unwrap().as_deref(), Some(sealed), "{at:?}");
                    answers.push(Some(sealed.to_vec()));
                    Ok(ControlFlow::Continue(()))
                })
                .unwrap();
        }
        answers
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn a_file_and_memory_answer_alike_whatever_is_done(
            commits in prop::collection::vec((prop::collection::vec(step(), 0..30), any::<bool>()), 1..6)
        ) {
            let folder = tempfile::tempdir().unwrap();
            let mut file = RedbFile::create(folder.path().join("a.redb")).unwrap();
            let mut memory = Memory::default();
            for (steps, is_broken_off) in commits {
                let before = memory.snapshot().unwrap();
                let (in_file, in_memory) = (play(&mut file, &steps, is_broken_off), play(&mut memory, &steps, is_broken_off));
                prop_assert_eq!(in_file, in_memory);
                drop(before);
            }
        }
    }
}
