//! What Key Vault itself says to a program when it refuses (§1.4, §1.6, §2.5, §5.4, §5.5, §6.4).
//!
//! A person reads [`Refusal::sentence`], which says more. Where the service's own text is not known, the sentence stands
//! in for it.

use super::{
    Action, Permission, Refusal, RegionName, VaultName, Zone, action::Plane, caller::Asker, id, id::RESOURCE_GROUP,
    soft_delete::Kind,
};

/// Where something was asked, as far as the texts name it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The subscription's id.
    pub subscription: &'a str,
    /// The vault that was meant, if one was.
    pub vault: Option<&'a VaultName>,
    /// Where that vault stands, if it does.
    pub location: Option<RegionName>,
}

impl Asked<'_> {
    /// `contoso;location=westeurope`.
    fn place(&self) -> String {
        let vault = self.vault.map(VaultName::as_str).unwrap_or_default();
        let location = self.location.map(RegionName::as_str).unwrap_or_default();
        format!("{vault};location={location}")
    }
}

impl Refusal {
    /// The service's own text.
    pub fn message(&self, asked: &Asked<'_>) -> String {
        match self {
            Self::PermissionMissing { permission, caller } => permission_missing(*permission, caller, asked),
            Self::ActionMissing { action, caller, object } => action_missing(*action, caller, object.as_deref(), asked),
            Self::NotFound { kind: Kind::Vault, name } => format!(
                "The Resource 'Microsoft.KeyVault/vaults/{name}' under resource group '{RESOURCE_GROUP}' was not found. \
                 For more details please go to https://aka.ms/ARMResourceNotFoundFix"
            ),
            Self::DeletedNotFound { kind: Kind::Vault, name } => {
                format!("The specified deleted vault '{name}' does not exist.")
            }
            Self::NotFound { kind: kind @ (Kind::Secret | Kind::Key), name } => format!(
                "A {0} with (name/id) {name} was not found in this key vault. If you recently deleted this {0} you may \
                 be able to recover it using the correct recovery command. For help resolving this issue, please see \
                 https://go.microsoft.com/fwlink/?linkid=2125182",
                kind.noun()
            ),
            Self::DeletedNotFound { kind: kind @ (Kind::Secret | Kind::Key), name } => {
                format!("Deleted {} not found: {name}", kind.title())
            }
            // "globaly" is the service's spelling.
            Self::NameTaken { kind: Kind::Vault, name } => format!(
                "The vault name '{name}' is already in use. Vault names are globaly unique so it is possible that the \
                 name is already taken. If you are sure that the vault name was not taken then it is possible that a \
                 vault with the same name was recently deleted but not purged after being placed in a recoverable \
                 state. If the vault is in a recoverable state then the vault will need to be purged before reusing \
                 the name. For more information about VaultAlreadyExists, soft delete and purging a vault follow this \
                 link https://go.microsoft.com/fwlink/?linkid=2147740"
            ),
            Self::NameHeld { kind: Kind::Vault, .. } => {
                "A vault with the same name already exists in deleted state. You need to either recover or purge \
                 existing key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more \
                 information on soft delete."
                    .into()
            }
            Self::NameHeld { kind: kind @ (Kind::Secret | Kind::Key), name, .. } => format!(
                "{} {name} is currently in a deleted but recoverable state, and its name cannot be reused; in this \
                 state, the {} can only be recovered or purged.",
                kind.title(),
                kind.noun()
            ),
            Self::SecretDisabled { .. } => "Operation get is not allowed on a disabled secret.".into(),
            Self::PurgeProtected { kind: Kind::Vault, .. }
            | Self::SubscriptionUndeletable { kind: Kind::Vault, .. } => {
                "Operation 'DeletedVaultPurge' is not allowed.".into()
            }
            Self::PurgeProtected { kind: Kind::Secret | Kind::Key, .. } => format!(
                "Operation \"purge\" is not allowed because purge protection is enabled for this vault. Key Vault \
                 service will automatically purge it after the retention period has passed.\r\nVault: {}",
                asked.place()
            ),
            Self::BadName { kind: Kind::Vault, name, .. } => format!(
                "The vault name '{name}' is invalid. A vault's name must be between 3-24 alphanumeric characters. The \
                 name must begin with a letter, end with a letter or digit, and not contain consecutive hyphens. \
                 Follow this link for more information: https://go.microsoft.com/fwlink/?linkid=2147742"
            ),
            Self::BadName { kind: Kind::Secret | Kind::Key, name, .. } => {
                format!("The request URI contains an invalid name: {name}")
            }
            Self::RetentionIsFixed => {
                "The property \"softDeleteRetentionInDays\" has been set already and it can't be modified.".into()
            }
            Self::PurgeProtectionStaysOn => {
                "The property \"enablePurgeProtection\" cannot be set to false. Enabling the purge protection for a \
                 vault is an irreversible action."
                    .into()
            }
            Self::BackupMalformed => "Backup blob is corrupt.".into(),
            // For keys the sentence is the service's own text, where that is known (§3.4, §3.5).
            Self::KeyDisabled { .. }
            | Self::KeyOperationForbidden { .. }
            | Self::KeyNotYetValid { .. }
            | Self::KeyExpired { .. }
            | Self::KeyNeedsPremium { .. }
            | Self::KeyTypeUnsupported { .. }
            | Self::KeySizeUnsupported { .. }
            | Self::CurveUnsupported { .. }
            | Self::KeyOperationsUnsupported { .. }
            | Self::BadKey { .. }
            | Self::AlgorithmUnknown { .. }
            | Self::AlgorithmUnfit { .. }
            | Self::InputLength { .. }
            | Self::DigestLength { .. }
            | Self::IvLength { .. }
            | Self::ParameterNotTaken { .. }
            | Self::DoesNotOpen
            | Self::CryptographyFailed
            | Self::NameTaken { kind: Kind::Secret | Kind::Key, .. }
            | Self::SubscriptionUndeletable { kind: Kind::Secret | Kind::Key, .. }
            | Self::PeriodUnreadable { .. }
            | Self::RotationPolicyUnfit { .. }
            | Self::RegionUnavailable { .. }
            | Self::ReadOnly { .. }
            | Self::RetentionOutOfRange { .. }
            | Self::ValueTooLong { .. }
            | Self::TooManyTags { .. }
            | Self::TagTooLong { .. }
            | Self::TagTwice { .. }
            | Self::TagWithoutName
            | Self::ContentTypeTooLong { .. }
            | Self::ExpiresBeforeActivation
            | Self::DateOutOfRange
            | Self::BackupOfAnotherSubscription
            | Self::BackupOfAnotherGeography { .. }
            | Self::TooManyVersions { .. }
            | Self::TimeIsReal
            | Self::NothingWithheld
            | Self::OutageAlready { .. }
            | Self::NoOutage { .. }
            | Self::ReplicaOutAlready { .. }
            | Self::ReplicaNotOut { .. }
            | Self::LinkCutAlready { .. }
            | Self::LinkNotCut { .. }
            | Self::NoPair { .. }
            | Self::NotSignedIn { .. }
            | Self::WrongIdentityPassphrase { .. }
            | Self::TooManyTries { .. }
            | Self::IdentityPassphraseShort { .. }
            | Self::IdentityUnknown { .. }
            | Self::IdentityExists { .. }
            | Self::NotAGroup { .. }
            | Self::GroupInGroup { .. }
            | Self::GroupCannotAct { .. }
            | Self::RemovesItself { .. }
            | Self::LastManager
            | Self::TooManyPolicies { .. }
            | Self::PoliciesDoNotCount { .. }
            | Self::NoPolicy { .. }
            | Self::RoleAssignedAlready { .. }
            | Self::NoAssignment { .. }
            | Self::RegionUnused { .. }
            | Self::RegionIsWhole { .. }
            | Self::NothingToRebuildFrom { .. } => format!("{}.", self.sentence(Zone::Utc)),
        }
    }
}

