//! The region of a new vault: searched, with its pair, how far away that is, and what it means (A2, A7).

use egui::{Align2, CornerRadius, Key, Modifiers, Popup, PopupCloseBehavior, Response, Role, ScrollArea, Sense, Ui};
use egui::{WidgetInfo, pos2, vec2};

use crate::{
    domain::{
        RegionName,
        refusal::grouped,
        region_table::{PROMISED_DISTANCE_KM, Pairing, Region, distance_km, regions},
    },
    ui::{
        icons::Icon,
        theme::{Font, Tokens, Tone, radius, size, space},
        widgets::{SearchField, field_label, popup_frame, rich_label, select_box},
    },
};

/// The list of regions and what was typed to find one.
#[derive(Default)]
pub(super) struct RegionField {
    search: String,
    cursor: usize,
    was_open: bool,
}

const LINE: f32 = 32.0;

impl RegionField {
    /// Shows the chosen region and, when it is pressed, the list. Under it stands what an outage would mean.
    pub(super) fn show(&mut self, ui: &mut Ui, chosen: &mut RegionName) -> Response {
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 5.0;
            let label = field_label(ui, "Region");
            let width = ui.available_width();
            let region = chosen.region();
            let text = format!("{} · {}", region.display, region.geography);
            let mut response = select_box(ui, "Region", &text, width).labelled_by(label.id);
            let found = Popup::from_toggle_button_response(&response)
                .width(width - 14.0)
                .frame(popup_frame(Tokens::of(ui)))
                .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
                .show(|ui| self.list(ui, *chosen, width - 14.0));
            self.was_open = found.is_some();
            if let Some(name) = found.and_then(|found| found.inner) {
                *chosen = name;
                response.mark_changed();
                response.request_focus();
            }
            let (tone, meaning) = meaning(chosen.region());
            let t = Tokens::of(ui);
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 6.0;
                if tone == Tone::Warn {
                    Icon::TRIANGLE_ALERT.show_sized(ui, size::ICON_SMALL, t.warn);
                }
                rich_label(ui, Font::Secondary.text(meaning).color(t.tone(tone)));
            });
            response
        })
        .inner
    }

    fn list(&mut self, ui: &mut Ui, chosen: RegionName, width: f32) -> Option<RegionName> {
        ui.set_width(width);
        ui.spacing_mut().item_spacing.y = space::XS;
        let is_new = !self.was_open;
        if is_new {
            self.search.clear();
        }
        // The key that opened the list is not one for the list.
        let pressed = |key| !is_new && ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let (down, up, enter) = (pressed(Key::ArrowDown), pressed(Key::ArrowUp), pressed(Key::Enter));
        let search = SearchField::new(&mut self.search, "Search regions").icon(Icon::SEARCH).width(width).focus(is_new);
        let has_changed = ui.add(search).changed();
        let found = search_regions(&self.search);
        if is_new {
            self.cursor = found.iter().position(|region| region.name == chosen).unwrap_or(0);
        } else if has_changed {
            self.cursor = 0;
        }
        self.cursor = (self.cursor + usize::from(down)).min(found.len().saturating_sub(1));
        self.cursor = self.cursor.saturating_sub(usize::from(up));
        let has_moved = is_new || has_changed || down || up;
        let mut picked = None;
        ScrollArea::vertical().max_height(LINE * 7.0).min_scrolled_height(LINE * 7.0).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (index, region) in found.iter().enumerate() {
                let response = line(ui, region, index == self.cursor, chosen);
                if index == self.cursor && has_moved {
                    response.scroll_to_me(None);
                }
                if response.clicked() || index == self.cursor && enter {
                    picked = Some(region.name);
                }
            }
            if found.is_empty() {
                let t = Tokens::of(ui);
                ui.label(Font::Body.text(format!("No region matches “{}”", self.search)).color(t.dim));
            }
        });
        if picked.is_some() {
            ui.close();
        }
        picked
    }
}

/// Regions whose name or geography contains `search`, by name.
fn search_regions(search: &str) -> Vec<&'static Region> {
    let needle = search.trim().to_lowercase();
    let is_found = |region: &&Region| {
        let texts = [region.display, region.geography, region.name.as_str()];
        texts.iter().any(|text| text.to_lowercase().contains(&needle))
    };
    let mut found: Vec<_> = regions().iter().filter(is_found).collect();
    found.sort_by_key(|region| region.display);
    found
}

