//! The one place that makes, opens and replaces files (T7).
//!
//! What the program makes is its owner's alone from the first byte, whatever the umask. No link is followed where none is
//! expected, so a folder that others can write leads no write astray; a pipe or a device is told from a file before it is
//! read. Names in a folder are durable when the call that made them returns.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// What a person named for output is there already.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Existing {
    /// It is replaced.
    Replaced,
    /// It stays, and nothing is written: an error of the kind [`io::ErrorKind::AlreadyExists`].
    Kept,
}

/// What came of narrowing a file or folder to its owner.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Narrowed {
    /// It was its owner's alone.
    Was,
    /// It was open to others, and is not any more.
    Now,
    /// It is open to others: its file system has no modes, or it belongs to somebody else.
    Cannot,
}

/// Makes a folder, and those it lies in, for the owner alone. One that is there stays as it is.
pub fn make_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        make_folder(parent)?;
    }
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(path) {
        // Somebody made it in between.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(error) => Err(error),
        Ok(()) => give_to_owner_of_folder(path, None),
    }
}

/// Makes a new file for the owner alone, to read and write. What is there already, be it a link, is an error.
pub fn create_new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    private(&mut options);
    let file = options.open(path)?;
    give_to_owner_of_folder(path, Some(&file))?;
    Ok(file)
}

/// Opens a regular file to read and write; where there is none, makes one for the owner alone. A link is an error.
pub fn open_to_change(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    private(&mut options);
    match options.open(path) {
        Ok(file) => regular(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => match create_new(path) {
            // Somebody made it in between.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => regular(options.open(path)?),
            made => made,
        },
        Err(error) => Err(error),
    }
}

/// Opens a regular file to read. A link, a pipe or a device is an error, at once.
pub fn open_to_read(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    private(&mut options);
    regular(options.open(path)?)
}

/// Opens a file that is there, also by way of a link: for what is recognised by what is in it before anything is written to it, as a
/// replica that somebody put on another disk is. A pipe or a device is an error, at once.
pub fn open_linked(path: &Path, access: Access) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(access == Access::Change);
    flags(&mut options, Links::Followed);
    regular(options.open(path)?)
}

/// What is done to a file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Access {
    /// It is read.
    Read,
    /// It is read and changed.
    Change,
}

/// Reads a regular file of at most `most` bytes; a longer one is an error.
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_to_read(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if most < bytes.len() as u64 {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("the file is longer than {most} bytes")));
    }
    Ok(bytes)
}

/// Puts a file in place of the one of that name, if there is one, in one step; durable when this returns. Where the last step
/// fails the old one is there, whole.
pub fn replace(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    put(&folder.join(name), Existing::Replaced, |file| io::Write::write_all(file, bytes))
}

/// Writes to a path that a person named: a pipe, a device or a socket is written to, a link is followed to what it leads to, and a file is
/// put there in one step, for the owner alone.
pub fn write_out(path: &Path, existing: Existing, fill: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(io::Error::from(io::ErrorKind::AlreadyExists)),
        Ok(found) if !found.is_file() => {
            let mut file = OpenOptions::new().write(true).open(path)?;
            fill(&mut file)
        }
        Ok(_) => match fs::canonicalize(path) {
            Ok(target) => put(&target, existing, fill),
            // A file that has no name any more, such as standard output into one that was removed.
            Err(_) => fill(&mut OpenOptions::new().write(true).truncate(true).open(path)?),
        },
        // A link to where nothing is: the file is made there.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let target = fs::read_link(path).map(|target| path.parent().unwrap_or(Path::new("")).join(target));
            put(&target.unwrap_or_else(|_| path.to_path_buf()), existing, fill)
        }
        Err(error) => Err(error),
    }
}

/// Whether [`write_out`] would write to a path, before anything is read for it.
pub fn takes_output(path: &Path, existing: Existing) -> bool {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => false,
        Ok(found) if found.is_file() => existing == Existing::Replaced,
        Ok(_) | Err(_) => true,
    }
}

