//! `tresor keyvault secret …`

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, builder::BoolishValueParser};

use super::parse::{self, Moment};

/// What can be done with secrets.
#[derive(Subcommand)]
pub(in crate::cli) enum SecretCommand {
    /// Set a secret: a new one, or one more version of one that is there
    ///
    /// The value comes from standard input where something is piped in, without line ends at its end; or from --file; or from
    /// --value. `--value @FILE` and `--value @-` read a file and standard input, as in az.
    #[command(after_help = "Examples:
  pwgen 32 1 | tresor keyvault secret set --vault-name contoso -n db
  tresor keyvault secret set --vault-name contoso -n tls -f tls.pfx -e base64
  tresor keyvault secret set --vault-name contoso -n token --file token.txt \\
    --expires 2027-01-01 --tags team=web
  tresor keyvault secret set --vault-name contoso --from-file secrets.jsonl")]
    Set(SetSecret),
    /// Show a secret with its value
    #[command(after_help = "Examples:
  tresor keyvault secret show --vault-name contoso -n db
  tresor keyvault secret show --vault-name contoso -n db --query value -o tsv
  tresor keyvault secret show --id https://contoso.vault.azure.net/secrets/db")]
    Show(SecretTarget),
    /// List the secrets of a vault, without their values
    #[command(after_help = "Examples:
  tresor keyvault secret list --vault-name contoso -o table
  tresor keyvault secret list --vault-name contoso -o tsv \\
    --query '[?attributes.expires].name'")]
    List(ListSecrets),
    /// List the versions of a secret, without their values
    #[command(after_help = "Example:
  tresor keyvault secret list-versions --vault-name contoso -n db")]
    ListVersions(ListVersions),
    /// Change what is known about a secret; its value stays
    #[command(after_help = "Examples:
  tresor keyvault secret set-attributes --vault-name contoso -n db \\
    --enabled false
  tresor keyvault secret set-attributes --vault-name contoso -n db \\
    --expires 2027-01-01 --tags team=web")]
    SetAttributes(SetAttributes),
    /// Delete a secret; it is kept until the vault's retention ends
    #[command(after_help = "Example:
  tresor keyvault secret delete --vault-name contoso -n db")]
    Delete(SecretName),
    /// List the deleted secrets of a vault
    #[command(after_help = "Example:
  tresor keyvault secret list-deleted --vault-name contoso -o tsv \\
    --query '[].[name,scheduledPurgeDate]'")]
    ListDeleted(InVault),
    /// Show a deleted secret, without its value
    #[command(after_help = "Example:
  tresor keyvault secret show-deleted --vault-name contoso -n db")]
    ShowDeleted(SecretName),
    /// Recover a deleted secret with all its versions
    #[command(after_help = "Examples:
  tresor keyvault secret recover --vault-name contoso -n db
  tresor keyvault secret recover \\
    --id https://contoso.vault.azure.net/deletedsecrets/db")]
    Recover(SecretName),
    /// Destroy a deleted secret for good; needs a permission of its own
    #[command(after_help = "Example:
  tresor keyvault secret purge --vault-name contoso -n db \\
    --as security-officer")]
    Purge(SecretName),
    /// Back up a secret with all its versions into a sealed file
    #[command(after_help = "Example:
  tresor keyvault secret backup --vault-name contoso -n db -f db.backup")]
    Backup(Backup),
    /// Restore a secret from a backup that this store made
    #[command(after_help = "Example:
  tresor keyvault secret restore --vault-name contoso -f db.backup")]
    Restore(Restore),
    /// Write a secret's value into a new file that only you can read
    #[command(after_help = "Example:
  tresor keyvault secret download --vault-name contoso -n tls -f tls.pfx")]
    Download(Download),
}

#[derive(Args)]
pub(in crate::cli) struct SetSecret {
    /// The vault
    #[arg(long, value_name = "NAME", required_unless_present = "id")]
    pub(in crate::cli) vault_name: Option<String>,
    /// The secret's name: letters, digits and hyphens
    #[arg(long, short, required_unless_present_any = ["id", "from_file"])]
    pub(in crate::cli) name: Option<String>,
    /// The secret's id, in place of --vault-name and --name
    #[arg(long, conflicts_with_all = ["vault_name", "name", "from_file"])]
    pub(in crate::cli) id: Option<String>,
    /// The value; other programs can see it while the command runs, so rather pipe it in
    #[arg(long, conflicts_with_all = ["file", "from_file"], allow_hyphen_values = true)]
    pub(in crate::cli) value: Option<String>,
    /// Read the value from this file, exactly as it is
    #[arg(long, short, value_name = "FILE", conflicts_with = "from_file")]
    pub(in crate::cli) file: Option<PathBuf>,
    /// How the file is turned into a text; kept in the tag file-encoding, which download goes by; a --value stays as it is
    #[arg(long, short, value_enum, value_name = "NAME", default_value_t = Encoding::Utf8, conflicts_with = "from_file")]
    pub(in crate::cli) encoding: Encoding,
    /// Set all secrets of a .jsonl, .json, .csv or .env file, all or none of them; `-` reads standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["name", "expires", "not_before", "tags", "disabled", "content_type"])]
    pub(in crate::cli) from_file: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) attributes: Attributes,
    /// Set it, but let nobody read its value
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(in crate::cli) disabled: Option<bool>,
}

