//! Vaults: their properties, their bin and their names.

use tresor::domain::vault::{NOT_RECOVERED, VaultDraft, VaultPatch};
use tresor::domain::{NameProblem, PurgeProtection, Refusal, RetentionDays, VaultName};

use crate::desk::*;

#[test]
fn a_new_vault_keeps_deleted_things_for_90_days_and_lets_purge() {
    // S1, S7, S10
    let desk = Desk::in_memory().with_vault(draft("prod"));
    let head = &desk.service.world().vault(&vault("prod")).unwrap().head;
    assert_eq!((head.retention.get(), head.purge_protection), (90, PurgeProtection::Off));
    let level = head.recovery_level(desk.service.world().protection);
    assert_eq!(level.text(), "Recoverable+Purgeable");
}

#[test]
fn retention_never_changes_and_purge_protection_only_goes_on() {
    // S8, S10
    let mut desk = Desk::on_disk().with_vault(keeping_days(30, draft("prod")));
    let patch = |desk: &mut Desk, patch: VaultPatch| {
        desk.service.update_vault(&officer(), &vault("prod"), &patch).map_err(|error| match error {
            tresor::service::ServiceError::Refused(refusal) => refusal,
            other => panic!("{other}"),
        })
    };
    let retention = |days| VaultPatch { retention: RetentionDays::parse(days).ok(), ..VaultPatch::default() };
    let protection = |value| VaultPatch { purge_protection: Some(value), ..VaultPatch::default() };
    assert_eq!(patch(&mut desk, retention(31)), Err(Refusal::RetentionIsFixed));
    assert_eq!(patch(&mut desk, retention(30)), Ok(()));
    assert_eq!(patch(&mut desk, protection(PurgeProtection::Off)), Err(Refusal::PurgeProtectionStaysOn));
    assert_eq!(patch(&mut desk, protection(PurgeProtection::On)), Ok(()));
    let mut desk = desk.reopened();
    assert_eq!(patch(&mut desk, protection(PurgeProtection::Off)), Err(Refusal::PurgeProtectionStaysOn));
    let head = &desk.service.world().vault(&vault("prod")).unwrap().head;
    assert_eq!((head.retention.get(), head.purge_protection), (30, PurgeProtection::On));
    let off = VaultDraft { purge_protection: Some(PurgeProtection::Off), ..draft("other") };
    let refused = refusal(desk.service.create_vault(&officer(), off));
    assert_eq!(refused, Refusal::PurgeProtectionStaysOn, "as Key Vault refuses it, also on a new vault");
}

#[test]
fn a_deleted_vault_holds_its_name_until_it_is_purged_or_its_retention_has_ended() {
    // S9
    let mut desk = Desk::in_memory().with_vault(keeping_days(7, draft("prod")));
    assert_eq!(code(desk.service.create_vault(&officer(), draft("PROD"))), (409, "VaultAlreadyExists", None));
    desk.service.delete_vault(&developer(), &vault("prod")).unwrap();
    let again = in_region("uksouth", draft("Prod"));
    assert_eq!(code(desk.service.create_vault(&officer(), again.clone())), (409, "ConflictError", None));
    desk.pass_days(6);
    let refused = refusal(desk.service.create_vault(&officer(), again.clone()));
    assert!(matches!(refused, Refusal::NameHeld { until, .. } if until == START.plus_days(7)), "{refused:?}");
    desk.pass_days(1);
    desk.service.create_vault(&officer(), again.clone()).unwrap();
    desk.service.delete_vault(&officer(), &vault("prod")).unwrap();
    desk.service.purge_vault(&officer(), &vault("prod")).unwrap();
    desk.service.create_vault(&officer(), again).unwrap();
    assert_eq!(desk.service.world().vault(&vault("prod")).unwrap().secrets.live_count(), 0);
}

