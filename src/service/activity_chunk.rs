//! A chunk of activity, as it is kept: the records that became durable together.
//!
//! `0x00 || u8(version) || u64(age) || records`, where the age is that of the store when they were written; a chunk of version 2
//! has none. A chunk from before there were versions is the records alone; as there is at least one, it never begins with a zero.

use serde::Deserialize;
use zeroize::Zeroizing;

use super::{Body, records};
use crate::{
    domain::{
        Age, IdentityId, KeyKind, Operation, Timestamp, VersionId,
        activity::{AboutRef, OutcomeRef, Record, RecordRef, Via},
    },
    store::StoreError,
};

/// What a chunk with a version begins with.
const VERSIONED: u8 = 0;
/// The version that this program writes.
const VERSION: u8 = 3;
/// The version before it was recorded whom and what operations were about.
const WITHOUT_ABOUT: u8 = 2;

/// These records as a chunk, written when the store has this age. There is at least one.
pub(super) fn encode(records: &[&Record], age: Age) -> Body {
    assert!(!records.is_empty(), "a chunk holds something");
    let mut start = Zeroizing::new(vec![VERSIONED, VERSION]);
    start.extend_from_slice(&age.ms().to_le_bytes());
    records::encode_after(start, &records)
}

/// How old the store was when a chunk was written; where it does not say, it was written before anything was proven.
pub(super) fn age(chunk: &[u8]) -> Age {
    match chunk {
        [VERSIONED, VERSION, rest @ ..] => rest.first_chunk().copied().map(u64::from_le_bytes).map(Age::from_ms),
        _ => None,
    }
    .unwrap_or_default()
}

/// The records of a chunk, in the order in which they were noted.
pub(super) fn decode(chunk: &[u8]) -> Result<Vec<RecordRef<'_>>, StoreError> {
    match chunk {
        [VERSIONED, VERSION, rest @ ..] => {
            let cut = || StoreError::Damaged { what: "a chunk of activity is cut short".into() };
            records::decode(rest.get(size_of::<u64>()..).ok_or_else(cut)?)
        }
        [VERSIONED, WITHOUT_ABOUT, records @ ..] => {
            let records: Vec<SecondRecord<'_>> = records::decode(records)?;
            Ok(records.into_iter().map(RecordRef::from).collect())
        }
        [VERSIONED, found, ..] => Err(StoreError::NewerActivity { found: *found, known: VERSION }),
        unversioned => {
            let records: Vec<FirstRecord<'_>> = records::decode(unversioned)?;
            Ok(records.into_iter().map(RecordRef::from).collect())
        }
    }
}

/// The same, kept.
pub(super) fn decode_owned(chunk: &[u8]) -> Result<Vec<Record>, StoreError> {
    let unnamed = || StoreError::Damaged { what: "a record of the activity names nothing".into() };
    decode(chunk)?.iter().map(|record| record.to_record().ok_or_else(unnamed)).collect()
}

/// A record before it said whom and what it was about.
#[derive(Deserialize)]
struct SecondRecord<'a> {
    at: Timestamp,
    caller: &'a str,
    identity: Option<IdentityId>,
    via: Via,
    operation: Operation,
    #[serde(borrow)]
    vault: Option<&'a str>,
    #[serde(borrow)]
    object: Option<&'a str>,
    version: Option<VersionId>,
    key: Option<KeyKind>,
    #[serde(borrow)]
    region: Option<&'a str>,
    #[serde(borrow)]
    outcome: OutcomeRef<'a>,
    took_us: u32,
}

impl<'a> From<SecondRecord<'a>> for RecordRef<'a> {
    fn from(record: SecondRecord<'a>) -> Self {
        let SecondRecord {
            at,
            caller,
            identity,
            via,
            operation,
            vault,
            object,
            version,
            key,
            region,
            outcome,
            took_us,
        } = record;
        let about = AboutRef::default();
        Self { at, caller, identity, via, operation, vault, object, version, key, region, outcome, took_us, about }
    }
}

