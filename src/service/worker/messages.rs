//! What the worker is asked for, and what it tells.

use std::{path::PathBuf, sync::Arc};

use zeroize::Zeroizing;

use super::RequestId;
use crate::{
    domain::{
        Caller, IdentityId, ObjectName, RegionName, SecretValue, SecretVersion, Timestamp, VaultName, VersionId,
        activity::ActivityDays,
        history::Filter,
        import::Row,
        region::FailoverPlan,
        secret::{SecretDraft, SecretPatch},
        soft_delete::SubscriptionProtection,
        vault::{VaultDraft, VaultPatch},
    },
    service::{
        AccessCommand, Credentials, KeyAnswer, KeyCommand, NewSecret, Older, Purpose, RegionCommand, RegionsCheck,
        ServiceError, View,
    },
};

/// What the worker is asked for.
pub enum Request {
    /// Open a store in place of the one that is open, which stays open when that fails.
    Open(OpenAs),
    /// Close the store and forget its keys.
    Lock,
    /// Seal the store under a new passphrase.
    ChangePassphrase {
        /// Who acts.
        by: Caller,
        /// What opens it now.
        current: Credentials,
        /// What shall.
        new: Credentials,
        /// What becomes of what the current one opens.
        renewal: Renewal,
    },
    /// Do an operation.
    Do(Caller, Command),
    /// Read all of the activity, and keep it in the view from then on.
    ReadActivity(Caller),
    /// Write what a filter admits of the activity into a file of the person's, as JSON lines.
    ExportActivity(Caller, Filter, PathBuf),
    /// Read a file with secrets to import.
    ReadImport(PathBuf),
    /// Write what came out of a key into a file of the person's.
    SaveFile {
        /// Where it shall lie; what lies there already is replaced.
        path: PathBuf,
        /// All of it.
        content: Zeroizing<Vec<u8>>,
    },
}

/// What becomes of the store's root key when the passphrase changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Renewal {
    /// It stays: whoever has an old header opens the store with the old passphrase.
    #[default]
    Keep,
    /// It is renewed, and everything is sealed anew: somebody may know the old passphrase (T8).
    Renew,
}

/// How a store is opened.
pub enum OpenAs {
    /// The store that lies in a folder; whether it may be older than this computer remembers it (T9).
    Folder(PathBuf, Credentials, Older),
    /// A new one.
    New {
        /// Where it shall lie.
        folder: PathBuf,
        /// What shall open it.
        credentials: Credentials,
        /// Whether its time may be moved.
        purpose: Purpose,
    },
    /// The demo, in memory, as it is at a moment; `None`: now, and time goes on.
    Demo(Option<Timestamp>),
}

/// Every operation that can be asked of a service.
#[expect(missing_docs, reason = "each is the service's method of the same name")]
pub enum Command {
    CreateVault(VaultDraft),
    UpdateVault(VaultName, VaultPatch),
    DeleteVault(VaultName),
    RecoverVault(VaultName),
    PurgeVault(VaultName),
    ListSecrets(VaultName),
    ListDeletedSecrets(VaultName),
    GetSecret(VaultName, ObjectName, Option<VersionId>),
    SetSecret(VaultName, ObjectName, SecretDraft, SecretValue),
    SetSecrets(VaultName, Vec<NewSecret>),
    UpdateSecret(VaultName, ObjectName, Option<VersionId>, SecretPatch),
    DeleteSecret(VaultName, ObjectName),
    RecoverSecret(VaultName, ObjectName),
    PurgeSecret(VaultName, ObjectName),
    BackUpSecret(VaultName, ObjectName, PathBuf),
    RestoreSecret(VaultName, PathBuf),
    ProtectSubscription(SubscriptionProtection),
    BeginOutage(RegionName, FailoverPlan),
    EndOutage(RegionName),
    KeepActivity(ActivityDays),
    AdvanceClock(Timestamp),
    ResetClock,
    ConfirmClock,
    Key(KeyCommand),
    Region(RegionCommand),
    Access(AccessCommand),
}

/// What the worker tells.
pub enum Event {
    /// A store is open.
    Opened(RequestId, Arc<View>),
    /// The store is closed.
    Locked,
    /// The world changed, by an operation or by time.
    Changed(Arc<View>),
    /// So much of a long request is done, 0 to 1.
    Progress(RequestId, f32),
    /// A request was done.
    Done(RequestId, Reply),
    /// A request was not done, and nothing was changed.
    Failed(RequestId, ServiceError),
}

/// What a request that was done answers.
pub enum Reply {
    /// Nothing more than that.
    Done,
    /// The root key was renewed; these copies were not connected, and the old passphrase still opens them.
    Renewed(Vec<PathBuf>),
    /// A version with its value.
    Value(SecretVersion, SecretValue),
    /// So many secrets were set.
    Set(usize),
    /// So many records were written.
    Exported(usize),
    /// A backup was restored under this name.
    Restored(ObjectName),
    /// The rows of a file to import.
    Rows(Vec<Row>),
    /// What a version of a key answered.
    Used(VersionId, KeyAnswer),
    /// As whom is acted from now on.
    SignedIn(Caller),
    /// The identity that was made.
    Identity(IdentityId),
    /// Every file was looked at.
    Checked(RegionsCheck),
}
