//! (see lib.rs)

pub mod region_table;
