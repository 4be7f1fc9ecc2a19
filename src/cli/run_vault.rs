//! `tresor keyvault …`

use std::fmt::Write as _;

use super::{
    Work,
    args::{Common, CreateVault, DeletedVaultName, SkuName, UpdateVault, VaultCommand},
    errors::Failure,
    output::Output,
    run_key, run_policy, run_secret,
    session::{self, Session},
    shape::{self, NameAvailability},
    work,
};
use crate::domain::{
    AccessModel, Operation, PurgeProtection, Refusal, RetentionDays, Sku, Target, VaultName,
    message::Asked,
    properties::Tags,
    soft_delete::Kind,
    vault::{VaultDraft, VaultPatch},
};

/// Reads what the command names; what is left is done in the open store.
pub(super) fn prepare(common: &Common, command: VaultCommand) -> Result<Work, Failure> {
    match command {
        VaultCommand::Key(command) => run_key::prepare(common, command),
        VaultCommand::Secret(command) => run_secret::prepare(common, command),
        VaultCommand::Create(what) => work(move |session, output| create(session, output, &what)),
        VaultCommand::List(_) => work(|session, output| {
            let vaults = session.service.list_vaults(&session.caller)?;
            let subscription = &session.service.world().subscription;
            output.list(vaults.iter().map(|vault| shape::vault_item(subscription, &vault.head)), None)
        }),
        VaultCommand::Show(target) => work(move |session, output| {
            let name = session.vault_name(&target.vault.name)?;
            let vault = session.service.get_vault(&session.caller, &name)?;
            output.one(&shape::vault(&session.service.world().subscription, &vault))
        }),
        VaultCommand::Update(what) => work(move |session, output| update(session, output, &what)),
        VaultCommand::Delete(target) => work(move |session, _| {
            let name = session.vault_name(&target.vault.name)?;
            Ok(session.service.delete_vault(&session.caller, &name)?)
        }),
        VaultCommand::ListDeleted(_) => work(|session, output| {
            let deleted = session.service.list_deleted_vaults(&session.caller)?;
            let subscription = &session.service.world().subscription;
            output.list(deleted.iter().map(|deleted| shape::deleted_vault(subscription, deleted)), None)
        }),
        VaultCommand::ShowDeleted(target) => work(move |session, output| {
            let name = deleted_name(session, &target)?;
            let deleted = session.service.get_deleted_vault(&session.caller, &name)?;
            output.one(&shape::deleted_vault(&session.service.world().subscription, &deleted))
        }),
        VaultCommand::Recover(target) => work(move |session, output| {
            let name = deleted_name(session, &target)?;
            session.service.recover_vault(&session.caller, &name)?;
            print(session, output, &name)?;
            tell_what_is_lost(session, &name)
        }),
        VaultCommand::Purge(target) => work(move |session, _| {
            let name = deleted_name(session, &target)?;
            Ok(session.service.purge_vault(&session.caller, &name)?)
        }),
        VaultCommand::SetPolicy(what) => work(move |session, output| {
            let name = run_policy::set(session, &what)?;
            print(session, output, &name)
        }),
        VaultCommand::DeletePolicy(what) => work(move |session, output| {
            let name = run_policy::delete(session, &what)?;
            print(session, output, &name)
        }),
        VaultCommand::CheckName { name, .. } => work(move |session, output| check_name(session, output, &name)),
    }
}

fn create(session: &mut Session, output: &Output, what: &CreateVault) -> Result<(), Failure> {
    let name = session.vault_name(&what.name)?;
    let draft = VaultDraft {
        name: name.clone(),
        location: session::region(&what.location)?,
        sku: match what.sku {
            SkuName::Standard => Sku::Standard,
            SkuName::Premium => Sku::Premium,
        },
        retention: RetentionDays::parse(what.retention_days)?,
        purge_protection: what.enable_purge_protection.map(protection),
        tags: session::tags(what.tags.as_deref().unwrap_or_default())?,
        access: model(what.enable_rbac_authorization.unwrap_or_default()),
    };
    session.service.create_vault(&session.caller, draft)?;
    print(session, output, &name)
}

fn update(session: &mut Session, output: &Output, what: &UpdateVault) -> Result<(), Failure> {
    let name = session.vault_name(&what.vault.name)?;
    let mut patch = VaultPatch {
        retention: what.retention_days.map(RetentionDays::parse).transpose()?,
        purge_protection: what.enable_purge_protection.map(protection),
        tags: what.tags.as_deref().map(session::tags).transpose()?,
    };
    let mut access = what.enable_rbac_authorization.map(model);
    if !what.set.is_empty() || !what.remove.is_empty() {
        let has = session.service.world().vault(&name)?.head.tags.clone();
        set_by_path((&mut patch, &mut access), has, what)?;
    }
    if let Some(access) = access {
        // All of it is done or nothing.
        session.service.world().vault(&name)?.head.patched(&patch)?;
        if !is_empty(&patch) {
            session.service.may(&session.caller, Operation::VaultPatch, &Target::Vault(name.clone()))?;
        }
        session.service.set_access_model(&session.caller, &name, access)?;
    }
    if access.is_none() || !is_empty(&patch) {
        session.service.update_vault(&session.caller, &name, &patch)?;
    }
    print(session, output, &name)
}

