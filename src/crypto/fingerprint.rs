//! Recognising bytes again without keeping them.

use std::sync::OnceLock;

use ring::hmac;

use super::random;

/// A keyed digest of some bytes, good only within this process. Comparing two takes the same time whatever they hold.
#[derive(Clone, Copy)]
pub struct Fingerprint([u8; 32]);

/// `HMAC-SHA-256(process key, bytes)`, the process key being `random(32)`, made once and kept nowhere.
pub fn fingerprint(bytes: &[u8]) -> Fingerprint {
    static PROCESS_KEY: OnceLock<hmac::Key> = OnceLock::new();
    let key = PROCESS_KEY.get_or_init(|| hmac::Key::new(hmac::HMAC_SHA256, &random::bytes::<32>()));
    let mut digest = [0; 32];
    digest.copy_from_slice(hmac::sign(key, bytes).as_ref());
    // The last block of the bytes lay on the stack, and nobody wipes that (T1): a block of nothing takes its place.
    std::hint::black_box(hmac::sign(key, &[0; 127]));
    Fingerprint(digest)
}

impl PartialEq for Fingerprint {
    fn eq(&self, other: &Self) -> bool {
        // No early way out, so the time tells nothing about where the two differ.
        let difference = self.0.iter().zip(&other.0).fold(0, |seen, (left, right)| seen | (left ^ right));
        std::hint::black_box(difference) == 0
    }
}

impl Eq for Fingerprint {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_and_no_others_have_the_same_fingerprint() {
        assert!(fingerprint(b"copied") == fingerprint(b"copied"));
        assert!(fingerprint(b"copied") != fingerprint(b"copied "));
        assert!(fingerprint(b"") != fingerprint(b"\0"));
    }
}
