//! `tresor keyvault …`

use clap::{Args, Subcommand, ValueEnum, builder::BoolishValueParser};

use super::{KeyCommand, SecretCommand};

/// What can be done with vaults.
#[derive(Subcommand)]
pub(in crate::cli) enum VaultCommand {
    /// Make a vault
    #[command(after_help = "Examples:
  tresor keyvault create -n contoso -l westeurope
  tresor keyvault create -n contoso -l westeurope --retention-days 7 \\
    --enable-purge-protection")]
    Create(CreateVault),
    /// List the vaults
    #[command(after_help = "Example:
  tresor keyvault list --query '[].name' -o tsv")]
    List(ListVaults),
    /// Show a vault's properties
    #[command(after_help = "Example:
  tresor keyvault show -n contoso --query properties.softDeleteRetentionInDays")]
    Show(VaultTarget),
    /// Change a vault's properties
    #[command(after_help = "Examples:
  tresor keyvault update -n contoso --enable-purge-protection true
  tresor keyvault update -n contoso --set tags.team=payments")]
    Update(UpdateVault),
    /// Delete a vault; it is kept until its retention ends
    #[command(after_help = "Example:
  tresor keyvault delete -n contoso")]
    Delete(VaultTarget),
    /// List the deleted vaults
    #[command(after_help = "Example:
  tresor keyvault list-deleted -o table \\
    --query '[].{name:name,purge:properties.scheduledPurgeDate}'")]
    ListDeleted(ListVaults),
    /// Show a deleted vault
    #[command(after_help = "Example:
  tresor keyvault show-deleted -n contoso")]
    ShowDeleted(DeletedVaultName),
    /// Recover a deleted vault with everything in it
    #[command(after_help = "Example:
  tresor keyvault recover -n contoso")]
    Recover(DeletedVaultName),
    /// Destroy a deleted vault for good; needs a permission of its own
    #[command(after_help = "Example:
  tresor keyvault purge -n contoso --as security-officer")]
    Purge(DeletedVaultName),
    /// Check whether a vault name is free
    #[command(after_help = "Example:
  tresor keyvault check-name -n contoso")]
    CheckName {
        /// The name to check
        #[arg(long, short)]
        name: String,
        /// Accepted as in az; here it is about vaults only
        #[arg(long, value_enum, value_name = "TYPE")]
        resource_type: Option<ResourceType>,
    },
    /// Give somebody an access policy in a vault, or change the one they have
    #[command(after_help = "Examples:
  tresor keyvault set-policy -n contoso --upn Ana --secret-permissions get list
  tresor keyvault set-policy -n contoso --spn build-server \\
    --key-permissions get sign verify --secret-permissions all
  tresor keyvault set-policy -n contoso --upn Ana --secret-permissions all purge")]
    SetPolicy(SetPolicy),
    /// Take somebody's access policy in a vault away
    #[command(after_help = "Example:
  tresor keyvault delete-policy -n contoso --upn Ana")]
    DeletePolicy(DeletePolicy),
    /// Secrets
    #[command(subcommand)]
    Secret(SecretCommand),
    /// Keys
    #[command(subcommand)]
    Key(KeyCommand),
}

#[derive(Args)]
pub(in crate::cli) struct CreateVault {
    /// The vault's name: 3 to 24 letters, digits and hyphens
    #[arg(long, short, value_name = "NAME")]
    pub(in crate::cli) name: String,
    /// The region the vault lives in, for good; `tresor region list` names them
    #[arg(long, short, default_value = "westeurope", env = "AZURE_DEFAULTS_LOCATION", hide_env = true)]
    pub(in crate::cli) location: String,
    /// Software keys, or software and HSM keys
    #[arg(long, value_enum, default_value_t = SkuName::Standard, ignore_case = true)]
    pub(in crate::cli) sku: SkuName,
    /// How long deleted things are kept, 7 to 90 days; never changes
    #[arg(long, value_name = "DAYS", default_value_t = 90, allow_negative_numbers = true)]
    pub(in crate::cli) retention_days: i64,
    /// Let nobody purge before retention has ended; can never be switched off
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(in crate::cli) enable_purge_protection: Option<bool>,
    /// Decide by roles who may do what in it, and not by access policies
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(in crate::cli) enable_rbac_authorization: Option<bool>,
    /// Tags as name=value, with spaces between them
    #[arg(long, value_name = "TAGS", num_args = 0..)]
    pub(in crate::cli) tags: Option<Vec<String>>,
    #[command(flatten)]
    harmless: Harmless,
    #[command(flatten)]
    group: ResourceGroup,
}

