//! What the worker does with regions: parts that fail and return, folders that move, checks.

use std::{ops::ControlFlow, path::PathBuf};

use super::{RegionsCheck, Service, ServiceError, worker::Reply};
use crate::domain::{Caller, RegionName, replica::Part};

/// Every operation on what regions are made of.
#[expect(missing_docs, reason = "each is the service's method of the same name")]
pub enum RegionCommand {
    BeginPartOutage(RegionName, Part),
    EndPartOutage(RegionName, Part),
    /// Into this folder, which is empty or not there yet; back into the store where it is its old place there.
    MoveRegion(RegionName, PathBuf),
    RebuildRegion(RegionName),
    CheckRegions,
}

pub(super) fn perform(
    service: &mut Service,
    by: &Caller,
    command: RegionCommand,
    progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
) -> Result<Reply, ServiceError> {
    let done = |()| Reply::Done;
    match command {
        RegionCommand::BeginPartOutage(region, part) => service.begin_part_outage(by, region, part).map(done),
        RegionCommand::EndPartOutage(region, part) => service.end_part_outage(by, region, part).map(done),
        RegionCommand::MoveRegion(region, folder) => service.move_region(by, region, &folder, progress).map(done),
        RegionCommand::RebuildRegion(region) => service.rebuild_region(by, region).map(done),
        RegionCommand::CheckRegions => {
            service.note_region_check(by)?;
            service.check_regions(progress).map(|found: RegionsCheck| Reply::Checked(found))
        }
    }
}
