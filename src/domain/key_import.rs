//! Why a key that was brought along cannot be taken in: facts, each with one sentence.

use super::{Curve, RsaSize};

/// What is wrong with a file or text that should hold a private key. `Display` is the sentence for a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the sentence is the documentation")]
pub enum KeyProblem {
    #[error("This is neither a key in PEM nor a JSON Web Key")]
    NotAKey,
    #[error("The PEM is damaged or cut short")]
    DamagedPem,
    #[error("The JSON Web Key is damaged or lacks a part")]
    DamagedJwk,
    #[error("This holds {0} keys; import one at a time")]
    SeveralKeys(usize),
    #[error("This is a public key; a vault needs the private one")]
    PublicKey,
    #[error("This is a certificate; a key is imported without it")]
    Certificate,
    #[error("The parts of this key do not belong together")]
    PartsDoNotMatch,
    #[error("An RSA key has {sizes} bits, not {found}", sizes = sizes())]
    RsaSize { found: usize },
    #[error("A symmetric key has 128, 192 or 256 bits, not {found}")]
    OctSize { found: usize },
    #[error("The curve {found} is not supported; use {curves}", curves = curves())]
    Curve { found: String },
    #[error("Keys of the type {found} are not supported; use RSA, EC or symmetric keys")]
    KeyType { found: String },
    #[error("This key is protected by a passphrase")]
    PassphraseNeeded,
    #[error("The passphrase does not open this key")]
    WrongPassphrase,
    #[error("This key is protected by {found}, which is not supported; protect it as PKCS#8 with AES and PBKDF2")]
    Protection { found: String },
}

/// `2048, 3072 or 4096`
pub(super) fn sizes() -> String {
    listed(RsaSize::ALL.map(|size| size.bits().to_string()).as_slice())
}

/// `P-256, P-256K, P-384 or P-521`
pub(super) fn curves() -> String {
    listed(Curve::ALL.map(|curve| curve.text().to_owned()).as_slice())
}

fn listed(all: &[String]) -> String {
    match all {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
