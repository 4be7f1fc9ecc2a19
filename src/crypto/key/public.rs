//! What is done with the public part alone: encrypting and verifying.

use std::{fmt::Write as _, sync::OnceLock};

use aws_lc_rs::{
    digest::Digest,
    encoding::{AsDer as _, PublicKeyX509Der},
    error::Unspecified,
    rsa::{
        OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm, OaepPublicEncryptingKey, Pkcs1PublicEncryptingKey,
        PublicEncryptingKey, PublicKeyComponents, RsaParameters,
    },
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256K1_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED,
        EcdsaVerificationAlgorithm, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
        RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    },
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{hash, import::Unreadable};
use crate::domain::{
    Algorithm, Curve, Hash, KeyKind, KeyOperation, KeyProtection, PublicPart, Refusal, RsaSize, key_algorithm::Scheme,
};

/// A public key, parsed and ready to be used many times, by several threads at once.
pub struct ReadyPublic {
    kind: KeyKind,
    part: PublicPart,
    inner: Inner,
}

enum Inner {
    Rsa(Box<Rsa>),
    Ec(ParsedPublicKey),
}

struct Rsa {
    oaep: OaepPublicEncryptingKey,
    pkcs1: Pkcs1PublicEncryptingKey,
    components: PublicKeyComponents<Box<[u8]>>,
    /// One for each way of signing, made when it is first used: the library binds a parsed key to it.
    verifiers: [OnceLock<Option<ParsedPublicKey>>; 6],
}

impl ReadyPublic {
    /// Refuses numbers that are no key, and sizes that are not supported.
    pub fn new(part: PublicPart) -> Result<Self, Unreadable> {
        let (kind, inner) = match &part {
            PublicPart::Rsa { n, e } => {
                let components = PublicKeyComponents { n: n.clone(), e: e.clone() };
                let key: PublicEncryptingKey = components.clone().try_into()?;
                let size = RsaSize::from_bits(key.key_size_bits()).ok_or(Unreadable)?;
                let rsa = Rsa {
                    oaep: OaepPublicEncryptingKey::new(key.clone())?,
                    pkcs1: Pkcs1PublicEncryptingKey::new(key)?,
                    components,
                    verifiers: Default::default(),
                };
                (KeyKind::Rsa(size, KeyProtection::Software), Inner::Rsa(Box::new(rsa)))
            }
            PublicPart::Ec { curve, x, y } => {
                let point = [&[4], &**x, &**y].concat();
                if x.len() != curve.bytes() || y.len() != curve.bytes() {
                    return Err(Unreadable);
                }
                let key = ParsedPublicKey::new(verification(*curve), point)?;
                (KeyKind::Ec(*curve, KeyProtection::Software), Inner::Ec(key))
            }
        };
        Ok(Self { kind, part, inner })
    }

    /// Type and size; its protection is not known from here.
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The numbers it was made of.
    pub const fn part(&self) -> &PublicPart {
        &self.part
    }

    /// Encrypts or wraps: for RSA these are one.
    pub fn encrypt(&self, algorithm: Algorithm, plaintext: &[u8]) -> Result<Vec<u8>, Refusal> {
        algorithm.admit(self.kind, KeyOperation::Encrypt)?;
        algorithm.admit_input(self.kind, plaintext.len())?;
        let Inner::Rsa(rsa) = &self.inner else { return Err(Refusal::CryptographyFailed) };
        let mut ciphertext = vec![0; rsa.oaep.ciphertext_size()];
        let encrypted = match algorithm.scheme() {
            Scheme::RsaPkcs1Encryption => rsa.pkcs1.encrypt(plaintext, &mut ciphertext),
            Scheme::RsaOaep(hash) => rsa.oaep.encrypt(oaep(hash), plaintext, &mut ciphertext, None),
            _ => Err(Unspecified),
        };
        let length = encrypted.map_err(|Unspecified| Refusal::CryptographyFailed)?.len();
        ciphertext.truncate(length);
        Ok(ciphertext)
    }

