//! A sealed blob that stands alone: one secret taken out of a store, to be put back into the same store.

use zeroize::Zeroizing;

use super::{FORMAT_VERSION, Sealer, TAG_LEN, random};

const MAGIC: &[u8; 8] = b"\x89TRSBAK\n";
const LABEL: &[u8] = b"tresor backup";
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
    /// `backup = head || AES-256-GCM[backup key, nonce = 0](plaintext, ad = head)` where
    ///
    /// - `head = magic || u16(format version) || store id || salt`, with `magic = 0x89 "TRSBAK" 0x0A`
    /// - `salt = random(16)`
    /// - `backup key = HKDF[salt, "tresor backup"](root key, 32)`
    pub fn seal_backup(&self, plaintext: &[u8]) -> Vec<u8> {
        let salt: [u8; 16] = random::bytes();
        let mut backup = Vec::with_capacity(BODY_AT + plaintext.len() + TAG_LEN);
        backup.extend_from_slice(MAGIC);
        backup.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
        backup.extend_from_slice(&self.store());
        backup.extend_from_slice(&salt);
        let head = backup.clone();
        backup.extend_from_slice(plaintext);
        self.seal_in_place(&salt, LABEL, &head, &mut backup, BODY_AT);
        backup
    }

    /// The reverse of [`Sealer::seal_backup`].
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
        if found < FORMAT_VERSION || backup.len() < BODY_AT + TAG_LEN {
            return Err(BackupError::Damaged);
        }
        let (head, body) = backup.split_at(BODY_AT);
        if head[10..SALT_AT] != self.store() {
            return Err(BackupError::OtherStore);
        }
        self.open_body(&head[SALT_AT..], LABEL, head, body).map_err(|super::NotAuthentic| BackupError::Damaged)
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
        backup[8..10].copy_from_slice(&2_u16.to_le_bytes());
        assert_eq!(sealer.open_backup(&backup).err(), Some(BackupError::NewerFormat { found: 2, known: 1 }));
    }
}
