//! Regions: what is kept where, outages to play, and files to move, check and rebuild.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `tresor region …`
#[derive(Subcommand)]
pub(in crate::cli) enum Region {
    /// List the regions, their pairs, and how they stand
    #[command(after_help = "Examples:
  tresor region list --used -o table
  tresor region list --query '[?state!=`Read and write`]'
  tresor region list --query '[?copy.changesBehind>`0`].name' -o tsv")]
    List(ListRegions),
    /// Show a region: its replicas, its copy in the pair, its last outage
    #[command(after_help = "Examples:
  tresor region show -l westeurope
  tresor region show -l westeurope --query copy.changesBehind")]
    Show(RegionTarget),
    /// Let a region fail: requests fail, then its pair serves, read-only
    #[command(after_help = "Example:
  tresor region outage -l westeurope --failover-seconds 8")]
    Outage(Outage),
    /// Let a region return, after an outage that was played or a real one
    ///
    /// Its files are checked first, and rebuilt from the pair where they were lost.
    #[command(after_help = "Example:
  tresor region restore -l westeurope")]
    Restore(RegionTarget),
    /// Let one of a region's two replicas fail, or return
    ///
    /// Nobody notices: the other goes on alone. When it returns it is brought up to date.
    #[command(after_help = "Examples:
  tresor region fail-replica -l westeurope --replica b
  tresor region fail-replica -l westeurope --replica b --restore")]
    FailReplica(FailReplica),
    /// Cut the link from a region to its pair, or mend it
    ///
    /// While it is cut the region goes on, and what is changed waits. When it is mended the pair catches up.
    #[command(after_help = "Examples:
  tresor region fail-link -l westeurope
  tresor region fail-link -l westeurope --restore")]
    FailLink(FailLink),
    /// Move a region's files into another folder, on another disk for instance
    ///
    /// They are copied and checked there before the region changes over. Ctrl+C leaves everything as it was.
    #[command(after_help = "Examples:
  tresor region move -l northeurope --folder /media/backup/northeurope
  tresor region move -l westeurope --folder ~/disk2/tresor-westeurope -o none")]
    Move(MoveRegion),
    /// Open every record of every file, in the regions and in their pairs
    ///
    /// Every file is listed, whole or not. Where one is not, the exit code is 1.
    #[command(after_help = "Examples:
  tresor region check -o table
  tresor region check -l westeurope --query '[?!whole]'")]
    Check(CheckRegions),
    /// Write those of a region's files anew that are lost or damaged
    ///
    /// They are written from the best there is: the other replica, or the copy in the pair. What only the lost files held is then
    /// gone, so it asks first.
    #[command(after_help = "Examples:
  tresor region rebuild -l westeurope
  tresor region rebuild -l westeurope --yes -o none")]
    Rebuild(RebuildRegion),
}

#[derive(Args)]
pub(in crate::cli) struct RegionTarget {
    /// The region, as westeurope or 'West Europe'
    #[arg(long, short, value_name = "REGION", visible_alias = "name", short_alias = 'n')]
    pub(in crate::cli) location: String,
}

#[derive(Args)]
pub(in crate::cli) struct ListRegions {
    /// Only those that hold something of this store, or a copy of it
    #[arg(long)]
    pub(in crate::cli) used: bool,
}

#[derive(Args)]
pub(in crate::cli) struct Outage {
    #[command(flatten)]
    pub(in crate::cli) region: RegionTarget,
    /// From the loss of the region to the moment its pair serves
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u32).range(..=86_400))]
    pub(in crate::cli) failover_seconds: u32,
    /// From the region's return to the moment it serves again
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(..=86_400))]
    pub(in crate::cli) failback_seconds: u32,
    /// What share of requests fails while failing over
    #[arg(long, value_name = "PERCENT", default_value_t = 50, value_parser = clap::value_parser!(u8).range(..=100))]
    pub(in crate::cli) failing_percent: u8,
}

#[derive(Args)]
pub(in crate::cli) struct FailReplica {
    #[command(flatten)]
    pub(in crate::cli) region: RegionTarget,
    /// Which of the two
    #[arg(long, value_name = "A|B", value_enum, ignore_case = true)]
    pub(in crate::cli) replica: Replica,
    /// Let it return
    #[arg(long)]
    pub(in crate::cli) restore: bool,
}

/// One of a region's two replicas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Replica {
    A,
    B,
}

#[derive(Args)]
pub(in crate::cli) struct FailLink {
    #[command(flatten)]
    pub(in crate::cli) region: RegionTarget,
    /// Mend it
    #[arg(long)]
    pub(in crate::cli) restore: bool,
}

#[derive(Args)]
pub(in crate::cli) struct MoveRegion {
    #[command(flatten)]
    pub(in crate::cli) region: RegionTarget,
    /// Where to: an empty folder, or one that is not there yet
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) folder: PathBuf,
}

#[derive(Args)]
pub(in crate::cli) struct CheckRegions {
    /// Only this region's files, as westeurope or 'West Europe'
    #[arg(long, short, value_name = "REGION", visible_alias = "name", short_alias = 'n')]
    pub(in crate::cli) location: Option<String>,
}

#[derive(Args)]
pub(in crate::cli) struct RebuildRegion {
    #[command(flatten)]
    pub(in crate::cli) region: RegionTarget,
    /// Do not ask
    #[arg(long, short)]
    pub(in crate::cli) yes: bool,
}
