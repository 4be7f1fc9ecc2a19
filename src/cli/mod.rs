//! The command line: `tresor keyvault …` as `az keyvault …`, and Tresor's own groups.
//!
//! It knows the service and the domain and repeats no rule of theirs: it reads what was typed, asks the service, and prints
//! what came of it. A later kind of object brings its group in `args/`, its shapes in `shape.rs` and a `run_…` file.

mod args;
mod completions;
mod confirm;
mod encoding;
mod errors;
mod identities;
mod identity_passphrase;
mod output;
mod passphrase;
mod progress;
mod rotation_policy;
mod run_activity;
mod run_bulk;
mod run_clock;
mod run_identity;
mod run_key;
mod run_key_use;
mod run_policy;
mod run_region;
mod run_role;
mod run_secret;
mod run_store;
mod run_vault;
mod scope;
mod session;
mod shape;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

pub use self::args::{Arguments, Command, WindowArguments};
use self::{args::VaultCommand, errors::Failure, output::Output, session::Session};

/// Does what was asked for and tells how it went. `folder` is the store's; there must be a command.
pub fn run(command: Command, arguments: Arguments, folder: &Path) -> ExitCode {
    let common = arguments.common;
    let output = match Output::new(common.output, common.query.as_deref()) {
        Ok(output) => output,
        Err(failure) => return errors::report(&failure, None),
    };
    let whole = || Session::open(&common, folder);
    match command {
        Command::Keyvault(command) => {
            let opened = match &*command {
                VaultCommand::Secret(command) => Session::open_lean(&common, folder, command.expects()),
                VaultCommand::Key(command) => Session::open_lean(&common, folder, command.expects()),
                _ => whole(),
            };
            within(opened, |session| run_vault::run(session, &output, *command))
        }
        Command::Clock(command) => within(whole(), |session| run_clock::run(session, &output, &command)),
        Command::Region(command) => within(whole(), |session| run_region::run(session, &output, command)),
        Command::Activity(what) => ended(run_activity::run(&common, folder, &output, &what)),
        Command::Identity(command) => run_identity::run(&common, folder, &output, command),
        Command::Role(command) => within(whole(), |session| run_role::run(session, &output, command)),
        Command::Store(args::Store::Protect) => within(whole(), run_store::protect),
        Command::Store(args::Store::Unprotect) => within(whole(), run_store::unprotect),
        Command::Store(command) => ended(run_store::run(&common, folder, &output, &command)),
        Command::Completion { shell } => ended(completions::print(shell)),
        Command::Man { folder } => ended(man_pages(&folder)),
    }
}

/// Does one thing in an open store, and writes down that it was asked.
fn within(opened: Result<Session, Failure>, work: impl FnOnce(&mut Session) -> Result<(), Failure>) -> ExitCode {
    let mut session = match opened {
        Ok(session) => session,
        Err(failure) => return errors::report(&failure, None),
    };
    let done = work(&mut session);
    // What was refused is recorded too. Where both failed, the first failure is what the person asked about.
    let written = session.service.tick().map(drop).map_err(Failure::Unrecorded);
    let code = match done.and(written) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => errors::report(&failure, Some(&session)),
    };
    session.finish();
    code
}

fn ended(result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => errors::report(&failure, None),
    }
}

fn man_pages(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Arguments::definition(), folder))
        .map_err(|source| Failure::file("write the man pages into", &PathBuf::from(folder), source))
}
