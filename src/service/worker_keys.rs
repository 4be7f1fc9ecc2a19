//! What the worker does with keys. Making one takes a while, so it happens on a thread of its own; hashing a file tells how
//! far it is.

use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use super::{KeyAnswer, KeyRequest, NewKey, Service, ServiceError, files, worker::Reply};
use crate::{
    crypto::{
        Passphrase,
        key::{self, CancelFlag, KeyMaterial, Parameters, hash_stream, public_pem},
    },
    domain::{
        Algorithm, Caller, KeyKind, KeyOperation, KeyProtection, ObjectName, PublicJwk, Refusal, RotationPolicy,
        VaultName, VersionId,
        key::{KeyDraft, KeyPatch},
    },
};

/// A file with a key, or with a short text for one, is not longer.
const MOST_READ: u64 = 1 << 20;

/// Every operation on keys that can be asked of a service.
#[expect(missing_docs, reason = "each is the service's method of the same name")]
pub enum KeyCommand {
    Create(VaultName, ObjectName, KeyKind, KeyDraft),
    Import(VaultName, ObjectName, BroughtKey, KeyDraft),
    Rotate(VaultName, ObjectName),
    List(VaultName),
    ListDeleted(VaultName),
    Update(VaultName, ObjectName, Option<VersionId>, KeyPatch),
    SetRotationPolicy(VaultName, ObjectName, RotationPolicy),
    Delete(VaultName, ObjectName),
    Recover(VaultName, ObjectName),
    Purge(VaultName, ObjectName),
    BackUp(VaultName, ObjectName, PathBuf),
    Restore(VaultName, PathBuf),
    SavePublic(VaultName, ObjectName, Option<VersionId>, PublicForm, PathBuf),
    Use(VaultName, ObjectName, Option<VersionId>, KeyUse),
}

/// A key that somebody brings along.
pub struct BroughtKey {
    /// PEM or a JSON Web Key.
    pub from: KeySource,
    /// What opens it, where it is protected.
    pub passphrase: Option<Passphrase>,
    /// What shall guard it here.
    pub protection: KeyProtection,
}

/// Where a key that is brought along stands.
pub enum KeySource {
    /// In this text.
    Text(Zeroizing<String>),
    /// In this file.
    File(PathBuf),
}

/// How the public part is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicForm {
    /// `SubjectPublicKeyInfo` in PEM.
    Pem,
    /// A JSON Web Key.
    Jwk,
}

/// One use of a key, with all that it takes.
pub struct KeyUse {
    /// What is done.
    pub operation: KeyOperation,
    /// By which algorithm; it must fit key and operation.
    pub algorithm: Algorithm,
    /// What it is done to.
    pub input: KeyInput,
    /// The initialisation vector of AES.
    pub iv: Option<Vec<u8>>,
    /// What AES-GCM authenticates beside the text.
    pub aad: Option<Vec<u8>>,
    /// The tag of AES-GCM.
    pub tag: Option<Vec<u8>>,
    /// The signature that is compared.
    pub signature: Option<Vec<u8>>,
}

/// What a key is used on.
pub enum KeyInput {
    /// These bytes, as they are: to sign, a digest.
    Bytes(Zeroizing<Vec<u8>>),
    /// This message, which is hashed first to be signed or verified.
    Message(Zeroizing<Vec<u8>>),
    /// The content of this file; hashed first to be signed or verified, however long it is.
    File(PathBuf),
}

/// What there is to be made before a request can be done.
pub(super) struct ToMake {
    pub(super) kind: KeyKind,
    pub(super) then: Then,
}

/// What is done with a key that was made.
pub(super) enum Then {
    Create(VaultName, ObjectName, KeyDraft),
    Rotate(VaultName, ObjectName),
}

/// How far a request came.
pub(super) enum Step {
    Done(Reply),
    /// A key has to be made first, elsewhere.
    Make(ToMake),
}

impl ToMake {
    /// Takes up to some seconds.
    pub(super) fn make(&self) -> Result<KeyMaterial, ServiceError> {
        // The flag is never set, so the library failed, and says no more than that.
        key::generate(self.kind, &CancelFlag::default()).ok().ok_or_else(|| Refusal::CryptographyFailed.into())
    }
}

impl Then {
    /// Asks again whether it may be done, and does it.
    pub(super) fn finish(
        self,
        service: &mut Service,
        by: &Caller,
        material: KeyMaterial,
    ) -> Result<Reply, ServiceError> {
        match self {
            Self::Create(vault, name, draft) => service.create_key(by, &vault, NewKey { name, draft, material }),
            Self::Rotate(vault, name) => service.rotate_key(by, &vault, &name, &material),
        }
        .map(|_| Reply::Done)
    }
}

