//! Acting as somebody who has a passphrase of their own.

use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::{
    Service, ServiceError,
    about::{self, PinBecomes},
    outcome_of, records,
};
use crate::{
    crypto::{KdfCost, Passphrase, Verifier},
    domain::{
        Caller, IdentityId, Operation, Refusal, Target, Timestamp,
        activity::Outcome,
        age::{BootTime, Reading},
        caller::SignedIn,
        identity::{Identity, LEAST_CHARACTERS, Proof},
    },
};

/// So many wrong passphrases in a row cost nothing but the attempt.
const FREE_TRIES: u32 = 3;
const FIRST_WAIT_SECS: u64 = 5;
const LONGEST_WAIT_SECS: u64 = 60;

/// What an identity's own passphrase is recognised by, and how often it was given wrong since it was right.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct IdentityLock {
    pub(super) identity: IdentityId,
    verifier: Verifier,
    wrong: u32,
    /// What the computer's clock showed when it was last given wrong.
    last_wrong: Timestamp,
    /// How long the computer had been running then. Kept beside it.
    #[serde(skip)]
    pub(super) last_wrong_up: BootTime,
}

impl IdentityLock {
    /// For how long no passphrase is looked at: never longer than a minute of time that really passes (T6).
    fn waits_ms(&self, now: Reading) -> u64 {
        let Some(more) = self.wrong.checked_sub(FREE_TRIES) else { return 0 };
        let secs = (FIRST_WAIT_SECS << more.min(10)).min(LONGEST_WAIT_SECS);
        let last = Reading { up: self.last_wrong_up, clock: self.last_wrong };
        (secs * 1000).saturating_sub(now.ms_since(last))
    }
}

/// By what somebody may set an identity's passphrase.
pub enum Authority {
    /// By the passphrase it has; `None`: it has none.
    Own(Option<Passphrase>),
    /// By the store's own passphrase: nobody is locked out of their own store. It is recorded.
    Store(Passphrase),
}

impl Service {
    /// Acts as an identity; where it has a passphrase of its own, that must be given.
    ///
    /// Every attempt is recorded. After three wrong ones in a row the next has to wait, at most a minute.
    pub fn sign_in(&mut self, id: IdentityId, passphrase: Option<&Passphrase>) -> Result<Caller, ServiceError> {
        let (started, now) = (Instant::now(), self.clock.now());
        let identity = Identity::clone(self.world.identity(id)?);
        let caller = Caller::of(&identity, SignedIn::Unproven);
        let answer = self.recognise(&identity, passphrase, now);
        let record = |outcome| {
            let target = Target::Subscription;
            records::activity(&self.world, &caller, Operation::Authentication, &target, now, outcome, started)
        };
        match answer {
            Ok(lock) => {
                let record = record(Outcome::Done);
                match lock {
                    Some(lock) if lock.wrong > 0 => {
                        self.keep_lock(IdentityLock { wrong: 0, ..lock }, &[record], now)?;
                    }
                    _ => self.log.note(record),
                }
                Ok(Caller::of(&identity, SignedIn::Proven))
            }
            Err(error) => {
                let records: Vec<_> = outcome_of(Some(&error)).map(record).into_iter().collect();
                let is_wrong = matches!(&error, ServiceError::Refused(Refusal::WrongIdentityPassphrase { .. }));
                match self.locks.get(&id).filter(|_| is_wrong).cloned() {
                    Some(lock) => {
                        let (wrong, at) = (lock.wrong.saturating_add(1), self.clock.reading());
                        let (last_wrong, last_wrong_up) = (at.clock, at.up);
                        self.keep_lock(IdentityLock { wrong, last_wrong, last_wrong_up, ..lock }, &records, now)?;
                    }
                    None => records.into_iter().for_each(|record| self.log.note(record)),
                }
                Err(error)
            }
        }
    }

