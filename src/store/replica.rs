//! One replica of a partition: an engine, and the account by which what it holds is trusted.

use std::collections::BTreeSet;
use std::ops::{ControlFlow, Range};
use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::crypto::NotAuthentic;

use super::account::{
    Keep, apply_batch, find_in_shard, forget_batches, forget_shipped, get_shards, get_single, keep_batch, put_shards,
    put_single, verify, verify_activity,
};
use super::activity::{ActivityChunk, ActivityTag, last_tag};
use super::chain::{Chain, Link, SealedBatch, slot_of};
use super::engine::{Address, Records, RegionStore};
use super::head::Head;
use super::seals::{Kind, Seals};
use super::shards::{Shard, Shards};
use super::shield::{Fault, shielded};
use super::{Key, StoreError, Table};

/// A batch longer than this is not kept.
const MOST_BATCH: usize = 16 << 20;
/// What was compared with the head when a replica was opened.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Trust {
    /// Every record.
    Records,
    /// Only what the shards add up to; a shard is compared when it is touched.
    Shards,
}

/// Whether the file states of its shards, or of its chain, what they come to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Account {
    /// It does.
    Kept,
    /// A program that keeps no such account wrote last; the next commit brings it up to date.
    Behind,
}

/// What is applied in one step.
pub(super) enum Step<'a> {
    /// A new batch.
    New(&'a SealedBatch),
    /// A batch that another replica has taken.
    Known(&'a Link),
}

/// Asked when all is written and nothing is durable yet.
pub(super) type Gate<'a> = &'a mut dyn FnMut() -> ControlFlow<()>;

/// An open replica.
pub(super) struct Replica {
    pub(super) seals: Seals,
    /// The folder it lies in; none in memory. Only for messages.
    folder: Option<PathBuf>,
    engine: Box<dyn RegionStore>,
    head: Head,
    shards: Shards,
    chain: Chain,
    trust: Trust,
    /// Which shards were compared before they were changed; not asked where every record was.
    compared: BTreeSet<Shard>,
    shard_account: Account,
    chain_account: Account,
}

/// A state of a replica, which another thread can read.
pub(super) struct State {
    pub(super) seals: Seals,
    pub(super) head: Head,
    pub(super) records: Box<dyn Records + Send>,
    pub(super) chain: Chain,
}

impl Replica {
    /// Makes an empty replica in an empty engine.
    pub(super) fn create(
        seals: Seals,
        folder: Option<PathBuf>,
        engine: Box<dyn RegionStore>,
        profile: Option<&[u8]>,
    ) -> Result<Self, StoreError> {
        let mut new = Self::over(seals, folder, engine, Trust::Records);
        let seals = new.seals.clone();
        let engine = &mut new.engine;
        shielded(&seals.partition, "make a partition", new.folder.as_deref(), || {
            engine.commit(&mut |changes| {
                put_single(changes, &seals, Kind::Head, &Head::default().to_bytes(seals.format()))?;
                match profile {
                    Some(profile) => put_single(changes, &seals, Kind::Profile, profile),
                    None => Ok(()),
                }
            })
        })?;
        new.chain = Chain::beginning(&new.seals, &new.head);
        Ok(new)
    }

    /// Takes an opened engine, and checks that its records are those its head states: all of them now, or each shard when
    /// it is touched. Changes nothing.
    pub(super) fn open(
        seals: Seals,
        folder: Option<PathBuf>,
        engine: Box<dyn RegionStore>,
        trust: Trust,
    ) -> Result<Self, StoreError> {
        let mut replica = Self::over(seals, folder, engine, trust);
        replica.adopt()?;
        Ok(replica)
    }

    pub(super) fn over(seals: Seals, folder: Option<PathBuf>, engine: Box<dyn RegionStore>, trust: Trust) -> Self {
        let head = Head::default();
        let chain = Chain::beginning(&seals, &head);
        Self {
            seals,
            folder,
            engine,
            head,
            shards: Shards::default(),
            chain,
            trust,
            compared: BTreeSet::new(),
            shard_account: Account::Kept,
            chain_account: Account::Kept,
        }
    }

    /// Whether it ends with the program.
    pub(super) fn is_in_memory(&self) -> bool {
        self.folder.is_none()
    }

    pub(super) fn head(&self) -> &Head {
        &self.head
    }

    pub(super) fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Checks all records now, if they were not checked yet.
    pub(super) fn check_rest(&mut self) -> Result<(), StoreError> {
        if self.trust == Trust::Shards {
            let found = self.reading("read a partition", |records| verify(records, &self.seals, &self.head))?;
            if found != self.shards {
                self.shard_account = Account::Behind;
                self.shards = found;
            }
            self.trust = Trust::Records;
        }
        Ok(())
    }

    /// Whether every record was compared with the head.
    pub(super) fn is_checked(&self) -> bool {
        self.trust == Trust::Records
    }

    /// The profile that was given when the store was made.
    pub(super) fn profile(&self) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        self.reading("read the profile", |records| {
            Ok(get_single(records, &self.seals, Kind::Profile)?.ok_or(NotAuthentic)?)
        })
    }

    /// Applies the steps in one durable commit. Batches up to `shipped` are known elsewhere, and need not be kept for long.
    ///
    /// After an error [`Replica::recover`] comes before anything else.
    pub(super) fn apply(&mut self, steps: &[Step<'_>], shipped: u64, gate: Gate<'_>) -> Result<(), StoreError> {
        let Self { seals, engine, head, shards, chain, trust, compared, shard_account, chain_account, folder } = self;
        let (mut new_head, mut new_shards, mut new_chain) = (head.clone(), shards.clone(), *chain);
        shielded(&seals.partition, "write to the store", folder.as_deref(), || {
            engine.commit(&mut |changes| {
                let mut touched = BTreeSet::new();
                if *chain_account == Account::Behind {
                    forget_batches(changes, 0, u64::MAX)?;
                }
                for step in steps {
                    let batch = step.batch();
                    for shard in batch.shards() {
                        let is_first = touched.insert(shard);
                        if is_first && *trust == Trust::Shards && !compared.contains(&shard) {
                            find_in_shard(changes, seals, shard, shards.get(shard), None)?;
                            compared.insert(shard);
                        }
                    }
                    apply_batch(changes, seals, batch, &mut new_head, &mut new_shards)?;
                    let previous = new_chain.tag;
                    new_chain.revision = new_head.revision.0;
                    let kept = match step {
                        Step::New(_) => {
                            new_chain.tag = seals.chain(&previous, &new_head.to_bytes(seals.format()), &batch.digest);
                            let is_short = batch.len() <= MOST_BATCH;
                            is_short.then(|| Link::to_bytes(seals, batch, &previous, &new_chain.tag, &new_head))
                        }
                        Step::Known(link) => {
                            if link.previous != previous || link.head != new_head {
                                return Err(NotAuthentic.into());
                            }
                            new_chain.tag = link.tag;
                            Some(link.bytes.clone())
                        }
                    };
                    keep_batch(changes, &mut new_chain, kept.as_deref())?;
                }
                let purges = steps.iter().any(|step| step.batch().removes_values());
                let keep = if purges { Keep::None } else { Keep::Latest };
                forget_shipped(changes, &mut new_chain, shipped, keep)?;
                let all = (*shard_account == Account::Behind).then(Shard::all);
                put_shards(changes, seals, &new_shards, all.into_iter().flatten().chain(touched))?;
                put_single(changes, seals, Kind::Head, &new_head.to_bytes(seals.format()))?;
                put_single(changes, seals, Kind::Chain, &new_chain.to_bytes(seals.format()))?;
                if gate().is_break() { Err(Fault::Cancelled) } else { Ok(()) }
            })
        })?;
        (*head, *shards, *chain) = (new_head, new_shards, new_chain);
        (*shard_account, *chain_account) = (Account::Kept, Account::Kept);
        Ok(())
    }

    /// Looks at what a failed commit left.
    pub(super) fn recover(&mut self) -> Result<(), StoreError> {
        let Self { seals, engine, folder, .. } = self;
        shielded(&seals.partition, "open a partition", folder.as_deref(), || engine.reopen())?;
        self.adopt()
    }

    /// Whether the file is still as we left it.
    pub(super) fn look(&mut self) -> Result<(), StoreError> {
        let Self { seals, engine, folder, .. } = self;
        shielded(&seals.partition, "look at a partition", folder.as_deref(), || engine.look())
    }

    /// The same, and reads all of it.
    pub(super) fn look_through(&mut self) -> Result<(), StoreError> {
        let Self { seals, engine, folder, .. } = self;
        shielded(&seals.partition, "look at a partition", folder.as_deref(), || engine.look_through())
    }

    /// The batches that follow `revision`, up to about `most` bytes; `None` where they are not kept any more.
    pub(super) fn batches_after(&self, revision: u64, most: usize) -> Result<Option<Vec<Link>>, StoreError> {
        if revision == self.chain.revision {
            return Ok(Some(Vec::new()));
        }
        if revision > self.chain.revision || revision + 1 < self.chain.first {
            return Ok(None);
        }
        self.reading("read the batches", |records| {
            let mut found = Vec::new();
            let (mut bytes, mut expected) = (0, revision + 1);
            let (first, last) = (Address::Batch(expected), Address::Batch(self.chain.revision));
            records.range(first, last, &mut |at, kept| {
                if at != Address::Batch(expected) {
                    return Err(NotAuthentic.into());
                }
                found.push(Link::parse(&self.seals, expected, kept.to_vec())?);
                expected += 1;
                bytes += kept.len();
                Ok(if bytes < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
            })?;
            if found.is_empty() { Err(NotAuthentic.into()) } else { Ok(Some(found)) }
        })
    }

    /// The record under `key`, opened.
    pub(super) fn read(&self, table: Table, key: &Key) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        self.reading("read a record", |records| {
            let slot = self.seals.record(table, key);
            let found = match self.trust {
                Trust::Records => records.get(table.address(slot.id))?,
                Trust::Shards => {
                    let shard = Shard::of(table, &slot);
                    find_in_shard(records, &self.seals, shard, self.shards.get(shard), Some(table.address(slot.id)))?
                }
            };
            Ok(found.map(|sealed| self.seals.open(&slot, &sealed)).transpose()?)
        })
    }

    /// Up to `most` records of a table from `first` on, opened, and where to go on.
    pub(super) fn scan(&self, first: Address, last: Address, most: usize) -> Result<Chunk, StoreError> {
        assert_eq!(self.trust, Trust::Records, "a table is read as a whole when all of it was checked");
        self.reading("read a table", |records| {
            let mut chunk = Chunk { records: Vec::with_capacity(most), next: None };
            records.range(first, last, &mut |at, sealed| {
                if chunk.records.len() == most {
                    chunk.next = Some(at);
                    return Ok(ControlFlow::Break(()));
                }
                chunk.records.push(self.seals.open(&slot_of(&self.seals, at), sealed)?);
                Ok(ControlFlow::Continue(()))
            })?;
            Ok(chunk)
        })
    }

    /// The chunks of activity with these sequences, as far as there are such, newest first.
    pub(super) fn activity(&self, wanted: Range<u64>) -> Result<Vec<ActivityChunk>, StoreError> {
        self.reading("read the activity", |records| {
            let there = self.head.activity_range();
            let newest_first = (wanted.start.max(there.start)..wanted.end.min(there.end)).rev();
            newest_first
                .map(|sequence| {
                    let found = records.get(Address::Activity(sequence))?.ok_or(NotAuthentic)?;
                    Ok(ActivityChunk::open(&self.seals, sequence, &found)?)
                })
                .collect()
        })
    }

    /// The tag of the newest chunk of activity.
    pub(super) fn last_activity(&self) -> Result<ActivityTag, StoreError> {
        self.reading("read the activity", |records| last_tag(records, &self.seals, &self.head))
    }

    /// What there is now, for another thread.
    pub(super) fn state(&self) -> Result<State, StoreError> {
        let records =
            shielded(&self.seals.partition, "read a partition", self.folder.as_deref(), || self.engine.snapshot())?;
        Ok(State { seals: self.seals.clone(), head: self.head.clone(), records, chain: self.chain })
    }

    /// Gives the room back that removed records took.
    pub(super) fn compact(&mut self) -> Result<(), StoreError> {
        let Self { seals, engine, folder, .. } = self;
        let compacted = shielded(&seals.partition, "compact a partition", folder.as_deref(), || engine.compact());
        if compacted.is_err() {
            self.recover()?;
        }
        compacted
    }

    /// Length of its file in bytes; none in memory.
    pub(super) fn len_bytes(&self) -> u64 {
        self.engine.len_bytes().unwrap_or_default()
    }

    /// Reads head, chain and what the shards add up to, and compares them with the records as far as they are trusted.
    pub(super) fn adopt(&mut self) -> Result<(), StoreError> {
        let (head, chain, shards) = self.reading("open a partition", |records| {
            let head = get_single(records, &self.seals, Kind::Head)?.ok_or(NotAuthentic)?;
            let head = Head::parse(self.seals.format(), &head).ok_or(NotAuthentic)?;
            let chain = get_single(records, &self.seals, Kind::Chain)?;
            let chain = chain.map(|body| Chain::parse(self.seals.format(), &body).ok_or(NotAuthentic)).transpose()?;
            verify_activity(records, &head)?;
            Ok((head, chain, get_shards(records, &self.seals)?))
        })?;
        self.chain_account = match chain {
            Some(chain) if chain.revision == head.revision.0 => {
                self.chain = chain;
                Account::Kept
            }
            // What was written since, or all of it, was written by a program that keeps no chain.
            known if known.is_none_or(|chain| chain.revision < head.revision.0) => {
                self.chain = Chain::beginning(&self.seals, &head);
                Account::Behind
            }
            _ => return Err(self.damaged()),
        };
        self.head = head;
        self.compared.clear();
        self.shard_account = if shards.add_up_to(&self.head) { Account::Kept } else { Account::Behind };
        self.shards = shards;
        if (self.trust, self.shard_account) == (Trust::Shards, Account::Kept) {
            return Ok(());
        }
        self.trust = Trust::Shards;
        self.check_rest()
    }

    fn damaged(&self) -> StoreError {
        StoreError::damaged(format!("the partition {}", self.seals.partition))
    }

    fn reading<T>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&dyn Records) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        shielded(&self.seals.partition, doing, self.folder.as_deref(), || work(&*self.engine.snapshot()?))
    }
}

/// Some records of a table.
pub(super) struct Chunk {
    pub(super) records: Vec<Zeroizing<Vec<u8>>>,
    /// Where the next chunk begins.
    pub(super) next: Option<Address>,
}

impl Step<'_> {
    fn batch(&self) -> &SealedBatch {
        match self {
            Self::New(batch) => batch,
            Self::Known(link) => &link.batch,
        }
    }
}
