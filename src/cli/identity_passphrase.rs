//! Where an identity's own passphrase or PIN comes from: a file, standard input, the environment, or a prompt. As the store's,
//! never from the command line.

use std::{collections::VecDeque, path::Path};

use super::{
    args::Common,
    errors::Failure,
    passphrase::{Lines, variable},
    terminal,
};
use crate::{domain::IdentityName, service::Passphrase};

/// Holds the own passphrase of whoever asks.
const AS_VARIABLE: &str = "TRESOR_AS_PASSPHRASE";
/// Holds the passphrase that an identity has.
const VARIABLE: &str = "TRESOR_IDENTITY_PASSPHRASE";
/// Holds the passphrase that an identity shall have.
const NEW_VARIABLE: &str = "TRESOR_NEW_IDENTITY_PASSPHRASE";
/// Names the file that has both.
const FILE: &str = "--password-file";

/// The own passphrase of whoever asks, where a file was named. It is read in any case, so that what follows in standard input is
/// the same whether a passphrase was needed or not.
pub(super) fn of_caller_in_file(common: &Common) -> Result<Option<Passphrase>, Failure> {
    common.as_password_file.as_deref().map(|path| Lines::in_file(path)?.line()).transpose()
}

/// The same, where the environment tells it.
pub(super) fn of_caller_in_environment() -> Result<Option<Passphrase>, Failure> {
    variable(AS_VARIABLE)
}

/// The same, asked for.
pub(super) fn ask_caller(name: &IdentityName) -> Result<Passphrase, Failure> {
    ask(AS_VARIABLE, &format!("Passphrase or PIN of {name}: "), "--as-password-file")
}

/// The passphrase that an identity has, and the one that it shall have. Those that a file or the environment tells are read at
/// once, before the store is opened.
pub(super) struct OwnPassphrases {
    /// The lines of the file that was named.
    lines: Option<VecDeque<Passphrase>>,
    current: Option<Passphrase>,
    next: Option<Passphrase>,
}

impl OwnPassphrases {
    /// Out of `file`, of which at most so many lines count, one after the other, or from the environment.
    pub(super) fn of(file: Option<&Path>, most: usize) -> Result<Self, Failure> {
        let Some(file) = file else {
            return Ok(Self { lines: None, current: variable(VARIABLE)?, next: variable(NEW_VARIABLE)? });
        };
        let mut lines = Lines::in_file(file)?;
        let mut read = VecDeque::new();
        while read.len() < most
            && let Some(line) = lines.line_if_any()?
        {
            read.push_back(line);
        }
        Ok(Self { lines: Some(read), current: None, next: None })
    }

    /// Whether one of them may have to be typed.
    pub(super) const fn may_ask(&self) -> bool {
        self.lines.is_none() && (self.current.is_none() || self.next.is_none())
    }

    /// Asks for the one there is, where nothing tells it.
    pub(super) fn ask_current(&mut self, name: &IdentityName) -> Result<(), Failure> {
        if self.current.is_none() {
            self.current = Some(ask(VARIABLE, &format!("Passphrase or PIN of {name}: "), FILE)?);
        }
        Ok(())
    }

    /// Asks for the one that there shall be, where nothing tells it.
    pub(super) fn ask_next(&mut self, name: &IdentityName) -> Result<(), Failure> {
        if self.next.is_some() {
            return Ok(());
        }
        let first = ask(NEW_VARIABLE, &format!("New passphrase or PIN of {name}: "), FILE)?;
        let again = ask(NEW_VARIABLE, "The same again: ", FILE)?;
        if first.expose() != again.expose() {
            return Err(Failure::Usage("The two are not the same; nothing was changed.".into()));
        }
        self.next = Some(first);
        Ok(())
    }

    /// The one there is.
    pub(super) fn current(&mut self) -> Result<Passphrase, Failure> {
        let told = self.lines.as_mut().map_or_else(|| self.current.take(), VecDeque::pop_front);
        told.ok_or_else(Self::missing)
    }

    /// The one that there shall be.
    pub(super) fn next(&mut self) -> Result<Passphrase, Failure> {
        let told = self.lines.as_mut().map_or_else(|| self.next.take(), VecDeque::pop_front);
        told.ok_or_else(Self::missing)
    }

    fn missing() -> Failure {
        Failure::Usage("There is no passphrase where one should be read: not even an empty line.".into())
    }
}

fn ask(name: &'static str, prompt: &str, option: &str) -> Result<Passphrase, Failure> {
    rpassword::prompt_password(terminal::harmless(prompt)).map(Passphrase::new).map_err(|error| {
        Failure::Usage(format!(
            "An identity's own passphrase is needed, and there is no terminal to ask on ({error}). {name} or {option} FILE tell \
             it without one."
        ))
    })
}
