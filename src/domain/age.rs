//! How much time has provably passed, whatever the computer's clock says (T6).
//!
//! A clock can be wrong by years, and nothing that is destroyed because of it comes back. So a real store keeps a [`Ledger`]
//! of the time that has passed for certain: within one boot what the kernel counted, and across boots what the clock says, but
//! only a few days of it, and only when a day has passed without the clock being put back. What is kept for its time is
//! destroyed when its date has passed and when as much time has provably passed.

use serde::{Deserialize, Serialize};

use super::{Timestamp, time::DAY_MS};

/// How much time had provably passed since a store was made, in milliseconds. It only grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Age(u64);

impl Age {
    /// That of a store that was just made, and of what is not known.
    pub const ZERO: Self = Self(0);

    /// So many milliseconds.
    pub const fn from_ms(ms: u64) -> Self {
        Self(ms)
    }

    /// In milliseconds.
    pub const fn ms(self) -> u64 {
        self.0
    }

    /// This age and `ms` milliseconds; a negative number adds nothing.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(if ms < 0 { 0 } else { ms.unsigned_abs() }))
    }

    /// How long it takes from `earlier` to this age, in milliseconds; nothing where that is not earlier.
    pub const fn ms_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// By what is known how much time has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// By the clock: where time is played with, and where nothing is kept.
    Clock,
    /// By what has provably passed.
    Age(Age),
}

/// The time at which something is decided: what the clock shows, and how much time has provably passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// What the store's clock shows.
    pub clock: Timestamp,
    /// What proves that time has passed.
    pub proof: Proof,
}

impl Now {
    /// The time where the clock is all there is to ask.
    pub const fn by_clock(clock: Timestamp) -> Self {
        Self { clock, proof: Proof::Clock }
    }

    /// The age to be noted with what happens now.
    pub const fn age(self) -> Age {
        match self.proof {
            Proof::Clock => Age::ZERO,
            Proof::Age(age) => age,
        }
    }
}

/// When something happens by itself: not before its date, and not before as much time has provably passed (T6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// The date, by the clock.
    pub date: Timestamp,
    /// The age of the store that it takes.
    pub age: Age,
}

impl Term {
    /// The term of what began at `from`, when the store had this age, and ends at `date`.
    pub const fn new(from: Timestamp, age: Age, date: Timestamp) -> Self {
        Self { date, age: age.plus_ms(date.ms_since(from)) }
    }

    /// Whether it has come.
    pub fn has_come(self, now: Now) -> bool {
        self.date <= now.clock && self.is_proven(now)
    }

    /// Whether its date has passed and it has not come, because it is not proven that so much time has passed.
    pub fn is_held_back(self, now: Now) -> bool {
        self.date <= now.clock && !self.is_proven(now)
    }

    /// Whether as much time has provably passed as it takes.
    pub fn is_proven(self, now: Now) -> bool {
        match now.proof {
            Proof::Clock => true,
            Proof::Age(age) => self.age <= age,
        }
    }

    /// When it comes, if the clock is right and the computer stays on.
    pub fn comes_at(self, now: Now) -> Timestamp {
        match now.proof {
            Proof::Clock => self.date,
            Proof::Age(_) if self.is_proven(now) => self.date,
            Proof::Age(age) => {
                let lacking_ms = i64::try_from(self.age.ms_since(age)).unwrap_or(i64::MAX);
                self.date.max(now.clock.plus_ms(lacking_ms))
            }
        }
    }
}

/// One run of a computer, from when it was started until it is shut down. Boot times of different boots say nothing of
/// each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BootId(pub [u8; 16]);

/// How long a computer has been running, sleep included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BootTime {
    /// Since which start.
    pub boot: BootId,
    /// How long, in milliseconds.
    pub ms: u64,
}

/// What a computer says of the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// How long it has been running.
    pub up: BootTime,
    /// What its clock shows.
    pub clock: Timestamp,
}

impl Reading {
    /// How much time has passed since `earlier`, for waits of seconds. Of another boot counts what has passed since this one
    /// began, or what the clock says where that is more.
    pub fn ms_since(self, earlier: Self) -> u64 {
        if self.up.boot == earlier.up.boot && earlier.up.ms <= self.up.ms {
            return self.up.ms - earlier.up.ms;
        }
        self.up.ms.max(u64::try_from(self.clock.ms_since(earlier.clock)).unwrap_or_default())
    }
}

/// Time that the clock says has passed, and that is only counted later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Grant {
    ms: u64,
    /// What was measured when it was granted.
    at_measured: u64,
    /// What the clock showed when it was granted.
    clock: Timestamp,
}

/// The proven time of a store, and what it follows from (T6).
///
/// Its [`Ledger::age`] is what was measured within boots, and what was granted of the time between them: out of an allowance,
/// or by somebody who confirmed the clock. What is granted counts after [`Ledger::MATURES_MS`] more of measured time, and not at
/// all when the clock is put back meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    up: BootTime,
    clock: Timestamp,
    measured_ms: u64,
    matured_ms: u64,
    allowance_ms: u64,
    withheld_ms: u64,
    pending: Vec<Grant>,
    /// How often it was stamped: of two with the same measured time the later one is told by it.
    serial: u64,
}

/// So many grants are told apart; one more joins the latest.
const MOST_PENDING: usize = 32;
/// A clock that is put back by no more is only put right.
const TOLERANCE_MS: i64 = 60_000;
/// The allowance grows by a day in so much measured time: this many times as fast as time.
const REFILL: u64 = DAY_MS.unsigned_abs() / (30 * 60_000);

