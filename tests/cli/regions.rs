//! Regions for real: files that are cut off, moved, lost, checked and rebuilt, as a script meets them.

use std::{fs, path::Path};

use serde_json::Value;

use crate::desk::{Desk, told};

const OF: &str = "-l westeurope";
const SHOW: &str = "keyvault secret show --vault-name contoso -n db --query value -o tsv";

/// A desk with the secret `db` in `contoso`.
fn desk() -> Desk {
    let desk = Desk::new();
    set(&desk, "hush");
    desk
}

/// Sets `db`; what is said beside the answer is not looked at.
fn set(desk: &Desk, value: &str) {
    let told = desk.run(&format!("keyvault secret set --vault-name contoso -n db --value {value} -o none"));
    assert_eq!(told.code, 0, "{}", told.err);
}

fn region(desk: &Desk) -> Value {
    let told = desk.run(&format!("region show {OF} --only-show-errors"));
    assert_eq!((told.code, told.err.as_str()), (0, ""));
    serde_json::from_str(&told.out).unwrap()
}

/// The rows of a check, and its exit code.
fn checked(desk: &Desk, line: &str) -> (Vec<Value>, i32) {
    let told = desk.run(line);
    let rows = serde_json::from_str(&told.out).unwrap_or_else(|error| panic!("{line}: {error}: {}", told.err));
    (rows, told.code)
}

fn files<'a>(rows: &'a [Value], of: &str) -> Vec<&'a str> {
    rows.iter().filter(|row| row["region"] == of).map(|row| row["file"].as_str().unwrap()).collect()
}

/// Writes over everything that is sealed in a folder.
fn damage(folder: &Path) {
    let sealed = |path: &std::path::PathBuf| path.extension().is_some_and(|extension| extension == "redb");
    let files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(sealed).collect();
    assert!(!files.is_empty(), "{}", folder.display());
    for file in files {
        let len = fs::metadata(&file).unwrap().len();
        fs::write(file, vec![0xA5; len as usize]).unwrap();
    }
}

#[test]
fn while_the_link_is_cut_the_pair_falls_behind_and_then_catches_up() {
    // A2
    let desk = desk();
    let before = region(&desk);
    assert_eq!(before["copy"]["changesBehind"], 0);
    assert_eq!(before["copy"]["revision"], before["revision"]);
    desk.run(&format!("region fail-link {OF}"));
    for value in ["one", "two", "three"] {
        set(&desk, value);
    }
    let cut = region(&desk);
    assert_eq!(cut["copy"]["changesBehind"], 3);
    assert_eq!(cut["copy"]["revision"], before["copy"]["revision"], "the pair stands still");
    assert!(cut["copy"]["behindSince"].is_string() && cut["copy"]["cutSince"].is_string());
    desk.run(&format!("region fail-link {OF} --restore"));
    let mended = region(&desk);
    assert_eq!((&mended["copy"]["changesBehind"], &mended["copy"]["state"]), (&0.into(), &"Current".into()));
    assert_eq!(mended["copy"]["revision"], mended["revision"]);
}

#[test]
fn what_the_pair_had_not_when_the_region_was_lost_is_told() {
    // A4
    let desk = desk();
    desk.run(&format!("region fail-link {OF}"));
    set(&desk, "late");
    desk.run(&format!("region outage {OF} --failover-seconds 0 --failback-seconds 0"));
    let told = region(&desk);
    let outage = &told["outage"];
    assert_eq!((&outage["cause"], &outage["notReplicated"]), (&"Simulated".into(), &1.into()));
    assert_eq!(outage["servedUpTo"], told["copy"]["revision"]);
    assert_eq!(outage["lastChanges"][0]["operationName"], "SecretSet");
    assert_eq!(outage["lastChanges"][0]["object"], "db");
    assert_eq!(desk.run(SHOW).out, "hush\n", "the pair serves what it has");
    desk.run(&format!("region restore {OF}"));
    assert_eq!(desk.run(SHOW).out, "late\n", "nothing that was done is lost");
}

#[test]
fn a_command_that_left_something_out_says_so_beside_its_answer() {
    // A3
    let desk = desk();
    let set = "keyvault secret set --vault-name contoso -n db --value new --query value -o tsv";
    desk.run(&format!("region fail-replica {OF} --replica b"));
    let left_out = desk.run(set);
    assert_eq!((left_out.code, left_out.out.as_str()), (0, "new\n"));
    assert!(
        left_out.err.lines().any(|line| line.starts_with("Tresor: ") && line.contains("eplica B")),
        "{}",
        left_out.err
    );
    assert_eq!(desk.run(&format!("{set} --only-show-errors")).err, "");
    desk.run(&format!("region fail-replica {OF} --replica b --restore"));
    assert_eq!(desk.run(set).err, "", "all is well again");
    desk.run(&format!("region fail-link {OF}"));
    let behind = desk.run(set);
    assert!(
        behind.err.lines().any(|line| line.starts_with("Tresor: ") && line.contains("North Europe")),
        "{}",
        behind.err
    );
}

