//! The command line: `tresor keyvault …` as `az keyvault …`, and Tresor's own groups.
//!
//! It knows the service and the domain and repeats no rule of theirs: it reads what was typed, asks the service, and prints
//! what came of it. A later kind of object brings its group in `args/`, its shapes in `shape.rs` and a `run_…` file.

mod args;
mod completions;
mod confirm;
mod encoding;
mod errors;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod identities;
mod identity_passphrase;
mod inputs;
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
mod terminal;

use std::{
    borrow::Cow,
    ffi::OsString,
    path::{Path, PathBuf},
    process::ExitCode,
};

pub use self::args::{Arguments, Command, WindowArguments};
use self::{
    args::{Common, VaultCommand},
    errors::{Failure, Told},
    output::Output,
    session::{Opening, Ready, Session},
};
use crate::disk;

/// What is left of a command once everything it names is read: what it does in the open store.
type Work = Box<dyn FnOnce(&mut Session, &Output) -> Result<(), Failure>>;

/// Puts work aside until the store is open.
#[expect(clippy::unnecessary_wraps, reason = "most commands name nothing that could fail to be read")]
fn work(work: impl FnOnce(&mut Session, &Output) -> Result<(), Failure> + 'static) -> Result<Work, Failure> {
    Ok(Box::new(work))
}

/// Does what was asked for and tells how it went. `folder` is the store's; there must be a command.
///
/// Everything is read before the store is opened, and everything is printed after it is closed, so that commands can be put
/// together in any way (T12).
pub fn run(command: Command, arguments: Arguments, folder: &Path) -> ExitCode {
    let common = arguments.common;
    let output = match Output::new(common.output, common.query.as_deref()) {
        Ok(output) => output,
        Err(failure) => return Told::from(failure).report(),
    };
    let done = asked(&common, folder, &output, command);
    let released = output.release().map_err(Told::from);
    match done.and(released) {
        Ok(()) => ExitCode::SUCCESS,
        Err(told) => told.report(),
    }
}

/// Says why what was `typed` is not understood, or gives the help that was asked for; with the exit code for it.
pub fn explain(answer: &clap::Error, mut typed: impl Iterator<Item = OsString>) -> ExitCode {
    let is_harmful = |word: OsString| matches!(terminal::harmless(&word.to_string_lossy()), Cow::Owned(_));
    if answer.use_stderr() && typed.any(is_harmful) {
        // In colours, what was typed could not be told from them.
        terminal::tell(answer.render().to_string().trim_end());
    } else {
        // Without anybody to tell there is still the exit code.
        drop(answer.print());
    }
    ExitCode::from(u8::try_from(answer.exit_code()).unwrap_or(2))
}

fn asked(common: &Common, folder: &Path, output: &Output, command: Command) -> Result<(), Told> {
    let whole = || Ready::new(common, folder)?.open(Opening::Whole);
    match command {
        Command::Keyvault(command) => {
            let opening = match &*command {
                VaultCommand::Secret(command) => Opening::Lean(command.expects()),
                VaultCommand::Key(command) => Opening::Lean(command.expects()),
                _ => Opening::Whole,
            };
            let mut ready = Ready::new(common, folder)?;
            let work = run_vault::prepare(common, *command)?;
            within(ready.open(opening), output, |session| work(session, output))
        }
        Command::Clock(command) => within(whole(), output, |session| run_clock::run(session, output, &command)),
        Command::Region(command) => {
            run_region::confirm(&command)?;
            within(whole(), output, |session| run_region::run(session, output, command))
        }
        Command::Activity(what) => Ok(run_activity::run(common, folder, output, &what)?),
        Command::Identity(command) => run_identity::run(common, folder, output, command),
        Command::Role(command) => within(whole(), output, |session| run_role::run(session, output, command)),
        Command::Store(args::Store::Protect) => within(whole(), output, run_store::protect),
        Command::Store(args::Store::Unprotect) => within(whole(), output, run_store::unprotect),
        Command::Store(command) => Ok(run_store::run(common, folder, output, &command)?),
        Command::Completion { shell } => Ok(completions::print(shell)?),
        Command::Man { folder } => Ok(man_pages(&folder)?),
    }
}

/// Does one thing in an open store, writes down that it was asked, and closes the store.
fn within(
    opened: Result<Session, Failure>,
    output: &Output,
    work: impl FnOnce(&mut Session) -> Result<(), Failure>,
) -> Result<(), Told> {
    let mut session = opened?;
    let done = work(&mut session);
    // What was refused is recorded too. Where both failed, the first failure is what the person asked about.
    let written = session.service.tick().map(drop).map_err(Failure::Unrecorded);
    let told = done.and(written).map_err(|failure| failure.told(Some(&session)));
    session.finish(output);
    told
}

fn man_pages(folder: &Path) -> Result<(), Failure> {
    disk::make_folder(folder)
        .and_then(|()| clap_mangen::generate_to(Arguments::definition(), folder))
        .map_err(|source| Failure::file("write the man pages into", &PathBuf::from(folder), source))
}
