//! What is printed, with az's member names and nesting (§1.3, §1.5, §2.3).
//!
//! Members stand in alphabetical order, as az prints them; a test holds them to it.

pub(super) mod access;
pub(super) mod key;
pub(super) mod region;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::{
    AccessModel, Deleted, PurgeProtection, Secret, SecretValue, SecretVersion, Sku, Timestamp, Vault, VaultHead,
    VersionId, World,
    activity::{AllowedBy, OutcomeRef, RecordRef},
    audit_event::status_of,
    id,
    properties::{Enabled, Tags},
};

/// What a version of a secret carries beside its value.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Attributes {
    created: String,
    enabled: bool,
    expires: Option<String>,
    not_before: Option<String>,
    recoverable_days: u8,
    recovery_level: &'static str,
    updated: String,
}

/// A secret as `set` and `show` print it. Holds the value borrowed: it is copied nowhere but into the output.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SecretBundle<'a> {
    attributes: Attributes,
    content_type: Option<&'a str>,
    id: String,
    kid: Option<&'a str>,
    managed: Option<bool>,
    name: &'a str,
    tags: BTreeMap<&'a str, &'a str>,
    value: Option<&'a str>,
}

/// A secret or a version as `list` and `list-versions` print it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SecretItem<'a> {
    attributes: Attributes,
    content_type: Option<&'a str>,
    id: String,
    managed: Option<bool>,
    name: &'a str,
    tags: BTreeMap<&'a str, &'a str>,
}

/// A deleted secret as `delete` and `show-deleted` print it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeletedSecretBundle<'a> {
    attributes: Attributes,
    content_type: Option<&'a str>,
    deleted_date: String,
    id: String,
    kid: Option<&'a str>,
    managed: Option<bool>,
    name: &'a str,
    recovery_id: String,
    scheduled_purge_date: String,
    tags: BTreeMap<&'a str, &'a str>,
    value: Option<&'a str>,
}

/// A deleted secret as `list-deleted` prints it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeletedSecretItem<'a> {
    attributes: Attributes,
    content_type: Option<&'a str>,
    deleted_date: String,
    id: String,
    managed: Option<bool>,
    name: &'a str,
    recovery_id: String,
    scheduled_purge_date: String,
    tags: BTreeMap<&'a str, &'a str>,
}

/// A vault as `show` prints it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct VaultResource<'a> {
    id: String,
    location: &'static str,
    name: &'a str,
    properties: VaultProperties,
    resource_group: &'static str,
    system_data: SystemData<'a>,
    tags: BTreeMap<&'a str, &'a str>,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "az prints as many")]
struct VaultProperties {
    access_policies: Vec<access::AccessPolicy>,
    create_mode: Option<()>,
    enable_purge_protection: Option<bool>,
    enable_rbac_authorization: bool,
    enable_soft_delete: bool,
    enabled_for_deployment: bool,
    enabled_for_disk_encryption: bool,
    enabled_for_template_deployment: bool,
    hsm_pool_resource_id: Option<()>,
    network_acls: Option<()>,
    private_endpoint_connections: Option<()>,
    provisioning_state: &'static str,
    public_network_access: &'static str,
    sku: SkuShape,
    soft_delete_retention_in_days: u8,
    tenant_id: &'static str,
    vault_uri: String,
}

#[derive(Serialize)]
struct SkuShape {
    family: &'static str,
    name: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SystemData<'a> {
    created_at: String,
    created_by: &'a str,
    created_by_type: &'static str,
    last_modified_at: Option<()>,
    last_modified_by: Option<()>,
    last_modified_by_type: Option<()>,
}

/// A vault as `list` prints it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct VaultItem<'a> {
    id: String,
    location: &'static str,
    name: &'a str,
    resource_group: &'static str,
    tags: BTreeMap<&'a str, &'a str>,
    #[serde(rename = "type")]
    kind: &'static str,
}

/// A deleted vault.
#[derive(Serialize)]
pub(super) struct DeletedVaultResource<'a> {
    id: String,
    name: &'a str,
    properties: DeletedVaultProperties<'a>,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeletedVaultProperties<'a> {
    deletion_date: String,
    location: &'static str,
    purge_protection_enabled: Option<bool>,
    scheduled_purge_date: String,
    tags: BTreeMap<&'a str, &'a str>,
    vault_id: String,
}

/// What `check-name` answers.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NameAvailability {
    pub(super) message: Option<String>,
    pub(super) name_available: bool,
    pub(super) reason: Option<&'static str>,
}

