//! The keys everything else is derived from, and how a passphrase guards them.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, UnboundKey};
use ring::hmac;
use zeroize::Zeroizing;

use super::{Format, NotAuthentic, PassphraseKey, TAG_LEN, hkdf, only_nonce, random};

/// Length of a wrapped root key, in bytes.
pub const WRAPPED_ROOT_KEY_LEN: usize = 32 + TAG_LEN;

/// Length of what a header commits to its key with, in bytes.
pub const COMMITMENT_LEN: usize = 32;

/// The salt of one wrapping. Never used twice with one passphrase, as it makes the wrapping key unique.
pub type KdfSalt = [u8; 32];

/// A root key sealed under a passphrase.
pub type WrappedRootKey = [u8; WRAPPED_ROOT_KEY_LEN];

/// What tells the one key that a header was made with from all others.
pub type Commitment = [u8; COMMITMENT_LEN];

/// A store's random 256-bit key. Wiped on drop; it cannot be printed, copied or serialised.
pub struct RootKey(pub(super) Zeroizing<[u8; 32]>);

impl RootKey {
    /// `root key = random(32)`
    pub fn generate() -> Self {
        let mut key = Zeroizing::new([0; 32]);
        random::fill(&mut *key);
        Self(key)
    }

    /// `wrapped = AES-256-GCM[passphrase key, nonce = 0](root key, ad = bound)`, as format 1 has it.
    ///
    /// `bound` holds the salt of the passphrase key, so that one such key never seals twice.
    pub fn wrap_first(&self, key: &PassphraseKey, bound: &[u8]) -> WrappedRootKey {
        self.wrap_under(key.expose(), bound)
    }

    /// The reverse of [`RootKey::wrap_first`]. [`NotAuthentic`] means another passphrase, where the caller has ruled out
    /// damage.
    pub fn unwrap_first(key: &PassphraseKey, bound: &[u8], wrapped: &WrappedRootKey) -> Result<Self, NotAuthentic> {
        Self::unwrap_under(key.expose(), bound, wrapped)
    }

    /// `commitment = HMAC-SHA-256(HKDF[salt, "tresor header commitment"](passphrase key), bound)`
    ///
    /// `wrapped = AES-256-GCM[HKDF[salt, "tresor root key"](passphrase key), nonce = 0](root key, ad = bound || commitment)`
    ///
    /// `bound` holds the salt. AES-GCM alone can be made to open under several keys; a commitment cannot.
    pub fn wrap(&self, key: &PassphraseKey, salt: &KdfSalt, bound: &[u8]) -> (Commitment, WrappedRootKey) {
        let commitment = committed(key, salt, bound);
        let wrapped = self.wrap_under(&hkdf::derive(salt, WRAPPING, key.expose()), &[bound, &commitment[..]].concat());
        (commitment, wrapped)
    }

    /// The reverse of [`RootKey::wrap`]. The outer error means another passphrase, the inner one damage.
    pub fn unwrap(
        key: &PassphraseKey,
        salt: &KdfSalt,
        bound: &[u8],
        commitment: &Commitment,
        wrapped: &WrappedRootKey,
    ) -> Result<Result<Self, NotAuthentic>, NotAuthentic> {
        let own = hkdf::derive(salt, COMMITTING, key.expose());
        let own = hmac::Key::new(hmac::HMAC_SHA256, &*own);
        // ring gives no cause on purpose.
        hmac::verify(&own, bound, commitment).map_err(|ring::error::Unspecified| NotAuthentic)?;
        let wrapping = hkdf::derive(salt, WRAPPING, key.expose());
        Ok(Self::unwrap_under(&wrapping, &[bound, &commitment[..]].concat(), wrapped))
    }

    fn wrap_under(&self, key: &[u8; 32], bound: &[u8]) -> WrappedRootKey {
        let mut wrapped = [0; WRAPPED_ROOT_KEY_LEN];
        wrapped[..32].copy_from_slice(&*self.0);
        let tag = sealing(key)
            .seal_in_place_separate_tag(only_nonce(), Aad::from(bound), &mut wrapped[..32])
            .expect("32 bytes are far below the limit of AES-GCM");
        wrapped[32..].copy_from_slice(tag.as_ref());
        wrapped
    }

