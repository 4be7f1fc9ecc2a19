//! `tresor keyvault key …`: what keys there are. Using them is in `run_key_use.rs`.

use std::{
    path::Path,
    sync::{atomic::Ordering, mpsc},
    thread,
    time::Duration,
};

use super::{
    Work,
    args::{
        BackupKey, Common, CreateKey, DownloadKey, ImportKey, KeyAttributes, KeyCommand, KeyDraftOptions, KeyName,
        KeySource, KeyTarget, KeyType, ListKeyVersions, PemPassword, Protection, PublicForm, RestoreKey,
        RotationPolicyCommand, SetKeyAttributes, UpdateRotationPolicy,
    },
    errors::Failure,
    inputs,
    output::Output,
    passphrase, progress, rotation_policy, run_key_use,
    run_secret::{already_exists, at_most, in_vault, within, write_private},
    session::{self, Session},
    shape, work,
};
use crate::{
    disk::{self, Existing},
    domain::{
        KeyKind, KeyOperations, KeyProblem, KeyProtection, ObjectName, PublicJwk, Refusal, VaultName, VersionId,
        id::Collection,
        key::{KeyDraft, KeyPatch},
        properties::{Enabled, Validity},
        soft_delete::Kind,
    },
    service::{
        self, NewKey, ServiceError,
        key::{self, CancelFlag, KeyMaterial, NotGenerated},
    },
};

/// How often to look whether somebody pressed Ctrl+C while a key is made.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// Reads what the command names; what is left is done in the open store.
pub(super) fn prepare(common: &Common, command: KeyCommand) -> Result<Work, Failure> {
    match command {
        KeyCommand::Create(what) => work(move |session, output| create(session, output, what)),
        KeyCommand::Import(what) => import(common, what),
        KeyCommand::List(what) => work(move |session, output| {
            let (vault, most) = in_vault(session, &what.vault)?;
            let keys = session.service.list_keys(&session.caller, &vault)?;
            let within = within(session, &vault)?;
            output.list(keys.live().take(most).map(|key| within.key_item(key)), None)
        }),
        KeyCommand::ListVersions(what) => work(move |session, output| list_versions(session, output, &what)),
        KeyCommand::Show(target) => work(move |session, output| {
            let (vault, name, version) = versioned(session, &target)?;
            let key = session.service.get_key(&session.caller, &vault, &name, version)?;
            output.one(&within(session, &vault)?.key_bundle(&key, version))
        }),
        KeyCommand::SetAttributes(what) => work(move |session, output| set_attributes(session, output, &what)),
        KeyCommand::Rotate(target) => work(move |session, output| rotate(session, output, &target)),
        KeyCommand::RotationPolicy(RotationPolicyCommand::Show(target)) => work(move |session, output| {
            let (vault, name, _) = session.key_of(&target, Collection::Keys)?;
            let key = session.service.get_rotation_policy(&session.caller, &vault, &name)?;
            output.one(&shape::key::policy(&vault, &key))
        }),
        KeyCommand::RotationPolicy(RotationPolicyCommand::Update(what)) => update_policy(what),
        KeyCommand::Download(what) => work(move |session, output| download(session, output, what)),
        KeyCommand::Encrypt(what) => run_key_use::encrypt(common, what),
        KeyCommand::Decrypt(what) => run_key_use::decrypt(what),
        KeyCommand::Sign(what) => run_key_use::sign(what),
        KeyCommand::Verify(what) => run_key_use::verify(what),
        KeyCommand::Delete(target) => work(move |session, output| {
            let (vault, name, _) = session.key_of(&target, Collection::Keys)?;
            let deleted = session.service.delete_key(&session.caller, &vault, &name)?;
            output.one(&within(session, &vault)?.deleted_key_bundle(&deleted))
        }),
        KeyCommand::ListDeleted(what) => work(move |session, output| {
            let (vault, most) = in_vault(session, &what)?;
            let deleted = session.service.list_deleted_keys(&session.caller, &vault)?;
            let within = within(session, &vault)?;
            output.list(deleted.iter().take(most).map(|deleted| within.deleted_key_item(deleted)), None)
        }),
        KeyCommand::ShowDeleted(target) => work(move |session, output| {
            let (vault, name, _) = session.key_of(&target, Collection::DeletedKeys)?;
            let deleted = session.service.get_deleted_key(&session.caller, &vault, &name)?;
            output.one(&within(session, &vault)?.deleted_key_bundle(&deleted))
        }),
        KeyCommand::Recover(target) => work(move |session, output| {
            let (vault, name, _) = session.key_of(&target, Collection::DeletedKeys)?;
            let key = session.service.recover_key(&session.caller, &vault, &name)?;
            output.one(&within(session, &vault)?.key_bundle(&key, None))
        }),
        KeyCommand::Purge(target) => work(move |session, _| {
            let (vault, name, _) = session.key_of(&target, Collection::DeletedKeys)?;
            Ok(session.service.purge_key(&session.caller, &vault, &name)?)
        }),
        KeyCommand::Backup(BackupKey { key, file }) => work(move |session, output| {
            let (vault, name, _) = session.key_of(&key, Collection::Keys)?;
            let blob = session.service.back_up_key(&session.caller, &vault, &name)?;
            output.write_after(move || {
                service::write_backup(&file, &blob).map_err(|error| Failure::of_file(&file, error))
            });
            Ok(())
        }),
        KeyCommand::Restore(RestoreKey { vault_name, id, file }) => {
            let blob = inputs::backup(&file)?;
            work(move |session, output| {
                let vault = session.vault_of(vault_name.as_deref(), id.as_deref())?;
                let key = session.service.restore_key(&session.caller, &vault, &blob)?;
                output.one(&within(session, &vault)?.key_bundle(&key, None))
            })
        }
    }
}

