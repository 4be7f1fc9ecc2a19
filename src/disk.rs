//! The one place that makes, opens and replaces files (T7).
//!
//! What the program makes is its owner's alone from the first byte, whatever the umask. No link is followed where none is
//! expected, so a folder that others can write leads no write astray; a pipe or a device is told from a file before it is
//! read. A folder that was made, and a file that was replaced, are durable when the call returns.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

mod output;
mod owner;

pub use output::{Existing, takes_output, write_out};
pub use owner::{Narrowed, is_open_to_others, narrow, others_can_write};

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
        Ok(()) => {
            owner::give_folder(path)?;
            sync_folder(folder_of(path))
        }
    }
}

/// Makes a new file for the owner alone, to read and write. What is there already, be it a link, is an error. Where root makes it, it
/// belongs to the owner of the folder.
pub fn create_new(path: &Path) -> io::Result<File> {
    let file = create_own(path)?;
    owner::give_file(path, &file)?;
    Ok(file)
}

/// The same for what a person asks to be put into a file: it belongs to who runs the program, also where that is root, since it may
/// be a secret that the owner of the folder shall not see.
pub fn create_own(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    private(&mut options);
    options.open(path)
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

/// Opens a file that a person named, to read: a regular one, also by way of a link, or what this process has open already, as what a
/// shell puts for `<(…)`. Any other pipe or device is an error, at once: it may never be written to.
pub fn open_named(path: &Path) -> io::Result<File> {
    if output::own_descriptor(path).is_some() { File::open(path) } else { open_linked(path, Access::Read) }
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
    put(&folder.join(name), create_new, Existing::Replaced, |file| io::Write::write_all(file, bytes))
}

/// Writes a file beside its name first, so that a cut-short one never carries it.
fn put(
    path: &Path,
    create: fn(&Path) -> io::Result<File>,
    existing: Existing,
    fill: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    let folder = folder_of(path);
    // They may hold what was to be kept from others, and nobody else knows them.
    remove_leftovers(folder);
    let (partial, mut file) = create_partial(folder, create)?;
    let written = fill(&mut file).and_then(|()| file.sync_all());
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

/// So many times in a row nobody takes a new file for a leftover.
const MOST_TRIES: usize = 8;

/// Makes a file under a name of that kind, and holds it as long as it is open: that tells it from a leftover.
fn create_partial(folder: &Path, create: fn(&Path) -> io::Result<File>) -> io::Result<(PathBuf, File)> {
    for _ in 0..MOST_TRIES {
        let partial = folder.join(partial_name());
        let file = create(&partial)?;
        // Where a file system knows no locks, nothing on it is taken for a leftover either.
        let is_held_by_another = matches!(file.try_lock(), Err(TryLockError::WouldBlock));
        // Somebody may have taken it for one in the moment before it was held.
        if !is_held_by_another && fs::symlink_metadata(&partial).is_ok() {
            return Ok((partial, file));
        }
    }
    Err(io::ErrorKind::ResourceBusy.into())
}

/// Takes away what broken off replacements left in a folder. What somebody is still writing there stays.
pub fn remove_leftovers(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix(PARTIAL_START)?.strip_suffix(PARTIAL_END));
        if number.is_some_and(|number| number.len() == 16 && number.bytes().all(|byte| byte.is_ascii_hexdigit())) {
            // What cannot be taken away only takes room.
            drop(remove_unless_held(&entry.path()));
        }
    }
}

fn remove_unless_held(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    private(&mut options);
    let leftover = regular(options.open(path)?)?;
    leftover.try_lock()?;
    fs::remove_file(path)
}

