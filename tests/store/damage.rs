//! T3: what was changed, cut short, moved or put back is noticed or does no harm, and is never shown as other data.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use redb::{Database, ReadableDatabase as _, ReadableTable as _, TableDefinition};
use tresor::store::{Partition, Store, StoreError, Table};

use crate::world::{activity, copy, create, files, items, keep_one_replica, key, open, remove, set, value, west};

/// All that can be seen of a store, read in every way there is.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    items: Vec<String>,
    values: Vec<Option<String>>,
    activity: Vec<String>,
    profile: Vec<u8>,
    last_change_ms: i64,
}

const NAMES: [&str; 4] = ["one", "two", "three", "never there"];

fn try_see(store: &Store) -> Result<Seen, StoreError> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let mut items = Vec::new();
    store.scan_items(&west(), |body| {
        items.push(text(body));
        Ok::<_, StoreError>(())
    })?;
    items.sort();
    let values = NAMES
        .iter()
        .map(|name| Ok::<_, StoreError>(store.read(&west(), Table::Values, &key(name))?.map(|bytes| text(&bytes))));
    Ok(Seen {
        items,
        values: values.collect::<Result<_, _>>()?,
        activity: store.recent_activity(&west(), 99)?.iter().map(|chunk| text(chunk)).collect(),
        profile: store.profile().to_vec(),
        last_change_ms: store.last_change_ms(),
    })
}

fn see(folder: &Path) -> Result<Seen, StoreError> {
    try_see(&open(folder)?)
}

/// The smallest store with a history, closed in order: all of it is in one partition.
fn small_store(folder: &Path) {
    let mut store = create(folder);
    for (name, value) in [("one", "old"), ("two", "second"), ("three", "third"), ("one", "first")] {
        store.commit(&Partition::GLOBAL, 2, set(name, value)).unwrap();
    }
    drop(store);
    keep_one_replica(folder);
}

/// A store of two partitions, closed in order.
fn closed_store(folder: &Path) -> Seen {
    let mut store = create(folder);
    store.commit(&Partition::GLOBAL, 1, set("settings", "dark")).unwrap();
    for (name, value) in [("one", "old"), ("two", "second"), ("three", "third"), ("one", "first")] {
        store.commit(&west(), 2, set(name, value)).unwrap();
    }
    let seen = try_see(&store).unwrap();
    drop(store);
    keep_one_replica(folder);
    seen
}

/// The same, but as it lies on the disk while it is open, which is what a crash leaves.
fn crashed_store(folder: &Path) -> Seen {
    let home = tempfile::tempdir().unwrap();
    let live = home.path().join("live");
    closed_store(&live);
    let mut store = open(&live).unwrap();
    store.commit(&Partition::GLOBAL, 3, set("settings", "light")).unwrap();
    store.commit(&west(), 3, set("two", "newest")).unwrap();
    copy(&live, folder);
    keep_one_replica(folder);
    try_see(&store).unwrap()
}

pub(crate) fn redb_file(folder: &Path) -> PathBuf {
    folder.join("westeurope").join("a.redb")
}

/// Tries every change in `changes` on its own copy of the store, on two threads.
fn try_each<Seen: std::fmt::Debug + PartialEq + Sync>(
    original: &Path,
    changes: &[(PathBuf, usize, u8)],
    see: impl Fn(&Path) -> Result<Seen, StoreError> + Sync,
) {
    let untouched = &see(original).unwrap();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let home = tempfile::tempdir().unwrap();
                let folder = home.path().join("store");
                copy(original, &folder);
                while let Some((file, at, mask)) = changes.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let path = folder.join(file.strip_prefix(original).unwrap());
                    flip(&path, *at, *mask);
                    let context = || format!("byte {at} of {} was changed by {mask:#04x}", file.display());
                    match see(&folder) {
                        Ok(seen) => assert_eq!(&seen, untouched, "{}", context()),
                        Err(error) => assert!(matches!(error, StoreError::Damaged { .. }), "{}: {error}", context()),
                    }
                    // Opening changes nothing, so taking the change back makes the copy whole again.
                    flip(&path, *at, *mask);
                }
                assert_eq!(&see(&folder).unwrap(), untouched);
            });
        }
    });
}

fn flip(path: &Path, at: usize, mask: u8) {
    use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
    let mut file = fs::OpenOptions::new().read(true).write(true).open(path).unwrap();
    let mut byte = [0];
    file.seek(SeekFrom::Start(at as u64)).unwrap();
    file.read_exact(&mut byte).unwrap();
    file.seek(SeekFrom::Start(at as u64)).unwrap();
    file.write_all(&[byte[0] ^ mask]).unwrap();
}

