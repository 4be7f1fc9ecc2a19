//! What each command does here and now.

use std::{borrow::Cow, sync::Arc};

use egui::ThemePreference;

use super::{
    action::{Action, After},
    command::UiCommand,
    dialogs::{
        Dialog, backup::Backup, check_regions::CheckRegions, confirm_clock::ConfirmClock, delete_key::DeleteKey,
        delete_vault::DeleteVault, edit::Edit, export_activity::ExportActivity, identity::EditIdentity, import::Import,
        keep_activity::KeepActivity, key::CreateKey, key_import::ImportKey, new_vault::NewVault,
        outage::SimulateOutage, palette::Palette, passphrase::ChangePassphrase, prices::EditPrices,
        protect::ProtectVault, restore::Restore, rotate::RotateKey, rotation::EditRotation, save_public::SavePublic,
        secret::SecretDialog, settings::SettingsDialog, shortcuts::Shortcuts, sign_in::SignIn, travel::Travel,
    },
    pages::{access, secret_menu},
    region_offers::{self, Naming, Offer},
    route::{Route, Tab},
    scene::{Page, Scene},
};
use crate::{
    domain::{
        Key, ObjectName, Operation, PurgeProtection, RegionName, ReplicaName, Secret, Target, VaultName, VersionId,
        replica::Part, soft_delete::Kind,
    },
    service::{Command, Purpose},
};

