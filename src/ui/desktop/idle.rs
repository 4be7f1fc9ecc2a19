//! How long nobody touched the desktop.

use std::time::Duration;

/// Whoever knows it. Asked once, at the moment when the window itself was idle for long enough.
pub trait IdleTime: Send {
    /// Who tells it, in a word.
    fn source(&self) -> &'static str;

    /// How long nobody touched the desktop; `None` where that is not told any more. The window itself was not touched for
    /// `window_idle`, so the desktop's time is not longer.
    fn idle(&mut self, window_idle: Duration) -> Option<Duration>;
}

/// Whoever knows it on this desktop, if anybody does.
#[cfg(target_os = "linux")]
pub(super) fn of_this_desktop() -> Option<Box<dyn IdleTime>> {
    use linux::{Asked, Freedesktop, Mutter, Xorg};
    // Under Wayland the X server sees the windows of old programs only.
    if std::env::var_os("WAYLAND_DISPLAY").is_none_or(|name| name.is_empty()) {
        return Xorg::connect().map(|found| Box::new(found) as _);
    }
    let bus = zbus::blocking::connection::Builder::session().ok()?.method_timeout(linux::PATIENCE).build().ok()?;
    let mut mutter = Asked(Mutter(bus.clone()));
    if mutter.idle(Duration::MAX).is_some() {
        return Some(Box::new(mutter));
    }
    let mut other = Asked(Freedesktop(bus));
    other.idle(Duration::MAX).is_some().then(|| Box::new(other) as _)
}

/// Elsewhere the window's own input counts.
#[cfg(not(target_os = "linux"))]
pub(super) fn of_this_desktop() -> Option<Box<dyn IdleTime>> {
    None
}

#[cfg(target_os = "linux")]
mod linux {
    use std::time::Duration;

    use x11rb::{
        connection::Connection as _, protocol::screensaver::ConnectionExt as _, rust_connection::RustConnection,
    };
    use zbus::blocking::Connection;

    use super::IdleTime;

    /// Longer than that no answer is waited for.
    pub(super) const PATIENCE: Duration = Duration::from_secs(1);

    /// The X server.
    pub(super) struct Xorg {
        server: RustConnection,
        root: u32,
    }

    impl Xorg {
        pub(super) fn connect() -> Option<Self> {
            let (server, screen) = x11rb::connect(None).ok()?;
            let root = server.setup().roots.get(screen)?.root;
            let mut found = Self { server, root };
            // Not every server has the extension.
            found.idle(Duration::MAX).map(|_| found)
        }
    }

    impl IdleTime for Xorg {
        fn source(&self) -> &'static str {
            "X11"
        }

        fn idle(&mut self, _: Duration) -> Option<Duration> {
            let told = self.server.screensaver_query_info(self.root).ok()?.reply().ok()?;
            Some(Duration::from_millis(told.ms_since_user_input.into()))
        }
    }

    /// A service on the session's bus.
    pub(super) struct Asked<T>(pub(super) T);

    /// GNOME's.
    pub(super) struct Mutter(pub(super) Connection);

    /// KDE's and others'.
    pub(super) struct Freedesktop(pub(super) Connection);

    impl IdleTime for Asked<Mutter> {
        fn source(&self) -> &'static str {
            "GNOME"
        }

        fn idle(&mut self, _: Duration) -> Option<Duration> {
            let name = "org.gnome.Mutter.IdleMonitor";
            let reply =
                self.0.0.call_method(Some(name), "/org/gnome/Mutter/IdleMonitor/Core", Some(name), "GetIdletime", &());
            Some(Duration::from_millis(reply.ok()?.body().deserialize().ok()?))
        }
    }

    impl IdleTime for Asked<Freedesktop> {
        fn source(&self) -> &'static str {
            "the screen saver"
        }

        fn idle(&mut self, window_idle: Duration) -> Option<Duration> {
            let name = "org.freedesktop.ScreenSaver";
            let reply = self.0.0.call_method(Some(name), "/ScreenSaver", Some(name), "GetSessionIdleTime", &());
            let told: u32 = reply.ok()?.body().deserialize().ok()?;
            Some(read(told, window_idle))
        }
    }

    /// The specification says seconds, some desktops tell milliseconds. The desktop was not idle for longer than the window, so what
    /// would be longer is in milliseconds. Where both fit, the longer time counts: it locks rather than not.
    fn read(told: u32, window_idle: Duration) -> Duration {
        /// The window hears of input a little after the desktop.
        const LATE: Duration = Duration::from_secs(2);
        let as_secs = Duration::from_secs(told.into());
        if as_secs <= window_idle.saturating_add(LATE) { as_secs } else { Duration::from_millis(told.into()) }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_time_in_seconds_is_told_from_one_in_milliseconds() {
            let window = Duration::from_mins(10);
            assert_eq!(read(600, window), Duration::from_mins(10));
            assert_eq!(read(30, window), Duration::from_secs(30));
            assert_eq!(read(30_000, window), Duration::from_secs(30));
            assert_eq!(read(600_000, window), Duration::from_mins(10));
        }
    }
}
