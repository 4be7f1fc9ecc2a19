//! What every view reads.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    activity_listing::{ActivityListing, CostListing},
    desktop::{Found, Reach},
    listing::{BinListing, KeyListing, SecretListing, VaultBin},
    route::Route,
    settings::Settings,
    why::{Question, Questions},
    widgets::CopyRing,
    workbench::Workbench,
};
use crate::{
    domain::{
        Caller, IdentityId, ObjectName, Operation, Refusal, RegionName, SecretValue, Shelf, Target, Timestamp, Vault,
        VaultName, VersionId, Zone, action::Plane, soft_delete::Kind,
    },
    service::View,
};

/// Everything a view may know. Read-only: what a view wants, it says with actions.
pub struct Scene<'a> {
    /// The store as it is.
    pub view: &'a View,
    /// As whom the person acts.
    pub caller: &'a Caller,
    /// The store's time at the beginning of the frame.
    pub now: Timestamp,
    /// In which zone dates are shown.
    pub zone: Zone,
    /// The person's settings.
    pub settings: &'a Settings,
    /// The page that is shown.
    pub route: &'a Route,
    /// The value that is shown for a while.
    pub revealed: Option<&'a Revealed>,
    /// The value that is in the clipboard for a while.
    pub copied: Option<Copied<'a>>,
    /// Who reaches the clipboard.
    pub reach: Reach,
    /// What the desktop tells and keeps beside the window.
    pub desktop: Found,
    /// What the refusals that were said leave open.
    pub questions: &'a Questions,
}

/// A value that is shown for a while.
pub struct Revealed {
    /// Its vault.
    pub vault: VaultName,
    /// Its secret.
    pub name: ObjectName,
    /// Its version.
    pub version: VersionId,
    /// The value.
    pub value: SecretValue,
    /// When it is hidden again, in the window's seconds.
    pub until: f64,
}

/// Which value is in the clipboard, and for how long.
#[derive(Clone, Copy)]
pub struct Copied<'a> {
    /// Its vault.
    pub vault: &'a VaultName,
    /// Its secret.
    pub name: &'a ObjectName,
    /// Seconds until it is cleared.
    pub seconds_left: f32,
    /// What share of the time is left, 0 to 1.
    pub fraction_left: f32,
}

impl Copied<'_> {
    /// How the button beside the value shows it.
    pub(in crate::ui) fn ring(&self) -> CopyRing {
        let seconds_left = self.seconds_left.ceil() as u32;
        CopyRing { fraction_left: self.fraction_left, seconds_left }
    }
}

