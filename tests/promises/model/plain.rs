//! The plain model: lists, the promises, and no part of the domain.

use std::collections::BTreeMap;

use tresor::domain::VersionId;

use super::steps::{FAILBACK_MS, FAILOVER_MS, REGIONS};

/// How a request ends, in the service's own codes.
pub(super) type Answer<T> = Result<T, (u16, &'static str)>;

pub(super) const VAULT_NOT_FOUND: (u16, &str) = (404, "ResourceNotFound");
pub(super) const SECRET_NOT_FOUND: (u16, &str) = (404, "SecretNotFound");
pub(super) const SECRET_HELD: (u16, &str) = (409, "ObjectIsDeletedButRecoverable");
pub(super) const NO_RIGHT_TO_VAULTS: (u16, &str) = (403, "AuthorizationFailed");
pub(super) const NO_RIGHT_TO_SECRETS: (u16, &str) = (403, "AccessDenied");

#[derive(Clone, Debug, PartialEq)]
pub(super) struct MVersion {
    pub(super) id: VersionId,
    pub(super) text: String,
    pub(super) is_enabled: bool,
    pub(super) updated: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct MSecret {
    pub(super) spelling: String,
    pub(super) versions: Vec<MVersion>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct MBin {
    pub(super) since: i64,
    pub(super) until: i64,
    pub(super) by: String,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct MVault {
    pub(super) region: usize,
    pub(super) days: i64,
    pub(super) is_protected: bool,
    pub(super) secrets: BTreeMap<String, (MSecret, Option<MBin>)>,
    pub(super) bin: Option<MBin>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct MOutage {
    pub(super) began: i64,
    pub(super) returned: Option<i64>,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Serves {
    All,
    Reads,
    Nothing,
}

#[derive(Default)]
pub(super) struct Model {
    pub(super) now: i64,
    pub(super) vaults: BTreeMap<String, MVault>,
    pub(super) is_undeletable: bool,
    pub(super) outages: BTreeMap<usize, MOutage>,
    pub(super) backups: Vec<(MSecret, &'static str)>,
}

pub(super) fn pair_of(region: usize) -> Option<usize> {
    match REGIONS[region] {
        "westeurope" => Some(1),
        "northeurope" => Some(0),
        // Its pair, West US, is never lost here.
        "eastus" => Some(99),
        _ => None,
    }
}

pub(super) fn geography_of(region: usize) -> &'static str {
    match REGIONS[region] {
        "westeurope" | "northeurope" => "Europe",
        "polandcentral" => "Poland",
        _ => "United States",
    }
}

impl Model {
    pub(super) fn is_gone(&self, region: usize) -> bool {
        self.outages.get(&region).is_some_and(|outage| outage.returned.is_none())
    }

    pub(super) fn serves(&self, region: usize) -> Serves {
        let Some(outage) = self.outages.get(&region) else { return Serves::All };
        let stands_in = pair_of(region).is_some_and(|pair| !self.is_gone(pair));
        match outage.returned {
            None if !stands_in || self.now < outage.began + FAILOVER_MS / 4 => Serves::Nothing,
            Some(at) if !stands_in || at < outage.began + FAILOVER_MS || at + FAILBACK_MS <= self.now => Serves::All,
            None | Some(_) => Serves::Reads,
        }
    }

    /// Whether the region takes a request.
    pub(super) fn ask_region(&self, region: usize, is_read: bool) -> Answer<()> {
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
    pub(super) fn purge_due(&mut self) {
        let now = self.now;
        let writable: Vec<bool> = (0..REGIONS.len()).map(|region| self.serves(region) == Serves::All).collect();
        let is_due = |bin: &Option<MBin>| bin.as_ref().is_some_and(|bin| bin.until <= now);
        self.vaults.retain(|_, vault| !(writable[vault.region] && is_due(&vault.bin)));
        for vault in self.vaults.values_mut().filter(|vault| writable[vault.region]) {
            vault.secrets.retain(|_, (_, bin)| !is_due(bin));
        }
    }

    pub(super) fn ask_vault_region(&self, vault: &str, is_read: bool) -> Answer<()> {
        self.vaults.get(vault).map_or(Ok(()), |vault| self.ask_region(vault.region, is_read))
    }

    pub(super) fn live(&mut self, vault: &str) -> Answer<&mut MVault> {
        self.vaults.get_mut(vault).filter(|vault| vault.bin.is_none()).ok_or(VAULT_NOT_FOUND)
    }

    pub(super) fn secret(&mut self, vault: &str, secret: &str) -> Answer<&mut MSecret> {
        let found = self.live(vault)?.secrets.get_mut(secret);
        found.filter(|(_, bin)| bin.is_none()).map(|(secret, _)| secret).ok_or(SECRET_NOT_FOUND)
    }

    pub(super) fn is_free(&mut self, vault: &str, secret: &str) -> Answer<()> {
        match self.live(vault)?.secrets.get(secret) {
            Some((_, Some(_))) => Err(SECRET_HELD),
            _ => Ok(()),
        }
    }

    pub(super) fn set(&mut self, vault: &str, spelling: &str, id: VersionId, text: &str, is_enabled: bool) {
        let updated = self.now;
        let version = MVersion { id, text: text.to_owned(), is_enabled, updated };
        let secrets = &mut self.live(vault).unwrap().secrets;
        let fresh = || (MSecret { spelling: spelling.to_owned(), versions: Vec::new() }, None);
        secrets.entry(spelling.to_ascii_lowercase()).or_insert_with(fresh).0.versions.push(version);
    }
}
