//! The system's keyring, which can remember the passphrase of a store for as long as the person is signed in.

use std::path::Path;

use zeroize::Zeroizing;

/// What remembers passphrases. It may ask the person and take its time.
pub trait Keyring: Send {
    /// The passphrase of the store in this folder, if it is remembered.
    fn get(&mut self, store: &Path) -> Result<Option<Zeroizing<String>>, KeyringError>;

    /// Remembers it.
    fn keep(&mut self, store: &Path, passphrase: &str) -> Result<(), KeyringError>;

    /// Forgets it; that it was not remembered is fine.
    fn forget(&mut self, store: &Path) -> Result<(), KeyringError>;
}

/// Why the keyring did not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// There is none.
    #[error("No keyring runs on this desktop, so nothing is remembered. The passphrase opens the store as ever.")]
    Absent,
    /// It is locked and stayed so.
    #[error("The keyring is locked, so it remembers nothing now. Unlock it, or type the passphrase.")]
    Locked,
    /// Something else.
    #[error("The keyring did not answer ({0}). The passphrase opens the store as ever.")]
    Failed(String),
}

/// The keyring of whoever is signed in.
#[cfg_attr(
    any(target_os = "linux", target_os = "macos", windows),
    expect(clippy::unnecessary_wraps, reason = "elsewhere there is none")
)]
pub(super) fn of_this_person() -> Option<Box<dyn Keyring>> {
    #[cfg(any(target_os = "linux", target_os = "macos", windows))]
    return Some(Box::new(system::System::default()));
    #[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
    return None;
}

#[cfg(any(target_os = "linux", target_os = "macos", windows))]
mod system {
    use std::{path::Path, sync::Arc};

    use keyring_core::{CredentialStore, Entry, Error};
    use zeroize::Zeroizing;

    use super::{Keyring, KeyringError};

    /// Under which name passphrases are kept, for whoever looks into the keyring.
    const SERVICE: &str = "Tresor";

    /// The Secret Service, the Keychain or the Credential Manager. Nobody is asked before it is needed.
    #[derive(Default)]
    pub(super) struct System(Option<Arc<CredentialStore>>);

    impl System {
        fn entry(&mut self, store: &Path) -> Result<Entry, KeyringError> {
            if self.0.is_none() {
                // A keyring that is not there is no platform's failure to a person.
                self.0 = Some(connect().map_err(|_absent| KeyringError::Absent)?);
            }
            let Some(keyring) = &self.0 else { return Err(KeyringError::Absent) };
            keyring.build(SERVICE, &store.display().to_string(), None).map_err(|error| failed(&error))
        }
    }

    impl Keyring for System {
        fn get(&mut self, store: &Path) -> Result<Option<Zeroizing<String>>, KeyringError> {
            match self.entry(store)?.get_password() {
                Ok(passphrase) => Ok(Some(Zeroizing::new(passphrase))),
                Err(Error::NoEntry) => Ok(None),
                Err(error) => Err(failed(&error)),
            }
        }

        fn keep(&mut self, store: &Path, passphrase: &str) -> Result<(), KeyringError> {
            self.entry(store)?.set_password(passphrase).map_err(|error| failed(&error))
        }

        fn forget(&mut self, store: &Path) -> Result<(), KeyringError> {
            match self.entry(store)?.delete_credential() {
                Ok(()) | Err(Error::NoEntry) => Ok(()),
                Err(error) => Err(failed(&error)),
            }
        }
    }

    fn failed(error: &Error) -> KeyringError {
        match error {
            Error::NoStorageAccess(_) => KeyringError::Locked,
            // What it read is not part of the sentence.
            Error::BadEncoding(_) | Error::BadDataFormat(..) => KeyringError::Failed("it holds something else".into()),
            error => KeyringError::Failed(error.to_string()),
        }
    }

    #[cfg(target_os = "linux")]
    fn connect() -> keyring_core::Result<Arc<CredentialStore>> {
        Ok(zbus_secret_service_keyring_store::Store::new()?)
    }

    #[cfg(target_os = "macos")]
    fn connect() -> keyring_core::Result<Arc<CredentialStore>> {
        Ok(apple_native_keyring_store::keychain::Store::new()?)
    }

    #[cfg(windows)]
    fn connect() -> keyring_core::Result<Arc<CredentialStore>> {
        Ok(windows_native_keyring_store::Store::new()?)
    }
}
