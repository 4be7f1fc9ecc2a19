//! What guards a store beside its passphrase: the process, the strength of what is typed, the delay after wrong ones, a key file.

use std::fs;

use crate::desk::{Desk, PASSPHRASE, piped, told};

const CHEAP: &str = "--kdf-memory 8 --kdf-passes 1 --kdf-lanes 1 --allow-weak-kdf";

// T1
#[cfg(target_os = "linux")]
#[test]
fn the_process_leaves_no_core_dump_and_nobody_can_look_into_it() {
    use std::{
        io::{BufRead as _, BufReader, Write as _},
        process::Stdio,
        time::{Duration, Instant},
    };
    let desk = Desk::new();
    // It waits for its passphrase, so there is time to look at it.
    let mut command = desk.tresor("keyvault list --query [0].name -o tsv --passphrase-stdin".split(' '));
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let proc = |file: &str| format!("/proc/{}/{file}", child.id());
    let deadline = Instant::now() + Duration::from_mins(1);
    let core = loop {
        let limits = fs::read_to_string(proc("limits")).unwrap();
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap().to_owned();
        let words: Vec<&str> = core.split_whitespace().collect();
        if words[4..6] == ["0", "0"] || Instant::now() > deadline {
            break core;
        }
        std::thread::yield_now();
    };
    assert_eq!(core.split_whitespace().collect::<Vec<_>>()[4..6], ["0", "0"], "{core}");
    // A process that cannot be dumped is given to the administrator, whoever runs it.
    let owner = || fs::metadata(proc("mem")).map(|found| std::os::unix::fs::MetadataExt::uid(&found));
    let is_closed = || owner().is_ok_and(|owner| owner == 0);
    while !is_closed() && Instant::now() < deadline {
        std::thread::yield_now();
    }
    assert!(is_closed());
    let ourselves = std::os::unix::fs::MetadataExt::uid(&fs::metadata("/proc/self").unwrap());
    if ourselves == 0 {
        println!(
            "Run by the administrator, who may look into every process: only the owner of its files was looked at."
        );
    } else {
        assert!(fs::File::open(proc("mem")).is_err() && fs::read_link(proc("exe")).is_err());
    }
    writeln!(child.stdin.take().unwrap(), "{PASSPHRASE}").unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!((line.as_str(), child.wait().unwrap().success()), ("contoso\n", true));
}

#[test]
fn a_weak_passphrase_is_refused_in_a_sentence_unless_it_is_allowed() {
    let desk = Desk::empty();
    let init = |flag: &str| {
        let line = format!("store init {CHEAP} --passphrase-stdin{flag}");
        piped(desk.tresor(line.split(' ')), "password\n")
    };
    init("").refused(1, "This passphrase is guessed too soon. Many people use this one, so it is tried first.");
    assert!(!desk.store().exists());
    assert_eq!(init(" --allow-weak-passphrase").code, 0);
    let passwd = |flag: &str| {
        let line = format!("store passwd {CHEAP} --passphrase-stdin{flag}");
        piped(desk.tresor(line.split(' ')), "password\nhamburg\n")
    };
    passwd("").refused(1, "--allow-weak-passphrase takes it all the same");
    assert_eq!(passwd(" --allow-weak-passphrase").code, 0);
}

#[test]
fn three_wrong_passphrases_in_a_row_make_the_next_one_wait_and_losing_the_note_of_it_harms_nobody() {
    let desk = Desk::new();
    let wrong = || {
        let mut command = desk.tresor(["keyvault", "list"]);
        told(command.env("TRESOR_PASSPHRASE", "wrong").output().unwrap())
    };
    for _ in 0..3 {
        wrong().refused(1, "The passphrase is wrong.");
    }
    // Not even the right one is tried now.
    desk.run("keyvault list").refused(1, "Several wrong passphrases in a row: try again in ");
    desk.run("store passwd").refused(1, "Several wrong passphrases in a row: try again in ");
    let note = desk.path(".config/tresor/attempts.json");
    let kept = fs::read_to_string(&note).unwrap();
    assert!(kept.contains("\"count\": 3") && !kept.contains("wrong"), "{kept}");
    // As if it had been yesterday.
    let (before, last_ms) = kept.split_once("\"last_ms\": ").unwrap();
    let rest = last_ms.trim_start_matches(|c: char| c.is_ascii_digit());
    let kept = format!("{before}\"last_ms\": 1795183356000{rest}");
    // Setting the clock does not help; only time that passes does, of which the computer keeps count.
    fs::write(&note, &kept).unwrap();
    desk.run("keyvault list").refused(1, "Several wrong passphrases in a row: try again in ");
    let (before, up_ms) = kept.split_once("\"ms\": ").unwrap();
    fs::write(&note, format!("{before}\"ms\": 0{}", up_ms.trim_start_matches(|c: char| c.is_ascii_digit()))).unwrap();
    desk.done("keyvault list");
    assert_eq!(fs::read_to_string(&note).unwrap(), "{}", "the right one ends it");
    for _ in 0..3 {
        wrong();
    }
    fs::remove_file(&note).unwrap();
    desk.done("keyvault list");
}

// T2
#[test]
fn a_store_with_a_key_file_opens_with_both_and_with_neither_alone() {
    let desk = Desk::empty();
    desk.done("store key-file tresor.key");
    assert_eq!(desk.read("tresor.key").len(), 64);
    desk.run("store key-file tresor.key").refused(1, "There is a file already, and it stays as it is.");
    desk.done(&format!("store init {CHEAP} --key-file tresor.key -o none"));
    desk.done("keyvault create -n contoso -l westeurope --key-file tresor.key -o none");
    desk.run("keyvault list").refused(1, "The passphrase is wrong.");
    let mut by_environment = desk.tresor("keyvault list --query [0].name -o tsv".split(' '));
    assert_eq!(told(by_environment.env("TRESOR_KEY_FILE", "tresor.key").output().unwrap()).out, "contoso\n");

    desk.write("empty.key", "");
    desk.write("large.key", vec![1; (1 << 20) + 1]);
    desk.run("keyvault list --key-file nowhere.key").refused(1, "The key file is not there.");
    desk.run("keyvault list --key-file empty.key").refused(1, "The key file is empty");
    desk.run("keyvault list --key-file large.key").refused(1, "The key file is larger than 1 MiB.");
    desk.write("other.key", "of another store");
    desk.run("keyvault list --key-file other.key").refused(1, "The passphrase is wrong.");

    let passwd = |flags: &str| {
        let line = format!("store passwd {CHEAP} --passphrase-stdin {flags}");
        piped(desk.tresor(line.split(' ')), format!("{PASSPHRASE}\n{PASSPHRASE}\n"))
    };
    // The same file stays, another takes its place, and none.
    assert_eq!(passwd("--key-file tresor.key --allow-weak-passphrase").code, 0);
    desk.done("keyvault list --key-file tresor.key");
    assert_eq!(passwd("--key-file tresor.key --new-key-file other.key --allow-weak-passphrase").code, 0);
    desk.done("keyvault list --key-file other.key");
    assert_eq!(passwd("--key-file other.key --no-key-file --allow-weak-passphrase").code, 0);
    desk.done("keyvault list");
}
