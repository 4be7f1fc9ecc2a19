//! The sidebar: vaults, the bin for vaults, and as whom the person acts.

use std::sync::Arc;

use egui::{Margin, Popup, Response, ScrollArea, Sides, Stroke, ThemePreference, Ui, UiBuilder};

use crate::{
    domain::{Operation, PurgeProtection, Target, Vault},
    ui::{
        action::Action,
        command::UiCommand,
        commands::actions_for,
        grant_words,
        icons::Icon,
        objects,
        replication::is_out,
        route::{Route, Tab},
        scene::{Page, Scene},
        theme::{Tokens, size, space, text},
        widgets::{
            Button, IconButton, NavItem, PersonButton, menu_item, menu_separator, palette_button, person_item,
            popup_frame, section_label,
        },
    },
};

/// Person, lock, settings and theme at the bottom.
const FOOT: f32 = 98.0;

/// Draws it.
pub(in crate::ui) fn show(ui: &mut Ui, scene: &Scene<'_>, page: &Page, actions: &mut Vec<Action>) {
    let tokens = Tokens::of(ui);
    let edge = ui.max_rect();
    ui.painter().vline(edge.right() - 0.5, edge.y_range(), Stroke::new(1.0, tokens.line));
    let inside = Margin { left: 8, right: 9, top: 0, bottom: 0 };
    let (above, foot) = (edge - inside).split_top_bottom_at_y(edge.bottom() - FOOT);
    let above = above.with_min_y(above.top() + 12.0);
    ui.scope_builder(UiBuilder::new().max_rect(above), |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        Sides::new().height(32.0).show(
            ui,
            |ui| {
                ui.add_space(space::S);
                Icon::LOGO.show_sized(ui, 20.0, tokens.accent);
                ui.label(text::panel_title("Tresor"));
            },
            |ui| {
                let toggle = IconButton::new(Icon::PANEL_LEFT, "Hide the sidebar").selected(true).shortcut("Ctrl B");
                if ui.add(toggle).clicked() {
                    actions.push(Action::ToggleSidebar);
                }
            },
        );
        ui.add_space(space::S);
        ui.horizontal(|ui| {
            ui.add_space(space::XS);
            if palette_button(ui, size::SIDEBAR - 25.0).clicked() {
                actions.extend(actions_for(UiCommand::Palette, scene, page).unwrap_or_default());
            }
        });
        ui.add_space(space::L);
        vaults(ui, scene, page, actions);
    });
    let foot = foot.with_min_y(foot.top() + space::S);
    ui.scope_builder(UiBuilder::new().max_rect(foot), |ui| person(ui, scene, page, actions));
}

fn vaults(ui: &mut Ui, scene: &Scene<'_>, page: &Page, actions: &mut Vec<Action>) {
    if section_label(ui, "Vaults", Some((Icon::PLUS, "New vault"))) {
        match scene.why_not(Operation::VaultPut, &Target::Subscription) {
            None => actions.extend(actions_for(UiCommand::NewVault, scene, page).unwrap_or_default()),
            Some(why) => actions.push(Action::Toast(crate::ui::action::Toast::note(why))),
        }
    }
    ScrollArea::vertical().auto_shrink([false, true]).show(ui, |ui| {
        let known = scene.view.world.vaults.live().filter(|vault| scene.knows(vault.name()));
        for vault in known {
            ui.push_id(vault.name().folded(), |ui| {
                if ui.add(item(scene, vault)).clicked() {
                    let tab = scene.route.tab().unwrap_or(Tab::Secrets);
                    actions.push(Action::Go(Route::Vault(vault.name().clone(), tab)));
                }
            });
        }
        ui.add_space(space::XS);
        let is_open = *scene.route == Route::DeletedVaults;
        let mut deleted = NavItem::new(Icon::TRASH, "Deleted vaults").selected(is_open);
        if scene.is_granted(Operation::VaultListDeleted, &Target::Subscription) {
            deleted = deleted.count(scene.view.world.vaults.deleted_count());
        }
        if ui.add(deleted).clicked() {
            actions.push(Action::Go(Route::DeletedVaults));
        }
        ui.add_space(space::M);
        section_label(ui, "Store", None);
        let is_open = *scene.route == Route::Regions;
        let mut regions = NavItem::new(Icon::GLOBE, "Regions").selected(is_open);
        let homes = scene.view.regions.iter().filter(|view| !view.replicas.is_empty());
        let out = homes.filter(|view| is_out(&scene.view.world.region_state(view.region, scene.now))).count();
        if out > 0 {
            regions = regions.count(format!("{out} out"));
        }
        if ui.add(regions).clicked() {
            actions.push(Action::Go(Route::Regions));
        }
        let items = [
            (Icon::USERS, "Identities", Route::Identities),
            (Icon::ACTIVITY, "Activity", Route::Activity),
            (Icon::TAG, "Cost", Route::Cost),
        ];
        for (icon, name, route) in items {
            if ui.add(NavItem::new(icon, name).selected(*scene.route == route)).clicked() {
                actions.push(Action::Go(route));
            }
        }
    });
}

