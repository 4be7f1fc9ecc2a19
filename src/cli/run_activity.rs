//! `tresor activity …`

use std::{path::Path, sync::atomic::Ordering, thread, time::Duration};

use super::{
    args::{Common, ListActivity, Since},
    errors::Failure,
    output::{Columns, Output},
    passphrase::Passphrases,
    progress,
    session::Session,
    shape,
};
use crate::{
    domain::{Operation, activity::Record},
    service::{ActivityMark, Passphrase, Service, ServiceError, StoreError},
};

const COLUMNS: Columns = &[
    ("Time", &["time"]),
    ("Caller", &["caller"]),
    ("Operation", &["operationName"]),
    ("Vault", &["vault"]),
    ("Object", &["object"]),
    ("Result", &["resultType"]),
    ("Code", &["code"]),
];

/// How often to look whether something was asked.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

pub(super) fn list(common: &Common, folder: &Path, output: &Output, what: &ListActivity) -> Result<(), Failure> {
    let operations = operations(&what.operation)?;
    let is_wanted = |record: &&Record| operations.is_empty() || operations.contains(&record.operation);
    if !Service::exists(folder) {
        return Err(Failure::NoStore(folder.to_path_buf()));
    }
    let passphrase = Passphrases::of(common)?.current()?;
    let mut session = Session::open_with(common, folder, &passphrase)?;
    let mut mark = ActivityMark::default();
    let all = session.service.activity_after(&mut mark)?;
    let since = what.since.map(|since| match since {
        Since::Moment(moment) => moment,
        Since::Ago(secs) => session.service.now().plus_secs(-secs),
    });
    let is_shown = |record: &&Record| since.is_none_or(|since| since <= record.at) && is_wanted(record);
    let shown = all.iter().filter(is_shown).map(shape::activity);
    if !what.follow {
        output.list(shown, Some(COLUMNS))?;
        session.finish();
        return Ok(());
    }
    for record in shown {
        output.line(&record)?;
    }
    drop(session);
    follow(common, folder, &passphrase, output, mark, is_wanted)
}

/// Looks again and again, and opens the store, for a moment, only when somebody has written to it and closed it.
fn follow(
    common: &Common,
    folder: &Path,
    passphrase: &Passphrase,
    output: &Output,
    mut mark: ActivityMark,
    is_wanted: impl Fn(&&Record) -> bool,
) -> Result<(), Failure> {
    let is_interrupted = progress::listen_for_interrupt();
    let mut last = None;
    while !is_interrupted.load(Ordering::Relaxed) {
        let written = Service::last_written(folder)?;
        if written != last {
            match Session::try_open(common, folder, passphrase) {
                Err(Failure::Service(ServiceError::Store(StoreError::AlreadyOpen { .. }))) => {}
                Err(failure) => return Err(failure),
                Ok(session) => {
                    last = written;
                    for record in session.service.activity_after(&mut mark)?.iter().filter(&is_wanted) {
                        output.line(&shape::activity(record))?;
                    }
                }
            }
        }
        thread::sleep(BETWEEN_LOOKS);
    }
    Ok(())
}

/// The operations of those names, which may be in any case.
fn operations(names: &[String]) -> Result<Vec<Operation>, Failure> {
    let find = |name: &String| {
        let found = Operation::ALL.iter().find(|operation| operation.audit_name().eq_ignore_ascii_case(name));
        let unknown = || {
            let all: Vec<_> = Operation::ALL.iter().map(|operation| operation.audit_name()).collect();
            Failure::Usage(format!("argument --operation: there is no {name}; there are {}", all.join(", ")))
        };
        found.copied().ok_or_else(unknown)
    };
    names.iter().map(find).collect()
}