#[derive(Args)]
pub(in crate::cli) struct UpdateVault {
    #[command(flatten)]
    pub(in crate::cli) vault: VaultName,
    /// Refused unless it is what the vault has: retention never changes
    #[arg(long, value_name = "DAYS", allow_negative_numbers = true)]
    pub(in crate::cli) retention_days: Option<i64>,
    /// Let nobody purge before retention has ended; can never be switched off
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(in crate::cli) enable_purge_protection: Option<bool>,
    /// Decide by roles who may do what in it; with false, by access policies
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(in crate::cli) enable_rbac_authorization: Option<bool>,
    /// Tags in place of all old ones, as name=value with spaces between them
    #[arg(long, value_name = "TAGS", num_args = 0..)]
    pub(in crate::cli) tags: Option<Vec<String>>,
    /// Set a property by its path: tags.NAME=VALUE, properties.enablePurgeProtection=true
    #[arg(long, value_name = "PATH=VALUE", num_args = 1..)]
    pub(in crate::cli) set: Vec<String>,
    /// Remove a tag by its path: tags.NAME
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub(in crate::cli) remove: Vec<String>,
    #[command(flatten)]
    harmless: Harmless,
    #[command(flatten)]
    group: ResourceGroup,
}

#[derive(Args)]
pub(in crate::cli) struct SetPolicy {
    #[command(flatten)]
    pub(in crate::cli) vault: VaultName,
    #[command(flatten)]
    pub(in crate::cli) principal: Principal,
    /// What they may do with secrets, in place of what they might; `all` is everything but purge
    #[arg(long, value_name = "PERMISSIONS", num_args = 0..)]
    pub(in crate::cli) secret_permissions: Option<Vec<String>>,
    /// The same for keys
    #[arg(long, value_name = "PERMISSIONS", num_args = 0..)]
    pub(in crate::cli) key_permissions: Option<Vec<String>>,
    /// The same for certificates
    #[arg(long, value_name = "PERMISSIONS", num_args = 0..)]
    pub(in crate::cli) certificate_permissions: Option<Vec<String>>,
    /// The same for storage accounts
    #[arg(long, value_name = "PERMISSIONS", num_args = 0..)]
    pub(in crate::cli) storage_permissions: Option<Vec<String>>,
    /// Accepted as in az; the command waits anyway
    #[arg(long, hide_short_help = true)]
    no_wait: bool,
    #[command(flatten)]
    group: ResourceGroup,
}

#[derive(Args)]
pub(in crate::cli) struct DeletePolicy {
    #[command(flatten)]
    pub(in crate::cli) vault: VaultName,
    #[command(flatten)]
    pub(in crate::cli) principal: Principal,
    /// Accepted as in az; the command waits anyway
    #[arg(long, hide_short_help = true)]
    no_wait: bool,
    #[command(flatten)]
    group: ResourceGroup,
}

/// Whose policy is meant.
#[derive(Args)]
#[group(multiple = false)]
pub(in crate::cli) struct Principal {
    /// Whose, by object id: a person's, a group's or a service principal's
    #[arg(long, value_name = "UUID")]
    pub(in crate::cli) object_id: Option<String>,
    /// Whose, by a person's name
    #[arg(long, value_name = "PERSON")]
    pub(in crate::cli) upn: Option<String>,
    /// Whose, by a service principal's name or client id
    #[arg(long, value_name = "PROGRAM")]
    pub(in crate::cli) spn: Option<String>,
}

