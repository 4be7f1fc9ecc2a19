//! What a passphrase is recognised by that opens nothing: an identity's own.

use ring::hmac;
use serde::{Deserialize, Serialize};

use super::{
    KdfCost, Passphrase,
    kdf::{KdfCostError, passphrase_key},
    random,
};

/// Recognises a passphrase, and tells nothing else of it: Argon2id at the cost of the store's own.
///
/// `tag = HMAC-SHA-256(Argon2id(passphrase, salt), bound)`
#[derive(Clone, Serialize, Deserialize)]
pub struct Verifier {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: [u8; 32],
    tag: [u8; 32],
}

impl Verifier {
    /// Of a passphrase that belongs to `bound`.
    pub fn of(passphrase: &Passphrase, cost: KdfCost, bound: &[u8]) -> Result<Self, KdfCostError> {
        let salt = random::bytes();
        let key = passphrase_key(passphrase, &salt, cost)?;
        let signed = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &*key), bound);
        let mut tag = [0; 32];
        tag.copy_from_slice(signed.as_ref());
        let KdfCost { memory_kib, passes, lanes } = cost;
        Ok(Self { memory_kib, passes, lanes, salt, tag })
    }

    /// Whether this is the passphrase; takes as long whether or not it is.
    pub fn knows(&self, passphrase: &Passphrase, bound: &[u8]) -> Result<bool, KdfCostError> {
        let Self { memory_kib, passes, lanes, .. } = *self;
        let key = passphrase_key(passphrase, &self.salt, KdfCost { memory_kib, passes, lanes })?;
        Ok(hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, &*key), bound, &self.tag).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_passphrase_is_known_and_no_other_nor_that_of_somebody_else() {
        // T2
        let passphrase = |text: &str| Passphrase::new(text.to_owned());
        let verifier = Verifier::of(&passphrase("right"), KdfCost::LEAST, b"ana").unwrap();
        assert!(verifier.knows(&passphrase("right"), b"ana").unwrap());
        assert!(!verifier.knows(&passphrase("Right"), b"ana").unwrap());
        assert!(!verifier.knows(&passphrase("right"), b"ben").unwrap(), "it belongs to one identity");
    }
}
