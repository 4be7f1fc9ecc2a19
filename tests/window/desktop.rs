//! What stands beside the window: the desktop's idle time, its locked screen and sleep, its keyring; and what the gate asks for:
//! a passphrase that is good enough, a pause after wrong ones, a key file.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        mpsc::{self, Receiver, Sender},
    },
    time::Duration,
};

use super::{
    common::{NOW, Window, wait_for},
    gate::{PASSPHRASE, assert_says, click, lock, make_store, open_with, over, says, type_into},
};
use egui::{Event, Key, Modifiers, Role, ViewportId};
use egui_kittest::{Harness, kittest::Queryable as _};
use tresor::{
    domain::Zone,
    service::{KdfCost, Passphrase, Place, Purpose, Service, TimeSource},
    ui::{
        App, KeepSettings, Launch, Start,
        desktop::{Desktop, IdleTime, Keyring, KeyringError, Session, SessionEvent, SessionSigns, Tell},
        settings::Settings,
    },
};
use zeroize::Zeroizing;

/// A desktop that nobody touched for as long as a test says.
struct Untouched(Arc<Mutex<Option<Duration>>>);

impl IdleTime for Untouched {
    fn source(&self) -> &'static str {
        "a played desktop"
    }

    fn idle(&mut self, _: Duration) -> Option<Duration> {
        *self.0.lock().unwrap()
    }
}

/// A session that does what a test says.
struct Played(Receiver<SessionEvent>);

impl Session for Played {
    fn watch(self: Box<Self>, tell: Tell<'_>) {
        self.0.into_iter().for_each(tell);
    }
}

/// A keyring that a test can look into, lock and take away.
#[derive(Clone, Default)]
struct PlayedKeyring(Arc<Mutex<KeyringState>>);

#[derive(Default)]
struct KeyringState {
    kept: BTreeMap<PathBuf, String>,
    trouble: Option<KeyringError>,
}

impl PlayedKeyring {
    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<PathBuf, String>) -> T) -> Result<T, KeyringError> {
        let mut state = self.0.lock().unwrap();
        match &state.trouble {
            Some(trouble) => Err(trouble.clone()),
            None => Ok(work(&mut state.kept)),
        }
    }

    fn is_in_trouble(&self, trouble: Option<KeyringError>) {
        self.0.lock().unwrap().trouble = trouble;
    }
}

impl Keyring for PlayedKeyring {
    fn get(&mut self, store: &Path) -> Result<Option<Zeroizing<String>>, KeyringError> {
        self.with(|kept| kept.get(store).cloned().map(Zeroizing::new))
    }

    fn keep(&mut self, store: &Path, passphrase: &str) -> Result<(), KeyringError> {
        self.with(|kept| drop(kept.insert(store.to_owned(), passphrase.to_owned())))
    }

    fn forget(&mut self, store: &Path) -> Result<(), KeyringError> {
        self.with(|kept| drop(kept.remove(store)))
    }
}

fn on(open: Start, settings: Settings, desktop: Desktop) -> Window {
    let clock = TimeSource::held_at(NOW);
    let source = clock.clone();
    let harness = Harness::builder().with_size([900.0, 1000.0]).build_eframe(move |cc| {
        let launch = Launch { open, settings, keep_settings: KeepSettings::No, zone: Zone::Utc, source };
        App::on(&cc.egui_ctx, launch, desktop).expect("threads can be started")
    });
    let mut window = Window { harness, clock };
    window.harness.run_steps(4);
    window
}

fn demo_on(settings: Settings, desktop: Desktop) -> Window {
    let mut window = on(Start::Demo(Some(NOW)), settings, desktop);
    window.settle();
    window
}

/// A store of its own: unlike the demo, it is locked when nobody uses it. It lies in the folder as long as that lives.
pub(super) fn store_on(settings: Settings, desktop: Desktop) -> (Window, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let passphrase = Passphrase::new(PASSPHRASE.into());
    let (place, source) = (Place::Folder(path.clone()), TimeSource::held_at(NOW));
    drop(Service::create(&place, &passphrase, KdfCost::LEAST, Purpose::Real, source).unwrap());
    let mut window = on(Start::Store(path), settings, desktop);
    open_with(&mut window, PASSPHRASE);
    window.settle();
    (window, folder)
}

