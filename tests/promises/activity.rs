//! The activity log: one record for each operation, never a value.

use tresor::domain::activity::{Outcome, Record};
use tresor::domain::region::FailoverPlan;
use tresor::domain::secret::SecretPatch;
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