    fn unwrap_under(key: &[u8; 32], bound: &[u8], wrapped: &WrappedRootKey) -> Result<Self, NotAuthentic> {
        let mut opened = Zeroizing::new(*wrapped);
        let Ok(plain) = sealing(key).open_in_place(only_nonce(), Aad::from(bound), &mut *opened) else {
            return Err(NotAuthentic);
        };
        let mut root = Zeroizing::new([0; 32]);
        root.copy_from_slice(plain);
        Ok(Self(root))
    }

    /// The key itself, for what is derived from it.
    pub(super) fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// The same key once more, for another sealer of the same store.
    fn again(&self) -> Self {
        Self(Zeroizing::new(*self.0))
    }
}

/// The root keys that a store has had, oldest first, each with the format that it seals; the last is in use. Wiped on drop.
pub struct RootKeys {
    older: Vec<(Format, RootKey)>,
    current: (Format, RootKey),
}

/// What one older root key takes in a header, in bytes, before it is sealed.
const OLDER_LEN: usize = 2 + 32;

impl RootKeys {
    /// The first root key of a store.
    pub fn first(format: Format, root: RootKey) -> Self {
        Self { older: Vec::new(), current: (format, root) }
    }

    /// These, and one more, which is in use from then on.
    #[must_use]
    pub fn followed_by(&self, format: Format, root: RootKey) -> Self {
        let Self { mut older, current } = self.again();
        older.push(current);
        Self { older, current: (format, root) }
    }

    /// The same keys once more, for another sealer of the same store.
    #[must_use]
    pub fn again(&self) -> Self {
        let again = |(format, root): &(Format, RootKey)| (*format, root.again());
        Self { older: self.older.iter().map(again).collect(), current: again(&self.current) }
    }

    /// Those there were before the one in use; `None`: it is the first.
    pub fn before(&self) -> Option<Self> {
        let Self { mut older, .. } = self.again();
        let current = older.pop()?;
        Some(Self { older, current })
    }

    /// How many there have been.
    #[expect(clippy::missing_panics_doc, reason = "the sentence in `expect` says why it does not happen")]
    pub fn generation(&self) -> u32 {
        u32::try_from(self.older.len() + 1).expect("a header has room for far fewer keys")
    }

    /// The format of the one in use.
    pub fn format(&self) -> Format {
        self.current.0
    }

    /// The one in use.
    pub fn current(&self) -> &RootKey {
        &self.current.1
    }

    /// Every one, oldest first.
    pub(super) fn all(&self) -> impl Iterator<Item = &RootKey> {
        self.older.iter().chain([&self.current]).map(|(_, root)| root)
    }

    /// `salt || AES-256-GCM[HKDF[salt, "tresor older keys"](root key), nonce = 0](u16(format) || older root key …, ad = bound)` with
    /// `salt = random(16)`; nothing where there are no older ones.
    #[expect(clippy::missing_panics_doc, reason = "the sentence in `expect` says why it does not happen")]
    pub fn seal_older(&self, bound: &[u8]) -> Vec<u8> {
        if self.older.is_empty() {
            return Vec::new();
        }
        let salt: [u8; 16] = random::bytes();
        let mut plain = Zeroizing::new(Vec::with_capacity(self.older.len() * OLDER_LEN));
        for (format, root) in &self.older {
            plain.extend_from_slice(&format.number().to_le_bytes());
            plain.extend_from_slice(root.expose());
        }
        let tag = sealing(&hkdf::derive(&salt, OLDER, self.current.1.expose()))
            .seal_in_place_separate_tag(only_nonce(), Aad::from(bound), &mut plain)
            .expect("a few keys are far below the limit of AES-GCM");
        [&salt[..], &plain, tag.as_ref()].concat()
    }

    /// The reverse of [`RootKeys::seal_older`].
    pub fn open_older(format: Format, root: RootKey, sealed: &[u8], bound: &[u8]) -> Result<Self, NotAuthentic> {
        let mut older = Vec::new();
        if !sealed.is_empty() {
            let (salt, body) = sealed.split_first_chunk::<16>().ok_or(NotAuthentic)?;
            let mut body = Zeroizing::new(body.to_vec());
            let key = sealing(&hkdf::derive(salt, OLDER, root.expose()));
            let opened = key.open_in_place(only_nonce(), Aad::from(bound), &mut body);
            let plain = opened.map_err(|ring::error::Unspecified| NotAuthentic)?;
            for one in plain.chunks(OLDER_LEN) {
                let (number, key) = one.split_first_chunk::<2>().ok_or(NotAuthentic)?;
                let format = Format::of_number(u16::from_le_bytes(*number)).ok_or(NotAuthentic)?;
                let mut root = Zeroizing::new([0; 32]);
                root.copy_from_slice(key.get(..32).filter(|whole| whole.len() == key.len()).ok_or(NotAuthentic)?);
                older.push((format, RootKey(root)));
            }
        }
        Ok(Self { older, current: (format, root) })
    }
}

