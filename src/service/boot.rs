//! How long the computer has been running: the only place that asks (T6).
//!
//! The kernel's own files are read, not the functions of the C library: programs that play with a clock change what those answer.

use std::{fs, sync::OnceLock, time::Instant};

use crate::{
    crypto::random,
    domain::age::{BootId, BootTime},
};

const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";
const UPTIME: &str = "/proc/uptime";
/// By how much the boot time of this process is shifted, where somebody runs it with a boot time of its own.
const SHIFT: &str = "/proc/self/timens_offsets";

/// How long this computer has been running.
pub(super) fn up() -> BootTime {
    static BOOT: OnceLock<Option<BootId>> = OnceLock::new();
    let boot =
        BOOT.get_or_init(|| boot_id(&fs::read_to_string(BOOT_ID).ok()?, fs::read_to_string(SHIFT).ok().as_deref()));
    let running = || Some(BootTime { boot: (*boot)?, ms: uptime_ms(&fs::read_to_string(UPTIME).ok()?)? });
    running().unwrap_or_else(of_this_process)
}

/// Where the system does not say: each process is a boot of its own, so no time counts but that in which it ran.
fn of_this_process() -> BootTime {
    static BEGAN: OnceLock<(BootId, Instant)> = OnceLock::new();
    let (boot, began) = BEGAN.get_or_init(|| (BootId(random::bytes()), Instant::now()));
    BootTime { boot: *boot, ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX) }
}

/// `0c12d8a6-c1a9-4a0b-9f5b-0a4f6e1f2d3c`; a boot time that is shifted counts as another boot's.
fn boot_id(text: &str, shift: Option<&str>) -> Option<BootId> {
    let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
    let id = u128::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == 32)?;
    Some(BootId((id ^ shift.and_then(shift_of).unwrap_or(0)).to_be_bytes()))
}

/// Its line is `boottime <seconds> <nanoseconds>`.
fn shift_of(offsets: &str) -> Option<u128> {
    let mut words = offsets.lines().find_map(|line| line.strip_prefix("boottime"))?.split_whitespace();
    let mut number = || words.next()?.parse::<i64>().ok().map(i64::cast_unsigned).map(u128::from);
    Some(number()? << 64 | number()?)
}

/// `12345.67 54321.00`: seconds since the start, sleep included, and how much of it nothing was done.
fn uptime_ms(text: &str) -> Option<u64> {
    let (secs, rest) = text.split_whitespace().next()?.split_once('.')?;
    let (secs, hundredths): (u64, u64) = (secs.parse().ok()?, rest.parse().ok()?);
    (rest.len() == 2).then_some(())?;
    secs.checked_mul(1000)?.checked_add(hundredths * 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_files_are_read_as_it_writes_them() {
        assert_eq!(uptime_ms("12345.67 54321.00\n"), Some(12_345_670));
        for text in ["", "12345", "-1.00 2.00", "1.5 2.00", "99999999999999999999.00 1.00", "18446744073709551615.00"] {
            assert_eq!(uptime_ms(text), None, "{text}");
        }
        let id = "0c12d8a6-c1a9-4a0b-9f5b-0a4f6e1f2d3c\n";
        let plain = boot_id(id, None).unwrap();
        assert_eq!(plain.0[..3], [0x0c, 0x12, 0xd8]);
        assert_eq!(boot_id(id, Some("monotonic 0 0\nboottime 0 0\n")), Some(plain));
        assert_eq!(boot_id("no id", None), None);
    }

    #[test]
    fn a_boot_time_that_somebody_shifted_is_that_of_another_boot() {
        // T6
        let id = "0c12d8a6-c1a9-4a0b-9f5b-0a4f6e1f2d3c\n";
        let shifted =
            |by: &str| boot_id(id, Some(&format!("monotonic           0         0\nboottime   {by}\n"))).unwrap();
        assert_ne!(shifted("7862400         0"), shifted("0         0"));
        assert_ne!(shifted("-7862400         0"), shifted("7862400         0"));
    }

    #[test]
    fn boot_time_goes_on() {
        let (first, second) = (up(), up());
        assert_eq!(first.boot, second.boot);
        assert!(first.ms <= second.ms);
        let process = of_this_process();
        assert_eq!(process.boot, of_this_process().boot);
        assert_ne!(process.boot, BootId::default());
    }
}
