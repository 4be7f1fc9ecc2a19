//! Plays each step to both, and compares what they answer.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use tresor::domain::properties::Enabled;
use tresor::domain::region::FailoverPlan;
use tresor::domain::secret::{SecretDraft, SecretPatch};
use tresor::domain::soft_delete::SubscriptionProtection;
use tresor::domain::time::DAY_MS;
use tresor::domain::vault::VaultPatch;
use tresor::domain::{Operation, PurgeProtection, Refusal, Target, VersionId};
use tresor::service::{NewSecret, Purpose, ServiceError};

use super::outages::Back;
use super::plain::*;
use super::steps::{FAILBACK_MS, FAILOVER_MS, REGIONS, SECRETS, Step, VAULTS};
use crate::desk::*;

pub(super) struct Bench {
    pub(super) desk: Desk,
    pub(super) model: Model,
    pub(super) backups: Vec<Vec<u8>>,
    pub(super) count: usize,
    /// The regions that were lost, the last one last.
    pub(super) lost: Vec<usize>,
}

/// The answer of the service in the model's words.
pub(super) fn heard<T>(result: &Result<T, ServiceError>) -> Answer<()> {
    match result {
        Ok(_) => Ok(()),
        Err(ServiceError::Refused(refusal)) => {
            let code = refusal.code();
            Err((code.status, code.inner.unwrap_or(code.code)))
        }
        Err(other) => panic!("{other}"),
    }
}

pub(super) fn why<T>(result: &Result<T, ServiceError>) -> Option<Refusal> {
    match result {
        Err(ServiceError::Refused(refusal)) => Some(refusal.clone()),
        _ => None,
    }
}

/// What a button would have been told, which is what the operation must say too. Where the button knows less
/// (which version, which names), only what it does know counts.
#[track_caller]
fn agrees<T>(asked: &Result<(), Refusal>, result: &Result<T, ServiceError>, knows_all: bool) {
    if asked.is_err() || result.is_ok() || knows_all {
        assert_eq!(asked.clone().err(), why(result), "the button and the operation disagree");
    }
}

impl Bench {
    pub(super) fn new() -> Self {
        let desk = Desk::of(Purpose::Simulation, Some(quick_folder()));
        Self {
            desk,
            model: Model { now: START.ms(), ..Model::default() },
            backups: Vec::new(),
            count: 0,
            lost: Vec::new(),
        }
    }

