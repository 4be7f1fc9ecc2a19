//! Compares everything that both hold.

use std::collections::BTreeMap;

use tresor::domain::properties::Enabled;
use tresor::domain::secret::SecretPatch;
use tresor::domain::soft_delete::SubscriptionProtection;
use tresor::domain::{Caller, PurgeProtection, VersionId};

use super::plain::*;
use super::play::Bench;
use super::steps::{FAILBACK_MS, REGIONS};
use crate::desk::*;

impl Bench {
    /// Both hold the same.
    pub(super) fn compare(&mut self) {
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
                (
                    place,
                    MOutage { began: outage.began.ms(), returned: outage.returned.map(tresor::domain::Timestamp::ms) },
                )
            })
            .collect();
        assert_eq!(outages, self.model.outages);
        assert_eq!(self.desk.service.now().ms(), self.model.now);
        let wait = self.desk.service.next_tick_ms();
        assert!(wait.is_none_or(|ms| 0 < ms), "nobody is woken for what is done already");
    }

    /// The store keeps a value for each version, and no other.
    pub(super) fn count_values(&mut self) {
        self.reopen();
        let kept = quick_folder();
        crate::trust::copy_folder(&self.desk.folder.as_ref().unwrap().path().join("store"), kept.path());
        let store = tresor::store::Store::open(kept.path(), &passphrase()).unwrap();
        let values: u64 = store.check().unwrap().partitions.iter().map(|part| part.values).sum();
        let secrets = self.model.vaults.values().flat_map(|vault| vault.secrets.values());
        assert_eq!(values, secrets.map(|(secret, _)| secret.versions.len() as u64).sum::<u64>());
    }

    /// Reads every value there is, deleted or disabled ones too, once everything is back.
    pub(super) fn compare_values(&mut self) {
        for (at, name) in REGIONS.iter().enumerate() {
            drop(self.desk.service.end_outage(&officer(), region(name)));
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
