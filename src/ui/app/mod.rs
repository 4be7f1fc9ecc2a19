//! The window: owns what it knows, hears events, draws, applies actions.

mod acting;
mod apply;
mod beside;
mod copying;
mod events;
mod keys;
mod layout;
mod pick;
mod workbench;

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc,
        mpsc::{self, Receiver, Sender},
    },
    time::Duration,
};

use egui::{Context, ThemePreference, Ui, ViewportCommand};
use zeroize::Zeroizing;

use super::{
    action::{Action, After, Beside, Picked},
    clipboard::{Clipboard, Reach, carried::Carried},
    desktop::{Desktop, Watch},
    dialogs::{Dialog, Typed, Waiting},
    gate::Gate,
    route::Route,
    scene::{Copied, Page, Revealed, Scene},
    settings::{Motion, Settings, Theme},
    theme,
    why::Questions,
    widgets::Toasts,
};
use crate::{
    domain::{Caller, IdentityId, ObjectName, Timestamp, VaultName, Zone},
    service::{
        Attempts, Event, Handle, OpenAs, Request, RequestId, TimeSource, View, memory_of_this_computer,
        spawn_remembering,
    },
};

/// How the window starts.
#[derive(Clone, Debug)]
pub struct Launch {
    /// What is opened.
    pub open: Start,
    /// How it looks and behaves.
    pub settings: Settings,
    /// Whether settings are kept for the next time.
    pub keep_settings: KeepSettings,
    /// In which zone dates are shown.
    pub zone: Zone,
    /// Where time comes from.
    pub source: TimeSource,
}

/// What is opened when the window starts.
#[derive(Clone, Debug)]
pub enum Start {
    /// The store in this folder: unlocked if it is there, made if it is not.
    Store(PathBuf),
    /// The demo, as it is at a moment; `None`: now, and time goes on.
    Demo(Option<Timestamp>),
}

/// Whether settings are kept for the next time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepSettings {
    /// In the person's configuration folder.
    Yes,
    /// Not at all: the demo, pictures, tests.
    No,
}

/// The window.
pub struct App {
    worker: Handle,
    events: Receiver<Event>,
    clipboard: Option<Clipboard>,
    /// Where the clipboard is out of its reach.
    carried: Carried,
    reach: Reach,
    /// The window was asked to close, and does so when its clipboard is cleared.
    is_closing: bool,
    desktop: Watch,
    attempts: Attempts,
    source: TimeSource,
    picks: (Sender<Picked>, Receiver<Picked>),
    phase: Phase,
    settings: Settings,
    keep_settings: KeepSettings,
    zone: Zone,
    caller: Caller,
    /// As whom was acted before.
    before: Option<IdentityId>,
    questions: Questions,
    route: Route,
    page: Page,
    dialogs: Vec<OpenDialog>,
    pending: BTreeMap<RequestId, Pending>,
    revealed: Option<Revealed>,
    copied: Option<CopiedValue>,
    toasts: Toasts<Beside>,
    /// So many times the worker was asked to close a store and has not said yet that it did.
    closing: usize,
    last_input: f64,
    /// When the desktop was asked how long nobody touched it, in the window's seconds; `None`: it was not, or has answered.
    idle_asked: Option<f64>,
    /// The computer sleeps when these are gone.
    awake: Vec<Sender<()>>,
    opening: Option<Opening>,
    /// So many frames are still drawn after a lock, until no cache holds what was shown.
    to_forget: u8,
    frames: u64,
    title: &'static str,
}

/// Before and after a store is open.
enum Phase {
    /// Nothing is open: unlock, create, or look at the demo.
    Closed(Box<Gate>),
    /// A store is open.
    Open(Arc<View>),
}

struct OpenDialog {
    dialog: Box<dyn Dialog>,
    waiting: Waiting,
    request: Option<RequestId>,
    typed: Typed,
}

impl OpenDialog {
    /// Whether closing it would lose something. Who breaks off what it waits for has decided already.
    fn would_lose(&self) -> bool {
        self.request.is_none() && self.dialog.would_lose(self.typed)
    }
}

/// What an answer is for.
enum Pending {
    /// An operation or a request of the window's.
    Plain(After),
    /// A value for the clipboard.
    Copy(VaultName, ObjectName),
    /// A value to be shown for a while.
    Reveal(VaultName, ObjectName),
    /// The use of a key, for the workbench.
    KeyUse,
    /// A store to be opened.
    Opening,
    /// A new passphrase for the store, with this key file.
    NewPassphrase(After, Option<PathBuf>),
}

