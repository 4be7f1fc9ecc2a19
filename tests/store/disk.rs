//! A disk that is full or read-only. Both are made with a small file system of their own, which needs the right to mount
//! one; where that is missing, the tests say so loudly and prove nothing.
#![cfg(target_os = "linux")]

use std::fs;

use tresor::crypto::KdfCost;
use tresor::store::{Partition, Place, Store, StoreError};

use crate::small_disk::SmallDisk;
use crate::world::{RIGHT, create, files, items, open, passphrase, set, value, west};

#[test]
fn a_full_disk_refuses_a_commit_keeps_what_was_done_and_works_again_with_room() {
    // T4, T5
    let Some(disk) = SmallDisk::mount("full disk, commit") else { return };
    let mut store = create(&disk.store());
    store.commit(&west(), 1, set("one", "first")).unwrap();
    let ballast = disk.fill();
    let long = "x".repeat(2_000_000);
    let revision = store.revision(&west());
    for _ in 0..3 {
        let refused = store.commit(&west(), 2, set("two", &long)).err();
        assert!(matches!(refused, Some(StoreError::NoSpace)), "{refused:?}");
        assert_eq!(store.revision(&west()), revision);
        assert_eq!(items(&store, &west()), ["one"], "what was reported done can still be read");
        assert_eq!(value(&store, &west(), "one").as_deref(), Some("first"));
        assert_eq!(value(&store, &west(), "two"), None);
    }
    let north: Partition = "northeurope".parse().unwrap();
    let refused = store.commit(&north, 2, set("two", "second")).err();
    assert!(matches!(refused, Some(StoreError::NoSpace)), "{refused:?}");
    let refused = store.change_passphrase(&passphrase(RIGHT), &passphrase("new"), KdfCost::LEAST).err();
    assert!(matches!(refused, Some(StoreError::NoSpace)), "{refused:?}");
    drop(store);

    // Opening and reading needs no room.
    let mut store = open(&disk.store()).unwrap();
    assert_eq!(items(&store, &west()), ["one"]);
    fs::remove_file(ballast).unwrap();
    store.commit(&west(), 3, set("two", &long)).unwrap();
    store.commit(&north, 3, set("three", "third")).unwrap();
    drop(store);
    let store = open(&disk.store()).unwrap();
    assert_eq!(items(&store, &west()), ["one", "two"]);
    assert_eq!(value(&store, &west(), "two"), Some(long));
    store.check().unwrap();
}

#[test]
fn a_disk_that_fills_up_loses_nothing_that_was_reported_done() {
    // T4
    let Some(disk) = SmallDisk::mount("disk that fills up") else { return };
    let mut store = create(&disk.store());
    let mut done = 0;
    let long = |number: usize| format!("value of {number} ").repeat(3000);
    loop {
        match store.commit(&west(), 1, set(&format!("number {done:03}"), &long(done))) {
            Ok(_) => done += 1,
            Err(StoreError::NoSpace) => break,
            Err(other) => panic!("after {done}: {other}"),
        }
    }
    assert!(3 < done, "some were done: {done}");
    for _ in 0..2 {
        assert_eq!(items(&store, &west()).len(), done);
        for number in 0..done {
            assert_eq!(value(&store, &west(), &format!("number {number:03}")), Some(long(number)));
        }
        store.check().unwrap();
        drop(store);
        store = open(&disk.store()).unwrap();
    }
}

#[test]
fn no_store_is_made_on_a_full_disk_and_nothing_is_left_behind() {
    // T5
    let Some(disk) = SmallDisk::mount("full disk, new store") else { return };
    disk.fill();
    let place = Place::Folder(disk.store());
    let refused = Store::create(&place, &passphrase(RIGHT), KdfCost::LEAST, b"").err();
    assert!(matches!(refused, Some(StoreError::NoSpace)), "{refused:?}");
    assert!(!disk.store().exists());
}

#[test]
fn a_read_only_folder_is_read_says_so_and_stays_as_it_is() {
    // T5
    let Some(disk) = SmallDisk::mount("read-only folder") else { return };
    let mut store = create(&disk.store());
    store.commit(&west(), 1, set("one", "first")).unwrap();
    drop(store);
    fs::create_dir(disk.path.join("empty")).unwrap();
    let before = files(&disk.path);
    disk.make_read_only();
    let mut store = open(&disk.store()).unwrap();
    assert_eq!(value(&store, &west(), "one").as_deref(), Some("first"));
    let refused = store.commit(&west(), 2, set("two", "second")).err();
    assert!(matches!(refused, Some(StoreError::ReadOnlyFolder { .. })), "{refused:?}");
    assert_eq!(value(&store, &west(), "one").as_deref(), Some("first"), "it goes on being read");
    drop(store);
    for folder in ["new", "empty"] {
        let place = Place::Folder(disk.path.join(folder));
        let refused = Store::create(&place, &passphrase(RIGHT), KdfCost::LEAST, b"").err();
        assert!(matches!(refused, Some(StoreError::ReadOnlyFolder { .. })), "{refused:?}");
    }
    assert!(files(&disk.path) == before);
}
