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

use crate::disk;
use crate::domain::{
    Timestamp,
    age::{BootTime, Reading},
};

/// So many wrong passphrases in a row cost nothing but the time that deriving the key takes.
const FREE: u32 = 3;
/// Nobody waits longer.
const MOST_SECS: u64 = 60;

/// A file of this kind is far shorter.
const MOST_BYTES: u64 = 1 << 20;

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
    /// How long the computer had been running then.
    #[serde(default)]
    last_up: BootTime,
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
        let stores = disk::read(&file, MOST_BYTES).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Self { stores: stores.unwrap_or_default(), file: Some(file) }
    }

    /// How many seconds to wait before the store in `folder` may be tried again; `None`: it may now. Never more than a minute of
    /// time that really passes, wherever the clock goes (T6).
    pub fn wait_secs(&self, folder: &Path, now: Reading) -> Option<u32> {
        let wrong = self.stores.get(&name(folder))?;
        let last = Reading { up: wrong.last_up, clock: Timestamp::from_ms(wrong.last_ms) };
        let left_ms = (delay_secs(wrong.count) * 1000).saturating_sub(now.ms_since(last));
        (left_ms > 0).then(|| u32::try_from(left_ms.div_ceil(1000)).unwrap_or(u32::MAX))
    }

    /// A wrong passphrase was tried.
    pub fn wrong(&mut self, folder: &Path, now: Reading) {
        self.look_again();
        let count = self.stores.get(&name(folder)).map_or(0, |wrong| wrong.count).saturating_add(1);
        self.stores.insert(name(folder), Wrong { count, last_ms: now.clock.ms(), last_up: now.up });
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
                disk::make_folder(folder)?;
            }
            let name = file.file_name().and_then(|name| name.to_str()).unwrap_or("attempts.json");
            disk::replace(file.parent().unwrap_or(Path::new(".")), name, &serde_json::to_vec_pretty(&self.stores)?)
        };
        // Where nothing can be kept the delay still holds until the program ends.
        drop(write());
    }
}

/// After the third wrong passphrase 5 s, then 10, 20, 40, and a minute from then on.
fn delay_secs(count: u32) -> u64 {
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
    use crate::domain::age::BootId;

    use super::*;

    const NOON: Timestamp = Timestamp::from_secs(1_795_176_000);

    /// `secs` after an hour of running, by a clock that is right.
    fn after(secs: u64) -> Reading {
        let up = BootTime { boot: BootId([1; 16]), ms: 3_600_000 + secs * 1000 };
        Reading { up, clock: NOON.plus_secs(secs.cast_signed()) }
    }

    /// The same by a clock that is wrong by so many seconds.
    fn with_clock_off(reading: Reading, secs: i64) -> Reading {
        Reading { clock: reading.clock.plus_secs(secs), ..reading }
    }

    /// `secs` after the computer was started again.
    fn restarted(secs: u64, clock: Timestamp) -> Reading {
        Reading { up: BootTime { boot: BootId([2; 16]), ms: secs * 1000 }, clock }
    }

    #[test]
    fn three_wrong_passphrases_are_free_and_each_further_one_waits_longer_up_to_a_minute() {
        let (mut attempts, folder) = (Attempts::default(), Path::new("/a/store"));
        let mut secs = 0;
        let mut waits = Vec::new();
        for _ in 0..8 {
            attempts.wrong(folder, after(secs));
            let wait = attempts.wait_secs(folder, after(secs));
            waits.push(wait.unwrap_or(0));
            secs += u64::from(wait.unwrap_or(0));
            assert_eq!(attempts.wait_secs(folder, after(secs)), None, "the time is over");
        }
        assert_eq!(waits, [0, 0, 5, 10, 20, 40, 60, 60]);
        assert_eq!(attempts.wait_secs(Path::new("/another"), after(0)), None, "each store for itself");
        attempts.right(folder);
        attempts.wrong(folder, after(secs));
        assert_eq!(attempts.wait_secs(folder, after(secs)), None, "the right one starts anew");
    }

    #[test]
    fn the_delay_ends_after_time_that_passed_whatever_the_clock_says() {
        // T6
        const YEARS: i64 = 50 * 365 * 86_400;
        let (mut attempts, folder) = (Attempts::default(), Path::new("/a/store"));
        (0..20).for_each(|_| attempts.wrong(folder, after(0)));
        for off in [0, YEARS, -YEARS, -60, 60] {
            assert_eq!(attempts.wait_secs(folder, with_clock_off(after(10), off)), Some(50), "{off}");
            assert_eq!(attempts.wait_secs(folder, with_clock_off(after(60), off)), None, "{off}");
        }
        let stands = |secs| Reading { clock: NOON, ..after(secs) };
        assert_eq!(attempts.wait_secs(folder, stands(59)), Some(1));
        assert_eq!(attempts.wait_secs(folder, stands(60)), None, "a clock that stands");
        let back = NOON.plus_secs(-YEARS);
        assert_eq!(attempts.wait_secs(folder, restarted(20, back)), Some(40), "since this start");
        assert_eq!(attempts.wait_secs(folder, restarted(60, back)), None);
        assert_eq!(attempts.wait_secs(folder, restarted(1, NOON.plus_secs(61))), None, "it was off for a minute");
        let earlier = Reading { up: BootTime { ms: 70_000, ..after(0).up }, clock: NOON };
        assert_eq!(attempts.wait_secs(folder, earlier), None, "a machine that was put back to an earlier state");
    }

    #[test]
    fn the_delay_is_kept_across_a_restart_and_losing_it_locks_nobody_out() {
        let folder = tempfile::tempdir().unwrap();
        let (file, store) = (folder.path().join("config").join("attempts.json"), folder.path().join("store"));
        let mut attempts = Attempts::kept_in(file.clone());
        (0..4).for_each(|_| attempts.wrong(&store, after(0)));
        let again = Attempts::kept_in(file.clone());
        assert_eq!(again.wait_secs(&store, after(1)), Some(9));
        let old = format!("{{\"{}\": {{\"count\": 4, \"last_ms\": {}}}}}", name(&store), NOON.ms());
        fs::write(&file, old).unwrap();
        assert_eq!(Attempts::kept_in(file.clone()).wait_secs(&store, restarted(1, NOON.plus_secs(1))), Some(9));
        fs::write(&file, "{\"cut sh").unwrap();
        assert_eq!(Attempts::kept_in(file.clone()).wait_secs(&store, after(0)), None);
        fs::remove_file(&file).unwrap();
        assert_eq!(Attempts::kept_in(file).wait_secs(&store, after(0)), None);
    }
}