fn is_open(window: &Window) -> bool {
    window.harness.state().view().is_some()
}

/// So many seconds pass for the window.
fn pass(window: &mut Window, secs: f64) {
    let time = window.harness.ctx.input(|input| input.time);
    window.harness.input_mut().time = Some(time + secs);
    window.harness.step();
}

// T1
#[test]
fn a_store_is_not_locked_while_the_desktop_is_used_and_is_once_nobody_touched_that_either() {
    let idle = Arc::new(Mutex::new(Some(Duration::from_secs(10))));
    let settings = Settings { auto_lock_minutes: 5, ..Settings::default() };
    let desktop = Desktop { idle: Some(Box::new(Untouched(Arc::clone(&idle)))), ..Desktop::default() };
    let (mut window, _folder) = store_on(settings, desktop);
    pass(&mut window, 301.0);
    for _ in 0..200 {
        // The answer may come now; the window's time stands.
        let time = window.harness.ctx.input(|input| input.time);
        window.harness.input_mut().time = Some(time);
        window.harness.step();
        std::thread::yield_now();
    }
    assert!(is_open(&window), "somebody works in another window");
    *idle.lock().unwrap() = Some(Duration::from_secs(400));
    pass(&mut window, 295.0);
    wait_for(&mut window.harness, |harness| harness.state().view().is_none());
}

// T1
#[test]
fn a_desktop_that_stops_telling_its_idle_time_keeps_no_store_open() {
    let settings = Settings { auto_lock_minutes: 5, ..Settings::default() };
    let idle = Box::new(Untouched(Arc::new(Mutex::new(None))));
    let (mut window, _folder) = store_on(settings, Desktop { idle: Some(idle), ..Desktop::default() });
    pass(&mut window, 301.0);
    wait_for(&mut window.harness, |harness| harness.state().view().is_none());
}

fn with_session(settings: Settings) -> (Window, Sender<SessionEvent>, tempfile::TempDir) {
    let (tell, told) = mpsc::channel();
    let session: Box<dyn Session> = Box::new(Played(told));
    let (window, folder) = store_on(settings, Desktop { session: Some(session), ..Desktop::default() });
    tell.send(SessionEvent::Watching(SessionSigns::Both)).unwrap();
    (window, tell, folder)
}

// T1
#[test]
fn the_store_is_locked_with_the_screen_and_before_sleep_which_waits_for_that() {
    let (mut window, tell, _folder) = with_session(Settings::default());
    tell.send(SessionEvent::ScreenLocks).unwrap();
    wait_for(&mut window.harness, |harness| harness.state().is_locked());

    let (mut window, tell, _folder) = with_session(Settings::default());
    let (awake, sleeps) = mpsc::channel();
    tell.send(SessionEvent::Sleeps(awake)).unwrap();
    wait_for(&mut window.harness, |harness| harness.state().is_locked());
    window.harness.run_steps(2);
    assert!(sleeps.recv_timeout(Duration::from_mins(1)).is_err(), "sleep goes on once the store is closed");
}

// T1
#[test]
fn who_does_not_want_it_is_not_locked_out_by_screen_or_sleep() {
    let settings = Settings { lock_with_screen: false, lock_before_sleep: false, ..Settings::default() };
    let (mut window, tell, _folder) = with_session(settings);
    let (awake, sleeps) = mpsc::channel();
    tell.send(SessionEvent::ScreenLocks).unwrap();
    tell.send(SessionEvent::Sleeps(awake)).unwrap();
    wait_for(&mut window.harness, |_| sleeps.try_recv() == Err(mpsc::TryRecvError::Disconnected));
    assert!(is_open(&window));
}

