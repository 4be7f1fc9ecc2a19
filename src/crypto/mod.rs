//! Sealing, the passphrase, randomness. Knows no file and no clock.
//!
//! Stores are sealed by ring and argon2; the keys that vaults hold are aws-lc-rs's ([`key`]).
//!
//! Every primitive is a few lines over ring or argon2, and its doc line is the notation of `docs/format.md`, so that
//! the two can be read side by side. `||` joins bytes; integers are little-endian; `u16(n)` is two bytes.

mod backup;
mod fingerprint;
mod format;
pub mod generator;
mod hkdf;
mod kdf;
pub mod key;
mod one_time;
mod passphrase;
pub mod random;
mod root_key;
mod sealer;
mod verifier;

pub use backup::BackupError;
pub use fingerprint::{Fingerprint, fingerprint};
pub use format::Format;
pub use kdf::{KdfCost, KdfCostError, KeyFileMixing, PassphraseKey};
pub use one_time::{OneTimeSealer, PIECE_OVERHEAD};
pub use passphrase::{KeyFile, Passphrase};
pub use root_key::{COMMITMENT_LEN, Commitment, KdfSalt, RootKey, RootKeys, WRAPPED_ROOT_KEY_LEN, WrappedRootKey};
pub use sealer::{Context, NotAuthentic, RecordId, SEALED_OVERHEAD, Sealer, SetDigest, StoreId, sealed_len};
pub use verifier::Verifier;

/// Length of an AES-GCM tag, in bytes.
const TAG_LEN: usize = 16;

/// The nonce of every seal: twelve zero bytes. Each key seals exactly one message, because a fresh random salt goes
/// into every key, so the nonce carries no information.
fn only_nonce() -> ring::aead::Nonce {
    ring::aead::Nonce::assume_unique_for_key([0; 12])
}
