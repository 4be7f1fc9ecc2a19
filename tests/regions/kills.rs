//! T4: killed at any moment under eight writers at once, nothing is lost that was reported as done, in no replica and not in
//! the pair. The children are this very test program.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command as Program, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};

use tresor::crypto::KdfCost;
use tresor::domain::activity::Outcome;
use tresor::domain::secret::SecretDraft;
use tresor::domain::vault::VaultDraft;
use tresor::domain::{
    Caller, ObjectName, Operation, RegionName, RetentionDays, SecretValue, Sku, VaultName, properties::Tags,
};
use tresor::service::{
    ActivityMark, Command, Event, Handle, OpenAs, Purpose, Request, RequestId, Service, TimeSource, spawn,
};
use tresor::store::{FileName, FileState, Place};
use zeroize::Zeroizing;

use crate::world::{Tally, open, passphrase, quick_folder, state, times, up_to};

const FOLDER: &str = "TRESOR_TEST_FOLDER";
const FIRST: &str = "TRESOR_TEST_FIRST";
const REPORT: &str = "reported done: ";
const CLIENTS: usize = 8;
const KILLS_OF_A_STORE: u64 = 50;

fn vault() -> VaultName {
    VaultName::parse("prod").unwrap()
}

/// Each client has a few secrets of its own, which it sets again and again.
fn secret(client: usize, number: u64) -> ObjectName {
    ObjectName::parse(&format!("client-{client}-{}", number % 10)).unwrap()
}

fn value(client: usize, number: u64) -> String {
    format!("{client} {number} {}", "x".repeat((number * 37 % 900) as usize))
}

struct Desk {
    handle: Handle,
    waiting: BTreeMap<RequestId, Sender<bool>>,
}

fn ask(desk: &Mutex<Desk>, request: Request) -> bool {
    let (send, answer) = channel();
    {
        let mut desk = desk.lock().unwrap();
        let id = desk.handle.ask(request);
        desk.waiting.insert(id, send);
    }
    answer.recv().unwrap_or(false)
}

#[test]
fn child_whose_eight_clients_set_secrets_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let first: u64 = std::env::var(FIRST).unwrap().parse().unwrap();
    let (handle, events) = spawn(TimeSource::Computer, || {}).unwrap();
    let desk = Arc::new(Mutex::new(Desk { handle, waiting: BTreeMap::new() }));
    let clients = Arc::clone(&desk);
    let start = move || {
        assert!(ask(
            &clients,
            Request::Open(OpenAs::Folder(folder, passphrase().into(), tresor::service::Older::Refused))
        ));
        for client in 0..CLIENTS {
            let desk = Arc::clone(&clients);
            let work = move || {
                for number in first.. {
                    let text = SecretValue::parse(Zeroizing::new(value(client, number))).unwrap();
                    let set = Command::SetSecret(vault(), secret(client, number), SecretDraft::default(), text);
                    assert!(ask(&desk, Request::Do(Caller::developer(), set)));
                    println!("{REPORT}{client} {number}");
                }
            };
            std::thread::Builder::new().name(format!("client {client}")).spawn(work).unwrap();
        }
    };
    std::thread::Builder::new().name("start".into()).spawn(start).unwrap();
    for event in events {
        let (id, is_done) = match event {
            Event::Done(id, _) => (id, true),
            Event::Failed(id, error) => {
                eprintln!("{error}");
                (id, false)
            }
            _ => continue,
        };
        if let Some(answer) = desk.lock().unwrap().waiting.remove(&id) {
            answer.send(is_done).unwrap();
        }
    }
}

