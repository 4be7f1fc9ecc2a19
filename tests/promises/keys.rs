//! Keys: made, used, rotated, deleted, and all that is refused.

use proptest::prelude::*;
use tresor::{
    domain::{
        Algorithm, Curve, KeyKind, KeyOperation, KeyProtection, OctSize, Operation, Refusal, RotationPolicy, RsaSize,
        Sku, Target, Timestamp, VersionId,
        activity::Outcome,
        key::{KeyDraft, KeyPatch},
        properties::{Enabled, Validity},
        rotation::{Period, Trigger},
        vault::VaultDraft,
    },
    service::{
        Expect, KeyAnswer, KeyRequest, Purpose, Service, ServiceError,
        key::{self, CancelFlag, KeyMaterial, Parameters},
    },
};

use crate::desk::{
    Desk, code, developer, draft, keeping_days, name, officer, passphrase, protected, quick_folder, refusal, region,
    vault,
};

const P256: KeyKind = KeyKind::Ec(Curve::P256, KeyProtection::Software);
const RSA: KeyKind = KeyKind::Rsa(RsaSize::Rsa2048, KeyProtection::Software);
const AES: KeyKind = KeyKind::Oct(OctSize::Oct256);

fn premium(vault: &str) -> VaultDraft {
    VaultDraft { sku: Sku::Premium, ..draft(vault) }
}

fn material(kind: KeyKind) -> KeyMaterial {
    key::generate(kind, &CancelFlag::default()).unwrap()
}

fn create(desk: &mut Desk, at: &str, key: &str, kind: KeyKind) -> Result<VersionId, ServiceError> {
    desk.make_key(at, key, kind)
}

fn made(service: &mut Service, key: &str, id: Option<VersionId>, ask: KeyRequest<'_>) -> Result<Vec<u8>, ServiceError> {
    match service.use_key(&developer(), &vault("prod"), &name(key), id, ask)?.1 {
        KeyAnswer::Made(made) => Ok(made.value),
        KeyAnswer::Opened(opened) => Ok(opened.to_vec()),
        KeyAnswer::Verified(is_right) => Ok(vec![u8::from(is_right)]),
    }
}

fn encrypted(desk: &mut Desk, key: &str, text: &[u8]) -> Result<Vec<u8>, ServiceError> {
    made(&mut desk.service, key, None, KeyRequest::Encrypt(Algorithm::RsaOaep256, text, Parameters::default()))
}

fn decrypted(desk: &mut Desk, key: &str, id: Option<VersionId>, text: &[u8]) -> Result<Vec<u8>, ServiceError> {
    made(&mut desk.service, key, id, KeyRequest::Decrypt(Algorithm::RsaOaep256, text, Parameters::default()))
}

#[test]
fn a_rotated_key_still_decrypts_what_its_older_version_encrypted() {
    let mut desk = Desk::on_disk().with_vault(draft("prod"));
    let first = create(&mut desk, "prod", "wrap", RSA).unwrap();
    let old = encrypted(&mut desk, "wrap", b"old data").unwrap();
    let kind = desk.service.admit_rotation(&developer(), &vault("prod"), &name("wrap")).unwrap();
    let rotated = desk.service.rotate_key(&developer(), &vault("prod"), &name("wrap"), &material(kind)).unwrap();
    assert_eq!((rotated.versions().len(), rotated.current().kind), (2, RSA));
    let mut desk = desk.reopened();
    assert!(decrypted(&mut desk, "wrap", None, &old).is_err(), "the newest version has another key");
    assert_eq!(decrypted(&mut desk, "wrap", Some(first), &old).unwrap(), b"old data");
    let new = encrypted(&mut desk, "wrap", b"new data").unwrap();
    assert_eq!(decrypted(&mut desk, "wrap", None, &new).unwrap(), b"new data");
}

#[test]
fn a_key_for_verifying_only_does_nothing_else() {
    // §3.5
    let mut desk = Desk::in_memory().with_vault(draft("prod"));
    create(&mut desk, "prod", "sign", P256).unwrap();
    let digest = [7; 32];
    let sign = KeyRequest::Sign(Algorithm::Es256, &digest);
    let signature = made(&mut desk.service, "sign", None, sign).unwrap();
    let patch = KeyPatch { operations: Some([KeyOperation::Verify].into_iter().collect()), ..KeyPatch::default() };
    desk.service.update_key(&developer(), &vault("prod"), &name("sign"), None, &patch).unwrap();
    let refused = made(&mut desk.service, "sign", None, sign);
    assert_eq!(code(refused), (403, "Forbidden", Some("KeyOperationForbidden")));
    let verify = |signature| KeyRequest::Verify(Algorithm::Es256, &digest, signature);
    assert_eq!(made(&mut desk.service, "sign", None, verify(&signature)).unwrap(), [1]);
    let mut altered = signature.clone();
    altered[9] ^= 1;
    assert_eq!(made(&mut desk.service, "sign", None, verify(&altered)).unwrap(), [0], "an answer, not an error");
}

