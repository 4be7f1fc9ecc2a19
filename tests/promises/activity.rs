//! The activity log: one record for each operation, never a value.

use tresor::domain::activity::{ActivityDays, Outcome, Record, Via};
use tresor::domain::history::{Filter, History, Kind};
use tresor::domain::region::FailoverPlan;
use tresor::domain::secret::SecretPatch;
use tresor::domain::vault::VaultDraft;
use tresor::domain::{Algorithm, Curve, KeyKind, KeyProtection, Operation, Sku};
use tresor::service::{KeyRequest, ServiceError};
use tresor::store::Store;

use crate::desk::*;

fn line(record: &Record) -> String {
    let object = record.object.as_ref().map(|name| format!("/{name}")).unwrap_or_default();
    let vault = record.vault.as_ref().map_or("-", |name| name.as_str());
    let region = record.region.map_or("-", |region| region.as_str());
    let outcome = match &record.outcome {
        Outcome::Done => "done".to_owned(),
        Outcome::Refused { status, code, inner } => format!("{status} {code} {}", inner.as_deref().unwrap_or("-")),
    };
    format!("{} {} {vault}{object} {region} {outcome}", record.caller, record.operation.audit_name())
}

fn lines(desk: &Desk) -> Vec<String> {
    desk.service.view().activity.iter().map(|record| line(record)).collect()
}

#[test]
fn each_operation_leaves_one_record_that_survives() {
    let mut desk = Desk::on_disk();
    let (by, prod, token) = (developer(), vault("prod"), name("token"));
    desk.service.create_vault(&by, draft("prod")).unwrap();
    desk.set("prod", "token", "value");
    desk.get("prod", "token").unwrap();
    desk.service.list_secrets(&by, &prod).unwrap();
    let blob = desk.back_up("prod", "token").unwrap();
    desk.service.update_secret(&by, &prod, &token, None, &SecretPatch::default()).unwrap();
    desk.delete("prod", "token").unwrap();
    desk.purge_as(&by, "prod", "token").unwrap_err();
    desk.bin("prod");
    desk.recover("prod", "token").unwrap();
    desk.delete("prod", "token").unwrap();
    desk.purge_as(&officer(), "prod", "token").unwrap();
    desk.restore("prod", &blob).unwrap();
    desk.restore("prod", b"nonsense").unwrap_err();
    desk.get("prod", "missing").unwrap_err();
    desk.service.begin_outage(&by, region("westeurope"), FailoverPlan::USUAL).unwrap();
    desk.pass_secs(120);
    desk.get("prod", "token").unwrap();
    desk.try_set("prod", "token").unwrap_err();
    desk.service.end_outage(&by, region("westeurope")).unwrap();
    desk.pass_secs(30);
    desk.service.delete_vault(&by, &prod).unwrap();
    desk.service.recover_vault(&by, &prod).unwrap();
    desk.service.delete_vault(&by, &prod).unwrap();
    desk.service.purge_vault(&officer(), &prod).unwrap();
    let expected = [
        "Developer VaultPut prod westeurope done",
        "Developer SecretSet prod/token westeurope done",
        "Developer SecretGet prod/token westeurope done",
        "Developer SecretList prod westeurope done",
        "Developer SecretBackup prod/token westeurope done",
        "Developer SecretUpdate prod/token westeurope done",
        "Developer SecretDelete prod/token westeurope done",
        "Developer SecretPurge prod/token westeurope 403 Forbidden AccessDenied",
        "Developer SecretListDeleted prod westeurope done",
        "Developer SecretRecover prod/token westeurope done",
        "Developer SecretDelete prod/token westeurope done",
        "Security officer SecretPurge prod/token westeurope done",
        "Developer SecretRestore prod westeurope done",
        "Developer SecretRestore prod westeurope 400 Malformed backup blob -",
        "Developer SecretGet prod/missing westeurope 404 SecretNotFound -",
        "Developer RegionOutage - westeurope done",
        "Developer SecretGet prod/token northeurope done",
        "Developer SecretSet prod/token northeurope 403 Forbidden VaultReadOnly",
        "Developer RegionReturn - westeurope done",
        "Developer VaultDelete prod westeurope done",
        "Developer VaultRecover prod westeurope done",
        "Developer VaultDelete prod westeurope done",
        "Security officer VaultPurge prod westeurope done",
    ];
    assert_eq!(lines(&desk), expected);
    let before: Vec<_> = desk.service.view().activity.iter().cloned().collect();
    let desk = desk.reopened();
    let after: Vec<_> = desk.service.view().activity.iter().cloned().collect();
    // Records of one moment that went to two parts of the store may change places.
    let mut sorted = [before, after];
    for records in &mut sorted {
        records.sort_by_key(|record| (record.at, line(record)));
    }
    assert_eq!(sorted[0], sorted[1]);
}

