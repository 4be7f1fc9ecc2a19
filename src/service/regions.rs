//! What regions are made of, as it is told: replicas, the copy in the pair, links; and what is done to them.

use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

pub(super) use super::availability::Known;
use super::{Service, ServiceError, records, region_folder::folder_for_region};
use crate::{
    domain::{
        Caller, Change, Operation, Refusal, RegionName, ReplicaName, Target, Timestamp,
        activity::{About, Record},
        history::Fault,
        region::Outage,
        replica::{OutageCause, Part, ReplicaFault, ReplicaState},
    },
    store::{self, FileFault, FileState, Partition, Place, RegionReport, StoreError},
};

/// So many of the changes that a pair lacks are told.
const MOST_TOLD: usize = 100;

/// A region with what it keeps. There is one for each region that holds something of the store or a copy of it.
#[derive(Clone, Debug)]
pub struct RegionView {
    /// Which.
    pub region: RegionName,
    /// Where its files lie; `None` in memory.
    pub folder: Option<PathBuf>,
    /// Changes that were reported as done; none where only a copy of another region is kept.
    pub revision: u64,
    /// Its replicas; empty where only a copy of another region is kept.
    pub replicas: Vec<ReplicaView>,
    /// The copy in its pair; `None` where nothing of it is copied (A7).
    pub copy: Option<CopyView>,
    /// The last changes that the pair did not have when the region was lost, newest last, as far as they are known; at most 100.
    pub unreplicated: Vec<Arc<Record>>,
}

/// A replica in its region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplicaView {
    /// Which.
    pub name: ReplicaName,
    /// How it stands.
    pub state: ReplicaState,
    /// How many changes it has.
    pub revision: u64,
    /// Length of its file in bytes; zero in memory.
    pub bytes: u64,
}

/// The copy of a region in its pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyView {
    /// The pair.
    pub within: RegionName,
    /// Where its file lies; `None` in memory.
    pub folder: Option<PathBuf>,
    /// How it stands.
    pub state: ReplicaState,
    /// How many changes it has.
    pub revision: u64,
    /// Length of its file in bytes; zero in memory.
    pub bytes: u64,
    /// When the oldest change was made that it does not have yet; its lag counts from then.
    pub behind_since: Option<Timestamp>,
    /// Since when somebody plays that the link is cut.
    pub cut_since: Option<Timestamp>,
}

/// What a check of every record of every file found.
#[derive(Clone, Debug)]
pub struct RegionsCheck {
    /// Each file, by region; what belongs to no region first.
    pub files: Vec<FileCheck>,
    /// How long it took.
    pub took: Duration,
    /// Where the chain of the activity does not hold, and what of it cannot be read.
    pub activity: Vec<Fault>,
}

/// What the check of one file found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileCheck {
    /// The region whose content it holds; `None`: what belongs to no region.
    pub region: Option<RegionName>,
    /// Which file.
    pub file: FileName,
    /// What was found: every record opened, or why not.
    pub found: Result<Found, String>,
}

/// One of the files that hold a region's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileName {
    /// A replica in the region.
    Replica(ReplicaName),
    /// The copy in the pair.
    Copy,
}

/// What is in a file that is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// How many changes it has.
    pub revision: u64,
    /// How many records were opened.
    pub records: u64,
}

impl RegionsCheck {
    /// Whether every file is whole, and the activity too.
    pub fn is_whole(&self) -> bool {
        self.activity.is_empty() && self.files.iter().all(|file| file.found.is_ok())
    }
}

impl Service {
    /// Lets a part of a region fail (A3).
    pub fn begin_part_outage(&mut self, caller: &Caller, region: RegionName, part: Part) -> Result<(), ServiceError> {
        let operation = match part {
            Part::Replica(_) => Operation::ReplicaOutage,
            Part::Link => Operation::LinkOutage,
        };
        self.write(caller, operation, &Target::Region(region), |service, now| {
            let change = service.world.begin_part_outage(region, part, now)?;
            Ok((records::write_of(&service.world, vec![change]), ()))
        })
    }

    /// Lets a part of a region return.
    pub fn end_part_outage(&mut self, caller: &Caller, region: RegionName, part: Part) -> Result<(), ServiceError> {
        let operation = match part {
            Part::Replica(_) => Operation::ReplicaReturn,
            Part::Link => Operation::LinkReturn,
        };
        self.write(caller, operation, &Target::Region(region), |service, _| {
            let change = service.world.end_part_outage(region, part)?;
            Ok((records::write_of(&service.world, vec![change]), ()))
        })
    }

