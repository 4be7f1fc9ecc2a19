//! The one table of algorithms: which key each fits, what it does, and how long its input may be (§3.4).

use std::fmt;

use super::{Curve, KeyKind, KeyOperation, OctSize, Refusal};

/// A hash function, as part of an algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are the functions")]
pub enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// Bytes of a digest.
    pub const fn bytes(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// For people: `SHA-256`.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }
}

/// What an algorithm does, apart from the key's size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// RSAES-PKCS1-v1_5.
    RsaPkcs1Encryption,
    /// RSAES-OAEP, the same hash in the mask, no label.
    RsaOaep(Hash),
    /// RSASSA-PKCS1-v1_5 of a digest.
    RsaPkcs1Signature(Hash),
    /// RSASSA-PSS of a digest, the same hash in the mask, a salt as long as the digest.
    RsaPss(Hash),
    /// ECDSA of a digest, `r || s`.
    Ecdsa(Hash),
    /// AES-GCM, nonce of 12 bytes, tag of 16.
    AesGcm,
    /// AES-CBC of whole blocks.
    AesCbc,
    /// AES-CBC with PKCS#7 padding.
    AesCbcPad,
    /// AES key wrap (RFC 3394).
    AesKeyWrap,
    /// HMAC of a message, as long as the digest.
    Hmac(Hash),
}

/// The keys an algorithm fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    Rsa,
    Ec(Curve),
    Oct(OctSize),
    AnyOct,
}

impl Fit {
    fn includes(self, kind: KeyKind) -> bool {
        match (self, kind) {
            (Self::Rsa, KeyKind::Rsa(..)) | (Self::AnyOct, KeyKind::Oct(_)) => true,
            (Self::Ec(needed), KeyKind::Ec(curve, _)) => needed == curve,
            (Self::Oct(needed), KeyKind::Oct(size)) => needed == size,
            _ => false,
        }
    }
}

/// `an RSA key`, after "needs".
impl fmt::Display for Fit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa => write!(f, "an RSA key"),
            Self::Ec(curve) => write!(f, "a {} key", curve.text()),
            Self::Oct(size) => write!(f, "a symmetric key of {} bits", size.bits()),
            Self::AnyOct => write!(f, "a symmetric key"),
        }
    }
}

macro_rules! algorithms {
    ($($variant:ident: $text:literal, $fit:expr, $scheme:expr;)+) => {
        /// Every algorithm, by its name in JSON.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "each is named by its text")]
        pub enum Algorithm { $($variant),+ }

        impl Algorithm {
            /// Every algorithm, best first within its kind of key.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As in JSON: `RSA-OAEP-256`.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// What it does.
            pub const fn scheme(self) -> Scheme {
                match self { $(Self::$variant => $scheme),+ }
            }

            const fn fit(self) -> Fit {
                match self { $(Self::$variant => $fit),+ }
            }
        }
    };
}

