//! The activity answers who granted whom what, and reading it is granted (T11).

use std::ops::ControlFlow;

use tresor::crypto::KdfCost;
use tresor::domain::activity::{AllowedBy, Outcome, Record};
use tresor::domain::history::Filter;
use tresor::domain::identity::{IdentityDraft, IdentityId, IdentityKind, IdentityPatch};
use tresor::domain::region::FailoverPlan;
use tresor::domain::{AccessModel, Caller, Operation, Permission, Refusal, Rights, Role, Scope};
use tresor::service::{Authority, Passphrase, Purpose, Service};

use crate::desk::*;

/// All that was asked, oldest first.
fn records(service: &mut Service) -> Vec<Record> {
    let history = service.history();
    history.oldest_first().map(|asked| asked.record.to_record().unwrap()).collect()
}

/// `Security officer VaultAccessPolicySet Ana secrets: get`; a refused one begins with its status.
fn told(record: &Record) -> String {
    let Outcome::Refused { status, .. } = &record.outcome else {
        return words(record);
    };
    format!("{status} {}", words(record))
}

fn words(record: &Record) -> String {
    let subject = record.about.subject.as_ref().map_or("-", |subject| subject.name.as_str());
    let detail = record.about.detail.as_deref().unwrap_or("-");
    format!("{} {} {subject}: {detail}", record.caller, record.operation.audit_name())
}

/// All of it in words, by time; what was asked at the same moment, in any order.
fn all(service: &mut Service) -> Vec<String> {
    records(service).iter().map(told).collect()
}

#[track_caller]
fn assert_told(service: &mut Service, expected: &[&str]) {
    let all = all(service);
    for line in expected {
        assert_eq!(all.iter().filter(|told| told == line).count(), 1, "{line} in {all:#?}");
    }
}

#[test]
fn every_grant_says_whom_it_was_given_and_what() {
    // T11
    let mut desk = Desk::on_disk().with_vault(draft("prod"));
    let ana = desk.nobody("Ana").id.unwrap();
    let (prod, by) = (vault("prod"), officer());
    let service = &mut desk.service;
    let rights = [Permission::SecretsGet, Permission::SecretsList].into_iter().collect::<Rights>();
    service.set_policy(&by, &prod, ana, rights.and(Rights::all_of(tresor::domain::permission::Family::Keys))).unwrap();
    service.delete_policy(&by, &prod, ana).unwrap();
    let given = service.assign_role(&by, ana, Role::KeyVaultReader, Scope::Vault(prod.clone())).unwrap();
    service.remove_role(&by, Some(&prod), given.id).unwrap();
    let everywhere = service.assign_role(&by, ana, Role::Owner, Scope::Subscription).unwrap();
    service.remove_role(&by, None, everywhere.id).unwrap();
    service.set_access_model(&by, &prod, AccessModel::Roles).unwrap();
    assert_told(
        service,
        &[
            "Security officer VaultAccessPolicySet Ana: secrets: get, list; keys: all",
            "Security officer VaultAccessPolicyDelete Ana: secrets: get, list; keys: all",
            "Security officer RoleAssignmentPut Ana: Key Vault Reader (vault prod)",
            "Security officer RoleAssignmentDelete Ana: Key Vault Reader (vault prod)",
            "Security officer RoleAssignmentPut Ana: Owner (subscription)",
            "Security officer RoleAssignmentDelete Ana: Owner (subscription)",
            "Security officer VaultAccessModelSet -: Roles",
        ],
    );
    let mut desk = desk.reopened();
    assert_told(&mut desk.service, &["Security officer VaultAccessPolicySet Ana: secrets: get, list; keys: all"]);
    let subjects = records(&mut desk.service).into_iter().filter_map(|record| record.about.subject);
    assert_eq!(subjects.filter(|subject| subject.id == ana).count(), 7, "with its creation");
}

#[test]
fn a_refused_grant_says_whom_it_was_meant_for() {
    // T11
    let mut desk = Desk::in_memory().with_vault(draft("prod"));
    let ana = desk.nobody("Ana");
    let id = ana.id.unwrap();
    desk.service.set_policy(&ana, &vault("prod"), id, Rights::all_and_purge()).unwrap_err();
    desk.service.assign_role(&developer(), id, Role::Owner, Scope::Subscription).unwrap_err();
    assert_told(
        &mut desk.service,
        &[
            "403 Ana VaultAccessPolicySet Ana: all and purge",
            "403 Developer RoleAssignmentPut Ana: Owner (subscription)",
        ],
    );
}

#[test]
fn a_new_vault_says_what_it_grants_from_the_start() {
    // T11, S3
    let mut desk = Desk::in_memory();
    desk.service.create_vault(&developer(), draft("prod")).unwrap();
    let expected = "Developer VaultPut -: Access policies; all to Developer; all and purge to Security officer";
    assert_told(&mut desk.service, &[expected]);
}

