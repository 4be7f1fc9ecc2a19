//! When the screen locks and when the computer sleeps.

use std::sync::mpsc::Sender;

/// Hears what happens to the session.
pub type Tell<'a> = &'a dyn Fn(SessionEvent);

/// Whoever knows.
pub trait Session: Send {
    /// Tells what happens for as long as there is somebody to ask, on a thread of its own.
    fn watch(self: Box<Self>, tell: Tell<'_>);
}

/// What happens to the session.
pub enum SessionEvent {
    /// From now on these signs come.
    Watching(SessionSigns),
    /// The screen is being locked.
    ScreenLocks,
    /// The computer is about to sleep; it waits a little until this is dropped.
    Sleeps(Sender<()>),
}

/// Which signs come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionSigns {
    /// Before sleep, and when the screen locks.
    Both,
    /// Before sleep only: this program belongs to no session.
    SleepOnly,
}

/// Whoever knows on this computer.
#[cfg(target_os = "linux")]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere there is nobody")]
pub(super) fn of_this_computer() -> Option<Box<dyn Session>> {
    Some(Box::new(logind::Logind))
}

/// Elsewhere the idle time has to do.
#[cfg(not(target_os = "linux"))]
pub(super) fn of_this_computer() -> Option<Box<dyn Session>> {
    None
}

#[cfg(target_os = "linux")]
mod logind {
    use std::{collections::HashMap, sync::mpsc, time::Duration};

    use zbus::{
        MatchRule, Message,
        blocking::{Connection, MessageIterator},
        message::Type,
        zvariant::{OwnedFd, OwnedObjectPath, OwnedValue},
    };

    use super::{Session, SessionEvent, SessionSigns, Tell};

    const LOGIND: &str = "org.freedesktop.login1";
    const MANAGER: &str = "org.freedesktop.login1.Manager";
    const MANAGER_PATH: &str = "/org/freedesktop/login1";
    const SESSION: &str = "org.freedesktop.login1.Session";

    /// systemd's login manager, on the system's bus. Where there is no bus, or no login manager on it, nothing is told.
    pub(super) struct Logind;

    impl Session for Logind {
        fn watch(self: Box<Self>, tell: Tell<'_>) {
            // A bus that goes away takes its signs with it; the idle time still locks.
            drop(Connection::system().and_then(|bus| listen(&bus, tell)));
        }
    }

    /// Tells what comes over `bus` until it is closed.
    fn listen(bus: &Connection, tell: Tell<'_>) -> zbus::Result<()> {
        /// The computer is not kept awake longer than this.
        const PATIENCE: Duration = Duration::from_secs(3);
        let rule = MatchRule::builder().msg_type(Type::Signal).sender(LOGIND)?.build();
        let signals = MessageIterator::for_match_rule(rule, bus, Some(64))?;
        let mut delay = Some(delay_sleep(bus)?);
        let session = own_session(bus);
        tell(SessionEvent::Watching(if session.is_some() { SessionSigns::Both } else { SessionSigns::SleepOnly }));
        for signal in signals {
            match sign(&signal?, session.as_ref()) {
                Some(Sign::Sleeps) => {
                    let (done, is_done) = mpsc::channel();
                    tell(SessionEvent::Sleeps(done));
                    // Ends when the window has locked, or does not want to.
                    let _ = is_done.recv_timeout(PATIENCE);
                    delay = None;
                }
                Some(Sign::Wakes) => delay = delay.or_else(|| delay_sleep(bus).ok()),
                Some(Sign::ScreenLocks) => tell(SessionEvent::ScreenLocks),
                None => {}
            }
        }
        drop(delay);
        Ok(())
    }

    enum Sign {
        Sleeps,
        Wakes,
        ScreenLocks,
    }

    fn sign(signal: &Message, session: Option<&OwnedObjectPath>) -> Option<Sign> {
        let header = signal.header();
        let is_ours =
            header.path().is_some_and(|path| session.is_some_and(|session| session.as_str() == path.as_str()));
        match (header.interface()?.as_str(), header.member()?.as_str()) {
            (MANAGER, "PrepareForSleep") => {
                Some(if signal.body().deserialize::<bool>().ok()? { Sign::Sleeps } else { Sign::Wakes })
            }
            (SESSION, "Lock") if is_ours => Some(Sign::ScreenLocks),
            ("org.freedesktop.DBus.Properties", "PropertiesChanged") if is_ours => {
                let body = signal.body();
                let (_, changed, _): (String, HashMap<String, OwnedValue>, Vec<String>) = body.deserialize().ok()?;
                let is_locked = changed.get("LockedHint").is_some_and(|value| bool::try_from(value) == Ok(true));
                is_locked.then_some(Sign::ScreenLocks)
            }
            _ => None,
        }
    }

    /// While this is held, sleep waits a little for us.
    fn delay_sleep(bus: &Connection) -> zbus::Result<OwnedFd> {
        let why = ("sleep", "Tresor", "Locks the store before the computer sleeps", "delay");
        let reply = bus.call_method(Some(LOGIND), MANAGER_PATH, Some(MANAGER), "Inhibit", &why)?;
        reply.body().deserialize()
    }

