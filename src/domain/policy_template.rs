//! The sets of permissions that are offered where a policy is made (§6.2).

use super::{
    Permission, Rights,
    permission::{Family, usual},
};

/// A set that is offered where a policy is made (§6.2). None contains purge, nor the use of keys but where that is its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named by its title")]
pub enum Template {
    KeySecretCertificate,
    KeySecret,
    SecretCertificate,
    Key,
    Secret,
    Certificate,
    SqlServer,
    Storage,
    Backup,
    Exchange,
    SharePoint,
    InformationProtection,
}

impl Template {
    /// Every template, in the order in which they are offered.
    pub const ALL: [Self; 12] = [
        Self::KeySecretCertificate,
        Self::KeySecret,
        Self::SecretCertificate,
        Self::Key,
        Self::Secret,
        Self::Certificate,
        Self::SqlServer,
        Self::Storage,
        Self::Backup,
        Self::Exchange,
        Self::SharePoint,
        Self::InformationProtection,
    ];

    /// Its name in the portal.
    pub const fn title(self) -> &'static str {
        match self {
            Self::KeySecretCertificate => "Key, Secret & Certificate Management",
            Self::KeySecret => "Key & Secret Management",
            Self::SecretCertificate => "Secret & Certificate Management",
            Self::Key => "Key Management",
            Self::Secret => "Secret Management",
            Self::Certificate => "Certificate Management",
            Self::SqlServer => "SQL Server Connector",
            Self::Storage => "Azure Data Lake Storage or Azure Storage",
            Self::Backup => "Azure Backup",
            Self::Exchange => "Exchange Online Customer Key",
            Self::SharePoint => "SharePoint Online Customer Key",
            Self::InformationProtection => "Azure Information BYOK",
        }
    }

    /// What it ticks.
    pub fn rights(self) -> Rights {
        use Permission as P;
        let of = |permissions: &[Permission]| permissions.iter().copied().collect::<Rights>();
        let keys = of(&[
            P::KeysGet,
            P::KeysList,
            P::KeysUpdate,
            P::KeysCreate,
            P::KeysImport,
            P::KeysDelete,
            P::KeysRecover,
            P::KeysBackup,
            P::KeysRestore,
            P::KeysGetRotationPolicy,
            P::KeysSetRotationPolicy,
            P::KeysRotate,
        ]);
        let (secrets, certificates) = (usual(Family::Secrets), usual(Family::Certificates));
        let customer_key = of(&[P::KeysGet, P::KeysList, P::KeysWrapKey, P::KeysUnwrapKey]);
        match self {
            Self::KeySecretCertificate => keys.and(secrets).and(certificates),
            Self::KeySecret => keys.and(secrets),
            Self::SecretCertificate => secrets.and(certificates),
            Self::Key => keys,
            Self::Secret => secrets,
            Self::Certificate => certificates,
            Self::SqlServer | Self::Exchange | Self::SharePoint => customer_key,
            Self::Storage => of(&[P::KeysGet, P::KeysList, P::KeysUnwrapKey]),
            Self::Backup => {
                of(&[P::KeysGet, P::KeysList, P::KeysBackup, P::SecretsGet, P::SecretsList, P::SecretsBackup])
            }
            Self::InformationProtection => of(&[P::KeysGet, P::KeysDecrypt, P::KeysSign]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_template_contains_purge() {
        // S3, §6.2
        for template in Template::ALL {
            assert!(template.rights().iter().all(|permission| !permission.is_purge()), "{}", template.title());
            assert!(!template.rights().is_empty());
        }
    }

    #[test]
    fn the_management_templates_do_not_use_keys() {
        // §6.2
        let rights = Template::KeySecretCertificate.rights();
        for used in [Permission::KeysDecrypt, Permission::KeysSign, Permission::KeysUnwrapKey, Permission::KeysRelease]
        {
            assert!(!rights.contains(used), "{}", used.text());
        }
    }
}