/// The pair in few words, for a line of the list.
fn pair(region: &Region) -> (Tone, String) {
    match region.pair {
        Pairing::Replicated { with } => {
            (Tone::Neutral, format!("{} · {} km", with.display(), km(distance_km(region.name, with))))
        }
        Pairing::None | Pairing::NotReplicated { .. } => (Tone::Warn, "no failover".into()),
    }
}

/// What an outage of the region would mean for a vault in it.
fn meaning(region: &Region) -> (Tone, String) {
    let stays = "In an outage its vaults stay unavailable until it returns.";
    match region.pair {
        Pairing::Replicated { with } => {
            let km = distance_km(region.name, with);
            let near = if km < PROMISED_DISTANCE_KM {
                format!(" That is nearer than the {PROMISED_DISTANCE_KM:.0} km that pairs should keep.")
            } else {
                String::new()
            };
            let pair = with.display();
            (Tone::Neutral, format!("{pair}, {} km away, serves read-only in an outage.{near}", self::km(km)))
        }
        Pairing::None => (Tone::Warn, format!("{} has no pair. {stays}", region.display)),
        Pairing::NotReplicated { reason, .. } => (Tone::Warn, format!("{reason} {stays}")),
    }
}

fn km(distance: f64) -> String {
    grouped(distance.round() as usize)
}

fn line(ui: &mut Ui, region: &Region, is_under_cursor: bool, chosen: RegionName) -> Response {
    let t = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::CLICK);
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, region.name == chosen, region.display));
    let (tone, pair) = pair(region);
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(pair.as_str()));
    if ui.is_rect_visible(rect) {
        if is_under_cursor || response.hovered() {
            ui.painter().rect_filled(rect, CornerRadius::same(radius::NORMAL), t.hover);
        }
        let middle = rect.center().y;
        let pair = Font::Secondary.layout(ui, &pair, t.tone(tone), rect.width() / 2.0);
        let right = rect.right() - space::S;
        let room = rect.width() - pair.size().x - 3.0 * space::S;
        ui.painter().galley(Align2::RIGHT_CENTER.anchor_size(pos2(right, middle), pair.size()).min, pair, t.dim);
        let name = Font::Body.layout(ui, region.display, t.text, room);
        let left = rect.left() + space::S;
        let end = left + name.size().x + space::S;
        ui.painter().galley(Align2::LEFT_CENTER.anchor_size(pos2(left, middle), name.size()).min, name, t.text);
        let geography = Font::Secondary.layout(ui, region.geography, t.dim, (room - (end - left)).max(0.0));
        let at = Align2::LEFT_CENTER.anchor_size(pos2(end, middle), geography.size()).min;
        ui.painter().galley(at, geography, t.dim);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning_of(name: &str) -> (Tone, String) {
        meaning(RegionName::parse(name).unwrap().region())
    }

    #[test]
    fn who_chooses_a_region_without_failover_is_told_before() {
        // A7
        let (tone, text) = meaning_of("qatarcentral");
        assert_eq!(tone, Tone::Warn);
        assert!(text.contains("has no pair") && text.contains("unavailable until it returns"), "{text}");
        let (tone, text) = meaning_of("westus3");
        assert_eq!(tone, Tone::Warn);
        assert!(text.contains("does not replicate"), "{text}");
    }

    #[test]
    fn a_pair_is_named_with_its_distance_and_a_near_one_is_pointed_out() {
        // A2
        let (tone, text) = meaning_of("westeurope");
        assert_eq!(tone, Tone::Neutral);
        assert!(text.contains("North Europe, 756 km") && !text.contains("nearer"), "{text}");
        assert!(meaning_of("uaenorth").1.contains("nearer than the 240 km"));
    }

    #[test]
    fn a_region_is_found_by_its_name_and_by_its_geography() {
        let names = |search| search_regions(search).iter().map(|region| region.display).collect::<Vec<_>>();
        assert_eq!(names("west eur"), ["West Europe"]);
        assert!(names("france").contains(&"France South"));
        assert_eq!(names("").len(), regions().len());
        assert!(names("atlantis").is_empty());
    }
}
