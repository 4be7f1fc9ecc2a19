//! The records, newest first.

use egui::{Align2, Popup, Ui};

use super::details;
use crate::{
    domain::{
        Timestamp, Zone,
        activity::{OutcomeRef, RecordRef, status_text},
        audit_event,
        history::History,
    },
    ui::{
        action::Action,
        scene::{Page, Scene},
        theme::{Font, Tokens, Tone},
        widgets::{Badge, Table, TableColumn, popup_frame},
    },
};

/// What there is room for.
#[derive(Clone, Copy)]
struct Fit {
    identity: bool,
    object: bool,
    took: bool,
}

impl Fit {
    fn of(width: f32) -> Self {
        Self { identity: width >= 800.0, object: width >= 500.0, took: width >= 900.0 }
    }
}

pub(super) fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    history: &History,
    page: &mut Page,
    focus: Option<usize>,
    actions: &mut Vec<Action>,
) {
    let fit = Fit::of(ui.available_width());
    let mut columns = vec![TableColumn::exact("Time", 151.0), TableColumn::exact("Operation", 132.0)];
    if fit.object {
        columns.push(TableColumn::share("Object", 1.0));
    }
    if fit.identity {
        columns.push(TableColumn::exact("Identity", 140.0));
    }
    columns.push(if fit.object { TableColumn::exact("Result", 116.0) } else { TableColumn::share("Result", 1.0) });
    if fit.took {
        columns.push(TableColumn::exact("Took", 80.0).right());
    }
    let selected = page.activity.selected_row();
    let rows = page.activity.len();
    let listing = &page.activity;
    let mut wanted = None;
    let output = Table::new("Activity", &columns, rows).selected(selected).focus(focus).show(ui, |row| {
        let Some(asked) = listing.get(row.index).and_then(|id| history.get(id)) else { return };
        let record = &asked.record;
        let key = (asked.place.part, asked.place.sequence, asked.place.index);
        let response = row.button(key, &says(scene, record));
        let menu = Popup::context_menu(&response).frame(popup_frame(Tokens::of_ctx(&response.ctx))).width(232.0);
        menu.show(|ui| wanted = details::menu(ui, scene, &asked, actions).or_else(|| wanted.take()));
        let cell = row.take();
        let t = Tokens::of(row.ui);
        let galley = Font::Mono.layout(row.ui, &time(scene.zone, scene.now, record.at), t.text, cell.width());
        let at = Align2::LEFT_CENTER.align_size_within_rect(galley.size(), cell).min;
        row.ui.painter().galley(at, galley, t.text);
        row.rich(Font::Medium.text(record.operation.audit_name()).color(t.text));
        if fit.object {
            row.text(&object(record));
        }
        if fit.identity {
            row.text(record.who());
        }
        let (tone, word) = result(record);
        row.cell(|ui| ui.add(Badge::new(tone, word)));
        if fit.took {
            row.text(&format!("{} ms", audit_event::duration(record.took_us)));
        }
    });
    if let Some(row) = output.selected() {
        page.activity.selected = page.activity.get(row);
    }
    if let Some(who) = wanted {
        page.activity.who = Some(who);
    }
}

/// What a row says to a screen reader.
fn says(scene: &Scene<'_>, record: &RecordRef<'_>) -> String {
    let object = object(record);
    let of = if object.is_empty() { String::new() } else { format!(" of {object}") };
    let at = time(scene.zone, scene.now, record.at);
    format!("{}{of} by {}: {}, {at}", record.operation.audit_name(), record.who(), result(record).1)
}

/// `contoso-prod / db-password`.
pub(super) fn object(record: &RecordRef<'_>) -> String {
    match (record.vault, record.object) {
        (Some(vault), Some(object)) => format!("{vault} / {object}"),
        (Some(vault), None) => vault.to_owned(),
        (None, _) => record.region.map(str::to_owned).unwrap_or_default(),
    }
}

/// `14:02:11.480` of today, `19 Nov 14:02:11` of another day, with the year where it is another.
pub(super) fn time(zone: Zone, now: Timestamp, at: Timestamp) -> String {
    let (wall, today) = (zone.wall(at), zone.wall(now));
    let format = if wall.date() == today.date() {
        "%H:%M:%S%.3f"
    } else if wall.format("%Y").to_string() == today.format("%Y").to_string() {
        "%-d %b %H:%M:%S"
    } else {
        "%-d %b %Y %H:%M"
    };
    wall.format(format).to_string()
}

/// What came of it, in a word.
pub(super) fn result(record: &RecordRef<'_>) -> (Tone, String) {
    match record.outcome {
        OutcomeRef::Done => (Tone::Ok, "OK".into()),
        OutcomeRef::Refused { inner: Some("VaultReadOnly"), .. } => (Tone::Warn, "Read-only".into()),
        OutcomeRef::Refused { status: 503, .. } => (Tone::Warn, "Unavailable".into()),
        OutcomeRef::Refused { status, .. } => (Tone::Danger, status_text(status).into_owned()),
    }
}
