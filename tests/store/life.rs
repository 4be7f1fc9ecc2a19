//! A store from its making to its next opening, and each way in which that can fail.

use std::fs;

use tresor::crypto::KdfCost;
use tresor::store::{Batch, Partition, Place, Revision, Store, StoreError, Table};

use crate::world::{
    RIGHT, activity, body, copy, create, files, items, key, open, passphrase, remove, set, value, west,
};

#[test]
fn what_was_committed_is_there_after_the_next_opening() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("new").join("store");
    let (id, global) = {
        let mut store = create(&folder);
        store.commit(&Partition::GLOBAL, 5, set("settings", "dark")).unwrap();
        store.commit(&west(), 7, set("one", "first")).unwrap();
        store.commit(&west(), 6, set("two", "second")).unwrap();
        store.commit(&west(), 6, set("one", "replaced")).unwrap();
        store.commit(&west(), 6, set("three", "third")).unwrap();
        store.commit(&west(), 6, remove("two")).unwrap();
        store.commit(&west(), 6, remove("never there")).unwrap();
        (store.id(), store.revision(&Partition::GLOBAL))
    };
    let store = open(&folder).unwrap();
    assert_eq!(store.id(), id);
    assert_eq!(store.profile(), b"for tests");
    assert_eq!(store.cost(), KdfCost::LEAST);
    assert_eq!(store.place(), &Place::Folder(folder));
    assert_eq!(store.partitions(), [Partition::GLOBAL, west()]);
    assert_eq!(store.revision(&west()), Revision(6));
    assert_eq!(store.revision(&Partition::GLOBAL), global);
    assert_eq!(store.last_change_ms(), 7, "the greatest, not the latest");
    assert_eq!(items(&store, &west()), ["one", "three"]);
    assert_eq!(items(&store, &Partition::GLOBAL), ["settings"]);
    assert_eq!(value(&store, &west(), "one").as_deref(), Some("replaced"));
    assert_eq!(value(&store, &west(), "two"), None);
    assert_eq!(value(&store, &Partition::GLOBAL, "one"), None, "each partition is its own");
    assert_eq!(activity(&store, &west(), 2), ["SecretSet three", "SecretSet one"], "newest first");
    assert_eq!(activity(&store, &west(), 99).len(), 4);
    let report = store.check().unwrap();
    let west_report = &report.partitions[1];
    assert_eq!((west_report.items, west_report.values, west_report.activity), (2, 2, 4));
}

#[test]
fn a_store_in_memory_does_all_of_it_too() {
    let place = Place::Memory;
    let mut store = Store::create(&place, &passphrase("demo"), KdfCost::LEAST, b"demo").unwrap();
    store.commit(&west(), 1, set("one", "first")).unwrap();
    assert_eq!(value(&store, &west(), "one").as_deref(), Some("first"));
    assert_eq!(items(&store, &west()), ["one"]);
    assert_eq!(store.size_bytes().unwrap(), 0);
    store.check().unwrap();
    store.change_passphrase(&passphrase("demo"), &passphrase("other"), KdfCost::LEAST).unwrap();
    store.verify_passphrase(&passphrase("other")).unwrap();
}

#[test]
fn opening_and_reading_changes_no_file() {
    // T5
    let home = tempfile::tempdir().unwrap();
    create(home.path()).commit(&west(), 1, set("one", "first")).unwrap();
    let before = files(home.path());
    {
        let store = open(home.path()).unwrap();
        assert_eq!(value(&store, &west(), "one").as_deref(), Some("first"));
        store.check().unwrap();
    }
    assert!(files(home.path()) == before);
}

#[test]
fn a_wrong_or_empty_passphrase_opens_nothing_says_so_and_changes_nothing() {
    // T2
    let home = tempfile::tempdir().unwrap();
    create(home.path()).commit(&west(), 1, set("one", "first")).unwrap();
    let before = files(home.path());
    for wrong in ["wrong", "Correct horse battery staple", "correct horse battery staple ", "\0"] {
        let refused = Store::open(home.path(), &passphrase(wrong)).err().unwrap();
        assert!(matches!(refused, StoreError::WrongPassphrase), "{refused}");
    }
    let refused = Store::open(home.path(), &passphrase("")).err().unwrap();
    assert!(matches!(refused, StoreError::EmptyPassphrase), "{refused}");
    assert!(files(home.path()) == before);
    assert!(open(home.path()).is_ok());
}

#[test]
fn an_empty_passphrase_makes_no_store() {
    // T2, T5
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("store");
    let place = Place::Folder(folder.clone());
    let refused = Store::create(&place, &passphrase(""), KdfCost::LEAST, b"").err().unwrap();
    assert!(matches!(refused, StoreError::EmptyPassphrase));
    assert!(!folder.exists());
}

