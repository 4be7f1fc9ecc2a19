//! A4–A6: both replicas of a region lost. The pair serves read-only what was shipped, what was not shipped is said, and the
//! region is written anew from the pair.

use std::fs;

use tresor::crypto::KdfCost;
use tresor::domain::region::RegionState;
use tresor::domain::secret::SecretDraft;
use tresor::domain::vault::VaultDraft;
use tresor::domain::{
    Caller, ObjectName, Refusal, RegionName, RetentionDays, SecretValue, Sku, Timestamp, VaultName, properties::Tags,
};
use tresor::service::{NewSecret, Purpose, Service, ServiceError, TimeSource};
use tresor::store::{FileName, Place};
use zeroize::Zeroizing;

use crate::world::{
    Ledger, Tally, create, from_pair, open, passphrase, path_of, quick_folder, report, times, up_to, west,
};

#[test]
fn a_region_that_is_lost_is_served_from_its_pair_and_written_anew_from_there() {
    // A4, A5, A6
    let mut tally = Tally::of("both replicas lost, the pair whole");
    for round in 0..times(200) {
        let is_open = round % 2 == 0;
        let has_mark = round % 4 < 2;
        let home = quick_folder();
        let mut ledger = Ledger::default();
        let mut store = create(home.path());
        ledger.set_many(&mut store, 10 + up_to(30));
        store.finish_upkeep();
        let shipped = ledger.clone();
        store.play_cut(&west(), true);
        ledger.set_many(&mut store, up_to(9));
        let unshipped = ledger.len() - shipped.len();
        tally.acknowledged(ledger.len());
        if !is_open {
            drop(store);
            store = open(home.path());
        }
        let when = format!("open {is_open}, mark {has_mark}, {unshipped} not shipped");
        if has_mark {
            for name in [FileName::A, FileName::B] {
                fs::remove_file(path_of(home.path(), name)).unwrap();
            }
        } else {
            fs::remove_dir_all(home.path().join("westeurope")).unwrap();
        }
        if !is_open {
            drop(store);
            store = open(home.path());
        }
        tally.made(1);
        store.upkeep();
        tally.said(store.serves(&west()).is_err(), format!("{when}: nothing is there, and it serves"));
        tally.said(ledger.clone().set(&mut store).is_err(), format!("{when}: a lost region takes changes"));
        let told = report(&store);
        let reached = store.shipped(&west()).unwrap().0;
        tally.said(reached == shipped.len(), format!("{when}: the pair is said to have {reached}"));
        if is_open || has_mark {
            // Otherwise nothing on this computer knows of them.
            let missing = told.revision.0.saturating_sub(reached);
            tally.said(missing == unshipped, format!("{when}: {missing} are said to be missing"));
            tally.count("changes that were not shipped, and said so", missing);
        }
        from_pair(&mut store, |store| tally.compare(store, &shipped, &format!("{when}, in the pair")));
        store.play_cut(&west(), false);
        store.finish_upkeep();
        tally.said(store.serves(&west()).is_err(), format!("{when}: back without anybody asking"));
        if let Err(error) = store.rebuild(&west()) {
            tally.lose(shipped.len(), format!("{when}: {error}"));
            continue;
        }
        tally.count("regions written anew", 1);
        tally.compare(&store, &shipped, &format!("{when}, rebuilt"));
        let mut after = shipped;
        after.set_many(&mut store, 3);
        tally.whole(&mut store, &when);
        drop(store);
        tally.compare(&open(home.path()), &after, &format!("{when}, opened again"));
    }
    tally.finish();
}

#[test]
fn a_lost_folder_that_comes_back_as_it_was_misses_nothing() {
    // A6
    let mut tally = Tally::of("the region's folder lost, then back as it was");
    for round in 0..times(100) {
        let is_open = round % 2 == 0;
        let home = quick_folder();
        let mut ledger = Ledger::default();
        let mut store = create(home.path());
        ledger.set_many(&mut store, 10);
        store.finish_upkeep();
        store.play_cut(&west(), true);
        ledger.set_many(&mut store, up_to(9));
        let held = is_open.then_some(store);
        let (folder, away) = (home.path().join("westeurope"), home.path().join("away"));
        fs::rename(&folder, &away).unwrap();
        let mut store = held.unwrap_or_else(|| open(home.path()));
        store.upkeep();
        tally.made(1);
        let when = format!("open {is_open}");
        tally.said(store.serves(&west()).is_err(), format!("{when}: nothing is there, and it serves"));
        store.finish_upkeep();
        fs::rename(&away, &folder).unwrap();
        store.play_cut(&west(), false);
        store.finish_upkeep();
        tally.compare(&store, &ledger, &when);
        ledger.set_many(&mut store, 2);
        tally.whole(&mut store, &when);
        tally.acknowledged(ledger.len());
        from_pair(&mut store, |store| tally.compare(store, &ledger, &format!("{when}, in the pair")));
    }
    tally.finish();
}

const START: Timestamp = Timestamp::from_secs(1_790_000_000);

fn region() -> RegionName {
    RegionName::parse("westeurope").unwrap()
}

fn vault() -> VaultName {
    VaultName::parse("prod").unwrap()
}

