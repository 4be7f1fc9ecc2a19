//! The head of a vault's pages: its name, what it is, what can be done, and its tabs.

use std::sync::Arc;

use egui::{Align, Frame, Label, Layout, Margin, Panel, Popup, Rect, Stroke, Ui, UiBuilder, pos2, vec2};

use crate::{
    domain::{PurgeProtection, Target, Vault, soft_delete::Kind},
    ui::{
        action::Action,
        command::UiCommand,
        command_menu::command_item,
        commands::actions_for,
        icons::Icon,
        listing::VaultBin,
        objects,
        pages::access,
        route::{Route, Tab},
        scene::{Page, Scene},
        theme::{Font, Tokens, Tone, size, space},
        widgets::{self, Badge, Button, Chip, IconButton, menu_separator, popup_frame, tabs},
    },
};

/// Name, chips and tabs.
const HEIGHT: f32 = 119.0;

/// Below this width the chips have a line to themselves.
const NARROW: f32 = 760.0;

/// Draws it.
pub(in crate::ui) fn show(ui: &mut Ui, scene: &Scene<'_>, vault: &Arc<Vault>, page: &Page, actions: &mut Vec<Action>) {
    let tokens = Tokens::of(ui);
    let frame = Frame::new().fill(tokens.background).inner_margin(Margin { left: 20, right: 20, top: 14, bottom: 0 });
    let panel = Panel::top("head").exact_size(HEIGHT).frame(frame).resizable(false).show_separator_line(false);
    panel.show(ui, |ui| {
        let rect = ui.max_rect().expand2(vec2(space::XL, 0.0));
        ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, tokens.line));
        ui.spacing_mut().item_spacing.y = space::XS;
        // The buttons stand beside both lines, name and chips; where room is scarce, beside the name alone.
        let room = ui.max_rect();
        let down = if room.width() < NARROW { 0.0 } else { 14.0 };
        let beside = Rect::from_min_size(room.min + vec2(0.0, down), vec2(room.width(), size::BUTTON));
        let layout = Layout::right_to_left(Align::Center);
        let beside = UiBuilder::new().max_rect(beside).layout(layout);
        let drawn = ui.scope_builder(beside, |ui| {
            buttons(ui, scene, vault, page, actions);
            ui.min_rect().left()
        });
        let right = if room.width() < NARROW { room.right() } else { drawn.inner - space::L };
        let left = Rect::from_min_max(room.min, pos2(right, room.top() + 58.0));
        ui.scope_builder(UiBuilder::new().max_rect(left), |ui| {
            ui.horizontal(|ui| {
                ui.set_height(32.0);
                let width = drawn.inner - space::L - room.left() - 40.0;
                let name = Font::PageTitle.layout(ui, vault.name().as_str(), tokens.text, width);
                ui.add(Label::new(name));
                if ui.add(IconButton::new(Icon::COPY, "Copy vault URI").small()).clicked() {
                    actions.push(Action::CopyText(vault.name().uri()));
                }
            });
            ui.horizontal(|ui| chips(ui, vault));
        });
        let tabs = Rect::from_min_max(pos2(room.left(), room.bottom() - size::TABS), room.max);
        ui.scope_builder(UiBuilder::new().max_rect(tabs), |ui| show_tabs(ui, scene, vault, actions));
    });
}

