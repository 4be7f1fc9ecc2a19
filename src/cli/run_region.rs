//! `tresor region …`

use std::fmt::Write as _;

use super::{
    args::{CheckRegions, FailLink, FailReplica, MoveRegion, Outage, RebuildRegion, Region, Replica},
    confirm,
    errors::Failure,
    output::{Columns, Output},
    progress,
    session::{self, Session},
    shape,
};
use crate::{
    domain::{Refusal, RegionName, ReplicaName, Zone, region::FailoverPlan, region_table, replica::Part},
    service::{self, FileCheck, RegionsCheck},
};

const COLUMNS: Columns = &[
    ("Name", &["name"]),
    ("DisplayName", &["displayName"]),
    ("Pair", &["pair"]),
    ("State", &["state"]),
    ("ServedBy", &["servedBy"]),
    ("Changes", &["revision"]),
    ("Behind", &["copy", "changesBehind"]),
];
const FILE_COLUMNS: Columns = &[
    ("Region", &["region"]),
    ("File", &["file"]),
    ("Changes", &["changes"]),
    ("Records", &["records"]),
    ("Result", &["result"]),
];

/// Asks before something is done that cannot be undone. A person takes their time, so this comes before the store is opened.
pub(super) fn confirm(command: &Region) -> Result<(), Failure> {
    let Region::Rebuild(RebuildRegion { region, yes: false }) = command else { return Ok(()) };
    let region = session::region(&region.location)?;
    confirm::confirm(&format!(
        "Files of {} that are lost or damaged are written anew. What only they held is gone then. Go on?",
        region.display()
    ))
}

pub(super) fn run(session: &mut Session, output: &Output, command: Region) -> Result<(), Failure> {
    let region = match command {
        Region::List(what) => {
            let view = session.service.view();
            let names = region_table::regions().iter().map(|region| region.name);
            let shown = names.filter(|name| !what.used || view.region(*name).is_some());
            return output.list(shown.map(|name| shape::region::region(&view, name)), Some(COLUMNS));
        }
        Region::Check(what) => return check(session, output, &what),
        Region::Show(target) => session::region(&target.location)?,
        Region::Outage(Outage { region, failover_seconds, failback_seconds, failing_percent }) => {
            let region = session::region(&region.location)?;
            let plan =
                FailoverPlan { failover_secs: failover_seconds, failback_secs: failback_seconds, failing_percent };
            session.service.begin_outage(&session.caller, region, plan)?;
            region
        }
        Region::Restore(target) => {
            let region = session::region(&target.location)?;
            session.service.end_outage(&session.caller, region)?;
            region
        }
        Region::FailReplica(FailReplica { region, replica, restore }) => {
            let replica = match replica {
                Replica::A => ReplicaName::A,
                Replica::B => ReplicaName::B,
            };
            fail(session, &region.location, Part::Replica(replica), restore)?
        }
        Region::FailLink(FailLink { region, restore }) => fail(session, &region.location, Part::Link, restore)?,
        Region::Move(what) => move_to(session, &what)?,
        Region::Rebuild(what) => rebuild(session, &what)?,
    };
    output.one(&shape::region::region(&session.service.view(), region))
}

/// Lets a part of a region fail, or return.
fn fail(session: &mut Session, location: &str, part: Part, returns: bool) -> Result<RegionName, Failure> {
    let region = session::region(location)?;
    if returns {
        session.service.end_part_outage(&session.caller, region, part)?;
    } else {
        session.service.begin_part_outage(&session.caller, region, part)?;
    }
    Ok(region)
}

fn move_to(session: &mut Session, what: &MoveRegion) -> Result<RegionName, Failure> {
    let region = session::region(&what.region.location)?;
    let store = session.service.view().store;
    let folder = service::folder_for_region(&what.folder, region, store.folder())?;
    let Session { service, caller, shows_warnings, .. } = session;
    progress::watch("Moving the region", *shows_warnings, |watch| service.move_region(caller, region, &folder, watch))?;
    Ok(region)
}

fn rebuild(session: &mut Session, what: &RebuildRegion) -> Result<RegionName, Failure> {
    let region = session::region(&what.region.location)?;
    session.service.rebuild_region(&session.caller, region)?;
    Ok(region)
}

fn check(session: &mut Session, output: &Output, what: &CheckRegions) -> Result<(), Failure> {
    let region = what.location.as_deref().map(session::region).transpose()?;
    session.service.note_region_check(&session.caller)?;
    let mut found = check_files(session)?;
    if let Some(region) = region {
        found.files.retain(|file| file.region == Some(region));
        if found.files.is_empty() {
            return Err(Refusal::RegionUnused { region }.into());
        }
    }
    output.list(found.files.iter().map(shape::region::file), Some(FILE_COLUMNS))?;
    told_whole(&found)
}

/// Opens every record of every file, with a bar.
pub(super) fn check_files(session: &Session) -> Result<RegionsCheck, Failure> {
    let checked = progress::watch("Checking", session.shows_warnings, |watch| session.service.check_regions(watch));
    Ok(checked?)
}

/// What is not whole is a failure, and the way out is named.
pub(super) fn told_whole(found: &RegionsCheck) -> Result<(), Failure> {
    if found.is_whole() {
        return Ok(());
    }
    if let Some(fault) = found.activity.first().filter(|_| found.files.iter().all(|file| file.found.is_ok())) {
        return Err(Failure::Plain(fault.sentence(Zone::Utc)));
    }
    let broken: Vec<&FileCheck> = found.files.iter().filter(|file| file.found.is_err()).collect();
    let are = if broken.len() == 1 { "is" } else { "are" };
    let mut text = format!("{} of {} files {are} not whole.", broken.len(), found.files.len());
    if let Some(region) = broken.iter().find_map(|file| file.region) {
        let region = region.as_str();
        write!(text, "\n`tresor region rebuild -l {region}` writes anew what can be, from the files that are whole.")
            .expect("a text takes whatever is written");
    }
    Err(Failure::Plain(text))
}
