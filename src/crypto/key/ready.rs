//! A key in use.

use aws_lc_rs::{
    digest::Digest,
    error::Unspecified,
    hmac,
    rsa::{
        KeyPair as RsaKeyPair, OaepPrivateDecryptingKey, Pkcs1PrivateDecryptingKey, PrivateDecryptingKey,
        PublicKeyComponents,
    },
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P256K1_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
        ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair as _, RSA_PKCS1_SHA256,
        RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaSignatureEncoding,
    },
};
use zeroize::Zeroizing;

use super::{ReadyPublic, hash, import::Unreadable, public::oaep, symmetric::Symmetric};
use crate::domain::{
    Algorithm, Curve, Hash, KeyKind, KeyOperation, PublicPart, Refusal, RsaSize, key_algorithm::Scheme,
};

/// A key, parsed and ready to be used many times, by several threads at once. Wiped on drop; it cannot be printed, copied
/// or serialised.
///
/// It refuses what algorithm and key do not allow. Whether the key's owner permits an operation is asked before
/// ([`KeyOperation::admit`]).
pub struct ReadyKey {
    kind: KeyKind,
    inner: Inner,
}

enum Inner {
    Rsa(Box<Rsa>),
    Ec(Box<Ec>),
    Oct(Symmetric),
}

struct Rsa {
    pair: RsaKeyPair,
    oaep: OaepPrivateDecryptingKey,
    pkcs1: Pkcs1PrivateDecryptingKey,
    public: ReadyPublic,
}

struct Ec {
    pair: EcdsaKeyPair,
    public: ReadyPublic,
}

/// What AES takes or gives beside its text. RSA takes none of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parameters<'a> {
    /// The initialisation vector. To encrypt, GCM makes it itself and CBC does where none is given.
    pub iv: Option<&'a [u8]>,
    /// What GCM authenticates and does not encrypt.
    pub aad: Option<&'a [u8]>,
    /// To decrypt by GCM.
    pub tag: Option<&'a [u8]>,
}

/// What came out of encrypting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encrypted {
    /// The ciphertext.
    pub value: Vec<u8>,
    /// The initialisation vector of AES.
    pub iv: Option<Vec<u8>>,
    /// The tag of AES-GCM.
    pub tag: Option<Vec<u8>>,
}

impl ReadyKey {
    /// From PKCS#8, or from the bytes of a symmetric key. They must be of that kind.
    pub(super) fn parse(kind: KeyKind, secret: &[u8]) -> Result<Self, Unreadable> {
        let inner = match kind {
            KeyKind::Rsa(size, _) => Inner::Rsa(Box::new(Rsa::parse(size, secret)?)),
            KeyKind::Ec(curve, _) => Inner::Ec(Box::new(Ec::parse(curve, secret)?)),
            KeyKind::Oct(size) if size.bytes() == secret.len() => Inner::Oct(Symmetric::new(size, secret)),
            KeyKind::Oct(_) => return Err(Unreadable),
        };
        Ok(Self { kind, inner })
    }

    /// What it is.
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The half that needs no secret; `None` for a symmetric key.
    pub fn public(&self) -> Option<&ReadyPublic> {
        match &self.inner {
            Inner::Rsa(rsa) => Some(&rsa.public),
            Inner::Ec(ec) => Some(&ec.public),
            Inner::Oct(_) => None,
        }
    }

    /// What anybody may know of it; `None` for a symmetric key.
    pub fn public_part(&self) -> Option<&PublicPart> {
        self.public().map(ReadyPublic::part)
    }

    /// Encrypts.
    pub fn encrypt(
        &self,
        algorithm: Algorithm,
        plaintext: &[u8],
        parameters: Parameters<'_>,
    ) -> Result<Encrypted, Refusal> {
        algorithm.admit(self.kind, KeyOperation::Encrypt)?;
        algorithm.admit_input(self.kind, plaintext.len())?;
        match &self.inner {
            Inner::Rsa(rsa) => {
                parameters.admit_none(algorithm)?;
                let value = rsa.public.encrypt(algorithm, plaintext)?;
                Ok(Encrypted { value, iv: None, tag: None })
            }
            Inner::Oct(symmetric) => symmetric.encrypt(algorithm, plaintext, parameters),
            Inner::Ec(_) => Err(Refusal::CryptographyFailed),
        }
    }

