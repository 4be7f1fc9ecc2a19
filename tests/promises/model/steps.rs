//! What somebody may do.

use proptest::prelude::*;
use tresor::domain::time::DAY_MS;

pub(super) const VAULTS: [&str; 3] = ["alpha", "Beta-2", "gamma"];
pub(super) const SECRETS: [&str; 3] = ["db-password", "token", "X"];
pub(super) const REGIONS: [&str; 4] = ["westeurope", "northeurope", "polandcentral", "eastus"];
pub(super) const FAILOVER_MS: i64 = 120_000;
pub(super) const FAILBACK_MS: i64 = 30_000;

/// What somebody may do; the numbers choose a vault, a secret, a version, a region.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    CreateVault { vault: usize, region: usize, days: i64, is_protected: bool },
    ProtectVault(usize),
    DeleteVault(usize),
    RecoverVault(usize),
    PurgeVault(usize),
    Set { vault: usize, secret: usize, is_enabled: bool },
    SetAll { vault: usize },
    Switch { vault: usize, secret: usize, version: usize, is_enabled: bool },
    Get { vault: usize, secret: usize, version: usize },
    Delete { vault: usize, secret: usize },
    Recover { vault: usize, secret: usize },
    Purge { vault: usize, secret: usize },
    BackUp { vault: usize, secret: usize },
    Restore { vault: usize, backup: usize },
    ListDeleted(usize),
    ProtectSubscription(bool),
    Lose(usize),
    Return(usize),
    Wait { ms: i64 },
    WaitForPurge,
    MoveClock { days: i64 },
    Reopen,
}

pub(super) fn step() -> impl Strategy<Value = (bool, Step)> {
    let vault = || 0..VAULTS.len();
    let secret = || 0..SECRETS.len();
    let region = || 0..REGIONS.len();
    let inside = || (vault(), secret());
    let waits = prop_oneof![Just(1), Just(29_000), Just(45_000), Just(125_000), 1..DAY_MS, DAY_MS..40 * DAY_MS];
    let step = prop_oneof![
        5 => (vault(), region(), prop_oneof![Just(7), Just(30), Just(90)], any::<bool>()).prop_map(
            |(vault, region, days, is_protected)| Step::CreateVault { vault, region, days, is_protected }),
        1 => vault().prop_map(Step::ProtectVault),
        3 => vault().prop_map(Step::DeleteVault),
        3 => vault().prop_map(Step::RecoverVault),
        2 => vault().prop_map(Step::PurgeVault),
        14 => (inside(), any::<bool>()).prop_map(
            |((vault, secret), is_enabled)| Step::Set { vault, secret, is_enabled }),
        2 => vault().prop_map(|vault| Step::SetAll { vault }),
        4 => (inside(), 0_usize..4, any::<bool>()).prop_map(
            |((vault, secret), version, is_enabled)| Step::Switch { vault, secret, version, is_enabled }),
        6 => (inside(), 0_usize..4).prop_map(|((vault, secret), version)| Step::Get { vault, secret, version }),
        7 => inside().prop_map(|(vault, secret)| Step::Delete { vault, secret }),
        5 => inside().prop_map(|(vault, secret)| Step::Recover { vault, secret }),
        4 => inside().prop_map(|(vault, secret)| Step::Purge { vault, secret }),
        3 => inside().prop_map(|(vault, secret)| Step::BackUp { vault, secret }),
        4 => (vault(), 0_usize..4).prop_map(|(vault, backup)| Step::Restore { vault, backup }),
        2 => vault().prop_map(Step::ListDeleted),
        1 => any::<bool>().prop_map(Step::ProtectSubscription),
        2 => region().prop_map(Step::Lose),
        3 => region().prop_map(Step::Return),
        6 => waits.prop_map(|ms| Step::Wait { ms }),
        2 => Just(Step::WaitForPurge),
        2 => (1_i64..40).prop_map(|days| Step::MoveClock { days }),
        2 => Just(Step::Reopen),
    ];
    (any::<bool>(), step)
}
