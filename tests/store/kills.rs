//! T4: killed at any moment, nothing is lost that was reported as done. The children are this very test program.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tresor::crypto::random;
use tresor::store::{Partition, Store, StoreError};

use crate::world::{activity, create, items, open, set, value, west};

const FOLDER: &str = "TRESOR_TEST_FOLDER";
const REPORT: &str = "acknowledged ";

fn child(test: &str, folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(FOLDER, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The folder that this process was started for, if it is a child.
fn asked_for() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

/// The number a line of a child reports as done.
fn reported(line: &str) -> Option<u64> {
    line.split_once(REPORT).map(|(_, number)| number.trim().parse().unwrap())
}

/// Now and then a region that was never used before.
fn partition_of(number: u64) -> Partition {
    if number % 40 == 39 { format!("region{number}").parse().unwrap() } else { west() }
}

fn value_of(number: u64) -> String {
    // Of all lengths, so that commits are of all lengths.
    format!("value of {number} ").repeat((number * 37 % 200) as usize + 1)
}

fn up_to(most: u64) -> u64 {
    u64::from_le_bytes(random::bytes()) % (most + 1)
}

#[test]
fn child_that_commits_until_it_is_killed() {
    let Some(folder) = asked_for() else { return };
    let mut store = open(&folder).unwrap();
    let done = |store: &Store| store.partitions().iter().map(|partition| items(store, partition).len() as u64).sum();
    let mut number: u64 = done(&store);
    loop {
        let name = format!("number {number}");
        store.commit(&partition_of(number), number.cast_signed(), set(&name, &value_of(number))).unwrap();
        println!("{REPORT}{number}");
        number += 1;
    }
}

#[test]
fn a_hundred_kills_at_random_moments_lose_nothing_that_was_reported_done() {
    // T4
    let home = tempfile::tempdir().unwrap();
    drop(create(home.path()));
    let mut done = 0;
    for kill in 0..100 {
        let mut child = child("kills::child_that_commits_until_it_is_killed", home.path());
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut acknowledged = 0;
        for _ in 0..up_to(9) {
            let number = lines.by_ref().find_map(|line| reported(&line)).expect("a child works until it is killed");
            acknowledged = acknowledged.max(number + 1);
        }
        // Some time into the next commit: the child does not wait for us.
        for _ in 0..up_to(20_000) {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // What was in the pipe when it died was reported too.
        acknowledged = lines.filter_map(|line| reported(&line)).map(|number| number + 1).max().unwrap_or(acknowledged);
        assert!(acknowledged == 0 || done <= acknowledged, "a child goes on where the one before it stopped");

        let store = open(home.path()).unwrap();
        store.check().unwrap();
        let there: u64 = store.partitions().iter().map(|partition| items(&store, partition).len() as u64).sum();
        let reported_done = acknowledged.max(done);
        assert!(
            reported_done <= there && there <= reported_done + 1,
            "kill {kill}: {reported_done} reported, {there} there"
        );
        for number in 0..there {
            let kept = value(&store, &partition_of(number), &format!("number {number}"));
            assert_eq!(kept, Some(value_of(number)), "kill {kill}");
        }
        let chunks: usize = store.partitions().iter().map(|partition| activity(&store, partition, 9999).len()).sum();
        assert_eq!(chunks as u64, there, "kill {kill}: a batch is there wholly or not at all");
        assert_eq!(store.last_change_ms(), there.cast_signed() - i64::from(there != 0));
        done = there;
    }
    assert!(100 < done, "the children got to work: {done}");
}

#[test]
fn child_that_makes_a_store() {
    let Some(folder) = asked_for() else { return };
    drop(create(&folder));
    println!("{REPORT}0");
}

#[test]
fn a_kill_while_a_store_is_made_leaves_a_whole_store_or_none() {
    // T4
    let steps = ["", "lock", "global", "global/a.redb", "global/mark", "tresor.header.new", "tresor.header"];
    for step in steps.iter().cycle().take(28) {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("store");
        let mut child = child("kills::child_that_makes_a_store", &folder);
        // A step may be over before it was seen, and then the child ends by itself.
        while !folder.join(step).exists() && child.try_wait().unwrap().is_none() {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let mut output = String::new();
        child.stdout.take().unwrap().read_to_string(&mut output).unwrap();
        match open(&folder) {
            Ok(store) => assert_eq!(store.profile(), b"for tests"),
            Err(error) => {
                let is_none = matches!(error, StoreError::NotAStore { .. } | StoreError::Missing { .. });
                assert!(is_none, "killed at {step:?}: {error}");
                assert!(!output.contains(REPORT), "a store that was reported made is there");
                assert!(!Store::exists(&folder));
            }
        }
    }
}

#[test]
fn child_that_holds_a_store_open() {
    let Some(folder) = asked_for() else { return };
    let _store = open(&folder).unwrap();
    println!("{REPORT}0");
    // Until the parent goes away or closes the pipe.
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

#[test]
fn a_store_that_another_program_has_open_says_which_and_opens_after_it_was_killed() {
    let home = tempfile::tempdir().unwrap();
    drop(create(home.path()));
    let mut child = child("kills::child_that_holds_a_store_open", home.path());
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    lines.find_map(|line| reported(&line)).unwrap();
    match open(home.path()).err() {
        Some(StoreError::AlreadyOpen { by: Some(by) }) => {
            assert!(by.ends_with(&format!("(process {})", child.id())), "{by}");
        }
        other => panic!("{other:?}"),
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(open(home.path()).is_ok(), "a lock does not outlive its process");
}
