//! Sealing what is put aside for a moment and read back by the same process.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

use super::{NotAuthentic, TAG_LEN, random};

/// What sealing adds to a piece, in bytes.
pub const PIECE_OVERHEAD: usize = TAG_LEN;

/// Seals pieces, one after the other, under a random key that exists nowhere but here; then opens them in the same order.
pub struct OneTimeSealer {
    key: LessSafeKey,
    sealed: u64,
    opened: u64,
}

impl OneTimeSealer {
    /// `key = random(32)`
    pub fn new() -> Self {
        Self { key: random_key(), sealed: 0, opened: 0 }
    }

    /// `sealed = AES-256-GCM[key, nonce = u32(0) || u64(number of pieces before)](piece)`
    pub fn seal(&mut self, piece: &mut Vec<u8>) {
        seal(&self.key, nonce(self.sealed), piece);
        self.sealed += 1;
    }

    /// The next piece, in place, without its tag.
    pub fn open<'a>(&mut self, piece: &'a mut [u8]) -> Result<&'a [u8], NotAuthentic> {
        let nonce = nonce(self.opened);
        self.opened += 1;
        match self.key.open_in_place(nonce, Aad::empty(), piece) {
            Ok(plain) => Ok(plain),
            // ring says nothing more.
            Err(ring::error::Unspecified) => Err(NotAuthentic),
        }
    }
}

impl Default for OneTimeSealer {
    fn default() -> Self {
        Self::new()
    }
}

fn random_key() -> LessSafeKey {
    let key = Zeroizing::new(random::bytes::<32>());
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &*key).expect("32 bytes are a key of AES-256"))
}

fn seal(key: &LessSafeKey, nonce: Nonce, piece: &mut Vec<u8>) {
    key.seal_in_place_append_tag(nonce, Aad::empty(), piece).expect("a piece is shorter than AES-GCM allows");
}

/// No number comes twice under one key.
fn nonce(number: u64) -> Nonce {
    let mut bytes = [0; 12];
    bytes[4..].copy_from_slice(&number.to_le_bytes());
    Nonce::assume_unique_for_key(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_back_in_their_order_and_in_no_other() {
        let mut sealer = OneTimeSealer::new();
        let mut pieces = [b"one".to_vec(), b"two".to_vec()];
        for piece in &mut pieces {
            sealer.seal(piece);
        }
        assert!(pieces[0].len() == 3 + PIECE_OVERHEAD && !pieces[0].starts_with(b"one"));
        let [mut one, mut two] = pieces;
        assert_eq!(sealer.open(&mut one), Ok(&b"one"[..]));
        two[0] ^= 1;
        assert_eq!(sealer.open(&mut two), Err(NotAuthentic));
    }
}
