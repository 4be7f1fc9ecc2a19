//! Keys that were made elsewhere.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tresor::{
    crypto::{
        Passphrase,
        key::{self, KeyMaterial},
    },
    domain::KeyProtection,
};

/// Of every encrypted key among the seeds.
const PASSPHRASE: &str = "fuzzing";

const LABELS: [&str; 4] = ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"];

pub(crate) fn pem(data: &[u8]) {
    take_in(data);
}

pub(crate) fn jwk(data: &[u8]) {
    take_in(data);
}

/// What lies within a PEM file: its first byte tells what it is said to be.
pub(crate) fn der(data: &[u8]) {
    let Some((label, der)) = data.split_first() else { return };
    let label = LABELS[usize::from(*label) % LABELS.len()];
    let body = STANDARD.encode(der);
    take_in(format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n").as_bytes());
}

fn take_in(bytes: &[u8]) {
    let passphrase = Passphrase::new(PASSPHRASE.to_owned());
    match key::import(bytes, Some(&passphrase), KeyProtection::Software) {
        Ok(material) => {
            let kept = material.to_sealable_bytes();
            let back = KeyMaterial::from_sealed_bytes(&kept).expect("what was kept is a key");
            assert_eq!(back.kind(), material.kind());
            let known = back.public_part().expect("a key that was taken in is ready");
            assert_eq!(known, material.public_part().expect("a key that was taken in is ready"));
        }
        Err(problem) => assert!(!problem.to_string().is_empty()),
    }
}
