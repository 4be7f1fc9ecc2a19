//! What a store of 100,000 secrets costs without a window: `cargo bench --bench speed`, with 5,000: `… -- quick`.
//!
//! Everything is asked of the service, on a disk. Put `TMPDIR` on the disk that is meant.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement tells, and fails by panicking")]

use std::{
    hint::black_box,
    ops::ControlFlow,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use tresor::{
    crypto::KdfCost,
    domain::{
        Caller, ObjectName, RegionName, RetentionDays, SecretValue, Sku, VaultName,
        properties::{ContentType, Enabled, Tags, Validity},
        secret::SecretDraft,
        vault::VaultDraft,
    },
    service::{NewSecret, Passphrase, Purpose, Service, TimeSource, demo},
    store::{Place, Store},
    ui::listing::{Column, Direction, SecretListing, Sort},
};
use zeroize::Zeroizing;

/// The word after which this program only opens a store and tells how much memory that took.
const RESIDENT: &str = "--resident";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == RESIDENT) {
        tell_resident(Path::new(&arguments[at + 1]));
        return;
    }
    let secrets = if arguments.iter().any(|argument| argument == "quick") { 5_000 } else { 100_000 };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");

    let mut report = Report::new(secrets);
    measure_import(&mut report, &path, secrets);
    measure_opening(&mut report, &path, folder.path());
    measure_operations(&mut report, &path, secrets);
    measure_listing(&mut report, &path);
    measure_renewal(&mut report, &path);
    report.tell("demo built", best_of(5, || demo::build(None, TimeSource::Computer).unwrap()), Some(150.0));
}

fn measure_import(report: &mut Report, path: &Path, secrets: usize) {
    let place = Place::Folder(path.to_path_buf());
    let mut service =
        Service::create(&place, &passphrase(), KdfCost::LEAST, Purpose::Real, TimeSource::Computer).unwrap();
    service.create_vault(&caller(), vault_draft()).unwrap();
    let new: Vec<_> = (0..secrets).map(new_secret).collect();
    let started = Watch::start();
    service.set_secrets(&caller(), &vault(), new, |_| ControlFlow::Continue(())).unwrap();
    report.tell("import all in one commit", started.stop(), None);
}

fn measure_opening(report: &mut Report, path: &Path, scratch: &Path) {
    let costly = scratch.join("costly");
    let store = Store::create(&Place::Folder(costly), &passphrase(), KdfCost::RECOMMENDED, b"").unwrap();
    report.tell(
        "derive the key (Argon2id, 64 MiB, 3 passes)",
        best_of(3, || store.verify_passphrase(&passphrase())),
        None,
    );
    report.tell("open after the key is derived", best_of(3, || open(path)), Some(1000.0));
    let told = Command::new(std::env::current_exe().unwrap()).arg(RESIDENT).arg(path).output().unwrap();
    report.tell_memory("resident memory after opening", &String::from_utf8_lossy(&told.stdout));
}

fn measure_operations(report: &mut Report, path: &Path, secrets: usize) {
    let mut service = open(path);
    let mut times: Vec<_> = (0..51)
        .map(|number| {
            let new = new_secret(secrets + number);
            let started = Watch::start();
            service.set_secret(&caller(), &vault(), new).unwrap();
            started.stop()
        })
        .collect();
    report.tell("the first set after opening", times.remove(0), None);
    times.sort();
    report.tell("one more set, durable: median of 50", times[25], Some(10.0));
    report.tell("one more set, durable: 95th percentile", times[47], None);
    let mut number = 0;
    let get = || {
        number = (number * 7919 + 1) % secrets;
        service.get_secret(&caller(), &vault(), &name(number), None).unwrap()
    };
    report.tell("get one", mean_of(1000, get), None);
    report.tell("list all", mean_of(100, || service.list_secrets(&caller(), &vault()).unwrap()), None);
    report.tell("a view for the window", mean_of(100, || service.view()), None);
}

/// Making a new root key and sealing everything anew (T8), and what a purge owes (T10).
fn measure_renewal(report: &mut Report, path: &Path) {
    let mut service = open(path);
    service.finish();
    let started = Watch::start();
    let left = service
        .renew(&caller(), &passphrase(), &passphrase(), Some(KdfCost::LEAST), &mut |_| ControlFlow::Continue(()));
    report.tell("rekey, all sealed anew", started.stop(), Some(10_000.0));
    assert!(left.unwrap().is_empty(), "every copy was connected");
    let officer = Caller::security_officer();
    service.delete_secret(&officer, &vault(), &name(1)).unwrap();
    service.purge_secret(&officer, &vault(), &name(1)).unwrap();
    let started = Watch::start();
    service.close().unwrap();
    report.tell("clean every file after a purge", started.stop(), None);
}