algorithms! {
    RsaOaep256: "RSA-OAEP-256", Fit::Rsa, Scheme::RsaOaep(Hash::Sha256);
    RsaOaep: "RSA-OAEP", Fit::Rsa, Scheme::RsaOaep(Hash::Sha1);
    Rsa15: "RSA1_5", Fit::Rsa, Scheme::RsaPkcs1Encryption;
    Ps256: "PS256", Fit::Rsa, Scheme::RsaPss(Hash::Sha256);
    Ps384: "PS384", Fit::Rsa, Scheme::RsaPss(Hash::Sha384);
    Ps512: "PS512", Fit::Rsa, Scheme::RsaPss(Hash::Sha512);
    Rs256: "RS256", Fit::Rsa, Scheme::RsaPkcs1Signature(Hash::Sha256);
    Rs384: "RS384", Fit::Rsa, Scheme::RsaPkcs1Signature(Hash::Sha384);
    Rs512: "RS512", Fit::Rsa, Scheme::RsaPkcs1Signature(Hash::Sha512);
    Es256: "ES256", Fit::Ec(Curve::P256), Scheme::Ecdsa(Hash::Sha256);
    Es256K: "ES256K", Fit::Ec(Curve::P256K), Scheme::Ecdsa(Hash::Sha256);
    Es384: "ES384", Fit::Ec(Curve::P384), Scheme::Ecdsa(Hash::Sha384);
    Es512: "ES512", Fit::Ec(Curve::P521), Scheme::Ecdsa(Hash::Sha512);
    A128Gcm: "A128GCM", Fit::Oct(OctSize::Oct128), Scheme::AesGcm;
    A192Gcm: "A192GCM", Fit::Oct(OctSize::Oct192), Scheme::AesGcm;
    A256Gcm: "A256GCM", Fit::Oct(OctSize::Oct256), Scheme::AesGcm;
    A128CbcPad: "A128CBCPAD", Fit::Oct(OctSize::Oct128), Scheme::AesCbcPad;
    A192CbcPad: "A192CBCPAD", Fit::Oct(OctSize::Oct192), Scheme::AesCbcPad;
    A256CbcPad: "A256CBCPAD", Fit::Oct(OctSize::Oct256), Scheme::AesCbcPad;
    A128Cbc: "A128CBC", Fit::Oct(OctSize::Oct128), Scheme::AesCbc;
    A192Cbc: "A192CBC", Fit::Oct(OctSize::Oct192), Scheme::AesCbc;
    A256Cbc: "A256CBC", Fit::Oct(OctSize::Oct256), Scheme::AesCbc;
    A128Kw: "A128KW", Fit::Oct(OctSize::Oct128), Scheme::AesKeyWrap;
    A192Kw: "A192KW", Fit::Oct(OctSize::Oct192), Scheme::AesKeyWrap;
    A256Kw: "A256KW", Fit::Oct(OctSize::Oct256), Scheme::AesKeyWrap;
    Hs256: "HS256", Fit::AnyOct, Scheme::Hmac(Hash::Sha256);
    Hs384: "HS384", Fit::AnyOct, Scheme::Hmac(Hash::Sha384);
    Hs512: "HS512", Fit::AnyOct, Scheme::Hmac(Hash::Sha512);
}

/// Why an algorithm is not offered. `Display` is the sentence beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// It is for other keys.
    Key(Algorithm),
    /// It does other things.
    Operation(Algorithm, KeyOperation),
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(algorithm) => write!(f, "{} needs {}", algorithm.text(), algorithm.fit()),
            Self::Operation(algorithm, operation) => {
                let does = match operation {
                    KeyOperation::Encrypt => "encrypt",
                    KeyOperation::Decrypt => "decrypt",
                    KeyOperation::Sign => "sign",
                    KeyOperation::Verify => "verify",
                    KeyOperation::WrapKey => "wrap keys",
                    KeyOperation::UnwrapKey => "unwrap keys",
                };
                write!(f, "{} does not {does}", algorithm.text())
            }
        }
    }
}

/// How long an input has to be, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputLength {
    /// Anything.
    Any,
    /// At most so many.
    AtMost(usize),
    /// Exactly so many.
    Exactly(usize),
    /// A multiple of the first, and at least the second.
    Blocks(usize, usize),
}

impl InputLength {
    /// Whether an input of that many bytes will do.
    pub const fn admits(self, bytes: usize) -> bool {
        match self {
            Self::Any => true,
            Self::AtMost(most) => bytes <= most,
            Self::Exactly(needed) => bytes == needed,
            Self::Blocks(block, least) => bytes.is_multiple_of(block) && least <= bytes,
        }
    }
}

/// `at most 190 bytes`
impl fmt::Display for InputLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => write!(f, "any number of bytes"),
            Self::AtMost(most) => write!(f, "at most {most} bytes"),
            Self::Exactly(needed) => write!(f, "{needed} bytes"),
            Self::Blocks(block, least) => write!(f, "a multiple of {block} bytes and at least {least}"),
        }
    }
}

