//! `tresor clock …`

use serde::Serialize;

use super::{
    args::{Advance, Clock},
    errors::Failure,
    output::Output,
    session::Session,
};
use crate::service::Purpose;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    is_moved: bool,
    moved_by_seconds: i64,
    now: String,
    proven: Option<Proven>,
    purpose: &'static str,
}

/// How much time has provably passed, where that is asked (T6).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Proven {
    age_seconds: u64,
    allowance_seconds: u64,
    held_back: usize,
    waiting_seconds: u64,
    withheld_seconds: u64,
}

pub(super) fn run(session: &mut Session, output: &Output, command: &Clock) -> Result<(), Failure> {
    let service = &mut session.service;
    match command {
        Clock::Show => {}
        Clock::Advance(Advance { by, to }) => {
            let now = service.now();
            let by = by.map(|timespan| now.plus_secs(timespan.0));
            let to = by.or(to.map(|moment| moment.0)).unwrap_or(now);
            if to < now {
                return Err(Failure::Plain(format!(
                    "The clock shows {} and moves forward only; {} is behind it.",
                    now.iso(),
                    to.iso()
                )));
            }
            service.advance_clock(&session.caller, to)?;
        }
        Clock::Reset => service.reset_clock(&session.caller)?,
        Clock::Confirm => service.confirm_clock(&session.caller)?,
    }
    let view = service.view();
    let clock = &view.clock;
    let proven = clock.ledger().map(|ledger| Proven {
        age_seconds: ledger.age().ms() / 1000,
        allowance_seconds: ledger.allowance_ms() / 1000,
        held_back: view.held_back(),
        waiting_seconds: ledger.waiting_ms() / 1000,
        withheld_seconds: ledger.withheld_ms() / 1000,
    });
    output.one(&Answer {
        is_moved: clock.is_moved(),
        // To the nearest: what the command itself took is no part of it.
        moved_by_seconds: (clock.offset_ms() + 500).div_euclid(1000),
        now: clock.now().iso(),
        proven,
        purpose: purpose(clock.purpose()),
    })
}

/// The word for what a store was made for.
pub(super) const fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Real => "real",
        Purpose::Simulation => "simulation",
    }
}
