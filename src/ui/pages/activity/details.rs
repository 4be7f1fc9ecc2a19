//! One record in full, with the fields of Key Vault's own log (§10).

use egui::Ui;

use super::{super::panel, table};
use crate::{
    domain::{
        ObjectName, VaultName,
        activity::{AllowedBy, OutcomeRef, RecordRef, Via, status_text},
        audit_event::{self, AuditEvent},
        history::{Asked, Who},
    },
    ui::{
        action::Action,
        icons::Icon,
        route::{Route, Tab},
        scene::{Page, Scene},
        widgets::{Badge, Button, IconButton, KeyValue, hairline, key_value, key_value_mono, menu_item},
        words,
    },
};

pub(super) fn show(ui: &mut Ui, scene: &Scene<'_>, asked: &Asked<'_>, page: &mut Page, actions: &mut Vec<Action>) {
    let record = &asked.record;
    let mut who = None;
    let is_closed = panel::show(
        ui,
        record.operation.audit_name(),
        None,
        |ui| fields(ui, scene, asked),
        |ui, ()| {
            if let Some(wanted) = go_to(scene, record)
                && ui.add(Button::primary("Go to it").icon(Icon::ARROW_RIGHT)).clicked()
            {
                actions.extend(wanted);
            }
            if ui.add(Button::secondary("Copy as JSON").icon(Icon::COPY)).clicked() {
                actions.push(copy(scene, asked));
            }
            let only = IconButton::new(Icon::FILTER, "Only this identity").framed();
            if page.activity.who.is_none() && ui.add(only).clicked() {
                who = Some(who_of(record));
            }
        },
    );
    if who.is_some() {
        page.activity.who = who;
    }
    if is_closed {
        page.activity.selected = None;
    }
}

/// The menu of a row. Answers with whose records alone shall be shown.
pub(super) fn menu(ui: &mut Ui, scene: &Scene<'_>, asked: &Asked<'_>, actions: &mut Vec<Action>) -> Option<Who> {
    ui.spacing_mut().item_spacing.y = 0.0;
    let record = &asked.record;
    let wanted = go_to(scene, record);
    let may = wanted.as_ref().map(drop).ok_or("It is not there any more");
    if menu_item(ui, Some(Icon::ARROW_RIGHT), "Go to it", None, &may).clicked() {
        actions.extend(wanted.into_iter().flatten());
        ui.close();
    }
    let may = Ok::<(), String>(());
    if menu_item(ui, Some(Icon::COPY), "Copy as JSON", None, &may).clicked() {
        actions.push(copy(scene, asked));
        ui.close();
    }
    let only = menu_item(ui, Some(Icon::USER), &format!("Only {}", record.caller), None, &may).clicked();
    if only {
        ui.close();
    }
    only.then(|| who_of(record))
}

fn fields(ui: &mut Ui, scene: &Scene<'_>, asked: &Asked<'_>) {
    let record = &asked.record;
    let RecordRef {
        at,
        caller,
        identity,
        via,
        operation,
        vault,
        object,
        version,
        key,
        region,
        outcome,
        took_us,
        about,
    } = record;
    let zone = scene.zone;
    KeyValue::new("Result").show(ui, |ui| {
        let (tone, word) = table::result(record);
        ui.add(Badge::new(tone, word));
    });
    let status = audit_event::status_of(record);
    key_value(ui, "Status", Some(&format!("{status} {}", status_text(status))));
    if let OutcomeRef::Refused { code, inner, .. } = outcome {
        key_value_mono(ui, "Code", code);
        if let Some(inner) = inner {
            key_value_mono(ui, "Inner code", inner);
        }
    }
    hairline(ui);
    let local = format!("{} {}", zone.date(*at), zone.wall(*at).format("%H:%M:%S%.3f"));
    key_value(ui, "Time", Some(&local)).on_hover_text(words::exact(zone, *at));
    key_value_mono(ui, "UTC", &audit_event::iso_ms(*at));
    key_value(ui, "Operation", Some(operation.title()));
    key_value(ui, "Took", Some(&format!("{} ms", audit_event::duration(*took_us))));
    hairline(ui);
    key_value(ui, "Vault", *vault);
    key_value(ui, if operation.is_of_keys() { "Key" } else { "Object" }, *object);
    if let Some(version) = version {
        key_value_mono(ui, "Version", &version.to_string());
    }
    if let Some(key) = key {
        key_value(ui, "Key type", Some(&key.to_string()));
    }
    let region = region.map(|region| {
        crate::domain::RegionName::parse(region)
            .map_or_else(|_| region.to_owned(), |region| region.display().to_owned())
    });
    key_value(ui, "Region", region.as_deref());
    if let Some(id) = audit_event::id_of(record) {
        key_value_mono(ui, "Id", &id);
    }
    if about.subject.is_some() || about.detail.is_some() {
        hairline(ui);
        if let Some(subject) = about.subject {
            key_value(ui, "Subject", Some(subject.name));
            key_value_mono(ui, "Subject's id", &subject.id.to_string());
        }
        if let Some(detail) = about.detail {
            key_value(ui, "Detail", Some(detail));
        }
    }
    hairline(ui);
    key_value(ui, "Identity", Some(*caller).filter(|name| !name.is_empty()));
    if about.allowed_by == AllowedBy::StorePassphrase {
        key_value(ui, "Allowed by", Some("The store's passphrase"));
    }
    if let Some(identity) = identity {
        key_value_mono(ui, "Object id", &identity.to_string());
    }
    if *via != Via::Service || identity.is_none() {
        key_value(ui, "By way of", Some(via.title()));
    }
    key_value_mono(ui, "Correlation", &asked.place.correlation_id());
}

fn who_of(record: &RecordRef<'_>) -> Who {
    Who { name: record.caller.into(), identity: record.identity }
}

/// The record as it is exported.
fn copy(scene: &Scene<'_>, asked: &Asked<'_>) -> Action {
    let event = AuditEvent::of(asked, &scene.view.world.subscription);
    Action::CopyText(serde_json::to_string_pretty(&event).unwrap_or_default())
}

/// Shows what a record is about, if it is still there.
fn go_to(scene: &Scene<'_>, record: &RecordRef<'_>) -> Option<Vec<Action>> {
    let name = VaultName::parse(record.vault?).ok()?;
    let world = &scene.view.world;
    let Some(vault) = world.vaults.get(&name) else {
        return world.vaults.get_deleted(&name).map(|_| vec![Action::Go(Route::DeletedVaults)]);
    };
    let object = record.object.and_then(|object| ObjectName::parse(object).ok());
    let is_key = record.operation.is_of_keys();
    let (tab, is_deleted) = match &object {
        None => (Tab::Overview, false),
        Some(object) if is_key && vault.keys.get(object).is_some() => (Tab::Keys, false),
        Some(object) if is_key => (Tab::Deleted, vault.keys.get_deleted(object).is_some()),
        Some(object) if vault.secrets.get(object).is_some() => (Tab::Secrets, false),
        Some(object) => (Tab::Deleted, vault.secrets.get_deleted(object).is_some()),
    };
    if tab == Tab::Deleted && !is_deleted {
        return None;
    }
    let selected = object.filter(|_| matches!(tab, Tab::Secrets | Tab::Keys));
    Some(vec![Action::Go(Route::Vault(vault.name().clone(), tab)), Action::Select(selected)])
}