#[test]
fn a_check_opens_every_file_of_every_region() {
    // T3
    let desk = desk();
    desk.done("keyvault create -n other -l westus3");
    let (rows, code) = checked(&desk, "region check");
    assert_eq!(code, 0);
    assert_eq!(files(&rows, "westeurope"), ["A", "B", "copy"]);
    assert_eq!(files(&rows, "westus3"), ["A", "B"], "no pair, no copy");
    assert!(!files(&rows, "global").is_empty());
    for row in &rows {
        assert_eq!((&row["whole"], &row["result"]), (&true.into(), &"whole".into()), "{row}");
        assert!(row["changes"].is_u64() && row["records"].is_u64(), "{row}");
    }
    let (of_one, _) = checked(&desk, "region check -l westus3");
    assert_eq!(of_one.len(), 2);
    desk.run("region check -l eastus").refused(1, "East US holds nothing of this store");
    // The same code; `global` has grown by the records of the checks.
    let is_of_a_region = |row: &&Value| row["region"] != "global";
    let found = desk.json("store check")["files"].as_array().unwrap().clone();
    let [found, rows] = [&found, &rows].map(|rows| rows.iter().filter(is_of_a_region).collect::<Vec<_>>());
    assert_eq!(found, rows);
    let table = desk.done("region check -o table");
    assert!(table.starts_with("Region "), "{table}");
}

#[test]
fn what_is_not_whole_is_listed_and_is_a_failure() {
    // T3
    let desk = desk();
    // Over a link that is cut nothing is mended by itself.
    desk.run(&format!("region fail-link {OF}"));
    let told = region(&desk);
    damage(Path::new(told["copy"]["folder"].as_str().expect("the copy lies in a folder")));
    let (rows, code) = checked(&desk, "region check");
    let row = |file: &str| rows.iter().find(|row| row["region"] == "westeurope" && row["file"] == file).unwrap();
    assert_eq!(code, 1);
    assert_eq!(
        (&row("A")["whole"], &row("B")["whole"], &row("copy")["whole"]),
        (&true.into(), &true.into(), &false.into())
    );
    assert!(row("copy")["result"] != "whole" && row("copy")["records"].is_null(), "{}", row("copy"));
    let told = desk.run("region check -o none");
    assert!(
        told.err.contains("1 of ") && told.err.contains(" files is not whole.\n`tresor region rebuild -l westeurope`")
    );
    let (store, code) = {
        let told = desk.run("store check");
        (serde_json::from_str::<Value>(&told.out).unwrap(), told.code)
    };
    assert_eq!((&store["whole"], code), (&false.into(), 1));
    assert_eq!(desk.run("region check -l westeurope -o none").code, 1);
    desk.run(&format!("region fail-link {OF} --restore"));
    // Where it was mended by itself there is nothing left to do.
    desk.run(&format!("region rebuild {OF} --yes"));
    assert_eq!(checked(&desk, "region check").1, 0);
}

#[test]
fn a_lost_region_is_rebuilt_from_its_pair() {
    // A4, A6
    let desk = desk();
    fs::remove_dir_all(desk.store().join("westeurope")).unwrap();
    assert_eq!(desk.run(SHOW).code, 1, "until the pair serves");
    let told = region(&desk);
    assert_eq!((&told["outage"]["cause"], &told["replicas"][0]["reason"]), (&"Lost".into(), &"missing".into()));
    desk.run("clock advance --by 1h");
    assert_eq!(desk.run(SHOW).out, "hush\n");
    assert_eq!(desk.run(&format!("region restore {OF}")).code, 0);
    desk.run("clock advance --by 1h");
    set(&desk, "new");
    assert_eq!(desk.done(SHOW), "new\n");
    assert_eq!(checked(&desk, "region check").1, 0);
}

