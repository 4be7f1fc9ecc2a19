//! The pages.

pub(super) mod access;
pub(super) mod activity;
mod bin;
pub(super) mod cost;
pub(super) mod deleted;
pub(super) mod deleted_vaults;
pub(super) mod details;
pub(super) mod header;
pub(super) mod identities;
mod key_details;
pub(super) mod key_menu;
pub(super) mod keys;
pub(super) mod list;
pub(super) mod no_vault;
pub(super) mod notices;
pub(super) mod overview;
mod panel;
pub(super) mod refused;
pub(super) mod regions;
pub(super) mod secret_menu;
pub(super) mod secrets;
