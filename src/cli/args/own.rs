//! Tresor's own groups: what the cloud has no words for.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::parse::{self, Moment, Since, Timespan};

/// `tresor store …`
#[derive(Subcommand)]
pub(in crate::cli) enum Store {
    /// Make a store
    #[command(after_help = "Examples:
  tresor store init
  tresor store init --simulation --store ~/play
  tresor store init --key-file /media/stick/tresor.key
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
    /// --passphrase-file or of standard input. The key file stays the one that --key-file names, unless another is named.
    #[command(after_help = "Examples:
  tresor store passwd
  tresor store passwd --new-key-file /media/stick/tresor.key
  printf '%s\\n' old new | tresor store passwd --passphrase-stdin")]
    Passwd(Passwd),
    /// Create a new root key and reseal the store, for when others may know the passphrase
    ///
    /// A new passphrase alone does not revoke the old one: an older copy of the store's header still opens the store with it. This command
    /// creates a new root key, reseals all connected files, and sets a new passphrase, read as in `store passwd`. The old passphrase still
    /// opens backups and copies made earlier, and copies on disconnected disks until they are reconnected.
    #[command(after_help = "Examples:
  tresor store rekey
  tresor store rekey --keep-passphrase
  printf '%s\\n' old new | tresor store rekey --passphrase-stdin")]
    Rekey(Rekey),
    /// Accept a restored copy of the store that is older than its last known state
    ///
    /// Run this once after you restored a copy of the store yourself. The restored copy becomes the current state, and the acceptance is
    /// recorded in the activity log.
    #[command(after_help = "Example:
  tresor store accept-older")]
    AcceptOlder,
    /// Make a key file of random bytes, which a store can then need beside its passphrase
    ///
    /// Keep a copy of it where the store is not: without it nobody opens the store.
    #[command(after_help = "Example:
  tresor store key-file /media/stick/tresor.key")]
    KeyFile {
        /// Where to make it; what is there already is never replaced
        #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
        path: PathBuf,
    },
    /// Make a store from the copies that a region's folder on another disk keeps, when the rest is gone
    ///
    /// The store is made where --store says. The folder is only read, and stays the folder of its region.
    #[command(after_help = "Example:
  tresor store recover --from /media/backup/northeurope --store ~/recovered")]
    Recover(Recover),
    /// Mark the subscription undeletable: nothing can be purged by hand any more
    #[command(after_help = "Example:
  tresor store protect --as security-officer")]
    Protect,
    /// Take the mark away that `store protect` set
    #[command(after_help = "Example:
  tresor store unprotect --as security-officer")]
    Unprotect,
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
    /// Take a passphrase that is guessed too soon all the same: for scripts and tests
    #[arg(long)]
    pub(in crate::cli) allow_weak_passphrase: bool,
    #[command(flatten)]
    pub(in crate::cli) kdf: KdfOptions,
}

#[derive(Args)]
pub(in crate::cli) struct Passwd {
    #[command(flatten)]
    pub(in crate::cli) file: NewKeyFile,
    /// Take a passphrase that is guessed too soon all the same: for scripts and tests
    #[arg(long)]
    pub(in crate::cli) allow_weak_passphrase: bool,
    #[command(flatten)]
    pub(in crate::cli) kdf: KdfOptions,
}

#[derive(Args)]
pub(in crate::cli) struct Rekey {
    /// Keep the passphrase and renew only the key
    #[arg(long, conflicts_with_all = ["new_key_file", "no_key_file"])]
    pub(in crate::cli) keep_passphrase: bool,
    #[command(flatten)]
    pub(in crate::cli) passwd: Passwd,
}

