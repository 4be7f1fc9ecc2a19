//! `tresor identity …`

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// What can be done with identities.
#[derive(Subcommand)]
pub(in crate::cli) enum IdentityCommand {
    /// List all identities
    #[command(after_help = "Example:
  tresor identity list -o table")]
    List,
    /// Show an identity
    #[command(after_help = "Example:
  tresor identity show -n security-officer --query id -o tsv")]
    Show(IdentityTarget),
    /// Make an identity; it is granted nothing but what is said
    #[command(after_help = "Examples:
  tresor identity create -n Ana
  tresor identity create -n 'Build server' --kind service-principal
  tresor identity create -n Payments --kind group --member Ana \\
    --member build-server --in-new-vaults all")]
    Create(CreateIdentity),
    /// Change an identity's name, its members or what it is granted in new vaults
    #[command(after_help = "Examples:
  tresor identity update -n Ana --new-name 'Ana Novak'
  tresor identity update -n developer --in-new-vaults none")]
    Update(UpdateIdentity),
    /// Remove an identity with its roles; its object id is never given again
    #[command(after_help = "Example:
  tresor identity delete -n Ana --as security-officer")]
    Delete(IdentityTarget),
    /// Take identities into a group
    #[command(after_help = "Example:
  tresor identity add-member -n Payments --member Ana")]
    AddMember(Members),
    /// Take identities out of a group
    #[command(after_help = "Example:
  tresor identity remove-member -n Payments --member Ana")]
    RemoveMember(Members),
    /// Set what has to be given to act as an identity: a passphrase or a PIN of its own
    ///
    /// It is asked for on the terminal, or read from --password-file or the variable `TRESOR_NEW_IDENTITY_PASSPHRASE`. Where the
    /// identity has one already, that is needed too: from the line before it, or from `TRESOR_IDENTITY_PASSPHRASE`. Whoever acts as
    /// the identity has given it.
    #[command(after_help = "Examples:
  tresor identity set-passphrase -n security-officer
  tresor identity set-passphrase -n security-officer \\
    --reset-with-store-passphrase")]
    SetPassphrase(IdentityPassphrase),
    /// Let an identity be acted as without a passphrase of its own
    #[command(after_help = "Example:
  tresor identity remove-passphrase -n security-officer --as security-officer")]
    RemovePassphrase(IdentityPassphrase),
}

#[derive(Args)]
pub(in crate::cli) struct IdentityTarget {
    /// Its name, its object id or its client id
    #[arg(long, short, value_name = "WHO")]
    pub(in crate::cli) name: String,
}

#[derive(Args)]
pub(in crate::cli) struct CreateIdentity {
    /// What it is called: 1 to 64 characters
    #[arg(long, short)]
    pub(in crate::cli) name: String,
    /// What it is
    #[arg(long, value_enum, default_value_t = KindName::Person, ignore_case = true)]
    pub(in crate::cli) kind: KindName,
    /// Who is in the group; can be given several times
    #[arg(long, value_name = "WHO", num_args = 1..)]
    pub(in crate::cli) member: Vec<String>,
    /// The client id of a service principal; a new one when nothing is said
    #[arg(long, visible_alias = "app-id", value_name = "UUID")]
    pub(in crate::cli) client_id: Option<String>,
    /// What it is granted in each vault that is made with access policies from now on
    #[arg(long, value_enum, value_name = "RIGHTS", default_value_t = InNewVaults::None, ignore_case = true)]
    pub(in crate::cli) in_new_vaults: InNewVaults,
}

#[derive(Args)]
pub(in crate::cli) struct UpdateIdentity {
    #[command(flatten)]
    pub(in crate::cli) identity: IdentityTarget,
    /// Another name
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) new_name: Option<String>,
    /// Who is in the group, in place of all who are
    #[arg(long, value_name = "WHO", num_args = 0..)]
    pub(in crate::cli) member: Option<Vec<String>>,
    /// What it is granted in each vault that is made with access policies from now on
    #[arg(long, value_enum, value_name = "RIGHTS", ignore_case = true)]
    pub(in crate::cli) in_new_vaults: Option<InNewVaults>,
}

#[derive(Args)]
pub(in crate::cli) struct Members {
    /// The group
    #[arg(long, short, value_name = "GROUP")]
    pub(in crate::cli) name: String,
    /// Whom: a name, an object id or a client id; can be given several times
    #[arg(long, value_name = "WHO", num_args = 1.., required = true)]
    pub(in crate::cli) member: Vec<String>,
}

#[derive(Args)]
pub(in crate::cli) struct IdentityPassphrase {
    #[command(flatten)]
    pub(in crate::cli) identity: IdentityTarget,
    /// Read what is needed from this file, a line each, the one there is first; - is standard input
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) password_file: Option<PathBuf>,
    /// Where the one there is was forgotten: the store's own passphrase stands in for it
    #[arg(long)]
    pub(in crate::cli) reset_with_store_passphrase: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum KindName {
    Person,
    Group,
    ServicePrincipal,
}

/// What an identity is granted in new vaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum InNewVaults {
    /// Nothing
    None,
    /// Everything but purge
    #[value(alias = "all-but-purge")]
    All,
    /// Everything, and purge
    AllAndPurge,
}