    /// The reverse of [`ReadyKey::encrypt`]. Whatever is wrong with the ciphertext, the refusal is one and the same
    /// ([`Refusal::DoesNotOpen`]).
    pub fn decrypt(
        &self,
        algorithm: Algorithm,
        ciphertext: &[u8],
        parameters: Parameters<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        algorithm.admit(self.kind, KeyOperation::Decrypt)?;
        match &self.inner {
            Inner::Rsa(rsa) => {
                parameters.admit_none(algorithm)?;
                rsa.decrypt(algorithm, ciphertext)
            }
            Inner::Oct(symmetric) => symmetric.decrypt(algorithm, ciphertext, parameters),
            Inner::Ec(_) => Err(Refusal::CryptographyFailed),
        }
    }

    /// Wraps a key. By RSA that is encrypting.
    pub fn wrap(&self, algorithm: Algorithm, key: &[u8]) -> Result<Vec<u8>, Refusal> {
        algorithm.admit(self.kind, KeyOperation::WrapKey)?;
        algorithm.admit_input(self.kind, key.len())?;
        match &self.inner {
            Inner::Rsa(rsa) => rsa.public.encrypt(algorithm, key),
            Inner::Oct(symmetric) => symmetric.wrap(key),
            Inner::Ec(_) => Err(Refusal::CryptographyFailed),
        }
    }

    /// The reverse of [`ReadyKey::wrap`]; refuses as [`ReadyKey::decrypt`] does.
    pub fn unwrap(&self, algorithm: Algorithm, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        algorithm.admit(self.kind, KeyOperation::UnwrapKey)?;
        match &self.inner {
            Inner::Rsa(rsa) => rsa.decrypt(algorithm, wrapped),
            Inner::Oct(symmetric) => symmetric.unwrap(wrapped),
            Inner::Ec(_) => Err(Refusal::CryptographyFailed),
        }
    }

    /// Signs a digest; by HMAC, a message. An ECDSA signature is `r || s`.
    pub fn sign(&self, algorithm: Algorithm, digest: &[u8]) -> Result<Vec<u8>, Refusal> {
        algorithm.admit(self.kind, KeyOperation::Sign)?;
        algorithm.admit_input(self.kind, digest.len())?;
        let failed = |Unspecified| Refusal::CryptographyFailed;
        match (&self.inner, algorithm.scheme()) {
            (Inner::Oct(symmetric), Scheme::Hmac(hash)) => {
                Ok(hmac::sign(&symmetric.hmac_key(hash), digest).as_ref().to_vec())
            }
            (Inner::Ec(ec), Scheme::Ecdsa(hash)) => {
                let digest = Digest::import_less_safe(digest, hash::algorithm(hash)).map_err(failed)?;
                Ok(ec.pair.sign_digest(&digest).map_err(failed)?.as_ref().to_vec())
            }
            (Inner::Rsa(rsa), scheme) => {
                let (hash, encoding) = encoding(scheme).ok_or(Refusal::CryptographyFailed)?;
                let digest = Digest::import_less_safe(digest, hash::algorithm(hash)).map_err(failed)?;
                let mut signature = vec![0; rsa.pair.public_modulus_len()];
                rsa.pair.sign_digest(encoding, &digest, &mut signature).map_err(failed)?;
                Ok(signature)
            }
            _ => Err(Refusal::CryptographyFailed),
        }
    }

    /// Whether the signature is this key's, of this digest (by HMAC: of this message). A wrong signature is an answer,
    /// not an error (§3.3).
    pub fn verify(&self, algorithm: Algorithm, digest: &[u8], signature: &[u8]) -> Result<bool, Refusal> {
        algorithm.admit(self.kind, KeyOperation::Verify)?;
        match (&self.inner, algorithm.scheme()) {
            (Inner::Oct(symmetric), Scheme::Hmac(hash)) => {
                Ok(hmac::verify(&symmetric.hmac_key(hash), digest, signature).is_ok())
            }
            (Inner::Rsa(rsa), _) => rsa.public.verify(algorithm, digest, signature),
            (Inner::Ec(ec), _) => ec.public.verify(algorithm, digest, signature),
            (Inner::Oct(_), _) => Err(Refusal::CryptographyFailed),
        }
    }
}