#[test]
fn a_lost_replica_is_written_anew_when_somebody_says_yes() {
    // A3, A6
    let desk = desk();
    desk.run(&format!("region rebuild {OF} --yes")).refused(1, "West Europe is whole; there is nothing to rebuild");
    desk.run("region rebuild -l eastus --yes").refused(1, "East US holds nothing of this store");
    for file in ["a.redb", "b.redb"] {
        fs::remove_file(desk.store().join("westeurope").join(file)).unwrap();
    }
    let rebuilt = desk.run(&format!("region rebuild {OF} --yes --only-show-errors"));
    assert_eq!((rebuilt.code, rebuilt.err.as_str()), (0, ""));
    assert_eq!(checked(&desk, "region check").1, 0);
    desk.run("clock advance --by 1h");
    assert_eq!(desk.done(SHOW), "hush\n");
}

#[cfg(target_os = "linux")]
#[test]
fn rebuilding_asks_and_takes_no_for_an_answer() {
    let desk = desk();
    let asked = |answer: &str| {
        let mut command = desk.on_terminal(&format!("region rebuild {OF} -o none"));
        command.stdin(std::process::Stdio::piped());
        crate::desk::piped(command, answer)
    };
    let no = asked("n\n");
    assert!(no.code == 1 && no.out.contains("Go on? (y/n): ") && no.out.contains("Nothing was changed."), "{}", no.out);
    assert!(!asked("y\n").out.contains("Nothing was changed."));
}

#[test]
fn a_region_moves_to_another_folder_and_home_again() {
    // A1
    let desk = desk();
    let at = desk.path("disk2/westeurope");
    let moved = desk.json("region move -l westeurope --folder disk2/westeurope");
    let told = moved["folder"].as_str().unwrap();
    assert_eq!(fs::canonicalize(told).unwrap(), fs::canonicalize(&at).unwrap());
    assert!(Path::new(told).is_absolute(), "it is found from everywhere");
    assert!(fs::read_dir(&at).unwrap().count() > 0);
    assert_eq!(desk.done(SHOW), "hush\n");
    set(&desk, "there");
    assert_eq!(checked(&desk, "region check").1, 0);
    desk.done("region move -l westeurope --folder store/westeurope -o none");
    assert_eq!(desk.done(SHOW), "there\n");
}

#[test]
fn a_region_moves_only_where_it_can() {
    // T5
    let desk = desk();
    desk.write("file", "");
    fs::create_dir(desk.path("full")).unwrap();
    desk.write("full/file", "");
    for (folder, words) in [
        ("full", "This folder is not empty."),
        ("file", "A region is kept in a folder, and this is a file"),
        ("file/below", "A region is kept in a folder, and this is a file"),
        ("store/new", "This folder lies in the store itself."),
    ] {
        desk.run(&format!("region move {OF} --folder {folder}")).refused(1, words);
    }
    assert_eq!(desk.done(SHOW), "hush\n");
}

#[test]
fn a_region_that_keeps_nothing_does_not_move() {
    // T5
    let desk = desk();
    desk.run("region move -l eastus --folder new").refused(1, "East US holds nothing of this store");
    assert!(!desk.path("new").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal_moving_shows_how_far_it_is() {
    let desk = desk();
    let seen = told(desk.on_terminal("region move -l westeurope --folder new -o none").output().unwrap());
    assert!(seen.code == 0 && seen.out.contains("Moving the region "), "{}", seen.out);
}

#[test]
fn a_folder_on_another_disk_is_a_backup_that_nobody_had_to_remember() {
    // A2
    let desk = desk();
    let usb = desk.path("usb");
    desk.done(&format!("region move -l northeurope --folder {} -o none --only-show-errors", usb.display()));
    set(&desk, "newest");
    fs::remove_dir_all(desk.store()).unwrap();
    let recover = format!("store recover --from {}", usb.display());
    let wrong = desk.tresor(recover.split(' ')).env("TRESOR_PASSPHRASE", "not it").output().unwrap();
    told(wrong).refused(1, "The passphrase is wrong");
    assert!(!desk.store().exists(), "nothing was left behind");
    let recovered = desk.json(&recover);
    let regions: Vec<_> = recovered.as_array().unwrap().iter().map(|row| row["region"].as_str().unwrap()).collect();
    assert_eq!(regions, ["global", "westeurope"]);
    assert_eq!(desk.done(SHOW), "newest\n");
    set(&desk, "later");
    assert_eq!(region(&desk)["copy"]["changesBehind"], 0);
    assert_eq!(checked(&desk, "region check").1, 0);
    desk.run(&recover).refused(1, "There is a store at");
    desk.run(&format!("store recover --from {} --store {}", desk.store().display(), desk.path("x").display()))
        .refused(1, "holds no Tresor store");
}
