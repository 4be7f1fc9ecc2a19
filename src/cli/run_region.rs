//! `tresor region …`

use serde::Serialize;

use super::{
    args::{Outage, Region},
    errors::Failure,
    output::{Columns, Output},
    session::{self, Session},
};
use crate::domain::{
    RegionName, Timestamp, World,
    region::FailoverPlan,
    region_table::{self, Pairing},
};

const COLUMNS: Columns = &[
    ("Name", &["name"]),
    ("DisplayName", &["displayName"]),
    ("Geography", &["geography"]),
    ("Pair", &["pair"]),
    ("HasFailover", &["hasFailover"]),
    ("State", &["state"]),
    ("ServedBy", &["servedBy"]),
];

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    display_name: &'static str,
    geography: &'static str,
    has_failover: bool,
    latitude: f64,
    longitude: f64,
    name: &'static str,
    next_change: Option<String>,
    /// Why there is no failover although there is a pair.
    note: Option<&'static str>,
    pair: Option<&'static str>,
    pair_distance_km: Option<f64>,
    restricted: bool,
    served_by: Option<&'static str>,
    state: &'static str,
}

pub(super) fn run(session: &mut Session, output: &Output, command: Region) -> Result<(), Failure> {
    let region = match command {
        Region::List => {
            let (world, now) = (session.service.world(), session.service.now());
            let all = region_table::regions().iter().map(|region| answer(world, region.name, now));
            return output.list(all, Some(COLUMNS));
        }
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
    };
    output.one(&answer(session.service.world(), region, session.service.now()))
}

fn answer(world: &World, name: RegionName, now: Timestamp) -> Answer {
    let region = name.region();
    let pair = region.pair.on_paper();
    Answer {
        display_name: region.display,
        geography: region.geography,
        has_failover: name.has_failover(),
        latitude: region.latitude,
        longitude: region.longitude,
        name: name.as_str(),
        next_change: world
            .outages
            .get(&name)
            .and_then(|outage| outage.next_change(name.failover_to(), now))
            .map(Timestamp::iso),
        note: match region.pair {
            Pairing::NotReplicated { reason, .. } => Some(reason),
            Pairing::Replicated { .. } | Pairing::None => None,
        },
        pair: pair.map(RegionName::as_str),
        pair_distance_km: pair.map(|pair| region_table::distance_km(name, pair).round()),
        restricted: region.restricted,
        served_by: world.serving_region(name, now).map(RegionName::as_str),
        state: world.region_state(name, now).word(),
    }
}