impl Parameters<'_> {
    /// Refuses what an algorithm has no use for rather than to ignore it.
    pub(super) fn admit_none(self, algorithm: Algorithm) -> Result<(), Refusal> {
        let Parameters { iv, aad, tag } = self;
        let not_taken = |parameter| Refusal::ParameterNotTaken { algorithm, parameter };
        match (iv, aad, tag) {
            (Some(_), _, _) => Err(not_taken("initialisation vector")),
            (_, Some(_), _) => Err(not_taken("additional data")),
            (_, _, Some(_)) => Err(not_taken("tag")),
            (None, None, None) => Ok(()),
        }
    }
}

impl Rsa {
    fn parse(size: RsaSize, pkcs8: &[u8]) -> Result<Self, Unreadable> {
        let pair = RsaKeyPair::from_pkcs8(pkcs8)?;
        let decrypting = PrivateDecryptingKey::from_pkcs8(pkcs8)?;
        if decrypting.key_size_bits() != size.bits() {
            return Err(Unreadable);
        }
        let PublicKeyComponents { n, e } = PublicKeyComponents::<Vec<u8>>::from(pair.public_key());
        Ok(Self {
            pair,
            oaep: OaepPrivateDecryptingKey::new(decrypting.clone())?,
            pkcs1: Pkcs1PrivateDecryptingKey::new(decrypting)?,
            public: ReadyPublic::new(PublicPart::Rsa { n: n.into(), e: e.into() })?,
        })
    }

    fn decrypt(&self, algorithm: Algorithm, ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        let mut plaintext = Zeroizing::new(vec![0; self.oaep.min_output_size()]);
        let opened = match algorithm.scheme() {
            Scheme::RsaPkcs1Encryption => self.pkcs1.decrypt(ciphertext, &mut plaintext),
            Scheme::RsaOaep(hash) => self.oaep.decrypt(oaep(hash), ciphertext, &mut plaintext, None),
            _ => Err(Unspecified),
        };
        let length = opened.map_err(|Unspecified| Refusal::DoesNotOpen)?.len();
        plaintext.truncate(length);
        Ok(plaintext)
    }
}

impl Ec {
    fn parse(curve: Curve, pkcs8: &[u8]) -> Result<Self, Unreadable> {
        let pair = EcdsaKeyPair::from_pkcs8(signing(curve), pkcs8)?;
        let point = pair.public_key().as_ref();
        let (x, y) = point.get(1..).and_then(|rest| rest.split_at_checked(curve.bytes())).ok_or(Unreadable)?;
        let public = ReadyPublic::new(PublicPart::Ec { curve, x: x.into(), y: y.into() })?;
        Ok(Self { pair, public })
    }
}

pub(super) const fn signing(curve: Curve) -> &'static EcdsaSigningAlgorithm {
    match curve {
        Curve::P256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
        Curve::P256K => &ECDSA_P256K1_SHA256_FIXED_SIGNING,
        Curve::P384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
        Curve::P521 => &ECDSA_P521_SHA512_FIXED_SIGNING,
    }
}

const fn encoding(scheme: Scheme) -> Option<(Hash, &'static RsaSignatureEncoding)> {
    match scheme {
        Scheme::RsaPkcs1Signature(Hash::Sha256) => Some((Hash::Sha256, &RSA_PKCS1_SHA256)),
        Scheme::RsaPkcs1Signature(Hash::Sha384) => Some((Hash::Sha384, &RSA_PKCS1_SHA384)),
        Scheme::RsaPkcs1Signature(Hash::Sha512) => Some((Hash::Sha512, &RSA_PKCS1_SHA512)),
        Scheme::RsaPss(Hash::Sha256) => Some((Hash::Sha256, &RSA_PSS_SHA256)),
        Scheme::RsaPss(Hash::Sha384) => Some((Hash::Sha384, &RSA_PSS_SHA384)),
        Scheme::RsaPss(Hash::Sha512) => Some((Hash::Sha512, &RSA_PSS_SHA512)),
        _ => None,
    }
}