/// Writes a file beside its name first, so that a cut-short one never carries it.
fn put(path: &Path, existing: Existing, fill: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let partial = folder.join(partial_name());
    let written = create_new(&partial).and_then(|mut file| {
        fill(&mut file)?;
        file.sync_all()
    });
    let placed = written.and_then(|()| match existing {
        Existing::Replaced => fs::rename(&partial, path),
        Existing::Kept => rename_to_nothing(&partial, path),
    });
    if placed.is_err() {
        // Half a file under that name is never read; it only takes room.
        drop(fs::remove_file(&partial));
    }
    placed.and_then(|()| sync_folder(folder))
}

/// Gives a file a name that nothing has, also where somebody makes it in between.
fn rename_to_nothing(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            // A file system that cannot do that.
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {}
            done => return Ok(done?),
        }
    }
    match fs::hard_link(from, to) {
        Ok(()) => fs::remove_file(from),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // One without hard links: all that is left is to look.
        Err(_) if fs::symlink_metadata(to).is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(from, to),
    }
}

const PARTIAL_START: &str = ".tresor-";
const PARTIAL_END: &str = ".new";

/// A name that nobody can foresee: `.tresor-`, 16 hexadecimal digits, `.new`.
fn partial_name() -> String {
    let mut number = [0; 8];
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut number)
        .expect("the system generator answers on every platform this builds for");
    let number = u64::from_le_bytes(number);
    format!("{PARTIAL_START}{number:016x}{PARTIAL_END}")
}

/// Takes away what broken off replacements left in a folder that nobody else works in.
pub fn remove_leftovers(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix(PARTIAL_START)?.strip_suffix(PARTIAL_END));
        if number.is_some_and(|number| number.len() == 16 && number.bytes().all(|byte| byte.is_ascii_hexdigit())) {
            // What cannot be taken away only takes room.
            drop(fs::remove_file(entry.path()));
        }
    }
}

/// Makes names in `folder` durable, where the system needs to be told.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Narrows a file or folder to its owner, if others can reach it. A link is left alone.
#[cfg(unix)]
pub fn narrow(path: &Path) -> io::Result<Narrowed> {
    use std::os::unix::fs::PermissionsExt as _;
    let is_open = |found: &Metadata| found.permissions().mode() & 0o077 != 0;
    let found = fs::symlink_metadata(path)?;
    if found.is_symlink() || !is_open(&found) {
        return Ok(Narrowed::Was);
    }
    let mode = found.permissions().mode() & 0o700;
    let set = fs::set_permissions(path, fs::Permissions::from_mode(mode));
    let is_narrow = set.is_ok() && !is_open(&fs::symlink_metadata(path)?);
    Ok(if is_narrow { Narrowed::Now } else { Narrowed::Cannot })
}

/// Elsewhere there are no modes to narrow.
#[cfg(not(unix))]
pub fn narrow(_path: &Path) -> io::Result<Narrowed> {
    Ok(Narrowed::Was)
}

/// Whether others than the owner can read a file; `false` where that cannot be told.
pub fn is_open_to_others(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o044 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

/// Another program, which is told nothing of what this one was told in its environment: no `TRESOR_` variable, which may hold a
/// passphrase.
pub fn command(program: impl AsRef<std::ffi::OsStr>) -> std::process::Command {
    let mut command = std::process::Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("TRESOR_") {
            command.env_remove(name);
        }
    }
    command
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Links {
    Followed,
    Refused,
}

/// 0600 when it is made, no link followed at the end of the path, and no waiting for the other end of a pipe.
fn private(options: &mut OpenOptions) {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    flags(options, Links::Refused);
}

#[cfg(target_os = "linux")]
fn flags(options: &mut OpenOptions, links: Links) {
    use rustix::fs::OFlags;
    let refused = if links == Links::Refused { OFlags::NOFOLLOW } else { OFlags::empty() };
    let flags = OFlags::NONBLOCK | OFlags::CLOEXEC | refused;
    std::os::unix::fs::OpenOptionsExt::custom_flags(options, flags.bits().cast_signed());
}

#[cfg(not(target_os = "linux"))]
fn flags(_options: &mut OpenOptions, _links: Links) {}

fn regular(file: File) -> io::Result<File> {
    if file.metadata()?.is_file() {
        return Ok(file);
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "this is no regular file"))
}

