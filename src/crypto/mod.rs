//! (see lib.rs)

pub mod generator;
