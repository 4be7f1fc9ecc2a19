//! Time: real, moved and gone back.

use tresor::domain::{Operation, Refusal, Target};
use tresor::service::Purpose;

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
        let beyond = tresor::domain::Timestamp::from_ms(i64::MAX);
        assert_eq!(refusal(desk.service.advance_clock(&developer(), beyond)), Refusal::DateOutOfRange);
        desk.service.advance_clock(&developer(), tresor::domain::Timestamp::LATEST).unwrap();
        desk.delete("prod", "token").or_else(|_| desk.recover("prod", "token")).ok();
        desk.service.tick().unwrap();
    }
    desk.service.reset_clock(&developer()).unwrap();
    assert_eq!(desk.service.now(), START);
}

#[test]
fn a_clock_that_jumped_back_purges_nothing_early_and_loses_nothing() {
    // T5
    let mut desk = Desk::on_disk().with_vault(keeping_days(7, draft("prod")));
    desk.set("prod", "token", "value");
    desk.delete("prod", "token").unwrap();
    desk.pass_days(3);
    let id = desk.set("prod", "later", "value");
    desk.time.hold_at(START.plus_days(-500));
    let mut desk = desk.reopened();
    assert_eq!(desk.service.now(), START.plus_days(3), "time stands");
    assert_eq!(desk.service.view().clock.stands_at(), Some(START.plus_days(3)), "and the window can say so");
    assert_eq!(desk.bin("prod").len(), 1);
    let second = desk.set("prod", "later", "newer");
    desk.delete("prod", "later").unwrap();
    assert_eq!(desk.bin("prod")[0].1, START.plus_days(10), "counted from the time that stands");
    desk.recover("prod", "later").unwrap();
    assert_eq!(desk.get_version("prod", "later", Some(id)).unwrap(), "value");
    assert_eq!(desk.get_version("prod", "later", Some(second)).unwrap(), "newer");
    desk.time.hold_at(START.plus_days(6));
    assert!(!desk.service.tick().unwrap());
    assert_eq!(desk.service.now(), START.plus_days(6), "time goes on once the clock is right again");
    desk.time.hold_at(START.plus_days(7));
    assert!(desk.service.tick().unwrap());
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
