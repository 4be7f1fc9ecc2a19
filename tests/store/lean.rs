//! T3 where only what is touched is checked: the same promise for every record that is read.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use redb::{ReadableDatabase as _, ReadableTable as _, TableDefinition};
use tresor::store::{Expect, Partition, Store, StoreError, Table};

use crate::damage::{ITEMS, VALUES, forge, redb_file};
use crate::world::{RIGHT, copy, create, keep_one_replica, key, open, passphrase, served, set, value, west};

const SHARDS: TableDefinition<'_, u16, &[u8]> = TableDefinition::new("shards");

/// Enough that redb keeps pages that only lead to others.
const MANY: usize = 300;

fn open_lean(folder: &Path) -> Result<Store, StoreError> {
    served(Store::open_lean(folder, &passphrase(RIGHT), Expect::Writes)?)
}

fn name(number: usize) -> String {
    format!("number {number}")
}

/// A store with many records, closed in order.
fn full_store(folder: &Path) {
    let mut store = create(folder);
    for number in 0..MANY {
        store.commit(&west(), 1, set(&name(number), &format!("value {number}"))).unwrap();
    }
    drop(store);
    keep_one_replica(folder);
}

/// One record in ten, and one that was never there.
fn see(store: &Store) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
    let numbers = (0..MANY).step_by(10).chain([MANY]);
    let read = |number| {
        let of_table = |table| Ok(store.read(&west(), table, &key(&name(number)))?.map(|body| body.to_vec()));
        Ok([of_table(Table::Items)?, of_table(Table::Values)?])
    };
    Ok(numbers.map(read).collect::<Result<Vec<_>, StoreError>>()?.into_iter().flatten().collect())
}

fn is_damage<T>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Damaged { .. }))
}

#[test]
fn a_store_whose_records_are_checked_when_touched_reads_and_goes_on_like_any_other() {
    let home = tempfile::tempdir().unwrap();
    full_store(home.path());
    let whole = see(&open(home.path()).unwrap()).unwrap();
    let mut store = open_lean(home.path()).unwrap();
    assert_eq!(see(&store).unwrap(), whole);
    store.commit(&west(), 2, set(&name(10), "changed")).unwrap();
    store.commit(&west(), 2, set("new", "added")).unwrap();
    store.commit(&"northeurope".parse().unwrap(), 2, set("elsewhere", "first")).unwrap();
    assert_eq!(value(&store, &west(), &name(10)).as_deref(), Some("changed"));
    drop(store);
    let store = open(home.path()).unwrap();
    assert_eq!(value(&store, &west(), "new").as_deref(), Some("added"));
    store.check().unwrap();
    drop(store);
    let mut store = open_lean(home.path()).unwrap();
    store.check_rest().unwrap();
    assert_eq!(crate::world::items(&store, &west()).len(), MANY + 1);
}

#[test]
fn a_byte_changed_anywhere_is_noticed_by_whoever_touches_it_or_does_no_harm() {
    // T3: and what is written beside it becomes neither wrong nor right by that.
    let home = tempfile::tempdir().unwrap();
    let original = home.path().join("original");
    full_store(&original);
    let untouched = see(&open(&original).unwrap()).unwrap();
    let pristine = fs::read(redb_file(&original)).unwrap();
    let step = 499;
    let (next, noticed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for worker in 0..2 {
            let (original, untouched, pristine) = (&original, &untouched, &pristine);
            let (next, noticed) = (&next, &noticed);
            let folder = home.path().join(format!("copy {worker}"));
            scope.spawn(move || {
                copy(original, &folder);
                loop {
                    let at = next.fetch_add(step, Ordering::Relaxed);
                    let Some(byte) = pristine.get(at) else { break };
                    let mut content = pristine.clone();
                    content[at] = byte ^ (1 << (at / step % 8));
                    fs::write(redb_file(&folder), &content).unwrap();
                    let seen = open_lean(&folder).and_then(|store| see(&store));
                    noticed.fetch_add(usize::from(is_damage(&seen)), Ordering::Relaxed);
                    match &seen {
                        Ok(seen) => assert_eq!(seen, untouched, "byte {at}"),
                        Err(error) => assert!(is_damage(&seen), "byte {at}: {error}"),
                    }
                    let written = open_lean(&folder).and_then(|mut store| store.commit(&west(), 2, set("new", "new")));
                    let after = open(&folder).and_then(|store| see(&store));
                    match (&written, &after) {
                        (_, Ok(after)) => assert_eq!(after, untouched, "byte {at}, after a commit"),
                        (_, Err(_)) => assert!(is_damage(&after), "byte {at}, after a commit"),
                    }
                    copy(original, &folder);
                }
            });
        }
    });
    let noticed = noticed.into_inner();
    assert!(pristine.len() / step / 50 < noticed, "only {noticed} of {} were noticed", pristine.len() / step);
}

