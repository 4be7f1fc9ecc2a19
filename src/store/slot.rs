//! The place of one file of a partition: what is known of it, and who works on it.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use super::memory::Memory;
use super::redb_file::{RedbFile, sync_beside};
use super::renewal::reseal_into;
use super::replica::{Replica, State, Trust};
use super::seals::Seals;
use super::shield::shielded;
use super::{FileFault, FileName, StoreError};

/// The place of a file.
pub(super) struct Slot {
    pub(super) name: FileName,
    /// Where it lies; nowhere in memory.
    pub(super) path: Option<PathBuf>,
    pub(super) content: Content,
    /// Somebody plays that it failed.
    pub(super) is_played_out: bool,
}

#[expect(clippy::large_enum_variant, reason = "a partition has three, and most are open")]
pub(super) enum Content {
    /// It is open.
    Open(Replica),
    /// Its pages are being looked at, or a thread writes to it.
    Busy(Job),
    /// It is left out.
    Out(FileFault, Instant),
    /// Nobody has looked at it yet.
    Unopened,
}

/// What another thread does, and gives back a replica for.
pub(super) struct Job {
    doing: Doing,
    /// The revision it started from.
    since: u64,
    done: Receiver<Result<Replica, StoreError>>,
    progress: Arc<AtomicU8>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// What a job does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Doing {
    /// Looks at a file.
    Open,
    /// Applies what is missing.
    Ship,
    /// Writes everything anew.
    Rebuild,
}

/// How far a job is, and whether it shall go on.
#[derive(Clone)]
pub(super) struct Progress {
    percent: Arc<AtomicU8>,
    stop: Arc<AtomicBool>,
}

impl Progress {
    /// Of work that is done here and now, and that nobody watches.
    pub(super) fn silent() -> Self {
        Self { percent: Arc::default(), stop: Arc::default() }
    }

    pub(super) fn tell(&self, done: u64, all: u64) -> ControlFlow<()> {
        self.percent.store(u8::try_from(done * 100 / all.max(1)).unwrap_or(100), Ordering::Relaxed);
        if self.stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl Job {
    pub(super) fn start(
        name: String,
        doing: Doing,
        since: u64,
        work: impl FnOnce(&Progress) -> Result<Replica, StoreError> + Send + 'static,
    ) -> Result<Self, StoreError> {
        let (send, done) = mpsc::channel();
        let (percent, stop) = (Arc::<AtomicU8>::default(), Arc::<AtomicBool>::default());
        let progress = Progress { percent: Arc::clone(&percent), stop: Arc::clone(&stop) };
        let run = move || {
            // Nobody waits any more when the store is closed.
            drop(send.send(work(&progress)));
        };
        let thread = thread::Builder::new().name(name).spawn(run);
        let thread = thread.map_err(|source| StoreError::Io { doing: "start a thread", source })?;
        Ok(Self { doing, since, done, progress: percent, stop, thread: Some(thread) })
    }

    pub(super) fn doing(&self) -> Doing {
        self.doing
    }

    /// 0 to 100.
    pub(super) fn percent(&self) -> u8 {
        self.progress.load(Ordering::Relaxed)
    }

    /// What came of it, if it is done.
    fn try_take(&mut self) -> Option<Result<Replica, StoreError>> {
        match self.done.try_recv() {
            Ok(result) => Some(result),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Err(broken())),
        }
    }

    fn wait(&mut self) -> Result<Replica, StoreError> {
        self.done.recv().unwrap_or_else(|_disconnected| Err(broken()))
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // Its file is free only when it has ended. A panic in it has been told as a broken job.
            drop(thread.join());
        }
    }
}

impl Slot {
    pub(super) fn new(name: FileName, path: Option<PathBuf>, content: Content) -> Self {
        Self { name, path, content, is_played_out: false }
    }

    /// The replica, if it is there and nobody plays that it is not.
    pub(super) fn usable(&self) -> Option<&Replica> {
        match &self.content {
            Content::Open(replica) if !self.is_played_out => Some(replica),
            _ => None,
        }
    }

    /// The same, to change it.
    pub(super) fn usable_mut(&mut self) -> Option<&mut Replica> {
        match &mut self.content {
            Content::Open(replica) if !self.is_played_out => Some(replica),
            _ => None,
        }
    }

    /// The revision from which on it will want batches, if a thread works on it.
    pub(super) fn busy_since(&self) -> Option<u64> {
        match &self.content {
            Content::Busy(job) => Some(job.since),
            _ => None,
        }
    }

    /// Its revision, if it is open.
    pub(super) fn revision(&self) -> Option<u64> {
        match &self.content {
            Content::Open(replica) => Some(replica.head().revision.0),
            _ => None,
        }
    }

    /// Leaves it out.
    pub(super) fn fail(&mut self, error: &StoreError) {
        self.content = Content::Out(fault_of(error, self.path.as_deref()), Instant::now());
    }

    /// Takes what a job has done. Whether there was anything to take.
    pub(super) fn collect(&mut self) -> bool {
        let Content::Busy(job) = &mut self.content else { return false };
        let Some(result) = job.try_take() else { return false };
        self.put(result);
        true
    }

    /// Waits for the job, if there is one.
    pub(super) fn wait(&mut self) {
        if let Content::Busy(job) = &mut self.content {
            let result = job.wait();
            self.put(result);
        }
    }

    fn put(&mut self, result: Result<Replica, StoreError>) {
        match result {
            Ok(replica) => self.content = Content::Open(replica),
            Err(error) => self.fail(&error),
        }
    }