/// With what a store is being opened, as far as it concerns the window.
struct Opening {
    folder: PathBuf,
    key_file: Option<PathBuf>,
    by: OpenedBy,
    /// What the keyring shall remember when it is open.
    to_remember: Option<Zeroizing<String>>,
}

/// Whose passphrase it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OpenedBy {
    Person,
    Keyring,
}

struct CopiedValue {
    /// Of which secret it is; `None`: it was copied where it was typed.
    of: Option<(VaultName, ObjectName)>,
    /// In the window's seconds.
    until: f64,
    lasts: f32,
}

/// A revealed value is hidden again after this many seconds.
const REVEAL_SECS: f64 = 20.0;

impl App {
    /// A window on `ctx` that is told nothing by the desktop and keeps nothing there. Fails when the system starts no threads.
    pub fn new(ctx: &Context, launch: Launch) -> std::io::Result<Self> {
        Self::on(ctx, launch, Desktop::default())
    }

    /// The same on this desktop.
    pub fn on(ctx: &Context, launch: Launch, mut desktop: Desktop) -> std::io::Result<Self> {
        let Launch { open, settings, keep_settings, zone, source } = launch;
        theme::install(ctx);
        let waker = |ctx: &Context| {
            let ctx = ctx.clone();
            move || ctx.request_repaint()
        };
        // What is kept for the next time is kept where settings are.
        let memory = match keep_settings {
            KeepSettings::Yes => memory_of_this_computer(),
            KeepSettings::No => None,
        };
        let (worker, events) = spawn_remembering(source.clone(), memory, waker(ctx))?;
        let board = desktop.board.take();
        let (desktop, attempts) = Watch::start(desktop, waker(ctx))?;
        let mut pending = BTreeMap::new();
        let gate = match open {
            Start::Store(folder) => Gate::at(&folder, &settings),
            Start::Demo(moment) => {
                let id = worker.ask(Request::Open(OpenAs::Demo(moment)));
                pending.insert(id, Pending::Opening);
                Gate::opening(id)
            }
        };
        let app = Self {
            worker,
            events,
            clipboard: Some(Clipboard::spawn(board, waker(ctx))?),
            carried: Carried::default(),
            reach: Reach::default(),
            is_closing: false,
            desktop,
            attempts,
            source,
            picks: mpsc::channel(),
            phase: Phase::Closed(Box::new(gate)),
            settings,
            keep_settings,
            zone,
            caller: Caller::developer(),
            before: None,
            questions: Questions::default(),
            route: Route::NoVault,
            page: Page::default(),
            dialogs: Vec::new(),
            pending,
            revealed: None,
            copied: None,
            toasts: Toasts::new(),
            closing: 0,
            last_input: 0.0,
            idle_asked: None,
            awake: Vec::new(),
            opening: None,
            to_forget: 0,
            frames: 0,
            title: "",
        };
        app.put_settings_on(ctx);
        Ok(app)
    }

    /// How many frames were drawn: idle means none (G6; `benches/`).
    pub const fn frames(&self) -> u64 {
        self.frames
    }

    /// Whether a store is open and nothing is being waited for: pictures are taken then.
    pub fn is_settled(&self) -> bool {
        matches!(self.phase, Phase::Open(_)) && self.pending.is_empty()
    }

    /// Whether no store is open, and the files of the one that was are free.
    pub fn is_locked(&self) -> bool {
        matches!(self.phase, Phase::Closed(_)) && self.closing == 0
    }

    /// The store as the window last heard of it.
    pub fn view(&self) -> Option<&Arc<View>> {
        match &self.phase {
            Phase::Open(view) => Some(view),
            Phase::Closed(_) => None,
        }
    }

    /// Whether what is open lives in memory alone, and is gone when it is closed.
    fn is_demo(&self) -> bool {
        self.view().is_some_and(|view| view.store.folder().is_none())
    }

    /// Whether something is open that is kept, and has to be locked.
    fn is_store_open(&self) -> bool {
        matches!(self.phase, Phase::Open(_)) && !self.is_demo()
    }

    /// The page that is shown.
    pub const fn route(&self) -> &Route {
        &self.route
    }

    /// Does what a person would do with a click: the pictures of the demo are driven by it.
    pub fn act(&mut self, ctx: &Context, actions: Vec<Action>) {
        for action in actions {
            self.apply(ctx, action);
        }
    }

