//! What is said when something was not done, and the exit code that says it to a script: az's own.

use std::{
    fmt::Write as _,
    io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use super::{Session, terminal};
use crate::{
    domain::{Refusal, Zone, message::Asked},
    service::{FolderUnfit, Holder, ServiceError, StoreError},
};

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub(super) enum Failure {
    /// What was typed makes no sense; the text says why.
    Usage(String),
    /// What was named is not there, in words that stand alone.
    Absent(String),
    /// Something else in words that stand alone.
    Plain(String),
    /// A file of the person's could not be read or written.
    File { doing: &'static str, path: PathBuf, source: io::Error },
    /// There is no store yet.
    NoStore(PathBuf),
    /// The service refused or failed.
    Service(ServiceError),
    /// It was done and told, and the record of it could not be written.
    Unrecorded(ServiceError),
    /// The answer could not be printed.
    Output(io::Error),
}

impl Failure {
    /// `doing` follows "could not" and is followed by the path.
    pub(super) fn file(doing: &'static str, path: &Path, source: io::Error) -> Self {
        Self::File { doing, path: path.to_path_buf(), source }
    }

    /// A file that the service could not use, by its name, which the service does not tell.
    pub(super) fn of_file(path: &Path, error: ServiceError) -> Self {
        match error {
            ServiceError::File { doing, source } => Self::Plain(format!("{doing} {} failed: {source}", path.display())),
            error @ (ServiceError::FileTooLarge { .. } | ServiceError::Import(_)) => {
                Self::Plain(format!("{}: {error}", path.display()))
            }
            other => Self::Service(other),
        }
    }

    /// 0 where all is well after all, 1 refused, 2 bad usage, 3 not found.
    fn code(&self) -> u8 {
        match self {
            // Whoever reads our output has seen enough.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => 0,
            Self::Usage(_) => 2,
            Self::Absent(_) => 3,
            Self::Service(ServiceError::Refused(refusal)) if refusal.code().status == 404 => 3,
            _ => 1,
        }
    }

    fn text(&self, asked: &Asked<'_>) -> String {
        match self {
            Self::Usage(text) | Self::Absent(text) | Self::Plain(text) => text.clone(),
            Self::File { doing, path, source } => format!("Could not {doing} {}: {source}", path.display()),
            Self::NoStore(folder) => format!(
                "There is no store at {} yet.\nMake one with `tresor store init`, or with `tresor store init --simulation` \
                 one whose clock can be moved. --store DIR or TRESOR_STORE names another place.",
                folder.display()
            ),
            Self::Service(ServiceError::Refused(refusal)) => refused(refusal, asked),
            Self::Service(ServiceError::Store(error @ StoreError::AlreadyOpen { .. })) => {
                let wait = match error.held_by() {
                    Some(Holder::Window) => "--wait waits for that.",
                    Some(Holder::Command) | None => "Tresor waited 30 s for that; --wait waits as long as it takes.",
                };
                format!("{error} {wait} Nothing was changed.")
            }
            Self::Service(ServiceError::Cancelled) => "Interrupted; nothing was changed.".into(),
            Self::Service(error) => error.to_string(),
            Self::Unrecorded(error) => {
                format!("It was done, but that it was asked could not be written down: {error}")
            }
            Self::Output(error) => format!("Could not print the answer: {error}"),
        }
    }
}

/// az's text: code and message, both again by name, the inner error as JSON. Below it what Tresor knows more.
fn refused(refusal: &Refusal, asked: &Asked<'_>) -> String {
    let code = refusal.code();
    let message = refusal.message(asked).replace("\r\n", "\n");
    let mut text = format!("({0}) {message}\nCode: {0}\nMessage: {message}", code.code);
    if let Some(inner) = code.inner {
        write!(text, "\nInner error: {{\n    \"code\": \"{inner}\"\n}}").expect("a text takes whatever is written");
    }
    let sentence = format!("{}.", refusal.sentence(Zone::Local));
    if sentence != message {
        write!(text, "\nTresor: {sentence}").expect("a text takes whatever is written");
    }
    text
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        Self::Service(error)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Service(refusal.into())
    }
}

impl From<FolderUnfit> for Failure {
    fn from(unfit: FolderUnfit) -> Self {
        Self::Service(unfit.into())
    }
}

/// Only what is printed fails with nothing but the system's error.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// What went wrong, in words that are known only while the store is open.
pub(super) struct Told {
    text: String,
    code: u8,
}

impl Failure {
    /// As a person hears it.
    pub(super) fn told(&self, session: Option<&Session>) -> Told {
        let asked = session.map_or(Asked { subscription: "", vault: None, location: None }, Session::asked);
        Told { text: self.text(&asked), code: self.code() }
    }
}

impl Told {
    /// Says it, and gives back the exit code.
    pub(super) fn report(&self) -> ExitCode {
        if self.code != 0 {
            terminal::tell(&format!("ERROR: {}", self.text));
        }
        ExitCode::from(self.code)
    }
}

impl From<Failure> for Told {
    fn from(failure: Failure) -> Self {
        failure.told(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{IdentityId, Permission, caller::Asker, soft_delete::Kind};

    fn check(failure: &Failure, code: u8) {
        assert_eq!(failure.code(), code, "{failure:?}");
    }

    #[test]
    fn exit_codes_are_those_of_az() {
        check(&Refusal::NotFound { kind: Kind::Secret, name: "a".into() }.into(), 3);
        check(&Refusal::DeletedNotFound { kind: Kind::Vault, name: "a".into() }.into(), 3);
        check(&Refusal::TimeIsReal.into(), 1);
        check(&Failure::Usage(String::new()), 2);
        check(&Failure::Absent(String::new()), 3);
        check(&Failure::NoStore(PathBuf::new()), 1);
        check(&ServiceError::Cancelled.into(), 1);
        check(&io::Error::from(io::ErrorKind::BrokenPipe).into(), 0);
        check(&io::Error::from(io::ErrorKind::StorageFull).into(), 1);
    }

    #[test]
    fn a_refusal_is_told_as_az_tells_it() {
        let asked = Asked { subscription: "s", vault: None, location: None };
        let failure = Failure::from(Refusal::SecretDisabled { name: "db".into() });
        assert_eq!(
            failure.text(&asked),
            "(Forbidden) Operation get is not allowed on a disabled secret.\nCode: Forbidden\nMessage: Operation get is not \
             allowed on a disabled secret.\nInner error: {\n    \"code\": \"SecretDisabled\"\n}\nTresor: db is disabled, so \
             its value cannot be read."
        );
        let caller = Asker { name: "Developer".into(), object: IdentityId::DEVELOPER, client: None, groups: 0 };
        let failure = Failure::from(Refusal::PermissionMissing {
            permission: Permission::SecretsPurge,
            caller: Box::new(caller),
        });
        assert!(failure.text(&asked).ends_with("Tresor: Developer does not have the permission secrets/purge."));
    }
}