/// A line of the activity log.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ActivityItem<'a> {
    by_store_passphrase: bool,
    /// Who asked; nobody in particular where the store's passphrase alone allowed it.
    caller: Option<&'a str>,
    code: Option<&'a str>,
    detail: Option<&'a str>,
    duration_ms: f64,
    identity: Option<String>,
    inner_code: Option<&'a str>,
    object: Option<&'a str>,
    operation_name: &'static str,
    region: Option<&'a str>,
    result_type: &'static str,
    status: u16,
    subject: Option<&'a str>,
    subject_id: Option<String>,
    time: String,
    vault: Option<&'a str>,
    version: Option<String>,
}

/// The vault in which things stand, and how they can be recovered there.
#[derive(Clone, Copy)]
pub(super) struct Within<'a> {
    pub(super) vault: &'a VaultHead,
    pub(super) world: &'a World,
}

impl Within<'_> {
    fn attributes(&self, version: &SecretVersion) -> Attributes {
        Attributes {
            created: version.created.iso(),
            enabled: version.enabled == Enabled::Yes,
            expires: version.validity.expires().map(Timestamp::iso),
            not_before: version.validity.not_before().map(Timestamp::iso),
            recoverable_days: self.vault.retention.get(),
            recovery_level: self.vault.recovery_level(self.world.protection).text(),
            updated: version.updated.iso(),
        }
    }

    /// A version, or the current one where none is named, with its value where one is given.
    pub(super) fn bundle<'a>(
        &self,
        secret: &'a Secret,
        version: Option<VersionId>,
        value: Option<&'a SecretValue>,
    ) -> SecretBundle<'a> {
        let version = secret.version(version).unwrap_or_else(|| secret.current());
        SecretBundle {
            attributes: self.attributes(version),
            content_type: content_type(version),
            id: id::secret_id(&self.vault.name, secret.name(), Some(version.id)),
            kid: None,
            managed: None,
            name: secret.name().as_str(),
            tags: tags(&version.tags),
            value: value.map(SecretValue::expose),
        }
    }

    /// A secret by its current version, its id without one.
    pub(super) fn item<'a>(&self, secret: &'a Secret) -> SecretItem<'a> {
        let id = id::secret_id(&self.vault.name, secret.name(), None);
        self.item_called(id, secret, secret.current())
    }

    /// One version, with its id.
    pub(super) fn version<'a>(&self, secret: &'a Secret, version: &'a SecretVersion) -> SecretItem<'a> {
        let id = id::secret_id(&self.vault.name, secret.name(), Some(version.id));
        self.item_called(id, secret, version)
    }

    fn item_called<'a>(&self, id: String, secret: &'a Secret, version: &'a SecretVersion) -> SecretItem<'a> {
        SecretItem {
            attributes: self.attributes(version),
            content_type: content_type(version),
            id,
            managed: None,
            name: secret.name().as_str(),
            tags: tags(&version.tags),
        }
    }

    /// A deleted secret; its id has the last version (§2.3).
    pub(super) fn deleted_bundle<'a>(&self, deleted: &'a Deleted<Secret>) -> DeletedSecretBundle<'a> {
        let Deleted { item: secret, deletion } = deleted;
        let version = secret.current();
        DeletedSecretBundle {
            attributes: self.attributes(version),
            content_type: content_type(version),
            deleted_date: deletion.deleted.iso(),
            id: id::secret_id(&self.vault.name, secret.name(), Some(version.id)),
            kid: None,
            managed: None,
            name: secret.name().as_str(),
            recovery_id: id::recovery_id(&self.vault.name, secret.name()),
            scheduled_purge_date: deletion.scheduled_purge.iso(),
            tags: tags(&version.tags),
            value: None,
        }
    }

    /// A deleted secret in a list; its id is without a version (§2.3).
    pub(super) fn deleted_item<'a>(&self, deleted: &'a Deleted<Secret>) -> DeletedSecretItem<'a> {
        let version = deleted.item.current();
        DeletedSecretItem {
            attributes: self.attributes(version),
            content_type: content_type(version),
            deleted_date: deleted.deletion.deleted.iso(),
            id: id::secret_id(&self.vault.name, deleted.item.name(), None),
            managed: None,
            name: deleted.item.name().as_str(),
            recovery_id: id::recovery_id(&self.vault.name, deleted.item.name()),
            scheduled_purge_date: deleted.deletion.scheduled_purge.iso(),
            tags: tags(&version.tags),
        }
    }
}

