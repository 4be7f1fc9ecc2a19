//! A state of a replica in the hands of another thread: to be checked, or written elsewhere.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use crate::crypto::NotAuthentic;

use super::StoreError;
use super::account::{get_single, put_shards, put_single, verify_activity};
use super::activity::first_break;
use super::chain::{Chain, shard_of, slot_of};
use super::engine::{Address, RegionStore};
use super::head::Tally;
use super::replica::{Replica, State, Trust};
use super::seals::Kind;
use super::shards::{Shard, Shards};
use super::shield::{Fault, shielded};

impl State {
    /// Opens every record, and finds each item and value by its name too, which is another way through an engine than from
    /// one to the next. `progress` hears how many were opened.
    pub(super) fn check(
        &self,
        folder: Option<&Path>,
        progress: &dyn Fn(u64) -> ControlFlow<()>,
    ) -> Result<u64, StoreError> {
        let Self { seals, head, records, .. } = self;
        shielded(&seals.partition, "read a partition", folder, || {
            let (mut shards, mut activity, mut opened) = (Shards::default(), Tally::default(), 0);
            for (first, last) in [Address::ITEMS, Address::VALUES] {
                let most = if matches!(first, Address::Item(_)) { head.items.count } else { head.values.count };
                let mut count = 0;
                records.range(first, last, &mut |at, sealed| {
                    // Pages that lead back to each other would never end.
                    count += 1;
                    if most < count {
                        return Err(NotAuthentic.into());
                    }
                    let slot = slot_of(seals, at);
                    seals.open(&slot, sealed)?;
                    let tally = shards.get_mut(shard_of(at).ok_or(NotAuthentic)?);
                    tally.count += 1;
                    tally.digest.toggle(&seals.digest(&slot, sealed)?);
                    records.get(at)?.ok_or(NotAuthentic)?;
                    opened += 1;
                    if opened % 1_024 == 0 && progress(opened).is_break() {
                        return Err(Fault::Cancelled);
                    }
                    Ok(ControlFlow::Continue(()))
                })?;
            }
            let broken = first_break(&**records, seals, head, &mut |at, sealed| {
                activity.count += 1;
                activity.digest.toggle(&seals.digest(&slot_of(seals, at), sealed)?);
                opened += 1;
                if opened % 1_024 == 0 && progress(opened).is_break() { Err(Fault::Cancelled) } else { Ok(()) }
            })?;
            if let Some(broken) = broken {
                return Err(broken.into());
            }
            verify_activity(&**records, head)?;
            // A program that keeps no account of shards may have written last.
            if shards.add_up_to(head) && activity == head.activity { Ok(opened) } else { Err(NotAuthentic.into()) }
        })
    }

    /// Writes everything into an empty engine, and compares it with the head on its way. `progress` hears how many of how
    /// many records are there.
    pub(super) fn write_into(
        &self,
        folder: Option<PathBuf>,
        mut engine: Box<dyn RegionStore>,
        progress: &dyn Fn(u64, u64) -> ControlFlow<()>,
    ) -> Result<Replica, StoreError> {
        let Self { seals, head, records, .. } = self;
        let all = head.items.count + head.values.count + head.activity.count;
        let chain = Chain { first: self.chain.revision + 1, bytes: 0, made: self.chain.revision, ..self.chain };
        shielded(&seals.partition, "write a replica", folder.as_deref(), || {
            engine.commit(&mut |changes| {
                let (mut shards, mut activity, mut done) = (Shards::default(), Tally::default(), 0);
                for (first, last) in [Address::ITEMS, Address::VALUES, Address::ACTIVITY] {
                    records.range(first, last, &mut |at, sealed| {
                        let tally = shard_of(at).map_or(&mut activity, |shard| shards.get_mut(shard));
                        tally.count += 1;
                        tally.digest.toggle(&seals.digest(&slot_of(seals, at), sealed)?);
                        if changes.put(at, sealed)?.is_some() || all <= done {
                            return Err(NotAuthentic.into());
                        }
                        done += 1;
                        if done % 1_024 == 0 && progress(done, all).is_break() {
                            return Err(Fault::Cancelled);
                        }
                        Ok(ControlFlow::Continue(()))
                    })?;
                }
                if !shards.add_up_to(head) || activity != head.activity {
                    return Err(NotAuthentic.into());
                }
                put_shards(changes, seals, &shards, Shard::all())?;
                if let Some(profile) = get_single(&**records, seals, Kind::Profile)? {
                    put_single(changes, seals, Kind::Profile, &profile)?;
                }
                put_single(changes, seals, Kind::Head, &head.to_bytes(seals.format()))?;
                put_single(changes, seals, Kind::Chain, &chain.to_bytes(seals.format()))
            })
        })?;
        // What is read of it is compared with its account when it is touched.
        let mut replica = Replica::over(seals.clone(), folder, engine, Trust::Shards);
        replica.adopt()?;
        Ok(replica)
    }
}
