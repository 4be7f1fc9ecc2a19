//! The part of a key that anybody may know.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap as _};

use super::{Curve, KeyKind, KeyOperations};

/// The public numbers of a key, big-endian. A symmetric key has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PublicPart {
    /// Modulus and exponent, without leading zeros.
    Rsa {
        /// The modulus.
        n: Box<[u8]>,
        /// The exponent.
        e: Box<[u8]>,
    },
    /// A point, each coordinate as long as the curve's numbers.
    Ec {
        /// The curve it lies on.
        curve: Curve,
        /// The first coordinate.
        x: Box<[u8]>,
        /// The second coordinate.
        y: Box<[u8]>,
    },
}

impl PublicPart {
    /// The members of a JSON Web Key that hold it: `n` and `e`, or `crv`, `x` and `y` (§3.3).
    pub fn members(&self) -> Vec<(&'static str, String)> {
        let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Self::Rsa { n, e } => vec![("n", encoded(n)), ("e", encoded(e))],
            Self::Ec { curve, x, y } => {
                vec![("crv", curve.text().to_owned()), ("x", encoded(x)), ("y", encoded(y))]
            }
        }
    }
}

/// A public JSON Web Key as the service shows it: `kid`, `kty`, `key_ops`, then the public numbers if there are any.
#[derive(Clone, Copy, Debug)]
pub struct PublicJwk<'a> {
    /// The full versioned id; left out of a file that stands alone.
    pub kid: Option<&'a str>,
    /// Gives the `kty`.
    pub kind: KeyKind,
    /// The permitted operations; left out of a file that stands alone.
    pub operations: Option<&'a KeyOperations>,
    /// The numbers; `None` for a symmetric key.
    pub part: Option<&'a PublicPart>,
}

impl PublicJwk<'_> {
    /// As the text of a file, ending with a line break.
    #[expect(clippy::missing_panics_doc, reason = "the sentence in `expect` says why it does not happen")]
    pub fn text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("texts and lists of texts are JSON");
        text.push('\n');
        text
    }
}

impl Serialize for PublicJwk<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(kid) = self.kid {
            map.serialize_entry("kid", kid)?;
        }
        map.serialize_entry("kty", self.kind.kty())?;
        if let Some(operations) = self.operations {
            map.serialize_entry("key_ops", operations)?;
        }
        for (name, value) in self.part.iter().flat_map(|part| part.members()) {
            map.serialize_entry(name, &value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{KeyProtection, RsaSize};

    #[test]
    fn a_public_key_is_shown_as_the_service_shows_it() {
        // §3.3
        let part = PublicPart::Rsa { n: [0xfb, 0xff, 1].into(), e: [1, 0, 1].into() };
        let kind = KeyKind::Rsa(RsaSize::Rsa2048, KeyProtection::SimulatedHsm);
        let operations = kind.default_operations();
        let jwk = PublicJwk { kid: Some("https://v/keys/k/1"), kind, operations: Some(&operations), part: Some(&part) };
        assert_eq!(
            serde_json::to_string(&jwk).unwrap(),
            r#"{"kid":"https://v/keys/k/1","kty":"RSA-HSM","key_ops":["encrypt","decrypt","sign","verify","wrapKey","unwrapKey"],"n":"-_8B","e":"AQAB"}"#
        );
        let part = PublicPart::Ec { curve: Curve::P256K, x: [0].into(), y: [1].into() };
        let kind = KeyKind::Ec(Curve::P256K, KeyProtection::Software);
        let jwk = PublicJwk { kid: None, kind, operations: None, part: Some(&part) };
        assert_eq!(serde_json::to_string(&jwk).unwrap(), r#"{"kty":"EC","crv":"P-256K","x":"AA","y":"AQ"}"#);
    }
}
