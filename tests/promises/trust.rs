//! What is on the disk, and what is still there after a kill.

use std::fs;
use std::path::Path;

use tresor::crypto::Passphrase;
use tresor::domain::properties::{ContentType, Tags};
use tresor::domain::secret::SecretDraft;
use tresor::service::{NewSecret, Service, ServiceError, TimeSource};
use tresor::store::StoreError;

use crate::desk::*;

pub(crate) fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn all_bytes(folder: &Path, into: &mut Vec<u8>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all_bytes(&path, into) } else { into.extend(fs::read(&path).unwrap()) }
    }
}

#[test]
fn nothing_that_was_put_in_can_be_found_on_the_disk() {
    // T1
    let words = ["zebra-vault", "quagga-secret", "okapi value", "aardvark-type", "wombat-tag", "numbat tag value"];
    let mut desk = Desk::on_disk().with_vault(draft(words[0]));
    let draft = SecretDraft {
        content_type: ContentType::parse(words[3]).unwrap(),
        tags: Tags::parse([(words[4].to_owned(), words[5].to_owned())]).unwrap(),
        ..SecretDraft::default()
    };
    let new = NewSecret { name: name(words[1]), value: value(words[2]), draft };
    desk.service.set_secret(&developer(), &vault(words[0]), new).unwrap();
    desk.get(words[0], words[1]).unwrap();
    desk.delete(words[0], words[1]).unwrap();
    desk.service.delete_vault(&developer(), &vault(words[0])).unwrap();
    desk.service.tick().unwrap();
    let mut bytes = Vec::new();
    all_bytes(&desk.folder.as_ref().unwrap().path().join("store"), &mut bytes);
    assert!(10_000 < bytes.len());
    let lower = bytes.to_ascii_lowercase();
    for word in words.into_iter().chain(["Developer", "SecretSet", PASSPHRASE]) {
        let word = word.to_ascii_lowercase();
        assert!(!lower.windows(word.len()).any(|window| window == word.as_bytes()), "{word}");
        let utf16: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(!lower.windows(utf16.len()).any(|window| window == utf16), "{word} in UTF-16");
    }
}

#[test]
fn a_kill_after_any_operation_loses_nothing_that_was_reported_done() {
    // T4: a copy of the files of an open store is what a kill leaves
    let mut desk = Desk::on_disk().with_vault(draft("prod"));
    let path = desk.folder.as_ref().unwrap().path().join("store");
    let mut done: Vec<String> = Vec::new();
    for number in 0..20 {
        let text = format!("value {number}");
        desk.set("prod", &format!("token-{number}"), &text);
        done.push(text);
        let left = tempfile::tempdir().unwrap();
        copy_folder(&path, left.path());
        let mut found = Service::open(left.path(), &passphrase(), desk.time.clone()).unwrap();
        for (number, text) in done.iter().enumerate() {
            let secret = name(&format!("token-{number}"));
            let (_, value) = found.get_secret(&developer(), &vault("prod"), &secret, None).unwrap();
            assert_eq!(value.expose(), text);
        }
        assert_eq!(
            found.view().activity.iter().filter(|r| r.operation.audit_name() == "SecretSet").count(),
            done.len()
        );
    }
}

#[test]
fn a_wrong_passphrase_opens_nothing_and_a_changed_one_does() {
    // T2
    let mut desk = Desk::on_disk().with_vault(draft("prod"));
    desk.set("prod", "token", "value");
    let new = || Passphrase::new("another one".into());
    let wrong = desk.service.change_passphrase(&officer(), &new(), &new(), tresor::crypto::KdfCost::LEAST);
    assert!(matches!(wrong, Err(ServiceError::Store(StoreError::WrongPassphrase))));
    desk.service.change_passphrase(&officer(), &passphrase(), &new(), tresor::crypto::KdfCost::LEAST).unwrap();
    let Desk { service, time, folder } = desk;
    drop(service);
    let path = folder.as_ref().unwrap().path().join("store");
    let open = |passphrase: &Passphrase, time: TimeSource| Service::open(&path, passphrase, time);
    let old = open(&passphrase(), time.clone());
    assert!(matches!(old, Err(ServiceError::Store(StoreError::WrongPassphrase))));
    let mut service = open(&new(), time.clone()).unwrap();
    let (_, value) = service.get_secret(&developer(), &vault("prod"), &name("token"), None).unwrap();
    assert_eq!(value.expose(), "value");
    let twice = open(&new(), time);
    assert!(matches!(twice, Err(ServiceError::Store(StoreError::AlreadyOpen { .. }))));
}
