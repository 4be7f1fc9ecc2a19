//! What keys a vault can hold: types, sizes and curves (§3.1).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{KeyOperation, KeyOperations, Refusal, Sku};

/// How long an RSA key is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the variants are the bits")]
pub enum RsaSize {
    #[default]
    Rsa2048,
    Rsa3072,
    Rsa4096,
}

impl RsaSize {
    /// Every size, shortest first.
    pub const ALL: [Self; 3] = [Self::Rsa2048, Self::Rsa3072, Self::Rsa4096];

    /// The size of that many bits, if it is supported.
    pub fn from_bits(bits: usize) -> Option<Self> {
        Self::ALL.into_iter().find(|size| size.bits() == bits)
    }

    /// Bits of the modulus.
    pub const fn bits(self) -> usize {
        match self {
            Self::Rsa2048 => 2048,
            Self::Rsa3072 => 3072,
            Self::Rsa4096 => 4096,
        }
    }

    /// Bytes of the modulus, of a signature and of a ciphertext.
    pub const fn bytes(self) -> usize {
        self.bits() / 8
    }
}

/// The elliptic curve of a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the variants are the curves")]
pub enum Curve {
    #[default]
    P256,
    P256K,
    P384,
    P521,
}

impl Curve {
    /// Every curve, as Key Vault lists them.
    pub const ALL: [Self; 4] = [Self::P256, Self::P256K, Self::P384, Self::P521];

    /// The curve of that name: `P-256K`.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|curve| curve.text() == text)
    }

    /// As in JSON: `P-256K`.
    pub const fn text(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P256K => "P-256K",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
        }
    }

    /// Bytes of a coordinate and of the private number. A raw signature has twice as many.
    pub const fn bytes(self) -> usize {
        match self {
            Self::P256 | Self::P256K => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }
}

/// How long a symmetric key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the variants are the bits")]
pub enum OctSize {
    Oct128,
    Oct192,
    Oct256,
}

impl OctSize {
    /// Every size, shortest first.
    pub const ALL: [Self; 3] = [Self::Oct128, Self::Oct192, Self::Oct256];

    /// The size of that many bits, if it is supported.
    pub fn from_bits(bits: usize) -> Option<Self> {
        Self::ALL.into_iter().find(|size| size.bits() == bits)
    }

    /// Bits of the key.
    pub const fn bits(self) -> usize {
        match self {
            Self::Oct128 => 128,
            Self::Oct192 => 192,
            Self::Oct256 => 256,
        }
    }

    /// Bytes of the key.
    pub const fn bytes(self) -> usize {
        self.bits() / 8
    }
}

/// What guards the private part. Here it is software either way; the second kind only behaves as an HSM's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum KeyProtection {
    /// A software key.
    #[default]
    Software,
    /// Stands where Key Vault would use an HSM, and is none.
    SimulatedHsm,
}

impl KeyProtection {
    /// For people: `Simulated HSM`.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Software => "Software",
            Self::SimulatedHsm => "Simulated HSM",
        }
    }
}

/// What a key is. A symmetric key exists only as a simulated HSM's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum KeyKind {
    /// `RSA`, `RSA-HSM`.
    Rsa(RsaSize, KeyProtection),
    /// `EC`, `EC-HSM`.
    Ec(Curve, KeyProtection),
    /// `oct-HSM`.
    Oct(OctSize),
}

impl KeyKind {
    /// Every kind, as they are offered.
    pub fn all() -> impl Iterator<Item = Self> {
        let both = [KeyProtection::Software, KeyProtection::SimulatedHsm];
        both.into_iter()
            .flat_map(|protection| {
                let rsa = RsaSize::ALL.into_iter().map(move |size| Self::Rsa(size, protection));
                rsa.chain(Curve::ALL.into_iter().map(move |curve| Self::Ec(curve, protection)))
            })
            .chain(OctSize::ALL.into_iter().map(Self::Oct))
    }

