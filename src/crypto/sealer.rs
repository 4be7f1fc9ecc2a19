//! Sealing one record at a time.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, UnboundKey};
use ring::hmac;
use zeroize::Zeroizing;

use super::{Format, RootKey, RootKeys, TAG_LEN, hkdf, only_nonce, random};

const SALT_LEN: usize = 16;

/// Plaintexts are padded to a multiple of this many bytes, so that a record's length tells little about a value's.
const PADDING_BLOCK: usize = 64;

/// What sealing adds to a padded plaintext, in bytes.
pub const SEALED_OVERHEAD: usize = SALT_LEN + TAG_LEN;

/// The length of a sealed plaintext of `len` bytes.
pub const fn sealed_len(len: usize) -> usize {
    padded_len(len) + SEALED_OVERHEAD
}

/// The length of a plaintext of `len` bytes with its padding.
pub(super) const fn padded_len(len: usize) -> usize {
    (len / PADDING_BLOCK + 1) * PADDING_BLOCK
}

/// Appends `pad(plaintext) = plaintext || 0x80 || 0x00 …` up to the next multiple of 64 bytes.
pub(super) fn append_padded(buffer: &mut Vec<u8>, plaintext: &[u8]) {
    let end = buffer.len() + padded_len(plaintext.len());
    buffer.extend_from_slice(plaintext);
    buffer.push(0x80);
    buffer.resize(end, 0);
}

/// The reverse of [`append_padded`], of what was authentic.
pub(super) fn remove_padding(plain: &mut Vec<u8>) -> Result<(), NotAuthentic> {
    let end = plain.iter().rposition(|&byte| byte != 0).filter(|&at| plain[at] == 0x80).ok_or(NotAuthentic)?;
    plain.truncate(end);
    Ok(())
}

/// Names a store. Random, not secret, and bound into everything sealed in that store.
pub type StoreId = [u8; 16];

/// Names a record in a file without telling which: a keyed hash of what the record is called.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct RecordId(pub [u8; 32]);

/// The place a seal is made for. It opens in no other.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// What kind of record it is, by the number that the format fixes.
    pub kind: u8,
    /// The record's name.
    pub id: &'a RecordId,
}

/// The bytes were not sealed by this key for this place: they are damaged, moved or forged.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the seal does not hold")]
pub struct NotAuthentic;

/// A keyed digest of a set of sealed records: the exclusive or of one keyed digest for each, so that adding and
/// removing are the same step and the order does not matter.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct SetDigest(pub [u8; 32]);

impl SetDigest {
    /// Adds a record that is not in the set, or removes one that is.
    pub fn toggle(&mut self, record: &Self) {
        for (own, other) in self.0.iter_mut().zip(&record.0) {
            *own ^= other;
        }
    }
}

/// Seals and opens the records of one store. Cannot be printed, copied or serialised.
pub struct Sealer {
    store: StoreId,
    keys: RootKeys,
    /// One for each root key that there has been, oldest first.
    id_keys: Vec<hmac::Key>,
    digest_key: hmac::Key,
    chain_key: hmac::Key,
    activity_key: hmac::Key,
}

impl Sealer {
    /// Derives what names and set digests are keyed with:
    ///
    /// - `id key = HKDF[store id, "tresor record id"](root key, 32)`
    /// - `digest key = HKDF[store id, "tresor set digest"](root key, 32)`
    /// - `chain key = HKDF[store id, "tresor batch chain"](root key, 32)`
    /// - `activity key = HKDF[store id, "tresor activity chain"](root key, 32)`
    pub fn new(root: RootKey, store: StoreId) -> Self {
        Self::of(RootKeys::first(Format::LATEST, root), store)
    }

