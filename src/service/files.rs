//! Files of the person's: backups and imports. Bounded before they are read, so that no file fills the memory.

use std::{
    fs::{self, File},
    io::{self, Read as _, Write as _},
    path::Path,
};

use zeroize::Zeroizing;

use super::ServiceError;
use crate::domain::import::{self, MAX_IMPORT_BYTES};

/// A backup has at most 500 versions of 25 KiB each, and a little around them.
pub const MOST_BACKUP_BYTES: u64 = 16 << 20;

/// Reads a backup.
pub fn read_backup(path: &Path) -> Result<Vec<u8>, ServiceError> {
    let bytes = read_at_most(path, MOST_BACKUP_BYTES, "Reading the backup", "a backup")?;
    Ok(bytes.to_vec())
}

/// Writes a backup beside its final name first, so that a cut-short one never carries it.
pub fn write_backup(path: &Path, blob: &[u8]) -> Result<(), ServiceError> {
    let failed = |source| ServiceError::File { doing: "Writing the backup", source };
    let mut partial = path.as_os_str().to_owned();
    partial.push(".part");
    let write = || -> io::Result<()> {
        let mut file = File::create(&partial)?;
        file.write_all(blob)?;
        file.sync_all()?;
        fs::rename(&partial, path)
    };
    write().inspect_err(|_| drop(fs::remove_file(&partial))).map_err(failed)
}

/// Reads and understands a file with secrets to import.
pub fn read_import(path: &Path) -> Result<Vec<import::Row>, ServiceError> {
    let bytes = read_at_most(path, MAX_IMPORT_BYTES, "Reading the file", "a file to import")?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(import::read(&name, &bytes)?)
}

fn read_at_most(
    path: &Path,
    most: u64,
    doing: &'static str,
    what: &'static str,
) -> Result<Zeroizing<Vec<u8>>, ServiceError> {
    let failed = |source| ServiceError::File { doing, source };
    let too_large = ServiceError::FileTooLarge { what, most_mib: most >> 20 };
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_dir() {
        return Err(failed(io::Error::from(io::ErrorKind::IsADirectory)));
    }
    if metadata.len() > most {
        return Err(too_large);
    }
    // Room for all of it at once: a buffer that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(metadata.len() as usize + 1));
    file.take(most + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > most { Err(too_large) } else { Ok(bytes) }
}
