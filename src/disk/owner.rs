//! Whose files are, and who else can reach them (T7).

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// What came of narrowing a file or folder to its owner.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Narrowed {
    /// It was its owner's alone.
    Was,
    /// It was open to others, and is not any more.
    Now,
    /// It stays open to others: its file system has no modes, or nothing on it can be changed.
    Cannot,
    /// It belongs to another account, which can do with it what it likes.
    Foreign,
}

/// Narrows a regular file or a folder to its owner, if others can reach it. Links, pipes and devices are left alone: nothing is read
/// from them. Where root does it, what belongs to the owner of `home` is as it should be.
#[cfg(unix)]
pub fn narrow(path: &Path, home: &Path) -> io::Result<Narrowed> {
    use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
    let is_open = |found: &fs::Metadata| found.mode() & 0o077 != 0;
    let found = fs::symlink_metadata(path)?;
    if !found.is_file() && !found.is_dir() {
        return Ok(Narrowed::Was);
    }
    let mut narrowed = Narrowed::Was;
    if is_open(&found) {
        let mut options = fs::OpenOptions::new();
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.read(true).custom_flags(flags.bits().cast_signed());
        // By what is open: whoever can write the folder may put something else under that name.
        let set = options.open(path).and_then(|file| {
            let mode = file.metadata()?.mode() & 0o700;
            file.set_permissions(fs::Permissions::from_mode(mode))?;
            Ok(!is_open(&file.metadata()?))
        });
        narrowed = if set.unwrap_or(false) { Narrowed::Now } else { Narrowed::Cannot };
    }
    Ok(if is_foreign(&found, home)? { Narrowed::Foreign } else { narrowed })
}

/// Elsewhere there are no modes to narrow.
#[cfg(not(unix))]
pub fn narrow(_path: &Path, _home: &Path) -> io::Result<Narrowed> {
    Ok(Narrowed::Was)
}

/// Whether something belongs to neither us nor root, nor, where we are root, to the owner of `home`.
#[cfg(unix)]
fn is_foreign(found: &fs::Metadata, home: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let we = rustix::process::geteuid();
    if found.uid() == we.as_raw() || found.uid() == 0 {
        return Ok(false);
    }
    Ok(!we.is_root() || fs::metadata(home)?.uid() != found.uid())
}

/// Whether others than the owner can read a file; `false` where that cannot be told.
pub fn is_open_to_others(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        fs::metadata(path).is_ok_and(|found| found.is_file() && found.mode() & 0o044 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

/// Whether others than the owner can make and remove files in a folder; `false` where that cannot be told.
pub fn others_can_write(folder: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        fs::metadata(folder).is_ok_and(|found| found.mode() & 0o022 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        false
    }
}

/// What root makes in somebody's folder belongs to them: otherwise they could not open their own store any more.
#[cfg(unix)]
pub(super) fn give_file(path: &Path, file: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    if file.metadata()?.uid() != 0 {
        return Ok(());
    }
    let owner = fs::metadata(super::folder_of(path))?;
    // Root's own, or a folder for everybody such as /tmp.
    if owner.uid() == 0 || owner.mode() & 0o1000 != 0 {
        return Ok(());
    }
    fchown(file, Some(owner.uid()), Some(owner.gid()))
}

/// The same for a folder. No link is followed, which the owner of the folder around it could have put there meanwhile.
#[cfg(unix)]
pub(super) fn give_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::DIRECTORY;
    let folder = fs::OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)?;
    give_file(path, &folder)
}

#[cfg(not(unix))]
pub(super) fn give_file(_path: &Path, _file: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
pub(super) fn give_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};

    use super::super::{Existing, create_new, make_folder, write_out};
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn what_is_open_to_others_is_narrowed_and_a_link_is_not_followed() {
        // T7
        let home = tempfile::tempdir().unwrap();
        let (path, link) = (home.path().join("file"), home.path().join("link"));
        fs::write(&path, "x").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        symlink(&path, &link).unwrap();
        assert!(is_open_to_others(&path));
        assert_eq!((narrow(&link, home.path()).unwrap(), mode(&path)), (Narrowed::Was, 0o644));
        let twice = [(); 2].map(|()| narrow(&path, home.path()).unwrap());
        assert_eq!((twice, mode(&path)), ([Narrowed::Now, Narrowed::Was], 0o600));
    }

    #[test]
    fn what_root_makes_in_somebodys_folder_is_theirs_unless_it_was_asked_for_in_a_file() {
        // T7
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        let uid = |name: &str| fs::metadata(at(name)).unwrap().uid();
        let we = fs::metadata(home.path()).unwrap().uid();
        let they = if we == 0 { 1002 } else { we };
        // Only root gives a folder to somebody; anybody else goes on being who they are.
        chown(home.path(), Some(they), None).unwrap();
        drop(create_new(&at("part of a store")).unwrap());
        make_folder(&at("a/b")).unwrap();
        write_out(&at("asked for"), Existing::Kept, |_| Ok(())).unwrap();
        assert_eq!(["part of a store", "a", "a/b", "asked for"].map(uid), [they, they, they, we]);
        assert_eq!(narrow(&at("a"), home.path()).unwrap(), Narrowed::Was);
        if we == 0 {
            chown(at("a"), Some(1003), None).unwrap();
            assert_eq!(narrow(&at("a"), home.path()).unwrap(), Narrowed::Foreign);
        }
    }
}
