//! The window. Knows the service and the domain; the only floor that knows egui.

pub mod icons;
pub mod theme;
pub mod widgets;
