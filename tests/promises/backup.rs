//! Backups: out of a store and back into it (§2.7).

use tresor::domain::properties::Enabled;
use tresor::domain::secret::SecretPatch;
use tresor::domain::{
    Curve, KeyKind, KeyProtection, Refusal, RotationPolicy, VersionId,
    rotation::{Period, Trigger},
};

use crate::desk::*;

#[test]
fn a_backup_brings_back_all_versions_with_their_ids_and_dates() {
    let mut desk = Desk::on_disk().with_vault(draft("prod")).with_vault(in_region("northeurope", draft("copy")));
    let mut ids: Vec<VersionId> = Vec::new();
    for text in ["one", "two", "three"] {
        ids.push(desk.set("prod", "Token", text));
        desk.pass_days(1);
    }
    let disable = SecretPatch { enabled: Some(Enabled::No), ..SecretPatch::default() };
    desk.service.update_secret(&developer(), &vault("prod"), &name("token"), Some(ids[1]), &disable).unwrap();
    let blob = desk.back_up("prod", "token").unwrap();
    assert_eq!(desk.restore("copy", &blob).unwrap().as_str(), "Token", "another vault of the same geography");
    desk.delete("prod", "token").unwrap();
    desk.purge_as(&officer(), "prod", "token").unwrap();
    let mut desk = desk.reopened();
    assert_eq!(desk.get("copy", "token").unwrap(), "three", "a copy stands on its own");
    desk.restore("prod", &blob).unwrap();
    let mut desk = desk.reopened();
    assert_eq!(desk.get_version("prod", "token", Some(ids[0])).unwrap(), "one");
    assert_eq!(code(desk.get_version("prod", "token", Some(ids[1]))), (403, "Forbidden", Some("SecretDisabled")));
    assert_eq!(desk.get_version("prod", "token", Some(ids[2])).unwrap(), "three");
    let world = desk.service.world();
    let [restored, copied] =
        ["prod", "copy"].map(|of| world.vault(&vault(of)).unwrap().secret(&name("token")).unwrap());
    assert_eq!(restored, copied);
    assert_eq!(restored.versions().iter().map(|version| version.id).collect::<Vec<_>>(), ids);
    assert_eq!(restored.created(), START);
}

#[test]
fn a_restored_key_rotates_when_its_policy_says_and_restores_again_as_it_then_is() {
    // §2.7, §3.6
    let mut desk = Desk::in_memory().with_vault(draft("prod"));
    let kind = KeyKind::Ec(Curve::P256, KeyProtection::Software);
    desk.make_key("prod", "sign", kind).unwrap();
    let (prod, sign) = (vault("prod"), name("sign"));
    let rotate = Some(Trigger::AfterCreate(Period::parse("P30D").unwrap()));
    let policy = RotationPolicy { rotate, notify: None, ..RotationPolicy::USUAL };
    desk.service.set_rotation_policy(&developer(), &prod, &sign, policy).unwrap();
    let blob = desk.service.back_up_key(&developer(), &prod, &sign).unwrap();
    let purge = |desk: &mut Desk| {
        desk.service.delete_key(&developer(), &prod, &sign).unwrap();
        desk.service.purge_key(&officer(), &prod, &sign).unwrap();
    };
    purge(&mut desk);
    desk.pass_days(60);
    let restored = desk.service.restore_key(&developer(), &prod, &blob).unwrap();
    assert_eq!(restored.versions().len(), 1, "as it was backed up");
    let again = desk.service.back_up_key(&developer(), &prod, &sign).unwrap();
    let stands = desk.service.world().vault(&prod).unwrap().key(&sign).unwrap().clone();
    assert_eq!(stands.versions().len(), 2, "it was time to rotate it");
    purge(&mut desk);
    assert_eq!(desk.service.restore_key(&developer(), &prod, &again).unwrap(), stands);
}