/// az's generic way to change a resource, for what can be changed here.
fn set_by_path(
    (patch, access): (&mut VaultPatch, &mut Option<AccessModel>),
    has: Tags,
    what: &UpdateVault,
) -> Result<(), Failure> {
    let own = |tags: Tags| -> Vec<(String, String)> {
        tags.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    };
    let mut tags = own(patch.tags.take().unwrap_or(has));
    for assignment in &what.set {
        let usage = || {
            Failure::Usage(format!(
                "argument --set: {assignment} cannot be set; there are tags.NAME=VALUE, \
                 properties.enablePurgeProtection=true, properties.enableRbacAuthorization=BOOL and \
                 properties.softDeleteRetentionInDays=DAYS"
            ))
        };
        match assignment.split_once('=').ok_or_else(usage)? {
            ("properties.enablePurgeProtection", value) => {
                let is_on = value.to_ascii_lowercase().parse().ok().ok_or_else(usage)?;
                patch.purge_protection = Some(protection(is_on));
            }
            ("properties.enableRbacAuthorization", value) => {
                *access = Some(model(value.to_ascii_lowercase().parse().ok().ok_or_else(usage)?));
            }
            ("properties.softDeleteRetentionInDays", value) => {
                patch.retention = Some(RetentionDays::parse(value.parse().ok().ok_or_else(usage)?)?);
            }
            (path, value) => {
                let tag = path.strip_prefix("tags.").ok_or_else(usage)?;
                tags.retain(|(name, _)| name != tag);
                tags.push((tag.to_owned(), value.to_owned()));
            }
        }
    }
    for path in &what.remove {
        let usage = || Failure::Usage(format!("argument --remove: {path} cannot be removed; there is tags.NAME"));
        let tag = path.strip_prefix("tags.").ok_or_else(usage)?;
        let before = tags.len();
        tags.retain(|(name, _)| name != tag);
        if tags.len() == before {
            return Err(Failure::Usage(format!("argument --remove: there is no tag {tag}")));
        }
    }
    patch.tags = Some(Tags::parse(tags)?);
    Ok(())
}

fn check_name(session: &mut Session, output: &Output, text: &str) -> Result<(), Failure> {
    let checked = VaultName::parse(text)
        .map_err(|problem| Refusal::BadName { kind: Kind::Vault, name: text.to_owned(), problem })
        .and_then(|name| session.service.check_vault_name(&name));
    let asked = Asked { subscription: &session.service.world().subscription, vault: None, location: None };
    output.one(&match checked {
        Ok(()) => NameAvailability { message: None, name_available: true, reason: None },
        Err(refusal) => NameAvailability {
            message: Some(refusal.message(&asked)),
            name_available: false,
            reason: Some(match refusal {
                Refusal::BadName { .. } => "AccountNameInvalid",
                _ => "AlreadyExists",
            }),
        },
    })
}

/// A deleted vault by its name; where a location is told, it has to be the one it lived in.
fn deleted_name(session: &mut Session, target: &DeletedVaultName) -> Result<VaultName, Failure> {
    let name = session.vault_name(&target.vault.name)?;
    if let Some(location) = &target.location {
        let location = session::region(location)?;
        let deleted = session.service.world().vaults.get_deleted(&name);
        if deleted.is_some_and(|deleted| deleted.item.head.location != location) {
            return Err(Refusal::DeletedNotFound { kind: Kind::Vault, name: name.to_string() }.into());
        }
    }
    Ok(name)
}

fn print(session: &Session, output: &Output, name: &VaultName) -> Result<(), Failure> {
    let world = session.service.world();
    output.one(&shape::vault(&world.subscription, world.vault(name)?))
}

/// What deleting the vault took from it for good (S19).
fn tell_what_is_lost(session: &Session, name: &VaultName) -> Result<(), Failure> {
    let mut lost = session.service.world().vault(name)?.access.lost.clone();
    lost.sort_by_cached_key(|given| (given.scope.clone(), session.name_of(given.identity), given.role));
    if lost.is_empty() {
        return Ok(());
    }
    let mut text = format!(
        "These did not come back with {name}: event subscriptions, and the role assignments below, which `tresor role \
         assignment restore --vault-name {name}` sets again."
    );
    for lost in lost {
        let (role, whose, place) = (lost.role.title(), session.name_of(lost.identity), lost.scope.words());
        write!(text, "\n  {role} for {whose} ({place})").expect("a text takes whatever is written");
    }
    session.warn(&text);
    Ok(())
}

fn model(by_roles: bool) -> AccessModel {
    if by_roles { AccessModel::Roles } else { AccessModel::Policies }
}

fn is_empty(patch: &VaultPatch) -> bool {
    let VaultPatch { retention, purge_protection, tags } = patch;
    retention.is_none() && purge_protection.is_none() && tags.is_none()
}

fn protection(is_on: bool) -> PurgeProtection {
    if is_on { PurgeProtection::On } else { PurgeProtection::Off }
}
