//! From a passphrase to a key.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::Zeroizing;

use super::{KdfSalt, Passphrase};

/// What deriving a key from a passphrase costs, and so what guessing one costs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KdfCost {
    /// Memory in KiB, at least eight times `lanes`.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub passes: u32,
    /// Lanes the memory is split into.
    pub lanes: u32,
}

/// A cost that no store is made with: below what Argon2id needs, or so high that it would exhaust this machine.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a key derivation with {} KiB of memory, {} passes and {} lanes is out of bounds", .0.memory_kib, .0.passes, .0.lanes)]
pub struct KdfCostError(pub KdfCost);

impl KdfCost {
    /// RFC 9106, second recommended option: 64 MiB, three passes, four lanes.
    pub const RECOMMENDED: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 4 };

    /// The least that a store of real secrets is made with unless somebody insists: OWASP's first choice for little memory.
    pub const FLOOR: Self = Self { memory_kib: 19 * 1024, passes: 2, lanes: 1 };

    /// The least Argon2id can do. Only for stores in memory and for tests: it protects no passphrase.
    pub const LEAST: Self = Self { memory_kib: 8, passes: 1, lanes: 1 };

    /// Most memory that is accepted: 1 GiB, so that a damaged header cannot exhaust the machine.
    pub const MOST_MEMORY_KIB: u32 = 1024 * 1024;

    /// Most passes that are accepted.
    pub const MOST_PASSES: u32 = 64;

    /// Most work that is accepted, memory times passes: 4 GiB, some seconds, so that a foreign folder cannot keep the machine busy (L2).
    pub const MOST_WORK: u64 = 4 * 1024 * 1024;

    /// Most lanes that are accepted.
    pub const MOST_LANES: u32 = 64;

    /// What guessing costs, in KiB filled: memory times passes. Lanes only share that work out.
    pub const fn work(self) -> u64 {
        self.memory_kib as u64 * self.passes as u64
    }

    /// Whichever of the two costs a guesser more: a new passphrase never costs less than the one before by itself.
    #[must_use]
    pub const fn at_least(self, other: Self) -> Self {
        if self.work() < other.work() { other } else { self }
    }

    /// Refuses what Argon2id cannot do and what would exhaust the machine.
    pub fn check(self) -> Result<Self, KdfCostError> {
        let Self { memory_kib, passes, lanes } = self;
        let lanes_fit = (1..=Self::MOST_LANES).contains(&lanes);
        let passes_fit = (1..=Self::MOST_PASSES).contains(&passes);
        let is_too_much = Self::MOST_MEMORY_KIB < memory_kib || Self::MOST_WORK < self.work();
        if !lanes_fit || !passes_fit || memory_kib < 8 * lanes || is_too_much {
            return Err(KdfCostError(self));
        }
        Ok(self)
    }
}

/// How a key file goes into what is derived.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeyFileMixing {
    /// Its digest follows the passphrase, as in format 1: `Argon2id(passphrase || SHA-256(key file))`.
    Appended,
    /// Its digest is Argon2id's secret value (RFC 9106, section 3.1), so that no passphrase can stand for both.
    Secret,
}

impl KeyFileMixing {
    /// The byte that stands for it in a header.
    pub const fn number(self) -> u8 {
        match self {
            Self::Appended => 1,
            Self::Secret => 2,
        }
    }

    /// The reverse of [`KeyFileMixing::number`]; `None`: no way that this program knows.
    pub const fn of_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Appended),
            2 => Some(Self::Secret),
            3..=u8::MAX | 0 => None,
        }
    }
}

/// What a passphrase comes to: it unwraps a store's root key. Wiped on drop; it cannot be printed, copied or serialised.
pub struct PassphraseKey(Zeroizing<[u8; 32]>);

impl PassphraseKey {
    /// `passphrase key = Argon2id[v = 0x13, m = memory, t = passes, p = lanes](secret, salt, 32)`, with a key file as `mixing` says.
    pub fn derive(
        passphrase: &Passphrase,
        salt: &KdfSalt,
        cost: KdfCost,
        mixing: KeyFileMixing,
    ) -> Result<Self, KdfCostError> {
        match (mixing, passphrase.key_file()) {
            (KeyFileMixing::Appended, _) | (KeyFileMixing::Secret, None) => {
                passphrase_key(passphrase, salt, cost).map(Self)
            }
            (KeyFileMixing::Secret, Some(file)) => argon2id(passphrase.expose().as_bytes(), file, salt, cost).map(Self),
        }
    }

