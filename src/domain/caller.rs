//! Who asks.

use super::{IdentityId, identity::Identity};

/// Somebody who asks for an operation. What they may do is looked up when they ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Their object id; `None`: the service itself.
    pub id: Option<IdentityId>,
    /// Shown and recorded.
    pub name: String,
    signed_in: SignedIn,
}

/// Whether somebody has proven to be who they say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedIn {
    /// They have.
    Proven,
    /// Nobody asked; enough where nothing has to be proven.
    Unproven,
}

/// Who asked, as an answer names them (§6.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker {
    /// What they are called.
    pub name: String,
    /// Their object id.
    pub object: IdentityId,
    /// The id of the application, of a service principal.
    pub client: Option<IdentityId>,
    /// In how many groups they are.
    pub groups: usize,
}

impl Caller {
    /// Somebody who acts as `identity`.
    pub fn of(identity: &Identity, signed_in: SignedIn) -> Self {
        Self { id: Some(identity.id), name: identity.name.to_string(), signed_in }
    }

    /// The Developer that every store begins with: may delete, but not purge (S3, S6).
    pub fn developer() -> Self {
        Self { id: Some(IdentityId::DEVELOPER), name: "Developer".into(), signed_in: SignedIn::Unproven }
    }

    /// The Security officer that every store begins with, who was given every right explicitly, purge included (S6).
    pub fn security_officer() -> Self {
        Self { id: Some(IdentityId::SECURITY_OFFICER), name: "Security officer".into(), signed_in: SignedIn::Unproven }
    }

    /// Nobody in particular: whoever opened the store with its passphrase, for what that alone allows (T11).
    pub const fn by_store_passphrase() -> Self {
        Self { id: None, name: String::new(), signed_in: SignedIn::Proven }
    }

    /// The service itself, which purges what is due (S14).
    pub fn key_vault() -> Self {
        Self { id: None, name: "Key Vault".into(), signed_in: SignedIn::Proven }
    }

    /// Whether they have proven to be who they say.
    pub const fn has_proven(&self) -> bool {
        matches!(self.signed_in, SignedIn::Proven)
    }
}
