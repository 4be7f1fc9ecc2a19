//! Making keys.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use aws_lc_rs::{
    encoding::{AsDer as _, Pkcs8V1Der},
    error::Unspecified,
    rand,
    rsa::{KeyPair as RsaKeyPair, KeySize},
    signature::EcdsaKeyPair,
};
use zeroize::Zeroizing;

use super::{KeyMaterial, ready::signing};
use crate::domain::{KeyKind, RsaSize};

/// Says to whoever makes a key that nobody waits for it any more. All clones are one flag.
#[derive(Clone, Debug, Default)]
pub struct CancelFlag(Arc<AtomicBool>);

impl CancelFlag {
    /// Nobody waits any more.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether nobody waits any more.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Why there is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotGenerated {
    /// It was called off; what had been made is wiped.
    #[error("Making the key was called off")]
    Cancelled,
    /// The library could not make one.
    #[error("The cryptographic library failed; no key was made")]
    Failed,
}

impl From<Unspecified> for NotGenerated {
    fn from(Unspecified: Unspecified) -> Self {
        Self::Failed
    }
}

/// A new random key of that kind; RSA with the exponent 65537.
///
/// RSA of 4096 bits takes up to some seconds, which the library cannot be interrupted in. So whoever must not wait calls
/// this on a thread of its own and, to call it off, sets the flag and goes on: the result is then wiped as soon as it is
/// there.
pub fn generate(kind: KeyKind, cancel: &CancelFlag) -> Result<KeyMaterial, NotGenerated> {
    if cancel.is_cancelled() {
        return Err(NotGenerated::Cancelled);
    }
    let secret = match kind {
        KeyKind::Rsa(size, _) => {
            let pkcs8: Pkcs8V1Der<'_> = RsaKeyPair::generate(key_size(size))?.as_der()?;
            Zeroizing::new(pkcs8.as_ref().to_vec())
        }
        KeyKind::Ec(curve, _) => {
            Zeroizing::new(EcdsaKeyPair::generate(signing(curve))?.to_pkcs8v1()?.as_ref().to_vec())
        }
        KeyKind::Oct(size) => {
            let mut secret = Zeroizing::new(vec![0; size.bytes()]);
            rand::fill(&mut secret)?;
            secret
        }
    };
    let material = KeyMaterial::new(kind, secret);
    if cancel.is_cancelled() {
        return Err(NotGenerated::Cancelled);
    }
    Ok(material)
}

const fn key_size(size: RsaSize) -> KeySize {
    match size {
        RsaSize::Rsa2048 => KeySize::Rsa2048,
        RsaSize::Rsa3072 => KeySize::Rsa3072,
        RsaSize::Rsa4096 => KeySize::Rsa4096,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Curve, KeyProtection, OctSize};

    #[test]
    fn a_key_that_nobody_waits_for_is_not_handed_over() {
        let cancel = CancelFlag::default();
        cancel.clone().cancel();
        let made = generate(KeyKind::Oct(OctSize::Oct256), &cancel);
        assert_eq!(made.err(), Some(NotGenerated::Cancelled));
    }

    #[test]
    fn two_keys_differ() {
        for kind in [KeyKind::Oct(OctSize::Oct192), KeyKind::Ec(Curve::P521, KeyProtection::Software)] {
            let make = || generate(kind, &CancelFlag::default()).unwrap();
            let (one, other) = (make(), make());
            assert_eq!((one.kind(), other.kind()), (kind, kind));
            assert!(one.to_sealable_bytes() != other.to_sealable_bytes());
        }
    }
}
