//! The thread that owns the service, as a window uses it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use tresor::crypto::Passphrase;
use tresor::domain::region::FailoverPlan;
use tresor::domain::secret::{SecretDraft, SecretPatch};
use tresor::domain::vault::VaultPatch;
use tresor::service::{
    Command, Event, Handle, OpenAs, Purpose, Reply, Request, RequestId, ServiceError, TimeSource, View, spawn,
};
use tresor::store::StoreError;

use crate::desk::{START, developer, name, new, passphrase, region, value, vault};

pub(crate) struct Window {
    handle: Option<Handle>,
    events: Receiver<Event>,
    pub(crate) time: TimeSource,
    woken: Arc<AtomicUsize>,
}

impl Window {
    pub(crate) fn new() -> Self {
        let time = TimeSource::held_at(START);
        let woken = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&woken);
        let wake = move || {
            counter.fetch_add(1, Ordering::SeqCst);
        };
        let (handle, events) = spawn(time.clone(), wake).unwrap();
        Self { handle: Some(handle), events, time, woken }
    }

    /// With the demo open.
    pub(crate) fn with_demo() -> Self {
        let mut window = Self::new();
        window.ask(Request::Open(OpenAs::Demo(Some(START)))).1.unwrap();
        window
    }

    pub(crate) fn send(&mut self, request: Request) -> RequestId {
        self.handle.as_mut().unwrap().ask(request)
    }

    pub(crate) fn next(&self) -> Event {
        self.events.recv_timeout(Duration::from_secs(30)).expect("the worker answers")
    }

    /// Everything up to the answer, in words, and the answer.
    pub(crate) fn ask(&mut self, request: Request) -> (Vec<&'static str>, Result<Reply, ServiceError>) {
        let id = self.send(request);
        self.answer(id)
    }

    pub(crate) fn answer(&self, id: RequestId) -> (Vec<&'static str>, Result<Reply, ServiceError>) {
        let mut words = Vec::new();
        loop {
            match self.next() {
                Event::Done(of, reply) if of == id => return (words, Ok(reply)),
                Event::Failed(of, error) if of == id => return (words, Err(error)),
                Event::Opened(..) => words.push("opened"),
                Event::Locked => words.push("locked"),
                Event::Changed(_) => words.push("changed"),
                Event::Progress(..) => words.push("progress"),
                Event::Done(..) => words.push("done"),
                Event::Failed(..) => words.push("failed"),
            }
        }
    }

    pub(crate) fn do_it(&mut self, command: Command) -> Result<Reply, ServiceError> {
        self.ask(Request::Do(developer(), command)).1
    }

    pub(crate) fn cancel(&self, id: RequestId) {
        self.handle.as_ref().unwrap().cancel(id);
    }

    fn view(&self) -> Arc<View> {
        loop {
            if let Event::Changed(view) = self.next() {
                return view;
            }
        }
    }
}

fn open(folder: &std::path::Path, text: &str) -> Request {
    Request::Open(OpenAs::Folder(
        folder.to_path_buf(),
        Passphrase::new(text.into()).into(),
        tresor::service::Older::Refused,
    ))
}

#[test]
fn a_store_is_made_locked_and_opened_again() {
    // T2
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let mut window = Window::new();
    let purpose = Purpose::Real;
    let made =
        window.ask(Request::Open(OpenAs::New { folder: path.clone(), credentials: passphrase().into(), purpose }));
    assert_eq!(made.0, ["opened", "changed"]);
    made.1.unwrap();
    window.do_it(Command::CreateVault(crate::desk::draft("prod"))).unwrap();
    window.do_it(Command::SetSecret(vault("prod"), name("token"), SecretDraft::default(), value("v"))).unwrap();
    window.send(Request::Lock);
    assert!(matches!(window.next(), Event::Locked));
    let locked = window.do_it(Command::GetSecret(vault("prod"), name("token"), None));
    assert!(matches!(locked, Err(ServiceError::Closed)));

    let (words, wrong) = window.ask(open(&path, "wrong"));
    assert!(words.is_empty(), "{words:?}");
    assert!(matches!(wrong, Err(ServiceError::Store(StoreError::WrongPassphrase))));
    let (_, empty) = window.ask(open(&path, ""));
    assert!(matches!(empty, Err(ServiceError::Store(StoreError::EmptyPassphrase))));
    let (_, missing) = window.ask(open(&folder.path().join("nowhere"), "x"));
    assert!(matches!(missing, Err(ServiceError::Store(StoreError::Missing { .. }))));

    let (words, opened) = window.ask(open(&path, crate::desk::PASSPHRASE));
    assert_eq!(words, ["opened", "changed"]);
    opened.unwrap();
    // A store that does not open does not close the one that is open.
    assert!(window.ask(open(&folder.path().join("nowhere"), "x")).1.is_err());
    match window.do_it(Command::GetSecret(vault("prod"), name("token"), None)).unwrap() {
        Reply::Value(_, value) => assert_eq!(value.expose(), "v"),
        _ => panic!("a value is asked for"),
    }
    let changed = Request::ChangePassphrase {
        renewal: tresor::service::Renewal::Keep,
        by: developer(),
        current: passphrase().into(),
        new: Passphrase::new("new".into()).into(),
    };
    window.ask(changed).1.unwrap();
    window.send(Request::Lock);
    assert!(window.ask(open(&path, crate::desk::PASSPHRASE)).1.is_err());
    window.ask(open(&path, "new")).1.unwrap();
}

