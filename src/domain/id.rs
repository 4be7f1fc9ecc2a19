//! What things are called from outside: ids of objects and of Azure's resources.
//!
//! None is stored: each is made from names when it is asked for.

use super::{IdentityId, ObjectName, RegionName, VaultName, VersionId, soft_delete::Kind};

/// The one resource group there is: Tresor has none, and ids have a place for one.
pub const RESOURCE_GROUP: &str = "tresor";

/// Tresor has one tenant, which nobody asks for.
pub const TENANT: &str = "00000000-0000-0000-0000-000000000000";

/// This program, as the application through which people act.
pub const PROGRAM: IdentityId =
    IdentityId::from_bytes(*b"\x2b\x6c\x1d\x0e\x54\x72\x4e\x65\xa0\x00\x74\x72\x65\x73\x6f\x72");

/// Which collection an id points into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Collection {
    /// Live secrets.
    Secrets,
    /// Deleted secrets; ids into it are recovery ids.
    DeletedSecrets,
    /// Live keys.
    Keys,
    /// Deleted keys; ids into it are recovery ids.
    DeletedKeys,
}

impl Collection {
    /// Every collection.
    pub const ALL: [Self; 4] = [Self::Secrets, Self::DeletedSecrets, Self::Keys, Self::DeletedKeys];

    /// Its segment in an id.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Secrets => "secrets",
            Self::DeletedSecrets => "deletedsecrets",
            Self::Keys => "keys",
            Self::DeletedKeys => "deletedkeys",
        }
    }

    /// What is in it.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Secrets | Self::DeletedSecrets => Kind::Secret,
            Self::Keys | Self::DeletedKeys => Kind::Key,
        }
    }

    /// Where the live ones of its kind are.
    #[must_use]
    pub const fn of_live(self) -> Self {
        match self {
            Self::Secrets | Self::DeletedSecrets => Self::Secrets,
            Self::Keys | Self::DeletedKeys => Self::Keys,
        }
    }
}

/// An id taken apart: `https://<vault>.vault.azure.net/secrets/<name>/<version>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectId {
    /// The vault, as it is spelled in the host name.
    pub vault: String,
    /// What it points to; `None`: the vault itself.
    pub object: Option<(Collection, String, Option<String>)>,
}

impl ObjectId {
    /// Takes an id apart, with or without version, with or without a trailing slash; `None` when it is no id.
    ///
    /// The names are not checked: whether they can be names is another question with its own answer.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("https://")?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let host = host.strip_suffix(":443").unwrap_or(host);
        let vault = host.strip_suffix(".vault.azure.net")?;
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        let collection =
            |text: &str| Collection::ALL.into_iter().find(|collection| text.eq_ignore_ascii_case(collection.text()));
        let object = match segments.as_slice() {
            [] => None,
            [kind, name] => Some((collection(kind)?, (*name).to_owned(), None)),
            [kind, name, version] => Some((collection(kind)?, (*name).to_owned(), Some((*version).to_owned()))),
            _ => return None,
        };
        (!vault.is_empty()).then(|| Self { vault: vault.to_owned(), object })
    }
}

/// `https://<vault>.vault.azure.net/secrets/<name>[/<version>]`.
pub fn secret_id(vault: &VaultName, name: &ObjectName, version: Option<VersionId>) -> String {
    versioned(base(vault, Collection::Secrets, name), version)
}

/// `https://<vault>.vault.azure.net/keys/<name>[/<version>]`.
pub fn key_id(vault: &VaultName, name: &ObjectName, version: Option<VersionId>) -> String {
    versioned(base(vault, Collection::Keys, name), version)
}

/// `https://<vault>.vault.azure.net/keys/<name>/rotationpolicy`.
pub fn rotation_policy_id(vault: &VaultName, name: &ObjectName) -> String {
    format!("{}/rotationpolicy", key_id(vault, name, None))
}

/// `https://<vault>.vault.azure.net/deletedsecrets/<name>`.
pub fn recovery_id(vault: &VaultName, name: &ObjectName) -> String {
    base(vault, Collection::DeletedSecrets, name)
}

/// `https://<vault>.vault.azure.net/deletedkeys/<name>`.
pub fn key_recovery_id(vault: &VaultName, name: &ObjectName) -> String {
    base(vault, Collection::DeletedKeys, name)
}

/// The id of a vault as a resource of a subscription (§1.3).
pub fn vault_resource_id(subscription: &str, vault: &VaultName) -> String {
    format!("/subscriptions/{subscription}/resourceGroups/{RESOURCE_GROUP}/providers/Microsoft.KeyVault/vaults/{vault}")
}

/// The id of a deleted vault's record (§1.5).
pub fn deleted_vault_resource_id(subscription: &str, location: RegionName, vault: &VaultName) -> String {
    let location = location.as_str();
    format!("/subscriptions/{subscription}/providers/Microsoft.KeyVault/locations/{location}/deletedVaults/{vault}")
}

fn base(vault: &VaultName, collection: Collection, name: &ObjectName) -> String {
    format!("{}/{}/{name}", vault.uri(), collection.text())
}

fn versioned(base: String, version: Option<VersionId>) -> String {
    match version {
        Some(version) => format!("{base}/{version}"),
        None => base,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_taken_apart_as_it_was_put_together() {
        let (vault, name) = (VaultName::parse("Contoso-Web").unwrap(), ObjectName::parse("Db-Password").unwrap());
        let version = VersionId::from_bytes([0xab; 16]);
        let id = secret_id(&vault, &name, Some(version));
        assert_eq!(id, format!("https://contoso-web.vault.azure.net/secrets/Db-Password/{version}"));
        let parsed = ObjectId::parse(&id).unwrap();
        let object = Some((Collection::Secrets, "Db-Password".to_owned(), Some(version.to_string())));
        assert_eq!(parsed, ObjectId { vault: "contoso-web".into(), object });

        let parsed = ObjectId::parse(&recovery_id(&vault, &name)).unwrap();
        assert_eq!(parsed.object, Some((Collection::DeletedSecrets, "Db-Password".to_owned(), None)));
        assert_eq!(ObjectId::parse("https://contoso-web.vault.azure.net:443/").unwrap().object, None);

        let parsed = ObjectId::parse(&key_id(&vault, &name, Some(version))).unwrap();
        assert_eq!(parsed.object, Some((Collection::Keys, "Db-Password".to_owned(), Some(version.to_string()))));
        let parsed = ObjectId::parse(&key_recovery_id(&vault, &name)).unwrap();
        assert_eq!(parsed.object, Some((Collection::DeletedKeys, "Db-Password".to_owned(), None)));
    }

    #[test]
    fn what_is_no_id_is_not_taken_for_one() {
        for text in [
            "",
            "contoso",
            "http://contoso.vault.azure.net/secrets/a",
            "https://contoso.example.com/secrets/a",
            "https://.vault.azure.net/secrets/a",
            "https://contoso.vault.azure.net/secrets",
            "https://contoso.vault.azure.net/certificates/a",
            "https://contoso.vault.azure.net/secrets/a/b/c",
        ] {
            assert_eq!(ObjectId::parse(text), None, "{text}");
        }
    }
}
