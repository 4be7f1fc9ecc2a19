//! The only place that asks the computer for the time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::SystemTime,
};

pub use crate::domain::Purpose;
use crate::domain::{Operation, Refusal, Timestamp};

/// Where time comes from.
#[derive(Clone, Debug)]
pub enum TimeSource {
    /// The computer's clock.
    Computer,
    /// A clock that stands until somebody moves it: pictures, tests, and the making of the demo.
    Held(Arc<AtomicI64>),
}

impl TimeSource {
    /// A clock that stands at `moment`.
    pub fn held_at(moment: Timestamp) -> Self {
        Self::Held(Arc::new(AtomicI64::new(moment.clamped().ms())))
    }

    /// Moves a held clock to `moment`; the computer's clock is not ours to move.
    pub fn hold_at(&self, moment: Timestamp) {
        if let Self::Held(ms) = self {
            ms.store(moment.clamped().ms(), Ordering::Relaxed);
        }
    }

    /// What it shows, in the years that are taken: a computer whose clock lost its battery may think that it is 1960.
    #[expect(clippy::disallowed_methods, reason = "this is the place that asks the clock")]
    pub fn now(&self) -> Timestamp {
        match self {
            // chrono's own way of asking ends the program before 1970.
            Self::Computer => moment_of(SystemTime::now()),
            Self::Held(ms) => Timestamp::from_ms(ms.load(Ordering::Relaxed)),
        }
    }
}

fn moment_of(time: SystemTime) -> Timestamp {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX)).clamped()
}

/// A store's clock: the source, moved forward by as much as somebody moved it, and never behind the store's last
/// change. A cheap value; whoever holds a copy reads the same time.
#[derive(Clone, Debug)]
pub struct StoreClock {
    source: TimeSource,
    purpose: Purpose,
    offset_ms: i64,
    last_change: Timestamp,
}

/// A clock that is this little behind the last change is not worth a word.
const TOLERATED_LAG_MS: i64 = 60_000;

impl StoreClock {
    /// The clock of a store whose last change was at `last_change`.
    pub fn new(source: TimeSource, purpose: Purpose, last_change: Timestamp) -> Self {
        Self { source, purpose, offset_ms: 0, last_change }
    }

    /// The store's time. In a real store it never goes back: when the computer's clock does, time stands (T5).
    pub fn now(&self) -> Timestamp {
        let moved = self.source.now().plus_ms(self.offset_ms).clamped();
        match self.purpose {
            Purpose::Real => moved.max(self.last_change),
            Purpose::Simulation => moved,
        }
    }

    /// Whether it may be moved.
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// Whether somebody moved it.
    pub const fn is_moved(&self) -> bool {
        self.offset_ms != 0
    }

    /// By how much it was moved forward, in milliseconds.
    pub const fn offset_ms(&self) -> i64 {
        self.offset_ms
    }

    /// The last change that is ahead of the computer's clock by more than a minute, if it is: the clock went back.
    pub fn stands_at(&self) -> Option<Timestamp> {
        let lag = self.last_change.ms_since(self.source.now());
        (self.purpose == Purpose::Real && lag > TOLERATED_LAG_MS).then_some(self.last_change)
    }

    /// Refuses to move the time of a store that keeps real secrets, and whatever else `operation` is, lets it pass.
    pub(super) fn admit(&self, operation: Operation) -> Result<(), Refusal> {
        let moves_time = matches!(operation, Operation::ClockAdvance | Operation::ClockReset);
        if moves_time && self.purpose == Purpose::Real { Err(Refusal::TimeIsReal) } else { Ok(()) }
    }

    pub(super) fn set_source(&mut self, source: TimeSource) {
        self.source = source;
    }

    pub(super) fn set_offset_ms(&mut self, offset_ms: i64) {
        self.offset_ms = offset_ms;
    }

    pub(super) fn note_change(&mut self, at: Timestamp) {
        self.last_change = self.last_change.max(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_computer_clock_of_any_year_is_read() {
        // T5
        let day = std::time::Duration::from_hours(24);
        let at = |days| SystemTime::UNIX_EPOCH + day * days;
        assert_eq!(moment_of(SystemTime::UNIX_EPOCH - day * 3_650), Timestamp::EARLIEST);
        assert_eq!(moment_of(at(20_000)), Timestamp::from_secs(20_000 * 86_400));
        assert_eq!(moment_of(at(4_000_000)), Timestamp::LATEST);
        let source = TimeSource::held_at(Timestamp::from_ms(i64::MAX));
        assert_eq!(source.now(), Timestamp::LATEST);
        source.hold_at(Timestamp::from_ms(-1));
        assert_eq!(source.now(), Timestamp::EARLIEST);
        let mut clock =
            StoreClock::new(TimeSource::held_at(Timestamp::LATEST), Purpose::Simulation, Timestamp::EARLIEST);
        clock.set_offset_ms(i64::MAX);
        assert_eq!(clock.now(), Timestamp::LATEST);
    }

    #[test]
    fn a_computer_clock_that_goes_back_makes_time_stand_in_a_real_store() {
        // T5
        let source = TimeSource::held_at(Timestamp::from_secs(1_000_000));
        let mut clock = StoreClock::new(source.clone(), Purpose::Real, Timestamp::from_secs(0));
        clock.note_change(clock.now());
        source.hold_at(Timestamp::from_secs(500_000));
        assert_eq!(clock.now(), Timestamp::from_secs(1_000_000));
        assert_eq!(clock.stands_at(), Some(Timestamp::from_secs(1_000_000)));
        source.hold_at(Timestamp::from_secs(1_000_001));
        assert_eq!((clock.now(), clock.stands_at()), (Timestamp::from_secs(1_000_001), None));
    }
}
