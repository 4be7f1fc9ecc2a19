//! T4, A3: what a crash leaves at each step between two files, and what happens while a file is written anew.

use std::fs;

use tresor::store::{FileFault, FileName, FileState};

use crate::world::{
    Ledger, Tally, copy, create, fault, from_pair, in_memory, open, path_of, put_back, quick_folder, report, state,
    times, up_to, west,
};

#[test]
fn a_crash_between_any_two_files_of_a_commit_leaves_them_alike() {
    // T4: the states of files at different moments, put together as a crash may leave them.
    let mut tally = Tally::of("crash between one file of a commit and the next");
    for gap in [1, 2, 70, 300] {
        let home = quick_folder();
        let (folder, earlier) = (home.path().join("store"), home.path().join("earlier"));
        let mut ledger = Ledger::default();
        let mut store = create(&folder);
        ledger.set_many(&mut store, 20);
        store.finish_upkeep();
        drop(store);
        copy(&folder, &earlier);
        let mut store = open(&folder);
        ledger.set_many(&mut store, gap);
        store.finish_upkeep();
        drop(store);
        let files = ["westeurope/a.redb", "westeurope/b.redb", "westeurope/mark", "northeurope"];
        // Each set of files that had not been written yet, save those in which no replica had.
        for stale in 1..16_u64 {
            if stale & 3 == 3 {
                continue;
            }
            let twin = home.path().join("twin");
            copy(&folder, &twin);
            for (bit, file) in files.iter().enumerate() {
                if stale & (1 << bit) != 0 {
                    put_back(&earlier.join(file), &twin.join(file));
                }
            }
            tally.made(1);
            let when = format!("gap {gap}, stale {stale:04b}");
            let mut store = open(&twin);
            tally.compare(&store, &ledger, &when);
            let mut ledger = ledger.clone();
            ledger.set(&mut store).unwrap();
            tally.whole(&mut store, &when);
            tally.compare(&store, &ledger, &when);
            tally.count("files brought forward", u64::from(stale.count_ones()));
            drop(store);
            tally.compare(&open(&twin), &ledger, &format!("{when}, again"));
            fs::remove_dir_all(&twin).unwrap();
        }
        tally.acknowledged(ledger.len());
    }
    tally.finish();
}

#[test]
fn half_a_rebuild_that_was_left_behind_does_no_harm() {
    // T4: killed before and after each of the renames.
    let mut tally = Tally::of("killed while a file is written anew");
    for round in 0..times(120) {
        let home = quick_folder();
        let mut ledger = Ledger::default();
        let mut store = create(home.path());
        ledger.set_many(&mut store, 20);
        store.finish_upkeep();
        drop(store);
        let name = [FileName::A, FileName::B, FileName::Copy][round as usize % 3];
        let path = path_of(home.path(), name);
        let whole = fs::read(&path).unwrap();
        match round / 3 % 4 {
            0 => fs::write(path.with_extension("new"), &whole[..up_to(whole.len() as u64) as usize]).unwrap(),
            1 => {
                fs::write(path.with_extension("new"), "half").unwrap();
                fs::rename(&path, path.with_extension("aside")).unwrap();
            }
            2 => {
                fs::rename(&path, path.with_extension("new")).unwrap();
                fs::write(path.with_extension("aside"), "of another time").unwrap();
            }
            _ => fs::create_dir(path.with_extension("new")).unwrap(),
        }
        tally.made(1);
        let when = format!("{name:?}, step {}", round / 3 % 4);
        let mut store = open(home.path());
        tally.compare(&store, &ledger, &when);
        ledger.set(&mut store).unwrap();
        tally.whole(&mut store, &when);
        tally.compare(&store, &ledger, &when);
        tally.acknowledged(ledger.len());
    }
    tally.finish();
}

