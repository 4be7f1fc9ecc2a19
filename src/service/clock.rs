//! The only place that asks the computer for the time.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::SystemTime,
};

use super::boot;
pub use crate::domain::Purpose;
use crate::{
    domain::{
        Now, Operation, Refusal, Timestamp,
        age::{BootId, BootTime, Ledger, Proof, Reading},
    },
    store::Place,
};

/// Where time comes from.
#[derive(Clone, Debug)]
pub enum TimeSource {
    /// The computer's clock.
    Computer,
    /// A clock that stands until somebody moves it: pictures, tests, and the making of the demo. Time passes as it shows.
    Held(Arc<AtomicI64>),
    /// A computer whose clock and boots are played.
    Played(Arc<dyn Machine>),
}

/// What a computer says of the time.
pub trait Machine: fmt::Debug + Send + Sync {
    /// How long it has been running, and what its clock shows.
    fn reading(&self) -> Reading;
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
            Self::Played(machine) => machine.reading().clock.clamped(),
        }
    }

    /// What it shows, and how long the computer has been running.
    pub fn reading(&self) -> Reading {
        match self {
            Self::Computer => Reading { up: boot::up(), clock: self.now() },
            Self::Held(_) => {
                let ms = u64::try_from(self.now().ms()).unwrap_or_default();
                Reading { up: BootTime { boot: BootId([1; 16]), ms }, clock: self.now() }
            }
            Self::Played(machine) => Reading { clock: self.now(), ..machine.reading() },
        }
    }
}

fn moment_of(time: SystemTime) -> Timestamp {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX)).clamped()
}

/// A store's clock: the source, moved forward by as much as somebody moved it, and how much time has provably passed. A cheap
/// value; whoever holds a copy reads the same time.
#[derive(Clone, Debug)]
pub struct StoreClock {
    source: TimeSource,
    purpose: Purpose,
    offset_ms: i64,
    /// Where the clock alone proves nothing.
    ledger: Option<Ledger>,
}

/// Less is not worth a word: clocks are put right by seconds all the time.
const LEAST_CONFIRMED_MS: u64 = 60_000;
/// The version of a stamp that this program writes.
const STAMP_VERSION: u8 = 1;

impl StoreClock {
    /// The clock of a store in which these stamps were found. What is kept in a real store is kept by what is proven; where
    /// nothing was stamped nothing is (T6).
    pub fn new(source: TimeSource, purpose: Purpose, place: &Place, stamps: &[Vec<u8>]) -> Self {
        let is_proven = match (purpose, place) {
            (Purpose::Real, Place::Folder(_)) => true,
            (Purpose::Real, Place::Memory) | (Purpose::Simulation, _) => false,
        };
        let ledger = is_proven.then(|| {
            let reading = source.reading();
            let mut ledger = Ledger::latest(stamps.iter().filter_map(|stamp| read_stamp(stamp)));
            if let Some(ledger) = &mut ledger {
                ledger.advance(reading);
            }
            ledger.unwrap_or_else(|| Ledger::new(reading))
        });
        Self { source, purpose, offset_ms: 0, ledger }
    }

    /// The store's time. In a real store it is what the computer's clock shows, right or wrong.
    pub fn now(&self) -> Timestamp {
        self.source.now().plus_ms(self.offset_ms).clamped()
    }

    /// The store's time, and what is proven of it.
    pub fn moment(&self) -> Now {
        self.at(self.now())
    }