#[test]
fn a_deleted_vault_is_not_there_for_any_operation_on_what_it_holds() {
    // S5, S12
    let mut desk = Desk::on_disk().with_vault(draft("prod"));
    desk.set("prod", "token", "value");
    desk.set("prod", "old", "value");
    desk.delete("prod", "old").unwrap();
    desk.service.delete_vault(&developer(), &vault("prod")).unwrap();
    let not_found = (404, "ResourceNotFound", None);
    assert_eq!(code(desk.get("prod", "token")), not_found);
    assert_eq!(code(desk.try_set("prod", "new")), not_found);
    assert_eq!(code(desk.recover("prod", "old")), not_found);
    assert_eq!(code(desk.purge_as(&officer(), "prod", "old")), not_found);
    assert_eq!(code(desk.service.list_secrets(&developer(), &vault("prod"))), not_found);
    assert_eq!(code(desk.service.list_deleted_secrets(&developer(), &vault("prod"))), not_found);
    assert_eq!(code(desk.service.delete_vault(&developer(), &vault("prod"))), not_found);
    let mut desk = desk.reopened();
    let deleted = desk.service.world().vaults.get_deleted(&vault("prod")).unwrap();
    assert_eq!(deleted.item.head.location, region("westeurope"), "in the same location");
    assert_eq!((deleted.deletion.by.as_str(), deleted.deletion.scheduled_purge), ("Developer", START.plus_days(90)));
    desk.service.recover_vault(&developer(), &vault("prod")).unwrap();
    assert_eq!(desk.get("prod", "token").unwrap(), "value");
    assert_eq!(desk.bin("prod").len(), 1);
}

#[test]
fn what_was_deleted_before_its_vault_keeps_its_own_date() {
    // S15: in a deleted vault too
    let mut desk = Desk::on_disk().with_vault(keeping_days(30, protected("prod")));
    desk.set("prod", "token", "value");
    desk.set("prod", "old", "value");
    desk.delete("prod", "old").unwrap();
    desk.pass_days(20);
    desk.service.delete_vault(&developer(), &vault("prod")).unwrap();
    assert_eq!(desk.service.next_tick_ms(), Some(10 * 86_400_000), "the secret comes first");
    desk.pass_days(10);
    assert!(desk.service.tick().unwrap());
    let mut desk = desk.reopened();
    desk.service.recover_vault(&developer(), &vault("prod")).unwrap();
    assert!(desk.bin("prod").is_empty());
    assert_eq!(desk.get("prod", "token").unwrap(), "value");
    desk.service.delete_vault(&developer(), &vault("prod")).unwrap();
    desk.pass_days(30);
    assert!(desk.service.tick().unwrap());
    let world = desk.service.world();
    assert_eq!((world.vaults.live_count(), world.vaults.deleted_count()), (0, 0));
}

#[test]
fn a_vault_is_purged_at_once_for_good_and_under_protection_not_at_all() {
    // S2, S10, S11
    let mut desk = Desk::in_memory().with_vault(draft("open")).with_vault(protected("closed"));
    assert_eq!(code(desk.service.purge_vault(&officer(), &vault("open"))), (404, "ResourceNotFound", None));
    for name in ["open", "closed"] {
        desk.service.delete_vault(&officer(), &vault(name)).unwrap();
    }
    desk.service.purge_vault(&officer(), &vault("open")).unwrap();
    assert_eq!(code(desk.service.recover_vault(&officer(), &vault("open"))), (404, "ResourceNotFound", None));
    assert_eq!(code(desk.service.purge_vault(&officer(), &vault("closed"))), (405, "MethodNotAllowed", None));
    desk.service.recover_vault(&officer(), &vault("closed")).unwrap();
}

#[test]
fn recovering_a_vault_tells_what_does_not_come_back() {
    // S19
    assert_eq!(NOT_RECOVERED, ["role assignments", "event subscriptions"]);
}

#[test]
fn a_bad_vault_is_refused_before_anything_is_asked() {
    // T5
    let problems = [
        ("ab", NameProblem::TooShort { least: 3 }),
        ("a23456789012345678901234x", NameProblem::TooLong { most: 24, found: 25 }),
        ("my_vault", NameProblem::WrongCharacter('_')),
        ("my--vault", NameProblem::DoubledHyphen),
    ];
    for (text, problem) in problems {
        assert_eq!(VaultName::parse(text).err(), Some(problem), "{text}");
    }
    for days in [6, 91] {
        let refused = RetentionDays::parse(days).unwrap_err();
        assert_eq!(refused.sentence(tresor::domain::Zone::Utc), format!("Retention is 7 to 90 days, not {days}"));
    }
}