/// Every bit of the parts that say where everything else is: redb's header and both its commit slots.
fn every_bit_of_the_start(path: &Path) -> impl Iterator<Item = (PathBuf, usize, u8)> {
    let masks = (0..8).map(|bit| 1 << bit).chain([0xFF]);
    (0..320)
        .flat_map(move |at| masks.clone().map(move |mask| (at, mask)))
        .map(|(at, mask)| (path.to_path_buf(), at, mask))
}

/// One bit of each `step`th byte, a different one from byte to byte.
fn bytes_of(path: &Path, step: usize) -> impl Iterator<Item = (PathBuf, usize, u8)> {
    let len = fs::read(path).unwrap().len();
    (0..len).step_by(step).map(move |at| (path.to_path_buf(), at, 1 << (at / step % 8)))
}

#[test]
fn every_byte_of_a_store_changed_in_turn_is_noticed_or_does_no_harm() {
    // T3
    let home = tempfile::tempdir().unwrap();
    small_store(home.path());
    let mut changes = Vec::new();
    for (file, content) in files(home.path()) {
        changes.extend(bytes_of(&file, 1));
        changes.extend(every_bit_of_the_start(&file).filter(|(_, at, _)| *at < content.len()));
    }
    try_each(home.path(), &changes, see);
}

#[test]
fn a_change_is_noticed_or_does_no_harm_after_a_crash_too() {
    // T3, T4: redb mends such a file when it opens it, by other rules than it reads one that was closed.
    let home = tempfile::tempdir().unwrap();
    crashed_store(home.path());
    let mut changes: Vec<_> = every_bit_of_the_start(&redb_file(home.path())).collect();
    changes.extend(every_bit_of_the_start(&home.path().join("global").join("a.redb")));
    changes.extend(bytes_of(&redb_file(home.path()), 17));
    try_each(home.path(), &changes, see);
}

#[test]
fn a_record_that_a_damaged_page_no_longer_leads_to_is_not_taken_for_missing() {
    // T3: enough records that redb keeps pages that only lead to others, and each is asked for by its name.
    let home = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..150).map(|number| format!("number {number}")).collect();
    let mut store = create(home.path());
    for name in &names {
        store.commit(&Partition::GLOBAL, 1, set(name, name)).unwrap();
    }
    drop(store);
    let file = home.path().join("global").join("a.redb");
    let content = fs::read(&file).unwrap();
    // redb's design.md: the first byte of a page tells its kind, and 2 leads to others.
    let leading = (4096..content.len()).step_by(4096).filter(|at| content[*at] == 2);
    let changes: Vec<_> =
        leading.flat_map(|page| (page..page + 1024).step_by(7)).map(|at| (file.clone(), at, 1 << (at % 8))).collect();
    assert!(!changes.is_empty(), "there are such pages");
    try_each(home.path(), &changes, |folder| {
        let store = open(folder)?;
        let value = |name: &String| {
            let value = store.read(&Partition::GLOBAL, Table::Values, &key(name))?;
            Ok::<_, StoreError>(value.map(|bytes| bytes.to_vec()))
        };
        names.iter().map(value).collect::<Result<Vec<_>, _>>()
    });
}

#[test]
fn a_file_cut_short_or_grown_is_noticed_or_does_no_harm() {
    // T3
    let home = tempfile::tempdir().unwrap();
    let (original, folder) = (home.path().join("original"), home.path().join("copy"));
    for make in [closed_store, crashed_store] {
        let untouched = make(&original);
        copy(&original, &folder);
        for (file, content) in files(&folder) {
            let len = content.len();
            let cuts = (0..len).step_by(len.div_ceil(60)).chain((0..len).step_by(4096)).chain([len - 1]);
            for cut in cuts {
                fs::write(&file, &content[..cut]).unwrap();
                match see(&folder) {
                    // A file that was open has empty pages at its end, and redb mends what it states of its length.
                    Ok(seen) => assert_eq!(seen, untouched, "{} cut to {cut}", file.display()),
                    Err(error) => assert!(matches!(error, StoreError::Damaged { .. }), "{error}"),
                }
            }
            for more in [1, 4096, 100_000] {
                fs::write(&file, [content.as_slice(), &vec![0xA5; more]].concat()).unwrap();
                match see(&folder) {
                    Ok(seen) => assert_eq!(seen, untouched, "{} grown by {more}", file.display()),
                    Err(error) => assert!(matches!(error, StoreError::Damaged { .. }), "{error}"),
                }
            }
            fs::remove_file(&file).unwrap();
            let error = see(&folder).err().unwrap();
            let is_header = file.ends_with("tresor.header");
            assert!(matches!(error, StoreError::NotAStore { .. }) == is_header, "{error}");
            assert!(matches!(error, StoreError::Damaged { .. }) != is_header, "{error}");
            fs::write(&file, &content).unwrap();
        }
        assert_eq!(see(&folder).unwrap(), untouched);
        fs::remove_dir_all(&original).unwrap();
        fs::remove_dir_all(&folder).unwrap();
    }
}

