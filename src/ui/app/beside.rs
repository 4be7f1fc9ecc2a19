//! What stands beside the window: the desktop's idle time, its locked screen and its sleep, its keyring, and how often a wrong
//! passphrase was tried.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use egui::Context;
use zeroize::Zeroizing;

use super::{App, OpenedBy, Opening, Pending, Phase};
use crate::{
    service::{Credentials, Older, OpenAs, Passphrase, Request},
    ui::{
        action::Toast,
        desktop::{DesktopEvent, KeyringOrder, SessionEvent},
    },
};

/// The desktop gets so many seconds to answer; then the window's own idle time counts.
const PATIENCE_SECS: f64 = 2.0;

impl App {
    /// Takes in what the desktop told since the last frame.
    pub(super) fn hear_desktop(&mut self, ctx: &Context) {
        for event in self.desktop.events() {
            match event {
                DesktopEvent::Idle(idle) => self.hear_idle(ctx, idle),
                DesktopEvent::Session(event) => self.hear_session(ctx, event),
                DesktopEvent::Remembered(store, found) => self.hear_remembered(&store, found),
                DesktopEvent::Kept(store, Ok(())) => {
                    self.settings.remembered.insert(store);
                    self.keep_settings();
                    self.say(ctx, Toast::good("The keyring remembers the passphrase"));
                }
                DesktopEvent::Forgotten(Ok(())) => {}
                DesktopEvent::Kept(_, Err(why)) | DesktopEvent::Forgotten(Err(why)) => {
                    self.say(ctx, Toast::bad(why.to_string()));
                }
            }
        }
        if self.is_locked() {
            self.awake.clear();
        }
    }

    /// The window was idle for as long as the settings say. Asks the desktop, and locks when it was too; in how many seconds to look again.
    pub(super) fn idle_for_long(&mut self, ctx: &Context, time: f64) -> f64 {
        match self.idle_asked {
            Some(asked) if time < asked + PATIENCE_SECS => return asked + PATIENCE_SECS - time,
            Some(_) => {}
            None => {
                if self.desktop.ask_idle(Duration::from_secs_f64((time - self.last_input).max(0.0))) {
                    self.idle_asked = Some(time);
                    return PATIENCE_SECS;
                }
            }
        }
        self.lock(ctx);
        f64::INFINITY
    }

    fn hear_idle(&mut self, ctx: &Context, idle: Option<Duration>) {
        let was_asked = self.idle_asked.take().is_some();
        let time = ctx.input(|input| input.time);
        match idle {
            Some(idle) => self.last_input = self.last_input.max(time - idle.as_secs_f64()),
            None => self.desktop.idle_is_gone(),
        }
        let limit = f64::from(self.settings.auto_lock_minutes) * 60.0;
        let is_due = limit > 0.0 && self.last_input + limit <= time;
        if was_asked && is_due && self.is_store_open() {
            self.lock(ctx);
        }
    }

    fn hear_session(&mut self, ctx: &Context, event: SessionEvent) {
        let is_open = self.is_store_open();
        match event {
            SessionEvent::Watching(signs) => self.desktop.found.signs = Some(signs),
            SessionEvent::ScreenLocks if is_open && self.settings.lock_with_screen => self.lock(ctx),
            SessionEvent::Sleeps(awake) if self.settings.lock_before_sleep => {
                if is_open {
                    self.lock(ctx);
                }
                // Until the worker has closed the store.
                self.awake.push(awake);
            }
            SessionEvent::ScreenLocks | SessionEvent::Sleeps(_) => {}
        }
    }

    fn hear_remembered(
        &mut self,
        store: &Path,
        found: Result<Option<Zeroizing<String>>, crate::ui::desktop::KeyringError>,
    ) {
        let Phase::Closed(gate) = &mut self.phase else { return };
        let Some(key_file) = gate.heard_keyring(store) else { return };
        match found {
            Ok(Some(mut passphrase)) => {
                let passphrase = Passphrase::new(std::mem::take(&mut *passphrase));
                let credentials = Credentials::new(passphrase, key_file);
                self.open_store(OpenAs::Folder(store.to_owned(), credentials, Older::Refused), OpenedBy::Keyring);
            }
            Ok(None) => {
                gate.say("The keyring does not remember this store any more. Type the passphrase.");
                self.settings.remembered.remove(store);
                self.keep_settings();
            }
            Err(why) => gate.say(why.to_string()),
        }
    }

