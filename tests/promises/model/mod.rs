//! Random operations against a store and against a plain model of what they should do, written from the promises and
//! from nothing else: lists, and no part of the domain.

mod compare;
mod outages;
mod plain;
mod play;
mod steps;

use proptest::prelude::*;

use self::play::Bench;
use self::steps::step;

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// S1–S3, S5, S7–S17, A4–A7, T4: and a button is never told anything else than the operation says.
    #[test]
    fn any_sequence_of_operations_does_what_a_plain_model_does(steps in prop::collection::vec(step(), 40..80)) {
        let mut bench = Bench::new();
        for (is_officer, step) in steps {
            bench.play(is_officer, step);
        }
        bench.count_values();
        bench.compare_values();
    }
}