/// Starts a child, lets it work for a while, kills it. What it reported: client and number.
fn kill_one(folder: &Path, first: u64) -> Vec<(usize, u64)> {
    let mut child = Program::new(std::env::current_exe().unwrap())
        .args(["--exact", "kills::child_whose_eight_clients_set_secrets_until_it_is_killed", "--nocapture"])
        .env(FOLDER, folder)
        .env(FIRST, first.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut reported = Vec::new();
    let parse = |line: &str| {
        let (_, said) = line.split_once(REPORT)?;
        let (client, number) = said.trim().split_once(' ')?;
        Some((client.parse().ok()?, number.parse().ok()?))
    };
    // Now and then before it has done anything.
    let wanted = if up_to(9) == 0 { 0 } else { 1 + up_to(60) };
    for _ in 0..wanted {
        reported.push(lines.by_ref().find_map(|line| parse(&line)).expect("a child works until it is killed"));
    }
    // Some time into the commits that follow: the child does not wait for us.
    for _ in 0..up_to(if wanted == 0 { 3_000_000 } else { 300_000 }) {
        std::hint::spin_loop();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What was in the pipe when it died was reported too. A line that it could not finish was not.
    reported.extend(lines.filter_map(|line| parse(&line)));
    reported
}

fn new_store(folder: &Path) {
    let place = Place::Folder(folder.to_path_buf());
    let mut service =
        Service::create(&place, &passphrase(), KdfCost::LEAST, Purpose::Real, TimeSource::Computer).unwrap();
    let draft = VaultDraft {
        name: vault(),
        location: RegionName::parse("westeurope").unwrap(),
        sku: Sku::Standard,
        retention: RetentionDays::default(),
        purge_protection: None,
        tags: Tags::default(),
        access: tresor::domain::AccessModel::Policies,
    };
    service.create_vault(&Caller::security_officer(), draft).unwrap();
    service.finish();
}

/// Looks at every file as the kill left it, then has all mended.
fn look_at_files(tally: &mut Tally, folder: &Path, when: &str) {
    let mut store = open(folder);
    for name in [FileName::A, FileName::B] {
        let is_behind = state(&store, name) == FileState::Behind;
        tally.count("replicas brought forward", u64::from(is_behind));
        tally.said(!matches!(state(&store, name), FileState::Out(_)), format!("{when}: {name:?} is out"));
    }
    match store.check() {
        Ok(check) => {
            for file in check.files {
                tally.said(file.found.is_ok(), format!("{when}: {file:?}"));
            }
        }
        Err(error) => tally.lose(1, format!("{when}: {error}")),
    }
    let west = crate::world::west();
    let behind = store.revision(&west).0 - store.shipped(&west).unwrap().0;
    tally.count("changes the pair had not yet", behind);
    tally.whole(&mut store, when);
}

/// Every value of every version, and how often each set was written down.
fn values_of(folder: &Path, tally: &mut Tally, when: &str) -> BTreeMap<String, u64> {
    let mut service = Service::open(folder, &passphrase(), TimeSource::Computer).unwrap();
    let mut values = BTreeMap::new();
    let mut versions = 0;
    for client in 0..CLIENTS {
        for number in 0..10 {
            let name = secret(client, number);
            let world = service.world().vaults.get(&vault()).unwrap();
            let Some(found) = world.secrets.get(&name).cloned() else { continue };
            for version in found.versions() {
                let got = service.get_secret(&Caller::developer(), &vault(), &name, Some(version.id));
                let Ok((_, text)) = got else {
                    tally.lose(1, format!("{when}: a version without its value"));
                    continue;
                };
                *values.entry(text.expose().to_owned()).or_default() += 1;
                versions += 1;
            }
        }
    }
    let activity = service.activity_after(&mut ActivityMark::default()).unwrap();
    let is_set =
        |operation: Operation, outcome: &Outcome| operation == Operation::SecretSet && matches!(outcome, Outcome::Done);
    let written = activity.iter().filter(|record| is_set(record.operation, &record.outcome)).count();
    if written != versions {
        tally.double(1, format!("{when}: {versions} versions, and {written} of them in the activity"));
    }
    values
}

#[test]
fn kills_at_random_moments_under_eight_writers_lose_nothing() {
    // T4, A1, A2
    let mut tally = Tally::of("killed at a random moment, under 8 concurrent writers");
    let kills = times(500);
    let mut left = kills;
    while 0 < left {
        let home = quick_folder();
        let folder = home.path().join("store");
        new_store(&folder);
        let mut done: Vec<(usize, u64)> = Vec::new();
        let mut first = 0;
        // Then another store, as what is looked at grows with each.
        for kill in 1..=left.min(KILLS_OF_A_STORE) {
            let reported = kill_one(&folder, first);
            left -= 1;
            tally.made(1);
            tally.acknowledged(reported.len() as u64);
            done.extend(&reported);
            let when = format!("kill {}", kills - left);
            look_at_files(&mut tally, &folder, &when);
            let values = values_of(&folder, &mut tally, &when);
            for (client, number) in &done {
                match values.get(&value(*client, *number)) {
                    Some(1) => {}
                    None => tally.lose(1, format!("{when}: client {client}, change {number}")),
                    Some(count) => {
                        tally.double(count - 1, format!("{when}: client {client}, change {number}, {count} times"));
                    }
                }
            }
            // What a client had asked for and got no answer to may be there: one change for each client and kill.
            let most = done.len() as u64 + CLIENTS as u64 * kill;
            if most < values.len() as u64 {
                tally.double(values.len() as u64 - most, format!("{when}: more is there than was asked for"));
            }
            first = 2 + reported.iter().map(|(_, number)| *number).max().unwrap_or(first);
        }
    }
    tally.finish();
}
