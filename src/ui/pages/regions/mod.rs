//! The regions as places: what each keeps, where it is copied to, and how both stand (A1–A7, G3).

mod card;
mod link;
mod lost;
mod menu;

use std::time::Duration;

use egui::{Align, Label, Layout, Popup, Rect, ScrollArea, Ui, UiBuilder, pos2, vec2};

use self::card::Width;
use crate::{
    domain::region::RegionState,
    service::RegionView,
    ui::{
        action::Action,
        command::UiCommand,
        commands::actions_for,
        icons::Icon,
        replication::Replication,
        scene::{Page, Scene},
        theme::{Font, Tokens, size, space},
        widgets::{Button, EmptyState, popup_frame},
    },
};

/// A narrower page has its subtitle under the buttons.
const NARROW: f32 = 760.0;
/// Cards and lines do not grow beyond this.
const WIDEST: f32 = 1_280.0;
const HEAD: f32 = 66.0;
/// Between a card and the line.
const GAP: f32 = 16.0;

/// Draws it.
pub(in crate::ui) fn show(ui: &mut Ui, scene: &Scene<'_>, page: &mut Page, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.y = 0.0;
    let room = ui.available_rect_before_wrap();
    let head = Rect::from_min_size(room.min, vec2(room.width(), HEAD)).shrink2(vec2(space::XL, 0.0));
    header(ui, head, scene, page, actions);
    let homes = homes(scene);
    let below = room.with_min_y(room.top() + HEAD);
    ui.scope_builder(UiBuilder::new().max_rect(below), |ui| {
        if homes.is_empty() {
            empty(ui, actions);
            return;
        }
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.add_space(space::XL);
            for home in homes {
                row(ui, scene, page, home, actions);
                ui.add_space(space::XL);
            }
        });
    });
}

fn header(ui: &mut Ui, room: Rect, scene: &Scene<'_>, page: &Page, actions: &mut Vec<Action>) {
    let t = Tokens::of(ui);
    let is_narrow = room.width() < NARROW;
    let top = room.top() + if is_narrow { 14.0 } else { 25.0 };
    let beside = Rect::from_min_size(pos2(room.left(), top), vec2(room.width(), size::BUTTON));
    let layout = Layout::right_to_left(Align::Center);
    let drawn = ui.scope_builder(UiBuilder::new().max_rect(beside).layout(layout), |ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        let simulate = ui.add(Button::secondary("Simulate").icon(Icon::ZAP).trailing(Icon::CHEVRON_DOWN));
        Popup::menu(&simulate).frame(popup_frame(t)).width(340.0).show(|ui| menu::simulate(ui, scene, page, actions));
        if ui.add(Button::secondary("Check everything").icon(Icon::CIRCLE_CHECK)).clicked() {
            actions.extend(actions_for(UiCommand::CheckRegions, scene, page).unwrap_or_default());
        }
        ui.min_rect().left()
    });
    let right = if is_narrow { room.right() } else { drawn.inner - space::L };
    let left = Rect::from_min_max(pos2(room.left(), room.top() + 14.0), pos2(right, room.bottom()));
    ui.scope_builder(UiBuilder::new().max_rect(left), |ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        ui.label(Font::PageTitle.text("Regions").color(t.text));
        let text = "Each vault lives in its region twice and in the paired region as well.";
        ui.add(Label::new(Font::Body.text(text).color(t.dim)).truncate());
    });
}

/// The regions that keep something of their own: those with vaults first, those where all are deleted after them.
fn homes<'a>(scene: &Scene<'a>) -> Vec<&'a RegionView> {
    let mut homes: Vec<_> = scene.view.regions.iter().filter(|view| !view.replicas.is_empty()).collect();
    let has_vaults = |region| scene.view.world.vaults.live().any(|vault| vault.head.location == region);
    homes.sort_by_key(|view| (!has_vaults(view.region), view.region));
    homes
}

fn empty(ui: &mut Ui, actions: &mut Vec<Action>) {
    let text =
        "A vault lives in its region twice and in the paired region as well. Make one, and its regions stand here.";
    let button = Button::primary("New vault").icon(Icon::PLUS);
    if EmptyState::new(Icon::GLOBE, "No region holds anything yet", text).button(button).show(ui) {
        actions.push(Action::Run(UiCommand::NewVault));
    }
}

/// How high the two cards of a row were when they were drawn last: they stand centred beside each other.
#[derive(Clone, Copy, Default, PartialEq)]
struct Heights {
    home: f32,
    pair: f32,
}

/// A region, the line, and its pair, or what it means that there is none.
fn row(ui: &mut Ui, scene: &Scene<'_>, page: &mut Page, home: &RegionView, actions: &mut Vec<Action>) {
    let left = ui.max_rect().left() + space::XL;
    let width = (ui.max_rect().width() - 2.0 * space::XL).min(WIDEST);
    let card = Width::of(width);
    let top = ui.cursor().top();
    let id = ui.scope_id().with(("row", home.region.as_str()));
    let known: Heights = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let height = known.home.max(known.pair);
    let column = |x: f32, width: f32, own: f32| {
        let top = top + ((height - own) / 2.0).max(0.0).round();
        UiBuilder::new().max_rect(Rect::from_min_size(pos2(x, top), vec2(width, f32::INFINITY)))
    };
    let mut child = ui.new_child(column(left, card.points, known.home).id_salt(("home", home.region.as_str())));
    card::home(&mut child, scene, page, home, card, actions);
    let mut heights = Heights { home: child.min_rect().height(), pair: 0.0 };
    let replication = Replication::of(scene, home.region);
    if let Some(copy) = &home.copy {
        let right = left + width - card.points;
        let between =
            Rect::from_min_max(pos2(left + card.points + GAP, top), pos2(right - GAP, top + height.max(heights.home)));
        link::show(ui, between, scene, home, copy, &replication);
        let mut child = ui.new_child(column(right, card.points, known.pair).id_salt(("pair", home.region.as_str())));
        card::pair(&mut child, scene, home, copy, card, actions);
        heights.pair = child.min_rect().height();
    } else {
        let x = left + card.points + GAP;
        let mut child =
            ui.new_child(column(x, left + width - x, known.pair).id_salt(("no pair", home.region.as_str())));
        link::no_pair(&mut child, home.region);
        heights.pair = child.min_rect().height();
    }
    let whole = Rect::from_min_size(pos2(left, top), vec2(width, heights.home.max(heights.pair)));
    ui.advance_cursor_after_rect(whole);
    if heights != known {
        ui.data_mut(|data| data.insert_temp(id, heights));
        ui.ctx().request_discard("the cards of a row found their heights");
    }
    if ui.is_rect_visible(whole) {
        tick(ui, scene, home, &replication);
    }
}

/// Draws again when something in the row reads differently by itself: by the second only while something is under way.
fn tick(ui: &Ui, scene: &Scene<'_>, home: &RegionView, replication: &Replication) {
    let is_counting = matches!(
        scene.view.world.region_state(home.region, scene.now),
        RegionState::Outage { until: Some(_), .. } | RegionState::FailingOver { .. } | RegionState::FailingBack { .. }
    );
    let to_second = || Duration::from_millis((1_000 - scene.now.ms().rem_euclid(1_000)).unsigned_abs() + 1);
    let counts = is_counting.then(to_second);
    if let Some(wait) = replication.until_words_change(scene.now).into_iter().chain(counts).min() {
        ui.ctx().request_repaint_after(wait);
    }
}
