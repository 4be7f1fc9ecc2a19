//! PKCS#8 under a passphrase: PBES2 (RFC 8018) with PBKDF2 and AES-CBC, which is what openssl writes.

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2;
use der::{
    Error, Reader as _, Tag,
    asn1::{AnyRef, ObjectIdentifier as Oid, OctetStringRef},
};
use zeroize::Zeroizing;

use super::{
    super::symmetric::cbc_open,
    structure::{algorithm, whole},
};
use crate::{
    crypto::Passphrase,
    domain::{KeyProblem, OctSize},
};

const PBES2: Oid = Oid::new_unwrap("1.2.840.113549.1.5.13");
const PBKDF2: Oid = Oid::new_unwrap("1.2.840.113549.1.5.12");
const SCRYPT: Oid = Oid::new_unwrap("1.3.6.1.4.1.11591.4.11");
const HMAC_SHA1: Oid = Oid::new_unwrap("1.2.840.113549.2.7");
const HMAC_SHA256: Oid = Oid::new_unwrap("1.2.840.113549.2.9");
const HMAC_SHA384: Oid = Oid::new_unwrap("1.2.840.113549.2.10");
const HMAC_SHA512: Oid = Oid::new_unwrap("1.2.840.113549.2.11");
const AES_128_CBC: Oid = Oid::new_unwrap("2.16.840.1.101.3.4.1.2");
const AES_192_CBC: Oid = Oid::new_unwrap("2.16.840.1.101.3.4.1.22");
const AES_256_CBC: Oid = Oid::new_unwrap("2.16.840.1.101.3.4.1.42");
const TRIPLE_DES: Oid = Oid::new_unwrap("1.2.840.113549.3.7");

/// A file must not keep the program busy for longer than a few seconds; a fuzzer's minute is not to be spent on counting.
const MOST_ITERATIONS: u32 = if cfg!(feature = "fuzzing") { 1_000 } else { 10_000_000 };

/// `EncryptedPrivateKeyInfo`, opened to the PKCS#8 inside. What comes out may still be no key.
pub(super) fn open(der: &[u8], passphrase: Option<&Passphrase>) -> Result<Zeroizing<Vec<u8>>, KeyProblem> {
    let damaged = |_: Error| KeyProblem::DamagedPem;
    let (scheme, ciphertext) = whole(der, |inside| {
        let scheme = algorithm(inside)?;
        Ok((scheme, inside.decode::<&OctetStringRef>()?.as_bytes()))
    })
    .map_err(damaged)?;
    let (PBES2, Some(parameters)) = scheme else { return Err(unsupported(scheme.0)) };
    let (derivation, encryption) =
        parameters.sequence(|inside| Ok((algorithm(inside)?, algorithm(inside)?))).map_err(damaged)?;

    let size = match encryption.0 {
        AES_128_CBC => OctSize::Oct128,
        AES_192_CBC => OctSize::Oct192,
        AES_256_CBC => OctSize::Oct256,
        other => return Err(unsupported(other)),
    };
    let iv = encryption.1.and_then(|iv| iv.decode_as::<&OctetStringRef>().ok());
    let iv = iv.and_then(|iv| iv.as_bytes().try_into().ok()).ok_or(KeyProblem::DamagedPem)?;
    let (PBKDF2, Some(parameters)) = derivation else { return Err(unsupported(derivation.0)) };
    let derivation = Derivation::read(parameters).map_err(damaged)?;

    let Some(passphrase) = passphrase else { return Err(KeyProblem::PassphraseNeeded) };
    let key = derivation.key(passphrase, size)?;
    cbc_open(size, &key, iv, ciphertext).ok_or(KeyProblem::WrongPassphrase)
}

/// `PBKDF2-params`
struct Derivation<'a> {
    salt: &'a [u8],
    iterations: u32,
    length: Option<u16>,
    function: Oid,
}

impl<'a> Derivation<'a> {
    fn read(parameters: AnyRef<'a>) -> Result<Self, Error> {
        parameters.sequence(|inside| {
            let salt = inside.decode::<&OctetStringRef>()?.as_bytes();
            let iterations = inside.decode()?;
            let (mut length, mut function) = (None, HMAC_SHA1);
            if !inside.is_finished() && Tag::peek(inside)? == Tag::Integer {
                length = Some(inside.decode()?);
            }
            if !inside.is_finished() {
                function = algorithm(inside)?.0;
            }
            Ok(Self { salt, iterations, length, function })
        })
    }

    fn key(&self, passphrase: &Passphrase, size: OctSize) -> Result<Zeroizing<Vec<u8>>, KeyProblem> {
        let function = match self.function {
            HMAC_SHA1 => pbkdf2::PBKDF2_HMAC_SHA1,
            HMAC_SHA256 => pbkdf2::PBKDF2_HMAC_SHA256,
            HMAC_SHA384 => pbkdf2::PBKDF2_HMAC_SHA384,
            HMAC_SHA512 => pbkdf2::PBKDF2_HMAC_SHA512,
            other => return Err(unsupported(other)),
        };
        if self.length.is_some_and(|length| usize::from(length) != size.bytes()) {
            return Err(KeyProblem::DamagedPem);
        }
        if MOST_ITERATIONS < self.iterations {
            return Err(KeyProblem::Protection { found: format!("PBKDF2 with {} iterations", self.iterations) });
        }
        let iterations = NonZeroU32::new(self.iterations).ok_or(KeyProblem::DamagedPem)?;
        let mut key = Zeroizing::new(vec![0; size.bytes()]);
        pbkdf2::derive(function, iterations, self.salt, passphrase.expose().as_bytes(), &mut key);
        Ok(key)
    }
}

fn unsupported(oid: Oid) -> KeyProblem {
    let found = match oid {
        SCRYPT => "scrypt".into(),
        TRIPLE_DES => "Triple DES".into(),
        other => format!("the algorithm {other}"),
    };
    KeyProblem::Protection { found }
}
