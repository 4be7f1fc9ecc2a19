//! A screen with the program on it: keys in, pictures out. Waits for states, never for a time.

use std::{
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
}

impl Screen {
    /// Starts the program with a folder for its settings of its own, and waits for its window.
    pub(crate) fn start(home: &Path, arguments: &[&str]) -> Self {
        let program = program(home, arguments).spawn().unwrap();
        let (connection, number) = x11rb::connect(None).unwrap();
        let root = connection.setup().roots[number].root;
        let mut screen = Self { connection, root, program, window: String::new() };
        let pid = screen.program.id().to_string();
        screen.window = wait_for("a window", || {
            let found = xdotool(&["search", "--onlyvisible", "--pid", &pid]);
            found.lines().last().map(str::to_owned)
        });
        let window = screen.window.clone();
        xdotool(&["windowmove", &window, "0", "0", "windowfocus", &window]);
        screen
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
    let mut command = Command::new(env!("CARGO_BIN_EXE_tresor"));
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