const COMMITTING: &[u8] = b"tresor header commitment";
const WRAPPING: &[u8] = b"tresor root key";
const OLDER: &[u8] = b"tresor older keys";

fn committed(key: &PassphraseKey, salt: &KdfSalt, bound: &[u8]) -> Commitment {
    let own = hkdf::derive(salt, COMMITTING, key.expose());
    let signed = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &*own), bound);
    let mut commitment = [0; COMMITMENT_LEN];
    commitment.copy_from_slice(signed.as_ref());
    commitment
}

fn sealing(key: &[u8; 32]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).expect("an AES-256 key has 32 bytes"))
}

#[cfg(test)]
mod tests {
    use super::super::{KdfCost, KeyFile, KeyFileMixing, Passphrase};
    use super::*;

    fn key(text: &str, salt: &KdfSalt) -> PassphraseKey {
        PassphraseKey::derive(&Passphrase::new(text.to_owned()), salt, KdfCost::LEAST, KeyFileMixing::Secret).unwrap()
    }

    #[test]
    fn only_its_own_passphrase_unwraps_a_root_key() {
        // T2
        let (root, salt) = (RootKey::generate(), [3; 32]);
        let (commitment, wrapped) = root.wrap(&key("right", &salt), &salt, b"header");
        let open = |text, bound: &[u8], commitment: &Commitment, wrapped: &WrappedRootKey| {
            RootKey::unwrap(&key(text, &salt), &salt, bound, commitment, wrapped)
                .map(|root| root.map(|root| *root.expose()))
        };
        assert!(open("right", b"header", &commitment, &wrapped) == Ok(Ok(*root.expose())));
        assert!(open("wrong", b"header", &commitment, &wrapped) == Err(NotAuthentic));
        assert!(open("right", b"headed", &commitment, &wrapped) == Err(NotAuthentic), "the header is bound");
        for at in 0..wrapped.len() {
            let mut altered = wrapped;
            altered[at] ^= 1;
            let opened = open("right", b"header", &commitment, &altered);
            assert!(opened == Ok(Err(NotAuthentic)), "byte {at} was changed: damage, and no wrong passphrase");
        }
        let first = root.wrap_first(&key("right", &salt), b"header");
        let unwrap = |text| RootKey::unwrap_first(&key(text, &salt), b"header", &first).map(|root| *root.expose());
        assert!(unwrap("right") == Ok(*root.expose()) && unwrap("wrong") == Err(NotAuthentic));
    }

    #[test]
    fn a_key_file_cannot_be_typed_in_its_place() {
        // I1: what a passphrase says can never stand for passphrase and key file together.
        let salt = [3; 32];
        let with_file = |mixing| {
            let both = Passphrase::new("ab".into()).with_key_file(Some(KeyFile::of(b"content")));
            *PassphraseKey::derive(&both, &salt, KdfCost::LEAST, mixing).unwrap().expose()
        };
        assert_ne!(with_file(KeyFileMixing::Secret), with_file(KeyFileMixing::Appended));
        assert_ne!(with_file(KeyFileMixing::Secret), *key("ab", &salt).expose());
    }

    #[test]
    fn older_keys_stay_readable_under_the_one_in_use_and_under_no_other() {
        // T8
        let bytes = |keys: &RootKeys| keys.all().map(|root| *root.expose()).collect::<Vec<_>>();
        let keys = RootKeys::first(Format::One, RootKey::generate())
            .followed_by(Format::Two, RootKey::generate())
            .followed_by(Format::Two, RootKey::generate());
        let sealed = keys.seal_older(b"header");
        let open = |root: RootKey, bound: &[u8]| RootKeys::open_older(Format::Two, root, &sealed, bound);
        let opened = open(keys.current().again(), b"header").ok().unwrap();
        assert!(bytes(&opened) == bytes(&keys) && opened.generation() == 3);
        assert!(open(RootKey::generate(), b"header").is_err() && open(keys.current().again(), b"headed").is_err());
        let before = keys.before().unwrap().before().unwrap();
        assert!((before.generation(), before.format()) == (1, Format::One) && before.before().is_none());
    }
}
