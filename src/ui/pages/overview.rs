//! A vault at a glance: counts, what ends when, what it is, and what happened lately.

use std::sync::Arc;

use egui::{CentralPanel, Frame, Margin, ScrollArea, Sides, Ui, vec2};

use crate::{
    domain::{
        Operation, PurgeProtection, Timestamp, Vault,
        activity::{Outcome, Record},
        region_table::Pairing,
        secret::Standing,
    },
    ui::{
        action::Action,
        icons::Icon,
        route::{Route, Tab},
        scene::Scene,
        theme::{Font, Tokens, Tone, space, text},
        widgets::{Card, KeyValue, StatCard, Timeline, TimelineMark, key_value_mono},
        words,
    },
};

/// The timeline reaches this far.
const HORIZON_DAYS: i64 = 90;
/// So many records are shown.
const LATELY: usize = 8;
/// Below this width the properties stand under the timeline, and cards say less.
const NARROW: f32 = 760.0;
/// Height of the upper cards, so that they end together.
const CARD_HEIGHT: f32 = 222.0;

/// Draws it.
pub(in crate::ui) fn show(ui: &mut Ui, scene: &Scene<'_>, vault: &Arc<Vault>, actions: &mut Vec<Action>) {
    let frame = Frame::new().fill(Tokens::of(ui).background);
    CentralPanel::no_frame().frame(frame).show(ui, |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            Frame::new().inner_margin(Margin::symmetric(20, 20)).show(ui, |ui| {
                ui.spacing_mut().item_spacing = vec2(space::M, space::L);
                counts(ui, scene, vault, actions);
                if ui.available_width() < NARROW {
                    ends(ui, scene, vault);
                    properties(ui, scene, vault);
                } else {
                    let width = ui.available_width() - space::M;
                    ui.horizontal_top(|ui| {
                        column(ui, width * 0.56, |ui| ends(ui, scene, vault));
                        column(ui, width * 0.44, |ui| properties(ui, scene, vault));
                    });
                }
                lately(ui, scene, vault);
            });
        });
    });
}

fn column(ui: &mut Ui, width: f32, content: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(vec2(width, 0.0), egui::Layout::top_down(egui::Align::Min), |ui| {
        ui.set_width(width);
        content(ui);
    });
}

fn counts(ui: &mut Ui, scene: &Scene<'_>, vault: &Arc<Vault>, actions: &mut Vec<Action>) {
    let (mut soon, mut disabled) = (0, 0);
    for secret in vault.secrets.live() {
        match secret.current().standing(scene.now) {
            Standing::ExpiresSoon { .. } => soon += 1,
            Standing::Disabled => disabled += 1,
            Standing::Enabled | Standing::NotYetActive { .. } | Standing::Expired { .. } => {}
        }
    }
    let noun = |count: usize, one: &'static str, many: &'static str| if count == 1 { one } else { many };
    let (live, deleted) = (vault.secrets.live_count(), vault.secrets.deleted_count());
    let cards = [
        (live, noun(live, "secret", "secrets"), None, Tab::Secrets),
        (
            soon,
            if ui.available_width() < NARROW {
                noun(soon, "expires soon", "expire soon")
            } else {
                noun(soon, "expires within 14 days", "expire within 14 days")
            },
            (soon > 0).then_some(Tone::Warn),
            Tab::Secrets,
        ),
        (disabled, "disabled", None, Tab::Secrets),
        (deleted, "in the bin", None, Tab::Deleted),
    ];
    ui.columns(cards.len(), |columns| {
        for (ui, (count, what, tone, tab)) in columns.iter_mut().zip(cards) {
            let number = words::grouped(count);
            let mut card = StatCard::new(&number, what);
            if let Some(tone) = tone {
                card = card.tone(tone);
            }
            if ui.add(card).clicked() {
                actions.push(Action::Go(Route::Vault(vault.name().clone(), tab)));
            }
        }
    });
}

fn ends(ui: &mut Ui, scene: &Scene<'_>, vault: &Vault) {
    let tokens = Tokens::of(ui);
    Card::new().show(ui, |ui| {
        ui.set_min_height(CARD_HEIGHT);
        ui.spacing_mut().item_spacing.y = space::XS;
        ui.label(text::strong("What ends when"));
        ui.label(text::body(format!("Next {HORIZON_DAYS} days: expiry and automatic removal")).color(tokens.faint));
        let end = scene.now.plus_days(HORIZON_DAYS);
        let is_shown = |at: Timestamp| scene.now <= at && at <= end;
        let mark = |at: Timestamp, name: &str, tone| TimelineMark { at: scene.zone.wall(at), name: name.into(), tone };
        let expiring = vault.secrets.live().filter_map(|secret| {
            let tone = match secret.current().standing(scene.now) {
                Standing::ExpiresSoon { .. } => Tone::Warn,
                _ => Tone::Accent,
            };
            let at = secret.current().validity.expires().filter(|at| is_shown(*at))?;
            Some(mark(at, secret.name().as_str(), tone))
        });
        let removed = vault.secrets.deleted().filter(|deleted| is_shown(deleted.deletion.scheduled_purge));
        let removed =
            removed.map(|deleted| mark(deleted.deletion.scheduled_purge, deleted.item.name().as_str(), Tone::Danger));
        // More than this no line of time can name.
        let marks: Vec<_> = expiring.chain(removed).take(200).collect();
        let legend = [(Tone::Accent, "expires"), (Tone::Warn, "expires soon"), (Tone::Danger, "removed from the bin")];
        let (from, to) = (scene.zone.wall(scene.now), scene.zone.wall(end));
        ui.add(Timeline { from, to, marks: &marks, legend: &legend });
    });
}

