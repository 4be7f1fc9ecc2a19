//! T3, A3: files deleted, cut short, zeroed and changed bit by bit, while nobody has them open and while they are.

use std::fs::{self, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use tresor::store::{FileName, FileState, Partition, Store};

use crate::world::{
    FILES, Ledger, Tally, copy, create, from_pair, open, path_of, quick_folder, report, state, times, up_to, west,
};

#[derive(Clone, Copy, Debug)]
enum Damage {
    Deleted,
    Cut,
    Zeroed,
    /// So many bits.
    Flipped(u64),
}

/// Which files are hit at once.
const TARGETS: [&[FileName]; 5] =
    [&[FileName::A], &[FileName::B], &[FileName::A, FileName::B], &[FileName::Copy], &[FileName::A, FileName::Copy]];

fn harm(path: &Path, damage: Damage) {
    if matches!(damage, Damage::Deleted) {
        return fs::remove_file(path).unwrap();
    }
    let mut file = OpenOptions::new().read(true).write(true).open(path).unwrap();
    let len = file.metadata().unwrap().len();
    match damage {
        Damage::Deleted => {}
        Damage::Cut => file.set_len(up_to(len - 1)).unwrap(),
        Damage::Zeroed => {
            // All of it, or a part.
            let begin = if up_to(1) == 0 { 0 } else { up_to(len - 1) };
            let most = (len - begin).min(1 + up_to(100_000));
            let zeros = vec![0; if up_to(3) == 0 { len - begin } else { most } as usize];
            file.seek(SeekFrom::Start(begin)).unwrap();
            file.write_all(&zeros).unwrap();
        }
        Damage::Flipped(bits) => {
            for _ in 0..bits {
                // Every second one near the beginning, where most of what is used lies.
                let at = up_to(if up_to(1) == 0 { 400_000.min(len - 1) } else { len - 1 });
                let mut byte = [0];
                file.seek(SeekFrom::Start(at)).unwrap();
                file.read_exact(&mut byte).unwrap();
                file.seek(SeekFrom::Start(at)).unwrap();
                file.write_all(&[byte[0] ^ (1 << up_to(7))]).unwrap();
            }
        }
    }
}

/// What every damage ends with: what is served is right, or it is said that nothing is and the pair has it.
fn served_or_said(tally: &mut Tally, store: &mut Store, ledger: &mut Ledger, when: &str) {
    store.take_notices();
    if store.serves(&west()).is_ok() {
        tally.compare(store, ledger, when);
    }
    // Reading may have found what nobody knew before.
    if store.serves(&west()).is_err() {
        tally.count("times read from the pair", 1);
        let behind = report(store);
        let shipped = store.shipped(&west()).unwrap().0;
        if shipped < ledger.len() {
            tally.said(ledger.len() == behind.revision.0, format!("{when}: how many are missing is not said"));
            tally.count("unshipped changes said", ledger.len() - shipped);
            *ledger = ledger.first(shipped);
        }
        tally.said(ledger.clone().set(store).is_err(), format!("{when}: a lost region takes changes"));
        from_pair(store, |store| tally.compare(store, ledger, &format!("{when}, in the pair")));
        if let Err(error) = store.rebuild(&west()) {
            tally.lose(ledger.len(), format!("{when}: {error}"));
        }
        tally.compare(store, ledger, &format!("{when}, rebuilt"));
    }
    tally.whole(store, &format!("{when}, mended"));
    tally.compare(store, ledger, &format!("{when}, mended"));
}

fn original(folder: &Path) -> Ledger {
    let mut ledger = Ledger::default();
    let mut store = create(folder);
    ledger.set_many(&mut store, 80);
    store.finish_upkeep();
    ledger
}

/// Damages files of a store that nobody has open, and opens it.
fn closed(tally: &mut Tally, rounds: u64, damage: impl Fn() -> Damage) {
    let home = quick_folder();
    let (first, folder) = (home.path().join("first"), home.path().join("store"));
    let ledger = original(&first);
    tally.acknowledged(ledger.len());
    for round in 0..rounds {
        copy(&first, &folder);
        let targets = TARGETS[round as usize % TARGETS.len()];
        let damage = damage();
        for name in targets {
            harm(&path_of(&folder, *name), damage);
        }
        let when = format!("closed, {damage:?} {targets:?}");
        tally.made(1);
        let mut ledger = ledger.clone();
        let mut store = open(&folder);
        let is_found = FILES[..2].iter().any(|name| matches!(state(&store, *name), FileState::Out(_)));
        tally.count("replicas found damaged at opening", u64::from(is_found));
        served_or_said(tally, &mut store, &mut ledger, &when);
        ledger.set(&mut store).unwrap();
        tally.whole(&mut store, &when);
        drop(store);
        let store = open(&folder);
        tally.compare(&store, &ledger, &format!("{when}, again"));
        tally.acknowledged(1);
        drop(store);
        fs::remove_dir_all(&folder).unwrap();
    }
}

/// Damages files of a store that is open, and uses it in every order.
fn opened(tally: &mut Tally, rounds: u64, damage: impl Fn() -> Damage) {
    let home = quick_folder();
    let (folder, twin) = (home.path().join("store"), home.path().join("twin"));
    let mut ledger = original(&folder);
    let mut store = open(&folder);
    for round in 0..rounds {
        let targets = TARGETS[round as usize % TARGETS.len()];
        let damage = damage();
        let when = format!("open, round {round}, {damage:?} {targets:?}");
        for name in targets {
            harm(&path_of(&folder, *name), damage);
        }
        tally.made(1);
        for _ in 0..=up_to(3) {
            match up_to(3) {
                0 => drop(store.upkeep()),
                1 => drop(store.check()),
                2 => {
                    let before = ledger.len();
                    drop(ledger.set(&mut store));
                    tally.acknowledged(ledger.len() - before);
                }
                _ if store.serves(&west()).is_ok() => {
                    let seen = crate::world::see(&store, &west());
                    if seen.is_ok() {
                        tally.compare(&store, &ledger, &format!("{when}, at once"));
                    }
                }
                _ => {}
            }
        }
        // From here on all that differs is known.
        drop(store.check());
        served_or_said(tally, &mut store, &mut ledger, &when);
        if round % 4 == 0 {
            // What is said to be whole has to be whole for whoever comes after a crash in this moment.
            copy(&folder, &twin);
            let mut after = open(&twin);
            for report in after.report() {
                for file in report.files {
                    let is_right = !matches!(file.state, FileState::Out(_));
                    tally.said(is_right, format!("{when}: a check found nothing, and {:?} is broken", file.name));
                }
            }
            after.finish_upkeep();
            // Files that a test copied are open to others, which is said when they are closed.
            let is_told = after.take_notices().iter().any(|notice| !notice.contains("Other accounts on this computer"));
            tally.said(!is_told, format!("{when}: a check found nothing, and a file is broken"));
            tally.compare(&after, &ledger, &format!("{when}, after a crash"));
            drop(after);
            fs::remove_dir_all(&twin).unwrap();
        }
        if round % 8 == 0 {
            drop(store);
            store = open(&folder);
            tally.compare(&store, &ledger, &format!("{when}, opened again"));
        }
        clear_asides(&folder);
    }
}

/// Damaged files are kept beside the new ones; here they would only take room.
fn clear_asides(folder: &Path) {
    for region in ["westeurope", "northeurope"] {
        for entry in fs::read_dir(folder.join(region)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|end| end == "aside") {
                fs::remove_file(path).unwrap();
            }
        }
    }
}

