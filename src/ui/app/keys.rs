//! Shortcuts: the keys of the one table of commands.

use egui::{Event, Ui};

use crate::ui::{
    action::Action,
    command::UiCommand,
    commands,
    route::Tab,
    scene::{Page, Scene},
};

/// Turns pressed keys into actions. Under a dialog only those that end everything: a store can always be locked.
pub(super) fn listen(ui: &Ui, scene: &Scene<'_>, page: &Page, is_under_dialog: bool, actions: &mut Vec<Action>) {
    let is_typing = ui.ctx().text_edit_focused();
    let mut with_keys: Vec<_> =
        UiCommand::ALL.iter().filter_map(|command| Some((command, command.shortcut()?))).collect();
    // Ctrl+Shift+N would be taken for Ctrl+N, were that asked for first.
    with_keys.sort_by_key(|(_, shortcut)| !shortcut.modifiers.shift);
    for (command, shortcut) in with_keys {
        let is_meant = if is_under_dialog {
            matches!(command, UiCommand::Lock | UiCommand::Quit)
        } else {
            !(is_typing && command.is_for_text_too())
        };
        if !is_meant {
            continue;
        }
        let is_pressed = match command {
            // The desktop turns these keys into an event of its own.
            UiCommand::CopyValue => ui.input(|input| input.events.iter().any(|event| matches!(event, Event::Copy))),
            _ => ui.input_mut(|input| input.consume_shortcut(&shortcut)),
        };
        if is_pressed {
            let is_on_keys = scene.route.tab() == Some(Tab::Keys);
            let command = if is_on_keys { command.on_keys() } else { *command };
            match commands::actions_for(command, scene, page) {
                Ok(mut wanted) => actions.append(&mut wanted),
                Err(why) => actions.push(Action::Toast(crate::ui::action::Toast::note(why))),
            }
        }
    }
    let is_under_popup = egui::Popup::is_any_open(ui.ctx());
    if !is_under_dialog
        && !is_typing
        && !is_under_popup
        && page.selected.is_some()
        && ui.input(|input| input.key_pressed(egui::Key::Escape))
    {
        actions.push(Action::Select(None));
    }
}