#[test]
fn a_name_that_is_taken_or_held_refuses_a_restore() {
    let mut desk = Desk::in_memory().with_vault(draft("prod"));
    desk.set("prod", "token", "backed up");
    let blob = desk.back_up("prod", "token").unwrap();
    desk.set("prod", "token", "newer");
    assert_eq!(code(desk.restore("prod", &blob)), (409, "Conflict", None));
    assert_eq!(desk.get("prod", "token").unwrap(), "newer");
    desk.delete("prod", "token").unwrap();
    let held = (409, "Conflict", Some("ObjectIsDeletedButRecoverable"));
    assert_eq!(code(desk.restore("prod", &blob)), held);
    desk.purge_as(&officer(), "prod", "token").unwrap();
    desk.restore("prod", &blob).unwrap();
    assert_eq!(desk.get("prod", "token").unwrap(), "backed up");
}

#[test]
fn a_backup_stays_in_its_geography_and_in_its_store() {
    let mut desk = Desk::in_memory()
        .with_vault(draft("prod"))
        .with_vault(in_region("northeurope", draft("ireland")))
        .with_vault(in_region("eastus", draft("virginia")));
    desk.set("prod", "token", "value");
    let blob = desk.back_up("prod", "token").unwrap();
    let refused = refusal(desk.restore("virginia", &blob));
    assert_eq!(refused, Refusal::BackupOfAnotherGeography { from: "Europe".into(), to: "United States".into() });
    desk.restore("ireland", &blob).unwrap();
    // The same passphrase, and still another store.
    let mut other = Desk::in_memory().with_vault(draft("prod"));
    assert_eq!(refusal(other.restore("prod", &blob)), Refusal::BackupMalformed);
}

#[test]
fn a_damaged_backup_is_one_refusal_and_changes_nothing() {
    // T3
    let mut desk = Desk::in_memory().with_vault(draft("prod")).with_vault(draft("empty"));
    desk.set("prod", "token", "value");
    let blob = desk.back_up("prod", "token").unwrap();
    assert!(!blob.windows(5).any(|window| window == b"value" || window == b"token"), "T1: nothing readable");
    let changes = |desk: &Desk| desk.service.view().regions.iter().map(|region| region.revision).sum::<u64>();
    let before = changes(&desk);
    for length in 0..blob.len() {
        assert_eq!(refusal(desk.restore("empty", &blob[..length])), Refusal::BackupMalformed, "cut to {length} bytes");
    }
    let mut altered = blob.clone();
    for at in 0..blob.len() {
        altered[at] ^= 1 << (at % 8);
        assert_eq!(refusal(desk.restore("empty", &altered)), Refusal::BackupMalformed, "byte {at}");
        altered[at] = blob[at];
    }
    altered.push(0);
    assert_eq!(refusal(desk.restore("empty", &altered)), Refusal::BackupMalformed, "one byte more");
    assert_eq!(changes(&desk), before);
    desk.restore("empty", &blob).unwrap();
}

#[test]
fn a_backup_takes_500_versions_and_not_one_more() {
    let mut desk = Desk::in_memory().with_vault(draft("prod")).with_vault(draft("copy"));
    let many = (0..500).map(|number| new("token", &number.to_string())).collect::<Vec<_>>();
    let go_on = |_| std::ops::ControlFlow::Continue(());
    desk.service.set_secrets(&developer(), &vault("prod"), many, go_on).unwrap();
    let blob = desk.back_up("prod", "token").unwrap();
    desk.restore("copy", &blob).unwrap();
    assert_eq!(desk.get("copy", "token").unwrap(), "499");
    desk.set("prod", "token", "one too many");
    assert_eq!(refusal(desk.back_up("prod", "token")), Refusal::TooManyVersions { found: 501 });
    let target = tresor::domain::Target::Object(vault("prod"), name("token"));
    let asked = desk.service.may(&developer(), tresor::domain::Operation::SecretBackup, &target);
    assert_eq!(asked, Err(Refusal::TooManyVersions { found: 501 }), "the button knows it too");
}
