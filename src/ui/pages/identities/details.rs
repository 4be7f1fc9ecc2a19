//! One identity: its ids, its groups or members, its roles, what is asked of it.

use egui::{Align, Label, Layout, Rect, ScrollArea, Sides, Stroke, Ui, UiBuilder, pos2, vec2};

use crate::{
    domain::{Identity, IdentityId, Operation, Target, identity::Proof},
    ui::{
        action::Action,
        dialogs::{
            assign_role::AssignRole, identity::EditIdentity, identity_passphrase::IdentityPassphrase,
            remove_identity::RemoveIdentity,
        },
        grant_words,
        icons::Icon,
        pages::access::remove_role,
        scene::{Page, Scene},
        theme::{Font, Tokens, size, space},
        widgets::{Button, IconButton, KeyValue, key_value, quiet_link, rich_label},
    },
};

/// Draws them into all the room there is.
pub(super) fn show(ui: &mut Ui, scene: &Scene<'_>, identity: &Identity, page: &mut Page, actions: &mut Vec<Action>) {
    const FOOTER: f32 = size::BUTTON + 2.0 * space::L;
    let room = ui.available_rect_before_wrap().shrink2(vec2(space::L, 0.0));
    let head = Rect::from_min_size(pos2(room.left(), room.top() + space::M), vec2(room.width(), size::BUTTON));
    let foot = room.with_min_y(room.bottom() - FOOTER);
    let middle =
        Rect::from_min_max(pos2(room.left(), head.bottom() + space::S), pos2(room.right() + space::M, foot.top()));
    let line = Layout::left_to_right(Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(head).layout(line).id_salt("head"), |ui| {
        let ((), closes) = Sides::new().height(size::BUTTON).shrink_left().show(
            ui,
            |ui| {
                let name =
                    Font::PanelTitle.layout(ui, identity.name.as_str(), Tokens::of(ui).text, ui.available_width());
                ui.add(Label::new(name)).on_hover_text(identity.name.as_str());
            },
            |ui| ui.add(IconButton::new(Icon::X, "Close details")).clicked(),
        );
        if closes {
            page.identity = None;
        }
    });
    ui.scope_builder(UiBuilder::new().max_rect(middle).id_salt("body"), |ui| {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.set_max_width(room.width());
            ui.spacing_mut().item_spacing.y = space::XS;
            facts(ui, scene, identity, actions);
            belonging(ui, scene, identity, page);
            roles(ui, scene, identity, actions);
            if identity.can_act() {
                proof(ui, identity, actions);
            }
        });
    });
    let edge = foot.left() - space::L..=foot.right() + space::L;
    ui.painter().hline(edge, foot.top() + 0.5, Stroke::new(size::LINE, Tokens::of(ui).line));
    let place = UiBuilder::new().max_rect(foot.shrink2(vec2(0.0, space::L))).layout(line).id_salt("foot");
    ui.scope_builder(place, |ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        buttons(ui, scene, identity, actions);
    });
}

fn buttons(ui: &mut Ui, scene: &Scene<'_>, identity: &Identity, actions: &mut Vec<Action>) {
    let is_me = scene.caller.id == Some(identity.id);
    if identity.can_act() {
        let why = is_me.then_some("You act as this identity already");
        if ui.add(Button::secondary("Act as").icon(Icon::USER).disabled_because(why)).clicked() {
            actions.push(Action::ActAs(identity.id));
        }
    }
    let why = scene.why_not(Operation::IdentityPut, &Target::Subscription);
    if ui.add(Button::secondary("Edit…").icon(Icon::PENCIL).disabled_because(why)).clicked() {
        actions.push(Action::Open(Box::new(EditIdentity::of(identity))));
    }
    let why = scene.why_not(Operation::IdentityDelete, &Target::Subscription);
    if ui.add(Button::danger_quiet("Remove…").icon(Icon::TRASH).disabled_because(why)).clicked() {
        actions.push(Action::Open(Box::new(RemoveIdentity::new(identity.id))));
    }
}

fn facts(ui: &mut Ui, scene: &Scene<'_>, identity: &Identity, actions: &mut Vec<Action>) {
    key_value(ui, "Kind", Some(&grant_words::kind(identity)));
    copied(ui, "Object id", identity.id, actions);
    if let Some(client) = identity.client() {
        copied(ui, "Client id", client, actions);
    }
    let caller = crate::domain::Caller::of(identity, crate::domain::caller::SignedIn::Proven);
    if identity.can_act() {
        let may = if scene.view.world.can_purge(&caller) { "yes, somewhere" } else { "no" };
        key_value(ui, "Can purge", Some(may));
    }
    key_value(ui, "In new vaults", Some(grant_words::in_new_vaults(identity)));
    if identity.created > crate::domain::Timestamp::from_ms(0) {
        key_value(ui, "Made", Some(&scene.zone.date_and_time(identity.created)));
    }
}

