//! How each kind of object in a vault is asked for. A vault itself is none of them.

use std::path::PathBuf;

use super::{route::Tab, scene::Scene};
use crate::{
    domain::{ObjectName, Operation, Refusal, Target, Vault, VaultName, soft_delete::Kind},
    service::{Command, KeyCommand},
};

/// By which operations objects of a kind come and go.
#[derive(Clone, Copy)]
pub(super) struct Operations {
    /// Making one, or one more version.
    pub(super) make: Operation,
    /// Changing what is said about one.
    pub(super) update: Operation,
    /// Bringing a deleted one back.
    pub(super) recover: Operation,
    /// Destroying a deleted one.
    pub(super) purge: Operation,
    /// Writing one into a file.
    pub(super) back_up: Operation,
    /// Reading one from a file.
    pub(super) restore: Operation,
    /// Telling which are deleted.
    pub(super) list_deleted: Operation,
}

/// Those of `kind`.
pub(super) const fn operations(kind: Kind) -> Operations {
    match kind {
        Kind::Key => Operations {
            make: Operation::KeyCreate,
            update: Operation::KeyUpdate,
            recover: Operation::KeyRecover,
            purge: Operation::KeyPurge,
            back_up: Operation::KeyBackup,
            restore: Operation::KeyRestore,
            list_deleted: Operation::KeyListDeleted,
        },
        Kind::Secret | Kind::Vault => Operations {
            make: Operation::SecretSet,
            update: Operation::SecretUpdate,
            recover: Operation::SecretRecover,
            purge: Operation::SecretPurge,
            back_up: Operation::SecretBackup,
            restore: Operation::SecretRestore,
            list_deleted: Operation::SecretListDeleted,
        },
    }
}

/// The page on which objects of `kind` stand.
pub(super) const fn tab(kind: Kind) -> Tab {
    match kind {
        Kind::Key => Tab::Keys,
        Kind::Secret | Kind::Vault => Tab::Secrets,
    }
}

/// The kind of object that stands on a page, if one does.
pub(super) const fn kind_on(tab: Tab) -> Option<Kind> {
    match tab {
        Tab::Secrets => Some(Kind::Secret),
        Tab::Keys => Some(Kind::Key),
        Tab::Overview | Tab::Deleted | Tab::Access => None,
    }
}

/// Whether whoever acts may list the secrets of a vault, and its keys.
pub(super) fn listed(scene: &Scene<'_>, vault: &Vault) -> [bool; 2] {
    let target = Target::Vault(vault.name().clone());
    [Operation::SecretList, Operation::KeyList].map(|list| scene.is_granted(list, &target))
}

/// Brings a deleted one back.
pub(super) const fn recover(kind: Kind, vault: VaultName, name: ObjectName) -> Command {
    match kind {
        Kind::Key => Command::Key(KeyCommand::Recover(vault, name)),
        Kind::Secret | Kind::Vault => Command::RecoverSecret(vault, name),
    }
}

/// Destroys a deleted one.
pub(super) const fn purge(kind: Kind, vault: VaultName, name: ObjectName) -> Command {
    match kind {
        Kind::Key => Command::Key(KeyCommand::Purge(vault, name)),
        Kind::Secret | Kind::Vault => Command::PurgeSecret(vault, name),
    }
}

/// Writes one into a file.
pub(super) const fn back_up(kind: Kind, vault: VaultName, name: ObjectName, path: PathBuf) -> Command {
    match kind {
        Kind::Key => Command::Key(KeyCommand::BackUp(vault, name, path)),
        Kind::Secret | Kind::Vault => Command::BackUpSecret(vault, name, path),
    }
}

/// Reads one from a file.
pub(super) const fn restore(kind: Kind, vault: VaultName, path: PathBuf) -> Command {
    match kind {
        Kind::Key => Command::Key(KeyCommand::Restore(vault, path)),
        Kind::Secret | Kind::Vault => Command::RestoreSecret(vault, path),
    }
}

/// Whether a name can be given to a new object of `kind`.
pub(super) fn admit_name(kind: Kind, vault: &Vault, name: &ObjectName) -> Result<(), Refusal> {
    match kind {
        Kind::Key => vault.keys.admit_name(name),
        Kind::Secret | Kind::Vault => vault.admit_name(name),
    }
}

/// How many versions the live object of that name has, if there is one.
pub(super) fn versions(kind: Kind, vault: &Vault, name: &ObjectName) -> Option<usize> {
    match kind {
        Kind::Key => vault.keys.get(name).map(|key| key.versions().len()),
        Kind::Secret | Kind::Vault => vault.secrets.get(name).map(|secret| secret.versions().len()),
    }
}

/// How many versions the deleted object of that name has, if there is one.
pub(super) fn deleted_versions(kind: Kind, vault: &Vault, name: &ObjectName) -> Option<usize> {
    match kind {
        Kind::Key => vault.keys.get_deleted(name).map(|deleted| deleted.item.versions().len()),
        Kind::Secret | Kind::Vault => vault.secrets.get_deleted(name).map(|deleted| deleted.item.versions().len()),
    }
}
