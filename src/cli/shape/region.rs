//! Regions and the files they are kept in: Tresor's own shapes, with az's way of naming.

use serde::Serialize;

use super::ActivityItem;
use crate::{
    domain::{
        RegionName, Timestamp,
        region::Outage,
        region_table::{self, Pairing},
        replica::{OutageCause, ReplicaState},
    },
    service::{CopyView, FileCheck, FileName, RegionView, ReplicaView, View},
};

/// A region as `list` and `show` print it. What it keeps is told where it keeps something of the store.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::cli) struct RegionItem<'a> {
    copy: Option<CopyItem>,
    display_name: &'static str,
    folder: Option<String>,
    geography: &'static str,
    has_failover: bool,
    latitude: f64,
    longitude: f64,
    name: &'static str,
    next_change: Option<String>,
    /// Why there is no failover although there is a pair.
    note: Option<&'static str>,
    /// The last one, over or not.
    outage: Option<OutageItem<'a>>,
    pair: Option<&'static str>,
    pair_distance_km: Option<f64>,
    replicas: Vec<ReplicaItem>,
    restricted: bool,
    /// How many changes were reported as done; nothing where a region keeps none of its own.
    revision: Option<u64>,
    served_by: Option<&'static str>,
    state: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReplicaItem {
    name: &'static str,
    reason: Option<String>,
    revision: u64,
    size_bytes: u64,
    state: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CopyItem {
    behind_since: Option<String>,
    changes_behind: u64,
    cut_since: Option<String>,
    folder: Option<String>,
    reason: Option<String>,
    region: &'static str,
    revision: u64,
    size_bytes: u64,
    state: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OutageItem<'a> {
    began: String,
    cause: &'static str,
    /// The last changes that the pair had not, as far as they are known, oldest first.
    last_changes: Vec<ActivityItem<'a>>,
    /// How many changes the pair had not.
    not_replicated: Option<u64>,
    returned: Option<String>,
    /// The change up to which the pair serves.
    served_up_to: Option<u64>,
}

/// A file as `check` prints it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::cli) struct FileItem<'a> {
    changes: Option<u64>,
    file: &'static str,
    records: Option<u64>,
    region: &'static str,
    result: &'a str,
    whole: bool,
}

/// What belongs to no region, by the name of its folder.
const GLOBAL: &str = "global";

/// A region, and what it keeps.
pub(in crate::cli) fn region(view: &View, name: RegionName) -> RegionItem<'_> {
    let (world, now, region) = (&view.world, view.now(), name.region());
    let pair = region.pair.on_paper();
    let kept = view.region(name);
    let outage = world.outages.get(&name);
    RegionItem {
        copy: kept.and_then(|kept| Some(copy(kept, kept.copy.as_ref()?))),
        display_name: region.display,
        folder: kept.and_then(|kept| kept.folder.as_deref()).map(shown),
        geography: region.geography,
        has_failover: name.has_failover(),
        latitude: region.latitude,
        longitude: region.longitude,
        name: name.as_str(),
        next_change: outage.and_then(|outage| outage.next_change(name.failover_to(), now)).map(Timestamp::iso),
        note: match region.pair {
            Pairing::NotReplicated { reason, .. } => Some(reason),
            Pairing::Replicated { .. } | Pairing::None => None,
        },
        outage: outage.map(|told| self::outage(told, kept)),
        pair: pair.map(RegionName::as_str),
        pair_distance_km: pair.map(|pair| region_table::distance_km(name, pair).round()),
        replicas: kept.map(|kept| kept.replicas.iter().map(replica).collect()).unwrap_or_default(),
        restricted: region.restricted,
        revision: kept.filter(|kept| !kept.replicas.is_empty()).map(|kept| kept.revision),
        served_by: world.serving_region(name, now).map(RegionName::as_str),
        state: world.region_state(name, now).word(),
    }
}

/// What the check of a file found.
pub(in crate::cli) fn file(check: &FileCheck) -> FileItem<'_> {
    let found = check.found.as_ref();
    FileItem {
        changes: found.ok().map(|found| found.revision),
        file: match check.file {
            FileName::Replica(name) => name.letter(),
            FileName::Copy => "copy",
        },
        records: found.ok().map(|found| found.records),
        region: check.region.map_or(GLOBAL, RegionName::as_str),
        result: found.err().map_or("whole", String::as_str),
        whole: found.is_ok(),
    }
}

fn replica(replica: &ReplicaView) -> ReplicaItem {
    let (state, reason) = state(&replica.state);
    ReplicaItem { name: replica.name.letter(), reason, revision: replica.revision, size_bytes: replica.bytes, state }
}

fn copy(kept: &RegionView, copy: &CopyView) -> CopyItem {
    let (state, reason) = state(&copy.state);
    CopyItem {
        behind_since: copy.behind_since.map(Timestamp::iso),
        changes_behind: kept.revision.saturating_sub(copy.revision),
        cut_since: copy.cut_since.map(Timestamp::iso),
        folder: copy.folder.as_deref().map(shown),
        reason,
        region: copy.within.as_str(),
        revision: copy.revision,
        size_bytes: copy.bytes,
        state,
    }
}

fn outage<'a>(outage: &Outage, kept: Option<&'a RegionView>) -> OutageItem<'a> {
    OutageItem {
        began: outage.began.iso(),
        cause: match outage.cause {
            OutageCause::Simulated => "Simulated",
            OutageCause::Lost => "Lost",
        },
        last_changes: kept
            .map(|kept| kept.unreplicated.iter().map(|record| super::activity(record.by_ref())).collect())
            .unwrap_or_default(),
        not_replicated: outage.reached.map(|reached| reached.region.saturating_sub(reached.pair)),
        returned: outage.returned.map(Timestamp::iso),
        served_up_to: outage.reached.map(|reached| reached.pair),
    }
}

/// The word for how a file stands, and what more there is to say.
fn state(state: &ReplicaState) -> (&'static str, Option<String>) {
    match state {
        ReplicaState::Current => ("Current", None),
        ReplicaState::Behind => ("Behind", None),
        ReplicaState::Rebuilding { percent } => ("Rebuilding", Some(format!("{percent} % written"))),
        ReplicaState::Failed(fault) => ("Failed", Some(fault.words())),
    }
}

fn shown(folder: &std::path::Path) -> String {
    folder.display().to_string()
}
