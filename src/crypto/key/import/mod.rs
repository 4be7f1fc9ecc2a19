//! Taking in keys that were made elsewhere: PEM (PKCS#1, PKCS#8, also encrypted, SEC1) and JSON Web Keys.
//!
//! Where a key's parts are is read here, for the sake of saying what is wrong; whether they are a key is the library's to
//! say, and one signature that must verify settles it.

mod jwk;
mod pem;
mod protected;
mod structure;

use aws_lc_rs::{
    encoding::{AsDer as _, Pkcs8V1Der},
    error::{KeyRejected, Unspecified},
    rsa::KeyPair as RsaKeyPair,
    signature::EcdsaKeyPair,
};
use zeroize::Zeroizing;

use super::{KeyMaterial, hash, ready::signing};
use crate::{
    crypto::Passphrase,
    domain::{Algorithm, Curve, Hash, KeyKind, KeyProblem, KeyProtection, RsaSize},
};

/// These bytes are no key of the kind they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("These bytes are no such key")]
pub struct Unreadable;

impl From<KeyRejected> for Unreadable {
    fn from(_: KeyRejected) -> Self {
        Self
    }
}

impl From<Unspecified> for Unreadable {
    fn from(Unspecified: Unspecified) -> Self {
        Self
    }
}

/// Takes in the one private key in a PEM file or JSON Web Key. A JSON Web Key that names an HSM's type becomes a simulated
/// HSM's whatever `protection` says, and so does every symmetric key.
pub fn import(
    bytes: &[u8],
    passphrase: Option<&Passphrase>,
    protection: KeyProtection,
) -> Result<KeyMaterial, KeyProblem> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii();
    let material = if bytes.starts_with(b"{") {
        jwk::import(bytes, protection)?
    } else {
        pem::import(bytes, passphrase, protection)?
    };
    prove(&material)?;
    Ok(material)
}

/// Signs and verifies once. The library checks that an RSA key's numbers fit one another but not that its primes are
/// prime; with others no signature verifies.
fn prove(material: &KeyMaterial) -> Result<(), KeyProblem> {
    let algorithm = match material.kind() {
        KeyKind::Rsa(..) => Algorithm::Rs256,
        KeyKind::Ec(Curve::P256, _) => Algorithm::Es256,
        KeyKind::Ec(Curve::P256K, _) => Algorithm::Es256K,
        KeyKind::Ec(Curve::P384, _) => Algorithm::Es384,
        KeyKind::Ec(Curve::P521, _) => Algorithm::Es512,
        KeyKind::Oct(_) => return Ok(()),
    };
    let digest = hash::digest(algorithm.digest().unwrap_or(Hash::Sha256), b"Do the parts of this key belong together?");
    let proven = material.ready().and_then(|key| {
        let signature = key.sign(algorithm, &digest)?;
        key.verify(algorithm, &digest, &signature)
    });
    if proven == Ok(true) { Ok(()) } else { Err(KeyProblem::PartsDoNotMatch) }
}

/// A modulus has to be of a supported size before anything is computed with it.
fn rsa_size(modulus: &[u8]) -> Result<RsaSize, KeyProblem> {
    let bits = match modulus.iter().position(|byte| *byte != 0) {
        Some(at) => (modulus.len() - at) * 8 - modulus[at].leading_zeros() as usize,
        None => 0,
    };
    RsaSize::from_bits(bits).ok_or(KeyProblem::RsaSize { found: bits })
}

fn rsa_material(
    size: RsaSize,
    protection: KeyProtection,
    pair: Result<RsaKeyPair, KeyRejected>,
) -> Result<KeyMaterial, KeyProblem> {
    let pkcs8 = pair.ok().and_then(|pair| pair.as_der().ok());
    let pkcs8: Pkcs8V1Der<'_> = pkcs8.ok_or(KeyProblem::PartsDoNotMatch)?;
    Ok(KeyMaterial::new(KeyKind::Rsa(size, protection), Zeroizing::new(pkcs8.as_ref().to_vec())))
}

fn ec_material(
    curve: Curve,
    protection: KeyProtection,
    pair: Result<EcdsaKeyPair, KeyRejected>,
) -> Result<KeyMaterial, KeyProblem> {
    let pkcs8 = pair.ok().and_then(|pair| pair.to_pkcs8v1().ok()).ok_or(KeyProblem::PartsDoNotMatch)?;
    Ok(KeyMaterial::new(KeyKind::Ec(curve, protection), Zeroizing::new(pkcs8.as_ref().to_vec())))
}

/// `ECPrivateKey` (RFC 5915) or PKCS#8 on that curve.
fn ec_from_der(curve: Curve, protection: KeyProtection, der: &[u8]) -> Result<KeyMaterial, KeyProblem> {
    ec_material(curve, protection, EcdsaKeyPair::from_private_key_der(signing(curve), der))
}