    /// What is meant by a request to create: RSA has 2048 bits and EC is on P-256 unless said otherwise (§3.3); a
    /// symmetric key needs its size.
    pub fn parse(kty: &str, size: Option<usize>, crv: Option<&str>) -> Result<Self, Refusal> {
        let bad_size = |kty: &'static str, found| Refusal::KeySizeUnsupported { kty, found };
        let rsa = |protection| match size {
            None => Ok(Self::Rsa(RsaSize::default(), protection)),
            Some(bits) => match RsaSize::from_bits(bits) {
                Some(size) => Ok(Self::Rsa(size, protection)),
                None => Err(bad_size("RSA", bits)),
            },
        };
        let ec = |protection| match crv {
            None => Ok(Self::Ec(Curve::default(), protection)),
            Some(text) => match Curve::from_text(text) {
                Some(curve) => Ok(Self::Ec(curve, protection)),
                None => Err(Refusal::CurveUnsupported { found: text.chars().take(40).collect() }),
            },
        };
        match kty {
            "RSA" => rsa(KeyProtection::Software),
            "RSA-HSM" => rsa(KeyProtection::SimulatedHsm),
            "EC" => ec(KeyProtection::Software),
            "EC-HSM" => ec(KeyProtection::SimulatedHsm),
            "oct-HSM" => match size.and_then(OctSize::from_bits) {
                Some(size) => Ok(Self::Oct(size)),
                None => Err(bad_size("oct-HSM", size.unwrap_or(0))),
            },
            _ => Err(Refusal::KeyTypeUnsupported { found: kty.chars().take(40).collect() }),
        }
    }

    /// As in JSON: `RSA-HSM`.
    pub const fn kty(self) -> &'static str {
        match self {
            Self::Rsa(_, KeyProtection::Software) => "RSA",
            Self::Rsa(_, KeyProtection::SimulatedHsm) => "RSA-HSM",
            Self::Ec(_, KeyProtection::Software) => "EC",
            Self::Ec(_, KeyProtection::SimulatedHsm) => "EC-HSM",
            Self::Oct(_) => "oct-HSM",
        }
    }

    /// What guards it.
    pub const fn protection(self) -> KeyProtection {
        match self {
            Self::Rsa(_, protection) | Self::Ec(_, protection) => protection,
            Self::Oct(_) => KeyProtection::SimulatedHsm,
        }
    }

    /// This kind guarded that way. A symmetric key stays a simulated HSM's.
    #[must_use]
    pub const fn with_protection(self, protection: KeyProtection) -> Self {
        match self {
            Self::Rsa(size, _) => Self::Rsa(size, protection),
            Self::Ec(curve, _) => Self::Ec(curve, protection),
            Self::Oct(size) => Self::Oct(size),
        }
    }

    /// The least tier of a vault that may hold it (§3.1).
    pub const fn needed_sku(self) -> Sku {
        match self.protection() {
            KeyProtection::Software => Sku::Standard,
            KeyProtection::SimulatedHsm => Sku::Premium,
        }
    }

    /// Refuses a vault of a lower tier.
    pub fn admit_sku(self, sku: Sku) -> Result<(), Refusal> {
        match (self.needed_sku(), sku) {
            (Sku::Premium, Sku::Standard) => Err(Refusal::KeyNeedsPremium { kty: self.kty() }),
            _ => Ok(()),
        }
    }

    /// The operations such a key can have at all, in the service's order (§3.3).
    pub const fn supported_operations(self) -> &'static [KeyOperation] {
        use KeyOperation::{Decrypt, Encrypt, Sign, UnwrapKey, Verify, WrapKey};
        match self {
            Self::Rsa(..) | Self::Oct(_) => &[Encrypt, Decrypt, Sign, Verify, WrapKey, UnwrapKey],
            Self::Ec(..) => &[Sign, Verify],
        }
    }

    /// What it is permitted when nothing is said: everything it can do.
    pub fn default_operations(self) -> KeyOperations {
        self.supported_operations().iter().copied().collect()
    }

    /// Refuses operations that such a key cannot have (§3.4).
    pub fn admit_operations(self, operations: &KeyOperations) -> Result<(), Refusal> {
        let supported = self.supported_operations();
        let unsupported: Vec<String> = operations
            .iter()
            .filter(|operation| !supported.contains(operation))
            .map(|operation| operation.text().to_owned())
            .collect();
        if unsupported.is_empty() {
            return Ok(());
        }
        Err(Refusal::KeyOperationsUnsupported { unsupported, supported })
    }
}

