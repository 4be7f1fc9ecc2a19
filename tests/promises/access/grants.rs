//! Access policies and roles.

use tresor::domain::access::PurgePolicy;
use tresor::domain::grant::{MOST_POLICIES, ObjectKind};
use tresor::domain::identity::{IdentityId, IdentityPatch};
use tresor::domain::permission::Family;
use tresor::domain::soft_delete::SubscriptionProtection;
use tresor::domain::vault::VaultDraft;
use tresor::domain::{AccessModel, Change, Permission, Refusal, Rights, Role, Scope};

use crate::desk::*;

fn by_roles(name: &str) -> VaultDraft {
    VaultDraft { access: AccessModel::Roles, ..draft(name) }
}

#[test]
fn a_policy_holds_until_it_is_changed_or_taken_away() {
    let mut desk = Desk::on_disk().with_vault(draft("prod"));
    let ana = desk.somebody("Ana", "prod", Rights::NONE.with(Permission::SecretsList));
    let mut desk = desk.reopened();
    desk.service.list_secrets(&ana, &vault("prod")).unwrap();
    assert!(desk.service.set_secret(&ana, &vault("prod"), new("token", "value")).is_err());
    let rights = Rights::NONE.with(Permission::SecretsSet);
    desk.service.set_policy(&officer(), &vault("prod"), ana.id.unwrap(), rights).unwrap();
    desk.service.set_secret(&ana, &vault("prod"), new("token", "value")).unwrap();
    assert!(desk.service.list_secrets(&ana, &vault("prod")).is_err(), "one policy takes the place of the other");
    desk.service.delete_policy(&officer(), &vault("prod"), ana.id.unwrap()).unwrap();
    let again = refusal(desk.service.delete_policy(&officer(), &vault("prod"), ana.id.unwrap()));
    assert_eq!(again, Refusal::NoPolicy { name: "Ana".into() });
    assert!(desk.service.set_secret(&ana, &vault("prod"), new("token", "value")).is_err());
}

#[test]
fn a_new_vault_grants_what_each_identity_is_granted_in_new_vaults() {
    let mut desk = Desk::in_memory();
    let ana = desk.nobody("Ana").id.unwrap();
    let rights = Rights::NONE.with(Permission::KeysSign);
    let patch = IdentityPatch { in_new_vaults: Some(rights), ..IdentityPatch::default() };
    desk.service.update_identity(&officer(), ana, patch).unwrap();
    desk.service.create_vault(&developer(), draft("prod")).unwrap();
    let policies = desk.service.world().vault(&vault("prod")).unwrap().access.policies.clone();
    let expected = [
        (IdentityId::DEVELOPER, Rights::all()),
        (IdentityId::SECURITY_OFFICER, Rights::all_and_purge()),
        (ana, rights),
    ];
    assert_eq!(policies, expected.into());
}

#[test]
fn the_policies_that_contain_purge_are_told_by_name() {
    // S3
    let mut desk = Desk::in_memory().with_vault(draft("prod")).with_vault(draft("stage"));
    let spelled_out = |permissions: &[Permission]| permissions.iter().copied().collect::<Rights>();
    let ana = desk.somebody("Ana", "prod", spelled_out(&[Permission::KeysGet, Permission::KeysPurge])).id.unwrap();
    desk.somebody("Bo", "prod", Rights::all());
    desk.service.delete_vault(&developer(), &vault("stage")).unwrap();
    desk.service.remove_identity(&officer(), ana).unwrap();
    let told = |vault_name: &str, holder, families: &[Family]| PurgePolicy {
        vault: vault(vault_name),
        holder,
        families: families.to_vec(),
    };
    let mut expected = vec![
        told("prod", IdentityId::SECURITY_OFFICER, &Family::ALL),
        told("prod", ana, &[Family::Keys]),
        told("stage", IdentityId::SECURITY_OFFICER, &Family::ALL),
    ];
    expected.sort_by_key(|policy| (policy.vault.clone(), policy.holder));
    assert_eq!(desk.service.world().policies_with_purge(), expected);
}

