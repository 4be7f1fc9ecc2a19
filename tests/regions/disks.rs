//! T4, T5, A3: disks that are full or read-only, for a whole region, for one replica of it, and for its pair. Each is a small
//! file system of its own, which needs the right to mount one; where that is missing, the tests say so loudly.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use tresor::store::{FileFault, FileName, FileState, StoreError};

use crate::small_disk::SmallDisk;
use crate::world::{Ledger, Tally, body, create, fault, key, open, path_of, quick_folder, report, state, times, west};

/// What lies on the small disk.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Lies {
    Region,
    Replica(FileName),
    Pair,
}

const ALL: [Lies; 4] = [Lies::Region, Lies::Replica(FileName::A), Lies::Replica(FileName::B), Lies::Pair];

/// A store of which a part lies on the disk.
fn store_on(disk: &SmallDisk, folder: &Path, lies: Lies) -> Ledger {
    let mut ledger = Ledger::default();
    let mut store = create(folder);
    ledger.set_many(&mut store, 20);
    store.finish_upkeep();
    drop(store);
    let moved = match lies {
        Lies::Region => folder.join("westeurope"),
        Lies::Pair => folder.join("northeurope"),
        Lies::Replica(name) => path_of(folder, name),
    };
    fs::create_dir_all(disk.store()).unwrap();
    let target = disk.store().join(moved.file_name().unwrap());
    if moved.is_dir() {
        crate::world::copy(&moved, &target);
        fs::remove_dir_all(&moved).unwrap();
    } else {
        fs::copy(&moved, &target).unwrap();
        fs::remove_file(&moved).unwrap();
    }
    symlink(&target, &moved).unwrap();
    ledger
}

/// More than a small disk takes.
fn large() -> tresor::store::Batch {
    let mut batch = tresor::store::Batch::new();
    let text: String = "0123456789".repeat(300_000);
    batch.put(tresor::store::Table::Values, key("large"), body(&text));
    batch
}

fn remount(disk: &SmallDisk, how: &str) {
    let status = Command::new("mount").args(["-o", how]).arg(&disk.path).status().unwrap();
    assert!(status.success());
}

#[test]
fn a_disk_that_is_full_in_the_middle_of_a_commit_costs_nothing() {
    // T4, T5, A3
    let mut tally = Tally::of("disk full in the middle of a commit");
    for round in 0..times(80) {
        let Some(disk) = SmallDisk::mount("disk full in the middle of a commit") else { return };
        let lies = ALL[round as usize % ALL.len()];
        let home = quick_folder();
        let folder = home.path().join("store");
        let mut ledger = store_on(&disk, &folder, lies);
        let mut store = open(&folder);
        ledger.set(&mut store).unwrap();
        store.finish_upkeep();
        let ballast = disk.fill();
        tally.made(1);
        let when = format!("full: {lies:?}");
        let revision = store.revision(&west());
        // A change that is too long is refused where the whole region has no room, and is there nowhere.
        if lies == Lies::Region {
            for _ in 0..3 {
                let refused = store.commit(&west(), 1, large()).err();
                tally.said(matches!(refused, Some(StoreError::NoSpace)), format!("{when}: {refused:?}"));
                tally.said(store.revision(&west()) == revision, format!("{when}: a refused change is there"));
                tally.compare(&store, &ledger, &when);
                tally.count("changes refused for want of room", 1);
            }
        } else {
            // Until there is no room left on the one that is full; the others go on.
            for _ in 0..400 {
                if let Err(error) = ledger.set(&mut store) {
                    tally.lose(1, format!("{when}: {error}"));
                }
                if ledger.len().is_multiple_of(16) {
                    store.upkeep();
                }
            }
            store.finish_upkeep();
            tally.compare(&store, &ledger, &when);
            let name = if let Lies::Replica(name) = lies { name } else { FileName::Copy };
            let stands = state(&store, name);
            tally.count("files that were left out for want of room", u64::from(stands != FileState::Current));
            if let Some(FileFault::Failing(said)) = fault(&store, name) {
                tally.said(said.contains("full"), format!("{when}: {said}"));
            }
        }
        drop(store);
        let mut store = open(&folder);
        tally.compare(&store, &ledger, &format!("{when}, opened again"));
        fs::remove_file(ballast).unwrap();
        store.finish_upkeep();
        ledger.set_many(&mut store, 3);
        tally.whole(&mut store, &format!("{when}, with room again"));
        tally.compare(&store, &ledger, &format!("{when}, with room again"));
        tally.acknowledged(ledger.len());
    }
    tally.finish();
}

#[test]
fn a_disk_that_is_made_read_only_costs_nothing() {
    // T4, T5, A3
    let mut tally = Tally::of("folder made read-only");
    for round in 0..times(80) {
        let Some(disk) = SmallDisk::mount("folder made read-only") else { return };
        let lies = ALL[round as usize % ALL.len()];
        let is_open = round % 8 < 4;
        let home = quick_folder();
        let folder = home.path().join("store");
        let mut ledger = store_on(&disk, &folder, lies);
        // A file that is open for writing would keep the file system from being made read-only.
        let held = is_open.then(|| open(&folder));
        disk.make_read_only();
        let mut store = held.unwrap_or_else(|| open(&folder));
        tally.made(1);
        let when = format!("read-only: {lies:?}, open {is_open}");
        let done = ledger.set(&mut store);
        if lies == Lies::Region {
            tally.said(matches!(done, Err(StoreError::ReadOnlyFolder { .. })), format!("{when}: {done:?}"));
            tally.count("changes refused", 1);
            store.finish_upkeep();
            tally.said(store.serves(&west()).is_ok(), format!("{when}: not even read"));
        } else {
            tally.said(done.is_ok(), format!("{when}: {done:?}"));
            for _ in 0..30 {
                if let Err(error) = ledger.set(&mut store) {
                    tally.lose(1, format!("{when}: {error}"));
                }
            }
            store.finish_upkeep();
            let name = if let Lies::Replica(name) = lies { name } else { FileName::Copy };
            // A replica that is a link to a file there is written anew beside, where there is room.
            let is_said = state(&store, name) != FileState::Current || !store.take_notices().is_empty();
            tally.said(is_said, format!("{when}: {:?}", report(&store)));
        }
        tally.compare(&store, &ledger, &when);
        drop(store);
        let mut store = open(&folder);
        tally.compare(&store, &ledger, &format!("{when}, opened again"));
        remount(&disk, "remount,rw");
        store.finish_upkeep();
        ledger.set_many(&mut store, 3);
        tally.whole(&mut store, &format!("{when}, writable again"));
        tally.compare(&store, &ledger, &format!("{when}, writable again"));
        tally.acknowledged(ledger.len());
    }
    tally.finish();
}
