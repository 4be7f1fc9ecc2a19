//! The keys that vaults hold: made, taken in, used.
//!
//! Everything here is aws-lc-rs; no other file names it. [`KeyMaterial`] is what is kept, [`ReadyKey`] what it is used
//! through, [`ReadyPublic`] the half of that which needs no secret.

mod generate;
mod hash;
pub mod import;
mod material;
mod public;
mod ready;
mod symmetric;

pub use generate::{CancelFlag, NotGenerated, generate};
pub use hash::{digest, hash_stream};
pub use import::import;
pub use material::{KeyMaterial, NotKeyMaterial};
pub use public::{ReadyPublic, public_der, public_pem};
pub use ready::{Encrypted, Parameters, ReadyKey};
