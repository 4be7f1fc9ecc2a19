//! Time: real, moved and gone back.

use std::path::PathBuf;
use std::sync::Arc;

use tresor::domain::activity::ActivityDays;
use tresor::domain::key::KeyDraft;
use tresor::domain::properties::Validity;
use tresor::domain::rotation::{Period, RotationPolicy, Trigger};
use tresor::domain::{
    Algorithm, Curve, KeyKind, KeyProtection, Operation, Refusal, Target, Timestamp, VaultName, activity::Outcome,
};
use tresor::service::{Expect, KeyRequest, Purpose, Service};

use crate::desk::*;

#[test]
fn a_real_store_cannot_be_aged() {
    let mut desk = Desk::on_disk().with_vault(draft("prod"));
    desk.set("prod", "token", "value");
    desk.delete("prod", "token").unwrap();
    for by in [developer(), officer()] {
        assert_eq!(refusal(desk.service.advance_clock(&by, START.plus_days(100))), Refusal::TimeIsReal);
        assert_eq!(refusal(desk.service.reset_clock(&by)), Refusal::TimeIsReal);
        for operation in [Operation::ClockAdvance, Operation::ClockReset] {
            assert_eq!(desk.service.may(&by, operation, &Target::Subscription), Err(Refusal::TimeIsReal));
            assert_eq!(desk.service.view().may(&by, operation, &Target::Subscription), Err(Refusal::TimeIsReal));
        }
    }
    assert_eq!(desk.service.now(), START);
    assert_eq!(desk.bin("prod").len(), 1);
}

#[test]
fn a_simulation_moves_forward_purges_exactly_what_it_listed_and_returns() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = Desk::of(Purpose::Simulation, Some(folder)).with_vault(keeping_days(30, protected("prod")));
    for number in 0..3 {
        desk.set("prod", &format!("token-{number}"), "value");
        desk.delete("prod", &format!("token-{number}")).unwrap();
        desk.pass_days(10);
    }
    let to = desk.service.now().plus_days(15);
    let listed: Vec<_> = desk.service.world().schedule().into_iter().filter(|due| due.at <= to).collect();
    assert_eq!(listed.len(), 1 + 1, "the first is due in 0 days, the second in 10");
    desk.service.advance_clock(&developer(), to).unwrap();
    let mut desk = desk.reopened();
    assert_eq!(desk.service.now(), to);
    assert!(desk.service.view().clock.is_moved());
    assert_eq!(desk.bin("prod").len(), 1);
    desk.service.advance_clock(&developer(), START).unwrap();
    assert_eq!(desk.service.now(), to, "never back");
    desk.service.reset_clock(&developer()).unwrap();
    let mut desk = desk.reopened();
    assert_eq!(desk.service.now(), START.plus_days(30));
    assert!(!desk.service.view().clock.is_moved());
    assert_eq!(desk.bin("prod").len(), 1, "what is purged stays purged");
}

#[test]
fn the_end_of_time_does_no_harm() {
    let mut desk = Desk::of(Purpose::Simulation, None).with_vault(draft("prod"));
    desk.set("prod", "token", "value");
    for _ in 0..3 {
        let beyond = Timestamp::from_ms(i64::MAX);
        assert_eq!(refusal(desk.service.advance_clock(&developer(), beyond)), Refusal::DateOutOfRange);
        desk.service.advance_clock(&developer(), Timestamp::LATEST).unwrap();
        desk.delete("prod", "token").or_else(|_| desk.recover("prod", "token")).ok();
        desk.service.tick().unwrap();
        assert_eq!(desk.service.now(), Timestamp::LATEST);
    }
    desk.service.reset_clock(&developer()).unwrap();
    assert_eq!(desk.service.now(), START);
}

#[test]
fn a_purge_that_fell_due_while_the_store_was_closed_is_done_when_it_opens() {
    // S14
    let mut desk = Desk::on_disk().with_vault(keeping_days(7, draft("prod")));
    desk.set("prod", "token", "value");
    desk.delete("prod", "token").unwrap();
    desk.pass_days(300);
    let desk = desk.reopened();
    assert!(desk.service.world().schedule().is_empty());
    let purged = desk.service.view().activity.last().cloned().unwrap();
    assert_eq!((purged.operation, purged.caller.as_str()), (Operation::SecretPurge, "Key Vault"));
}

