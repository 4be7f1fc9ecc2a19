//! What the window forgets, what it greys while a region serves read-only, how it fits, and that it rests.

use std::time::Duration;

use crate::common::{NOW, Window, demo, labels, object_name, vault_name, wait_for};
use crate::desktop::store_on;
use egui::{Key, Modifiers, Rect, Role, Theme, ViewportId};
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};
use tresor::{
    domain::{RegionName, Zone, region::FailoverPlan},
    service::{Command, TimeSource},
    ui::{
        App, KeepSettings, Launch, Start,
        action::{Action, After},
        desktop::Desktop,
        route::{Route, Tab},
        settings::Settings,
    },
};

/// The demo as `settings` say, in a window of `size` points at a zoom of 1.
fn demo_with(settings: Settings, size: [f32; 2]) -> Window {
    let clock = TimeSource::held_at(NOW);
    let source = clock.clone();
    let harness = Harness::builder().with_size(size).build_eframe(move |cc| {
        let open = Start::Demo(Some(NOW));
        let launch = Launch { open, settings, keep_settings: KeepSettings::No, zone: Zone::Utc, source };
        App::new(&cc.egui_ctx, launch).expect("threads can be started")
    });
    let mut window = Window { harness, clock };
    window.settle();
    window
}

fn act(window: &mut Window, action: Action) {
    let ctx = window.harness.ctx.clone();
    window.harness.state_mut().act(&ctx, vec![action]);
    window.settle();
}

fn go(window: &mut Window, vault: &str, tab: Tab) {
    act(window, Action::Go(Route::Vault(vault_name(vault), tab)));
}

fn lose(window: &mut Window, region: &str) {
    let region = RegionName::parse(region).unwrap();
    act(window, Action::Do(Command::BeginOutage(region, FailoverPlan::USUAL), After::default()));
}

fn pass_secs(window: &mut Window, secs: i64) {
    window.clock.hold_at(window.clock.now().plus_secs(secs));
    window.settle();
}

/// Every name in the store, live or deleted.
fn names(window: &Window) -> Vec<String> {
    let world = &window.harness.state().view().unwrap().world;
    let mut names = Vec::new();
    for vault in world.vaults.live() {
        names.push(vault.name().to_string());
        names.extend(vault.secrets.live().map(|secret| secret.name().to_string()));
        names.extend(vault.secrets.deleted().map(|deleted| deleted.item.name().to_string()));
    }
    names.extend(world.vaults.deleted().map(|deleted| deleted.item.name().to_string()));
    names
}

fn is_open(harness: &Harness<'_, App>) -> bool {
    harness.state().view().is_some()
}

// T1
#[test]
fn locking_leaves_no_name_and_no_value_of_the_store_in_the_window_even_from_within_a_dialog() {
    let mut window = demo();
    go(&mut window, "contoso-prod", Tab::Secrets);
    act(&mut window, Action::Select(Some(object_name("db-password"))));
    window.press("Reveal");
    let shown = |window: &Window| labels(&window.harness).join("\n");
    let names = names(&window);
    assert!(names.len() > 20 && shown(&window).contains("db-password"));
    window.key(Modifiers::COMMAND, Key::N);
    window.type_text("a-half-typed-name");

    // The demo is gone then, so it asks.
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::L);
    window.harness.run_steps(4);
    assert!(is_open(&window.harness));
    window.harness.get_by_role_and_label(Role::Button, "Leave the demo").click();
    window.harness.step();
    assert!(!is_open(&window.harness), "at once, whatever the worker does");
    wait_for(&mut window.harness, |harness| harness.state().is_locked());
    window.harness.run_steps(4);
    let left = shown(&window);
    for name in names.iter().map(String::as_str).chain(["a-half-typed-name", "not-the-real-password"]) {
        assert!(!left.contains(name), "{name} is still there: {left}");
    }
    assert!(window.harness.state().with_scene(|_| ()).is_none());
}

