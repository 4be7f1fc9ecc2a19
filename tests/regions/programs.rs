//! T3, T4: two programs on one store. The children are this very test program.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tresor::store::{FileName, StoreError};

use crate::world::{
    Ledger, Tally, copy, create, fault, from_pair, open, path_of, quick_folder, times, try_open, up_to, west,
};

const FOLDER: &str = "TRESOR_TEST_FOLDER";
const DONE: &str = "changes done: ";

#[test]
fn child_that_changes_a_store_when_it_is_told_to() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let mut store = open(&folder);
    println!("{DONE}0");
    let mut ledger = Ledger::default();
    for line in std::io::stdin().lines() {
        let count: u64 = line.unwrap().trim().parse().unwrap();
        ledger.set_many(&mut store, count);
        store.upkeep();
        println!("{DONE}{}", ledger.len());
    }
}

struct Other {
    child: Child,
    lines: Box<dyn Iterator<Item = String>>,
    done: u64,
}

impl Other {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "programs::child_that_changes_a_store_when_it_is_told_to", "--nocapture"])
            .env(FOLDER, folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = Box::new(BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok));
        let mut other = Self { child, lines, done: 0 };
        other.hear();
        other
    }

    fn hear(&mut self) {
        let said = self.lines.by_ref().find_map(|line| Some(line.split_once(DONE)?.1.trim().parse::<u64>().unwrap()));
        self.done = said.expect("the child answers");
    }

    fn change(&mut self, count: u64) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{count}").unwrap();
        self.hear();
    }

    fn kill(mut self) -> u64 {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.done
    }

    fn end(mut self) -> u64 {
        drop(self.child.stdin.take());
        let mut rest = String::new();
        for line in self.lines.by_ref() {
            rest.push_str(&line);
        }
        assert!(self.child.wait().unwrap().success(), "{rest}");
        drop(self.child.stdout.take().map(|mut out| out.read_to_string(&mut rest)));
        self.done
    }
}

#[test]
fn a_second_program_is_refused_by_name_and_the_first_goes_on() {
    // T4
    let mut tally = Tally::of("two programs on one store");
    for round in 0..times(60) {
        let home = quick_folder();
        drop(create(home.path()));
        let mut other = Other::start(home.path());
        for _ in 0..3 {
            other.change(up_to(20));
            tally.made(1);
            match try_open(home.path()).err() {
                Some(StoreError::AlreadyOpen { by: Some(by) }) => {
                    let is_named = by.ends_with(&format!("(process {})", other.child.id()));
                    tally.said(is_named, format!("named {by}"));
                }
                refused => tally.said(false, format!("{refused:?}")),
            }
        }
        other.change(5);
        let done = if round % 2 == 0 { other.kill() } else { other.end() };
        tally.acknowledged(done);
        let mut store = open(home.path());
        let there = store.revision(&west()).0;
        if there != done {
            tally.lose(done.abs_diff(there), format!("{done} done, {there} there"));
        }
        tally.whole(&mut store, "after the other program");
    }
    tally.finish();
}

#[test]
fn a_copied_store_that_shares_a_region_with_the_first_leaves_it_alone() {
    // T3: a store folder that was copied with its note of where a region lies leads two programs to the same files.
    let mut tally = Tally::of("two programs on one region, by a copied store folder");
    for round in 0..times(40) {
        let home = quick_folder();
        let (first, second) = (home.path().join("first"), home.path().join("second"));
        let elsewhere = home.path().join("elsewhere");
        let mut ledger = Ledger::default();
        let mut store = create(&first);
        ledger.set_many(&mut store, 20);
        store.finish_upkeep();
        store.move_folder(&west(), Some(&elsewhere), &mut |_| std::ops::ControlFlow::Continue(())).unwrap();
        drop(store);
        copy(&first, &second);
        let mut store = open(&first);
        if round % 2 == 0 {
            ledger.set(&mut store).unwrap();
        }
        // The other one has its own copy, and no right to the region.
        let mut other = open(&second);
        tally.made(1);
        tally.said(other.serves(&west()).is_err(), "two programs serve one region");
        tally.said(ledger.clone().set(&mut other).is_err(), "two programs change one region");
        other.finish_upkeep();
        tally.said(fault(&other, FileName::A).is_some(), "nothing is said");
        from_pair(&mut other, |other| tally.compare(other, &ledger.first(20), "the other's pair"));
        tally.said(other.rebuild(&west()).is_err(), "one program writes anew what another has open");
        ledger.set_many(&mut store, 5);
        store.finish_upkeep();
        tally.compare(&store, &ledger, "the first");
        drop(other);
        tally.whole(&mut store, "the first");
        drop(store);
        let mut store = open(&first);
        tally.compare(&store, &ledger, "the first, opened again");
        tally.whole(&mut store, "the first, opened again");
        tally.acknowledged(ledger.len());
        assert!(path_of(&first, FileName::Copy).exists());
    }
    tally.finish();
}