/// As an access policy refuses (§6.4).
fn permission_missing(permission: Permission, caller: &Asker, asked: &Asked<'_>) -> String {
    format!(
        "The user, group or application '{}' does not have {} {} permission on key vault '{}'. For help resolving this \
         issue, please see https://go.microsoft.com/fwlink/?linkid=2125287",
        claims(caller),
        permission.family().text(),
        permission.name(),
        asked.place()
    )
}

/// As roles refuse: inside a vault, and above it (§6.4).
fn action_missing(action: Action, caller: &Asker, object: Option<&str>, asked: &Asked<'_>) -> String {
    let resource = || {
        let vault = asked.vault.map(VaultName::as_str).unwrap_or_default();
        let object = object.map(|object| format!("/{object}")).unwrap_or_default();
        format!(
            "/subscriptions/{}/resourcegroups/{RESOURCE_GROUP}/providers/microsoft.keyvault/vaults/{vault}{object}",
            asked.subscription
        )
    };
    if action.plane() == Plane::Control {
        let scope = match asked.vault {
            None => format!("/subscriptions/{}", asked.subscription),
            Some(vault) => id::vault_resource_id(asked.subscription, vault),
        };
        return format!(
            "The client '{}' with object id '{}' does not have authorization to perform action '{}' over scope \
             '{scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.",
            caller.name,
            caller.object,
            action.text()
        );
    }
    format!(
        "Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role \
         definitions were changed recently, please observe propagation time.\r\nCaller: {}\r\nAction: \
         '{}'\r\nResource: '{}'\r\nAssignment: (not found)\r\nDenyAssignmentId: null\r\nDecisionReason: null \
         \r\nVault: {}\r\n",
        claims(caller),
        action.text(),
        resource(),
        asked.place()
    )
}

