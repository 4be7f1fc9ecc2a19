//! What a store was made for.

use serde::{Deserialize, Serialize};

/// Whether a store's time may be moved, and whether failures in it are only simulated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// It keeps real secrets; its time is the computer's.
    #[default]
    Real,
    /// It was made for simulation: its clock can be advanced.
    Simulation,
}
