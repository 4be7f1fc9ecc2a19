//! What the window costs: `cargo bench --bench window`, on a screen.
//!
//! One real window is opened on a store of 100,000 secrets and measured from inside: how long until it can be used, what
//! a frame of the full table costs, what it keeps in memory, and how many frames it draws while nothing changes.

#![expect(clippy::print_stdout, reason = "a measurement speaks to the terminal")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use egui::{Context, Ui, ViewportCommand};
use tresor::{
    crypto::KdfCost,
    domain::{
        Caller, ObjectName, RegionName, RetentionDays, SecretValue, VaultName, Zone,
        properties::Tags,
        secret::SecretDraft,
        vault::{Sku, VaultDraft},
    },
    service::{NewSecret, OpenAs, Passphrase, Purpose, Service, TimeSource},
    store::Place,
    ui::{App, KeepSettings, Launch, Start, action::Action, settings::Settings},
};

const SECRETS: usize = 100_000;
const TABLE_FRAMES: u32 = 300;
const IDLE: Duration = Duration::from_secs(10);

/// Set for the process that makes the store, to its folder.
const FILL: &str = "TRESOR_BENCH_FILL";

fn main() {
    if let Some(store) = std::env::var_os(FILL) {
        fill(Path::new(&store));
        return;
    }
    if std::env::var_os("DISPLAY").is_none() && std::env::var_os("WAYLAND_DISPLAY").is_none() {
        println!("no display: run this on a screen, or under xvfb-run");
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let store = folder.path().join("store");
    // In a process of its own: what making the store needs is not what the window needs.
    let maker = std::env::current_exe().and_then(|this| Command::new(this).env(FILL, &store).status());
    assert!(maker.is_ok_and(|ended| ended.success()), "the store was made");
    let started = Instant::now();
    let launch = Launch {
        open: Start::Store(store.clone()),
        settings: Settings { auto_lock_minutes: 0, ..Settings::default() },
        keep_settings: KeepSettings::No,
        zone: Zone::Utc,
        source: TimeSource::Computer,
    };
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default().with_inner_size([1280.0, 800.0]),
        renderer: eframe::Renderer::Glow,
        ..eframe::NativeOptions::default()
    };
    let run = eframe::run_native(
        "Tresor",
        options,
        Box::new(move |creation| {
            let app = App::new(&creation.egui_ctx, launch)?;
            Ok(Box::new(Measured { app, store, started, phase: Phase::First }))
        }),
    );
    run.expect("the window opens on the display that is there");
}

/// A store with so many secrets, whose passphrase is cheap to derive from.
fn fill(folder: &Path) {
    let place = Place::Folder(folder.to_owned());
    let create = Service::create(&place, &passphrase(), KdfCost::LEAST, Purpose::Real, TimeSource::Computer);
    let mut service = create.expect("an empty folder takes a store");
    let by = Caller::developer();
    let vault = VaultName::parse("hundred-thousand").expect("a fine name");
    let draft = VaultDraft {
        name: vault.clone(),
        location: RegionName::parse("westeurope").expect("in the table"),
        sku: Sku::Standard,
        retention: RetentionDays::MOST,
        purge_protection: None,
        tags: Tags::default(),
        access: tresor::domain::AccessModel::Policies,
    };
    service.create_vault(&by, draft).expect("the name is free");
    let new = |number: usize| NewSecret {
        name: ObjectName::parse(&format!("service-{number:06}-password")).expect("a fine name"),
        value: SecretValue::parse(format!("value-{number}").into()).expect("short"),
        draft: SecretDraft::default(),
    };
    let all: Vec<_> = (0..SECRETS).map(new).collect();
    service.set_secrets(&by, &vault, all, |_| std::ops::ControlFlow::Continue(())).expect("there is room");
}

fn passphrase() -> Passphrase {
    Passphrase::new("bench".into())
}

struct Measured {
    app: App,
    store: PathBuf,
    started: Instant,
    phase: Phase,
}

enum Phase {
    First,
    Opening(Instant),
    Table { frames: u32, cpu: Duration, wall: Instant, drawing: Duration },
    Idle { since: Instant, frames: u64 },
    Done,
}

impl eframe::App for Measured {
    fn logic(&mut self, ctx: &Context, frame: &mut eframe::Frame) {
        self.app.logic(ctx, frame);
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        let began = Instant::now();
        self.app.ui(ui, frame);
        let drew = began.elapsed();
        let ctx = ui.ctx().clone();
        match &mut self.phase {
            // The second frame begins when the first is on the screen.
            Phase::First if self.app.frames() < 2 => ctx.request_repaint(),
            Phase::First => {
                println!("first usable frame          {:>8.0} ms", ms(self.started.elapsed()));
                self.app.act(
                    &ctx,
                    vec![Action::OpenStore(OpenAs::Folder(
                        self.store.clone(),
                        passphrase().into(),
                        tresor::service::Older::Refused,
                    ))],
                );
                self.phase = Phase::Opening(Instant::now());
            }
            Phase::Opening(since) => {
                if self.app.is_settled() {
                    println!("opened, {SECRETS} secrets     {:>8.0} ms", ms(since.elapsed()));
                    let (cpu, wall) = (cpu_time(), Instant::now());
                    self.phase = Phase::Table { frames: 0, cpu, wall, drawing: Duration::ZERO };
                    ctx.request_repaint();
                }
            }
            Phase::Table { frames, cpu, wall, drawing } => {
                *frames += 1;
                *drawing += drew;
                if *frames < TABLE_FRAMES {
                    ctx.request_repaint();
                } else {
                    let each = |whole: Duration| ms(whole) / f64::from(TABLE_FRAMES);
                    println!("a frame of the table: views {:>8.2} ms", each(*drawing));
                    println!(
                        "  the window's thread       {:>8.2} ms of processor time",
                        each(cpu_time().saturating_sub(*cpu))
                    );
                    println!("  from frame to frame       {:>8.2} ms, drawn in software", each(wall.elapsed()));
                    println!("resident memory             {:>8} MB", resident_mb());
                    self.phase = Phase::Idle { since: Instant::now(), frames: self.app.frames() };
                    let ctx = ctx.clone();
                    let wake = move || {
                        std::thread::sleep(IDLE);
                        ctx.request_repaint();
                    };
                    std::thread::Builder::new().name("bench-alarm".into()).spawn(wake).expect("a thread starts");
                }
            }
            Phase::Idle { since, frames } => {
                if since.elapsed() >= IDLE {
                    // The alarm's own frame, and the one that followed the last of the table, are not idle.
                    let drawn = self.app.frames() - *frames;
                    println!("frames in {} idle seconds   {:>8}", IDLE.as_secs(), drawn.saturating_sub(2));
                    ctx.send_viewport_cmd(ViewportCommand::Close);
                    self.phase = Phase::Done;
                }
            }
            Phase::Done => {}
        }
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Processor time of this thread; zero where the system does not tell.
fn cpu_time() -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = told.split(' ').next().and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.unwrap_or(0))
}

/// Resident memory of this process; zero where the system does not tell.
fn resident_mb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1024
}
