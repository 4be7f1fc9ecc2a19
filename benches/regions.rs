//! What it costs that nothing is lost when a replica, a disk or a region goes: `cargo bench --bench regions`, with 5,000 secrets:
//! `… -- quick`, only some of it: `… -- set writers`.
//!
//! Everything is asked of the service or its worker, on a disk. Put `TMPDIR` on the disk that is meant.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement tells, and fails by panicking")]

use std::{
    collections::HashMap,
    fs::{self, File},
    hint::black_box,
    ops::ControlFlow,
    path::{Path, PathBuf},
    process::Command as Process,
    sync::{
        Arc, Mutex,
        mpsc::{self, Receiver, Sender},
    },
    thread,
    time::{Duration, Instant},
};

use tresor::{
    crypto::KdfCost,
    domain::{
        Caller, ObjectName, RegionName, ReplicaName, RetentionDays, SecretValue, Sku, VaultName,
        properties::Tags,
        replica::{Part, ReplicaState},
        secret::SecretDraft,
        vault::VaultDraft,
    },
    service::{
        Command, Event, Handle, NewSecret, OpenAs, Passphrase, Purpose, Request, RequestId, Service, TimeSource, spawn,
    },
    store::Place,
};

/// The word after which this program only checks a store and tells how long that took and what it needed.
const CHECK: &str = "--check";
/// What is measured of a store of so many secrets.
type Measure = fn(usize);
/// Makes a store of so many secrets.
type Make = fn(usize) -> Store;
/// Does something to the folder of a region.
type Harm = fn(&Path);
/// A region with a pair, its pair, and a region without.
const PAIRED: &str = "westeurope";
const PAIR: &str = "northeurope";
const ALONE: &str = "westus3";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == CHECK) {
        tell_check(Path::new(&arguments[at + 1]));
        return;
    }
    let is_asked = |what: &str| arguments.iter().any(|argument| argument == what);
    let all: [(&str, Measure); 6] = [
        ("set", measure_sets),
        ("writers", measure_writers),
        ("ship", measure_shipping),
        ("check", measure_check),
        ("failover", measure_failover),
        ("bytes", measure_bytes),
    ];
    let secrets = if is_asked("quick") { 5_000 } else { 100_000 };
    println!("{secrets} secrets\n\n| what | measured | wanted |\n|---|---:|---:|");
    let has_choice = all.iter().any(|(name, _)| is_asked(name));
    for (name, measure) in all {
        if !has_choice || is_asked(name) {
            measure(secrets);
        }
    }
}

/// A durable set on one replica, on two, and on two while a copy is shipped to the pair, in turn.
fn measure_sets(secrets: usize) {
    const ROUNDS: usize = 200;
    let mut stores = [one_replica(secrets), two_replicas(secrets), with_copy(secrets)];
    let mut times = [const { Vec::new() }; 3];
    for round in 0..ROUNDS {
        for (store, times) in stores.iter_mut().zip(&mut times) {
            let new = new_secret(secrets + round);
            let started = Instant::now();
            store.service.set_secret(&Caller::developer(), &vault(), new).unwrap();
            times.push(started.elapsed());
            // As the worker does between two requests: what ships goes on while the next one is done.
            store.service.tick().unwrap();
        }
    }
    let [one, two, paired] = times.map(|times| 1e3 * median(times).as_secs_f64());
    tell("durable set on one replica, median", &format!("{one:.2} ms"), "");
    tell("durable set on two replicas, median", &format!("{two:.2} ms"), "");
    tell("durable set on two replicas while the pair is shipped to, median", &format!("{paired:.2} ms"), "");
    tell_most("durable set on two replicas, beside one", two / one, 1.5, "×");
    tell_most("durable set on two replicas while the pair is shipped to, beside one", paired / one, 1.5, "×");
}

/// One writer, and eight that each wait for their answer, in turn, on the same worker.
fn measure_writers(secrets: usize) {
    const ROUNDS: usize = 5;
    const EACH: usize = 100;
    let folder = with_copy(secrets).close();
    let worker = Asking::open(folder.path());
    let mut next = secrets;
    let mut rates = [1, 8].map(|writers| (writers, Vec::new()));
    for _ in 0..ROUNDS {
        for (writers, rates) in &mut rates {
            let started = Instant::now();
            thread::scope(|scope| {
                for _ in 0..*writers {
                    let names = next..next + EACH;
                    next = names.end;
                    let worker = &worker;
                    scope.spawn(move || names.for_each(|number| worker.set(number)));
                }
            });
            rates.push(started.elapsed() / u32::try_from(*writers * EACH).unwrap());
        }
    }
    let [one, eight] = rates.map(|(_, times)| 1.0 / median(times).as_secs_f64());
    tell("one writer, sets a second", &format!("{one:.0}"), "");
    tell("8 concurrent writers, sets a second", &format!("{eight:.0}"), "");
    tell_least("8 concurrent writers, beside one", eight / one, 4.0, "×");
}

