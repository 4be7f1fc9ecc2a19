//! What stands around every page.

pub(super) mod region_bar;
pub(super) mod sidebar;
