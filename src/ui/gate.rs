//! Before a store is open: unlock it, make one, or look at the demo.

use std::path::PathBuf;

use egui::Ui;

use super::{action::Action, dialogs::Waiting, settings::Settings};
use crate::service::{RequestId, ServiceError};

/// The start page and what was typed into it.
pub struct Gate {
    folder: PathBuf,
    waiting: Waiting,
    request: Option<RequestId>,
}

impl Gate {
    /// Unlocks the store in `folder`, or makes one there when there is none.
    pub fn at(folder: PathBuf) -> Self {
        Self { folder, waiting: Waiting::Idle, request: None }
    }

    /// Waits for a store that is being opened already.
    pub fn opening(id: RequestId) -> Self {
        Self { folder: PathBuf::new(), waiting: Waiting::Busy(None), request: Some(id) }
    }

    /// Draws it.
    pub fn show(&mut self, _ui: &mut Ui, _settings: &Settings, _actions: &mut Vec<Action>) {}

    /// The store is being opened.
    pub fn asked(&mut self, id: RequestId) {
        self.waiting = Waiting::Busy(None);
        self.request = Some(id);
    }

    /// Stops waiting; what was waited for.
    pub fn cancel(&mut self) -> Option<RequestId> {
        self.waiting = Waiting::Idle;
        self.request.take()
    }

    /// The store was not opened.
    pub fn failed(&mut self, error: &ServiceError) {
        self.waiting = Waiting::Failed(error.to_string());
        self.request = None;
    }

    /// The person picked a folder.
    pub fn picked(&mut self, path: PathBuf) {
        self.folder = path;
    }
}
