//! The file `tresor.header`: what is needed to tell a store, and to get from a passphrase to its root key.

use std::io::Read as _;
use std::path::Path;

use crate::crypto::{
    FORMAT_VERSION, KdfCost, KdfSalt, NotAuthentic, Passphrase, RootKey, StoreId, WRAPPED_ROOT_KEY_LEN, WrappedRootKey,
};

use super::StoreError;
use super::folder;

/// The file's name in the store folder.
pub(super) const FILE_NAME: &str = "tresor.header";

const MAGIC: [u8; 8] = *b"\x89TRESOR\n";
const SALT_AT: usize = 8 + 2 + 16 + 3 * 4;
const WRAPPED_AT: usize = SALT_AT + 32;
const CHECKSUM_AT: usize = WRAPPED_AT + WRAPPED_ROOT_KEY_LEN;
const CHECKSUM_LEN: usize = 32;

/// No version's header is longer, so a file of any size is told without reading it all.
const MOST_LEN: u64 = 4096;

/// A header of format version 1.
#[derive(Eq, PartialEq)]
pub(super) struct Header {
    pub(super) store: StoreId,
    pub(super) cost: KdfCost,
    salt: KdfSalt,
    wrapped: WrappedRootKey,
}

impl Header {
    /// Wraps `root` under `passphrase`.
    pub(super) fn wrap(
        store: StoreId,
        root: &RootKey,
        passphrase: &Passphrase,
        cost: KdfCost,
    ) -> Result<Self, StoreError> {
        if passphrase.is_empty() {
            return Err(StoreError::EmptyPassphrase);
        }
        let (salt, wrapped) = root
            .wrap(passphrase, cost, |salt| bound(store, cost, salt))
            .map_err(|refused| StoreError::Io { doing: "derive a key", source: std::io::Error::other(refused) })?;
        Ok(Self { store, cost, salt, wrapped })
    }

    /// The root key, if this is the passphrase.
    pub(super) fn unwrap(&self, passphrase: &Passphrase) -> Result<RootKey, StoreError> {
        if passphrase.is_empty() {
            return Err(StoreError::EmptyPassphrase);
        }
        let Self { store, cost, salt, wrapped } = self;
        RootKey::unwrap(passphrase, *cost, salt, &bound(*store, *cost, salt), wrapped)
            .map_err(|refused| StoreError::damaged(format!("the header ({refused})")))?
            .map_err(|NotAuthentic| StoreError::WrongPassphrase)
    }

    /// Reads the header of the store in `folder`.
    pub(super) fn read(folder: &Path) -> Result<Self, StoreError> {
        let mut bytes = Vec::new();
        match std::fs::File::open(folder.join(FILE_NAME)) {
            Ok(file) => file.take(MOST_LEN + 1).read_to_end(&mut bytes),
            Err(source) if source.kind() == std::io::ErrorKind::NotFound => {
                return Err(StoreError::NotAStore { path: folder.to_path_buf() });
            }
            Err(source) => Err(source),
        }
        .map_err(|source| StoreError::Io { doing: "read the store's header", source })?;
        Self::parse(&bytes)
    }

    /// Puts this header in place of the one that is there, or leaves that one whole.
    pub(super) fn write(&self, folder: &Path) -> Result<(), StoreError> {
        folder::replace_file(folder, FILE_NAME, &self.to_bytes())
    }

    /// The 150 bytes of the file, as `docs/format.md` lays them out.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = bound(self.store, self.cost, &self.salt);
        bytes.extend_from_slice(&self.wrapped);
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
        if FORMAT_VERSION < found {
            return Err(StoreError::NewerFormat { found, known: FORMAT_VERSION });
        }
        if found < FORMAT_VERSION || body.len() != CHECKSUM_AT {
            return Err(damaged());
        }
        let store = take(&mut rest).ok_or_else(damaged)?;
        let mut number = || take(&mut rest).map(u32::from_le_bytes).ok_or_else(damaged);
        let cost = KdfCost { memory_kib: number()?, passes: number()?, lanes: number()? };
        let cost = cost.check().map_err(|refused| StoreError::damaged(format!("the header ({refused})")))?;
        let salt = take(&mut rest).ok_or_else(damaged)?;
        let wrapped = take(&mut rest).ok_or_else(damaged)?;
        Ok(Self { store, cost, salt, wrapped })
    }
}

/// `magic || u16(format version) || store id || u32(memory) || u32(passes) || u32(lanes) || salt`: the start of the
/// file, and what the wrapped root key is bound to.
fn bound(store: StoreId, cost: KdfCost, salt: &KdfSalt) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(CHECKSUM_AT);
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
    bytes.extend_from_slice(&store);
    for number in [cost.memory_kib, cost.passes, cost.lanes] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes.extend_from_slice(salt);
    bytes
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

    fn bytes() -> Vec<u8> {
        Header::wrap([5; 16], &RootKey::generate(), &passphrase("right"), KdfCost::LEAST).unwrap().to_bytes()
    }

    fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
        bytes.truncate(bytes.len() - CHECKSUM_LEN);
        Header::with_checksum(&bytes)
    }

    #[test]
    fn the_file_is_as_long_as_its_specification_says() {
        assert_eq!((SALT_AT, WRAPPED_AT, CHECKSUM_AT, bytes().len()), (38, 70, 118, 150));
    }

    #[test]
    fn a_changed_or_cut_header_is_damaged_and_not_a_wrong_passphrase() {
        // T3
        let bytes = bytes();
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut altered = bytes.clone();
                altered[at] ^= 1 << bit;
                assert!(matches!(Header::parse(&altered), Err(StoreError::Damaged { .. })), "bit {bit} of byte {at}");
            }
            assert!(matches!(Header::parse(&bytes[..at]), Err(StoreError::Damaged { .. })), "cut to {at} bytes");
        }
        let longer = [&*bytes, b"\0"].concat();
        assert!(matches!(Header::parse(&longer), Err(StoreError::Damaged { .. })));
    }

    #[test]
    fn forging_the_checksum_does_not_help() {
        // T3: what the checksum lets through, the seal of the root key does not.
        let bytes = bytes();
        for at in 0..CHECKSUM_AT {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            let opened = Header::parse(&with_checksum(altered)).and_then(|header| header.unwrap(&passphrase("right")));
            assert!(opened.is_err(), "byte {at} was changed");
        }
    }

    #[test]
    fn a_header_cannot_ask_for_more_memory_than_there_is() {
        let mut altered = bytes();
        altered[26..30].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(matches!(Header::parse(&with_checksum(altered)), Err(StoreError::Damaged { .. })));
    }

    #[test]
    fn a_newer_format_is_told_from_damage_whatever_follows() {
        let mut altered = bytes();
        altered[8..10].copy_from_slice(&2_u16.to_le_bytes());
        altered.splice(40..40, [1; 300]);
        let newer = Header::parse(&with_checksum(altered));
        assert!(matches!(newer, Err(StoreError::NewerFormat { found: 2, known: 1 })));
    }
}
