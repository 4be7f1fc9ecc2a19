//! Doors for the fuzzer to what stands behind a seal, where bytes that were only changed never come.

#![expect(clippy::missing_panics_doc, reason = "a panic is what the fuzzer looks for")]

use serde::{Serialize, de::DeserializeOwned};

use super::{
    Service, activity_chunk,
    records::{Item, Profile, decode, encode},
};
use crate::domain::{RegionName, backup::Origin};

/// Reads the records of a store. Panics where what was read is not written so that it reads the same.
pub fn record(body: &[u8]) {
    if let Ok(item) = Item::read(body) {
        let written = item.to_body();
        let again = Item::read(&written).expect("what was written reads");
        assert!(*again.to_body() == *written, "what was read and written reads the same");
    }
    if let Ok(records) = activity_chunk::decode_owned(body)
        && !records.is_empty()
    {
        let written = activity_chunk::encode(&records.iter().collect::<Vec<_>>(), activity_chunk::age(body));
        let again = activity_chunk::decode_owned(&written).expect("what was written reads");
        assert!(again == records, "what was read and written reads the same");
    }
    reads_the_same::<Profile>(body);
}

fn reads_the_same<T: Serialize + DeserializeOwned>(body: &[u8]) {
    if let Ok(read) = decode::<T>(body) {
        let written = encode(&read);
        let again = decode::<T>(&written).expect("what was written reads");
        assert!(*encode(&again) == *written, "what was read and written reads the same");
    }
}

/// What a backup says of where it was made, when it was made in `region` of this store: it begins with that.
pub fn origin(service: &Service, region: RegionName) -> Vec<u8> {
    encode(&Origin::of(&service.profile.subscription, region)).to_vec()
}

/// What a backup of a secret or key begins with that was made in this store, and what it holds, sealed.
pub fn seal_backup(service: &Service, body: &[u8]) -> Vec<u8> {
    service.store.sealer().seal_backup(body)
}

/// What a backup of this store holds.
pub fn open_backup(service: &Service, backup: &[u8]) -> Option<Vec<u8>> {
    service.store.sealer().open_backup(backup).ok().map(|body| body.to_vec())
}

/// The bodies of all records that are not values, of a store that is open: examples to begin with.
pub fn bodies(service: &Service) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for partition in service.store.partitions() {
        let scanned = service.store.scan_items(&partition, |body| -> Result<(), super::StoreError> {
            all.push(body.to_vec());
            Ok(())
        });
        assert!(scanned.is_ok(), "a store in memory is whole");
        let chunks = service.store.recent_activity(&partition, 3).unwrap_or_default();
        all.extend(chunks.iter().map(|chunk| chunk.to_vec()));
    }
    all.push(service.profile.to_bytes());
    all
}
