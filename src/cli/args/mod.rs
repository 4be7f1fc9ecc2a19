//! What can be typed. Everything here is told to a person by `--help`, completions and man pages, from this one place.

mod az_only;
mod expects;
mod identity;
mod key;
mod key_use;
mod keyvault;
mod own;
mod parse;
mod region;
mod role;
mod secret;

use std::{ffi::OsString, path::PathBuf};

use clap::{ArgAction, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

pub(super) use self::{
    identity::{CreateIdentity, IdentityCommand, IdentityPassphrase, InNewVaults, KindName, Members, UpdateIdentity},
    key::{
        BackupKey, CreateKey, DownloadKey, ImportKey, KeyAttributes, KeyCommand, KeyDraftOptions, KeyName, KeySource,
        KeyTarget, KeyType, ListKeyVersions, PemPassword, Protection, PublicForm, RestoreKey, RotationPolicyCommand,
        SetKeyAttributes, UpdateRotationPolicy,
    },
    key_use::{DataType, Decrypt, Encrypt, Sign, Verify},
    keyvault::{CreateVault, DeletePolicy, DeletedVaultName, Principal, SetPolicy, SkuName, UpdateVault, VaultCommand},
    own::{
        Activity, ActivityResult, Advance, Clock, ExportActivity, Init, KdfOptions, ListActivity, NewKeyFile, Passwd,
        Rekey, RetainActivity, Shell, Store, WhichActivity,
    },
    parse::Since,
    region::{CheckRegions, FailLink, FailReplica, MoveRegion, Outage, RebuildRegion, Region, Replica},
    role::{
        AssignmentCommand, CreateAssignment, DefinitionCommand, DeleteAssignments, ListAssignments, RestoreAssignments,
        RoleCommand, Which,
    },
    secret::{
        Attributes, Backup, Download, Encoding, InVault, ListVersions, Restore, SecretCommand, SecretName,
        SecretTarget, SetAttributes, SetSecret,
    },
};

/// Keeps vaults of secrets and keys sealed on this computer and behaves as Azure Key Vault does.
///
/// Without a command the window opens. Every `az keyvault …` line that concerns vaults, secrets and keys works with `az` replaced by
/// `tresor`, on the same store that the window uses.
#[derive(Parser)]
#[command(
    name = "tresor",
    version,
    infer_long_args = true,
    disable_help_subcommand = true,
    max_term_width = 100,
    after_help = "Examples:
  tresor                          Open the window
  tresor store init --simulation  Make a store whose clock can be moved
  tresor keyvault create -n contoso -l westeurope
  pwgen 32 1 | tresor keyvault secret set --vault-name contoso -n db
  tresor keyvault secret show --vault-name contoso -n db --query value -o tsv"
)]
pub struct Arguments {
    /// What the window is opened with.
    #[command(flatten)]
    pub window: WindowArguments,
    #[command(flatten)]
    pub(super) common: Common,
    /// What is to be done; without one the window opens.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What the window is opened with.
#[derive(Args)]
pub struct WindowArguments {
    /// Look at a company in memory; nothing is kept
    #[arg(long)]
    pub demo: bool,
    /// Take pictures of the demo's pages into this folder, and end
    #[arg(long, value_name = "DIR", requires = "demo")]
    pub capture: Option<PathBuf>,
}

/// What every command takes.
#[derive(Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct Common {
    /// The folder of the store [default: `TRESOR_STORE`, or where the window keeps it]
    // Read from the environment below and not by clap, which then takes it for something that was typed.
    #[arg(long, value_name = "DIR", global = true)]
    store: Option<PathBuf>,
    /// Who asks: a name, an object id or a client id [default: `TRESOR_AS`, or Developer]
    #[arg(long = "as", value_name = "WHO", env = "TRESOR_AS", hide_env = true, global = true)]
    acts_as: Option<String>,
    /// Read the own passphrase of who asks from this file's first line; - is standard input
    #[arg(long, value_name = "FILE", global = true)]
    pub(super) as_password_file: Option<PathBuf>,
    /// Read the passphrase from the first line of this file
    #[arg(long, value_name = "FILE", global = true)]
    pub(super) passphrase_file: Option<PathBuf>,
    /// Read the passphrase from the first line of standard input
    #[arg(long, conflicts_with = "passphrase_file", global = true)]
    pub(super) passphrase_stdin: bool,
    /// The key file that goes with the passphrase [default: `TRESOR_KEY_FILE`]
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, global = true)]
    pub(super) key_file: Option<PathBuf>,
    /// Wait as long as the store is open elsewhere [default: 30 s for a command, no wait for the window]
    #[arg(long, global = true)]
    pub(super) wait: bool,
    /// How the answer is printed
    #[arg(
        long, short, value_name = "FORMAT", value_enum, default_value_t = Format::Json, ignore_case = true,
        env = "AZURE_CORE_OUTPUT", hide_env = true, global = true
    )]
    pub(super) output: Format,
    /// Print only what this JMESPath expression picks; see jmespath.org
    #[arg(long, value_name = "EXPRESSION", global = true)]
    pub(super) query: Option<String>,
    /// Print errors only, no warnings
    #[arg(long, global = true)]
    pub(super) only_show_errors: bool,
    /// Accepted, as in az; there is nothing more to tell
    #[arg(long, action = ArgAction::SetTrue, global = true, hide_short_help = true)]
    verbose: (),
    /// Accepted, as in az; there is nothing more to tell
    #[arg(long, action = ArgAction::SetTrue, global = true, hide_short_help = true)]
    debug: (),
    /// Accepted, as in az; a store has one subscription
    #[arg(long, value_name = "ID", global = true, hide_short_help = true)]
    subscription: Option<String>,
}