/// The actions of `command`, or why it cannot be done here.
pub(super) fn actions_for(command: UiCommand, scene: &Scene<'_>, page: &Page) -> Result<Vec<Action>, String> {
    let here = Here { scene, page };
    let action = match command {
        UiCommand::Palette => open(Palette::over(page)),
        UiCommand::NewVault => {
            here.may(Operation::VaultPut, &Target::Subscription)?;
            open(NewVault::new(scene))
        }
        UiCommand::DeleteVault => {
            let vault = here.may_in_vault(Operation::VaultDelete)?;
            open(DeleteVault::new(vault))
        }
        UiCommand::ProtectVault => open(ProtectVault::new(here.unprotected_vault()?)),
        UiCommand::Shortcuts => open(Shortcuts::new()),
        UiCommand::New => open(SecretDialog::new_secret(here.may_in_vault(Operation::SecretSet)?)),
        UiCommand::NewKey => open(CreateKey::new(here.may_in_vault(Operation::KeyCreate)?)),
        UiCommand::ImportKey => open(ImportKey::new(here.may_in_vault(Operation::KeyImport)?)),
        UiCommand::Rotate => {
            let (vault, key) = here.may_on_key(Operation::KeyRotate)?;
            open(RotateKey::new(vault, key.name().clone()))
        }
        UiCommand::RotationPolicy => {
            let (vault, key) = here.may_on_key(Operation::KeyRotationPolicySet)?;
            open(EditRotation::new(vault, key))
        }
        UiCommand::SavePublic => {
            let (vault, key) = here.may_on_key(Operation::KeyGet)?;
            let version = key.version(page.version).unwrap_or_else(|| key.current());
            version.public.as_ref().ok_or("An AES key has no public part")?;
            open(SavePublic::new(vault, key.name().clone(), page.version))
        }
        UiCommand::Edit if here.is_on_keys() => {
            let (vault, key) = here.may_on_key(Operation::KeyUpdate)?;
            open(Edit::key(scene, vault, key, page.version))
        }
        UiCommand::Edit => {
            let (vault, name) = here.may_on_secret(Operation::SecretUpdate)?;
            let secret = here.secret(&vault, &name)?;
            open(Edit::secret(scene, vault, secret, page.version))
        }
        UiCommand::NewVersion => {
            let (vault, name) = here.may_on_secret(Operation::SecretSet)?;
            let secret = here.secret(&vault, &name)?;
            open(SecretDialog::new_version(vault, name, secret.current()))
        }
        UiCommand::Import => open(Import::new(here.may_in_vault(Operation::SecretSet)?)),
        UiCommand::Restore => open(Restore::new(here.may_in_vault(Operation::SecretRestore)?, Kind::Secret)),
        UiCommand::RestoreKey => open(Restore::new(here.may_in_vault(Operation::KeyRestore)?, Kind::Key)),
        UiCommand::Backup if here.is_on_keys() => {
            let (vault, key) = here.may_on_key(Operation::KeyBackup)?;
            open(Backup::new(vault, key.name().clone(), Kind::Key))
        }
        UiCommand::Backup => {
            let (vault, name) = here.may_on_secret(Operation::SecretBackup)?;
            open(Backup::new(vault, name, Kind::Secret))
        }
        UiCommand::Settings => open(SettingsDialog::new(scene)),
        UiCommand::Passphrase => {
            scene.view.store.folder().ok_or("The demo lives in memory and has no passphrase")?;
            open(ChangePassphrase::new())
        }
        UiCommand::CopyValue => {
            let (vault, name, version) = here.readable()?;
            Action::CopyValue(vault, name, version)
        }
        UiCommand::Reveal => here.reveal_or_hide()?,
        UiCommand::Delete if here.is_on_keys() => {
            let (vault, key) = here.may_on_key(Operation::KeyDelete)?;
            open(DeleteKey::new(vault, key.name().clone()))
        }
        UiCommand::Delete => {
            let (_, name) = here.may_on_secret(Operation::SecretDelete)?;
            secret_menu::delete(scene, scene.vault().ok_or(NO_VAULT)?, &name)
        }
        UiCommand::Filter => return here.filter(),
        UiCommand::ShowOverview => here.go(Tab::Overview)?,
        UiCommand::ShowSecrets => here.go(Tab::Secrets)?,
        UiCommand::ShowKeys => here.go(Tab::Keys)?,
        UiCommand::ShowDeleted => here.go(Tab::Deleted)?,
        UiCommand::ShowDeletedVaults => {
            here.may(Operation::VaultListDeleted, &Target::Subscription)?;
            Action::Go(Route::DeletedVaults)
        }
        UiCommand::Outage => {
            let region = here.region_to_lose()?;
            open(SimulateOutage::new(region, scene.view.store.failover_plan()))
        }
        UiCommand::Return => region_offers::returns(scene, here.region_to_return()?),
        UiCommand::ReplicaA | UiCommand::ReplicaB | UiCommand::Link => {
            offer_of(command, scene).ok_or_else(|| here.vault().err().unwrap_or_default())?.wanted?
        }
        UiCommand::CheckRegions => open(CheckRegions::new()),
        UiCommand::ShowRegions => Action::Go(Route::Regions),
        UiCommand::ShowActivity => Action::Go(Route::Activity),
        UiCommand::ShowCost => Action::Go(Route::Cost),
        UiCommand::ExportActivity => {
            here.may(Operation::ActivityExport, &Target::Subscription)?;
            open(ExportActivity::new(scene, page))
        }
        UiCommand::KeepActivity => {
            here.may(Operation::ActivityRetentionSet, &Target::Subscription)?;
            open(KeepActivity::new(scene))
        }
        UiCommand::Prices => open(EditPrices::new(scene)),
        UiCommand::Travel => {
            here.clock_can_be_moved()?;
            open(Travel::new())
        }
        UiCommand::ResetClock => {
            here.clock_is_moved()?;
            Action::Do(Command::ResetClock, After::say("The clock shows real time"))
        }
        UiCommand::ConfirmClock => {
            here.may(Operation::ClockConfirm, &Target::Subscription)?;
            open(ConfirmClock)
        }
        UiCommand::SwitchCaller => open(SignIn::anybody(&scene.view.world, scene.caller.id)),
        UiCommand::ShowAccess => here.go(Tab::Access)?,
        UiCommand::ShowIdentities => Action::Go(Route::Identities),
        UiCommand::NewIdentity => {
            here.may(Operation::IdentityPut, &Target::Subscription)?;
            open(EditIdentity::new_one())
        }
        UiCommand::GrantAccess => {
            here.vault()?;
            let vault = scene.vault().ok_or(NO_VAULT)?;
            access::why_not_grant(scene, vault, page).map_or(Ok(()), Err)?;
            access::grant(vault, page)
        }
        UiCommand::Sidebar => Action::ToggleSidebar,
        UiCommand::ThemeDark => Action::SetTheme(ThemePreference::Dark),
        UiCommand::ThemeLight => Action::SetTheme(ThemePreference::Light),
        UiCommand::ThemeSystem => Action::SetTheme(ThemePreference::System),
        UiCommand::Lock => Action::Lock,
        UiCommand::Quit => Action::Quit,
    };
    Ok(vec![action])
}