#[derive(Args)]
pub(in crate::cli) struct SetAttributes {
    #[command(flatten)]
    pub(in crate::cli) target: SecretTarget,
    #[command(flatten)]
    pub(in crate::cli) attributes: Attributes,
    /// Whether its value may be read
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(in crate::cli) enabled: Option<bool>,
}

#[derive(Args)]
pub(in crate::cli) struct Attributes {
    /// What the value is, as free text
    #[arg(long, alias = "description", visible_alias = "description", value_name = "TEXT")]
    pub(in crate::cli) content_type: Option<String>,
    /// When it ends to be valid, in UTC
    #[arg(long, value_name = "DATE", value_parser = parse::moment)]
    pub(in crate::cli) expires: Option<Moment>,
    /// When it begins to be valid, in UTC
    #[arg(long, value_name = "DATE", value_parser = parse::moment)]
    pub(in crate::cli) not_before: Option<Moment>,
    /// Tags in place of all old ones, as name=value with spaces between them
    #[arg(long, value_name = "TAGS", num_args = 0..)]
    pub(in crate::cli) tags: Option<Vec<String>>,
}

#[derive(Args)]
pub(in crate::cli) struct SecretTarget {
    #[command(flatten)]
    pub(in crate::cli) secret: SecretName,
    /// The version; the newest when none is named
    #[arg(long, short, conflicts_with = "id")]
    pub(in crate::cli) version: Option<String>,
}

/// A secret by name or by id.
#[derive(Args)]
pub(in crate::cli) struct SecretName {
    /// The vault
    #[arg(long, value_name = "NAME", required_unless_present = "id")]
    pub(in crate::cli) vault_name: Option<String>,
    /// The secret's name
    #[arg(long, short, required_unless_present = "id")]
    pub(in crate::cli) name: Option<String>,
    /// The secret's id, or its recovery id where it is deleted, in place of --vault-name and --name
    #[arg(long, conflicts_with_all = ["vault_name", "name"])]
    pub(in crate::cli) id: Option<String>,
}

/// A vault by name or by id.
#[derive(Args)]
pub(in crate::cli) struct InVault {
    /// The vault
    #[arg(long, value_name = "NAME", required_unless_present = "id")]
    pub(in crate::cli) vault_name: Option<String>,
    /// The vault's URI, in place of --vault-name
    #[arg(long, conflicts_with = "vault_name")]
    pub(in crate::cli) id: Option<String>,
    /// At most so many, 1 to 25; all when it is not said
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=25))]
    pub(in crate::cli) maxresults: Option<u32>,
}

#[derive(Args)]
pub(in crate::cli) struct ListSecrets {
    #[command(flatten)]
    pub(in crate::cli) vault: InVault,
    /// Also those that belong to a certificate
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    include_managed: Option<bool>,
}

#[derive(Args)]
pub(in crate::cli) struct ListVersions {
    #[command(flatten)]
    pub(in crate::cli) secret: SecretName,
    /// At most so many, 1 to 25; all when it is not said
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=25))]
    pub(in crate::cli) maxresults: Option<u32>,
}

#[derive(Args)]
pub(in crate::cli) struct Backup {
    #[command(flatten)]
    pub(in crate::cli) secret: SecretName,
    /// The file to write
    #[arg(long, short, value_name = "FILE")]
    pub(in crate::cli) file: PathBuf,
}

#[derive(Args)]
pub(in crate::cli) struct Restore {
    /// The vault to restore into
    #[arg(long, value_name = "NAME", required_unless_present = "id")]
    pub(in crate::cli) vault_name: Option<String>,
    /// The vault's URI, in place of --vault-name
    #[arg(long, conflicts_with = "vault_name")]
    pub(in crate::cli) id: Option<String>,
    /// The backup to read
    #[arg(long, short, value_name = "FILE")]
    pub(in crate::cli) file: PathBuf,
}

#[derive(Args)]
pub(in crate::cli) struct Download {
    #[command(flatten)]
    pub(in crate::cli) target: SecretTarget,
    /// The file to write; there must be none of that name
    #[arg(long, short, value_name = "FILE")]
    pub(in crate::cli) file: PathBuf,
    /// How the text is turned into a file; what the tag file-encoding says when nothing is said here
    #[arg(long, short, value_enum, value_name = "NAME")]
    pub(in crate::cli) encoding: Option<Encoding>,
    /// Write it even if there is a file of that name
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(in crate::cli) overwrite: Option<bool>,
}

/// How a file is turned into a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Encoding {
    /// The file is text in ASCII
    Ascii,
    /// Any file; the secret is its bytes in base64
    Base64,
    /// Any file; the secret is its bytes in hex
    Hex,
    /// The file is text in UTF-16, big-endian
    #[value(name = "utf-16be")]
    Utf16Be,
    /// The file is text in UTF-16, little-endian
    #[value(name = "utf-16le")]
    Utf16Le,
    /// The file is text in UTF-8
    #[value(name = "utf-8")]
    Utf8,
}