impl Scene<'_> {
    /// Why `operation` cannot be done to `target` now; `None`: it can. The sentence for a disabled button.
    pub fn why_not(&self, operation: Operation, target: &Target) -> Option<String> {
        let answer = self.view.may(self.caller, operation, target);
        answer.err().map(|refusal| self.sentence(&refusal, target))
    }

    /// Why whoever acts is not granted `operation` on `target`; how regions stand, and what is there, has no say in it.
    pub fn not_granted(&self, operation: Operation, target: &Target) -> Option<String> {
        let answer = self.view.world.permits(self.caller, operation, target);
        answer.err().map(|refusal| self.sentence(&refusal, target))
    }

    /// Whether whoever acts is granted `operation` on `target`.
    pub fn is_granted(&self, operation: Operation, target: &Target) -> bool {
        self.view.world.permits(self.caller, operation, target).is_ok()
    }

    /// Whether whoever acts may know of a vault: they see vaults, or may list something in it.
    pub fn knows(&self, vault: &VaultName) -> bool {
        let target = Target::Vault(vault.clone());
        let ways = [Operation::VaultGet, Operation::SecretList, Operation::KeyList];
        ways.into_iter().any(|way| self.is_granted(way, &target))
    }

    /// A refusal in words, which lead on to why.
    pub fn sentence(&self, refusal: &Refusal, target: &Target) -> String {
        let sentence = refusal.sentence(self.zone);
        if let Some(question) = Question::behind(refusal, self.caller, target) {
            self.questions.keep(&sentence, question);
        }
        sentence
    }

    /// Whether what is open lives in memory alone.
    pub fn is_demo(&self) -> bool {
        self.view.store.folder().is_none()
    }

    /// Whether whoever acts may destroy anything anywhere.
    pub fn can_purge(&self) -> bool {
        self.view.world.can_purge(self.caller)
    }

    /// Why a deleted thing cannot be purged now by `operation`. Where nobody may purge it early, that and the date come first, whoever
    /// asks (G2, S10).
    pub fn why_no_purge(&self, operation: Operation, target: &Target) -> Option<String> {
        let Scene { view, now, zone, .. } = self;
        let decided = match target {
            Target::Object(vault, name) => {
                let protection = view.world.protection;
                view.world.vault(vault).and_then(|vault| match operation {
                    Operation::KeyPurge => vault.purge_key(name, protection, *now).map(drop),
                    _ => vault.purge_secret(name, protection, *now).map(drop),
                })
            }
            Target::Vault(name) => view.world.purge_vault(name, *now).map(drop),
            Target::Subscription | Target::Region(_) => return None,
        };
        let refused = self.why_not(operation, target)?;
        match decided {
            Err(refusal @ (Refusal::PurgeProtected { .. } | Refusal::SubscriptionUndeletable { .. })) => {
                let protected = refusal.sentence(*zone);
                Some(if protected == refused { refused } else { format!("{protected}. {refused}") })
            }
            _ => Some(refused),
        }
    }

    /// The vault that is shown, if it is there.
    pub fn vault(&self) -> Option<&Arc<Vault>> {
        self.route.vault().and_then(|name| self.view.world.vaults.get(name))
    }
}

/// What a page remembers between frames: what was typed, ticked and selected. Forgotten with the route's vault.
#[derive(Default)]
pub struct Page {
    /// The secret or key whose details are shown.
    pub selected: Option<ObjectName>,
    /// What kind of thing is selected.
    pub kind: Option<Kind>,
    /// Scroll the selected row into view in this frame: the selection moved by keyboard.
    pub follow_selection: bool,
    /// The table of secrets.
    pub secrets: SecretListing,
    /// The table of keys.
    pub keys: KeyListing,
    /// Which part of a key's details is shown.
    pub key_part: KeyPart,
    /// The bin of the vault.
    pub bin: BinListing<VaultBin>,
    /// The bin for vaults.
    pub deleted_vaults: BinListing<Shelf<Vault>>,
    /// What was asked.
    pub activity: ActivityListing,
    /// What it would cost.
    pub cost: CostListing,
    /// Where messages stand in this frame without lying on a button; without it, at the bottom of the page.
    pub room_for_messages: Option<egui::Rect>,
    /// Put the cursor into the filter in this frame.
    pub focus_filter: bool,
    /// Versions that are ticked or opened in the details.
    pub version: Option<VersionId>,
    /// Regions whose changes that the pair does not have are listed.
    pub unfolded: BTreeSet<RegionName>,
    /// What is shown of who may do what in the vault.
    pub access: AccessPage,
    /// The identity whose details are shown.
    pub identity: Option<IdentityId>,
    /// What is tried with the key whose details are shown.
    pub(in crate::ui) workbench: Workbench,
}

/// What is shown of who may do what in a vault.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccessPage {
    /// About what.
    pub part: AccessPart,
    /// Whose row stands out.
    pub asker: Option<IdentityId>,
}

/// A part of the page of access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessPart {
    /// Who may do what with one kind of thing.
    Matrix(Plane),
    /// The roles that were assigned.
    Assignments,
}

impl Default for AccessPart {
    fn default() -> Self {
        Self::Matrix(Plane::Secrets)
    }
}

/// A part of a key's details.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyPart {
    /// What it is and may do.
    #[default]
    Details,
    /// All its versions.
    Versions,
    /// When it rotates.
    Rotation,
    /// Where it is used.
    Workbench,
}

/// What is ticked in a bin, by key.
pub type Ticked = BTreeSet<String>;
