//! `tresor keyvault key …`

use std::path::PathBuf;

use clap::{
    Args, Subcommand, ValueEnum,
    builder::{BoolishValueParser, PossibleValue, PossibleValuesParser},
};

use super::{
    InVault,
    key_use::{Decrypt, Encrypt, Sign, Verify},
    parse::{self, Moment},
};
use crate::domain::KeyOperation;

/// What can be done with keys.
#[derive(Subcommand)]
pub(in crate::cli) enum KeyCommand {
    /// Create a key: a new one, or one more version of one that is there
    ///
    /// Without --kty it is an RSA key, with --curve an EC key. The types that end in -HSM need a premium vault; here they are
    /// software that behaves as an HSM's keys do.
    #[command(after_help = "Examples:
  tresor keyvault key create --vault-name contoso -n wrap
  tresor keyvault key create --vault-name contoso -n sign --kty EC --curve P-384
  tresor keyvault key create --vault-name contoso -n check --size 4096 \\
    --ops verify --expires 2027-01-01 --tags team=web
  tresor keyvault key create --vault-name contoso -n aes --kty oct-HSM \\
    --size 256")]
    Create(CreateKey),
    /// Import a private key that was made elsewhere
    ///
    /// PEM holds it as PKCS#1, PKCS#8, encrypted PKCS#8 or SEC1. A file with a JSON Web Key is taken as well. Where the key is
    /// protected by a passphrase and none was told, it is asked for.
    #[command(after_help = "Examples:
  tresor keyvault key import --vault-name contoso -n sign --pem-file key.pem
  tresor keyvault key import --vault-name contoso -n sign --pem-file key.pem \\
    --pem-password-file passphrase.txt
  tresor keyvault key import --vault-name contoso -n sign --jwk-file key.json")]
    Import(ImportKey),
    /// List the keys of a vault
    #[command(after_help = "Examples:
  tresor keyvault key list --vault-name contoso -o table
  tresor keyvault key list --vault-name contoso -o tsv \\
    --query '[?attributes.expires].name'")]
    List(ListKeys),
    /// List the versions of a key
    #[command(after_help = "Example:
  tresor keyvault key list-versions --vault-name contoso -n sign")]
    ListVersions(ListKeyVersions),
    /// Show a key's public part and attributes
    #[command(after_help = "Examples:
  tresor keyvault key show --vault-name contoso -n sign
  tresor keyvault key show --id https://contoso.vault.azure.net/keys/sign")]
    Show(KeyTarget),
    /// Change what a key may do and when; the key itself stays
    #[command(after_help = "Examples:
  tresor keyvault key set-attributes --vault-name contoso -n sign \\
    --enabled false
  tresor keyvault key set-attributes --vault-name contoso -n sign \\
    --ops sign verify --expires 2027-01-01")]
    SetAttributes(SetKeyAttributes),
    /// Give a key a new version; the old ones still decrypt and verify
    #[command(after_help = "Example:
  tresor keyvault key rotate --vault-name contoso -n wrap")]
    Rotate(KeyName),
    /// When a key rotates by itself
    #[command(subcommand)]
    RotationPolicy(RotationPolicyCommand),
    /// Write a key's public part into a new file
    #[command(after_help = "Examples:
  tresor keyvault key download --vault-name contoso -n sign -f sign.pem
  tresor keyvault key download --vault-name contoso -n sign -f sign.der -e DER")]
    Download(DownloadKey),
    /// Encrypt a short text, or with AES one of any length
    #[command(after_help = "Examples:
  tresor keyvault key encrypt --vault-name contoso -n wrap -a RSA-OAEP-256 \\
    --value @message.txt --data-type plaintext
  tresor keyvault key encrypt --vault-name contoso -n aes -a A256GCM \\
    --value aGVsbG8= --aad 00ff")]
    Encrypt(Encrypt),
    /// Decrypt what was encrypted
    #[command(after_help = "Examples:
  tresor keyvault key decrypt --vault-name contoso -n wrap -a RSA-OAEP-256 \\
    --value @result.txt --data-type plaintext
  tresor keyvault key decrypt --vault-name contoso -n aes -a A256GCM \\
    --value QYnS --iv 00112233445566778899aabb \\
    --tag 00112233445566778899aabbccddeeff")]
    Decrypt(Decrypt),
    /// Sign a digest
    #[command(after_help = "Example:
  openssl dgst -sha256 -binary FILE | base64 | tresor keyvault key sign \\
    --vault-name contoso -n sign -a ES256 --digest @-")]
    Sign(Sign),
    /// Say whether a signature is a key's, of this digest
    #[command(
        after_help = "Example:
  tresor keyvault key verify --vault-name contoso -n sign -a ES256 \\
    --digest @digest.txt --signature @signature.txt --query isValid",
        override_usage = "tresor keyvault key verify [OPTIONS] --algorithm <ALG> \\
                                  --digest <DIGEST> --signature <SIGNATURE>"
    )]
    Verify(Verify),
    /// Delete a key; it is kept until the vault's retention ends
    #[command(after_help = "Example:
  tresor keyvault key delete --vault-name contoso -n sign")]
    Delete(KeyName),
    /// List the deleted keys of a vault
    #[command(after_help = "Example:
  tresor keyvault key list-deleted --vault-name contoso -o tsv \\
    --query '[].[name,scheduledPurgeDate]'")]
    ListDeleted(InVault),
    /// Show a deleted key
    #[command(after_help = "Example:
  tresor keyvault key show-deleted --vault-name contoso -n sign")]
    ShowDeleted(KeyName),
    /// Recover a deleted key with all its versions
    #[command(after_help = "Examples:
  tresor keyvault key recover --vault-name contoso -n sign
  tresor keyvault key recover \\
    --id https://contoso.vault.azure.net/deletedkeys/sign")]
    Recover(KeyName),
    /// Destroy a deleted key for good; needs a permission of its own
    #[command(after_help = "Example:
  tresor keyvault key purge --vault-name contoso -n sign \\
    --as security-officer")]
    Purge(KeyName),
    /// Back up a key with all its versions into a sealed file
    #[command(after_help = "Example:
  tresor keyvault key backup --vault-name contoso -n sign -f sign.backup")]
    Backup(BackupKey),
    /// Restore a key from a backup that this store made
    #[command(after_help = "Example:
  tresor keyvault key restore --vault-name contoso -f sign.backup")]
    Restore(RestoreKey),
}