// T1
#[test]
fn a_revealed_value_is_hidden_after_20_seconds_and_when_the_window_loses_the_focus() {
    use tresor::ui::{
        action::Action,
        route::{Route, Tab},
    };
    let mut window = demo_on(Settings::default(), Desktop::default());
    let ctx = window.harness.ctx.clone();
    let select = vec![
        Action::Go(Route::Vault(super::common::vault_name("contoso-prod"), Tab::Secrets)),
        Action::Select(Some(super::common::object_name("db-password"))),
    ];
    window.harness.state_mut().act(&ctx, select);
    window.settle();
    let is_shown = |window: &Window| window.harness.state().with_scene(|scene| scene.revealed.is_some()).unwrap();
    window.press("Reveal");
    assert!(is_shown(&window));
    pass(&mut window, 12.0);
    assert!(is_shown(&window));
    pass(&mut window, 9.0);
    assert!(!is_shown(&window), "20 s are over");

    window.press("Reveal");
    assert!(is_shown(&window));
    let input = window.harness.input_mut();
    input.focused = false;
    input.viewports.entry(ViewportId::ROOT).or_default().focused = Some(false);
    window.harness.event(Event::WindowFocused(false));
    window.harness.step();
    window.harness.step();
    assert!(!is_shown(&window), "somebody looks at another window");
}

// T5
#[test]
fn no_store_is_made_with_a_passphrase_that_is_guessed_soon_and_the_form_says_why() {
    let home = tempfile::tempdir().unwrap();
    let mut window = over(&home.path().join("store"), [1280.0, 800.0]);
    click(&mut window, "Create a store");
    for passphrase in ["Passphrase", "Passphrase again"] {
        type_into(&mut window, Role::PasswordInput, passphrase, "password");
    }
    assert_says(&window, "Strength: Very weak");
    assert_says(&window, "Many people use this one, so it is tried first.");
    assert_eq!(window.why_greyed("Create store").as_deref(), Some("This passphrase is guessed too soon"));
    for passphrase in ["Passphrase", "Passphrase again"] {
        type_into(&mut window, Role::PasswordInput, passphrase, PASSPHRASE);
    }
    assert_says(&window, "Strength: Strong");
    assert_eq!(window.why_greyed("Create store"), None);
}

// T5
#[test]
fn after_three_wrong_passphrases_the_gate_counts_down_and_then_takes_the_right_one() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("store");
    lock(&mut make_store(&folder, Purpose::Real));
    let mut window = over(&folder, [1280.0, 800.0]);
    for _ in 0..3 {
        open_with(&mut window, "wrong");
        wait_for(&mut window.harness, |harness| harness.query_all_by_label_contains("wrong").next().is_some());
        window.harness.run_steps(3);
    }
    assert_says(&window, "Several wrong passphrases: try again in 5 s");
    assert_eq!(window.why_greyed("Unlock").as_deref(), Some("Several wrong passphrases: try again in 5 s"));
    window.clock.hold_at(NOW.plus_secs(3));
    window.harness.run_steps(3);
    assert_says(&window, "Several wrong passphrases: try again in 2 s");
    window.clock.hold_at(NOW.plus_secs(5));
    window.harness.run_steps(3);
    assert!(!says(&window, "Several wrong passphrases: try again in 2 s"));
    open_with(&mut window, PASSPHRASE);
    window.settle();
    assert!(is_open(&window));
}

// T2
#[test]
fn a_store_made_with_a_new_key_file_opens_only_with_it() {
    let home = tempfile::tempdir().unwrap();
    let (folder, key) = (home.path().join("store"), home.path().join("tresor.key"));
    let mut window = over(&folder, [1280.0, 900.0]);
    click(&mut window, "Create a store");
    for passphrase in ["Passphrase", "Passphrase again"] {
        type_into(&mut window, Role::PasswordInput, passphrase, PASSPHRASE);
    }
    window.harness.get_by_label("Key file…").click();
    window.harness.run_steps(3);
    type_into(&mut window, Role::TextInput, "Key file", "tresor.key");
    assert!(window.why_greyed("Create store").is_some_and(|why| why.contains("whole path")));
    type_into(&mut window, Role::TextInput, "Key file", key.to_str().unwrap());
    window.harness.get_by_role_and_label(Role::CheckBox, "Make this key file, of random bytes").click();
    window.harness.run_steps(3);
    click(&mut window, "Create store");
    window.settle();
    assert_eq!(fs::read(&key).unwrap().len(), 64);
    let known = window.harness.state().with_scene(|scene| scene.settings.key_files.clone()).unwrap();
    assert_eq!(known.get(&folder), Some(&key), "the path is remembered");

    lock(&mut window);
    drop(window);
    let mut window = over(&folder, [1280.0, 800.0]);
    open_with(&mut window, PASSPHRASE);
    wait_for(&mut window.harness, |harness| harness.query_by_label("The passphrase is wrong").is_some());
    window.harness.get_by_label("Key file…").click();
    window.harness.run_steps(3);
    type_into(&mut window, Role::TextInput, "Key file", home.path().join("gone.key").to_str().unwrap());
    open_with(&mut window, PASSPHRASE);
    wait_for(&mut window.harness, |harness| harness.query_by_label_contains("The key file is not there").is_some());
    window.harness.run_steps(3);
    type_into(&mut window, Role::TextInput, "Key file", key.to_str().unwrap());
    open_with(&mut window, PASSPHRASE);
    window.settle();
    assert!(is_open(&window));
}

