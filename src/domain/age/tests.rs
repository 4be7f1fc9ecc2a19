use proptest::prelude::*;

use super::*;

const HOUR: u64 = 3_600_000;
const DAY: u64 = 24 * HOUR;
const MONTHS: u64 = 91 * DAY;
const NOON: Timestamp = Timestamp::from_secs(1_795_176_000);

/// A computer whose clock and boots are played.
struct Machine {
    reading: Reading,
    ledger: Ledger,
}

impl Machine {
    fn new() -> Self {
        let reading = Reading { up: BootTime { boot: BootId([1; 16]), ms: 5_000 }, clock: NOON };
        Self { reading, ledger: Ledger::new(reading) }
    }

    /// Time passes, and the clock shows it.
    fn pass(&mut self, ms: u64) -> &mut Self {
        self.reading.up.ms += ms;
        self.jump(ms.cast_signed())
    }

    /// The clock is set, and no time passes.
    fn jump(&mut self, ms: i64) -> &mut Self {
        self.reading.clock = self.reading.clock.plus_ms(ms);
        self.ledger.advance(self.reading);
        self
    }

    /// It is shut down, and when it is started again its clock shows so much more.
    fn reboot(&mut self, by_clock: i64) -> &mut Self {
        self.reading.up = BootTime { boot: BootId([self.reading.up.boot.0[0].wrapping_add(1); 16]), ms: 20_000 };
        self.jump(by_clock)
    }

    fn age(&self) -> u64 {
        self.ledger.age().ms()
    }
}

#[test]
fn within_a_boot_age_grows_by_what_the_kernel_counts_whatever_the_clock_says() {
    // T6
    let mut machine = Machine::new();
    machine.pass(HOUR);
    assert_eq!(machine.age(), HOUR);
    for years in [50, -1, -60, 7_000] {
        machine.jump(years * 365 * DAY.cast_signed()).pass(HOUR);
    }
    assert_eq!(machine.age(), 5 * HOUR);
}

#[test]
fn across_boots_the_clock_is_believed_for_seven_days_and_only_after_a_day() {
    // T6
    let mut machine = Machine::new();
    machine.reboot(MONTHS.cast_signed());
    assert_eq!((machine.age(), machine.ledger.waiting_ms()), (0, 7 * DAY));
    assert_eq!((machine.ledger.allowance_ms(), machine.ledger.withheld_ms()), (0, MONTHS - 7 * DAY));
    machine.pass(DAY - 1);
    assert_eq!(machine.age(), DAY - 1);
    assert_eq!(machine.ledger.matures_in_ms(), Some(1));
    machine.pass(1);
    assert_eq!((machine.age(), machine.ledger.waiting_ms()), (8 * DAY, 0));
}

#[test]
fn a_clock_that_is_put_back_takes_what_was_granted_with_it() {
    // T6
    let mut machine = Machine::new();
    machine.reboot(MONTHS.cast_signed()).pass(20 * HOUR);
    machine.jump(-MONTHS.cast_signed()).pass(20 * HOUR);
    assert_eq!((machine.age(), machine.ledger.waiting_ms(), machine.ledger.withheld_ms()), (40 * HOUR, 0, 0));
    let mut machine = Machine::new();
    machine.reboot(MONTHS.cast_signed()).reboot(-MONTHS.cast_signed()).pass(2 * DAY);
    assert_eq!((machine.age(), machine.ledger.withheld_ms()), (2 * DAY, 0));
    let mut machine = Machine::new();
    machine.reboot(DAY.cast_signed()).jump(-50_000).pass(DAY);
    assert_eq!(machine.age(), 2 * DAY, "a clock that is only put right refutes nothing");
}

#[test]
fn who_confirms_the_clock_grants_what_was_withheld() {
    // T6
    let mut machine = Machine::new();
    machine.jump(MONTHS.cast_signed());
    assert_eq!(machine.ledger.withheld_ms(), MONTHS, "also of a jump within a boot");
    machine.ledger.confirm();
    assert_eq!((machine.ledger.withheld_ms(), machine.ledger.waiting_ms(), machine.age()), (0, MONTHS, 0));
    machine.pass(DAY);
    assert_eq!(machine.age(), MONTHS + DAY);
    machine.jump(-MONTHS.cast_signed());
    assert_eq!(machine.age(), MONTHS + DAY, "it never shrinks");
    let mut machine = Machine::new();
    machine.jump(MONTHS.cast_signed()).ledger.confirm();
    machine.jump(-MONTHS.cast_signed()).pass(2 * DAY);
    assert_eq!((machine.age(), machine.ledger.withheld_ms()), (2 * DAY, 0), "and it was a mistake");
}

#[test]
fn fifteen_boots_with_six_days_each_are_believed_for_seven_days() {
    // T6
    let mut machine = Machine::new();
    for _ in 0..15 {
        machine.reboot(6 * DAY.cast_signed());
    }
    assert_eq!((machine.ledger.waiting_ms(), machine.ledger.withheld_ms()), (7 * DAY, 83 * DAY));
    machine.pass(DAY);
    assert_eq!(machine.age(), 8 * DAY);
}

#[test]
fn a_computer_that_is_off_at_night_and_on_for_minutes_keeps_up() {
    let mut machine = Machine::new();
    for _ in 0..100 {
        for _ in 0..6 {
            machine.pass(20 * 60_000).reboot((4 * HOUR - 20 * 60_000).cast_signed());
        }
    }
    let (age, waits) = (machine.age(), machine.ledger.waiting_ms());
    assert_eq!((age + waits, machine.ledger.withheld_ms()), (100 * DAY, 0));
    assert!(waits < 24 * DAY, "{} days wait", waits / DAY);
}

