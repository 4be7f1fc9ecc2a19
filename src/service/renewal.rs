//! Renewing a store's root key, bringing it to the latest format, and what this computer remembers of stores.

use std::{
    ops::ControlFlow,
    path::PathBuf,
    time::{Duration, Instant},
};

use super::{Service, ServiceError, random};
use crate::{
    crypto::{Format, KdfCost, KeyFileMixing, Passphrase, PassphraseKey},
    domain::{Caller, Operation},
    store::Place,
};

/// The folder in which this computer remembers how far stores had come (T9), beside what other programs keep there for this person;
/// `None`: the system has none.
pub fn memory_of_this_computer() -> Option<PathBuf> {
    let project = directories::ProjectDirs::from("", "", "tresor")?;
    Some(project.state_dir().unwrap_or_else(|| project.data_local_dir()).join("stores"))
}

/// The cost at which deriving a key takes about `wanted` on this computer, and never less than recommended.
pub fn calibrated_cost(wanted: Duration) -> KdfCost {
    let one = KdfCost { passes: 1, ..KdfCost::RECOMMENDED };
    let started = Instant::now();
    let probe = Passphrase::new("how long does it take".into());
    let derived = PassphraseKey::derive(&probe, &random::bytes(), one, KeyFileMixing::Secret);
    if derived.is_err() {
        return KdfCost::RECOMMENDED;
    }
    let took = started.elapsed().max(Duration::from_millis(1));
    let passes = (wanted.as_secs_f64() / took.as_secs_f64()).round() as u32;
    let passes = passes.clamp(KdfCost::RECOMMENDED.passes, KdfCost::MOST_PASSES);
    KdfCost { passes, ..one }
}

impl Service {
    /// Makes a new root key and seals everything anew under it and under `new`, which may be the current passphrase: for when somebody
    /// may know the old one, or has a copy of the store (T8). `progress` hears which part is done, and may break it off. The files that
    /// the old passphrase still opens, as they were not connected: they are sealed anew when they return.
    ///
    /// `cost` is what deriving a key costs from now on; when nothing is said, at least what it did.
    pub fn renew(
        &mut self,
        caller: &Caller,
        current: &Passphrase,
        new: &Passphrase,
        cost: Option<KdfCost>,
        progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
    ) -> Result<Vec<PathBuf>, ServiceError> {
        let cost = cost.unwrap_or_else(|| self.usual_cost());
        let started = Instant::now();
        self.store.renew(current, new, cost, progress)?;
        self.follow_regions(self.clock.now());
        self.note_by_passphrase(caller, Operation::StoreRekey, started);
        // It was done: a disk that takes nothing now is no failure of it. The next tick tries again.
        drop(self.flush());
        Ok(self.store.unconnected())
    }

    /// Notes that a store was opened although it is older than it was (T9); the next [`Service::tick`] writes it down.
    pub fn note_accepted_older(&mut self, caller: &Caller) {
        self.note_by_passphrase(caller, Operation::StoreAcceptOlder, Instant::now());
    }

    /// What a new passphrase costs to derive when nothing is said: never less than the one before.
    pub fn usual_cost(&self) -> KdfCost {
        KdfCost::RECOMMENDED.at_least(self.store.cost())
    }

    /// The files that a renewed key would not reach now, as they are not connected.
    pub fn unconnected(&self) -> Vec<PathBuf> {
        self.store.unconnected()
    }

    /// Brings a store of an earlier format to the latest, before its first change. Where that is not possible now, the store goes on
    /// in its own format.
    pub(super) fn upgrade(&mut self) {
        if *self.store.place() == Place::Memory || self.store.format() == Format::LATEST {
            return;
        }
        // Where it cannot be done, the change that follows tells of a disk that takes nothing.
        if !self.store.upgrade().is_ok_and(|was_upgraded| was_upgraded) {
            return;
        }
        self.follow_regions(self.clock.now());
        drop(self.read_rest());
        let policies = self.world.policies_with_purge().into_iter().map(|policy| {
            let holder = self.world.directory.get(policy.holder);
            let holder = holder.map_or_else(|| policy.holder.to_string(), |identity| identity.name.to_string());
            format!("{holder} in {}", policy.vault)
        });
        let policies: Vec<_> = policies.collect();
        if !policies.is_empty() {
            // Before `all` was a word without purge, it stood for everything; nobody's policy is changed unasked.
            self.store.note(format!(
                "These access policies include the purge permission and keep it: {}.",
                policies.join(", ")
            ));
        }
    }

    /// Writes down what waits, ships and mends, cleans after purges (T10), and brings up to date what the parts of the store say of
    /// each other (T9): for a program that closes the store now.
    pub fn close(&mut self) -> Result<(), ServiceError> {
        let ticked = self.tick();
        if self.store.owes_cleaning() {
            self.store.clean()?;
        }
        ticked?;
        Ok(self.store.refer_to_regions()?)
    }
}
