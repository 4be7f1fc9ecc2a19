use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::chain::{At, SealedBatch, slot_of};
use super::super::head::Tally;
use super::super::memory::Memory;
use super::super::replica::{Replica, State, Step};
use super::super::{Batch, engine};
use super::*;
use crate::crypto::{RootKey, Sealer};

type Sealed = BTreeMap<Address, Vec<u8>>;

/// A partition in memory whose records can be tampered with.
struct Desk {
    replica: Replica,
}

#[derive(Clone)]
struct Tampered(BTreeMap<Address, Vec<u8>>);

impl Records for Tampered {
    fn get(&self, at: Address) -> Result<Option<Vec<u8>>, Fault> {
        Ok(self.0.get(&at).cloned())
    }

    fn range(&self, first: Address, last: Address, each: engine::Each<'_>) -> Result<(), Fault> {
        for (at, sealed) in self.0.range(first..=last) {
            if each(*at, sealed)?.is_break() {
                break;
            }
        }
        Ok(())
    }
}

impl Desk {
    fn with_chunks(count: usize) -> Self {
        let partition: Partition = "westeurope".parse().unwrap();
        let seals = Seals::new(partition, Arc::new(Sealer::new(RootKey::generate(), [7; 16])));
        let replica = Replica::create(seals, None, Box::new(Memory::default()), None).unwrap();
        let mut desk = Self { replica };
        for number in 0..count {
            desk.commit(Batch::new().append_activity(body(&format!("chunk {number}"))));
        }
        desk
    }

    fn commit(&mut self, batch: &mut Batch) {
        let batch = std::mem::take(batch);
        let last = self.replica.last_activity().unwrap();
        let (seals, head) = (self.replica.seals.clone(), self.replica.head().clone());
        let sealed =
            SealedBatch::seal(&seals, &head, last, At::default(), batch, None, &mut |_| ControlFlow::Continue(()));
        let ControlFlow::Continue(sealed) = sealed else { panic!("nobody broke it off") };
        self.replica.apply(&[Step::New(&sealed)], 0, &mut || ControlFlow::Continue(())).unwrap();
        if let Some(tag) = sealed.activity {
            assert_eq!(tag, self.replica.last_activity().unwrap());
        }
    }

    fn bodies(&self) -> Vec<String> {
        let chunks = self.replica.activity(0..u64::MAX).unwrap();
        chunks.iter().rev().map(|chunk| String::from_utf8(chunk.body().unwrap().to_vec()).unwrap()).collect()
    }

    /// What a check says of a copy of this that was tampered with.
    fn check(&self, tamper: impl FnOnce(&Seals, &mut Head, &mut BTreeMap<Address, Vec<u8>>)) -> Result<u64, String> {
        let State { seals, mut head, records, chain } = self.replica.state().unwrap();
        let mut all = BTreeMap::new();
        for (first, last) in [Address::ITEMS, Address::VALUES, Address::ACTIVITY, Address::SINGLES] {
            records
                .range(first, last, &mut |at, sealed| {
                    all.insert(at, sealed.to_vec());
                    Ok(ControlFlow::Continue(()))
                })
                .unwrap();
        }
        tamper(&seals, &mut head, &mut all);
        let state = State { seals, head, records: Box::new(Tampered(all)), chain };
        state.check(None, &|_| ControlFlow::Continue(())).map_err(|error| error.to_string())
    }
}

fn body(text: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(text.as_bytes().to_vec())
}

const fn at(sequence: u64) -> Address {
    Address::Activity(sequence)
}

/// What can be done with the root key in hand: the account in the head says what is there.
fn account(seals: &Seals, head: &mut Head, all: &BTreeMap<Address, Vec<u8>>) {
    head.activity = Tally::default();
    for (at, sealed) in all.range(Address::ACTIVITY.0..=Address::ACTIVITY.1) {
        head.activity.count += 1;
        head.activity.digest.toggle(&seals.digest(&slot_of(seals, *at), sealed).unwrap());
    }
}

fn opened(seals: &Seals, all: &BTreeMap<Address, Vec<u8>>, sequence: u64) -> Zeroizing<Vec<u8>> {
    seals.open(&seals.activity(sequence), &all[&at(sequence)]).unwrap()
}

fn broken(where_: &str) -> Result<u64, String> {
    Err(StoreError::damaged(format!("the activity of westeurope {where_}")).to_string())
}

#[test]
fn what_is_taken_away_exchanged_or_changed_is_noticed_and_its_place_told() {
    // T3
    let desk = Desk::with_chunks(5);
    assert_eq!(desk.check(|_, _, _| {}), Ok(5));
    let without = |sequence| desk.check(|_, _, all| drop(all.remove(&at(sequence))));
    assert_eq!(without(0), broken("before its chunk 1"));
    assert_eq!(without(2), broken("between its chunks 1 and 3"));
    assert_eq!(without(4), broken("after its chunk 3"));
    let exchanged = desk.check(|_, _, all| {
        let (two, three) = (all[&at(2)].clone(), all[&at(3)].clone());
        all.extend([(at(2), three), (at(3), two)]);
    });
    assert_eq!(exchanged, broken("between its chunks 1 and 2"));
    for byte in [0, 20, 60, 95] {
        let changed = desk.check(|_, _, all| all.get_mut(&at(3)).unwrap()[byte] ^= 1);
        assert_eq!(changed, broken("between its chunks 2 and 3"));
    }
    let doubled = desk.check(|_, _, all| drop(all.insert(at(5), all[&at(4)].clone())));
    assert_eq!(doubled, broken("between its chunks 4 and 5"));
}