// T1
#[test]
fn a_store_that_nobody_uses_locks_itself_after_the_set_time_and_not_before() {
    let settings = Settings { auto_lock_minutes: 5, ..Settings::default() };
    let (mut window, _folder) = store_on(settings, Desktop::default());
    let mut time = window.harness.ctx.input(|input| input.time);
    let mut pass = |window: &mut Window, secs: f64| {
        time += secs;
        window.harness.input_mut().time = Some(time);
        window.harness.step();
    };
    pass(&mut window, 290.0);
    assert!(is_open(&window.harness));
    window.harness.key_press(Key::Tab);
    pass(&mut window, 1.0);
    pass(&mut window, 290.0);
    assert!(is_open(&window.harness), "a key was pressed in between");
    pass(&mut window, 15.0);
    assert!(!is_open(&window.harness));

    let never = Settings { auto_lock_minutes: 0, ..Settings::default() };
    let (mut window, _folder) = store_on(never, Desktop::default());
    window.harness.input_mut().time = Some(1e6);
    window.harness.step();
    assert!(is_open(&window.harness));
}

#[test]
fn the_demo_says_that_nothing_of_it_is_kept_never_locks_itself_and_is_not_left_without_a_question() {
    // G6
    let settings = Settings { auto_lock_minutes: 5, ..Settings::default() };
    let mut window = demo_with(settings, [1280.0, 800.0]);
    window.harness.get_by_label("Demo · nothing is kept");
    let button = |name| window.harness.get_by_role_and_label(Role::Button, name).rect();
    assert!(!button("Leave the demo…").intersects(button("Settings")), "one lies on the other");
    window.harness.input_mut().time = Some(1e6);
    window.harness.step();
    assert!(is_open(&window.harness), "a presenter keeps the scene");
    for key in ["Stay", "Leave the demo"] {
        window.harness.get_by_role_and_label(Role::Button, "Leave the demo…").click();
        window.harness.run_steps(4);
        // Asked once, however often.
        window.harness.key_press_modifiers(Modifiers::COMMAND, Key::L);
        window.harness.run_steps(4);
        assert!(is_open(&window.harness));
        window.harness.get_by_role_and_label(Role::Button, key).click();
        window.harness.run_steps(4);
        assert!(window.harness.query_by_role(Role::Dialog).is_none());
    }
    wait_for(&mut window.harness, |harness| harness.state().is_locked());
}

// G3, A5
#[test]
fn while_the_pair_serves_every_write_is_greyed_with_the_reason_and_reads_are_not() {
    let mut window = demo();
    go(&mut window, "contoso-staging", Tab::Secrets);
    act(&mut window, Action::Select(Some(object_name("db-password"))));
    lose(&mut window, "westeurope");
    pass_secs(&mut window, 200);
    let is_told = |window: &Window, button: &str| {
        let why = window.why_greyed(button).unwrap_or_else(|| panic!("{button} can be pressed"));
        assert!(why.contains("North Europe serves read-only"), "{button}: {why}");
    };
    for button in ["New secret", "Restore", "New version", "Delete"] {
        is_told(&window, button);
    }
    for button in ["Reveal", "Copy", "Backup"] {
        assert_eq!(window.why_greyed(button), None, "{button}");
    }
    window.press("More");
    for item in ["New version…", "Import secrets…", "Restore a backup…", "Enable purge protection…", "Delete vault…"]
    {
        let node = window.harness.get_by_role_and_label(Role::MenuItem, item);
        assert!(node.accesskit_node().is_disabled(), "{item}");
    }
    window.key(Modifiers::NONE, Key::Escape);
    // Whoever presses the keys is told the same.
    window.key(Modifiers::COMMAND, Key::N);
    assert!(window.harness.query_all_by_label_contains("North Europe serves read-only").next().is_some());
    assert!(window.harness.query_by_role(Role::Dialog).is_none());

    go(&mut window, "contoso-staging", Tab::Deleted);
    is_told(&window, "Recover pact-broker-token");
    is_told(&window, "Purge pact-broker-token");
    let alerts = window.harness.query_all_by_role(Role::Alert).count();
    assert_eq!(alerts, 1, "the toast about the key, and none about the list that the page explains");
    window.press("Let it return");
    pass_secs(&mut window, 60);
    assert_eq!(window.why_greyed("Recover pact-broker-token"), None);
}

