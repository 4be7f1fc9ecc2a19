//! Copying and pasting between the window and another program where only a window with the keyboard reaches the clipboard: wl-clipboard
//! in Weston, which has neither a protocol for more nor X11.

use std::process::{Command, Stdio};

use super::{
    clipboard::{KEPT, PASSPHRASE, VALUE, World},
    screen::{Screen, Wayland, wait_for},
    the_screen,
};

#[test]
fn on_wayland_what_another_program_copied_is_pasted_into_the_passphrase_and_into_a_value() {
    // G1, G4
    let Some(_screen) = the_screen() else { return };
    let world = World::with_a_secret();
    let screen = Screen::start_on(Wayland::start(), world.home(), &["--store", world.store_text()]);
    copy(&screen, PASSPHRASE);
    screen.key("ctrl+v");
    screen.key("Return");
    screen.wait_for_open_store(world.store());

    screen.key("ctrl+n");
    screen.type_text("pasted");
    screen.key("Tab");
    copy(&screen, VALUE);
    screen.key("ctrl+v");
    screen.key("Return");
    screen.settle();
    screen.quit();
    assert_eq!(world.value_of("pasted"), VALUE);
}

#[test]
fn on_wayland_the_window_carries_what_is_copied_and_clears_a_value_after_the_time() {
    // G1, G4, T1
    let Some(_screen) = the_screen() else { return };
    let world = World::with_a_secret();
    let screen = Screen::start_on(Wayland::start(), world.home(), &["--store", world.store_text()]);
    screen.type_text(PASSPHRASE);
    screen.key("Return");
    screen.wait_for_open_store(world.store());

    // A text of no weight.
    screen.key("ctrl+f");
    screen.type_text("kept-sec");
    screen.key("ctrl+a");
    screen.press("ctrl+c");
    wait_for("the text in the other program", || (paste(&screen) == "kept-sec").then_some(()));

    // A value, revealed and copied with its keys.
    screen.key("Down");
    screen.key("ctrl+r");
    screen.press("ctrl+c");
    wait_for("the value in the other program", || (paste(&screen) == KEPT).then_some(()));
    wait_for("an empty clipboard", || paste(&screen).is_empty().then_some(()));

    // Closed with a value in the clipboard, it leaves none.
    screen.press("ctrl+c");
    wait_for("the value in the other program", || (paste(&screen) == KEPT).then_some(()));
    screen.quit();
}

/// The other program copies: it takes the keyboard with a window of its own for that moment.
fn copy(screen: &Screen, text: &str) {
    let copied = on(screen, Command::new("wl-copy").arg(text).stdout(Stdio::null())).status();
    assert!(copied.expect("./test installs wl-clipboard").success());
    screen.settle();
}

/// What the other program pastes.
fn paste(screen: &Screen) -> String {
    let pasted =
        on(screen, Command::new("wl-paste").arg("--no-newline")).output().expect("./test installs wl-clipboard");
    screen.settle();
    String::from_utf8_lossy(&pasted.stdout).into_owned()
}

fn on<'a>(screen: &Screen, command: &'a mut Command) -> &'a mut Command {
    screen.desktop().expect("it stands on one").put(command);
    command
}
