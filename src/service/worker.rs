//! The thread that owns the service. Requests go in, events come out; nobody else touches a store.

mod activity;
mod group;
mod messages;

use std::{
    ops::ControlFlow,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    thread,
    time::{Duration, Instant},
};

pub use self::messages::{Command, Event, OpenAs, Renewal, Reply, Request};
use super::{
    Holder, Older, Opening, Service, ServiceError, TimeSource, demo, files, worker_access,
    worker_keys::{self, Step, Then, ToMake},
    worker_regions,
};
use crate::{
    crypto::{KdfCost, key::KeyMaterial},
    domain::{Caller, Timestamp, activity::Via},
    store::Place,
};

/// Ties an answer to what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(u64);

/// What lies before the worker.
struct Asked {
    id: RequestId,
    work: Work,
    /// For what comes of it later; given back when nothing does, so that the worker hears when nobody asks any more.
    back: Sender<Asked>,
}

enum Work {
    Request(Request),
    /// A key was made for a request, while the store of this number was open.
    Made {
        by: Caller,
        then: Then,
        material: Result<KeyMaterial, ServiceError>,
        opening: u64,
    },
}

/// The other end of the worker. Clones of it ask the same worker, each for itself.
#[derive(Clone)]
pub struct Handle {
    requests: Sender<Asked>,
    next: Arc<AtomicU64>,
    cancelled: Arc<AtomicU64>,
}

impl Handle {
    /// Asks for something; the answer carries the id.
    pub fn ask(&self, request: Request) -> RequestId {
        let id = RequestId(self.next.fetch_add(1, Ordering::Relaxed) + 1);
        // The worker ends only after this handle is gone.
        let back = self.requests.clone();
        drop(self.requests.send(Asked { id, work: Work::Request(request), back }));
        id
    }

    /// Breaks off a request, and all asked before it, as far as they are not done yet. Locking cannot be cancelled.
    pub fn cancel(&self, id: RequestId) {
        self.cancelled.fetch_max(id.0, Ordering::Relaxed);
    }
}

/// Starts the worker. `wake` is called after every event.
pub fn spawn(source: TimeSource, wake: impl Fn() + Send + 'static) -> std::io::Result<(Handle, Receiver<Event>)> {
    spawn_remembering(source, None, wake)
}

/// The same; how far stores had come is remembered in the folder `memory` (T9).
pub fn spawn_remembering(
    source: TimeSource,
    memory: Option<PathBuf>,
    wake: impl Fn() + Send + 'static,
) -> std::io::Result<(Handle, Receiver<Event>)> {
    let (requests, incoming) = mpsc::channel();
    let (outgoing, events) = mpsc::channel();
    let cancelled = Arc::new(AtomicU64::new(0));
    let mut worker = Worker {
        source,
        memory,
        service: None,
        events: outgoing,
        wake: Box::new(wake),
        cancelled: Arc::clone(&cancelled),
        awaited: None,
        rest_ms: 0,
        opening: 0,
        gathered: 0,
        told: None,
    };
    thread::Builder::new().name("tresor-worker".into()).spawn(move || worker.run(&incoming))?;
    Ok((Handle { requests, next: Arc::default(), cancelled }, events))
}

struct Worker {
    source: TimeSource,
    memory: Option<PathBuf>,
    service: Option<Service>,
    events: Sender<Event>,
    wake: Box<dyn Fn() + Send>,
    cancelled: Arc<AtomicU64>,
    /// When the state of a region changes by itself, as the last view that was told shows it.
    awaited: Option<Timestamp>,
    /// No tick sooner than this, after one that failed.
    rest_ms: u64,
    /// Which opening of a store this is.
    opening: u64,
    /// How many requests shared the last commit that could be shared.
    gathered: usize,
    /// When it was told last how far the activity is read.
    told: Option<Instant>,
}

