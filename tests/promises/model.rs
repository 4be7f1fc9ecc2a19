//! Random operations against a store and against a plain model of what they should do, written from the promises and
//! from nothing else: lists, and no part of the domain.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use proptest::prelude::*;
use tresor::domain::properties::Enabled;
use tresor::domain::region::FailoverPlan;
use tresor::domain::secret::{SecretDraft, SecretPatch};
use tresor::domain::soft_delete::SubscriptionProtection;
use tresor::domain::time::DAY_MS;
use tresor::domain::vault::VaultPatch;
use tresor::domain::{Caller, Operation, PurgeProtection, Refusal, Target, VersionId};
use tresor::service::{NewSecret, Purpose, ServiceError};

use crate::desk::*;

const VAULTS: [&str; 3] = ["alpha", "Beta-2", "gamma"];
const SECRETS: [&str; 3] = ["db-password", "token", "X"];
const REGIONS: [&str; 4] = ["westeurope", "northeurope", "polandcentral", "eastus"];
const FAILOVER_MS: i64 = 120_000;
const FAILBACK_MS: i64 = 30_000;

/// What somebody may do; the numbers choose a vault, a secret, a version, a region.
#[derive(Clone, Debug)]
enum Step {
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
    MoveClock { days: i64 },
    Reopen,
}

fn step() -> impl Strategy<Value = (bool, Step)> {
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
        2 => (1_i64..40).prop_map(|days| Step::MoveClock { days }),
        2 => Just(Step::Reopen),
    ];
    (any::<bool>(), step)
}

