//! People, groups and service principals.

use tresor::domain::identity::{Identity, IdentityDraft, IdentityId, IdentityKind, IdentityPatch};
use tresor::domain::{Caller, IdentityName, Operation, Permission, Refusal, Rights, Role, Scope, Target};

use crate::desk::*;

fn called(text: &str) -> IdentityName {
    IdentityName::parse(text).unwrap()
}

fn group(name: &str, members: Vec<IdentityId>) -> IdentityDraft {
    IdentityDraft { name: called(name), kind: IdentityKind::Group { members }, in_new_vaults: Rights::NONE }
}

#[test]
fn every_store_begins_with_two_and_keeps_whoever_comes_and_goes() {
    let mut desk = Desk::on_disk();
    let names = |desk: &Desk| {
        let all = desk.service.world().directory.all();
        all.iter().map(|identity| identity.name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(&desk), ["Developer", "Security officer"]);
    let client = IdentityId::from_random([3; 16]);
    let kind = IdentityKind::ServicePrincipal { client };
    let draft = IdentityDraft { name: called("billing-service"), kind, in_new_vaults: Rights::all() };
    let made = desk.service.create_identity(&officer(), draft).unwrap();
    let auditors = desk.service.create_identity(&officer(), group("Auditors", vec![made.id])).unwrap();
    desk.service.remove_identity(&officer(), IdentityId::DEVELOPER).unwrap();
    let mut desk = desk.reopened();
    assert_eq!(names(&desk), ["Auditors", "billing-service", "Security officer"], "the Developer does not come back");
    let directory = desk.service.world().directory.clone();
    assert_eq!(directory.get(made.id).unwrap().client(), Some(client));
    assert_eq!(directory.principals_of(made.id), [made.id, auditors.id]);

    let patch = IdentityPatch { name: Some(called("Billing")), ..IdentityPatch::default() };
    desk.service.update_identity(&officer(), made.id, patch).unwrap();
    desk.service.remove_identity(&officer(), auditors.id).unwrap();
    let desk = desk.reopened();
    assert_eq!(names(&desk), ["Billing", "Security officer"]);
    assert_eq!(desk.service.world().directory.principals_of(made.id), [made.id]);
}

#[test]
fn what_a_group_is_granted_its_members_may() {
    let mut desk = Desk::in_memory().with_vault(draft("prod"));
    let ana = desk.nobody("Ana");
    let readers = desk.service.create_identity(&officer(), group("Readers", vec![ana.id.unwrap()])).unwrap();
    let rights = Rights::NONE.with(Permission::SecretsList);
    desk.service.set_policy(&officer(), &vault("prod"), readers.id, rights).unwrap();
    desk.service.list_secrets(&ana, &vault("prod")).unwrap();
    let world = desk.service.world();
    let prod = world.vault(&vault("prod")).unwrap();
    let sources = world.sources_of_permission(ana.id.unwrap(), prod, Permission::SecretsList);
    assert_eq!(sources.iter().map(|source| source.holder).collect::<Vec<_>>(), [readers.id]);

    let nobody = IdentityPatch { members: Some(Vec::new()), ..IdentityPatch::default() };
    desk.service.update_identity(&officer(), readers.id, nobody).unwrap();
    assert!(desk.service.list_secrets(&ana, &vault("prod")).is_err());
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
    // T5
    let mut desk = Desk::in_memory();
    let ana = desk.nobody("Ana").id.unwrap();
    let readers = desk.service.create_identity(&officer(), group("Readers", Vec::new())).unwrap().id;
    let before: Vec<Identity> =
        desk.service.world().directory.all().into_iter().map(|one| Identity::clone(one)).collect();
    let stranger = IdentityId::from_random([7; 16]);
    let mut refused_for = |draft| refusal(desk.service.create_identity(&officer(), draft));
    assert_eq!(refused_for(group("ANA", Vec::new())), Refusal::IdentityExists { name: "Ana".into() });
    assert_eq!(refused_for(group("More", vec![readers])), Refusal::GroupInGroup { name: "Readers".into() });
    let unknown = Refusal::IdentityUnknown { name: stranger.to_string() };
    assert_eq!(refused_for(group("More", vec![stranger])), unknown);
    let patch = IdentityPatch { members: Some(vec![readers]), ..IdentityPatch::default() };
    let refused = refusal(desk.service.update_identity(&officer(), ana, patch));
    assert_eq!(refused, Refusal::NotAGroup { name: "Ana".into() });
    let itself = refusal(desk.service.remove_identity(&officer(), IdentityId::SECURITY_OFFICER));
    assert_eq!(itself, Refusal::RemovesItself { name: "Security officer".into() });
    assert_eq!(refusal(desk.service.remove_identity(&officer(), stranger)), unknown);
    assert_eq!(refusal(desk.service.sign_in(readers, None)), Refusal::GroupCannotAct { name: "Readers".into() });
    assert_eq!(refusal(desk.service.sign_in(stranger, None)), unknown);
    let after: Vec<Identity> =
        desk.service.world().directory.all().into_iter().map(|one| Identity::clone(one)).collect();
    assert_eq!(after, before);
}

#[test]
fn the_last_who_can_say_who_may_do_what_stays() {
    let mut desk = Desk::in_memory();
    let everywhere = |desk: &Desk, id| desk.service.world().directory.assignments_of(id).to_vec();
    let own = everywhere(&desk, IdentityId::SECURITY_OFFICER);
    let refused = refusal(desk.service.remove_role(&officer(), None, own[0].id));
    assert_eq!(refused, Refusal::LastManager);

    // A group of managers counts while somebody is in it.
    let ana = desk.nobody("Ana");
    let managers = desk.service.create_identity(&officer(), group("Managers", vec![ana.id.unwrap()])).unwrap();
    let role = Role::UserAccessAdministrator;
    desk.service.assign_role(&officer(), managers.id, role, Scope::Subscription).unwrap();
    desk.service.remove_role(&officer(), None, own[0].id).unwrap();
    let empty = IdentityPatch { members: Some(Vec::new()), ..IdentityPatch::default() };
    // Ana may assign roles, and an Owner may manage identities.
    let ben = desk.nobody_as(&ana, "Ben");
    assert!(ben.is_err(), "she manages no identities");
    desk.service.assign_role(&ana, ana.id.unwrap(), Role::Owner, Scope::Subscription).unwrap();
    desk.service.update_identity(&ana, managers.id, empty.clone()).unwrap();
    let own = everywhere(&desk, ana.id.unwrap());
    assert_eq!(refusal(desk.service.remove_role(&ana, None, own[0].id)), Refusal::LastManager);
    let refused = refusal(desk.service.remove_identity(&officer(), ana.id.unwrap()));
    assert!(matches!(refused, Refusal::ActionMissing { .. }), "the officer has no role any more");
}

#[test]
fn whoever_was_removed_may_do_nothing_and_is_told_so() {
    let mut desk = Desk::in_memory().with_vault(draft("prod"));
    let ana = desk.somebody("Ana", "prod", Rights::all_and_purge());
    desk.service.remove_identity(&officer(), ana.id.unwrap()).unwrap();
    let refused = refusal(desk.service.list_secrets(&ana, &vault("prod")));
    assert_eq!(refused, Refusal::IdentityUnknown { name: "Ana".into() });
    // What the vault had granted stays there, as in Key Vault, and can be taken away.
    let policies = |desk: &Desk| desk.service.world().vault(&vault("prod")).unwrap().access.policies.clone();
    assert!(policies(&desk).contains_key(&ana.id.unwrap()));
    let again = refusal(desk.service.set_policy(&officer(), &vault("prod"), ana.id.unwrap(), Rights::all_and_purge()));
    assert!(matches!(again, Refusal::IdentityUnknown { .. }));
    desk.service.delete_policy(&officer(), &vault("prod"), ana.id.unwrap()).unwrap();
    assert!(!policies(&desk).contains_key(&ana.id.unwrap()));
}

#[test]
fn identities_belong_to_no_region_and_change_while_one_is_out() {
    // A5
    let mut desk = Desk::in_memory().with_vault(draft("prod"));
    desk.service.begin_outage(&officer(), region("westeurope"), tresor::domain::region::FailoverPlan::DEMO).unwrap();
    desk.pass_secs(3_600);
    desk.nobody("Ana");
    let target = Target::Vault(vault("prod"));
    for operation in [Operation::VaultAccessPolicySet, Operation::RoleAssignmentPut, Operation::VaultAccessModelSet] {
        let asked = desk.service.may(&officer(), operation, &target);
        assert!(matches!(asked, Err(Refusal::ReadOnly { .. })), "{}", operation.audit_name());
    }
    let refused = refusal(desk.service.set_policy(&officer(), &vault("prod"), IdentityId::DEVELOPER, Rights::NONE));
    assert!(matches!(refused, Refusal::ReadOnly { .. }));
}

impl Desk {
    fn nobody_as(&mut self, by: &Caller, name: &str) -> Result<(), tresor::service::ServiceError> {
        let draft = IdentityDraft { name: called(name), kind: IdentityKind::Person, in_new_vaults: Rights::NONE };
        self.service.create_identity(by, draft).map(drop)
    }
}
