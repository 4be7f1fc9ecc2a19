//! Tresor's own groups: what the cloud has no words for.

use clap::{Args, Subcommand, ValueEnum};

use super::parse::{self, Moment, Since, Timespan};

/// `tresor store …`
#[derive(Subcommand)]
pub(in crate::cli) enum Store {
    /// Make a store
    #[command(after_help = "Examples:
  tresor store init
  tresor store init --simulation --store ~/play
  printf '%s\\n' \"$PASSPHRASE\" | tresor store init --passphrase-stdin")]
    Init(Init),
    /// Show what the store is and holds
    #[command(after_help = "Example:
  tresor store info -o yaml")]
    Info,
    /// Open every record and say whether all are whole
    #[command(after_help = "Example:
  tresor store check")]
    Check,
    /// Put a new passphrase in place of the current one
    ///
    /// The new one is asked for on the terminal, or read from the next line of what gave the current one: the second line of
    /// --passphrase-file or of standard input.
    #[command(after_help = "Examples:
  tresor store passwd
  printf '%s\\n' old new | tresor store passwd --passphrase-stdin")]
    Passwd(KdfOptions),
    /// Make a store from the copies that a region's folder on another disk keeps, when the rest is gone
    ///
    /// The store is made where --store says. The folder is only read, and stays the folder of its region.
    #[command(after_help = "Example:
  tresor store recover --from /media/backup/northeurope --store ~/recovered")]
    Recover(Recover),
    /// Give room on the disk back that deleted records took
    #[command(after_help = "Example:
  tresor store compact")]
    Compact,
}

#[derive(Args)]
pub(in crate::cli) struct Init {
    /// Make it to play with: its clock can be moved forward
    #[arg(long)]
    pub(in crate::cli) simulation: bool,
    #[command(flatten)]
    pub(in crate::cli) kdf: KdfOptions,
}

#[derive(Args)]
pub(in crate::cli) struct Recover {
    /// The folder that a region was moved to
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(in crate::cli) from: std::path::PathBuf,
}

/// What deriving the key from the passphrase costs.
#[derive(Args)]
#[command(next_help_heading = "Key derivation (Argon2id)")]
pub(in crate::cli) struct KdfOptions {
    /// Memory in KiB; less opens faster and protects the passphrase less
    #[arg(long = "kdf-memory", value_name = "KIB", default_value_t = 65_536, hide_short_help = true)]
    pub(in crate::cli) memory: u32,
    /// Passes over that memory
    #[arg(long = "kdf-passes", value_name = "NUMBER", default_value_t = 3, hide_short_help = true)]
    pub(in crate::cli) passes: u32,
    /// Lanes the memory is split into
    #[arg(long = "kdf-lanes", value_name = "NUMBER", default_value_t = 4, hide_short_help = true)]
    pub(in crate::cli) lanes: u32,
}

/// `tresor clock …`
#[derive(Subcommand)]
pub(in crate::cli) enum Clock {
    /// Show the store's time
    #[command(after_help = "Example:
  tresor clock show --query now -o tsv")]
    Show,
    /// Move the clock of a simulation forward; what falls due is purged
    #[command(after_help = "Examples:
  tresor clock advance --by 90d
  tresor clock advance --to 2027-01-01")]
    Advance(Advance),
    /// Return the clock of a simulation to real time
    #[command(after_help = "Example:
  tresor clock reset")]
    Reset,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
pub(in crate::cli) struct Advance {
    /// By so much: 90d, 12h, 30m, 1d12h
    #[arg(long, value_name = "TIME", value_parser = parse::timespan)]
    pub(in crate::cli) by: Option<Timespan>,
    /// To this moment, in UTC
    #[arg(long, value_name = "DATE", value_parser = parse::moment)]
    pub(in crate::cli) to: Option<Moment>,
}

/// `tresor activity …`
#[derive(Subcommand)]
pub(in crate::cli) enum Activity {
    /// List what was asked, oldest first
    #[command(after_help = "Examples:
  tresor activity list --since 2h -o table
  tresor activity list --operation SecretPurge --operation VaultPurge
  tresor activity list --follow")]
    List(ListActivity),
}

#[derive(Args)]
pub(in crate::cli) struct ListActivity {
    /// Only what was asked since then: 7d, 2h, 30m, or a UTC date
    #[arg(long, value_name = "TIME", value_parser = parse::since)]
    pub(in crate::cli) since: Option<Since>,
    /// Only this operation, by its audit name, such as `SecretGet`; can be given several times
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) operation: Vec<String>,
    /// Go on with what is asked from now on, one line each, until Ctrl+C
    #[arg(long, conflicts_with = "query")]
    pub(in crate::cli) follow: bool,
}

/// A shell that completions are made for.
#[derive(Clone, Copy, ValueEnum)]
pub(in crate::cli) enum Shell {
    Bash,
    Elvish,
    Fish,
    Powershell,
    Zsh,
}