impl Worker {
    fn run(&mut self, incoming: &Receiver<Asked>) {
        /// Clocks can be set by hand; nobody waits longer than this to notice.
        const LONGEST_NAP_MS: u64 = 60_000;
        loop {
            let nap = |service: &Service| [service.next_tick_ms(), service.next_look_ms()].into_iter().flatten().min();
            let nap = self.service.as_ref().and_then(nap);
            let is_reading = self.service.as_ref().is_some_and(Service::is_reading_activity);
            let next = match nap {
                _ if is_reading => incoming.recv_timeout(Duration::ZERO),
                None => incoming.recv().map_err(RecvTimeoutError::from),
                Some(ms) => incoming.recv_timeout(Duration::from_millis(ms.max(self.rest_ms).min(LONGEST_NAP_MS))),
            };
            match next {
                Ok(asked) => self.handle_all(asked, incoming),
                Err(RecvTimeoutError::Timeout) if is_reading => self.read_activity_on(),
                Err(RecvTimeoutError::Timeout) => self.tick(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.close();
    }

    fn handle(&mut self, Asked { id, work, back }: Asked) {
        let result = match work {
            Work::Request(Request::Lock) => {
                self.close();
                self.send(Event::Locked);
                return;
            }
            _ if self.is_cancelled(id) => Err(ServiceError::Cancelled),
            Work::Request(Request::Do(by, command)) => match self.perform(id, &by, command) {
                Ok(Step::Done(reply)) => Ok(reply),
                Ok(Step::Make(to_make)) => match self.make(id, by, to_make, back) {
                    Ok(()) => return,
                    Err(error) => Err(error),
                },
                Err(error) => Err(error),
            },
            Work::Request(request) => self.answer(id, request),
            Work::Made { by, then, material, opening } => self.finish(&by, then, material, opening),
        };
        self.publish();
        self.send(match result {
            Ok(reply) => Event::Done(id, reply),
            Err(error) => Event::Failed(id, error),
        });
    }

    fn answer(&mut self, id: RequestId, request: Request) -> Result<Reply, ServiceError> {
        match request {
            Request::Open(how) => self.open(id, how),
            Request::ReadActivity(by) => {
                self.service_mut().and_then(|service| service.open_activity(&by)).map(|()| Reply::Done)
            }
            Request::ExportActivity(by, filter, path) => self.export_activity(id, &by, &filter, &path),
            Request::ReadImport(path) => files::read_import(&path).map(Reply::Rows),
            Request::SaveFile { path, content } => {
                files::write_whole(&path, &content, "Writing the file").map(|()| Reply::Done)
            }
            Request::ChangePassphrase { by, current, new, renewal: Renewal::Keep } => {
                let service = self.service_mut()?;
                let cost = service.usual_cost();
                service.change_passphrase(&by, &current.read()?, &new.read()?, cost)?;
                Ok(Reply::Done)
            }
            Request::ChangePassphrase { by, current, new, renewal: Renewal::Renew } => {
                let (current, new) = (current.read()?, new.read()?);
                let Self { service, events, wake, cancelled, .. } = self;
                let service = service.as_mut().ok_or(ServiceError::Closed)?;
                let mut progress = |part: f32| {
                    drop(events.send(Event::Progress(id, part)));
                    wake();
                    let is_cancelled = cancelled.load(Ordering::Relaxed) >= id.0;
                    if is_cancelled { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                };
                service.renew(&by, &current, &new, None, &mut progress).map(Reply::Renewed)
            }
            Request::Lock | Request::Do(..) => Err(ServiceError::Closed),
        }
    }

    /// Has a key made on a thread of its own, which comes back with it.
    fn make(&self, id: RequestId, by: Caller, to_make: ToMake, back: Sender<Asked>) -> Result<(), ServiceError> {
        let opening = self.opening;
        let make = move || {
            let material = to_make.make();
            let work = Work::Made { by, then: to_make.then, material, opening };
            // Nobody waits any more when the worker is gone; the key is wiped.
            drop(back.clone().send(Asked { id, work, back }));
        };
        let started = thread::Builder::new().name("make a key".into()).spawn(make);
        started.map(drop).map_err(|source| ServiceError::File { doing: "Starting to make the key", source })
    }

    /// Does what a key was made for, unless another store is open by now.
    fn finish(
        &mut self,
        by: &Caller,
        then: Then,
        material: Result<KeyMaterial, ServiceError>,
        opening: u64,
    ) -> Result<Reply, ServiceError> {
        let is_same = opening == self.opening;
        let service = self.service.as_mut().filter(|_| is_same).ok_or(ServiceError::Closed)?;
        then.finish(service, by, material?)
    }

    fn open(&mut self, id: RequestId, how: OpenAs) -> Result<Reply, ServiceError> {
        let is_new = matches!(how, OpenAs::New { .. });
        let source = self.source.clone();
        let service = match how {
            OpenAs::Folder(folder, credentials, older) => {
                let passphrase = credentials.read()?;
                let opening = Opening { memory: self.memory.as_deref(), older, ..Opening::whole(&passphrase) };
                let mut service = Service::open_as(Service::hold(&folder, Holder::Window)?, opening, source)?;
                if older == Older::Accepted {
                    service.note_accepted_older(&Caller::by_store_passphrase());
                }
                service
            }
            OpenAs::New { folder, credentials, purpose } => {
                let place = Place::Folder(folder);
                Service::create(&place, &credentials.read()?, KdfCost::RECOMMENDED, purpose, source)?
            }
            OpenAs::Demo(moment) => demo::build(moment, source)?,
        };
        // A store that was made is there, and opens.
        if self.is_cancelled(id) && !is_new {
            return Err(ServiceError::Cancelled);
        }
        self.close();
        self.opening += 1;
        let service = service.asked_by_way_of(Via::Window);
        let view = Arc::new(service.view());
        self.service = Some(service);
        self.send(Event::Opened(id, view));
        Ok(Reply::Done)
    }

    fn perform(&mut self, id: RequestId, by: &Caller, command: Command) -> Result<Step, ServiceError> {
        let Self { service, events, wake, cancelled, .. } = self;
        let service = service.as_mut().ok_or(ServiceError::Closed)?;
        let done = |()| Reply::Done;
        let mut told_percent = 0;
        let mut progress = |part: f32| {
            let percent = (part * 100.0) as u32;
            if percent != told_percent {
                told_percent = percent;
                drop(events.send(Event::Progress(id, part)));
                wake();
            }
            let is_cancelled = cancelled.load(Ordering::Relaxed) >= id.0;
            if is_cancelled { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let reply = match command {
            Command::CreateVault(draft) => service.create_vault(by, draft).map(done),
            Command::UpdateVault(vault, patch) => service.update_vault(by, &vault, &patch).map(done),
            Command::DeleteVault(vault) => service.delete_vault(by, &vault).map(done),
            Command::RecoverVault(vault) => service.recover_vault(by, &vault).map(done),
            Command::PurgeVault(vault) => service.purge_vault(by, &vault).map(done),
            Command::ListSecrets(vault) => service.list_secrets(by, &vault).map(|_| Reply::Done),
            Command::ListDeletedSecrets(vault) => service.list_deleted_secrets(by, &vault).map(|_| Reply::Done),
            Command::GetSecret(vault, name, version) => {
                let (secret, value) = service.get_secret(by, &vault, &name, version)?;
                let version = secret.version(version).unwrap_or_else(|| secret.current()).clone();
                Ok(Reply::Value(version, value))
            }
            Command::SetSecrets(vault, new) => {
                let all = new.len().max(1);
                service.set_secrets(by, &vault, new, |count| progress(count as f32 / all as f32)).map(Reply::Set)
            }
            command @ (Command::SetSecret(..)
            | Command::UpdateSecret(..)
            | Command::DeleteSecret(..)
            | Command::RecoverSecret(..)
            | Command::PurgeSecret(..)) => group::write_within_vault(service, by, command),
            Command::BackUpSecret(vault, name, path) => {
                let blob = service.back_up_secret(by, &vault, &name)?;
                files::write_backup(&path, &blob).map(done)
            }
            Command::RestoreSecret(vault, path) => {
                let blob = files::read_backup(&path)?;
                let restored = service.restore_secret(by, &vault, &blob)?;
                Ok(Reply::Restored(restored.name().clone()))
            }
            Command::ProtectSubscription(protection) => service.protect_subscription(by, protection).map(done),
            Command::BeginOutage(region, plan) => service.begin_outage(by, region, plan).map(done),
            Command::EndOutage(region) => service.end_outage(by, region).map(done),
            Command::KeepActivity(days) => service.keep_activity(by, days).map(done),
            Command::AdvanceClock(to) => service.advance_clock(by, to).map(done),
            Command::ResetClock => service.reset_clock(by).map(done),
            Command::ConfirmClock => service.confirm_clock(by).map(done),
            Command::Region(command) => worker_regions::perform(service, by, command, &mut progress),
            Command::Access(command) => worker_access::perform(service, by, command),
            Command::Key(command) => return worker_keys::perform(service, by, command, &mut progress),
        };
        reply.map(Step::Done)
    }

    fn tick(&mut self) {
        /// A disk that is full now is not asked again at once.
        const REST_MS: u64 = 5_000;
        let Some(service) = &mut self.service else { return };
        // A purge that fails now is tried again later; the next operation that writes tells.
        let ticked = service.tick();
        self.rest_ms = if ticked.is_ok() { 0 } else { REST_MS };
        let now = service.now();
        if ticked.unwrap_or(true) || self.awaited.is_some_and(|at| at <= now) {
            self.publish();
        }
    }

    fn close(&mut self) {
        if let Some(mut service) = self.service.take() {
            // Reads that were not written down yet; without a disk there is nobody left to tell.
            drop(service.close());
        }
    }

    fn publish(&mut self) {
        if let Some(service) = &self.service {
            self.awaited = service.world().next_region_change(service.now());
            self.send(Event::Changed(Arc::new(service.view())));
        }
    }

    fn service_mut(&mut self) -> Result<&mut Service, ServiceError> {
        self.service.as_mut().ok_or(ServiceError::Closed)
    }

    fn is_cancelled(&self, id: RequestId) -> bool {
        self.cancelled.load(Ordering::Relaxed) >= id.0
    }

    fn send(&self, event: Event) {
        // Nobody listens any more when the window is gone.
        drop(self.events.send(event));
        (self.wake)();
    }
}
