//! The bin for vaults (S11, S12, S17, S19).

use std::sync::Arc;

use egui::{Role, Sense, Ui, WidgetInfo};

use super::bin::{self, Fit, Operations, Pressed, WhyNot};
use crate::{
    domain::{Deleted, Operation, PurgeProtection, Shelf, Target, Vault, VaultName},
    service::Command,
    ui::{
        action::{Action, After},
        command::UiCommand,
        dialogs::purge::Purge,
        grant_words,
        icons::Icon,
        listing::BinListing,
        scene::{Page, Scene},
        theme::{Font, Tokens, Tone, size, space},
        widgets::{Banner, Button, EmptyState, Table, TableColumn, gap, hairline, rich_label},
        words,
    },
};

const OPERATIONS: Operations = Operations { recover: Operation::VaultRecover, purge: Operation::VaultPurge };

/// Draws it.
pub(in crate::ui) fn show(ui: &mut Ui, scene: &Scene<'_>, page: &mut Page, actions: &mut Vec<Action>) {
    let fit = Fit::of(ui, 48.0);
    let vaults = &scene.view.world.vaults;
    let is_empty = vaults.deleted_count() == 0;
    let rows: Vec<_> = page.deleted_vaults.rows(vaults).to_vec();
    ui.spacing_mut().item_spacing.y = 0.0;
    bin::inset(ui, |ui| {
        gap(ui, 14.0);
        let t = Tokens::of(ui);
        ui.label(Font::PageTitle.text("Deleted vaults").color(t.text));
        gap(ui, space::XS);
        let text = "A deleted vault keeps its name, its address and everything in it until its retention ends.";
        rich_label(ui, Font::Body.text(text).color(t.dim));
        gap(ui, space::M);
    });
    hairline(ui);
    if let Some(why) = scene.not_granted(Operation::VaultListDeleted, &Target::Subscription) {
        super::refused::instead(ui, "Deleted vaults are not shown", &why);
        return;
    }
    if is_empty {
        let text = "Deleted vaults stay here for the retention they were made with, and can be recovered until then.";
        let back = Button::secondary("Go to Secrets").icon(Icon::KEY);
        if EmptyState::new(Icon::TRASH, "Nothing is deleted", text).button(back).show(ui) {
            actions.push(Action::Run(UiCommand::ShowSecrets));
        }
        return;
    }
    bin::inset(ui, |ui| {
        gap(ui, space::M);
        let listing = &mut page.deleted_vaults;
        let ticked: Vec<_> = listing.ticked_rows().into_iter().map(|row| row.item.name().clone()).collect();
        let targets: Vec<_> = ticked.iter().cloned().map(|name| (OPERATIONS, Target::Vault(name))).collect();
        let why_not = WhyNot::of_many(scene, &targets);
        match bin::toolbar(
            ui,
            "Filter deleted vaults",
            (&mut listing.filter, page.focus_filter),
            ticked.len(),
            why_not,
            fit,
        ) {
            Some(Pressed::Recover) => recover(scene, may(scene, OPERATIONS.recover, ticked), actions),
            Some(Pressed::Purge) => {
                let names = may(scene, OPERATIONS.purge, ticked);
                actions.push(Action::Open(Box::new(Purge::vaults(names))));
            }
            None => {}
        }
        gap(ui, space::M);
        banners(ui, scene);
    });
    if rows.is_empty() {
        let text = format!("No deleted vault has “{}” in its name.", page.deleted_vaults.filter.trim());
        let clear = Button::secondary("Clear filter");
        if EmptyState::new(Icon::FILTER, "Nothing found", &text).button(clear).show(ui) {
            page.deleted_vaults.filter.clear();
        }
    } else {
        table(ui, scene, &rows, &mut page.deleted_vaults, fit, actions);
    }
}

