//! What things are called from outside: ids of objects and of Azure's resources.
//!
//! None is stored: each is made from names when it is asked for.

use super::{ObjectName, RegionName, VaultName, VersionId};

/// The one resource group there is: Tresor has none, and ids have a place for one.
pub const RESOURCE_GROUP: &str = "tresor";

/// Which collection an id points into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Collection {
    /// Live secrets.
    Secrets,
    /// Deleted secrets; ids into it are recovery ids.
    DeletedSecrets,
}

impl Collection {
    /// Its segment in an id.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Secrets => "secrets",
            Self::DeletedSecrets => "deletedsecrets",
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
        let collection = |text: &str| {
            [Collection::Secrets, Collection::DeletedSecrets]
                .into_iter()
                .find(|collection| text.eq_ignore_ascii_case(collection.text()))
        };
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
    let base = format!("{}/{}/{name}", vault.uri(), Collection::Secrets.text());
    version.map_or_else(|| base.clone(), |version| format!("{base}/{version}"))
}

/// `https://<vault>.vault.azure.net/deletedsecrets/<name>`.
pub fn recovery_id(vault: &VaultName, name: &ObjectName) -> String {
    format!("{}/{}/{name}", vault.uri(), Collection::DeletedSecrets.text())
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
            "https://contoso.vault.azure.net/keys/a",
            "https://contoso.vault.azure.net/secrets/a/b/c",
        ] {
            assert_eq!(ObjectId::parse(text), None, "{text}");
        }
    }
}
