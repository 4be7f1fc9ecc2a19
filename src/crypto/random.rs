//! Random bytes from the operating system.

use ring::rand::{SecureRandom as _, SystemRandom};

/// `random(N)`: that many bytes from the operating system's generator.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    fill(&mut bytes);
    bytes
}

/// Overwrites all of `bytes` with random ones.
#[expect(clippy::missing_panics_doc, reason = "the sentence in `expect` says why it does not happen")]
pub fn fill(bytes: &mut [u8]) {
    SystemRandom::new()
        .fill(bytes)
        .expect("the system generator answers on every platform this builds for; without it nothing here is safe");
}

#[cfg(test)]
mod tests {
    #[test]
    fn two_draws_differ() {
        assert_ne!(super::bytes::<32>(), super::bytes::<32>(), "the generator repeats itself");
    }
}