#[test]
fn each_answer_comes_after_the_view_that_shows_it_and_wakes_the_window() {
    let mut window = Window::with_demo();
    let before = window.woken.load(Ordering::SeqCst);
    let sandbox = vault("demo-sandbox");
    let id = window.send(Request::Do(
        developer(),
        Command::SetSecret(sandbox.clone(), name("fresh"), SecretDraft::default(), value("v")),
    ));
    let Event::Changed(view) = window.next() else { panic!("the view comes first") };
    assert!(view.world.vault(&sandbox).unwrap().secret(&name("fresh")).is_ok());
    assert!(matches!(window.next(), Event::Done(of, Reply::Done) if of == id));
    while window.woken.load(Ordering::SeqCst) < before + 2 {
        std::thread::yield_now();
    }
    // Several requests are answered in their order.
    let ids: Vec<_> = ["a", "b", "c"]
        .map(|text| {
            let command = Command::SetSecret(sandbox.clone(), name(text), SecretDraft::default(), value(text));
            window.send(Request::Do(developer(), command))
        })
        .to_vec();
    let mut answered = Vec::new();
    while answered.len() < 3 {
        if let Event::Done(id, _) = window.next() {
            answered.push(id);
        }
    }
    assert_eq!(answered, ids);
}

#[test]
fn every_command_reaches_its_operation() {
    use tresor::domain::soft_delete::SubscriptionProtection;
    use tresor::domain::{Caller, Timestamp};
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("token.tresor-backup");
    let (v, n) = (|| vault("fresh"), || name("token"));
    let west = region("westeurope");
    let commands = [
        (Command::CreateVault(crate::desk::draft("fresh")), "VaultPut"),
        (Command::SetSecret(v(), n(), SecretDraft::default(), value("v")), "SecretSet"),
        (Command::SetSecrets(v(), vec![new("other", "v")]), "SecretSet"),
        (Command::GetSecret(v(), n(), None), "SecretGet"),
        (Command::ListSecrets(v()), "SecretList"),
        (Command::UpdateSecret(v(), n(), None, SecretPatch::default()), "SecretUpdate"),
        (Command::BackUpSecret(v(), n(), backup.clone()), "SecretBackup"),
        (Command::DeleteSecret(v(), n()), "SecretDelete"),
        (Command::ListDeletedSecrets(v()), "SecretListDeleted"),
        (Command::RecoverSecret(v(), n()), "SecretRecover"),
        (Command::DeleteSecret(v(), n()), "SecretDelete"),
        (Command::PurgeSecret(v(), n()), "SecretPurge"),
        (Command::RestoreSecret(v(), backup), "SecretRestore"),
        (Command::UpdateVault(v(), VaultPatch::default()), "VaultPatch"),
        (Command::DeleteVault(v()), "VaultDelete"),
        (Command::RecoverVault(v()), "VaultRecover"),
        (Command::DeleteVault(v()), "VaultDelete"),
        (Command::PurgeVault(v()), "VaultPurge"),
        (Command::ProtectSubscription(SubscriptionProtection::None), "SubscriptionPatch"),
        (Command::BeginOutage(west, FailoverPlan::DEMO), "RegionOutage"),
        (Command::EndOutage(west), "RegionReturn"),
        (Command::AdvanceClock(Timestamp::from_ms(START.ms() + 1)), "ClockAdvance"),
        (Command::ResetClock, "ClockReset"),
    ];
    let mut window = Window::with_demo();
    for (command, expected) in commands {
        window.send(Request::Do(Caller::security_officer(), command));
        let view = window.view();
        let by_people = |record: &&Arc<_>| {
            let record: &tresor::domain::activity::Record = record;
            record.caller != "Key Vault"
        };
        let found = view.activity.iter().rev().find(by_people).unwrap().operation.audit_name();
        assert_eq!(found, expected);
        assert!(matches!(window.next(), Event::Done(..)), "{expected}");
    }
}

