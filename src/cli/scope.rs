//! From a typed scope to what it means, and back to the id that az prints.

use super::{errors::Failure, session::Session};
use crate::domain::{
    ObjectName, Scope,
    grant::ObjectKind,
    id::{self, Collection, ObjectId},
};

/// A scope as it was typed; its names are not looked at.
#[derive(Debug, PartialEq, Eq)]
enum Typed<'a> {
    Subscription(Option<&'a str>),
    Vault(&'a str),
    Object(&'a str, ObjectKind, &'a str),
}

/// The scope that is meant; its vault has to be there. Nothing said means everywhere.
pub(super) fn of(session: &mut Session, typed: Option<&str>) -> Result<Scope, Failure> {
    let Some(text) = typed else { return Ok(Scope::Subscription) };
    let bad = || {
        Failure::Usage(format!(
            "argument --scope: {text} is no scope; one looks like contoso, contoso/secrets/NAME, contoso/keys/NAME or \
             /subscriptions/ID/resourceGroups/{}/providers/Microsoft.KeyVault/vaults/contoso",
            id::RESOURCE_GROUP
        ))
    };
    // A URI of Key Vault names a vault or an object of it too.
    let uri = ObjectId::parse(text);
    let typed = match &uri {
        Some(uri) => of_uri(uri),
        None => read(text),
    };
    let (subscription, vault, object) = match typed.ok_or_else(bad)? {
        (subscription, Typed::Subscription(own)) => (subscription.or(own), None, None),
        (subscription, Typed::Vault(vault)) => (subscription, Some(vault), None),
        (subscription, Typed::Object(vault, kind, name)) => (subscription, Some(vault), Some((kind, name))),
    };
    let own = &session.service.world().subscription;
    if let Some(other) = subscription.filter(|named| !named.eq_ignore_ascii_case(own)) {
        return Err(Failure::Absent(format!("There is no subscription {other} here; the store's is {own}.")));
    }
    let Some(vault) = vault else { return Ok(Scope::Subscription) };
    let name = session.vault_name(vault)?;
    // As the vault is spelled, whatever was typed.
    let vault = session.service.world().vault(&name)?.head.name.clone();
    Ok(match object {
        None => Scope::Vault(vault),
        Some((kind, name)) => Scope::Object(vault, kind, object_name(kind, name)?),
    })
}

/// As Azure's resource manager names it.
pub(super) fn id_of(subscription: &str, scope: &Scope) -> String {
    match scope {
        Scope::Subscription => format!("/subscriptions/{subscription}"),
        Scope::Vault(vault) => id::vault_resource_id(subscription, vault),
        Scope::Object(vault, kind, name) => {
            format!("{}/{}/{name}", id::vault_resource_id(subscription, vault), kind.segment())
        }
    }
}

fn object_name(kind: ObjectKind, name: &str) -> Result<ObjectName, Failure> {
    Ok(super::session::object_name(kind.kind(), name)?)
}

fn of_uri(uri: &ObjectId) -> Option<(Option<&str>, Typed<'_>)> {
    Some((
        None,
        match &uri.object {
            None => Typed::Vault(&uri.vault),
            Some((Collection::Secrets, name, None)) => Typed::Object(&uri.vault, ObjectKind::Secret, name),
            Some((Collection::Keys, name, None)) => Typed::Object(&uri.vault, ObjectKind::Key, name),
            Some(_) => return None,
        },
    ))
}

/// The subscription where one is named, and what is meant in it. Tresor has no resource groups: any means everything.
fn read(text: &str) -> Option<(Option<&str>, Typed<'_>)> {
    let segments: Vec<&str> = text.trim().trim_matches('/').split('/').collect();
    let is = |segment: &str, word: &str| segment.eq_ignore_ascii_case(word);
    let (subscription, rest) = match segments.as_slice() {
        [word, id, rest @ ..] if is(word, "subscriptions") => match rest {
            [] => return Some((None, Typed::Subscription(Some(*id)))),
            [word, group] if is(word, "resourceGroups") && !group.is_empty() => {
                return Some((None, Typed::Subscription(Some(*id))));
            }
            [word, _, rest @ ..] if is(word, "resourceGroups") => (Some(*id), rest),
            rest => (Some(*id), rest),
        },
        [word] if is(word, "subscription") => return Some((None, Typed::Subscription(None))),
        rest => (None, rest),
    };
    let rest = match rest {
        [providers, key_vault, rest @ ..] if is(providers, "providers") && is(key_vault, "Microsoft.KeyVault") => rest,
        // After a subscription only its provider can follow.
        _ if subscription.is_some() => return None,
        rest => rest,
    };
    let rest = match rest {
        [word, vault, rest @ ..] if is(word, "vaults") => [&[*vault], rest].concat(),
        rest => rest.to_vec(),
    };
    let meant = match rest.as_slice() {
        [vault] if !vault.is_empty() => Typed::Vault(vault),
        [vault, kind, name] if is(kind, "secrets") => Typed::Object(vault, ObjectKind::Secret, name),
        [vault, kind, name] if is(kind, "keys") => Typed::Object(vault, ObjectKind::Key, name),
        _ => return None,
    };
    Some((subscription, meant))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_read_as_an_id_and_in_its_short_forms() {
        let vault = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/contoso";
        for (text, expected) in [
            ("/subscriptions/s", (None, Typed::Subscription(Some("s")))),
            ("/subscriptions/s/", (None, Typed::Subscription(Some("s")))),
            ("/subscriptions/s/resourcegroups/g", (None, Typed::Subscription(Some("s")))),
            ("subscription", (None, Typed::Subscription(None))),
            (vault, (Some("s"), Typed::Vault("contoso"))),
            (&format!("{vault}/secrets/db"), (Some("s"), Typed::Object("contoso", ObjectKind::Secret, "db"))),
            (&vault.to_uppercase(), (Some("S"), Typed::Vault("CONTOSO"))),
            ("contoso", (None, Typed::Vault("contoso"))),
            ("contoso/keys/k", (None, Typed::Object("contoso", ObjectKind::Key, "k"))),
            ("vaults/contoso/Secrets/db", (None, Typed::Object("contoso", ObjectKind::Secret, "db"))),
        ] {
            assert_eq!(read(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_scope_is_not_taken_for_one() {
        // T5
        for text in [
            "",
            "/",
            "contoso/db",
            "contoso/certificates/c",
            "contoso/secrets/a/b",
            "/subscriptions/s/vaults/contoso",
            "/subscriptions/s/resourceGroups/g/vaults/contoso",
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/vaults/contoso",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        let version = ObjectId::parse("https://contoso.vault.azure.net/secrets/db/1").unwrap();
        assert_eq!(of_uri(&version), None);
    }
}
