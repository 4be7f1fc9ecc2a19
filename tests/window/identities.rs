//! Identities that come and go, through the window.

use egui::Role;
use egui_kittest::kittest::Queryable as _;
use tresor::{
    domain::{IdentityId, Scope},
    service::{AccessCommand, Command},
    ui::{
        action::{Action, After},
        route::{Route, Tab},
    },
};

use super::access::{act, act_as, ask, assert_says, choose, go, id_of};
use super::common::demo;

// S6
#[test]
fn nobody_removes_themselves_nor_the_last_who_manages_access() {
    let mut window = demo();
    act_as(&mut window, "Security officer");
    act(&mut window, Action::Go(Route::Identities));
    window.press("Security officer");
    let why = window.why_greyed("Take Owner away from Security officer (everywhere)").unwrap();
    assert!(why.starts_with("Nobody would be left"), "{why}");
    window.press("Remove…");
    assert_says(&window, "which cannot remove itself");
    assert!(window.why_greyed("Remove").is_some());
    window.press("Cancel");

    let mira = id_of(&window, "Mira Novak");
    ask(&mut window, AccessCommand::AssignRole(mira, tresor::domain::Role::Owner, Scope::Subscription));
    assert_eq!(window.why_greyed("Take Owner away from Security officer (everywhere)"), None);
    act_as(&mut window, "Mira Novak");
    window.press("Remove…");
    window.type_text("Security officer");
    window.press("Remove");
    assert!(window.harness.state().view().unwrap().world.directory.get(IdentityId::SECURITY_OFFICER).is_none());
    go(&mut window, "contoso-prod", Tab::Access);
    let left = format!("Remove the access policy of {}", IdentityId::SECURITY_OFFICER);
    window.press(&left);
    assert!(window.harness.query_by_role_and_label(Role::Button, &left).is_none());
}

// S6
#[test]
fn an_identity_is_made_renamed_and_acted_as_in_the_window() {
    let mut window = demo();
    act_as(&mut window, "Security officer");
    act(&mut window, Action::Go(Route::Identities));
    window.press("New identity");
    window.type_text("developer");
    assert!(window.why_greyed("Create identity").is_some());
    assert_says(&window, "Developer");
    window.fill("Name", "Ola Nordmann");
    choose(&mut window, Role::RadioButton, "All but purge");
    window.press("Create identity");
    window.press("Ola Nordmann");
    // The message that it was made lies above the button for a while.
    window.harness.get_by_role_and_label(Role::Button, "Act as").click_accesskit();
    window.settle();
    assert_says(&window, "Acting as Ola Nordmann, may not purge");
    act_as(&mut window, "Security officer");
    window.press("Edit…");
    window.fill("Name", "Ola N.");
    window.press("Save");
    assert_eq!(id_of(&window, "Ola N.").to_string().len(), 36);
    act_as(&mut window, "Ola N.");
    let ola = id_of(&window, "Ola N.");
    // Removed elsewhere: the window goes on as somebody who is there.
    let officer = tresor::domain::Caller::security_officer();
    let remove = Command::Access(AccessCommand::RemoveIdentity(ola));
    act(&mut window, Action::Ask(tresor::service::Request::Do(officer, remove), After::default()));
    assert_says(&window, "Acting as Developer");
    assert_says(&window, "Ola N. was removed");
}
