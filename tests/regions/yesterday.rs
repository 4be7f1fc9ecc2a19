//! T3: a copy of yesterday's files put in place of today's, while nobody has them open and while they are.

use std::fs;
use std::path::Path;

use tresor::store::{FileName, FileState, Store};

use crate::world::{
    Ledger, Tally, copy, create, fault, from_pair, open, path_of, put_back, quick_folder, report, state, times, up_to,
    west,
};

/// What is put back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum What {
    A,
    B,
    /// Not the mark beside them.
    Both,
    /// With all in it: both replicas, the mark, and nothing of today.
    RegionFolder,
    Copy,
    /// And its mark.
    CopyAndMark,
    Mark,
    ReplicaOfGlobal,
}

const ALL: [What; 8] = [
    What::A,
    What::B,
    What::Both,
    What::RegionFolder,
    What::Copy,
    What::CopyAndMark,
    What::Mark,
    What::ReplicaOfGlobal,
];

fn put_yesterday(what: What, yesterday: &Path, folder: &Path) {
    let files: &[&str] = match what {
        What::A => &["westeurope/a.redb"],
        What::B => &["westeurope/b.redb"],
        What::Both => &["westeurope/a.redb", "westeurope/b.redb"],
        What::RegionFolder => &["westeurope"],
        What::Copy => &["northeurope/copy-of-westeurope.redb"],
        What::CopyAndMark => &["northeurope/copy-of-westeurope.redb", "northeurope/copy-of-westeurope.mark"],
        What::Mark => &["westeurope/mark"],
        What::ReplicaOfGlobal => &["global/b.redb"],
    };
    for file in files {
        put_back(&yesterday.join(file), &folder.join(file));
    }
}

/// Two days of a store. So many changes lie between them.
fn two_days(home: &Path, between: u64) -> (Ledger, Ledger) {
    let today = home.join("today");
    let mut ledger = Ledger::default();
    let mut store = create(&today);
    ledger.set_many(&mut store, 20);
    store.finish_upkeep();
    drop(store);
    copy(&today, &home.join("yesterday"));
    let before = ledger.clone();
    let mut store = open(&today);
    for _ in 0..between.div_ceil(50) {
        ledger.set_many(&mut store, between.min(50));
        store.finish_upkeep();
    }
    (before, ledger)
}

/// What may be seen at once, before anything was mended.
fn at_once(tally: &mut Tally, store: &mut Store, what: What, ledger: &Ledger, when: &str) {
    match what {
        What::A | What::B => {
            let name = if what == What::A { FileName::A } else { FileName::B };
            tally.said(state(store, name) != FileState::Current, format!("{when}: an old replica is called current"));
            tally.compare(store, ledger, when);
        }
        What::Both => {
            tally.said(store.serves(&west()).is_err(), format!("{when}: replicas below their mark are served"));
            tally.said(ledger.clone().set(store).is_err(), format!("{when}: an old region takes changes"));
            from_pair(store, |store| tally.compare(store, ledger, &format!("{when}, in the pair")));
            if let Err(error) = store.rebuild(&west()) {
                tally.lose(ledger.len(), format!("{when}: {error}"));
            }
            tally.count("regions written anew from the pair", 1);
        }
        What::RegionFolder => {
            tally.said(!store.take_notices().is_empty(), format!("{when}: a region went back and nothing is said"));
            tally.count("regions brought forward from the pair", 1);
        }
        What::Copy | What::CopyAndMark | What::Mark | What::ReplicaOfGlobal => tally.compare(store, ledger, when),
    }
}

#[test]
fn files_of_yesterday_are_noticed_and_brought_forward() {
    // T3, A1, A2
    let mut tally = Tally::of("files of yesterday in place of today's, closed");
    for between in [10, 400] {
        let home = quick_folder();
        let (_, today) = two_days(home.path(), between);
        tally.acknowledged(today.len());
        for round in 0..times(160).max(8) {
            let what = ALL[round as usize % ALL.len()];
            let when = format!("{what:?}, {between} changes later");
            let folder = home.path().join("store");
            copy(&home.path().join("today"), &folder);
            put_yesterday(what, &home.path().join("yesterday"), &folder);
            tally.made(1);
            let mut ledger = today.clone();
            let mut store = open(&folder);
            at_once(&mut tally, &mut store, what, &ledger, &when);
            tally.whole(&mut store, &when);
            tally.compare(&store, &ledger, &when);
            ledger.set_many(&mut store, 3);
            tally.acknowledged(3);
            tally.whole(&mut store, &format!("{when}, going on"));
            drop(store);
            tally.compare(&open(&folder), &ledger, &format!("{when}, opened again"));
            fs::remove_dir_all(&folder).unwrap();
        }
    }
    tally.finish();
}

