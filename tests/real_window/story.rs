//! The main job, from nothing, with the keyboard alone.

use std::path::Path;

use tresor::{
    domain::{Caller, ObjectName, VaultName},
    service::{Passphrase, Service, TimeSource},
};

use super::{
    screen::{Screen, wait_for},
    the_screen,
};

const PASSPHRASE: &str = "correct horse battery";
const VALUE: &str = "s3cret-of-the-story";

#[test]
fn a_person_makes_a_store_keeps_a_secret_copies_it_locks_and_deletes_it() {
    // G1, G4, G6, S2, T2
    let Some(_screen) = the_screen() else { return };
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("store");
    let screen = Screen::start(home.path(), &["--store", folder.to_str().unwrap()]);
    screen.wait_for_title("Tresor (locked)");
    screen.settle();

    // Make a store: the first of three ways.
    screen.key("Tab");
    screen.key("Return");
    screen.type_text(PASSPHRASE);
    screen.key("Tab");
    screen.key("Tab");
    screen.type_text(PASSPHRASE);
    screen.key("Return");
    screen.wait_for_title("Tresor");
    screen.settle();

    // A vault in the region that is proposed.
    screen.key("ctrl+shift+n");
    screen.type_text("my-vault");
    screen.key("Return");
    wait_for("the vault on the disk", || folder.join("westeurope").is_dir().then_some(()));
    screen.settle();

    // A secret, and its value into the clipboard.
    screen.key("ctrl+n");
    screen.type_text("db-password");
    screen.key("Tab");
    screen.type_text(VALUE);
    screen.key("Return");
    screen.settle();
    screen.key("ctrl+c");
    let mut clipboard = arboard::Clipboard::new().unwrap();
    wait_for("the value in the clipboard", || (clipboard.get_text().ok()? == VALUE).then_some(()));

    // Locking takes it out again.
    screen.key("ctrl+l");
    screen.wait_for_title("Tresor (locked)");
    wait_for("an empty clipboard", || clipboard.get_text().map_or(Some(()), |text| (text != VALUE).then_some(())));
    screen.settle();

    // A wrong passphrase opens nothing; the right one does.
    screen.type_text("wrong");
    screen.key("Return");
    screen.settle();
    screen.type_text(PASSPHRASE);
    screen.key("Return");
    screen.wait_for_title("Tresor");
    screen.settle();

    // Deleted, and the program closed.
    screen.key("Down");
    screen.key("Delete");
    screen.settle();
    screen.quit();
    is_in_the_bin(&folder);
}

/// What the window did is on the disk, sealed, and whole.
fn is_in_the_bin(folder: &Path) {
    let passphrase = Passphrase::new(PASSPHRASE.into());
    let mut service = Service::open(folder, &passphrase, TimeSource::Computer).unwrap();
    let (vault, name) = (VaultName::parse("my-vault").unwrap(), ObjectName::parse("db-password").unwrap());
    assert!(service.world().vault(&vault).unwrap().secrets.get_deleted(&name).is_some());
    service.recover_secret(&Caller::developer(), &vault, &name).unwrap();
    let (_, value) = service.get_secret(&Caller::developer(), &vault, &name, None).unwrap();
    assert_eq!(value.expose(), VALUE);
}
