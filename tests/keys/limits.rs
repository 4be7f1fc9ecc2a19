//! What does not fit is refused before anything is computed.

use tresor::{
    crypto::key::Parameters,
    domain::{Algorithm, KeyKind, KeyOperation, OctSize, Refusal, key_algorithm::InputLength},
};

use super::common::{kinds, shared, symmetric};

#[test]
fn a_key_does_exactly_what_its_kind_and_algorithm_allow() {
    // §3.4
    for kind in kinds() {
        let key = shared(kind);
        for &algorithm in Algorithm::ALL {
            let input = match algorithm.input_length(kind) {
                InputLength::Exactly(bytes) => vec![1; bytes],
                InputLength::Any | InputLength::AtMost(_) | InputLength::Blocks(..) => vec![1; 16],
            };
            let did = [
                (KeyOperation::Encrypt, key.encrypt(algorithm, &input, Parameters::default()).err()),
                (KeyOperation::WrapKey, key.wrap(algorithm, &input).err()),
                (KeyOperation::Sign, key.sign(algorithm, &input).err()),
                (KeyOperation::Verify, key.verify(algorithm, &input, &[]).err()),
            ];
            for (operation, refusal) in did {
                let expected = algorithm.fits(kind, operation).err().map(|why| Refusal::AlgorithmUnfit { why });
                assert_eq!(refusal, expected, "{kind} {} {operation:?}", algorithm.text());
            }
            for (operation, refusal) in [
                (KeyOperation::Decrypt, key.decrypt(algorithm, &[], Parameters::default()).err()),
                (KeyOperation::UnwrapKey, key.unwrap(algorithm, &[]).err()),
            ] {
                let is_unfit = matches!(refusal, Some(Refusal::AlgorithmUnfit { .. }));
                assert_eq!(is_unfit, algorithm.fits(kind, operation).is_err(), "{kind} {}", algorithm.text());
            }
        }
    }
}

#[test]
fn plaintexts_too_long_and_digests_of_another_length_are_refused() {
    // §3.4
    let rsa = shared(KeyKind::parse("RSA", None, None).unwrap());
    for (algorithm, most) in [(Algorithm::Rsa15, 245), (Algorithm::RsaOaep, 214), (Algorithm::RsaOaep256, 190)] {
        assert!(rsa.encrypt(algorithm, &vec![1; most], Parameters::default()).is_ok());
        let refused = rsa.encrypt(algorithm, &vec![1; most + 1], Parameters::default());
        let needed = InputLength::AtMost(most);
        assert_eq!(refused.err(), Some(Refusal::InputLength { algorithm, needed, found: most + 1 }));
    }
    for length in [0, 20, 31, 33, 48, 64] {
        let refused = rsa.sign(Algorithm::Ps256, &vec![1; length]).unwrap_err();
        assert!(matches!(refused, Refusal::DigestLength { found, .. } if found == length));
        assert_eq!(rsa.verify(Algorithm::Rs256, &vec![1; length], &[0; 256]).unwrap_err().code().code, "BadParameter");
    }
}

#[test]
fn aes_takes_the_parameters_it_has_a_use_for_and_no_others() {
    let key = symmetric(&[9; 32]);
    let nothing = Parameters::default();
    let not_taken = |algorithm, parameter| Some(Refusal::ParameterNotTaken { algorithm, parameter });
    let iv = Parameters { iv: Some(&[1; 16]), ..nothing };
    let aad = Parameters { aad: Some(b"a"), ..nothing };
    let gcm = Algorithm::A256Gcm;
    let refused = key.encrypt(gcm, b"", Parameters { iv: Some(&[1; 12]), ..nothing }).err();
    assert_eq!(refused, not_taken(gcm, "initialisation vector"), "a nonce that was used before gives the key away");
    let refused = key.decrypt(gcm, b"", Parameters { iv: Some(&[1; 16]), tag: Some(&[0; 16]), ..nothing }).err();
    assert_eq!(refused, Some(Refusal::IvLength { algorithm: gcm, needed: 12, found: 16 }));
    let cbc = Algorithm::A256CbcPad;
    assert_eq!(key.encrypt(cbc, b"", iv).unwrap().iv.unwrap(), [1; 16]);
    assert_eq!(key.encrypt(cbc, b"", aad).err(), not_taken(cbc, "additional data"));
    assert_eq!(
        key.decrypt(cbc, &[0; 16], nothing).err(),
        Some(Refusal::IvLength { algorithm: cbc, needed: 16, found: 0 })
    );
    let rsa = shared(KeyKind::parse("RSA", None, None).unwrap());
    let refused = rsa.encrypt(Algorithm::RsaOaep, b"", aad).err();
    assert_eq!(refused, not_taken(Algorithm::RsaOaep, "additional data"), "a label would not come back");
}

#[test]
fn a_symmetric_key_has_no_public_part() {
    for size in OctSize::ALL {
        assert_eq!(shared(KeyKind::Oct(size)).public_part(), None);
    }
}
