//! T8: a passphrase that leaked can be taken back.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tresor::crypto::{Format, KdfCost, random};
use tresor::store::{FileName, Partition, Store, StoreError};

use crate::world::{RIGHT, activity, copy, create, files, items, open, passphrase, remove, set, value, west};

const NEW: &str = "nine purple teapots sing";
const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/v1");

fn renew(store: &mut Store, current: &str, new: &str) -> Result<(), StoreError> {
    store.renew(&passphrase(current), &passphrase(new), KdfCost::LEAST, &mut |_| ControlFlow::Continue(()))
}

fn pair_of(partition: &Partition) -> Option<Partition> {
    (*partition == west()).then(|| "northeurope".parse().unwrap())
}

/// A store with a region, its copy, and a hundred secrets.
fn filled(folder: &Path) -> Store {
    let mut store = create(folder);
    store.pair(pair_of).unwrap();
    for number in 0..100 {
        store.commit(&west(), number, set(&format!("secret {number}"), &format!("value {number}"))).unwrap();
    }
    store.commit(&Partition::GLOBAL, 100, set("role", "Owner")).unwrap();
    store.finish_upkeep();
    store
}

#[test]
fn after_a_renewal_everything_is_there_under_the_new_passphrase_alone() {
    // T8
    let home = tempfile::tempdir().unwrap();
    let mut store = filled(home.path());
    let chunks = activity(&store, &west(), 200);
    renew(&mut store, RIGHT, NEW).unwrap();
    let look = |store: &Store| {
        let newest_of_old = activity(store, &west(), 300).into_iter().filter(|line| !line.contains("later"));
        assert_eq!(items(store, &west()).len(), 100);
        assert_eq!(value(store, &west(), "secret 42").as_deref(), Some("value 42"));
        assert_eq!(value(store, &Partition::GLOBAL, "role").as_deref(), Some("Owner"));
        assert_eq!(newest_of_old.collect::<Vec<_>>(), chunks);
        assert!(store.check().unwrap().files.iter().all(|file| file.found.is_ok()));
    };
    look(&store);
    store.commit(&west(), 101, set("later", "written later")).unwrap();
    store.commit(&west(), 102, remove("later")).unwrap();
    drop(store);
    assert!(matches!(Store::open(home.path(), &passphrase(RIGHT)), Err(StoreError::WrongPassphrase)));
    let mut again = Store::open(home.path(), &passphrase(NEW)).unwrap();
    again.pair(pair_of).unwrap();
    look(&again);
}

#[test]
fn an_old_header_opens_nothing_that_was_written_later() {
    // T8, H3
    let home = tempfile::tempdir().unwrap();
    let mut store = filled(home.path());
    let old = fs::read(home.path().join("tresor.header")).unwrap();
    renew(&mut store, RIGHT, NEW).unwrap();
    store.commit(&west(), 101, set("later", "written later")).unwrap();
    drop(store);
    fs::write(home.path().join("tresor.header"), old).unwrap();
    // The passphrase is right for that header, and nothing of the store opens with what it gives.
    let opened = Store::open(home.path(), &passphrase(RIGHT)).map(drop);
    assert!(matches!(opened, Err(StoreError::Damaged { .. })), "{opened:?}");
}

