//! `tresor keyvault secret …`

use std::{
    io::{self, Write as _},
    path::Path,
};

use super::{
    Work,
    args::{
        Attributes, Backup, Common, Download, Encoding, InVault, ListVersions, Restore, SecretCommand, SecretName,
        SecretTarget, SetAttributes, SetSecret,
    },
    encoding,
    errors::Failure,
    inputs,
    output::{Columns, Output},
    run_bulk,
    session::{self, Session},
    shape::Within,
    work,
};
use crate::{
    disk::{self, Existing},
    domain::{
        ObjectName, SecretValue, VaultName, VersionId,
        id::Collection,
        properties::{ContentType, Enabled, Tags, Validity},
        secret::{SecretDraft, SecretPatch},
        soft_delete::Kind,
    },
    service::{self, NewSecret},
};

/// A table of secrets, as az makes it.
const COLUMNS: Columns = &[
    ("Name", &["name"]),
    ("Id", &["id"]),
    ("ContentType", &["contentType"]),
    ("Enabled", &["attributes", "enabled"]),
    ("Expires", &["attributes", "expires"]),
];

/// Reads what the command names; what is left is done in the open store.
pub(super) fn prepare(common: &Common, command: SecretCommand) -> Result<Work, Failure> {
    match command {
        SecretCommand::Set(what) => set(common, what),
        SecretCommand::Restore(what) => restore(what),
        SecretCommand::Show(target) => work(move |session, output| show(session, output, &target)),
        SecretCommand::List(what) => work(move |session, output| {
            let (vault, most) = in_vault(session, &what.vault)?;
            let secrets = session.service.list_secrets(&session.caller, &vault)?;
            let within = within(session, &vault)?;
            output.list(secrets.live().take(most).map(|secret| within.item(secret)), Some(COLUMNS))
        }),
        SecretCommand::ListVersions(what) => work(move |session, output| list_versions(session, output, &what)),
        SecretCommand::SetAttributes(what) => work(move |session, output| set_attributes(session, output, &what)),
        SecretCommand::Delete(target) => work(move |session, output| {
            let (vault, name, _) = session.secret_of(&target, Collection::Secrets)?;
            let deleted = session.service.delete_secret(&session.caller, &vault, &name)?;
            output.one(&within(session, &vault)?.deleted_bundle(&deleted))
        }),
        SecretCommand::ListDeleted(what) => work(move |session, output| {
            let (vault, most) = in_vault(session, &what)?;
            let deleted = session.service.list_deleted_secrets(&session.caller, &vault)?;
            let within = within(session, &vault)?;
            output.list(deleted.iter().take(most).map(|deleted| within.deleted_item(deleted)), None)
        }),
        SecretCommand::ShowDeleted(target) => work(move |session, output| {
            let (vault, name, _) = session.secret_of(&target, Collection::DeletedSecrets)?;
            let deleted = session.service.get_deleted_secret(&session.caller, &vault, &name)?;
            output.one(&within(session, &vault)?.deleted_bundle(&deleted))
        }),
        SecretCommand::Recover(target) => work(move |session, output| {
            let (vault, name, _) = session.secret_of(&target, Collection::DeletedSecrets)?;
            let secret = session.service.recover_secret(&session.caller, &vault, &name)?;
            output.one(&within(session, &vault)?.bundle(&secret, None, None))
        }),
        SecretCommand::Purge(target) => work(move |session, _| {
            let (vault, name, _) = session.secret_of(&target, Collection::DeletedSecrets)?;
            Ok(session.service.purge_secret(&session.caller, &vault, &name)?)
        }),
        SecretCommand::Backup(Backup { secret, file }) => work(move |session, output| {
            let (vault, name, _) = session.secret_of(&secret, Collection::Secrets)?;
            let blob = session.service.back_up_secret(&session.caller, &vault, &name)?;
            output.write_after(move || {
                service::write_backup(&file, &blob).map_err(|error| Failure::of_file(&file, error))
            });
            Ok(())
        }),
        SecretCommand::Download(what) => work(move |session, output| download(session, output, what)),
    }
}

fn set(common: &Common, what: SetSecret) -> Result<Work, Failure> {
    if let Some(file) = what.from_file {
        return run_bulk::set(what.vault_name, &file);
    }
    let SetSecret { vault_name, name, id, value, file, encoding, attributes, disabled, .. } = what;
    inputs::warn_of_typed(common, "--value", value.as_deref(), "Pipe the value in, or name a file with --file.");
    let value = match (value, file) {
        (Some(value), _) => inputs::given(value)?,
        (None, Some(file)) => encoding.text_of(&inputs::content(&file)?)?,
        (None, None) => inputs::piped()?,
    };
    let value = SecretValue::parse(value)?;
    work(move |session, output| {
        let (vault, name, _) = session.secret_of(&SecretName { vault_name, name, id }, Collection::Secrets)?;
        let Attributes { content_type, expires, not_before, tags } = attributes;
        // As az: the tag says how the value can become a file again.
        let tagged = session::tags(tags.as_deref().unwrap_or_default())?;
        let own = tagged.iter().filter(|(name, _)| *name != encoding::TAG);
        let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let draft = SecretDraft {
            content_type: content_type.as_deref().map(ContentType::parse).transpose()?.flatten(),
            tags: Tags::parse(own.chain([(encoding::TAG.to_owned(), encoding.text().to_owned())]))?,
            enabled: if disabled == Some(true) { Enabled::No } else { Enabled::Yes },
            validity: Validity::parse(not_before.map(|moment| moment.0), expires.map(|moment| moment.0))?,
        };
        let new = NewSecret { name, value: value.duplicate(), draft };
        let secret = session.service.set_secret(&session.caller, &vault, new)?;
        output.one(&within(session, &vault)?.bundle(&secret, None, Some(&value)))
    })
}

