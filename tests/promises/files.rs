//! Files of the person's: what is wrong with one is said, quickly, and nothing changed.

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, Instant};

use tresor::domain::Refusal;
use tresor::domain::import::ImportError;
use tresor::service::{Command, MOST_BACKUP_BYTES, Reply, Request, ServiceError};

use crate::desk::{name, vault};
use crate::worker::Window;

fn read(window: &mut Window, path: &Path) -> Result<Reply, ServiceError> {
    window.ask(Request::ReadImport(path.to_path_buf())).1
}

fn sparse(path: &Path, bytes: u64) {
    File::create(path).unwrap().set_len(bytes).unwrap();
}

#[test]
fn a_file_to_import_is_read_with_a_row_for_each_entry() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(".env");
    fs::write(&path, "DB_PASSWORD=one\nbroken\nexport TOKEN='two'\n").unwrap();
    let mut window = Window::new();
    let Reply::Rows(rows) = read(&mut window, &path).unwrap() else { panic!("rows are asked for") };
    let shown: Vec<_> = rows.iter().map(|row| (row.line, row.name.as_str(), row.problem.is_some())).collect();
    assert_eq!(shown, [(1, "DB-PASSWORD", false), (2, "", true), (3, "TOKEN", false)]);
}

#[test]
fn a_file_that_cannot_be_imported_is_refused_by_what_is_wrong_with_it() {
    // T5
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::new();
    let mut refused = |file: &str, bytes: &[u8]| {
        let path = folder.path().join(file);
        fs::write(&path, bytes).unwrap();
        match read(&mut window, &path) {
            Err(ServiceError::Import(error)) => error,
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("{file} was read"),
        }
    };
    assert_eq!(refused(".env", b""), ImportError::Empty);
    assert_eq!(refused("a.json", b"[1, 2"), ImportError::BrokenJson { line: 1, column: 5 });
    assert_eq!(refused("b.json", b"\"text\""), ImportError::NotAnObject { found: "a text" });
    assert_eq!(refused("c.env", b"A=\0\x01\x02"), ImportError::Binary);
    assert_eq!(refused("d.env", b"A=1\nB=\xff"), ImportError::NotUtf8 { line: 2 });
    assert_eq!(refused("e.env", b"\xff\xfeA\0"), ImportError::Utf16);
    assert_eq!(refused("f.env", b"# nothing\n"), ImportError::NoEntries);
}

#[test]
fn a_file_of_two_gigabytes_is_refused_at_once() {
    // T5
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huge.env");
    sparse(&path, 2 << 30);
    let mut window = Window::with_demo();
    let started = Instant::now();
    let imported = read(&mut window, &path).err().unwrap();
    assert_eq!(imported.to_string(), "The file is larger than 16 MiB, so it is not a file to import");
    let restored = window.do_it(Command::RestoreSecret(vault("demo-sandbox"), path)).err().unwrap();
    assert_eq!(restored.to_string(), "The file is larger than 16 MiB, so it is not a backup");
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

#[test]
fn a_file_of_sixteen_mebibytes_is_still_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.env");
    let mut window = Window::with_demo();
    sparse(&path, MOST_BACKUP_BYTES);
    assert!(matches!(read(&mut window, &path), Err(ServiceError::Import(ImportError::Binary))));
    let restored = window.do_it(Command::RestoreSecret(vault("demo-sandbox"), path.clone()));
    assert!(matches!(restored, Err(ServiceError::Refused(Refusal::BackupMalformed))));
    sparse(&path, MOST_BACKUP_BYTES + 1);
    assert!(matches!(read(&mut window, &path), Err(ServiceError::FileTooLarge { .. })));
}

#[test]
fn what_is_no_file_or_not_there_is_said() {
    // T5
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::with_demo();
    let mut failed = |path: &Path| match read(&mut window, path) {
        Err(ServiceError::File { doing, source }) => (doing, source.kind()),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was read"),
    };
    assert_eq!(failed(&folder.path().join("missing")), ("Reading the file", std::io::ErrorKind::NotFound));
    assert_eq!(failed(folder.path()), ("Reading the file", std::io::ErrorKind::IsADirectory));
    #[cfg(unix)]
    {
        let zero = failed(Path::new("/dev/zero"));
        assert_eq!(zero, ("Reading the file", std::io::ErrorKind::InvalidInput), "without an end");
    }
}

#[test]
fn a_pipe_that_nobody_writes_into_does_not_hold_the_worker_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    // Where there is no `mkfifo`, there are no pipes to be chosen.
    let is_made = std::process::Command::new("mkfifo").arg(&path).status().is_ok_and(|status| status.success());
    let mut window = Window::new();
    let result = read(&mut window, &path);
    let expected = if is_made { std::io::ErrorKind::InvalidInput } else { std::io::ErrorKind::NotFound };
    assert!(matches!(result, Err(ServiceError::File { source, .. }) if source.kind() == expected));
}

#[test]
fn a_backup_is_written_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::with_demo();
    let prod = || vault("contoso-prod");
    let back_up = |window: &mut Window, path: &Path| {
        window.do_it(Command::BackUpSecret(prod(), name("db-password"), path.to_path_buf()))
    };
    let missing = folder.path().join("missing").join("backup");
    let failed = back_up(&mut window, &missing).err().unwrap();
    assert!(failed.to_string().starts_with("Writing the backup failed: "), "{failed}");
    let taken = folder.path().join("folder");
    fs::create_dir(&taken).unwrap();
    assert!(matches!(back_up(&mut window, &taken), Err(ServiceError::File { .. })));
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["folder"], "nothing half written is left");

    let path = folder.path().join("backup");
    fs::write(&path, "an older one").unwrap();
    back_up(&mut window, &path).unwrap();
    let restored = window.do_it(Command::RestoreSecret(vault("contoso-staging"), path.clone()));
    assert!(matches!(restored, Err(ServiceError::Refused(Refusal::NameTaken { .. }))), "it has one of that name");
    let blob = fs::read(&path).unwrap();
    fs::write(&path, &blob[..blob.len() / 2]).unwrap();
    let cut = window.do_it(Command::RestoreSecret(vault("billing-eu"), path.clone()));
    assert!(matches!(cut, Err(ServiceError::Refused(Refusal::BackupMalformed))));
    fs::write(&path, &blob).unwrap();
    let elsewhere = window.do_it(Command::RestoreSecret(vault("billing-eu"), path));
    let refused = elsewhere.err().unwrap();
    assert!(matches!(&refused, ServiceError::Refused(Refusal::BackupOfAnotherGeography { .. })), "{refused}");
}