#[test]
fn what_was_forged_with_redb_itself_is_noticed_by_whoever_touches_it() {
    // T3
    let home = tempfile::tempdir().unwrap();
    let original = home.path().join("original");
    full_store(&original);
    let wanted = name(10);
    let before = steal_all(&original);
    open_lean(&original).unwrap().commit(&west(), 2, set(&wanted, "changed")).unwrap();
    let after = steal_all(&original);
    let (older_value, own_shard) = (changed(&before.values, &after.values), changed(&before.shards, &after.shards));

    let forged = |what: &str, is_noticed: bool, change: &dyn Fn(&redb::WriteTransaction)| {
        let folder = home.path().join("forged");
        copy(&original, &folder);
        forge(&redb_file(&folder), change);
        let seen = open_lean(&folder).and_then(|store| store.read(&west(), Table::Values, &key(&wanted)));
        if is_noticed {
            assert!(is_damage(&seen), "{what}");
            let written = open_lean(&folder).and_then(|mut store| store.commit(&west(), 3, set(&wanted, "newer")));
            assert!(is_damage(&written), "{what}, and is not built upon");
        } else {
            assert_eq!(seen.unwrap().unwrap().as_slice(), b"changed", "{what}");
        }
        fs::remove_dir_all(&folder).unwrap();
    };
    forged("an older value put back", true, &|txn| {
        txn.open_table(VALUES).unwrap().insert(&older_value.0, older_value.1.as_slice()).unwrap();
    });
    forged("an older value put back with the account of its shard", true, &|txn| {
        txn.open_table(VALUES).unwrap().insert(&older_value.0, older_value.1.as_slice()).unwrap();
        for (number, sealed) in &before.shards {
            txn.open_table(SHARDS).unwrap().insert(number, sealed.as_slice()).unwrap();
        }
    });
    forged("the record removed", true, &|txn| {
        txn.open_table(VALUES).unwrap().remove(&older_value.0).unwrap();
    });
    forged("another record added to its shard", true, &|txn| {
        let mut id = older_value.0;
        id[31] ^= 1;
        txn.open_table(VALUES).unwrap().insert(&id, older_value.1.as_slice()).unwrap();
    });
    forged("the account of one shard put in the place of another", true, &|txn| {
        let (number, _) = after.shards.iter().find(|(number, _)| *number != own_shard.0).unwrap();
        txn.open_table(SHARDS).unwrap().insert(number, own_shard.1.as_slice()).unwrap();
    });
    forged("the account of a shard removed: then everything is checked", false, &|txn| {
        txn.open_table(SHARDS).unwrap().remove(own_shard.0).unwrap();
    });
    forged("all accounts removed: then everything is checked", false, &|txn| {
        assert!(txn.delete_table(SHARDS).unwrap());
    });
    forged("all accounts removed, and a record that nobody asked for", true, &|txn| {
        assert!(txn.delete_table(SHARDS).unwrap());
        txn.open_table(ITEMS).unwrap().pop_last().unwrap();
    });
}

#[test]
fn a_commit_brings_the_account_up_to_date_where_another_program_kept_none() {
    let home = tempfile::tempdir().unwrap();
    full_store(home.path());
    forge(&redb_file(home.path()), |txn| assert!(txn.delete_table(SHARDS).unwrap()));
    open(home.path()).unwrap().commit(&west(), 2, set("new", "new")).unwrap();
    let kept = steal_all(home.path()).shards;
    assert_eq!(kept.len(), 512, "all of them are written down, also those that are empty");
    // What nobody touches is not looked at, which shows that the account is gone by.
    forge(&redb_file(home.path()), |txn| {
        let items = txn.open_table(ITEMS).unwrap().first().unwrap().map(|(id, _)| *id.value()).unwrap();
        txn.open_table(ITEMS).unwrap().remove(&items).unwrap();
    });
    assert_eq!(value(&open_lean(home.path()).unwrap(), &west(), "new").as_deref(), Some("new"));
    assert!(is_damage(&open_lean(home.path()).and_then(|mut store| store.check_rest())));
}

#[test]
fn a_store_that_was_not_closed_opens_for_single_records_too() {
    // T4
    let home = tempfile::tempdir().unwrap();
    let (live, crashed) = (home.path().join("live"), home.path().join("crashed"));
    full_store(&live);
    let mut store = open_lean(&live).unwrap();
    store.commit(&west(), 2, set(&name(10), "newest")).unwrap();
    copy(&live, &crashed);
    drop(store);
    assert_eq!(value(&open_lean(&crashed).unwrap(), &west(), &name(10)).as_deref(), Some("newest"));
    assert_eq!(open_lean(&crashed).unwrap().partitions(), [Partition::GLOBAL, west()]);
}

struct Stolen {
    values: Vec<([u8; 32], Vec<u8>)>,
    shards: Vec<(u16, Vec<u8>)>,
}

fn steal_all(folder: &Path) -> Stolen {
    let file: PathBuf = redb_file(folder);
    let database = redb::Database::open(file).unwrap();
    let txn = database.begin_read().unwrap();
    let values = txn.open_table(VALUES).unwrap();
    let shards = txn.open_table(SHARDS).unwrap();
    Stolen {
        values: values
            .iter()
            .unwrap()
            .map(Result::unwrap)
            .map(|(id, body)| (*id.value(), body.value().to_vec()))
            .collect(),
        shards: shards
            .iter()
            .unwrap()
            .map(Result::unwrap)
            .map(|(id, body)| (id.value(), body.value().to_vec()))
            .collect(),
    }
}

/// The one that is not the same any more, as it was.
fn changed<K: Copy + Eq>(before: &[(K, Vec<u8>)], after: &[(K, Vec<u8>)]) -> (K, Vec<u8>) {
    let is_other = |(id, body): &&(K, Vec<u8>)| after.iter().any(|(other, now)| other == id && now != body);
    before.iter().find(is_other).unwrap().clone()
}