    /// Closes all dialogs, as Esc does one by one.
    pub fn close_dialogs(&mut self) {
        self.dialogs.clear();
    }

    /// What `read` sees of the store and the window; `None` while nothing is open.
    pub fn with_scene<T>(&self, read: impl FnOnce(&Scene<'_>) -> T) -> Option<T> {
        let view = self.view()?;
        Some(read(&self.scene(view, self.last_input)))
    }

    /// What every view reads in this frame; `None` while nothing is open.
    fn scene<'a>(&'a self, view: &'a View, time: f64) -> Scene<'a> {
        let copied = self.copied.as_ref().and_then(|copied| {
            let (vault, name) = copied.of.as_ref()?;
            let seconds_left = (copied.until - time).max(0.0) as f32;
            let fraction_left = seconds_left / copied.lasts;
            Some(Copied { vault, name, seconds_left, fraction_left })
        });
        Scene {
            view,
            caller: &self.caller,
            now: view.now(),
            zone: self.zone,
            settings: &self.settings,
            route: &self.route,
            revealed: self.revealed.as_ref(),
            copied,
            reach: self.reach,
            desktop: self.desktop.found,
            questions: &self.questions,
        }
    }

    fn put_settings_on(&self, ctx: &Context) {
        ctx.set_theme(match self.settings.theme {
            Theme::System => ThemePreference::System,
            Theme::Dark => ThemePreference::Dark,
            Theme::Light => ThemePreference::Light,
        });
        ctx.set_zoom_factor(self.settings.zoom);
        theme::set_reduced_motion(
            ctx,
            match self.settings.motion {
                Motion::Full => theme::Motion::Full,
                Motion::Reduced => theme::Motion::Reduced,
            },
        );
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.hear(ctx);
        self.carry(ctx);
        self.hear_desktop(ctx);
        self.pass_time(ctx);
        self.name_window(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.frames += 1;
        let actions = self.draw(ui);
        let ctx = ui.ctx().clone();
        self.act(&ctx, actions);
        self.copy_what_fields_gave(&ctx);
    }

    fn raw_input_hook(&mut self, _ctx: &Context, raw_input: &mut egui::RawInput) {
        self.carried.hear(raw_input);
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        // Waits until our value is out of the clipboard.
        self.clipboard = None;
        self.revealed = None;
    }
}

impl App {
    /// Ends what lasts a while: shown and copied values, and an open store that nobody uses.
    fn pass_time(&mut self, ctx: &Context) {
        let (time, has_input) = ctx.input(|input| (input.time, !input.events.is_empty() || input.pointer.is_moving()));
        if has_input {
            self.last_input = time;
        }
        let mut next = f64::INFINITY;
        if let Some(revealed) = &self.revealed {
            if revealed.until <= time || !ctx.input(|input| input.focused || input.viewport().focused.is_none()) {
                self.revealed = None;
            } else {
                next = next.min(revealed.until - time);
            }
        }
        if let Some(copied) = &self.copied {
            if copied.until <= time {
                self.clear_clipboard(ctx);
            } else {
                // The ring beside the button runs down in steps.
                next = next.min((copied.until - time) % 1.0 + 0.01);
            }
        }
        let minutes = self.settings.auto_lock_minutes;
        if self.is_store_open() && minutes > 0 {
            let lock_at = self.last_input + f64::from(minutes) * 60.0;
            next = next.min(if lock_at <= time { self.idle_for_long(ctx, time) } else { lock_at - time });
        }
        if self.to_forget > 0 {
            self.to_forget -= 1;
            ctx.request_repaint();
        }
        if next.is_finite() {
            ctx.request_repaint_after(Duration::from_secs_f64(next.max(0.01)));
        }
    }

    /// The title tells whether a store is open, and nothing of what is in it (T1).
    fn name_window(&mut self, ctx: &Context) {
        let title = match self.phase {
            Phase::Closed(_) => "Tresor (locked)",
            Phase::Open(_) if self.is_demo() => "Tresor – Demo · nothing is kept",
            Phase::Open(_) => "Tresor",
        };
        if title != self.title {
            self.title = title;
            ctx.send_viewport_cmd(ViewportCommand::Title(title.into()));
        }
    }

    /// Forgets what was shown, at once, and asks the worker to close the store when it has done what it does now.
    fn lock(&mut self, ctx: &Context) {
        self.forget_copied(ctx);
        self.worker.ask(Request::Lock);
        self.closing += 1;
        self.close(ctx);
    }
}
