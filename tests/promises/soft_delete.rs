//! Deleting, recovering and purging secrets.

use tresor::domain::soft_delete::SubscriptionProtection;
use tresor::domain::time::DAY_MS;
use tresor::domain::{Operation, Refusal, Rights, Role, Target};

use crate::desk::*;

#[test]
fn an_accident_is_undone_with_everything_that_was_there() {
    // S1, S6: the first story
    let mut desk = Desk::on_disk().with_vault(draft("prod"));
    let ids = [desk.set("prod", "db-password", "first"), desk.set("prod", "db-password", "second")];
    desk.pass_days(3);
    desk.delete("prod", "db-password").unwrap();
    assert!(desk.get("prod", "db-password").is_err(), "the application fails");
    desk.pass_days(89);
    let mut desk = desk.reopened();
    desk.recover("prod", "db-password").unwrap();
    assert_eq!(desk.get("prod", "db-password").unwrap(), "second");
    assert_eq!(desk.get_version("prod", "db-password", Some(ids[0])).unwrap(), "first");
    let vault = desk.service.world().vault(&vault("prod")).unwrap();
    let secret = vault.secret(&name("db-password")).unwrap();
    assert_eq!(secret.versions().iter().map(|version| version.id).collect::<Vec<_>>(), ids);
}

#[test]
fn an_insider_who_may_delete_cannot_lose_data_alone() {
    // S3, S6: the second story
    let mut desk = Desk::in_memory().with_vault(draft("prod"));
    desk.set("prod", "ledger-key", "worth a lot");
    desk.delete("prod", "ledger-key").unwrap();
    assert_eq!(code(desk.purge_as(&developer(), "prod", "ledger-key")), (403, "Forbidden", Some("AccessDenied")));
    desk.service.delete_vault(&developer(), &vault("prod")).unwrap();
    let purged = desk.service.purge_vault(&developer(), &vault("prod"));
    assert_eq!(code(purged), (403, "AuthorizationFailed", None));
    // Somebody notices.
    desk.pass_days(30);
    desk.service.recover_vault(&officer(), &vault("prod")).unwrap();
    desk.recover("prod", "ledger-key").unwrap();
    assert_eq!(desk.get("prod", "ledger-key").unwrap(), "worth a lot");
    // Two people together can.
    desk.delete("prod", "ledger-key").unwrap();
    desk.purge_as(&officer(), "prod", "ledger-key").unwrap();
    assert!(matches!(refusal(desk.recover("prod", "ledger-key")), Refusal::DeletedNotFound { .. }));
}

#[test]
fn only_what_was_deleted_can_be_purged() {
    // S2
    let mut desk = Desk::in_memory().with_vault(draft("prod"));
    desk.set("prod", "token", "value");
    assert_eq!(code(desk.purge_as(&officer(), "prod", "token")), (404, "SecretNotFound", None));
    assert_eq!(desk.get("prod", "token").unwrap(), "value");
    desk.delete("prod", "token").unwrap();
    desk.purge_as(&officer(), "prod", "token").unwrap();
    assert_eq!(code(desk.purge_as(&officer(), "prod", "token")), (404, "SecretNotFound", None));
}

#[test]
fn a_deleted_secret_is_listed_recovered_or_purged_and_nothing_else() {
    // S5, S13
    let mut desk = Desk::in_memory().with_vault(draft("prod"));
    let id = desk.set("prod", "token", "value");
    let blob = desk.back_up("prod", "token").unwrap();
    desk.delete("prod", "token").unwrap();
    let not_found = (404, "SecretNotFound", None);
    let held = (409, "Conflict", Some("ObjectIsDeletedButRecoverable"));
    assert_eq!(code(desk.get("prod", "token")), not_found);
    assert_eq!(code(desk.get_version("prod", "token", Some(id))), not_found);
    assert_eq!(code(desk.delete("prod", "token")), not_found, "deleting twice is not found (§5.4)");
    assert_eq!(code(desk.back_up("prod", "token")), not_found);
    let patch = tresor::domain::secret::SecretPatch::default();
    let updated = desk.service.update_secret(&developer(), &vault("prod"), &name("token"), None, &patch);
    assert_eq!(code(updated), not_found);
    assert_eq!(code(desk.try_set("prod", "token")), held);
    assert_eq!(code(desk.restore("prod", &blob)), held);
    assert_eq!(desk.bin("prod").len(), 1);
    assert_eq!(desk.service.list_secrets(&developer(), &vault("prod")).unwrap().live_count(), 0);
    desk.recover("prod", "token").unwrap();
    assert!(desk.bin("prod").is_empty());
}

