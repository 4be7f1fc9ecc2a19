//! What a store keeps behind checksums and seals, given with the right ones.

use std::sync::LazyLock;

use tresor::{
    service::fuzzing as service,
    store::fuzzing::{self as store, Partitions},
};

static PARTITIONS: LazyLock<Partitions> = LazyLock::new(Partitions::default);

pub(crate) fn record(data: &[u8]) {
    service::record(data);
}

/// An even first byte: a batch; an odd one: a summary.
pub(crate) fn batch(data: &[u8]) {
    match data.split_first() {
        Some((kind, rest)) if kind % 2 == 0 => PARTITIONS.batch(rest),
        Some((_, rest)) => store::summaries(rest),
        None => {}
    }
}

pub(crate) fn header(data: &[u8]) {
    store::header(data);
}
