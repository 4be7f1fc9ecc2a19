//! A folder with a store in it and the program beside it.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;
use tresor::service::{Passphrase, Service, TimeSource};

pub(crate) const PASSPHRASE: &str = "correct horse";

/// A folder of its own, in which commands are run.
pub(crate) struct Desk {
    folder: TempDir,
    store: PathBuf,
}

/// What came of a command.
pub(crate) struct Told {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Desk {
    /// With nothing on it.
    pub(crate) fn empty() -> Self {
        Self { folder: TempDir::new().unwrap(), store: PathBuf::from("store") }
    }

    /// With a vault `contoso` in a new store that lies in this folder.
    #[cfg(target_os = "linux")]
    pub(crate) fn with_store_in(store: PathBuf) -> Self {
        Self { store, ..Self::empty() }.furnished()
    }

    /// With a store made for simulation, cheap to open, and the vault `contoso` in it.
    pub(crate) fn new() -> Self {
        Self::empty().furnished()
    }

    fn furnished(self) -> Self {
        self.done("store init --simulation --kdf-memory 8 --kdf-passes 1 --kdf-lanes 1");
        self.done("keyvault create -n contoso -l westeurope --retention-days 7");
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join(&self.store)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        // As people keep what may hold a passphrase.
        #[cfg(unix)]
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// The program, to be run here with these words; nothing is typed into it.
    pub(crate) fn tresor<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = Command::new(program());
        command.args(words).current_dir(self.folder.path()).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("TRESOR_") {
                command.env_remove(name);
            }
        }
        command.env("XDG_CONFIG_HOME", self.folder.path().join(".config"));
        command.env("XDG_STATE_HOME", self.folder.path().join(".state"));
        command.env("TRESOR_STORE", &self.store).env("TRESOR_PASSPHRASE", PASSPHRASE).env("TZ", "UTC");
        command
    }

    /// The program on a terminal of its own, about to be asked a line.
    #[cfg(target_os = "linux")]
    pub(crate) fn on_terminal(&self, line: &str) -> Command {
        let mut command = Command::new("script");
        let line = format!("{} {line}", program().display());
        command.args(["--quiet", "--return", "--command", &line, "/dev/null"]).current_dir(self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        for (name, value) in self.tresor([]).get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
    }

    /// What comes of a line; words are parted by spaces.
    pub(crate) fn run(&self, line: &str) -> Told {
        told(self.tresor(line.split(' ')).output().unwrap())
    }

    /// What comes of a line while this is piped in.
    pub(crate) fn piped(&self, line: &str, input: impl AsRef<[u8]>) -> Told {
        piped(self.tresor(line.split(' ')), input)
    }

    /// The output of a line that has to work.
    pub(crate) fn done(&self, line: &str) -> String {
        let told = self.run(line);
        assert_eq!((told.code, told.err.as_str()), (0, ""), "{line}");
        told.out
    }

    /// The JSON that a line prints, which has to work.
    pub(crate) fn json(&self, line: &str) -> Value {
        let out = self.done(line);
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{line}: {error}: {out}"))
    }

    /// What a query of a line gives as text, which has to work.
    pub(crate) fn picked(&self, line: &str, query: &str) -> String {
        let mut words: Vec<&str> = line.split(' ').collect();
        words.extend(["--query", query, "-o", "tsv"]);
        let told = told(self.tresor(words).output().unwrap());
        assert_eq!((told.code, told.err.as_str()), (0, ""), "{line} {query}");
        told.out.trim_end_matches('\n').to_owned()
    }

    /// The store, open in this process as the window has it open.
    pub(crate) fn service(&self) -> Service {
        Service::open(&self.store(), &Passphrase::new(PASSPHRASE.to_owned()), TimeSource::Computer).unwrap()
    }
}

/// Copies a folder with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// A text of so many lines, each as it is made of its number.
pub(crate) fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(|number| line(number) + "\n").collect::<Vec<_>>().concat()
}

pub(crate) fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_tresor"))
}

pub(crate) fn piped(mut command: Command, input: impl AsRef<[u8]>) -> Told {
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    // A program that ends before it has read everything is no failure of the test.
    let _ = child.stdin.take().unwrap().write_all(input.as_ref());
    told(child.wait_with_output().unwrap())
}

pub(crate) fn told(output: Output) -> Told {
    Told {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Told {
    /// It has to have failed with this code and these words, and have answered nothing.
    #[track_caller]
    pub(crate) fn refused(&self, code: i32, words: &str) {
        assert_eq!((self.code, self.out.as_str()), (code, ""), "{}", self.err);
        assert!(self.err.contains(words), "{:?} does not say {words:?}", self.err);
    }
}
