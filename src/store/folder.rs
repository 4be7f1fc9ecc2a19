//! The store folder: making it, locking it, and changing a small file in it without a moment at which it is half
//! written.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::{Partition, StoreError, header, mark};
use crate::disk;

const LOCK_NAME: &str = "lock";

/// Who has a store open: whoever else wants it waits for a command, which ends by itself, and tells people of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A person has it open in a window.
    Window,
    /// A command works on it.
    Command,
}

/// Marks a command in the lock file, between the program's name and its process.
const COMMAND: &str = " command (process ";

impl Holder {
    /// As the lock file says it.
    fn text(self, program: &Path) -> String {
        let program = program.display();
        match self {
            Self::Window => format!("{program} (process {})", std::process::id()),
            Self::Command => format!("{program}{COMMAND}{})", std::process::id()),
        }
    }

    /// Who it is that the lock file names.
    pub(super) fn of(text: &str) -> Self {
        if text.contains(COMMAND) { Self::Command } else { Self::Window }
    }
}

/// Holds a store for this handle alone, until it is dropped or the process ends.
pub(super) struct FolderLock {
    file: File,
    holder: Holder,
    is_told: bool,
}

impl FolderLock {
    /// Takes the lock of the store in `folder`, and says in the lock file who did.
    pub(super) fn take(folder: &Path, holder: Holder) -> Result<Self, StoreError> {
        let path = folder.join(LOCK_NAME);
        let opened = disk::open_to_change(&path).or_else(|error| match error.kind() {
            // A medium that cannot be written to is still read, and still held where it can be.
            io::ErrorKind::ReadOnlyFilesystem => disk::open_to_read(&path).map_err(|_missing| error),
            _ => Err(error),
        });
        let file = opened.map_err(|source| StoreError::from_io("open the store's lock file", folder, source))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut by = String::new();
                // Who it is helps, and is not needed.
                let is_read = file.take(256).read_to_string(&mut by).is_ok();
                let by = Some(by.trim().to_owned()).filter(|by| is_read && !by.is_empty());
                return Err(StoreError::AlreadyOpen { by });
            }
            Err(TryLockError::Error(source)) => {
                return Err(StoreError::Io { doing: "lock the store", source });
            }
        }
        Ok(Self { file, holder, is_told: false })
    }

    /// Says in the lock file who holds the store. Only for who has shown to be at home in it: nothing is written into a folder before
    /// its passphrase was right (T7).
    pub(super) fn tell(&mut self) {
        let program = std::env::current_exe().ok();
        let program = program.as_deref().and_then(Path::file_name).unwrap_or_else(|| "tresor".as_ref());
        if disk::has_other_names(&self.file) {
            // Whoever could write the folder may have linked a file of ours to it.
            return;
        }
        // On a full disk a store can still be read, and then nobody learns who has it open.
        let text = self.holder.text(program.as_ref());
        let _ = self.file.set_len(0).and_then(|()| self.file.write_all(text.as_bytes()));
        self.is_told = true;
    }
}

impl Drop for FolderLock {
    fn drop(&mut self) {
        if self.is_told {
            // Nobody has it open now. A name left behind would only be read while another holds the lock.
            let _ = self.file.set_len(0);
        }
        // Closing alone is not enough: a process that is just being started from this one holds a copy for a moment.
        let _ = self.file.unlock();
    }
}

/// The end of the name of a file that says where a partition's folder lies, if elsewhere.
const ELSEWHERE: &str = "folder";

/// No system has longer paths, in bytes.
const MOST_PATH: u64 = 4096;

/// The folder of a partition of the store in `store`: in it, or where a file beside it says.
pub(super) fn of_partition(store: &Path, partition: &Partition) -> Result<PathBuf, StoreError> {
    let own = store.join(partition.as_str());
    let read = disk::read(&own.with_extension(ELSEWHERE), MOST_PATH).and_then(|bytes| {
        String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.utf8_error()))
    });
    match read {
        Ok(elsewhere) => Ok(PathBuf::from(elsewhere.trim_end_matches(['\r', '\n']))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(own),
        Err(source) => Err(StoreError::from_io("read where a partition lies", store, source)),
    }
}

/// Says where a partition's folder lies from now on; `None`: in the store. Durable when this returns.
pub(super) fn put_partition(store: &Path, partition: &Partition, elsewhere: Option<&Path>) -> Result<(), StoreError> {
    let name = format!("{partition}.{ELSEWHERE}");
    let Some(path) = elsewhere else {
        let removed = fs::remove_file(store.join(name)).and_then(|()| sync(store));
        return removed.map_err(|source| StoreError::from_io("write the store folder", store, source));
    };
    let failed = || io::Error::new(io::ErrorKind::InvalidInput, "its name is no Unicode text");
    let text = path.to_str().ok_or_else(failed);
    let text = text.map_err(|source| StoreError::from_io("name the folder", store, source))?;
    replace_file(store, &name, text.as_bytes())
}

