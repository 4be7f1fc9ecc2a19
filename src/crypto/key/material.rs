//! The private part of a key, as it is kept.

use zeroize::Zeroizing;

use super::{ReadyKey, import::Unreadable};
use crate::domain::{Curve, KeyKind, KeyProtection, OctSize, PublicPart, Refusal, RsaSize};

const RSA: u8 = 1;
const EC: u8 = 2;
const OCT: u8 = 3;

/// These bytes are not what [`KeyMaterial::to_sealable_bytes`] made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("These bytes are not a kept key")]
pub struct NotKeyMaterial;

/// A key with its private part: PKCS#8 in DER, or the bytes of a symmetric key. Wiped on drop; it cannot be printed,
/// copied or serialised.
pub struct KeyMaterial {
    kind: KeyKind,
    secret: Zeroizing<Vec<u8>>,
}

impl KeyMaterial {
    pub(super) fn new(kind: KeyKind, secret: Zeroizing<Vec<u8>>) -> Self {
        Self { kind, secret }
    }

    /// What it is.
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The key, parsed and ready to be used many times.
    pub fn ready(&self) -> Result<ReadyKey, Refusal> {
        ReadyKey::parse(self.kind, &self.secret).map_err(|Unreadable| Refusal::CryptographyFailed)
    }

    /// What anybody may know of it; `None` for a symmetric key.
    pub fn public_part(&self) -> Result<Option<PublicPart>, Refusal> {
        Ok(self.ready()?.public_part().cloned())
    }

    /// `kept = u8(family) || u8(member) || u8(protection) || secret`, to be sealed at once. The only way to read it.
    ///
    /// - `family`: 1 RSA, 2 EC, 3 oct
    /// - `member`: the place of size or curve in 2048, 3072, 4096; P-256, P-256K, P-384, P-521; 128, 192, 256
    /// - `protection`: 0 software, 1 simulated HSM
    /// - `secret`: PKCS#8 in DER for RSA and EC, the key itself for oct
    pub fn to_sealable_bytes(&self) -> Zeroizing<Vec<u8>> {
        let (family, member) = match self.kind {
            KeyKind::Rsa(size, _) => (RSA, RsaSize::ALL.iter().position(|one| *one == size)),
            KeyKind::Ec(curve, _) => (EC, Curve::ALL.iter().position(|one| *one == curve)),
            KeyKind::Oct(size) => (OCT, OctSize::ALL.iter().position(|one| *one == size)),
        };
        let protection = u8::from(self.kind.protection() == KeyProtection::SimulatedHsm);
        let mut bytes = Zeroizing::new(Vec::with_capacity(3 + self.secret.len()));
        bytes.extend_from_slice(&[family, member.unwrap_or_default() as u8, protection]);
        bytes.extend_from_slice(&self.secret);
        bytes
    }

    /// The reverse of [`KeyMaterial::to_sealable_bytes`], of bytes whose seal has been opened. Whether the secret is a
    /// key is found out when it is made ready.
    pub fn from_sealed_bytes(bytes: &[u8]) -> Result<Self, NotKeyMaterial> {
        let Some((&[family, member, protection], secret)) = bytes.split_first_chunk() else {
            return Err(NotKeyMaterial);
        };
        let protection = match protection {
            0 => KeyProtection::Software,
            1 => KeyProtection::SimulatedHsm,
            _ => return Err(NotKeyMaterial),
        };
        let member = usize::from(member);
        let kind = match family {
            RSA => RsaSize::ALL.get(member).map(|size| KeyKind::Rsa(*size, protection)),
            EC => Curve::ALL.get(member).map(|curve| KeyKind::Ec(*curve, protection)),
            OCT if protection == KeyProtection::SimulatedHsm => {
                OctSize::ALL.get(member).map(|size| KeyKind::Oct(*size))
            }
            _ => None,
        };
        let kind = kind.ok_or(NotKeyMaterial)?;
        Ok(Self { kind, secret: Zeroizing::new(secret.to_vec()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_says_what_it_is() {
        for kind in KeyKind::all() {
            let kept = KeyMaterial::new(kind, Zeroizing::new(b"secret".to_vec())).to_sealable_bytes();
            let back = KeyMaterial::from_sealed_bytes(&kept).unwrap();
            assert_eq!((back.kind(), &**back.secret), (kind, &b"secret"[..]));
        }
    }

    #[test]
    fn other_bytes_are_no_key() {
        for bytes in [&[][..], &[1, 0], &[0, 0, 0, 9], &[1, 3, 0, 9], &[2, 4, 0, 9], &[3, 0, 0, 9], &[1, 0, 2, 9]] {
            assert_eq!(KeyMaterial::from_sealed_bytes(bytes).err(), Some(NotKeyMaterial), "{bytes:?}");
        }
        let nonsense = KeyMaterial::from_sealed_bytes(&[1, 0, 0, 9]).unwrap();
        assert_eq!(nonsense.ready().err(), Some(Refusal::CryptographyFailed));
    }
}
