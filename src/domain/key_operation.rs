//! What is done with a key, and whether a key lets it be done (§3.4, §3.5).

use serde::{Deserialize, Serialize};

use super::{
    Refusal, Timestamp,
    properties::{Enabled, Validity},
};

/// One use of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the variants speak for themselves")]
pub enum KeyOperation {
    Encrypt,
    Decrypt,
    Sign,
    Verify,
    WrapKey,
    UnwrapKey,
}

impl KeyOperation {
    /// Every operation, in the service's order (§3.3).
    pub const ALL: [Self; 6] = [Self::Encrypt, Self::Decrypt, Self::Sign, Self::Verify, Self::WrapKey, Self::UnwrapKey];

    /// The operation of that name, in any case: a path says `wrapkey` and `wrapKey` (§3.2).
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.text().eq_ignore_ascii_case(text))
    }

    /// As in JSON: `wrapKey`.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Encrypt => "encrypt",
            Self::Decrypt => "decrypt",
            Self::Sign => "sign",
            Self::Verify => "verify",
            Self::WrapKey => "wrapKey",
            Self::UnwrapKey => "unwrapKey",
        }
    }

    /// For people: `Wrap key`.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Encrypt => "Encrypt",
            Self::Decrypt => "Decrypt",
            Self::Sign => "Sign",
            Self::Verify => "Verify",
            Self::WrapKey => "Wrap key",
            Self::UnwrapKey => "Unwrap key",
        }
    }

    /// What undoes or checks it.
    #[must_use]
    pub const fn reverse(self) -> Self {
        match self {
            Self::Encrypt => Self::Decrypt,
            Self::Decrypt => Self::Encrypt,
            Self::Sign => Self::Verify,
            Self::Verify => Self::Sign,
            Self::WrapKey => Self::UnwrapKey,
            Self::UnwrapKey => Self::WrapKey,
        }
    }

    /// Whether an expired or not yet valid key still does it: what was protected stays readable (§3.5).
    pub const fn works_outside_validity(self) -> bool {
        matches!(self, Self::Decrypt | Self::UnwrapKey | Self::Verify)
    }

    /// Whether a key of these attributes does it at `now`: it has to be enabled, permitted, and valid if it protects
    /// something new (§3.5).
    pub fn admit(
        self,
        enabled: Enabled,
        permitted: &KeyOperations,
        validity: Validity,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if enabled == Enabled::No {
            return Err(Refusal::KeyDisabled { operation: self });
        }
        if !permitted.contains(self) {
            return Err(Refusal::KeyOperationForbidden { operation: self });
        }
        if self.works_outside_validity() {
            return Ok(());
        }
        match (validity.not_before(), validity.expires()) {
            (_, Some(since)) if since <= now => Err(Refusal::KeyExpired { operation: self, since }),
            (Some(from), _) if now < from => Err(Refusal::KeyNotYetValid { operation: self, from }),
            _ => Ok(()),
        }
    }
}

/// What a key is permitted: each operation once, in the order it was given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<KeyOperation>")]
pub struct KeyOperations(Box<[KeyOperation]>);

impl KeyOperations {
    /// Reads `key_ops`. A name that is none of the six is refused; one that is there twice counts once.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, Refusal> {
        let (mut known, mut unsupported) = (Vec::new(), Vec::new());
        for text in texts {
            match KeyOperation::ALL.into_iter().find(|operation| operation.text() == text) {
                Some(operation) => known.push(operation),
                None => unsupported.push(text.chars().take(40).collect()),
            }
        }
        if !unsupported.is_empty() {
            return Err(Refusal::KeyOperationsUnsupported { unsupported, supported: &KeyOperation::ALL });
        }
        Ok(known.into_iter().collect())
    }

    /// Whether this one is permitted.
    pub fn contains(&self, operation: KeyOperation) -> bool {
        self.0.contains(&operation)
    }

    /// Each of them, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = KeyOperation> {
        self.0.iter().copied()
    }

    /// Whether nothing is permitted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<KeyOperation> for KeyOperations {
    fn from_iter<I: IntoIterator<Item = KeyOperation>>(operations: I) -> Self {
        let mut once: Vec<KeyOperation> = Vec::new();
        for operation in operations {
            if !once.contains(&operation) {
                once.push(operation);
            }
        }
        Self(once.into())
    }
}

impl From<Vec<KeyOperation>> for KeyOperations {
    fn from(operations: Vec<KeyOperation>) -> Self {
        operations.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Zone;

    fn all() -> KeyOperations {
        KeyOperation::ALL.into_iter().collect()
    }

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    #[test]
    fn operations_keep_their_order_and_are_there_once() {
        let operations: KeyOperations = serde_json::from_str(r#"["verify","wrapKey","verify","sign"]"#).unwrap();
        assert_eq!(serde_json::to_string(&operations).unwrap(), r#"["verify","wrapKey","sign"]"#);
        assert_eq!(KeyOperations::parse(["verify", "wrapKey", "verify", "sign"]), Ok(operations));
        let refusal = KeyOperations::parse(["sign", "import"]).unwrap_err();
        assert!(refusal.sentence(Zone::Utc).starts_with("Unsupported key operation(s): \"import\"."));
    }

    #[test]
    fn each_operation_has_one_name_and_one_reverse() {
        for operation in KeyOperation::ALL {
            assert_eq!(KeyOperation::from_text(&operation.text().to_uppercase()), Some(operation));
            assert_eq!(serde_json::to_string(&operation).unwrap(), format!("\"{}\"", operation.text()));
            assert_eq!(operation.reverse().reverse(), operation);
        }
    }

    #[test]
    fn an_expired_key_still_opens_and_verifies_and_protects_nothing_new() {
        // §3.5
        let validity = Validity::parse(Some(at(100)), Some(at(200))).unwrap();
        for operation in KeyOperation::ALL {
            let admit = |now| operation.admit(Enabled::Yes, &all(), validity, at(now));
            assert_eq!(admit(100), Ok(()));
            assert_eq!(admit(199), Ok(()));
            for (now, refusal) in [
                (99, Refusal::KeyNotYetValid { operation, from: at(100) }),
                (200, Refusal::KeyExpired { operation, since: at(200) }),
            ] {
                let opens = matches!(operation, KeyOperation::Decrypt | KeyOperation::UnwrapKey | KeyOperation::Verify);
                assert_eq!(admit(now), if opens { Ok(()) } else { Err(refusal.clone()) }, "{operation:?} at {now}");
                assert_eq!((refusal.code().status, refusal.code().code), (403, "Forbidden"));
            }
        }
    }

    #[test]
    fn a_disabled_key_and_one_not_permitted_say_so_by_their_own_codes() {
        // §3.5
        let verify_only: KeyOperations = [KeyOperation::Verify].into_iter().collect();
        let operation = KeyOperation::Decrypt;
        let refusal = operation.admit(Enabled::Yes, &verify_only, Validity::default(), at(0)).unwrap_err();
        assert_eq!(refusal.sentence(Zone::Utc), "Operation decrypt is not permitted on this key");
        assert_eq!(refusal.code().inner, Some("KeyOperationForbidden"));
        let refusal = operation.admit(Enabled::No, &all(), Validity::default(), at(0)).unwrap_err();
        assert_eq!(refusal.sentence(Zone::Utc), "Operation decrypt is not allowed on a disabled key");
        assert_eq!(refusal.code().inner, Some("KeyDisabled"));
        assert_eq!(refusal.code().status, 403);
    }
}