#[test]
fn a_key_outside_its_dates_opens_what_it_closed_and_closes_nothing() {
    // §3.5
    let mut desk = Desk::in_memory().with_vault(draft("prod"));
    create(&mut desk, "prod", "wrap", RSA).unwrap();
    let text = encrypted(&mut desk, "wrap", b"text").unwrap();
    let expires = desk.service.now().plus_days(1);
    let patch = KeyPatch { expires: Some(Some(expires)), ..KeyPatch::default() };
    desk.service.update_key(&developer(), &vault("prod"), &name("wrap"), None, &patch).unwrap();
    encrypted(&mut desk, "wrap", b"still").unwrap();
    desk.pass_days(1);
    assert!(matches!(refusal(encrypted(&mut desk, "wrap", b"late")), Refusal::KeyExpired { .. }));
    assert_eq!(decrypted(&mut desk, "wrap", None, &text).unwrap(), b"text");
    let patch = KeyPatch { expires: Some(None), not_before: Some(Some(expires.plus_days(9))), ..KeyPatch::default() };
    desk.service.update_key(&developer(), &vault("prod"), &name("wrap"), None, &patch).unwrap();
    assert!(matches!(refusal(encrypted(&mut desk, "wrap", b"early")), Refusal::KeyNotYetValid { .. }));
    let patch = KeyPatch { enabled: Some(Enabled::No), ..KeyPatch::default() };
    desk.service.update_key(&developer(), &vault("prod"), &name("wrap"), None, &patch).unwrap();
    assert_eq!(code(decrypted(&mut desk, "wrap", None, &text)), (403, "Forbidden", Some("KeyDisabled")));
}

#[test]
fn a_deleted_key_can_do_nothing_holds_its_name_and_comes_back_whole() {
    // S1, S5, S13, S16
    let mut desk = Desk::on_disk().with_vault(draft("prod"));
    create(&mut desk, "prod", "wrap", RSA).unwrap();
    let text = encrypted(&mut desk, "wrap", b"text").unwrap();
    desk.set("prod", "wrap", "a secret of the same name is another thing");
    let policy =
        RotationPolicy { rotate: Some(Trigger::AfterCreate(Period::parse("P90D").unwrap())), ..RotationPolicy::USUAL };
    let policy = RotationPolicy { notify: None, ..policy };
    desk.service.set_rotation_policy(&developer(), &vault("prod"), &name("wrap"), policy).unwrap();
    desk.service.delete_key(&developer(), &vault("prod"), &name("wrap")).unwrap();
    let mut desk = desk.reopened();
    assert_eq!(code(decrypted(&mut desk, "wrap", None, &text)), (404, "KeyNotFound", None));
    assert_eq!(code(create(&mut desk, "prod", "WRAP", P256)), (409, "Conflict", Some("ObjectIsDeletedButRecoverable")));
    let rotated = desk.service.admit_rotation(&developer(), &vault("prod"), &name("wrap"));
    assert_eq!(code(rotated), (404, "KeyNotFound", None));
    desk.get("prod", "wrap").unwrap();
    desk.service.recover_key(&developer(), &vault("prod"), &name("wrap")).unwrap();
    assert_eq!(decrypted(&mut desk, "wrap", None, &text).unwrap(), b"text");
    assert_eq!(desk.service.world().vault(&vault("prod")).unwrap().key(&name("wrap")).unwrap().policy(), policy);
}

#[test]
fn purging_a_key_takes_its_private_part_and_needs_its_own_permission() {
    // S2, S3, S10, S14
    let mut desk = Desk::on_disk().with_vault(keeping_days(7, draft("prod"))).with_vault(protected("safe"));
    let values = |desk: &Desk| desk.service.check().unwrap().partitions.iter().map(|part| part.values).sum::<u64>();
    for at in ["prod", "safe"] {
        create(&mut desk, at, "one", P256).unwrap();
        create(&mut desk, at, "two", P256).unwrap();
        for key in ["one", "two"] {
            desk.service.delete_key(&developer(), &vault(at), &name(key)).unwrap();
        }
    }
    assert_eq!(values(&desk), 4);
    let (prod, one) = (vault("prod"), name("one"));
    assert_eq!(code(desk.service.purge_key(&developer(), &prod, &one)), (403, "Forbidden", Some("AccessDenied")));
    desk.service.purge_key(&officer(), &prod, &one).unwrap();
    assert_eq!(code(desk.service.recover_key(&developer(), &prod, &one)), (404, "KeyNotFound", None));
    let refused = refusal(desk.service.purge_key(&officer(), &vault("safe"), &one));
    assert!(matches!(refused, Refusal::PurgeProtected { .. }), "{refused:?}");
    assert_eq!(values(&desk), 3);
    desk.pass_days(7);
    desk.service.tick().unwrap();
    assert_eq!(values(&desk), 2, "the other one went by itself");
}

