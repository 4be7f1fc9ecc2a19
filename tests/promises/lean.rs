//! A store opened for single secrets answers as one that was read whole.

use std::{fs, path::Path};

use tempfile::TempDir;
use tresor::{
    domain::{Operation, VaultName, properties::Enabled, region::FailoverPlan, secret::SecretPatch},
    service::{Expect, Purpose, Service, ServiceError, TimeSource},
};

use crate::desk::{
    Desk, developer, draft, in_region, keeping_days, name, new, officer, passphrase, protected, quick_folder, region,
    vault,
};

type Ask = fn(&mut Service, &VaultName, &str) -> Result<String, ServiceError>;

/// Everything that can be asked about one secret.
const QUESTIONS: [(&str, Ask); 9] = [
    ("get", |service, vault, secret| {
        let (version, value) = service.get_secret(&developer(), vault, &name(secret), None)?;
        Ok(format!("{version:?} {}", value.expose()))
    }),
    ("list versions", |service, vault, secret| {
        Ok(format!("{:?}", service.list_secret_versions(&developer(), vault, &name(secret))?))
    }),
    ("get deleted", |service, vault, secret| {
        Ok(format!("{:?}", service.get_deleted_secret(&developer(), vault, &name(secret))?))
    }),
    ("back up", |service, vault, secret| {
        service.back_up_secret(&developer(), vault, &name(secret)).map(|_| String::new())
    }),
    ("set", |service, vault, secret| {
        service.set_secret(&developer(), vault, new(secret, "again")).map(|_| String::new())
    }),
    ("update", |service, vault, secret| {
        let patch = SecretPatch { enabled: Some(Enabled::No), ..SecretPatch::default() };
        service.update_secret(&developer(), vault, &name(secret), None, &patch).map(|_| String::new())
    }),
    ("delete", |service, vault, secret| {
        service.delete_secret(&developer(), vault, &name(secret)).map(|_| String::new())
    }),
    ("recover", |service, vault, secret| {
        service.recover_secret(&developer(), vault, &name(secret)).map(|_| String::new())
    }),
    ("purge", |service, vault, secret| service.purge_secret(&officer(), vault, &name(secret)).map(|()| String::new())),
];

/// A store with a secret in each state, in vaults in each state.
fn store_of_all_states() -> Desk {
    let mut desk = Desk::of(Purpose::Real, Some(quick_folder()))
        .with_vault(keeping_days(7, draft("contoso")))
        .with_vault(protected("fabrikam"))
        .with_vault(in_region("northeurope", draft("elsewhere")))
        .with_vault(in_region("brazilsouth", draft("read-only")))
        .with_vault(draft("gone"));
    for at in ["contoso", "fabrikam", "elsewhere", "read-only", "gone"] {
        for secret in ["live", "disabled", "deleted", "due"] {
            desk.set(at, secret, "first");
            desk.set(at, secret, "second");
        }
        let patch = SecretPatch { enabled: Some(Enabled::No), ..SecretPatch::default() };
        desk.service.update_secret(&developer(), &vault(at), &name("disabled"), None, &patch).unwrap();
        desk.delete(at, "due").unwrap();
    }
    desk.pass_days(6);
    for at in ["contoso", "fabrikam", "elsewhere", "read-only", "gone"] {
        desk.delete(at, "deleted").unwrap();
    }
    desk.service.delete_vault(&developer(), &vault("gone")).unwrap();
    desk.service.begin_outage(&developer(), region("brazilsouth"), FailoverPlan::DEMO).unwrap();
    desk.pass_days(2);
    desk
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, to) = {
            let entry = entry.unwrap();
            (entry.path(), to.join(entry.file_name()))
        };
        if path.is_dir() { copy(&path, &to) } else { fs::copy(&path, &to).map(drop).unwrap() }
    }
}

/// Everything in the store but what is made up at random, and the last that was asked.
fn summary(service: &Service) -> Vec<String> {
    let world = &service.view().world;
    let mut lines = Vec::new();
    let gone = world.vaults.deleted().map(|deleted| (&deleted.item, Some(&deleted.deletion)));
    for (vault, deletion) in world.vaults.live().map(|vault| (vault, None)).chain(gone) {
        lines.push(format!("{} {deletion:?}", vault.name()));
        let line = |secret: &tresor::domain::Secret| {
            format!("{} has {}, {:?}", secret.name(), secret.versions().len(), secret.current().enabled)
        };
        lines.extend(vault.secrets.live().map(|secret| line(secret)));
        lines.extend(vault.secrets.deleted().map(|item| format!("{} {:?}", line(&item.item), item.deletion)));
    }
    let last = service.view().activity.last().map(|record| (record.operation, record.at, record.outcome.clone()));
    lines.push(format!("{last:?}"));
    lines
}