/// For people: `RSA 2048`, `EC P-256K`, `AES 256`.
impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa(size, _) => write!(f, "RSA {}", size.bits()),
            Self::Ec(curve, _) => write!(f, "EC {}", curve.text()),
            Self::Oct(size) => write!(f, "AES {}", size.bits()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Zone;

    #[test]
    fn what_is_not_said_is_rsa_2048_and_p_256() {
        // §3.3
        let software = KeyProtection::Software;
        assert_eq!(KeyKind::parse("RSA", None, None), Ok(KeyKind::Rsa(RsaSize::Rsa2048, software)));
        assert_eq!(KeyKind::parse("EC", None, None), Ok(KeyKind::Ec(Curve::P256, software)));
        assert_eq!(KeyKind::parse("EC", None, Some("P-256K")), Ok(KeyKind::Ec(Curve::P256K, software)));
        assert_eq!(KeyKind::parse("oct-HSM", Some(192), None), Ok(KeyKind::Oct(OctSize::Oct192)));
    }

    #[test]
    fn every_kind_is_parsed_from_what_it_says_it_is() {
        for kind in KeyKind::all() {
            let (size, curve) = match kind {
                KeyKind::Rsa(size, _) => (Some(size.bits()), None),
                KeyKind::Ec(curve, _) => (None, Some(curve.text())),
                KeyKind::Oct(size) => (Some(size.bits()), None),
            };
            assert_eq!(KeyKind::parse(kind.kty(), size, curve), Ok(kind));
        }
        assert_eq!(KeyKind::all().count(), 2 * 7 + 3);
    }

    #[test]
    fn other_sizes_curves_and_types_are_refused_by_name() {
        let refusal = |kty, size, crv| {
            let refusal = KeyKind::parse(kty, size, crv).unwrap_err();
            assert_eq!((refusal.code().status, refusal.code().code), (400, "BadParameter"));
            refusal.sentence(Zone::Utc)
        };
        assert_eq!(refusal("RSA", Some(1024), None), "An RSA key has 2048, 3072 or 4096 bits, not 1024");
        assert_eq!(refusal("RSA-HSM", Some(8192), None), "An RSA key has 2048, 3072 or 4096 bits, not 8192");
        assert_eq!(
            refusal("EC", None, Some("P-224")),
            "The curve P-224 is not supported; use P-256, P-256K, P-384 or P-521"
        );
        assert_eq!(refusal("oct-HSM", None, None), "An oct-HSM key has 128, 192 or 256 bits");
        assert_eq!(refusal("oct-HSM", Some(512), None), "An oct-HSM key has 128, 192 or 256 bits, not 512");
        assert_eq!(
            refusal("oct", Some(128), None),
            "The key type oct is not supported; use RSA, RSA-HSM, EC, EC-HSM or oct-HSM"
        );
    }

    #[test]
    fn only_a_premium_vault_holds_simulated_hsm_keys() {
        for kind in KeyKind::all() {
            assert_eq!(kind.admit_sku(Sku::Premium), Ok(()));
            assert_eq!(kind.admit_sku(Sku::Standard).is_err(), kind.kty().ends_with("-HSM"), "{kind:?}");
        }
    }

    #[test]
    fn an_ec_key_cannot_wrap() {
        // §3.4
        let kind = KeyKind::parse("EC", None, None).unwrap();
        let asked = KeyOperations::parse(["wrapKey", "sign", "unwrapKey"]).unwrap();
        let refusal = kind.admit_operations(&asked).unwrap_err();
        assert_eq!(
            refusal.sentence(Zone::Utc),
            "Unsupported key operation(s): \"wrapKey\", \"unwrapKey\". Supported values are \"sign\", \"verify\""
        );
        assert_eq!(refusal.code().code, "BadParameter");
        let texts: Vec<_> = kind.default_operations().iter().map(KeyOperation::text).collect();
        assert_eq!(texts, ["sign", "verify"]);
    }
}