    /// The key itself, for what is made of it.
    pub(super) fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

/// `passphrase key = Argon2id[v = 0x13, m = memory, t = passes, p = lanes](secret, salt, 32)`
pub(super) fn passphrase_key(
    passphrase: &Passphrase,
    salt: &KdfSalt,
    cost: KdfCost,
) -> Result<Zeroizing<[u8; 32]>, KdfCostError> {
    argon2id(&passphrase.secret(), &[], salt, cost)
}

/// Argon2id with a secret value, which may be empty. The work memory is wiped before it is given back.
fn argon2id(
    password: &[u8],
    secret: &[u8],
    salt: &KdfSalt,
    cost: KdfCost,
) -> Result<Zeroizing<[u8; 32]>, KdfCostError> {
    let KdfCost { memory_kib, passes, lanes } = cost.check()?;
    let params = Params::new(memory_kib, passes, lanes, Some(32)).expect("`check` is stricter than Argon2id's bounds");
    let mut memory = Zeroizing::new(vec![Block::new(); params.block_count()]);
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new_with_secret(secret, Algorithm::Argon2id, Version::V0x13, params)
        .expect("a digest is far below the bound of a secret value")
        .hash_password_into_with_memory(password, salt.as_ref(), &mut *key, memory.as_mut_slice())
        .expect("salt and key have fixed, valid lengths and the memory is as large as the parameters say");
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn argon2id_gives_the_answer_of_rfc_9106() {
        // RFC 9106, section 5.3. The vector has a secret and associated data, which we leave empty in use.
        let params = argon2::ParamsBuilder::new()
            .m_cost(32)
            .t_cost(3)
            .p_cost(4)
            .data(argon2::AssociatedData::new(&[4; 12]).unwrap())
            .build()
            .unwrap();
        let mut memory = vec![Block::new(); params.block_count()];
        let mut tag = [0; 32];
        Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params)
            .unwrap()
            .hash_password_into_with_memory(&[1; 32], &[2; 16], &mut tag, memory.as_mut_slice())
            .unwrap();
        assert_eq!(
            tag,
            [
                0x0d, 0x64, 0x0d, 0xf5, 0x8d, 0x78, 0x76, 0x6c, 0x08, 0xc0, 0x37, 0xa3, 0x4a, 0x8b, 0x53, 0xc9, 0xd0,
                0x1e, 0xf0, 0x45, 0x2d, 0x75, 0xb6, 0x5e, 0xb5, 0x25, 0x20, 0xe9, 0x6b, 0x01, 0xe6, 0x59
            ]
        );
    }

    #[test]
    fn passphrase_salt_and_cost_each_change_the_key() {
        let key =
            |text: &str, salt: u8, cost| *passphrase_key(&Passphrase::new(text.to_owned()), &[salt; 32], cost).unwrap();
        let first = key("one", 1, KdfCost::LEAST);
        assert_eq!(first, key("one", 1, KdfCost::LEAST), "the same question has the same answer");
        assert_ne!(first, key("two", 1, KdfCost::LEAST));
        assert_ne!(first, key("one", 2, KdfCost::LEAST));
        assert_ne!(first, key("one", 1, KdfCost { passes: 2, ..KdfCost::LEAST }));
    }

    #[test]
    fn a_cost_that_would_exhaust_the_machine_is_refused() {
        let check = |memory_kib, passes, lanes| KdfCost { memory_kib, passes, lanes }.check().is_ok();
        assert!(KdfCost::RECOMMENDED.check().is_ok() && KdfCost::LEAST.check().is_ok());
        assert!(!check(u32::MAX, 1, 1), "4 TiB of memory");
        assert!(!check(8, u32::MAX, 1), "a billion passes");
        assert!(!check(u32::MAX, 1, u32::MAX), "a billion lanes");
        assert!(!check(1024 * 1024, 64, 64), "a minute of work");
        assert!(check(1024 * 1024, 4, 4) && check(512 * 1024, 4, 4));
        assert!(!check(8, 1, 2), "less memory than the lanes need");
        assert!(!check(8, 0, 1) && !check(8, 1, 0), "nothing to do");
    }
}
