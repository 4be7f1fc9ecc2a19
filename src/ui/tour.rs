//! The demo's pages that pictures are taken of.

use super::{
    action::{Action, After},
    capture::PictureTheme,
    command::UiCommand,
    commands::actions_for,
    dialogs::{key::CreateKey, secret::SecretDialog, travel::Travel},
    route::{Route, Tab},
    scene::{Page, Scene},
    why::Question,
};
use crate::{
    domain::{IdentityId, ObjectName, RegionName, VaultName, region::FailoverPlan},
    service::Command,
};

/// A page to be shown.
pub struct Stop {
    /// The picture's name, without theme and ending.
    pub name: &'static str,
    /// Dark or light.
    pub theme: PictureTheme,
    /// How a person gets there.
    pub actions: fn(&Scene<'_>) -> Vec<Action>,
    /// What a person types there, into what has the keyboard.
    pub typed: &'static str,
}

/// A page of the tour: its name, how to get there, what is typed there.
type Stage = (&'static str, fn(&Scene<'_>) -> Vec<Action>, &'static str);

/// The pictures of the README, in both themes.
pub fn stops() -> Vec<Stop> {
    let stages: [Stage; 14] = [
        ("secrets", |_| vec![Action::Go(vault(Tab::Secrets)), Action::Select(object("db-password"))], ""),
        ("keys", |_| vec![Action::Go(vault(Tab::Keys)), Action::Select(object("data-encryption"))], ""),
        ("newkey", new_key, "invoice-archive"),
        ("overview", |_| vec![Action::Go(vault(Tab::Overview))], ""),
        ("deleted", |_| vec![Action::Go(vault(Tab::Deleted))], ""),
        ("deletedvaults", |_| vec![officer(), Action::Go(Route::DeletedVaults)], ""),
        ("access", |_| vec![officer(), Action::Go(vault(Tab::Access))], ""),
        ("identities", identities, ""),
        ("newsecret", new_secret, "old-db-password"),
        ("newvault", |scene| command(scene, UiCommand::NewVault), "billing-archive"),
        ("travel", |_| vec![Action::Go(vault(Tab::Deleted)), Action::Open(Box::new(Travel::by_days(30)))], ""),
        ("palette", |scene| command(scene, UiCommand::Palette), "re"),
        ("regions", |_| vec![Action::Go(Route::Regions)], ""),
        ("failover", fail_over, ""),
    ];
    let themes = [PictureTheme::Dark, PictureTheme::Light];
    let stop = |theme| stages.map(|(name, actions, typed)| Stop { name, theme, actions, typed });
    themes.into_iter().flat_map(stop).collect()
}

/// What brings the demo back to where a theme's pictures begin.
pub(super) fn rewind(scene: &Scene<'_>) -> Vec<Action> {
    let mut actions = Vec::new();
    if scene.caller.id != Some(IdentityId::DEVELOPER) {
        actions.push(Action::ActAs(IdentityId::DEVELOPER));
    }
    let is_out = |region: &RegionName| scene.view.world.outages[region].returned.is_none();
    let out = scene.view.world.outages.keys().copied().filter(is_out);
    actions.extend(out.map(|region| Action::Do(Command::EndOutage(region), After::default())));
    actions
}

const fn officer() -> Action {
    Action::ActAs(IdentityId::SECURITY_OFFICER)
}

/// Who there is, with the group beside.
fn identities(scene: &Scene<'_>) -> Vec<Action> {
    let all = scene.view.world.directory.all();
    let group = all.into_iter().find(|identity| !identity.can_act());
    let shown = group.map_or(Action::Go(Route::Identities), |group| Action::Why(Question::Everywhere(group.id)));
    vec![officer(), shown]
}

fn new_secret(_: &Scene<'_>) -> Vec<Action> {
    let Ok(vault) = VaultName::parse(VAULT) else { return Vec::new() };
    let dialog = SecretDialog::new_secret(vault.clone());
    vec![
        Action::Go(Route::Vault(vault, Tab::Secrets)),
        Action::Select(object("db-password")),
        Action::Open(Box::new(dialog)),
    ]
}

fn new_key(_: &Scene<'_>) -> Vec<Action> {
    let Ok(premium) = VaultName::parse("billing-eu") else { return Vec::new() };
    let dialog = CreateKey::new(premium.clone());
    vec![Action::Go(Route::Vault(premium, Tab::Keys)), Action::Open(Box::new(dialog))]
}

/// An outage whose phases take no time: the pair serves at once.
fn fail_over(_: &Scene<'_>) -> Vec<Action> {
    let plan = FailoverPlan { failover_secs: 0, failback_secs: 0, failing_percent: 0 };
    let Ok(region) = RegionName::parse("westeurope") else { return Vec::new() };
    vec![
        Action::Go(vault(Tab::Secrets)),
        Action::Select(object("db-password")),
        Action::Do(Command::BeginOutage(region, plan), After::default()),
    ]
}

fn command(scene: &Scene<'_>, command: UiCommand) -> Vec<Action> {
    let mut actions = vec![Action::Go(vault(Tab::Secrets))];
    actions.extend(actions_for(command, scene, &Page::default()).unwrap_or_default());
    actions
}

const VAULT: &str = "contoso-prod";

fn vault(tab: Tab) -> Route {
    VaultName::parse(VAULT).map_or(Route::NoVault, |vault| Route::Vault(vault, tab))
}

fn object(name: &str) -> Option<ObjectName> {
    ObjectName::parse(name).ok()
}
