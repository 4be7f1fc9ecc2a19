//! The two stories of soft delete, with people of whom each may do only their own part (S6).

use tresor::domain::{Permission, Refusal, Rights, Role, activity::Outcome};

use crate::desk::*;

fn told(desk: &Desk) -> Vec<String> {
    let view = desk.service.view();
    let line = |record: &std::sync::Arc<tresor::domain::activity::Record>| {
        let outcome = match &record.outcome {
            Outcome::Done => "done".to_owned(),
            Outcome::Refused { status, inner, .. } => format!("{status} {}", inner.as_deref().unwrap_or("-")),
        };
        format!("{} {} {outcome}", record.caller, record.operation.audit_name())
    };
    view.activity.iter().map(line).filter(|line| line.contains("Secret")).collect()
}

#[test]
fn an_accident_is_undone_by_whoever_may_recover() {
    // S1, S6
    let mut desk = Desk::on_disk().with_vault(draft("prod"));
    let daily = [Permission::SecretsSet, Permission::SecretsGet, Permission::SecretsList, Permission::SecretsDelete];
    let ana = desk.somebody("Ana", "prod", daily.into_iter().collect());
    let ben = desk.somebody("Ben", "prod", Rights::NONE.with(Permission::SecretsRecover));
    let (prod, token) = (vault("prod"), name("token"));
    desk.service.set_secret(&ana, &prod, new("token", "value")).unwrap();
    desk.service.delete_secret(&ana, &prod, &token).unwrap();
    let refused = refusal(desk.service.recover_secret(&ana, &prod, &token));
    assert!(matches!(refused, Refusal::PermissionMissing { permission: Permission::SecretsRecover, .. }));
    desk.service.recover_secret(&ben, &prod, &token).unwrap();
    let mut desk = desk.reopened();
    assert_eq!(desk.service.get_secret(&ana, &prod, &token, None).unwrap().1.expose(), "value");
    let story =
        ["Ana SecretSet done", "Ana SecretDelete done", "Ana SecretRecover 403 AccessDenied", "Ben SecretRecover done"];
    assert!(told(&desk).join("\n").contains(&story.join("\n")), "{:#?}", told(&desk));
}

#[test]
fn losing_data_takes_two_people() {
    // S3, S6: the insider may delete and not purge; whoever may purge may not delete.
    let mut desk = Desk::on_disk().with_vault(draft("prod"));
    let insider = desk.somebody("Ana", "prod", Rights::all());
    let purges = [Permission::SecretsPurge, Permission::SecretsList];
    let purger = desk.somebody("Ben", "prod", purges.into_iter().collect());
    let (prod, token) = (vault("prod"), name("token"));
    desk.service.set_secret(&insider, &prod, new("token", "value")).unwrap();
    assert!(desk.service.delete_secret(&purger, &prod, &token).is_err());
    desk.pass_secs(1);
    desk.service.delete_secret(&insider, &prod, &token).unwrap();
    desk.pass_secs(1);
    let refused = refusal(desk.service.purge_secret(&insider, &prod, &token));
    assert!(matches!(refused, Refusal::PermissionMissing { permission: Permission::SecretsPurge, .. }));
    // Nor does the insider get any further by granting it, or by taking the whole vault away.
    let id = insider.id.unwrap();
    assert!(desk.service.set_policy(&insider, &prod, id, Rights::all_and_purge()).is_err());
    assert!(desk.service.delete_vault(&insider, &prod).is_err());
    let operator = desk.holder("Cleo", Role::VaultOperator);
    assert!(desk.service.set_policy(&operator, &prod, operator.id.unwrap(), Rights::all_and_purge()).is_err());
    desk.service.delete_vault(&operator, &prod).unwrap();
    assert!(desk.service.purge_vault(&operator, &prod).is_err());
    desk.service.recover_vault(&operator, &prod).unwrap();

    desk.pass_secs(1);
    desk.service.purge_secret(&purger, &prod, &token).unwrap();
    let mut desk = desk.reopened();
    assert!(desk.bin("prod").is_empty());
    let story = [
        "Ben SecretDelete 403 AccessDenied",
        "Ana SecretDelete done",
        "Ana SecretPurge 403 AccessDenied",
        "Ben SecretPurge done",
    ];
    let told = told(&desk);
    let at = |line: &&str| told.iter().position(|told| told == line).unwrap_or_else(|| panic!("{line} in {told:#?}"));
    assert!(story.iter().map(at).is_sorted(), "{told:#?}");
}

#[test]
fn whoever_makes_a_vault_does_not_get_purge() {
    // S3
    let mut desk = Desk::in_memory();
    let maker = desk.holder("Ana", Role::VaultOperator);
    desk.service.create_vault(&maker, draft("prod")).unwrap();
    let (prod, token) = (vault("prod"), name("token"));
    desk.service.set_secret(&maker, &prod, new("token", "value")).unwrap();
    desk.service.delete_secret(&maker, &prod, &token).unwrap();
    let refused = refusal(desk.service.purge_secret(&maker, &prod, &token));
    assert!(matches!(refused, Refusal::PermissionMissing { permission: Permission::SecretsPurge, .. }));
    assert!(!desk.service.world().can_purge(&maker));
    // The subscription's owner purges vaults, and no object.
    let owner = desk.holder("Ben", Role::Owner);
    assert!(desk.service.purge_secret(&owner, &prod, &token).is_err());
    assert!(desk.service.world().can_purge(&owner));
}
