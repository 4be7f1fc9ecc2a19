//! Commands as lines of a menu, with their keys and, where they cannot be done, why.

use egui::Ui;

use super::{
    action::Action,
    command::UiCommand,
    commands::actions_for,
    scene::{Page, Scene},
    widgets::menu_item,
};

/// One line; a click does it.
pub(super) fn command_item(ui: &mut Ui, scene: &Scene<'_>, page: &Page, command: UiCommand, actions: &mut Vec<Action>) {
    let wanted = actions_for(command, scene, page);
    let may = wanted.as_ref().map(drop).map_err(Clone::clone);
    let keys = command.shortcut().map(|shortcut| ui.ctx().format_shortcut(&shortcut).replace('+', " "));
    if menu_item(ui, Some(command.icon()), command.text(), keys.as_deref(), &may).clicked()
        && let Ok(mut wanted) = wanted
    {
        actions.append(&mut wanted);
    }
}