/// From right to left.
fn buttons(ui: &mut Ui, scene: &Scene<'_>, vault: &Arc<Vault>, page: &Page, actions: &mut Vec<Action>) {
    let menu = ui.add(IconButton::new(Icon::ELLIPSIS, "More").framed());
    Popup::menu(&menu).frame(popup_frame(Tokens::of(ui))).width(250.0).show(|ui| {
        let own: &[UiCommand] = match scene.route.tab() {
            Some(Tab::Keys) => &[
                UiCommand::Rotate,
                UiCommand::RotationPolicy,
                UiCommand::SavePublic,
                UiCommand::ImportKey,
                UiCommand::RestoreKey,
            ],
            _ => &[UiCommand::NewVersion, UiCommand::Import, UiCommand::Restore],
        };
        for &command in own {
            command_item(ui, scene, page, command, actions);
        }
        menu_separator(ui);
        command_item(ui, scene, page, UiCommand::ProtectVault, actions);
        menu_separator(ui);
        command_item(ui, scene, page, UiCommand::DeleteVault, actions);
    });
    let target = Target::Vault(vault.name().clone());
    if scene.route.tab() == Some(Tab::Access) {
        let why = access::why_not_grant(scene, vault, page);
        if ui.add(Button::primary("Grant access").icon(Icon::PLUS).disabled_because(why)).clicked() {
            actions.push(access::grant(vault, page));
        }
        return;
    }
    let kind = scene.route.tab().and_then(objects::kind_on).unwrap_or(Kind::Secret);
    let (text, new, restore) = match kind {
        Kind::Key => ("New key", UiCommand::NewKey, UiCommand::RestoreKey),
        Kind::Secret | Kind::Vault => ("New secret", UiCommand::New, UiCommand::Restore),
    };
    let operations = objects::operations(kind);
    if scene.route.tab() != Some(Tab::Deleted) {
        let why = scene.why_not(operations.make, &target);
        let button = Button::primary(text).icon(Icon::PLUS).disabled_because(why).shortcut("Ctrl N");
        if ui.add(button).clicked() {
            actions.extend(actions_for(new, scene, page).unwrap_or_default());
        }
    }
    let why = scene.why_not(operations.restore, &target);
    if ui.add(Button::secondary("Restore").icon(Icon::UPLOAD).disabled_because(why)).clicked() {
        actions.extend(actions_for(restore, scene, page).unwrap_or_default());
    }
}

fn chips(ui: &mut Ui, vault: &Vault) {
    let head = &vault.head;
    let location = Chip::new(head.location.display()).icon(Icon::MAP_PIN);
    let tier = Chip::new(head.sku.title());
    let retention = Chip::new(format!("{}-day retention", head.retention.get())).icon(Icon::CLOCK);
    let protection = (head.purge_protection == PurgeProtection::On)
        .then(|| Badge::new(Tone::Ok, "Purge protection").icon(Icon::SHIELD_CHECK_FILLED));
    // Where room is scarce the tier goes first, then the place, which the region bar names as well.
    let gap = ui.spacing().item_spacing.x;
    let mut room = ui.available_width() - protection.as_ref().map_or(0.0, |badge| badge.width(ui) + gap);
    let [shows_retention, shows_location, shows_tier] = [&retention, &location, &tier].map(|chip| {
        room -= chip.width(ui) + gap;
        room + gap >= 0.0
    });
    let chips = [(location, shows_location), (tier, shows_tier), (retention, shows_retention)];
    for (chip, _) in chips.into_iter().filter(|(_, is_shown)| *is_shown) {
        ui.add(chip);
    }
    if let Some(badge) = protection {
        ui.add(badge);
    }
}

fn show_tabs(ui: &mut Ui, scene: &Scene<'_>, vault: &Arc<Vault>, actions: &mut Vec<Action>) {
    let tab = |place, name, count| widgets::Tab { place, name, count };
    let [secrets, keys] = objects::listed(scene, vault);
    let deleted = (secrets || keys).then(|| VaultBin::seen(vault, [secrets, keys]).count());
    let all = [
        tab(Tab::Overview, "Overview", None),
        tab(Tab::Secrets, "Secrets", secrets.then(|| vault.secrets.live_count())),
        tab(Tab::Keys, "Keys", keys.then(|| vault.keys.live_count())),
        tab(Tab::Deleted, "Deleted", deleted),
        tab(Tab::Access, "Access", Some(access::count(&scene.view.world, vault))),
    ];
    let open = scene.route.tab().unwrap_or_default();
    if let Some(chosen) = tabs(ui, &all, open) {
        actions.push(Action::Go(Route::Vault(vault.name().clone(), chosen)));
    }
}