/// The table of the window, without a window.
fn measure_listing(report: &mut Report, path: &Path) {
    let service = open(path);
    let shelf = &service.world().vault(&vault()).unwrap().secrets;
    let now = service.now();
    let mut listing = SecretListing::default();
    let mut typed = |report: &mut Report, what: &str, filter: &str, sort: Sort| {
        filter.clone_into(&mut listing.filter);
        listing.sort = sort;
        let started = Watch::start();
        black_box(listing.rows(shelf, now).len());
        report.tell(what, started.stop(), Some(16.0));
    };
    let by_name = Sort::default();
    typed(report, "rows of all, by name", "", by_name);
    typed(report, "filter: the first letter typed", "s", by_name);
    typed(report, "filter: three letters typed", "ser", by_name);
    typed(report, "filter: matches few", "00042", by_name);
    typed(report, "filter: matches none", "nothing like it", by_name);
    let by_update = Sort { column: Column::Updated, direction: Direction::Descending };
    typed(report, "rows of all, latest first", "", by_update);
}

fn tell_resident(path: &Path) {
    let service = open(path);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("not told here");
    println!("{}", resident.trim());
    black_box(service.view());
}

/// How long something took: by the wall, and of the processor, where the system tells. On a busy machine only the
/// second says something.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Took {
    wall: Duration,
    processor: Option<Duration>,
}

struct Watch {
    wall: Instant,
    processor: Option<Duration>,
}

impl Watch {
    fn start() -> Self {
        Self { processor: Self::processor(), wall: Instant::now() }
    }

    fn stop(&self) -> Took {
        let wall = self.wall.elapsed();
        let processor = Self::processor().zip(self.processor).map(|(now, then)| now.saturating_sub(then));
        Took { wall, processor }
    }

    /// What this thread has had of the processor.
    fn processor() -> Option<Duration> {
        let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        told.split(' ').next()?.parse().ok().map(Duration::from_nanos)
    }
}

struct Report;

impl Report {
    fn new(secrets: usize) -> Self {
        println!("{secrets} secrets\n{:44} {:>12} {:>12} {:>9}", "", "measured", "processor", "at most");
        Self
    }

    #[expect(clippy::unused_self, reason = "there is one report, and who has it may tell")]
    fn tell(&mut self, what: &str, took: Took, most_ms: Option<f64>) {
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        let wall = ms(took.wall);
        let processor = took.processor.map_or_else(|| "not told".into(), |time| format!("{:.3} ms", ms(time)));
        let most = most_ms.map(|most| format!("{most} ms")).unwrap_or_default();
        let missed = if most_ms.is_some_and(|most| most < wall) { "  MISSED" } else { "" };
        println!("{what:44} {wall:9.3} ms {processor:>12} {most:>9}{missed}");
    }

    #[expect(clippy::unused_self, reason = "there is one report, and who has it may tell")]
    fn tell_memory(&mut self, what: &str, resident: &str) {
        let mib = resident.split(' ').next().and_then(|kib| kib.parse::<f64>().ok()).map(|kib| kib / 1024.0);
        match mib {
            Some(mib) => {
                let missed = if 200.0 < mib { "  MISSED" } else { "" };
                println!("{what:44} {mib:8.1} MiB {:>12} {:>9}{missed}", "", "200 MiB");
            }
            None => println!("{what:44} {}", resident.trim()),
        }
    }
}

fn best_of<T>(times: u32, mut work: impl FnMut() -> T) -> Took {
    let once = || {
        let started = Watch::start();
        let result = work();
        let took = started.stop();
        // What is measured is the work, not the tidying up.
        drop(black_box(result));
        took
    };
    std::iter::repeat_with(once).take(times as usize).min().unwrap()
}

fn mean_of<T>(times: u32, mut work: impl FnMut() -> T) -> Took {
    let started = Watch::start();
    for _ in 0..times {
        black_box(work());
    }
    let took = started.stop();
    Took { wall: took.wall / times, processor: took.processor.map(|processor| processor / times) }
}

fn open(path: &Path) -> Service {
    Service::open(path, &passphrase(), TimeSource::Computer).unwrap()
}

fn caller() -> Caller {
    Caller::developer()
}

fn passphrase() -> Passphrase {
    Passphrase::new("correct horse battery staple".into())
}

fn vault() -> VaultName {
    VaultName::parse("contoso-prod").unwrap()
}

fn vault_draft() -> VaultDraft {
    VaultDraft {
        name: vault(),
        location: RegionName::parse("westeurope").unwrap(),
        sku: Sku::Standard,
        retention: RetentionDays::default(),
        purge_protection: None,
        tags: Tags::default(),
        access: tresor::domain::AccessModel::Policies,
    }
}

fn name(number: usize) -> ObjectName {
    ObjectName::parse(&format!("service-{number:06}-db-password")).unwrap()
}

/// As people have them: a content type, two tags, and an expiry on each third.
fn new_secret(number: usize) -> NewSecret {
    let tags = [("env", "prod"), ("owner", ["payments", "billing", "platform"][number % 3])];
    let expires =
        number.is_multiple_of(3).then(|| TimeSource::Computer.now().plus_days((number % 400 + 1).cast_signed() as i64));
    let draft = SecretDraft {
        content_type: ContentType::parse("text/plain").unwrap(),
        tags: Tags::parse(tags.map(|(key, value)| (key.to_owned(), value.to_owned()))).unwrap(),
        enabled: Enabled::Yes,
        validity: Validity::parse(None, expires).unwrap(),
    };
    let value = SecretValue::parse(Zeroizing::new(format!("not-a-real-password-{number:012}"))).unwrap();
    NewSecret { name: name(number), value, draft }
}
