//! What it costs that everything asked is on record: `cargo bench --bench activity`, with 100,000 records: `… -- quick`.
//!
//! A million records of ten vaults and a thousand secrets over eighty days, asked of the service, on a disk. Put `TMPDIR` on
//! the disk that is meant.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement tells, and fails by panicking")]

use std::{
    hint::black_box,
    ops::ControlFlow,
    path::Path,
    process::Command as Process,
    time::{Duration, Instant},
};

use tresor::{
    crypto::KdfCost,
    domain::{
        AccessModel, Caller, ObjectName, Operation, RegionName, RetentionDays, SecretValue, Sku, Target, Timestamp,
        VaultName,
        cost::{Ledger, Prices},
        history::{Filter, Kind, Search},
        properties::Tags,
        secret::SecretDraft,
        vault::VaultDraft,
    },
    service::{NewSecret, Passphrase, Purpose, Service, TimeSource},
    store::Place,
};
use zeroize::Zeroizing;

const VAULTS: usize = 10;
const SECRETS: usize = 100;
const DAYS: i64 = 80;
const START: Timestamp = Timestamp::from_secs(1_790_000_000);
/// What a page has to show at first, and what the worker reads at a time.
const PIECE: usize = 4_096;

/// The word after which this program only reads the activity of a store and tells how much memory that took.
const RESIDENT: &str = "--resident";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == RESIDENT) {
        tell_resident(Path::new(&arguments[at + 1]));
        return;
    }
    let is_quick = std::env::args().any(|argument| argument == "quick");
    let records: u32 = if is_quick { 100_000 } else { 1_000_000 };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    println!("{records} records\n{:58} {:>12} {:>9}", "", "measured", "at most");
    fill(&path, records);
    opening(&path);
    let mut service = open(&path);
    finding(&mut service);
    exporting(&mut service, folder.path());
}

/// Asks a million times; tells what the recording costs on the way.
fn fill(path: &Path, records: u32) {
    let time = TimeSource::held_at(START);
    let place = Place::Folder(path.to_path_buf());
    let mut service = Service::create(&place, &passphrase(), KdfCost::LEAST, Purpose::Real, time.clone()).unwrap();
    for vault in 0..VAULTS {
        service.create_vault(&Caller::developer(), vault_draft(vault)).unwrap();
        let new: Vec<_> = (0..SECRETS).map(new_secret).collect();
        service.set_secrets(&Caller::developer(), &vault_name(vault), new, |_| ControlFlow::Continue(())).unwrap();
    }
    let step = DAYS * 86_400_000 / i64::from(records);
    let records = records as usize;
    let reads = records / 2;
    let mut at = START;
    let callers = [Caller::developer(), Caller::security_officer()];
    let vaults: Vec<_> = (0..VAULTS).map(vault_name).collect();
    let names: Vec<_> = (0..2 * SECRETS).map(name).collect();
    let mut ask = |number: usize| {
        at = at.plus_ms(step);
        time.hold_at(at);
        (&callers[number % 7 / 6], &vaults[number * 7 % VAULTS])
    };
    let started = Instant::now();
    for number in 0..reads {
        let (caller, vault) = ask(number);
        black_box(service.get_secret(caller, vault, &names[number * 31 % SECRETS], None).unwrap());
    }
    let read = started.elapsed() / reads as u32;
    // A list of nothing but a pointer is all recording.
    let started = Instant::now();
    for number in 0..reads {
        let (caller, vault) = ask(number);
        match number % 10 {
            0 => drop(service.get_secret(caller, vault, &names[SECRETS + number % 50], None)),
            _ => drop(black_box(service.list_secrets(caller, vault))),
        }
    }
    let recorded = started.elapsed() / (records - reads) as u32;
    // The same question with the same answer, of which nothing is recorded.
    let started = Instant::now();
    for number in 0..reads {
        let (caller, vault) = ask(number);
        service.may(caller, Operation::SecretList, &Target::Vault(vault.clone())).unwrap();
        drop(black_box(service.world().vault(vault).unwrap().secrets.clone()));
    }
    let unrecorded = started.elapsed() / reads as u32;
    tell("a read of a value, recorded: mean", read, None);
    tell("a list, recorded: mean", recorded, None);
    tell("a list, not recorded: mean", unrecorded, None);
    let share = recorded.saturating_sub(unrecorded).as_secs_f64() / 100e-6 * 100.0;
    let missed = if share > 5.0 { "  MISSED" } else { "" };
    println!("{:58} {share:10.2} % {:>9}{missed}", "the record, of a read at 10,000 reads a second", "5 %");
    let started = Instant::now();
    service.tick().unwrap();
    tell("writing down what waited", started.elapsed(), None);
}

