//! What the details of secrets and of keys have in common.

use egui::{
    Align, Label, Layout, Rect, Response, Role, ScrollArea, Sense, Sides, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use crate::{
    domain::{Timestamp, VersionId, Zone, properties::Tags, secret::Standing},
    ui::{
        icons::Icon,
        scene::{Page, Scene},
        theme::{Font, Tokens, Tone, size, space},
        widgets::{Badge, Chip, IconButton, dot, explain, key_value, link, quiet_link, ring},
        words,
    },
};

/// Where messages stand: at the bottom of the table, or above the buttons of the details where these have all the room.
pub(super) fn room_for_messages(table: Rect, details: Rect) -> Rect {
    if table.width() > 0.0 { table } else { details.with_max_y(details.bottom() - FOOTER) }
}

/// So high is the row of buttons.
const FOOTER: f32 = size::BUTTON + 2.0 * space::L;

/// Draws a name with a fact beside it, a body that scrolls, and a row of buttons. What the body answers, the buttons
/// get. Answers whether the cross was pressed.
pub(super) fn show<R>(
    ui: &mut Ui,
    name: impl AsRef<str>,
    fact: Option<&str>,
    body: impl FnOnce(&mut Ui) -> R,
    buttons: impl FnOnce(&mut Ui, R),
) -> bool {
    let room = ui.available_rect_before_wrap().shrink2(vec2(space::L, 0.0));
    let head = Rect::from_min_size(pos2(room.left(), room.top() + space::M), vec2(room.width(), size::BUTTON));
    let foot = room.with_min_y(room.bottom() - FOOTER);
    let middle = Rect::from_min_max(pos2(room.left(), head.bottom() + space::S), pos2(room.right(), foot.top()));
    let part = |rect: Rect, layout: Layout, salt: &str| UiBuilder::new().max_rect(rect).layout(layout).id_salt(salt);
    let line = Layout::left_to_right(Align::Center);
    let is_closed = ui.scope_builder(part(head, line, "head"), |ui| title(ui, name.as_ref(), fact)).inner;
    // The bar stands in the margin, not over what it scrolls.
    let with_margin = middle.with_max_x(middle.right() + space::M);
    let shown = ui.scope_builder(part(with_margin, Layout::top_down(Align::Min), "body"), |ui| {
        let area = ScrollArea::vertical().auto_shrink([false, false]);
        let inside = |ui: &mut Ui| {
            ui.set_max_width(middle.width());
            ui.spacing_mut().item_spacing.y = space::S;
            body(ui)
        };
        area.show(ui, inside).inner
    });
    let edge = foot.left() - space::L..=foot.right() + space::L;
    ui.painter().hline(edge, foot.top() + 0.5, Stroke::new(size::LINE, Tokens::of(ui).line));
    ui.scope_builder(part(foot.shrink2(vec2(0.0, space::L)), line, "foot"), |ui| buttons(ui, shown.inner));
    is_closed
}

fn title(ui: &mut Ui, name: &str, fact: Option<&str>) -> bool {
    Sides::new()
        .height(size::BUTTON)
        .shrink_left()
        .show(
            ui,
            |ui| {
                let chip = fact.map(Chip::new);
                let beside = chip.as_ref().map_or(0.0, |chip| chip.width(ui) + space::S);
                let text = Font::PanelTitle.layout(ui, name, Tokens::of(ui).text, ui.available_width() - beside);
                ui.add(Label::new(text).selectable(true)).on_hover_text(name);
                if let Some(chip) = chip {
                    ui.add(chip);
                }
            },
            |ui| ui.add(IconButton::new(Icon::X, "Close details").shortcut("Esc")).clicked(),
        )
        .1
}

/// A word that acts, or says why it does not. Answers whether it was pressed.
pub(super) fn word(ui: &mut Ui, word: &str, why_not: Option<String>) -> bool {
    let Some(why_not) = why_not else { return quiet_link(ui, word).clicked() };
    let response = ui.add_enabled_ui(false, |ui| quiet_link(ui, word)).inner;
    explain(response, &format!("{word} is not available"), &why_not);
    false
}

/// A moment among the properties, exact on hover.
pub(super) fn date(ui: &mut Ui, zone: Zone, name: &str, moment: Option<Timestamp>) {
    let text = moment.map(|moment| zone.date_and_time(moment));
    let response = key_value(ui, name, text.as_deref());
    if let Some(moment) = moment {
        response.on_hover_text(words::exact(zone, moment));
    }
}

/// The tags, and the button that edits them.
pub(super) fn tags(ui: &mut Ui, tags: &Tags, why_not: Option<String>, mut edit: impl FnMut()) {
    ui.label(Font::Body.text("Tags").color(Tokens::of(ui).dim));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(space::XS, space::XS);
        for (name, value) in tags.iter() {
            let text = if value.is_empty() { name.to_owned() } else { format!("{name} = {value}") };
            ui.add(Chip::new(text.as_str())).on_hover_text(&text);
        }
        let button = IconButton::new(Icon::PLUS, "Edit tags…").small().framed().shortcut("F2");
        if ui.add(button.disabled_because(why_not)).clicked() {
            edit();
        }
    });
}

