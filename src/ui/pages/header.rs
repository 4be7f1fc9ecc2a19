//! The head of a vault's pages: its name, what it is, what can be done, and its tabs.

use std::sync::Arc;

use egui::{Frame, Margin, Panel, Popup, Sides, Stroke, Ui, vec2};

use crate::{
    domain::{Operation, PurgeProtection, Target, Vault},
    ui::{
        action::Action,
        command::UiCommand,
        command_menu::command_item,
        commands::actions_for,
        icons::Icon,
        route::{Route, Tab},
        scene::{Page, Scene},
        theme::{Tokens, Tone, space, text},
        widgets::{self, Badge, Button, Chip, IconButton, menu_separator, popup_frame, tabs},
    },
};

/// Name, chips and tabs.
const HEIGHT: f32 = 119.0;

/// Draws it.
pub(in crate::ui) fn show(ui: &mut Ui, scene: &Scene<'_>, vault: &Arc<Vault>, page: &Page, actions: &mut Vec<Action>) {
    let tokens = Tokens::of(ui);
    let frame = Frame::new().fill(tokens.background).inner_margin(Margin { left: 20, right: 20, top: 14, bottom: 0 });
    let panel = Panel::top("head").exact_size(HEIGHT).frame(frame).resizable(false).show_separator_line(false);
    panel.show(ui, |ui| {
        let rect = ui.max_rect().expand2(vec2(space::XL, 0.0));
        ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, tokens.line));
        ui.spacing_mut().item_spacing.y = space::XS;
        let (copy, ()) = Sides::new().height(32.0).shrink_left().truncate().show(
            ui,
            |ui| {
                ui.label(text::page_title(vault.name().as_str()));
                ui.add(IconButton::new(Icon::COPY, "Copy vault URI").small())
            },
            |ui| buttons(ui, scene, vault, page, actions),
        );
        if copy.clicked() {
            actions.push(Action::CopyText(vault.name().uri()));
        }
        ui.horizontal(|ui| chips(ui, vault));
        ui.add_space(5.0);
        show_tabs(ui, scene, vault, actions);
    });
}

/// From right to left.
fn buttons(ui: &mut Ui, scene: &Scene<'_>, vault: &Arc<Vault>, page: &Page, actions: &mut Vec<Action>) {
    let menu = ui.add(IconButton::new(Icon::ELLIPSIS, "More").framed());
    Popup::menu(&menu).frame(popup_frame(Tokens::of(ui))).width(250.0).show(|ui| {
        for command in [UiCommand::NewVersion, UiCommand::Import, UiCommand::Restore] {
            command_item(ui, scene, page, command, actions);
        }
        menu_separator(ui);
        command_item(ui, scene, page, UiCommand::ProtectVault, actions);
        menu_separator(ui);
        command_item(ui, scene, page, UiCommand::DeleteVault, actions);
    });
    let target = Target::Vault(vault.name().clone());
    if scene.route.tab() != Some(Tab::Deleted) {
        let why = scene.why_not(Operation::SecretSet, &target);
        let button = Button::primary("New secret").icon(Icon::PLUS).disabled_because(why).shortcut("Ctrl N");
        if ui.add(button).clicked() {
            actions.extend(actions_for(UiCommand::New, scene, page).unwrap_or_default());
        }
    }
    let why = scene.why_not(Operation::SecretRestore, &target);
    if ui.add(Button::secondary("Restore").icon(Icon::UPLOAD).disabled_because(why)).clicked() {
        actions.extend(actions_for(UiCommand::Restore, scene, page).unwrap_or_default());
    }
}

fn chips(ui: &mut Ui, vault: &Vault) {
    let head = &vault.head;
    ui.add(Chip::new(head.location.display()).icon(Icon::MAP_PIN));
    ui.add(Chip::new(head.sku.title()));
    ui.add(Chip::new(format!("{}-day retention", head.retention.get())).icon(Icon::CLOCK));
    if head.purge_protection == PurgeProtection::On {
        ui.add(Badge::new(Tone::Ok, "Purge protection").icon(Icon::SHIELD_CHECK_FILLED));
    }
}

fn show_tabs(ui: &mut Ui, scene: &Scene<'_>, vault: &Arc<Vault>, actions: &mut Vec<Action>) {
    let tab = |place, name, count| widgets::Tab { place, name, count };
    let all = [
        tab(Tab::Overview, "Overview", None),
        tab(Tab::Secrets, "Secrets", Some(vault.secrets.live_count())),
        tab(Tab::Deleted, "Deleted", Some(vault.secrets.deleted_count())),
    ];
    let open = scene.route.tab().unwrap_or_default();
    if let Some(chosen) = tabs(ui, &all, open) {
        actions.push(Action::Go(Route::Vault(vault.name().clone(), chosen)));
    }
}
