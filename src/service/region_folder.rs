//! Where a region's files may be moved to.

use std::{
    fs, io,
    path::{Component, Path, PathBuf},
};

use crate::domain::RegionName;

/// Why a folder cannot take a region's files.
#[derive(Debug, thiserror::Error)]
pub enum FolderUnfit {
    /// Something lies in it.
    #[error("This folder is not empty. Choose an empty or a new folder for the region: {}", .0.display())]
    NotEmpty(PathBuf),
    /// It is a file, or would lie under one.
    #[error("A region is kept in a folder, and this is a file: {}", .0.display())]
    IsAFile(PathBuf),
    /// It lies in the store's own folder, so that losing the one loses the other.
    #[error("This folder lies in the store itself. Choose one outside of it, best on another disk: {}", .0.display())]
    InsideStore(PathBuf),
    /// The system does not let it be looked at.
    #[error("Could not look at the folder: {source}: {}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// The folder that is meant, in full, if the files of `region` can be moved there: it is empty or not there yet, and lies
/// outside of the store in `store`, or is the very place that the region had in it. Changes nothing.
pub fn folder_for_region(folder: &Path, region: RegionName, store: Option<&Path>) -> Result<PathBuf, FolderUnfit> {
    let full = resolved(folder)?;
    if let Some(store) = store {
        let store = resolved(store)?;
        if full.starts_with(&store) && full != store.join(region.as_str()) {
            return Err(FolderUnfit::InsideStore(full));
        }
    }
    match fs::read_dir(&full).map(|mut entries| entries.next()) {
        Ok(None) => Ok(full),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(full),
        Ok(Some(_)) => Err(FolderUnfit::NotEmpty(full)),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Err(FolderUnfit::IsAFile(full)),
        Err(source) => Err(FolderUnfit::Unreadable { path: full, source }),
    }
}

/// The path from the root on, with links followed as far as it is there.
fn resolved(path: &Path) -> Result<PathBuf, FolderUnfit> {
    let unreadable = |source| FolderUnfit::Unreadable { path: path.to_path_buf(), source };
    let mut full = PathBuf::new();
    for component in std::path::absolute(path).map_err(unreadable)?.components() {
        match component {
            Component::ParentDir => drop(full.pop()),
            component => full.push(component),
        }
        match fs::canonicalize(&full) {
            Ok(found) => full = found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Err(FolderUnfit::IsAFile(full)),
            Err(source) => return Err(unreadable(source)),
        }
    }
    Ok(full)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region() -> RegionName {
        RegionName::parse("westeurope").unwrap()
    }

    #[test]
    fn a_region_moves_only_where_there_is_nothing_and_out_of_the_store() {
        // T5
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let store = at("store");
        for name in ["store/westeurope", "empty", "full"] {
            fs::create_dir_all(at(name)).unwrap();
        }
        fs::write(at("full/file"), "").unwrap();
        let told = |path: &Path| folder_for_region(path, region(), Some(&store));
        assert!(told(&at("empty")).is_ok_and(|found| found.ends_with("empty")));
        assert!(told(&at("new/and/deeper")).is_ok_and(|found| found.ends_with("new/and/deeper")));
        assert!(told(&at("store/../new")).is_ok_and(|found| !found.starts_with(&store)));
        assert!(told(&at("storage")).is_ok(), "a name that begins alike is another folder");
        assert!(told(&at("store/westeurope")).is_ok(), "home again");
        for inside in ["store", "store/new", "store/westeurope/new", "full/../store/new", "new/../store/new"] {
            assert!(matches!(told(&at(inside)), Err(FolderUnfit::InsideStore(_))), "{inside}");
        }
        assert!(matches!(told(&at("full")), Err(FolderUnfit::NotEmpty(_))));
        for file in ["full/file", "full/file/new"] {
            assert!(matches!(told(&at(file)), Err(FolderUnfit::IsAFile(_))), "{file}");
        }
        assert!(!at("new").exists(), "asking makes nothing");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_into_the_store_leads_into_the_store() {
        // T5
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("store");
        fs::create_dir(&store).unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&store, &link).unwrap();
        assert!(matches!(
            folder_for_region(&link.join("new"), region(), Some(&store)),
            Err(FolderUnfit::InsideStore(_))
        ));
    }
}
