//! Arguments in, exit code out.

use std::{path::PathBuf, process::ExitCode};

use tresor::{
    cli::{self, Arguments, WindowArguments},
    domain::{Timestamp, Zone},
    hardening,
    service::TimeSource,
    ui::{self, KeepSettings, Launch, Start, capture::Capture, file_dialog, settings, settings::Settings, tour},
};

/// Pictures show this moment, whenever they are taken: 20 November 2026, 14:02.
const PICTURED: Timestamp = Timestamp::from_secs(1_795_183_320);

fn main() -> ExitCode {
    // A process for a dialog alone; it holds nothing that is to be kept from others.
    if let Some(code) = file_dialog::serve(std::env::args_os()) {
        return code;
    }
    if let Err(error) = hardening::keep_to_oneself() {
        #[expect(clippy::print_stderr, reason = "the binary speaks to the terminal")]
        {
            eprintln!("tresor: the system did not switch core dumps off: {error}");
        }
        return ExitCode::FAILURE;
    }
    let mut arguments = match Arguments::read(std::env::args_os()) {
        Ok(arguments) => arguments,
        // Says what is wrong with 2, or gives the help that was asked for with 0.
        Err(answer) => return cli::explain(&answer, std::env::args_os()),
    };
    let kept = Settings::load();
    let folder = arguments.store().or_else(|| kept.last_store.clone()).unwrap_or_else(settings::default_store);
    match arguments.command.take() {
        Some(command) => cli::run(command, arguments, &folder),
        None => window(arguments.window, folder, kept),
    }
}

fn window(WindowArguments { demo, capture }: WindowArguments, folder: PathBuf, kept: Settings) -> ExitCode {
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
        (false, _) => Launch {
            open: Start::Store(folder),
            settings: kept,
            keep_settings: KeepSettings::Yes,
            zone: Zone::Local,
            source: TimeSource::Computer,
        },
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