fn properties(ui: &mut Ui, scene: &Scene<'_>, vault: &Vault) {
    let tokens = Tokens::of(ui);
    let head = &vault.head;
    let region = head.location.region();
    let aside = |text_: &str| text::body(text_).color(tokens.dim);
    Card::new().show(ui, |ui| {
        ui.set_min_height(CARD_HEIGHT);
        ui.spacing_mut().item_spacing.y = space::S - 2.0;
        ui.label(text::strong("Properties"));
        key_value_mono(ui, "Vault URI", &head.name.uri());
        KeyValue::new("Location").show(ui, |ui| {
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing.x = space::XS;
                ui.label(text::body(region.display.to_string()));
                match &region.pair {
                    Pairing::Replicated { with } => ui.label(aside(&format!("paired with {}", with.display()))),
                    Pairing::None => ui.label(aside("has no pair")),
                    Pairing::NotReplicated { .. } => ui.label(aside("not replicated to another region")),
                };
            });
        });
        let pair = |ui: &mut Ui, name: &str, value: String, beside: &str| {
            KeyValue::new(name).show(ui, |ui| {
                ui.horizontal_wrapped(|ui| {
                    ui.spacing_mut().item_spacing.x = space::XS;
                    ui.label(text::body(value));
                    ui.label(aside(beside));
                });
            });
        };
        pair(ui, "Pricing tier", head.sku.title().to_owned(), "");
        pair(ui, "Soft delete", format!("On, {} days", head.retention.get()), "(fixed at creation)");
        match head.purge_protection {
            PurgeProtection::On => pair(ui, "Protection", "On".to_owned(), "(cannot be switched off)"),
            PurgeProtection::Off => pair(ui, "Protection", "Off".to_owned(), "(whoever may purge, can)"),
        }
        let by = format!("{} by {}", scene.zone.date(head.created), head.created_by);
        pair(ui, "Created", by, "");
        let level = head.recovery_level(scene.view.world.protection);
        pair(ui, "Recovery level", level.text().to_owned(), "");
    });
}

fn lately(ui: &mut Ui, scene: &Scene<'_>, vault: &Vault) {
    let tokens = Tokens::of(ui);
    Card::new().show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = space::XS;
        ui.label(text::strong("Lately"));
        let is_here = |record: &&Arc<Record>| record.vault.as_ref() == Some(vault.name());
        // Lists are looked at all the time; what was done is worth telling.
        let is_telling =
            |record: &&Arc<Record>| !matches!(record.operation, Operation::SecretList | Operation::SecretListDeleted);
        let records: Vec<_> =
            scene.view.activity.iter().rev().filter(is_here).filter(is_telling).take(LATELY).collect();
        if records.is_empty() {
            ui.label(text::body("Nothing has happened here yet").color(tokens.dim));
        }
        for record in records {
            Sides::new().height(30.0).shrink_left().truncate().show(
                ui,
                |ui| line(ui, record),
                |ui| {
                    let when = ui.label(text::body(words::ago(scene.now, record.at)).color(tokens.faint));
                    when.on_hover_text(scene.zone.date_and_time(record.at));
                },
            );
        }
    });
}

fn line(ui: &mut Ui, record: &Record) {
    let tokens = Tokens::of(ui);
    let (icon, verb) = told(record.operation);
    let was_done = record.outcome == Outcome::Done;
    icon.show(ui, if was_done { tokens.dim } else { tokens.danger });
    ui.add_space(space::XS);
    ui.spacing_mut().item_spacing.x = space::XS;
    let did = if was_done { verb.to_owned() } else { format!("was refused: {verb}") };
    ui.label(text::body(format!("{} {did}", record.caller)));
    let what = record.object.as_ref().map_or("the vault", |name| name.as_str());
    ui.label(Font::Strong.text(what));
}

/// An operation in the past tense.
const fn told(operation: Operation) -> (Icon, &'static str) {
    match operation {
        Operation::VaultPut => (Icon::PLUS, "made"),
        Operation::VaultPatch => (Icon::SHIELD_CHECK, "changed"),
        Operation::VaultGet | Operation::VaultList | Operation::VaultGetDeleted | Operation::VaultListDeleted => {
            (Icon::VAULT, "looked at")
        }
        Operation::VaultDelete | Operation::SecretDelete => (Icon::TRASH, "deleted"),
        Operation::VaultRecover | Operation::SecretRecover => (Icon::RECOVER, "recovered"),
        Operation::VaultPurge | Operation::SecretPurge => (Icon::FLAME, "purged"),
        Operation::SecretSet => (Icon::KEY, "set"),
        Operation::SecretGet => (Icon::COPY, "read"),
        Operation::SecretUpdate | Operation::SubscriptionPatch => (Icon::PENCIL, "changed"),
        Operation::SecretList
        | Operation::SecretListVersions
        | Operation::SecretGetDeleted
        | Operation::SecretListDeleted => (Icon::LIST, "listed"),
        Operation::SecretBackup => (Icon::DOWNLOAD, "backed up"),
        Operation::SecretRestore => (Icon::UPLOAD, "restored"),
        Operation::RegionOutage | Operation::RegionReturn => (Icon::ZAP, "simulated"),
        Operation::ClockAdvance | Operation::ClockReset => (Icon::HISTORY, "moved the clock of"),
    }
}