impl Ledger {
    /// The most that the clock is believed across boots without anybody's word: seven days.
    pub const MOST_ALLOWANCE_MS: u64 = 7 * DAY_MS.unsigned_abs();
    /// A grant counts after so much measured time: a day.
    pub const MATURES_MS: u64 = DAY_MS.unsigned_abs();

    /// That of a store of which nothing is known: no time has passed yet.
    pub const fn new(reading: Reading) -> Self {
        Self {
            up: reading.up,
            clock: reading.clock,
            measured_ms: 0,
            matured_ms: 0,
            allowance_ms: Self::MOST_ALLOWANCE_MS,
            withheld_ms: 0,
            pending: Vec::new(),
            serial: 0,
        }
    }

    /// How much time has provably passed.
    pub const fn age(&self) -> Age {
        Age(self.measured_ms.saturating_add(self.matured_ms))
    }

    /// How much more the clock would be believed across the next boot, in milliseconds.
    pub const fn allowance_ms(&self) -> u64 {
        self.allowance_ms
    }

    /// How much time has passed by the clock of which nothing is proven, in milliseconds.
    pub const fn withheld_ms(&self) -> u64 {
        self.withheld_ms
    }

    /// How much was granted that does not count yet, in milliseconds.
    pub fn waiting_ms(&self) -> u64 {
        self.pending.iter().fold(0, |sum, grant| sum.saturating_add(grant.ms))
    }

    /// After how much more measured time the next grant counts, in milliseconds; `None`: none waits.
    pub fn matures_in_ms(&self) -> Option<u64> {
        let first = self.pending.first()?;
        Some(first.at_measured.saturating_add(Self::MATURES_MS).saturating_sub(self.measured_ms))
    }

    /// Takes in what the computer says now.
    pub fn advance(&mut self, reading: Reading) {
        let by_clock = reading.clock.ms_since(self.clock);
        let is_same_boot = reading.up.boot == self.up.boot;
        let measured = if is_same_boot { reading.up.ms.saturating_sub(self.up.ms) } else { 0 };
        self.measured_ms = self.measured_ms.saturating_add(measured);
        let refilled = self.allowance_ms.saturating_add(measured.saturating_mul(REFILL));
        self.allowance_ms = refilled.min(Self::MOST_ALLOWANCE_MS);
        self.drop_refuted(reading.clock);
        self.mature();
        let unproven = by_clock.saturating_sub(i64::try_from(measured).unwrap_or(i64::MAX));
        if unproven < 0 {
            self.withheld_ms = self.withheld_ms.saturating_sub(unproven.unsigned_abs());
        } else {
            let granted = if is_same_boot { 0 } else { self.allowance_ms.min(unproven.unsigned_abs()) };
            self.allowance_ms -= granted;
            self.withheld_ms = self.withheld_ms.saturating_add(unproven.unsigned_abs() - granted);
            self.grant(granted, reading.clock);
        }
        // Boot time does not go back, but for a machine that is put back to an earlier state: no time counts twice.
        let ms = if is_same_boot { self.up.ms.max(reading.up.ms) } else { reading.up.ms };
        (self.up, self.clock) = (BootTime { boot: reading.up.boot, ms }, reading.clock);
    }

    /// Somebody says that the clock is right: what was withheld is granted.
    pub fn confirm(&mut self) {
        let withheld = std::mem::take(&mut self.withheld_ms);
        self.grant(withheld, self.clock);
    }

    fn grant(&mut self, ms: u64, clock: Timestamp) {
        if ms == 0 {
            return;
        }
        let granted = Grant { ms, at_measured: self.measured_ms, clock };
        let is_full = MOST_PENDING <= self.pending.len();
        match self.pending.last_mut().filter(|_| is_full) {
            None => self.pending.push(granted),
            // The later counts for both, so neither counts sooner than it would.
            Some(latest) => {
                *latest = Grant { ms: latest.ms.saturating_add(ms), clock: latest.clock.max(clock), ..granted };
            }
        }
    }

    /// A clock that is put back to before a grant says that the time had not passed.
    fn drop_refuted(&mut self, clock: Timestamp) {
        let is_refuted = |grant: &Grant| clock.plus_ms(TOLERANCE_MS) < grant.clock;
        for refuted in self.pending.extract_if(.., |grant| is_refuted(grant)) {
            self.withheld_ms = self.withheld_ms.saturating_add(refuted.ms);
        }
    }

    fn mature(&mut self) {
        let has_waited = |grant: &Grant| Self::MATURES_MS <= self.measured_ms.saturating_sub(grant.at_measured);
        let matured = self.pending.partition_point(has_waited);
        for grant in self.pending.drain(..matured) {
            self.matured_ms = self.matured_ms.saturating_add(grant.ms);
        }
    }
}

/// What is kept of it with each commit.
impl Ledger {
    /// It is kept once more: tells it from what was kept of it before.
    pub fn count_stamp(&mut self) {
        self.serial = self.serial.saturating_add(1);
    }

    /// The one that was kept last.
    pub fn latest(ledgers: impl IntoIterator<Item = Self>) -> Option<Self> {
        ledgers.into_iter().max_by_key(|ledger| (ledger.measured_ms, ledger.serial))
    }
}

#[cfg(test)]
mod tests;
