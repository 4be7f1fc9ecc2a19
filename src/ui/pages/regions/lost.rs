//! Which of the last changes the pair did not have when its region was lost.

use std::sync::Arc;

use egui::{Align2, Label, Role, ScrollArea, Sense, Sides, Ui, WidgetInfo, pos2, vec2};

use crate::{
    domain::{ObjectName, VaultName, activity::Record},
    service::RegionView,
    ui::{
        icons::Icon,
        replication::Replication,
        scene::{Page, Scene},
        theme::{Font, Tokens, size, space},
        words,
    },
};

/// Draws how many they are; a press unfolds them.
pub(super) fn show(ui: &mut Ui, scene: &Scene<'_>, page: &mut Page, view: &RegionView) {
    if view.unreplicated.is_empty() {
        return;
    }
    let known = view.unreplicated.len();
    let replication = Replication::of(scene, view.region);
    let is_counted = matches!(replication, Replication::Unreplicated { .. });
    let all = if is_counted { replication.changes().max(known as u64) } else { known as u64 };
    let all = usize::try_from(all).unwrap_or(usize::MAX);
    let is_open = page.unfolded.contains(&view.region);
    if fold(ui, &format!("{} not replicated", words::counted(all, "change")), is_open) {
        if is_open {
            page.unfolded.remove(&view.region)
        } else {
            page.unfolded.insert(view.region)
        };
    }
    if !is_open {
        return;
    }
    let scroll = ScrollArea::vertical().id_salt(("unreplicated", view.region.as_str())).max_height(144.0);
    scroll.auto_shrink([false, true]).show(ui, |ui| {
        for record in view.unreplicated.iter().rev() {
            line(ui, scene, record);
        }
        if all > known {
            let earlier = format!("and {} before", words::counted(all - known, "change"));
            ui.label(Font::Secondary.text(earlier).color(Tokens::of(ui).dim));
        }
    });
}

/// What opens and closes the list: whether it was pressed.
fn fold(ui: &mut Ui, text: &str, is_open: bool) -> bool {
    let t = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_open, text));
    let icon = if is_open { Icon::CHEVRON_DOWN } else { Icon::CHEVRON_RIGHT };
    let middle = rect.center().y;
    icon.paint_centred(ui, pos2(rect.left() + 4.0, middle), size::ICON_SMALL, t.warn);
    let galley = Font::Medium.layout(ui, text, t.warn, rect.width() - space::L);
    let at = Align2::LEFT_CENTER.anchor_size(pos2(rect.left() + space::L, middle), galley.size());
    ui.painter().galley(at.min, galley, t.warn);
    response.clicked()
}

fn line(ui: &mut Ui, scene: &Scene<'_>, record: &Arc<Record>) {
    let t = Tokens::of(ui);
    let what = record.object.as_ref().map(ObjectName::as_str);
    let what = what.or_else(|| record.vault.as_ref().map(VaultName::as_str)).unwrap_or_default();
    Sides::new().height(24.0).shrink_left().truncate().show(
        ui,
        |ui| {
            ui.add_space(space::L);
            ui.spacing_mut().item_spacing.x = space::XS;
            ui.add(Label::new(Font::Secondary.text(record.operation.title()).color(t.dim)));
            let name = ui.add(Label::new(Font::SecondaryMedium.text(what)).truncate());
            if let Some(vault) = &record.vault {
                name.on_hover_text(format!("{what} in {vault}, by {}", record.caller));
            }
        },
        |ui| {
            let when = ui.label(Font::Secondary.text(scene.zone.time(record.at)).color(t.dim));
            when.on_hover_text(words::exact(scene.zone, record.at));
        },
    );
}
