//! T3, A2: regions, replicas and copies that went different ways, because each was written to without the other. Nothing of
//! either may go without a word.

use std::fs;
use std::path::Path;

use tresor::store::{FileFault, FileName, Store};

use crate::world::{
    Ledger, Tally, copy, create, fault, from_pair, open, path_of, put_back, quick_folder, report, times, west,
};

/// Yesterday's region is written to while its pair is away, and then the pair returns: the store, what was written to it, and
/// what the pair has.
fn forked(home: &Path, between: u64, since: u64, is_open: bool) -> (Store, Ledger, Ledger) {
    let (folder, yesterday, away) = (home.join("store"), home.join("yesterday"), home.join("away"));
    let mut shipped = Ledger::default();
    let mut store = create(&folder);
    shipped.set_many(&mut store, 20);
    store.finish_upkeep();
    drop(store);
    copy(&folder, &yesterday);
    let mut written = shipped.clone();
    let mut store = open(&folder);
    for _ in 0..between {
        shipped.set(&mut store).unwrap();
        store.upkeep();
    }
    store.finish_upkeep();
    drop(store);
    fs::rename(folder.join("northeurope"), &away).unwrap();
    // Something that is no folder stands where a drive was.
    fs::write(folder.join("northeurope"), "").unwrap();
    put_back(&yesterday.join("westeurope"), &folder.join("westeurope"));
    let mut store = open(&folder);
    written.later_ms = 10_000;
    written.set_many(&mut store, since);
    store.finish_upkeep();
    if !is_open {
        drop(store);
        fs::remove_file(folder.join("northeurope")).unwrap();
        fs::rename(&away, folder.join("northeurope")).unwrap();
        return (open(&folder), written, shipped);
    }
    fs::remove_file(folder.join("northeurope")).unwrap();
    fs::rename(&away, folder.join("northeurope")).unwrap();
    (store, written, shipped)
}

#[test]
fn a_region_and_its_pair_that_were_changed_apart_both_stay() {
    // T3, A2
    let mut tally = Tally::of("region and pair changed apart");
    // The last one cannot be told from the batches that are kept.
    let cases = [(10, 3), (10, 30), (3, 600), (400, 450), (400, 3)];
    for round in 0..times(100) {
        let (between, since) = cases[round as usize % cases.len()];
        let is_open = round % 10 < 5;
        let home = quick_folder();
        let (mut store, written, shipped) = forked(home.path(), between, since, is_open);
        let when = format!("{between} shipped, {since} written apart, open {is_open}");
        tally.made(1);
        tally.acknowledged(written.len() + between);
        store.finish_upkeep();
        let found = fault(&store, FileName::Copy);
        tally.said(found == Some(FileFault::Diverged), format!("{when}: {found:?}"));
        tally.said(store.take_notices().iter().any(|notice| notice.contains("apart")), format!("{when}: no notice"));
        tally.compare(&store, &written, &format!("{when}, in the region"));
        drop(store);
        // What the pair has is there for whoever wants it.
        let (folder, twin) = (home.path().join("store"), home.path().join("twin"));
        copy(&folder, &twin);
        fs::remove_dir_all(twin.join("westeurope")).unwrap();
        let mut store = open(&twin);
        from_pair(&mut store, |store| tally.compare(store, &shipped, &format!("{when}, in the pair")));
        drop(store);
        // It is written anew when that is asked for, and kept beside.
        let mut store = open(&folder);
        store.finish_upkeep();
        store.rebuild(&west()).unwrap();
        tally.whole(&mut store, &when);
        tally.compare(&store, &written, &format!("{when}, rebuilt"));
        let kept = path_of(&folder, FileName::Copy).with_extension("aside");
        tally.said(kept.exists(), format!("{when}: what the pair had is thrown away"));
        tally.count("copies kept beside", 1);
    }
    tally.finish();
}

