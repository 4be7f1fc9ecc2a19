//! A screen with the program on it: keys in, pictures out. Waits for states, never for a time.

use std::{
    env,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use x11rb::{
    connection::Connection as _,
    protocol::xproto::{ConnectionExt as _, ImageFormat, Window},
    rust_connection::RustConnection,
};

/// Nothing a person waits for takes this long, even on a loaded machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// The program in its window. Ends with it.
pub(crate) struct Screen {
    connection: RustConnection,
    root: Window,
    program: Child,
    window: String,
    /// Where the window stands on Wayland; on X11 it stands on the screen itself.
    desktop: Option<Wayland>,
}

/// A desktop on Wayland that lets a program reach the clipboard only by a window with the keyboard, and has no X11 in it: Weston, in a
/// window that fills the screen.
pub(crate) struct Wayland {
    weston: Child,
    window: String,
    /// Where its socket lies.
    runtime: tempfile::TempDir,
}

const SOCKET: &str = "wayland-of-the-test";

impl Wayland {
    /// Starts it, and waits for its window.
    pub(crate) fn start() -> Self {
        let runtime = tempfile::tempdir().unwrap();
        let weston = Command::new("weston")
            .args([
                "--backend=x11-backend.so",
                "--shell=kiosk-shell.so",
                "--use-pixman",
                "--no-config",
                "--idle-time=0",
            ])
            .args(["--width=1280", "--height=800", &format!("--socket={SOCKET}")])
            .env("XDG_RUNTIME_DIR", runtime.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("./test installs weston");
        let mut desktop = Self { weston, window: String::new(), runtime };
        desktop.window = wait_for("the window of weston", || {
            let found = xdotool(&["search", "--onlyvisible", "--class", "weston"]);
            found.lines().last().map(str::to_owned)
        });
        wait_for("the socket of weston", || desktop.runtime.path().join(SOCKET).exists().then_some(()));
        desktop
    }

    /// Has `command` stand on this desktop and on no other.
    pub(crate) fn put(&self, command: &mut Command) {
        command.env("XDG_RUNTIME_DIR", self.runtime.path()).env("WAYLAND_DISPLAY", SOCKET).env_remove("DISPLAY");
    }
}

impl Drop for Wayland {
    fn drop(&mut self) {
        drop(self.weston.kill());
        drop(self.weston.wait());
    }
}

impl Screen {
    /// Starts the program with a folder for its settings of its own, and waits for its window.
    pub(crate) fn start(home: &Path, arguments: &[&str]) -> Self {
        let program = program(home, arguments).spawn().unwrap();
        let pid = program.id().to_string();
        let window = wait_for("a window", || {
            let found = xdotool(&["search", "--onlyvisible", "--pid", &pid]);
            found.lines().last().map(str::to_owned)
        });
        Self::around(program, window, None)
    }

    /// The same on Wayland.
    pub(crate) fn start_on(desktop: Wayland, home: &Path, arguments: &[&str]) -> Self {
        let mut command = program(home, arguments);
        desktop.put(&mut command);
        let window = desktop.window.clone();
        let screen = Self::around(command.spawn().unwrap(), window, Some(desktop));
        let empty = screen.picture();
        wait_for("a window", || (screen.picture() != empty).then_some(()));
        screen.settle();
        screen
    }

    fn around(program: Child, window: String, desktop: Option<Wayland>) -> Self {
        let (connection, number) = x11rb::connect(None).unwrap();
        let root = connection.setup().roots[number].root;
        xdotool(&["windowmove", &window, "0", "0", "windowfocus", &window]);
        Self { connection, root, program, window, desktop }
    }

    /// The desktop on Wayland that the window stands on.
    pub(crate) const fn desktop(&self) -> Option<&Wayland> {
        self.desktop.as_ref()
    }

    /// Waits until the program holds the store in `folder`, which on Wayland no title tells from outside, and has opened it.
    pub(crate) fn wait_for_open_store(&self, folder: &Path) {
        let holder = format!("(process {})", self.program.id());
        let is_held = || std::fs::read_to_string(folder.join("lock")).is_ok_and(|by| by.contains(&holder));
        wait_for("an open store", || is_held().then_some(()));
        // While it opens, something turns.
        self.settle();
    }

    /// Presses keys that change nothing that is seen.
    pub(crate) fn press(&self, keys: &str) {
        xdotool(&["key", keys]);
        let _ = self;
    }

    /// The number of the window's process.
    pub(crate) fn process(&self) -> u32 {
        self.program.id()
    }

    /// Waits until the window says by its title that a store is open or locked.
    pub(crate) fn wait_for_title(&self, title: &str) {
        wait_for(title, || (xdotool(&["getwindowname", &self.window]).trim() == title).then_some(()));
    }

    /// Presses keys, and waits until the window shows what came of it.
    pub(crate) fn key(&self, keys: &str) {
        self.change(&["key", keys]);
    }

    /// Types text, and waits until the window shows it.
    pub(crate) fn type_text(&self, text: &str) {
        self.change(&["type", "--delay", "20", "--", text]);
    }

    /// Closes the window as a person does, and waits until the program has ended.
    pub(crate) fn quit(mut self) {
        xdotool(&["key", "ctrl+q"]);
        let ended = wait_for("the end of the program", || self.program.try_wait().unwrap());
        assert!(ended.success(), "the program ended with {ended}");
    }

    fn change(&self, input: &[&str]) {
        let before = self.picture();
        xdotool(input);
        wait_for(&format!("a change after {input:?}"), || (self.picture() != before).then_some(()));
        self.settle();
    }

    /// Waits until the window has stopped changing: five pictures in a row are the same.
    pub(crate) fn settle(&self) {
        let mut last = self.picture();
        let mut same = 0;
        wait_for("a window that stands still", || {
            let picture = self.picture();
            same = if picture == last { same + 1 } else { 0 };
            last = picture;
            (same >= 5).then_some(())
        });
    }

    fn picture(&self) -> Vec<u8> {
        let geometry = self.connection.get_geometry(self.root).unwrap().reply().unwrap();
        let (width, height) = (geometry.width, geometry.height);
        let image = self.connection.get_image(ImageFormat::Z_PIXMAP, self.root, 0, 0, width, height, !0);
        image.unwrap().reply().unwrap().data
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        drop(self.program.kill());
        drop(self.program.wait());
    }
}

/// The program, drawing in software, keeping its settings under `home`.
pub(crate) fn program(home: &Path, arguments: &[&str]) -> Command {
    let built =
        env::var_os("TRESOR_TEST_PROGRAM").expect("./test builds the program as it is installed and says where");
    let mut command = Command::new(built);
    command
        .args(arguments)
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .env("HOME", home)
        .env_remove("XDG_CONFIG_HOME")
        .env_remove("XDG_DATA_HOME")
        .env_remove("XDG_STATE_HOME")
        .env_remove("TRESOR_STORE")
        .env_remove("WAYLAND_DISPLAY")
        .stdin(Stdio::null());
    command
}

/// Asks again until there is an answer.
pub(crate) fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(began.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn xdotool(arguments: &[&str]) -> String {
    let output = Command::new("xdotool").args(arguments).output().expect("./test installs xdotool");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