fn create(session: &mut Session, output: &Output, what: CreateKey) -> Result<(), Failure> {
    let CreateKey { key, kty, size, curve, draft } = what;
    let (vault, name, _) = session.key_of(&key, Collection::Keys)?;
    let kind = kind(kty, size, curve.as_deref(), draft.protection)?;
    let draft = drafted(draft)?;
    session.service.admit_new_key(&session.caller, &vault, (&name, kind), &draft)?;
    let material = generate(kind)?;
    let key = session.service.create_key(&session.caller, &vault, NewKey { name, draft, material })?;
    output.one(&within(session, &vault)?.key_bundle(&key, None))
}

/// The kind that is meant: as in az, RSA unless a curve is named, and a protection that is said decides about the HSM.
fn kind(
    kty: Option<KeyType>,
    size: Option<usize>,
    curve: Option<&str>,
    protection: Option<Protection>,
) -> Result<KeyKind, Failure> {
    let kty = kty.unwrap_or(if curve.is_some() { KeyType::Ec } else { KeyType::Rsa });
    let text = match (kty, protection) {
        (KeyType::EcHsm | KeyType::RsaHsm | KeyType::OctHsm, Some(Protection::Software)) => {
            return Err(Failure::Usage(
                "argument --protection: the types that end in -HSM are no software keys".into(),
            ));
        }
        (KeyType::Ec, Some(Protection::Hsm)) | (KeyType::EcHsm, _) => "EC-HSM",
        (KeyType::Rsa, Some(Protection::Hsm)) | (KeyType::RsaHsm, _) => "RSA-HSM",
        (KeyType::Oct, Some(Protection::Hsm)) | (KeyType::OctHsm, _) => "oct-HSM",
        (KeyType::Ec, _) => "EC",
        (KeyType::Rsa, _) => "RSA",
        (KeyType::Oct, _) => "oct",
    };
    if curve.is_some() && !text.starts_with("EC") {
        return Err(Failure::Usage(format!("argument --curve: a key of the type {text} lies on no curve")));
    }
    Ok(KeyKind::parse(text, size, curve)?)
}

