//! The store, open for one command, and no longer than that.

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use super::{
    args::{Common, KeyName, SecretName},
    errors::Failure,
    identities, identity_passphrase,
    output::Output,
    passphrase::Passphrases,
    terminal,
};
use crate::{
    domain::{
        Caller, IdentityId, IdentityName, ObjectName, Refusal, RegionName, VaultName, VersionId,
        activity::Via,
        caller::SignedIn,
        id::{Collection, ObjectId},
        identity::Proof,
        message::Asked,
        properties::Tags,
        soft_delete::Kind,
    },
    service::{
        self, Attempts, Expect, Hold, Holder, Looks, Older, Passphrase, Service, ServiceError, StoreError, TimeSource,
        memory_of_this_computer, random,
    },
};

/// How long a command waits for others that will end by themselves, where nothing else is said.
const PATIENCE: Duration = Duration::from_secs(30);
/// From when on a person is told what is waited for.
const TOLD_AFTER: Duration = Duration::from_secs(5);
/// How long to wait between two tries of a store that is open elsewhere: at first, and at most.
const SHORTEST_PAUSE: Duration = Duration::from_millis(4);
const LONGEST_PAUSE: Duration = Duration::from_millis(32);

/// How much of a store is read when it is opened.
#[derive(Clone, Copy)]
pub(super) enum Opening {
    Whole,
    /// For commands that may get by with little of it.
    Lean(Expect),
}

/// What is needed to open a store. It was read before, because whoever tells it may need the store for that (T12).
pub(super) struct Ready<'a> {
    common: &'a Common,
    folder: &'a Path,
    pub(super) passphrase: Passphrase,
    /// The own passphrase of who asks, where a file was named.
    own: Option<Passphrase>,
    /// Whether the store may be older than this computer remembers it.
    pub(super) older: Older,
}

impl<'a> Ready<'a> {
    /// Asks for the passphrase of the store in `folder` as the person said, and for that of who asks.
    pub(super) fn new(common: &'a Common, folder: &'a Path) -> Result<Self, Failure> {
        let mut ready = Self::unsigned(common, folder)?;
        ready.own = identity_passphrase::of_caller_in_file(common)?;
        Ok(ready)
    }

    /// The same for commands that ask for nothing that anybody needs a right for.
    pub(super) fn unsigned(common: &'a Common, folder: &'a Path) -> Result<Self, Failure> {
        Ok(Self::with(common, folder, passphrases_of(common, folder)?.current()?))
    }

    /// The same with a passphrase that is known.
    pub(super) const fn with(common: &'a Common, folder: &'a Path, passphrase: Passphrase) -> Self {
        Self { common, folder, passphrase, own: None, older: Older::Refused }
    }

    /// Opens the store and acts as who was named, or as the Developer.
    pub(super) fn open(&mut self, opening: Opening) -> Result<Session, Failure> {
        loop {
            let mut session = self.open_unsigned(opening)?;
            match session.sign_in(self.common, self.own.take())? {
                SignIn::Done => return Ok(session),
                SignIn::Asks(name) => {
                    // A person takes their time, and meanwhile others can have the store.
                    drop(session);
                    self.own = Some(identity_passphrase::ask_caller(&name)?);
                }
            }
        }
    }

    /// The same for commands that the store's passphrase alone allows: who asks is who was named, else nobody in particular (T11).
    pub(super) fn open_by_passphrase(&mut self, opening: Opening) -> Result<Session, Failure> {
        if self.common.who_asks().is_some() {
            return self.open(opening);
        }
        let mut session = self.open_unsigned(opening)?;
        session.caller = Caller::by_store_passphrase();
        Ok(session)
    }

    /// Opens the store; waits for it where another command has it, or where the person said so. Nobody has signed in yet.
    pub(super) fn open_unsigned(&self, opening: Opening) -> Result<Session, Failure> {
        let hold = hold(self.common, self.folder)?;
        self.opened(hold, opening)
    }

    /// Opens the store if it is open nowhere else. Nobody has signed in yet.
    pub(super) fn try_open(&self) -> Result<Session, Failure> {
        self.opened(Service::hold(self.folder, Holder::Command)?, Opening::Whole)
    }

    fn opened(&self, hold: Hold, opening: Opening) -> Result<Session, Failure> {
        let (passphrase, source) = (&self.passphrase, TimeSource::Computer);
        let looks = match opening {
            Opening::Whole => Looks::Whole,
            Opening::Lean(expect) => Looks::Lean(expect),
        };
        let memory = memory_of_this_computer();
        let opening = service::Opening { passphrase, looks, memory: memory.as_deref(), older: self.older };
        let opened = Service::open_as(hold, opening, source);
        let service = note_try(self.folder, opened)?.asked_by_way_of(Via::CommandLine);
        let shows_warnings = !self.common.only_show_errors;
        Ok(Session { service, caller: Caller::developer(), shows_warnings, own_passphrase: None, vault: None })
    }
}