#[test]
fn a_replica_is_written_anew_while_changes_go_on() {
    // A3: it may be far behind when it is ready, but never for ever.
    let mut tally = Tally::of("replica written anew while changes go on");
    for name in [FileName::A, FileName::B] {
        let home = quick_folder();
        let mut ledger = Ledger::default();
        let mut store = create(home.path());
        ledger.set_many(&mut store, 400);
        store.finish_upkeep();
        for round in 0..times(20) {
            fs::remove_file(path_of(home.path(), name)).unwrap();
            store.upkeep();
            tally.made(1);
            // More changes than are kept for whoever is behind, while nobody takes what the thread has done.
            ledger.set_many(&mut store, 300);
            let mut looks = 0;
            while state(&store, name) != FileState::Current && looks < 10_000 {
                store.upkeep();
                ledger.set(&mut store).unwrap();
                looks += 1;
            }
            let notices = store.take_notices().iter().filter(|notice| notice.contains("written anew")).count();
            tally.said(notices == 1, format!("{name:?}, round {round}: written anew {notices} times"));
            tally.said(state(&store, name) == FileState::Current, format!("{name:?}, round {round}: never ready"));
        }
        tally.acknowledged(ledger.len());
        tally.whole(&mut store, "at last");
        tally.compare(&store, &ledger, "at last");
        fs::remove_file(path_of(home.path(), if name == FileName::A { FileName::B } else { FileName::A })).unwrap();
        drop(store);
        tally.compare(&open(home.path()), &ledger, "what was written anew, alone");
    }
    tally.finish();
}

#[test]
fn a_replica_that_was_out_never_serves_as_if_it_had_been_there() {
    // A3, T3: it comes back stale when the other one is gone, closed or open, played or real.
    let mut tally = Tally::of("one replica out, then the other one lost");
    for round in 0..times(160) {
        let is_open = round % 2 == 0;
        let is_in_memory = round % 16 == 0;
        // Whether the pair has more than the stale replica, less, or nothing.
        let (before, during) = [(true, true), (true, false), (false, false)][round as usize % 3];
        let (out, lost) = if round % 4 < 2 { (FileName::A, FileName::B) } else { (FileName::B, FileName::A) };
        let home = quick_folder();
        let mut ledger = Ledger::default();
        let mut store = if is_in_memory { in_memory() } else { create(home.path()) };
        store.play_cut(&west(), true);
        if before {
            ledger.set_many(&mut store, 3);
            store.play_cut(&west(), false);
            store.finish_upkeep();
            store.play_cut(&west(), true);
        }
        ledger.set_many(&mut store, 10);
        store.play_file(&west(), out, true);
        let stale = ledger.len();
        ledger.set_many(&mut store, 5);
        tally.acknowledged(ledger.len());
        if during {
            store.play_cut(&west(), false);
            store.finish_upkeep();
        }
        let shipped = store.shipped(&west()).unwrap().0;
        tally.made(1);
        let when = format!("{out:?} was out, open {is_open}, {stale} there, {shipped} shipped of {}", ledger.len());
        if is_in_memory {
            store.play_file(&west(), lost, true);
            store.play_file(&west(), out, false);
            store.upkeep();
            tally.said(store.serves(&west()).is_err(), format!("{when}: a stale replica serves"));
            store.play_file(&west(), lost, false);
            store.play_cut(&west(), false);
            tally.whole(&mut store, &when);
            tally.compare(&store, &ledger, &when);
            continue;
        }
        let held = is_open.then_some(store);
        fs::remove_file(path_of(home.path(), lost)).unwrap();
        let mut store = held.unwrap_or_else(|| open(home.path()));
        store.play_file(&west(), out, false);
        store.upkeep();
        tally.said(store.serves(&west()).is_err(), format!("{when}: a stale replica serves"));
        tally.said(ledger.clone().set(&mut store).is_err(), format!("{when}: a stale replica takes changes"));
        store.play_cut(&west(), false);
        store.finish_upkeep();
        tally.said(store.serves(&west()).is_err(), format!("{when}: a stale replica serves after a while"));
        // The best there is: whichever of the two has more.
        let best = ledger.first(stale.max(shipped));
        if let Err(error) = store.rebuild(&west()) {
            tally.lose(best.len(), format!("{when}: {error}"));
            continue;
        }
        tally.compare(&store, &best, &format!("{when}, rebuilt"));
        tally.said(!store.take_notices().is_empty(), format!("{when}: rebuilt without a word"));
        let mut after = best;
        after.set(&mut store).unwrap();
        tally.whole(&mut store, &when);
        tally.compare(&store, &after, &when);
    }
    tally.finish();
}