#[test]
fn the_chain_tells_also_of_what_was_sealed_and_accounted_for() {
    // T3
    let desk = Desk::with_chunks(5);
    let changed = desk.check(|seals, head, all| {
        let mut plain = opened(seals, all, 2);
        *plain.last_mut().unwrap() = b'9';
        all.insert(at(2), seals.seal(&seals.activity(2), &plain));
        account(seals, head, all);
    });
    assert_eq!(changed, broken("between its chunks 2 and 3"));
    let closed_up = desk.check(|seals, head, all| {
        for sequence in 2..4 {
            let next = opened(seals, all, sequence + 1);
            all.insert(at(sequence), seals.seal(&seals.activity(sequence), &next));
        }
        all.remove(&at(4));
        account(seals, head, all);
    });
    assert_eq!(closed_up, broken("between its chunks 1 and 2"));
    let forgotten = desk.check(|seals, head, all| {
        all.remove(&at(0));
        head.forgotten.count = 1;
        account(seals, head, all);
    });
    assert_eq!(forgotten, broken("before its chunk 1"));
    let unchained = desk.check(|seals, head, all| {
        all.insert(at(3), seals.seal(&seals.activity(3), b"a chunk without the one before"));
        account(seals, head, all);
    });
    assert_eq!(unchained, broken("between its chunks 2 and 3"));
}

#[test]
fn what_was_kept_for_its_time_is_forgotten_and_told_from_what_was_taken_away() {
    let mut desk = Desk::with_chunks(5);
    desk.commit(Batch::new().forget_activity(2).append_activity(body("chunk 5")));
    assert_eq!(desk.bodies(), ["chunk 2", "chunk 3", "chunk 4", "chunk 5"]);
    assert_eq!(desk.check(|_, _, _| {}), Ok(4));
    assert_eq!(desk.check(|_, _, all| drop(all.remove(&at(2)))), broken("before its chunk 3"));
    desk.commit(Batch::new().forget_activity(99));
    assert_eq!((desk.bodies(), desk.replica.head().activity), (Vec::new(), Tally::default()));
    desk.commit(Batch::new().append_activity(body("chunk 6")));
    assert_eq!(desk.check(|_, _, _| {}), Ok(1));
    assert_eq!(desk.replica.head().activity_range(), 6..7);
}

#[test]
fn chunks_from_before_there_was_a_chain_are_read_and_the_chain_goes_on_from_them() {
    let mut desk = Desk::with_chunks(1);
    let (seals, mut head, mut all) = {
        let State { seals, head, .. } = desk.replica.state().unwrap();
        (seals, head, BTreeMap::new())
    };
    for (sequence, text) in [(0, "old 0"), (1, "old 1")] {
        all.insert(at(sequence), seals.seal(&seals.activity(sequence), text.as_bytes()));
    }
    account(&seals, &mut head, &all);
    let previous = last_tag(&Tampered(all.clone()), &seals, &head).unwrap();
    let chained = framed(&previous, b"new 2");
    all.insert(at(2), seals.seal(&seals.activity(2), &chained));
    account(&seals, &mut head, &all);
    let old = (head, all);
    let replaced = |tampered: &mut dyn FnMut(&mut Sealed)| {
        desk.check(|seals, head, all| {
            (*head, *all) = old.clone();
            tampered(all);
            account(seals, head, all);
        })
    };
    assert_eq!(replaced(&mut |_| {}), Ok(3));
    let changed = replaced(&mut |all| drop(all.insert(at(1), seals.seal(&seals.activity(1), b"older"))));
    assert_eq!(changed, broken("between its chunks 1 and 2"));
    desk.commit(&mut Batch::new());
}

#[test]
fn a_chunk_of_a_later_program_is_told_and_chained_all_the_same() {
    // T5
    let desk = Desk::with_chunks(3);
    let seals = desk.replica.seals.clone();
    let last = desk.replica.last_activity().unwrap();
    let mut later = framed(&last, b"who knows");
    later[1] = 9;
    let sealed = seals.seal(&seals.activity(3), &later);
    let chunk = ActivityChunk::open(&seals, 3, &sealed).unwrap();
    let said = chunk.body().unwrap_err().to_string();
    assert!(said.starts_with("Some of the activity was written by a newer version of Tresor (activity 9;"), "{said}");
    let checked = desk.check(|seals, head, all| {
        all.insert(at(3), sealed.clone());
        account(seals, head, all);
    });
    assert_eq!(checked, Ok(4));
}

#[test]
fn reading_backwards_notices_the_same() {
    // T3
    let desk = Desk::with_chunks(4);
    let partition = &desk.replica.seals.partition;
    let chunks = desk.replica.activity(0..4).unwrap();
    let mut check = ChainCheck::default();
    assert!(chunks.iter().all(|chunk| check.take(partition, chunk).is_none()));
    assert_eq!(check.end(partition, desk.replica.head()), None);
    let mut check = ChainCheck::default();
    let found: Vec<_> =
        chunks.iter().filter(|chunk| chunk.sequence != 1).filter_map(|chunk| check.take(partition, chunk)).collect();
    assert_eq!(found, [ActivityBreak { partition: partition.clone(), after: Some(0), before: Some(2) }]);
}