#[test]
fn more_grants_than_are_told_apart_are_all_counted_and_none_too_soon() {
    let mut machine = Machine::new();
    for _ in 0..200 {
        machine.pass(60_000).reboot(60_000);
    }
    assert!(machine.ledger.pending.len() <= MOST_PENDING);
    assert_eq!(machine.ledger.waiting_ms(), 200 * 60_000);
    machine.pass(DAY - 60_000 - 1);
    assert!(machine.age() < 200 * 60_000 + DAY + 60_000 * 200);
    machine.pass(60_000 + 1);
    assert_eq!(machine.age(), 200 * 60_000 + DAY + 200 * 60_000);
}

#[test]
fn a_machine_that_is_put_back_to_an_earlier_state_counts_no_time_twice() {
    let mut machine = Machine::new();
    machine.pass(10 * HOUR);
    machine.reading.up.ms -= 9 * HOUR;
    machine.pass(9 * HOUR);
    assert_eq!(machine.age(), 10 * HOUR);
    machine.pass(HOUR);
    assert_eq!(machine.age(), 11 * HOUR);
}

#[test]
fn of_several_stamps_the_last_one_counts() {
    let mut machine = Machine::new();
    let first = machine.ledger.clone();
    machine.jump(MONTHS.cast_signed()).ledger.count_stamp();
    let second = machine.ledger.clone();
    machine.ledger.confirm();
    machine.ledger.count_stamp();
    let third = machine.ledger.clone();
    assert_eq!(Ledger::latest([third.clone(), first, second]), Some(third));
    assert_eq!(Ledger::latest([]), None);
}

#[test]
fn a_term_needs_its_date_and_its_time() {
    // T6
    let term = Term::new(NOON, Age::from_ms(HOUR), NOON.plus_days(7));
    let now = |days, age| Now { clock: NOON.plus_days(days), proof: Proof::Age(Age::from_ms(age)) };
    for (at, has_come, is_held_back) in [
        (now(6, 7 * DAY + HOUR), false, false),
        (now(7, 7 * DAY + HOUR - 1), false, true),
        (now(7, 7 * DAY + HOUR), true, false),
        (now(-365, 700 * DAY), false, false),
        (now(3_650, 0), false, true),
        (Now::by_clock(NOON.plus_days(7)), true, false),
    ] {
        assert_eq!((term.has_come(at), term.is_held_back(at)), (has_come, is_held_back), "{at:?}");
    }
    assert_eq!(term.comes_at(now(7, 6 * DAY + HOUR)), NOON.plus_days(8));
    assert_eq!(term.comes_at(now(1, 7 * DAY + HOUR)), NOON.plus_days(7));
    let end = Timestamp::from_ms(i64::MAX);
    assert_eq!(Term::new(Timestamp::from_ms(i64::MIN), Age::from_ms(u64::MAX), end).comes_at(now(0, 0)), end);
}

#[derive(Clone, Debug)]
enum Step {
    Pass(u64),
    Jump(i64),
    Reboot(i64),
    Another(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let jump = prop_oneof![-400 * DAY.cast_signed()..400 * DAY.cast_signed(), Just(i64::MAX / 2), Just(i64::MIN / 2)];
    prop_oneof![
        4 => (0..40 * HOUR).prop_map(Step::Pass),
        2 => jump.clone().prop_map(Step::Jump),
        3 => jump.prop_map(Step::Reboot),
        1 => (0..40 * HOUR).prop_map(Step::Another),
    ]
}

proptest! {
    #[test]
    fn age_only_grows_and_never_by_more_than_was_measured_and_allowed(steps in proptest::collection::vec(step(), 0..80)) {
        // T6
        let mut machine = Machine::new();
        let (mut measured, mut last) = (0_u64, 0);
        for step in steps {
            let before = machine.ledger.up;
            match step {
                Step::Pass(ms) => drop(machine.pass(ms)),
                Step::Jump(ms) => drop(machine.jump(ms)),
                Step::Reboot(ms) => drop(machine.reboot(ms)),
                // A copy of the store is used on a computer that has been on for as long.
                Step::Another(ms) => {
                    machine.reading.up = BootTime { boot: BootId([200; 16]), ms };
                    machine.jump(0);
                }
            }
            let up = machine.reading.up;
            measured += if up.boot == before.boot { up.ms.saturating_sub(before.ms) } else { 0 };
            prop_assert!(last <= machine.age(), "it shrank");
            last = machine.age();
            let most = measured + Ledger::MOST_ALLOWANCE_MS + REFILL * measured;
            prop_assert!(machine.age() + machine.ledger.waiting_ms() <= most);
            prop_assert!(measured <= machine.age());
            prop_assert!(machine.ledger.allowance_ms() <= Ledger::MOST_ALLOWANCE_MS);
            prop_assert!(machine.ledger.pending.len() <= MOST_PENDING);
        }
    }

    #[test]
    fn nothing_that_was_confirmed_or_allowed_counts_within_a_day(
        jumps in proptest::collection::vec(step(), 0..20),
        hours in 0_u64..24,
    ) {
        // T6
        let mut machine = Machine::new();
        for step in jumps {
            if let Step::Jump(ms) | Step::Reboot(ms) = step {
                machine.reboot(ms);
                machine.ledger.confirm();
            }
        }
        machine.pass(hours * HOUR);
        prop_assert_eq!(machine.age(), hours * HOUR);
    }
}
