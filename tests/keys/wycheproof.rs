//! Every vector of Project Wycheproof for what keys do here. What Key Vault has no room for is refused by design, and
//! counted with the reason.

mod encryption;
mod signatures;
mod symmetric;

use std::collections::BTreeMap;

use wycheproof::TestResult;

/// One group of vectors, as it is gone through.
struct Group {
    name: &'static str,
    all: usize,
    taken: usize,
    refused: usize,
    /// Vectors that may go either way.
    either: usize,
    by_design: BTreeMap<&'static str, usize>,
}

impl Group {
    fn new(name: &'static str) -> Self {
        Self { name, all: 0, taken: 0, refused: 0, either: 0, by_design: BTreeMap::new() }
    }

    /// `passes`: what happened here. `by_design`: why Key Vault would refuse it whatever the vector says.
    fn judge(&mut self, number: usize, result: TestResult, passes: bool, by_design: Option<&'static str>) {
        let name = self.name;
        self.all += 1;
        match (by_design, result) {
            (Some(why), _) => {
                assert!(!passes, "{name} {number} should be refused: {why}");
                *self.by_design.entry(why).or_default() += 1;
            }
            (None, TestResult::Valid) => {
                assert!(passes, "{name} {number} is valid and was refused");
                self.taken += 1;
            }
            (None, TestResult::Invalid) => {
                assert!(!passes, "{name} {number} is invalid and was taken");
                self.refused += 1;
            }
            (None, TestResult::Acceptable) => self.either += 1,
        }
    }

    /// Prints the counts, and holds those of what is refused by design: a vector must not fall out of the test unnoticed.
    fn end(self, all: usize, by_design: &[(&'static str, usize)]) {
        let Self { name, all: found, taken, refused, either, by_design: reasons } = self;
        println!("{name}: {found} vectors: {taken} valid taken, {refused} invalid refused, {either} either way");
        for (why, count) in &reasons {
            println!("{name}: {count} refused by design: {why}");
        }
        assert_eq!(found, all, "{name}: vectors in all");
        assert_eq!(reasons, by_design.iter().copied().collect(), "{name}: refused by design");
    }
}