/// One version in a list of them.
pub(super) struct Line {
    /// Its id.
    pub(super) id: VersionId,
    /// When it was made.
    pub(super) created: Timestamp,
    /// How it stands.
    pub(super) standing: Standing,
    /// What else is to be known of it.
    pub(super) note: Option<String>,
}

/// All versions, the newest first; a press opens one.
pub(super) fn versions<V>(
    ui: &mut Ui,
    scene: &Scene<'_>,
    (versions, current): (&[V], VersionId),
    page: &mut Page,
    line: impl Fn(&V) -> Line,
) {
    let t = Tokens::of(ui);
    let opened = page.version.filter(|id| *id != current && versions.iter().any(|version| line(version).id == *id));
    Sides::new().height(20.0).show(
        ui,
        |ui| {
            ui.label(Font::Body.text("Versions").color(t.dim));
            if opened.is_some() && link(ui, "Show the current one").clicked() {
                page.version = None;
            }
        },
        |ui| ui.label(Font::Body.text(words::grouped(versions.len())).color(t.dim)),
    );
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for version in versions.iter().rev() {
            let line = line(version);
            let place = Place { is_current: line.id == current, is_opened: opened == Some(line.id) };
            if version_line(ui, scene, &line, place).clicked() {
                page.version = (line.id != current).then_some(line.id);
            }
        }
    });
}

#[derive(Clone, Copy)]
struct Place {
    is_current: bool,
    is_opened: bool,
}

/// One version: its short id, whether it is the current one, and when it was made.
fn version_line(ui: &mut Ui, scene: &Scene<'_>, line: &Line, place: Place) -> Response {
    const HEIGHT: f32 = 30.0;
    let t = Tokens::of(ui);
    let Place { is_current, is_opened } = place;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::click());
    let made = words::day(scene.zone, scene.now, line.created);
    response.widget_info(|| {
        let current = if is_current { ", current" } else { "" };
        let says = format!("Version {}{current}, {made}", line.id.short());
        WidgetInfo::selected(Role::Button, ui.is_enabled(), is_opened, says)
    });
    if !ui.is_rect_visible(rect) {
        return response;
    }
    if response.hovered() || is_opened {
        let fill = if is_opened { t.selection } else { t.hover };
        ui.painter().rect_filled(rect.expand2(vec2(6.0, 0.0)), 6.0, fill);
    }
    let inside =
        UiBuilder::new().max_rect(rect).id_salt(line.id.as_bytes()).layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(inside, |ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        Sides::new().height(HEIGHT).show(
            ui,
            |ui| {
                if is_current {
                    dot(ui, Tone::Accent)
                } else {
                    ring(ui)
                };
                ui.label(Font::Mono.text(line.id.short()).color(t.text));
                if is_current {
                    ui.add(Badge::new(Tone::Accent, "current"));
                }
                match line.standing {
                    Standing::Disabled => drop(ui.add(Badge::new(Tone::Neutral, "Disabled"))),
                    Standing::Expired { .. } if !is_current => drop(ui.add(Badge::new(Tone::Danger, "Expired"))),
                    _ => {}
                }
                if let Some(note) = &line.note {
                    ui.label(Font::Secondary.text(note).color(t.dim));
                }
            },
            |ui| ui.label(Font::Body.text(&made).color(t.dim)),
        );
    });
    response.on_hover_ui(|ui| {
        ui.label(Font::Mono.text(line.id.to_string()));
        ui.label(Font::Secondary.text(words::exact(scene.zone, line.created)));
    })
}
