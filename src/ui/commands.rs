//! What each command does here and now.

use super::{
    action::Action,
    command::UiCommand,
    scene::{Page, Scene},
};

/// The actions of `command`, or why it cannot be done here.
pub(super) fn actions_for(command: UiCommand, _scene: &Scene<'_>, _page: &Page) -> Result<Vec<Action>, String> {
    Err(command.text().to_owned())
}