#[test]
fn records_of_one_moment_keep_their_order() {
    let mut desk = Desk::on_disk().with_vault(draft("prod"));
    for number in 0..20 {
        desk.set("prod", &format!("token-{number}"), "value");
    }
    let before = lines(&desk);
    assert_eq!(lines(&desk.reopened()), before);
}

#[test]
fn a_cancelled_import_and_an_import_are_no_record_and_one() {
    let mut desk = Desk::in_memory().with_vault(draft("prod"));
    let many = || (0..50).map(|number| new(&format!("token-{number}"), "value")).collect::<Vec<_>>();
    let stop = |_| std::ops::ControlFlow::Break(());
    desk.service.set_secrets(&developer(), &vault("prod"), many(), stop).unwrap_err();
    assert_eq!(lines(&desk).len(), 1);
    let go_on = |_| std::ops::ControlFlow::Continue(());
    desk.service.set_secrets(&developer(), &vault("prod"), many(), go_on).unwrap();
    assert_eq!(lines(&desk)[1..], ["Developer SecretSet prod westeurope done"]);
}

#[test]
fn no_record_holds_a_value() {
    // T1
    const VALUE: &str = "a value nobody may find";
    let mut desk = Desk::on_disk().with_vault(draft("prod"));
    desk.set("prod", "token", VALUE);
    desk.get("prod", "token").unwrap();
    desk.back_up("prod", "token").unwrap();
    desk.delete("prod", "token").unwrap();
    desk.service.tick().unwrap();
    let Desk { service, folder, .. } = desk;
    drop(service);
    let store = Store::open(&folder.unwrap().path().join("store"), &passphrase()).unwrap();
    let mut has_name = false;
    for partition in store.partitions() {
        for chunk in store.recent_activity(&partition, usize::MAX).unwrap() {
            let contains = |text: &str| chunk.windows(text.len()).any(|window| window == text.as_bytes());
            assert!(!contains(VALUE));
            has_name |= contains("token");
        }
    }
    assert!(has_name, "these are the records");
}

fn all(desk: &mut Desk) -> History {
    desk.service.history()
}

fn told(history: &History) -> Vec<String> {
    history.oldest_first().map(|asked| line(&asked.record.to_record().unwrap())).collect()
}

#[test]
fn all_that_was_asked_is_read_from_every_region_in_its_order_and_goes_on() {
    let mut desk = Desk::on_disk().with_vault(draft("prod")).with_vault(in_region("eastus", draft("far")));
    for number in 0..30 {
        let vault = if number % 2 == 0 { "prod" } else { "far" };
        desk.set(vault, &format!("token-{number}"), "value");
        desk.pass_secs(1);
    }
    let mut desk = desk.reopened();
    desk.service.begin_activity();
    assert!(desk.service.read_activity_on(4), "the newest come first, and there are more");
    assert_eq!(desk.service.view().history.unwrap().len(), 4);
    desk.set("prod", "later", "value");
    desk.pass_secs(1);
    desk.get("far", "token-1").unwrap();
    let history = all(&mut desk);
    let names: Vec<_> = history.oldest_first().filter_map(|asked| asked.record.object.map(str::to_owned)).collect();
    let mut expected: Vec<_> = (0..30).map(|number| format!("token-{number}")).collect();
    expected.extend(["later".to_owned(), "token-1".to_owned()]);
    assert_eq!(names, expected);
    assert!(history.faults.is_empty());
    let ids: std::collections::BTreeSet<_> = history.oldest_first().map(|asked| asked.place.correlation_id()).collect();
    assert_eq!(ids.len(), history.len(), "each has its own correlation id");
    assert_eq!(told(&all(&mut desk.reopened())), told(&history));
}

#[test]
fn a_record_tells_by_whom_by_way_of_what_and_of_which_version_it_was_asked() {
    let mut desk = Desk::in_memory().with_vault(VaultDraft { sku: Sku::Premium, ..draft("prod") });
    desk.service = desk.service.asked_by_way_of(Via::CommandLine);
    let set = desk.service.set_secret(&developer(), &vault("prod"), new("token", "value")).unwrap();
    desk.get("prod", "token").unwrap();
    let made = desk.make_key("prod", "sign", KeyKind::Ec(Curve::P256, KeyProtection::SimulatedHsm)).unwrap();
    let digest = [7; 32];
    let request = KeyRequest::Sign(Algorithm::Es256, &digest);
    desk.service.use_key(&officer(), &vault("prod"), &name("sign"), None, request).unwrap();
    let records: Vec<_> = desk.service.view().activity.iter().cloned().collect();
    let of = |operation: Operation| records.iter().find(|record| record.operation == operation).unwrap();
    let (secret, key) = (Some(set.current().id), Some(made));
    assert_eq!(of(Operation::SecretSet).version, secret);
    assert_eq!(of(Operation::SecretGet).version, secret);
    assert_eq!(of(Operation::KeyCreate).version, key);
    let signed = of(Operation::KeySign);
    assert_eq!((signed.version, signed.key), (key, Some(KeyKind::Ec(Curve::P256, KeyProtection::SimulatedHsm))));
    assert_eq!((signed.identity, signed.via), (officer().id, Via::CommandLine));
    assert_eq!(of(Operation::SecretGet).identity, developer().id);
}

