//! What a person named for output: a file, or a pipe, a device or a link, which is then written to and not replaced.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::{create_own, folder_of, put};

/// What becomes of a file that is there already.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Existing {
    /// It is replaced.
    Replaced,
    /// It stays, and nothing is written: an error of the kind [`io::ErrorKind::AlreadyExists`].
    Kept,
}

/// Writes to a path that a person named: a pipe, a device or a socket is written to, a link is followed to what it leads to, and a file is
/// put there in one step, for the owner alone.
pub fn write_out(path: &Path, existing: Existing, fill: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    if let Some(number) = own_descriptor(path) {
        return fill(&mut descriptor(number, path)?);
    }
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(io::Error::from(io::ErrorKind::AlreadyExists)),
        Ok(found) if !found.is_file() => {
            let mut file = OpenOptions::new().write(true).open(path)?;
            fill(&mut file)
        }
        Ok(_) => match fs::canonicalize(path) {
            Ok(target) => put(&target, create_own, existing, fill),
            // A file that has no name any more, such as standard output into one that was removed.
            Err(_) => fill(&mut OpenOptions::new().write(true).truncate(true).open(path)?),
        },
        // A link to where nothing is: the file is made there.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let target = fs::read_link(path).map(|target| folder_of(path).join(target));
            put(&target.unwrap_or_else(|_| path.to_path_buf()), create_own, existing, fill)
        }
        Err(error) => Err(error),
    }
}

/// Whether [`write_out`] would write to a path, before anything is read for it.
pub fn takes_output(path: &Path, existing: Existing) -> bool {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => false,
        Ok(found) if found.is_file() => existing == Existing::Replaced || own_descriptor(path).is_some(),
        Ok(_) | Err(_) => true,
    }
}

/// The most links that lead from one to the next.
const MOST_LINKS: usize = 16;

/// The number of what this process has open already and a path only leads to, as `/dev/stdout` does. Behind it there may be a file, of
/// which others write parts before and after.
pub(super) fn own_descriptor(path: &Path) -> Option<u32> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let own = fs::canonicalize("/proc/self/fd").ok()?;
    let mut at = PathBuf::from(path);
    for _ in 0..MOST_LINKS {
        let folder = fs::canonicalize(folder_of(&at)).ok()?;
        if folder == own {
            return at.file_name()?.to_str()?.parse().ok();
        }
        at = folder.join(fs::read_link(&at).ok()?);
    }
    None
}

/// What is open under that number: the output and the errors as they are, so that the next who writes goes on behind what is written;
/// anything else at its end.
#[cfg_attr(
    unix,
    expect(clippy::disallowed_methods, reason = "a file that a person named is written, and nothing is said")
)]
fn descriptor(number: u32, path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd as _;
        match number {
            1 => return Ok(io::stdout().as_fd().try_clone_to_owned()?.into()),
            2 => return Ok(io::stderr().as_fd().try_clone_to_owned()?.into()),
            _ => {}
        }
    }
    #[cfg(not(unix))]
    let _ = number;
    OpenOptions::new().append(true).open(path)
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

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
    fn what_leads_to_an_open_file_is_told_and_written_to_at_its_end() {
        // 16
        let home = tempfile::tempdir().unwrap();
        let (path, link) = (home.path().join("file"), home.path().join("link"));
        fs::write(&path, "before ").unwrap();
        let open = OpenOptions::new().append(true).open(&path).unwrap();
        let number = std::os::fd::AsRawFd::as_raw_fd(&open);
        symlink(format!("/proc/self/fd/{number}"), &link).unwrap();
        assert!(takes_output(&link, Existing::Kept));
        write_out(&link, Existing::Kept, |file| io::Write::write_all(file, b"and after")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"before and after");
        assert_eq!((own_descriptor(&path), own_descriptor(home.path())), (None, None));
        for (name, number) in [("/dev/stdout", 1), ("/dev/fd/2", 2), ("/proc/self/fd/1", 1)] {
            assert_eq!(own_descriptor(Path::new(name)), Some(number), "{name}");
        }
    }
}
