//! Arguments in, exit code out.

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;
use tresor::{
    domain::{Timestamp, Zone},
    service::TimeSource,
    ui::{self, KeepSettings, Launch, Start, capture::Capture, settings, settings::Settings, tour},
};

/// Keeps vaults of secrets sealed on this computer and behaves as Azure Key Vault does.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// Look at a company in memory; nothing is kept
    #[arg(long, conflicts_with = "store")]
    demo: bool,
    /// Take pictures of the demo's pages into this folder, and end
    #[arg(long, value_name = "DIR", requires = "demo")]
    capture: Option<PathBuf>,
    /// The folder of the store to open
    #[arg(long, value_name = "DIR", env = "TRESOR_STORE")]
    store: Option<PathBuf>,
}

/// Pictures show this moment, whenever they are taken: 20 November 2026, 14:02.
const PICTURED: Timestamp = Timestamp::from_secs(1_795_183_320);

fn main() -> ExitCode {
    let Arguments { demo, capture, store } = Arguments::parse();
    let kept = Settings::load();
    let launch = match (demo, &capture) {
        (true, Some(_)) => Launch {
            open: Start::Demo(Some(PICTURED)),
            settings: Settings::default(),
            keep_settings: KeepSettings::No,
            zone: Zone::Utc,
            source: TimeSource::held_at(PICTURED),
        },
        (true, None) => Launch {
            open: Start::Demo(None),
            settings: kept,
            keep_settings: KeepSettings::No,
            zone: Zone::Local,
            source: TimeSource::Computer,
        },
        (false, _) => {
            let folder = store.or_else(|| kept.last_store.clone()).unwrap_or_else(settings::default_store);
            Launch {
                open: Start::Store(folder),
                settings: kept,
                keep_settings: KeepSettings::Yes,
                zone: Zone::Local,
                source: TimeSource::Computer,
            }
        }
    };
    match ui::run(launch, capture.map(|folder| Capture { folder, stops: tour::stops() })) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "the binary speaks to the terminal")]
            {
                eprintln!("tresor: the window did not open: {error}");
            }
            ExitCode::FAILURE
        }
    }
}
