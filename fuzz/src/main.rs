//! Feeds one parser, named by `TRESOR_FUZZ`, with what libFuzzer comes up with. `scripts/fuzz.sh` is the way to run it.
//!
//! A finding is a panic where none is caught, a promise of the parser that does not hold, one allocation of more than
//! [`allocator::MOST`], memory that is kept after each reading, or a reading that does not end.
#![no_main]

mod allocator;
mod backup;
mod damage;
mod import;
mod keys;
mod query;
mod sealed;

use std::{
    panic::{self, AssertUnwindSafe},
    process,
    sync::{Mutex, OnceLock},
};

use allocator::Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Reads what it is given, and panics where something is wrong.
type Parser = fn(&[u8]);

/// Each parser by its name, and whether it keeps nothing in memory from one reading to the next.
const PARSERS: &[(&str, Parser, Keeps)] = &[
    ("env", import::dotenv, Keeps::Nothing),
    ("json", import::json, Keeps::Nothing),
    ("jsonl", import::json_lines, Keeps::Nothing),
    ("csv", import::csv, Keeps::Nothing),
    ("pem", keys::pem, Keeps::Nothing),
    ("der", keys::der, Keeps::Nothing),
    ("jwk", keys::jwk, Keeps::Nothing),
    ("query", query::answer, Keeps::Nothing),
    ("backup", backup::restore, Keeps::AStore),
    ("record", sealed::record, Keeps::Nothing),
    ("batch", sealed::batch, Keeps::Nothing),
    ("header", sealed::header, Keeps::Nothing),
    ("store", damage::open, Keeps::AStore),
];

#[derive(Clone, Copy, PartialEq)]
enum Keeps {
    Nothing,
    AStore,
}

static CHOSEN: OnceLock<(Parser, Keeps)> = OnceLock::new();

/// What the last panic said, caught or not.
static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

libfuzzer_sys::fuzz_target!(init: begin(), |data: &[u8]| read(data));

fn begin() {
    let name = std::env::var("TRESOR_FUZZ").unwrap_or_default();
    let Some((_, parser, keeps)) = PARSERS.iter().find(|(known, ..)| *known == name) else {
        let names: Vec<_> = PARSERS.iter().map(|(name, ..)| *name).collect();
        eprintln!("TRESOR_FUZZ has to name a parser: {}", names.join(" "));
        process::exit(2);
    };
    CHOSEN.get_or_init(|| (*parser, *keeps));
    // The store catches panics of the library that reads its files; those are no finding, so none ends the program here.
    panic::set_hook(Box::new(|info| {
        if let Ok(mut last) = LAST_PANIC.lock() {
            *last = format!("{info}\n{}", std::backtrace::Backtrace::force_capture());
        }
    }));
}

fn read(data: &[u8]) {
    let (parser, keeps) = CHOSEN.get().expect("chosen at the beginning");
    let before = allocator::in_use();
    once(*parser, data);
    // Tables that are filled once are kept at the first reading, a leak is at each.
    if *keeps == Keeps::Nothing && before < allocator::in_use() {
        let grows = (0..5).all(|_| {
            let before = allocator::in_use();
            once(*parser, data);
            before < allocator::in_use()
        });
        assert_or_end(!grows, "memory is kept after each reading");
    }
}

fn once(parser: Parser, data: &[u8]) {
    if panic::catch_unwind(AssertUnwindSafe(|| parser(data))).is_err() {
        let last = LAST_PANIC.lock().map(|last| last.clone()).unwrap_or_default();
        assert_or_end(false, &last);
    }
}

fn assert_or_end(holds: bool, otherwise: &str) {
    if !holds {
        eprintln!("{otherwise}");
        process::abort();
    }
}