#[test]
fn a_vault_decides_by_policies_or_by_roles_and_never_by_both() {
    let mut desk = Desk::on_disk().with_vault(draft("prod"));
    desk.set("prod", "token", "value");
    let user = desk.holder("Ana", Role::SecretsUser);
    assert!(desk.service.get_secret(&user, &vault("prod"), &name("token"), None).is_err(), "policies decide here");
    let owner_only = refusal(desk.service.set_access_model(&developer(), &vault("prod"), AccessModel::Roles));
    assert!(matches!(owner_only, Refusal::ActionMissing { .. }));
    desk.service.set_access_model(&officer(), &vault("prod"), AccessModel::Roles).unwrap();
    let mut desk = desk.reopened();
    desk.service.get_secret(&user, &vault("prod"), &name("token"), None).unwrap();
    assert!(desk.service.get_secret(&developer(), &vault("prod"), &name("token"), None).is_err());
    let refused =
        refusal(desk.service.set_policy(&officer(), &vault("prod"), user.id.unwrap(), Rights::all_and_purge()));
    assert_eq!(refused, Refusal::PoliciesDoNotCount { name: "prod".into() });
    desk.service.set_access_model(&officer(), &vault("prod"), AccessModel::Policies).unwrap();
    desk.get("prod", "token").unwrap();
}

#[test]
fn a_vault_made_with_roles_grants_nothing_to_whoever_makes_it() {
    // S3
    let mut desk = Desk::in_memory();
    desk.service.create_vault(&developer(), by_roles("prod")).unwrap();
    let refused = desk.service.set_secret(&developer(), &vault("prod"), new("token", "value"));
    assert!(matches!(refusal(refused), Refusal::ActionMissing { .. }));
}

#[test]
fn a_role_holds_where_it_was_given() {
    // §6.3
    let mut desk = Desk::on_disk().with_vault(by_roles("prod")).with_vault(by_roles("test"));
    let writer = desk.holder("Ana", Role::SecretsOfficer);
    for (in_vault, secret) in [("prod", "one"), ("prod", "two"), ("test", "one")] {
        desk.service.set_secret(&writer, &vault(in_vault), new(secret, "value")).unwrap();
    }
    let (ben, cleo) = (desk.nobody("Ben"), desk.nobody("Cleo"));
    let one = Scope::Object(vault("prod"), ObjectKind::Secret, name("one"));
    desk.service.assign_role(&officer(), ben.id.unwrap(), Role::SecretsUser, one.clone()).unwrap();
    let prod = Scope::Vault(vault("prod"));
    let given = desk.service.assign_role(&officer(), cleo.id.unwrap(), Role::SecretsUser, prod).unwrap();
    let mut desk = desk.reopened();
    let mut may = |by, in_vault, secret| desk.service.get_secret(by, &vault(in_vault), &name(secret), None).is_ok();
    assert_eq!([may(&ben, "prod", "one"), may(&ben, "prod", "two"), may(&ben, "test", "one")], [true, false, false]);
    assert_eq!([may(&cleo, "prod", "one"), may(&cleo, "prod", "two"), may(&cleo, "test", "one")], [true, true, false]);
    assert!(desk.service.list_secrets(&ben, &vault("prod")).is_err(), "one secret is not all of them");

    let twice = refusal(desk.service.assign_role(&officer(), ben.id.unwrap(), Role::SecretsUser, one));
    assert!(matches!(twice, Refusal::RoleAssignedAlready { .. }));
    let nowhere = Scope::Object(vault("prod"), ObjectKind::Key, name("one"));
    let refused = refusal(desk.service.assign_role(&officer(), ben.id.unwrap(), Role::CryptoUser, nowhere));
    assert!(matches!(refused, Refusal::NotFound { .. }));
    desk.service.remove_role(&officer(), Some(&vault("prod")), given.id).unwrap();
    assert!(desk.service.get_secret(&cleo, &vault("prod"), &name("one"), None).is_err());
    let again = refusal(desk.service.remove_role(&officer(), Some(&vault("prod")), given.id));
    assert_eq!(again, Refusal::NoAssignment { id: given.id });
}

#[test]
fn whoever_assigns_data_roles_assigns_no_other() {
    // §6.3: Key Vault Data Access Administrator
    let mut desk = Desk::in_memory().with_vault(by_roles("prod"));
    let giver = desk.holder("Ana", Role::DataAccessAdministrator);
    let id = giver.id.unwrap();
    desk.service.assign_role(&giver, id, Role::SecretsUser, Scope::Vault(vault("prod"))).unwrap();
    for role in [Role::Owner, Role::PurgeOperator, Role::Contributor] {
        let refused = refusal(desk.service.assign_role(&giver, id, role, Scope::Subscription));
        assert!(matches!(refused, Refusal::ActionMissing { .. }), "{}", role.title());
    }
    let owner = desk.service.world().directory.assignments_of(IdentityId::SECURITY_OFFICER)[0].id;
    assert!(desk.service.remove_role(&giver, None, owner).is_err());
}