#[test]
fn changes_of_identities_say_what_was_changed_of_whom() {
    // T11
    let mut desk = Desk::in_memory();
    let ana = desk.nobody("Ana").id.unwrap();
    let bo = desk.nobody("Bo").id.unwrap();
    let by = officer();
    let name = |text: &str| tresor::domain::IdentityName::parse(text).unwrap();
    let kind = IdentityKind::Group { members: vec![ana] };
    let team = IdentityDraft { name: name("Team"), kind, in_new_vaults: Rights::all() };
    let team = desk.service.create_identity(&by, team).unwrap().id;
    let patch = IdentityPatch { name: Some(name("Crew")), members: Some(vec![bo]), in_new_vaults: Some(Rights::NONE) };
    desk.service.update_identity(&by, team, patch).unwrap();
    desk.service.assign_role(&by, bo, Role::Reader, Scope::Subscription).unwrap();
    desk.service.remove_identity(&by, bo).unwrap();
    assert_told(
        &mut desk.service,
        &[
            "Security officer IdentityPut Team: group; members: Ana; in new vaults: all",
            "Security officer IdentityPut Team: name: Crew; added: Bo; removed: Ana; in new vaults: nothing",
            "Security officer IdentityDelete Bo: removed; Reader (subscription); member of Crew",
        ],
    );
}

#[test]
fn what_the_stores_passphrase_alone_allowed_is_marked_so() {
    // T11
    let mut desk = Desk::in_memory();
    let pin = |text: &str| Passphrase::new(text.to_owned());
    let officer_id = IdentityId::SECURITY_OFFICER;
    desk.service.set_identity_passphrase(&officer(), officer_id, &Authority::Own(None), Some(&pin("4711"))).unwrap();
    let nobody = Caller::by_store_passphrase();
    let store = || Authority::Store(passphrase());
    desk.service.set_identity_passphrase(&nobody, officer_id, &store(), Some(&pin("0815"))).unwrap();
    desk.service.set_identity_passphrase(&developer(), officer_id, &store(), None).unwrap();
    desk.service.change_passphrase(&nobody, &passphrase(), &pin("another passphrase"), KdfCost::LEAST).unwrap();
    desk.service.note_check(&developer());
    let records = records(&mut desk.service);
    let marks: Vec<_> = records[records.len() - 5..]
        .iter()
        .map(|record| (told(record), record.identity.is_some(), record.about.allowed_by == AllowedBy::StorePassphrase))
        .collect();
    let expected = [
        ("Security officer IdentityPassphraseSet Security officer: passphrase set", true, false),
        (" IdentityPassphraseSet Security officer: passphrase changed", false, true),
        ("Developer IdentityPassphraseSet Security officer: passphrase removed", true, true),
        (" StorePassphraseSet -: -", false, true),
        ("Developer StoreCheck -: -", true, true),
    ];
    assert_eq!(marks, expected.map(|(words, is_named, is_marked)| (words.to_owned(), is_named, is_marked)));
}

#[test]
fn reading_the_activity_is_granted_and_recorded_once() {
    // T11
    let mut desk = Desk::in_memory().with_vault(draft("prod"));
    let guest = desk.somebody("Guest", "prod", Rights::all_and_purge());
    let refused = refusal(desk.service.read_activity(&guest).map(drop));
    assert!(matches!(refused, Refusal::ActionMissing { .. }), "{refused:?}");
    let folder = quick_folder();
    let go_on = |_| ControlFlow::Continue(());
    let path = folder.path().join("activity.jsonl");
    assert!(desk.service.export_activity(&guest, &Filter::default(), &path, go_on).is_err() && !path.exists());
    let read = desk.service.read_activity(&developer()).unwrap();
    let is_read = |record: &&Record| record.operation == Operation::ActivityRead;
    let of_developer = |service: &mut Service| {
        records(service).iter().filter(is_read).filter(|record| record.caller == "Developer").count()
    };
    assert_eq!(
        read.oldest_first().filter(|asked| asked.record.caller == "Developer").count(),
        0,
        "not yet in its own answer"
    );
    assert_eq!(of_developer(&mut desk.service), 1);
    desk.service.open_activity(&developer()).unwrap();
    while desk.service.read_activity_on(1) {}
    desk.service.tick().unwrap();
    assert_eq!(of_developer(&mut desk.service), 2, "going on reading is no opening");
    desk.service.export_activity(&officer(), &Filter::default(), &path, go_on).unwrap();
    assert_told(&mut desk.service, &["Security officer ActivityExport -: -"]);
}

#[test]
fn regions_are_moved_failed_and_rebuilt_by_who_was_granted_that() {
    // T11
    let plan = FailoverPlan { failover_secs: 1, failback_secs: 1, failing_percent: 0 };
    for purpose in [Purpose::Real, Purpose::Simulation] {
        let mut desk = Desk::of(purpose, Some(quick_folder())).with_vault(draft("prod"));
        let guest = desk.somebody("Guest", "prod", Rights::all_and_purge());
        let west = region("westeurope");
        let folder = desk.folder.as_ref().unwrap().path().join("elsewhere");
        let moved = desk.service.move_region(&guest, west, &folder, &mut |_| ControlFlow::Continue(()));
        assert!(matches!(refusal(moved), Refusal::ActionMissing { .. }));
        assert!(!folder.exists());
        assert!(matches!(refusal(desk.service.rebuild_region(&guest, west)), Refusal::ActionMissing { .. }));
        assert_eq!(desk.service.begin_outage(&guest, west, plan).is_ok(), purpose == Purpose::Simulation);
        if purpose == Purpose::Simulation {
            desk.service.end_outage(&guest, west).unwrap();
            desk.pass_secs(10);
        }
        desk.service.begin_outage(&developer(), west, plan).unwrap();
    }
}
