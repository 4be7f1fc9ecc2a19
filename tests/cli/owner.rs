//! T7: every file of the program is its owner's alone, whatever the umask; no link, pipe or device leads it astray; and what a
//! person names for output is written to, whatever it is.
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::desk::{Desk, PASSPHRASE, Told, told};

/// Runs a line after `before` in a shell, such as `umask 0`.
fn after(desk: &Desk, before: &str, line: &str) -> Told {
    let program = desk.tresor(line.split(' '));
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{before}; exec \"$0\" \"$@\"")).arg(program.get_program()).args(program.get_args());
    command.current_dir(program.get_current_dir().unwrap());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    told(command.stdin(Stdio::null()).output().unwrap())
}

/// Everything below a folder that others than its owner can reach.
fn open_to_others(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut look = vec![folder.to_path_buf()];
    while let Some(path) = look.pop() {
        let metadata = fs::symlink_metadata(&path).unwrap();
        if metadata.permissions().mode() & 0o077 != 0 {
            found.push(format!("{:o} {}", metadata.permissions().mode(), path.display()));
        }
        if metadata.is_dir() {
            look.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    found
}

#[test]
fn all_that_is_written_is_its_owners_alone_whatever_the_umask() {
    // T7, H1, L7
    for umask in ["umask 0", "umask 022"] {
        let desk = Desk::empty();
        let run = |line: &str| {
            let told = after(&desk, umask, line);
            assert_eq!((told.code, told.err.as_str()), (0, ""), "{line}");
        };
        run("store init --simulation --kdf-memory 8 --kdf-passes 1 --kdf-lanes 1");
        run("keyvault create -n contoso -l westeurope --retention-days 7");
        run("keyvault secret set --vault-name contoso -n a --value one");
        run("keyvault secret download --vault-name contoso -n a -f out.txt");
        run("keyvault secret backup --vault-name contoso -n a -f a.backup");
        run("store key-file new.key");
        run("keyvault secret delete --vault-name contoso -n a");
        run("keyvault secret purge --vault-name contoso -n a --as security-officer");
        run("store rekey --keep-passphrase");
        for name in ["store", "out.txt", "a.backup", "new.key", ".state"] {
            assert_eq!(open_to_others(&desk.path(name)), Vec::<String>::new(), "{umask}");
        }
    }
}

#[test]
fn a_store_that_was_open_to_others_is_closed_to_them_and_that_is_said() {
    // T7, H1
    let desk = Desk::new();
    for path in ["store", "store/westeurope", "store/westeurope/a.redb", "store/tresor.header"] {
        let path = desk.path(path);
        let mode = if path.is_dir() { 0o755 } else { 0o644 };
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }
    let told = desk.run("keyvault list");
    assert!(told.code == 0 && told.err.contains("could access 4 files or folders of this store"), "{}", told.err);
    assert_eq!(open_to_others(&desk.path("store")), Vec::<String>::new());
    desk.done("keyvault list");
}

#[test]
fn nothing_is_written_into_a_folder_before_its_passphrase_was_right_and_no_link_is_followed() {
    // T7, H2
    let desk = Desk::new();
    desk.done("keyvault create -n north -l northeurope -o none");
    let precious = desk.write("precious.txt", "precious");
    fs::remove_file(desk.path("store/lock")).unwrap();
    symlink(&precious, desk.path("store/lock")).unwrap();
    for passphrase in ["not even the right one", PASSPHRASE] {
        let told = told(desk.tresor(["store", "info"]).env("TRESOR_PASSPHRASE", passphrase).output().unwrap());
        assert_ne!(told.code, 0);
        assert_eq!(fs::read(&precious).unwrap(), b"precious");
    }
    fs::remove_file(desk.path("store/lock")).unwrap();
    desk.write("store/lock", "what stood there");
    let wrong = told(desk.tresor(["store", "info"]).env("TRESOR_PASSPHRASE", "wrong").output().unwrap());
    wrong.refused(1, "The passphrase is wrong.");
    assert_eq!(fs::read(desk.path("store/lock")).unwrap(), b"what stood there");
    for name in ["tresor.header.new", "westeurope/mark.new", "northeurope/tresor.header.new"] {
        symlink(&precious, desk.path("store").join(name)).unwrap();
    }
    assert_eq!(desk.run("keyvault secret set --vault-name contoso -n a --value one -o none").code, 0);
    let both = desk.write("both.txt", format!("{PASSPHRASE}\nnine purple teapots sing\n"));
    fs::set_permissions(both, fs::Permissions::from_mode(0o600)).unwrap();
    desk.done("store passwd --kdf-memory 8 --kdf-passes 1 --kdf-lanes 1 --passphrase-file both.txt");
    assert_eq!(fs::read(&precious).unwrap(), b"precious");
}

#[test]
fn what_stands_where_a_file_belongs_and_is_none_ends_in_a_sentence_and_never_hangs() {
    // T7, L2
    let desk = Desk::new();
    for hostile in ["/dev/zero", "fifo"] {
        let path = desk.path("store/eastus.folder");
        if hostile == "fifo" {
            assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        } else {
            symlink(hostile, &path).unwrap();
        }
        let told = desk.run("keyvault list");
        assert!(told.code == 1 && told.err.contains("ERROR"), "{hostile}: {} {}", told.code, told.err);
        fs::remove_file(&path).unwrap();
    }
    desk.done("keyvault list");
}

/// Puts a pipe that nobody writes to, or a link to a device without an end, in the place of a file.
fn put_hostile(path: &Path, what: &str) {
    if what == "pipe" {
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    } else {
        symlink("/dev/zero", path).unwrap();
    }
}

#[test]
fn a_pipe_or_a_device_in_the_place_of_any_file_keeps_nobody_waiting_and_nothing_is_lost() {
    // T7, H2, L2
    let desk = Desk::new();
    desk.done("keyvault secret set --vault-name contoso -n a --value one -o none");
    for what in ["pipe", "device"] {
        // Without the lock and the header there is no store; marks and one replica of two are made anew.
        for (name, code) in [
            ("lock", 1),
            ("tresor.header", 1),
            ("global/mark", 0),
            ("global/a.redb", 0),
            ("westeurope/mark", 0),
            ("westeurope/b.redb", 0),
        ] {
            let (path, kept) = (desk.store().join(name), desk.path("kept"));
            fs::rename(&path, &kept).unwrap();
            put_hostile(&path, what);
            let told = desk.run("keyvault secret show --vault-name contoso -n a --query value -o tsv");
            let out = if code == 0 { "one\n" } else { "" };
            assert_eq!((told.code, told.out.as_str()), (code, out), "{what} as {name}: {}", told.err);
            if code == 1 {
                assert_ne!(told.err, "", "{what} as {name} is said");
                fs::remove_file(&path).unwrap();
                fs::rename(&kept, &path).unwrap();
            } else {
                // Reading mends a replica, and writing a mark.
                let set = desk.run("keyvault secret set --vault-name contoso -n a --value one -o none");
                // One secret is read from one replica; the other is looked at when something is written.
                assert!(!told.err.is_empty() || !set.err.is_empty(), "{what} as {name} is said");
                desk.run("store check -o none");
                assert!(fs::symlink_metadata(&path).unwrap().is_file(), "{what} as {name} gave way");
                fs::remove_file(&kept).unwrap();
            }
        }
        // Wrong passphrases are counted outside the store; what cannot be read there counts as none.
        fs::create_dir_all(desk.path(".config/tresor")).unwrap();
        let attempts = desk.path(".config/tresor/attempts.json");
        put_hostile(&attempts, what);
        let wrong = told(desk.tresor(["store", "info"]).env("TRESOR_PASSPHRASE", "wrong").output().unwrap());
        wrong.refused(1, "The passphrase is wrong.");
        fs::remove_file(attempts).unwrap();
    }
    desk.done("keyvault list");
}

#[test]
fn a_key_file_that_is_a_pipe_is_not_waited_for_unless_it_is_open_already() {
    // T7, L2
    let desk = Desk::empty();
    desk.done("store key-file a.key -o none");
    desk.done("store init --simulation --kdf-memory 8 --kdf-passes 1 --kdf-lanes 1 --key-file a.key -o none");
    put_hostile(&desk.path("pipe"), "pipe");
    let told = desk.run("keyvault list --key-file pipe");
    assert!(told.code == 1 && told.err.contains("this is no regular file"), "{}", told.err);
    let key = fs::read(desk.path("a.key")).unwrap();
    assert_eq!(desk.piped("keyvault list --key-file /dev/stdin -o none", key).code, 0, "as a shell's <(…)");
}

#[test]
fn what_a_killed_command_left_is_taken_away_and_what_another_writes_stays() {
    // T7, 17
    let desk = Desk::new();
    desk.done("keyvault secret set --vault-name contoso -n a --value one -o none");
    desk.done(&format!("region move -l westeurope --folder {} -o none", desk.path("stick").display()));
    let names = [".tresor-0123456789abcdef.new", ".tresor-fedcba9876543210.new"];
    for folder in ["stick", "."] {
        let [left, held] = names.map(|name| desk.write(&format!("{folder}/{name}"), "a secret"));
        let writer = fs::File::open(&held).unwrap();
        writer.try_lock().unwrap();
        desk.done("keyvault secret download --vault-name contoso -n a -f a.txt --overwrite");
        assert_eq!((left.exists(), held.exists()), (false, true), "{folder}");
        drop(writer);
        desk.done("keyvault secret download --vault-name contoso -n a -f a.txt --overwrite");
        assert!(!held.exists(), "{folder}");
    }
}

#[test]
fn output_goes_into_a_pipe_a_device_or_through_a_link() {
    // T7, 16, 17
    let desk = Desk::new();
    desk.done("keyvault secret set --vault-name contoso -n a --value one -o none");
    desk.write("out.txt.part", "left over");
    desk.done("keyvault secret download --vault-name contoso -n a -f out.txt");
    assert_eq!(desk.read("out.txt"), b"one");
    desk.run("keyvault secret download --vault-name contoso -n a -f out.txt").refused(1, "already exists");
    // What /dev/stdout is: a link to the pipe that standard output is.
    symlink("/proc/self/fd/1", desk.path("stdout")).unwrap();
    let told = desk.run("keyvault secret download --vault-name contoso -n a -f stdout");
    assert_eq!((told.code, told.out.as_str(), told.err.as_str()), (0, "one", ""));
    assert!(fs::symlink_metadata(desk.path("stdout")).unwrap().is_symlink());
    let backup = desk.tresor("keyvault secret backup --vault-name contoso -n a -f stdout".split(' ')).output().unwrap();
    assert!(backup.status.success() && backup.stdout.starts_with(b"\x89TRSBAK\n"));
    assert!(Command::new("mkfifo").arg(desk.path("pipe")).status().unwrap().success());
    let mut reader = Command::new("cat");
    let reader = reader.arg(desk.path("pipe")).stdout(Stdio::piped()).spawn().unwrap();
    desk.done("keyvault secret download --vault-name contoso -n a -f pipe --overwrite");
    assert_eq!(reader.wait_with_output().unwrap().stdout, b"one");
    fs::create_dir(desk.path("real")).unwrap();
    desk.write("real/target", "old");
    symlink("real/target", desk.path("config")).unwrap();
    desk.done("keyvault secret download --vault-name contoso -n a -f config --overwrite");
    assert_eq!(desk.read("real/target"), b"one");
    assert!(fs::symlink_metadata(desk.path("config")).unwrap().is_symlink());
}

#[test]
fn another_account_gets_nothing_by_reading_locks_or_links() {
    // T7, H1, L5
    let desk = Desk::new();
    desk.done("keyvault secret set --vault-name contoso -n a --value one -o none");
    // Others may come as far as the store.
    fs::set_permissions(desk.path("store").parent().unwrap(), fs::Permissions::from_mode(0o755)).unwrap();
    let is_root = fs::metadata(desk.path("store")).unwrap().uid() == 0;
    if !is_root {
        // Nobody can act as another account here; the modes are what keeps it out.
        assert_eq!(open_to_others(&desk.path("store")), Vec::<String>::new());
        return;
    }
    let other = |line: &str| {
        let mut command = Command::new("setpriv");
        command.args(["--reuid", "1002", "--regid", "1002", "--clear-groups", "sh", "-c", line]);
        command.current_dir(desk.path("store").parent().unwrap()).output().unwrap()
    };
    assert!(other("true").status.success(), "another account can be played");
    for line in [
        "cat store/tresor.header",
        "ls store",
        "cp -r store /tmp/tresor-loot-of-another-account",
        "flock --nonblock store/lock true",
        "flock --nonblock store/westeurope/a.redb true",
        "ln -s /etc/passwd store/mark.new",
        "touch store/lock",
    ] {
        assert!(!other(line).status.success(), "{line}");
    }
    assert!(!Path::new("/tmp/tresor-loot-of-another-account/tresor.header").exists());
    desk.done("keyvault secret show --vault-name contoso -n a -o none");
}

#[test]
fn root_leaves_a_store_to_the_one_whose_folder_it_is() {
    // T7
    let desk = Desk::new();
    if fs::metadata(desk.path("store")).unwrap().uid() != 0 {
        return assert_eq!(open_to_others(&desk.path("store")), Vec::<String>::new());
    }
    let chown = |path: &Path| std::os::unix::fs::chown(path, Some(1002), Some(1002)).unwrap();
    chown(&desk.path("store"));
    desk.done("keyvault create -n other -l eastus -o none");
    let made = desk.path("store/eastus");
    assert_eq!(fs::metadata(&made).unwrap().uid(), 1002);
    for entry in fs::read_dir(made).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().uid(), 1002, "{}", entry.path().display());
    }
}

#[test]
fn a_passphrase_file_that_others_can_read_is_warned_of() {
    // L7
    let desk = Desk::new();
    let path = desk.write("passphrase.txt", PASSPHRASE);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let run = || {
        told(
            desk.tresor(["--passphrase-file", "passphrase.txt", "keyvault", "list"])
                .env_remove("TRESOR_PASSPHRASE")
                .output()
                .unwrap(),
        )
    };
    let warned = run();
    assert!(
        warned.code == 0 && warned.err.contains("Other accounts on this computer can read passphrase.txt"),
        "{}",
        warned.err
    );
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(run().err, "");
}
