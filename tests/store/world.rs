//! A small world for tests of the store: short ways to make, fill, open and look at one.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tresor::crypto::{KdfCost, Passphrase};
use tresor::store::{Batch, Key, Partition, Place, Store, StoreError, Table};
use zeroize::Zeroizing;

pub(crate) const RIGHT: &str = "correct horse battery staple";

pub(crate) fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.to_owned())
}

pub(crate) fn west() -> Partition {
    "westeurope".parse().unwrap()
}

pub(crate) fn key(name: &str) -> Key {
    Key::of(&[b"vault", name.as_bytes()])
}

pub(crate) fn body(text: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(text.as_bytes().to_vec())
}

/// An item and a value of the same name, and a line of activity about them.
pub(crate) fn set(name: &str, value: &str) -> Batch {
    let mut batch = Batch::new();
    batch
        .put(Table::Items, key(name), body(name))
        .put(Table::Values, key(name), body(value))
        .append_activity(body(&format!("SecretSet {name}")));
    batch
}

pub(crate) fn remove(name: &str) -> Batch {
    let mut batch = Batch::new();
    batch.remove(Table::Items, key(name)).remove(Table::Values, key(name));
    batch
}

/// A new, empty store in `folder`.
pub(crate) fn create(folder: &Path) -> Store {
    let place = Place::Folder(folder.to_path_buf());
    Store::create(&place, &passphrase(RIGHT), KdfCost::LEAST, b"for tests").unwrap()
}

pub(crate) fn open(folder: &Path) -> Result<Store, StoreError> {
    served(Store::open(folder, &passphrase(RIGHT))?)
}

/// The store, if all of it is served.
pub(crate) fn served(store: Store) -> Result<Store, StoreError> {
    store.partitions().iter().try_for_each(|partition| store.serves(partition))?;
    Ok(store)
}

/// Takes away every second replica of a store that nobody has open: what is damaged then is not served by another.
pub(crate) fn keep_one_replica(folder: &Path) {
    for partition in fs::read_dir(folder).unwrap() {
        let second = partition.unwrap().path().join("b.redb");
        if second.exists() {
            fs::remove_file(second).unwrap();
        }
    }
}

/// The value under `name`, as text.
pub(crate) fn value(store: &Store, partition: &Partition, name: &str) -> Option<String> {
    let value = store.read(partition, Table::Values, &key(name)).unwrap();
    value.map(|bytes| String::from_utf8(bytes.to_vec()).unwrap())
}

/// All item bodies, as text, sorted.
pub(crate) fn items(store: &Store, partition: &Partition) -> Vec<String> {
    let mut items = Vec::new();
    store
        .scan_items(partition, |body| {
            items.push(String::from_utf8(body.to_vec()).unwrap());
            Ok::<_, StoreError>(())
        })
        .unwrap();
    items.sort();
    items
}

/// Newest chunks of activity, as text.
pub(crate) fn activity(store: &Store, partition: &Partition, most: usize) -> Vec<String> {
    let chunks = store.recent_activity(partition, most).unwrap();
    chunks.iter().map(|chunk| String::from_utf8(chunk.to_vec()).unwrap()).collect()
}

/// Every file below `folder` with its content, but for the lock, which says who has the store open.
pub(crate) fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.file_name().unwrap() != "lock" {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}

/// Copies a store that nobody has open.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}
