//! Where the passphrase comes from: a file, standard input, the environment, or a prompt. Never from the command line, which
//! every program on the machine can read. Where its key file lies may stand there.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, IsTerminal as _, Read as _},
    path::{Path, PathBuf},
};

use zeroize::{Zeroize as _, Zeroizing};

use super::{
    args::{Common, NewKeyFile},
    errors::Failure,
    terminal,
};
use crate::{
    disk,
    service::{Credentials, Passphrase, Strength},
};

/// Holds the passphrase.
const VARIABLE: &str = "TRESOR_PASSPHRASE";
/// Holds the passphrase that shall take its place.
const NEW_VARIABLE: &str = "TRESOR_NEW_PASSPHRASE";

/// A passphrase is not longer.
const MOST_BYTES: u64 = 64 * 1024;

/// Names the key file.
const KEY_FILE_VARIABLE: &str = "TRESOR_KEY_FILE";

/// One passphrase after the other, from where the person said.
pub(super) struct Passphrases {
    from: Lines,
    key_file: Option<PathBuf>,
}

/// Where passphrases are read from, one after the other.
pub(super) enum Lines {
    File(BufReader<io::Take<File>>),
    StandardInput,
    EnvironmentOrTerminal,
}

impl Passphrases {
    pub(super) fn of(common: &Common) -> Result<Self, Failure> {
        let from = match &common.passphrase_file {
            Some(path) => Lines::File(open(path)?),
            None if common.passphrase_stdin => Lines::StandardInput,
            None => Lines::EnvironmentOrTerminal,
        };
        let by_environment =
            || std::env::var_os(KEY_FILE_VARIABLE).filter(|named| !named.is_empty()).map(PathBuf::from);
        Ok(Self { from, key_file: common.key_file.clone().or_else(by_environment) })
    }

    /// The one that opens the store, with its key file.
    pub(super) fn current(&mut self) -> Result<Passphrase, Failure> {
        let typed = self.from.one(VARIABLE, || ask("Passphrase: "))?;
        with_key_file(typed, self.key_file.clone())
    }

    /// The first one of a new store, with its key file.
    pub(super) fn first(&mut self, weak: Weak) -> Result<Passphrase, Failure> {
        let typed = weak.admit(self.from.one(VARIABLE, ask_twice)?)?;
        with_key_file(typed, self.key_file.clone())
    }

    /// Whether a person has to type the next one.
    pub(super) fn asks_for_next(&self) -> bool {
        matches!(self.from, Lines::EnvironmentOrTerminal) && std::env::var_os(NEW_VARIABLE).is_none()
    }

    /// The one that takes the place of the current one, as it was typed.
    pub(super) fn next(&mut self) -> Result<Passphrase, Failure> {
        self.from.one(NEW_VARIABLE, ask_twice)
    }

    /// The same where it is strong enough, with the key file that it shall have.
    pub(super) fn admit_next(&self, typed: Passphrase, weak: Weak, file: &NewKeyFile) -> Result<Passphrase, Failure> {
        let typed = weak.admit(typed)?;
        let same = self.key_file.clone().filter(|_| !file.no_key_file);
        with_key_file(typed, file.new_key_file.clone().or(same))
    }
}

/// What is done with a passphrase that is guessed too soon.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Weak {
    Allowed,
    Refused,
}

impl Weak {
    fn admit(self, passphrase: Passphrase) -> Result<Passphrase, Failure> {
        let problem = Strength::of(passphrase.expose()).problem();
        match problem.filter(|_| self == Self::Refused && !passphrase.is_empty()) {
            None => Ok(passphrase),
            Some(why) => Err(Failure::Plain(format!(
                "{why} Nothing was changed; --allow-weak-passphrase takes it all the same."
            ))),
        }
    }
}

/// Says so where other accounts can read what opens the store (L7).
fn warn_if_open(path: &Path) {
    if disk::is_open_to_others(path) {
        let path = path.display();
        terminal::tell(&format!(
            "WARNING: Other accounts on this computer can read {path}. Restrict access: chmod 600 {path}"
        ));
    }
}