/// `tresor keyvault key rotation-policy …`
#[derive(Subcommand)]
pub(in crate::cli) enum RotationPolicyCommand {
    /// Show when a key rotates by itself
    #[command(after_help = "Example:
  tresor keyvault key rotation-policy show --vault-name contoso -n wrap")]
    Show(KeyName),
    /// Say when a key rotates by itself
    #[command(after_help = "Examples:
  tresor keyvault key rotation-policy update --vault-name contoso -n wrap \\
    --value policy.json
  tresor keyvault key rotation-policy update --vault-name contoso -n wrap \\
    --value '{\"attributes\": {\"expiryTime\": \"P1Y\"}}'")]
    Update(UpdateRotationPolicy),
}

/// A key by name or by id.
#[derive(Args)]
pub(in crate::cli) struct KeyName {
    /// The vault
    #[arg(long, value_name = "NAME", required_unless_present = "id")]
    pub(in crate::cli) vault_name: Option<String>,
    /// The key's name: letters, digits and hyphens
    #[arg(long, short, required_unless_present = "id")]
    pub(in crate::cli) name: Option<String>,
    /// The key's id, or its recovery id where it is deleted, in place of --vault-name and --name
    #[arg(long, conflicts_with_all = ["vault_name", "name"])]
    pub(in crate::cli) id: Option<String>,
}

#[derive(Args)]
pub(in crate::cli) struct KeyTarget {
    #[command(flatten)]
    pub(in crate::cli) key: KeyName,
    /// The version; the newest when none is named
    #[arg(long, short, conflicts_with = "id")]
    pub(in crate::cli) version: Option<String>,
}

#[derive(Args)]
pub(in crate::cli) struct CreateKey {
    #[command(flatten)]
    pub(in crate::cli) key: KeyName,
    /// The type of the key
    #[arg(long, value_name = "TYPE", value_enum, ignore_case = true)]
    pub(in crate::cli) kty: Option<KeyType>,
    /// Bits: 2048, 3072 or 4096 for RSA; 128, 192 or 256 for oct-HSM
    #[arg(long, value_name = "BITS")]
    pub(in crate::cli) size: Option<usize>,
    /// The elliptic curve
    #[arg(long, value_parser = PossibleValuesParser::new(["P-256", "P-256K", "P-384", "P-521"]))]
    pub(in crate::cli) curve: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) draft: KeyDraftOptions,
}

#[derive(Args)]
pub(in crate::cli) struct ImportKey {
    #[command(flatten)]
    pub(in crate::cli) key: KeyName,
    #[command(flatten)]
    pub(in crate::cli) source: KeySource,
    #[command(flatten)]
    pub(in crate::cli) passphrase: PemPassword,
    #[command(flatten)]
    pub(in crate::cli) draft: KeyDraftOptions,
}

/// Where a key to import is.
#[derive(Args)]
#[group(multiple = false)]
pub(in crate::cli) struct KeySource {
    /// The file with the private key, in PEM or as a JSON Web Key
    #[arg(long, value_name = "FILE", required_unless_present_any = ["pem_string", "jwk_file"])]
    pub(in crate::cli) pem_file: Option<PathBuf>,
    /// The private key itself; other programs can see it while the command runs, so rather name a file, or @- to read it from
    /// standard input
    #[arg(long, value_name = "PEM", allow_hyphen_values = true)]
    pub(in crate::cli) pem_string: Option<String>,
    /// The file with a JSON Web Key
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) jwk_file: Option<PathBuf>,
}

