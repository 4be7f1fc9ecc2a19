//! The file `tresor.header`: what is needed to tell a store, and to get from a passphrase to its root keys.

use std::path::Path;

use crate::crypto::{
    COMMITMENT_LEN, Commitment, Format, KdfCost, KdfSalt, KeyFileMixing, NotAuthentic, Passphrase, PassphraseKey,
    RootKey, RootKeys, StoreId, WRAPPED_ROOT_KEY_LEN, WrappedRootKey, random,
};

use super::StoreError;
use super::folder;
use crate::disk;

/// The file's name in the store folder.
pub(super) const FILE_NAME: &str = "tresor.header";

const MAGIC: [u8; 8] = *b"\x89TRESOR\n";
const CHECKSUM_LEN: usize = 32;

/// No version's header is longer, so a file of any size is told without reading it all.
const MOST_LEN: u64 = 1 << 16;
/// The first version of this program that opens stores of the latest format.
const OLDEST_PROGRAM: &str = "0.1.0";
/// What stores of the latest format may need beside the format itself, by name.
const KNOWN_FEATURES: [&str; 0] = [];
/// Names of versions and features are no longer, in bytes.
const MOST_NAME: usize = 32;
/// A root key is not renewed more often than this, so that a header stays short.
pub(super) const MOST_GENERATIONS: u32 = 1_024;

/// A header of any format that this program reads.
#[derive(Eq, PartialEq)]
pub(super) struct Header {
    pub(super) store: StoreId,
    pub(super) cost: KdfCost,
    salt: KdfSalt,
    body: Body,
}

/// What differs from format to format.
#[derive(Eq, PartialEq)]
enum Body {
    First {
        wrapped: WrappedRootKey,
    },
    Second {
        mixing: KeyFileMixing,
        generation: u32,
        wrapping_salt: [u8; 32],
        commitment: Commitment,
        wrapped: WrappedRootKey,
        /// Root keys from before, sealed under the one in use.
        older: Vec<u8>,
    },
}

/// What a passphrase gives access to.
pub(super) struct Unlocked {
    pub(super) keys: RootKeys,
    /// With which a header for other root keys can be made under the same passphrase.
    pub(super) passphrase: PassphraseKey,
}

impl Header {
    /// Wraps root keys under a passphrase, with a fresh salt.
    pub(super) fn wrap(
        store: StoreId,
        keys: &RootKeys,
        passphrase: &Passphrase,
        cost: KdfCost,
    ) -> Result<Self, StoreError> {
        if passphrase.is_empty() {
            return Err(StoreError::EmptyPassphrase);
        }
        let salt: KdfSalt = random::bytes();
        let mixing = match keys.format() {
            Format::One => KeyFileMixing::Appended,
            Format::Two => KeyFileMixing::Secret,
        };
        let key = PassphraseKey::derive(passphrase, &salt, cost, mixing)
            .map_err(|refused| StoreError::Io { doing: "derive a key", source: std::io::Error::other(refused) })?;
        Ok(Self::over(store, keys, &key, cost, salt, mixing))
    }

    /// Wraps other root keys of the store under the passphrase of this header.
    pub(super) fn wrap_again(&self, keys: &RootKeys, passphrase: &PassphraseKey) -> Self {
        Self::over(self.store, keys, passphrase, self.cost, self.salt, self.mixing())
    }

    fn over(
        store: StoreId,
        keys: &RootKeys,
        key: &PassphraseKey,
        cost: KdfCost,
        salt: KdfSalt,
        mixing: KeyFileMixing,
    ) -> Self {
        let body = match keys.format() {
            Format::One => Body::First { wrapped: keys.current().wrap_first(key, &first_bound(store, cost, &salt)) },
            Format::Two => {
                // Fresh each time, so that one wrapping key never seals twice.
                let (wrapping_salt, generation) = (random::bytes(), keys.generation());
                let bound = second_bound(store, cost, &salt, mixing, generation, &wrapping_salt);
                let (commitment, wrapped) = keys.current().wrap(key, &wrapping_salt, &bound);
                let older = keys.seal_older(&bound);
                Body::Second { mixing, generation, wrapping_salt, commitment, wrapped, older }
            }
        };
        Self { store, cost, salt, body }
    }

    fn mixing(&self) -> KeyFileMixing {
        match &self.body {
            Body::First { .. } => KeyFileMixing::Appended,
            Body::Second { mixing, .. } => *mixing,
        }
    }

    /// The format of the store.
    pub(super) fn format(&self) -> Format {
        match &self.body {
            Body::First { .. } => Format::One,
            Body::Second { .. } => Format::Two,
        }
    }

