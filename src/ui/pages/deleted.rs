//! The recycle bin of a vault (G2): countdowns, Recover and Purge.

use std::sync::Arc;

use egui::Ui;

use super::bin::{self, Fit, Operations, Pressed, WhyNot};
use crate::{
    domain::{
        ObjectName, Operation, PurgeProtection, Target, Vault, VaultName,
        soft_delete::{Kind, SubscriptionProtection},
    },
    ui::{
        action::{Action, After},
        dialogs::purge::Purge,
        icons::Icon,
        listing::{BinListing, DeletedObject, VaultBin},
        objects,
        route::{Route, Tab},
        scene::{Page, Scene},
        theme::{Tone, size, space},
        why,
        widgets::{Banner, Button, EmptyState, Table, TableColumn, gap},
        words::counted,
    },
};

const fn operations(kind: Kind) -> Operations {
    let objects::Operations { recover, purge, .. } = objects::operations(kind);
    Operations { recover, purge }
}

/// Draws it.
pub(in crate::ui) fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    vault: &Arc<Vault>,
    page: &mut Page,
    actions: &mut Vec<Action>,
) {
    let fit = Fit::of(ui, size::RETENTION_BAR - 20.0);
    let seen = VaultBin::seen(vault, objects::listed(scene, vault));
    let is_empty = seen.count() == 0;
    let rows: Vec<_> = page.bin.rows(&seen).to_vec();
    ui.spacing_mut().item_spacing.y = 0.0;
    bin::inset(ui, |ui| {
        gap(ui, space::M);
        if !is_empty {
            let ticked: Vec<_> = page.bin.ticked_rows().into_iter().map(|row| (row.kind, row.name.clone())).collect();
            let target = |name: &ObjectName| Target::Object(vault.name().clone(), name.clone());
            let targets: Vec<_> = ticked.iter().map(|(kind, name)| (operations(*kind), target(name))).collect();
            let why_not = WhyNot::of_many(scene, &targets);
            let filter = (&mut page.bin.filter, page.focus_filter);
            match bin::toolbar(ui, "Filter deleted items", filter, ticked.len(), why_not, fit) {
                Some(Pressed::Recover) => {
                    let names = may(scene, |operations| operations.recover, vault.name(), ticked);
                    recover(vault.name(), names, actions);
                }
                Some(Pressed::Purge) => {
                    let names = may(scene, |operations| operations.purge, vault.name(), ticked);
                    actions.push(Action::Open(Box::new(Purge::objects(vault.name().clone(), names))));
                }
                None => {}
            }
            gap(ui, space::M);
        }
        banners(ui, scene, vault);
    });
    if is_empty {
        let days = vault.head.retention.get();
        let text = format!("Deleted secrets and keys stay here for {days} days and can be recovered until then.");
        let back = Button::secondary("Go to Secrets").icon(Icon::KEY);
        if EmptyState::new(Icon::TRASH, "Nothing is deleted", &text).button(back).show(ui) {
            actions.push(Action::Go(Route::Vault(vault.name().clone(), Tab::Secrets)));
        }
    } else if rows.is_empty() {
        let text = format!("No deleted item has “{}” in its name.", page.bin.filter.trim());
        let clear = Button::secondary("Clear filter");
        if EmptyState::new(Icon::FILTER, "Nothing found", &text).button(clear).show(ui) {
            page.bin.filter.clear();
        }
    } else {
        table(ui, scene, vault, &rows, &mut page.bin, fit, actions);
    }
}

