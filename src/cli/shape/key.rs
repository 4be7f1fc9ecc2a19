//! What is printed of keys, as az prints it: binary values in base64, the parameters of AES in hex.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{Within, tags};
use crate::domain::{
    Algorithm, Deleted, Key, KeyOperation, KeyVersion, ObjectName, PublicPart, Timestamp, VaultName, VersionId, id,
    properties::Enabled,
    rotation::{Period, Trigger},
};

/// What a version of a key carries beside the key.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KeyAttributes {
    created: String,
    enabled: bool,
    expires: Option<String>,
    exportable: bool,
    hsm_platform: &'static str,
    not_before: Option<String>,
    recoverable_days: u8,
    recovery_level: &'static str,
    updated: String,
}

/// A JSON Web Key with az's members. Those of a private key are there and empty: no vault tells them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Jwk {
    crv: Option<&'static str>,
    d: Option<()>,
    dp: Option<()>,
    dq: Option<()>,
    e: Option<String>,
    k: Option<()>,
    key_ops: Vec<&'static str>,
    kid: String,
    kty: &'static str,
    n: Option<String>,
    p: Option<()>,
    q: Option<()>,
    qi: Option<()>,
    t: Option<()>,
    x: Option<String>,
    y: Option<String>,
}

/// A key as `create`, `show` and others print it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::cli) struct KeyBundle<'a> {
    attributes: KeyAttributes,
    key: Jwk,
    managed: Option<bool>,
    release_policy: Option<()>,
    tags: BTreeMap<&'a str, &'a str>,
}

/// A key or a version as `list` and `list-versions` print it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::cli) struct KeyItem<'a> {
    attributes: KeyAttributes,
    kid: String,
    managed: Option<bool>,
    name: &'a str,
    release_policy: Option<()>,
    tags: BTreeMap<&'a str, &'a str>,
}

/// A deleted key as `delete` and `show-deleted` print it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::cli) struct DeletedKeyBundle<'a> {
    attributes: KeyAttributes,
    deleted_date: String,
    key: Jwk,
    managed: Option<bool>,
    recovery_id: String,
    release_policy: Option<()>,
    scheduled_purge_date: String,
    tags: BTreeMap<&'a str, &'a str>,
}

/// A deleted key as `list-deleted` prints it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::cli) struct DeletedKeyItem<'a> {
    attributes: KeyAttributes,
    deleted_date: String,
    kid: String,
    managed: Option<bool>,
    name: &'a str,
    recovery_id: String,
    release_policy: Option<()>,
    scheduled_purge_date: String,
    tags: BTreeMap<&'a str, &'a str>,
}

/// When a key rotates by itself.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::cli) struct Policy {
    created_on: Option<String>,
    expires_in: Option<String>,
    id: String,
    lifetime_actions: Vec<LifetimeAction>,
    updated_on: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LifetimeAction {
    action: &'static str,
    time_after_create: Option<String>,
    time_before_expiry: Option<String>,
}

/// What `encrypt` answers.
#[derive(Serialize)]
pub(in crate::cli) struct Encrypted {
    pub(in crate::cli) aad: Option<String>,
    pub(in crate::cli) algorithm: &'static str,
    pub(in crate::cli) iv: Option<String>,
    pub(in crate::cli) kid: String,
    pub(in crate::cli) result: String,
    pub(in crate::cli) tag: Option<String>,
}

/// What `decrypt` answers. Holds the plaintext borrowed from memory that is wiped.
#[derive(Serialize)]
pub(in crate::cli) struct Decrypted<'a> {
    pub(in crate::cli) algorithm: &'static str,
    pub(in crate::cli) kid: String,
    pub(in crate::cli) result: &'a str,
}

/// What `sign` answers.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::cli) struct Signed {
    pub(in crate::cli) algorithm: &'static str,
    pub(in crate::cli) key_id: String,
    pub(in crate::cli) signature: String,
}

/// What `verify` answers.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::cli) struct Verified {
    pub(in crate::cli) algorithm: &'static str,
    pub(in crate::cli) is_valid: bool,
    pub(in crate::cli) key_id: String,
}