    /// The root keys, if this is the passphrase.
    pub(super) fn unwrap(&self, passphrase: &Passphrase) -> Result<Unlocked, StoreError> {
        if passphrase.is_empty() {
            return Err(StoreError::EmptyPassphrase);
        }
        let Self { store, cost, salt, body } = self;
        let key = PassphraseKey::derive(passphrase, salt, *cost, self.mixing())
            .map_err(|refused| StoreError::damaged(format!("the header ({refused})")))?;
        let wrong = |NotAuthentic| StoreError::WrongPassphrase;
        let damaged = |NotAuthentic| StoreError::damaged("the header");
        let keys = match body {
            Body::First { wrapped } => {
                let root = RootKey::unwrap_first(&key, &first_bound(*store, *cost, salt), wrapped).map_err(wrong)?;
                RootKeys::first(Format::One, root)
            }
            Body::Second { mixing, generation, wrapping_salt, commitment, wrapped, older } => {
                let bound = second_bound(*store, *cost, salt, *mixing, *generation, wrapping_salt);
                let root = RootKey::unwrap(&key, wrapping_salt, &bound, commitment, wrapped).map_err(wrong)?;
                let keys = RootKeys::open_older(Format::Two, root.map_err(damaged)?, older, &bound).map_err(damaged)?;
                if keys.generation() != *generation {
                    return Err(damaged(NotAuthentic));
                }
                keys
            }
        };
        Ok(Unlocked { keys, passphrase: key })
    }

    /// Reads the header of the store in `folder`.
    pub(super) fn read(folder: &Path) -> Result<Self, StoreError> {
        match disk::read(&folder.join(FILE_NAME), MOST_LEN) {
            Ok(bytes) => Self::parse(&bytes),
            Err(source) if source.kind() == std::io::ErrorKind::NotFound => {
                Err(StoreError::NotAStore { path: folder.to_path_buf() })
            }
            // No header is so long.
            Err(source) if source.kind() == std::io::ErrorKind::InvalidData => Err(StoreError::damaged("the header")),
            Err(source) => Err(StoreError::Io { doing: "read the store's header", source }),
        }
    }

    /// Puts this header in place of the one that is there, or leaves that one whole.
    pub(super) fn write(&self, folder: &Path) -> Result<(), StoreError> {
        folder::replace_file(folder, FILE_NAME, &self.to_bytes())
    }

    /// The bytes of the file, as `docs/format.md` lays them out.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let Self { store, cost, salt, body } = self;
        let bytes = match body {
            Body::First { wrapped } => [&first_bound(*store, *cost, salt)[..], wrapped].concat(),
            Body::Second { mixing, generation, wrapping_salt, commitment, wrapped, older } => {
                let bound = second_bound(*store, *cost, salt, *mixing, *generation, wrapping_salt);
                let len = u32::try_from(older.len()).expect("a thousand keys are far below 4 GiB");
                [&bound[..], commitment, wrapped, &len.to_le_bytes(), older].concat()
            }
        };
        Self::with_checksum(&bytes)
    }

    /// `body || SHA-256(body)`
    pub(super) fn with_checksum(body: &[u8]) -> Vec<u8> {
        [body, sha_256(body).as_ref()].concat()
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, StoreError> {
        let damaged = || StoreError::damaged("the header");
        // In every format version the file starts with magic and version, and ends in its checksum.
        let body = bytes.len().checked_sub(CHECKSUM_LEN).map(|end| bytes.split_at(end));
        let Some((body, _)) = body.filter(|(body, checksum)| sha_256(body).as_ref() == *checksum) else {
            return Err(damaged());
        };
        let mut rest = body;
        if take(&mut rest) != Some(MAGIC) {
            return Err(damaged());
        }
        let found = u16::from_le_bytes(take(&mut rest).ok_or_else(damaged)?);
        match Format::of_number(found) {
            Some(Format::One) => Self::parse_first(rest)?.ok_or_else(damaged),
            Some(Format::Two) => Self::parse_second(rest)?.ok_or_else(damaged),
            None if found < Format::LATEST.number() => Err(damaged()),
            None => {
                // From format 2 on the oldest version that opens the store stands here.
                let needs = name(&mut rest).unwrap_or_default();
                Err(StoreError::NewerFormat { found, known: Format::LATEST.number(), needs })
            }
        }
    }

    fn parse_first(mut rest: &[u8]) -> Result<Option<Self>, StoreError> {
        let rest = &mut rest;
        let Some((store, cost, salt)) = store_cost_salt(rest)? else { return Ok(None) };
        let Some(wrapped) = take::<WRAPPED_ROOT_KEY_LEN>(rest).filter(|_| rest.is_empty()) else { return Ok(None) };
        Ok(Some(Self { store, cost, salt, body: Body::First { wrapped } }))
    }

    fn parse_second(mut rest: &[u8]) -> Result<Option<Self>, StoreError> {
        let rest = &mut rest;
        let Some(needs) = name(rest) else { return Ok(None) };
        let Some([features]) = take::<1>(rest) else { return Ok(None) };
        for _ in 0..features {
            let Some(feature) = name(rest) else { return Ok(None) };
            if !KNOWN_FEATURES.contains(&feature.as_str()) {
                return Err(StoreError::UnknownFeature { feature, needs });
            }
        }
        let Some((store, cost, salt)) = store_cost_salt(rest)? else { return Ok(None) };
        let mut parse = || {
            let mixing = KeyFileMixing::of_number(take::<1>(rest)?[0])?;
            let generation = u32::from_le_bytes(take(rest)?);
            let (wrapping_salt, commitment) = (take(rest)?, take::<COMMITMENT_LEN>(rest)?);
            let wrapped = take(rest)?;
            let len = u32::from_le_bytes(take(rest)?) as usize;
            let older = rest.split_off(..len)?.to_vec();
            let is_whole = rest.is_empty() && (1..=MOST_GENERATIONS).contains(&generation);
            is_whole.then_some(Body::Second { mixing, generation, wrapping_salt, commitment, wrapped, older })
        };
        // One header is written in one way: what it needs is what this program writes.
        if needs != OLDEST_PROGRAM || features != 0 {
            return Ok(None);
        }
        Ok(parse().map(|body| Self { store, cost, salt, body }))
    }
}

