//! What a person names as input: values, files, pipes, devices and standard input.
//!
//! All of it is read before the store is opened (T12): whoever writes into a pipe may need the store for that.

use std::{
    fs::{self, File},
    io::{self, IsTerminal as _, Read as _},
    path::Path,
};

use zeroize::Zeroizing;

use super::{
    args::{Common, Encoding},
    errors::Failure,
    terminal,
};
use crate::{domain::import::Row, service};

/// More is read of no file that shall become a value; what is longer than a value may be is refused in any case.
const MOST_READ: u64 = 16 << 20;

const STANDARD_INPUT: &str = "standard input";

/// What was typed as the value: itself, or as in az what stands in the file after an `@`, or in standard input after `@-`.
pub(super) fn given(value: String) -> Result<Zeroizing<String>, Failure> {
    let value = Zeroizing::new(value);
    let Some(path) = value.strip_prefix('@').filter(|path| !path.is_empty()) else { return Ok(value) };
    if path == "-" {
        let text = from_standard_input()?;
        return if text.is_empty() { Err(nothing_came(Path::new(STANDARD_INPUT))) } else { Ok(text) };
    }
    let path = Path::new(path);
    // A value that only begins with the sign is a value.
    let Ok(file) = File::open(path) else { return Ok(value) };
    let bytes = read_all(file).map_err(|source| Failure::file("read the value from", path, source))?;
    without_last_line_ends(&admit(path, bytes)?)
}

/// Says on a terminal that others can see what was typed, unless it only names a file.
pub(super) fn warn_of_typed(common: &Common, option: &str, typed: Option<&str>, instead: &str) {
    let is_secret = typed.is_some_and(|text| !text.is_empty() && !text.starts_with('@'));
    if is_secret && !common.only_show_errors && terminal::is_seen() {
        terminal::tell(&format!(
            "WARNING: Other programs can see what follows {option} while a command runs, and the shell may remember it. {instead}"
        ));
    }
}

/// What was piped in.
pub(super) fn piped() -> Result<Zeroizing<String>, Failure> {
    let nothing = || Failure::Usage("one of --value VALUE, --file FILE or a value piped in is required".into());
    if io::stdin().is_terminal() {
        return Err(nothing());
    }
    let value = from_standard_input()?;
    // Where nobody piped anything, as in a scheduled job, an empty secret is the last that is wanted.
    if value.is_empty() { Err(nothing()) } else { Ok(value) }
}

/// The content of what was named, of which no more is read than can become a value.
pub(super) fn content(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let bytes = File::open(path).and_then(read_all).map_err(|source| Failure::file("read", path, source))?;
    admit(path, bytes)
}

/// A backup.
pub(super) fn backup(path: &Path) -> Result<Vec<u8>, Failure> {
    if is_stream(path) {
        return Ok(stream(path, service::MOST_BACKUP_BYTES, "a backup")?.to_vec());
    }
    service::read_backup(path).map_err(|error| Failure::of_file(path, error))
}

/// A key to import.
pub(super) fn key(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    if is_stream(path) {
        return stream(path, service::MOST_KEY_BYTES, "a key");
    }
    service::read_key(path).map_err(|error| Failure::of_file(path, error))
}

/// Secrets to import, and how the file is called in what is said about it. `-` is standard input.
pub(super) fn import(path: &Path) -> Result<(&Path, Vec<Row>), Failure> {
    let (named, read) = if path == Path::new("-") {
        (Path::new(STANDARD_INPUT), service::read_import_from("", io::stdin().lock()))
    } else if is_stream(path) {
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        let file = File::open(path).map_err(|source| Failure::file("read", path, source))?;
        (path, service::read_import_from(&name, file))
    } else {
        (path, service::read_import(path))
    };
    Ok((named, read.map_err(|error| Failure::of_file(named, error))?))
}

/// Whether it is read or written as it comes: a pipe or a device. What it is called says nothing of how much there is.
pub(super) fn is_stream(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// All that comes of a stream.
fn stream(path: &Path, most: u64, what: &'static str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let read = || {
        // Room for a usual one, so that it does not move while it grows.
        let mut bytes = Zeroizing::new(Vec::with_capacity(64 * 1024));
        File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().map_err(|source| Failure::file("read", path, source))?;
    if most < bytes.len() as u64 {
        return Err(Failure::of_file(path, service::ServiceError::FileTooLarge { what, most_mib: most >> 20 }));
    }
    admit(path, bytes)
}

/// Where something was to come and nothing came, the program before this one in the pipe has failed, most likely.
fn admit(path: &Path, bytes: Zeroizing<Vec<u8>>) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let is_standard_input = ["/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"].iter().any(|name| path == Path::new(name));
    if bytes.is_empty() && (is_standard_input || is_stream(path)) { Err(nothing_came(path)) } else { Ok(bytes) }
}

fn nothing_came(path: &Path) -> Failure {
    Failure::Plain(format!("Nothing came from {}, so nothing was changed.", path.display()))
}

fn from_standard_input() -> Result<Zeroizing<String>, Failure> {
    let failed = |source| Failure::file("read the value from", Path::new(STANDARD_INPUT), source);
    without_last_line_ends(&read_all(io::stdin().lock()).map_err(failed)?)
}

fn without_last_line_ends(bytes: &[u8]) -> Result<Zeroizing<String>, Failure> {
    let mut text = Encoding::Utf8.text_of(bytes)?;
    let kept = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(kept);
    Ok(text)
}

fn read_all(from: impl io::Read) -> io::Result<Zeroizing<Vec<u8>>> {
    // Room for any value, so that one does not move while it grows.
    let mut bytes = Zeroizing::new(Vec::with_capacity(64 * 1024));
    from.take(MOST_READ).read_to_end(&mut bytes)?;
    Ok(bytes)
}
