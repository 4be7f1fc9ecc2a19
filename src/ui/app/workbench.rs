//! The workbench of a key: what it asks the worker for, and when it is wiped.

use super::{App, Pending};
use crate::{
    domain::{ObjectName, VaultName, VersionId},
    service::{Command, KeyCommand, KeyUse, Request},
    ui::workbench::Workbench,
};

impl App {
    /// Uses a key; the workbench gets the answer.
    pub(super) fn use_key(&mut self, vault: VaultName, name: ObjectName, version: VersionId, using: KeyUse) {
        let command = Command::Key(KeyCommand::Use(vault, name, Some(version), using));
        let id = self.worker.ask(Request::Do(self.caller.clone(), command));
        self.pending.insert(id, Pending::KeyUse);
        self.page.workbench.asked(id);
    }

    /// Wipes what was typed and what came out, and breaks off what is under way.
    pub(super) fn forget_workbench(&mut self) {
        if let Some(id) = self.page.workbench.running() {
            self.worker.cancel(id);
        }
        self.page.workbench = Workbench::default();
    }

    /// The same when the key is gone.
    pub(super) fn forget_workbench_of_no_key(&mut self) {
        let Some(view) = self.view() else { return };
        let is_gone = self.page.workbench.subject().is_some_and(|(vault, name)| {
            view.world.vaults.get(vault).is_none_or(|vault| vault.keys.get(name).is_none())
        });
        if is_gone {
            self.forget_workbench();
        }
    }
}

#[cfg(test)]
mod tests;
