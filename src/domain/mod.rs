//! (see lib.rs)

pub mod import;
pub mod region_table;
