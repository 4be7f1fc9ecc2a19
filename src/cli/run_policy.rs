//! `tresor keyvault set-policy` and `delete-policy`.

use super::{
    args::{DeletePolicy, Principal, SetPolicy},
    errors::Failure,
    identities,
    session::Session,
};
use crate::domain::{
    IdentityId, Permission, Rights, VaultName,
    identity::{Identity, IdentityKind},
    permission::{ALL, Family},
};

/// Sets a policy as az does: a family that is told takes the place of what the policy had of it, the others stay.
pub(super) fn set(session: &mut Session, what: &SetPolicy) -> Result<VaultName, Failure> {
    let families = [
        ("--secret-permissions", Family::Secrets, &what.secret_permissions),
        ("--key-permissions", Family::Keys, &what.key_permissions),
        ("--certificate-permissions", Family::Certificates, &what.certificate_permissions),
        ("--storage-permissions", Family::Storage, &what.storage_permissions),
    ];
    let mut told = Vec::new();
    for (option, family, typed) in families {
        if let Some(typed) = typed {
            told.push((family, permissions(option, family, typed)?));
        }
    }
    if told.is_empty() {
        let options = families.map(|(option, ..)| option).join(", ");
        return Err(Failure::Usage(format!("Nothing to set was told; there are {options}.")));
    }
    let name = session.vault_name(&what.vault.name)?;
    let id = principal(session, &what.principal)?;
    let Some(id) = id.known else {
        return Err(Failure::Absent(format!(
            "There is no identity with the object id {}, or it was removed; delete-policy takes away what it was granted.",
            id.id
        )));
    };
    let has = session.service.world().vault(&name)?.access.policies.get(&id).copied().unwrap_or_default();
    let rights = told.iter().fold(has, |rights, (family, told)| rights.without_family(*family).and(*told));
    session.service.set_policy(&session.caller, &name, id, rights)?;
    Ok(name)
}

/// Takes a policy away, also of an identity that was removed.
pub(super) fn delete(session: &mut Session, what: &DeletePolicy) -> Result<VaultName, Failure> {
    let name = session.vault_name(&what.vault.name)?;
    let principal = principal(session, &what.principal)?;
    session.service.delete_policy(&session.caller, &name, principal.id)?;
    Ok(name)
}

/// The permissions of those names, and the word `all`; every name is looked at before anything is done.
fn permissions(option: &str, family: Family, typed: &[String]) -> Result<Rights, Failure> {
    let mut rights = Rights::NONE;
    for name in typed.iter().filter(|name| !name.is_empty()) {
        if name.eq_ignore_ascii_case(ALL) {
            rights = rights.and(Rights::all_of(family));
            continue;
        }
        let Some(permission) = Permission::parse(family, name) else {
            let names: Vec<_> = family.permissions().map(Permission::name).collect();
            return Err(Failure::Usage(format!(
                "argument {option}: there is no permission {name} for {}; there are {ALL}, {}",
                family.text(),
                names.join(", ")
            )));
        };
        rights = rights.with(permission);
    }
    Ok(rights)
}

/// Whose policy is meant, be they there still or not.
struct Meant {
    id: IdentityId,
    /// The same, of who is there.
    known: Option<IdentityId>,
}

fn principal(session: &Session, typed: &Principal) -> Result<Meant, Failure> {
    let Principal { object_id, upn, spn } = typed;
    let directory = &session.service.world().directory;
    let found = |option: &str, who: &str, is_such: fn(&Identity) -> bool| -> Result<Meant, Failure> {
        let Some(identity) = identities::find(directory, who) else {
            return Err(Failure::Absent(format!("argument {option}: {}.", identities::unknown(directory, who))));
        };
        if is_such(identity) {
            return Ok(Meant { id: identity.id, known: Some(identity.id) });
        }
        let by = match identity.kind {
            IdentityKind::Person => "--upn",
            IdentityKind::Group { .. } => "--object-id",
            IdentityKind::ServicePrincipal { .. } => "--spn",
        };
        let (name, noun) = (&identity.name, identity.kind.noun());
        Err(Failure::Usage(format!("argument {option}: {name} is a {noun}, which {by} names")))
    };
    match (object_id, upn, spn) {
        (Some(text), ..) => match IdentityId::parse(text.trim()) {
            Some(id) => Ok(Meant { id, known: directory.get(id).map(|identity| identity.id) }),
            // Nobody knows object ids by heart: a name will do.
            None => found("--object-id", text, |_| true),
        },
        (_, Some(text), _) => found("--upn", text, |identity| matches!(identity.kind, IdentityKind::Person)),
        (.., Some(text)) => found("--spn", text, |identity| identity.client().is_some()),
        (None, None, None) => {
            Err(Failure::Usage("the following arguments are required: --object-id, --upn or --spn".into()))
        }
    }
}