    pub(super) fn play(&mut self, is_officer: bool, step: Step) {
        self.desk.service.tick().unwrap();
        self.model.purge_due();
        self.count += 1;
        let by = if is_officer { officer() } else { developer() };
        let text = format!("value {}", self.count);
        let both_out = if let Step::Return(at) = step { self.both_out(at) } else { None };
        if let Some((pair, Back::Before)) = both_out {
            self.return_region(&by, pair);
        }
        // The spelling changes with each step; it is the same name.
        let spell = |secret: usize| {
            if self.count.is_multiple_of(3) { SECRETS[secret].to_uppercase() } else { SECRETS[secret].to_owned() }
        };
        let may = |operation, target: Target| self.desk.service.may(&by, operation, &target);
        let of_vault = |of: usize| Target::Vault(vault(VAULTS[of]));
        let of_secret = |of: usize, secret: usize| Target::Object(vault(VAULTS[of]), name(&spell(secret)));
        match step {
            Step::CreateVault { vault: of, region: at, days, is_protected } => {
                let draft = if is_protected { protected(VAULTS[of]) } else { draft(VAULTS[of]) };
                let draft = keeping_days(days, in_region(REGIONS[at], draft));
                let asked = may(Operation::VaultPut, Target::Region(region(REGIONS[at])))
                    .and_then(|()| may(Operation::VaultPut, of_vault(of)));
                let result = self.desk.service.create_vault(&by, draft);
                agrees(&asked, &result, true);
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
                agrees(&asked, &result, true);
                self.change_vault(of, &result, |_, vault| vault.is_protected = true);
            }
            Step::DeleteVault(of) => {
                let asked = may(Operation::VaultDelete, of_vault(of));
                let result = self.desk.service.delete_vault(&by, &vault(VAULTS[of]));
                agrees(&asked, &result, true);
                self.change_vault(of, &result, |now, vault| {
                    vault.bin = Some(MBin { since: now, until: now + vault.days * DAY_MS, by: by.name.clone() });
                });
            }
            Step::RecoverVault(of) => {
                let asked = may(Operation::VaultRecover, of_vault(of));
                let result = self.desk.service.recover_vault(&by, &vault(VAULTS[of]));
                agrees(&asked, &result, true);
                let expected = self.deleted_vault(of).map(drop);
                assert_eq!(heard(&result), expected);
                if result.is_ok() {
                    self.model.vaults.get_mut(&VAULTS[of].to_ascii_lowercase()).unwrap().bin = None;
                }
            }
            Step::PurgeVault(of) => {
                let asked = may(Operation::VaultPurge, of_vault(of));
                let result = self.desk.service.purge_vault(&by, &vault(VAULTS[of]));
                agrees(&asked, &result, true);
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
                agrees(&asked, &result, true);
                let folded = VAULTS[of].to_ascii_lowercase();
                let expected = self
                    .model
                    .ask_vault_region(&folded, false)
                    .and_then(|()| self.model.is_free(&folded, &SECRETS[secret].to_ascii_lowercase()));
                assert_eq!(heard(&result), expected);
                if let Ok(set) = result {
                    self.model.set(&folded, &spelling, set.current().id, &text, is_enabled);
                }
            }
            Step::SetAll { vault: of } => {
                let asked = may(Operation::SecretSet, of_vault(of));
                let all =
                    SECRETS.map(|secret| new(secret, &format!("{text} of {secret}"))).into_iter().collect::<Vec<_>>();
                let go_on = |_| ControlFlow::Continue(());
                let result = self.desk.service.set_secrets(&by, &vault(VAULTS[of]), all, go_on);
                agrees(&asked, &result, false);
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
                agrees(&asked, &result, true);
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
                    agrees(&asked, &result, true);
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
                agrees(&asked, &result, true);
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
                agrees(&asked, &result, true);
                assert_eq!(heard(&result), self.deleted_secret(of, secret).map(drop));
                if result.is_ok() {
                    *self.deleted_secret(of, secret).unwrap().1 = None;
                }
            }
            Step::Purge { vault: of, secret } => {
                let asked = may(Operation::SecretPurge, of_secret(of, secret));
                let result = self.desk.service.purge_secret(&by, &vault(VAULTS[of]), &name(&spell(secret)));
                agrees(&asked, &result, true);
                let folded = VAULTS[of].to_ascii_lowercase();
                let expected = self.model.ask_vault_region(&folded, false).and_then(|()| {
                    self.model.live(&folded)?;
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
                agrees(&asked, &result, true);
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
                agrees(&asked, &result, false);
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
                agrees(&asked, &result, true);
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
                agrees(&asked, &result, true);
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
                agrees(&asked, &result, true);
                if result.is_ok() {
                    assert!(!self.model.is_gone(at));
                    self.lost.push(at);
                    self.model.outages.insert(at, MOutage { began: self.model.now, returned: None });
                } else {
                    assert!(self.model.outages.contains_key(&at));
                    assert_eq!(heard(&result), Err((400, "BadParameter")));
                }
            }
            Step::Return(at) => {
                let asked = may(Operation::RegionReturn, Target::Region(region(REGIONS[at])));
                let result = self.desk.service.end_outage(&by, region(REGIONS[at]));
                agrees(&asked, &result, true);
                assert_eq!(result.is_ok(), self.model.is_gone(at));
                if result.is_ok() {
                    self.model.outages.get_mut(&at).unwrap().returned = Some(self.model.now);
                }
            }
            Step::Wait { ms } => {
                self.desk.pass_ms(ms);
                self.model.now += ms;
            }
            Step::WaitForPurge => {
                let bins = self.model.vaults.values().flat_map(|vault| {
                    vault.secrets.values().map(|(_, bin)| bin).chain(std::iter::once(&vault.bin)).flatten()
                });
                let next = bins.map(|bin| bin.until).filter(|until| self.model.now < *until).min();
                let ms = next.map_or(0, |until| until - self.model.now);
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
        if let Some((pair, Back::After)) = both_out {
            self.return_region(&by, pair);
        }
    }

    /// Opens a copy of the files as they are, and not closed in order (T4).
    pub(super) fn reopen(&mut self) {
        let kept = quick_folder();
        // What a kill leaves of files in the middle of a change, the tests of regions see.
        self.desk.service.finish();
        let path = self.desk.folder.as_ref().unwrap().path().join("store");
        crate::trust::copy_folder(&path, &kept.path().join("store"));
        let time = self.desk.time.clone();
        let service = tresor::service::Service::open(&kept.path().join("store"), &passphrase(), time).unwrap();
        self.desk.service = service;
        self.desk.folder = Some(kept);
        self.compare();
    }

    pub(super) fn change_vault(
        &mut self,
        of: usize,
        result: &Result<(), ServiceError>,
        change: impl FnOnce(i64, &mut MVault),
    ) {
        let folded = VAULTS[of].to_ascii_lowercase();
        let now = self.model.now;
        let expected = self.model.ask_vault_region(&folded, false).and_then(|()| self.model.live(&folded).map(drop));
        assert_eq!(heard(result), expected);
        if result.is_ok() {
            change(now, self.model.live(&folded).unwrap());
        }
    }

    pub(super) fn change_secret<T>(
        &mut self,
        of: usize,
        secret: usize,
        result: &Result<T, ServiceError>,
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

    pub(super) fn deleted_vault(&mut self, of: usize) -> Answer<&MVault> {
        let folded = VAULTS[of].to_ascii_lowercase();
        self.model.ask_vault_region(&folded, false)?;
        self.model.vaults.get(&folded).filter(|vault| vault.bin.is_some()).ok_or(VAULT_NOT_FOUND)
    }

    /// Whether its vault is protected, and its place in the bin.
    pub(super) fn deleted_secret(&mut self, of: usize, secret: usize) -> Answer<(bool, &mut Option<MBin>)> {
        let (folded, key) = (VAULTS[of].to_ascii_lowercase(), SECRETS[secret].to_ascii_lowercase());
        self.model.ask_vault_region(&folded, false)?;
        let of = self.model.live(&folded)?;
        let is_protected = of.is_protected;
        let bin = of.secrets.get_mut(&key).map(|(_, bin)| bin).filter(|bin| bin.is_some()).ok_or(SECRET_NOT_FOUND)?;
        Ok((is_protected, bin))
    }

    /// One of the versions there are; none, and so the newest, for the first number.
    pub(super) fn version(&self, of: usize, secret: usize, number: usize) -> Option<VersionId> {
        let of = self.model.vaults.get(&VAULTS[of].to_ascii_lowercase())?;
        let (secret, _) = of.secrets.get(&SECRETS[secret].to_ascii_lowercase())?;
        let index = number.checked_sub(1)?;
        Some(secret.versions[index % secret.versions.len()].id)
    }
}