fn with_key_file(passphrase: Passphrase, key_file: Option<PathBuf>) -> Result<Passphrase, Failure> {
    key_file.as_deref().into_iter().for_each(warn_if_open);
    Ok(Credentials::new(passphrase, key_file).read()?)
}

impl Lines {
    fn one(
        &mut self,
        name: &'static str,
        ask: impl FnOnce() -> Result<Passphrase, Failure>,
    ) -> Result<Passphrase, Failure> {
        match self {
            Self::EnvironmentOrTerminal => variable(name)?.map_or_else(ask, Ok),
            Self::File(_) | Self::StandardInput => self.line(),
        }
    }

    /// The lines of a file; `-` is standard input.
    pub(super) fn in_file(path: &Path) -> Result<Self, Failure> {
        Ok(if path == Path::new("-") { Self::StandardInput } else { Self::File(open(path)?) })
    }

    /// The next one.
    pub(super) fn line(&mut self) -> Result<Passphrase, Failure> {
        let nothing = "There is no passphrase where one should be read: not even an empty line.";
        self.line_if_any()?.ok_or_else(|| Failure::Usage(nothing.into()))
    }

    /// The next one; `None` at the end.
    pub(super) fn line_if_any(&mut self) -> Result<Option<Passphrase>, Failure> {
        // Room for any usual passphrase, so that the text does not move while it grows.
        let mut line = Zeroizing::new(String::with_capacity(1024));
        let read = match self {
            Self::File(file) => file.read_line(&mut line),
            Self::StandardInput | Self::EnvironmentOrTerminal => {
                io::stdin().lock().take(MOST_BYTES).read_line(&mut line)
            }
        };
        match read {
            Ok(0) => Ok(None),
            Ok(_) => Ok(Some(Passphrase::new(line.trim_end_matches(['\r', '\n']).to_owned()))),
            Err(error) => Err(Failure::Usage(format!("Could not read the passphrase: {error}"))),
        }
    }
}

/// What opens a key that is imported: the first line of a file.
pub(super) fn of_key_in(path: &Path) -> Result<Passphrase, Failure> {
    Lines::File(open(path)?).line()
}

/// The same, asked for. `None` where there is nobody to ask.
pub(super) fn of_key_typed() -> Option<Passphrase> {
    // Where something is piped in nobody looks at the terminal.
    if !io::stdin().is_terminal() {
        return None;
    }
    rpassword::prompt_password("Passphrase of the key: ").ok().map(Passphrase::new)
}

fn open(path: &Path) -> Result<BufReader<io::Take<File>>, Failure> {
    let file = File::open(path).map_err(|source| Failure::file("read the passphrase from", path, source))?;
    warn_if_open(path);
    Ok(BufReader::new(file.take(MOST_BYTES)))
}

/// What a variable of the environment holds.
pub(super) fn variable(name: &'static str) -> Result<Option<Passphrase>, Failure> {
    match std::env::var_os(name).map(std::ffi::OsString::into_string) {
        None => Ok(None),
        Some(Ok(text)) => Ok(Some(Passphrase::new(text))),
        Some(Err(_)) => Err(Failure::Usage(format!("{name} is not text in UTF-8."))),
    }
}

fn ask(prompt: &str) -> Result<Passphrase, Failure> {
    rpassword::prompt_password(prompt).map(Passphrase::new).map_err(|error| {
        Failure::Usage(format!(
            "The passphrase is needed, and there is no terminal to ask on ({error}). {VARIABLE}, --passphrase-file FILE or \
             --passphrase-stdin tell it without one."
        ))
    })
}

fn ask_twice() -> Result<Passphrase, Failure> {
    let first = ask("New passphrase: ")?;
    let mut again = Zeroizing::new(ask("The same again: ")?.expose().to_owned());
    let is_same = *again == first.expose();
    again.zeroize();
    if is_same { Ok(first) } else { Err(Failure::Usage("The two are not the same; nothing was changed.".into())) }
}
