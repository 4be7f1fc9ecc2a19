//! The worker: what a store held is gone when it is closed.

use std::time::Duration;

use tresor::{
    domain::{
        Caller, ObjectName, RegionName, RetentionDays, SecretValue, Sku, VaultName, properties::Tags,
        secret::SecretDraft, vault::VaultDraft,
    },
    service::{Command, Event, OpenAs, Passphrase, Purpose, Reply, Request, TimeSource, spawn},
};

use zeroize::Zeroizing;

use crate::scan::Known;

pub(crate) fn vault() -> VaultName {
    VaultName::parse("contoso").unwrap()
}

pub(crate) fn name() -> ObjectName {
    ObjectName::parse("db-password").unwrap()
}

pub(crate) fn draft() -> VaultDraft {
    VaultDraft {
        name: vault(),
        location: RegionName::parse("westeurope").unwrap(),
        sku: Sku::Standard,
        retention: RetentionDays::default(),
        purge_protection: None,
        tags: Tags::default(),
        access: tresor::domain::AccessModel::Policies,
    }
}

pub(crate) fn set(value: &str) -> Command {
    Command::SetSecret(
        vault(),
        name(),
        SecretDraft::default(),
        SecretValue::parse(Zeroizing::new(value.to_owned())).unwrap(),
    )
}

pub(crate) fn create() -> Command {
    Command::CreateVault(draft())
}

// T1
#[test]
fn after_a_lock_the_memory_holds_neither_the_passphrase_nor_a_value_that_was_set_and_read() {
    let folder = tempfile::tempdir().unwrap();
    let (worker, events) = spawn(TimeSource::Computer, || {}).unwrap();
    let next = || events.recv_timeout(Duration::from_mins(3)).unwrap();
    let answer = |id| loop {
        match next() {
            Event::Done(done, reply) if done == id => break reply,
            Event::Failed(failed, error) if failed == id => panic!("{error}"),
            _ => {}
        }
    };
    let (passphrase, typed) = Known::fresh();
    let (value, text) = Known::fresh();
    let credentials = || Passphrase::new(typed.as_str().to_owned()).into();
    let path = folder.path().join("store");
    let purpose = Purpose::Real;
    answer(worker.ask(Request::Open(OpenAs::New { folder: path.clone(), credentials: credentials(), purpose })));
    worker.ask(Request::Lock);
    answer(worker.ask(Request::Open(OpenAs::Folder(path, credentials(), tresor::service::Older::Refused))));
    let by = Caller::developer();
    answer(worker.ask(Request::Do(by.clone(), create())));
    answer(worker.ask(Request::Do(by.clone(), set(&text))));
    drop((typed, text));
    let read = answer(worker.ask(Request::Do(by, Command::GetSecret(vault(), name(), None))));
    let Reply::Value(_, shown) = &read else { panic!("no value was read") };
    assert_eq!(value.count(), 1, "what was read is the only copy: {} characters", shown.expose().len());
    drop(read);
    worker.ask(Request::Lock);
    while !matches!(next(), Event::Locked) {}
    let left = (passphrase.count(), value.count());
    println!("After a lock of the worker: {} times the passphrase, {} times the value", left.0, left.1);
    assert_eq!(left, (0, 0));
}
