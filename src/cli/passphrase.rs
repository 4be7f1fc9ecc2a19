//! Where the passphrase comes from: a file, standard input, the environment, or a prompt. Never from the command line, which
//! every program on the machine can read.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, IsTerminal as _, Read as _},
    path::Path,
};

use zeroize::{Zeroize as _, Zeroizing};

use super::{args::Common, errors::Failure};
use crate::service::Passphrase;

/// Holds the passphrase.
const VARIABLE: &str = "TRESOR_PASSPHRASE";
/// Holds the passphrase that shall take its place.
const NEW_VARIABLE: &str = "TRESOR_NEW_PASSPHRASE";

/// A passphrase is not longer.
const MOST_BYTES: u64 = 64 * 1024;

/// One passphrase after the other, from where the person said.
pub(super) enum Passphrases {
    File(BufReader<io::Take<File>>),
    StandardInput,
    EnvironmentOrTerminal,
}

impl Passphrases {
    pub(super) fn of(common: &Common) -> Result<Self, Failure> {
        Ok(match &common.passphrase_file {
            Some(path) => Self::File(open(path)?),
            None if common.passphrase_stdin => Self::StandardInput,
            None => Self::EnvironmentOrTerminal,
        })
    }

    /// The one that opens the store.
    pub(super) fn current(&mut self) -> Result<Passphrase, Failure> {
        match self {
            Self::EnvironmentOrTerminal => match variable(VARIABLE)? {
                Some(passphrase) => Ok(passphrase),
                None => ask("Passphrase: "),
            },
            Self::File(_) | Self::StandardInput => self.line(),
        }
    }

    /// The first one of a new store.
    pub(super) fn first(&mut self) -> Result<Passphrase, Failure> {
        match self {
            Self::EnvironmentOrTerminal => match variable(VARIABLE)? {
                Some(passphrase) => Ok(passphrase),
                None => ask_twice(),
            },
            Self::File(_) | Self::StandardInput => self.line(),
        }
    }

    /// The one that takes the place of the current one.
    pub(super) fn next(&mut self) -> Result<Passphrase, Failure> {
        match self {
            Self::EnvironmentOrTerminal => match variable(NEW_VARIABLE)? {
                Some(passphrase) => Ok(passphrase),
                None => ask_twice(),
            },
            Self::File(_) | Self::StandardInput => self.line(),
        }
    }

    fn line(&mut self) -> Result<Passphrase, Failure> {
        // Room for any usual passphrase, so that the text does not move while it grows.
        let mut line = Zeroizing::new(String::with_capacity(1024));
        let read = match self {
            Self::File(file) => file.read_line(&mut line),
            Self::StandardInput | Self::EnvironmentOrTerminal => {
                io::stdin().lock().take(MOST_BYTES).read_line(&mut line)
            }
        };
        match read {
            Ok(0) => {
                Err(Failure::Usage("There is no passphrase where one should be read: not even an empty line.".into()))
            }
            Ok(_) => Ok(Passphrase::new(line.trim_end_matches(['\r', '\n']).to_owned())),
            Err(error) => Err(Failure::Usage(format!("Could not read the passphrase: {error}"))),
        }
    }
}

/// What opens a key that is imported: the first line of a file.
pub(super) fn of_key_in(path: &Path) -> Result<Passphrase, Failure> {
    Passphrases::File(open(path)?).line()
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
    Ok(BufReader::new(file.take(MOST_BYTES)))
}

fn variable(name: &'static str) -> Result<Option<Passphrase>, Failure> {
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