#[test]
fn files_of_yesterday_put_in_place_while_the_store_is_open_are_noticed() {
    // T3, A1, A2
    let mut tally = Tally::of("files of yesterday in place of today's, open");
    for between in [10, 400] {
        let home = quick_folder();
        let (_, today) = two_days(home.path(), between);
        tally.acknowledged(today.len());
        for round in 0..times(120).max(6) {
            // Marks are read when a store is opened.
            let what =
                [What::A, What::B, What::Both, What::RegionFolder, What::Copy, What::CopyAndMark][round as usize % 6];
            let when = format!("{what:?}, {between} changes later, while open");
            let folder = home.path().join("store");
            copy(&home.path().join("today"), &folder);
            let mut ledger = today.clone();
            let mut store = open(&folder);
            // With and without a commit before, as a file is opened for writing then.
            if up_to(1) == 0 {
                ledger.set_many(&mut store, 2);
                store.finish_upkeep();
                tally.acknowledged(2);
            }
            put_yesterday(what, &home.path().join("yesterday"), &folder);
            tally.made(1);
            store.upkeep();
            if matches!(what, What::Both | What::RegionFolder) {
                tally.said(store.serves(&west()).is_err(), format!("{when}: served from files that are not there"));
                from_pair(&mut store, |store| tally.compare(store, &ledger, &format!("{when}, in the pair")));
                store.rebuild(&west()).unwrap();
                tally.count("regions written anew from the pair", 1);
            }
            tally.compare(&store, &ledger, &when);
            ledger.set_many(&mut store, 3);
            tally.acknowledged(3);
            tally.whole(&mut store, &when);
            drop(store);
            let mut store = open(&folder);
            tally.compare(&store, &ledger, &format!("{when}, opened again"));
            tally.whole(&mut store, &format!("{when}, opened again"));
            drop(store);
            fs::remove_dir_all(&folder).unwrap();
        }
    }
    tally.finish();
}

#[test]
fn a_region_of_yesterday_whose_pair_is_away_says_so_when_the_pair_returns() {
    // T3, A2: nobody can know before that.
    let mut tally = Tally::of("region of yesterday, its pair away and back");
    for (round, between) in [10, 400].into_iter().cycle().take(times(40).max(4) as usize).enumerate() {
        let home = quick_folder();
        let (before, today) = two_days(home.path(), between);
        let (folder, away) = (home.path().join("today"), home.path().join("away"));
        put_yesterday(What::RegionFolder, &home.path().join("yesterday"), &folder);
        fs::rename(folder.join("northeurope"), &away).unwrap();
        // Something that is no folder stands where a drive was.
        fs::write(folder.join("northeurope"), "").unwrap();
        tally.made(1);
        let when = format!("{between} changes later, round {round}");
        let mut store = open(&folder);
        store.finish_upkeep();
        tally.compare(&store, &before, &when);
        fs::remove_file(folder.join("northeurope")).unwrap();
        fs::rename(&away, folder.join("northeurope")).unwrap();
        if round % 4 < 2 {
            drop(store);
            store = open(&folder);
        }
        store.finish_upkeep();
        let notices = store.take_notices();
        tally.said(!notices.is_empty(), format!("{when}: nothing is said"));
        tally.compare(&store, &today, &when);
        tally.whole(&mut store, &when);
        tally.acknowledged(today.len());
        tally.said(fault(&store, FileName::Copy).is_none(), when);
        assert!(path_of(&folder, FileName::Copy).exists() && report(&store).revision.0 == today.len());
    }
    tally.finish();
}

#[test]
fn a_region_that_yesterdays_list_does_not_name_is_not_replaced_by_a_new_one() {
    // T3, T4: what belongs to no region is put back to before the region was first used.
    let mut tally = Tally::of("list of regions of yesterday");
    for _ in 0..times(40) {
        let home = quick_folder();
        let (folder, yesterday) = (home.path().join("store"), home.path().join("yesterday"));
        drop(create(&folder));
        copy(&folder, &yesterday);
        let mut ledger = Ledger::default();
        let mut store = open(&folder);
        ledger.set_many(&mut store, 20);
        store.finish_upkeep();
        drop(store);
        put_back(&yesterday.join("global"), &folder.join("global"));
        let mut store = open(&folder);
        tally.made(1);
        ledger.set(&mut store).unwrap();
        tally.said(!store.take_notices().is_empty(), "a region that is not on the list, and nothing is said");
        tally.compare(&store, &ledger, "used again");
        tally.whole(&mut store, "used again");
        drop(store);
        tally.compare(&open(&folder), &ledger, "opened again");
        tally.acknowledged(ledger.len());
    }
    tally.finish();
}
