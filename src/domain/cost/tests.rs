use super::*;
use crate::domain::{
    Curve, IdentityId, ObjectName, OctSize, VaultName,
    activity::{Outcome, Record},
    history::HistoryBuilder,
};

const DEVELOPER: Option<IdentityId> = Some(IdentityId::DEVELOPER);

fn record(at: &str, operation: Operation, key: Option<KeyKind>) -> Record {
    Record {
        at: Timestamp::parse(at).unwrap(),
        caller: "Developer".into(),
        identity: DEVELOPER,
        via: Via::Window,
        operation,
        vault: VaultName::parse("prod").ok(),
        object: ObjectName::parse("thing").ok(),
        version: Some(VersionId::from_bytes([1; 16])),
        key,
        region: None,
        outcome: Outcome::Done,
        took_us: 1,
        about: crate::domain::activity::About::default(),
    }
}

fn with_status(record: Record, status: u16) -> Record {
    Record { outcome: Outcome::Refused { status, code: "Whatever".into(), inner: None }, ..record }
}

fn bills(records: &[Record], now: &str) -> Vec<Bill> {
    let mut ledger = Ledger::default();
    let history = HistoryBuilder::of(records);
    while !ledger.look(&history, 3) {}
    ledger.bills(&Prices::default(), Timestamp::parse(now).unwrap())
}

const RSA_2048: KeyKind = KeyKind::Rsa(RsaSize::Rsa2048, KeyProtection::Software);
const RSA_3072: KeyKind = KeyKind::Rsa(RsaSize::Rsa3072, KeyProtection::Software);
const RSA_4096: KeyKind = KeyKind::Rsa(RsaSize::Rsa4096, KeyProtection::Software);
const EC: KeyKind = KeyKind::Ec(Curve::P256, KeyProtection::Software);
const RSA_HSM: KeyKind = KeyKind::Rsa(RsaSize::Rsa2048, KeyProtection::SimulatedHsm);
const EC_HSM: KeyKind = KeyKind::Ec(Curve::P256, KeyProtection::SimulatedHsm);
const OCT_HSM: KeyKind = KeyKind::Oct(OctSize::Oct256);

#[test]
fn what_counts_is_what_key_vault_says() {
    // S18, §5.9
    let table = [
        // Every answered call of the data plane.
        (Operation::SecretGet, None, Charge::Operation),
        (Operation::SecretSet, None, Charge::Operation),
        (Operation::SecretList, None, Charge::Operation),
        (Operation::SecretDelete, None, Charge::Operation),
        (Operation::SecretListDeleted, None, Charge::Operation),
        (Operation::SecretBackup, None, Charge::Operation),
        (Operation::KeyGet, Some(RSA_2048), Charge::Operation),
        (Operation::KeyList, None, Charge::Operation),
        // Recovering and purging, also of vaults.
        (Operation::SecretRecover, None, Charge::Operation),
        (Operation::SecretPurge, None, Charge::Operation),
        (Operation::KeyPurge, Some(RSA_2048), Charge::Operation),
        (Operation::VaultRecover, None, Charge::Operation),
        (Operation::VaultPurge, None, Charge::Operation),
        // Advanced keys, whatever is asked of them.
        (Operation::KeySign, Some(EC), Charge::Advanced),
        (Operation::KeyEncrypt, Some(RSA_3072), Charge::Advanced),
        (Operation::KeyDecrypt, Some(RSA_4096), Charge::Advanced),
        (Operation::KeyGet, Some(EC), Charge::Advanced),
        (Operation::KeyCreate, Some(RSA_4096), Charge::Advanced),
        (Operation::KeyWrap, Some(RSA_2048), Charge::Operation),
        (Operation::KeyWrap, Some(OCT_HSM), Charge::Operation),
        // The management plane, and what is only played.
        (Operation::VaultPut, None, Charge::Free),
        (Operation::VaultGet, None, Charge::Free),
        (Operation::VaultList, None, Charge::Free),
        (Operation::VaultDelete, None, Charge::Free),
        (Operation::VaultGetDeleted, None, Charge::Free),
        (Operation::VaultListDeleted, None, Charge::Free),
        (Operation::VaultPatch, None, Charge::Free),
        (Operation::SubscriptionPatch, None, Charge::Free),
        (Operation::RegionOutage, None, Charge::Free),
        (Operation::ClockAdvance, None, Charge::Free),
        (Operation::KeyRotateIfDue, Some(EC), Charge::Free),
    ];
    for (operation, key, expected) in table {
        let record = record("2026-11-05", operation, key);
        assert_eq!(charge_of(&record.by_ref()), expected, "{operation:?} on {key:?}");
    }
}

