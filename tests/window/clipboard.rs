//! What is copied: said when the desktop took it, kept out of its history and cleared where it is a secret.

use std::sync::{Arc, Mutex};

use super::common::{NOW, Window, labels, object_name, vault_name, wait_for};
use eframe::App as _;
use egui::{Event, Key, Modifiers, OutputCommand, RawInput, Role, ViewportCommand, ViewportId};
use egui_kittest::{Harness, kittest::Queryable as _};
use tresor::{
    domain::Zone,
    service::TimeSource,
    ui::{
        App, KeepSettings, Launch, Start,
        action::Action,
        desktop::{Board, BoardError, Desktop, History},
        route::{Route, Tab},
        settings::Settings,
    },
};
use zeroize::Zeroizing;

/// A clipboard that does what a test says.
#[derive(Clone, Default)]
struct Played(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    text: Option<String>,
    history: Option<History>,
    /// Emptied so often.
    emptied: usize,
    trouble: Trouble,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Trouble {
    #[default]
    None,
    /// It refuses.
    Refuses,
    /// It takes a text and forgets it.
    Forgets,
    /// Only the window reaches it.
    OutOfReach,
}

impl Played {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    fn holds(&self, text: &str) -> bool {
        self.state().text.as_deref() == Some(text)
    }

    fn with(self, trouble: Trouble) -> Self {
        self.state().trouble = trouble;
        self
    }

    fn check(&self) -> Result<(), BoardError> {
        match self.state().trouble {
            Trouble::None | Trouble::Forgets => Ok(()),
            Trouble::Refuses => Err(BoardError::Refused("it is busy".into())),
            Trouble::OutOfReach => Err(BoardError::Unreachable("there is no protocol for it".into())),
        }
    }
}

impl Board for Played {
    fn reach(&mut self) -> Result<(), BoardError> {
        self.check()
    }

    fn put(&mut self, text: &str, history: History) -> Result<(), BoardError> {
        self.check()?;
        let mut state = self.state();
        if state.trouble != Trouble::Forgets {
            (state.text, state.history) = (Some(text.to_owned()), Some(history));
        }
        Ok(())
    }

    fn text(&mut self) -> Result<Option<Zeroizing<String>>, BoardError> {
        self.check()?;
        Ok(self.state().text.clone().map(Zeroizing::new))
    }

    fn empty(&mut self) -> Result<(), BoardError> {
        self.check()?;
        let mut state = self.state();
        (state.text, state.emptied) = (None, state.emptied + 1);
        Ok(())
    }
}

const SECRET: &str = "ledger-export-credentials";

/// The demo, with the details of a secret.
fn demo_with(board: &Played) -> Window {
    let (clock, board) = (TimeSource::held_at(NOW), Box::new(board.clone()));
    let source = clock.clone();
    let harness = Harness::builder().with_size([1280.0, 800.0]).build_eframe(move |cc| {
        let (open, settings) = (Start::Demo(Some(NOW)), Settings::default());
        let launch = Launch { open, settings, keep_settings: KeepSettings::No, zone: Zone::Utc, source };
        App::on(&cc.egui_ctx, launch, Desktop { board: Some(board), ..Desktop::default() }).unwrap()
    });
    let mut window = Window { harness, clock };
    window.settle();
    let ctx = window.harness.ctx.clone();
    let go = Action::Go(Route::Vault(vault_name("billing-eu"), Tab::Secrets));
    window.harness.state_mut().act(&ctx, vec![go, Action::Select(Some(object_name(SECRET)))]);
    window.settle();
    window
}

fn copy() -> Action {
    Action::CopyValue(vault_name("billing-eu"), object_name(SECRET), None)
}

/// What a click wants, without the frames that a click takes: every frame counts where the window itself carries.
fn want(window: &mut Window, action: Action) {
    let ctx = window.harness.ctx.clone();
    window.harness.state_mut().act(&ctx, vec![action]);
}

fn says(harness: &Harness<'_, App>, text: &str) -> bool {
    harness.query_all_by_label_contains(text).next().is_some()
}

/// So many seconds pass for the window.
fn pass(window: &mut Window, secs: f64) {
    let time = window.harness.ctx.input(|input| input.time);
    window.harness.input_mut().time = Some(time + secs);
    window.harness.step();
}

/// The value, as it is revealed.
fn revealed(window: &mut Window) -> String {
    window.press("Reveal");
    wait_for(&mut window.harness, |harness| {
        harness.query_by_role_and_label(Role::MultilineTextInput, "Value").is_some()
    });
    let field = window.harness.get_by_role_and_label(Role::MultilineTextInput, "Value");
    field.focus();
    let value = egui_kittest::kittest::NodeT::accesskit_node(&field).value().unwrap();
    window.harness.step();
    value
}

#[test]
fn an_address_is_called_copied_only_when_the_desktop_took_it() {
    // G1
    let board = Played::default().with(Trouble::Refuses);
    let mut window = demo_with(&board);
    window.press("Copy vault URI");
    wait_for(&mut window.harness, |harness| says(harness, "Not copied. The desktop's clipboard refused: it is busy"));
    assert!(window.harness.query_by_label("Copied").is_none());

    board.state().trouble = Trouble::Forgets;
    window.press("Copy vault URI");
    wait_for(&mut window.harness, |harness| says(harness, "what was copied does not come back from it"));
    assert!(window.harness.query_by_label("Copied").is_none());

    board.state().trouble = Trouble::None;
    window.press("Copy vault URI");
    wait_for(&mut window.harness, |harness| harness.query_by_label("Copied").is_some());
    assert!(board.holds("https://billing-eu.vault.azure.net"), "{:?}", board.state().text);
    assert_eq!(board.state().history, Some(History::AsUsual));
}

#[test]
fn a_value_is_kept_out_of_history_counted_down_once_it_is_there_and_cleared_after_the_time() {
    // G4, T1
    let board = Played::default();
    let mut window = demo_with(&board);
    let value = revealed(&mut window);
    window.press("Copy");
    wait_for(&mut window.harness, |harness| says(harness, "Copy again. Clears in"));
    assert!(board.holds(&value));
    assert_eq!(board.state().history, Some(History::LeftOut));
    pass(&mut window, 31.0);
    wait_for(&mut window.harness, |_| board.state().text.is_none());
    wait_for(&mut window.harness, |harness| !says(harness, "Copy again"));
}

#[test]
fn a_revealed_value_copied_with_its_keys_is_treated_as_the_button_treats_it() {
    // G4, T1
    let board = Played::default();
    let mut window = demo_with(&board);
    let value = revealed(&mut window);
    window.key(Modifiers::COMMAND, Key::A);
    nothing_leaves(&window, &value);
    window.harness.event(Event::Copy);
    window.harness.step();
    nothing_leaves(&window, &value);
    wait_for(&mut window.harness, |harness| says(harness, "Copy again. Clears in"));
    assert!(board.holds(&value));
    assert_eq!(board.state().history, Some(History::LeftOut));
    // Something else takes its place: it is not ours to clear.
    board.state().text = Some("something else".into());
    pass(&mut window, 31.0);
    wait_for(&mut window.harness, |harness| !says(harness, "Copy again"));
    assert!(board.holds("something else"));
}

#[test]
fn what_is_copied_or_cut_where_it_is_typed_is_treated_as_a_value() {
    // G4, T1
    let board = Played::default();
    let mut window = demo_with(&board);
    window.key(Modifiers::COMMAND, Key::N);
    window.press("Show the value");
    for (keys, left) in [(Event::Copy, "typed by hand"), (Event::Cut, "")] {
        board.state().text = None;
        window.harness.get_by_role_and_label(Role::MultilineTextInput, "Value").focus();
        window.harness.step();
        if left.is_empty() {
            window.key(Modifiers::COMMAND, Key::A);
        } else {
            window.type_text("typed by hand");
        }
        window.key(Modifiers::COMMAND, Key::A);
        nothing_leaves(&window, "typed by hand");
        window.harness.event(keys);
        window.harness.step();
        nothing_leaves(&window, "typed by hand");
        wait_for(&mut window.harness, |_| board.holds("typed by hand"));
        assert_eq!(board.state().history, Some(History::LeftOut));
        wait_for(&mut window.harness, |harness| says(harness, "It is cleared from the clipboard after 30 seconds"));
        let field = window.harness.get_by_role_and_label(Role::MultilineTextInput, "Value");
        assert_eq!(egui_kittest::kittest::NodeT::accesskit_node(&field).value().unwrap_or_default(), left);
    }
    pass(&mut window, 31.0);
    wait_for(&mut window.harness, |_| board.state().text.is_none());
}

#[test]
fn a_lock_clears_what_was_copied_also_what_is_still_on_its_way() {
    // T1
    let board = Played::default();
    let mut window = demo_with(&board);
    let ctx = window.harness.ctx.clone();
    window.harness.state_mut().act(&ctx, vec![copy()]);
    wait_for(&mut window.harness, |_| board.state().text.is_some());
    window.harness.state_mut().act(&ctx, vec![Action::LeaveDemo]);
    wait_for(&mut window.harness, |_| board.state().text.is_none());
    wait_for(&mut window.harness, |harness| harness.state().is_locked());
    assert_eq!(board.state().emptied, 1);
}

#[test]
fn where_only_the_window_reaches_the_clipboard_it_carries_the_value_says_so_and_clears_it_when_it_may() {
    // G4, T1
    let board = Played::default().with(Trouble::OutOfReach);
    let mut window = demo_with(&board);
    let mut desktop = Wayland::default();
    wait_for(&mut window.harness, |harness| says(harness, "cannot be asked to leave it out of clipboard history"));
    let value = revealed(&mut window);
    want(&mut window, copy());
    desktop.step_until(&mut window, |_, harness| says(harness, "Copy again. Clears in"));
    assert_eq!(desktop.text, value);
    assert!(board.state().text.is_none());

    // The time is over while the person works in another window.
    desktop.has_keyboard = false;
    pass(&mut window, 31.0);
    desktop.step_until(&mut window, |_, harness| says(harness, "Not cleared yet"));
    assert_eq!(desktop.text, value, "Wayland allows nothing else");
    desktop.has_keyboard = true;
    desktop.step_until(&mut window, |desktop, harness| desktop.text.is_empty() && !says(harness, "Copy again"));
}

#[test]
fn where_only_the_window_reaches_the_clipboard_what_another_program_put_there_stays() {
    // G4
    let board = Played::default().with(Trouble::OutOfReach);
    let mut window = demo_with(&board);
    let mut desktop = Wayland::default();
    want(&mut window, copy());
    desktop.step_until(&mut window, |_, harness| says(harness, "Copy again. Clears in"));
    desktop.text = "something else".into();
    pass(&mut window, 31.0);
    desktop.step_until(&mut window, |_, harness| !says(harness, "Copy again"));
    assert_eq!(desktop.text, "something else");

    // A desktop that takes nothing is not called one that did.
    desktop.is_deaf = true;
    want(&mut window, Action::CopyText("an address".into()));
    desktop.step_until(&mut window, |_, harness| says(harness, "Not copied"));
    assert!(window.harness.query_by_label("Copied").is_none());
}

/// A desktop on Wayland, as egui's own clipboard meets it.
struct Wayland {
    text: String,
    has_keyboard: bool,
    is_deaf: bool,
}

impl Default for Wayland {
    fn default() -> Self {
        Self { text: String::new(), has_keyboard: true, is_deaf: false }
    }
}

impl Wayland {
    /// One frame: what the window asks for is done as egui's part beside the window does it.
    fn step(&mut self, window: &mut Window) {
        let mut input = RawInput::default();
        let output = window.harness.output();
        for command in &output.platform_output.commands {
            if let OutputCommand::CopyText(text) = command
                && self.has_keyboard
                && !self.is_deaf
            {
                self.text.clone_from(text);
            }
        }
        let commands = output.viewport_output.get(&ViewportId::ROOT).map(|root| root.commands.clone());
        let is_asked = commands.is_some_and(|commands| commands.contains(&ViewportCommand::RequestPaste));
        if is_asked && self.has_keyboard && !self.text.is_empty() {
            input.events.push(Event::Paste(self.text.clone()));
        }
        window.harness.input_mut().focused = self.has_keyboard;
        // A time that was set once stands still.
        let time = window.harness.ctx.input(|input| input.time);
        window.harness.input_mut().time = Some(time + 0.05);
        let root = window.harness.input_mut().viewports.entry(ViewportId::ROOT).or_default();
        root.focused = Some(self.has_keyboard);
        let ctx = window.harness.ctx.clone();
        window.harness.state_mut().raw_input_hook(&ctx, &mut input);
        assert!(input.events.is_empty(), "what was asked for goes into no field");
        window.harness.step();
    }

    fn step_until(&mut self, window: &mut Window, is_so: impl Fn(&Self, &Harness<'_, App>) -> bool) {
        let began = std::time::Instant::now();
        while !is_so(self, &window.harness) {
            let there = (&self.text, labels(&window.harness));
            assert!(began.elapsed().as_secs() < 60, "waited in vain; there are: {there:#?}");
            self.step(window);
        }
    }
}

/// egui's own clipboard, which clears nothing, gets nothing of a secret; nor does what the middle button pastes.
fn nothing_leaves(window: &Window, secret: &str) {
    for command in &window.harness.output().platform_output.commands {
        if let OutputCommand::CopyText(text) | OutputCommand::TextSelectionSettled(text) = command {
            assert!(!secret.contains(text.as_str()), "{text} leaves the window");
        }
    }
}
