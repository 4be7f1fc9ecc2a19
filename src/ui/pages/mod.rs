//! The pages.

mod bin;
pub(super) mod deleted;
pub(super) mod deleted_vaults;
pub(super) mod details;
pub(super) mod header;
pub(super) mod no_vault;
pub(super) mod notices;
pub(super) mod overview;
pub(super) mod secret_menu;
pub(super) mod secrets;