/// The partitions that the store in `folder` may have: those that have a folder with something in it, here or elsewhere.
pub(super) fn partitions(folder: &Path) -> Result<Vec<Partition>, StoreError> {
    let failed = |source| StoreError::from_io("look into the store folder", folder, source);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let name = name.strip_suffix(ELSEWHERE).and_then(|name| name.strip_suffix('.')).unwrap_or(name);
        let Ok(partition) = name.parse::<Partition>() else { continue };
        let own = of_partition(folder, &partition)?;
        if ["a.redb", "b.redb"].iter().any(|name| own.join(name).is_file()) && !found.contains(&partition) {
            found.push(partition);
        }
    }
    found.sort();
    Ok(found)
}

/// Whether there is a store in `folder`, whole or not.
pub(super) fn holds_store(folder: &Path) -> bool {
    folder.join(header::FILE_NAME).is_file()
}

/// Refuses a path at which there is no store.
pub(super) fn check_store(folder: &Path) -> Result<(), StoreError> {
    let path = || folder.to_path_buf();
    match fs::metadata(folder) {
        Ok(found) if !found.is_dir() => Err(StoreError::NotAFolder { path: path() }),
        Ok(_) if !holds_store(folder) => Err(StoreError::NotAStore { path: path() }),
        Ok(_) => Ok(()),
        Err(source) if source.kind() == io::ErrorKind::NotFound => Err(StoreError::Missing { path: path() }),
        Err(source) if source.kind() == io::ErrorKind::NotADirectory => Err(StoreError::NotAFolder { path: path() }),
        Err(source) => Err(StoreError::from_io("look at the store folder", folder, source)),
    }
}

/// A folder for a new store. Unless it is kept, dropping this takes away what was made.
pub(super) struct NewFolder<'a> {
    folder: &'a Path,
    is_new: bool,
    is_kept: bool,
}

impl<'a> NewFolder<'a> {
    /// Makes the folder, or takes an empty one.
    pub(super) fn prepare(folder: &'a Path) -> Result<Self, StoreError> {
        let path = || folder.to_path_buf();
        let is_new = match fs::metadata(folder) {
            Ok(found) if !found.is_dir() => return Err(StoreError::NotAFolder { path: path() }),
            Ok(_) => {
                let holds_something = fs::read_dir(folder)
                    .map_err(|source| StoreError::from_io("look into the folder", folder, source))?
                    .next()
                    .is_some();
                if holds_something {
                    return Err(StoreError::NotEmpty { path: path() });
                }
                false
            }
            Err(source) if source.kind() == io::ErrorKind::NotFound => true,
            Err(source) if source.kind() == io::ErrorKind::NotADirectory => {
                return Err(StoreError::NotAFolder { path: path() });
            }
            Err(source) => return Err(StoreError::from_io("look at the folder", folder, source)),
        };
        disk::make_folder(folder).map_err(|source| StoreError::from_io("make the store folder", folder, source))?;
        // One that was there may be open to others. Where it stays so, that is said when the store is there.
        drop(disk::narrow(&fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf()), folder));
        Ok(Self { folder, is_new, is_kept: false })
    }

    /// The store in it is complete.
    pub(super) fn keep(mut self) {
        self.is_kept = true;
    }
}

impl Drop for NewFolder<'_> {
    fn drop(&mut self) {
        if self.is_kept {
            return;
        }
        // It was empty or not there, so all it holds is half a store. What cannot be taken away is not a store either:
        // the header, written last, is missing.
        let Ok(entries) = fs::read_dir(self.folder) else { return };
        for entry in entries.flatten() {
            // Others may put files of their own into a folder that was empty.
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            let is_partition = name.parse::<Partition>().is_ok() && entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_partition {
                let own = entry.path();
                for file in ["a.redb", "b.redb", mark::FILE_NAME] {
                    let _ = fs::remove_file(own.join(file));
                }
                let _ = fs::remove_dir(own);
            } else if name == LOCK_NAME || super::whole::is_ours(name) || name.ends_with(".folder") {
                let _ = fs::remove_file(entry.path());
            }
        }
        if self.is_new {
            let _ = fs::remove_dir(self.folder);
        }
    }
}

/// Writes a file beside the old one, then puts it in its place; durable when this returns.
pub(super) fn replace_file(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
    disk::replace(folder, name, bytes).map_err(|source| StoreError::from_io("write the store folder", folder, source))
}

/// Makes names in `folder` durable, where the system needs to be told.
pub(super) fn sync(folder: &Path) -> io::Result<()> {
    disk::sync_folder(folder)
}
