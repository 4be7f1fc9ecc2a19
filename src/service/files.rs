//! Files of the person's: backups and imports. Bounded before they are read, so that no file fills the memory.

use std::{
    fs::{self, File},
    io::{self, Read as _, Write as _},
    ops::Range,
    path::Path,
};

use zeroize::Zeroizing;

use super::ServiceError;
use crate::disk::{self, Existing};
use crate::domain::import::{self, ImportError, Lines, MAX_IMPORT_BYTES, MAX_LINES_BYTES};

/// A backup has at most 500 versions of 25 KiB each, and a little around them.
pub const MOST_BACKUP_BYTES: u64 = 16 << 20;

/// The longest key in PEM has some 4 KiB; text may stand around it, and certificates beside it.
pub const MOST_KEY_BYTES: u64 = 1 << 20;

/// Reads a backup.
pub fn read_backup(path: &Path) -> Result<Vec<u8>, ServiceError> {
    let bytes = read_at_most(path, MOST_BACKUP_BYTES, "Reading the backup", "a backup")?;
    Ok(bytes.to_vec())
}

/// Writes a backup, whole or not at all.
pub fn write_backup(path: &Path, blob: &[u8]) -> Result<(), ServiceError> {
    write_whole(path, blob, "Writing the backup")
}

/// Writes a file for its owner's eyes only, beside its final name first, so that a cut-short one never carries it. It can hold
/// what a key decrypted.
pub(super) fn write_whole(path: &Path, content: &[u8], doing: &'static str) -> Result<(), ServiceError> {
    write_whole_by(path, doing, |file| file.write_all(content))
}

/// The same for what is not in memory: `fill` writes it.
pub(super) fn write_whole_by(
    path: &Path,
    doing: &'static str,
    fill: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<(), ServiceError> {
    let failed = |source| ServiceError::File { doing, source };
    disk::write_out(path, Existing::Replaced, fill).map_err(failed)
}

/// Reads a file with a key to import.
pub fn read_key(path: &Path) -> Result<Zeroizing<Vec<u8>>, ServiceError> {
    read_at_most(path, MOST_KEY_BYTES, "Reading the key", "a key")
}

/// Reads and understands a file with secrets to import.
pub fn read_import(path: &Path) -> Result<Vec<import::Row>, ServiceError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (file, len) = open(path, READING_IMPORT)?;
    read_rows(&name, file, len)
}

/// Reads and understands secrets to import from what can be read only once, such as standard input. Its name tells which
/// kind it is; an empty one leaves that to how it begins.
pub fn read_import_from(name: &str, from: impl io::Read) -> Result<Vec<import::Row>, ServiceError> {
    read_rows(name, from, MAX_IMPORT_BYTES)
}

/// `room` is how much there is to read, as far as that is known.
fn read_rows(name: &str, from: impl io::Read, room: u64) -> Result<Vec<import::Row>, ServiceError> {
    let failed = |source| ServiceError::File { doing: READING_IMPORT, source };
    let mut window = Window::new(from);
    window.fill().map_err(failed)?;
    let are_lines = import::are_lines(name, window.unread());
    let most = if are_lines { MAX_LINES_BYTES } else { MAX_IMPORT_BYTES };
    if most < room {
        return Err(too_large(most));
    }
    if !are_lines {
        let bytes = window.rest(most, room).map_err(failed)?;
        return Ok(import::read(name, &bytes.ok_or(too_large(most))?)?);
    }
    let mut lines = Lines::default();
    while let Some(line) = window.line().map_err(failed)? {
        if line.len() > import::MAX_LINE_BYTES {
            return Err(ImportError::LineTooLong { line: lines.count() + 1 }.into());
        }
        lines.take(line)?;
        if most < window.taken {
            return Err(too_large(most));
        }
    }
    Ok(lines.finish()?)
}

const READING_IMPORT: &str = "Reading the file";

fn too_large(most: u64) -> ServiceError {
    ServiceError::FileTooLarge { what: "a file to import", most_mib: most >> 20 }
}

/// A piece of what is read, in memory that is wiped and stays where it is: a buffer that grows leaves copies behind.
struct Window<R> {
    from: R,
    bytes: Zeroizing<Vec<u8>>,
    unread: Range<usize>,
    /// How much was handed out.
    taken: u64,
}

impl<R: io::Read> Window<R> {
    fn new(from: R) -> Self {
        // One more than the longest line, so that a longer one is noticed.
        Self { from, bytes: Zeroizing::new(vec![0; import::MAX_LINE_BYTES + 1]), unread: 0..0, taken: 0 }
    }

    fn unread(&self) -> &[u8] {
        &self.bytes[self.unread.clone()]
    }