fn with_keyring(folder: &Path, keyring: &PlayedKeyring, remembered: &[&Path]) -> Window {
    let remembered = remembered.iter().map(|path| path.to_path_buf()).collect();
    let settings = Settings { auto_lock_minutes: 0, remembered, ..Settings::default() };
    let keyring: Box<dyn Keyring> = Box::new(keyring.clone());
    on(Start::Store(folder.to_owned()), settings, Desktop { keyring: Some(keyring), ..Desktop::default() })
}

// T2
#[test]
fn the_keyring_remembers_when_it_is_asked_to_and_opens_the_store_until_it_is_told_to_forget() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("store");
    lock(&mut make_store(&folder, Purpose::Real));
    let keyring = PlayedKeyring::default();
    let mut window = with_keyring(&folder, &keyring, &[]);
    open_with(&mut window, PASSPHRASE);
    window.settle();
    assert!(keyring.0.lock().unwrap().kept.is_empty(), "off by default");
    lock(&mut window);
    drop(window);

    let mut window = with_keyring(&folder, &keyring, &[]);
    window.harness.get_by_role_and_label(Role::CheckBox, "Remember on this computer").click();
    window.harness.run_steps(3);
    open_with(&mut window, "not this one");
    wait_for(&mut window.harness, |harness| harness.query_by_label("The passphrase is wrong").is_some());
    assert!(keyring.0.lock().unwrap().kept.is_empty(), "a wrong one is not remembered");
    window.harness.run_steps(3);
    open_with(&mut window, PASSPHRASE);
    wait_for(&mut window.harness, |harness| {
        harness.state().with_scene(|scene| scene.settings.remembered.len()) == Some(1)
    });
    assert_eq!(keyring.0.lock().unwrap().kept.get(&folder).map(String::as_str), Some(PASSPHRASE));
    lock(&mut window);
    drop(window);

    let mut window = with_keyring(&folder, &keyring, &[&folder]);
    click(&mut window, "Unlock with the keyring");
    window.settle();
    assert!(is_open(&window));
    window.key(Modifiers::COMMAND, Key::Comma);
    window.press("Forget the passphrase on this computer");
    wait_for(&mut window.harness, |_| keyring.0.lock().unwrap().kept.is_empty());
    assert_eq!(window.harness.state().with_scene(|scene| scene.settings.remembered.len()), Some(0));
}

// T5
#[test]
fn a_keyring_that_is_locked_absent_or_out_of_date_says_so_and_the_passphrase_still_opens_the_store() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("store");
    lock(&mut make_store(&folder, Purpose::Real));
    let keyring = PlayedKeyring::default();
    keyring.0.lock().unwrap().kept.insert(folder.clone(), "an older passphrase".into());
    for (trouble, words) in [
        (Some(KeyringError::Locked), "The keyring is locked"),
        (Some(KeyringError::Absent), "No keyring runs on this desktop"),
        (Some(KeyringError::Failed("it is tired".into())), "The keyring did not answer (it is tired)"),
        (None, "What the keyring remembers does not open this store any more"),
    ] {
        keyring.is_in_trouble(trouble);
        let mut window = with_keyring(&folder, &keyring, &[&folder]);
        click(&mut window, "Unlock with the keyring");
        wait_for(&mut window.harness, |harness| harness.query_by_label_contains(words).is_some());
        window.harness.run_steps(3);
        open_with(&mut window, PASSPHRASE);
        window.settle();
        assert!(is_open(&window), "{words}");
        lock(&mut window);
    }
}