// G3
#[test]
fn nothing_in_the_region_bar_lies_on_another_thing_or_leaves_a_window_of_any_width() {
    for (width, zoom) in [(1280.0, 1.0), (1000.0, 1.0), (900.0, 1.0), (900.0, 1.5), (1280.0, 2.0)] {
        let settings = Settings { zoom, ..Settings::default() };
        let mut window = demo_with(settings, [width, 2400.0]);
        go(&mut window, "contoso-prod", Tab::Overview);
        check_bar(&window, "Read and write");
        lose(&mut window, "westeurope");
        for (secs, state) in [(1, "Outage"), (60, "Failing over"), (100, "Read-only")] {
            pass_secs(&mut window, secs);
            check_bar(&window, state);
        }
        go(&mut window, "billing-eu", Tab::Overview);
        let ahead = Command::AdvanceClock(window.clock.now().plus_days(2));
        act(&mut window, Action::Do(ahead, After::default()));
        check_bar(&window, "Read and write");
    }
}

fn check_bar(window: &Window, state: &str) {
    let screen = window.harness.ctx.content_rect();
    let bar = Rect::from_min_max(egui::pos2(0.0, screen.bottom() - 48.0), screen.max);
    let in_bar = |role| {
        let nodes = window.harness.query_all_by_role(role);
        let named = nodes.filter_map(|node| {
            let words = node.accesskit_node().label().or_else(|| node.value())?;
            Some((words, node.rect()))
        });
        named.filter(|(_, rect)| bar.contains(rect.center())).collect::<Vec<_>>()
    };
    let parts: Vec<_> = in_bar(Role::Label).into_iter().chain(in_bar(Role::Button)).collect();
    assert!(parts.iter().any(|(label, _)| label == state), "{state} is said in {screen:?}: {parts:?}");
    for (place, (label, rect)) in parts.iter().enumerate() {
        assert!(screen.expand(0.5).contains_rect(*rect), "{label} at {rect:?} leaves {screen:?}");
        for (other_label, other) in &parts[place + 1..] {
            let common = rect.intersect(*other);
            let lies_on = common.width() > 0.5 && common.height() > 0.5;
            assert!(!lies_on, "{label} at {rect:?} lies on {other_label} at {other:?} in {screen:?}");
        }
    }
}

#[test]
fn a_setting_holds_at_once_and_is_kept_only_by_a_window_that_keeps_settings() {
    let kept = || {
        let project = directories::ProjectDirs::from("", "", "tresor")?;
        std::fs::read(project.config_dir().join("settings.json")).ok()
    };
    let before = kept();
    let mut window = demo();
    window.key(Modifiers::COMMAND, Key::Comma);
    for (choice, theme) in [("Light", Theme::Light), ("Dark", Theme::Dark)] {
        window.harness.get_by_role_and_label(Role::RadioButton, choice).click();
        window.settle();
        assert_eq!(window.harness.ctx.theme(), theme);
    }
    window.harness.get_by_role_and_label(Role::ComboBox, "Zoom").click();
    window.settle();
    window.harness.get_by_label("125 %").click();
    window.settle();
    assert!((window.harness.ctx.zoom_factor() - 1.25).abs() < 0.001);
    window.press("Done");
    assert!(window.harness.query_by_role(Role::Dialog).is_none());
    let settings = window.harness.state().with_scene(|scene| scene.settings.clone()).unwrap();
    assert!((settings.zoom - 1.25).abs() < 0.001);
    assert_eq!(kept(), before, "the demo keeps nothing");
}

// G6
#[test]
fn an_idle_window_asks_for_no_frame_on_any_page() {
    let mut window = demo();
    // What was listed still arrives; a page that asked for frames by itself would never come to rest.
    let rests = |window: &mut Window| {
        wait_for(&mut window.harness, |harness| {
            let delay = harness.output().viewport_output[&ViewportId::ROOT].repaint_delay;
            delay > Duration::from_secs(5)
        });
    };
    for tab in [Tab::Overview, Tab::Secrets, Tab::Deleted] {
        go(&mut window, "contoso-prod", tab);
        rests(&mut window);
    }
    act(&mut window, Action::Select(Some(object_name("db-password"))));
    rests(&mut window);
    act(&mut window, Action::Go(Route::DeletedVaults));
    rests(&mut window);
    window.press("Settings");
    rests(&mut window);
    window.press("Done");
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::L);
    window.harness.run_steps(4);
    window.harness.get_by_role_and_label(Role::Button, "Leave the demo").click();
    wait_for(&mut window.harness, |harness| harness.state().is_locked());
    window.harness.run_steps(6);
    rests(&mut window);
}
