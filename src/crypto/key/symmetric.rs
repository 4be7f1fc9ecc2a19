//! What a symmetric key does: AES in three modes, key wrap, HMAC.

use aws_lc_rs::{
    aead::{AES_128_GCM, AES_192_GCM, AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    cipher::{
        AES_128, AES_192, AES_256, Algorithm as Cipher, DecryptingKey, DecryptionContext, EncryptingKey,
        EncryptionContext, UnboundCipherKey,
    },
    constant_time,
    error::Unspecified,
    hmac, iv,
    key_wrap::{self, AesKek, KeyWrap as _},
    rand,
};
use zeroize::Zeroizing;

use super::{Encrypted, Parameters};
use crate::domain::{Algorithm, Hash, OctSize, Refusal, key_algorithm::Scheme};

const BLOCK: usize = 16;
const TAG: usize = 16;
/// Half a block: what key wrap counts in.
const HALF: usize = 8;
/// What a wrapped key begins with once it is unwrapped (RFC 3394, 2.2.3.1).
const INTEGRITY: [u8; HALF] = [0xa6; HALF];

/// The bytes of a key. The library's own forms of it are made for each use: that costs less than a microsecond.
pub(super) struct Symmetric {
    size: OctSize,
    secret: Zeroizing<Vec<u8>>,
}

impl Symmetric {
    /// The caller has checked the length.
    pub(super) fn new(size: OctSize, secret: &[u8]) -> Self {
        Self { size, secret: Zeroizing::new(secret.to_vec()) }
    }

    pub(super) fn hmac_key(&self, hash: Hash) -> hmac::Key {
        let algorithm = match hash {
            Hash::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Hash::Sha256 => hmac::HMAC_SHA256,
            Hash::Sha384 => hmac::HMAC_SHA384,
            Hash::Sha512 => hmac::HMAC_SHA512,
        };
        hmac::Key::new(algorithm, &self.secret)
    }

    pub(super) fn encrypt(
        &self,
        algorithm: Algorithm,
        plaintext: &[u8],
        parameters: Parameters<'_>,
    ) -> Result<Encrypted, Refusal> {
        let failed = |Unspecified| Refusal::CryptographyFailed;
        let mut value = Vec::with_capacity(plaintext.len() + BLOCK);
        value.extend_from_slice(plaintext);
        match algorithm.scheme() {
            Scheme::AesGcm => {
                let Parameters { aad, .. } = parameters;
                // A nonce that is used twice gives the key away, so none is taken.
                Parameters { aad: None, ..parameters }.admit_none(algorithm)?;
                let mut nonce = [0; NONCE_LEN];
                rand::fill(&mut nonce).map_err(failed)?;
                let key = self.gcm().map_err(failed)?;
                let unique = Nonce::assume_unique_for_key(nonce);
                let aad = Aad::from(aad.unwrap_or_default());
                let tag = key.seal_in_place_separate_tag(unique, aad, &mut value).map_err(failed)?;
                Ok(Encrypted { value, iv: Some(nonce.to_vec()), tag: Some(tag.as_ref().to_vec()) })
            }
            Scheme::AesCbc | Scheme::AesCbcPad => {
                Parameters { iv: None, ..parameters }.admit_none(algorithm)?;
                let mut iv = [0; BLOCK];
                if parameters.iv.is_some() {
                    iv = cbc_iv(algorithm, parameters.iv)?;
                } else {
                    rand::fill(&mut iv).map_err(failed)?;
                }
                if algorithm.scheme() == Scheme::AesCbcPad {
                    let padding = BLOCK - value.len() % BLOCK;
                    value.resize(value.len() + padding, padding as u8);
                }
                let key = EncryptingKey::cbc(self.cipher_key().map_err(failed)?).map_err(failed)?;
                let context = EncryptionContext::Iv128(iv::FixedLength::from(iv));
                key.less_safe_encrypt(&mut value, context).map_err(failed)?;
                Ok(Encrypted { value, iv: Some(iv.to_vec()), tag: None })
            }
            _ => Err(Refusal::CryptographyFailed),
        }
    }

    pub(super) fn decrypt(
        &self,
        algorithm: Algorithm,
        ciphertext: &[u8],
        parameters: Parameters<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        let does_not_open = |Unspecified| Refusal::DoesNotOpen;
        let mut value = Zeroizing::new(ciphertext.to_vec());
        match algorithm.scheme() {
            Scheme::AesGcm => {
                let iv = parameters.iv.unwrap_or_default();
                let bad_iv = |Unspecified| Refusal::IvLength { algorithm, needed: NONCE_LEN, found: iv.len() };
                let nonce = Nonce::try_assume_unique_for_key(iv).map_err(bad_iv)?;
                // A tag cut short is a changed one.
                let tag = parameters.tag.filter(|tag| tag.len() == TAG).ok_or(Refusal::DoesNotOpen)?;
                let aad = Aad::from(parameters.aad.unwrap_or_default());
                let key = self.gcm().map_err(|Unspecified| Refusal::CryptographyFailed)?;
                let mut opened = Zeroizing::new(vec![0; value.len()]);
                key.open_separate_gather(nonce, aad, &value, tag, &mut opened).map_err(does_not_open)?;
                Ok(opened)
            }
            Scheme::AesCbc | Scheme::AesCbcPad => {
                Parameters { iv: None, ..parameters }.admit_none(algorithm)?;
                let iv = cbc_iv(algorithm, parameters.iv)?;
                if value.is_empty() || !value.len().is_multiple_of(BLOCK) {
                    return Err(Refusal::DoesNotOpen);
                }
                let key = self.cipher_key().and_then(DecryptingKey::cbc);
                let key = key.map_err(|Unspecified| Refusal::CryptographyFailed)?;
                let context = DecryptionContext::Iv128(iv::FixedLength::from(iv));
                key.decrypt(&mut value, context).map_err(does_not_open)?;
                if algorithm.scheme() == Scheme::AesCbcPad {
                    let length = value.len() - padding(&value).ok_or(Refusal::DoesNotOpen)?;
                    value.truncate(length);
                }
                Ok(value)
            }
            _ => Err(Refusal::CryptographyFailed),
        }
    }

    /// RFC 3394. The caller has checked the length.
    pub(super) fn wrap(&self, plaintext: &[u8]) -> Result<Vec<u8>, Refusal> {
        let mut wrapped = vec![0; plaintext.len() + HALF];
        let done = match self.kek() {
            Some(kek) => kek.and_then(|kek| kek.wrap(plaintext, &mut wrapped).map(|_| ())),
            None => self.wrap_by_blocks(plaintext, &mut wrapped),
        };
        done.map_err(|Unspecified| Refusal::CryptographyFailed)?;
        Ok(wrapped)
    }

    /// The reverse of [`Symmetric::wrap`].
    pub(super) fn unwrap(&self, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        if wrapped.len() < 3 * HALF || !wrapped.len().is_multiple_of(HALF) {
            return Err(Refusal::DoesNotOpen);
        }
        let mut plaintext = Zeroizing::new(vec![0; wrapped.len() - HALF]);
        let done = match self.kek() {
            Some(kek) => kek.and_then(|kek| kek.unwrap(wrapped, &mut plaintext).map(|_| ())),
            None => self.unwrap_by_blocks(wrapped, &mut plaintext),
        };
        done.map_err(|Unspecified| Refusal::DoesNotOpen)?;
        Ok(plaintext)
    }

    /// The library wraps with keys of 128 and 256 bits only.
    fn kek(&self) -> Option<Result<AesKek, Unspecified>> {
        match self.size {
            OctSize::Oct128 => Some(AesKek::new(&key_wrap::AES_128, &self.secret)),
            OctSize::Oct192 => None,
            OctSize::Oct256 => Some(AesKek::new(&key_wrap::AES_256, &self.secret)),
        }
    }

    /// RFC 3394, 2.2.1, index based: `A = first half`, `R[1] … R[n]` the rest.
    fn wrap_by_blocks(&self, plaintext: &[u8], wrapped: &mut [u8]) -> Result<(), Unspecified> {
        let key = EncryptingKey::ecb(self.cipher_key()?)?;
        wrapped[..HALF].copy_from_slice(&INTEGRITY);
        wrapped[HALF..].copy_from_slice(plaintext);
        let halves = plaintext.len() / HALF;
        let mut block = Zeroizing::new([0; BLOCK]);
        for step in 1..=6 * halves {
            let at = HALF * (1 + (step - 1) % halves);
            block[..HALF].copy_from_slice(&wrapped[..HALF]);
            block[HALF..].copy_from_slice(&wrapped[at..at + HALF]);
            key.less_safe_encrypt(&mut *block, EncryptionContext::None)?;
            xor_step(&mut block, step);
            wrapped[..HALF].copy_from_slice(&block[..HALF]);
            wrapped[at..at + HALF].copy_from_slice(&block[HALF..]);
        }
        Ok(())
    }

    /// RFC 3394, 2.2.2.
    fn unwrap_by_blocks(&self, wrapped: &[u8], plaintext: &mut [u8]) -> Result<(), Unspecified> {
        let key = DecryptingKey::ecb(self.cipher_key()?)?;
        let mut register = Zeroizing::new([0; HALF]);
        register.copy_from_slice(&wrapped[..HALF]);
        plaintext.copy_from_slice(&wrapped[HALF..]);
        let halves = plaintext.len() / HALF;
        let mut block = Zeroizing::new([0; BLOCK]);
        for step in (1..=6 * halves).rev() {
            let at = HALF * ((step - 1) % halves);
            block[..HALF].copy_from_slice(&*register);
            block[HALF..].copy_from_slice(&plaintext[at..at + HALF]);
            xor_step(&mut block, step);
            key.decrypt(&mut *block, DecryptionContext::None)?;
            register.copy_from_slice(&block[..HALF]);
            plaintext[at..at + HALF].copy_from_slice(&block[HALF..]);
        }
        constant_time::verify_slices_are_equal(&*register, &INTEGRITY)
    }

    fn gcm(&self) -> Result<LessSafeKey, Unspecified> {
        let algorithm = match self.size {
            OctSize::Oct128 => &AES_128_GCM,
            OctSize::Oct192 => &AES_192_GCM,
            OctSize::Oct256 => &AES_256_GCM,
        };
        Ok(LessSafeKey::new(UnboundKey::new(algorithm, &self.secret)?))
    }

    fn cipher_key(&self) -> Result<UnboundCipherKey, Unspecified> {
        UnboundCipherKey::new(cipher(self.size), &self.secret)
    }
}

/// CBC decrypted and unpadded, for a key that a passphrase protects. `None` where the padding is wrong.
pub(super) fn cbc_open(size: OctSize, key: &[u8], iv: [u8; BLOCK], ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let parameters = Parameters { iv: Some(&iv), ..Parameters::default() };
    let algorithm = match size {
        OctSize::Oct128 => Algorithm::A128CbcPad,
        OctSize::Oct192 => Algorithm::A192CbcPad,
        OctSize::Oct256 => Algorithm::A256CbcPad,
    };
    Symmetric::new(size, key).decrypt(algorithm, ciphertext, parameters).ok()
}

fn cipher(size: OctSize) -> &'static Cipher {
    match size {
        OctSize::Oct128 => &AES_128,
        OctSize::Oct192 => &AES_192,
        OctSize::Oct256 => &AES_256,
    }
}

