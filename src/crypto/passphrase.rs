//! What a person types to open a store.

use zeroize::Zeroizing;

/// A passphrase. Wiped on drop; it cannot be printed, copied or serialised.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes over the text; its bytes (UTF-8, as typed, not normalised) are the passphrase.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// Whether nothing was typed. An empty passphrase opens no store and protects none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text itself. The only way to read it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}