#[test]
fn a_deleted_name_is_held_in_its_vault_only_and_in_any_spelling() {
    // S16
    let mut desk = Desk::in_memory().with_vault(draft("one")).with_vault(draft("two"));
    desk.set("one", "Token", "value");
    desk.delete("one", "token").unwrap();
    let until = START.plus_days(90);
    let refused = refusal(desk.try_set("one", "TOKEN"));
    assert!(matches!(refused, Refusal::NameHeld { until: found, .. } if found == until), "{refused:?}");
    desk.set("two", "token", "value");
    desk.purge_as(&officer(), "one", "token").unwrap();
    desk.set("one", "token", "another");
    assert_eq!(desk.get("one", "token").unwrap(), "another");
}

#[test]
fn what_retention_has_ended_for_is_purged_by_the_service_itself() {
    // S1, S14
    for days in [7, 90] {
        let vault_draft = keeping_days(days, protected("prod"));
        let mut desk = Desk::on_disk().with_vault(vault_draft);
        desk.set("prod", "token", "value");
        desk.delete("prod", "token").unwrap();
        assert_eq!(desk.service.next_tick_ms(), Some((days * DAY_MS).unsigned_abs()));
        desk.service.finish();
        desk.service.tick().unwrap();
        desk.pass_ms(days * DAY_MS - 1);
        assert!(!desk.service.tick().unwrap(), "not a moment early");
        assert_eq!(desk.bin("prod").len(), 1);
        desk.pass_ms(1);
        assert!(desk.service.tick().unwrap());
        assert!(desk.bin("prod").is_empty());
        assert_eq!(desk.service.next_tick_ms(), Some(1000), "only the record of the listing waits");
        let record = desk.service.view().activity.iter().rev().nth(1).cloned().unwrap();
        assert_eq!((record.caller.as_str(), record.operation), ("Key Vault", Operation::SecretPurge));
        desk.set("prod", "token", "a new one");
    }
}

#[test]
fn nobody_is_faster_than_the_scheduled_purge() {
    // S14: no tick ran since, and the very first request finds it gone.
    let mut desk = Desk::in_memory().with_vault(keeping_days(7, draft("prod")));
    desk.set("prod", "token", "value");
    desk.delete("prod", "token").unwrap();
    desk.pass_days(7);
    assert_eq!(code(desk.recover("prod", "token")), (404, "SecretNotFound", None));
}

#[test]
fn what_is_purged_leaves_nothing_behind() {
    // S14
    let mut desk = Desk::on_disk().with_vault(keeping_days(7, draft("prod")));
    desk.set("prod", "kept", "value");
    for number in 0..3 {
        desk.set("prod", "by-hand", &format!("{number}"));
        desk.set("prod", "by-itself", &format!("{number}"));
    }
    assert_eq!(records(&desk), (5, 7), "the vault, who may do what in it, three secrets, seven values");
    desk.delete("prod", "by-hand").unwrap();
    desk.delete("prod", "by-itself").unwrap();
    assert_eq!(records(&desk), (6, 7), "and the date from which on something is due");
    desk.purge_as(&officer(), "prod", "by-hand").unwrap();
    desk.pass_days(7);
    desk.service.tick().unwrap();
    assert_eq!(records(&desk), (3, 1));
    desk.delete("prod", "kept").unwrap();
    desk.service.delete_vault(&officer(), &vault("prod")).unwrap();
    desk.service.purge_vault(&officer(), &vault("prod")).unwrap();
    desk.pass_days(7);
    desk.service.tick().unwrap();
    assert_eq!(records(&desk), (0, 0), "a vault takes all it holds with it, live and deleted");
}

#[test]
fn a_purge_date_never_moves() {
    // S8, S15
    let mut desk = Desk::in_memory().with_vault(draft("prod"));
    desk.set("prod", "token", "value");
    desk.delete("prod", "token").unwrap();
    let date = desk.bin("prod")[0].1;
    assert_eq!(date, START.plus_days(90));
    desk.pass_days(10);
    // Switching protection on, deleting again, deleting the vault and recovering it: none moves it.
    let patch = tresor::domain::vault::VaultPatch {
        purge_protection: Some(tresor::domain::PurgeProtection::On),
        ..Default::default()
    };
    desk.service.update_vault(&developer(), &vault("prod"), &patch).unwrap();
    assert!(desk.delete("prod", "token").is_err());
    desk.service.delete_vault(&developer(), &vault("prod")).unwrap();
    desk.pass_days(10);
    desk.service.recover_vault(&developer(), &vault("prod")).unwrap();
    assert_eq!(desk.bin("prod"), [("token".to_owned(), date)]);
    // A second deletion counts from itself.
    desk.recover("prod", "token").unwrap();
    desk.delete("prod", "token").unwrap();
    assert_eq!(desk.bin("prod")[0].1, START.plus_days(20 + 90));
}