    /// Moves a region's files into `folder`, which is empty or not there yet: copied and checked before the switch.
    /// Back into the store where it is the place that it had there.
    pub fn move_region(
        &mut self,
        caller: &Caller,
        region: RegionName,
        folder: &Path,
        progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
    ) -> Result<(), ServiceError> {
        let about = vec![About::detail(format!("to {}", folder.display()))];
        self.write_about(caller, Operation::RegionMove, &Target::Region(region), about, |service, _| {
            if !service.is_used(region) {
                return Err(Refusal::RegionUnused { region }.into());
            }
            let Place::Folder(store) = service.store.place() else {
                return Err(Refusal::RegionUnused { region }.into());
            };
            let folder = folder_for_region(folder, region, Some(store))?;
            // The only place in the store that is admitted is the one it had there.
            let is_home =
                folder.ends_with(region.as_str()) && folder.parent().is_some_and(|parent| is_same(parent, store));
            let partition = records::partition_of_region(region);
            service.store.move_folder(&partition, (!is_home).then_some(folder.as_path()), progress)?;
            Ok((records::write_of(&service.world, Vec::new()), ()))
        })
    }

    /// Writes the files of a region anew that are lost or damaged, from the best there is (A6).
    pub fn rebuild_region(&mut self, caller: &Caller, region: RegionName) -> Result<(), ServiceError> {
        self.write(caller, Operation::RegionRebuild, &Target::Region(region), |service, now| {
            let partition = records::partition_of_region(region);
            let report = service.report_of(&partition).ok_or(Refusal::RegionUnused { region })?;
            if report.files.iter().all(|file| file.state == FileState::Current) {
                return Err(Refusal::RegionIsWhole { region }.into());
            }
            let returned = service.rebuild(region, now)?;
            Ok((records::write_of(&service.world, returned.into_iter().collect()), ()))
        })
    }

    /// Has a region's files written anew, and answers with its return where it was lost.
    pub(super) fn rebuild(&mut self, region: RegionName, now: Timestamp) -> Result<Option<Change>, ServiceError> {
        self.store.rebuild(&records::partition_of_region(region)).map_err(|error| match error {
            StoreError::Lost { .. } => Refusal::NothingToRebuildFrom { region }.into(),
            error => ServiceError::from(error),
        })?;
        let is_lost = |outage: &&Outage| outage.cause == OutageCause::Lost && outage.returned.is_none();
        let lost = self.world.outages.get(&region).filter(is_lost);
        Ok(lost.map(|outage| Change::Region(region, Some(Outage { returned: Some(now), ..*outage }))))
    }

    /// Writes down that regions are checked.
    pub fn note_region_check(&mut self, caller: &Caller) -> Result<(), ServiceError> {
        self.read(caller, Operation::RegionCheck, &Target::Subscription, |_, _| Ok(()))
    }

    /// Opens every record of every file, and compares each chunk of activity with the one before it (T3).
    pub fn check_regions(
        &self,
        progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
    ) -> Result<RegionsCheck, ServiceError> {
        let started = Instant::now();
        let report = self.store.check_watched(progress)?;
        let file = |check: store::FileCheck| FileCheck {
            region: RegionName::parse(check.partition.as_str()).ok(),
            file: match check.name {
                store::FileName::A => FileName::Replica(ReplicaName::A),
                store::FileName::B => FileName::Replica(ReplicaName::B),
                store::FileName::Copy => FileName::Copy,
            },
            found: check.found.map(|(revision, records)| Found { revision: revision.0, records }),
        };
        let mut files: Vec<_> = report.files.into_iter().map(file).collect();
        files.sort_by_key(|file| file.region);
        let activity = self.check_activity();
        Ok(RegionsCheck { files, took: started.elapsed(), activity })
    }

    fn report_of(&self, partition: &Partition) -> Option<RegionReport> {
        self.store.report().into_iter().find(|report| report.partition == *partition)
    }

    /// Whether a region keeps something: its own, or the copy of another.
    fn is_used(&self, region: RegionName) -> bool {
        self.region_views().iter().any(|view| view.region == region)
    }
}

