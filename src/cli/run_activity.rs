//! `tresor activity …`

use std::{path::Path, sync::atomic::Ordering, thread, time::Duration};

use serde::Serialize;

use super::{
    args::{Activity, ActivityResult, Common, ExportActivity, ListActivity, RetainActivity, Since, WhichActivity},
    errors::Failure,
    inputs,
    output::{Columns, Output},
    progress,
    session::{Opening, Ready, Session},
    shape,
};
use crate::{
    disk::{self, Existing},
    domain::{
        Caller, Operation, Target, Timestamp, VaultName,
        activity::ActivityDays,
        history::{Fault, Filter, History, HistoryBuilder, Kind, Search},
    },
    service::{ActivityMark, Service, ServiceError, Spool, StoreError},
};

const COLUMNS: Columns = &[
    ("Time", &["time"]),
    ("Caller", &["caller"]),
    ("Operation", &["operationName"]),
    ("Vault", &["vault"]),
    ("Object", &["object"]),
    ("Subject", &["subject"]),
    ("Detail", &["detail"]),
    ("Result", &["resultType"]),
    ("Code", &["code"]),
];

/// How often to look whether something was asked.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// Where answers go.
const STANDARD_OUTPUT: &str = "-";

/// How long activity is kept.
#[derive(Serialize)]
struct Retention {
    days: u16,
}

/// What was written.
#[derive(Serialize)]
struct Exported {
    file: String,
    records: usize,
}

pub(super) fn run(common: &Common, folder: &Path, output: &Output, what: &Activity) -> Result<(), Failure> {
    match what {
        Activity::List(what) => list(common, folder, output, what),
        Activity::Export(what) => export(common, folder, output, what),
        Activity::Retention(what) => retention(common, folder, output, what),
    }
}

fn list(common: &Common, folder: &Path, output: &Output, what: &ListActivity) -> Result<(), Failure> {
    let filter = Wanted::of(&what.which)?;
    let mut ready = Ready::new(common, folder)?;
    let mut session = ready.open(Opening::Whole)?;
    let asked = session.service.read_activity(&session.caller);
    let history = recorded(&mut session, asked.map_err(Failure::from))?;
    let mark = ActivityMark::now(&session.service);
    let caller = session.caller.clone();
    let filter = filter.at(session.service.now());
    tell_faults(&session, &history);
    let found = search(&history, &filter);
    let shown = found.oldest_first().filter_map(|id| history.get(id)).map(|asked| shape::activity(asked.record));
    if !what.follow {
        output.list(shown, Some(COLUMNS))?;
        session.finish(output);
        return Ok(());
    }
    for item in shown {
        output.line(&item)?;
    }
    drop(session);
    output.release()?;
    follow((&ready, &caller), folder, output, mark, &filter)
}

/// What was asked, done or refused, written down before the answer goes out. Where both failed, the first failure is what the person
/// asked about.
fn recorded<T>(session: &mut Session, done: Result<T, Failure>) -> Result<T, Failure> {
    let written = session.service.tick().map_err(Failure::Unrecorded);
    let answer = done?;
    written.map(|_| answer)
}

