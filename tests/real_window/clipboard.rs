//! Copying and pasting between the window and another program, on X11: xclip.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tresor::{
    domain::{
        AccessModel, Caller, ObjectName, RegionName, RetentionDays, SecretValue, Sku, VaultName, properties::Tags,
        secret::SecretDraft, vault::VaultDraft,
    },
    service::{KdfCost, NewSecret, Passphrase, Place, Purpose, Service, TimeSource},
};
use zeroize::Zeroizing;

use super::{
    screen::{Screen, wait_for},
    the_screen,
};

pub(crate) const PASSPHRASE: &str = "pasted horse battery";
pub(crate) const VALUE: &str = "value-of-another-program";
pub(crate) const KEPT: &str = "value-that-is-kept";

#[test]
fn what_another_program_copied_is_pasted_into_the_passphrase_and_into_a_value() {
    // G1, G4
    let Some(_screen) = the_screen() else { return };
    let world = World::with_a_secret();
    copy_with_xclip(PASSPHRASE);
    let screen = Screen::start(world.home(), &["--store", world.store_text()]);
    screen.wait_for_title("Tresor (locked)");
    screen.settle();
    screen.key("ctrl+v");
    screen.key("Return");
    screen.wait_for_title("Tresor");
    screen.settle();

    screen.key("ctrl+n");
    screen.type_text("pasted");
    screen.key("Tab");
    copy_with_xclip(VALUE);
    screen.key("ctrl+v");
    screen.key("Return");
    screen.settle();
    screen.quit();
    assert_eq!(world.value_of("pasted"), VALUE);
}

#[test]
fn a_text_that_is_copied_out_is_read_by_another_program() {
    // G1
    let Some(_screen) = the_screen() else { return };
    let world = World::with_a_secret();
    let screen = world.unlocked();
    copy_with_xclip("something else");
    screen.key("ctrl+f");
    screen.type_text("kept-sec");
    screen.key("ctrl+a");
    screen.press("ctrl+c");
    wait_for("the text in the other program", || (clipboard() == "kept-sec").then_some(()));
    screen.quit();
}

#[test]
fn a_revealed_value_copied_with_its_keys_is_kept_out_of_history_and_cleared_after_the_time() {
    // G4, T1
    let Some(_screen) = the_screen() else { return };
    let world = World::with_a_secret();
    let screen = world.unlocked();
    copy_with_xclip("something else");
    screen.key("Down");
    screen.key("ctrl+r");
    screen.press("ctrl+c");
    wait_for("the value in the other program", || (clipboard() == KEPT).then_some(()));
    assert!(targets("clipboard").contains("x-kde-passwordManagerHint"), "{}", targets("clipboard"));
    wait_for("an empty clipboard", || clipboard().is_empty().then_some(()));
    screen.quit();
}

#[test]
fn a_value_copied_where_it_is_typed_is_treated_as_the_button_treats_it() {
    // G4, T1
    let Some(_screen) = the_screen() else { return };
    let world = World::with_a_secret();
    let screen = world.unlocked();
    copy_with_xclip("something else");
    screen.key("ctrl+n");
    screen.key("Tab");
    // Show the value, and go back to it.
    screen.key("Tab");
    screen.key("space");
    screen.key("shift+Tab");
    screen.type_text(VALUE);
    screen.key("ctrl+a");
    screen.press("ctrl+c");
    wait_for("the value in the other program", || (clipboard() == VALUE).then_some(()));
    assert!(targets("clipboard").contains("x-kde-passwordManagerHint"), "{}", targets("clipboard"));
    assert_ne!(selection("primary"), VALUE, "what is selected goes nowhere");
    wait_for("an empty clipboard", || clipboard().is_empty().then_some(()));
}

/// A home with a store that has a vault with a secret, and settings by which the clipboard is cleared soon.
pub(crate) struct World {
    folder: tempfile::TempDir,
    store: PathBuf,
}

impl World {
    pub(crate) fn with_a_secret() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("store");
        let place = Place::Folder(store.clone());
        let passphrase = Passphrase::new(PASSPHRASE.into());
        let mut service =
            Service::create(&place, &passphrase, KdfCost::LEAST, Purpose::Real, TimeSource::Computer).unwrap();
        let (by, vault) = (Caller::developer(), vault());
        let region = RegionName::parse("westeurope").unwrap();
        let draft = VaultDraft {
            name: vault.clone(),
            location: region,
            sku: Sku::Standard,
            retention: RetentionDays::default(),
            purge_protection: None,
            tags: Tags::default(),
            access: AccessModel::Policies,
        };
        service.create_vault(&by, draft).unwrap();
        let value = SecretValue::parse(Zeroizing::new(KEPT.to_owned())).unwrap();
        let name = ObjectName::parse("kept-secret").unwrap();
        service.set_secret(&by, &vault, NewSecret { name, value, draft: SecretDraft::default() }).unwrap();
        let settings = folder.path().join(".config/tresor");
        fs::create_dir_all(&settings).unwrap();
        fs::write(settings.join("settings.json"), r#"{"clipboard_secs": 5}"#).unwrap();
        Self { folder, store }
    }

    pub(crate) fn home(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn store(&self) -> &Path {
        &self.store
    }

    pub(crate) fn store_text(&self) -> &str {
        self.store.to_str().unwrap()
    }

    fn unlocked(&self) -> Screen {
        let screen = Screen::start(self.home(), &["--store", self.store_text()]);
        screen.wait_for_title("Tresor (locked)");
        screen.settle();
        screen.type_text(PASSPHRASE);
        screen.key("Return");
        screen.wait_for_title("Tresor");
        screen.settle();
        screen
    }

    /// What the store has, once the window is closed.
    pub(crate) fn value_of(&self, name: &str) -> String {
        let passphrase = Passphrase::new(PASSPHRASE.into());
        let mut service = Service::open(&self.store, &passphrase, TimeSource::Computer).unwrap();
        let name = ObjectName::parse(name).unwrap();
        let (_, value) = service.get_secret(&Caller::developer(), &vault(), &name, None).unwrap();
        value.expose().to_owned()
    }
}

fn vault() -> VaultName {
    VaultName::parse("my-vault").unwrap()
}

/// xclip goes on in the background and serves the text until something else is copied.
fn copy_with_xclip(text: &str) {
    let mut xclip = Command::new("xclip")
        .args(["-selection", "clipboard"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("./test installs xclip");
    xclip.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    assert!(xclip.wait().unwrap().success());
    wait_for("what xclip copied", || (clipboard() == text).then_some(()));
}

fn clipboard() -> String {
    selection("clipboard")
}

fn selection(which: &str) -> String {
    let read = Command::new("xclip").args(["-selection", which, "-o"]).output().expect("./test installs xclip");
    String::from_utf8_lossy(&read.stdout).into_owned()
}

fn targets(which: &str) -> String {
    let read = Command::new("xclip").args(["-selection", which, "-o", "-t", "TARGETS"]).output();
    String::from_utf8_lossy(&read.expect("./test installs xclip").stdout).into_owned()
}
