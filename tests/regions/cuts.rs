//! A2: a link that is cut, a pair that is away, and both back again.

use std::fs;

use tresor::store::{FileFault, FileName, FileState};

use crate::world::{
    Ledger, Tally, create, fault, from_pair, in_memory, open, path_of, put_back, quick_folder, report, state, times,
    up_to, west,
};

#[test]
fn a_link_that_was_cut_for_ten_thousand_changes_catches_up_in_order() {
    // A2
    let mut tally = Tally::of("link cut for 10,000 changes, then back");
    let home = quick_folder();
    let mut ledger = Ledger::default();
    let mut store = create(home.path());
    ledger.set_many(&mut store, 10);
    store.finish_upkeep();
    store.play_cut(&west(), true);
    let changes = times(10_000);
    for number in 0..changes {
        ledger.set(&mut store).unwrap();
        if number % 100 == 0 {
            store.upkeep();
        }
        // The cut outlives the program.
        if number == changes / 2 {
            drop(store);
            store = open(home.path());
            store.play_cut(&west(), true);
        }
    }
    tally.made(changes);
    tally.acknowledged(ledger.len());
    store.finish_upkeep();
    tally.said(state(&store, FileName::Copy) == FileState::Behind, "a cut copy is called current");
    let behind = store.revision(&west()).0 - store.shipped(&west()).unwrap().0;
    tally.said(behind == changes, format!("{behind} behind, {changes} made"));
    from_pair(&mut store, |store| tally.compare(store, &ledger.first(10), "the pair while the link is cut"));
    store.play_cut(&west(), false);
    tally.whole(&mut store, "the link is back");
    tally.count("changes shipped afterwards", store.shipped(&west()).unwrap().0 - 10);
    from_pair(&mut store, |store| tally.compare(store, &ledger, "the pair"));
    tally.compare(&store, &ledger, "the region");
    drop(store);
    fs::remove_dir_all(home.path().join("westeurope")).unwrap();
    let mut store = open(home.path());
    from_pair(&mut store, |store| tally.compare(store, &ledger, "the pair alone"));
    tally.finish();
}

#[test]
fn a_link_that_comes_and_goes_ships_each_change_once() {
    // A2
    let mut tally = Tally::of("link cut and mended again and again, interrupted at random");
    for is_in_memory in [false, true] {
        let home = quick_folder();
        let mut ledger = Ledger::default();
        let mut store = if is_in_memory { in_memory() } else { create(home.path()) };
        for round in 0..times(500) {
            store.play_cut(&west(), up_to(1) == 0);
            ledger.set_many(&mut store, up_to(8));
            for _ in 0..up_to(3) {
                store.upkeep();
            }
            if !is_in_memory && round % 10 == 9 {
                drop(store);
                store = open(home.path());
            }
            tally.made(1);
        }
        store.play_cut(&west(), false);
        tally.whole(&mut store, "the link is back");
        tally.acknowledged(ledger.len());
        from_pair(&mut store, |store| tally.compare(store, &ledger, "the pair"));
        tally.compare(&store, &ledger, "the region");
    }
    tally.finish();
}

/// How the pair's folder is while it is away.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Away {
    /// Nothing is there, as with a drive that is unplugged.
    Nothing,
    /// Something that is no folder.
    AFile,
}

#[test]
fn a_pair_that_is_lost_and_comes_back_catches_up() {
    // A2: as it was, in yesterday's state, empty, or never.
    let mut tally = Tally::of("the pair's folder lost, then back");
    for round in 0..times(160) {
        let is_open = round % 2 == 0;
        let away = if round % 4 < 2 { Away::Nothing } else { Away::AFile };
        let is_long = round % 3 == 0;
        let home = quick_folder();
        let folder = home.path().join("store");
        // On another disk, so that it is not made anew in the store.
        let (disk, drive) = (home.path().join("disk"), home.path().join("drive"));
        let mut ledger = Ledger::default();
        let mut store = create(&folder);
        ledger.set_many(&mut store, 20);
        store.finish_upkeep();
        drop(store);
        fs::create_dir(&disk).unwrap();
        let pair = disk.join("northeurope");
        if round % 8 < 4 {
            // As it lies after a move; a region that holds nothing of its own is not moved by the store itself.
            fs::rename(folder.join("northeurope"), &pair).unwrap();
            fs::write(folder.join("northeurope.folder"), pair.to_str().unwrap()).unwrap();
        }
        let is_elsewhere = pair.exists();
        let pair = if is_elsewhere { pair } else { folder.join("northeurope") };
        let yesterday = home.path().join("yesterday");
        crate::world::copy(&pair, &yesterday);
        let mut store = open(&folder);
        ledger.set_many(&mut store, 15);
        store.finish_upkeep();
        let before = ledger.len();
        let held = is_open.then_some(store);
        let taken = if is_elsewhere { disk.clone() } else { pair.clone() };
        fs::rename(&taken, &drive).unwrap();
        if away == Away::AFile {
            fs::write(&taken, "").unwrap();
        }
        tally.made(1);
        let when = format!("round {round}, open {is_open}, away {away:?}, elsewhere {is_elsewhere}, long {is_long}");
        let mut store = held.unwrap_or_else(|| open(&folder));
        ledger.set_many(&mut store, if is_long { 300 } else { 5 });
        store.finish_upkeep();
        let is_awaited = is_elsewhere || away == Away::AFile;
        if is_awaited {
            let found = fault(&store, FileName::Copy);
            tally
                .said(found.is_some_and(|fault| fault != FileFault::Diverged), format!("{when}: {:?}", report(&store)));
            tally.said(!pair.join("copy-of-westeurope.redb").exists(), format!("{when}: written where no drive is"));
            tally.compare(&store, &ledger, &when);
            let held = is_open.then_some(store);
            if away == Away::AFile {
                fs::remove_file(&taken).unwrap();
            }
            fs::rename(&drive, &taken).unwrap();
            if round % 5 == 0 {
                put_back(&yesterday, &pair);
            }
            store = held.unwrap_or_else(|| open(&folder));
        } else {
            tally.said(!store.take_notices().is_empty(), format!("{when}: the copy was written anew without a word"));
            tally.count("copies written anew", 1);
        }
        tally.whole(&mut store, &when);
        tally.compare(&store, &ledger, &when);
        from_pair(&mut store, |store| tally.compare(store, &ledger, &format!("{when}, in the pair")));
        tally.acknowledged(ledger.len());
        tally.count("changes brought to the pair afterwards", ledger.len() - before);
        tally.said(is_elsewhere || path_of(&folder, FileName::Copy).exists(), when);
    }
    tally.finish();
}