/// Does what is asked for, as far as it can be done at once. `progress` hears how much of a file is hashed, 0 to 1.
pub(super) fn perform(
    service: &mut Service,
    by: &Caller,
    command: KeyCommand,
    progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
) -> Result<Step, ServiceError> {
    let done = |_| Reply::Done;
    let reply = match command {
        KeyCommand::Create(vault, name, kind, draft) => {
            service.admit_new_key(by, &vault, (&name, kind), &draft)?;
            return Ok(Step::Make(ToMake { kind, then: Then::Create(vault, name, draft) }));
        }
        KeyCommand::Rotate(vault, name) => {
            let kind = service.admit_rotation(by, &vault, &name)?;
            return Ok(Step::Make(ToMake { kind, then: Then::Rotate(vault, name) }));
        }
        KeyCommand::Import(vault, name, brought, draft) => {
            let material = brought.read()?;
            service.import_key(by, &vault, NewKey { name, draft, material }).map(|_| Reply::Done)?
        }
        KeyCommand::List(vault) => service.list_keys(by, &vault).map(|_| Reply::Done)?,
        KeyCommand::ListDeleted(vault) => service.list_deleted_keys(by, &vault).map(|_| Reply::Done)?,
        KeyCommand::Update(vault, name, version, patch) => {
            service.update_key(by, &vault, &name, version, &patch).map(done)?
        }
        KeyCommand::SetRotationPolicy(vault, name, policy) => {
            service.set_rotation_policy(by, &vault, &name, policy).map(done)?
        }
        KeyCommand::Delete(vault, name) => service.delete_key(by, &vault, &name).map(|_| Reply::Done)?,
        KeyCommand::Recover(vault, name) => service.recover_key(by, &vault, &name).map(done)?,
        KeyCommand::Purge(vault, name) => service.purge_key(by, &vault, &name).map(|()| Reply::Done)?,
        KeyCommand::BackUp(vault, name, path) => {
            let blob = service.back_up_key(by, &vault, &name)?;
            files::write_backup(&path, &blob).map(|()| Reply::Done)?
        }
        KeyCommand::Restore(vault, path) => {
            let blob = files::read_backup(&path)?;
            Reply::Restored(service.restore_key(by, &vault, &blob)?.name().clone())
        }
        KeyCommand::SavePublic(vault, name, version, form, path) => {
            let key = service.get_key(by, &vault, &name, version)?;
            let version = key.version(version).unwrap_or_else(|| key.current());
            let text = match (form, version.public.as_deref()) {
                (PublicForm::Pem, Some(part)) => public_pem(part).ok().ok_or(Refusal::CryptographyFailed)?,
                (PublicForm::Jwk, part) => PublicJwk { kid: None, kind: version.kind, operations: None, part }.text(),
                (PublicForm::Pem, None) => return Err(Refusal::CryptographyFailed.into()),
            };
            files::write_whole(&path, text.as_bytes(), "Writing the public key")?;
            Reply::Done
        }
        KeyCommand::Use(vault, name, version, using) => {
            let (id, answer) = using.ask(service, by, (&vault, &name, version), progress)?;
            Reply::Used(id, answer)
        }
    };
    Ok(Step::Done(reply))
}

impl BroughtKey {
    fn read(&self) -> Result<KeyMaterial, ServiceError> {
        let read;
        let bytes = match &self.from {
            KeySource::Text(text) => text.as_bytes(),
            KeySource::File(path) => {
                read = files::read_at_most(path, MOST_READ, "Reading the key", "a key")?;
                &read
            }
        };
        let imported = key::import(bytes, self.passphrase.as_ref(), self.protection);
        imported.map_err(|problem| Refusal::BadKey { problem }.into())
    }
}

impl KeyUse {
    fn ask(
        self,
        service: &mut Service,
        by: &Caller,
        (vault, name, version): (&VaultName, &ObjectName, Option<VersionId>),
        progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
    ) -> Result<(VersionId, KeyAnswer), ServiceError> {
        let Self { operation, algorithm, input, iv, aad, tag, signature } = self;
        let hash = algorithm.digest().filter(|_| matches!(operation, KeyOperation::Sign | KeyOperation::Verify));
        let bytes = match (input, hash) {
            (KeyInput::Bytes(bytes), _) | (KeyInput::Message(bytes), None) => bytes,
            (KeyInput::Message(message), Some(hash)) => Zeroizing::new(key::digest(hash, &message)),
            (KeyInput::File(path), Some(hash)) => Zeroizing::new(digest_of(&path, hash, progress)?),
            (KeyInput::File(path), None) => {
                files::read_at_most(&path, MOST_READ, "Reading the file", "a text for a key")?
            }
        };
        let parameters = Parameters { iv: iv.as_deref(), aad: aad.as_deref(), tag: tag.as_deref() };
        let request = match operation {
            KeyOperation::Encrypt => KeyRequest::Encrypt(algorithm, &bytes, parameters),
            KeyOperation::Decrypt => KeyRequest::Decrypt(algorithm, &bytes, parameters),
            KeyOperation::WrapKey => KeyRequest::Wrap(algorithm, &bytes),
            KeyOperation::UnwrapKey => KeyRequest::Unwrap(algorithm, &bytes),
            KeyOperation::Sign => KeyRequest::Sign(algorithm, &bytes),
            KeyOperation::Verify => KeyRequest::Verify(algorithm, &bytes, signature.as_deref().unwrap_or_default()),
        };
        service.use_key(by, vault, name, version, request)
    }
}

fn digest_of(
    path: &Path,
    hash: crate::domain::Hash,
    progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
) -> Result<Vec<u8>, ServiceError> {
    let failed = |source| ServiceError::File { doing: "Reading the file", source };
    let (file, len) = files::open(path, "Reading the file")?;
    let digest = hash_stream(hash, file, |done| progress((done as f64 / len.max(1) as f64) as f32));
    digest.map_err(failed)?.ok_or(ServiceError::Cancelled)
}
