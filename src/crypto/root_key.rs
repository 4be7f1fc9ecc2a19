//! The one key everything else is derived from, and how a passphrase guards it.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, UnboundKey};
use zeroize::{Zeroize as _, Zeroizing};

use super::{KdfCost, KdfCostError, NotAuthentic, Passphrase, TAG_LEN, kdf, only_nonce, random};

/// Length of a wrapped root key, in bytes.
pub const WRAPPED_ROOT_KEY_LEN: usize = 32 + TAG_LEN;

/// The salt of one wrapping. Never used twice, as it makes the wrapping key unique.
pub type KdfSalt = [u8; 32];

/// A root key sealed under a passphrase.
pub type WrappedRootKey = [u8; WRAPPED_ROOT_KEY_LEN];

/// A store's random 256-bit key. Wiped on drop; it cannot be printed, copied or serialised.
pub struct RootKey(pub(super) Zeroizing<[u8; 32]>);

impl RootKey {
    /// `root key = random(32)`
    pub fn generate() -> Self {
        let mut key = Zeroizing::new([0; 32]);
        random::fill(&mut *key);
        Self(key)
    }

    /// `wrapped = AES-256-GCM[passphrase key, nonce = 0](root key, ad = bound)`
    ///
    /// Makes the salt itself and hands it to `bound`, which answers the bytes the wrapping is tied to, so that one
    /// wrapping key never seals twice.
    #[expect(clippy::missing_panics_doc, reason = "the sentence in `expect` says why it does not happen")]
    pub fn wrap(
        &self,
        passphrase: &Passphrase,
        cost: KdfCost,
        bound: impl FnOnce(&KdfSalt) -> Vec<u8>,
    ) -> Result<(KdfSalt, WrappedRootKey), KdfCostError> {
        let salt: KdfSalt = random::bytes();
        let key = wrapping_key(passphrase, &salt, cost)?;
        let mut wrapped = [0; WRAPPED_ROOT_KEY_LEN];
        wrapped[..32].copy_from_slice(&*self.0);
        let tag = key
            .seal_in_place_separate_tag(only_nonce(), Aad::from(bound(&salt)), &mut wrapped[..32])
            .expect("32 bytes are far below the limit of AES-GCM");
        wrapped[32..].copy_from_slice(tag.as_ref());
        Ok((salt, wrapped))
    }

    /// The reverse of [`RootKey::wrap`]. [`NotAuthentic`] means another passphrase, where the caller has ruled out
    /// damage.
    pub fn unwrap(
        passphrase: &Passphrase,
        cost: KdfCost,
        salt: &KdfSalt,
        bound: &[u8],
        wrapped: &WrappedRootKey,
    ) -> Result<Result<Self, NotAuthentic>, KdfCostError> {
        let key = wrapping_key(passphrase, salt, cost)?;
        let mut opened = Zeroizing::new(*wrapped);
        let Ok(plain) = key.open_in_place(only_nonce(), Aad::from(bound), &mut *opened) else {
            return Ok(Err(NotAuthentic));
        };
        let mut root = Zeroizing::new([0; 32]);
        root.copy_from_slice(plain);
        Ok(Ok(Self(root)))
    }

    /// The key itself, for what is derived from it.
    pub(super) fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

fn wrapping_key(passphrase: &Passphrase, salt: &KdfSalt, cost: KdfCost) -> Result<LessSafeKey, KdfCostError> {
    let mut key = kdf::passphrase_key(passphrase, salt, cost)?;
    let unbound = UnboundKey::new(&AES_256_GCM, &*key).expect("an AES-256 key has 32 bytes");
    key.zeroize();
    Ok(LessSafeKey::new(unbound))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(text.to_owned())
    }

    #[test]
    fn only_its_own_passphrase_unwraps_a_root_key() {
        // T2
        let root = RootKey::generate();
        let bound = |_: &KdfSalt| b"header".to_vec();
        let (salt, wrapped) = root.wrap(&passphrase("right"), KdfCost::LEAST, bound).unwrap();
        let open = |text, bound: &[u8], wrapped: &WrappedRootKey| {
            RootKey::unwrap(&passphrase(text), KdfCost::LEAST, &salt, bound, wrapped).unwrap().map(|key| *key.expose())
        };
        assert!(open("right", b"header", &wrapped) == Ok(*root.expose()));
        assert!(open("wrong", b"header", &wrapped) == Err(NotAuthentic));
        assert!(open("", b"header", &wrapped) == Err(NotAuthentic));
        assert!(open("right", b"headed", &wrapped) == Err(NotAuthentic), "the header is bound");
        for at in 0..wrapped.len() {
            let mut altered = wrapped;
            altered[at] ^= 1;
            assert!(open("right", b"header", &altered) == Err(NotAuthentic), "byte {at} was changed");
        }
    }

    #[test]
    fn wrapping_twice_shows_nothing_in_common() {
        let root = RootKey::generate();
        let wrap = || root.wrap(&passphrase("same"), KdfCost::LEAST, |_| Vec::new()).unwrap();
        let (first, second) = (wrap(), wrap());
        assert_ne!(first.0, second.0);
        assert_ne!(first.1, second.1);
    }
}