#[derive(Args)]
pub(in crate::cli) struct VaultTarget {
    #[command(flatten)]
    pub(in crate::cli) vault: VaultName,
    /// Accepted as in az; the command waits anyway
    #[arg(long, hide_short_help = true)]
    no_wait: bool,
    #[command(flatten)]
    group: ResourceGroup,
}

#[derive(Args)]
pub(in crate::cli) struct VaultName {
    /// The vault's name
    #[arg(long, short, value_name = "NAME")]
    pub(in crate::cli) name: String,
}

#[derive(Args)]
pub(in crate::cli) struct DeletedVaultName {
    #[command(flatten)]
    pub(in crate::cli) vault: VaultName,
    /// The region the vault lived in; need not be told
    #[arg(long, short)]
    pub(in crate::cli) location: Option<String>,
    /// Accepted as in az; the command waits anyway
    #[arg(long, hide_short_help = true)]
    no_wait: bool,
    #[command(flatten)]
    group: ResourceGroup,
}

#[derive(Args)]
pub(in crate::cli) struct ListVaults {
    /// Accepted as in az; here there are vaults only
    #[arg(long, value_enum, value_name = "TYPE")]
    resource_type: Option<ResourceType>,
    #[command(flatten)]
    group: ResourceGroup,
}

/// Tresor has no resource groups: whatever is named means the whole store.
#[derive(Args)]
struct ResourceGroup {
    /// Accepted as in az; there are no resource groups, so any name means the whole store
    #[arg(long, short = 'g', value_name = "NAME", hide_short_help = true)]
    resource_group: Option<String>,
}

/// What az can set on a vault, as far as it can only be said here what is so anyway.
#[derive(Args)]
#[command(next_help_heading = "Accepted as in az, with these values only")]
struct Harmless {
    /// Soft delete is always on
    #[arg(long, value_enum, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", ignore_case = true, hide_short_help = true)]
    enable_soft_delete: Option<OnlyTrue>,
    /// Nothing deploys from here
    #[arg(long, value_enum, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", ignore_case = true, hide_short_help = true)]
    enabled_for_deployment: Option<OnlyFalse>,
    /// No disks are encrypted from here
    #[arg(long, value_enum, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", ignore_case = true, hide_short_help = true)]
    enabled_for_disk_encryption: Option<OnlyFalse>,
    /// No templates are deployed from here
    #[arg(long, value_enum, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", ignore_case = true, hide_short_help = true)]
    enabled_for_template_deployment: Option<OnlyFalse>,
    /// A vault here is on no network
    #[arg(long, value_enum, value_name = "VALUE", ignore_case = true, hide_short_help = true)]
    public_network_access: Option<OnlyEnabled>,
    /// A vault here is on no network
    #[arg(long, value_enum, value_name = "VALUE", ignore_case = true, hide_short_help = true)]
    default_action: Option<OnlyAllow>,
    /// A vault here is on no network
    #[arg(long, value_enum, value_name = "VALUE", ignore_case = true, hide_short_help = true)]
    bypass: Option<OnlyAzureServices>,
    /// The command waits anyway
    #[arg(long, hide_short_help = true)]
    no_wait: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub(in crate::cli) enum SkuName {
    Standard,
    Premium,
}

#[derive(Clone, Copy, ValueEnum)]
pub(in crate::cli) enum ResourceType {
    Vault,
}

#[derive(Clone, Copy, ValueEnum)]
enum OnlyTrue {
    True,
}

#[derive(Clone, Copy, ValueEnum)]
enum OnlyFalse {
    False,
}

#[derive(Clone, Copy, ValueEnum)]
enum OnlyEnabled {
    #[value(name = "Enabled")]
    Enabled,
}

#[derive(Clone, Copy, ValueEnum)]
enum OnlyAllow {
    #[value(name = "Allow")]
    Allow,
}

#[derive(Clone, Copy, ValueEnum)]
enum OnlyAzureServices {
    #[value(name = "AzureServices")]
    AzureServices,
}