/// How a request ends, in the service's own codes.
type Answer<T> = Result<T, (u16, &'static str)>;

const VAULT_NOT_FOUND: (u16, &str) = (404, "ResourceNotFound");
const SECRET_NOT_FOUND: (u16, &str) = (404, "SecretNotFound");
const SECRET_HELD: (u16, &str) = (409, "ObjectIsDeletedButRecoverable");
const NO_RIGHT_TO_VAULTS: (u16, &str) = (403, "AuthorizationFailed");
const NO_RIGHT_TO_SECRETS: (u16, &str) = (403, "AccessDenied");

#[derive(Clone, Debug, PartialEq)]
struct MVersion {
    id: VersionId,
    text: String,
    is_enabled: bool,
    updated: i64,
}

#[derive(Clone, Debug, PartialEq)]
struct MSecret {
    spelling: String,
    versions: Vec<MVersion>,
}

#[derive(Clone, Debug, PartialEq)]
struct MBin {
    since: i64,
    until: i64,
    by: String,
}

#[derive(Clone, Debug, PartialEq)]
struct MVault {
    region: usize,
    days: i64,
    is_protected: bool,
    secrets: BTreeMap<String, (MSecret, Option<MBin>)>,
    bin: Option<MBin>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct MOutage {
    began: i64,
    returned: Option<i64>,
}

#[derive(Clone, Copy, PartialEq)]
enum Serves {
    All,
    Reads,
    Nothing,
}

#[derive(Default)]
struct Model {
    now: i64,
    vaults: BTreeMap<String, MVault>,
    is_undeletable: bool,
    outages: BTreeMap<usize, MOutage>,
    backups: Vec<(MSecret, &'static str)>,
}

fn pair_of(region: usize) -> Option<usize> {
    match REGIONS[region] {
        "westeurope" => Some(1),
        "northeurope" => Some(0),
        // Its pair, West US, is never lost here.
        "eastus" => Some(99),
        _ => None,
    }
}

fn geography_of(region: usize) -> &'static str {
    match REGIONS[region] {
        "westeurope" | "northeurope" => "Europe",
        "polandcentral" => "Poland",
        _ => "United States",
    }
}

impl Model {
    fn is_gone(&self, region: usize) -> bool {
        self.outages.get(&region).is_some_and(|outage| outage.returned.is_none())
    }

    fn serves(&self, region: usize) -> Serves {
        let Some(outage) = self.outages.get(&region) else { return Serves::All };
        let stands_in = pair_of(region).is_some_and(|pair| !self.is_gone(pair));
        match outage.returned {
            None if !stands_in || self.now < outage.began + FAILOVER_MS / 4 => Serves::Nothing,
            None => Serves::Reads,
            Some(at) if !stands_in || at < outage.began + FAILOVER_MS || at + FAILBACK_MS <= self.now => Serves::All,
            Some(_) => Serves::Reads,
        }
    }

    /// Whether the region takes a request.
    fn ask_region(&self, region: usize, is_read: bool) -> Answer<()> {
        let outage = self.outages.get(&region);
        let is_failing_over =
            outage.is_some_and(|outage| outage.returned.is_none() && self.now < outage.began + FAILOVER_MS);
        match self.serves(region) {
            Serves::All => Ok(()),
            Serves::Reads if is_read => Ok(()),
            Serves::Reads if is_failing_over => Err((503, "ServiceUnavailable")),
            Serves::Reads => Err((403, "VaultReadOnly")),
            Serves::Nothing => Err((503, "ServiceUnavailable")),
        }
    }

    /// What is due goes where writing is possible: vaults, and secrets in whatever is left.
    fn purge_due(&mut self) {
        let now = self.now;
        let writable: Vec<bool> = (0..REGIONS.len()).map(|region| self.serves(region) == Serves::All).collect();
        let is_due = |bin: &Option<MBin>| bin.as_ref().is_some_and(|bin| bin.until <= now);
        self.vaults.retain(|_, vault| !(writable[vault.region] && is_due(&vault.bin)));
        for vault in self.vaults.values_mut().filter(|vault| writable[vault.region]) {
            vault.secrets.retain(|_, (_, bin)| !is_due(bin));
        }
    }

    fn ask_vault_region(&self, vault: &str, is_read: bool) -> Answer<()> {
        self.vaults.get(vault).map_or(Ok(()), |vault| self.ask_region(vault.region, is_read))
    }

    fn live(&mut self, vault: &str) -> Answer<&mut MVault> {
        self.vaults.get_mut(vault).filter(|vault| vault.bin.is_none()).ok_or(VAULT_NOT_FOUND)
    }

    fn secret(&mut self, vault: &str, secret: &str) -> Answer<&mut MSecret> {
        let found = self.live(vault)?.secrets.get_mut(secret);
        found.filter(|(_, bin)| bin.is_none()).map(|(secret, _)| secret).ok_or(SECRET_NOT_FOUND)
    }

    fn is_free(&mut self, vault: &str, secret: &str) -> Answer<()> {
        match self.live(vault)?.secrets.get(secret) {
            Some((_, Some(_))) => Err(SECRET_HELD),
            _ => Ok(()),
        }
    }

    fn set(&mut self, vault: &str, spelling: &str, id: VersionId, text: &str, is_enabled: bool) {
        let updated = self.now;
        let version = MVersion { id, text: text.to_owned(), is_enabled, updated };
        let secrets = &mut self.live(vault).unwrap().secrets;
        let fresh = || (MSecret { spelling: spelling.to_owned(), versions: Vec::new() }, None);
        secrets.entry(spelling.to_ascii_lowercase()).or_insert_with(fresh).0.versions.push(version);
    }
}

struct Bench {
    desk: Desk,
    model: Model,
    backups: Vec<Vec<u8>>,
    count: usize,
}

/// The answer of the service in the model's words.
fn heard<T>(result: &Result<T, ServiceError>) -> Answer<()> {
    match result {
        Ok(_) => Ok(()),
        Err(ServiceError::Refused(refusal)) => {
            let code = refusal.code();
            Err((code.status, code.inner.unwrap_or(code.code)))
        }
        Err(other) => panic!("{other}"),
    }
}

fn why<T>(result: &Result<T, ServiceError>) -> Option<Refusal> {
    match result {
        Err(ServiceError::Refused(refusal)) => Some(refusal.clone()),
        _ => None,
    }
}

impl Bench {
    fn new() -> Self {
        let desk = Desk::of(Purpose::Simulation, Some(tempfile::tempdir().unwrap()));
        Self { desk, model: Model { now: START.ms(), ..Model::default() }, backups: Vec::new(), count: 0 }
    }

    /// What a button would have been told, which is what the operation must say too. Where the button knows less
    /// (which version, which names), only what it does know counts.
    #[track_caller]
    fn agrees<T>(&self, asked: &Result<(), Refusal>, result: &Result<T, ServiceError>, knows_all: bool) {
        if asked.is_err() || result.is_ok() || knows_all {
            assert_eq!(asked.clone().err(), why(result), "the button and the operation disagree");
        }
    }

    fn play(&mut self, is_officer: bool, step: Step) {
        self.desk.service.tick().unwrap();
        self.model.purge_due();
        self.count += 1;
        let by = if is_officer { officer() } else { developer() };
        let text = format!("value {}", self.count);
        // The spelling changes with each step; it is the same name.
        let spell = |secret: usize| {
            if self.count.is_multiple_of(3) { SECRETS[secret].to_uppercase() } else { SECRETS[secret].to_owned() }
        };
        let may = |operation, target: Target| self.desk.service.may(&by, operation, &target);
        let of_vault = |of: usize| Target::Vault(vault(VAULTS[of]));
        let of_secret = |of: usize, secret: usize| Target::Object(vault(VAULTS[of]), name(SECRETS[secret]));
        match step {
            Step::CreateVault { vault: of, region: at, days, is_protected } => {
                let draft = if is_protected { protected(VAULTS[of]) } else { draft(VAULTS[of]) };
                let draft = keeping_days(days, in_region(REGIONS[at], draft));
                let asked = may(Operation::VaultPut, Target::Region(region(REGIONS[at])))
                    .and_then(|()| may(Operation::VaultPut, of_vault(of)));
                let result = self.desk.service.create_vault(&by, draft);
                self.agrees(&asked, &result, true);
                let folded = VAULTS[of].to_ascii_lowercase();
                let expected = self.model.ask_region(at, false).and_then(|()| match self.model.vaults.get(&folded) {
                    Some(MVault { bin: Some(_), .. }) => Err((409, "ConflictError")),
                    Some(_) => Err((409, "VaultAlreadyExists")),
                    None => Ok(()),
                });
                assert_eq!(heard(&result), expected);
                if result.is_ok() {
                    let made = MVault { region: at, days, is_protected, secrets: BTreeMap::new(), bin: None };
                    self.model.vaults.insert(folded, made);
                }
            }
            Step::ProtectVault(of) => {
                let asked = may(Operation::VaultPatch, of_vault(of));
                let patch = VaultPatch { purge_protection: Some(PurgeProtection::On), ..VaultPatch::default() };
                let result = self.desk.service.update_vault(&by, &vault(VAULTS[of]), &patch);
                self.agrees(&asked, &result, true);
                self.change_vault(of, &result, |_, vault| vault.is_protected = true);
            }
            Step::DeleteVault(of) => {
                let asked = may(Operation::VaultDelete, of_vault(of));
                let result = self.desk.service.delete_vault(&by, &vault(VAULTS[of]));
                self.agrees(&asked, &result, true);
                self.change_vault(of, &result, |now, vault| {
                    vault.bin = Some(MBin { since: now, until: now + vault.days * DAY_MS, by: by.name.clone() });
                });
            }
            Step::RecoverVault(of) => {
                let asked = may(Operation::VaultRecover, of_vault(of));
                let result = self.desk.service.recover_vault(&by, &vault(VAULTS[of]));
                self.agrees(&asked, &result, true);
                let expected = self.deleted_vault(of).map(drop);
                assert_eq!(heard(&result), expected);
                if result.is_ok() {
                    self.model.vaults.get_mut(&VAULTS[of].to_ascii_lowercase()).unwrap().bin = None;
                }
            }
            Step::PurgeVault(of) => {
                let asked = may(Operation::VaultPurge, of_vault(of));
                let result = self.desk.service.purge_vault(&by, &vault(VAULTS[of]));
                self.agrees(&asked, &result, true);
                let folded = VAULTS[of].to_ascii_lowercase();
                let expected = self.model.ask_vault_region(&folded, false).and_then(|()| {
                    if !is_officer {
                        return Err(NO_RIGHT_TO_VAULTS);
                    }
                    let is_kept = self.deleted_vault(of)?.is_protected || self.model.is_undeletable;
                    if is_kept { Err((405, "MethodNotAllowed")) } else { Ok(()) }
                });
                assert_eq!(heard(&result), expected);
                if result.is_ok() {
                    self.model.vaults.remove(&folded);
                }
            }
            Step::Set { vault: of, secret, is_enabled } => {
                let spelling = spell(secret);
                let asked = may(Operation::SecretSet, of_secret(of, secret));
                let enabled = if is_enabled { Enabled::Yes } else { Enabled::No };
                let draft = SecretDraft { enabled, ..SecretDraft::default() };
                let new = NewSecret { name: name(&spelling), value: value(&text), draft };
                let result = self.desk.service.set_secret(&by, &vault(VAULTS[of]), new);
                self.agrees(&asked, &result, true);
                let folded = VAULTS[of].to_ascii_lowercase();
                let expected = self
                    .model
                    .ask_vault_region(&folded, false)
                    .and_then(|()| self.model.is_free(&folded, &SECRETS[secret].to_ascii_lowercase()));
                assert_eq!(heard(&result), expected);
                if let Ok(id) = result {
                    self.model.set(&folded, &spelling, id, &text, is_enabled);
                }
            }
            Step::SetAll { vault: of } => {
                let asked = may(Operation::SecretSet, of_vault(of));
                let all = SECRETS.map(|secret| new(secret, &format!("{text} of {secret}"))).into_iter().collect();
                let go_on = |_| ControlFlow::Continue(());
                let result = self.desk.service.set_secrets(&by, &vault(VAULTS[of]), all, go_on);
                self.agrees(&asked, &result, false);
                let folded = VAULTS[of].to_ascii_lowercase();
                let expected = self.model.ask_vault_region(&folded, false).and_then(|()| {
                    SECRETS.iter().try_for_each(|secret| self.model.is_free(&folded, &secret.to_ascii_lowercase()))
                });
                assert_eq!(heard(&result), expected);
                if result.is_ok() {
                    for secret in SECRETS {
                        // Which ids they got is not told; it is looked up.
                        let world = self.desk.service.world();
                        let found = world.vault(&vault(VAULTS[of])).unwrap().secret(&name(secret)).unwrap();
                        let id = found.current().id;
                        self.model.set(&folded, secret, id, &format!("{text} of {secret}"), true);
                    }
                }
            }
            Step::Switch { vault: of, secret, version, is_enabled } => {
                let asked = may(Operation::SecretUpdate, of_secret(of, secret));
                let id = self.version(of, secret, version);
                let enabled = Some(if is_enabled { Enabled::Yes } else { Enabled::No });
                let patch = SecretPatch { enabled, ..SecretPatch::default() };
                let result =
                    self.desk.service.update_secret(&by, &vault(VAULTS[of]), &name(&spell(secret)), id, &patch);
                self.agrees(&asked, &result, true);
                let now = self.model.now;
                self.change_secret(of, secret, &result, |found| {
                    let chosen =
                        found.versions.iter_mut().rfind(|version| id.is_none_or(|id| version.id == id)).unwrap();
                    (chosen.is_enabled, chosen.updated) = (is_enabled, now);
                });
            }
            Step::Get { vault: of, secret, version } => {
                let asked = may(Operation::SecretGet, of_secret(of, secret));
                let id = self.version(of, secret, version);
                let result = self.desk.service.get_secret(&by, &vault(VAULTS[of]), &name(&spell(secret)), id);
                if id.is_none() {
                    self.agrees(&asked, &result, true);
                }
                let folded = VAULTS[of].to_ascii_lowercase();
                let expected = self.model.ask_vault_region(&folded, true).and_then(|()| {
                    let found = self.model.secret(&folded, &SECRETS[secret].to_ascii_lowercase())?;
                    let chosen = found.versions.iter().rfind(|version| id.is_none_or(|id| version.id == id)).unwrap();
                    if chosen.is_enabled { Ok(chosen.text.clone()) } else { Err((403, "SecretDisabled")) }
                });
                assert_eq!(heard(&result), expected.clone().map(drop));
                if let Ok((_, value)) = result {
                    assert_eq!(value.expose(), expected.unwrap());
                }
            }
            Step::Delete { vault: of, secret } => {
                let asked = may(Operation::SecretDelete, of_secret(of, secret));
                let result = self.desk.service.delete_secret(&by, &vault(VAULTS[of]), &name(&spell(secret)));
                self.agrees(&asked, &result, true);
                self.change_secret(of, secret, &result, |_| ());
                if result.is_ok() {
                    let now = self.model.now;
                    let of = self.model.live(&VAULTS[of].to_ascii_lowercase()).unwrap();
                    let until = now + of.days * DAY_MS;
                    let (_, bin) = of.secrets.get_mut(&SECRETS[secret].to_ascii_lowercase()).unwrap();
                    *bin = Some(MBin { since: now, until, by: by.name.clone() });
                }
            }
            Step::Recover { vault: of, secret } => {
                let asked = may(Operation::SecretRecover, of_secret(of, secret));
                let result = self.desk.service.recover_secret(&by, &vault(VAULTS[of]), &name(&spell(secret)));
                self.agrees(&asked, &result, true);
                assert_eq!(heard(&result), self.deleted_secret(of, secret).map(drop));
                if result.is_ok() {
                    *self.deleted_secret(of, secret).unwrap().1 = None;
                }
            }
            Step::Purge { vault: of, secret } => {
                let asked = may(Operation::SecretPurge, of_secret(of, secret));
                let result = self.desk.service.purge_secret(&by, &vault(VAULTS[of]), &name(&spell(secret)));
                self.agrees(&asked, &result, true);
                let folded = VAULTS[of].to_ascii_lowercase();
                let expected = self.model.ask_vault_region(&folded, false).and_then(|()| {
                    if !is_officer {
                        return Err(NO_RIGHT_TO_SECRETS);
                    }
                    let is_undeletable = self.model.is_undeletable;
                    let is_kept = self.deleted_secret(of, secret)?.0 || is_undeletable;
                    if is_kept { Err((403, "Forbidden")) } else { Ok(()) }
                });
                assert_eq!(heard(&result), expected);
                if result.is_ok() {
                    let secrets = &mut self.model.live(&folded).unwrap().secrets;
                    secrets.remove(&SECRETS[secret].to_ascii_lowercase());
                }
            }
            Step::BackUp { vault: of, secret } => {
                let asked = may(Operation::SecretBackup, of_secret(of, secret));
                let result = self.desk.service.back_up_secret(&by, &vault(VAULTS[of]), &name(&spell(secret)));
                self.agrees(&asked, &result, true);
                let folded = VAULTS[of].to_ascii_lowercase();
                let expected = self
                    .model
                    .ask_vault_region(&folded, true)
                    .and_then(|()| Ok(self.model.secret(&folded, &SECRETS[secret].to_ascii_lowercase())?.clone()));
                assert_eq!(heard(&result), expected.clone().map(drop));
                if let (Ok(blob), Ok(secret)) = (result, expected) {
                    self.backups.push(blob);
                    let geography = geography_of(self.model.vaults[&folded].region);
                    self.model.backups.push((secret, geography));
                }
            }
            Step::Restore { vault: of, backup } => {
                if self.backups.is_empty() {
                    return;
                }
                let asked = may(Operation::SecretRestore, of_vault(of));
                let backup = backup % self.backups.len();
                let result = self.desk.service.restore_secret(&by, &vault(VAULTS[of]), &self.backups[backup]);
                self.agrees(&asked, &result, false);
                let folded = VAULTS[of].to_ascii_lowercase();
                let (secret, geography) = self.model.backups[backup].clone();
                let key = secret.spelling.to_ascii_lowercase();
                let expected = self.model.ask_vault_region(&folded, false).and_then(|()| {
                    if geography_of(self.model.live(&folded)?.region) != geography {
                        return Err((400, "Malformed backup blob"));
                    }
                    self.model.is_free(&folded, &key)?;
                    if self.model.secret(&folded, &key).is_ok() { Err((409, "Conflict")) } else { Ok(()) }
                });
                assert_eq!(heard(&result), expected);
                if result.is_ok() {
                    self.model.live(&folded).unwrap().secrets.insert(key, (secret, None));
                }
            }
            Step::ListDeleted(of) => {
                let asked = may(Operation::SecretListDeleted, of_vault(of));
                let result = self.desk.service.list_deleted_secrets(&by, &vault(VAULTS[of]));
                self.agrees(&asked, &result, true);
                let folded = VAULTS[of].to_ascii_lowercase();
                let expected = self.model.ask_vault_region(&folded, false).and_then(|()| {
                    let secrets = self.model.live(&folded)?.secrets.iter();
                    Ok(secrets.filter(|(_, (_, bin))| bin.is_some()).map(|(key, _)| key.clone()).collect::<Vec<_>>())
                });
                assert_eq!(heard(&result), expected.clone().map(drop));
                if let Ok(found) = result {
                    let found: Vec<_> = found.iter().map(|deleted| deleted.item.name().folded()).collect();
                    assert_eq!(found, expected.unwrap());
                }
            }
            Step::ProtectSubscription(is_undeletable) => {
                let asked = may(Operation::SubscriptionPatch, Target::Subscription);
                let protection =
                    if is_undeletable { SubscriptionProtection::Undeletable } else { SubscriptionProtection::None };
                let result = self.desk.service.protect_subscription(&by, protection);
                self.agrees(&asked, &result, true);
                assert_eq!(heard(&result), if is_officer { Ok(()) } else { Err(NO_RIGHT_TO_VAULTS) });
                if result.is_ok() {
                    self.model.is_undeletable = is_undeletable;
                }
            }
            Step::Lose(at) => {
                let asked = may(Operation::RegionOutage, Target::Region(region(REGIONS[at])));
                let plan = FailoverPlan {
                    failover_secs: (FAILOVER_MS / 1000) as u32,
                    failback_secs: (FAILBACK_MS / 1000) as u32,
                    failing_percent: 0,
                };
                let result = self.desk.service.begin_outage(&by, region(REGIONS[at]), plan);
                self.agrees(&asked, &result, true);
                if result.is_ok() {
                    assert!(!self.model.is_gone(at));
                    self.model.outages.insert(at, MOutage { began: self.model.now, returned: None });
                } else {
                    assert!(self.model.outages.contains_key(&at));
                    assert_eq!(heard(&result), Err((400, "BadParameter")));
                }
            }
            Step::Return(at) => {
                let asked = may(Operation::RegionReturn, Target::Region(region(REGIONS[at])));
                let result = self.desk.service.end_outage(&by, region(REGIONS[at]));
                self.agrees(&asked, &result, true);
                assert_eq!(result.is_ok(), self.model.is_gone(at));
                if result.is_ok() {
                    self.model.outages.get_mut(&at).unwrap().returned = Some(self.model.now);
                }
            }
            Step::Wait { ms } => {
                self.desk.pass_ms(ms);
                self.model.now += ms;
            }
            Step::MoveClock { days } => {
                let to = self.desk.service.now().plus_days(days);
                self.desk.service.advance_clock(&by, to).unwrap();
                self.model.now += days * DAY_MS;
            }
            Step::Reopen => self.reopen(),
        }
    }

    /// Opens a copy of the files as they are: what a kill leaves (T4).
    fn reopen(&mut self) {
        let kept = tempfile::tempdir().unwrap();
        let path = self.desk.folder.as_ref().unwrap().path().join("store");
        crate::trust::copy_folder(&path, &kept.path().join("store"));
        let time = self.desk.time.clone();
        let service = tresor::service::Service::open(&kept.path().join("store"), &passphrase(), time).unwrap();
        self.desk.service = service;
        self.desk.folder = Some(kept);
        self.compare();
    }

    fn change_vault(&mut self, of: usize, result: &Result<(), ServiceError>, change: impl FnOnce(i64, &mut MVault)) {
        let folded = VAULTS[of].to_ascii_lowercase();
        let now = self.model.now;
        let expected = self.model.ask_vault_region(&folded, false).and_then(|()| self.model.live(&folded).map(drop));
        assert_eq!(heard(result), expected);
        if result.is_ok() {
            change(now, self.model.live(&folded).unwrap());
        }
    }

    fn change_secret(
        &mut self,
        of: usize,
        secret: usize,
        result: &Result<(), ServiceError>,
        change: impl FnOnce(&mut MSecret),
    ) {
        let (folded, key) = (VAULTS[of].to_ascii_lowercase(), SECRETS[secret].to_ascii_lowercase());
        let asked = self.model.ask_vault_region(&folded, false);
        let expected = asked.and_then(|()| self.model.secret(&folded, &key).map(drop));
        assert_eq!(heard(result), expected);
        if result.is_ok() {
            change(self.model.secret(&folded, &key).unwrap());
        }
    }

    fn deleted_vault(&mut self, of: usize) -> Answer<&MVault> {
        let folded = VAULTS[of].to_ascii_lowercase();
        self.model.ask_vault_region(&folded, false)?;
        self.model.vaults.get(&folded).filter(|vault| vault.bin.is_some()).ok_or(VAULT_NOT_FOUND)
    }

    /// Whether its vault is protected, and its place in the bin.
    fn deleted_secret(&mut self, of: usize, secret: usize) -> Answer<(bool, &mut Option<MBin>)> {
        let (folded, key) = (VAULTS[of].to_ascii_lowercase(), SECRETS[secret].to_ascii_lowercase());
        self.model.ask_vault_region(&folded, false)?;
        let of = self.model.live(&folded)?;
        let is_protected = of.is_protected;
        let bin = of.secrets.get_mut(&key).map(|(_, bin)| bin).filter(|bin| bin.is_some()).ok_or(SECRET_NOT_FOUND)?;
        Ok((is_protected, bin))
    }

    /// One of the versions there are; none, and so the newest, for the first number.
    fn version(&self, of: usize, secret: usize, number: usize) -> Option<VersionId> {
        let of = self.model.vaults.get(&VAULTS[of].to_ascii_lowercase())?;
        let (secret, _) = of.secrets.get(&SECRETS[secret].to_ascii_lowercase())?;
        let index = number.checked_sub(1)?;
        Some(secret.versions[index % secret.versions.len()].id)
    }

    /// Both hold the same.
    fn compare(&mut self) {
        self.desk.service.tick().unwrap();
        self.model.purge_due();
        let moment = |bin: &tresor::domain::Deletion| MBin {
            since: bin.deleted.ms(),
            until: bin.scheduled_purge.ms(),
            by: bin.by.clone(),
        };
        let model = &self.model;
        let text = |id: VersionId| {
            let all = model.vaults.values().flat_map(|vault| vault.secrets.values());
            let mut versions = all.flat_map(|(secret, _)| &secret.versions);
            versions.find(|version| version.id == id).map(|version| version.text.clone()).unwrap_or_default()
        };
        let world = self.desk.service.world();
        let deleted = world.vaults.deleted().map(|deleted| (&deleted.item, Some(moment(&deleted.deletion))));
        let vaults = world.vaults.live().map(|vault| (vault, None)).chain(deleted);
        let found: BTreeMap<String, MVault> = vaults
            .map(|(vault, bin)| {
                let secret = |secret: &tresor::domain::Secret| MSecret {
                    spelling: secret.name().to_string(),
                    versions: secret
                        .versions()
                        .iter()
                        .map(|version| MVersion {
                            id: version.id,
                            // Values are compared below; here they only have to stand at the right version.
                            text: text(version.id),
                            is_enabled: version.enabled == Enabled::Yes,
                            updated: version.updated.ms(),
                        })
                        .collect(),
                };
                let live = vault.secrets.live().map(|item| (item.name().folded(), (secret(item), None)));
                let deleted = vault.secrets.deleted().map(|deleted| {
                    (deleted.item.name().folded(), (secret(&deleted.item), Some(moment(&deleted.deletion))))
                });
                let head = &vault.head;
                let found = MVault {
                    region: REGIONS.iter().position(|name| *name == head.location.as_str()).unwrap(),
                    days: head.retention.get().into(),
                    is_protected: head.purge_protection == PurgeProtection::On,
                    secrets: live.chain(deleted).collect(),
                    bin,
                };
                (head.name.folded(), found)
            })
            .collect();
        assert_eq!(found, self.model.vaults);
        let is_undeletable = world.protection == SubscriptionProtection::Undeletable;
        assert_eq!(is_undeletable, self.model.is_undeletable);
        let outages: BTreeMap<usize, MOutage> = world
            .outages
            .iter()
            .map(|(region, outage)| {
                let place = REGIONS.iter().position(|name| *name == region.as_str()).unwrap();
                (place, MOutage { began: outage.began.ms(), returned: outage.returned.map(|at| at.ms()) })
            })
            .collect();
        assert_eq!(outages, self.model.outages);
        assert_eq!(self.desk.service.now().ms(), self.model.now);
        let wait = self.desk.service.next_tick_ms();
        assert!(wait.is_none_or(|ms| 0 < ms), "nobody is woken for what is done already");
    }

    /// Reads every value there is, deleted or disabled ones too, once everything is back.
    fn compare_values(&mut self) {
        for at in 0..REGIONS.len() {
            drop(self.desk.service.end_outage(&officer(), region(REGIONS[at])));
            if let Some(outage) = self.model.outages.get_mut(&at) {
                outage.returned = outage.returned.or(Some(self.model.now));
            }
        }
        self.desk.pass_ms(FAILBACK_MS);
        self.model.now += FAILBACK_MS;
        self.compare();
        let by: Caller = officer();
        for (vault_key, of) in self.model.vaults.clone() {
            let vault_name = vault(&vault_key);
            if of.bin.is_some() {
                self.desk.service.recover_vault(&by, &vault_name).unwrap();
            }
            for (key, (secret, bin)) in of.secrets {
                let secret_name = name(&key);
                if bin.is_some() {
                    self.desk.service.recover_secret(&by, &vault_name, &secret_name).unwrap();
                }
                let enable = SecretPatch { enabled: Some(Enabled::Yes), ..SecretPatch::default() };
                for version in secret.versions {
                    let (id, service) = (Some(version.id), &mut self.desk.service);
                    service.update_secret(&by, &vault_name, &secret_name, id, &enable).unwrap();
                    let (_, value) = service.get_secret(&by, &vault_name, &secret_name, id).unwrap();
                    assert_eq!(value.expose(), version.text);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// S1–S3, S5, S7–S17, A4–A7, T4: and a button is never told anything else than the operation says.
    #[test]
    fn any_sequence_of_operations_does_what_a_plain_model_does(steps in prop::collection::vec(step(), 40..80)) {
        let mut bench = Bench::new();
        for (is_officer, step) in steps {
            bench.play(is_officer, step);
        }
        bench.reopen();
        bench.compare_values();
    }
}