#[test]
fn activity_is_forgotten_after_its_time_and_that_is_told_from_taking_away() {
    // T3
    let mut desk = Desk::on_disk().with_vault(draft("prod"));
    desk.set("prod", "early", "value");
    desk.pass_days(60);
    desk.set("prod", "late", "value");
    desk.pass_days(32);
    desk.service.tick().unwrap();
    assert_eq!(told(&all(&mut desk)), ["Developer SecretSet prod/late westeurope done"]);
    assert!(desk.service.check_activity().is_empty());
    desk.service.check().unwrap();
    let mut desk = desk.reopened();
    assert_eq!(told(&all(&mut desk)), ["Developer SecretSet prod/late westeurope done"]);
    let refused = code(desk.service.keep_activity(&developer(), ActivityDays::parse(7).unwrap()));
    assert_eq!(refused, (403, "AuthorizationFailed", None), "not everybody may shorten what is kept");
    desk.service.keep_activity(&officer(), ActivityDays::parse(7).unwrap()).unwrap();
    desk.service.tick().unwrap();
    let left = [
        "Developer ActivityRetentionSet - - 403 AuthorizationFailed -",
        "Security officer ActivityRetentionSet - - done",
    ];
    assert_eq!(told(&all(&mut desk)), left);
    let mut desk = desk.reopened();
    assert_eq!(desk.service.world().activity_days.days(), 7);
    assert_eq!(told(&all(&mut desk)), left);
    assert!(desk.service.check_activity().is_empty());
}

#[test]
fn reads_are_written_while_nobody_stops_reading() {
    let mut desk = Desk::on_disk().with_vault(draft("prod"));
    desk.set("prod", "token", "value");
    let global = tresor::store::Partition::GLOBAL;
    for _ in 0..20_000 {
        desk.get("prod", "token").unwrap();
    }
    // Nobody ticked and nothing was committed: as if the program were killed now.
    let Desk { service, folder, .. } = desk;
    let path = folder.as_ref().unwrap().path().join("store");
    let copied = folder.as_ref().unwrap().path().join("copy");
    copy_folder(&path, &copied);
    drop(service);
    let store = Store::open(&copied, &passphrase()).unwrap();
    let chunks = store.recent_activity(&global, usize::MAX).unwrap();
    let bytes: usize = chunks.iter().map(|chunk| chunk.len()).sum();
    assert!(bytes > 100_000, "{bytes} bytes of reads are on the disk");
}

#[test]
fn an_export_is_one_event_a_line_and_holds_no_value() {
    // T1, §10
    const VALUE: &str = "a value nobody may find";
    let mut desk = Desk::on_disk().with_vault(draft("prod"));
    desk.pass_secs(1);
    desk.set("prod", "token", VALUE);
    desk.pass_secs(1);
    desk.get("prod", "token").unwrap();
    desk.purge_as(&developer(), "prod", "token").unwrap_err();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("activity.jsonl");
    let go_on = |_| std::ops::ControlFlow::Continue(());
    assert_eq!(desk.service.export_activity(&officer(), &Filter::default(), &path, go_on).unwrap(), 4);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains(VALUE));
    let events: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<_> = events.iter().map(|event| event["operationName"].as_str().unwrap()).collect();
    assert_eq!(names, ["VaultPut", "SecretSet", "SecretGet", "SecretPurge"]);
    assert!(events.iter().all(|event| event["category"] == "AuditEvent"));
    let refused = Filter { kind: Kind::Refused, ..Filter::default() };
    assert_eq!(desk.service.export_activity(&officer(), &refused, &path, go_on).unwrap(), 1);
    assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn an_export_that_is_cancelled_leaves_the_file_as_it_was() {
    // T5
    let mut desk = Desk::in_memory().with_vault(draft("prod"));
    for _ in 0..3_000 {
        desk.get("prod", "missing").unwrap_err();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("activity.jsonl");
    std::fs::write(&path, "older").unwrap();
    let stop = |_| std::ops::ControlFlow::Break(());
    let error = desk.service.export_activity(&officer(), &Filter::default(), &path, stop).unwrap_err();
    assert!(matches!(error, ServiceError::Cancelled));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "older");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