/// What waited behind a cut link; a copy and a replica written from nothing; and what all that costs who looks on.
fn measure_shipping(secrets: usize) {
    for changes in [secrets / 10, secrets] {
        let mut store = with_copy(100);
        store.service.begin_part_outage(&Caller::developer(), region(PAIRED), Part::Link).unwrap();
        let singly = changes / 100;
        for number in 0..singly {
            store.service.set_secret(&Caller::developer(), &vault(), new_secret(number)).unwrap();
        }
        let numbers: Vec<_> = (singly..changes).collect();
        for some in numbers.chunks(100) {
            let new: Vec<_> = some.iter().copied().map(new_secret).collect();
            store.service.set_secrets(&Caller::developer(), &vault(), new, |_| ControlFlow::Continue(())).unwrap();
        }
        store.service.end_part_outage(&Caller::developer(), region(PAIRED), Part::Link).unwrap();
        let took = until_current(&mut store.service);
        let batches = singly + numbers.len().div_ceil(100);
        let what =
            format!("caught up with {changes} secrets in {batches} batches, {:.2} s: records a second", took.all);
        tell_least(&what, 2.0 * changes as f64 / took.all, 50_000.0, "");
        took.tell();
    }
    let what = ["the copy", "replica B"];
    for (name, what) in [(format!("{PAIR}/copy-of-{PAIRED}.redb"), what[0]), (format!("{PAIRED}/b.redb"), what[1])] {
        let folder = with_copy(secrets).close();
        fs::remove_file(folder.path().join(name)).unwrap();
        let mut service = Service::open(folder.path(), &passphrase(), TimeSource::Computer).unwrap();
        let took = until_current(&mut service);
        let what = format!("{what} of {secrets} secrets written anew, {:.2} s: records a second", took.all);
        tell_least(&what, 2.0 * secrets as f64 / took.all, 50_000.0, "");
        took.tell();
    }
}

/// How long it took in all, in seconds, and how long each look of the worker meanwhile.
struct Shipped {
    all: f64,
    looks: Vec<Duration>,
    views: Vec<Duration>,
}

impl Shipped {
    fn tell(self) {
        for (what, times) in [("a look after the files", self.looks), ("a view for the window", self.views)] {
            let most = times.iter().copied().max().unwrap_or_default();
            let (median, most) = (1e3 * median(times).as_secs_f64(), 1e3 * most.as_secs_f64());
            tell(&format!("… {what} meanwhile, median; most"), &format!("{median:.3} ms; {most:.2} ms"), "");
        }
    }
}

/// Does what the worker does until every file of the region has everything.
fn until_current(service: &mut Service) -> Shipped {
    let started = Instant::now();
    let mut took = Shipped { all: 0.0, looks: Vec::new(), views: Vec::new() };
    loop {
        let look = Instant::now();
        service.tick().unwrap();
        took.looks.push(look.elapsed());
        let look = Instant::now();
        let view = service.view();
        took.views.push(look.elapsed());
        let region = view.region(region(PAIRED)).unwrap();
        let states =
            region.replicas.iter().map(|replica| &replica.state).chain(region.copy.iter().map(|copy| &copy.state));
        if states.into_iter().all(|state| *state == ReplicaState::Current) {
            took.all = started.elapsed().as_secs_f64();
            return took;
        }
        // As the worker while something goes on.
        thread::sleep(Duration::from_millis(10));
    }
}

/// A full check, in a process of its own: what making the store needs is not what a check needs.
fn measure_check(secrets: usize) {
    let folder = with_copy(secrets).close();
    let told = Process::new(std::env::current_exe().unwrap()).arg(CHECK).arg(folder.path()).output().unwrap();
    let told = String::from_utf8_lossy(&told.stdout);
    let told: Vec<f64> = told.split_whitespace().map(|number| number.parse().unwrap()).collect();
    let [took, before, most, records] = told[..] else { panic!("{told:?}") };
    tell_most(&format!("full check of {secrets} secrets in three files, {records} records"), took, 3.0, "s");
    tell("… most memory; of it before the check", &format!("{most:.0} MB; {before:.0} MB"), "");
}