#[test]
fn every_question_about_one_secret_is_answered_as_if_everything_had_been_read() {
    // S5, S13, S14, S16, A5
    let desk = store_of_all_states();
    let path = desk.folder.as_ref().unwrap().path().join("store");
    let time = desk.time.clone();
    drop(desk.service);
    let mut answers = 0;
    for at in ["contoso", "fabrikam", "elsewhere", "read-only", "gone", "never"] {
        for secret in ["live", "LIVE", "disabled", "deleted", "due", "never"] {
            for (what, ask) in QUESTIONS {
                let scratch = quick_folder();
                let answer = |to: &str, open: fn(&Path, TimeSource) -> Service| {
                    let copied = scratch.path().join(to);
                    copy(&path, &copied);
                    let mut service = open(&copied, time.clone());
                    let told = ask(&mut service, &vault(at), secret).map_err(|error| error.to_string());
                    service.tick().unwrap();
                    drop(service);
                    (told, summary(&open_whole(&copied, time.clone())))
                };
                let (whole, lean) = (answer("whole", open_whole), answer("lean", open_lean));
                assert_eq!(whole, lean, "{what} {secret} in {at}");
                answers += usize::from(lean.0.is_ok());
            }
        }
    }
    assert!(60 < answers, "most of it was refused: only {answers} were answered");
}

fn open_whole(path: &Path, time: TimeSource) -> Service {
    Service::open(path, &passphrase(), time).unwrap()
}

fn open_lean(path: &Path, time: TimeSource) -> Service {
    Service::open_lean(path, &passphrase(), Expect::Writes, time).unwrap()
}

fn lean(desk: Desk) -> (Service, TempDir, TimeSource) {
    let Desk { mut service, time, folder } = desk;
    service.tick().unwrap();
    drop(service);
    let folder = folder.unwrap();
    (open_lean(&folder.path().join("store"), time.clone()), folder, time)
}

#[test]
fn only_what_was_asked_for_is_read() {
    let mut desk =
        Desk::of(Purpose::Real, Some(quick_folder())).with_vault(draft("contoso")).with_vault(draft("other"));
    desk.set("contoso", "one", "1");
    desk.set("contoso", "two", "2");
    let (mut service, _folder, _) = lean(desk);
    service.get_secret(&developer(), &vault("contoso"), &name("one"), None).unwrap();
    let world = service.world();
    assert_eq!((world.vaults.live_count(), world.vaults.live().next().unwrap().secrets.live_count()), (1, 1));
    let listed = service.list_secrets(&developer(), &vault("contoso")).unwrap();
    assert_eq!(listed.live_count(), 2, "a list needs the rest, and reads it");
    let operations: Vec<_> = service.view().activity.iter().rev().take(2).map(|record| record.operation).collect();
    assert_eq!(operations, [Operation::SecretList, Operation::SecretGet], "what was asked before is not forgotten");
}

#[test]
fn what_is_due_is_purged_by_whichever_command_comes_next() {
    // S14
    let mut desk = Desk::of(Purpose::Real, Some(quick_folder())).with_vault(keeping_days(7, draft("contoso")));
    for secret in ["first", "second", "kept"] {
        desk.set("contoso", secret, "1");
    }
    desk.delete("contoso", "first").unwrap();
    desk.pass_days(3);
    let (mut service, folder, time) = lean(desk);
    let path = folder.path().join("store");
    service.delete_secret(&developer(), &vault("contoso"), &name("second")).unwrap();
    drop(service);
    let values = |service: &Service| service.check().unwrap().partitions.iter().map(|part| part.values).sum::<u64>();
    for (days, left) in [(4, 3), (7, 2), (9, 2), (10, 1), (30, 1)] {
        time.hold_at(crate::desk::START.plus_days(days));
        let mut service = open_lean(&path, time.clone());
        service.get_secret(&developer(), &vault("contoso"), &name("kept"), None).unwrap();
        service.tick().unwrap();
        assert_eq!(values(&service), left, "after {days} days");
    }
    let service = open_lean(&path, time);
    assert_eq!(service.world().vaults.live_count(), 0, "nothing is due any more, so nothing was read");
}