#[test]
fn a_new_passphrase_replaces_the_old_one_and_no_record_is_written_again() {
    // T2
    let home = tempfile::tempdir().unwrap();
    create(home.path()).commit(&west(), 1, set("one", "first")).unwrap();
    let before = files(home.path());
    {
        let mut store = open(home.path()).unwrap();
        let wrong = store.change_passphrase(&passphrase("wrong"), &passphrase("new"), KdfCost::LEAST);
        assert!(matches!(wrong, Err(StoreError::WrongPassphrase)));
        let current = passphrase(RIGHT);
        let empty = store.change_passphrase(&current, &passphrase(""), KdfCost::LEAST);
        assert!(matches!(empty, Err(StoreError::EmptyPassphrase)));
        assert!(files(home.path()) == before, "a refused change changes nothing");
        let cost = KdfCost { passes: 2, ..KdfCost::LEAST };
        store.change_passphrase(&current, &passphrase("new"), cost).unwrap();
        store.verify_passphrase(&passphrase("new")).unwrap();
        assert!(matches!(store.verify_passphrase(&current), Err(StoreError::WrongPassphrase)));
        assert_eq!(store.cost(), cost);
    }
    let mut after = files(home.path());
    let header = home.path().join("tresor.header");
    assert_ne!(after.get(&header), before.get(&header));
    after.insert(header.clone(), before[&header].clone());
    assert!(after == before, "only the header is another one");
    assert!(matches!(open(home.path()).err(), Some(StoreError::WrongPassphrase)));
    let store = Store::open(home.path(), &passphrase("new")).unwrap();
    assert_eq!(value(&store, &west(), "one").as_deref(), Some("first"));
}

#[test]
fn a_path_that_leads_to_no_store_says_which_way_it_is_wrong() {
    // T5
    let home = tempfile::tempdir().unwrap();
    let missing = home.path().join("missing");
    assert!(matches!(open(&missing).err(), Some(StoreError::Missing { path }) if path == missing));
    let file = home.path().join("file");
    fs::write(&file, "a file").unwrap();
    for path in [file.clone(), file.join("below")] {
        assert!(matches!(open(&path).err(), Some(StoreError::NotAFolder { .. })), "{}", path.display());
        let place = Place::Folder(path);
        let refused = Store::create(&place, &passphrase("x"), KdfCost::LEAST, b"").err();
        assert!(matches!(refused, Some(StoreError::NotAFolder { .. })));
    }
    assert!(matches!(open(home.path()).err(), Some(StoreError::NotAStore { .. })));
    assert!(!Store::exists(home.path()) && !Store::exists(&missing) && !Store::exists(&file));
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1, "looking leaves nothing behind");
    assert_eq!(fs::read(&file).unwrap(), b"a file");
}

#[test]
fn a_store_is_made_only_in_a_folder_of_its_own() {
    // T5
    let home = tempfile::tempdir().unwrap();
    drop(create(home.path()));
    assert!(Store::exists(home.path()));
    let before = files(home.path());
    let again = |folder: &std::path::Path| {
        Store::create(&Place::Folder(folder.to_path_buf()), &passphrase("x"), KdfCost::LEAST, b"").err()
    };
    assert!(matches!(again(home.path()), Some(StoreError::NotEmpty { .. })));
    assert!(files(home.path()) == before);
    let other = tempfile::tempdir().unwrap();
    fs::write(other.path().join("letter.txt"), "dear").unwrap();
    assert!(matches!(again(other.path()), Some(StoreError::NotEmpty { .. })));
    assert_eq!(files(other.path()).len(), 1);
}

#[test]
fn a_store_that_is_open_opens_nowhere_else_and_says_who_has_it() {
    let home = tempfile::tempdir().unwrap();
    let mut store = create(home.path());
    let refused = open(home.path()).err().unwrap();
    let this_process = format!("(process {})", std::process::id());
    assert!(refused.to_string().contains(&this_process), "{refused}");
    store.commit(&west(), 1, set("one", "first")).unwrap();
    drop(store);
    assert!(open(home.path()).is_ok(), "the lock goes with the handle");
}

#[test]
fn a_store_of_a_newer_program_is_told_from_a_damaged_one() {
    let home = tempfile::tempdir().unwrap();
    drop(create(home.path()));
    let header = home.path().join("tresor.header");
    let mut bytes = fs::read(&header).unwrap();
    bytes[8..10].copy_from_slice(&9_u16.to_le_bytes());
    let body = bytes.len() - 32;
    let checksum = ring::digest::digest(&ring::digest::SHA256, &bytes[..body]);
    bytes[body..].copy_from_slice(checksum.as_ref());
    fs::write(&header, &bytes).unwrap();
    let before = files(home.path());
    assert!(matches!(open(home.path()).err(), Some(StoreError::NewerFormat { found: 9, known: 2, .. })));
    assert!(files(home.path()) == before);
}

#[test]
fn a_copy_of_a_store_is_a_store() {
    let home = tempfile::tempdir().unwrap();
    let (original, copied) = (home.path().join("original"), home.path().join("copied"));
    create(&original).commit(&west(), 1, set("one", "first")).unwrap();
    copy(&original, &copied);
    let (first, second) = (open(&original).unwrap(), open(&copied).unwrap());
    assert_eq!(value(&first, &west(), "one"), value(&second, &west(), "one"));
}

#[test]
fn a_name_tells_records_apart_by_its_parts() {
    let mut store = Store::create(&Place::Memory, &passphrase("x"), KdfCost::LEAST, b"").unwrap();
    let mut batch = Batch::new();
    batch.put(Table::Items, tresor::store::Key::of(&[b"ab", b"c"]), body("ab c"));
    store.commit(&west(), 1, batch).unwrap();
    let read = |parts: &[&[u8]]| store.read(&west(), Table::Items, &tresor::store::Key::of(parts)).unwrap();
    assert!(read(&[b"ab", b"c"]).is_some());
    assert!(read(&[b"a", b"bc"]).is_none() && read(&[b"abc"]).is_none());
    assert!(store.read(&west(), Table::Values, &key("ab")).unwrap().is_none());
}