#[test]
fn a_cancelled_import_changes_nothing_and_a_whole_one_tells_how_far_it_is() {
    // T5
    let mut window = Window::with_demo();
    let sandbox = vault("demo-sandbox");
    let many = |count: usize| (0..count).map(|n| new(&format!("imported-{n}"), "v")).collect();
    let import = |count| Request::Do(developer(), Command::SetSecrets(sandbox.clone(), many(count)));
    let first = window.send(import(500));
    let second = window.send(import(20_000));
    window.handle.as_ref().unwrap().cancel(second);
    // Those asked for before it are broken off too, unless they are done already.
    let (_, first) = window.answer(first);
    let (_, second) = window.answer(second);
    assert!(matches!(second, Err(ServiceError::Cancelled)));
    let (words, third) = window.ask(import(1000));
    assert!(matches!(third, Ok(Reply::Set(1000))), "what is asked later is done");
    assert_eq!(words.iter().filter(|word| **word == "progress").count(), 100);
    window.do_it(Command::ListSecrets(sandbox.clone())).unwrap();
    let versions = if first.is_ok() { 2 } else { 1 };
    let id = window.send(Request::Do(developer(), Command::ListSecrets(sandbox.clone())));
    let Event::Changed(view) = window.next() else { panic!("the view comes first") };
    window.answer(id).1.unwrap();
    let secrets = &view.world.vault(&sandbox).unwrap().secrets;
    assert_eq!(secrets.live_count(), 4 + 1000);
    assert_eq!(secrets.get(&name("imported-0")).unwrap().versions().len(), versions);
}

#[test]
fn a_cancelled_request_is_not_begun_and_locking_is_never_cancelled() {
    let mut window = Window::with_demo();
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("store");
    let purpose = Purpose::Real;
    let make = Request::Open(OpenAs::New { folder: path.clone(), credentials: passphrase().into(), purpose });
    let long = window.send(Request::Open(OpenAs::Demo(None)));
    let creation = window.send(make);
    let lock = window.send(Request::Lock);
    window.handle.as_ref().unwrap().cancel(lock);
    let (_, _) = window.answer(long);
    let (_, created) = window.answer(creation);
    assert_eq!(created.is_ok(), path.exists(), "either made and open, or not made at all");
    while !matches!(window.next(), Event::Locked) {}
}

#[test]
fn time_is_told_without_being_asked() {
    // A4, A6, S14: with the computer's clock, since the worker sleeps by it
    let mut window = Window::new();
    window.time = TimeSource::Computer;
    let (handle, events) = spawn(TimeSource::Computer, || {}).unwrap();
    (window.handle, window.events) = (Some(handle), events);
    window.ask(Request::Open(OpenAs::Demo(None))).1.unwrap();
    let west = region("westeurope");
    let plan = FailoverPlan { failover_secs: 1, failback_secs: 1, failing_percent: 0 };
    window.do_it(Command::BeginOutage(west, plan)).unwrap();
    // On a busy machine a state can pass unseen; the one that stays cannot.
    let until = |window: &Window, word: &str| {
        while {
            let view = window.view();
            view.world.region_state(west, view.now()).word() != word
        } {}
    };
    until(&window, "Read-only");
    window.do_it(Command::EndOutage(west)).unwrap();
    until(&window, "Read and write");
    // And then there is silence.
    let asked = Instant::now();
    assert!(window.events.recv_timeout(Duration::from_millis(1500)).is_err());
    assert!(Duration::from_millis(1500) <= asked.elapsed());
}

#[test]
fn a_window_that_closes_leaves_no_record_behind_unwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let mut window = Window::new();
    let purpose = Purpose::Real;
    window
        .ask(Request::Open(OpenAs::New { folder: path.clone(), credentials: passphrase().into(), purpose }))
        .1
        .unwrap();
    window.do_it(Command::CreateVault(crate::desk::draft("prod"))).unwrap();
    window.time.hold_at(START.plus_secs(1));
    window.do_it(Command::ListSecrets(vault("prod"))).unwrap();
    // The handle goes, the worker ends, the lock is given back.
    let Window { handle, events, time, .. } = window;
    drop(handle);
    while events.recv_timeout(Duration::from_secs(30)).is_ok() {}
    let service = tresor::service::Service::open(&path, &passphrase(), time).unwrap();
    let last = service.view().activity.last().cloned().unwrap();
    assert_eq!(last.operation.audit_name(), "SecretList");
}
