//! Random sequences of everything that can be done to a store, compared with a plain model of it.

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use tresor::store::{Batch, Expect, Partition, Store, StoreError, Table};

use crate::world::{RIGHT, activity, body, copy, create, key, open, passphrase, west};

#[derive(Clone, Debug)]
enum Change {
    Append(String),
    Put(bool, u8, String),
    Remove(bool, u8),
}

#[derive(Clone, Debug)]
enum Step {
    Commit(u8, i64, Vec<Change>),
    Crash,
    Reopen,
    ReopenLean,
}

#[derive(Default)]
struct Model {
    records: BTreeMap<(Partition, bool, u8), String>,
    activity: BTreeMap<Partition, Vec<String>>,
    /// The time that the last commit of each stated.
    last_changes: BTreeMap<Partition, i64>,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        "[a-z]{0,100}".prop_map(Change::Append),
        (any::<bool>(), 0..12_u8, "[a-z]{0,300}").prop_map(|(is_value, name, body)| Change::Put(is_value, name, body)),
        (any::<bool>(), 0..12_u8).prop_map(|(is_value, name)| Change::Remove(is_value, name)),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..3_u8, 0..1000_i64, prop::collection::vec(change(), 0..6))
            .prop_map(|(partition, at_ms, changes)| Step::Commit(partition, at_ms, changes)),
        1 => Just(Step::Crash),
        1 => Just(Step::Reopen),
        1 => Just(Step::ReopenLean),
    ]
}

fn partition(number: u8) -> Partition {
    match number {
        0 => Partition::GLOBAL,
        1 => west(),
        _ => "northeurope".parse().unwrap(),
    }
}

fn table(is_value: bool) -> Table {
    if is_value { Table::Values } else { Table::Items }
}

fn commit(store: &mut Store, model: &mut Model, partition: &Partition, at_ms: i64, changes: Vec<Change>) {
    let mut batch = Batch::new();
    let before = store.revision(partition);
    for change in changes {
        match change {
            Change::Append(text) => {
                batch.append_activity(body(&text));
                model.activity.entry(partition.clone()).or_default().push(text);
            }
            Change::Put(is_value, name, text) => {
                batch.put(table(is_value), key(&name.to_string()), body(&text));
                model.records.insert((partition.clone(), is_value, name), text);
            }
            Change::Remove(is_value, name) => {
                batch.remove(table(is_value), key(&name.to_string()));
                model.records.remove(&(partition.clone(), is_value, name));
            }
        }
    }
    let revision = store.commit(partition, at_ms, batch).unwrap();
    assert!(before < revision && revision == store.revision(partition));
    if before == tresor::store::Revision(0) {
        // It was put on the list of the global one then.
        model.last_changes.insert(Partition::GLOBAL, at_ms);
    }
    model.last_changes.insert(partition.clone(), at_ms);
}

/// Compares all of it, record by record; where everything was checked, as a whole too.
fn compare(store: &Store, model: &Model, opened: Opened) {
    store.check().unwrap();
    assert_eq!(store.last_change_ms(), model.last_changes.values().copied().max().unwrap_or_default());
    for partition in (0..3).map(partition) {
        if opened == Opened::Whole {
            compare_items(store, model, &partition);
        }
        for name in 0..12 {
            for is_value in [false, true] {
                let there = store.read(&partition, table(is_value), &key(&name.to_string())).unwrap();
                let expected = model.records.get(&(partition.clone(), is_value, name));
                assert_eq!(there.as_deref().map(Vec::as_slice), expected.map(String::as_bytes));
            }
        }
        let mut chunks = activity(store, &partition, usize::MAX);
        chunks.reverse();
        assert_eq!(chunks, model.activity.get(&partition).cloned().unwrap_or_default());
    }
}

fn compare_items(store: &Store, model: &Model, partition: &Partition) {
    let mut items = Vec::new();
    store
        .scan_items(partition, |item| {
            items.push(String::from_utf8(item.to_vec()).unwrap());
            Ok::<_, StoreError>(())
        })
        .unwrap();
    let of_it = model.records.iter().filter(|((owner, is_value, _), _)| owner == partition && !is_value);
    let mut expected: Vec<_> = of_it.map(|(_, text)| text.clone()).collect();
    items.sort();
    expected.sort();
    assert_eq!(items, expected);
}

#[derive(Clone, Copy, PartialEq)]
enum Opened {
    Whole,
    Lean,
}

fn run(home: &Path, steps: Vec<Step>) {
    let mut folder = home.join("0");
    let mut store = create(&folder);
    let mut model = Model::default();
    let mut opened = Opened::Whole;
    for (number, step) in steps.into_iter().enumerate() {
        match step {
            Step::Commit(number, at_ms, changes) => commit(&mut store, &mut model, &partition(number), at_ms, changes),
            Step::Crash => {
                // The files as they are while the store is open are what a crash leaves.
                let copied = home.join((number + 1).to_string());
                copy(&folder, &copied);
                folder = copied;
                (store, opened) = (open(&folder).unwrap(), Opened::Whole);
            }
            Step::Reopen => {
                drop(store);
                (store, opened) = (open(&folder).unwrap(), Opened::Whole);
            }
            Step::ReopenLean => {
                drop(store);
                (store, opened) = (Store::open_lean(&folder, &passphrase(RIGHT), Expect::Reads).unwrap(), Opened::Lean);
            }
        }
        compare(&store, &model, opened);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn a_store_holds_what_a_plain_model_of_it_holds(steps in prop::collection::vec(step(), 1..25)) {
        // T3, T4
        let home = tempfile::tempdir().unwrap();
        run(home.path(), steps);
    }
}

#[test]
fn a_store_can_be_owned_by_the_worker_thread() {
    fn is_send<T: Send>() {}
    is_send::<Store>();
    is_send::<StoreError>();
}
