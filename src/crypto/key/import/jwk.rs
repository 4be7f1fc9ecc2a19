//! JSON Web Keys (RFC 7517, RFC 7518).

use std::fmt;

use aws_lc_rs::{
    rsa::{KeyPair as RsaKeyPair, KeyPairComponents, PublicKeyComponents},
    signature::EcdsaKeyPair,
};
use base64::{
    Engine as _,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde::{Deserialize, Deserializer, de};
use zeroize::Zeroizing;

use super::{super::ready::signing, KeyMaterial, ec_material, rsa_material, rsa_size};
use crate::domain::{Curve, KeyKind, KeyProblem, KeyProtection, OctSize};

/// As the standard has it, without padding; others write padding all the same.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The members that are looked at. Wiped on drop.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    crv: Option<String>,
    n: Option<Number>,
    e: Option<Number>,
    d: Option<Number>,
    p: Option<Number>,
    q: Option<Number>,
    dp: Option<Number>,
    dq: Option<Number>,
    qi: Option<Number>,
    x: Option<Number>,
    y: Option<Number>,
    k: Option<Number>,
    oth: Option<de::IgnoredAny>,
}

/// Bytes that stood there as base64url. Wiped on drop.
struct Number(Zeroizing<Vec<u8>>);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("base64url")
            }

            // The error is not passed on: it would name a character of the key.
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Number, E> {
                let mut bytes = Zeroizing::new(Vec::with_capacity(base64::decoded_len_estimate(text.len())));
                LENIENT.decode_vec(text, &mut bytes).ok().ok_or_else(|| E::custom("no base64url"))?;
                Ok(Number(bytes))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

impl Number {
    fn without_leading_zeros(&self) -> &[u8] {
        let zeros = self.0.iter().take_while(|byte| **byte == 0).count();
        &self.0[zeros..]
    }

    /// Big-endian in exactly so many bytes; `None` where it is larger.
    fn fixed(&self, length: usize) -> Option<Zeroizing<Vec<u8>>> {
        let digits = self.without_leading_zeros();
        let mut fixed = Zeroizing::new(vec![0; length]);
        fixed[length.checked_sub(digits.len())?..].copy_from_slice(digits);
        Some(fixed)
    }
}

pub(super) fn import(text: &[u8], protection: KeyProtection) -> Result<KeyMaterial, KeyProblem> {
    let jwk: Jwk = serde_json::from_slice(text).ok().ok_or(KeyProblem::DamagedJwk)?;
    let (kty, protection) = match jwk.kty.strip_suffix("-HSM") {
        Some(kty) => (kty, KeyProtection::SimulatedHsm),
        None => (&*jwk.kty, protection),
    };
    match kty {
        "RSA" => rsa(&jwk, protection),
        "EC" => ec(&jwk, protection),
        "oct" => oct(&jwk),
        other => Err(KeyProblem::KeyType { found: other.chars().take(40).collect() }),
    }
}

#[expect(clippy::many_single_char_names, reason = "these are the numbers' names")]
fn rsa(jwk: &Jwk, protection: KeyProtection) -> Result<KeyMaterial, KeyProblem> {
    let (Some(n), Some(e)) = (&jwk.n, &jwk.e) else { return Err(KeyProblem::DamagedJwk) };
    let Some(d) = &jwk.d else { return Err(KeyProblem::PublicKey) };
    let (Some(p), Some(q), Some(dp), Some(dq), Some(qi)) = (&jwk.p, &jwk.q, &jwk.dp, &jwk.dq, &jwk.qi) else {
        return Err(KeyProblem::DamagedJwk);
    };
    if jwk.oth.is_some() {
        return Err(KeyProblem::KeyType { found: "RSA with more than two primes".into() });
    }
    let size = rsa_size(&n.0)?;
    let private = |number: &'_ Number| number.0.clone();
    let pair = RsaKeyPair::from_components(&KeyPairComponents {
        public_key: PublicKeyComponents {
            n: Zeroizing::new(n.without_leading_zeros().to_vec()),
            e: Zeroizing::new(e.without_leading_zeros().to_vec()),
        },
        d: private(d),
        p: private(p),
        q: private(q),
        dP: private(dp),
        dQ: private(dq),
        qInv: private(qi),
    });
    rsa_material(size, protection, pair)
}

fn ec(jwk: &Jwk, protection: KeyProtection) -> Result<KeyMaterial, KeyProblem> {
    let Some(name) = &jwk.crv else { return Err(KeyProblem::DamagedJwk) };
    // RFC 8812 named this curve after Key Vault had.
    let known = if name.eq_ignore_ascii_case("secp256k1") { Some(Curve::P256K) } else { Curve::from_text(name) };
    let curve = known.ok_or_else(|| KeyProblem::Curve { found: name.chars().take(40).collect() })?;
    let (Some(x), Some(y)) = (&jwk.x, &jwk.y) else { return Err(KeyProblem::DamagedJwk) };
    let Some(d) = &jwk.d else { return Err(KeyProblem::PublicKey) };
    let fixed = |number: &Number| number.fixed(curve.bytes()).ok_or(KeyProblem::PartsDoNotMatch);
    let point = [&[4][..], &fixed(x)?, &fixed(y)?].concat();
    let pair = EcdsaKeyPair::from_private_key_and_public_key(signing(curve), &fixed(d)?, &point);
    ec_material(curve, protection, pair)
}

fn oct(jwk: &Jwk) -> Result<KeyMaterial, KeyProblem> {
    let Some(k) = &jwk.k else { return Err(KeyProblem::DamagedJwk) };
    let found = k.0.len() * 8;
    let size = OctSize::from_bits(found).ok_or(KeyProblem::OctSize { found })?;
    Ok(KeyMaterial::new(KeyKind::Oct(size), k.0.clone()))
}
