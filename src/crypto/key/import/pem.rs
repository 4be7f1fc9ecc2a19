//! PEM (RFC 7468), as tolerant as openssl is: text around the blocks, other blocks, any line length.

use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::{
    KeyMaterial, ec_from_der, protected, rsa_material, rsa_size,
    structure::{self, Inside, RsaNumbers},
};
use crate::{
    crypto::Passphrase,
    domain::{KeyProblem, KeyProtection},
};

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

/// One block: what it says it is, and what is between its lines.
struct Block<'a> {
    label: &'a str,
    body: &'a str,
}

pub(super) fn import(
    bytes: &[u8],
    passphrase: Option<&Passphrase>,
    protection: KeyProtection,
) -> Result<KeyMaterial, KeyProblem> {
    let text = str::from_utf8(bytes).ok().ok_or(KeyProblem::NotAKey)?;
    let blocks = blocks(text)?;
    let mut keys = blocks.iter().filter(|block| block.label.ends_with("PRIVATE KEY"));
    let Some(key) = keys.next() else {
        let has = |wanted: &str| blocks.iter().any(|block| block.label.ends_with(wanted));
        return Err(match () {
            () if has("PUBLIC KEY") => KeyProblem::PublicKey,
            () if has("CERTIFICATE") => KeyProblem::Certificate,
            () => KeyProblem::NotAKey,
        });
    };
    match keys.count() {
        0 => read(key, passphrase, protection),
        more => Err(KeyProblem::SeveralKeys(more + 1)),
    }
}

fn read(
    block: &Block<'_>,
    passphrase: Option<&Passphrase>,
    protection: KeyProtection,
) -> Result<KeyMaterial, KeyProblem> {
    if block.body.contains("Proc-Type:") {
        return Err(KeyProblem::Protection { found: "the old encryption of PEM".into() });
    }
    match block.label {
        "RSA PRIVATE KEY" => rsa(&decoded(block.body)?, protection),
        "EC PRIVATE KEY" => ec(&decoded(block.body)?, protection),
        "PRIVATE KEY" => pkcs8(&decoded(block.body)?, protection),
        "ENCRYPTED PRIVATE KEY" => {
            let der = decoded(block.body)?;
            let opened = protected::open(&der, passphrase)?;
            // A wrong passphrase may leave right padding behind, but no key.
            pkcs8(&opened, protection).map_err(|problem| match problem {
                KeyProblem::DamagedPem => KeyProblem::WrongPassphrase,
                other => other,
            })
        }
        other => Err(KeyProblem::KeyType { found: other.chars().take(40).collect() }),
    }
}

fn rsa(der: &[u8], protection: KeyProtection) -> Result<KeyMaterial, KeyProblem> {
    let RsaNumbers { primes, modulus } = structure::rsa(der).ok().ok_or(KeyProblem::DamagedPem)?;
    if 2 < primes {
        return Err(KeyProblem::KeyType { found: "RSA with more than two primes".into() });
    }
    let size = rsa_size(modulus)?;
    rsa_material(size, protection, RsaKeyPair::from_der(der))
}

fn ec(der: &[u8], protection: KeyProtection) -> Result<KeyMaterial, KeyProblem> {
    let named = structure::ec(der).ok().ok_or(KeyProblem::DamagedPem)?;
    ec_from_der(structure::curve(named)?, protection, der)
}

fn pkcs8(der: &[u8], protection: KeyProtection) -> Result<KeyMaterial, KeyProblem> {
    match structure::pkcs8(der).ok().ok_or(KeyProblem::DamagedPem)? {
        Inside::Rsa(key) => rsa(key, protection),
        Inside::Ec { curve, key } => {
            // What is inside has to be read too, to tell damage from parts that do not match.
            structure::ec(key).ok().ok_or(KeyProblem::DamagedPem)?;
            ec_from_der(structure::curve(curve)?, protection, der)
        }
        Inside::Other(found) => Err(KeyProblem::KeyType { found }),
    }
}

fn decoded(body: &str) -> Result<Zeroizing<Vec<u8>>, KeyProblem> {
    let mut packed = Zeroizing::new(Vec::with_capacity(body.len()));
    packed.extend(body.bytes().filter(|byte| !byte.is_ascii_whitespace()));
    let mut der = Zeroizing::new(Vec::with_capacity(base64::decoded_len_estimate(packed.len())));
    STANDARD.decode_vec(&*packed, &mut der).ok().ok_or(KeyProblem::DamagedPem)?;
    Ok(der)
}

/// Every block of the text. One that does not end as it began is damage; no block at all is no PEM.
fn blocks(text: &str) -> Result<Vec<Block<'_>>, KeyProblem> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(BEGIN) {
        let after = &rest[at + BEGIN.len()..];
        let (label, body) = after.split_once(DASHES).ok_or(KeyProblem::DamagedPem)?;
        let end = format!("-----END {label}{DASHES}");
        let (body, after) = body.split_once(&end).ok_or(KeyProblem::DamagedPem)?;
        if body.contains(BEGIN) {
            return Err(KeyProblem::DamagedPem);
        }
        all.push(Block { label, body });
        rest = after;
    }
    if all.is_empty() { Err(KeyProblem::NotAKey) } else { Ok(all) }
}
