//! Finding a value in the memory of this process without being what is found.

use std::{
    fs::{self, File},
    os::unix::fs::FileExt as _,
};

use tresor::service::random;
use zeroize::Zeroizing;

/// A value that nobody else has, made while the program runs, so that it stands in no file and no binary.
pub(crate) struct Known {
    /// Kept so that it does not look like itself.
    masked: Vec<u8>,
}

/// What a byte is masked with.
const MASK: u8 = 0xA5;
/// So much memory is looked at in one go.
const PIECE: usize = 1 << 20;

impl Known {
    /// The value, handed out once, and what finds it again.
    pub(crate) fn fresh() -> (Self, Zeroizing<String>) {
        let bytes = Zeroizing::new(random::bytes::<24>());
        let mut text = Zeroizing::new(String::with_capacity(2 * bytes.len()));
        for byte in bytes.iter() {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from(b"abcdefghkmnpqrst"[usize::from(digit)]));
            }
        }
        (Self { masked: text.bytes().map(|byte| byte ^ MASK).collect() }, text)
    }

    /// How often it stands in the readable memory of this process.
    pub(crate) fn count(&self) -> usize {
        let memory = File::open("/proc/self/mem").unwrap();
        let maps = fs::read_to_string("/proc/self/maps").unwrap();
        let overlap = self.masked.len() - 1;
        let mut piece = vec![0_u8; PIECE + overlap];
        let own = piece.as_ptr() as u64..piece.as_ptr() as u64 + piece.len() as u64;
        let mut count = 0;
        for line in maps.lines() {
            let mut words = line.split_whitespace();
            let (Some(range), Some(rights)) = (words.next(), words.next()) else { continue };
            if !rights.starts_with('r') {
                continue;
            }
            let (start, end) = range.split_once('-').unwrap();
            let (mut at, end) = (u64::from_str_radix(start, 16).unwrap(), u64::from_str_radix(end, 16).unwrap());
            while at < end {
                let len = piece.len().min((end - at) as usize);
                // Some of the kernel's own pages cannot be read; they are not ours either.
                let Ok(read) = memory.read_at(&mut piece[..len], at) else { break };
                let found = self.places(&piece[..read]).map(|place| at + place as u64);
                count += found.filter(|address| !own.contains(address)).count();
                if read < len {
                    break;
                }
                at += PIECE as u64;
            }
        }
        count
    }

    fn places<'a>(&'a self, bytes: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
        let windows = bytes.windows(self.masked.len()).enumerate();
        windows
            .filter(|(_, window)| window.iter().zip(&self.masked).all(|(byte, masked)| byte ^ MASK == *masked))
            .map(|(place, _)| place)
    }
}

/// The scan finds what is there, as often as it is there, and nothing once it is gone.
#[test]
fn a_value_that_is_held_is_found_and_one_that_was_given_back_is_not() {
    let (known, text) = Known::fresh();
    assert_eq!(known.count(), 1);
    let copies: Vec<String> = (0..3).map(|_| text.as_str().to_owned()).collect();
    assert_eq!(known.count(), 4);
    // Plain strings, which nobody wipes but the allocator.
    drop(copies);
    assert_eq!(known.count(), 1);
    drop(text);
    assert_eq!(known.count(), 0);
}