    /// Whether the signature is this key's, of this digest. A wrong signature is an answer, not an error (§3.3).
    pub fn verify(&self, algorithm: Algorithm, digest: &[u8], signature: &[u8]) -> Result<bool, Refusal> {
        algorithm.admit(self.kind, KeyOperation::Verify)?;
        algorithm.admit_input(self.kind, digest.len())?;
        let hash = algorithm.digest().ok_or(Refusal::CryptographyFailed)?;
        let digest = Digest::import_less_safe(digest, hash::algorithm(hash))
            .map_err(|Unspecified| Refusal::CryptographyFailed)?;
        let key = match &self.inner {
            Inner::Ec(key) => Some(key),
            Inner::Rsa(rsa) => rsa.verifier(algorithm.scheme()),
        };
        let key = key.ok_or(Refusal::CryptographyFailed)?;
        Ok(key.verify_digest_sig(&digest, signature).is_ok())
    }
}

impl Rsa {
    fn verifier(&self, scheme: Scheme) -> Option<&ParsedPublicKey> {
        let (place, parameters): (_, &'static RsaParameters) = match scheme {
            Scheme::RsaPkcs1Signature(Hash::Sha256) => (0, &RSA_PKCS1_2048_8192_SHA256),
            Scheme::RsaPkcs1Signature(Hash::Sha384) => (1, &RSA_PKCS1_2048_8192_SHA384),
            Scheme::RsaPkcs1Signature(Hash::Sha512) => (2, &RSA_PKCS1_2048_8192_SHA512),
            Scheme::RsaPss(Hash::Sha256) => (3, &RSA_PSS_2048_8192_SHA256),
            Scheme::RsaPss(Hash::Sha384) => (4, &RSA_PSS_2048_8192_SHA384),
            Scheme::RsaPss(Hash::Sha512) => (5, &RSA_PSS_2048_8192_SHA512),
            _ => return None,
        };
        self.verifiers[place].get_or_init(|| self.components.to_parsed_public_key(parameters).ok()).as_ref()
    }
}

/// The public part as DER (`SubjectPublicKeyInfo`, RFC 5280).
pub fn public_der(part: &PublicPart) -> Result<Vec<u8>, Unreadable> {
    let der: PublicKeyX509Der<'_> = match part {
        PublicPart::Rsa { n, e } => PublicKeyComponents { n, e }.as_der()?,
        PublicPart::Ec { curve, x, y } => {
            ParsedPublicKey::new(verification(*curve), [&[4], &**x, &**y].concat())?.as_der()?
        }
    };
    Ok(der.as_ref().to_vec())
}

/// The public part as PEM (RFC 7468) of its DER, ending with a line break.
pub fn public_pem(part: &PublicPart) -> Result<String, Unreadable> {
    let body = STANDARD.encode(public_der(part)?);
    let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
    for line in body.as_bytes().chunks(64) {
        let _ = writeln!(pem, "{}", String::from_utf8_lossy(line));
    }
    pem.push_str("-----END PUBLIC KEY-----\n");
    Ok(pem)
}

pub(super) const fn verification(curve: Curve) -> &'static EcdsaVerificationAlgorithm {
    match curve {
        Curve::P256 => &ECDSA_P256_SHA256_FIXED,
        Curve::P256K => &ECDSA_P256K1_SHA256_FIXED,
        Curve::P384 => &ECDSA_P384_SHA384_FIXED,
        Curve::P521 => &ECDSA_P521_SHA512_FIXED,
    }
}

/// Key Vault knows OAEP with two hashes.
pub(super) const fn oaep(hash: Hash) -> &'static OaepAlgorithm {
    match hash {
        Hash::Sha256 | Hash::Sha384 | Hash::Sha512 => &OAEP_SHA256_MGF1SHA256,
        Hash::Sha1 => &OAEP_SHA1_MGF1SHA1,
    }
}