#[test]
fn a_renewal_can_be_broken_off_and_then_nothing_has_changed() {
    // T8
    let home = tempfile::tempdir().unwrap();
    let mut store = filled(home.path());
    let before = files(home.path());
    for stop_at in [0.0, 0.5, 1.0] {
        let mut watch = |part: f32| if stop_at <= part { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        let broken = store.renew(&passphrase(RIGHT), &passphrase(NEW), KdfCost::LEAST, &mut watch);
        assert!(matches!(broken, Err(StoreError::Cancelled)));
        assert!(files(home.path()) == before, "broken off at {stop_at}");
    }
    assert!(matches!(renew(&mut store, "wrong", NEW), Err(StoreError::WrongPassphrase)));
    store.commit(&west(), 101, set("later", "goes on")).unwrap();
    drop(store);
    assert_eq!(value(&open(home.path()).unwrap(), &west(), "later").as_deref(), Some("goes on"));
}

#[test]
fn a_renewal_is_refused_while_a_file_is_left_out() {
    // T8: what is set aside would stay under the old key.
    let home = tempfile::tempdir().unwrap();
    let mut store = filled(home.path());
    store.play_file(&west(), FileName::B, true);
    assert!(matches!(renew(&mut store, RIGHT, NEW), Err(StoreError::NotRenewed { .. })));
    store.play_file(&west(), FileName::B, false);
    store.play_cut(&west(), true);
    assert!(matches!(renew(&mut store, RIGHT, NEW), Err(StoreError::NotRenewed { .. })));
    store.play_cut(&west(), false);
    renew(&mut store, RIGHT, NEW).unwrap();
}

#[test]
fn a_copy_that_was_away_is_sealed_anew_before_anything_is_shipped_to_it() {
    // T8
    let home = tempfile::tempdir().unwrap();
    let mut store = filled(home.path());
    let away = home.path().join("northeurope");
    drop(store);
    let disk = tempfile::tempdir().unwrap();
    let (mounted, unplugged) = (disk.path().join("mounted"), disk.path().join("unplugged"));
    fs::create_dir(&unplugged).unwrap();
    copy(&away, &unplugged);
    fs::remove_dir_all(&away).unwrap();
    // Its disk is not there: no folder is made in its place, as it lies elsewhere.
    fs::write(home.path().join("northeurope.folder"), mounted.display().to_string()).unwrap();
    store = Store::open(home.path(), &passphrase(RIGHT)).unwrap();
    store.pair(pair_of).unwrap();
    renew(&mut store, RIGHT, NEW).unwrap();
    assert_eq!(
        store.unconnected().len(),
        2,
        "the old passphrase opens the copies of the region and of what belongs to none"
    );
    store.commit(&west(), 101, set("later", "written later")).unwrap();
    drop(store);
    fs::rename(&unplugged, &mounted).unwrap();
    let mut store = Store::open(home.path(), &passphrase(NEW)).unwrap();
    store.pair(pair_of).unwrap();
    store.finish_upkeep();
    let report = store.check().unwrap();
    assert!(report.files.iter().all(|file| file.found.is_ok()), "{:?}", report.files);
    assert_eq!(store.shipped(&west()), Some(store.revision(&west())));
    assert!(store.unconnected().is_empty());
}

#[test]
fn a_backup_from_before_a_renewal_opens_after_it() {
    // T8
    let home = tempfile::tempdir().unwrap();
    let mut store = filled(home.path());
    let backup = store.sealer().seal_backup(b"a secret");
    renew(&mut store, RIGHT, NEW).unwrap();
    renew(&mut store, NEW, NEW).unwrap();
    assert_eq!(*store.sealer().open_backup(&backup).unwrap(), *b"a secret");
}

#[test]
fn a_store_of_format_1_is_brought_to_the_latest_under_the_same_passphrase() {
    let home = tempfile::tempdir().unwrap();
    copy(Path::new(GOLDEN), home.path());
    let right = passphrase("golden passphrase of format 1");
    let mut store = Store::open(home.path(), &right).unwrap();
    assert_eq!(store.format(), Format::One);
    let chunks = activity(&store, &west(), 10);
    assert!(store.upgrade().unwrap() && !store.upgrade().unwrap());
    assert_eq!(store.format(), Format::LATEST);
    assert!(store.take_notices().iter().any(|notice| notice.contains("format 1 to format 2")));
    drop(store);
    let store = Store::open(home.path(), &right).unwrap();
    assert_eq!((store.format(), items(&store, &west())), (Format::LATEST, vec!["one".to_owned(), "zwei ü".to_owned()]));
    assert_eq!(value(&store, &west(), "one").as_deref(), Some("replaced"));
    assert_eq!(activity(&store, &west(), 10), chunks);
    assert_eq!(store.profile(), b"profile of format 1");
    store.check().unwrap();
}

const FOLDER: &str = "TRESOR_TEST_RENEWAL";

#[test]
fn child_that_renews_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let mut current = if Store::open(&folder, &passphrase(RIGHT)).is_ok() { RIGHT } else { NEW };
    let mut store = Store::open(&folder, &passphrase(current)).unwrap();
    store.pair(pair_of).unwrap();
    println!("ready");
    loop {
        let next = if current == RIGHT { NEW } else { RIGHT };
        renew(&mut store, current, next).unwrap();
        println!("renewed");
        current = next;
    }
}

/// So many of `all`: all where that was asked for, otherwise a tenth.
fn times(all: u64) -> u64 {
    if std::env::var_os("TRESOR_FAULTS").is_some_and(|asked| asked == "all") { all } else { all.div_ceil(10) }
}

#[test]
fn killed_at_any_moment_of_a_renewal_the_store_opens_whole_with_one_of_the_two_passphrases() {
    // T4, T8
    let home = tempfile::tempdir().unwrap();
    drop(filled(home.path()));
    let mut done = 0;
    for kill in 0..times(200) {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "renewal::child_that_renews_until_it_is_killed", "--nocapture"])
            .env(FOLDER, home.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        lines.find(|line| line.contains("ready")).expect("a child opens the store");
        for _ in 0..u64::from_le_bytes(random::bytes()) % 40_000_000 {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        done += lines.filter(|line| line.contains("renewed")).count();
        let opens = |text: &str| Store::open(home.path(), &passphrase(text));
        let (right, new) =
            (opens(RIGHT).map_err(|error| error.to_string()), opens(NEW).map_err(|error| error.to_string()));
        let mut store = match (right, new) {
            (Ok(store), Err(_)) | (Err(_), Ok(store)) => store,
            (Ok(_), Ok(_)) => panic!("kill {kill}: both open it"),
            (Err(one), Err(other)) => panic!("kill {kill}: {one} {other}"),
        };
        store.pair(pair_of).unwrap();
        store.finish_upkeep();
        assert_eq!(items(&store, &west()).len(), 100, "kill {kill}");
        assert!(store.check().unwrap().files.iter().all(|file| file.found.is_ok()), "kill {kill}");
        drop(store);
        let leftovers =
            files(home.path()).into_keys().filter(|path| path.extension().is_some_and(|end| end == "rekey"));
        assert_eq!(leftovers.count(), 0, "kill {kill}");
    }
    let (all, renewed) = (times(200), done);
    println!("COUNTED | rekey killed at {all} moments | {all} | 101 | 0 | 0 | 0 | {renewed} renewals done before |");
}