#[test]
fn a_recovered_vault_has_its_policies_and_not_its_roles() {
    // S19
    let mut desk = Desk::on_disk().with_vault(draft("prod"));
    let ana = desk.somebody("Ana", "prod", Rights::NONE.with(Permission::SecretsList));
    let ben = desk.nobody("Ben");
    let prod = Scope::Vault(vault("prod"));
    for (who, role) in [(&ana, Role::Reader), (&ben, Role::SecretsUser)] {
        desk.service.assign_role(&officer(), who.id.unwrap(), role, prod.clone()).unwrap();
    }
    desk.service.delete_vault(&officer(), &vault("prod")).unwrap();
    let mut desk = desk.reopened();
    desk.service.recover_vault(&officer(), &vault("prod")).unwrap();
    desk.service.remove_identity(&officer(), ben.id.unwrap()).unwrap();
    let access = |desk: &Desk| desk.service.world().vault(&vault("prod")).unwrap().access.clone();
    assert_eq!(access(&desk).all_assignments().count(), 0);
    assert_eq!(access(&desk).lost.len(), 2);
    assert!(desk.service.get_vault(&ana, &vault("prod")).is_err(), "her role did not come back");
    desk.service.list_secrets(&ana, &vault("prod")).unwrap();

    assert!(desk.service.restore_roles(&developer(), &vault("prod")).is_err());
    desk.service.restore_roles(&officer(), &vault("prod")).unwrap();
    desk.service.get_vault(&ana, &vault("prod")).unwrap();
    assert_eq!(access(&desk).all_assignments().count(), 1, "Ben is no more");
    assert!(access(&desk).lost.is_empty());
    let desk = desk.reopened();
    assert_eq!(access(&desk).all_assignments().count(), 1);
}

#[test]
fn a_vault_has_so_many_policies_and_no_more() {
    // §6.2
    let mut desk = Desk::in_memory().with_vault(draft("prod"));
    let ana = desk.nobody("Ana").id.unwrap();
    let mut world = desk.service.world().clone();
    let mut access = (*world.vault(&vault("prod")).unwrap().access).clone();
    let strangers = (0..).map(|at: u128| IdentityId::from_bytes(at.to_be_bytes()));
    let missing = MOST_POLICIES - access.policies.len();
    access.policies.extend(strangers.take(missing).map(|stranger| (stranger, Rights::all_and_purge())));
    world.apply(&Change::VaultAccess(vault("prod"), access.into()));
    let refused = world.set_policy(&vault("prod"), ana, Rights::all_and_purge()).unwrap_err();
    assert_eq!(refused, Refusal::TooManyPolicies { found: MOST_POLICIES + 1 });
    assert!(
        world.set_policy(&vault("prod"), IdentityId::DEVELOPER, Rights::all_and_purge()).is_ok(),
        "one that is there changes"
    );
}

#[test]
fn in_an_undeletable_subscription_nobody_purges_whatever_they_were_granted() {
    // S11
    let mut desk = Desk::in_memory().with_vault(draft("prod"));
    let purger = desk.somebody("Ana", "prod", Rights::all_and_purge());
    desk.set("prod", "token", "value");
    desk.delete("prod", "token").unwrap();
    desk.service.protect_subscription(&officer(), SubscriptionProtection::Undeletable).unwrap();
    let refused = refusal(desk.service.purge_secret(&purger, &vault("prod"), &name("token")));
    assert!(matches!(refused, Refusal::SubscriptionUndeletable { .. }));
    assert!(desk.service.protect_subscription(&developer(), SubscriptionProtection::None).is_err());
}

#[test]
fn the_question_takes_no_longer_with_a_thousand_grants() {
    // The figure is measured in benches; here only that the answers are right.
    let mut desk = Desk::in_memory().with_vault(by_roles("prod"));
    let ana = desk.nobody("Ana");
    let mut world = desk.service.world().clone();
    let mut access = (*world.vault(&vault("prod")).unwrap().access).clone();
    for at in 0..1_000_u128 {
        let scope = Scope::Object(vault("prod"), ObjectKind::Secret, name(&format!("secret-{at}")));
        let id = IdentityId::from_bytes(at.to_be_bytes());
        let given = tresor::domain::RoleAssignment { id, identity: ana.id.unwrap(), role: Role::SecretsUser, scope };
        access.assignments.entry(ana.id.unwrap()).or_default().push(given);
    }
    world.apply(&Change::VaultAccess(vault("prod"), access.into()));
    let may = |secret: &str| {
        let target = tresor::domain::Target::Object(vault("prod"), name(secret));
        world.permits(&ana, tresor::domain::Operation::SecretGet, &target).is_ok()
    };
    assert_eq!([may("secret-0"), may("secret-999"), may("secret-1000")], [true, true, false]);
}
