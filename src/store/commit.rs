//! A commit to a partition: sealed once, written to both replicas side by side.

use std::ops::ControlFlow;
use std::sync::mpsc;
use std::thread;

use super::activity::ActivityTag;
use super::chain::{At, SealedBatch};
use super::mark::Durable;
use super::region::{Region, lost};
use super::replica::{Replica, Step};
use super::seals::Seals;
use super::slot::{Content, Slot};
use super::{Batch, Partition, Revision, Source, StoreError, Watch};

impl Region {
    /// Applies `batch` in one step. `partitions`, if any, replaces the list in the head.
    ///
    /// After an error nothing of the batch has been applied, save where the disk failed after it had taken everything;
    /// then all of it has. The head says which.
    pub(super) fn commit(
        &mut self,
        at: At,
        batch: Batch,
        partitions: Option<Vec<Partition>>,
        watch: Watch<'_>,
    ) -> Result<Revision, StoreError> {
        self.open_second();
        self.settle();
        self.bring_forward_now();
        if !self.serves() || self.source == Source::Pair {
            return Err(lost(&self.seals));
        }
        // Its pages are looked at while this is written; it gets it then.
        self.prepare_copy();
        let all = batch.len();
        let activity = if batch.appends_activity() { self.last_activity()? } else { ActivityTag::default() };
        let sealed = SealedBatch::seal(&self.seals, &self.head, activity, at, batch, partitions, watch);
        let ControlFlow::Continue(sealed) = sealed else { return Err(StoreError::Cancelled) };
        let current = [self.is_current(&self.replicas[0]), self.is_current(&self.replicas[1])];
        let results = self.apply_to(current, &sealed, &mut || watch(all));
        let before = self.head.revision;
        let committed = self.after_commit(current, results);
        if let Some(tag) = sealed.activity.filter(|_| before < self.head.revision) {
            self.last_activity = Some((self.head.activity, tag));
        }
        committed
    }

    /// The tag of the newest chunk of activity.
    fn last_activity(&mut self) -> Result<ActivityTag, StoreError> {
        match self.last_activity {
            // The digest says of which chunks it is.
            Some((activity, tag)) if activity == self.head.activity => Ok(tag),
            _ => self.ask(|replica| replica.last_activity()),
        }
    }

    /// Applies a batch to those replicas of A and B that are current, in parallel; one answer for each of these.
    fn apply_to(
        &mut self,
        current: [bool; 2],
        batch: &SealedBatch,
        gate: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> [Option<Result<(), StoreError>>; 2] {
        // What the copy has need not be kept; where there is none, nobody waits for it.
        let shipped = if self.copy.is_some() { self.shipped } else { u64::MAX };
        // A replica that a thread works on will want what comes after.
        let shipped = self.replicas.iter().filter_map(Slot::busy_since).fold(shipped, u64::min);
        let steps = [Step::New(batch)];
        let [first, second] = &mut self.replicas;
        let [first, second] = [(first, current[0]), (second, current[1])]
            .map(|(slot, is_current)| slot.usable_mut().filter(|_| is_current));
        let (Some(first), Some(second)) = (first, second) else {
            let only = |slot: Option<&mut Replica>, gate| slot.map(|replica| replica.apply(&steps, shipped, gate));
            let [first, second] = &mut self.replicas;
            return if current[0] {
                [only(first.usable_mut(), gate), None]
            } else {
                [None, only(second.usable_mut(), gate)]
            };
        };
        let (decide, decided) = mpsc::channel();
        let name = format!("write {} b", batch_name(&first.seals));
        thread::scope(|scope| {
            let mut on_decision = move || match decided.recv() {
                Ok(Gate::Shut) => ControlFlow::Break(()),
                // Where the other failed on its own, this one goes on.
                Ok(Gate::Open) | Err(mpsc::RecvError) => ControlFlow::Continue(()),
            };
            let write = {
                let steps = &steps;
                move || second.apply(steps, shipped, &mut on_decision)
            };
            let writing = thread::Builder::new().name(name).spawn_scoped(scope, write);
            let first_result = first.apply(&steps, shipped, &mut || {
                let asked = gate();
                drop(decide.send(if asked.is_break() { Gate::Shut } else { Gate::Open }));
                asked
            });
            drop(decide);
            let second_result = match writing {
                Ok(writing) => writing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                Err(source) => Err(StoreError::Io { doing: "start a thread", source }),
            };
            [Some(first_result), Some(second_result)]
        })
    }

    fn after_commit(
        &mut self,
        current: [bool; 2],
        results: [Option<Result<(), StoreError>>; 2],
    ) -> Result<Revision, StoreError> {
        let is_done = results.iter().flatten().any(Result::is_ok);
        let mut first_error = None;
        for (at, result) in results.into_iter().enumerate() {
            let Some(Err(error)) = result else { continue };
            // redb refuses all work after a failed write until its file is opened again. What comes out is what it holds.
            let recovered = match &mut self.replicas[at].content {
                Content::Open(replica) => replica.recover(),
                _ => Ok(()),
            };
            let is_damaged = matches!(error, StoreError::Damaged { .. });
            match recovered {
                Err(broken) => self.leave_out(at, &broken),
                // Where its disk is full, or it may not be written to, it can be read; but where the other took this, it misses it.
                Ok(()) if is_done || is_damaged => self.leave_out(at, &error),
                Ok(()) => {}
            }
            first_error.get_or_insert(error);
        }
        let before = self.head.revision.0;
        self.settle();
        let is_whole = current == [true; 2] && first_error.is_none();
        if before < self.head.revision.0 {
            // The batch is durable already. A mark left behind only notices less; but where one replica is left out, the
            // mark alone tells that it lacks something, and without it nothing is reported as done. That it lacks more need not be
            // waited for again.
            let durable = if is_whole || self.marked == Durable::Now { Durable::Soon } else { Durable::Now };
            let written = self.write_mark(self.head.revision.0, durable);
            self.marked = if !is_whole && written.is_ok() { Durable::Now } else { Durable::Soon };
            if is_done && !is_whole {
                written?;
            }
        }
        match first_error {
            Some(error) if !is_done => Err(error),
            _ => Ok(self.head.revision),
        }
    }
}

enum Gate {
    Open,
    Shut,
}

fn batch_name(seals: &Seals) -> &str {
    seals.partition.as_str()
}