    /// The session that the window is in: by this process, by what the desktop says, or the one on the screen.
    fn own_session(bus: &Connection) -> Option<OwnedObjectPath> {
        let path = |reply: zbus::Result<Message>| reply.ok()?.body().deserialize::<OwnedObjectPath>().ok();
        let process = std::process::id();
        let by_process =
            || path(bus.call_method(Some(LOGIND), MANAGER_PATH, Some(MANAGER), "GetSessionByPID", &process));
        let by_name = || {
            let id = std::env::var("XDG_SESSION_ID").ok()?;
            path(bus.call_method(Some(LOGIND), MANAGER_PATH, Some(MANAGER), "GetSession", &id.as_str()))
        };
        let on_screen = || {
            let (user, properties) = ("/org/freedesktop/login1/user/self", "org.freedesktop.DBus.Properties");
            let display = ("org.freedesktop.login1.User", "Display");
            let reply = bus.call_method(Some(LOGIND), user, Some(properties), "Get", &display).ok()?;
            let value: OwnedValue = reply.body().deserialize().ok()?;
            let (_, path): (String, OwnedObjectPath) = value.try_into().ok()?;
            Some(path)
        };
        by_process().or_else(by_name).or_else(on_screen)
    }

    #[cfg(test)]
    mod tests {
        #![expect(
            clippy::unused_self,
            clippy::unnecessary_wraps,
            clippy::used_underscore_binding,
            reason = "an interface has methods as the bus wants them"
        )]

        use std::{
            io::{BufRead as _, BufReader},
            os::unix::net::UnixStream,
            process::{Child, Command, Stdio},
            sync::mpsc::Receiver,
            thread,
        };

        use zbus::blocking::connection::Builder;

        use super::*;

        const OURS: &str = "/org/freedesktop/login1/session/_7";

        /// As much of logind as is asked.
        struct Played {
            delays: mpsc::Sender<UnixStream>,
        }

        #[zbus::interface(name = "org.freedesktop.login1.Manager")]
        impl Played {
            #[zbus(name = "GetSessionByPID")]
            fn session_by_process(&self, _process: u32) -> OwnedObjectPath {
                OURS.try_into().unwrap()
            }

            fn inhibit(&self, what: &str, _who: &str, _why: &str, mode: &str) -> zbus::fdo::Result<OwnedFd> {
                assert_eq!((what, mode), ("sleep", "delay"));
                let (ours, theirs) = UnixStream::pair().unwrap();
                self.delays.send(ours).unwrap();
                Ok(OwnedFd::from(std::os::fd::OwnedFd::from(theirs)))
            }
        }

        /// A bus of our own.
        struct Bus(Child);

        impl Bus {
            fn start() -> Option<(Self, String)> {
                let mut command = Command::new("dbus-daemon");
                command.args(["--session", "--nofork", "--print-address"]).stdout(Stdio::piped());
                let Ok(mut child) = command.spawn() else {
                    println!("Skipped: there is no dbus-daemon on this machine.");
                    return None;
                };
                let mut address = String::new();
                BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
                Some((Self(child), address.trim().to_owned()))
            }
        }

        impl Drop for Bus {
            fn drop(&mut self) {
                self.0.kill().unwrap();
                self.0.wait().unwrap();
            }
        }

        fn next<T>(from: &Receiver<T>) -> T {
            from.recv_timeout(Duration::from_mins(1)).expect("it is told")
        }

        fn has_ended(delay: &UnixStream) -> bool {
            let mut byte = [0];
            delay.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
            std::io::Read::read(&mut &*delay, &mut byte).is_ok_and(|read| read == 0)
        }

        #[test]
        fn the_login_manager_tells_of_the_locked_screen_and_of_sleep_which_waits_until_the_window_is_done() {
            let Some((bus, address)) = Bus::start() else { return };
            let (delays, taken) = mpsc::channel();
            let server = Builder::address(address.as_str()).unwrap().name(LOGIND).unwrap();
            let server = server.serve_at(MANAGER_PATH, Played { delays }).unwrap().build().unwrap();
            let client = Builder::address(address.as_str()).unwrap().build().unwrap();
            let (tell, told) = mpsc::channel();
            let watch = move || drop(listen(&client, &|event| drop(tell.send(event))));
            let watcher = thread::Builder::new().name("watcher".into()).spawn(watch).unwrap();
            assert!(matches!(next(&told), SessionEvent::Watching(SessionSigns::Both)));
            let delay = next(&taken);

            let nobody: Option<&str> = None;
            server.emit_signal(nobody, "/org/freedesktop/login1/session/_8", SESSION, "Lock", &()).unwrap();
            server.emit_signal(nobody, OURS, SESSION, "Lock", &()).unwrap();
            assert!(matches!(next(&told), SessionEvent::ScreenLocks), "ours, and not another's");
            for is_locked in [false, true] {
                let changed = HashMap::from([("LockedHint", zbus::zvariant::Value::from(is_locked))]);
                let body = (SESSION, changed, Vec::<String>::new());
                server
                    .emit_signal(nobody, OURS, "org.freedesktop.DBus.Properties", "PropertiesChanged", &body)
                    .unwrap();
            }
            assert!(matches!(next(&told), SessionEvent::ScreenLocks));
            server.emit_signal(nobody, MANAGER_PATH, MANAGER, "PrepareForSleep", &true).unwrap();
            let SessionEvent::Sleeps(done) = next(&told) else { panic!("something else was told") };
            drop(done);
            assert!(has_ended(&delay), "sleep may go on");
            server.emit_signal(nobody, MANAGER_PATH, MANAGER, "PrepareForSleep", &false).unwrap();
            drop(next(&taken));
            assert!(told.try_recv().is_err(), "nothing else was told");
            drop(bus);
            watcher.join().unwrap();
        }
    }
}