#[test]
fn replicas_that_were_changed_apart_both_stay_and_the_pair_decides() {
    // T3, A1
    let mut tally = Tally::of("replicas changed apart");
    for round in 0..times(80) {
        let is_shipped = round % 4 < 2;
        let home = quick_folder();
        let (folder, twin) = (home.path().join("store"), home.path().join("twin"));
        let mut here = Ledger::default();
        let mut store = create(&folder);
        here.set_many(&mut store, 20);
        store.finish_upkeep();
        drop(store);
        copy(&folder, &twin);
        let mut there = here.clone();
        let mut store = open(&folder);
        here.set_many(&mut store, 5);
        if is_shipped {
            store.finish_upkeep();
        }
        drop(store);
        let mut store = open(&twin);
        there.set_many(&mut store, 5);
        drop(store);
        let stranger = [FileName::A, FileName::B][round as usize % 2];
        put_back(&path_of(&twin, stranger), &path_of(&folder, stranger));
        tally.made(1);
        tally.acknowledged(here.len());
        let when = format!("{stranger:?} is the stranger, shipped {is_shipped}");
        let mut store = open(&folder);
        store.finish_upkeep();
        let apart = [FileName::A, FileName::B].map(|name| fault(&store, name) == Some(FileFault::Diverged));
        tally.said(apart.contains(&true), format!("{when}: {:?}", report(&store)));
        if is_shipped {
            tally.said(apart[round as usize % 2], format!("{when}: {:?}", report(&store)));
            tally.compare(&store, &here, &when);
            store.rebuild(&west()).unwrap();
            tally.whole(&mut store, &when);
            tally.compare(&store, &here, &format!("{when}, rebuilt"));
            let kept = path_of(&folder, stranger).with_extension("aside");
            tally.said(kept.exists(), format!("{when}: what the stranger had is thrown away"));
        } else {
            // Nobody knows which is right; whichever it is, the other one is not touched.
            let served = if apart[round as usize % 2] { &here } else { &there };
            tally.compare(&store, served, &when);
            let other = if apart[0] { FileName::A } else { FileName::B };
            drop(store);
            let single = if other == FileName::A { FileName::B } else { FileName::A };
            fs::remove_file(path_of(&folder, single)).unwrap();
            fs::remove_dir_all(folder.join("northeurope")).unwrap();
            let store = open(&folder);
            let kept = if std::ptr::eq(served, &raw const here) { &there } else { &here };
            tally.compare(&store, kept, &format!("{when}, the other one"));
        }
    }
    tally.finish();
}

#[test]
fn a_copy_of_another_past_put_in_place_while_the_store_is_open_is_said_and_stays() {
    // T3, A2
    let mut tally = Tally::of("copy of another past put in place, open");
    for round in 0..times(60) {
        let home = quick_folder();
        let (folder, twin) = (home.path().join("store"), home.path().join("twin"));
        let mut here = Ledger::default();
        let mut store = create(&folder);
        here.set_many(&mut store, 20);
        store.finish_upkeep();
        drop(store);
        copy(&folder, &twin);
        let mut there = here.clone();
        let mut store = open(&twin);
        there.set_many(&mut store, 1 + round % 9);
        store.finish_upkeep();
        drop(store);
        let mut store = open(&folder);
        here.set_many(&mut store, 5);
        store.finish_upkeep();
        put_back(&path_of(&twin, FileName::Copy), &path_of(&folder, FileName::Copy));
        tally.made(1);
        tally.acknowledged(here.len());
        let when = format!("{} changes there", there.len());
        here.set(&mut store).unwrap();
        store.finish_upkeep();
        let found = fault(&store, FileName::Copy);
        tally.said(found == Some(FileFault::Diverged), format!("{when}: {found:?}"));
        tally.said(store.take_notices().iter().any(|notice| notice.contains("apart")), format!("{when}: no notice"));
        tally.compare(&store, &here, &when);
        store.rebuild(&west()).unwrap();
        tally.whole(&mut store, &when);
        from_pair(&mut store, |store| tally.compare(store, &here, &format!("{when}, in the pair")));
        tally.said(path_of(&folder, FileName::Copy).with_extension("aside").exists(), format!("{when}: thrown away"));
    }
    tally.finish();
}
