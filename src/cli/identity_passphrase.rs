//! Where an identity's own passphrase or PIN comes from: a file, standard input, the environment, or a prompt. As the store's,
//! never from the command line.

use std::path::Path;

use super::{
    args::Common,
    errors::Failure,
    passphrase::{Lines, variable},
};
use crate::{domain::IdentityName, service::Passphrase};

/// Holds the own passphrase of whoever asks.
const AS_VARIABLE: &str = "TRESOR_AS_PASSPHRASE";
/// Holds the passphrase that an identity has.
const VARIABLE: &str = "TRESOR_IDENTITY_PASSPHRASE";
/// Holds the passphrase that an identity shall have.
const NEW_VARIABLE: &str = "TRESOR_NEW_IDENTITY_PASSPHRASE";

/// The own passphrase of whoever asks. A file that was named is read in any case, so that what follows in standard input is the
/// same whether a passphrase was needed or not.
pub(super) fn of_caller(common: &Common, name: &IdentityName, is_needed: bool) -> Result<Option<Passphrase>, Failure> {
    match &common.as_password_file {
        Some(path) => Lines::in_file(path)?.line().map(Some),
        None if !is_needed => Ok(None),
        None => given(AS_VARIABLE, &format!("Passphrase or PIN of {name}: "), "--as-password-file").map(Some),
    }
}

/// The passphrase that an identity has, and the one that it shall have.
pub(super) struct OwnPassphrases(Option<Lines>);

impl OwnPassphrases {
    /// Out of `file`, one after the other, or from wherever the environment or the person tells them.
    pub(super) fn of(file: Option<&Path>) -> Result<Self, Failure> {
        Ok(Self(file.map(Lines::in_file).transpose()?))
    }

    /// The one there is.
    pub(super) fn current(&mut self, name: &IdentityName) -> Result<Passphrase, Failure> {
        match &mut self.0 {
            Some(lines) => lines.line(),
            None => given(VARIABLE, &format!("Passphrase or PIN of {name}: "), "--password-file"),
        }
    }

    /// The one that there shall be.
    pub(super) fn next(&mut self, name: &IdentityName) -> Result<Passphrase, Failure> {
        if let Some(lines) = &mut self.0 {
            return lines.line();
        }
        if let Some(passphrase) = variable(NEW_VARIABLE)? {
            return Ok(passphrase);
        }
        let first = ask(NEW_VARIABLE, &format!("New passphrase or PIN of {name}: "), "--password-file")?;
        let again = ask(NEW_VARIABLE, "The same again: ", "--password-file")?;
        if first.expose() == again.expose() {
            return Ok(first);
        }
        Err(Failure::Usage("The two are not the same; nothing was changed.".into()))
    }
}

fn given(name: &'static str, prompt: &str, option: &str) -> Result<Passphrase, Failure> {
    match variable(name)? {
        Some(passphrase) => Ok(passphrase),
        None => ask(name, prompt, option),
    }
}

fn ask(name: &'static str, prompt: &str, option: &str) -> Result<Passphrase, Failure> {
    rpassword::prompt_password(prompt).map(Passphrase::new).map_err(|error| {
        Failure::Usage(format!(
            "An identity's own passphrase is needed, and there is no terminal to ask on ({error}). {name} or {option} FILE tell \
             it without one."
        ))
    })
}
