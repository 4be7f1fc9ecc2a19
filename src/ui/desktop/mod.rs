//! What the desktop tells and keeps beside the window: how long nobody touched it, when its screen locks and when it sleeps, and a
//! keyring. Each lives on a thread of its own that wakes the window; whatever is absent is simply not there.

mod idle;
mod keyring;
mod session;

use std::{
    path::PathBuf,
    sync::mpsc::{self, Receiver, Sender},
    thread,
    time::Duration,
};

use zeroize::Zeroizing;

pub use self::{
    idle::IdleTime,
    keyring::{Keyring, KeyringError},
    session::{Session, SessionEvent, SessionSigns, Tell},
};
use crate::service::Attempts;
pub use crate::ui::clipboard::{Board, BoardError, History, Reach};

/// What there is beside the window.
#[derive(Default)]
pub struct Desktop {
    /// Tells how long nobody touched the desktop.
    pub idle: Option<Box<dyn IdleTime>>,
    /// Tells when the screen locks and the computer sleeps.
    pub session: Option<Box<dyn Session>>,
    /// Keeps passphrases.
    pub keyring: Option<Box<dyn Keyring>>,
    /// Its clipboard; without one, this computer's.
    pub board: Option<Box<dyn Board>>,
    /// How often a wrong passphrase was tried.
    pub attempts: Attempts,
}

impl Desktop {
    /// This computer's.
    pub fn of_this_computer() -> Self {
        Self {
            idle: idle::of_this_desktop(),
            session: session::of_this_computer(),
            keyring: keyring::of_this_person(),
            board: None,
            attempts: Attempts::of_this_computer(),
        }
    }
}

/// What the settings tell about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Whose idle time counts beside the window's own: `X11`, for example.
    pub idle: Option<&'static str>,
    /// Which signs come before the screen locks and the computer sleeps.
    pub signs: Option<SessionSigns>,
    /// Whether there may be a keyring; only using it tells.
    pub has_keyring: bool,
}

/// What the desktop tells the window.
pub(super) enum DesktopEvent {
    /// Nobody touched the desktop for so long; `None`: it does not say any more.
    Idle(Option<Duration>),
    /// Something about the session.
    Session(SessionEvent),
    /// What came of asking the keyring for the passphrase of a store.
    Remembered(PathBuf, Result<Option<Zeroizing<String>>, KeyringError>),
    /// What came of keeping the passphrase of a store.
    Kept(PathBuf, Result<(), KeyringError>),
    /// What came of forgetting it.
    Forgotten(Result<(), KeyringError>),
}

/// What the keyring is asked for.
pub(super) enum KeyringOrder {
    Get(PathBuf),
    Keep(PathBuf, Zeroizing<String>),
    Forget(PathBuf),
}

/// The other end of the desktop's threads.
pub(super) struct Watch {
    idle: Option<Sender<Duration>>,
    keyring: Option<Sender<KeyringOrder>>,
    events: Receiver<DesktopEvent>,
    /// What was found.
    pub(super) found: Found,
}

impl Watch {
    /// Starts the threads. `wake` is called after every event. How often wrong passphrases were tried is for the window.
    pub(super) fn start(
        desktop: Desktop,
        wake: impl Fn() + Clone + Send + 'static,
    ) -> std::io::Result<(Self, Attempts)> {
        let Desktop { idle, session, keyring, attempts, board: _ } = desktop;
        let (send, events) = mpsc::channel();
        let teller = || {
            let (send, wake) = (send.clone(), wake.clone());
            move |event: DesktopEvent| {
                // Nobody listens any more when the window is gone.
                drop(send.send(event));
                wake();
            }
        };
        let has_keyring = keyring.is_some();
        let found = Found { idle: idle.as_deref().map(IdleTime::source), signs: None, has_keyring };
        let idle = idle.map(|mut idle| {
            let tell = teller();
            serve("tresor-idle", move |window_idle: Duration| tell(DesktopEvent::Idle(idle.idle(window_idle))))
        });
        let keyring = keyring.map(|mut keyring| {
            let tell = teller();
            serve("tresor-keyring", move |order| {
                tell(match order {
                    KeyringOrder::Get(store) => {
                        let found = keyring.get(&store);
                        DesktopEvent::Remembered(store, found)
                    }
                    KeyringOrder::Keep(store, passphrase) => {
                        let kept = keyring.keep(&store, &passphrase);
                        DesktopEvent::Kept(store, kept)
                    }
                    KeyringOrder::Forget(store) => DesktopEvent::Forgotten(keyring.forget(&store)),
                });
            })
        });
        if let Some(session) = session {
            let tell = teller();
            let watch = move || session.watch(&|event| tell(DesktopEvent::Session(event)));
            thread::Builder::new().name("tresor-session".into()).spawn(watch)?;
        }
        Ok((Self { idle: idle.transpose()?, keyring: keyring.transpose()?, events, found }, attempts))
    }

    /// What has happened since.
    pub(super) fn events(&self) -> Vec<DesktopEvent> {
        self.events.try_iter().collect()
    }

    /// Asks how long nobody touched the desktop; the window itself was not for `window_idle`. Whether there is anybody to answer.
    pub(super) fn ask_idle(&self, window_idle: Duration) -> bool {
        self.idle.as_ref().is_some_and(|idle| idle.send(window_idle).is_ok())
    }

    /// Asks the keyring. Whether there is one.
    pub(super) fn ask_keyring(&self, order: KeyringOrder) -> bool {
        self.keyring.as_ref().is_some_and(|keyring| keyring.send(order).is_ok())
    }

    /// The desktop does not tell its idle time any more.
    pub(super) fn idle_is_gone(&mut self) {
        self.idle = None;
        self.found.idle = None;
    }
}

/// A thread that does `work` with whatever is sent to it, until the sender is gone.
fn serve<T: Send + 'static>(name: &str, mut work: impl FnMut(T) + Send + 'static) -> std::io::Result<Sender<T>> {
    let (orders, incoming) = mpsc::channel::<T>();
    thread::Builder::new().name(name.into()).spawn(move || incoming.into_iter().for_each(&mut work))?;
    Ok(orders)
}