const P256: KeyKind = KeyKind::Ec(Curve::P256, KeyProtection::Software);
const DAY_MS: u64 = 86_400_000;
/// What was asked while it was made, once or a few times each, and not afterwards.
const MAKING: [Operation; 5] =
    [Operation::VaultPut, Operation::KeyCreate, Operation::SecretDelete, Operation::KeyDelete, Operation::VaultDelete];

/// A real store with something of everything that is kept for its time: a protected vault with a deleted secret and a deleted key,
/// a deleted vault, a key that rotates and one that expires, and activity.
fn kept(computer: &Arc<Computer>) -> Desk {
    let mut desk = Desk::at(computer).with_vault(protected("prod")).with_vault(keeping_days(7, draft("gone")));
    desk.service.keep_activity(&officer(), ActivityDays::parse(7).unwrap()).unwrap();
    for secret in ["token", "live"] {
        desk.set("prod", secret, "value");
    }
    let validity = Validity::parse(None, Some(START.plus_days(180))).unwrap();
    for (key, draft) in [
        ("old", KeyDraft::default()),
        ("turning", KeyDraft::default()),
        ("signing", KeyDraft { validity, ..KeyDraft::default() }),
    ] {
        desk.make_key_with("prod", key, P256, draft).unwrap();
    }
    let rotate = Some(Trigger::AfterCreate(Period::parse("P30D").unwrap()));
    let policy = RotationPolicy { rotate, ..RotationPolicy::default() };
    desk.service.set_rotation_policy(&developer(), &prod(), &name("turning"), policy).unwrap();
    desk.delete("prod", "token").unwrap();
    desk.service.delete_key(&developer(), &prod(), &name("old")).unwrap();
    desk.service.delete_vault(&developer(), &vault("gone")).unwrap();
    desk.service.tick().unwrap();
    desk
}

fn prod() -> VaultName {
    vault("prod")
}

/// What is there of it, and how much of the activity of its making.
fn inventory(service: &mut Service) -> (Vec<String>, usize) {
    let by = developer();
    let mut all = Vec::new();
    let secrets = service.list_deleted_secrets(&by, &prod()).unwrap();
    all.extend(secrets.iter().map(|deleted| format!("deleted secret {}", deleted.item.name())));
    let keys = service.list_deleted_keys(&by, &prod()).unwrap();
    all.extend(keys.iter().map(|deleted| format!("deleted key {}", deleted.item.name())));
    let vaults = service.list_deleted_vaults(&by).unwrap();
    all.extend(vaults.iter().map(|deleted| format!("deleted vault {}", deleted.item.name())));
    let vault = service.world().vault(&prod()).unwrap();
    all.extend(vault.secrets.live().map(|secret| format!("secret {}", secret.name())));
    all.extend(vault.keys.live().map(|key| format!("key {}, {} versions", key.name(), key.versions().len())));
    let history = service.history();
    let made = history.oldest_first().filter(|asked| MAKING.contains(&asked.record.operation)).count();
    (all, made)
}

fn sign(service: &mut Service, key: &str) -> Result<(), Refusal> {
    let answer = service.use_key(&developer(), &prod(), &name(key), None, KeyRequest::Sign(Algorithm::Es256, &[7; 32]));
    answer.map(drop).map_err(|error| refusal::<()>(Err(error)))
}

fn reopen(desk: Desk) -> Desk {
    desk.reopened()
}

/// What a clock may show that is wrong: 91 days, a year and fifty years ahead, a year behind, 1960, and the year 9999.
fn wrong_clocks() -> [Timestamp; 6] {
    let at = |text| Timestamp::parse(text).unwrap();
    [
        START.plus_days(91),
        START.plus_days(365),
        START.plus_days(18_262),
        START.plus_days(-365),
        Timestamp::from_secs(-302_000_000),
        at("9999-06-01"),
    ]
}

