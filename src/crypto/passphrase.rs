//! What a person types and has, to open a store.

use ring::digest;
use zeroize::Zeroizing;

/// A passphrase, and the key file that goes with it where there is one. Wiped on drop; it cannot be printed, copied or serialised.
pub struct Passphrase {
    text: Zeroizing<String>,
    file: Option<KeyFile>,
}

/// What a key file adds to a passphrase. Wiped on drop; it cannot be printed, copied or serialised.
pub struct KeyFile(Zeroizing<[u8; 32]>);

impl Passphrase {
    /// Takes over the text; its bytes (UTF-8, as typed, not normalised) are the passphrase.
    pub fn new(text: String) -> Self {
        Self { text: Zeroizing::new(text), file: None }
    }

    /// This passphrase together with a key file, in place of the one it had.
    #[must_use]
    pub fn with_key_file(self, file: Option<KeyFile>) -> Self {
        Self { file, ..self }
    }

    /// Whether nothing was typed. An empty passphrase opens no store and protects none, with a key file or without.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The text itself. The only way to read it.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The digest of its key file, if it has one.
    pub(super) fn key_file(&self) -> Option<&[u8; 32]> {
        self.file.as_ref().map(|KeyFile(digest)| &**digest)
    }

    /// `secret = passphrase`, or with a key file `passphrase || SHA-256(key file)`
    pub(super) fn secret(&self) -> Zeroizing<Vec<u8>> {
        // As large as it gets, so that nothing is left behind by growing.
        let mut secret = Zeroizing::new(Vec::with_capacity(self.text.len() + 32));
        secret.extend_from_slice(self.text.as_bytes());
        if let Some(KeyFile(digest)) = &self.file {
            secret.extend_from_slice(&**digest);
        }
        secret
    }
}

impl KeyFile {
    /// The key file with this content.
    pub fn of(content: &[u8]) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        bytes.copy_from_slice(digest::digest(&digest::SHA256, content).as_ref());
        Self(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_mixed_in_as_the_format_says() {
        let plain = Passphrase::new("ab".into());
        assert_eq!(*plain.secret(), b"ab");
        let both = plain.with_key_file(Some(KeyFile::of(b"content")));
        let mut expected = b"ab".to_vec();
        expected.extend_from_slice(digest::digest(&digest::SHA256, b"content").as_ref());
        assert_eq!(*both.secret(), expected);
        assert!(Passphrase::new(String::new()).with_key_file(Some(KeyFile::of(b"content"))).is_empty());
    }
}
