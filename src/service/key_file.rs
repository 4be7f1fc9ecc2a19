//! A key file: something one has, beside the passphrase that one knows.

use std::{
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use super::ServiceError;
use crate::crypto::{KeyFile, Passphrase, random};
use crate::disk;

/// A key file is not larger: 1 MiB. Larger ones are pictures and films, which change when they are edited.
pub const MOST_KEY_FILE_BYTES: u64 = 1 << 20;

/// A key file that is made has so many random bytes.
const NEW_BYTES: usize = 64;

/// What opens a store: a passphrase, and the path of the key file that goes with it.
pub struct Credentials {
    /// What is typed.
    pub passphrase: Passphrase,
    /// Where the key file lies; `None`: the store has none.
    pub key_file: Option<PathBuf>,
    /// Whether the key file is there, or made first.
    pub file_is: FileIs,
}

/// Whether a key file is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FileIs {
    /// It is.
    #[default]
    There,
    /// It is made, of random bytes.
    ToBeMade,
}

/// Why a key file was not read or made. Each is a sentence of its own.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It is not there.
    #[error("The key file is not there. Is its disk or stick plugged in? {}", .0.display())]
    Missing(PathBuf),
    /// It has no content, so it would add nothing.
    #[error("The key file is empty, so it protects nothing: {}", .0.display())]
    Empty(PathBuf),
    /// It has more than [`MOST_KEY_FILE_BYTES`].
    #[error("The key file is larger than 1 MiB. Choose a small one, or make a new one: {}", .0.display())]
    TooLarge(PathBuf),
    /// One is made only where nothing is.
    #[error("There is a file already, and it stays as it is. Choose another name for the new key file: {}", .0.display())]
    Exists(PathBuf),
    /// The system said no.
    #[error("The key file could not be {doing} ({source}): {}", path.display())]
    Io {
        /// `read` or `made`.
        doing: &'static str,
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Credentials {
    /// A passphrase with the key file at `key_file`.
    pub fn new(passphrase: Passphrase, key_file: Option<PathBuf>) -> Self {
        Self { passphrase, key_file, file_is: FileIs::There }
    }

    /// The passphrase together with what its key file holds, which is read now, and made before where that was said.
    pub fn read(self) -> Result<Passphrase, ServiceError> {
        if let (Some(path), FileIs::ToBeMade) = (&self.key_file, self.file_is) {
            create_key_file(path)?;
        }
        let file = self.key_file.as_deref().map(read_key_file).transpose()?;
        Ok(self.passphrase.with_key_file(file))
    }
}

impl From<Passphrase> for Credentials {
    fn from(passphrase: Passphrase) -> Self {
        Self::new(passphrase, None)
    }
}

/// Reads a key file of 1 byte to 1 MiB.
pub fn read_key_file(path: &Path) -> Result<KeyFile, KeyFileError> {
    let at = || path.to_path_buf();
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => KeyFileError::Missing(at()),
        _ => KeyFileError::Io { doing: "read", path: at(), source },
    };
    let file = disk::open_named(path).map_err(failed)?;
    // As much room as is needed at most, so that no copy is left behind by growing.
    let room = file.metadata().map_err(failed)?.len().min(MOST_KEY_FILE_BYTES);
    let mut content = Zeroizing::new(Vec::with_capacity(room as usize + 64));
    file.take(MOST_KEY_FILE_BYTES + 1).read_to_end(&mut content).map_err(failed)?;
    match content.len() as u64 {
        0 => Err(KeyFileError::Empty(at())),
        1..=MOST_KEY_FILE_BYTES => Ok(KeyFile::of(&content)),
        _ => Err(KeyFileError::TooLarge(at())),
    }
}

/// Makes a key file of 64 random bytes that its owner alone can read. What is there already is never replaced: it may be somebody's key.
pub fn create_key_file(path: &Path) -> Result<(), KeyFileError> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::AlreadyExists => KeyFileError::Exists(path.to_path_buf()),
        _ => KeyFileError::Io { doing: "made", path: path.to_path_buf(), source },
    };
    let mut file = disk::create_own(path).map_err(failed)?;
    let content = Zeroizing::new(random::bytes::<NEW_BYTES>());
    // Its name has to be as durable as it is: a header may need it that is on another disk.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    file.write_all(&*content).and_then(|()| file.sync_all()).and_then(|()| disk::sync_folder(folder)).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_missing_empty_or_too_large_in_its_own_words() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.key");
        let why = |path: &Path| read_key_file(path).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(why(&path).starts_with("The key file is not there."));
        std::fs::write(&path, "").unwrap();
        assert!(why(&path).starts_with("The key file is empty"));
        std::fs::write(&path, vec![7; MOST_KEY_FILE_BYTES as usize]).unwrap();
        assert!(read_key_file(&path).is_ok());
        std::fs::write(&path, vec![7; MOST_KEY_FILE_BYTES as usize + 1]).unwrap();
        assert!(why(&path).starts_with("The key file is larger than 1 MiB."));
        assert!(why(folder.path()).starts_with("The key file could not be read"));
    }

    #[test]
    fn a_new_key_file_is_random_for_its_owner_alone_and_replaces_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        create_key_file(&one).unwrap();
        create_key_file(&two).unwrap();
        let content = std::fs::read(&one).unwrap();
        assert!(content.len() == NEW_BYTES && content != std::fs::read(&two).unwrap());
        assert!(matches!(create_key_file(&one), Err(KeyFileError::Exists(_))));
        assert_eq!(std::fs::read(&one).unwrap(), content);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(one.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