#[test]
fn a_wrong_clock_destroys_nothing_and_one_that_is_right_again_leaves_nothing_broken() {
    // T6, S10, S14
    for restarts in [false, true] {
        let computer = Computer::new();
        let mut desk = kept(&computer);
        let before = inventory(&mut desk.service);
        assert_eq!((before.0.len(), before.1), (6, 8), "{before:?}");
        for wrong in wrong_clocks() {
            let set = |clock| if restarts { computer.restart(clock) } else { computer.set(clock) };
            set(wrong);
            let when = format!("{wrong:?}, restarted: {restarts}");
            desk.service.tick().unwrap();
            desk.get("prod", "live").unwrap();
            assert_eq!(inventory(&mut desk.service), before, "{when}, open");
            desk = reopen(desk);
            assert_eq!(inventory(&mut desk.service), before, "{when}, opened");
            let held_back = desk.service.view().held_back();
            assert_eq!(held_back > 0, START < wrong, "{when}: {held_back} are held back");
            desk.set("prod", "live", "newer");
            set(START);
            desk = reopen(desk);
            assert_eq!(inventory(&mut desk.service), before, "{when}, right again");
            assert_eq!((desk.service.now(), desk.service.view().held_back()), (START, 0), "{when}");
            let made = desk.set("prod", "live", "newest");
            let live = desk.service.world().vault(&prod()).unwrap().secret(&name("live")).unwrap().clone();
            assert_eq!((live.current().id, live.current().created), (made, START), "{when}: the right time at once");
            sign(&mut desk.service, "signing").unwrap();
        }
        desk.recover("prod", "token").unwrap();
        desk.service.recover_vault(&developer(), &vault("gone")).unwrap();
    }
}

#[test]
fn what_is_held_back_can_be_recovered_and_what_has_really_passed_is_purged_on_its_day() {
    // T6, S14
    let computer = Computer::new();
    let mut desk = kept(&computer);
    computer.set(START.plus_days(91));
    assert_eq!(desk.bin("prod").len(), 1, "it is listed");
    desk.service.get_deleted_secret(&developer(), &prod(), &name("token")).unwrap();
    assert_eq!(
        desk.service.may(&developer(), Operation::SecretRecover, &Target::Object(prod(), name("token"))),
        Ok(())
    );
    assert!(desk.service.next_tick_ms().unwrap() > 0, "it is not asked again and again");
    desk.recover("prod", "token").unwrap();
    computer.set(START);
    desk.delete("prod", "token").unwrap();
    computer.pass_ms(7 * DAY_MS - 1);
    desk = reopen(desk);
    assert!(desk.service.world().vaults.get_deleted(&vault("gone")).is_some());
    computer.pass_ms(1);
    assert!(desk.service.tick().unwrap());
    assert!(desk.service.world().vaults.get_deleted(&vault("gone")).is_none(), "a vault after its 7 days");
    computer.pass_days(23);
    desk.service.tick().unwrap();
    let turning =
        |desk: &Desk| desk.service.world().vault(&prod()).unwrap().key(&name("turning")).unwrap().versions().len();
    assert_eq!(turning(&desk), 2, "a key after its 30 days");
    computer.pass_days(60);
    desk = reopen(desk);
    assert!(desk.bin("prod").is_empty(), "a secret after its 90 days");
    assert_eq!(turning(&desk), 3, "and once more, now that somebody looks");
    let (_, made) = inventory(&mut desk.service);
    assert_eq!(made, 0, "and the activity that was kept for 7 days");
}

#[test]
fn a_computer_that_is_off_most_of_the_time_purges_late_and_says_so() {
    // T6
    let computer = Computer::new();
    let mut desk = kept(&computer);
    for days in 1..=8 {
        computer.pass_ms(2 * 3_600_000);
        desk.set("prod", "live", "value");
        computer.restart(START.plus_days(days));
        desk = reopen(desk);
    }
    desk.service.tick().unwrap();
    assert_eq!(desk.service.view().held_back(), 1, "the vault's 7 days are over by the clock");
    assert!(desk.service.notices().iter().any(|said| said.contains("One item past its scheduled date is retained")));
    computer.pass_ms(20 * 3_600_000);
    desk.service.tick().unwrap();
    assert_eq!(desk.service.view().held_back(), 0);
    assert!(desk.service.world().vaults.get_deleted(&vault("gone")).is_none(), "what was allowed counts after a day");
}