impl Within<'_> {
    fn key_attributes(&self, version: &KeyVersion) -> KeyAttributes {
        KeyAttributes {
            created: version.created.iso(),
            enabled: version.enabled == Enabled::Yes,
            expires: version.validity.expires().map(Timestamp::iso),
            exportable: false,
            // The platform of a software key: also a simulated HSM's key is one, and no certified module guards it.
            hsm_platform: "0",
            not_before: version.validity.not_before().map(Timestamp::iso),
            recoverable_days: self.vault.retention.get(),
            recovery_level: self.vault.recovery_level(self.world.protection).text(),
            updated: version.updated.iso(),
        }
    }

    fn json_web_key(&self, name: &ObjectName, version: &KeyVersion) -> Jwk {
        let encoded = |bytes: &[u8]| STANDARD.encode(bytes);
        let (mut crv, mut e, mut n, mut x, mut y) = (None, None, None, None, None);
        match version.public.as_deref() {
            None => {}
            Some(PublicPart::Rsa { n: modulus, e: exponent }) => {
                (n, e) = (Some(encoded(modulus)), Some(encoded(exponent)));
            }
            Some(PublicPart::Ec { curve, x: first, y: second }) => {
                (crv, x, y) = (Some(curve.text()), Some(encoded(first)), Some(encoded(second)));
            }
        }
        Jwk {
            crv,
            d: None,
            dp: None,
            dq: None,
            e,
            k: None,
            key_ops: version.operations.iter().map(KeyOperation::text).collect(),
            kid: id::key_id(&self.vault.name, name, Some(version.id)),
            kty: version.kind.kty(),
            n,
            p: None,
            q: None,
            qi: None,
            t: None,
            x,
            y,
        }
    }

    /// A version, or the current one where none is named.
    pub(in crate::cli) fn key_bundle<'a>(&self, key: &'a Key, version: Option<VersionId>) -> KeyBundle<'a> {
        let version = key.version(version).unwrap_or_else(|| key.current());
        KeyBundle {
            attributes: self.key_attributes(version),
            key: self.json_web_key(key.name(), version),
            managed: None,
            release_policy: None,
            tags: tags(&version.tags),
        }
    }

    /// A key by its current version, its id without one.
    pub(in crate::cli) fn key_item<'a>(&self, key: &'a Key) -> KeyItem<'a> {
        self.key_item_called(id::key_id(&self.vault.name, key.name(), None), key, key.current())
    }

    /// One version, with its id.
    pub(in crate::cli) fn key_version<'a>(&self, key: &'a Key, version: &'a KeyVersion) -> KeyItem<'a> {
        self.key_item_called(id::key_id(&self.vault.name, key.name(), Some(version.id)), key, version)
    }

    fn key_item_called<'a>(&self, kid: String, key: &'a Key, version: &'a KeyVersion) -> KeyItem<'a> {
        KeyItem {
            attributes: self.key_attributes(version),
            kid,
            managed: None,
            name: key.name().as_str(),
            release_policy: None,
            tags: tags(&version.tags),
        }
    }

    /// A deleted key; its id has the last version.
    pub(in crate::cli) fn deleted_key_bundle<'a>(&self, deleted: &'a Deleted<Key>) -> DeletedKeyBundle<'a> {
        let Deleted { item: key, deletion } = deleted;
        let version = key.current();
        DeletedKeyBundle {
            attributes: self.key_attributes(version),
            deleted_date: deletion.deleted.iso(),
            key: self.json_web_key(key.name(), version),
            managed: None,
            recovery_id: id::key_recovery_id(&self.vault.name, key.name()),
            release_policy: None,
            scheduled_purge_date: deletion.scheduled_purge.iso(),
            tags: tags(&version.tags),
        }
    }

    /// A deleted key in a list; its id is without a version.
    pub(in crate::cli) fn deleted_key_item<'a>(&self, deleted: &'a Deleted<Key>) -> DeletedKeyItem<'a> {
        let Deleted { item: key, deletion } = deleted;
        let version = key.current();
        DeletedKeyItem {
            attributes: self.key_attributes(version),
            deleted_date: deletion.deleted.iso(),
            kid: id::key_id(&self.vault.name, key.name(), None),
            managed: None,
            name: key.name().as_str(),
            recovery_id: id::key_recovery_id(&self.vault.name, key.name()),
            release_policy: None,
            scheduled_purge_date: deletion.scheduled_purge.iso(),
            tags: tags(&version.tags),
        }
    }
}

/// The policy that holds for a key, set or usual.
pub(in crate::cli) fn policy(vault: &VaultName, key: &Key) -> Policy {
    let (holds, set) = (key.policy(), key.rotation());
    let actions = [("Rotate", holds.rotate), ("Notify", holds.notify)];
    let action = |(action, trigger): (_, Option<Trigger>)| {
        let (after, before) = match trigger? {
            Trigger::AfterCreate(period) => (Some(period), None),
            Trigger::BeforeExpiry(period) => (None, Some(period)),
        };
        let text = |period: Option<Period>| period.map(|period| period.to_string());
        Some(LifetimeAction { action, time_after_create: text(after), time_before_expiry: text(before) })
    };
    Policy {
        created_on: set.map(|set| set.created.iso()),
        expires_in: holds.expiry.map(|period| period.to_string()),
        id: id::rotation_policy_id(vault, key.name()),
        lifetime_actions: actions.into_iter().filter_map(action).collect(),
        updated_on: set.map(|set| set.updated.iso()),
    }
}

/// What was encrypted, as az tells it.
pub(in crate::cli) fn encrypted(
    algorithm: Algorithm,
    kid: String,
    made: &crate::service::key::Encrypted,
    aad: Option<&[u8]>,
) -> Encrypted {
    Encrypted {
        aad: aad.map(hex),
        algorithm: algorithm.text(),
        iv: made.iv.as_deref().map(hex),
        kid,
        result: STANDARD.encode(&made.value),
        tag: made.tag.as_deref().map(hex),
    }
}

/// Bytes in base64, in memory that is wiped.
pub(in crate::cli) fn base64(bytes: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(STANDARD.encode(bytes))
}

fn hex(bytes: &[u8]) -> String {
    crate::cli::encoding::hex(bytes).to_string()
}
