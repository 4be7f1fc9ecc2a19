//! A sealed blob that stands alone: one secret taken out of a store, to be put back into the same store.

use zeroize::Zeroizing;

use super::{
    Sealer, TAG_LEN, random,
    sealer::{append_padded, padded_len, remove_padding},
};

const MAGIC: &[u8; 8] = b"\x89TRSBAK\n";
const LABEL: &[u8] = b"tresor backup";
/// The newest format of a backup. It counts for itself: stores have other versions.
const FORMAT_VERSION: u16 = 2;
/// Backups of this version and older are not padded.
const UNPADDED: u16 = 1;
const SALT_AT: usize = 8 + 2 + 16;
const BODY_AT: usize = SALT_AT + 16;

/// Why a backup does not open.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BackupError {
    /// It was made here, and changed or cut short since.
    #[error("This backup was changed or cut short. Use another copy of it.")]
    Damaged,
    /// A newer program made it.
    #[error(
        "This backup was made by a newer version of Tresor (format {found}; this one knows {known}). Update, then try again."
    )]
    NewerFormat {
        /// The version it states.
        found: u16,
        /// The newest version this program reads.
        known: u16,
    },
    /// It is some other file.
    #[error("This is not a Tresor backup.")]
    NotABackup,
    /// It was made by another store.
    #[error("This backup belongs to another store. Open the store it was made in, then restore it there.")]
    OtherStore,
}

impl Sealer {
    /// `backup = head || AES-256-GCM[backup key, nonce = 0](pad(plaintext), ad = head)` where
    ///
    /// - `head = magic || u16(format version) || store id || salt`, with `magic = 0x89 "TRSBAK" 0x0A`
    /// - `salt = random(16)`
    /// - `backup key = HKDF[salt, "tresor backup"](root key, 32)`
    /// - `pad` is that of [`Sealer::seal`]: the length of a backup tells little about a value's
    pub fn seal_backup(&self, plaintext: &[u8]) -> Vec<u8> {
        let salt: [u8; 16] = random::bytes();
        let mut backup = Vec::with_capacity(BODY_AT + padded_len(plaintext.len()) + TAG_LEN);
        backup.extend_from_slice(MAGIC);
        backup.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
        backup.extend_from_slice(&self.store());
        backup.extend_from_slice(&salt);
        let head = backup.clone();
        append_padded(&mut backup, plaintext);
        self.seal_in_place(&salt, LABEL, &head, &mut backup, BODY_AT);
        backup
    }

    /// The reverse of [`Sealer::seal_backup`], and of what it did in version 1, without padding. Backups made before the root key was
    /// renewed open too.
    pub fn open_backup(&self, backup: &[u8]) -> Result<Zeroizing<Vec<u8>>, BackupError> {
        let Some(rest) = backup.strip_prefix(MAGIC) else {
            let is_cut_in_the_magic = !backup.is_empty() && MAGIC.starts_with(backup);
            return Err(if is_cut_in_the_magic { BackupError::Damaged } else { BackupError::NotABackup });
        };
        let Some((version, _)) = rest.split_first_chunk() else { return Err(BackupError::Damaged) };
        let found = u16::from_le_bytes(*version);
        if FORMAT_VERSION < found {
            return Err(BackupError::NewerFormat { found, known: FORMAT_VERSION });
        }
        if found < UNPADDED || backup.len() < BODY_AT + TAG_LEN {
            return Err(BackupError::Damaged);
        }
        let (head, body) = backup.split_at(BODY_AT);
        if head[10..SALT_AT] != self.store() {
            return Err(BackupError::OtherStore);
        }
        let damaged = |super::NotAuthentic| BackupError::Damaged;
        let mut opened = self.open_body(&head[SALT_AT..], LABEL, head, body);
        let mut older = self.before();
        while let (Err(super::NotAuthentic), Some(sealer)) = (&opened, older) {
            opened = sealer.open_body(&head[SALT_AT..], LABEL, head, body);
            older = sealer.before();
        }
        let mut plain = opened.map_err(damaged)?;
        if found > UNPADDED {
            remove_padding(&mut plain).map_err(damaged)?;
        }
        Ok(plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::RootKey;

    #[test]
    fn a_backup_opens_only_whole_and_in_its_own_store() {
        let sealer = Sealer::new(RootKey::generate(), [1; 16]);
        let backup = sealer.seal_backup(b"all versions");
        assert_eq!(sealer.open_backup(&backup).map(|plain| plain.to_vec()), Ok(b"all versions".to_vec()));

        let open = |bytes: &[u8]| sealer.open_backup(bytes).map(|plain| plain.to_vec());
        let other = Sealer::new(RootKey::generate(), [2; 16]).seal_backup(b"all versions");
        assert_eq!(open(&other), Err(BackupError::OtherStore));
        assert_eq!(open(b"PK\x03\x04 some other file"), Err(BackupError::NotABackup));
        assert_eq!(open(b""), Err(BackupError::NotABackup));
        for len in 1..backup.len() {
            assert_eq!(open(&backup[..len]), Err(BackupError::Damaged), "cut to {len} bytes");
        }
        for at in 0..backup.len() {
            let mut altered = backup.clone();
            altered[at] ^= 0x10;
            assert!(open(&altered).is_err(), "byte {at} was changed");
        }
        let longer = [&*backup, b"\0"].concat();
        assert_eq!(open(&longer), Err(BackupError::Damaged));
    }

    #[test]
    fn a_backup_of_a_newer_program_says_so() {
        let sealer = Sealer::new(RootKey::generate(), [1; 16]);
        let mut backup = sealer.seal_backup(b"x");
        backup[8..10].copy_from_slice(&3_u16.to_le_bytes());
        assert_eq!(sealer.open_backup(&backup).err(), Some(BackupError::NewerFormat { found: 3, known: 2 }));
        backup[8..10].copy_from_slice(&0_u16.to_le_bytes());
        assert_eq!(sealer.open_backup(&backup).err(), Some(BackupError::Damaged));
    }

    #[test]
    fn the_length_of_a_backup_tells_little_of_what_is_in_it() {
        // T1
        let sealer = Sealer::new(RootKey::generate(), [1; 16]);
        let length = |len: usize| sealer.seal_backup(&vec![0x80; len]).len();
        assert!((0..64).all(|len| length(len) == length(0)));
        assert!((64..128).all(|len| length(len) == length(0) + 64));
        for len in [0, 1, 63, 64, 25_600] {
            let plain = vec![0x80; len];
            assert_eq!(sealer.open_backup(&sealer.seal_backup(&plain)).map(|plain| plain.to_vec()), Ok(plain));
        }
    }

    #[test]
    fn a_backup_of_version_1_opens_without_padding() {
        let sealer = Sealer::new(RootKey::generate(), [1; 16]);
        // Ends as padding would: nothing may be taken off.
        let plaintext = b"all versions\x80\0\0";
        let salt = [7; 16];
        let head = [&MAGIC[..], &1_u16.to_le_bytes(), &sealer.store(), &salt].concat();
        let mut backup = [&head[..], plaintext].concat();
        sealer.seal_in_place(&salt, LABEL, &head, &mut backup, BODY_AT);
        assert_eq!(sealer.open_backup(&backup).map(|plain| plain.to_vec()), Ok(plaintext.to_vec()));
        backup[8..10].copy_from_slice(&2_u16.to_le_bytes());
        assert_eq!(sealer.open_backup(&backup).err(), Some(BackupError::Damaged), "the version is sealed too");
    }
}