fn item<'a>(scene: &Scene<'_>, vault: &'a Arc<Vault>) -> NavItem<'a> {
    let is_open = scene.route.vault() == Some(vault.name());
    let icon = if is_open { Icon::VAULT_FILLED } else { Icon::VAULT };
    let [secrets, keys] = objects::listed(scene, vault);
    let counts = [(secrets, vault.secrets.live_count()), (keys, vault.keys.live_count())];
    let mut item = NavItem::new(icon, vault.name().as_str()).selected(is_open);
    if secrets || keys {
        item = item.count(counts.iter().filter(|(is_seen, _)| *is_seen).map(|(_, count)| count).sum::<usize>());
    }
    match vault.head.purge_protection {
        PurgeProtection::On => item.trailing(Icon::SHIELD_CHECK, "Purge protection is on"),
        PurgeProtection::Off => item,
    }
}

fn person(ui: &mut Ui, scene: &Scene<'_>, page: &Page, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.y = 0.0;
    let may = if scene.can_purge() { "can purge" } else { "may not purge" };
    let switch = ui.add(PersonButton::new(&scene.caller.name, may)).on_hover_text("Act as somebody else");
    people(&switch, scene, actions);
    ui.add_space(space::XS);
    let is_dark = ui.visuals().dark_mode;
    let (locks, chosen) = Sides::new().height(32.0).show(
        ui,
        |ui| {
            // The longer words have no room for a picture beside the settings.
            let button = if scene.is_demo() {
                Button::ghost("Leave the demo…")
            } else {
                Button::ghost("Lock").icon(Icon::LOCK)
            };
            ui.add(button.shortcut("Ctrl L")).clicked()
        },
        |ui| {
            let (icon, name, theme) = if is_dark {
                (Icon::SUN, "Light theme", ThemePreference::Light)
            } else {
                (Icon::MOON, "Dark theme", ThemePreference::Dark)
            };
            let theme = ui.add(IconButton::new(icon, name)).clicked().then_some(theme);
            ui.add_space(space::XS);
            let settings = ui.add(IconButton::new(Icon::SETTINGS, "Settings").shortcut("Ctrl ,")).clicked();
            (theme, settings)
        },
    );
    if locks {
        actions.push(Action::Lock);
    }
    if let Some(theme) = chosen.0 {
        actions.push(Action::SetTheme(theme));
    }
    if chosen.1 {
        actions.extend(actions_for(UiCommand::Settings, scene, page).unwrap_or_default());
    }
}

/// Everybody as whom one can act.
fn people(switch: &Response, scene: &Scene<'_>, actions: &mut Vec<Action>) {
    Popup::menu(switch).frame(popup_frame(Tokens::of_ctx(&switch.ctx))).width(248.0).show(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let all = scene.view.world.directory.all();
        ScrollArea::vertical().max_height(336.0).show(ui, |ui| {
            for identity in all.iter().filter(|identity| identity.can_act()) {
                let is_current = scene.caller.id == Some(identity.id);
                let note = grant_words::note(scene, identity);
                if person_item(ui, identity.name.as_str(), &note, is_current).clicked() {
                    if !is_current {
                        actions.push(Action::ActAs(identity.id));
                    }
                    ui.close();
                }
            }
        });
        menu_separator(ui);
        if menu_item(ui, Some(Icon::USERS), "Manage identities…", None, &Ok::<_, String>(())).clicked() {
            actions.push(Action::Go(Route::Identities));
        }
    });
}