#[test]
fn purge_protection_holds_against_everybody_and_lets_recover() {
    // S10
    let mut desk = Desk::in_memory().with_vault(protected("prod"));
    desk.set("prod", "token", "value");
    desk.delete("prod", "token").unwrap();
    let until = START.plus_days(90);
    let refused = refusal(desk.purge_as(&officer(), "prod", "token"));
    assert!(matches!(refused, Refusal::PurgeProtected { until: found, .. } if found == until), "{refused:?}");
    desk.recover("prod", "token").unwrap();
    desk.delete("prod", "token").unwrap();
    desk.pass_days(90);
    desk.service.tick().unwrap();
    assert!(desk.bin("prod").is_empty(), "the service itself still purges");
}

#[test]
fn in_an_undeletable_subscription_only_the_service_purges() {
    // S11
    let mut desk = Desk::on_disk().with_vault(draft("prod")).with_vault(draft("gone"));
    desk.set("prod", "token", "value");
    desk.delete("prod", "token").unwrap();
    desk.service.delete_vault(&developer(), &vault("gone")).unwrap();
    let undeletable = SubscriptionProtection::Undeletable;
    let by_developer = desk.service.protect_subscription(&developer(), undeletable);
    assert_eq!(code(by_developer), (403, "AuthorizationFailed", None));
    desk.service.protect_subscription(&officer(), undeletable).unwrap();
    let mut desk = desk.reopened();
    let refused = refusal(desk.purge_as(&officer(), "prod", "token"));
    assert!(matches!(refused, Refusal::SubscriptionUndeletable { .. }), "{refused:?}");
    let purged = desk.service.purge_vault(&officer(), &vault("gone"));
    assert_eq!(code(purged), (405, "MethodNotAllowed", None));
    desk.pass_days(90);
    assert!(desk.service.tick().unwrap());
    assert!(desk.bin("prod").is_empty());
    assert!(desk.service.world().vaults.get_deleted(&vault("gone")).is_none());
}

#[test]
fn listing_recovering_and_purging_each_ask_for_their_permission() {
    // S3, S17
    use tresor::domain::{Action as A, Permission as P};
    let mut desk = Desk::in_memory().with_vault(draft("prod"));
    desk.set("prod", "token", "value");
    desk.delete("prod", "token").unwrap();
    let refused_for = |result| match refusal(result) {
        Refusal::PermissionMissing { permission, .. } => permission,
        other => panic!("{other:?}"),
    };
    let (prod, token) = (vault("prod"), name("token"));
    let mut without =
        |permission: P| desk.somebody(&permission.text(), "prod", Rights::all_and_purge().without(permission));
    let [lists, recovers, purges] = [P::SecretsList, P::SecretsRecover, P::SecretsPurge].map(&mut without);
    let listed = desk.service.list_deleted_secrets(&lists, &prod).map(drop);
    assert_eq!(refused_for(listed), P::SecretsList);
    let recovered = desk.service.recover_secret(&recovers, &prod, &token).map(drop);
    assert_eq!(refused_for(recovered), P::SecretsRecover);
    let purged = desk.service.purge_secret(&purges, &prod, &token);
    assert_eq!(refused_for(purged), P::SecretsPurge);

    desk.service.delete_vault(&officer(), &prod).unwrap();
    let refused_action = |result| match refusal(result) {
        Refusal::ActionMissing { action, .. } => action,
        other => panic!("{other:?}"),
    };
    let [purger, contributor] = [Role::PurgeOperator, Role::Contributor].map(|role| desk.holder(role.title(), role));
    assert_eq!(refused_action(desk.service.recover_vault(&purger, &prod)), A::VaultsWrite);
    assert_eq!(refused_action(desk.service.purge_vault(&contributor, &prod)), A::DeletedVaultsPurge);
    let reader = desk.holder("Reader", Role::Reader);
    let listing = desk.service.may(&reader, Operation::VaultListDeleted, &Target::Subscription);
    assert!(matches!(listing, Err(Refusal::ActionMissing { action: A::DeletedVaultsRead, .. })));
    desk.service.recover_vault(&contributor, &prod).unwrap();
    desk.service.delete_vault(&officer(), &prod).unwrap();
    desk.service.purge_vault(&purger, &prod).unwrap();
}

/// Items and values that the store keeps.
fn records(desk: &Desk) -> (u64, u64) {
    // A copy, as the store itself is open.
    let copy = tempfile::tempdir().unwrap();
    crate::trust::copy_folder(&desk.folder.as_ref().unwrap().path().join("store"), copy.path());
    let store = tresor::store::Store::open(copy.path(), &passphrase()).unwrap();
    let west =
        &store.check().unwrap().partitions.into_iter().find(|part| part.partition.as_str() == "westeurope").unwrap();
    (west.items, west.values)
}
