//! Using keys: the private part is opened for it, kept parsed for a moment, and wiped.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use zeroize::Zeroizing;

use super::{Service, ServiceError, records};
use crate::{
    crypto::key::{Encrypted, Parameters, ReadyKey},
    domain::{Algorithm, Caller, KeyOperation, ObjectName, Operation, Refusal, Target, VaultName, VersionId},
};

/// A key that was used stays parsed for so long, so that using it many times in a row costs no more than the library does.
const READY_FOR: Duration = Duration::from_secs(5);
/// So many keys are parsed at a time.
const MOST_READY: usize = 8;

/// What is asked of a key, with the algorithm by which it is done.
#[derive(Clone, Copy)]
pub enum KeyRequest<'a> {
    /// Encrypts a short text, or with AES one of any length.
    Encrypt(Algorithm, &'a [u8], Parameters<'a>),
    /// Decrypts what was encrypted.
    Decrypt(Algorithm, &'a [u8], Parameters<'a>),
    /// Wraps another key.
    Wrap(Algorithm, &'a [u8]),
    /// Unwraps what was wrapped.
    Unwrap(Algorithm, &'a [u8]),
    /// Signs a digest; by HMAC, a message.
    Sign(Algorithm, &'a [u8]),
    /// Compares a signature with a digest, in this order.
    Verify(Algorithm, &'a [u8], &'a [u8]),
}

/// What a key answered.
pub enum KeyAnswer {
    /// A ciphertext, a wrapped key or a signature: nothing to be kept secret.
    Made(Encrypted),
    /// A plaintext or an unwrapped key.
    Opened(Zeroizing<Vec<u8>>),
    /// Whether the signature is the key's.
    Verified(bool),
}

impl KeyRequest<'_> {
    /// Which use it is.
    pub const fn operation(&self) -> KeyOperation {
        match self {
            Self::Encrypt(..) => KeyOperation::Encrypt,
            Self::Decrypt(..) => KeyOperation::Decrypt,
            Self::Wrap(..) => KeyOperation::WrapKey,
            Self::Unwrap(..) => KeyOperation::UnwrapKey,
            Self::Sign(..) => KeyOperation::Sign,
            Self::Verify(..) => KeyOperation::Verify,
        }
    }

    fn ask(self, key: &ReadyKey) -> Result<KeyAnswer, Refusal> {
        let made = |value| KeyAnswer::Made(Encrypted { value, iv: None, tag: None });
        match self {
            Self::Encrypt(algorithm, text, parameters) => key.encrypt(algorithm, text, parameters).map(KeyAnswer::Made),
            Self::Decrypt(algorithm, text, parameters) => {
                key.decrypt(algorithm, text, parameters).map(KeyAnswer::Opened)
            }
            Self::Wrap(algorithm, other) => key.wrap(algorithm, other).map(made),
            Self::Unwrap(algorithm, wrapped) => key.unwrap(algorithm, wrapped).map(KeyAnswer::Opened),
            Self::Sign(algorithm, digest) => key.sign(algorithm, digest).map(made),
            Self::Verify(algorithm, digest, signature) => {
                key.verify(algorithm, digest, signature).map(KeyAnswer::Verified)
            }
        }
    }
}

impl Service {
    /// Uses a key: the version named, or the current one. Answers with the id of the version that did it (§3.3, §3.5).
    pub fn use_key(
        &mut self,
        caller: &Caller,
        vault: &VaultName,
        name: &ObjectName,
        id: Option<VersionId>,
        request: KeyRequest<'_>,
    ) -> Result<(VersionId, KeyAnswer), ServiceError> {
        let used = request.operation();
        let target = Target::Object(vault.clone(), name.clone());
        self.read(caller, Operation::of_key_use(used), &target, |service, now| {
            let version = service.world.vault(vault)?.usable_key_version(name, id, used, now)?;
            let id = version.id;
            service.log.touch(id, Some(version.kind));
            let key = service.ready_key(vault, name, id)?;
            Ok((id, request.ask(&key)?))
        })
    }

    fn ready_key(
        &mut self,
        vault: &VaultName,
        name: &ObjectName,
        id: VersionId,
    ) -> Result<Arc<ReadyKey>, ServiceError> {
        if let Some(key) = self.ready.get(vault, name, id) {
            return Ok(key);
        }
        let material = records::read_material(&self.store, self.world.vault(vault)?, name, id)?;
        let key = Arc::new(material.ready()?);
        self.ready.put(vault, name, id, Arc::clone(&key));
        Ok(key)
    }
}

/// Keys that were used a moment ago, parsed. The library wipes them when they are dropped.
#[derive(Default)]
pub(super) struct ReadyKeys(BTreeMap<(VaultName, ObjectName, VersionId), (Arc<ReadyKey>, Instant)>);

impl ReadyKeys {
    fn get(&mut self, vault: &VaultName, name: &ObjectName, id: VersionId) -> Option<Arc<ReadyKey>> {
        let (key, used) = self.0.get_mut(&(vault.clone(), name.clone(), id))?;
        *used = Instant::now();
        Some(Arc::clone(key))
    }

    fn put(&mut self, vault: &VaultName, name: &ObjectName, id: VersionId, key: Arc<ReadyKey>) {
        if MOST_READY <= self.0.len() {
            let longest_unused = self.0.iter().min_by_key(|(_, (_, used))| *used).map(|(place, _)| place.clone());
            if let Some(place) = longest_unused {
                self.0.remove(&place);
            }
        }
        self.0.insert((vault.clone(), name.clone(), id), (key, Instant::now()));
    }

    /// Wipes all of them.
    pub(super) fn wipe(&mut self) {
        self.0.clear();
    }

    /// Wipes what was not used for a while.
    pub(super) fn wipe_unused(&mut self) {
        self.0.retain(|_, (_, used)| used.elapsed() < READY_FOR);
    }

    /// Wipes what is kept of one key.
    pub(super) fn forget(&mut self, vault: &VaultName, name: &ObjectName) {
        self.0.retain(|(of_vault, of_name, _), _| (of_vault, of_name) != (vault, name));
    }

    /// When there is something to wipe, in milliseconds from now.
    pub(super) fn next_wipe_ms(&self) -> Option<u64> {
        let oldest = self.0.values().map(|(_, used)| *used).min()?;
        let left = READY_FOR.saturating_sub(oldest.elapsed());
        Some(u64::try_from(left.as_millis()).unwrap_or(u64::MAX))
    }
}