fn restore(what: Restore) -> Result<Work, Failure> {
    let Restore { vault_name, id, file } = what;
    let blob = inputs::backup(&file)?;
    work(move |session, output| {
        let vault = session.vault_of(vault_name.as_deref(), id.as_deref())?;
        let secret = session.service.restore_secret(&session.caller, &vault, &blob)?;
        output.one(&within(session, &vault)?.bundle(&secret, None, None))
    })
}

fn show(session: &mut Session, output: &Output, target: &SecretTarget) -> Result<(), Failure> {
    let (vault, name, version) = versioned(session, target)?;
    let (secret, value) = session.service.get_secret(&session.caller, &vault, &name, version)?;
    output.one(&within(session, &vault)?.bundle(&secret, version, Some(&value)))
}

fn list_versions(session: &mut Session, output: &Output, what: &ListVersions) -> Result<(), Failure> {
    let (vault, name, _) = session.secret_of(&what.secret, Collection::Secrets)?;
    let secret = session.service.list_secret_versions(&session.caller, &vault, &name)?;
    let within = within(session, &vault)?;
    let most = at_most(what.maxresults);
    let versions = secret.iter().flat_map(|secret| {
        let of_secret = move |version| within.version(secret, version);
        secret.versions().iter().map(of_secret)
    });
    output.list(versions.take(most), Some(COLUMNS))
}

fn set_attributes(session: &mut Session, output: &Output, what: &SetAttributes) -> Result<(), Failure> {
    let (vault, name, version) = versioned(session, &what.target)?;
    let Attributes { content_type, expires, not_before, tags } = &what.attributes;
    let patch = SecretPatch {
        content_type: content_type.as_deref().map(ContentType::parse).transpose()?,
        tags: tags.as_deref().map(session::tags).transpose()?,
        enabled: what.enabled.map(|is_enabled| if is_enabled { Enabled::Yes } else { Enabled::No }),
        not_before: not_before.map(|moment| Some(moment.0)),
        expires: expires.map(|moment| Some(moment.0)),
    };
    let secret = session.service.update_secret(&session.caller, &vault, &name, version, &patch)?;
    output.one(&within(session, &vault)?.bundle(&secret, version, None))
}

fn download(session: &mut Session, output: &Output, what: Download) -> Result<(), Failure> {
    // Before the secret is read: what is not handed out is not recorded as read.
    let existing = if what.overwrite == Some(true) { Existing::Replaced } else { Existing::Kept };
    if !disk::takes_output(&what.file, existing) {
        return Err(already_exists(&what.file));
    }
    let (vault, name, version) = versioned(session, &what.target)?;
    let (secret, value) = session.service.get_secret(&session.caller, &vault, &name, version)?;
    let version = secret.version(version).unwrap_or_else(|| secret.current());
    let tag = version.tags.iter().find(|(name, _)| *name == encoding::TAG).and_then(|(_, text)| Encoding::named(text));
    let encoding = what.encoding.or(tag).unwrap_or(Encoding::Utf8);
    let bytes = encoding.bytes_of(value.expose())?;
    output.write_after(move || write_private(&what.file, existing, &bytes));
    Ok(())
}

/// Writes a file for the person's own eyes, or into the pipe or device that they named (T7).
pub(super) fn write_private(path: &Path, existing: Existing, bytes: &[u8]) -> Result<(), Failure> {
    disk::write_out(path, existing, |file| file.write_all(bytes)).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => already_exists(path),
        _ => Failure::file("write", path, source),
    })
}

pub(super) fn already_exists(path: &Path) -> Failure {
    Failure::Plain(format!("File or directory named '{}' already exists.", path.display()))
}

fn versioned(
    session: &mut Session,
    target: &SecretTarget,
) -> Result<(VaultName, ObjectName, Option<VersionId>), Failure> {
    let (vault, name, of_id) = session.secret_of(&target.secret, Collection::Secrets)?;
    // az takes an empty version for none.
    let typed = target.version.as_deref().filter(|version| !version.is_empty());
    let version = typed.map(|version| session::version_id(Kind::Secret, &name, version)).transpose()?.or(of_id);
    Ok((vault, name, version))
}

pub(super) fn in_vault(session: &mut Session, what: &InVault) -> Result<(VaultName, usize), Failure> {
    let vault = session.vault_of(what.vault_name.as_deref(), what.id.as_deref())?;
    Ok((vault, at_most(what.maxresults)))
}

pub(super) fn at_most(maxresults: Option<u32>) -> usize {
    maxresults.map_or(usize::MAX, |most| most as usize)
}

pub(super) fn within<'a>(session: &'a Session, vault: &VaultName) -> Result<Within<'a>, Failure> {
    let world = session.service.world();
    Ok(Within { vault: &world.vault(vault)?.head, world })
}