/// What opens a key that is protected.
#[derive(Args)]
#[group(multiple = false)]
pub(in crate::cli) struct PemPassword {
    /// The key's passphrase; other programs can see it while the command runs, so rather use --pem-password-file
    #[arg(long, value_name = "PASSPHRASE", allow_hyphen_values = true)]
    pub(in crate::cli) pem_password: Option<String>,
    /// Read the key's passphrase from the first line of this file
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) pem_password_file: Option<PathBuf>,
}

/// What is said about a new key or version.
#[derive(Args)]
pub(in crate::cli) struct KeyDraftOptions {
    /// What it is permitted, with spaces between; everything it can do when nothing is said
    #[arg(long, value_name = "OPERATION", num_args = 0.., value_parser = operations())]
    pub(in crate::cli) ops: Option<Vec<String>>,
    /// What guards it: software, or a simulated HSM in a premium vault
    #[arg(long, short, value_enum, ignore_case = true)]
    pub(in crate::cli) protection: Option<Protection>,
    /// Make it, but let nobody use it
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(in crate::cli) disabled: Option<bool>,
    #[command(flatten)]
    pub(in crate::cli) attributes: KeyAttributes,
}

#[derive(Args)]
pub(in crate::cli) struct KeyAttributes {
    /// When it ends to protect anything new, in UTC
    #[arg(long, value_name = "DATE", value_parser = parse::moment)]
    pub(in crate::cli) expires: Option<Moment>,
    /// When it begins to protect anything, in UTC
    #[arg(long, value_name = "DATE", value_parser = parse::moment)]
    pub(in crate::cli) not_before: Option<Moment>,
    /// Tags in place of all old ones, as name=value with spaces between them
    #[arg(long, value_name = "TAGS", num_args = 0..)]
    pub(in crate::cli) tags: Option<Vec<String>>,
}

#[derive(Args)]
pub(in crate::cli) struct SetKeyAttributes {
    #[command(flatten)]
    pub(in crate::cli) target: KeyTarget,
    /// Whether it may be used
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(in crate::cli) enabled: Option<bool>,
    /// What it is permitted from now on, with spaces between
    #[arg(long, value_name = "OPERATION", num_args = 0.., value_parser = operations())]
    pub(in crate::cli) ops: Option<Vec<String>>,
    #[command(flatten)]
    pub(in crate::cli) attributes: KeyAttributes,
}

#[derive(Args)]
pub(in crate::cli) struct ListKeys {
    #[command(flatten)]
    pub(in crate::cli) vault: InVault,
    /// Also those that belong to a certificate
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    include_managed: Option<bool>,
}

#[derive(Args)]
pub(in crate::cli) struct ListKeyVersions {
    #[command(flatten)]
    pub(in crate::cli) key: KeyName,
    /// At most so many, 1 to 25; all when it is not said
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=25))]
    pub(in crate::cli) maxresults: Option<u32>,
}

#[derive(Args)]
pub(in crate::cli) struct UpdateRotationPolicy {
    #[command(flatten)]
    pub(in crate::cli) key: KeyName,
    /// The policy as JSON, or the file it stands in
    #[arg(long, value_name = "JSON")]
    pub(in crate::cli) value: String,
}

#[derive(Args)]
pub(in crate::cli) struct DownloadKey {
    #[command(flatten)]
    pub(in crate::cli) target: KeyTarget,
    /// The file to write; there must be none of that name
    #[arg(long, short, value_name = "FILE")]
    pub(in crate::cli) file: PathBuf,
    /// In which form; az knows PEM and DER
    #[arg(long, short, value_enum, default_value_t = PublicForm::Pem, ignore_case = true)]
    pub(in crate::cli) encoding: PublicForm,
}

#[derive(Args)]
pub(in crate::cli) struct BackupKey {
    #[command(flatten)]
    pub(in crate::cli) key: KeyName,
    /// The file to write
    #[arg(long, short, value_name = "FILE")]
    pub(in crate::cli) file: PathBuf,
}

#[derive(Args)]
pub(in crate::cli) struct RestoreKey {
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

/// The types that can be asked for; which of them there are is the service's to say.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum KeyType {
    #[value(name = "EC")]
    Ec,
    #[value(name = "EC-HSM")]
    EcHsm,
    #[value(name = "RSA")]
    Rsa,
    #[value(name = "RSA-HSM")]
    RsaHsm,
    #[value(name = "oct", hide = true)]
    Oct,
    #[value(name = "oct-HSM")]
    OctHsm,
}

/// What guards a key.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Protection {
    Software,
    Hsm,
}

/// In which form a public part is written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum PublicForm {
    #[value(name = "PEM")]
    Pem,
    #[value(name = "DER")]
    Der,
    #[value(name = "JWK")]
    Jwk,
}

/// The names that az takes. Which of them a key can have is the service's to say.
fn operations() -> PossibleValuesParser {
    let offered = KeyOperation::ALL.map(|operation| PossibleValue::new(operation.text()));
    let others = ["import", "export"].map(|text| PossibleValue::new(text).hide(true));
    PossibleValuesParser::new(offered.into_iter().chain(others))
}