fn table(
    ui: &mut Ui,
    scene: &Scene<'_>,
    rows: &[Arc<Deleted<Vault>>],
    listing: &mut BinListing<Shelf<Vault>>,
    fit: Fit,
    actions: &mut Vec<Action>,
) {
    gap(ui, space::S);
    let mut columns = vec![TableColumn::exact("", 16.0), TableColumn::share("Name", 2.7), TableColumn::exact("", 16.0)];
    if !fit.is_narrow {
        columns.push(TableColumn::share("Region", 2.7));
    }
    columns.extend([
        TableColumn::exact("Holds", 76.0),
        TableColumn::share("Deleted", 4.0),
        TableColumn::exact("Retention", fit.retention()),
        TableColumn::exact("", fit.buttons()).right(),
    ]);
    let head = ui.available_rect_before_wrap();
    ui.push_id(bin::table_id(""), |ui| {
        let focus = bin::row_to_focus(ui, rows.len());
        Table::new("Deleted vaults", &columns, rows.len()).focus(focus).show(ui, |row| {
            let Deleted { item: vault, deletion } = &*rows[row.index];
            let name = vault.name();
            bin::name_and_tick(row, listing, &rows[row.index]);
            let region = vault.head.location;
            row.cell(|ui| protection(ui, vault));
            if !fit.is_narrow {
                row.text(region.display());
            }
            let secrets = vault.secrets.live_count() + vault.secrets.deleted_count();
            let keys = vault.keys.live_count() + vault.keys.deleted_count();
            let noun = if keys == 0 { "secret" } else { "item" };
            row.cell(|ui| {
                let text = Font::Body.text(words::counted(secrets + keys, noun)).color(Tokens::of(ui).dim);
                let lost = grant_words::lost_with(&scene.view.world, vault);
                ui.label(text).on_hover_text(format!("It holds {}. {lost}", words::holds(vault)));
            });
            bin::deleted(row, scene, deletion);
            let waits = !scene.view.world.region_state(region, scene.now).is_healthy();
            bin::retention(row, scene, deletion, waits, fit);
            let target = Target::Vault(name.clone());
            match bin::buttons(row, name.as_str(), WhyNot::of_one(scene, OPERATIONS, &target), fit) {
                Some(Pressed::Recover) => recover(scene, vec![name.clone()], actions),
                Some(Pressed::Purge) => actions.push(Action::Open(Box::new(Purge::vaults(vec![name.clone()])))),
                None => {}
            }
        });
    });
    bin::tick_all(ui, head, rows, &mut listing.ticked);
}

/// The mark of a vault that nobody purges early, as in the sidebar.
fn protection(ui: &mut Ui, vault: &Vault) {
    if vault.head.purge_protection == PurgeProtection::On {
        let (rect, response) = ui.allocate_exact_size(egui::Vec2::splat(size::ICON), Sense::HOVER);
        Icon::SHIELD_CHECK.paint_centred(ui, rect.center(), size::ICON, Tokens::of(ui).ok);
        let text = "Purge protection is on";
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
        response.on_hover_text(text);
    }
}

/// What stands above the table: what does not come back, and what was not read anew.
fn banners(ui: &mut Ui, scene: &Scene<'_>) {
    ui.spacing_mut().item_spacing.y = space::S;
    let world = &scene.view.world;
    let mut text = grant_words::lost_with_a_vault();
    for deleted in world.vaults.deleted().filter(|deleted| !deleted.item.access.lost.is_empty()) {
        let lost: Vec<_> = deleted.item.access.lost.iter().map(|given| grant_words::assignment(world, given)).collect();
        text = format!("{text}\n{} lost {}.", deleted.item.name(), lost.join("; "));
    }
    Banner::new(Tone::Neutral).icon(Icon::INFO).text(&text).ui(ui);
    // One region that does not answer is told once, for all its vaults.
    let asked = world.vaults.deleted().map(|deleted| Target::Region(deleted.item.head.location));
    let mut reasons: Vec<_> = asked.filter_map(|region| scene.why_not(Operation::VaultListDeleted, &region)).collect();
    reasons.sort_unstable();
    reasons.dedup();
    if !reasons.is_empty() {
        let text = format!("This is the list as it was read last. {}.", reasons.join(". "));
        Banner::new(Tone::Warn).icon(Icon::TRIANGLE_ALERT).text(&text).ui(ui);
    }
}

/// Those of `names` to which `operation` can be done.
fn may(scene: &Scene<'_>, operation: Operation, names: Vec<VaultName>) -> Vec<VaultName> {
    names.into_iter().filter(|name| scene.why_not(operation, &Target::Vault(name.clone())).is_none()).collect()
}

fn recover(scene: &Scene<'_>, names: Vec<VaultName>, actions: &mut Vec<Action>) {
    for name in names {
        let after = After { toast: Some(grant_words::vault_recovered(&scene.view.world, &name)), ..After::default() };
        actions.push(Action::Do(Command::RecoverVault(name), after));
    }
}
