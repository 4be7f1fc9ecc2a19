//! `tresor role …`, with the words of `az role`.

use clap::{Args, Subcommand, ValueEnum};

#[derive(Subcommand)]
pub(in crate::cli) enum RoleCommand {
    /// Who has which role, and where
    #[command(subcommand)]
    Assignment(AssignmentCommand),
    /// What each role allows
    #[command(subcommand)]
    Definition(DefinitionCommand),
}

#[derive(Subcommand)]
pub(in crate::cli) enum AssignmentCommand {
    /// Give somebody a role
    #[command(after_help = "Examples:
  tresor role assignment create --assignee Ana --scope contoso \\
    --role 'Key Vault Secrets User'
  tresor role assignment create --assignee build-server \\
    --role 'Key Vault Crypto User' --scope contoso/keys/sign
  tresor role assignment create --assignee Ana --role Owner")]
    Create(CreateAssignment),
    /// List role assignments: those of the subscription where nothing is said
    #[command(after_help = "Examples:
  tresor role assignment list --all -o table
  tresor role assignment list --assignee Ana --scope contoso --include-inherited")]
    List(ListAssignments),
    /// Take roles away
    #[command(after_help = "Examples:
  tresor role assignment delete --assignee Ana --scope contoso
  tresor role assignment delete --ids 2b6c1d0e-5472-4e65-a101-00646576656c")]
    Delete(DeleteAssignments),
    /// Set the role assignments again that a vault lost when it was deleted
    #[command(after_help = "Example:
  tresor role assignment restore --vault-name contoso")]
    Restore(RestoreAssignments),
}

#[derive(Subcommand)]
pub(in crate::cli) enum DefinitionCommand {
    /// List the roles with what they allow
    #[command(after_help = "Examples:
  tresor role definition list -o table
  tresor role definition list --name 'Key Vault Secrets User'")]
    List {
        /// Only the role of this name or id
        #[arg(long, short, value_name = "ROLE")]
        name: Option<String>,
    },
}

#[derive(Args)]
pub(in crate::cli) struct CreateAssignment {
    /// To whom: a name, an object id or a client id
    #[arg(long, alias = "assignee-object-id", value_name = "WHO")]
    pub(in crate::cli) assignee: String,
    /// The role's name or id; `tresor role definition list` tells them
    #[arg(long, value_name = "ROLE")]
    pub(in crate::cli) role: String,
    #[command(flatten)]
    pub(in crate::cli) scope: InScope,
    /// Accepted as in az; the store knows what everybody is
    #[arg(long, value_enum, value_name = "TYPE", ignore_case = true, hide_short_help = true)]
    assignee_principal_type: Option<PrincipalType>,
}

#[derive(Args)]
pub(in crate::cli) struct InScope {
    /// Where: VAULT, VAULT/secrets/NAME, VAULT/keys/NAME, or an id /subscriptions/…; everywhere when nothing is said
    #[arg(long)]
    pub(in crate::cli) scope: Option<String>,
}

/// Which assignments are meant.
#[derive(Args)]
pub(in crate::cli) struct Which {
    /// Only those of this identity: a name, an object id or a client id
    #[arg(long, value_name = "WHO")]
    pub(in crate::cli) assignee: Option<String>,
    /// Only this role, by name or id
    #[arg(long, value_name = "ROLE")]
    pub(in crate::cli) role: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) scope: InScope,
    /// Those too that hold here because they were given above
    #[arg(long)]
    pub(in crate::cli) include_inherited: bool,
}

#[derive(Args)]
pub(in crate::cli) struct ListAssignments {
    #[command(flatten)]
    pub(in crate::cli) which: Which,
    /// Wherever they were given
    #[arg(long, conflicts_with = "scope")]
    pub(in crate::cli) all: bool,
    /// With --assignee: those too that come from a group
    #[arg(long)]
    pub(in crate::cli) include_groups: bool,
}

#[derive(Args)]
pub(in crate::cli) struct DeleteAssignments {
    #[command(flatten)]
    pub(in crate::cli) which: Which,
    /// These, by their ids or names
    #[arg(long, value_name = "ID", num_args = 1.., conflicts_with_all = ["assignee", "role", "scope", "include_inherited"])]
    pub(in crate::cli) ids: Vec<String>,
}

#[derive(Args)]
pub(in crate::cli) struct RestoreAssignments {
    /// The vault that was recovered
    #[arg(long, value_name = "VAULT")]
    pub(in crate::cli) vault_name: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum PrincipalType {
    #[value(name = "User")]
    User,
    #[value(name = "Group")]
    Group,
    #[value(name = "ServicePrincipal")]
    ServicePrincipal,
}