/// Where the passphrase of the store in `folder` comes from. There has to be a store, and it may be tried.
pub(super) fn passphrases_of(common: &Common, folder: &Path) -> Result<Passphrases, Failure> {
    if !Service::exists(folder) {
        return Err(Failure::NoStore(folder.to_path_buf()));
    }
    admit_try(folder)?;
    Passphrases::of(common)
}

/// Takes hold of the store in `folder`. This waits while it has nothing that anybody else could wait for.
fn hold(common: &Common, folder: &Path) -> Result<Hold, Failure> {
    let begun = Instant::now();
    let mut pause = SHORTEST_PAUSE;
    let mut was_window = false;
    let mut is_told = common.only_show_errors;
    loop {
        let error = match Service::hold(folder, Holder::Command) {
            Err(ServiceError::Store(error @ StoreError::AlreadyOpen { .. })) => error,
            other => return Ok(other?),
        };
        let by_window = error.held_by() == Some(Holder::Window);
        // For a moment the lock file names who had the store before.
        let is_window = by_window && was_window;
        was_window = by_window;
        if !common.wait && (is_window || begun.elapsed() > PATIENCE) {
            return Err(ServiceError::Store(error).into());
        }
        if !is_told && (is_window || begun.elapsed() > TOLD_AFTER) {
            let by =
                if let StoreError::AlreadyOpen { by: Some(by) } = error { format!(" in {by}") } else { String::new() };
            warn(&format!("The store is open{by}; waiting until it is closed there."));
            is_told = true;
        }
        // Of several that wait, none is always the one that comes too late.
        let [chance] = random::bytes::<1>();
        thread::sleep(pause / 2 + pause * u32::from(chance) / 256);
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Whether somebody acts now.
pub(super) enum SignIn {
    Done,
    /// Their own passphrase is needed, and only they can tell it.
    Asks(IdentityName),
}

/// An open store and who asks.
pub(super) struct Session {
    pub(super) service: Service,
    pub(super) caller: Caller,
    pub(super) shows_warnings: bool,
    /// What whoever asks has proven to be them by.
    pub(super) own_passphrase: Option<Passphrase>,
    /// The vault that was named, for the text of a refusal.
    vault: Option<VaultName>,
}

impl Session {
    /// Acts as who was named, or as the Developer; where they have a passphrase of their own, it has to be `own`, or stand in the
    /// environment.
    pub(super) fn sign_in(&mut self, common: &Common, own: Option<Passphrase>) -> Result<SignIn, Failure> {
        let directory = &self.service.world().directory;
        let found = match common.who_asks() {
            Some(who) => identities::find(directory, who).ok_or_else(|| identities::unknown(directory, who)),
            None => directory.get(IdentityId::DEVELOPER).ok_or_else(|| {
                "there is no Developer any more, who asks when nothing is said; say who does".to_owned()
            }),
        };
        let identity = found.cloned().map_err(|unknown| Failure::Usage(format!("argument --as: {unknown}")))?;
        let has_passphrase = identity.proof == Proof::Passphrase;
        self.own_passphrase = own;
        if has_passphrase && self.own_passphrase.is_none() {
            self.own_passphrase = identity_passphrase::of_caller_in_environment()?;
            if self.own_passphrase.is_none() {
                return Ok(SignIn::Asks(identity.name.clone()));
            }
        }
        if common.who_asks().is_none() && !has_passphrase {
            self.caller = Caller::of(&identity, SignedIn::Unproven);
            return Ok(SignIn::Done);
        }
        match self.service.sign_in(identity.id, self.own_passphrase.as_ref()) {
            Ok(caller) => self.caller = caller,
            Err(error) => {
                // That it was tried is recorded; what stands in the way of that is told by what is done next.
                drop(self.service.tick());
                return Err(error.into());
            }
        }
        Ok(SignIn::Done)
    }

    /// Where things were asked, for the text of a refusal.
    pub(super) fn asked(&self) -> Asked<'_> {
        let world = self.service.world();
        let vault = self.vault.as_ref();
        let stands = |name| world.vaults.get(name).map(|vault| vault.head.location);
        let stood = |name| world.vaults.get_deleted(name).map(|deleted| deleted.item.head.location);
        let location = vault.and_then(|name| stands(name).or_else(|| stood(name)));
        Asked { subscription: &world.subscription, vault, location }
    }

    /// Says something that is not the answer.
    pub(super) fn warn(&self, text: &str) {
        if self.shows_warnings {
            warn(text);
        }
    }

    /// Does what is left to do, so that the store can be closed, and notes what a person should hear after the answer.
    pub(super) fn finish(&mut self, output: &Output) {
        self.service.finish();
        if self.shows_warnings {
            for notice in self.service.notices() {
                output.tell_after(format!("Tresor: {notice}"));
            }
        }
    }

    /// The vault of that name, which need not be there.
    pub(super) fn vault_name(&mut self, text: &str) -> Result<VaultName, Failure> {
        let bad = |problem| Refusal::BadName { kind: Kind::Vault, name: text.to_owned(), problem };
        let vault = VaultName::parse(text).map_err(bad)?;
        self.vault = Some(vault.clone());
        Ok(vault)
    }

    /// The vault that is meant by its name or its URI.
    pub(super) fn vault_of(&mut self, name: Option<&str>, id: Option<&str>) -> Result<VaultName, Failure> {
        match (name, id) {
            (Some(name), _) => self.vault_name(name),
            (None, Some(id)) => match ObjectId::parse(id) {
                Some(ObjectId { vault, object: None }) => self.vault_name(&vault),
                _ => Err(bad_id(id, "https://NAME.vault.azure.net")),
            },
            (None, None) => Err(Failure::Usage("the following arguments are required: --vault-name".into())),
        }
    }

    /// The secret that is meant by its name or its id, and the version where the id has one. `collection` is where ids may
    /// point to beside live secrets.
    pub(super) fn secret_of(
        &mut self,
        secret: &SecretName,
        collection: Collection,
    ) -> Result<(VaultName, ObjectName, Option<VersionId>), Failure> {
        let SecretName { vault_name, name, id } = secret;
        self.object_of(vault_name.as_deref(), name.as_deref(), id.as_deref(), collection)
    }

    /// The same for keys.
    pub(super) fn key_of(
        &mut self,
        key: &KeyName,
        collection: Collection,
    ) -> Result<(VaultName, ObjectName, Option<VersionId>), Failure> {
        let KeyName { vault_name, name, id } = key;
        self.object_of(vault_name.as_deref(), name.as_deref(), id.as_deref(), collection)
    }

    fn object_of(
        &mut self,
        vault: Option<&str>,
        name: Option<&str>,
        id: Option<&str>,
        collection: Collection,
    ) -> Result<(VaultName, ObjectName, Option<VersionId>), Failure> {
        let (vault, name, version) = match (vault, name, id) {
            (Some(vault), Some(name), _) => (vault.to_owned(), name.to_owned(), None),
            (.., Some(id)) => match ObjectId::parse(id) {
                Some(ObjectId { vault, object: Some((found, name, version)) })
                    if found == collection || found == collection.of_live() =>
                {
                    (vault, name, version)
                }
                _ => {
                    let form = format!("https://VAULT.vault.azure.net/{}/NAME", collection.text());
                    return Err(bad_id(id, &form));
                }
            },
            _ => return Err(Failure::Usage("the following arguments are required: --vault-name, --name/-n".into())),
        };
        let vault = self.vault_name(&vault)?;
        let name = object_name(collection.kind(), &name)?;
        let version = version.map(|version| version_id(collection.kind(), &name, &version)).transpose()?;
        Ok((vault, name, version))
    }
}

/// Refuses to try a passphrase at the store in `folder` so soon after wrong ones.
pub(super) fn admit_try(folder: &Path) -> Result<(), Failure> {
    match Attempts::of_this_computer().wait_secs(folder, TimeSource::Computer.reading()) {
        None => Ok(()),
        Some(secs) => Err(Failure::Plain(format!(
            "Several wrong passphrases in a row: try again in {secs} s. Nothing was changed."
        ))),
    }
}

/// Notes whether the passphrase that was tried was the right one.
pub(super) fn note_try<T>(folder: &Path, tried: Result<T, ServiceError>) -> Result<T, ServiceError> {
    let mut attempts = Attempts::of_this_computer();
    match &tried {
        Ok(_) => attempts.right(folder),
        Err(ServiceError::Store(StoreError::WrongPassphrase)) => attempts.wrong(folder, TimeSource::Computer.reading()),
        Err(_) => {}
    }
    tried
}

/// A name that a secret or a key can have.
pub(super) fn object_name(kind: Kind, text: &str) -> Result<ObjectName, Refusal> {
    ObjectName::parse(text).map_err(|problem| Refusal::BadName { kind, name: text.to_owned(), problem })
}

/// A version by its 32 hex digits; any other text is the name of no version.
pub(super) fn version_id(kind: Kind, name: &ObjectName, text: &str) -> Result<VersionId, Refusal> {
    VersionId::parse(text).ok_or_else(|| Refusal::NotFound { kind, name: format!("{name}/{text}") })
}

/// `env=prod reviewed` as tags; a name alone has an empty value, and an empty text means no tags, as in az.
pub(super) fn tags(typed: &[String]) -> Result<Tags, Refusal> {
    let pairs = typed.iter().filter(|text| !text.is_empty()).map(|text| {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        (name.to_owned(), value.to_owned())
    });
    Tags::parse(pairs)
}

/// A region by its name.
pub(super) fn region(text: &str) -> Result<RegionName, Failure> {
    RegionName::parse(text).map_err(|unknown| Failure::Usage(unknown.to_string()))
}

/// Says something that is not the answer, where answers do not go.
pub(super) fn warn(text: &str) {
    terminal::tell(&format!("WARNING: {text}"));
}

fn bad_id(id: &str, form: &str) -> Failure {
    Failure::Usage(format!("argument --id: {id} is no such id; one looks like {form}"))
}
