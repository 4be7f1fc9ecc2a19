//! Which page is shown.

use crate::domain::VaultName;

/// A place in the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// There is no vault yet.
    NoVault,
    /// A page of a vault.
    Vault(VaultName, Tab),
    /// The bin for vaults.
    DeletedVaults,
    /// The regions, what they keep and how they stand.
    Regions,
    /// Who there is.
    Identities,
    /// Everything that was asked.
    Activity,
    /// What it would cost.
    Cost,
}

/// A page of a vault.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// At a glance.
    Overview,
    /// The secrets.
    #[default]
    Secrets,
    /// The keys.
    Keys,
    /// The bin for objects.
    Deleted,
    /// Who may do what.
    Access,
}

impl Route {
    /// The vault that is shown.
    pub const fn vault(&self) -> Option<&VaultName> {
        match self {
            Self::Vault(vault, _) => Some(vault),
            Self::NoVault | Self::DeletedVaults | Self::Regions | Self::Identities | Self::Activity | Self::Cost => {
                None
            }
        }
    }

    /// The vault's page that is shown.
    pub const fn tab(&self) -> Option<Tab> {
        match self {
            Self::Vault(_, tab) => Some(*tab),
            Self::NoVault | Self::DeletedVaults | Self::Regions | Self::Identities | Self::Activity | Self::Cost => {
                None
            }
        }
    }
}
