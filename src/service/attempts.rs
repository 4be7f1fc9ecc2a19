//! Wrong passphrases: after three in a row, each further try at the same store has to wait.
//!
//! This slows down whoever sits at this computer and types. It does not slow down whoever copies the files, and it says so in
//! `docs/security.md`: against that only a good passphrase helps.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;

/// So many wrong passphrases in a row cost nothing but the time that deriving the key takes.
const FREE: u32 = 3;
/// Nobody waits longer.
const MOST_SECS: i64 = 60;

/// How often a wrong passphrase was tried, store by store.
#[derive(Debug, Default)]
pub struct Attempts {
    file: Option<PathBuf>,
    stores: BTreeMap<String, Wrong>,
}

/// Wrong passphrases in a row.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Wrong {
    count: u32,
    last_ms: i64,
}

impl Attempts {
    /// Those that are kept on this computer, beside the person's settings.
    pub fn of_this_computer() -> Self {
        let file =
            directories::ProjectDirs::from("", "", "tresor").map(|project| project.config_dir().join("attempts.json"));
        file.map_or_else(Self::default, Self::kept_in)
    }

    /// Those that are kept in `file`. What is not there or not readable counts as none: this keeps nobody out of a store.
    pub fn kept_in(file: PathBuf) -> Self {
        let stores = fs::read(&file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Self { stores: stores.unwrap_or_default(), file: Some(file) }
    }

    /// How many seconds to wait before the store in `folder` may be tried again; `None`: it may now. Never more than a minute, also
    /// where the clock was set back.
    pub fn wait_secs(&self, folder: &Path, now: Timestamp) -> Option<u32> {
        let wrong = self.stores.get(&name(folder))?;
        let since_ms = now.ms().checked_sub(wrong.last_ms).filter(|ms| *ms >= 0)?;
        let left_ms = delay_secs(wrong.count) * 1000 - since_ms;
        (left_ms > 0).then(|| u32::try_from(left_ms.div_euclid(1000) + i64::from(left_ms % 1000 > 0)).unwrap_or(0))
    }

    /// A wrong passphrase was tried.
    pub fn wrong(&mut self, folder: &Path, now: Timestamp) {
        self.look_again();
        let wrong = self.stores.entry(name(folder)).or_insert(Wrong { count: 0, last_ms: 0 });
        *wrong = Wrong { count: wrong.count.saturating_add(1), last_ms: now.ms() };
        self.keep();
    }

    /// The right one was: all is forgiven.
    pub fn right(&mut self, folder: &Path) {
        self.look_again();
        if self.stores.remove(&name(folder)).is_some() {
            self.keep();
        }
    }

    /// Takes in what other programs wrote since.
    pub fn look_again(&mut self) {
        if let Some(file) = self.file.take() {
            *self = Self::kept_in(file);
        }
    }

    fn keep(&self) {
        let Some(file) = &self.file else { return };
        let write = || -> std::io::Result<()> {
            if let Some(folder) = file.parent() {
                fs::create_dir_all(folder)?;
            }
            let partial = file.with_extension("part");
            fs::write(&partial, serde_json::to_vec_pretty(&self.stores)?)?;
            fs::rename(partial, file)
        };
        // Where nothing can be kept the delay still holds until the program ends.
        drop(write());
    }
}

/// After the third wrong passphrase 5 s, then 10, 20, 40, and a minute from then on.
fn delay_secs(count: u32) -> i64 {
    match count.checked_sub(FREE) {
        None => 0,
        Some(more) => (5 << more.min(8)).min(MOST_SECS),
    }
}

/// The folder whatever way it was named.
fn name(folder: &Path) -> String {
    fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf()).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_secs(1_795_176_000);

    #[test]
    fn three_wrong_passphrases_are_free_and_each_further_one_waits_longer_up_to_a_minute() {
        let (mut attempts, folder) = (Attempts::default(), Path::new("/a/store"));
        let mut now = NOON;
        let mut waits = Vec::new();
        for _ in 0..8 {
            attempts.wrong(folder, now);
            let wait = attempts.wait_secs(folder, now);
            waits.push(wait.unwrap_or(0));
            now = now.plus_secs(i64::from(wait.unwrap_or(0)));
            assert_eq!(attempts.wait_secs(folder, now), None, "the time is over");
        }
        assert_eq!(waits, [0, 0, 5, 10, 20, 40, 60, 60]);
        assert_eq!(attempts.wait_secs(Path::new("/another"), NOON), None, "each store for itself");
        attempts.right(folder);
        attempts.wrong(folder, now);
        assert_eq!(attempts.wait_secs(folder, now), None, "the right one starts anew");
    }

    #[test]
    fn the_delay_is_kept_across_a_restart_and_losing_it_or_turning_the_clock_back_locks_nobody_out() {
        let folder = tempfile::tempdir().unwrap();
        let (file, store) = (folder.path().join("config").join("attempts.json"), folder.path().join("store"));
        let mut attempts = Attempts::kept_in(file.clone());
        (0..4).for_each(|_| attempts.wrong(&store, NOON));
        let again = Attempts::kept_in(file.clone());
        assert_eq!(again.wait_secs(&store, NOON.plus_secs(1)), Some(9));
        assert_eq!(again.wait_secs(&store, NOON.plus_secs(-3_600)), None, "the clock was set back");
        fs::write(&file, "{\"cut sh").unwrap();
        assert_eq!(Attempts::kept_in(file.clone()).wait_secs(&store, NOON), None);
        fs::remove_file(&file).unwrap();
        assert_eq!(Attempts::kept_in(file).wait_secs(&store, NOON), None);
    }
}