#[test]
fn a_backup_brings_a_key_back_with_all_versions_and_no_secret() {
    let mut desk = Desk::on_disk().with_vault(draft("prod"));
    let first = create(&mut desk, "prod", "wrap", RSA).unwrap();
    let text = encrypted(&mut desk, "wrap", b"text").unwrap();
    create(&mut desk, "prod", "wrap", P256).unwrap();
    let blob = desk.service.back_up_key(&developer(), &vault("prod"), &name("wrap")).unwrap();
    assert!(matches!(
        refusal(desk.service.restore_key(&developer(), &vault("prod"), &blob)),
        Refusal::NameTaken { .. }
    ));
    assert_eq!(code(desk.restore("prod", &blob)), (400, "Malformed backup blob", None), "a key is no secret");
    desk.set("prod", "token", "value");
    let of_secret = desk.back_up("prod", "token").unwrap();
    assert_eq!(
        code(desk.service.restore_key(&developer(), &vault("prod"), &of_secret)),
        (400, "Malformed backup blob", None)
    );
    desk.service.delete_key(&developer(), &vault("prod"), &name("wrap")).unwrap();
    desk.service.purge_key(&officer(), &vault("prod"), &name("wrap")).unwrap();
    desk.service.restore_key(&developer(), &vault("prod"), &blob).unwrap();
    let mut desk = desk.reopened();
    assert_eq!(decrypted(&mut desk, "wrap", Some(first), &text).unwrap(), b"text");
}

#[test]
fn a_standard_vault_takes_no_hsm_key_and_no_key_takes_what_its_kind_cannot_do() {
    // §3.1, §3.4
    let mut desk = Desk::in_memory().with_vault(draft("prod")).with_vault(premium("gold"));
    assert!(matches!(refusal(create(&mut desk, "prod", "aes", AES)), Refusal::KeyNeedsPremium { .. }));
    create(&mut desk, "gold", "aes", AES).unwrap();
    let wants_encrypt =
        KeyDraft { operations: Some([KeyOperation::Encrypt].into_iter().collect()), ..KeyDraft::default() };
    let refused = desk.service.admit_new_key(&developer(), &vault("prod"), (&name("sign"), P256), &wants_encrypt);
    assert!(matches!(refusal(refused), Refusal::KeyOperationsUnsupported { .. }));
    let refused = refusal(desk.make_key_with("prod", "sign", P256, wants_encrypt));
    assert!(matches!(refused, Refusal::KeyOperationsUnsupported { .. }));
    create(&mut desk, "prod", "sign", P256).unwrap();
    let misfit = KeyRequest::Sign(Algorithm::Es384, &[0; 48]);
    assert!(matches!(refusal(made(&mut desk.service, "sign", None, misfit)), Refusal::AlgorithmUnfit { .. }));
}

#[test]
fn keys_work_while_read_only_and_none_is_made() {
    // A5
    let mut desk = Desk::in_memory().with_vault(draft("prod"));
    create(&mut desk, "prod", "sign", P256).unwrap();
    let plan = tresor::domain::region::FailoverPlan::DEMO;
    desk.service.begin_outage(&developer(), region("westeurope"), plan).unwrap();
    desk.pass_secs(3600);
    made(&mut desk.service, "sign", None, KeyRequest::Sign(Algorithm::Es256, &[0; 32])).unwrap();
    desk.service.back_up_key(&developer(), &vault("prod"), &name("sign")).unwrap();
    assert!(matches!(refusal(create(&mut desk, "prod", "other", P256)), Refusal::ReadOnly { .. }));
    let rotated = desk.service.admit_rotation(&developer(), &vault("prod"), &name("sign"));
    assert!(matches!(refusal(rotated), Refusal::ReadOnly { .. }));
}

#[test]
fn every_use_of_a_key_is_recorded_with_what_came_of_it() {
    let mut desk = Desk::in_memory().with_vault(draft("prod"));
    create(&mut desk, "prod", "sign", P256).unwrap();
    made(&mut desk.service, "sign", None, KeyRequest::Sign(Algorithm::Es256, &[0; 32])).unwrap();
    made(&mut desk.service, "sign", None, KeyRequest::Wrap(Algorithm::RsaOaep, &[0; 32])).unwrap_err();
    let told: Vec<_> =
        desk.service.view().activity.iter().map(|record| (record.operation, record.outcome == Outcome::Done)).collect();
    assert_eq!(told[1..], [(Operation::KeyCreate, true), (Operation::KeySign, true), (Operation::KeyWrap, false)]);
}