    /// Opens a store, unless a wrong passphrase was tried too often a moment ago.
    pub(super) fn open_store(&mut self, how: OpenAs, by: OpenedBy) {
        let opening = match &how {
            OpenAs::Folder(folder, credentials, _) | OpenAs::New { folder, credentials, .. } => {
                let to_remember = self.opening.take().filter(|opening| opening.folder == *folder);
                let to_remember = to_remember.and_then(|opening| opening.to_remember);
                Some(Opening { folder: folder.clone(), key_file: credentials.key_file.clone(), by, to_remember })
            }
            OpenAs::Demo(_) => None,
        };
        if let (OpenAs::Folder(folder, ..), OpenedBy::Person) = (&how, by) {
            self.attempts.look_again();
            if self.attempts.wait_secs(folder, self.source.reading()).is_some() {
                return;
            }
        }
        self.opening = opening;
        let id = self.worker.ask(Request::Open(how));
        self.pending.insert(id, Pending::Opening);
        if let Phase::Closed(gate) = &mut self.phase {
            gate.asked(id);
        }
    }

    pub(super) fn remember_once_open(&mut self, folder: PathBuf, passphrase: Zeroizing<String>) {
        let (key_file, by) = (None, OpenedBy::Person);
        self.opening = Some(Opening { folder, key_file, by, to_remember: Some(passphrase) });
    }

    pub(super) fn open_by_keyring(&mut self, folder: PathBuf, key_file: Option<PathBuf>) {
        let is_asked = self.desktop.ask_keyring(KeyringOrder::Get(folder.clone()));
        if let Phase::Closed(gate) = &mut self.phase
            && is_asked
        {
            gate.asks_keyring(folder, key_file);
        }
    }

    /// At once in the settings, in the keyring as soon as it answers.
    pub(super) fn forget_remembered(&mut self, folder: PathBuf) {
        self.settings.remembered.remove(&folder);
        self.keep_settings();
        self.desktop.ask_keyring(KeyringOrder::Forget(folder));
    }

    /// The store in `folder` is open.
    pub(super) fn opened(&mut self, folder: &Path) {
        self.attempts.right(folder);
        self.settings.last_store = Some(folder.to_owned());
        if let Some(Opening { folder, key_file, to_remember, .. }) = self.opening.take() {
            match key_file {
                Some(path) => drop(self.settings.key_files.insert(folder.clone(), path)),
                None => drop(self.settings.key_files.remove(&folder)),
            }
            if let Some(passphrase) = to_remember {
                self.desktop.ask_keyring(KeyringOrder::Keep(folder, passphrase));
            }
        }
        self.keep_settings();
    }

    /// A store was not opened. Whether that was told already.
    pub(super) fn not_opened(&mut self, is_wrong: bool) -> bool {
        let Some(Opening { folder, by, .. }) = self.opening.take() else { return false };
        if !is_wrong {
            return false;
        }
        if by == OpenedBy::Person {
            self.attempts.wrong(&folder, self.source.reading());
            return false;
        }
        self.settings.remembered.remove(&folder);
        self.keep_settings();
        match &mut self.phase {
            Phase::Closed(gate) => {
                gate.say("What the keyring remembers does not open this store any more. Type the passphrase.");
                true
            }
            Phase::Open(_) => false,
        }
    }

    /// The store has a new passphrase: what the keyring remembers is worth nothing now.
    pub(super) fn passphrase_changed(&mut self, key_file: Option<PathBuf>) {
        let Some(folder) = self.view().and_then(|view| view.store.folder().map(Path::to_owned)) else { return };
        self.attempts.right(&folder);
        match key_file {
            Some(path) => drop(self.settings.key_files.insert(folder.clone(), path)),
            None => drop(self.settings.key_files.remove(&folder)),
        }
        if self.settings.remembered.contains(&folder) {
            self.forget_remembered(folder);
        }
        self.keep_settings();
    }

    /// A wrong passphrase was typed for the open store. Whether the next one has to wait.
    pub(super) fn guessed_too_often(&mut self) -> bool {
        let Some(folder) = self.view().and_then(|view| view.store.folder().map(Path::to_owned)) else { return false };
        let now = self.source.reading();
        self.attempts.wrong(&folder, now);
        self.attempts.wait_secs(&folder, now).is_some()
    }
}