/// What becomes of the key file when the passphrase changes.
#[derive(Args)]
pub(in crate::cli) struct NewKeyFile {
    /// The key file that the store needs from now on
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub(in crate::cli) new_key_file: Option<PathBuf>,
    /// From now on the store needs no key file
    #[arg(long, conflicts_with = "new_key_file")]
    pub(in crate::cli) no_key_file: bool,
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
    /// Memory in KiB; a lower value opens faster and protects the passphrase less [default: 65536, or the store's value]
    #[arg(long = "kdf-memory", value_name = "KIB", hide_short_help = true)]
    pub(in crate::cli) memory: Option<u32>,
    /// Number of passes over that memory [default: 3, or the store's value]
    #[arg(long = "kdf-passes", value_name = "NUMBER", hide_short_help = true)]
    pub(in crate::cli) passes: Option<u32>,
    /// Number of lanes the memory is split into [default: 4, or the store's value]
    #[arg(long = "kdf-lanes", value_name = "NUMBER", hide_short_help = true)]
    pub(in crate::cli) lanes: Option<u32>,
    /// Allow a weak key derivation in a store of real secrets, for scripts and tests
    #[arg(long = "allow-weak-kdf", hide_short_help = true)]
    pub(in crate::cli) allow_weak: bool,
    /// Target time for deriving the key on this computer, such as 1s or 500ms
    #[arg(long = "kdf-time", value_name = "TIME", hide_short_help = true, value_parser = parse::duration,
        conflicts_with_all = ["memory", "passes", "lanes"])]
    pub(in crate::cli) time: Option<std::time::Duration>,
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
    /// Confirm that the computer's clock is correct; unproven time counts after 24 more hours of running
    #[command(after_help = "Example:
  tresor clock confirm --as security-officer")]
    Confirm,
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
  tresor activity list --vault contoso-prod --result refused
  tresor activity list --follow")]
    List(ListActivity),
    /// Write what was asked into a file, oldest first, as JSON lines in the shape of Key Vault's own log
    #[command(after_help = "Examples:
  tresor activity export --from 2026-11-01 --to 2026-12-01 --file november.jsonl
  tresor activity export --result refused --file - > refused.jsonl")]
    Export(ExportActivity),
    /// Set for how many days activity is kept, or show it
    ///
    /// What is older is forgotten within a day, and stays forgotten when the time is made longer again.
    #[command(after_help = "Examples:
  tresor activity retention
  tresor activity retention --days 365 --as security-officer")]
    Retention(RetainActivity),
}

/// Which records.
#[derive(Args)]
pub(in crate::cli) struct WhichActivity {
    /// Only what was asked since then: 7d, 2h, 30m, or a UTC date
    #[arg(long, visible_alias = "from", value_name = "TIME", value_parser = parse::since)]
    pub(in crate::cli) since: Option<Since>,
    /// Only what was asked before then: 7d, 2h, 30m, or a UTC date
    #[arg(long, value_name = "TIME", value_parser = parse::since)]
    pub(in crate::cli) to: Option<Since>,
    /// Only what was asked of this vault
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) vault: Option<String>,
    /// Only what was asked of objects of this name
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) object: Option<String>,
    /// Only what this identity asked, by name or object id
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) identity: Option<String>,
    /// Only this operation, by its audit name, such as `SecretGet`; can be given several times
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) operation: Vec<String>,
    /// Only what was done, what was refused, or what writes or tried to
    #[arg(long, value_name = "RESULT")]
    pub(in crate::cli) result: Option<ActivityResult>,
}

/// What came of it.
#[derive(Clone, Copy, ValueEnum)]
pub(in crate::cli) enum ActivityResult {
    Done,
    Refused,
    Writes,
}

#[derive(Args)]
pub(in crate::cli) struct ExportActivity {
    #[command(flatten)]
    pub(in crate::cli) which: WhichActivity,
    /// Where to write it, replacing what is there; `-` prints it
    #[arg(long, short, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub(in crate::cli) file: std::path::PathBuf,
}

#[derive(Args)]
pub(in crate::cli) struct RetainActivity {
    /// Keep it for so many days, 7 to 3,650
    #[arg(long, value_name = "DAYS")]
    pub(in crate::cli) days: Option<i64>,
}

#[derive(Args)]
pub(in crate::cli) struct ListActivity {
    #[command(flatten)]
    pub(in crate::cli) which: WhichActivity,
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
