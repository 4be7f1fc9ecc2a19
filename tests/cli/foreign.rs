//! T7: folders and files in which others had a hand: nothing of ours is lost to what they put there, and who can reach a store is said.
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::Path;

use crate::desk::Desk;

const INIT: &str = "store init --simulation --kdf-memory 8 --kdf-passes 1 --kdf-lanes 1 -o none";

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o777
}

fn open_up(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Whose what we make is.
fn we(desk: &Desk) -> u32 {
    fs::metadata(desk.path("")).unwrap().uid()
}

#[test]
fn a_store_that_is_made_in_a_folder_open_to_others_closes_it() {
    // T7, H1
    let desk = Desk::empty();
    fs::create_dir(desk.store()).unwrap();
    open_up(&desk.store());
    desk.done(INIT);
    assert_eq!(mode(&desk.store()), 0o700);
}

#[test]
fn a_store_behind_a_link_is_closed_to_others_too() {
    // T7, H1
    let desk = Desk::new();
    fs::rename(desk.store(), desk.path("real")).unwrap();
    symlink("real", desk.store()).unwrap();
    open_up(&desk.path("real"));
    let told = desk.run("keyvault list");
    assert!(told.code == 0 && told.err.contains("could access 1 file or folder of this store"), "{}", told.err);
    assert_eq!(mode(&desk.path("real")), 0o700);
    desk.done("keyvault list");
}

#[test]
fn a_file_of_ours_that_was_linked_into_a_store_stays_as_it_is() {
    // T7, H2: not every system keeps others from making hard links to what is not theirs.
    let desk = Desk::new();
    let precious = desk.write("precious.txt", "precious");
    fs::set_permissions(&precious, fs::Permissions::from_mode(0o600)).unwrap();
    for name in ["lock", "westeurope/mark"] {
        let path = desk.store().join(name);
        fs::remove_file(&path).unwrap();
        fs::hard_link(&precious, &path).unwrap();
    }
    let told = desk.run("keyvault secret set --vault-name contoso -n a --value one -o none");
    assert_eq!(told.code, 0, "{}", told.err);
    assert_eq!(desk.read("precious.txt"), b"precious");
    assert_eq!(desk.picked("keyvault secret show --vault-name contoso -n a", "value"), "one");
}

#[test]
fn a_region_in_the_folder_of_another_account_is_told() {
    // T7, H2
    let desk = Desk::new();
    let elsewhere = desk.path("elsewhere");
    desk.done(&format!("region move -l westeurope --folder {} -o none", elsewhere.display()));
    desk.done("keyvault list");
    if we(&desk) != 0 {
        // Nothing can be given to another account here; the modes are what keeps them out.
        assert_eq!(mode(&elsewhere), 0o700);
        return;
    }
    chown(&elsewhere, Some(1003), None).unwrap();
    let told = desk.run("keyvault list");
    assert!(told.code == 0 && told.err.contains("belongs to another account of this computer"), "{}", told.err);
}

#[test]
fn a_folder_that_a_foreign_note_or_link_leads_to_is_left_alone() {
    // T7, H2: nobody vouches for where a store says that its regions lie.
    let desk = Desk::new();
    for name in ["noted", "linked"] {
        fs::create_dir(desk.path(name)).unwrap();
        open_up(&desk.path(name));
        let inside = desk.write(&format!("{name}/x.mark"), "mine");
        fs::set_permissions(inside, fs::Permissions::from_mode(0o644)).unwrap();
    }
    let note = desk.store().join("eastus.folder");
    fs::write(&note, desk.path("noted").to_str().unwrap()).unwrap();
    fs::set_permissions(note, fs::Permissions::from_mode(0o600)).unwrap();
    symlink(desk.path("linked"), desk.store().join("westus")).unwrap();
    desk.done("keyvault secret set --vault-name contoso -n a --value one -o none");
    for name in ["noted", "linked"] {
        assert_eq!((mode(&desk.path(name)), mode(&desk.path(&format!("{name}/x.mark")))), (0o755, 0o644), "{name}");
    }
}

#[test]
fn what_root_asks_for_in_a_file_stays_roots_in_whoevers_folder() {
    // T7
    let desk = Desk::new();
    desk.done("keyvault secret set --vault-name contoso -n a --value one -o none");
    let theirs = desk.path("theirs");
    fs::create_dir(&theirs).unwrap();
    if we(&desk) == 0 {
        chown(&theirs, Some(1002), Some(1002)).unwrap();
    }
    desk.done("keyvault secret download --vault-name contoso -n a -f theirs/a");
    desk.done("store key-file theirs/new.key -o none");
    for name in ["theirs/a", "theirs/new.key"] {
        let found = fs::metadata(desk.path(name)).unwrap();
        assert_eq!((found.uid(), found.mode() & 0o777), (we(&desk), 0o600), "{name}");
    }
}
