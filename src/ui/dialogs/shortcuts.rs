//! The keys of every command.

use egui::{Context, Ui, vec2};

use super::{Dialog, Waiting};
use crate::ui::{
    action::Action,
    command::UiCommand,
    icons::Icon,
    scene::Scene,
    theme::{Font, Tokens, Tone, space},
    widgets::{self, Button, key_hint},
};

/// Lists the table of commands that have keys.
pub(in crate::ui) struct Shortcuts;

impl Shortcuts {
    /// The list.
    pub(in crate::ui) const fn new() -> Self {
        Self
    }
}

/// What keys do everywhere, beside the commands.
const ALWAYS: [(&str, &str); 4] = [
    ("Move in a table", "↑ ↓"),
    ("Choose, or tick, in a table", "Enter"),
    ("Go to the next control", "Tab"),
    ("Close what is on top", "Esc"),
];

const LINE: f32 = 28.0;

impl Dialog for Shortcuts {
    fn show(&mut self, ctx: &Context, _scene: &Scene<'_>, _waiting: &Waiting, actions: &mut Vec<Action>) {
        let commands = UiCommand::ALL
            .iter()
            .filter_map(|command| Some((command.text().trim_end_matches('…').to_owned(), command.keys(ctx)?)));
        let always = ALWAYS.iter().map(|(text, keys)| ((*text).to_owned(), (*keys).to_owned()));
        let lines: Vec<_> = commands.chain(always).collect();
        let answer = widgets::Dialog::new("shortcuts", "Keyboard shortcuts")
            .icon(Icon::KEYBOARD, Tone::Neutral)
            .width(620.0)
            .show(
                ctx,
                |ui| {
                    let (left, right) = lines.split_at(lines.len().div_ceil(2));
                    ui.spacing_mut().item_spacing.x = space::XXL;
                    ui.columns(2, |columns| {
                        show(&mut columns[0], left);
                        show(&mut columns[1], right);
                    });
                },
                |ui| ui.add(Button::secondary("Close")).clicked(),
            );
        if answer.footer || answer.should_close {
            actions.push(Action::CloseDialog);
        }
    }
}

fn show(ui: &mut Ui, lines: &[(String, String)]) {
    let t = Tokens::of(ui);
    ui.spacing_mut().item_spacing.y = 0.0;
    for (text, keys) in lines {
        let room = vec2(ui.available_width(), LINE);
        ui.allocate_ui_with_layout(room, egui::Layout::left_to_right(egui::Align::Center), |ui| {
            ui.label(Font::Body.text(text).color(t.text));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| key_hint(ui, keys));
        });
    }
}
