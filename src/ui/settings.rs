//! The person's settings: kept beside the program's other settings, never in a store. Nothing secret in them.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
};

use directories::ProjectDirs;
use serde::{Deserialize, Serialize};

use crate::{disk, domain::cost::Prices};

/// How the window looks and behaves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Dark, light, or as the system does.
    pub theme: Theme,
    /// How large everything is; 1 is normal.
    pub zoom: f32,
    /// How long a copied value stays in the clipboard, in seconds.
    pub clipboard_secs: u32,
    /// After how many idle minutes the store is locked; 0: never.
    pub auto_lock_minutes: u32,
    /// Whether the store is locked when the screen is.
    pub lock_with_screen: bool,
    /// Whether the store is locked before the computer sleeps.
    pub lock_before_sleep: bool,
    /// Whether things fade and slide.
    pub motion: Motion,
    /// Whether the sidebar is shown.
    pub sidebar: Sidebar,
    /// The store that was open last.
    pub last_store: Option<PathBuf>,
    /// Where the key file of a store lies. Never what is in it.
    pub key_files: BTreeMap<PathBuf, PathBuf>,
    /// The stores whose passphrase the system's keyring remembers.
    pub remembered: BTreeSet<PathBuf>,
    /// What Key Vault charges this person.
    pub prices: Prices,
}

/// Dark, light, or as the system does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the variants speak for themselves")]
pub enum Theme {
    #[default]
    System,
    Dark,
    Light,
}

/// Whether things fade and slide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the variants speak for themselves")]
pub enum Motion {
    #[default]
    Full,
    Reduced,
}

/// Whether the sidebar is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the variants speak for themselves")]
pub enum Sidebar {
    #[default]
    Shown,
    Hidden,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            zoom: 1.0,
            clipboard_secs: 30,
            auto_lock_minutes: 10,
            lock_with_screen: true,
            lock_before_sleep: true,
            motion: Motion::default(),
            sidebar: Sidebar::default(),
            last_store: None,
            key_files: BTreeMap::new(),
            remembered: BTreeSet::new(),
            prices: Prices::default(),
        }
    }
}

/// The file's name in the person's configuration folder.
const FILE_NAME: &str = "settings.json";
/// Settings are far shorter.
const MOST_BYTES: u64 = 1 << 20;

impl Settings {
    /// Reads them; what is not there or not readable is as it comes.
    pub fn load() -> Self {
        let read = || -> Option<Self> { serde_json::from_slice(&disk::read(&file()?, MOST_BYTES).ok()?).ok() };
        read().unwrap_or_default().bounded()
    }

    /// Keeps them; a cut-short file never takes their place.
    pub fn save(&self) -> io::Result<()> {
        let Some(file) = file() else { return Ok(()) };
        let folder = file.parent().unwrap_or(Path::new("."));
        disk::make_folder(folder)?;
        disk::replace(folder, FILE_NAME, &serde_json::to_vec_pretty(self)?)
    }

    /// Whatever was typed into the file, the window stays usable.
    #[must_use]
    fn bounded(mut self) -> Self {
        self.zoom = if self.zoom.is_finite() { self.zoom.clamp(0.6, 2.5) } else { 1.0 };
        self.clipboard_secs = self.clipboard_secs.clamp(5, 600);
        self.auto_lock_minutes = self.auto_lock_minutes.min(24 * 60);
        self
    }
}

/// Where a store lies when nothing else is said, by the platform's rules.
pub fn default_store() -> PathBuf {
    project().map_or_else(|| PathBuf::from("tresor-store"), |project| project.data_dir().join("default"))
}

fn file() -> Option<PathBuf> {
    Some(project()?.config_dir().join(FILE_NAME))
}

fn project() -> Option<ProjectDirs> {
    ProjectDirs::from("", "", "tresor")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_in_the_settings_file_leaves_the_window_usable() {
        let read: Settings = serde_json::from_str(r#"{"zoom": 900, "clipboard_secs": 0, "unknown": 1}"#).unwrap();
        let read = read.bounded();
        assert!((read.zoom - 2.5).abs() < f32::EPSILON);
        assert_eq!((read.clipboard_secs, read.auto_lock_minutes), (5, 10));
    }
}
