//! Operations that play with outages and with time, and the one by which somebody says that time is right.

use super::{Service, ServiceError, records};
use crate::domain::{
    Caller, Change, Operation, Refusal, RegionName, Target, Timestamp,
    region::{FailoverPlan, Outage, Reached},
    replica::OutageCause,
};

impl Service {
    /// Lets a region fail (A4), when what was on its way to its pair has arrived there: what shall not arrive needs a link that is
    /// cut.
    pub fn begin_outage(
        &mut self,
        caller: &Caller,
        region: RegionName,
        plan: FailoverPlan,
    ) -> Result<(), ServiceError> {
        self.write(caller, Operation::RegionOutage, &Target::Region(region), |service, now| {
            let partition = records::partition_of_region(region);
            service.store.finish_upkeep_of(&partition);
            let (region_at, shipped) = (service.store.revision(&partition).0, service.store.shipped(&partition));
            let reached = shipped.map(|shipped| Reached { region: region_at, pair: shipped.0 });
            let outage = Outage { reached, ..Outage::new(now, plan) };
            let change = service.world.begin_outage(region, outage, now)?;
            Ok((records::write_of(&service.world, vec![change]), ()))
        })
    }

    /// Lets a region return (A6).
    pub fn end_outage(&mut self, caller: &Caller, region: RegionName) -> Result<(), ServiceError> {
        self.write(caller, Operation::RegionReturn, &Target::Region(region), |service, now| {
            let mut change = service.world.end_outage(region, now)?;
            let is_lost = service.world.outages.get(&region).is_some_and(|outage| outage.cause == OutageCause::Lost);
            if is_lost {
                // It returns with what it needs to serve, or not yet (A6).
                change = service.rebuild(region, now)?.unwrap_or(change);
            }
            Ok((records::write_of(&service.world, vec![change]), ()))
        })
    }

    /// Moves the clock of a simulation forward to `to` and purges what falls due; never back, never in a real store.
    pub fn advance_clock(&mut self, caller: &Caller, to: Timestamp) -> Result<(), ServiceError> {
        let offset_ms = self.write(caller, Operation::ClockAdvance, &Target::Subscription, |service, now| {
            let to = to.admit().map_err(|_far| Refusal::DateOutOfRange)?;
            let offset_ms = service.clock.offset_ms().saturating_add(to.ms_since(now).max(0));
            let mut write = records::write_of(&service.world, Vec::new());
            write.put_clock(offset_ms);
            Ok((write, offset_ms))
        })?;
        self.clock.set_offset_ms(offset_ms);
        // The clock was moved. What cannot be purged now is purged at the next tick.
        drop(self.purge_due());
        Ok(())
    }

    /// Says that the computer's clock is right: what has passed by it and is not proven counts after a day of measured time, unless
    /// the clock is put back before (T6).
    pub fn confirm_clock(&mut self, caller: &Caller) -> Result<(), ServiceError> {
        self.clock.look();
        let mut before = None;
        let confirmed = self.write(caller, Operation::ClockConfirm, &Target::Subscription, |service, _| {
            let ledger = service.clock.confirmed().ok_or(Refusal::NothingWithheld)?;
            // The commit that records it keeps it as well.
            before = service.clock.replace_ledger(ledger);
            Ok((records::write_of(&service.world, Vec::new()), ()))
        });
        if let (Err(_), Some(before)) = (&confirmed, before) {
            self.clock.replace_ledger(before);
        }
        confirmed
    }

    /// Returns the clock of a simulation to real time. Outages of the time that is left go on as they stand.
    pub fn reset_clock(&mut self, caller: &Caller) -> Result<(), ServiceError> {
        self.write(caller, Operation::ClockReset, &Target::Subscription, |service, now| {
            let offset_ms = service.clock.offset_ms();
            let real = now.plus_ms(-offset_ms);
            let is_ahead = |outage: &Outage| real < outage.returned.map_or(outage.began, |end| end.max(outage.began));
            let ahead = service.world.outages.iter().filter(|(_, outage)| is_ahead(outage));
            let moved = ahead.map(|(region, outage)| Change::Region(*region, Some(outage.earlier_by_ms(offset_ms))));
            let mut write = records::write_of(&service.world, moved.collect());
            write.put_clock(0);
            Ok((write, ()))
        })?;
        self.clock.set_offset_ms(0);
        Ok(())
    }
}