fn copied(ui: &mut Ui, name: &str, id: IdentityId, actions: &mut Vec<Action>) {
    let text = id.to_string();
    KeyValue::new(name).show(ui, |ui| {
        let room = ui.available_width() - size::BUTTON_SMALL - space::S;
        let shown = Font::Mono.layout(ui, &text, Tokens::of(ui).text, room);
        ui.add(Label::new(shown)).on_hover_text(&text);
        let word = name.to_lowercase();
        if ui.add(IconButton::new(Icon::COPY, format!("Copy {word}")).small()).clicked() {
            actions.push(Action::CopyText(text.clone()));
        }
    });
}

/// Its groups, or who is in it.
fn belonging(ui: &mut Ui, scene: &Scene<'_>, identity: &Identity, page: &mut Page) {
    let directory = &scene.view.world.directory;
    let (title, none, others): (_, _, Vec<_>) = if identity.can_act() {
        ("Groups", "In no group", directory.groups_of(identity.id).collect())
    } else {
        let members = identity.members().iter().filter_map(|member| directory.get(*member));
        ("Members", "Nobody is in it", members.collect())
    };
    section(ui, title);
    if others.is_empty() {
        rich_label(ui, Font::Body.text(none).color(Tokens::of(ui).dim));
    }
    for other in others {
        if quiet_link(ui, other.name.as_str()).clicked() {
            page.identity = Some(other.id);
        }
    }
}

fn roles(ui: &mut Ui, scene: &Scene<'_>, identity: &Identity, actions: &mut Vec<Action>) {
    let world = &scene.view.world;
    section(ui, "Roles everywhere");
    let mut is_empty = true;
    for holder in world.directory.principals_of(identity.id) {
        for given in world.directory.assignments_of(*holder) {
            is_empty = false;
            let by = (*holder != identity.id).then(|| grant_words::identity(world, *holder));
            Sides::new().height(size::BUTTON_SMALL).shrink_left().show(
                ui,
                |ui| {
                    let text = by.as_ref().map_or_else(
                        || given.role.title().to_owned(),
                        |group| format!("{} (by {group})", given.role.title()),
                    );
                    let text = Font::Body.text(text).color(Tokens::of(ui).text);
                    ui.add(Label::new(text).truncate()).on_hover_text(given.role.about());
                },
                |ui| {
                    if by.is_none() {
                        remove_role(ui, scene, given, identity.name.as_str(), actions);
                    }
                },
            );
        }
    }
    if is_empty {
        rich_label(ui, Font::Body.text("None").color(Tokens::of(ui).dim));
    }
    let why = scene.why_not(Operation::RoleAssignmentPut, &Target::Subscription);
    if ui.add(Button::secondary("Assign role…").small().icon(Icon::PLUS).disabled_because(why)).clicked() {
        actions.push(Action::Open(Box::new(AssignRole::everywhere(Some(identity.id)))));
    }
    let inside: Vec<_> = world
        .vaults
        .live()
        .filter(|vault| {
            vault.access.policies.contains_key(&identity.id) || vault.access.assignments.contains_key(&identity.id)
        })
        .collect();
    section(ui, "Granted in");
    if inside.is_empty() {
        rich_label(ui, Font::Body.text("No vault").color(Tokens::of(ui).dim));
    }
    for vault in inside {
        if quiet_link(ui, vault.name().as_str()).clicked() {
            let question = crate::ui::why::Question::InVault(
                identity.id,
                vault.name().clone(),
                crate::domain::action::Plane::Secrets,
            );
            actions.push(Action::Why(question));
        }
    }
}

fn proof(ui: &mut Ui, identity: &Identity, actions: &mut Vec<Action>) {
    section(ui, "Passphrase or PIN");
    let (text, button) = match identity.proof {
        Proof::Passphrase => ("It is asked for before anybody acts as this identity.", "Change or remove…"),
        Proof::None => ("None: everybody who has the store open can act as this identity.", "Set a passphrase or PIN…"),
    };
    rich_label(ui, Font::Body.text(text).color(Tokens::of(ui).dim));
    if ui.add(Button::secondary(button).small().icon(Icon::KEY)).clicked() {
        actions.push(Action::Open(Box::new(IdentityPassphrase::of(identity.id))));
    }
}

fn section(ui: &mut Ui, title: &str) {
    ui.add_space(space::S);
    ui.label(Font::Strong.text(title).color(Tokens::of(ui).text));
}