    /// Opens it here and now, if nobody has yet.
    pub(super) fn open_now(&mut self, seals: &Seals, trust: Trust) {
        self.wait();
        if matches!(self.content, Content::Unopened | Content::Out(..)) {
            let opened = match self.name {
                FileName::A | FileName::B => open_at(seals, self.path.as_deref(), trust),
                FileName::Copy => open_copy_at(seals, self.path.as_deref(), trust),
            };
            self.put(opened);
        }
    }

    /// Takes the content out, to be given to a job.
    pub(super) fn take(&mut self) -> Content {
        std::mem::replace(&mut self.content, Content::Unopened)
    }

    /// The file's length, in bytes.
    pub(super) fn len_bytes(&self) -> u64 {
        match (&self.content, &self.path) {
            (Content::Open(replica), _) => replica.len_bytes(),
            (_, Some(path)) => fs::metadata(path).map(|found| found.len()).unwrap_or_default(),
            (_, None) => 0,
        }
    }
}

/// Opens the replica at `path`.
pub(super) fn open_at(seals: &Seals, path: Option<&Path>, trust: Trust) -> Result<Replica, StoreError> {
    // What is only in memory is open for as long as it is.
    let path = path.ok_or_else(|| StoreError::damaged(format!("the partition {}", seals.partition)))?;
    let folder = path.parent();
    let file = shielded(&seals.partition, "open a partition", folder, || RedbFile::open(path.to_path_buf()))?;
    Replica::open(seals.clone(), folder.map(Path::to_path_buf), Box::new(file), trust)
}

/// Opens the copy at `path`, which may not have been connected when the root key was renewed: then it opens under the key before.
pub(super) fn open_copy_at(seals: &Seals, path: Option<&Path>, trust: Trust) -> Result<Replica, StoreError> {
    let opened = open_at(seals, path, trust);
    let mut older = seals.before();
    while let (Err(StoreError::Damaged { .. }), Some(seals)) = (&opened, older) {
        if let Ok(replica) = open_at(&seals, path, trust) {
            return Ok(replica);
        }
        older = seals.before();
    }
    opened
}

/// Makes an empty replica at `path`.
pub(super) fn create_at(seals: &Seals, path: Option<&Path>, profile: Option<&[u8]>) -> Result<Replica, StoreError> {
    let Some(path) = path else { return Replica::create(seals.clone(), None, Box::<Memory>::default(), profile) };
    let folder = path.parent();
    let file = shielded(&seals.partition, "make a partition", folder, || RedbFile::create(path.to_path_buf()))?;
    Replica::create(seals.clone(), folder.map(Path::to_path_buf), Box::new(file), profile)
}

/// Writes a state to `path`, beside what is there at first and then in its place. What was there and does not open any more, or
/// was changed apart, is kept beside under `aside`. A state from under an earlier root key than that of `seals` is sealed anew.
pub(super) fn write_at(
    state: &State,
    seals: &Seals,
    path: Option<&Path>,
    aside: Aside,
    progress: &Progress,
) -> Result<Replica, StoreError> {
    let tell = |done, all| progress.tell(done, all);
    let Some(path) = path else {
        debug_assert_eq!(state.seals.generation(), seals.generation(), "what is only in memory has one root key");
        return state.write_into(None, Box::<Memory>::default(), &tell);
    };
    let folder = path.parent().map(Path::to_path_buf);
    let failed = |source| StoreError::from_io("write a replica", folder.as_deref().unwrap_or(path), source);
    let new = path.with_extension("new");
    let file = shielded(&seals.partition, "write a replica", folder.as_deref(), || RedbFile::create(new.clone()))?;
    let written = if state.seals.generation() == seals.generation() {
        state.write_into(folder.clone(), Box::new(file), &tell).map(drop)
    } else {
        let all = state.head.items.count + state.head.values.count + state.head.activity.count;
        reseal_into(state, seals, Box::new(file), &mut |done| tell(done, all)).map(drop)
    };
    if let Err(error) = written {
        // Half a replica is never read; it only takes room.
        drop(fs::remove_file(&new));
        return Err(error);
    }
    if aside == Aside::Keep && path.exists() {
        fs::rename(path, path.with_extension("aside")).map_err(failed)?;
    }
    fs::rename(&new, path).and_then(|()| sync_beside(path)).map_err(failed)?;
    open_at(seals, Some(path), Trust::Shards)
}

/// Whether a file that is replaced is kept beside the new one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Aside {
    /// It is, under another name.
    Keep,
    /// It is not: whatever it held, the new one holds.
    Drop,
}

/// Why a file is left out.
pub(super) fn fault_of(error: &StoreError, path: Option<&Path>) -> FileFault {
    match error {
        StoreError::Damaged { .. } if path.is_some_and(|path| !path.exists()) => FileFault::Missing,
        StoreError::Damaged { .. } => FileFault::Damaged,
        StoreError::Diverged { .. } => FileFault::Diverged,
        StoreError::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound => FileFault::Missing,
        error => FileFault::Failing(error.to_string()),
    }
}

/// Makes the folder that a file lies in, if that is in the store's own. One elsewhere has to be there.
pub(super) fn make_folder(path: &Path, store: Option<&Path>) -> Result<(), StoreError> {
    let Some(folder) = path.parent() else { return Ok(()) };
    if store != folder.parent() {
        return Ok(());
    }
    let made = crate::disk::make_folder(folder);
    made.map_err(|source| StoreError::from_io("make a folder", folder, source))
}

fn broken() -> StoreError {
    StoreError::Io { doing: "finish what a thread began", source: std::io::Error::other("it ended before") }
}
