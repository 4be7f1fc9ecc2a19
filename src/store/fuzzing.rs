//! Doors for the fuzzer to what stands behind a checksum or a seal, where bytes that were only changed never come.
//!
//! Each panics where what was read is not what was written.

#![expect(clippy::missing_panics_doc, reason = "a panic is what the fuzzer looks for")]

use std::sync::Arc;

use crate::crypto::{Format, RootKey, Sealer};

use super::Partition;
use super::chain::{Chain, Link, shard_of, slot_of};
use super::head::{Head, Tally};
use super::header::Header;
use super::seals::Seals;

/// Reads a store's header of which the checksum is right.
pub fn header(body: &[u8]) {
    let bytes = Header::with_checksum(body);
    if let Ok(header) = Header::parse(&bytes) {
        assert!(header.to_bytes() == bytes, "a header is written as it was read");
    }
}

/// Reads the sealed summaries of a partition: a head, a chain and a tally.
pub fn summaries(body: &[u8]) {
    for format in [Format::One, Format::Two] {
        if let Some(head) = Head::parse(format, body) {
            assert!(head.to_bytes(format) == body, "a head is written as it was read");
        }
        if let Some(chain) = Chain::parse(format, body) {
            assert!(chain.to_bytes(format) == body, "a chain is written as it was read");
        }
    }
    if let Some(tally) = Tally::parse(body) {
        assert!(tally.to_bytes() == body, "a tally is written as it was read");
    }
}

/// What seals a partition of a store that is nowhere.
pub struct Partitions {
    seals: Seals,
}

impl Default for Partitions {
    fn default() -> Self {
        let sealer = Arc::new(Sealer::new(RootKey::generate(), [7; 16]));
        Self { seals: Seals::new(Partition::GLOBAL, sealer) }
    }
}

impl Partitions {
    /// Reads a batch whose tag and seal are right: `u16(length of the state) || state || op …`
    pub fn batch(&self, bytes: &[u8]) {
        let Some((len, rest)) = bytes.split_first_chunk() else { return };
        let Some((state, ops)) = rest.split_at_checked(u16::from_le_bytes(*len).into()) else { return };
        let Some((previous, head)) = state.split_first_chunk() else { return };
        let revision = head.first_chunk().map_or(0, |revision| u64::from_le_bytes(*revision));
        let (tag, sealed) = self.seals.link(revision, previous, head, ops);
        let len = u32::try_from(sealed.len()).expect("a state has fewer than 64 KiB");
        let bytes = [&tag.0[..], &len.to_le_bytes(), &sealed, ops].concat();
        let Ok(link) = Link::parse(&self.seals, revision, bytes) else { return };
        assert_eq!(link.head.revision.0, revision);
        for op in &link.batch.ops {
            let _ = (slot_of(&self.seals, op.at).id, shard_of(op.at));
            assert!(link.batch.sealed(op).is_none_or(|sealed| sealed.len() <= ops.len()), "a record lies in its batch");
        }
        let again = Link::to_bytes(&self.seals, &link.batch, &link.previous, &link.tag, &link.head);
        let again = Link::parse(&self.seals, revision, again).ok().map(|link| (link.head, link.batch.len()));
        assert_eq!(again, Some((link.head, ops.len())), "a batch is read as it was written");
    }
}

impl Seals {
    fn link(&self, revision: u64, previous: &[u8; 32], head: &[u8], ops: &[u8]) -> (super::chain::ChainTag, Vec<u8>) {
        let digest = ring::digest::digest(&ring::digest::SHA256, ops);
        let digest = digest.as_ref().try_into().expect("SHA-256 has 32 bytes");
        let tag = self.chain(&super::chain::ChainTag(*previous), head, &digest);
        (tag, self.seal(&self.batch(revision), &[&previous[..], head].concat()))
    }
}