/// Looks again and again, and opens the store, for a moment, only when somebody has written to it and closed it.
fn follow(
    (ready, caller): (&Ready<'_>, &Caller),
    folder: &Path,
    output: &Output,
    mut mark: ActivityMark,
    filter: &Filter,
) -> Result<(), Failure> {
    let is_interrupted = progress::listen_for_interrupt();
    let mut last = None;
    while !is_interrupted.load(Ordering::Relaxed) {
        let written = Service::last_written(folder)?;
        if written != last {
            match ready.try_open() {
                Err(Failure::Service(ServiceError::Store(StoreError::AlreadyOpen { .. }))) => {}
                Err(failure) => return Err(failure),
                Ok(session) => {
                    last = written;
                    // What was granted when it began may have been taken away since.
                    session.service.may(caller, Operation::ActivityRead, &Target::Subscription)?;
                    let history = HistoryBuilder::of(&session.service.activity_after(&mut mark)?);
                    drop(session);
                    let found = search(&history, filter);
                    for asked in found.oldest_first().filter_map(|id| history.get(id)) {
                        output.line(&shape::activity(asked.record))?;
                    }
                    output.release()?;
                }
            }
        }
        thread::sleep(BETWEEN_LOOKS);
    }
    Ok(())
}

fn export(common: &Common, folder: &Path, output: &Output, what: &ExportActivity) -> Result<(), Failure> {
    let filter = Wanted::of(&what.which)?;
    let mut session = Ready::new(common, folder)?.open(Opening::Whole)?;
    let filter = filter.at(session.service.now());
    if what.file.as_os_str() == STANDARD_OUTPUT {
        let caller = session.caller.clone();
        output.as_it_is(|out| {
            let printed = session.service.print_activity(&caller, &filter, out);
            recorded(&mut session, printed.map_err(Failure::from)).map(drop)
        })?;
    } else if inputs::is_stream(&what.file) {
        // Whoever reads the other end may need the store.
        let mut spool = Spool::default();
        let caller = session.caller.clone();
        let printed = session.service.print_activity(&caller, &filter, &mut spool);
        let records = recorded(&mut session, printed.map_err(Failure::from))?;
        output.one(&Exported { file: what.file.display().to_string(), records })?;
        let path = what.file.clone();
        output.write_after(move || {
            disk::write_out(&path, Existing::Replaced, |file| spool.pour(file))
                .map_err(|source| Failure::file("write", &path, source))
        });
    } else {
        let is_interrupted = progress::listen_for_interrupt();
        let watch = |_| {
            if is_interrupted.load(Ordering::Relaxed) {
                std::ops::ControlFlow::Break(())
            } else {
                std::ops::ControlFlow::Continue(())
            }
        };
        let exported = session.service.export_activity(&session.caller, &filter, &what.file, watch);
        let records = recorded(&mut session, exported.map_err(|error| Failure::of_file(&what.file, error)))?;
        output.one(&Exported { file: what.file.display().to_string(), records })?;
    }
    let history = session.service.history();
    tell_faults(&session, &history);
    session.finish(output);
    Ok(())
}

fn retention(common: &Common, folder: &Path, output: &Output, what: &RetainActivity) -> Result<(), Failure> {
    let days = what.days.map(ActivityDays::parse).transpose();
    let days = days.map_err(|refused| Failure::Usage(format!("argument --days: {refused}.")))?;
    let mut session = Ready::new(common, folder)?.open(Opening::Whole)?;
    if let Some(days) = days {
        let caller = session.caller.clone();
        let kept = session.service.keep_activity(&caller, days);
        recorded(&mut session, kept.map_err(Failure::from))?;
    }
    output.one(&Retention { days: session.service.world().activity_days.days() })?;
    session.finish(output);
    Ok(())
}

/// Says what is wrong with what is kept, beside the answer.
fn tell_faults(session: &Session, history: &History) {
    for fault in history.faults.iter() {
        session.warn(&sentence(fault));
    }
}

/// A fault in a sentence, in UTC.
pub(super) fn sentence(fault: &Fault) -> String {
    fault.sentence(crate::domain::Zone::Utc)
}

fn search(history: &History, filter: &Filter) -> Search {
    let mut search = Search::new(filter.clone(), i64::MAX);
    while !search.look(history, usize::MAX) {}
    search
}

/// What was typed, before the store's time is known.
struct Wanted {
    filter: Filter,
    since: Option<Since>,
    to: Option<Since>,
}

impl Wanted {
    fn of(which: &WhichActivity) -> Result<Self, Failure> {
        let WhichActivity { since, to, vault, object, identity, operation, result } = which;
        let kind = match result {
            None => Kind::All,
            Some(ActivityResult::Done) => Kind::Done,
            Some(ActivityResult::Refused) => Kind::Refused,
            Some(ActivityResult::Writes) => Kind::Writes,
        };
        let vault = vault.as_deref().map(VaultName::parse).transpose();
        let filter = Filter {
            kind,
            vault: vault.map_err(|problem| Failure::Usage(format!("argument --vault: {problem}")))?,
            object: object.clone(),
            identity: identity.clone(),
            operations: operations(operation)?,
            ..Filter::default()
        };
        Ok(Self { filter, since: *since, to: *to })
    }

    fn at(self, now: Timestamp) -> Filter {
        let moment = |since| match since {
            Since::Moment(moment) => moment,
            Since::Ago(secs) => now.plus_secs(-secs),
        };
        Filter { from: self.since.map(moment), to: self.to.map(moment), ..self.filter }
    }
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