#[test]
fn fifteen_starts_with_six_days_more_each_do_not_purge_what_is_kept_for_ninety() {
    // T6
    let computer = Computer::new();
    let mut desk = kept(&computer);
    for start in 1..=15 {
        computer.restart(START.plus_days(6 * start));
        desk.set("prod", "live", "value");
        desk = reopen(desk);
    }
    computer.pass_ms(DAY_MS);
    desk.service.tick().unwrap();
    assert_eq!(desk.bin("prod").len(), 1);
    let age = desk.service.view().clock.ledger().unwrap().age().ms();
    assert_eq!(age, 8 * DAY_MS, "seven days of the clock's ninety, and the day that was measured");
    assert!(desk.service.world().vaults.get_deleted(&vault("gone")).is_none(), "and what was kept for a week went");
}

#[test]
fn who_confirms_the_clock_has_a_day_to_find_out_that_it_was_wrong() {
    // T6
    for is_wrong in [false, true] {
        let computer = Computer::new();
        let mut desk = kept(&computer);
        let refused = refusal(desk.service.confirm_clock(&officer()));
        assert_eq!(refused, Refusal::NothingWithheld);
        computer.set(START.plus_days(91));
        desk = reopen(desk);
        assert_eq!(code(desk.service.confirm_clock(&developer())), (403, "AuthorizationFailed", None));
        assert!(desk.service.may(&officer(), Operation::ClockConfirm, &Target::Subscription).is_ok());
        assert!(desk.service.view().may(&developer(), Operation::ClockConfirm, &Target::Subscription).is_err());
        desk.service.confirm_clock(&officer()).unwrap();
        let record = desk.service.view().activity.last().cloned().unwrap();
        assert_eq!((record.operation, record.caller.as_str()), (Operation::ClockConfirm, "Security officer"));
        assert_eq!(record.outcome, Outcome::Done);
        computer.pass_ms(DAY_MS - 1);
        desk = reopen(desk);
        assert_eq!(desk.bin("prod").len(), 1, "not yet");
        if is_wrong {
            computer.set(START.plus_days(1));
            desk = reopen(desk);
        }
        computer.pass_ms(DAY_MS);
        desk = reopen(desk);
        assert_eq!(desk.bin("prod").len(), usize::from(is_wrong), "wrong: {is_wrong}");
        assert_eq!(desk.service.view().held_back(), 0, "wrong: {is_wrong}");
    }
}

#[test]
fn commands_that_read_little_destroy_nothing_either_and_stay_quick() {
    // T6
    let computer = Computer::new();
    let mut desk = kept(&computer);
    let before = inventory(&mut desk.service);
    computer.set(START.plus_days(91));
    let Desk { mut service, time, folder } = desk;
    service.tick().unwrap();
    drop(service);
    let path: PathBuf = folder.as_ref().unwrap().path().join("store");
    for round in 0..3 {
        let mut service = Service::open_lean(&path, &passphrase(), Expect::Reads, time.clone()).unwrap();
        service.get_secret(&developer(), &prod(), &name("live"), None).unwrap();
        let read = service.world().vaults.live().next().unwrap().secrets.live_count();
        assert_eq!((read, service.world().vaults.deleted_count()), (1, 0), "round {round}: no more than that was read");
        assert!(service.notices().iter().any(|said| said.contains("tresor clock confirm")), "round {round}");
        service.tick().unwrap();
    }
    computer.set(START);
    let mut service = Service::open(&path, &passphrase(), time).unwrap();
    assert_eq!(inventory(&mut service), before);
}

#[test]
fn the_time_goes_on_at_another_computer() {
    // T6
    let (here, there) = (Computer::new(), Computer::new());
    there.restart(START.plus_days(3));
    let desk = kept(&here);
    let Desk { service, time, folder } = desk;
    drop(service);
    let path = folder.as_ref().unwrap().path().join("store");
    for _ in 0..4 {
        for computer in [&there, &here] {
            let machine: Arc<dyn tresor::service::Machine> = computer.clone();
            let mut service =
                Service::open(&path, &passphrase(), tresor::service::TimeSource::Played(machine)).unwrap();
            computer.pass_ms(DAY_MS / 2);
            service.set_secret(&developer(), &prod(), new("live", "value")).unwrap();
        }
    }
    let service = Service::open(&path, &passphrase(), time).unwrap();
    let age = service.view().clock.ledger().unwrap().age().ms();
    assert!((4 * DAY_MS..=4 * DAY_MS + 11 * DAY_MS).contains(&age), "{} days", age / DAY_MS);
}