fn store_cost_salt(rest: &mut &[u8]) -> Result<Option<(StoreId, KdfCost, KdfSalt)>, StoreError> {
    let mut parse = || {
        let store = take(rest)?;
        let mut number = || take(rest).map(u32::from_le_bytes);
        let cost = KdfCost { memory_kib: number()?, passes: number()?, lanes: number()? };
        Some((store, cost, take(rest)?))
    };
    let Some((store, cost, salt)) = parse() else { return Ok(None) };
    let cost = cost.check().map_err(|refused| StoreError::damaged(format!("the header ({refused})")))?;
    Ok(Some((store, cost, salt)))
}

/// `u8(len) || name`, of letters, digits, dots and hyphens.
fn name(rest: &mut &[u8]) -> Option<String> {
    let [len] = take::<1>(rest)?;
    let text = rest.split_off(..usize::from(len)).filter(|text| text.len() <= MOST_NAME)?;
    let is_fit = text.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    is_fit.then(|| String::from_utf8_lossy(text).into_owned())
}

/// `magic || u16(1) || store id || u32(memory) || u32(passes) || u32(lanes) || salt`: the start of the file, and what the
/// wrapped root key is bound to.
fn first_bound(store: StoreId, cost: KdfCost, salt: &KdfSalt) -> Vec<u8> {
    let mut bytes = [&MAGIC[..], &Format::One.number().to_le_bytes()].concat();
    put_store_cost_salt(&mut bytes, store, cost, salt);
    bytes
}

/// `magic || u16(2) || u8(len) || oldest program || u8(number of features) || (u8(len) || feature) … || store id || u32(memory) ||
/// u32(passes) || u32(lanes) || salt || u8(mixing) || u32(generation) || wrapping salt`
fn second_bound(
    store: StoreId,
    cost: KdfCost,
    salt: &KdfSalt,
    mixing: KeyFileMixing,
    generation: u32,
    wrapping_salt: &[u8; 32],
) -> Vec<u8> {
    let mut bytes = [&MAGIC[..], &Format::Two.number().to_le_bytes()].concat();
    bytes.push(u8::try_from(OLDEST_PROGRAM.len()).expect("a version has a few characters"));
    bytes.extend_from_slice(OLDEST_PROGRAM.as_bytes());
    bytes.push(u8::try_from(KNOWN_FEATURES.len()).expect("there are far fewer features"));
    put_store_cost_salt(&mut bytes, store, cost, salt);
    bytes.push(mixing.number());
    bytes.extend_from_slice(&generation.to_le_bytes());
    bytes.extend_from_slice(wrapping_salt);
    bytes
}

fn put_store_cost_salt(bytes: &mut Vec<u8>, store: StoreId, cost: KdfCost, salt: &KdfSalt) {
    bytes.extend_from_slice(&store);
    for number in [cost.memory_kib, cost.passes, cost.lanes] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes.extend_from_slice(salt);
}