/// A record before there were identities.
#[derive(Deserialize)]
struct FirstRecord<'a> {
    at: Timestamp,
    caller: &'a str,
    operation: Operation,
    #[serde(borrow)]
    vault: Option<&'a str>,
    #[serde(borrow)]
    object: Option<&'a str>,
    #[serde(borrow)]
    region: Option<&'a str>,
    #[serde(borrow)]
    outcome: OutcomeRef<'a>,
    took_us: u32,
}

impl<'a> From<FirstRecord<'a>> for RecordRef<'a> {
    fn from(FirstRecord { at, caller, operation, vault, object, region, outcome, took_us }: FirstRecord<'a>) -> Self {
        Self {
            at,
            caller,
            identity: None,
            via: Via::Service,
            operation,
            vault,
            object,
            version: None,
            key: None,
            region,
            outcome,
            took_us,
            about: AboutRef::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::{
        Curve, KeyProtection, ObjectName, RegionName, VaultName,
        activity::{About, Outcome},
    };

    use super::*;

    fn record() -> Record {
        Record {
            at: Timestamp::from_ms(1_797_672_600_123),
            caller: "Developer".into(),
            identity: Some(IdentityId::DEVELOPER),
            via: Via::Window,
            operation: Operation::KeySign,
            vault: Some(VaultName::parse("contoso-prod").unwrap()),
            object: Some(ObjectName::parse("jwt-signing").unwrap()),
            version: Some(VersionId::from_bytes([7; 16])),
            key: Some(KeyKind::Ec(Curve::P256, KeyProtection::Software)),
            region: Some(RegionName::parse("westeurope").unwrap()),
            outcome: Outcome::Refused { status: 403, code: "Forbidden".into(), inner: Some("AccessDenied".into()) },
            took_us: 412,
            about: About::subject(IdentityId::SECURITY_OFFICER, "Security officer", "Owner (subscription)")
                .by_store_passphrase(),
        }
    }

    #[test]
    fn records_come_back_as_they_were() {
        let bare = Record {
            identity: None,
            via: Via::Service,
            vault: None,
            object: None,
            version: None,
            key: None,
            region: None,
            outcome: Outcome::Done,
            about: About::default(),
            ..record()
        };
        let chunk = encode(&[&record(), &bare], Age::from_ms(77));
        assert_eq!(decode_owned(&chunk).unwrap(), [record(), bare]);
        assert_eq!(age(&chunk), Age::from_ms(77));
    }

    #[test]
    fn a_chunk_from_before_there_were_versions_is_read() {
        // `Vec` of one record of caller, operation SecretGet and the rest, as issue 3's program wrote it.
        let first = b"\x01\xf6\xab\x93\xa3\xd1\x68\x09Developer\x0a\x01\x04prod\x01\x05token\x01\x0awesteurope\x00\x2a";
        let [record] = <[Record; 1]>::try_from(decode_owned(first).unwrap()).unwrap();
        assert_eq!(record.operation, Operation::SecretGet);
        assert_eq!((record.caller.as_str(), record.identity, record.took_us), ("Developer", None, 42));
        assert_eq!(record.object.unwrap().as_str(), "token");
    }

    #[test]
    fn a_chunk_from_before_it_was_said_whom_it_was_about_is_read() {
        // T11. What follows the fields of version 2 is one byte each: no subject, no detail, allowed by grants.
        let bare = Record { about: About::default(), ..record() };
        let chunk = encode(&[&bare], Age::ZERO);
        let second = [&[VERSIONED, WITHOUT_ABOUT], &chunk[10..chunk.len() - 3]].concat();
        assert_eq!(decode_owned(&second).unwrap(), [bare]);
    }

    #[test]
    fn a_chunk_of_a_later_version_says_so_and_one_cut_short_is_damaged() {
        // T3, T5
        let later = decode_owned(b"\x00\x09whatever").unwrap_err();
        assert!(matches!(later, StoreError::NewerActivity { found: 9, known: 3 }));
        let chunk = encode(&[&record()], Age::ZERO);
        for len in 2..chunk.len() {
            assert!(decode(&chunk[..len]).is_err(), "cut to {len} bytes");
        }
    }
}