fn tell_check(folder: &Path) {
    let service = Service::open(folder, &passphrase(), TimeSource::Computer).unwrap();
    let before = memory_mb("VmHWM:");
    let mut times = Vec::new();
    let mut records = 0;
    for _ in 0..3 {
        let found = service.check_regions(&mut |_| ControlFlow::Continue(())).unwrap();
        assert!(found.is_whole(), "{found:?}");
        let files = found.files.iter().filter(|file| file.region.is_some());
        records = files.map(|file| file.found.as_ref().unwrap().records).sum();
        times.push(found.took);
    }
    println!("{} {before} {} {records}", median(times).as_secs_f64(), memory_mb("VmHWM:"));
}

/// From a real fault under an open store to the view that says so.
fn measure_failover(_: usize) {
    let whole = with_copy(1_000).close();
    let truncate = |region: &Path| {
        for name in ["a.redb", "b.redb"] {
            File::options().write(true).open(region.join(name)).unwrap().set_len(0).unwrap();
        }
    };
    let faults: [(&str, Harm); 2] =
        [("folder deleted", |region| fs::remove_dir_all(region).unwrap()), ("both files cut short", truncate)];
    for (what, fault) in faults {
        let mut most = Duration::ZERO;
        for turn in 0..10 {
            let folder = tempfile::tempdir().unwrap();
            copy_folder(whole.path(), folder.path());
            let worker = Asking::open(folder.path());
            // Anywhere between two looks.
            thread::sleep(Duration::from_millis(600 + 47 * turn));
            let started = Instant::now();
            fault(&folder.path().join(PAIRED));
            worker.until_lost();
            most = most.max(started.elapsed());
        }
        tell_most(&format!("failover noticed: {what}, most of 10"), most.as_secs_f64(), 1.0, "s");
    }
}

/// Bytes for each set: what is written in all, by the system's count, with one replica, two, and the copy.
fn measure_bytes(secrets: usize) {
    const SETS: usize = 1_000;
    let kinds: [(&str, Make); 3] =
        [("one replica", one_replica), ("two replicas", two_replicas), ("two replicas and the copy", with_copy)];
    for (what, make) in kinds {
        let mut store = make(secrets);
        let before = written();
        for number in 0..SETS {
            store.service.set_secret(&Caller::developer(), &vault(), new_secret(secrets + number)).unwrap();
            store.service.finish();
        }
        let after = written();
        let [asked, disk] = [0, 1].map(|at| (after[at] - before[at]) as f64 / SETS as f64 / 1024.0);
        tell(
            &format!("bytes written for each set, {what}: asked; to the disk"),
            &format!("{asked:.1} KiB; {disk:.1} KiB"),
            "",
        );
    }
}

/// Bytes that were given to the system to write, and those that went to a disk.
fn written() -> [u64; 2] {
    let told = fs::read_to_string("/proc/self/io").unwrap();
    let of = |what: &str| told.lines().find_map(|line| line.strip_prefix(what)).unwrap().trim().parse().unwrap();
    [of("wchar:"), of("write_bytes:")]
}

/// A store with a vault.
struct Store {
    service: Service,
    folder: tempfile::TempDir,
}

impl Store {
    fn make(region: &str, secrets: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::Folder(folder.path().to_path_buf());
        let mut service =
            Service::create(&place, &passphrase(), KdfCost::LEAST, Purpose::Real, TimeSource::Computer).unwrap();
        service.create_vault(&Caller::developer(), vault_draft(region)).unwrap();
        let new: Vec<_> = (0..secrets).map(new_secret).collect();
        service.set_secrets(&Caller::developer(), &vault(), new, |_| ControlFlow::Continue(())).unwrap();
        service.finish();
        // The first set after opening opens files for writing.
        service.set_secret(&Caller::developer(), &vault(), new_secret(0)).unwrap();
        service.finish();
        Self { service, folder }
    }

    fn close(self) -> tempfile::TempDir {
        self.folder
    }
}

fn one_replica(secrets: usize) -> Store {
    let mut store = Store::make(ALONE, secrets);
    store.service.begin_part_outage(&Caller::developer(), region(ALONE), Part::Replica(ReplicaName::B)).unwrap();
    store
}

fn two_replicas(secrets: usize) -> Store {
    Store::make(ALONE, secrets)
}

fn with_copy(secrets: usize) -> Store {
    Store::make(PAIRED, secrets)
}

