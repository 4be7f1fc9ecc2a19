//! A store is its owner's alone: what is open to others is closed to them, and where it cannot be, that is said (T7).

use std::fs;
use std::path::{Path, PathBuf};

use super::renewal::folders_of;
use super::{StoreError, whole};
use crate::disk::{self, Narrowed};

/// Narrows the folders and files of the store in `store` to their owner, and takes leftovers away; what was done and what could not be, in
/// sentences. Only for who has shown to be at home in it.
pub(super) fn keep_to_owner(store: &Path) -> Result<Vec<String>, StoreError> {
    let mut folders = vec![store.to_path_buf()];
    folders.extend(folders_of(store)?.into_iter().map(|(_, folder)| folder));
    let mut narrowed = 0;
    let (mut open, mut foreign): (Vec<PathBuf>, Vec<PathBuf>) = (Vec::new(), Vec::new());
    for named in folders {
        // A person may have put a link where the folder of a store or of a region is.
        let folder = &fs::canonicalize(&named).unwrap_or(named);
        disk::remove_leftovers(folder);
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let files = entries.map(|entry| entry.path()).filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            whole::is_ours(name)
                || name == "lock"
                || [".folder", ".new", ".rekey"].iter().any(|end| name.ends_with(end))
        });
        for path in std::iter::once(folder.clone()).chain(files) {
            match disk::narrow(&path, store) {
                Ok(Narrowed::Now) => narrowed += 1,
                Ok(Narrowed::Cannot) if !open.contains(folder) => open.push(folder.clone()),
                Ok(Narrowed::Foreign) if !foreign.contains(folder) => foreign.push(folder.clone()),
                // One that went in between is nobody's.
                Ok(_) | Err(_) => {}
            }
        }
    }
    let mut notices = Vec::new();
    if narrowed > 0 {
        notices.push(format!(
            "Files of this store were open to other accounts of this computer ({narrowed}); now they are yours alone."
        ));
    }
    notices.extend(open.iter().map(|folder| {
        format!(
            "{} stays open to other accounts of this computer: its file system keeps no permissions, or cannot be changed.",
            folder.display()
        )
    }));
    notices.extend(foreign.iter().map(|folder| {
        format!(
            "{} or a file in it belongs to another account of this computer, which can read and change what lies there.",
            folder.display()
        )
    }));
    Ok(notices)
}