/// How an answer is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// JSON
    Json,
    /// JSON in colours, where the output is a terminal
    Jsonc,
    /// A table with the names of its columns
    Table,
    /// Values with tabs between them
    Tsv,
    /// YAML
    #[value(alias = "yamlc")]
    Yaml,
    /// Nothing
    None,
}

impl Common {
    /// Who asks, where that was said.
    pub(super) fn who_asks(&self) -> Option<&str> {
        self.acts_as.as_deref().filter(|who| !who.is_empty())
    }
}

/// The groups of commands. A later kind of object brings its group beside `secret`, in `VaultCommand`.
#[derive(Subcommand)]
#[expect(private_interfaces, reason = "what a command holds concerns the command line only")]
pub enum Command {
    /// Vaults and what is in them, with az's own words
    #[command(subcommand)]
    Keyvault(Box<VaultCommand>),
    /// Who there is: people, groups and service principals, and their passphrases
    #[command(subcommand)]
    Identity(IdentityCommand),
    /// Roles: what each allows, and who has which where, with az's own words
    #[command(subcommand)]
    Role(RoleCommand),
    /// The store itself: make it, look after it, change its passphrase
    #[command(subcommand)]
    Store(Store),
    /// The clock of a store made for simulation
    #[command(subcommand)]
    Clock(Clock),
    /// Regions: what is kept where, outages to play, files to move and check
    #[command(subcommand)]
    Region(Region),
    /// What was asked of the store, by whom, and what came of it
    #[command(subcommand)]
    Activity(Activity),
    /// Print the completions for a shell
    #[command(after_help = "Examples:
  tresor completion bash > ~/.local/share/bash-completion/completions/tresor
  tresor completion zsh > ~/.zfunc/_tresor
  tresor completion fish > ~/.config/fish/completions/tresor.fish
  tresor completion powershell >> $PROFILE")]
    Completion {
        /// Which shell
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Write the man pages into a folder
    #[command(after_help = "Example:
  tresor man ~/.local/share/man/man1")]
    Man {
        /// Where to write them; made where it is not there
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

impl Arguments {
    /// Reads what was typed. Where it cannot be understood the error says why, and what az has and Tresor has not is named.
    pub fn read(typed: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let typed: Vec<OsString> = typed.into_iter().collect();
        let mut definition = Self::command();
        let read = definition.try_get_matches_from_mut(&typed);
        let matches = read.map_err(|error| az_only::explain(error, &definition, &typed))?;
        let read = Self::from_arg_matches(&matches).map_err(|error| error.format(&mut definition))?;
        let conflict = |message| Err(definition.clone().error(clap::error::ErrorKind::ArgumentConflict, message));
        // A store named by the environment is no contradiction; one that was typed is.
        if read.window.demo && read.common.store.is_some() {
            return conflict("--demo looks at a company in memory, so --store cannot be used with it");
        }
        if read.window.demo && read.command.is_some() {
            return conflict("--demo opens the window, so no command can be used with it");
        }
        Ok(read)
    }

    /// The folder of the store, when one was named: typed, or by `TRESOR_STORE`.
    pub fn store(&self) -> Option<PathBuf> {
        let by_environment = || std::env::var_os("TRESOR_STORE").filter(|named| !named.is_empty()).map(PathBuf::from);
        self.common.store.clone().or_else(by_environment)
    }

    /// Everything that can be typed, for completions and man pages.
    pub(super) fn definition() -> clap::Command {
        Self::command()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_typed_contradicts_itself_nowhere() {
        Arguments::definition().debug_assert();
    }

    #[test]
    fn every_command_explains_itself_with_an_example() {
        fn leaves(command: &clap::Command, path: &str, found: &mut Vec<(String, bool, bool)>) {
            let path = format!("{path} {}", command.get_name());
            if command.has_subcommands() {
                command.get_subcommands().for_each(|below| leaves(below, &path, found));
                return;
            }
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let shows_itself = help.contains("Example") && help.contains(path.trim_start());
            found.push((path, command.get_about().is_some(), shows_itself));
        }
        let mut found = Vec::new();
        leaves(&Arguments::definition(), "", &mut found);
        assert!(found.len() >= 82, "{} commands", found.len());
        for (path, is_explained, shows_itself) in found {
            assert!(is_explained && shows_itself, "{path}");
        }
    }

    #[test]
    fn the_window_keeps_its_own_options() {
        let read = |line: &str| Arguments::read(line.split(' ').map(Into::into)).map_err(|error| error.kind());
        let demo = read("tresor --demo --capture pictures").unwrap_or_else(|kind| panic!("{kind}"));
        assert!(demo.window.demo && demo.window.capture.is_some() && demo.command.is_none());
        assert!(read("tresor --store somewhere").is_ok_and(|read| read.store().is_some()));
        for line in ["tresor --demo --store x", "tresor --demo keyvault list"] {
            assert_eq!(read(line).err(), Some(clap::error::ErrorKind::ArgumentConflict), "{line}");
        }
        assert!(read("tresor --capture pictures").is_err(), "pictures are taken of the demo only");
    }
}