/// `appid=<g>;oid=<g>;numgroups=<n>;iss=https://sts.windows.net/<tenant>/`. People act through this program.
fn claims(caller: &Asker) -> String {
    let client = caller.client.unwrap_or(id::PROGRAM);
    let groups = match (caller.client, caller.groups) {
        (None, groups @ 1..) => format!(";numgroups={groups}"),
        _ => String::new(),
    };
    format!("appid={client};oid={}{groups};iss=https://sts.windows.net/{}/", caller.object, id::TENANT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_gets_the_texts_that_the_service_was_seen_to_send() {
        // §2.5, §5.4, §5.5, §6.4
        let vault = VaultName::parse("contoso").unwrap();
        let location = RegionName::parse("westeurope").ok();
        let asked = Asked { subscription: "s", vault: Some(&vault), location };
        let held = Refusal::NameHeld {
            kind: Kind::Secret,
            name: "legacy".into(),
            until: crate::domain::Timestamp::from_secs(0),
        };
        assert_eq!(
            held.message(&asked),
            "Secret legacy is currently in a deleted but recoverable state, and its name cannot be reused; in this \
             state, the secret can only be recovered or purged."
        );
        let protected = Refusal::PurgeProtected {
            kind: Kind::Secret,
            name: "legacy".into(),
            until: crate::domain::Timestamp::from_secs(0),
        };
        assert!(protected.message(&asked).ends_with("has passed.\r\nVault: contoso;location=westeurope"));
        let object = crate::domain::IdentityId::from_bytes([0x11; 16]);
        let caller = Asker { name: "Developer".into(), object, client: None, groups: 2 };
        let missing =
            Refusal::PermissionMissing { permission: Permission::SecretsPurge, caller: Box::new(caller.clone()) };
        let said = missing.message(&asked);
        assert!(said.contains(";oid=11111111-1111-1111-1111-111111111111;numgroups=2;iss=https://sts.windows.net/"));
        assert!(said.contains("' does not have secrets purge permission on key vault 'contoso;location=westeurope'."));
        assert_eq!(missing.code().inner, Some("AccessDenied"));
        let refused = |action, object: Option<&str>| {
            let (caller, object) = (Box::new(caller.clone()), object.map(str::to_owned));
            Refusal::ActionMissing { action, caller, object }
        };
        let above = refused(Action::VaultsWrite, None);
        assert!(
            above.message(&asked).contains("action 'Microsoft.KeyVault/vaults/write' over scope '/subscriptions/s/")
        );
        assert_eq!((above.code().code, above.code().inner), ("AuthorizationFailed", None));
        let inside = refused(Action::KeysRead, Some("keys/k"));
        let said = inside.message(&asked);
        assert!(said.starts_with("Caller is not authorized to perform action on resource.\r\nIf role assignments,"));
        assert!(said.contains("\r\nAction: 'Microsoft.KeyVault/vaults/keys/read'\r\nResource: '/subscriptions/s/"));
        assert!(said.contains("/providers/microsoft.keyvault/vaults/contoso/keys/k'\r\nAssignment: (not found)\r\n"));
        assert!(said.ends_with("\r\nVault: contoso;location=westeurope\r\n"));
        assert_eq!(inside.code().inner, Some("ForbiddenByRbac"));
    }
}
