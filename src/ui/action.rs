//! What a person can want. Views return these; one place applies them.

use std::path::PathBuf;

use egui::ThemePreference;
use zeroize::Zeroizing;

use super::{command::UiCommand, dialogs::Dialog, route::Route, settings::Settings, why::Question};
use crate::{
    domain::{IdentityId, ObjectName, SecretValue, VaultName, VersionId},
    service::{Command, KeyUse, OpenAs, Request, RequestId},
};

/// One intention of the person's.
pub enum Action {
    /// Show another page.
    Go(Route),
    /// Show the details of a secret or key beside the table; `None` closes them.
    Select(Option<ObjectName>),
    /// Show a dialog above everything.
    Open(Box<dyn Dialog>),
    /// Close the topmost dialog; first it is asked where something in it would be lost.
    CloseDialog,
    /// Close the topmost dialog: it is done, or what it is about is gone.
    Finish,
    /// Close all dialogs: it was asked.
    Discard,
    /// Ask the service, and say so in these words when it is done.
    Do(Command, After),
    /// Ask the worker for something that is no operation.
    Ask(Request, After),
    /// Break off what the topmost dialog waits for.
    Cancel,
    /// Copy a value to the clipboard for a while.
    CopyValue(VaultName, ObjectName, Option<VersionId>),
    /// Copy a part of a shown value to the clipboard for a while.
    CopyPart(VaultName, ObjectName, SecretValue),
    /// Use a version of a key; the workbench gets the answer.
    UseKey(VaultName, ObjectName, VersionId, KeyUse),
    /// Break off a use of a key.
    CancelKeyUse(RequestId),
    /// Show a value for a while.
    Reveal(VaultName, ObjectName, Option<VersionId>),
    /// Hide the shown value.
    Hide,
    /// Copy something harmless.
    CopyText(String),
    /// Let the person pick a path with the desktop's own dialog, for the topmost dialog.
    Pick(Pick),
    /// Act as who was acted as before; at first, as somebody who may purge where one may not, or the other way round.
    SwitchCaller,
    /// Act as an identity; one that has a passphrase of its own is asked for it.
    ActAs(IdentityId),
    /// Show why somebody may not do what they want to.
    Why(Question),
    /// Close the store; of the demo, which is gone then, it is asked first.
    Lock,
    /// Close the demo: it was asked.
    LeaveDemo,
    /// Open a store.
    OpenStore(OpenAs),
    /// Once the store in this folder was opened, have the system's keyring remember what opened it.
    RememberOnceOpen(PathBuf, Zeroizing<String>),
    /// Open the store in this folder with what the keyring remembers, and with this key file where it has one.
    OpenByKeyring(PathBuf, Option<PathBuf>),
    /// Have the keyring forget what opens the store in this folder.
    ForgetRemembered(PathBuf),
    /// Change the settings.
    Set(Settings),
    /// Show the window dark, light, or as the system does.
    SetTheme(ThemePreference),
    /// Show or hide the sidebar.
    ToggleSidebar,
    /// Do what a command does on the page that is shown, or say why it cannot be done.
    Run(UiCommand),
    /// Put the cursor into the page's filter.
    FocusFilter,
    /// Say something.
    Toast(Toast),
    /// Close the window.
    Quit,
}

/// What happens when a request was done.
#[derive(Clone, Debug, Default)]
pub struct After {
    /// Said when it was done.
    pub toast: Option<Toast>,
    /// The topmost dialog asked: it waits, shows what failed, and is closed when it was done.
    pub from_dialog: FromDialog,
    /// Shown when it was done.
    pub go: Option<Route>,
    /// Selected when it was done.
    pub select: Option<ObjectName>,
}

/// What an answer means for the topmost dialog.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FromDialog {
    /// The dialog did not ask.
    #[default]
    No,
    /// The dialog closes when it was done.
    Closes,
    /// The dialog stays and gets the answer.
    Stays,
}

/// Something said at the bottom right for a while.
#[derive(Clone, Debug)]
pub struct Toast {
    /// Good or bad.
    pub tone: super::theme::Tone,
    /// The sentence.
    pub text: String,
    /// Offered beside it.
    pub beside: Option<Beside>,
}

/// What is offered beside a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Beside {
    /// The way back.
    Undo(Undo),
    /// The way to why not.
    Why(Question),
}

/// What Undo takes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undo {
    /// The deletion of secrets.
    DeletedSecrets(VaultName, Vec<ObjectName>),
    /// The deletion of a key.
    DeletedKey(VaultName, ObjectName),
    /// The deletion of a vault.
    DeletedVault(VaultName),
}

/// What is to be picked.
#[derive(Clone, Debug)]
pub enum Pick {
    /// A file that is there.
    File {
        /// Title of the desktop's dialog.
        title: &'static str,
        /// Which files, by name and endings.
        filter: Option<(&'static str, &'static [&'static str])>,
    },
    /// A place for a file.
    SaveAs {
        /// Title of the desktop's dialog.
        title: &'static str,
        /// The proposed name.
        name: String,
    },
    /// A folder.
    Folder {
        /// Title of the desktop's dialog.
        title: &'static str,
    },
}

/// A picked path, or none when the person cancelled or the desktop has no dialogs.
pub type Picked = Option<PathBuf>;

impl After {
    /// Said when it was done; nothing else happens.
    pub fn say(text: impl Into<String>) -> Self {
        Self { toast: Some(Toast::good(text)), ..Self::default() }
    }

    /// The topmost dialog closes when it was done.
    #[must_use]
    pub fn closing(self) -> Self {
        Self { from_dialog: FromDialog::Closes, ..self }
    }

    /// The topmost dialog stays and gets the answer.
    #[must_use]
    pub fn staying(self) -> Self {
        Self { from_dialog: FromDialog::Stays, ..self }
    }

    /// Shows `route` when it was done.
    #[must_use]
    pub fn going(self, route: Route) -> Self {
        Self { go: Some(route), ..self }
    }

    /// Selects `name` when it was done.
    #[must_use]
    pub fn selecting(self, name: ObjectName) -> Self {
        Self { select: Some(name), ..self }
    }
}

impl Toast {
    /// Something went well.
    pub fn good(text: impl Into<String>) -> Self {
        Self { tone: super::theme::Tone::Ok, text: text.into(), beside: None }
    }

    /// Something went wrong.
    pub fn bad(text: impl Into<String>) -> Self {
        Self { tone: super::theme::Tone::Danger, text: text.into(), beside: None }
    }

    /// Something to know.
    pub fn note(text: impl Into<String>) -> Self {
        Self { tone: super::theme::Tone::Warn, text: text.into(), beside: None }
    }

    /// With Undo beside it.
    #[must_use]
    pub fn with_undo(self, undo: Undo) -> Self {
        Self { beside: Some(Beside::Undo(undo)), ..self }
    }
}
