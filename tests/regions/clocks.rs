//! T5, S14: a computer whose clock is set back by a year.

use tresor::crypto::KdfCost;
use tresor::domain::secret::SecretDraft;
use tresor::domain::vault::VaultDraft;
use tresor::domain::{
    Caller, ObjectName, RegionName, RetentionDays, SecretValue, Sku, Timestamp, VaultName, properties::Tags,
};
use tresor::service::{NewSecret, Purpose, Service, TimeSource};
use tresor::store::Place;
use zeroize::Zeroizing;

use crate::world::{Tally, passphrase, quick_folder, times};

const START: Timestamp = Timestamp::from_secs(1_790_000_000);

fn name(text: &str) -> ObjectName {
    ObjectName::parse(text).unwrap()
}

fn set(service: &mut Service, vault: &VaultName, secret: &str, text: &str) {
    let value = SecretValue::parse(Zeroizing::new(text.to_owned())).unwrap();
    let new = NewSecret { name: name(secret), value, draft: SecretDraft::default() };
    service.set_secret(&Caller::developer(), vault, new).unwrap();
}

#[test]
fn a_clock_set_back_by_a_year_purges_nothing_early_loses_nothing_and_is_said() {
    // T5, S14, S15
    let mut tally = Tally::of("clock set back by a year");
    for round in 0..times(40) {
        let home = quick_folder();
        let time = TimeSource::held_at(START);
        let place = Place::Folder(home.path().join("store"));
        let mut service = Service::create(&place, &passphrase(), KdfCost::LEAST, Purpose::Real, time.clone()).unwrap();
        let vault = VaultName::parse("prod").unwrap();
        let draft = VaultDraft {
            name: vault.clone(),
            location: RegionName::parse("westeurope").unwrap(),
            sku: Sku::Standard,
            retention: RetentionDays::parse(7).unwrap(),
            purge_protection: None,
            tags: Tags::default(),
            access: tresor::domain::AccessModel::Policies,
        };
        service.create_vault(&Caller::security_officer(), draft).unwrap();
        set(&mut service, &vault, "kept", "first");
        set(&mut service, &vault, "gone", "deleted");
        service.delete_secret(&Caller::developer(), &vault, &name("gone")).unwrap();
        let is_open = round % 2 == 0;
        let held = is_open.then_some(service);
        time.hold_at(START.plus_days(-365));
        let folder = home.path().join("store");
        let mut service = held.unwrap_or_else(|| Service::open(&folder, &passphrase(), time.clone()).unwrap());
        tally.made(1);
        let when = format!("open {is_open}");
        service.tick().unwrap();
        tally.said(service.view().clock.stands_at() == Some(START), format!("{when}: the clock goes back unsaid"));
        tally.said(service.now() == START, format!("{when}: time went back to {:?}", service.now()));
        set(&mut service, &vault, "kept", "second");
        set(&mut service, &vault, "later", "third");
        tally.acknowledged(7);
        service.finish();
        drop(service);
        let mut service = Service::open(&folder, &passphrase(), time.clone()).unwrap();
        let by = Caller::developer();
        for (secret, text) in [("kept", "second"), ("later", "third")] {
            let found = service.get_secret(&by, &vault, &name(secret), None);
            if found.as_ref().map(|(_, value)| value.expose().to_owned()).ok().as_deref() != Some(text) {
                tally.lose(1, format!("{when}: {secret} is {:?}", found.err()));
            }
        }
        let versions = service.get_secret(&by, &vault, &name("kept"), None).unwrap().0.versions().len();
        if versions != 2 {
            tally.double(1, format!("{when}: {versions} versions of 2"));
        }
        let bin = service.list_deleted_secrets(&by, &vault).unwrap();
        let purged_at = bin.first().map(|item| item.deletion.scheduled_purge);
        tally.said(purged_at == Some(START.plus_days(7)), format!("{when}: purged at {purged_at:?}"));
        let check = service.check().unwrap();
        tally.said(check.files.iter().all(|file| file.found.is_ok()), format!("{when}: {:?}", check.files));
        // The clock is right again, and what fell due meanwhile goes, not a moment sooner.
        time.hold_at(START.plus_days(7).plus_ms(-1));
        service.tick().unwrap();
        tally.said(service.list_deleted_secrets(&by, &vault).unwrap().len() == 1, format!("{when}: purged early"));
        time.hold_at(START.plus_days(7));
        service.tick().unwrap();
        tally.said(service.list_deleted_secrets(&by, &vault).unwrap().is_empty(), format!("{when}: purged late"));
        tally.said(service.view().clock.stands_at().is_none(), format!("{when}: the clock is right"));
    }
    tally.finish();
}
