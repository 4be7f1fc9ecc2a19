//! The demo's pages that pictures are taken of.

use super::{
    action::Action,
    capture::PictureTheme,
    route::{Route, Tab},
    scene::Scene,
};
use crate::domain::{ObjectName, VaultName};

/// A page to be shown.
pub struct Stop {
    /// The picture's name, without theme and ending.
    pub name: &'static str,
    /// Dark or light.
    pub theme: PictureTheme,
    /// How a person gets there.
    pub actions: fn(&Scene<'_>) -> Vec<Action>,
}

/// The pictures of the README, in both themes.
pub fn stops() -> Vec<Stop> {
    let pages: [(&'static str, fn(&Scene<'_>) -> Vec<Action>); 3] = [
        ("secrets", |_| vec![Action::Go(vault(Tab::Secrets)), Action::Select(secret("db-password"))]),
        ("overview", |_| vec![Action::Go(vault(Tab::Overview))]),
        ("deleted", |_| vec![Action::Go(vault(Tab::Deleted))]),
    ];
    let themes = [PictureTheme::Dark, PictureTheme::Light];
    let stops = themes.into_iter().flat_map(|theme| pages.map(|(name, actions)| Stop { name, theme, actions }));
    stops.collect()
}

fn vault(tab: Tab) -> Route {
    VaultName::parse("contoso-prod").map_or(Route::NoVault, |vault| Route::Vault(vault, tab))
}

fn secret(name: &str) -> Option<ObjectName> {
    ObjectName::parse(name).ok()
}
