//! A store is its owner's alone: what is open to others is closed to them, and where it cannot be, that is said (T7).

use std::fs;
use std::path::{Path, PathBuf};

use super::header::Header;
use super::renewal::folders_of;
use super::{StoreError, whole};
use crate::disk::{self, Narrowed};

/// Narrows the folders and files of the store in `store` to their owner, and takes leftovers away; what was done and what could not be, in
/// sentences. Only for who has shown to be at home in it.
pub(super) fn keep_to_owner(store: &Path) -> Result<Vec<String>, StoreError> {
    let id = Header::read(store)?.store;
    let store = real(store);
    let mut folders = vec![store.clone()];
    for (_, folder) in folders_of(&store)? {
        let folder = real(&folder);
        // Where else a region lies is a hint that anybody may have written, and a link that anybody may have made: only what says itself that
        // it belongs to this store is touched.
        if folder.starts_with(&store) || Header::read(&folder).is_ok_and(|header| header.store == id) {
            folders.push(folder);
        }
    }
    let mut narrowed = 0;
    let (mut open, mut foreign) = (Vec::new(), Vec::new());
    for folder in &folders {
        disk::remove_leftovers(folder);
        let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let (mut files, others): (Vec<_>, Vec<_>) = entries.partition(|path| is_part(path));
        if folder.starts_with(&store) || others.is_empty() {
            files.push(folder.clone());
        } else if disk::others_can_write(folder) {
            // It is there for other things too, and stays as they need it.
            open.push(folder);
        }
        for path in files {
            match disk::narrow(&path, &store) {
                Ok(Narrowed::Now) => narrowed += 1,
                Ok(Narrowed::Cannot) if !open.contains(&folder) => open.push(folder),
                Ok(Narrowed::Foreign) if !foreign.contains(&folder) => foreign.push(folder),
                // One that went in between is nobody's.
                Ok(_) | Err(_) => {}
            }
        }
    }
    let mut notices = Vec::new();
    if narrowed > 0 {
        let what = if narrowed == 1 { "1 file or folder".to_owned() } else { format!("{narrowed} files or folders") };
        notices.push(format!(
            "Other accounts on this computer could access {what} of this store. Access is now restricted to yours."
        ));
    }
    notices.extend(open.iter().map(|folder| {
        format!(
            "Other accounts on this computer can access {}: its file system has no permissions, or the folder also contains other files.",
            folder.display()
        )
    }));
    notices.extend(foreign.iter().map(|folder| {
        format!(
            "{} or a file in it belongs to another account of this computer, which can read and change its contents.",
            folder.display()
        )
    }));
    Ok(notices)
}

/// Where a folder is; a person may have put a link in its place.
fn real(folder: &Path) -> PathBuf {
    fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf())
}

/// Whether a file in a folder of a store is part of it.
fn is_part(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    whole::is_ours(name) || name == "lock" || [".folder", ".new", ".rekey"].iter().any(|end| name.ends_with(end))
}
