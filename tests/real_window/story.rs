//! The main job, from nothing, with the keyboard alone.

use std::{path::Path, process::Output};

use tresor::{
    domain::{Caller, ObjectName, VaultName},
    service::{Passphrase, Service, TimeSource},
};

use super::{
    screen::{Screen, program, wait_for},
    the_screen,
};

const PASSPHRASE: &str = "correct horse battery";
const VALUE: &str = "s3cret-of-the-story";

#[test]
fn a_person_makes_a_store_keeps_a_secret_copies_it_locks_and_deletes_it() {
    // G1, G4, G6, S2, S4, T2
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

    // The command line keeps its hands off, and says why.
    let refused = line(home.path(), &folder, "keyvault secret delete --vault-name my-vault -n db-password");
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains(&format!("(process {})", screen.process())), "{said}");

    // Locking takes it out again.
    screen.key("ctrl+l");
    screen.wait_for_title("Tresor (locked)");
    wait_for("an empty clipboard", || clipboard.get_text().map_or(Some(()), |text| (text != VALUE).then_some(())));
    screen.settle();

    // The command line sees it, and adds a version.
    let show = "keyvault secret show --vault-name my-vault -n db-password --query value -o tsv";
    assert_eq!(line(home.path(), &folder, show).stdout, format!("{VALUE}\n").into_bytes());
    let set = line(home.path(), &folder, "keyvault secret set --vault-name my-vault -n db-password --value newer");
    assert!(set.status.success());

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
    assert_eq!(value.expose(), "newer", "what the command line set in between");
}

/// What comes of a command on the same store.
fn line(home: &Path, folder: &Path, words: &str) -> Output {
    let words: Vec<&str> = words.split(' ').collect();
    let mut command = program(home, &words);
    command.env("TRESOR_STORE", folder).env("TRESOR_PASSPHRASE", PASSPHRASE).output().unwrap()
}