    /// Sets, changes or takes away an identity's own passphrase.
    pub fn set_identity_passphrase(
        &mut self,
        caller: &Caller,
        id: IdentityId,
        authority: &Authority,
        new: Option<&Passphrase>,
    ) -> Result<(), ServiceError> {
        let identity = Identity::clone(self.world.identity(id)?);
        let is_asked = identity.proof == Proof::Passphrase;
        let becomes = match new {
            Some(_) if is_asked => PinBecomes::Changed,
            Some(_) => PinBecomes::Set,
            None => PinBecomes::Removed,
        };
        let about = about::pin(&identity, becomes);
        let about = match authority {
            Authority::Own(_) => about,
            Authority::Store(_) => about.by_store_passphrase(),
        };
        match authority {
            // Whoever tries what it could be is recorded, and waits, as one who signs in.
            Authority::Own(current) if is_asked => drop(self.sign_in(id, current.as_ref())?),
            Authority::Own(_) => {}
            Authority::Store(passphrase) => self.store.recognise(passphrase)?,
        }
        let cost = self.store.cost();
        let (operation, target) = (Operation::IdentityPassphraseSet, Target::Subscription);
        let lock = self.write_about(caller, operation, &target, vec![about], |service, _| {
            if !is_asked {
                service.admit_first_passphrase(caller, &identity, authority)?;
            }
            let lock = new.map(|new| lock_of(id, new, cost)).transpose()?;
            let proof = if lock.is_some() { Proof::Passphrase } else { Proof::None };
            let mut write = records::write_of(&service.world, vec![service.world.set_proof(id, proof)?]);
            write.put_lock(id, lock.as_ref());
            Ok((write, lock))
        })?;
        match lock {
            Some(lock) => self.locks.insert(id, lock),
            None => self.locks.remove(&id),
        };
        Ok(())
    }

    /// A first passphrase is set by the identity, or by who manages identities, or by who knows the store's own.
    fn admit_first_passphrase(
        &self,
        caller: &Caller,
        identity: &Identity,
        authority: &Authority,
    ) -> Result<(), Refusal> {
        match authority {
            Authority::Own(_) if caller.id != Some(identity.id) => {
                self.world.permits(caller, Operation::IdentityPut, &Target::Subscription)
            }
            Authority::Own(_) | Authority::Store(_) => Ok(()),
        }
    }

    /// The lock that the passphrase opens; `None`: there is none.
    fn recognise(
        &self,
        identity: &Identity,
        passphrase: Option<&Passphrase>,
        now: Timestamp,
    ) -> Result<Option<IdentityLock>, ServiceError> {
        let name = || identity.name.to_string();
        if !identity.can_act() {
            return Err(Refusal::GroupCannotAct { name: name() }.into());
        }
        let Some(lock) = self.locks.get(&identity.id).filter(|_| identity.proof == Proof::Passphrase) else {
            return Ok(None);
        };
        let Some(passphrase) = passphrase else { return Err(Refusal::NotSignedIn { name: name() }.into()) };
        let waits_ms = lock.waits_ms(self.clock.reading());
        if 0 < waits_ms {
            let until = now.plus_ms(i64::try_from(waits_ms).unwrap_or(i64::MAX));
            return Err(Refusal::TooManyTries { name: name(), until }.into());
        }
        let is_known = lock.verifier.knows(passphrase, identity.id.as_bytes());
        if is_known.map_err(|refused| out_of_bounds(&refused))? {
            return Ok(Some(lock.clone()));
        }
        Err(Refusal::WrongIdentityPassphrase { name: name() }.into())
    }

    fn keep_lock(
        &mut self,
        lock: IdentityLock,
        records: &[crate::domain::activity::Record],
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let mut write = records::write_of(&self.world, Vec::new());
        write.put_lock(lock.identity, Some(&lock));
        self.commit(write, records, now)?;
        self.locks.insert(lock.identity, lock);
        Ok(())
    }
}

fn lock_of(identity: IdentityId, passphrase: &Passphrase, cost: KdfCost) -> Result<IdentityLock, ServiceError> {
    let found = passphrase.expose().chars().count();
    if found < LEAST_CHARACTERS {
        return Err(Refusal::IdentityPassphraseShort { found }.into());
    }
    let verifier = Verifier::of(passphrase, cost, identity.as_bytes()).map_err(|refused| out_of_bounds(&refused))?;
    let (last_wrong, last_wrong_up) = (Timestamp::from_ms(0), BootTime::default());
    Ok(IdentityLock { identity, verifier, wrong: 0, last_wrong, last_wrong_up })
}

fn out_of_bounds(refused: &crate::crypto::KdfCostError) -> ServiceError {
    crate::store::StoreError::Damaged { what: format!("an identity's passphrase ({refused})") }.into()
}
