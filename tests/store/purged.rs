//! T10: what was purged cannot be read back from any file of the store.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tresor::crypto::{Passphrase, random};
use tresor::store::{Partition, Store};

use crate::world::{RIGHT, create, files, remove, set, value, west};

fn pair_of(partition: &Partition) -> Option<Partition> {
    (*partition == west()).then(|| "northeurope".parse().unwrap())
}

fn open(folder: &Path) -> Store {
    let mut store = Store::open(folder, &Passphrase::new(RIGHT.into())).unwrap();
    store.pair(pair_of).unwrap();
    store
}

/// The sealed bytes of the value under `name`, as long as it is there: what has to be gone after a purge.
fn sealed_pieces(folder: &Path) -> Vec<Vec<u8>> {
    use redb::{ReadableDatabase as _, ReadableTable as _};
    let database = redb::Database::builder().open_read_only(folder.join("westeurope").join("a.redb")).unwrap();
    let txn = database.begin_read().unwrap();
    let values = txn.open_table(redb::TableDefinition::<&[u8; 32], &[u8]>::new("values")).unwrap();
    let long =
        values.iter().unwrap().map(|entry| entry.unwrap().1.value().to_vec()).filter(|sealed| sealed.len() > 10_000);
    long.flat_map(|sealed| sealed.chunks(256).map(<[u8]>::to_vec).collect::<Vec<_>>())
        .filter(|piece| piece.len() == 256)
        .collect()
}

/// How many of the pieces lie anywhere in any file.
fn found(folder: &Path, pieces: &[Vec<u8>]) -> usize {
    let all: Vec<_> = files(folder).into_values().collect();
    let is_there = |piece: &Vec<u8>| all.iter().any(|file| memchr::memmem::find(file, piece).is_some());
    pieces.iter().filter(|piece| is_there(piece)).count()
}

fn filled(folder: &Path) -> Vec<Vec<u8>> {
    let mut store = create(folder);
    store.pair(pair_of).unwrap();
    for number in 0..20 {
        store.commit(&west(), number, set(&format!("secret {number}"), "kept")).unwrap();
    }
    store.commit(&west(), 21, set("to be purged", &"TOP SECRET ".repeat(1_800))).unwrap();
    store.finish_upkeep();
    drop(store);
    sealed_pieces(folder)
}

#[test]
fn nothing_of_a_purged_value_is_left_in_any_file() {
    // T10, M8
    let home = tempfile::tempdir().unwrap();
    let pieces = filled(home.path());
    assert!(pieces.len() > 50 && found(home.path(), &pieces) == pieces.len(), "it is looked for rightly");
    let mut store = open(home.path());
    store.commit(&west(), 22, remove("to be purged")).unwrap();
    assert!(store.owes_cleaning());
    store.clean().unwrap();
    assert!(!store.owes_cleaning());
    assert_eq!(found(home.path(), &pieces), 0);
    assert_eq!(value(&store, &west(), "secret 7").as_deref(), Some("kept"));
    store.commit(&west(), 23, set("later", "goes on")).unwrap();
    store.finish_upkeep();
    assert!(store.check().unwrap().files.iter().all(|file| file.found.is_ok()));
}

#[test]
fn what_a_purge_owes_is_remembered_and_met_by_whoever_opens_the_store_next() {
    // T10
    let home = tempfile::tempdir().unwrap();
    let pieces = filled(home.path());
    let mut store = open(home.path());
    store.commit(&west(), 22, remove("to be purged")).unwrap();
    drop(store);
    assert!(found(home.path(), &pieces) > 0, "it is owed");
    let mut store = open(home.path());
    assert!(store.owes_cleaning());
    store.finish_upkeep();
    drop(store);
    assert_eq!(found(home.path(), &pieces), 0);
}

#[test]
fn a_file_that_was_set_aside_goes_with_the_purge() {
    // T10
    let home = tempfile::tempdir().unwrap();
    let pieces = filled(home.path());
    fs::copy(home.path().join("westeurope/b.redb"), home.path().join("westeurope/b.aside")).unwrap();
    let mut store = open(home.path());
    store.commit(&west(), 22, remove("to be purged")).unwrap();
    store.clean().unwrap();
    drop(store);
    assert_eq!(found(home.path(), &pieces), 0);
}

#[test]
fn a_copy_that_was_away_is_cleaned_when_it_returns() {
    // T10
    let home = tempfile::tempdir().unwrap();
    let pieces = filled(home.path());
    let disk = tempfile::tempdir().unwrap();
    let (mounted, unplugged) = (disk.path().join("mounted"), disk.path().join("unplugged"));
    fs::create_dir(&unplugged).unwrap();
    crate::world::copy(&home.path().join("northeurope"), &unplugged);
    fs::remove_dir_all(home.path().join("northeurope")).unwrap();
    fs::write(home.path().join("northeurope.folder"), mounted.display().to_string()).unwrap();
    let mut store = open(home.path());
    store.commit(&west(), 22, remove("to be purged")).unwrap();
    store.clean().unwrap();
    drop(store);
    assert_eq!(found(home.path(), &pieces), 0);
    assert!(found(&unplugged, &pieces) > 0, "the copy that is away has it");
    fs::rename(&unplugged, &mounted).unwrap();
    let mut store = open(home.path());
    store.finish_upkeep();
    assert_eq!(store.shipped(&west()), Some(store.revision(&west())));
    drop(store);
    assert_eq!(found(&mounted, &pieces), 0);
}

const FOLDER: &str = "TRESOR_TEST_PURGE";

#[test]
fn child_that_purges_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let mut store = open(&folder);
    println!("ready");
    store.commit(&west(), 22, remove("to be purged")).unwrap();
    println!("purged");
    store.clean().unwrap();
    println!("cleaned");
}

/// So many of `all`: all where that was asked for, otherwise a tenth.
fn times(all: u64) -> u64 {
    if std::env::var_os("TRESOR_FAULTS").is_some_and(|asked| asked == "all") { all } else { all.div_ceil(10) }
}

#[test]
fn killed_at_any_moment_of_a_purge_it_is_ended_by_whoever_opens_the_store_next() {
    // T4, T10
    let mut reported = 0;
    for kill in 0..times(200) {
        let home = tempfile::tempdir().unwrap();
        let pieces = filled(home.path());
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "purged::child_that_purges_until_it_is_killed", "--nocapture"])
            .env(FOLDER, home.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        lines.find(|line| line.contains("ready")).expect("a child opens the store");
        for _ in 0..u64::from_le_bytes(random::bytes()) % 10_000_000 {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let was_purged = lines.any(|line| line.contains("purged"));
        let mut store = open(home.path());
        store.finish_upkeep();
        let is_there = value(&store, &west(), "to be purged").is_some();
        assert!(!(was_purged && is_there), "kill {kill}: what was reported as purged is gone");
        assert_eq!(value(&store, &west(), "secret 7").as_deref(), Some("kept"), "kill {kill}");
        assert!(store.check().unwrap().files.iter().all(|file| file.found.is_ok()), "kill {kill}");
        drop(store);
        assert_eq!(found(home.path(), &pieces), if is_there { pieces.len() } else { 0 }, "kill {kill}");
        reported += u64::from(was_purged);
    }
    let all = times(200);
    println!(
        "COUNTED | purge killed at {all} moments | {all} | {reported} | 0 | 0 | 0 | {reported} purges reported as done, 0 pieces found |"
    );
}
