//! Keys that several tests share, each made once.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock, Mutex},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use tresor::{
    crypto::key::{CancelFlag, KeyMaterial, ReadyKey, generate, import},
    domain::{Algorithm, KeyKind, KeyOperation, KeyProtection},
};

/// One key of each kind: making RSA keys takes seconds.
pub(crate) fn shared(kind: KeyKind) -> Arc<ReadyKey> {
    static MADE: LazyLock<Mutex<BTreeMap<KeyKind, Arc<ReadyKey>>>> = LazyLock::new(Mutex::default);
    let mut made = MADE.lock().unwrap();
    Arc::clone(made.entry(kind).or_insert_with(|| Arc::new(made_new(kind).ready().unwrap())))
}

pub(crate) fn made_new(kind: KeyKind) -> KeyMaterial {
    generate(kind, &CancelFlag::default()).unwrap()
}

/// A symmetric key whose bytes the test knows.
pub(crate) fn symmetric(secret: &[u8]) -> ReadyKey {
    import(jwk_oct(secret).as_bytes(), None, KeyProtection::Software).unwrap().ready().unwrap()
}

pub(crate) fn jwk_oct(secret: &[u8]) -> String {
    format!(r#"{{"kty":"oct","k":"{}"}}"#, URL_SAFE_NO_PAD.encode(secret))
}

/// Every kind, without the second half that differs in its label only.
pub(crate) fn kinds() -> impl Iterator<Item = KeyKind> {
    KeyKind::all().filter(|kind| kind.protection() == KeyProtection::Software || matches!(kind, KeyKind::Oct(_)))
}

/// Every algorithm by which such a key does this.
pub(crate) fn algorithms(kind: KeyKind, operation: KeyOperation) -> impl Iterator<Item = Algorithm> {
    Algorithm::ALL.iter().copied().filter(move |algorithm| algorithm.fits(kind, operation).is_ok())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