    /// Reads until there is no room or no more to read.
    fn fill(&mut self) -> io::Result<()> {
        self.bytes.copy_within(self.unread.clone(), 0);
        self.unread = 0..self.unread.len();
        while self.unread.end < self.bytes.len() {
            match self.from.read(&mut self.bytes[self.unread.end..]) {
                Ok(0) => break,
                Ok(more) => self.unread.end += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The next line with its end; of one that is too long as much as there is room for.
    fn line(&mut self) -> io::Result<Option<&[u8]>> {
        let mut len = memchr::memchr(b'\n', self.unread());
        if len.is_none() {
            self.fill()?;
            len = memchr::memchr(b'\n', self.unread());
        }
        let len = len.map_or(self.unread.len(), |before| before + 1);
        let line = self.unread.start..self.unread.start + len;
        self.unread.start = line.end;
        self.taken += len as u64;
        Ok((len > 0).then(|| &self.bytes[line]))
    }

    /// Everything that is left, of which there may be `room`; `None` where it is more than `most`.
    fn rest(mut self, most: u64, room: u64) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        let room = (room.min(most) as usize).max(self.unread.len()) + 1;
        let mut all = Zeroizing::new(Vec::with_capacity(room));
        all.extend_from_slice(self.unread());
        let others = most + 1 - all.len() as u64;
        self.from.by_ref().take(others).read_to_end(&mut all)?;
        Ok((all.len() as u64 <= most).then_some(all))
    }
}

pub(super) fn read_at_most(
    path: &Path,
    most: u64,
    doing: &'static str,
    what: &'static str,
) -> Result<Zeroizing<Vec<u8>>, ServiceError> {
    let failed = |source| ServiceError::File { doing, source };
    let too_large = ServiceError::FileTooLarge { what, most_mib: most >> 20 };
    let (file, len) = open(path, doing)?;
    if len > most {
        return Err(too_large);
    }
    // Room for all of it at once: a buffer that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(len as usize + 1));
    file.take(most + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > most { Err(too_large) } else { Ok(bytes) }
}

/// Opens a file that can be read to its end, and tells its length.
pub(super) fn open(path: &Path, doing: &'static str) -> Result<(File, u64), ServiceError> {
    let failed = |source| ServiceError::File { doing, source };
    // Before it is opened: opening a pipe waits for somebody to write into it.
    let metadata = fs::metadata(path).map_err(failed)?;
    if metadata.is_dir() {
        return Err(failed(io::Error::from(io::ErrorKind::IsADirectory)));
    }
    if !metadata.is_file() {
        return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "this is a device or a pipe, not a file")));
    }
    Ok((File::open(path).map_err(failed)?, metadata.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out a few bytes at a time, as a pipe does.
    struct Dripping<'a>(&'a [u8]);

    impl io::Read for Dripping<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let (now, later) = self.0.split_at(self.0.len().min(into.len()).min(7));
            into[..now.len()].copy_from_slice(now);
            self.0 = later;
            Ok(now.len())
        }
    }

    fn read(name: &str, text: &[u8]) -> Result<Vec<(usize, String)>, ServiceError> {
        let rows = read_import_from(name, Dripping(text))?;
        Ok(rows.iter().map(|row| (row.line, row.value.to_string())).collect())
    }

    #[cfg(unix)]
    #[test]
    fn what_is_written_is_for_its_owner_only_whatever_lay_there() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plaintext");
        fs::write(folder.path().join("plaintext.part"), "left over").unwrap();
        fs::write(&path, "older").unwrap();
        write_whole(&path, b"newer", "Writing").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"newer");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        // 17. What carries the name that a half written file once had may be somebody's.
        assert_eq!(fs::read(folder.path().join("plaintext.part")).unwrap(), b"left over");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn what_is_piped_in_is_read_whatever_kind_it_is() {
        let found = [(1, "1".to_owned()), (2, "2".to_owned())];
        for text in [
            "{\"name\": \"a\", \"value\": \"1\"}\n{\"name\": \"b\", \"value\": \"2\"}",
            "A=1\nB=2\n",
            "[{\"name\": \"a\", \"value\": \"1\"},\n{\"name\": \"b\", \"value\": \"2\"}]",
        ] {
            assert_eq!(read("", text.as_bytes()).unwrap(), found, "{text}");
        }
        assert!(matches!(read("", b""), Err(ServiceError::Import(ImportError::Empty))));
    }

    #[test]
    fn many_lines_are_read_where_as_many_bytes_as_a_whole_are_not() {
        // T5
        let value = "x".repeat(24 * 1024);
        let line = |n| format!("{{\"name\": \"n{n}\", \"value\": \"{value}{n}\"}}\n");
        let lines = (0..800).map(line).collect::<Vec<_>>().concat();
        assert!(MAX_IMPORT_BYTES < lines.len() as u64);
        let rows = read_import_from("a.jsonl", lines.as_bytes()).unwrap();
        assert!(rows.len() == 800 && rows.iter().all(|row| row.value.ends_with(&row.source_name[1..])));
        for name in ["a.json", "a.env", "a.csv"] {
            assert!(
                matches!(read_import_from(name, lines.as_bytes()), Err(ServiceError::FileTooLarge { .. })),
                "{name}"
            );
        }
    }

    #[test]
    fn what_would_fill_the_memory_is_refused() {
        // T5
        let long = [b"{}\n", " ".repeat(import::MAX_LINE_BYTES).as_bytes()].concat();
        let too_long = |found| matches!(found, Err(ServiceError::Import(ImportError::LineTooLong { line: 2 })));
        assert!(read("a.jsonl", &long).is_ok_and(|rows| rows.len() == 1), "a line that just fits");
        assert!(too_long(read("a.jsonl", &[&long[..], b" "].concat())));
        assert!(too_long(read_import_from("a.jsonl", (&b"{}\n"[..]).chain(io::repeat(b' '))).map(|_| Vec::new())));
        let endless = |name| read_import_from(name, (&b"{}\n"[..]).chain(Blank)).map(drop);
        assert!(matches!(endless("a.jsonl"), Err(ServiceError::FileTooLarge { most_mib: 128, .. })));
        assert!(matches!(endless("a.env"), Err(ServiceError::FileTooLarge { most_mib: 16, .. })));
    }

    /// Line ends without end, many at a time.
    struct Blank;

    impl io::Read for Blank {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let line = import::MAX_LINE_BYTES / 2;
            for (place, byte) in into.iter_mut().enumerate() {
                *byte = if place % line == line - 1 { b'\n' } else { b' ' };
            }
            Ok(into.len())
        }
    }
}