/// What regions are made of, as it is told.
impl Service {
    pub(super) fn region_views(&self) -> Vec<RegionView> {
        let reports = self.store.report();
        let mut views: Vec<_> = reports.iter().filter_map(|report| self.region_view(report)).collect();
        for report in &reports {
            let Some(copy) = report.files.iter().find(|file| file.name == store::FileName::Copy) else { continue };
            let Some(region) = RegionName::parse(report.partition.as_str()).ok().and_then(RegionName::failover_to)
            else {
                continue;
            };
            if views.iter().all(|view| view.region != region) {
                let folder = copy.path.as_deref().and_then(Path::parent).map(Path::to_path_buf);
                let (replicas, unreplicated) = (Vec::new(), Vec::new());
                views.push(RegionView { region, folder, revision: 0, replicas, copy: None, unreplicated });
            }
        }
        views
    }

    fn region_view(&self, report: &RegionReport) -> Option<RegionView> {
        let region = RegionName::parse(report.partition.as_str()).ok()?;
        let now = self.clock.now();
        let is_out = |region: RegionName| {
            let outage = self.world.outages.get(&region);
            outage.is_some_and(|outage| outage.cause == OutageCause::Simulated && !outage.has_returned(now))
        };
        let state = |file: &store::FileReport, within: RegionName| match &file.state {
            _ if is_out(within) => ReplicaState::Failed(ReplicaFault::Simulated),
            FileState::Current => ReplicaState::Current,
            FileState::Behind => ReplicaState::Behind,
            FileState::Rebuilding(percent) => ReplicaState::Rebuilding { percent: *percent },
            FileState::Out(fault) => ReplicaState::Failed(match fault {
                FileFault::Simulated => ReplicaFault::Simulated,
                FileFault::Missing => ReplicaFault::Missing,
                FileFault::Damaged => ReplicaFault::Damaged,
                FileFault::Diverged => ReplicaFault::Diverged,
                FileFault::Failing(said) => ReplicaFault::Failing(said.clone()),
            }),
        };
        let file = |name| report.files.iter().find(|file| file.name == name);
        let replicas = [(store::FileName::A, ReplicaName::A), (store::FileName::B, ReplicaName::B)];
        let replicas = replicas.into_iter().filter_map(|(name, letter)| {
            let file = file(name)?;
            let (revision, bytes) = (file.revision.0, file.bytes);
            Some(ReplicaView { name: letter, state: state(file, region), revision, bytes })
        });
        let cut_since = self.world.parts_out.get(&(region, Part::Link)).map(|outage| outage.since);
        let copy = file(store::FileName::Copy).and_then(|file| {
            let within = region.failover_to()?;
            let missing = self.log.changes_after(&report.partition, file.revision.0);
            let is_behind = file.revision < report.revision;
            let oldest = missing.first().map(|record| record.at);
            Some(CopyView {
                within,
                folder: file.path.as_deref().and_then(Path::parent).map(Path::to_path_buf),
                state: state(file, within),
                revision: file.revision.0,
                bytes: file.bytes,
                behind_since: is_behind.then(|| oldest.or(cut_since).unwrap_or(now)),
                cut_since,
            })
        });
        let is_lost = !self.world.region_state(region, now).is_healthy();
        let reached = copy.as_ref().map(|copy| copy.revision).filter(|_| is_lost);
        let mut unreplicated =
            reached.map(|reached| self.log.changes_after(&report.partition, reached)).unwrap_or_default();
        let unreplicated = unreplicated.split_off(unreplicated.len().saturating_sub(MOST_TOLD));
        Some(RegionView {
            region,
            folder: report.folder.clone(),
            revision: report.revision.0,
            replicas: replicas.collect(),
            copy,
            unreplicated,
        })
    }
}

/// Whether both paths lead to the same folder.
fn is_same(one: &Path, other: &Path) -> bool {
    let full = |path: &Path| std::fs::canonicalize(path).ok();
    full(one).is_some_and(|one| Some(one) == full(other))
}

/// Which region keeps the copies of which (A2).
pub(super) fn pair_of(partition: &Partition) -> Option<Partition> {
    let pair = RegionName::parse(partition.as_str()).ok()?.failover_to()?;
    Some(records::partition_of_region(pair))
}