#[test]
fn a_pair_that_is_far_behind_gets_everything_when_batches_are_gone() {
    // A2: more was committed than is kept for whoever is behind.
    let mut tally = Tally::of("batches gone that the pair had not");
    let home = quick_folder();
    let folder = home.path().join("store");
    let mut ledger = Ledger::default();
    let mut store = create(&folder);
    ledger.set_many(&mut store, 10);
    store.finish_upkeep();
    let (copy_now, aside) = (path_of(&folder, FileName::Copy), home.path().join("copy"));
    fs::copy(&copy_now, &aside).unwrap();
    for round in 0..times(30) {
        for _ in 0..10 {
            ledger.set_many(&mut store, 30);
            store.finish_upkeep();
        }
        let is_open = round % 2 == 0;
        let held = is_open.then_some(store);
        // The mark stays, and says more than there is; or goes.
        put_back(&aside, &copy_now);
        if round % 3 == 0 {
            fs::remove_file(copy_now.with_extension("mark")).unwrap();
        }
        store = held.unwrap_or_else(|| open(&folder));
        tally.made(1);
        let when = format!("round {round}");
        ledger.set(&mut store).unwrap();
        tally.whole(&mut store, &when);
        from_pair(&mut store, |store| tally.compare(store, &ledger, &when));
    }
    tally.acknowledged(ledger.len());
    tally.finish();
}

#[test]
fn marks_that_are_damaged_are_noticed_and_cost_nothing() {
    // T3
    let mut tally = Tally::of("marks deleted, cut short, changed");
    for round in 0..times(120) {
        let home = quick_folder();
        let mut ledger = Ledger::default();
        let mut store = create(home.path());
        ledger.set_many(&mut store, 20);
        store.finish_upkeep();
        store.play_cut(&west(), true);
        ledger.set_many(&mut store, up_to(3));
        drop(store);
        let copy_mark = path_of(home.path(), FileName::Copy).with_extension("mark");
        let paths = [home.path().join("westeurope").join("mark"), copy_mark];
        let hit = [&paths[..1], &paths[1..], &paths[..]][round as usize % 3];
        for path in hit {
            let mut bytes = fs::read(path).unwrap();
            match up_to(2) {
                0 => fs::remove_file(path).unwrap(),
                1 => fs::write(path, &bytes[..up_to(bytes.len() as u64 - 1) as usize]).unwrap(),
                _ => {
                    let at = up_to(bytes.len() as u64 - 1) as usize;
                    bytes[at] ^= 1 << up_to(7);
                    fs::write(path, bytes).unwrap();
                }
            }
        }
        tally.made(1);
        let when = format!("marks hit: {}", ["the region's", "the copy's", "both"][round as usize % 3]);
        let mut store = open(home.path());
        if store.serves(&west()).is_err() {
            tally.count("regions that were not served before they were rebuilt", 1);
            if let Err(error) = store.rebuild(&west()) {
                tally.lose(ledger.len(), format!("{when}: {error}"));
                continue;
            }
        }
        if round % 3 != 1 {
            tally.said(!store.take_notices().is_empty(), format!("{when}: nothing is said"));
        }
        tally.compare(&store, &ledger, &when);
        ledger.set(&mut store).unwrap();
        tally.whole(&mut store, &when);
        drop(store);
        let store = open(home.path());
        tally.said(store.serves(&west()).is_ok(), format!("{when}: not mended for good"));
        tally.said(fault(&store, FileName::A) != Some(FileFault::Damaged), format!("{when}: {:?}", report(&store)));
        tally.compare(&store, &ledger, &when);
        tally.acknowledged(ledger.len());
    }
    tally.finish();
}

#[test]
fn what_is_only_played_to_be_gone_is_never_written_anew_from_less() {
    // A3, A6
    let mut tally = Tally::of("rebuild asked for while a failure is only played");
    for round in 0..times(60) {
        let home = quick_folder();
        let mut ledger = Ledger::default();
        let mut store = if round % 2 == 0 { create(home.path()) } else { in_memory() };
        ledger.set_many(&mut store, 10);
        store.finish_upkeep();
        store.play_cut(&west(), true);
        ledger.set_many(&mut store, 4);
        if round % 4 < 2 {
            store.play_outage(&west(), true);
        } else {
            store.play_file(&west(), FileName::A, true);
            store.play_file(&west(), FileName::B, true);
        }
        tally.made(1);
        let when = format!("round {round}");
        tally.said(store.serves(&west()).is_err(), format!("{when}: it serves"));
        tally.said(store.rebuild(&west()).is_err(), format!("{when}: written anew from less than there is"));
        tally.said(ledger.clone().set(&mut store).is_err(), format!("{when}: it takes changes"));
        store.finish_upkeep();
        store.play_outage(&west(), false);
        store.play_file(&west(), FileName::A, false);
        store.play_file(&west(), FileName::B, false);
        store.play_cut(&west(), false);
        tally.compare(&store, &ledger, &when);
        ledger.set_many(&mut store, 2);
        tally.whole(&mut store, &when);
        tally.compare(&store, &ledger, &when);
        tally.acknowledged(ledger.len());
    }
    tally.finish();
}
