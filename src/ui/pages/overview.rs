//! A vault at a glance: counts, what ends when, what it is, and what happened lately.

use std::sync::Arc;

use egui::{CentralPanel, Frame, Id, Label, Margin, ScrollArea, Sides, Ui, vec2};

use crate::{
    domain::{
        Operation, PurgeProtection, Target, Timestamp, Vault,
        activity::{Outcome, Record},
        region_table::Pairing,
        secret::Standing,
    },
    ui::{
        action::Action,
        icons::Icon,
        listing::{Bin as _, VaultBin},
        objects,
        route::{Route, Tab},
        scene::Scene,
        theme::{Font, Tokens, Tone, space, text},
        why,
        widgets::{Card, KeyValue, StatCard, Timeline, TimelineMark},
        words,
    },
};

/// The timeline reaches this far.
const HORIZON_DAYS: i64 = 90;
/// So many records are shown.
const LATELY: usize = 8;
/// Below this width the properties stand under the timeline.
const NARROW: f32 = 760.0;
/// Width of the names of properties.
const NAMES: f32 = 132.0;

/// Draws it.
pub(in crate::ui) fn show(ui: &mut Ui, scene: &Scene<'_>, vault: &Arc<Vault>, actions: &mut Vec<Action>) {
    let frame = Frame::new().fill(Tokens::of(ui).background);
    CentralPanel::no_frame().frame(frame).show(ui, |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            Frame::new().inner_margin(Margin::symmetric(20, 20)).show(ui, |ui| {
                ui.spacing_mut().item_spacing = vec2(space::M, space::L);
                counts(ui, scene, vault, actions);
                if ui.available_width() < NARROW {
                    Card::new().show(ui, |ui| ends(ui, scene, vault));
                    Card::new().show(ui, |ui| properties(ui, scene, vault));
                } else {
                    let width = ui.available_width() - space::M;
                    ui.horizontal_top(|ui| {
                        let pair = Id::unique(("overview", vault.name().folded()));
                        column(ui, width * 0.56, |ui| even_card(ui, pair, 0, |ui| ends(ui, scene, vault)));
                        column(ui, width * 0.44, |ui| even_card(ui, pair, 1, |ui| properties(ui, scene, vault)));
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

/// One of two cards that end at the same height: that of the taller one's content.
fn even_card(ui: &mut Ui, pair: Id, place: usize, content: impl FnOnce(&mut Ui)) {
    let heights = ui.data(|data| data.get_temp::<[f32; 2]>(pair)).unwrap_or_default();
    Card::new().show(ui, |ui| {
        content(ui);
        let height = ui.min_rect().height();
        ui.add_space((heights[1 - place] - height).max(0.0));
        if (height - heights[place]).abs() > 0.5 {
            let mut found = heights;
            found[place] = height;
            ui.data_mut(|data| data.insert_temp(pair, found));
            ui.ctx().request_discard("the cards of the overview found their height");
        }
    });
}

fn counts(ui: &mut Ui, scene: &Scene<'_>, vault: &Arc<Vault>, actions: &mut Vec<Action>) {
    let (mut soon, mut disabled) = (0, 0);
    let [sees_secrets, sees_keys] = objects::listed(scene, vault);
    let secrets = vault.secrets.live().filter(|_| sees_secrets).map(|secret| secret.current().standing(scene.now));
    let keys = vault.keys.live().filter(|_| sees_keys).map(|key| key.current().standing(scene.now));
    for standing in secrets.chain(keys) {
        match standing {
            Standing::ExpiresSoon { .. } => soon += 1,
            Standing::Disabled => disabled += 1,
            Standing::Enabled | Standing::NotYetActive { .. } | Standing::Expired { .. } => {}
        }
    }
    let is_narrow = ui.available_width() < NARROW;
    let noun = |count: usize, one: &'static str, many: &'static str| if count == 1 { one } else { many };
    let (live, keys) = (vault.secrets.live_count(), vault.keys.live_count());
    let deleted = VaultBin::seen(vault, [sees_secrets, sees_keys]).count();
    let sees_any = sees_secrets || sees_keys;
    let cards = [
        (sees_secrets.then_some(live), noun(live, "secret", "secrets"), None, Tab::Secrets),
        (sees_keys.then_some(keys), noun(keys, "key", "keys"), None, Tab::Keys),
        (
            sees_any.then_some(soon),
            if is_narrow { "expiring soon" } else { noun(soon, "expires within 14 days", "expire within 14 days") },
            (soon > 0).then_some(Tone::Warn),
            Tab::Secrets,
        ),
        (sees_any.then_some(disabled), "disabled", None, Tab::Secrets),
        (sees_any.then_some(deleted), "in the bin", None, Tab::Deleted),
    ];
    ui.columns(cards.len(), |columns| {
        for (ui, (count, what, tone, tab)) in columns.iter_mut().zip(cards) {
            // What may not be listed is not counted either.
            let number = count.map_or_else(|| "\u{2014}".to_owned(), words::grouped);
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
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.label(text::strong("What ends when"));
    ui.label(
        text::body(format!("Next {HORIZON_DAYS} days: rotation, expiry and automatic removal")).color(tokens.faint),
    );
    let end = scene.now.plus_days(HORIZON_DAYS);
    let is_shown = |at: Timestamp| scene.now <= at && at <= end;
    let mark = |at: Timestamp, name: &str, tone| TimelineMark { at: scene.zone.wall(at), name: name.into(), tone };
    let [sees_secrets, sees_keys] = objects::listed(scene, vault);
    let expiring = vault.secrets.live().filter(|_| sees_secrets).filter_map(|secret| {
        let tone = match secret.current().standing(scene.now) {
            Standing::ExpiresSoon { .. } => Tone::Warn,
            _ => Tone::Accent,
        };
        let at = secret.current().validity.expires().filter(|at| is_shown(*at))?;
        Some(mark(at, secret.name().as_str(), tone))
    });
    let keys = vault.keys.live().filter(|_| sees_keys).flat_map(|key| {
        let tone = match key.current().standing(scene.now) {
            Standing::ExpiresSoon { .. } => Tone::Warn,
            _ => Tone::Accent,
        };
        let expires = key.current().validity.expires().map(|at| (at, tone));
        let rotates = key.next_rotation().map(|at| (at, Tone::Ok));
        let shown = expires.into_iter().chain(rotates).filter(|(at, _)| is_shown(*at));
        shown.map(|(at, tone)| mark(at, key.name().as_str(), tone))
    });
    let deleted = VaultBin::seen(vault, [sees_secrets, sees_keys]).deleted();
    let removed = deleted.iter().map(|deleted| (deleted.deletion.scheduled_purge, deleted.name.as_str()));
    let removed = removed.filter(|(at, _)| is_shown(*at)).map(|(at, name)| mark(at, name, Tone::Danger));
    // More than this no line of time can name.
    let marks: Vec<_> = expiring.chain(keys).chain(removed).take(200).collect();
    let legend = [
        (Tone::Ok, "rotates"),
        (Tone::Accent, "expires"),
        (Tone::Warn, "expires soon"),
        (Tone::Danger, "removed from the bin"),
    ];
    let (from, to) = (scene.zone.wall(scene.now), scene.zone.wall(end));
    ui.add_space(space::S);
    ui.add(Timeline { from, to, marks: &marks, legend: &legend });
}

fn properties(ui: &mut Ui, scene: &Scene<'_>, vault: &Vault) {
    let head = &vault.head;
    let region = head.location.region();
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.label(text::strong("Properties"));
    property(ui, "Vault URI", Font::Mono, &head.name.uri(), "");
    match &region.pair {
        Pairing::Replicated { with } => {
            property(ui, "Location", Font::Body, region.display, &format!("paired with {}", with.display()));
        }
        Pairing::None => property(ui, "Location", Font::Body, region.display, "has no pair"),
        Pairing::NotReplicated { .. } => {
            property(ui, "Location", Font::Body, region.display, "not replicated to another region");
        }
    }
    property(ui, "Pricing tier", Font::Body, head.sku.title(), "");
    let kept = format!("On, {} days", head.retention.get());
    property(ui, "Soft delete", Font::Body, &kept, "(fixed at creation)");
    match head.purge_protection {
        PurgeProtection::On => property(ui, "Purge protection", Font::Body, "On", "(cannot be switched off)"),
        PurgeProtection::Off => property(ui, "Purge protection", Font::Body, "Off", "(whoever may purge, can)"),
    }
    let level = head.recovery_level(scene.view.world.protection);
    property(ui, "Recovery level", Font::Body, level.text(), "");
    let created = format!("{} by {}", scene.zone.date(head.created), head.created_by);
    property(ui, "Created", Font::Body, &created, "");
}

/// A line: what it is called, what it is, and a word on that, under it where it does not fit beside it.
fn property(ui: &mut Ui, name: &str, font: Font, value: &str, aside: &str) {
    let tokens = Tokens::of(ui);
    let value = font.layout(ui, value, tokens.text, f32::INFINITY);
    let aside = Font::Body.layout(ui, aside, tokens.dim, f32::INFINITY);
    let is_beside = NAMES + value.size().x + space::XS + aside.size().x <= ui.available_width();
    let show_aside = |ui: &mut Ui| ui.add(Label::new(text::body(aside.text()).color(tokens.dim)).truncate());
    KeyValue::new(name).column(NAMES).show(ui, |ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        ui.add(Label::new(font.text(value.text()).color(tokens.text)).truncate().selectable(true));
        if is_beside && !aside.is_empty() {
            show_aside(ui);
        }
    });
    if !is_beside && !aside.is_empty() {
        ui.horizontal(|ui| {
            ui.add_space(NAMES);
            show_aside(ui);
        });
    }
}

fn lately(ui: &mut Ui, scene: &Scene<'_>, vault: &Vault) {
    let tokens = Tokens::of(ui);
    Card::new().show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = space::XS;
        ui.label(text::strong("Lately"));
        if let Some(why) = scene.not_granted(Operation::ActivityRead, &Target::Subscription) {
            ui.add(Label::new(text::body(format!("{why}.")).color(tokens.dim)).wrap());
            why::link(ui, &why);
            return;
        }
        let is_here = |record: &&Arc<Record>| record.vault.as_ref() == Some(vault.name());
        // Lists are looked at all the time; what was done is worth telling.
        let is_list = |operation| {
            use Operation::{KeyList, KeyListDeleted, SecretList, SecretListDeleted};
            matches!(operation, SecretList | SecretListDeleted | KeyList | KeyListDeleted)
        };
        // Whoever may list nothing learns no names from what others did.
        let sees = objects::listed(scene, vault).contains(&true);
        let is_telling = |record: &&Arc<Record>| !is_list(record.operation) && (sees || record.object.is_none());
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
                    let when = ui.label(text::body(words::ago(scene.now, record.at)).color(tokens.dim));
                    if ui.is_rect_visible(when.rect) {
                        ui.ctx().request_repaint_after(words::until_ago_changes(scene.now, record.at));
                    }
                    when.on_hover_text(words::exact(scene.zone, record.at));
                },
            );
        }
    });
}

fn line(ui: &mut Ui, record: &Record) {
    let tokens = Tokens::of(ui);
    let (icon, done, to_do) = told(record.operation);
    let was_done = record.outcome == Outcome::Done;
    icon.show(ui, if was_done { tokens.dim } else { tokens.danger });
    ui.spacing_mut().item_spacing.x = space::XS;
    ui.add_space(space::XS);
    let verb = if was_done { done.to_owned() } else { format!("tried to {to_do}") };
    ui.label(text::body(format!("{} {verb}", record.caller)));
    let what = record.object.as_ref().map_or("the vault", |name| name.as_str());
    ui.label(Font::Strong.text(what));
    if !was_done {
        ui.label(text::body("and was refused"));
    }
}

/// An operation in the past tense, and as what somebody tries.
const fn told(operation: Operation) -> (Icon, &'static str, &'static str) {
    match operation {
        Operation::VaultPut | Operation::KeyCreate => (Icon::PLUS, "made", "make"),
        Operation::VaultPatch => (Icon::SHIELD_CHECK, "changed", "change"),
        Operation::VaultGet | Operation::VaultList | Operation::VaultGetDeleted | Operation::VaultListDeleted => {
            (Icon::VAULT, "looked at", "look at")
        }
        Operation::VaultDelete | Operation::SecretDelete | Operation::KeyDelete => (Icon::TRASH, "deleted", "delete"),
        Operation::VaultRecover | Operation::SecretRecover | Operation::KeyRecover => {
            (Icon::RECOVER, "recovered", "recover")
        }
        Operation::VaultPurge | Operation::SecretPurge | Operation::KeyPurge => (Icon::FLAME, "purged", "purge"),
        Operation::SecretSet => (Icon::KEY, "set", "set"),
        Operation::SecretGet => (Icon::COPY, "read", "read"),
        Operation::SecretUpdate
        | Operation::SubscriptionPatch
        | Operation::ActivityRetentionSet
        | Operation::KeyUpdate
        | Operation::KeyRotationPolicySet
        | Operation::IdentityPut
        | Operation::IdentityPassphraseSet
        | Operation::VaultAccessModelSet => (Icon::PENCIL, "changed", "change"),
        Operation::Authentication => (Icon::USERS, "signed in to", "sign in to"),
        Operation::ActivityRead => (Icon::LIST, "read the activity of", "read the activity of"),
        Operation::ActivityExport => (Icon::SHARE, "exported the activity of", "export the activity of"),
        Operation::StorePassphraseSet => (Icon::LOCK, "changed the passphrase of", "change the passphrase of"),
        Operation::StoreCheck | Operation::RegionCheck => (Icon::SHIELD_CHECK, "checked", "check"),
        Operation::StoreCompact => (Icon::ZAP, "compacted", "compact"),
        Operation::StoreRecover => (Icon::RECOVER, "recovered", "recover"),
        Operation::StoreRekey => (Icon::KEY, "renewed the key of", "renew the key of"),
        Operation::StoreAcceptOlder => (Icon::HISTORY, "accepted an older", "accept an older"),
        Operation::VaultAccessPolicySet | Operation::RoleAssignmentPut => {
            (Icon::USERS, "granted access to", "grant access to")
        }
        Operation::VaultAccessPolicyDelete | Operation::RoleAssignmentDelete => {
            (Icon::USERS, "took access away from", "take access away from")
        }
        Operation::IdentityDelete => (Icon::TRASH, "removed", "remove"),
        Operation::SecretList
        | Operation::SecretListVersions
        | Operation::SecretGetDeleted
        | Operation::SecretListDeleted
        | Operation::KeyList
        | Operation::KeyListVersions
        | Operation::KeyGetDeleted
        | Operation::KeyListDeleted => (Icon::LIST, "listed", "list"),
        Operation::SecretBackup | Operation::KeyBackup => (Icon::DOWNLOAD, "backed up", "back up"),
        Operation::SecretRestore | Operation::KeyRestore => (Icon::UPLOAD, "restored", "restore"),
        Operation::KeyImport => (Icon::UPLOAD, "imported", "import"),
        Operation::KeyGet | Operation::KeyRotationPolicyGet => (Icon::KEY, "looked at", "look at"),
        Operation::KeyRotate | Operation::KeyRotateIfDue => (Icon::HISTORY, "rotated", "rotate"),
        Operation::KeyEncrypt => (Icon::LOCK, "encrypted with", "encrypt with"),
        Operation::KeyDecrypt => (Icon::KEY, "decrypted with", "decrypt with"),
        Operation::KeyWrap => (Icon::LOCK, "wrapped a key with", "wrap a key with"),
        Operation::KeyUnwrap => (Icon::KEY, "unwrapped a key with", "unwrap a key with"),
        Operation::KeySign => (Icon::PENCIL, "signed with", "sign with"),
        Operation::KeyVerify => (Icon::SHIELD_CHECK, "verified with", "verify with"),
        Operation::KeyNearExpiryEventGridNotification => (Icon::HISTORY, "told of the end of", "tell of the end of"),
        Operation::RegionOutage
        | Operation::RegionReturn
        | Operation::ReplicaOutage
        | Operation::ReplicaReturn
        | Operation::LinkOutage
        | Operation::LinkReturn => (Icon::ZAP, "simulated", "simulate"),
        Operation::RegionMove => (Icon::ZAP, "moved", "move"),
        Operation::RegionRebuild => (Icon::ZAP, "rebuilt", "rebuild"),
        Operation::ClockConfirm => (Icon::CLOCK, "confirmed the clock of", "confirm the clock of"),
        Operation::ClockAdvance | Operation::ClockReset => (Icon::HISTORY, "moved the clock of", "move the clock of"),
    }
}