#[test]
fn a_refusal_counts_once_somebody_was_known_and_a_failure_never() {
    // S18
    let got = || record("2026-11-05", Operation::SecretGet, None);
    for status in [400, 403, 404, 405, 409] {
        assert_eq!(charge_of(&with_status(got(), status).by_ref()), Charge::Operation, "{status}");
    }
    for status in [401, 500, 503] {
        assert_eq!(charge_of(&with_status(got(), status).by_ref()), Charge::Free, "{status}");
    }
    let own = Record {
        caller: "Key Vault".into(),
        identity: None,
        via: Via::Service,
        ..record("2026-11-05", Operation::SecretPurge, None)
    };
    assert_eq!(charge_of(&own.by_ref()), Charge::Free, "retention that ends costs nothing");
}

#[test]
fn operations_are_counted_by_month_and_vault_and_priced_by_ten_thousand() {
    let staging = || VaultName::parse("Staging").ok();
    let mut asked = vec![record("2026-10-31T23:59:59Z", Operation::SecretGet, None)];
    asked.extend((0..20_000).map(|_| record("2026-11-01", Operation::SecretGet, None)));
    asked
        .extend((0..10_000).map(|_| Record { vault: staging(), ..record("2026-11-30", Operation::KeySign, Some(EC)) }));
    let found = bills(&asked, "2026-11-30T12:00:00Z");
    assert_eq!(found.iter().map(|bill| bill.month.title()).collect::<Vec<_>>(), ["November 2026", "October 2026"]);
    let amounts: Vec<_> = found[0].lines.iter().map(|line| (&*line.vault, line.amount.to_string())).collect();
    assert_eq!(amounts, [("prod", "0.06".to_owned()), ("Staging", "0.15".to_owned())]);
    assert_eq!((found[0].total.to_string(), found[1].total.to_string()), ("0.21".into(), "0.000003".into()));
}

#[test]
fn a_key_version_in_an_hsm_costs_as_long_as_it_was_used_in_the_last_thirty_days() {
    // S18
    let hsm = |bills: &[Bill]| {
        bills.iter().map(|bill| bill.lines.iter().map(|line| line.counted.hsm).sum()).collect::<Vec<u64>>()
    };
    let used = [record("2026-10-20", Operation::KeySign, Some(RSA_HSM))];
    assert_eq!(hsm(&bills(&used, "2026-10-31T12:00:00Z")), [1]);
    assert_eq!(hsm(&bills(&used, "2026-11-15")), [1, 1], "26 days later, deleted or not");
    assert_eq!(hsm(&bills(&used, "2026-11-25")), [1], "afterwards nothing");
    let only_made = [
        record("2026-10-20", Operation::KeyCreate, Some(RSA_HSM)),
        record("2026-10-21", Operation::KeyGet, Some(RSA_HSM)),
    ];
    assert_eq!(hsm(&bills(&only_made, "2026-10-31")), [0]);
    let refused = [with_status(record("2026-10-20", Operation::KeySign, Some(RSA_HSM)), 403)];
    assert_eq!(hsm(&bills(&refused, "2026-10-31")), [0]);
    let twice =
        [used[0].clone(), used[0].clone(), Record { version: Some(VersionId::from_bytes([2; 16])), ..used[0].clone() }];
    assert_eq!(hsm(&bills(&twice, "2026-10-31")), [2], "each version once");
}

#[test]
fn other_keys_in_an_hsm_cost_less_the_more_there_are() {
    let counted = |hsm_advanced| Counted { hsm_advanced, ..Counted::default() };
    let price = |count, before| Prices::default().of(counted(count), before).to_string();
    assert_eq!(price(1, 0), "5.00");
    assert_eq!(price(250, 0), "1250.00");
    assert_eq!(price(251, 0), "1252.50");
    assert_eq!(price(2, 249), "7.50", "vaults share the steps");
    assert_eq!(price(4_001, 0), "6625.40");
    let used = [
        record("2026-10-20", Operation::KeySign, Some(EC_HSM)),
        record("2026-10-20", Operation::KeyWrap, Some(OCT_HSM)),
    ];
    let both = [used[0].clone(), Record { version: Some(VersionId::from_bytes([2; 16])), ..used[1].clone() }];
    assert_eq!(bills(&both, "2026-10-31")[0].lines[0].counted.hsm_advanced, 2);
}

#[test]
fn amounts_are_read_as_they_are_typed_and_nothing_else_is() {
    // T5
    for (text, millionths) in
        [("0.03", 30_000), ("5", 5_000_000), (" ,5 ", 500_000), ("0.000001", 1), ("999999.999999", 999_999_999_999)]
    {
        assert_eq!(Amount::parse(text), Some(Amount(millionths)), "{text}");
    }
    for text in ["", ".", "-1", "1e3", "1.0000001", "1000000", "1.2.3", "five", "٣"] {
        assert_eq!(Amount::parse(text), None, "{text}");
    }
    assert_eq!(
        [Amount(0), Amount(5_000_000), Amount(31_200)].map(|amount| amount.to_string()),
        ["0.00", "5.00", "0.0312"]
    );
}