/// The command as it reads here and now.
pub(super) fn text_of(command: UiCommand, scene: &Scene<'_>) -> Cow<'static, str> {
    offer_of(command, scene).map_or(Cow::Borrowed(command.text()), |offer| Cow::Owned(offer.text))
}

/// What a command about a part of the region means for the vault that is shown.
fn offer_of(command: UiCommand, scene: &Scene<'_>) -> Option<Offer> {
    let part = match command {
        UiCommand::ReplicaA => Part::Replica(ReplicaName::A),
        UiCommand::ReplicaB => Part::Replica(ReplicaName::B),
        UiCommand::Link => Part::Link,
        _ => return None,
    };
    let region = scene.vault()?.head.location;
    Some(region_offers::part(scene, region, part, Naming::Full))
}

fn open(dialog: impl Dialog + 'static) -> Action {
    Action::Open(Box::new(dialog))
}

/// What is shown, and as whom: what a command depends on.
struct Here<'a> {
    scene: &'a Scene<'a>,
    page: &'a Page,
}

impl Here<'_> {
    fn may(&self, operation: Operation, target: &Target) -> Result<(), String> {
        self.scene.why_not(operation, target).map_or(Ok(()), Err)
    }

    /// The vault that is shown.
    fn vault(&self) -> Result<VaultName, String> {
        let vault = self.scene.vault().map(|vault| vault.name().clone());
        vault.ok_or_else(|| match self.first_vault() {
            Some(_) => "Go to a vault first".into(),
            None => NO_VAULT.into(),
        })
    }

    fn first_vault(&self) -> Option<VaultName> {
        self.scene.view.world.vaults.live().next().map(|vault| vault.name().clone())
    }

    /// The vault that is shown, if `operation` can be done to it or in it.
    fn may_in_vault(&self, operation: Operation) -> Result<VaultName, String> {
        let vault = self.vault()?;
        self.may(operation, &Target::Vault(vault.clone()))?;
        Ok(vault)
    }

    fn selected(&self) -> Result<(VaultName, ObjectName), String> {
        let vault = self.vault()?;
        let is_shown = self.scene.route.tab() == Some(Tab::Secrets);
        let name = self.page.selected.as_ref().filter(|_| is_shown).ok_or("Select a secret first")?;
        Ok((vault, name.clone()))
    }

    fn is_on_keys(&self) -> bool {
        self.scene.route.tab() == Some(Tab::Keys)
    }

    /// The key that is selected, if `operation` can be done to it.
    fn may_on_key(&self, operation: Operation) -> Result<(VaultName, &Arc<Key>), String> {
        let vault = self.vault()?;
        let name = self.page.selected.as_ref().filter(|_| self.is_on_keys()).ok_or("Select a key first")?;
        self.may(operation, &Target::Object(vault.clone(), name.clone()))?;
        let key = self.scene.view.world.vault(&vault).and_then(|vault| vault.key(name));
        Ok((vault, key.map_err(|refusal| refusal.sentence(self.scene.zone))?))
    }

    fn secret(&self, vault: &VaultName, name: &ObjectName) -> Result<&Arc<Secret>, String> {
        let vault = self.scene.view.world.vault(vault);
        let secret = vault.and_then(|vault| vault.secret(name));
        secret.map_err(|refusal| refusal.sentence(self.scene.zone))
    }

    /// The value that is shown in the details: the selected secret's, of the version that is opened there.
    fn readable(&self) -> Result<(VaultName, ObjectName, Option<VersionId>), String> {
        let (vault, name) = self.selected()?;
        let Scene { view, caller, now, .. } = self.scene;
        let version = self.page.version;
        let target = Target::Object(vault.clone(), name.clone());
        let admitted = view.world.admit(caller, Operation::SecretGet, &target, *now);
        let readable = || view.world.vault(&vault)?.readable_version(&name, version).map(drop);
        admitted.and_then(|()| readable()).map_err(|refusal| self.scene.sentence(&refusal, &target))?;
        Ok((vault, name, version))
    }

    /// The secret that is selected, if `operation` can be done to it.
    fn may_on_secret(&self, operation: Operation) -> Result<(VaultName, ObjectName), String> {
        let (vault, name) = self.selected()?;
        self.may(operation, &Target::Object(vault.clone(), name.clone()))?;
        Ok((vault, name))
    }

    fn reveal_or_hide(&self) -> Result<Action, String> {
        if self.scene.revealed.is_some() {
            return Ok(Action::Hide);
        }
        let (vault, name, version) = self.readable()?;
        Ok(Action::Reveal(vault, name, version))
    }

    fn go(&self, tab: Tab) -> Result<Action, String> {
        let vault = self.vault().ok().or_else(|| self.first_vault()).ok_or(NO_VAULT)?;
        Ok(Action::Go(Route::Vault(vault, tab)))
    }

    /// A page without a filter gives way to the one that is filtered most.
    fn filter(&self) -> Result<Vec<Action>, String> {
        match self.scene.route {
            Route::DeletedVaults | Route::Activity | Route::Vault(_, Tab::Secrets | Tab::Keys | Tab::Deleted) => {
                Ok(vec![Action::FocusFilter])
            }
            Route::NoVault
            | Route::Regions
            | Route::Identities
            | Route::Cost
            | Route::Vault(_, Tab::Overview | Tab::Access) => Ok(vec![self.go(Tab::Secrets)?, Action::FocusFilter]),
        }
    }

    /// The vault that is shown, if purge protection can be put on it.
    fn unprotected_vault(&self) -> Result<VaultName, String> {
        let vault = self.vault()?;
        if self.scene.vault().is_some_and(|vault| vault.head.purge_protection == PurgeProtection::On) {
            return Err(format!("Purge protection is on for {vault} already"));
        }
        self.may(Operation::VaultPatch, &Target::Vault(vault.clone()))?;
        Ok(vault)
    }

    /// The region of the vault that is shown, if it can be lost.
    fn region_to_lose(&self) -> Result<RegionName, String> {
        self.vault()?;
        let region = self.region().ok_or(NO_VAULT)?;
        self.may(Operation::RegionOutage, &Target::Region(region))?;
        Ok(region)
    }

    /// The region that is out: that of the vault that is shown, or any.
    fn region_to_return(&self) -> Result<RegionName, String> {
        let outages = &self.scene.view.world.outages;
        let is_out = |region: &RegionName| outages.get(region).is_some_and(|outage| outage.returned.is_none());
        let region = self.region().filter(is_out).or_else(|| outages.keys().copied().find(is_out));
        let region = region.ok_or("No region is out")?;
        self.may(Operation::RegionReturn, &Target::Region(region))?;
        Ok(region)
    }

    fn region(&self) -> Option<RegionName> {
        self.scene.vault().map(|vault| vault.head.location)
    }

    fn clock_can_be_moved(&self) -> Result<(), String> {
        match self.scene.view.clock.purpose() {
            Purpose::Simulation => self.may(Operation::ClockAdvance, &Target::Subscription),
            Purpose::Real => Err(crate::domain::Refusal::TimeIsReal.sentence(self.scene.zone)),
        }
    }

    fn clock_is_moved(&self) -> Result<(), String> {
        if !self.scene.view.clock.is_moved() {
            return Err("The clock shows real time already".into());
        }
        self.may(Operation::ClockReset, &Target::Subscription)
    }
}

const NO_VAULT: &str = "There is no vault yet";
