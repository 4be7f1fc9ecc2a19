//! Who there is: people, groups and service principals, and what they have everywhere (S6).

mod details;

use std::sync::Arc;

use egui::{Align, Label, Layout, Rect, Stroke, Ui, UiBuilder, pos2, vec2};

use crate::{
    domain::{Identity, Operation, Target, identity::Proof, soft_delete::SubscriptionProtection},
    service::Command,
    ui::{
        action::{Action, After},
        dialogs::{assign_role::AssignRole, identity::EditIdentity},
        grant_words,
        icons::Icon,
        scene::{Page, Scene},
        theme::{Font, Tokens, Tone, size, space},
        widgets::{Banner, Button, Table, TableColumn, Toggle, hairline, rich_label},
    },
};

const HEAD: f32 = 76.0;
/// A narrower page has its details in the place of the table.
const NARROWEST_TABLE: f32 = 280.0;

/// Draws it.
pub(in crate::ui) fn show(ui: &mut Ui, scene: &Scene<'_>, page: &mut Page, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.y = 0.0;
    let room = ui.available_rect_before_wrap();
    header(ui, Rect::from_min_size(room.min, vec2(room.width(), HEAD)).shrink2(vec2(space::XL, 0.0)), scene, actions);
    let below = room.with_min_y(room.top() + HEAD);
    ui.painter().hline(below.x_range(), below.top() - 0.5, Stroke::new(size::LINE, Tokens::of(ui).line));
    let directory = &scene.view.world.directory;
    let selected = page.identity.and_then(|id| directory.get(id)).cloned();
    let has_room_for_both = below.width() - size::DETAILS >= NARROWEST_TABLE;
    let left = match &selected {
        Some(_) if has_room_for_both => below.with_max_x(below.right() - size::DETAILS),
        Some(_) => below.with_max_x(below.left()),
        None => below,
    };
    page.room_for_messages = Some(super::panel::room_for_messages(left, below));
    if left.width() > 0.0 {
        ui.scope_builder(UiBuilder::new().max_rect(left).id_salt("identities"), |ui| list(ui, scene, page, actions));
    }
    if let Some(identity) = selected {
        let side = below.with_min_x(left.right());
        let t = Tokens::of(ui);
        ui.painter().rect_filled(side, 0.0, t.panel);
        ui.painter().vline(side.left() + 0.5, side.y_range(), Stroke::new(size::LINE, t.line));
        ui.scope_builder(UiBuilder::new().max_rect(side).id_salt(("identity", identity.id)), |ui| {
            details::show(ui, scene, &identity, page, actions);
        });
    }
    ui.advance_cursor_after_rect(room);
}

fn header(ui: &mut Ui, room: Rect, scene: &Scene<'_>, actions: &mut Vec<Action>) {
    let t = Tokens::of(ui);
    let beside = Rect::from_min_size(pos2(room.left(), room.top() + 14.0), vec2(room.width(), size::BUTTON));
    let layout = Layout::right_to_left(Align::Center);
    let drawn = ui.scope_builder(UiBuilder::new().max_rect(beside).layout(layout), |ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        let why = scene.why_not(Operation::IdentityPut, &Target::Subscription);
        if ui.add(Button::primary("New identity").icon(Icon::PLUS).disabled_because(why)).clicked() {
            actions.push(Action::Open(Box::new(EditIdentity::new_one())));
        }
        let why = scene.why_not(Operation::RoleAssignmentPut, &Target::Subscription);
        if ui.add(Button::secondary("Assign role").icon(Icon::USERS).disabled_because(why)).clicked() {
            actions.push(Action::Open(Box::new(AssignRole::everywhere(None))));
        }
        ui.min_rect().left()
    });
    let left = Rect::from_min_max(pos2(room.left(), room.top() + 14.0), pos2(drawn.inner - space::L, room.bottom()));
    ui.scope_builder(UiBuilder::new().max_rect(left), |ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        ui.label(Font::PageTitle.text("Identities").color(t.text));
        let text = "Who can be granted something, and the roles they have everywhere.";
        ui.add(Label::new(Font::Body.text(text).color(t.dim)).truncate());
    });
}

