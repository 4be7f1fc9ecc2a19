//! Operations that play with outages and with time.

use super::{Purpose, Service, ServiceError, records};
use crate::domain::{
    Caller, Operation, Refusal, RegionName, Target, Timestamp,
    region::{FailoverPlan, Outage},
};

impl Service {
    /// Lets a region fail (A4).
    pub fn begin_outage(
        &mut self,
        caller: &Caller,
        region: RegionName,
        plan: FailoverPlan,
    ) -> Result<(), ServiceError> {
        self.write(caller, Operation::RegionOutage, &Target::Region(region), |service, now| {
            let change = service.world.begin_outage(region, Outage::new(now, plan), now)?;
            Ok((records::write_of(&service.world, vec![change]), ()))
        })
    }

    /// Lets a region return (A6).
    pub fn end_outage(&mut self, caller: &Caller, region: RegionName) -> Result<(), ServiceError> {
        self.write(caller, Operation::RegionReturn, &Target::Region(region), |service, now| {
            let change = service.world.end_outage(region, now)?;
            Ok((records::write_of(&service.world, vec![change]), ()))
        })
    }

    /// Moves the clock of a simulation forward to `to` and purges what falls due; never back, never in a real store.
    pub fn advance_clock(&mut self, caller: &Caller, to: Timestamp) -> Result<(), ServiceError> {
        self.write(caller, Operation::ClockAdvance, &Target::Subscription, |service, now| {
            service.admit_simulation()?;
            let offset_ms = service.clock.offset_ms() + to.ms_since(now).max(0);
            Ok((records::write_of_clock(offset_ms), offset_ms))
        })
        .map(|offset_ms| self.clock.set_offset_ms(offset_ms))?;
        self.purge_due().map(drop)
    }

    /// Returns the clock of a simulation to real time.
    pub fn reset_clock(&mut self, caller: &Caller) -> Result<(), ServiceError> {
        self.write(caller, Operation::ClockReset, &Target::Subscription, |service, _| {
            service.admit_simulation()?;
            Ok((records::write_of_clock(0), ()))
        })?;
        self.clock.set_offset_ms(0);
        Ok(())
    }

    fn admit_simulation(&self) -> Result<(), Refusal> {
        match self.profile.purpose {
            Purpose::Simulation => Ok(()),
            Purpose::Real => Err(Refusal::TimeIsReal),
        }
    }
}
