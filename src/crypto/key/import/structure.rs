//! Where in DER the parts of a key are. Reads lengths and names; trusts nothing it does not look at to the library.

use der::{
    Decode as _, Error, Reader, SliceReader, Tag, TagNumber, Tagged as _,
    asn1::{AnyRef, ObjectIdentifier as Oid, OctetStringRef, UintRef},
};

use crate::domain::{Curve, KeyProblem};

const RSA: Oid = Oid::new_unwrap("1.2.840.113549.1.1.1");
const RSA_PSS: Oid = Oid::new_unwrap("1.2.840.113549.1.1.10");
const EC: Oid = Oid::new_unwrap("1.2.840.10045.2.1");
const ED25519: Oid = Oid::new_unwrap("1.3.101.112");
const X25519: Oid = Oid::new_unwrap("1.3.101.110");

const P256: Oid = Oid::new_unwrap("1.2.840.10045.3.1.7");
const P256K: Oid = Oid::new_unwrap("1.3.132.0.10");
const P384: Oid = Oid::new_unwrap("1.3.132.0.34");
const P521: Oid = Oid::new_unwrap("1.3.132.0.35");

/// The key in a PKCS#8 structure, by its algorithm.
pub(super) enum Inside<'a> {
    Rsa(&'a [u8]),
    Ec { curve: NamedCurve, key: &'a [u8] },
    Other(String),
}

/// How a key says on which curve it lies.
#[derive(Clone, Copy)]
pub(super) enum NamedCurve {
    Oid(Oid),
    Unnamed,
}

pub(super) struct RsaNumbers<'a> {
    pub(super) primes: usize,
    pub(super) modulus: &'a [u8],
}

/// `AlgorithmIdentifier`
pub(super) fn algorithm<'a, R: Reader<'a>>(reader: &mut R) -> Result<(Oid, Option<AnyRef<'a>>), Error> {
    reader.sequence(|inside| {
        let name = inside.decode()?;
        let parameters = if inside.is_finished() { None } else { Some(inside.decode()?) };
        Ok((name, parameters))
    })
}

/// `PrivateKeyInfo` (RFC 5958)
pub(super) fn pkcs8(der: &[u8]) -> Result<Inside<'_>, Error> {
    whole(der, |inside| {
        let _version: u8 = inside.decode()?;
        let (name, parameters) = algorithm(inside)?;
        let key = inside.decode::<&OctetStringRef>()?.as_bytes();
        skip(inside)?;
        Ok(match name {
            RSA => Inside::Rsa(key),
            EC => Inside::Ec { curve: named(parameters), key },
            RSA_PSS => Inside::Other("RSA-PSS".into()),
            ED25519 => Inside::Other("Ed25519".into()),
            X25519 => Inside::Other("X25519".into()),
            other => Inside::Other(other.to_string()),
        })
    })
}

/// `RSAPrivateKey` (RFC 8017)
pub(super) fn rsa(der: &[u8]) -> Result<RsaNumbers<'_>, Error> {
    whole(der, |inside| {
        let version: u8 = inside.decode()?;
        let modulus = inside.decode::<UintRef<'_>>()?.as_bytes();
        for _ in ["e", "d", "p", "q", "dp", "dq", "qi"] {
            inside.decode::<UintRef<'_>>()?;
        }
        skip(inside)?;
        Ok(RsaNumbers { primes: 2 + usize::from(version), modulus })
    })
}

/// `ECPrivateKey` (RFC 5915): the curve it names, if it does.
pub(super) fn ec(der: &[u8]) -> Result<NamedCurve, Error> {
    whole(der, |inside| {
        let _version: u8 = inside.decode()?;
        inside.decode::<&OctetStringRef>()?;
        let mut curve = NamedCurve::Unnamed;
        while !inside.is_finished() {
            let part: AnyRef<'_> = inside.decode()?;
            if part.tag() == (Tag::ContextSpecific { constructed: true, number: TagNumber(0) }) {
                curve = named(AnyRef::from_der(part.value()).ok());
            }
        }
        Ok(curve)
    })
}

pub(super) fn curve(named: NamedCurve) -> Result<Curve, KeyProblem> {
    let oid = match named {
        NamedCurve::Oid(oid) => oid,
        NamedCurve::Unnamed => return Err(KeyProblem::Curve { found: "without a name".into() }),
    };
    match oid {
        P256 => Ok(Curve::P256),
        P256K => Ok(Curve::P256K),
        P384 => Ok(Curve::P384),
        P521 => Ok(Curve::P521),
        other => Err(KeyProblem::Curve { found: curve_name(other) }),
    }
}

/// By the name people know it, where there is one.
fn curve_name(oid: Oid) -> String {
    let text = oid.to_string();
    match &*text {
        "1.3.132.0.33" => "P-224".into(),
        "1.2.840.10045.3.1.1" => "P-192".into(),
        "1.3.36.3.3.2.8.1.1.7" => "brainpoolP256r1".into(),
        "1.3.36.3.3.2.8.1.1.11" => "brainpoolP384r1".into(),
        "1.3.36.3.3.2.8.1.1.13" => "brainpoolP512r1".into(),
        _ => text,
    }
}

fn named(parameters: Option<AnyRef<'_>>) -> NamedCurve {
    parameters.and_then(|any| any.decode_as::<Oid>().ok()).map_or(NamedCurve::Unnamed, NamedCurve::Oid)
}

/// One SEQUENCE that is all there is.
pub(super) fn whole<'a, T>(
    der: &'a [u8],
    read: impl FnOnce(&mut SliceReader<'a>) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut reader = SliceReader::new(der)?;
    let read = reader.sequence(read)?;
    reader.finish()?;
    Ok(read)
}

/// Passes over what else there may be.
pub(super) fn skip<'a, R: Reader<'a>>(inside: &mut R) -> Result<(), Error> {
    while !inside.is_finished() {
        inside.tlv_bytes()?;
    }
    Ok(())
}