/// A vault with all its properties.
pub(super) fn vault<'a>(subscription: &str, vault: &'a Vault) -> VaultResource<'a> {
    let Vault { head, access, .. } = vault;
    VaultResource {
        id: id::vault_resource_id(subscription, &head.name),
        location: head.location.as_str(),
        name: head.name.as_str(),
        properties: VaultProperties {
            access_policies: access::policies(access),
            create_mode: None,
            enable_purge_protection: is_on(head.purge_protection),
            enable_rbac_authorization: access.model == AccessModel::Roles,
            enable_soft_delete: true,
            enabled_for_deployment: false,
            enabled_for_disk_encryption: false,
            enabled_for_template_deployment: false,
            hsm_pool_resource_id: None,
            network_acls: None,
            private_endpoint_connections: None,
            provisioning_state: "Succeeded",
            public_network_access: "Enabled",
            sku: SkuShape {
                family: "A",
                name: match head.sku {
                    Sku::Standard => "standard",
                    Sku::Premium => "premium",
                },
            },
            soft_delete_retention_in_days: head.retention.get(),
            tenant_id: id::TENANT,
            vault_uri: format!("{}/", head.name.uri()),
        },
        resource_group: id::RESOURCE_GROUP,
        system_data: SystemData {
            created_at: head.created.iso(),
            created_by: &head.created_by,
            created_by_type: "User",
            last_modified_at: None,
            last_modified_by: None,
            last_modified_by_type: None,
        },
        tags: tags(&head.tags),
        kind: "Microsoft.KeyVault/vaults",
    }
}

/// A vault in a list.
pub(super) fn vault_item<'a>(subscription: &str, head: &'a VaultHead) -> VaultItem<'a> {
    VaultItem {
        id: id::vault_resource_id(subscription, &head.name),
        location: head.location.as_str(),
        name: head.name.as_str(),
        resource_group: id::RESOURCE_GROUP,
        tags: tags(&head.tags),
        kind: "Microsoft.KeyVault/vaults",
    }
}

/// A deleted vault, alone or in a list.
pub(super) fn deleted_vault<'a>(subscription: &str, deleted: &'a Deleted<Vault>) -> DeletedVaultResource<'a> {
    let head = &deleted.item.head;
    DeletedVaultResource {
        id: id::deleted_vault_resource_id(subscription, head.location, &head.name),
        name: head.name.as_str(),
        properties: DeletedVaultProperties {
            deletion_date: deleted.deletion.deleted.iso(),
            location: head.location.as_str(),
            purge_protection_enabled: is_on(head.purge_protection),
            scheduled_purge_date: deleted.deletion.scheduled_purge.iso(),
            tags: tags(&head.tags),
            vault_id: id::vault_resource_id(subscription, &head.name),
        },
        kind: "Microsoft.KeyVault/deletedVaults",
    }
}

/// A record of the activity log.
pub(super) fn activity(record: RecordRef<'_>) -> ActivityItem<'_> {
    let (result_type, code, inner_code) = match record.outcome {
        OutcomeRef::Done => ("Success", None, None),
        OutcomeRef::Refused { code, inner, .. } => ("Refused", Some(code), inner),
    };
    ActivityItem {
        by_store_passphrase: record.about.allowed_by == AllowedBy::StorePassphrase,
        caller: Some(record.caller).filter(|name| !name.is_empty()),
        code,
        detail: record.about.detail,
        duration_ms: f64::from(record.took_us) / 1000.0,
        identity: record.identity.map(|id| id.to_string()),
        inner_code,
        object: record.object,
        operation_name: record.operation.audit_name(),
        region: record.region,
        result_type,
        status: status_of(&record),
        subject: record.about.subject.map(|subject| subject.name),
        subject_id: record.about.subject.map(|subject| subject.id.to_string()),
        time: record.at.iso(),
        vault: record.vault,
        version: record.version.map(|version| version.to_string()),
    }
}

/// As in Azure, `null` where protection was never switched on.
fn is_on(protection: PurgeProtection) -> Option<bool> {
    (protection == PurgeProtection::On).then_some(true)
}

fn content_type(version: &SecretVersion) -> Option<&str> {
    version.content_type.as_ref().map(crate::domain::properties::ContentType::as_str)
}

fn tags(tags: &Tags) -> BTreeMap<&str, &str> {
    tags.iter().collect()
}
