//! What a person should hear beside an answer.

use super::Service;
use crate::{
    domain::RegionName,
    store::{FileFault, FileName, FileState},
};

impl Service {
    /// Sentences about what was found and done that nobody asked for, and about what did not get everything that was
    /// committed: a replica that was left out, a pair that could not be reached. Tells what was found once.
    pub fn notices(&mut self) -> Vec<String> {
        let mut notices = self.store.take_notices();
        notices.extend(self.kept_longer());
        for report in self.store.report() {
            if !self.known.was_committed_to(&report.partition) {
                continue;
            }
            let region = RegionName::parse(report.partition.as_str()).ok();
            let home = region.map_or("what belongs to no region", RegionName::display);
            for file in &report.files {
                let name = match file.name {
                    FileName::A => format!("Replica A of {home}"),
                    FileName::B => format!("Replica B of {home}"),
                    FileName::Copy => {
                        let pair = region.and_then(RegionName::failover_to).map_or("its pair", RegionName::display);
                        format!("The copy of {home} in {pair}")
                    }
                };
                notices.extend(sentence(&name, &file.state, report.revision.0.saturating_sub(file.revision.0)));
            }
        }
        notices
    }
}

impl Service {
    /// What is kept beyond its date because it is not proven that so much time has passed, and what to do about it (T6).
    fn kept_longer(&self) -> Option<String> {
        let what = match self.held_back() {
            Some(0) => return None,
            Some(1) => "One item past its scheduled date is retained".to_owned(),
            Some(number) => format!("{number} items past their scheduled dates are retained"),
            // Part of the store was read, and what was noted of the rest says no more.
            None => "Items past their scheduled dates may be retained".to_owned(),
        };
        let what_to_do = if self.clock.can_be_confirmed() {
            "If the computer's clock is correct, run `tresor clock confirm`; otherwise, correct the clock."
        } else {
            "No action is needed: they are processed as this computer keeps running."
        };
        Some(format!("{what}: the elapsed time is not proven yet. {what_to_do}"))
    }
}

fn sentence(name: &str, state: &FileState, missing: u64) -> Option<String> {
    let changes = if missing == 1 { "1 change".to_owned() } else { format!("{missing} changes") };
    match state {
        FileState::Current | FileState::Rebuilding(_) => None,
        FileState::Behind => Some(format!("{name} is {changes} behind.")),
        FileState::Out(fault) => Some(match fault {
            FileFault::Simulated => format!("{name} is left out: somebody plays that it failed."),
            FileFault::Missing => format!("{name} is left out: it is missing."),
            FileFault::Damaged => format!("{name} is left out: it is damaged."),
            FileFault::Diverged => format!("{name} is left out: it was changed apart from the others."),
            FileFault::Failing(said) => format!("{name} is left out: {said}"),
        }),
    }
}
