//! What one operation protects, its reverse gives back, for every kind of key and every algorithm.

use std::thread;

use proptest::{collection::vec, prelude::*};
use tresor::{
    crypto::key::{Encrypted, KeyMaterial, Parameters, ReadyKey, digest},
    domain::{Algorithm, KeyKind, KeyOperation, OctSize, Refusal, key_algorithm::InputLength},
};

use super::common::{algorithms, kinds, made_new, shared};

/// An input of the longest length an algorithm takes, but not above `most`.
fn input(algorithm: Algorithm, kind: KeyKind, most: usize) -> Vec<u8> {
    let length = match algorithm.input_length(kind) {
        InputLength::Any => most,
        InputLength::AtMost(longest) => longest.min(most),
        InputLength::Exactly(bytes) => bytes,
        InputLength::Blocks(block, least) => least.max(most / block * block),
    };
    (0..length).map(|at| (at * 31 + 7) as u8).collect()
}

fn opened(key: &ReadyKey, algorithm: Algorithm, encrypted: &Encrypted, aad: Option<&[u8]>) -> Result<Vec<u8>, Refusal> {
    let parameters = Parameters { iv: encrypted.iv.as_deref(), aad, tag: encrypted.tag.as_deref() };
    key.decrypt(algorithm, &encrypted.value, parameters).map(|plaintext| plaintext.to_vec())
}

#[test]
fn what_is_encrypted_is_decrypted_and_what_is_wrapped_is_unwrapped() {
    for kind in kinds() {
        let key = shared(kind);
        for algorithm in algorithms(kind, KeyOperation::Encrypt) {
            for most in [0, 1, 16, 100, 1000] {
                let plaintext = input(algorithm, kind, most);
                let encrypted = key.encrypt(algorithm, &plaintext, Parameters::default()).unwrap();
                assert_eq!(opened(&key, algorithm, &encrypted, None), Ok(plaintext), "{kind} {}", algorithm.text());
                assert_eq!(encrypted.iv.as_ref().map(Vec::len), algorithm.iv_bytes());
            }
        }
        for algorithm in algorithms(kind, KeyOperation::WrapKey) {
            for most in [16, 32, 104] {
                let plaintext = input(algorithm, kind, most);
                let wrapped = key.wrap(algorithm, &plaintext).unwrap();
                assert_eq!(key.unwrap(algorithm, &wrapped).unwrap().to_vec(), plaintext);
            }
        }
    }
}

#[test]
fn what_is_signed_verifies_with_the_private_key_and_with_the_public_one() {
    for kind in kinds() {
        let key = shared(kind);
        for algorithm in algorithms(kind, KeyOperation::Sign) {
            let message = input(algorithm, kind, 1000);
            let signature = key.sign(algorithm, &message).unwrap();
            assert_eq!(key.verify(algorithm, &message, &signature), Ok(true), "{kind} {}", algorithm.text());
            if let Some(public) = key.public() {
                assert_eq!(public.verify(algorithm, &message, &signature), Ok(true));
            }
            let mut other = message.clone();
            other[0] ^= 1;
            assert_eq!(key.verify(algorithm, &other, &signature), Ok(false));
        }
    }
}

#[test]
fn an_ecdsa_signature_is_two_numbers_of_the_curves_length() {
    // §3.3
    for kind in kinds() {
        if let KeyKind::Ec(curve, _) = kind {
            for algorithm in algorithms(kind, KeyOperation::Sign) {
                let digest = digest(algorithm.digest().unwrap(), b"");
                assert_eq!(shared(kind).sign(algorithm, &digest).unwrap().len(), 2 * curve.bytes());
            }
        }
    }
}

#[test]
fn a_kept_key_is_the_same_key_again() {
    for kind in kinds().filter(|kind| !matches!(kind, KeyKind::Rsa(..))) {
        let material = made_new(kind);
        let back = KeyMaterial::from_sealed_bytes(&material.to_sealable_bytes()).unwrap();
        assert_eq!(back.public_part(), material.public_part());
        for algorithm in algorithms(kind, KeyOperation::Sign) {
            let message = input(algorithm, kind, 40);
            let signature = material.ready().unwrap().sign(algorithm, &message).unwrap();
            assert_eq!(back.ready().unwrap().verify(algorithm, &message, &signature), Ok(true));
        }
    }
}

#[test]
fn gcm_never_uses_a_nonce_twice() {
    let key = shared(KeyKind::Oct(OctSize::Oct256));
    let mut nonces: Vec<_> =
        (0..1000).map(|_| key.encrypt(Algorithm::A256Gcm, b"", Parameters::default()).unwrap().iv.unwrap()).collect();
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 1000);
}

#[test]
fn one_key_serves_several_threads_at_once() {
    let kind = KeyKind::parse("RSA", Some(2048), None).unwrap();
    let key = shared(kind);
    let digest = digest(Algorithm::Ps256.digest().unwrap(), b"together");
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..10 {
                    let signature = key.sign(Algorithm::Ps256, &digest).unwrap();
                    assert_eq!(key.verify(Algorithm::Ps256, &digest, &signature), Ok(true));
                }
            });
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_text_comes_back_from_a_symmetric_key(text in vec(any::<u8>(), 0..600), aad in vec(any::<u8>(), 0..40)) {
        for size in OctSize::ALL {
            let kind = KeyKind::Oct(size);
            let key = shared(kind);
            for algorithm in algorithms(kind, KeyOperation::Encrypt) {
                let takes_aad = matches!(algorithm, Algorithm::A128Gcm | Algorithm::A192Gcm | Algorithm::A256Gcm);
                let aad = takes_aad.then_some(&*aad);
                match key.encrypt(algorithm, &text, Parameters { aad, ..Parameters::default() }) {
                    Ok(encrypted) => prop_assert_eq!(opened(&key, algorithm, &encrypted, aad), Ok(text.clone())),
                    Err(_) => prop_assert!(algorithm.admit_input(kind, text.len()).is_err()),
                }
            }
            for algorithm in algorithms(kind, KeyOperation::WrapKey) {
                match key.wrap(algorithm, &text) {
                    Ok(wrapped) => prop_assert_eq!(&*key.unwrap(algorithm, &wrapped).unwrap(), &text),
                    Err(_) => prop_assert!(algorithm.admit_input(kind, text.len()).is_err()),
                }
            }
        }
    }

    #[test]
    fn any_text_comes_back_from_an_rsa_key(text in vec(any::<u8>(), 0..260)) {
        let kind = KeyKind::parse("RSA", None, None).unwrap();
        let key = shared(kind);
        for algorithm in algorithms(kind, KeyOperation::Encrypt) {
            match key.encrypt(algorithm, &text, Parameters::default()) {
                Ok(encrypted) => prop_assert_eq!(opened(&key, algorithm, &encrypted, None), Ok(text.clone())),
                Err(_) => prop_assert!(algorithm.admit_input(kind, text.len()).is_err()),
            }
        }
    }
}