#[test]
fn a_damaged_store_is_left_as_it_is() {
    // T3, T5
    let home = tempfile::tempdir().unwrap();
    for make in [closed_store, crashed_store] {
        let folder = home.path().join("store");
        make(&folder);
        let file = redb_file(&folder);
        let len = fs::read(&file).unwrap().len();
        for at in (0..len).step_by(997) {
            flip(&file, at, 0x40);
        }
        let before = files(&folder);
        assert!(matches!(open(&folder).err(), Some(StoreError::Damaged { .. })));
        assert!(files(&folder) == before);
        fs::remove_dir_all(&folder).unwrap();
    }
}

pub(crate) const ITEMS: TableDefinition<'_, &[u8; 32], &[u8]> = TableDefinition::new("items");
pub(crate) const VALUES: TableDefinition<'_, &[u8; 32], &[u8]> = TableDefinition::new("values");
const ACTIVITY: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("activity");
const SINGLES: TableDefinition<'_, u8, &[u8]> = TableDefinition::new("singles");

type Stolen = Vec<([u8; 32], Vec<u8>)>;

fn steal(file: &Path, table: TableDefinition<'_, &'static [u8; 32], &'static [u8]>) -> Stolen {
    let database = Database::open(file).unwrap();
    let table = database.begin_read().unwrap().open_table(table).unwrap();
    let records = table.iter().unwrap().map(Result::unwrap);
    records.map(|(id, sealed)| (*id.value(), sealed.value().to_vec())).collect()
}

/// Someone who knows redb well, and not the passphrase, changes the file with redb itself.
pub(crate) fn forge(file: &Path, change: impl FnOnce(&redb::WriteTransaction)) {
    let database = Database::open(file).unwrap();
    let txn = database.begin_write().unwrap();
    change(&txn);
    txn.commit().unwrap();
}

fn assert_noticed(folder: &Path, what: &str) {
    let error = open(folder).err();
    assert!(matches!(error, Some(StoreError::Damaged { .. })), "{what}: {error:?}");
}

#[test]
fn records_moved_removed_doubled_or_put_back_with_redb_itself_are_noticed() {
    // T3
    let home = tempfile::tempdir().unwrap();
    let original = home.path().join("original");
    closed_store(&original);
    let original_file = redb_file(&original);
    let (items, values) = (steal(&original_file, ITEMS), steal(&original_file, VALUES));
    open(&original).unwrap().commit(&west(), 4, set("three", "changed")).unwrap();
    let changed = steal(&original_file, VALUES);
    let replaced = values.iter().find(|record| !changed.contains(record)).unwrap();

    let forged = |what: &str, change: &dyn Fn(&redb::WriteTransaction)| {
        let folder = home.path().join("forged");
        copy(&original, &folder);
        forge(&redb_file(&folder), change);
        assert_noticed(&folder, what);
        fs::remove_dir_all(&folder).unwrap();
    };
    for table in [ITEMS, VALUES] {
        let records = if table.to_string() == ITEMS.to_string() { &items } else { &changed };
        forged("removed", &|txn| {
            txn.open_table(table).unwrap().remove(&records[0].0).unwrap();
        });
        forged("moved to another name", &|txn| {
            let mut table = txn.open_table(table).unwrap();
            table.remove(&records[0].0).unwrap();
            table.insert(&[7; 32], records[0].1.as_slice()).unwrap();
        });
        forged("doubled", &|txn| {
            txn.open_table(table).unwrap().insert(&[7; 32], records[0].1.as_slice()).unwrap();
        });
        forged("swapped", &|txn| {
            let mut table = txn.open_table(table).unwrap();
            table.insert(&records[0].0, records[1].1.as_slice()).unwrap();
            table.insert(&records[1].0, records[0].1.as_slice()).unwrap();
        });
        forged("all removed", &|txn| {
            txn.open_table(table).unwrap().retain(|_, _| false).unwrap();
        });
        forged("table removed", &|txn| {
            assert!(txn.delete_table(table).unwrap());
        });
    }
    forged("an older value put back", &|txn| {
        txn.open_table(VALUES).unwrap().insert(&replaced.0, replaced.1.as_slice()).unwrap();
    });
    forged("an item put among the values", &|txn| {
        txn.open_table(VALUES).unwrap().insert(&items[0].0, items[0].1.as_slice()).unwrap();
    });
    forged("a table of another kind", &|txn| {
        txn.delete_table(ITEMS).unwrap();
        txn.open_table(TableDefinition::<u64, u64>::new("items")).unwrap().insert(1, 1).unwrap();
    });
    forged("the head removed", &|txn| {
        txn.open_table(SINGLES).unwrap().remove(4).unwrap();
    });
    forged("the newest activity removed", &|txn| {
        txn.open_table(ACTIVITY).unwrap().pop_last().unwrap();
    });
}

