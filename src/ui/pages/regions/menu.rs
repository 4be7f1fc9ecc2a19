//! The menus: what can be played on a region and its parts, and what can be done to its files.

use egui::{Popup, ScrollArea, Ui};

use crate::{
    domain::{
        RegionName,
        replica::{Part, ReplicaName},
    },
    ui::{
        action::Action,
        command::UiCommand,
        command_menu::command_item,
        icons::Icon,
        region_offers::{self, Naming, Offer},
        scene::{Page, Scene},
        theme::Tokens,
        widgets::{IconButton, menu_item, menu_separator, menu_title, popup_frame},
    },
};

const WIDTH: f32 = 264.0;

/// The button of a region's card, with its menu.
pub(super) fn home(ui: &mut Ui, scene: &Scene<'_>, region: RegionName, actions: &mut Vec<Action>) {
    let name = format!("More on {}", region.display());
    opens(ui, &name, |ui| {
        show(ui, region_offers::outage(scene, region, Naming::Short), actions);
        menu_separator(ui);
        for replica in ReplicaName::ALL {
            show(ui, region_offers::part(scene, region, Part::Replica(replica), Naming::Short), actions);
        }
        show(ui, region_offers::part(scene, region, Part::Link, Naming::Short), actions);
        menu_separator(ui);
        files(ui, scene, region, region, actions);
    });
}

/// The button of a pair's card, with its menu: `home` is what it keeps a copy of.
pub(super) fn pair(ui: &mut Ui, scene: &Scene<'_>, home: RegionName, pair: RegionName, actions: &mut Vec<Action>) {
    let name = format!("More on the copy in {}", pair.display());
    opens(ui, &name, |ui| {
        show(ui, region_offers::outage(scene, pair, Naming::Full), actions);
        show(ui, region_offers::part(scene, home, Part::Link, Naming::Full), actions);
        menu_separator(ui);
        files(ui, scene, pair, home, actions);
    });
}

/// The menu of the page's head: what can be played, with every region and with time.
pub(super) fn simulate(ui: &mut Ui, scene: &Scene<'_>, page: &Page, actions: &mut Vec<Action>) {
    // It hangs from the head of the page and ends above the region bar.
    let tallest = (ui.ctx().content_rect().height() - 240.0).max(160.0);
    let scroll = ScrollArea::vertical().max_height(tallest).min_scrolled_height(tallest);
    scroll.show(ui, |ui| {
        let homes = super::homes(scene);
        menu_title(ui, "Regions");
        for home in &homes {
            show(ui, region_offers::outage(scene, home.region, Naming::Full), actions);
        }
        menu_separator(ui);
        let linked: Vec<_> = homes.iter().filter(|home| home.region.has_failover()).collect();
        if !linked.is_empty() {
            menu_title(ui, "Links");
            for home in linked {
                show(ui, region_offers::part(scene, home.region, Part::Link, Naming::Full), actions);
            }
            menu_separator(ui);
        }
        menu_title(ui, "Time");
        command_item(ui, scene, page, UiCommand::Travel, actions);
        command_item(ui, scene, page, UiCommand::ResetClock, actions);
    });
}

/// What can be done to the folder of `region` and to the files of what `content` keeps in it.
fn files(ui: &mut Ui, scene: &Scene<'_>, region: RegionName, content: RegionName, actions: &mut Vec<Action>) {
    show(ui, region_offers::move_folder(scene, region), actions);
    show(ui, region_offers::rebuild(scene, content), actions);
    show(ui, region_offers::copy_path(scene, region), actions);
}

fn opens(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    let more = ui.add(IconButton::new(Icon::ELLIPSIS, name).small());
    Popup::menu(&more).frame(popup_frame(Tokens::of(ui))).width(WIDTH).show(content);
}

fn show(ui: &mut Ui, offer: Offer, actions: &mut Vec<Action>) {
    let Offer { icon, text, wanted } = offer;
    let may = wanted.as_ref().map(drop).map_err(Clone::clone);
    if menu_item(ui, Some(icon), &text, None, &may).clicked()
        && let Ok(action) = wanted
    {
        actions.push(action);
    }
}