    /// A time that was asked a moment ago, and what is proven.
    pub fn at(&self, clock: Timestamp) -> Now {
        let proof = self.ledger.as_ref().map_or(Proof::Clock, |ledger| Proof::Age(ledger.age()));
        Now { clock, proof }
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

    /// The account of proven time; `None` where the clock is all there is to ask.
    pub const fn ledger(&self) -> Option<&Ledger> {
        self.ledger.as_ref()
    }

    /// How much time has passed by the clock, as it shows now, of which nothing is proven, in milliseconds.
    pub fn withheld_ms(&self) -> u64 {
        self.ledger.clone().map_or(0, |mut ledger| {
            ledger.advance(self.source.reading());
            ledger.withheld_ms()
        })
    }

    /// Whether that is enough that somebody may confirm the clock.
    pub fn can_be_confirmed(&self) -> bool {
        LEAST_CONFIRMED_MS <= self.withheld_ms()
    }

    /// Refuses to move the time of a store that keeps real secrets, and to confirm what is proven; whatever else `operation` is,
    /// lets it pass.
    pub(super) fn admit(&self, operation: Operation) -> Result<(), Refusal> {
        match operation {
            Operation::ClockAdvance | Operation::ClockReset if self.purpose == Purpose::Real => {
                Err(Refusal::TimeIsReal)
            }
            Operation::ClockConfirm if !self.can_be_confirmed() => Err(Refusal::NothingWithheld),
            _ => Ok(()),
        }
    }

    pub(super) fn set_source(&mut self, source: TimeSource) {
        self.source = source;
    }

    pub(super) fn set_offset_ms(&mut self, offset_ms: i64) {
        self.offset_ms = offset_ms;
    }

    /// What the computer says; moving the clock of a simulation is as good as waiting.
    pub(super) fn reading(&self) -> Reading {
        let Reading { up, clock } = self.source.reading();
        let ms = up.ms.saturating_add_signed(self.offset_ms);
        Reading { up: BootTime { ms, ..up }, clock: clock.plus_ms(self.offset_ms) }
    }

    /// Takes in what the computer says.
    pub(super) fn look(&mut self) {
        if let Some(ledger) = &mut self.ledger {
            ledger.advance(self.source.reading());
        }
    }

    /// The same with what was withheld granted, because somebody says that the clock is right.
    pub(super) fn confirmed(&self) -> Option<Ledger> {
        let mut ledger = self.ledger.clone()?;
        ledger.confirm();
        Some(ledger)
    }

    /// Puts an account in place of the one that is there, which is given back.
    pub(super) fn replace_ledger(&mut self, ledger: Ledger) -> Option<Ledger> {
        self.ledger.replace(ledger)
    }

    /// What is kept with a commit.
    pub(super) fn stamp(&mut self) -> Option<Vec<u8>> {
        let ledger = self.ledger.as_mut()?;
        ledger.count_stamp();
        Some(postcard::to_extend(ledger, vec![STAMP_VERSION]).expect("plain numbers always encode"))
    }
}

/// `u8(version) || ledger`; what a later program wrote proves nothing to this one.
fn read_stamp(stamp: &[u8]) -> Option<Ledger> {
    match stamp {
        [STAMP_VERSION, ledger @ ..] => postcard::from_bytes(ledger).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Age, time::DAY_MS};

    fn folder() -> Place {
        Place::Folder("/a/store".into())
    }

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
        let mut clock = StoreClock::new(TimeSource::held_at(Timestamp::LATEST), Purpose::Simulation, &folder(), &[]);
        clock.set_offset_ms(i64::MAX);
        assert_eq!(clock.now(), Timestamp::LATEST);
    }

    #[test]
    fn the_time_of_a_real_store_is_that_of_the_computer_wherever_its_clock_goes() {
        // T6
        let source = TimeSource::held_at(Timestamp::from_secs(1_000_000));
        let clock = StoreClock::new(source.clone(), Purpose::Real, &folder(), &[]);
        for secs in [50_000_000_000, 500_000, 0, 1_000_001] {
            source.hold_at(Timestamp::from_secs(secs));
            assert_eq!(clock.now(), Timestamp::from_secs(secs));
        }
    }

    #[test]
    fn what_is_proven_goes_on_where_it_was_stamped() {
        // T6
        let source = TimeSource::held_at(Timestamp::from_secs(1_000_000));
        let mut clock = StoreClock::new(source.clone(), Purpose::Real, &folder(), &[]);
        source.hold_at(Timestamp::from_secs(1_000_000).plus_days(3));
        clock.look();
        let stamp = clock.stamp().unwrap();
        assert!(stamp.len() < 4_096);
        source.hold_at(Timestamp::from_secs(1_000_000).plus_days(5));
        let stamps = [vec![], vec![9, 9, 9], stamp];
        let again = StoreClock::new(source.clone(), Purpose::Real, &folder(), &stamps);
        assert_eq!(again.moment().proof, Proof::Age(Age::ZERO.plus_ms(5 * DAY_MS)));
        let unknown = StoreClock::new(source, Purpose::Real, &folder(), &stamps[..2]);
        assert_eq!(unknown.moment().proof, Proof::Age(Age::ZERO), "what is missing proves nothing");
    }

    #[test]
    fn where_time_is_played_with_and_where_nothing_is_kept_the_clock_is_asked() {
        let source = TimeSource::held_at(Timestamp::from_secs(1_000_000));
        for (purpose, place) in
            [(Purpose::Simulation, folder()), (Purpose::Simulation, Place::Memory), (Purpose::Real, Place::Memory)]
        {
            let mut clock = StoreClock::new(source.clone(), purpose, &place, &[]);
            clock.look();
            assert_eq!((clock.moment().proof, clock.stamp()), (Proof::Clock, None));
        }
    }
}