/// A worker that many ask at once, each for itself.
struct Asking {
    handle: Handle,
    waiting: Arc<Mutex<HashMap<RequestId, Sender<()>>>>,
    lost: Mutex<Receiver<()>>,
}

impl Asking {
    fn open(folder: &Path) -> Self {
        let (handle, events) = spawn(TimeSource::Computer, || {}).unwrap();
        handle.ask(Request::Open(OpenAs::Folder(
            folder.to_path_buf(),
            passphrase().into(),
            tresor::service::Older::Refused,
        )));
        let opened = events.iter().find(|event| matches!(event, Event::Opened(..) | Event::Failed(..)));
        assert!(matches!(opened, Some(Event::Opened(..))), "the store opens");
        let waiting = Arc::<Mutex<HashMap<RequestId, Sender<()>>>>::default();
        let (tell_lost, lost) = mpsc::channel();
        let answers = Arc::clone(&waiting);
        let route = move || {
            for event in events {
                match event {
                    Event::Done(id, _) => {
                        if let Some(asker) = answers.lock().unwrap().remove(&id) {
                            asker.send(()).unwrap();
                        }
                    }
                    Event::Changed(view) if !view.world.region_state(region(PAIRED), view.now()).is_healthy() => {
                        // Nobody listens any more when it was told.
                        let _ = tell_lost.send(());
                    }
                    Event::Failed(_, error) => panic!("{error}"),
                    _ => {}
                }
            }
        };
        thread::Builder::new().name("route answers".into()).spawn(route).unwrap();
        Self { handle, waiting, lost: Mutex::new(lost) }
    }

    fn set(&self, number: usize) {
        let NewSecret { name, value, draft } = new_secret(number);
        let (answer, answered) = mpsc::channel();
        {
            let mut waiting = self.waiting.lock().unwrap();
            let id = self.handle.ask(Request::Do(Caller::developer(), Command::SetSecret(vault(), name, draft, value)));
            waiting.insert(id, answer);
        }
        answered.recv().unwrap();
    }

    fn until_lost(&self) {
        self.lost.lock().unwrap().recv_timeout(Duration::from_secs(20)).unwrap();
    }
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry: PathBuf = entry.unwrap().path();
        let target = to.join(entry.file_name().unwrap());
        if entry.is_dir() {
            fs::create_dir(&target).unwrap();
            copy_folder(&entry, &target);
        } else {
            fs::copy(&entry, &target).unwrap();
        }
    }
}

fn tell(what: &str, measured: &str, wanted: &str) {
    println!("| {what} | {measured} | {wanted} |");
}

fn tell_most(what: &str, measured: f64, most: f64, unit: &str) {
    let missed = if most < measured { " MISSED" } else { "" };
    tell(what, &format!("{measured:.2} {unit}{missed}"), &format!("≤ {most} {unit}"));
}

fn tell_least(what: &str, measured: f64, least: f64, unit: &str) {
    let missed = if measured < least { " MISSED" } else { "" };
    tell(what, &format!("{measured:.1} {unit}{missed}"), &format!("≥ {least} {unit}"));
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    black_box(times[times.len() / 2])
}

/// What the system says of this process's memory.
fn memory_mb(what: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let told = status.lines().find_map(|line| line.strip_prefix(what));
    told.and_then(|told| told.trim().split(' ').next()?.parse::<f64>().ok()).unwrap_or_default() / 1000.0
}

fn passphrase() -> Passphrase {
    Passphrase::new("correct horse battery staple".into())
}

fn region(name: &str) -> RegionName {
    RegionName::parse(name).unwrap()
}

fn vault() -> VaultName {
    VaultName::parse("contoso-prod").unwrap()
}

fn vault_draft(location: &str) -> VaultDraft {
    VaultDraft {
        name: vault(),
        location: region(location),
        sku: Sku::Standard,
        retention: RetentionDays::default(),
        purge_protection: None,
        tags: Tags::default(),
        access: tresor::domain::AccessModel::Policies,
    }
}

fn new_secret(number: usize) -> NewSecret {
    let tags = [("env", "prod"), ("owner", ["payments", "billing", "platform"][number % 3])];
    let draft = SecretDraft {
        tags: Tags::parse(tags.map(|(key, value)| (key.to_owned(), value.to_owned()))).unwrap(),
        ..SecretDraft::default()
    };
    NewSecret {
        name: ObjectName::parse(&format!("service-{number:06}-db-password")).unwrap(),
        value: SecretValue::parse(format!("not-a-real-password-{number:012}").into()).unwrap(),
        draft,
    }
}
