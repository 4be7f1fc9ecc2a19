//! A store that an earlier version of the program wrote, with dates, policies and backups that this one does not write any more.

use std::{fs, path::Path};

use tresor::domain::{
    IdentityId, Rights, Timestamp, Zone,
    access::PurgePolicy,
    activity::About,
    permission::{Family, Permission},
    properties::Enabled,
    secret::SecretPatch,
};
use tresor::service::{Passphrase, Service, TimeSource};

use crate::desk::*;

const EARLIER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/v1-grants");
/// Six weeks after it was written.
const LATER: Timestamp = Timestamp::from_secs(1_800_000_000);

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

fn earlier() -> Desk {
    let folder = quick_folder();
    copy(Path::new(EARLIER), &folder.path().join("store"));
    let time = TimeSource::held_at(LATER);
    let passphrase = Passphrase::new("golden passphrase of the first grants".into());
    let service = Service::open(&folder.path().join("store"), &passphrase, time.clone()).unwrap();
    Desk { service, time, folder: Some(folder) }
}

#[test]
fn dates_that_are_not_taken_any_more_are_shown_and_become_the_nearest_with_the_next_change() {
    // T5
    let mut desk = earlier();
    let prod = vault("prod");
    let secrets = desk.service.list_secrets(&developer(), &prod).unwrap();
    let far = |name: &str| secrets.live().find(|secret| secret.name().as_str() == name).unwrap().current().clone();
    for (name, not_before, expires) in [("far", false, true), ("ancient", true, false), ("ends", true, true)] {
        let validity = far(name).validity;
        assert_eq!((validity.not_before().is_some(), validity.expires().is_some()), (not_before, expires));
        for date in [validity.not_before(), validity.expires()].into_iter().flatten() {
            assert!(date.admit().is_err());
            assert!(!Zone::Local.date_and_time(date).is_empty());
        }
    }
    let disable = SecretPatch { enabled: Some(Enabled::No), ..SecretPatch::default() };
    let changed = desk.service.update_secret(&developer(), &prod, &name("far"), None, &disable).unwrap();
    assert_eq!(changed.current().validity.expires(), Some(Timestamp::LATEST));
}

#[test]
fn policies_keep_the_purge_that_all_meant_when_they_were_set() {
    // S3
    let desk = earlier();
    let world = desk.service.world();
    let found = world.policies_with_purge();
    let ana = world.directory.find(&"Ana".to_owned().try_into().unwrap()).unwrap().id;
    let of = |holder: IdentityId| found.iter().find(|policy| policy.holder == holder).unwrap();
    assert_eq!(*of(ana), PurgePolicy { vault: vault("prod"), holder: ana, families: vec![Family::Secrets] });
    assert_eq!(of(IdentityId::SECURITY_OFFICER).families, Family::ALL);
    assert_eq!(found.len(), 2, "the Developer's never had it");
    let policies = &world.vault(&vault("prod")).unwrap().access.policies;
    assert!(policies[&ana].contains(Permission::SecretsPurge) && !policies[&ana].has_all_of(Family::Secrets));
    // A new vault says the same as words.
    let mut desk = desk;
    desk.service.create_vault(&developer(), draft("stage")).unwrap();
    let policies = &desk.service.world().vault(&vault("stage")).unwrap().access.policies;
    assert_eq!(policies[&IdentityId::SECURITY_OFFICER], Rights::all_and_purge());
    assert_eq!(policies[&IdentityId::DEVELOPER], Rights::all());
}

#[test]
fn backups_without_padding_are_restored() {
    // §2.7
    let mut desk = earlier().with_vault(draft("copy"));
    let read = |file: &str| fs::read(Path::new(EARLIER).join(file)).unwrap();
    assert_eq!(desk.restore("copy", &read("secret.backup")).unwrap().as_str(), "ends");
    assert_eq!(desk.get("copy", "ends").unwrap(), "both ends");
    let secret = desk.service.world().vault(&vault("copy")).unwrap().secret(&name("ends")).unwrap().clone();
    let validity = secret.current().validity;
    assert_eq!((validity.not_before(), validity.expires()), (Some(Timestamp::EARLIEST), Some(Timestamp::LATEST)));
    let key = desk.service.restore_key(&developer(), &vault("copy"), &read("key.backup")).unwrap();
    assert_eq!(key.current().validity.not_before(), Some(Timestamp::LATEST));
}

#[test]
fn activity_from_before_it_said_whom_it_was_about_is_read() {
    // T11
    let mut desk = earlier();
    let history = desk.service.history();
    assert!(history.faults.is_empty());
    let names: Vec<_> = history.oldest_first().map(|asked| asked.record.operation.audit_name()).collect();
    assert!(names.contains(&"VaultAccessPolicySet") && names.contains(&"IdentityPassphraseSet"), "{names:?}");
    assert!(history.oldest_first().all(|asked| asked.record.to_record().unwrap().about == About::default()));
}

#[test]
fn the_first_change_brings_a_store_to_the_latest_format_and_tells_once_who_may_destroy_by_policy() {
    // S3, T8: never on a read, and in the way of a single request as of several that share a commit.
    for shares_commits in [false, true] {
        let mut desk = earlier();
        desk.service.list_secrets(&developer(), &vault("prod")).unwrap();
        desk.service.tick().unwrap();
        assert!(!desk.service.notices().iter().any(|notice| notice.contains("format")));
        if shares_commits {
            let names = ["one", "two"];
            let set = desk
                .service
                .grouped(names, |service, name| service.set_secret(&developer(), &vault("prod"), new(name, "value")));
            assert!(set.iter().all(Result::is_ok));
        } else {
            desk.set("prod", "one", "value");
            desk.set("prod", "two", "value");
        }
        let told = desk.service.notices();
        let upgraded = told.iter().filter(|notice| notice.contains("from format 1 to format 2")).count();
        let listed = told
            .iter()
            .filter(|notice| notice.contains("include the purge permission") && notice.contains("Ana in prod"));
        assert_eq!((upgraded, listed.count()), (1, 1), "{told:?}");
        let world = desk.service.world().vault(&vault("prod")).unwrap();
        assert!(
            ["one", "two"].iter().all(|one| world.secrets.get(&name(one)).is_some()),
            "what was set is seen at once"
        );
        desk.set("prod", "three", "value");
        assert!(!desk.service.notices().iter().any(|notice| notice.contains("include the purge permission")));
    }
}
