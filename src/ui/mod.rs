//! The window. The only floor that knows egui.
//!
//! Views read a [`scene::Scene`] and push [`action::Action`]s; `app` applies them. No view asks a store, waits, or
//! names a colour.

pub mod action;
pub mod activity_listing;
mod app;
pub mod capture;
mod clipboard;
mod command;
mod command_menu;
mod commands;
pub mod desktop;
mod dialogs;
pub mod file_dialog;
mod gate;
mod grant_words;
pub mod icons;
mod key_file_field;
pub mod listed;
pub mod listing;
mod objects;
mod pages;
mod permitted;
mod region_offers;
mod replication;
pub mod route;
mod run;
pub mod scene;
pub mod settings;
mod shell;
mod strength_meter;
pub mod theme;
pub mod tour;
mod typed;
pub mod why;
pub mod widgets;
mod words;
mod workbench;

pub use app::{App, KeepSettings, Launch, Start};
pub use run::run;
