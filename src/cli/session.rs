//! The store, open for one command.

use std::{
    io::{self, Write as _},
    path::Path,
    thread,
    time::Duration,
};

use super::{
    args::{Common, KeyName, SecretName},
    errors::Failure,
    identities, identity_passphrase,
    passphrase::Passphrases,
};
use crate::{
    domain::{
        Caller, IdentityId, ObjectName, Refusal, RegionName, VaultName, VersionId,
        activity::Via,
        caller::SignedIn,
        id::{Collection, ObjectId},
        identity::Proof,
        message::Asked,
        properties::Tags,
        soft_delete::Kind,
    },
    service::{Attempts, Expect, Passphrase, Service, ServiceError, StoreError, TimeSource},
};

/// How long to wait between two tries of a store that is open elsewhere.
const BETWEEN_TRIES: Duration = Duration::from_millis(200);

/// How much of a store is read when it is opened.
type Opening = fn(&Path, &Passphrase, TimeSource) -> Result<Service, ServiceError>;

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
    /// Opens the store in `folder`, asking for the passphrase as the person said, and acts as who they said.
    pub(super) fn open(common: &Common, folder: &Path) -> Result<Self, Failure> {
        Self::open_as(common, folder, Service::open)
    }

    /// The same for commands that ask for nothing that anybody needs a right for.
    pub(super) fn open_unsigned(common: &Common, folder: &Path) -> Result<Self, Failure> {
        Self::open_unsigned_as(common, folder, Service::open)
    }

    /// The same for commands that the store's passphrase alone allows: who asks is who was named, else nobody in particular (T11).
    pub(super) fn open_by_passphrase(common: &Common, folder: &Path) -> Result<Self, Failure> {
        let mut session = Self::open_unsigned(common, folder)?;
        session.act_by_passphrase(common)?;
        Ok(session)
    }

    /// Acts as who was named, or as whoever knows the store's passphrase.
    pub(super) fn act_by_passphrase(&mut self, common: &Common) -> Result<(), Failure> {
        if common.who_asks().is_some() {
            return self.sign_in(common);
        }
        self.caller = Caller::by_store_passphrase();
        Ok(())
    }

    /// The same for commands that may get by with little of the store.
    pub(super) fn open_lean(common: &Common, folder: &Path, expect: Expect) -> Result<Self, Failure> {
        let opening: Opening = match expect {
            Expect::Reads => |folder, passphrase, source| Service::open_lean(folder, passphrase, Expect::Reads, source),
            Expect::Writes => {
                |folder, passphrase, source| Service::open_lean(folder, passphrase, Expect::Writes, source)
            }
        };
        Self::open_as(common, folder, opening)
    }

    fn open_as(common: &Common, folder: &Path, opening: Opening) -> Result<Self, Failure> {
        let mut session = Self::open_unsigned_as(common, folder, opening)?;
        session.sign_in(common)?;
        Ok(session)
    }

    fn open_unsigned_as(common: &Common, folder: &Path, opening: Opening) -> Result<Self, Failure> {
        if !Service::exists(folder) {
            return Err(Failure::NoStore(folder.to_path_buf()));
        }
        admit_try(folder)?;
        let passphrase = Passphrases::of(common)?.current()?;
        Self::waiting(common, folder, &passphrase, opening)
    }

    /// Opens the store in `folder`; waits for it where the person said so. Nobody has signed in yet.
    pub(super) fn open_with(common: &Common, folder: &Path, passphrase: &Passphrase) -> Result<Self, Failure> {
        Self::waiting(common, folder, passphrase, Service::open)
    }

    fn waiting(common: &Common, folder: &Path, passphrase: &Passphrase, opening: Opening) -> Result<Self, Failure> {
        let mut has_told = common.only_show_errors;
        loop {
            match Self::once(common, folder, passphrase, opening) {
                Err(Failure::Service(ServiceError::Store(StoreError::AlreadyOpen { by }))) if common.wait => {
                    if !has_told {
                        let by = by.map(|by| format!(" in {by}")).unwrap_or_default();
                        warn(&format!("The store is open{by}; waiting until it is closed there."));
                        has_told = true;
                    }
                    thread::sleep(BETWEEN_TRIES);
                }
                other => return other,
            }
        }
    }

    /// Opens the store in `folder` if it is open nowhere else. Nobody has signed in yet.
    pub(super) fn try_open(common: &Common, folder: &Path, passphrase: &Passphrase) -> Result<Self, Failure> {
        Self::once(common, folder, passphrase, Service::open)
    }

    fn once(common: &Common, folder: &Path, passphrase: &Passphrase, opening: Opening) -> Result<Self, Failure> {
        let opened = note_try(folder, opening(folder, passphrase, TimeSource::Computer))?;
        let service = opened.asked_by_way_of(Via::CommandLine);
        let shows_warnings = !common.only_show_errors;
        Ok(Self { service, caller: Caller::developer(), shows_warnings, own_passphrase: None, vault: None })
    }

    /// Acts as who was named, or as the Developer; where they have a passphrase of their own, it is asked for.
    pub(super) fn sign_in(&mut self, common: &Common) -> Result<(), Failure> {
        let directory = &self.service.world().directory;
        let found = match common.who_asks() {
            Some(who) => identities::find(directory, who).ok_or_else(|| identities::unknown(directory, who)),
            None => directory.get(IdentityId::DEVELOPER).ok_or_else(|| {
                "there is no Developer any more, who asks when nothing is said; say who does".to_owned()
            }),
        };
        let identity = found.cloned().map_err(|unknown| Failure::Usage(format!("argument --as: {unknown}")))?;
        let has_passphrase = identity.proof == Proof::Passphrase;
        self.own_passphrase = identity_passphrase::of_caller(common, &identity.name, has_passphrase)?;
        if common.who_asks().is_none() && !has_passphrase {
            self.caller = Caller::of(&identity, SignedIn::Unproven);
            return Ok(());
        }
        match self.service.sign_in(identity.id, self.own_passphrase.as_ref()) {
            Ok(caller) => self.caller = caller,
            Err(error) => {
                // That it was tried is recorded; what stands in the way of that is told by what is done next.
                drop(self.service.tick());
                return Err(error.into());
            }
        }
        Ok(())
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

    /// Says what a person should hear beside the answer, which is out already.
    pub(super) fn finish(&mut self) {
        self.service.finish();
        if self.shows_warnings {
            for notice in self.service.notices() {
                // Without anybody to tell there is nothing to be done about it.
                let _ = writeln!(io::stderr().lock(), "Tresor: {notice}");
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
    match Attempts::of_this_computer().wait_secs(folder, TimeSource::Computer.now()) {
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
        Err(ServiceError::Store(StoreError::WrongPassphrase)) => attempts.wrong(folder, TimeSource::Computer.now()),
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
    // Without anybody to tell there is nothing to be done about it.
    let _ = writeln!(io::stderr().lock(), "WARNING: {text}");
}

fn bad_id(id: &str, form: &str) -> Failure {
    Failure::Usage(format!("argument --id: {id} is no such id; one looks like {form}"))
}
