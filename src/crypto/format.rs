//! Which format a store is in.

/// The format of a store, as `docs/format.md` numbers them. It is bound into each seal.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Format {
    /// The first one. It is read, and written to only where it cannot be brought to the latest.
    One,
    /// With a root key that can be renewed, references between the parts, and the stamp of the last commit.
    Two,
}

impl Format {
    /// The one that new stores are made in.
    pub const LATEST: Self = Self::Two;

    /// Its number.
    pub const fn number(self) -> u16 {
        match self {
            Self::One => 1,
            Self::Two => 2,
        }
    }

    /// The reverse of [`Format::number`]; `None`: no format that this program knows.
    pub const fn of_number(number: u16) -> Option<Self> {
        match number {
            1 => Some(Self::One),
            2 => Some(Self::Two),
            0 | 3..=u16::MAX => None,
        }
    }
}