/// Makes a key on a thread of its own, so that Ctrl+C is heard meanwhile: the library cannot be interrupted.
fn generate(kind: KeyKind) -> Result<KeyMaterial, Failure> {
    let cancel = CancelFlag::default();
    let is_interrupted = progress::listen_for_interrupt();
    let (done, made) = mpsc::sync_channel(1);
    let theirs = cancel.clone();
    let work = move || drop(done.send(key::generate(kind, &theirs)));
    thread::Builder::new()
        .name("tresor-key".into())
        .spawn(work)
        .map_err(|error| Failure::Plain(format!("Could not begin to make the key: {error}")))?;
    loop {
        match made.recv_timeout(BETWEEN_LOOKS) {
            Ok(Ok(material)) => return Ok(material),
            Ok(Err(NotGenerated::Cancelled)) => return Err(ServiceError::Cancelled.into()),
            Ok(Err(NotGenerated::Failed)) | Err(mpsc::RecvTimeoutError::Disconnected) => {
                return Err(Refusal::CryptographyFailed.into());
            }
            Err(mpsc::RecvTimeoutError::Timeout) if is_interrupted.load(Ordering::Relaxed) => {
                cancel.cancel();
                return Err(ServiceError::Cancelled.into());
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {}
        }
    }
}

fn import(common: &Common, what: ImportKey) -> Result<Work, Failure> {
    let ImportKey { key, source, passphrase, draft } = what;
    let typed = source.pem_string.as_deref();
    inputs::warn_of_typed(common, "--pem-string", typed, "Name a file with --pem-file, or pipe the key in with @-.");
    let typed = passphrase.pem_password.as_deref();
    inputs::warn_of_typed(
        common,
        "--pem-password",
        typed,
        "Name a file with --pem-password-file, or wait to be asked.",
    );
    let protection = match draft.protection {
        Some(Protection::Hsm) => KeyProtection::SimulatedHsm,
        Some(Protection::Software) | None => KeyProtection::Software,
    };
    let material = brought(source, passphrase, protection)?;
    work(move |session, output| {
        let (vault, name, _) = session.key_of(&key, Collection::Keys)?;
        let draft = drafted(draft)?;
        let key = session.service.import_key(&session.caller, &vault, NewKey { name, draft, material })?;
        output.one(&within(session, &vault)?.key_bundle(&key, None))
    })
}

fn brought(source: KeySource, password: PemPassword, protection: KeyProtection) -> Result<KeyMaterial, Failure> {
    let bytes = match source {
        KeySource { pem_file: Some(path), .. } | KeySource { jwk_file: Some(path), .. } => inputs::key(&path)?,
        KeySource { pem_string, .. } => {
            zeroize::Zeroizing::new(inputs::given(pem_string.unwrap_or_default())?.as_bytes().to_vec())
        }
    };
    let passphrase = match password {
        PemPassword { pem_password: Some(text), .. } => Some(service::Passphrase::new(text)),
        PemPassword { pem_password_file: Some(path), .. } => Some(passphrase::of_key_in(&path)?),
        PemPassword { .. } => None,
    };
    let refused = |problem| Failure::from(Refusal::BadKey { problem });
    match key::import(&bytes, passphrase.as_ref(), protection) {
        Err(KeyProblem::PassphraseNeeded) if passphrase.is_none() => {
            let typed = passphrase::of_key_typed().ok_or_else(|| refused(KeyProblem::PassphraseNeeded))?;
            key::import(&bytes, Some(&typed), protection).map_err(refused)
        }
        other => other.map_err(refused),
    }
}

fn drafted(options: KeyDraftOptions) -> Result<KeyDraft, Refusal> {
    let KeyDraftOptions { ops, disabled, attributes, .. } = options;
    let KeyAttributes { expires, not_before, tags } = attributes;
    Ok(KeyDraft {
        operations: ops.as_deref().map(operations).transpose()?,
        tags: session::tags(tags.as_deref().unwrap_or_default())?,
        enabled: if disabled == Some(true) { Enabled::No } else { Enabled::Yes },
        validity: Validity::parse(not_before.map(|moment| moment.0), expires.map(|moment| moment.0))?,
    })
}

fn operations(typed: &[String]) -> Result<KeyOperations, Refusal> {
    KeyOperations::parse(typed.iter().map(String::as_str))
}

fn list_versions(session: &mut Session, output: &Output, what: &ListKeyVersions) -> Result<(), Failure> {
    let (vault, name, _) = session.key_of(&what.key, Collection::Keys)?;
    let key = session.service.list_key_versions(&session.caller, &vault, &name)?;
    let within = within(session, &vault)?;
    let versions = key.iter().flat_map(|key| key.versions().iter().map(|version| within.key_version(key, version)));
    output.list(versions.take(at_most(what.maxresults)), None)
}

fn set_attributes(session: &mut Session, output: &Output, what: &SetKeyAttributes) -> Result<(), Failure> {
    let (vault, name, version) = versioned(session, &what.target)?;
    let KeyAttributes { expires, not_before, tags } = &what.attributes;
    let patch = KeyPatch {
        operations: what.ops.as_deref().map(operations).transpose()?,
        tags: tags.as_deref().map(session::tags).transpose()?,
        enabled: what.enabled.map(|is_enabled| if is_enabled { Enabled::Yes } else { Enabled::No }),
        not_before: not_before.map(|moment| Some(moment.0)),
        expires: expires.map(|moment| Some(moment.0)),
    };
    let key = session.service.update_key(&session.caller, &vault, &name, version, &patch)?;
    output.one(&within(session, &vault)?.key_bundle(&key, version))
}

fn rotate(session: &mut Session, output: &Output, target: &KeyName) -> Result<(), Failure> {
    let (vault, name, _) = session.key_of(target, Collection::Keys)?;
    let kind = session.service.admit_rotation(&session.caller, &vault, &name)?;
    let material = generate(kind)?;
    let key = session.service.rotate_key(&session.caller, &vault, &name, &material)?;
    output.one(&within(session, &vault)?.key_bundle(&key, None))
}

fn update_policy(what: UpdateRotationPolicy) -> Result<Work, Failure> {
    // As in az: a file of that name counts first, with or without the sign.
    let path = Path::new(&what.value);
    let policy = if path.exists() && !path.is_dir() {
        rotation_policy::parse(&String::from_utf8_lossy(&inputs::content(path)?))?
    } else {
        rotation_policy::parse(&inputs::given(what.value)?)?
    };
    work(move |session, output| {
        let (vault, name, _) = session.key_of(&what.key, Collection::Keys)?;
        let key = session.service.set_rotation_policy(&session.caller, &vault, &name, policy)?;
        output.one(&shape::key::policy(&vault, &key))
    })
}

fn download(session: &mut Session, output: &Output, what: DownloadKey) -> Result<(), Failure> {
    // Before the key is read: what is not handed out is not recorded as read.
    if !disk::takes_output(&what.file, Existing::Kept) {
        return Err(already_exists(&what.file));
    }
    let (vault, name, version) = versioned(session, &what.target)?;
    let key = session.service.get_key(&session.caller, &vault, &name, version)?;
    let version = key.version(version).unwrap_or_else(|| key.current());
    let Some(part) = version.public.as_deref() else {
        return Err(Failure::Plain(format!(
            "Unsupported key type: {}. (Supported key types: RSA, RSA-HSM, EC, EC-HSM)",
            version.kind.kty()
        )));
    };
    let failed = |key::import::Unreadable| Failure::from(Refusal::CryptographyFailed);
    let bytes = match what.encoding {
        PublicForm::Pem => key::public_pem(part).map_err(failed)?.into_bytes(),
        PublicForm::Der => key::public_der(part).map_err(failed)?,
        PublicForm::Jwk => {
            PublicJwk { kid: None, kind: version.kind, operations: None, part: Some(part) }.text().into_bytes()
        }
    };
    output.write_after(move || write_private(&what.file, Existing::Kept, &bytes));
    Ok(())
}

pub(super) fn versioned(
    session: &mut Session,
    target: &KeyTarget,
) -> Result<(VaultName, ObjectName, Option<VersionId>), Failure> {
    let (vault, name, of_id) = session.key_of(&target.key, Collection::Keys)?;
    // az takes an empty version for none.
    let typed = target.version.as_deref().filter(|version| !version.is_empty());
    let version = typed.map(|version| session::version_id(Kind::Key, &name, version)).transpose()?.or(of_id);
    Ok((vault, name, version))
}