/// Whether a file has names beside the one it was opened by. What is written to it changes what the others name.
pub fn has_other_names(file: &File) -> bool {
    #[cfg(unix)]
    {
        std::os::unix::fs::MetadataExt::nlink(&match file.metadata() {
            Ok(found) => found,
            Err(_) => return true,
        }) > 1
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        false
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes names in `folder` durable, where the system needs to be told.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
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

#[cfg(unix)]
fn flags(options: &mut OpenOptions, links: Links) {
    use rustix::fs::OFlags;
    let refused = if links == Links::Refused { OFlags::NOFOLLOW } else { OFlags::empty() };
    let flags = OFlags::NONBLOCK | refused;
    std::os::unix::fs::OpenOptionsExt::custom_flags(options, flags.bits().cast_signed());
}

#[cfg(not(unix))]
fn flags(_options: &mut OpenOptions, _links: Links) {}

fn regular(file: File) -> io::Result<File> {
    if file.metadata()?.is_file() {
        return Ok(file);
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "this is no regular file"))
}

#[cfg(target_os = "linux")]
#[cfg(test)]
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
    fn leftovers_of_replacements_are_known_and_nothing_else_is() {
        // T7
        let home = tempfile::tempdir().unwrap();
        for name in [".tresor-0123456789abcdef.new", ".tresor-notes.new", "a.redb"] {
            fs::write(home.path().join(name), "x").unwrap();
        }
        remove_leftovers(home.path());
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2);
    }

    #[test]
    fn whoever_writes_takes_leftovers_away_and_leaves_what_another_is_writing() {
        // T7
        let home = tempfile::tempdir().unwrap();
        let (leftover, out) = (home.path().join(".tresor-0123456789abcdef.new"), home.path().join("out"));
        fs::write(&leftover, "a secret").unwrap();
        write_out(&out, Existing::Kept, |file| {
            assert!(!leftover.exists());
            replace(home.path(), "other", b"x")?;
            remove_leftovers(home.path());
            io::Write::write_all(file, b"whole")
        })
        .unwrap();
        assert_eq!(fs::read(&out).unwrap(), b"whole");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2, "nothing is left beside what was written");
    }

    #[test]
    fn what_is_written_gets_its_name_however_often_somebody_cleans_meanwhile() {
        // T7
        let home = tempfile::tempdir().unwrap();
        let is_done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !is_done.load(std::sync::atomic::Ordering::Relaxed) {
                    remove_leftovers(home.path());
                }
            });
            let written: io::Result<Vec<()>> = (0..200).map(|_| replace(home.path(), "file", b"whole")).collect();
            is_done.store(true, std::sync::atomic::Ordering::Relaxed);
            written.unwrap();
        });
        assert_eq!(fs::read(home.path().join("file")).unwrap(), b"whole");
    }

    #[test]
    fn a_file_that_a_person_named_may_be_a_link_or_open_already_and_no_pipe_is_waited_for() {
        // L2
        let home = tempfile::tempdir().unwrap();
        let (path, link, pipe) = (home.path().join("file"), home.path().join("link"), home.path().join("pipe"));
        fs::write(&path, "x").unwrap();
        symlink(&path, &link).unwrap();
        assert!(open_named(&path).is_ok() && open_named(&link).is_ok());
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(open_named(&pipe).is_err() && open_named(Path::new("/dev/zero")).is_err());
        let (reader, mut writer) = io::pipe().unwrap();
        io::Write::write_all(&mut writer, b"by a shell").unwrap();
        drop(writer);
        let number = std::os::fd::AsRawFd::as_raw_fd(&reader);
        let mut read = String::new();
        open_named(Path::new(&format!("/dev/fd/{number}"))).unwrap().read_to_string(&mut read).unwrap();
        assert_eq!(read, "by a shell");
    }

    #[test]
    fn another_program_is_told_no_variable_of_ours() {
        // L4
        const VARIABLE: &str = "TRESOR_TEST_OF_WHAT_CHILDREN_ARE_TOLD";
        if std::env::var_os(VARIABLE).is_some() {
            let told = String::from_utf8(command("env").output().unwrap().stdout).unwrap();
            assert!(told.contains("PATH=") && !told.contains("TRESOR_"), "{told}");
            return;
        }
        let mut again = std::process::Command::new(std::env::current_exe().unwrap());
        again.args(["--exact", "disk::tests::another_program_is_told_no_variable_of_ours"]).env(VARIABLE, "secret");
        let again = again.output().unwrap();
        let said = String::from_utf8_lossy(&again.stdout);
        assert!(again.status.success() && said.contains("1 passed"), "{said}");
    }
}