#[test]
fn activity_that_was_tampered_with_is_noticed_when_it_is_read() {
    // T3
    let home = tempfile::tempdir().unwrap();
    let original = home.path().join("original");
    closed_store(&original);
    let forged = |what: &str, change: &dyn Fn(&redb::WriteTransaction)| {
        let folder = home.path().join("forged");
        copy(&original, &folder);
        forge(&redb_file(&folder), change);
        {
            let store = open(&folder).unwrap();
            let error = store.recent_activity(&west(), 99).err();
            assert!(matches!(error, Some(StoreError::Damaged { .. })), "{what}: {error:?}");
            assert!(matches!(store.check(), Err(StoreError::Damaged { .. })), "{what}");
        }
        fs::remove_dir_all(&folder).unwrap();
    };
    forged("one removed", &|txn| {
        txn.open_table(ACTIVITY).unwrap().remove(1).unwrap();
    });
    forged("two swapped", &|txn| {
        let mut activity = txn.open_table(ACTIVITY).unwrap();
        let first = activity.get(0).unwrap().unwrap().value().to_vec();
        let second = activity.insert(1, first.as_slice()).unwrap().unwrap().value().to_vec();
        activity.insert(0, second.as_slice()).unwrap();
    });
}

#[test]
fn an_older_state_of_a_partition_is_noticed_by_its_mark() {
    // T3, T4: put back by someone, or by a disk that only said it had written.
    let home = tempfile::tempdir().unwrap();
    for name in ["westeurope", "global"] {
        let folder = home.path().join("store");
        closed_store(&folder);
        let file = folder.join(name).join("a.redb");
        let older = fs::read(&file).unwrap();
        let mut store = open(&folder).unwrap();
        store.commit(&name.parse().unwrap(), 5, remove("one")).unwrap();
        drop(store);
        fs::write(&file, older).unwrap();
        assert_noticed(&folder, name);
        fs::remove_dir_all(&folder).unwrap();
    }
}

#[test]
fn a_partition_taken_away_or_put_in_the_place_of_another_is_noticed() {
    // T3
    let home = tempfile::tempdir().unwrap();
    let (original, folder) = (home.path().join("original"), home.path().join("copy"));
    closed_store(&original);
    open(&original).unwrap().commit(&"northeurope".parse().unwrap(), 5, set("one", "north")).unwrap();

    copy(&original, &folder);
    fs::remove_dir_all(folder.join("westeurope")).unwrap();
    assert_noticed(&folder, "taken away");
    copy(&original, &folder);
    assert!(open(&folder).is_ok());
    for file in ["a.redb", "mark"] {
        fs::copy(folder.join("northeurope").join(file), folder.join("westeurope").join(file)).unwrap();
    }
    assert_noticed(&folder, "in the place of another");
}

#[test]
fn the_header_of_another_store_does_not_open_this_one() {
    // T3: the same passphrase, so the header opens.
    let home = tempfile::tempdir().unwrap();
    let (one, other) = (home.path().join("one"), home.path().join("other"));
    closed_store(&one);
    closed_store(&other);
    fs::copy(other.join("tresor.header"), one.join("tresor.header")).unwrap();
    assert_noticed(&one, "another store's header");
}

#[test]
fn what_an_interrupted_first_use_of_a_partition_left_is_replaced() {
    // T4
    let home = tempfile::tempdir().unwrap();
    closed_store(home.path());
    fs::create_dir(home.path().join("northeurope")).unwrap();
    fs::write(home.path().join("northeurope").join("a.redb"), "half a file").unwrap();
    let north: Partition = "northeurope".parse().unwrap();
    {
        let mut store = open(home.path()).unwrap();
        assert!(!store.partitions().contains(&north), "it was never part of the store");
        store.commit(&north, 1, set("one", "north")).unwrap();
    }
    let store = open(home.path()).unwrap();
    assert_eq!(value(&store, &north, "one").as_deref(), Some("north"));
    assert_eq!((items(&store, &north).len(), activity(&store, &north, 9).len()), (1, 1));
}