fn list(ui: &mut Ui, scene: &Scene<'_>, page: &mut Page, actions: &mut Vec<Action>) {
    let room = ui.available_rect_before_wrap();
    let foot = foot_height(scene, room.width());
    let (above, below) = room.split_top_bottom_at_y(room.bottom() - foot);
    ui.scope_builder(UiBuilder::new().max_rect(above).id_salt("table"), |ui| table(ui, scene, page));
    ui.scope_builder(UiBuilder::new().max_rect(below).id_salt("subscription"), |ui| subscription(ui, scene, actions));
}

fn table(ui: &mut Ui, scene: &Scene<'_>, page: &mut Page) {
    let directory = &scene.view.world.directory;
    let all = directory.all();
    let width = ui.available_width();
    let mut columns = vec![TableColumn::share("Name", 3.0), TableColumn::exact("Kind", 124.0)];
    if width > 480.0 {
        columns.push(TableColumn::share("Roles everywhere", 3.0));
    }
    if width > 620.0 {
        columns.push(TableColumn::exact("In new vaults", 96.0));
    }
    if width > 740.0 {
        columns.push(TableColumn::exact("Passphrase", 76.0));
    }
    if width > 900.0 {
        columns.push(TableColumn::exact("Object id", 92.0));
    }
    let selected = page.identity.and_then(|id| all.iter().position(|identity| identity.id == id));
    let output = Table::new("Identities", &columns, all.len()).selected(selected).show(ui, |row| {
        let identity = all[row.index];
        let is_me = scene.caller.id == Some(identity.id);
        row.noted_name(identity.id, identity.name.as_str(), if is_me { "you" } else { "" });
        row.text(&grant_words::kind(identity));
        if width > 480.0 {
            row.text(&roles(scene, identity));
        }
        if width > 620.0 {
            row.text(grant_words::in_new_vaults(identity));
        }
        if width > 740.0 {
            row.text(if identity.proof == Proof::Passphrase { "set" } else { "\u{2014}" });
        }
        if width > 900.0 {
            row.mono(&format!("{}\u{2026}", &identity.id.to_string()[..8]));
        }
    });
    if let Some(row) = output.selected() {
        page.identity = all.get(row).map(|identity: &&Arc<Identity>| identity.id);
    }
}

/// The roles somebody has everywhere, by themselves and by their groups.
fn roles(scene: &Scene<'_>, identity: &Identity) -> String {
    let directory = &scene.view.world.directory;
    let given = directory.principals_of(identity.id).iter().flat_map(|holder| directory.assignments_of(*holder));
    let titles: Vec<_> = given.map(|given| given.role.title()).collect();
    if titles.is_empty() { "\u{2014}".into() } else { titles.join(", ") }
}

fn foot_height(scene: &Scene<'_>, width: f32) -> f32 {
    let lines = if width < 560.0 { 40.0 } else { 20.0 };
    let banner = if scene.view.world.protection == SubscriptionProtection::Undeletable { 44.0 } else { 0.0 };
    62.0 + lines + banner
}

/// What holds for the whole subscription (S11).
fn subscription(ui: &mut Ui, scene: &Scene<'_>, actions: &mut Vec<Action>) {
    let t = Tokens::of(ui);
    hairline(ui);
    egui::Frame::new().inner_margin(egui::Margin::symmetric(20, 12)).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        let mut is_marked = scene.view.world.protection == SubscriptionProtection::Undeletable;
        let why = scene.why_not(Operation::SubscriptionPatch, &Target::Subscription);
        let toggle = Toggle::new(&mut is_marked, "The subscription is marked undeletable").disabled_because(why);
        if ui.add(toggle).changed() {
            let (protection, said) = if is_marked {
                (SubscriptionProtection::Undeletable, "Nothing can be purged by hand now")
            } else {
                (SubscriptionProtection::None, "The subscription is an ordinary one again")
            };
            actions.push(Action::Do(Command::ProtectSubscription(protection), After::say(said)));
        }
        let text = "In such a subscription nobody purges, whatever they are granted; only the service does, when \
                    retention ends.";
        rich_label(ui, Font::Secondary.text(text).color(t.dim));
        if scene.view.world.protection == SubscriptionProtection::Undeletable {
            let text = "Nothing can be purged by hand while the mark is there.";
            Banner::new(Tone::Ok).icon(Icon::SHIELD_CHECK_FILLED).text(text).ui(ui);
        }
    });
}
