use super::*;
use crate::domain::{
    ObjectName, VaultName,
    activity::{Outcome, Record},
};

fn record(at: i64, caller: &str, operation: Operation, vault: &str, object: &str) -> Record {
    Record {
        at: Timestamp::from_secs(at),
        caller: caller.into(),
        identity: (caller == "Developer").then_some(IdentityId::DEVELOPER),
        via: Via::Window,
        operation,
        vault: (!vault.is_empty()).then(|| VaultName::parse(vault).unwrap()),
        object: (!object.is_empty()).then(|| ObjectName::parse(object).unwrap()),
        version: (!object.is_empty()).then(|| VersionId::from_bytes([at as u8; 16])),
        key: None,
        region: RegionName::parse("westeurope").ok(),
        outcome: Outcome::Done,
        took_us: 7,
        about: crate::domain::activity::About::default(),
    }
}

fn refused(record: Record) -> Record {
    let inner = Some("AccessDenied".into());
    Record { outcome: Outcome::Refused { status: 403, code: "Forbidden".into(), inner }, ..record }
}

fn past() -> Vec<Record> {
    vec![
        record(10, "Developer", Operation::VaultPut, "prod", ""),
        record(20, "Developer", Operation::SecretSet, "prod", "token"),
        refused(record(30, "Developer", Operation::SecretPurge, "prod", "old-token")),
        record(40, "Security officer", Operation::SecretGet, "Staging", "token"),
        record(50, "Key Vault", Operation::SecretPurge, "prod", "Token"),
    ]
}

fn found(history: &History, filter: Filter) -> Vec<i64> {
    let mut search = Search::new(filter, 60_000);
    while !search.look(history, 2) {}
    let all: Vec<_> = (0..search.len()).map(|row| search.get(row).unwrap()).collect();
    for (row, id) in all.iter().enumerate() {
        assert_eq!(search.row_of(*id), Some(row));
    }
    assert_eq!(search.get(all.len()), None);
    all.into_iter().map(|id| history.get(id).unwrap().record.at.secs()).collect()
}

/// The same past, of which some was there, some was read, and some came after.
fn history(read: usize, came: usize) -> History {
    let past = past();
    let mut builder = HistoryBuilder::new(1);
    let (older, newer) = past.split_at(past.len() - came);
    let note = |builder: &mut HistoryBuilder, record: &Record| builder.note("westeurope", 3, 0, &record.by_ref());
    for record in newer {
        let noted = note(&mut builder, record);
        builder.push_newer(noted);
    }
    for record in older.iter().rev().take(read) {
        let noted = note(&mut builder, record);
        builder.push_older(noted);
    }
    builder.history()
}

#[test]
fn what_was_noted_is_told_as_it_was_oldest_first() {
    for came in 0..=5 {
        let history = history(5, came);
        let told: Vec<_> = history.oldest_first().map(|asked| asked.record.to_record().unwrap()).collect();
        assert_eq!(told, past());
        assert_eq!(history.since(), Some(Timestamp::from_secs(10)));
    }
    assert_eq!(HistoryBuilder::of(&past()).len(), 5);
}

#[test]
fn every_part_of_a_filter_leaves_out_what_it_should() {
    let check = |expected: &[i64], filter: Filter| {
        for came in 0..=5 {
            assert_eq!(found(&history(5, came), filter.clone()), expected, "{filter:?}");
        }
    };
    let all = Filter::default;
    check(&[50, 40, 30, 20, 10], all());
    check(&[40, 30, 20], Filter { from: Some(Timestamp::from_secs(20)), to: Some(Timestamp::from_secs(50)), ..all() });
    check(&[50, 30, 20, 10], Filter { kind: Kind::Writes, ..all() });
    check(&[30], Filter { kind: Kind::Refused, ..all() });
    check(&[50, 40, 20, 10], Filter { kind: Kind::Done, ..all() });
    check(&[40], Filter { identity: Some("security OFFICER".into()), ..all() });
    check(&[30, 20, 10], Filter { identity: Some(IdentityId::DEVELOPER.to_string()), ..all() });
    check(&[40], Filter { vault: VaultName::parse("staging").ok(), ..all() });
    check(&[50, 40, 20], Filter { object: Some("TOKEN".into()), ..all() });
    check(&[50, 30], Filter { operations: vec![Operation::SecretPurge], ..all() });
    check(
        &[],
        Filter {
            operations: vec![Operation::SecretPurge],
            kind: Kind::Refused,
            vault: VaultName::parse("staging").ok(),
            ..all()
        },
    );
}

#[test]
fn each_word_stands_somewhere_in_a_record() {
    let check = |expected: &[i64], text: &str| {
        assert_eq!(found(&history(5, 2), Filter { text: text.into(), ..Filter::default() }), expected, "{text}");
    };
    check(&[50, 40, 30, 20], "token");
    check(&[50, 30], "purge TOKEN");
    check(&[30], "developer purge");
    check(&[30], "accessdenied");
    check(&[20], "set secret");
    check(&[], "token nobody");
}

#[test]
fn a_search_goes_on_where_a_history_goes_on() {
    let mut search = Search::new(Filter { text: "token".into(), ..Filter::default() }, 1_000_000);
    let (before, after) = (history(1, 1), history(4, 1));
    assert!(search.look(&before, usize::MAX));
    assert_eq!(search.len(), 2);
    assert!(search.look(&after, usize::MAX));
    assert_eq!(search.len(), 4);
    assert_eq!(search.bins().values().copied().collect::<Vec<_>>(), [Bin { all: 4, refused: 1 }]);
    let other = HistoryBuilder::of(&past()[..2]);
    assert!(search.look(&other, usize::MAX), "of another history nothing is known");
    assert_eq!(search.len(), 1);
}

#[test]
fn no_two_records_share_a_correlation_id() {
    let place = |part, sequence, index| Place { part, sequence, index }.correlation_id();
    let all =
        [("westeurope", 0, 0), ("westeurope", 0, 1), ("westeurope", 1, 0), ("northeurope", 0, 0), ("global", 0, 4_096)];
    let ids: std::collections::BTreeSet<_> =
        all.into_iter().map(|(part, chunk, index)| place(part, chunk, index)).collect();
    assert_eq!(ids.len(), all.len());
    assert_eq!(&place("global", 0x12_3456_789a, 0x123_4567)[8..], "-1234-8567-8000-00123456789a");
}