fn cbc_iv(algorithm: Algorithm, iv: Option<&[u8]>) -> Result<[u8; BLOCK], Refusal> {
    let iv = iv.unwrap_or_default();
    iv.try_into().ok().ok_or(Refusal::IvLength { algorithm, needed: BLOCK, found: iv.len() })
}

/// `A ^= t`, with `t` the step as a big-endian number.
fn xor_step(block: &mut [u8; BLOCK], step: usize) {
    for (byte, count) in block[..HALF].iter_mut().zip((step as u64).to_be_bytes()) {
        *byte ^= count;
    }
}

/// How many bytes of PKCS#7 padding end these whole blocks; `None` where it is wrong. Looks at the whole last block
/// whatever it holds, so that the time it takes does not say where the padding was wrong. (The library stops at the first
/// wrong byte.)
fn padding(blocks: &[u8]) -> Option<usize> {
    let last: &[u8; BLOCK] = blocks.last_chunk()?;
    let told = last[BLOCK - 1];
    let mut wrong = u8::from(told == 0) | u8::from((BLOCK as u8) < told);
    for (place, byte) in (1_u8..).zip(last.iter().rev()) {
        let is_padding = u8::from(place <= told).wrapping_neg();
        wrong |= is_padding & (byte ^ told);
    }
    (wrong == 0).then_some(usize::from(told))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_right_in_sixteen_ways() {
        for count in 0..=u8::MAX {
            let mut blocks = [0xee; 32];
            let from = 32_usize.saturating_sub(usize::from(count));
            blocks[from.max(16)..].fill(count);
            let right = (1..=16).contains(&count);
            blocks[31] = count;
            assert_eq!(padding(&blocks), right.then_some(usize::from(count)));
            for at in from..31 {
                let mut altered = blocks;
                altered[at] ^= 1;
                assert_eq!(padding(&altered), None, "{count} bytes of padding, byte {at} changed");
            }
        }
        assert_eq!(padding(&[]), None);
    }

    #[test]
    fn wrapping_by_blocks_is_what_the_library_does() {
        // RFC 3394, 4.1 and 4.6 hold for the library; the sizes it lacks run through the same steps.
        for size in [OctSize::Oct128, OctSize::Oct256] {
            let secret: Vec<u8> = (0..size.bytes() as u8).collect();
            let symmetric = Symmetric::new(size, &secret);
            for length in [16, 24, 32, 64, 1024] {
                let plaintext: Vec<u8> = (0..length).map(|at| (at * 7) as u8).collect();
                let (theirs, mut ours) = (symmetric.wrap(&plaintext).unwrap(), vec![0; length + HALF]);
                symmetric.wrap_by_blocks(&plaintext, &mut ours).unwrap();
                assert_eq!(ours, theirs);
                let mut back = vec![0; length];
                symmetric.unwrap_by_blocks(&theirs, &mut back).unwrap();
                assert_eq!(back, plaintext);
            }
        }
    }
}