/// From the passphrase to the first page.
fn opening(path: &Path) {
    let started = Instant::now();
    let mut service = open(path);
    tell("open the store, with the least key derivation", started.elapsed(), None);
    let started = Instant::now();
    service.begin_activity();
    service.read_activity_on(PIECE);
    let history = service.view().history.unwrap();
    let mut search = Search::new(Filter::default(), 900_000);
    search.look(&history, usize::MAX);
    let first: Vec<_> = (0..20).filter_map(|row| history.get(search.get(row)?)).collect();
    tell("the first page", started.elapsed(), Some(50.0));
    drop(black_box(first));
    let mut longest = Duration::ZERO;
    loop {
        let piece = Instant::now();
        let has_more = service.read_activity_on(PIECE);
        longest = longest.max(piece.elapsed());
        if !has_more {
            break;
        }
    }
    tell("all of it in memory, in the background", started.elapsed(), None);
    tell("the longest that anybody else waits for that", longest, None);
    drop(service);
    let told = Process::new(std::env::current_exe().unwrap()).arg(RESIDENT).arg(path).output().unwrap();
    print!("{}", String::from_utf8_lossy(&told.stdout));
}

fn tell_resident(path: &Path) {
    let mut service = open(path);
    let before = resident_kib();
    let history = service.history();
    let bytes = resident_kib().saturating_sub(before) * 1_024 / history.len() as u64;
    println!("{:58} {bytes:10} B", "memory for each record");
}

fn finding(service: &mut Service) {
    let history = service.history();
    let until = service.now();
    let filters = [
        ("filter: nothing left out", Filter::default()),
        ("filter: three letters typed", Filter { text: "ser".into(), ..Filter::default() }),
        ("filter: two words typed", Filter { text: "developer secret-0042".into(), ..Filter::default() }),
        ("filter: matches none", Filter { text: "nothing like it".into(), ..Filter::default() }),
        ("filter: refused", Filter { kind: Kind::Refused, ..Filter::default() }),
        ("filter: the last day", Filter { from: Some(until.plus_days(-1)), ..Filter::default() }),
        (
            "filter: one vault, one identity, a month",
            Filter {
                from: Some(until.plus_days(-30)),
                vault: Some(vault_name(3)),
                identity: Some("Security officer".into()),
                ..Filter::default()
            },
        ),
    ];
    for (what, filter) in filters {
        let started = Instant::now();
        let mut search = Search::new(filter, 3_600_000);
        while !search.look(&history, 200_000) {}
        tell(what, started.elapsed(), Some(100.0));
        black_box(search.len());
    }
    let mut search = Search::new(Filter::default(), 3_600_000);
    while !search.look(&history, 200_000) {}
    let started = Instant::now();
    service.get_secret(&Caller::developer(), &vault_name(0), &name(0), None).unwrap();
    let history = service.history();
    search.look(&history, usize::MAX);
    tell("one more read, written, and found", started.elapsed(), None);
    let started = Instant::now();
    let mut ledger = Ledger::default();
    while !ledger.look(&history, 200_000) {}
    black_box(ledger.bills(&Prices::default(), service.now()).len());
    tell("the bills of all months", started.elapsed(), None);
}

fn exporting(service: &mut Service, folder: &Path) {
    let path = folder.join("activity.jsonl");
    let started = Instant::now();
    let count = service
        .export_activity(&Caller::security_officer(), &Filter::default(), &path, |_| ControlFlow::Continue(()))
        .unwrap();
    tell("export all of it", started.elapsed(), None);
    let bytes = std::fs::metadata(&path).unwrap().len();
    println!("{:58} {:10.0} B", "a line of it", bytes as f64 / count as f64);
    let started = Instant::now();
    assert!(service.check_activity().is_empty());
    tell("compare each chunk with the one before it", started.elapsed(), None);
}

fn tell(what: &str, took: Duration, most_ms: Option<f64>) {
    let ms = took.as_secs_f64() * 1_000.0;
    let most = most_ms.map(|most| format!("{most} ms")).unwrap_or_default();
    let missed = if most_ms.is_some_and(|most| most < ms) { "  MISSED" } else { "" };
    println!("{what:58} {ms:9.4} ms {most:>9}{missed}");
}

/// What this program has of the memory.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    resident.trim().split(' ').next().and_then(|kib| kib.parse().ok()).unwrap_or_default()
}

fn open(path: &Path) -> Service {
    let end = START.plus_days(DAYS + 1);
    Service::open(path, &passphrase(), TimeSource::held_at(end)).unwrap()
}

fn passphrase() -> Passphrase {
    Passphrase::new("correct horse battery staple".into())
}

fn vault_name(number: usize) -> VaultName {
    VaultName::parse(&format!("contoso-{number}")).unwrap()
}

fn name(number: usize) -> ObjectName {
    ObjectName::parse(&format!("secret-{number:04}")).unwrap()
}

fn vault_draft(number: usize) -> VaultDraft {
    VaultDraft {
        name: vault_name(number),
        location: RegionName::parse("westeurope").unwrap(),
        sku: Sku::Standard,
        retention: RetentionDays::default(),
        purge_protection: None,
        access: AccessModel::Policies,
        tags: Tags::default(),
    }
}

fn new_secret(number: usize) -> NewSecret {
    let value = SecretValue::parse(Zeroizing::new(format!("value {number}"))).unwrap();
    NewSecret { name: name(number), value, draft: SecretDraft::default() }
}