fn many(fault: &'static str, damage: Damage) {
    let mut tally = Tally::of(fault);
    closed(&mut tally, times(250), || damage);
    opened(&mut tally, times(250), || damage);
    tally.finish();
}

#[test]
fn a_file_that_is_deleted_costs_nothing() {
    // A1, A3, A4, T3
    many("replica or copy deleted, closed and open", Damage::Deleted);
}

#[test]
fn a_file_that_is_cut_short_costs_nothing() {
    // A1, A3, A4, T3
    many("replica or copy cut short, closed and open", Damage::Cut);
}

#[test]
fn a_file_that_is_zeroed_costs_nothing() {
    // A1, A3, A4, T3
    many("replica or copy zeroed, closed and open", Damage::Zeroed);
}

#[test]
fn ten_thousand_flipped_bits_cost_nothing() {
    // A1, A3, A4, T3
    let mut tally = Tally::of("bits flipped at random places, closed and open");
    for (bits, rounds) in [(1, 800), (5, 300), (10, 130)] {
        // On the average 1.4 files are hit in each round, closed and open.
        closed(&mut tally, times(rounds), || Damage::Flipped(bits));
        opened(&mut tally, times(rounds), || Damage::Flipped(bits));
        let hit: u64 = (0..times(rounds)).map(|round| TARGETS[round as usize % TARGETS.len()].len() as u64).sum();
        tally.count("bits", 2 * bits * hit);
    }
    tally.finish();
}

#[test]
fn what_belongs_to_no_region_survives_a_damaged_replica_too() {
    // A3, T3
    let mut tally = Tally::of("replica of what belongs to no region damaged, closed");
    let home = quick_folder();
    let (first, folder) = (home.path().join("first"), home.path().join("store"));
    let mut ledger = Ledger::default();
    let mut store = create(&first);
    for _ in 0..30 {
        ledger.set_in(&mut store, &Partition::GLOBAL).unwrap();
    }
    drop(store);
    for round in 0..times(120) {
        copy(&first, &folder);
        let damage = [Damage::Deleted, Damage::Cut, Damage::Zeroed, Damage::Flipped(8)][up_to(3) as usize];
        harm(&folder.join("global").join(["a.redb", "b.redb"][round as usize % 2]), damage);
        tally.made(1);
        let mut store = open(&folder);
        tally.compare_in(&store, &Partition::GLOBAL, &ledger, &format!("{damage:?}"));
        tally.whole(&mut store, &format!("{damage:?}"));
        drop(store);
        fs::remove_dir_all(&folder).unwrap();
    }
    tally.acknowledged(ledger.len());
    tally.finish();
}