    /// The same, of a store that may have had other root keys before. Each had its own id key.
    pub fn of(keys: RootKeys, store: StoreId) -> Self {
        let hmac_key =
            |root: &RootKey, label| hmac::Key::new(hmac::HMAC_SHA256, &*hkdf::derive(&store, label, root.expose()));
        let id_keys = keys.all().map(|root| hmac_key(root, b"tresor record id")).collect();
        let digest_key = hmac_key(keys.current(), b"tresor set digest");
        let chain_key = hmac_key(keys.current(), b"tresor batch chain");
        let activity_key = hmac_key(keys.current(), b"tresor activity chain");
        Self { store, keys, id_keys, digest_key, chain_key, activity_key }
    }

    /// What sealed for this store before its root key was renewed last; `None`: it never was.
    pub fn before(&self) -> Option<Self> {
        self.keys.before().map(|keys| Self::of(keys, self.store))
    }

    /// The root keys of the store.
    pub fn keys(&self) -> &RootKeys {
        &self.keys
    }

    /// The format that this seals.
    pub fn format(&self) -> Format {
        self.keys.format()
    }

    /// The store this seals for.
    pub fn store(&self) -> StoreId {
        self.store
    }

    /// `record id = HMAC-SHA-256(id key, u64(len(part)) || part || … for each part)`
    ///
    /// The lengths keep `["ab", "c"]` and `["a", "bc"]` apart. That is the id under the first root key; under each later one it
    /// is [`Sealer::id_since`] of the id under the one before.
    #[expect(clippy::missing_panics_doc, reason = "the sentence in `expect` says why it does not happen")]
    pub fn record_id(&self, parts: &[&[u8]]) -> RecordId {
        let (first, later) = self.id_keys.split_first().expect("every store has a root key");
        let mut hash = hmac::Context::with_key(first);
        for part in parts {
            hash.update(&(part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        later.iter().fold(RecordId(digest_of(hash)), |id, key| renewed(key, &id))
    }

    /// `HMAC-SHA-256(id key, record id under the root key before)`, once for each root key after the one of `generation`: so records
    /// get new names though nobody knows what they are called.
    pub fn id_since(&self, generation: u32, id: &RecordId) -> RecordId {
        self.id_keys.iter().skip(generation as usize).fold(*id, |id, key| renewed(key, &id))
    }

    /// `sealed = salt || AES-256-GCM[record key, nonce = 0](pad(plaintext), ad)` where
    ///
    /// - `salt = random(16)`
    /// - `record key = HKDF[salt, "tresor record"](root key, 32)`
    /// - `pad(p) = p || 0x80 || 0x00 …` up to the next multiple of 64
    /// - `ad = "tresor record" || u16(format) || store id || u8(kind) || record id`
    pub fn seal(&self, context: Context<'_>, plaintext: &[u8]) -> Vec<u8> {
        let salt: [u8; SALT_LEN] = random::bytes();
        let mut sealed = Vec::with_capacity(sealed_len(plaintext.len()));
        sealed.extend_from_slice(&salt);
        append_padded(&mut sealed, plaintext);
        let ad = self.associated_data(context);
        self.seal_in_place(&salt, b"tresor record", &ad, &mut sealed, SALT_LEN);
        sealed
    }

    /// The reverse of [`Sealer::seal`]; gives back the plaintext without its padding.
    pub fn open(&self, context: Context<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, NotAuthentic> {
        if sealed.len() < SEALED_OVERHEAD + PADDING_BLOCK {
            return Err(NotAuthentic);
        }
        let (salt, body) = sealed.split_at(SALT_LEN);
        let mut plain = self.open_body(salt, b"tresor record", &self.associated_data(context), body)?;
        remove_padding(&mut plain)?;
        Ok(plain)
    }

    /// `HMAC-SHA-256(digest key, u8(kind) || record id || salt || tag)`, the share of one sealed record in its
    /// table's [`SetDigest`]. Needs no opening: the tag stands for the content.
    pub fn digest(&self, context: Context<'_>, sealed: &[u8]) -> Result<SetDigest, NotAuthentic> {
        if sealed.len() < SEALED_OVERHEAD {
            return Err(NotAuthentic);
        }
        let mut hash = hmac::Context::with_key(&self.digest_key);
        hash.update(&[context.kind]);
        hash.update(&context.id.0);
        hash.update(&sealed[..SALT_LEN]);
        hash.update(&sealed[sealed.len() - TAG_LEN..]);
        Ok(SetDigest(digest_of(hash)))
    }

    /// `HMAC-SHA-256(chain key, u64(len(name)) || name || previous || u64(len(state)) || state || changes)`: the tag of one
    /// of the batches of `name`, which covers all before it by way of the previous tag.
    pub fn chain(&self, name: &[u8], previous: &[u8; 32], state: &[u8], changes: &[u8; 32]) -> [u8; 32] {
        let mut hash = hmac::Context::with_key(&self.chain_key);
        hash.update(&(name.len() as u64).to_le_bytes());
        hash.update(name);
        hash.update(previous);
        hash.update(&(state.len() as u64).to_le_bytes());
        hash.update(state);
        hash.update(changes);
        digest_of(hash)
    }

    /// `HMAC-SHA-256(activity key, u64(len(name)) || name || u64(sequence) || chunk)`: the tag of one chunk of the activity of `name`.
    pub fn activity_tag(&self, name: &[u8], sequence: u64, chunk: &[u8]) -> [u8; 32] {
        let mut hash = hmac::Context::with_key(&self.activity_key);
        hash.update(&(name.len() as u64).to_le_bytes());
        hash.update(name);
        hash.update(&sequence.to_le_bytes());
        hash.update(chunk);
        digest_of(hash)
    }

    /// Seals `buffer[from..]` in place under `HKDF[salt, label](root key, 32)` and appends the tag.
    pub(super) fn seal_in_place(&self, salt: &[u8], label: &[u8], ad: &[u8], buffer: &mut Vec<u8>, from: usize) {
        let tag = self
            .key(salt, label)
            .seal_in_place_separate_tag(only_nonce(), Aad::from(ad), &mut buffer[from..])
            .expect("a record is far below the 64 GiB limit of AES-GCM");
        buffer.extend_from_slice(tag.as_ref());
    }

    /// The reverse of [`Sealer::seal_in_place`], on a copy.
    pub(super) fn open_body(
        &self,
        salt: &[u8],
        label: &[u8],
        ad: &[u8],
        body: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, NotAuthentic> {
        let mut plain = Zeroizing::new(body.to_vec());
        let key = self.key(salt, label);
        let opened = key.open_in_place(only_nonce(), Aad::from(ad), &mut plain).map(|opened| opened.len());
        // ring gives no cause on purpose: telling one failure from another would help a forger.
        let len = opened.map_err(|ring::error::Unspecified| NotAuthentic)?;
        plain.truncate(len);
        Ok(plain)
    }

    fn key(&self, salt: &[u8], label: &[u8]) -> LessSafeKey {
        let key = hkdf::derive(salt, label, self.keys.current().expose());
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &*key).expect("an AES-256 key has 32 bytes"))
    }

    fn associated_data(&self, context: Context<'_>) -> [u8; 64] {
        let mut ad = [0; 64];
        ad[..13].copy_from_slice(b"tresor record");
        ad[13..15].copy_from_slice(&self.format().number().to_le_bytes());
        ad[15..31].copy_from_slice(&self.store);
        ad[31] = context.kind;
        ad[32..].copy_from_slice(&context.id.0);
        ad
    }
}

fn renewed(key: &hmac::Key, id: &RecordId) -> RecordId {
    let mut hash = hmac::Context::with_key(key);
    hash.update(&id.0);
    RecordId(digest_of(hash))
}

fn digest_of(hash: hmac::Context) -> [u8; 32] {
    let mut digest = [0; 32];
    digest.copy_from_slice(hash.sign().as_ref());
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer() -> Sealer {
        Sealer::new(RootKey::generate(), [7; 16])
    }

    #[test]
    fn a_seal_opens_to_what_was_sealed_whatever_its_length() {
        let sealer = sealer();
        let context = Context { kind: 1, id: &RecordId([9; 32]) };
        for len in 0..200 {
            // Ends in what padding is made of, which must survive.
            let mut plaintext = vec![0x80; len];
            plaintext.resize(len + len % 3, 0);
            let bytes = sealer.seal(context, &plaintext);
            assert_eq!((bytes.len() - SEALED_OVERHEAD) % 64, 0, "the length tells only multiples of 64");
            assert_eq!(*sealer.open(context, &bytes).unwrap(), plaintext);
        }
    }

    #[test]
    fn a_seal_opens_nowhere_else_and_in_no_other_form() {
        // T3
        let root = RootKey::generate();
        let other_store = Sealer::new(RootKey(Zeroizing::new(*root.expose())), [8; 16]);
        let sealer = Sealer::new(root, [7; 16]);
        let id = RecordId([9; 32]);
        let context = Context { kind: 1, id: &id };
        let bytes = sealer.seal(context, b"the value");
        assert!(sealer.open(context, &bytes).is_ok());
        assert!(sealer.open(Context { kind: 2, ..context }, &bytes).is_err(), "another kind");
        assert!(sealer.open(Context { id: &RecordId([8; 32]), ..context }, &bytes).is_err(), "another record");
        assert!(other_store.open(context, &bytes).is_err(), "the same root key in another store");
        assert!(Sealer::new(RootKey::generate(), [7; 16]).open(context, &bytes).is_err(), "another root key");
        for at in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            assert!(sealer.open(context, &altered).is_err(), "byte {at} was changed");
            assert!(sealer.open(context, &bytes[..at]).is_err(), "cut to {at} bytes");
        }
    }

    #[test]
    fn sealing_twice_shows_nothing_in_common() {
        // T1
        let sealer = sealer();
        let context = Context { kind: 1, id: &RecordId([9; 32]) };
        let (first, second) = (sealer.seal(context, b"same"), sealer.seal(context, b"same"));
        assert_ne!(first[..16], second[..16]);
        assert_ne!(first[16..], second[16..]);
        assert_ne!(sealer.digest(context, &first), sealer.digest(context, &second));
    }

    #[test]
    fn where_one_part_of_a_name_ends_makes_another_record() {
        let sealer = sealer();
        assert_ne!(sealer.record_id(&[b"ab", b"c"]), sealer.record_id(&[b"a", b"bc"]));
        assert_ne!(sealer.record_id(&[b"ab"]), sealer.record_id(&[b"ab", b""]));
        assert_eq!(sealer.record_id(&[b"ab", b"c"]), sealer.record_id(&[b"ab", b"c"]));
        let other = Sealer::new(RootKey::generate(), [7; 16]);
        assert_ne!(sealer.record_id(&[b"ab"]), other.record_id(&[b"ab"]), "names are keyed");
    }

    #[test]
    fn a_renewed_key_names_and_seals_anew_what_the_one_before_did() {
        // T8
        let first = sealer();
        let second = Sealer::of(first.keys().followed_by(Format::Two, RootKey::generate()), [7; 16]);
        let id = first.record_id(&[b"ab"]);
        assert_eq!(second.record_id(&[b"ab"]), second.id_since(1, &id));
        assert_eq!(first.id_since(1, &id), id);
        assert_ne!(second.record_id(&[b"ab"]), id);
        let context = Context { kind: 1, id: &id };
        let sealed = first.seal(context, b"x");
        assert!(second.open(context, &sealed).is_err());
        assert_eq!(*second.before().unwrap().open(context, &sealed).unwrap(), *b"x");
        assert!(first.before().is_none());
    }

    #[test]
    fn a_set_digest_forgets_what_was_taken_out() {
        let sealer = sealer();
        let share = |id: u8| {
            let id = RecordId([id; 32]);
            let context = Context { kind: 1, id: &id };
            sealer.digest(context, &sealer.seal(context, b"x")).unwrap()
        };
        let (one, two) = (share(1), share(2));
        let mut set = SetDigest::default();
        set.toggle(&one);
        let only_one = set;
        set.toggle(&two);
        assert_ne!(set, only_one);
        set.toggle(&two);
        assert_eq!(set, only_one);
    }
}
