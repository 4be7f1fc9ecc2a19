//! `tresor store …`

use std::path::Path;

use serde::Serialize;

use super::{
    args::{Common, Init, KdfOptions, Store},
    errors::Failure,
    output::Output,
    passphrase::{Passphrases, Weak},
    run_activity, run_clock, run_region,
    session::{Session, admit_try, note_try},
    shape,
};
use crate::domain::{RegionName, activity::Via, soft_delete::SubscriptionProtection};
use crate::service::{KdfCost, Place, Purpose, Service, ServiceError, StoreError, TimeSource, create_key_file};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Info {
    bytes: u64,
    created: String,
    folder: Option<String>,
    id: String,
    kdf: Kdf,
    keys: Counted,
    purpose: &'static str,
    secrets: Counted,
    subscription: String,
    undeletable: bool,
    vaults: Counted,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Kdf {
    lanes: u32,
    memory_kib: u32,
    passes: u32,
}

#[derive(Default, Serialize)]
struct Counted {
    deleted: usize,
    live: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Checked<'a> {
    /// What is wrong with the activity, in sentences.
    activity: Vec<String>,
    files: Vec<shape::region::FileItem<'a>>,
    partitions: Vec<Part>,
    whole: bool,
}

#[derive(Serialize)]
struct Part {
    activity: u64,
    items: u64,
    name: String,
    revision: u64,
    values: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Recovered {
    changes: u64,
    region: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Compacted {
    bytes_after: u64,
    bytes_before: u64,
}

pub(super) fn run(common: &Common, folder: &Path, output: &Output, command: &Store) -> Result<(), Failure> {
    match command {
        Store::Init(what) => init(common, folder, output, what),
        Store::Info => {
            let mut session = Session::open_unsigned(common, folder)?;
            output.one(&info(&session.service)?)?;
            session.finish();
            Ok(())
        }
        Store::Check => check(&mut Session::open_by_passphrase(common, folder)?, output),
        Store::KeyFile { path } => Ok(create_key_file(path).map_err(ServiceError::from)?),
        Store::Passwd(what) => {
            if !Service::exists(folder) {
                return Err(Failure::NoStore(folder.to_path_buf()));
            }
            admit_try(folder)?;
            let mut passphrases = Passphrases::of(common)?;
            let current = passphrases.current()?;
            let mut session = Session::open_with(common, folder, &current)?;
            session.act_by_passphrase(common)?;
            let new = passphrases.next(weak(what.allow_weak_passphrase), &what.file)?;
            session.service.change_passphrase(&session.caller, &current, &new, cost(&what.kdf)?)?;
            session.service.tick().map_err(Failure::Unrecorded)?;
            session.finish();
            Ok(())
        }
        Store::Recover(what) => recover(common, folder, output, &what.from),
        Store::Compact => {
            let mut session = Session::open_by_passphrase(common, folder)?;
            let bytes_before = session.service.cost()?.bytes;
            session.service.compact(&session.caller)?;
            let bytes_after = session.service.cost()?.bytes;
            output.one(&Compacted { bytes_after, bytes_before })?;
            session.service.tick().map_err(Failure::Unrecorded)?;
            session.finish();
            Ok(())
        }
        Store::Protect | Store::Unprotect => unreachable!("both are done in a session of whoever asks"),
    }
}

/// Marks the subscription undeletable (S11).
pub(super) fn protect(session: &mut Session) -> Result<(), Failure> {
    Ok(session.service.protect_subscription(&session.caller, SubscriptionProtection::Undeletable)?)
}

/// Takes that mark away.
pub(super) fn unprotect(session: &mut Session) -> Result<(), Failure> {
    Ok(session.service.protect_subscription(&session.caller, SubscriptionProtection::None)?)
}

/// What was recovered is told; what was not replicated when the rest went is not there.
fn recover(common: &Common, folder: &Path, output: &Output, from: &Path) -> Result<(), Failure> {
    if Service::exists(folder) {
        return Err(Failure::Plain(format!("There is a store at {} already; nothing was changed.", folder.display())));
    }
    admit_try(from)?;
    let passphrase = Passphrases::of(common)?.current()?;
    let recovered = note_try(from, Service::recover(from, folder, &passphrase, Via::CommandLine))?;
    let row = |(region, changes): (Option<RegionName>, u64)| Recovered {
        region: region.map_or("global", RegionName::as_str),
        changes,
    };
    output.list(recovered.into_iter().map(row), None)
}

/// All of it is told, whole or not.
fn check(session: &mut Session, output: &Output) -> Result<(), Failure> {
    let (found, opened) = (run_region::check_files(session), session.service.check());
    // Written down only now: a check looks at the files as they were. Those that take nothing are told of.
    session.service.note_check(&session.caller);
    drop(session.service.tick());
    let found = found?;
    let partitions = match opened {
        Ok(report) => report.partitions,
        // The files tell already which and why.
        Err(ServiceError::Store(StoreError::Damaged { .. })) if !found.is_whole() => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let partitions = partitions.into_iter().map(|part| Part {
        activity: part.activity,
        items: part.items,
        name: part.partition.to_string(),
        revision: part.revision.0,
        values: part.values,
    });
    output.one(&Checked {
        activity: found.activity.iter().map(run_activity::sentence).collect(),
        files: found.files.iter().map(shape::region::file).collect(),
        partitions: partitions.collect(),
        whole: found.is_whole(),
    })?;
    session.finish();
    run_region::told_whole(&found)
}

fn init(common: &Common, folder: &Path, output: &Output, what: &Init) -> Result<(), Failure> {
    if Service::exists(folder) {
        return Err(Failure::Plain(format!("There is a store at {} already; nothing was changed.", folder.display())));
    }
    let cost = cost(&what.kdf)?;
    let passphrase = Passphrases::of(common)?.first(weak(what.allow_weak_passphrase))?;
    let purpose = if what.simulation { Purpose::Simulation } else { Purpose::Real };
    let place = Place::Folder(folder.to_path_buf());
    let service = Service::create(&place, &passphrase, cost, purpose, TimeSource::Computer)?;
    output.one(&info(&service)?)
}

fn weak(is_allowed: bool) -> Weak {
    if is_allowed { Weak::Allowed } else { Weak::Refused }
}

fn cost(kdf: &KdfOptions) -> Result<KdfCost, Failure> {
    let KdfOptions { memory, passes, lanes } = *kdf;
    let cost = KdfCost { memory_kib: memory, passes, lanes };
    cost.check()
        .map_err(|refused| Failure::Usage(format!("arguments --kdf-memory, --kdf-passes, --kdf-lanes: {refused}.")))
}

fn info(service: &Service) -> Result<Info, Failure> {
    let view = service.view();
    let cost = service.cost()?;
    let world = &view.world;
    let (mut secrets, mut keys) = (Counted::default(), Counted::default());
    for vault in world.vaults.live().chain(world.vaults.deleted().map(|deleted| &deleted.item)) {
        secrets.live += vault.secrets.live_count();
        secrets.deleted += vault.secrets.deleted_count();
        keys.live += vault.keys.live_count();
        keys.deleted += vault.keys.deleted_count();
    }
    Ok(Info {
        bytes: cost.bytes,
        created: view.store.profile.created.iso(),
        folder: view.store.folder().map(|folder| folder.display().to_string()),
        id: service.store_id(),
        kdf: Kdf { lanes: cost.kdf.lanes, memory_kib: cost.kdf.memory_kib, passes: cost.kdf.passes },
        keys,
        purpose: run_clock::purpose(view.store.profile.purpose),
        secrets,
        subscription: view.store.profile.subscription.clone(),
        undeletable: world.protection == SubscriptionProtection::Undeletable,
        vaults: Counted { deleted: world.vaults.deleted_count(), live: world.vaults.live_count() },
    })
}
