//! Tresor keeps vaults of secrets sealed on this computer and behaves as Azure Key Vault does.
//!
//! The floors, from the ground up; none looks up:
//!
//! - [`domain`]: what a vault is and which rules hold. No file, no clock, no randomness.
//! - [`crypto`]: sealing, the passphrase, randomness. Knows no file.
//! - [`store`]: regions, tables and sealed records on the disk. Sees sealed bytes only.
//! - [`service`]: the one door. Admits a request, does it, records it.
//! - [`ui`]: the window. The only floor that knows egui.
//! - [`cli`]: the command line, beside the window.
//!
//! Beside the floors stand [`hardening`]: what the process does to keep to itself what it holds, and [`disk`]: the one place that makes
//! files.

pub mod cli;
pub mod crypto;
pub mod disk;
pub mod domain;
pub mod hardening;
pub mod service;
pub mod store;
pub mod ui;
