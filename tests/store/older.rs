//! T9: older files put in place of newer ones are noticed on this computer, whichever they are.

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use tresor::store::{Hold, Holder, Older, Opening, Partition, Store, StoreError};

use crate::world::{RIGHT, copy, create, passphrase, set, value, west};

fn north() -> Partition {
    "northeurope".parse().unwrap()
}

fn pair_of(partition: &Partition) -> Option<Partition> {
    match partition.as_str() {
        "westeurope" => Some(north()),
        "northeurope" => Some(west()),
        _ => None,
    }
}

struct Home {
    folder: TempDir,
    memory: TempDir,
    yesterday: TempDir,
}

impl Home {
    /// A store of two regions with a copy of yesterday, and one change more in each part since.
    fn new() -> Self {
        let home = Self {
            folder: tempfile::tempdir().unwrap(),
            memory: tempfile::tempdir().unwrap(),
            yesterday: tempfile::tempdir().unwrap(),
        };
        let mut store = create(home.path());
        store.pair(pair_of).unwrap();
        for partition in [west(), north(), Partition::GLOBAL] {
            store.commit(&partition, 1, set("db", "old")).unwrap();
        }
        store.finish_upkeep();
        drop(store);
        copy(home.path(), home.yesterday.path());
        let mut store = home.open(Older::Refused).unwrap();
        for partition in [west(), north(), Partition::GLOBAL, west(), north()] {
            store.commit(&partition, 2, set("db", "new")).unwrap();
        }
        store.finish_upkeep();
        store.refer_to_regions().unwrap();
        drop(store);
        home
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn open_with(&self, older: Older, memory: Option<&Path>) -> Result<Store, StoreError> {
        let right = passphrase(RIGHT);
        let mut store = Store::open_as(
            Hold::take(self.path(), Holder::Window)?,
            Opening { memory, older, ..Opening::whole(&right) },
        )?;
        store.pair(pair_of)?;
        Ok(store)
    }

    fn open(&self, older: Older) -> Result<Store, StoreError> {
        self.open_with(older, Some(self.memory.path()))
    }

    /// Puts yesterday's folder of a part in place of today's.
    fn put_back(&self, part: &str) {
        fs::remove_dir_all(self.path().join(part)).unwrap();
        copy(&self.yesterday.path().join(part), &self.path().join(part));
    }
}

#[test]
fn an_older_folder_of_what_belongs_to_no_region_is_noticed_without_any_memory() {
    // T9, M3: roles, identities and their PINs stand there.
    let home = Home::new();
    for with_marks in [true, false] {
        home.put_back("global");
        if !with_marks {
            fs::remove_file(home.path().join("global/mark")).unwrap();
        }
        let opened = home.open_with(Older::Refused, None).map(drop);
        assert!(matches!(&opened, Err(StoreError::Older { what }) if what.contains("global")), "{opened:?}");
    }
}

#[test]
fn an_older_region_is_noticed_whatever_of_its_marks_is_taken_away() {
    // T9, M4
    for (gone, is_copy_older) in [
        (vec!["northeurope/copy-of-westeurope.mark"], false),
        (vec!["northeurope/copy-of-westeurope.mark", "westeurope/mark"], false),
        (vec!["northeurope/copy-of-westeurope.mark", "northeurope/copy-of-westeurope.redb"], false),
        (vec![], true),
        (vec!["westeurope/mark", "northeurope/copy-of-westeurope.mark"], true),
    ] {
        let home = Home::new();
        home.put_back("westeurope");
        if is_copy_older {
            for name in ["copy-of-westeurope.mark", "copy-of-westeurope.redb"] {
                fs::copy(
                    home.yesterday.path().join("northeurope").join(name),
                    home.path().join("northeurope").join(name),
                )
                .unwrap();
            }
        }
        for name in &gone {
            fs::remove_file(home.path().join(name)).unwrap();
        }
        let mut store = home.open_with(Older::Refused, None).unwrap();
        let served = store.serves(&west()).map(|()| value(&store, &west(), "db"));
        match served {
            // Brought forward from the copy, which has all.
            Ok(found) => {
                assert_eq!(found.as_deref(), Some("new"), "{gone:?} {is_copy_older}");
                assert!(!is_copy_older);
            }
            Err(_) => assert!(store.take_notices().iter().any(|notice| notice.contains("westeurope")), "{gone:?}"),
        }
        assert_eq!(value(&store, &north(), "db").as_deref(), Some("new"), "what was not touched is served");
    }
}

#[test]
fn a_whole_store_put_back_is_noticed_on_the_computer_that_wrote_the_newer_one() {
    // T9
    let home = Home::new();
    for part in ["global", "westeurope", "northeurope"] {
        home.put_back(part);
    }
    let opened = home.open(Older::Refused).map(drop);
    assert!(
        matches!(&opened, Err(StoreError::Older { what }) if what.contains("this computer last saw")),
        "{opened:?}"
    );
    // Another computer has seen nothing newer; the documents say so.
    home.open_with(Older::Refused, None).unwrap();
}

#[test]
fn a_restored_copy_is_accepted_once_and_is_the_state_from_then_on() {
    // T9
    let home = Home::new();
    home.put_back("global");
    assert!(home.open(Older::Refused).is_err());
    let mut store = home.open(Older::Accepted).unwrap();
    assert_eq!(value(&store, &Partition::GLOBAL, "db").as_deref(), Some("old"));
    store.commit(&Partition::GLOBAL, 3, set("db", "again")).unwrap();
    drop(store);
    let store = home.open(Older::Refused).unwrap();
    assert_eq!(value(&store, &Partition::GLOBAL, "db").as_deref(), Some("again"));
    assert_eq!(value(&store, &west(), "db").as_deref(), Some("new"));
}

#[test]
fn a_region_that_was_put_back_can_be_accepted_too() {
    // T9
    let home = Home::new();
    home.put_back("westeurope");
    home.put_back("northeurope");
    let store = home.open(Older::Refused).unwrap();
    assert!(store.serves(&west()).is_err() && store.serves(&north()).is_err());
    drop(store);
    let store = home.open(Older::Accepted).unwrap();
    assert_eq!(value(&store, &west(), "db").as_deref(), Some("old"));
    drop(store);
    let store = home.open(Older::Refused).unwrap();
    assert_eq!(value(&store, &north(), "db").as_deref(), Some("old"));
}

#[test]
fn a_check_fails_on_files_that_are_whole_and_went_different_ways() {
    // T9, M4
    let home = Home::new();
    let elsewhere = tempfile::tempdir().unwrap();
    copy(home.yesterday.path(), elsewhere.path());
    let right = passphrase(RIGHT);
    let mut other = Store::open(elsewhere.path(), &right).unwrap();
    other.pair(pair_of).unwrap();
    for number in 0..2 {
        other.commit(&west(), 2, set("db", &format!("apart {number}"))).unwrap();
    }
    other.finish_upkeep();
    drop(other);
    for name in ["copy-of-westeurope.mark", "copy-of-westeurope.redb"] {
        fs::copy(elsewhere.path().join("northeurope").join(name), home.path().join("northeurope").join(name)).unwrap();
    }
    let store = home.open(Older::Refused).unwrap();
    let report = store.check().unwrap();
    let apart = report.files.iter().find(|file| file.found.is_err());
    assert!(apart.is_some_and(|file| file.partition == west()), "{:?}", report.files);
}

#[test]
fn a_memory_that_is_lost_proves_nothing() {
    // T9
    let home = Home::new();
    for entry in fs::read_dir(home.memory.path()).unwrap() {
        fs::write(entry.unwrap().path(), b"nothing that was sealed").unwrap();
    }
    let store = home.open(Older::Refused).unwrap();
    assert_eq!(value(&store, &west(), "db").as_deref(), Some("new"));
}