impl Algorithm {
    /// The algorithm of that name.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let known = Self::ALL.iter().find(|algorithm| algorithm.text() == text);
        known.copied().ok_or_else(|| Refusal::AlgorithmUnknown { found: text.chars().take(40).collect() })
    }

    /// Whether it does this at all, whatever the key.
    pub const fn does(self, operation: KeyOperation) -> bool {
        use KeyOperation::{Decrypt, Encrypt, Sign, UnwrapKey, Verify, WrapKey};
        match self.scheme() {
            Scheme::RsaPkcs1Encryption | Scheme::RsaOaep(_) => {
                matches!(operation, Encrypt | Decrypt | WrapKey | UnwrapKey)
            }
            Scheme::AesGcm | Scheme::AesCbc | Scheme::AesCbcPad => matches!(operation, Encrypt | Decrypt),
            Scheme::AesKeyWrap => matches!(operation, WrapKey | UnwrapKey),
            Scheme::RsaPkcs1Signature(_) | Scheme::RsaPss(_) | Scheme::Ecdsa(_) | Scheme::Hmac(_) => {
                matches!(operation, Sign | Verify)
            }
        }
    }

    /// Whether a key of this kind does this by it; otherwise why not.
    pub fn fits(self, kind: KeyKind, operation: KeyOperation) -> Result<(), Misfit> {
        if !self.fit().includes(kind) {
            return Err(Misfit::Key(self));
        }
        if !self.does(operation) {
            return Err(Misfit::Operation(self, operation));
        }
        Ok(())
    }

    /// [`Algorithm::fits`] for the service.
    pub fn admit(self, kind: KeyKind, operation: KeyOperation) -> Result<(), Refusal> {
        self.fits(kind, operation).map_err(|why| Refusal::AlgorithmUnfit { why })
    }

    /// The hash of the digest that is signed: what a file is hashed with first. `None` where nothing is signed, and
    /// for HMAC, which takes the message itself.
    pub const fn digest(self) -> Option<Hash> {
        match self.scheme() {
            Scheme::RsaPkcs1Signature(hash) | Scheme::RsaPss(hash) | Scheme::Ecdsa(hash) => Some(hash),
            _ => None,
        }
    }

    /// How long an initialisation vector it takes, in bytes; `None`: it takes none.
    pub const fn iv_bytes(self) -> Option<usize> {
        match self.scheme() {
            Scheme::AesGcm => Some(12),
            Scheme::AesCbc | Scheme::AesCbcPad => Some(16),
            _ => None,
        }
    }

    /// How long an input may be that is to be protected: a plaintext, a key to wrap, a digest to sign or verify.
    pub const fn input_length(self, kind: KeyKind) -> InputLength {
        let modulus = match kind {
            KeyKind::Rsa(size, _) => size.bytes(),
            KeyKind::Ec(..) | KeyKind::Oct(_) => 0,
        };
        match self.scheme() {
            Scheme::RsaPkcs1Encryption => InputLength::AtMost(modulus.saturating_sub(11)),
            Scheme::RsaOaep(hash) => InputLength::AtMost(modulus.saturating_sub(2 * hash.bytes() + 2)),
            Scheme::RsaPkcs1Signature(hash) | Scheme::RsaPss(hash) | Scheme::Ecdsa(hash) => {
                InputLength::Exactly(hash.bytes())
            }
            Scheme::AesCbc => InputLength::Blocks(16, 16),
            Scheme::AesKeyWrap => InputLength::Blocks(8, 16),
            Scheme::AesGcm | Scheme::AesCbcPad | Scheme::Hmac(_) => InputLength::Any,
        }
    }

    /// Refuses an input of the wrong length.
    pub fn admit_input(self, kind: KeyKind, bytes: usize) -> Result<(), Refusal> {
        let needed = self.input_length(kind);
        if needed.admits(bytes) {
            return Ok(());
        }
        Err(match (self.digest(), needed) {
            (Some(hash), _) => Refusal::DigestLength { algorithm: self, hash, found: bytes },
            (None, needed) => Refusal::InputLength { algorithm: self, needed, found: bytes },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{KeyProtection, RsaSize, Zone};

    const RSA: KeyKind = KeyKind::Rsa(RsaSize::Rsa2048, KeyProtection::Software);

    fn offered(kind: KeyKind, operation: KeyOperation) -> Vec<&'static str> {
        Algorithm::ALL.iter().filter(|one| one.fits(kind, operation).is_ok()).map(|one| one.text()).collect()
    }

    #[test]
    fn each_kind_of_key_is_offered_what_the_service_lists() {
        // §3.4
        use KeyOperation::{Decrypt, Encrypt, Sign, UnwrapKey, Verify, WrapKey};
        for operation in [Encrypt, Decrypt, WrapKey, UnwrapKey] {
            assert_eq!(offered(RSA, operation), ["RSA-OAEP-256", "RSA-OAEP", "RSA1_5"]);
        }
        for operation in [Sign, Verify] {
            assert_eq!(offered(RSA, operation), ["PS256", "PS384", "PS512", "RS256", "RS384", "RS512"]);
            for (curve, text) in Curve::ALL.into_iter().zip(["ES256", "ES256K", "ES384", "ES512"]) {
                assert_eq!(offered(KeyKind::Ec(curve, KeyProtection::Software), operation), [text]);
            }
        }
        let oct = KeyKind::Oct(OctSize::Oct192);
        assert_eq!(offered(oct, Encrypt), ["A192GCM", "A192CBCPAD", "A192CBC"]);
        assert_eq!(offered(oct, UnwrapKey), ["A192KW"]);
        assert_eq!(offered(oct, Sign), ["HS256", "HS384", "HS512"]);
    }

    #[test]
    fn a_key_is_offered_something_for_each_operation_it_can_have_and_nothing_else() {
        for kind in KeyKind::all() {
            for operation in KeyOperation::ALL {
                let can = kind.supported_operations().contains(&operation);
                assert_eq!(!offered(kind, operation).is_empty(), can, "{kind}: {operation:?}");
            }
        }
    }

    #[test]
    fn what_does_not_fit_says_why() {
        let why = |algorithm: Algorithm, kind| algorithm.fits(kind, KeyOperation::Sign).unwrap_err().to_string();
        let ec = KeyKind::Ec(Curve::P384, KeyProtection::Software);
        assert_eq!(why(Algorithm::RsaOaep, ec), "RSA-OAEP needs an RSA key");
        assert_eq!(why(Algorithm::Es256, ec), "ES256 needs a P-256 key");
        assert_eq!(why(Algorithm::A128Gcm, RSA), "A128GCM needs a symmetric key of 128 bits");
        assert_eq!(why(Algorithm::RsaOaep, RSA), "RSA-OAEP does not sign");
        let refusal = Algorithm::Es256.admit(ec, KeyOperation::Sign).unwrap_err();
        assert_eq!((refusal.code().status, refusal.code().code), (400, "BadParameter"));
    }

    #[test]
    fn inputs_are_bound_by_key_and_padding() {
        let admits = |algorithm: Algorithm, kind, bytes| algorithm.admit_input(kind, bytes).is_ok();
        for size in RsaSize::ALL {
            let rsa = KeyKind::Rsa(size, KeyProtection::Software);
            for (algorithm, lost) in [(Algorithm::Rsa15, 11), (Algorithm::RsaOaep, 42), (Algorithm::RsaOaep256, 66)] {
                assert!(admits(algorithm, rsa, 0));
                assert!(admits(algorithm, rsa, size.bytes() - lost));
                assert!(!admits(algorithm, rsa, size.bytes() - lost + 1));
            }
        }
        let oct = KeyKind::Oct(OctSize::Oct128);
        let admitted = |algorithm| (0..50).filter(|&bytes| admits(algorithm, oct, bytes)).collect::<Vec<_>>();
        assert_eq!(admitted(Algorithm::A128Kw), [16, 24, 32, 40, 48]);
        assert_eq!(admitted(Algorithm::A128Cbc), [16, 32, 48]);
        assert_eq!(admitted(Algorithm::A128CbcPad).len(), 50);
        let refusal = Algorithm::RsaOaep256.admit_input(RSA, 191).unwrap_err();
        assert_eq!(refusal.sentence(Zone::Utc), "RSA-OAEP-256 takes at most 190 bytes with this key, not 191");
    }

    #[test]
    fn a_digest_has_the_length_of_its_hash() {
        // §3.4
        for algorithm in Algorithm::ALL.iter().filter(|one| one.digest().is_some()) {
            let admitted: Vec<_> = (0..100).filter(|&bytes| algorithm.admit_input(RSA, bytes).is_ok()).collect();
            assert_eq!(admitted, [algorithm.digest().unwrap().bytes()], "{}", algorithm.text());
        }
        let refusal = Algorithm::Rs384.admit_input(RSA, 32).unwrap_err();
        assert_eq!(refusal.sentence(Zone::Utc), "RS384 takes a SHA-384 digest of 48 bytes, not 32");
    }

    #[test]
    fn an_unknown_name_is_refused() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::parse(algorithm.text()), Ok(*algorithm));
        }
        for unknown in ["RSNULL", "rs256", "A512GCM", ""] {
            assert_eq!(Algorithm::parse(unknown), Err(Refusal::AlgorithmUnknown { found: unknown.into() }));
        }
    }
}