/// `SHA-256(bytes)`
fn sha_256(bytes: &[u8]) -> ring::digest::Digest {
    ring::digest::digest(&ring::digest::SHA256, bytes)
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(*taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(text.to_owned())
    }

    fn keys(format: Format) -> RootKeys {
        RootKeys::first(format, RootKey::generate())
    }

    fn bytes(format: Format) -> Vec<u8> {
        Header::wrap([5; 16], &keys(format), &passphrase("right"), KdfCost::LEAST).unwrap().to_bytes()
    }

    fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
        bytes.truncate(bytes.len() - CHECKSUM_LEN);
        Header::with_checksum(&bytes)
    }

    #[test]
    fn the_file_is_as_long_as_its_specification_says() {
        assert_eq!((bytes(Format::One).len(), bytes(Format::Two).len()), (150, 10 + 6 + 1 + 60 + 37 + 80 + 4 + 32));
    }

    #[test]
    fn a_changed_or_cut_header_is_damaged_and_not_a_wrong_passphrase() {
        // T3
        for format in [Format::One, Format::Two] {
            let bytes = bytes(format);
            for at in 0..bytes.len() {
                for bit in 0..8 {
                    let mut altered = bytes.clone();
                    altered[at] ^= 1 << bit;
                    assert!(matches!(Header::parse(&altered), Err(StoreError::Damaged { .. })), "bit {bit} of {at}");
                }
                assert!(matches!(Header::parse(&bytes[..at]), Err(StoreError::Damaged { .. })), "cut to {at} bytes");
            }
            let longer = [&*bytes, b"\0"].concat();
            assert!(matches!(Header::parse(&longer), Err(StoreError::Damaged { .. })));
        }
    }

    #[test]
    fn forging_the_checksum_does_not_help() {
        // T3: what the checksum lets through, the seal of the root key does not.
        for format in [Format::One, Format::Two] {
            let bytes = bytes(format);
            for at in 0..bytes.len() - CHECKSUM_LEN {
                let mut altered = bytes.clone();
                altered[at] ^= 1;
                let opened =
                    Header::parse(&with_checksum(altered)).and_then(|header| header.unwrap(&passphrase("right")));
                assert!(opened.is_err(), "byte {at} was changed");
            }
        }
    }

    #[test]
    fn a_header_commits_to_its_key() {
        // L1: a wrapped key alone could be made to open under several passphrases; the commitment is asked first, so that
        // whatever else is wrong, another passphrase is told as another passphrase.
        let bytes = bytes(Format::Two);
        let wrapped_at = bytes.len() - CHECKSUM_LEN - 4 - WRAPPED_ROOT_KEY_LEN;
        let mut altered = bytes.clone();
        altered[wrapped_at] ^= 1;
        let altered = Header::parse(&with_checksum(altered)).unwrap();
        assert!(matches!(altered.unwrap(&passphrase("wrong")), Err(StoreError::WrongPassphrase)));
        assert!(matches!(altered.unwrap(&passphrase("right")), Err(StoreError::Damaged { .. })));
    }

    #[test]
    fn a_header_cannot_ask_for_more_memory_than_there_is() {
        let mut altered = bytes(Format::One);
        altered[26..30].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(matches!(Header::parse(&with_checksum(altered)), Err(StoreError::Damaged { .. })));
    }

    #[test]
    fn a_newer_format_is_told_from_damage_whatever_follows_and_names_what_it_needs() {
        let mut altered = bytes(Format::Two);
        altered[8..10].copy_from_slice(&3_u16.to_le_bytes());
        altered.splice(60..60, [1; 300]);
        let newer = Header::parse(&with_checksum(altered));
        assert!(matches!(newer, Err(StoreError::NewerFormat { found: 3, known: 2, needs }) if needs == OLDEST_PROGRAM));
    }

    #[test]
    fn an_unknown_feature_is_refused_by_naming_the_version_that_knows_it() {
        let mut altered = bytes(Format::Two);
        altered[11..16].copy_from_slice(b"7.3.1");
        altered[16] = 1;
        altered.splice(17..17, *b"\x06events");
        let refused = Header::parse(&with_checksum(altered));
        assert!(matches!(refused, Err(StoreError::UnknownFeature { feature, needs })
            if feature == "events" && needs == "7.3.1"));
    }

    #[test]
    fn a_header_for_renewed_keys_opens_with_the_same_passphrase_and_has_all_keys() {
        // T8
        let first = keys(Format::One);
        let header = Header::wrap([5; 16], &first, &passphrase("right"), KdfCost::LEAST).unwrap();
        let unlocked = header.unwrap(&passphrase("right")).unwrap();
        let both = unlocked.keys.followed_by(Format::Two, RootKey::generate());
        let renewed = Header::parse(&header.wrap_again(&both, &unlocked.passphrase).to_bytes()).unwrap();
        let opened = renewed.unwrap(&passphrase("right")).unwrap().keys;
        assert_eq!((opened.generation(), renewed.format()), (2, Format::Two));
        assert_eq!(opened.before().unwrap().format(), Format::One);
        assert!(matches!(renewed.unwrap(&passphrase("wrong")), Err(StoreError::WrongPassphrase)));
    }
}