fn secret(number: u64) -> NewSecret {
    let value = SecretValue::parse(Zeroizing::new(format!("value {number}"))).unwrap();
    NewSecret { name: ObjectName::parse(&format!("secret-{number}")).unwrap(), value, draft: SecretDraft::default() }
}

fn get(service: &mut Service, number: u64) -> Result<String, ServiceError> {
    let (_, value) = service.get_secret(&Caller::developer(), &vault(), &secret(number).name, None)?;
    Ok(value.expose().to_owned())
}

#[test]
fn a_service_fails_over_by_itself_says_what_is_missing_and_takes_writes_only_when_rebuilt() {
    // A4, A5, A6
    let mut tally = Tally::of("both replicas lost under a running service");
    for round in 0..times(40) {
        let home = quick_folder();
        let folder = home.path().join("store");
        let time = TimeSource::held_at(START);
        let place = Place::Folder(folder.clone());
        let mut service = Service::create(&place, &passphrase(), KdfCost::LEAST, Purpose::Real, time.clone()).unwrap();
        let by = Caller::security_officer();
        let draft = VaultDraft {
            name: vault(),
            location: region(),
            sku: Sku::Standard,
            retention: RetentionDays::default(),
            purge_protection: None,
            tags: Tags::default(),
            access: tresor::domain::AccessModel::Policies,
        };
        service.create_vault(&by, draft).unwrap();
        for number in 0..10 {
            service.set_secret(&Caller::developer(), &vault(), secret(number)).unwrap();
        }
        service.finish();
        let missing = up_to(3);
        let link = tresor::domain::replica::Part::Link;
        service.begin_part_outage(&by, region(), link).unwrap();
        for number in 10..10 + missing {
            service.set_secret(&Caller::developer(), &vault(), secret(number)).unwrap();
        }
        tally.acknowledged(11 + missing);
        let is_open = round % 2 == 0;
        let held = is_open.then_some(service);
        fs::remove_dir_all(folder.join("westeurope")).unwrap();
        let mut service = held.unwrap_or_else(|| Service::open(&folder, &passphrase(), time.clone()).unwrap());
        tally.made(1);
        service.tick().unwrap();
        let when = format!("open {is_open}, {missing} missing");
        let refused = service.set_secret(&Caller::developer(), &vault(), secret(99)).err();
        let is_out = matches!(refused, Some(ServiceError::Refused(Refusal::RegionUnavailable { .. })));
        // A vault that nobody could read when the store was opened is not known yet.
        let is_unknown = matches!(refused, Some(ServiceError::Refused(Refusal::NotFound { .. })));
        tally.said(is_out || (!is_open && is_unknown), format!("{when}: {refused:?}"));
        time.hold_at(START.plus_secs(120));
        service.tick().unwrap();
        let state = service.world().region_state(region(), service.now());
        tally.said(matches!(state, RegionState::ReadOnly { .. }), format!("{when}: {state:?}"));
        for number in 0..10 {
            let found = get(&mut service, number);
            if found.as_ref().ok() != Some(&format!("value {number}")) {
                tally.lose(1, format!("{when}: {:?}", found.err()));
            }
        }
        for number in 10..10 + missing {
            tally.said(get(&mut service, number).is_err(), format!("{when}: it was not shipped"));
        }
        let refused = service.set_secret(&Caller::developer(), &vault(), secret(99)).err();
        let is_read_only = matches!(refused, Some(ServiceError::Refused(Refusal::ReadOnly { .. })));
        tally.said(is_read_only, format!("{when}: {refused:?}"));
        let view = service.view();
        let kept = view.regions.iter().find(|kept| kept.region == region()).unwrap();
        if is_open {
            let told = kept.unreplicated.len() as u64;
            tally.said(told == missing, format!("{when}: {told} changes are told as missing"));
            let outage = service.world().outages.get(&region()).and_then(|outage| outage.reached).unwrap();
            tally.said(outage.region - outage.pair == missing, format!("{when}: {outage:?}"));
            tally.count("changes that were not shipped, each told by name", told);
        }
        service.end_part_outage(&by, region(), link).unwrap();
        service.end_outage(&by, region()).unwrap();
        time.hold_at(START.plus_secs(200));
        service.tick().unwrap();
        for number in 0..10 {
            let found = get(&mut service, number);
            if found.as_ref().ok() != Some(&format!("value {number}")) {
                tally.lose(1, format!("{when}, rebuilt: {:?}", found.err()));
            }
        }
        let written = service.set_secret(&Caller::developer(), &vault(), secret(99));
        tally.said(written.is_ok(), format!("{when}, rebuilt: {:?}", written.err()));
        service.finish();
        let check = service.check().unwrap();
        tally.said(check.files.iter().all(|file| file.found.is_ok()), format!("{when}: {:?}", check.files));
        tally.count("regions written anew", 1);
        drop(service);
        let mut service = Service::open(&folder, &passphrase(), time.clone()).unwrap();
        if get(&mut service, 99).ok().as_deref() != Some("value 99") {
            tally.lose(1, format!("{when}: what was set after the return is gone"));
        }
    }
    tally.finish();
}
