//! T6, S14: a computer whose clock goes forward by up to fifty years, or back, and is right again.

use std::sync::{Arc, Mutex};

use tresor::crypto::KdfCost;
use tresor::domain::age::{BootId, BootTime, Reading};
use tresor::domain::secret::SecretDraft;
use tresor::domain::vault::VaultDraft;
use tresor::domain::{
    Caller, ObjectName, PurgeProtection, RegionName, RetentionDays, SecretValue, Sku, Timestamp, VaultName,
    properties::Tags,
};
use tresor::service::{Machine, NewSecret, Purpose, Service, TimeSource};
use tresor::store::Place;
use zeroize::Zeroizing;

use crate::world::{Tally, passphrase, quick_folder, times};

const START: Timestamp = Timestamp::from_secs(1_790_000_000);
const DAY_MS: u64 = 86_400_000;
const WRONG: [i64; 10] = [91, -365, 365, -30, 18_262, 8, -7, 2_900_000, 6, -24_000];

/// A computer whose clock and starts are played.
#[derive(Debug)]
struct Computer(Mutex<Reading>);

impl Machine for Computer {
    fn reading(&self) -> Reading {
        *self.0.lock().unwrap()
    }
}

impl Computer {
    fn pass_ms(&self, ms: u64) {
        let mut reading = self.0.lock().unwrap();
        reading.up.ms += ms;
        reading.clock = reading.clock.plus_ms(ms.cast_signed());
    }

    fn set(&self, clock: Timestamp, restarts: bool) {
        let mut reading = self.0.lock().unwrap();
        reading.clock = clock;
        if restarts {
            reading.up = BootTime { boot: BootId([reading.up.boot.0[0].wrapping_add(1); 16]), ms: 20_000 };
        }
    }
}

fn name(text: &str) -> ObjectName {
    ObjectName::parse(text).unwrap()
}

fn set(service: &mut Service, vault: &VaultName, secret: &str, text: &str) {
    let value = SecretValue::parse(Zeroizing::new(text.to_owned())).unwrap();
    let new = NewSecret { name: name(secret), value, draft: SecretDraft::default() };
    service.set_secret(&Caller::developer(), vault, new).unwrap();
}

#[test]
fn a_clock_that_goes_forward_and_back_destroys_nothing_and_leaves_nothing_broken() {
    // T6, S14, S15
    let mut tally = Tally::of("clock forward and back");
    for round in 0..times(40) {
        let home = quick_folder();
        let up = BootTime { boot: BootId([1; 16]), ms: 3_600_000 };
        let computer = Arc::new(Computer(Mutex::new(Reading { up, clock: START })));
        let machine: Arc<dyn Machine> = computer.clone();
        let time = TimeSource::Played(machine);
        let place = Place::Folder(home.path().join("store"));
        let mut service = Service::create(&place, &passphrase(), KdfCost::LEAST, Purpose::Real, time.clone()).unwrap();
        let vault = VaultName::parse("prod").unwrap();
        let draft = VaultDraft {
            name: vault.clone(),
            location: RegionName::parse("westeurope").unwrap(),
            sku: Sku::Standard,
            retention: RetentionDays::parse(7).unwrap(),
            purge_protection: Some(PurgeProtection::On),
            tags: Tags::default(),
            access: tresor::domain::AccessModel::Policies,
        };
        service.create_vault(&Caller::security_officer(), draft).unwrap();
        set(&mut service, &vault, "kept", "first");
        set(&mut service, &vault, "gone", "deleted");
        service.delete_secret(&Caller::developer(), &vault, &name("gone")).unwrap();
        let (restarts, is_open) = (round % 2 == 1, round % 4 < 2);
        let wrong = START.plus_days(WRONG[usize::try_from(round).unwrap() % WRONG.len()]);
        let when = format!("{wrong:?}, restarted {restarts}, open {is_open}");
        let folder = home.path().join("store");
        let mut held = Some(service);
        let open = |held: &mut Option<Service>| {
            let open = held.take().filter(|_| is_open);
            open.unwrap_or_else(|| Service::open(&folder, &passphrase(), time.clone()).unwrap())
        };
        computer.set(wrong, restarts);
        let mut service = open(&mut held);
        tally.made(1);
        service.tick().unwrap();
        let by = Caller::developer();
        let bin = |service: &mut Service| service.list_deleted_secrets(&by, &vault).unwrap();
        if bin(&mut service).len() != 1 {
            tally.lose(1, format!("{when}: what was deleted is gone"));
        }
        let held_back = service.view().held_back();
        tally.said((held_back == 1) == (START.plus_days(7) <= wrong), format!("{when}: {held_back} held back"));
        set(&mut service, &vault, "kept", "second");
        tally.acknowledged(6);
        held = Some(service);
        computer.set(START, restarts);
        let mut service = open(&mut held);
        set(&mut service, &vault, "later", "third");
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
        let later = service.get_secret(&by, &vault, &name("later"), None).unwrap().0;
        tally.said(later.current().created == START, format!("{when}: made at {:?}", later.current().created));
        let purged_at = bin(&mut service).first().map(|item| item.deletion.scheduled_purge);
        tally.said(purged_at == Some(START.plus_days(7)), format!("{when}: purged at {purged_at:?}"));
        let check = service.check().unwrap();
        tally.said(check.files.iter().all(|file| file.found.is_ok()), format!("{when}: {:?}", check.files));
        // Time passes, and what is due goes on its day, not a moment sooner.
        computer.pass_ms(7 * DAY_MS - 1);
        service.tick().unwrap();
        tally.said(bin(&mut service).len() == 1, format!("{when}: purged early"));
        computer.pass_ms(1);
        service.tick().unwrap();
        tally.said(bin(&mut service).is_empty(), format!("{when}: purged late"));
        tally.said(service.view().held_back() == 0, format!("{when}: nothing is held back"));
    }
    tally.finish();
}