fn table(
    ui: &mut Ui,
    scene: &Scene<'_>,
    vault: &Arc<Vault>,
    rows: &[DeletedObject],
    listing: &mut BinListing<VaultBin>,
    fit: Fit,
    actions: &mut Vec<Action>,
) {
    gap(ui, space::S);
    let mut columns = vec![TableColumn::exact("", 16.0), TableColumn::share("Name", 2.7)];
    if !fit.is_narrow {
        columns.push(TableColumn::exact("Kind", 56.0));
    }
    columns.extend([
        TableColumn::share("Deleted", 3.3),
        TableColumn::exact("Retention", fit.retention()),
        TableColumn::exact("", fit.buttons()).right(),
    ]);
    let head = ui.available_rect_before_wrap();
    let waits = !scene.view.world.region_state(vault.head.location, scene.now).is_healthy();
    ui.push_id(bin::table_id(vault.name().as_str()), |ui| {
        let focus = bin::row_to_focus(ui, rows.len());
        Table::new("Deleted items", &columns, rows.len()).focus(focus).show(ui, |row| {
            let deleted = &rows[row.index];
            let DeletedObject { kind, name, deletion } = deleted;
            bin::name_and_tick(row, listing, deleted);
            if !fit.is_narrow {
                row.text(kind.title());
            }
            bin::deleted(row, scene, deletion);
            bin::retention(row, scene, deletion, waits, fit);
            let target = Target::Object(vault.name().clone(), name.clone());
            match bin::buttons(row, name.as_str(), WhyNot::of_one(scene, operations(*kind), &target), fit) {
                Some(Pressed::Recover) => recover(vault.name(), vec![(*kind, name.clone())], actions),
                Some(Pressed::Purge) => {
                    let purge = Purge::objects(vault.name().clone(), vec![(*kind, name.clone())]);
                    actions.push(Action::Open(Box::new(purge)));
                }
                None => {}
            }
        });
    });
    bin::tick_all(ui, head, rows, &mut listing.ticked);
}

/// What stands above the table: what purging means here, and that the list may be old.
fn banners(ui: &mut Ui, scene: &Scene<'_>, vault: &Arc<Vault>) {
    ui.spacing_mut().item_spacing.y = space::S;
    let target = Target::Vault(vault.name().clone());
    let ends = "each item is removed for good when its retention ends.";
    let level = (vault.head.purge_protection, scene.view.world.protection);
    let (tone, icon, text) = match level {
        (PurgeProtection::On, _) => {
            let text = format!("Purge protection is on. Nothing here can be purged early; {ends}");
            (Tone::Ok, Icon::SHIELD_CHECK_FILLED, text)
        }
        (PurgeProtection::Off, SubscriptionProtection::Undeletable) => {
            let text = format!("The subscription is marked undeletable. Nothing here can be purged early; {ends}");
            (Tone::Ok, Icon::SHIELD_CHECK_FILLED, text)
        }
        (PurgeProtection::Off, SubscriptionProtection::None) => {
            let days = vault.head.retention.get();
            let text = format!(
                "Deleted items can be recovered for {days} days. Purging one earlier destroys it at once, for good."
            );
            (Tone::Neutral, Icon::INFO, text)
        }
    };
    Banner::new(tone).icon(icon).text(&text).ui(ui);
    let kinds = [Kind::Secret, Kind::Key].map(|kind| (kind, objects::operations(kind).list_deleted));
    for (kind, list) in kinds {
        if let Some(why) = scene.not_granted(list, &target) {
            let text = format!("Deleted {}s are not shown. {why}.", kind.noun());
            Banner::new(Tone::Neutral).icon(Icon::LOCK).text(&text).show(ui, |ui| why::link(ui, &why));
        }
    }
    let waiting = kinds.into_iter().filter(|(_, list)| scene.is_granted(*list, &target));
    if let Some(why) = waiting.into_iter().find_map(|(_, list)| scene.why_not(list, &target)) {
        let text = format!("This is the list as it was read last. {why}.");
        Banner::new(Tone::Warn).icon(Icon::TRIANGLE_ALERT).text(&text).ui(ui);
    }
}

/// Those of `names` to which the operation that `which` chooses can be done.
fn may(
    scene: &Scene<'_>,
    which: fn(Operations) -> Operation,
    vault: &VaultName,
    names: Vec<(Kind, ObjectName)>,
) -> Vec<(Kind, ObjectName)> {
    let is_admitted = |(kind, name): &(Kind, ObjectName)| {
        let target = Target::Object(vault.clone(), name.clone());
        scene.why_not(which(operations(*kind)), &target).is_none()
    };
    names.into_iter().filter(is_admitted).collect()
}

fn recover(vault: &VaultName, names: Vec<(Kind, ObjectName)>, actions: &mut Vec<Action>) {
    let count = names.len();
    let are_secrets = names.iter().all(|(kind, _)| *kind == Kind::Secret);
    for (place, (kind, name)) in names.into_iter().enumerate() {
        let after = match count {
            1 => After::say(format!("{name} recovered")),
            _ if place + 1 == count => {
                After::say(format!("{} recovered", counted(count, if are_secrets { "secret" } else { "item" })))
            }
            _ => After::default(),
        };
        actions.push(Action::Do(objects::recover(kind, vault.clone(), name), after));
    }
}