#[test]
fn a_store_opened_for_single_objects_uses_and_rotates_keys_too() {
    // S14
    let mut desk = Desk::of(Purpose::Real, Some(quick_folder())).with_vault(draft("prod"));
    create(&mut desk, "prod", "sign", P256).unwrap();
    let rotate = Some(Trigger::AfterCreate(Period::parse("P30D").unwrap()));
    let policy = RotationPolicy { rotate, notify: None, expiry: Some(Period::parse("P60D").unwrap()) };
    desk.service.set_rotation_policy(&developer(), &vault("prod"), &name("sign"), policy).unwrap();
    desk.service.tick().unwrap();
    let Desk { service, time, folder } = desk;
    drop(service);
    let path = folder.as_ref().unwrap().path().join("store");
    for (days, versions) in [(29, 1), (30, 2), (59, 2), (60, 3)] {
        time.hold_at(crate::desk::START.plus_days(days));
        let mut service = Service::open_lean(&path, &passphrase(), Expect::Reads, time.clone()).unwrap();
        made(&mut service, "sign", None, KeyRequest::Sign(Algorithm::Es256, &[0; 32])).unwrap();
        let key = service.list_key_versions(&developer(), &vault("prod"), &name("sign")).unwrap().unwrap();
        assert_eq!(key.versions().len(), versions, "after {days} days");
        service.tick().unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn a_policy_rotates_on_its_day_whatever_steps_the_clock_takes(
        after_days in 7_u32..40,
        lives_days in prop::option::of(60_u32..120),
        steps in prop::collection::vec(1_i64..50, 1..12),
    ) {
        // §3.6: told on its day where it ends, never twice, and each rotation begins where the clock stood.
        let mut desk = Desk::in_memory().with_vault(draft("prod"));
        create(&mut desk, "prod", "sign", P256).unwrap();
        let period = |days| Period::new(0, days).unwrap();
        let policy = RotationPolicy {
            rotate: Some(Trigger::AfterCreate(period(after_days))),
            notify: lives_days.map(|_| Trigger::AfterCreate(period(after_days - 1))),
            expiry: lives_days.map(period),
        };
        desk.service.set_rotation_policy(&developer(), &vault("prod"), &name("sign"), policy).unwrap();
        let (mut made, mut told): (Vec<Timestamp>, Vec<Timestamp>) = (vec![desk.service.now()], Vec::new());
        for days in steps {
            desk.pass_days(days);
            desk.service.tick().unwrap();
            let now = desk.service.now();
            let newest = *made.last().unwrap();
            if newest.plus_days(after_days.into()) <= now {
                made.push(now);
            } else if lives_days.is_some() && newest.plus_days(i64::from(after_days) - 1) <= now && told.last() != Some(&newest) {
                told.push(newest);
            }
            let world = desk.service.world();
            let key = world.vault(&vault("prod")).unwrap().key(&name("sign")).unwrap();
            let created: Vec<_> = key.versions().iter().map(|version| version.created).collect();
            prop_assert_eq!(&created, &made);
            let expires = key.current().validity.expires();
            prop_assert_eq!(expires.is_some(), lives_days.is_some() && made.len() > 1);
            let count = |operation| desk.service.view().activity.iter().filter(|one| one.operation == operation).count();
            prop_assert_eq!(count(Operation::KeyRotateIfDue), made.len() - 1);
            prop_assert_eq!(count(Operation::KeyNearExpiryEventGridNotification), told.len());
        }
    }
}

#[test]
fn a_button_and_the_service_agree_on_keys() {
    let mut desk = Desk::in_memory().with_vault(draft("prod"));
    create(&mut desk, "prod", "sign", P256).unwrap();
    let target = |key: &str| Target::Object(vault("prod"), name(key));
    let may = |desk: &Desk, operation, key: &str| desk.service.may(&developer(), operation, &target(key)).is_ok();
    assert!(may(&desk, Operation::KeySign, "sign") && !may(&desk, Operation::KeyEncrypt, "sign"));
    assert!(may(&desk, Operation::KeyRotate, "sign") && !may(&desk, Operation::KeyRotate, "none"));
    assert!(may(&desk, Operation::KeyCreate, "none") && !may(&desk, Operation::KeyPurge, "sign"));
    let expired = Validity::parse(None, Some(desk.service.now().plus_days(1))).unwrap();
    desk.make_key_with("prod", "old", P256, KeyDraft { validity: expired, ..KeyDraft::default() }).unwrap();
    desk.pass_days(2);
    assert!(may(&desk, Operation::KeyVerify, "old") && !may(&desk, Operation::KeySign, "old"));
    desk.service.delete_key(&developer(), &vault("prod"), &name("sign")).unwrap();
    assert!(may(&desk, Operation::KeyRecover, "sign") && !may(&desk, Operation::KeyCreate, "sign"));
}