/// What root makes in somebody's folder belongs to them: otherwise they could not open their own store any more.
#[cfg(unix)]
fn give_to_owner_of_folder(path: &Path, file: Option<&File>) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, chown, fchown};
    let made = match file {
        Some(file) => file.metadata()?,
        None => fs::symlink_metadata(path)?,
    };
    if made.uid() != 0 {
        return Ok(());
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    let owner = fs::metadata(folder)?;
    if owner.uid() == 0 || owner.mode() & 0o1000 != 0 {
        // Root's own, or a folder for everybody such as /tmp.
        return Ok(());
    }
    match file {
        Some(file) => fchown(file, Some(owner.uid()), Some(owner.gid())),
        None => chown(path, Some(owner.uid()), Some(owner.gid())),
    }
}

#[cfg(not(unix))]
fn give_to_owner_of_folder(_path: &Path, _file: Option<&File>) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_is_made_is_its_owners_alone() {
        // T7, H1
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("a/b");
        make_folder(&folder).unwrap();
        drop(create_new(&folder.join("new")).unwrap());
        drop(open_to_change(&folder.join("changed")).unwrap());
        replace(&folder, "replaced", b"x").unwrap();
        write_out(&folder.join("out"), Existing::Kept, |_| Ok(())).unwrap();
        assert_eq!((mode(&folder), mode(folder.parent().unwrap())), (0o700, 0o700));
        for name in ["new", "changed", "replaced", "out"] {
            assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
        }
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 4, "nothing is left beside them");
    }

    #[test]
    fn no_link_pipe_or_device_is_taken_for_a_file() {
        // T7, H2, L2
        let home = tempfile::tempdir().unwrap();
        let (precious, link) = (home.path().join("precious"), home.path().join("link"));
        fs::write(&precious, "precious").unwrap();
        symlink(&precious, &link).unwrap();
        assert!(open_to_change(&link).is_err() && open_to_read(&link).is_err() && create_new(&link).is_err());
        replace(home.path(), "link", b"x").unwrap();
        assert_eq!(fs::read(&precious).unwrap(), b"precious");
        let pipe = home.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(
            read(&pipe, 10).is_err() && open_to_change(&pipe).is_err() && read(Path::new("/dev/zero"), 10).is_err()
        );
        fs::write(home.path().join("long"), [0; 11]).unwrap();
        assert!(read(&home.path().join("long"), 10).is_err() && read(&home.path().join("long"), 11).is_ok());
    }

    #[test]
    fn a_path_for_output_may_be_a_link_or_a_pipe_and_a_file_that_is_there_stays() {
        // 16, L11
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        let out = |name: &str, existing, text: &str| {
            let text = text.to_owned();
            write_out(&at(name), existing, move |file| io::Write::write_all(file, text.as_bytes()))
        };
        out("file", Existing::Kept, "one").unwrap();
        assert_eq!(out("file", Existing::Kept, "two").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        symlink(at("file"), at("link")).unwrap();
        out("link", Existing::Replaced, "three").unwrap();
        assert!(fs::symlink_metadata(at("link")).unwrap().is_symlink(), "the link is still one");
        assert_eq!(fs::read(at("file")).unwrap(), b"three");
        symlink("nowhere", at("dangling")).unwrap();
        out("dangling", Existing::Kept, "four").unwrap();
        assert_eq!(fs::read(at("nowhere")).unwrap(), b"four");
        assert!(std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
        let reader = std::thread::Builder::new().name("reader".into());
        let pipe = at("pipe");
        let reader = reader.spawn(move || fs::read(pipe).unwrap()).unwrap();
        out("pipe", Existing::Kept, "through").unwrap();
        assert_eq!(reader.join().unwrap(), b"through");
        out("dangling/", Existing::Replaced, "x").unwrap_err();
    }

    #[test]
    fn leftovers_of_replacements_are_known_and_nothing_else_is() {
        let home = tempfile::tempdir().unwrap();
        for name in [".tresor-0123456789abcdef.new", ".tresor-notes.new", "a.redb"] {
            fs::write(home.path().join(name), "x").unwrap();
        }
        remove_leftovers(home.path());
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2);
    }

    #[test]
    fn what_is_open_to_others_is_narrowed() {
        // T7
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("file");
        fs::write(&path, "x").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(is_open_to_others(&path));
        assert_eq!(
            (narrow(&path).unwrap(), narrow(&path).unwrap(), mode(&path)),
            (Narrowed::Now, Narrowed::Was, 0o600)
        );
    }
}
