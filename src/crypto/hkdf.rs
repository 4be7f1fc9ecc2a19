//! HKDF-SHA-256 (RFC 5869), as every key below the root key is made.

use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use zeroize::Zeroizing;

/// `HKDF[salt, label](key, 32)`
pub(super) fn derive(salt: &[u8], label: &[u8], key: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut derived = Zeroizing::new([0; 32]);
    expand_into(salt, label, key, &mut *derived);
    derived
}

fn expand_into(salt: &[u8], label: &[u8], key: &[u8], out: &mut [u8]) {
    Salt::new(HKDF_SHA256, salt)
        .extract(key)
        .expand(&[label], Length(out.len()))
        .and_then(|okm| okm.fill(out))
        .expect("fewer than 255 * 32 bytes are asked for, and as many as `Length` says");
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }

    #[test]
    fn hkdf_gives_the_answers_of_rfc_5869() {
        // Appendix A.1 and A.3.
        let mut okm = [0; 42];
        expand_into(&hex("000102030405060708090a0b0c"), &hex("f0f1f2f3f4f5f6f7f8f9"), &[0x0b; 22], &mut okm);
        assert_eq!(
            okm.to_vec(),
            hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")
        );
        expand_into(&[], &[], &[0x0b; 22], &mut okm);
        assert_eq!(
            okm.to_vec(),
            hex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8")
        );
    }

    #[test]
    fn a_derived_key_is_the_head_of_that_stream() {
        let mut stream = [0; 42];
        expand_into(b"salt", b"label", b"key", &mut stream);
        assert_eq!(*derive(b"salt", b"label", b"key"), stream[..32]);
    }
}
