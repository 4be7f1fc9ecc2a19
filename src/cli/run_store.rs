//! `tresor store …`

use std::path::Path;

use serde::Serialize;

use super::{
    args::{Common, Init, KdfOptions, Passwd, Rekey, Store},
    errors::Failure,
    output::Output,
    passphrase::{Passphrases, Weak},
    progress, run_activity, run_clock, run_region,
    session::{Opening, Ready, Session, admit_try, note_try, passphrases_of},
    shape,
};
use crate::domain::{RegionName, activity::Via, soft_delete::SubscriptionProtection};
use crate::service::{
    KdfCost, Older, Place, Purpose, Service, ServiceError, StoreError, TimeSource, calibrated_cost, create_key_file,
};

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
            let mut session = Ready::unsigned(common, folder)?.open_unsigned(Opening::Whole)?;
            output.one(&info(&session.service)?)?;
            session.finish(output);
            Ok(())
        }
        Store::Check => check(&mut Ready::new(common, folder)?.open_by_passphrase(Opening::Whole)?, output),
        Store::KeyFile { path } => Ok(create_key_file(path).map_err(ServiceError::from)?),
        Store::Passwd(what) => {
            let mut passphrases = passphrases_of(common, folder)?;
            let mut ready = Ready::with(common, folder, passphrases.current()?);
            if passphrases.asks_for_next() {
                // Nobody types a new one twice for nothing; and while they type it, others can have the store.
                drop(ready.open_unsigned(Opening::Whole)?);
            }
            let new = passphrases.next()?;
            let mut session = ready.open_by_passphrase(Opening::Whole)?;
            let new = passphrases.admit_next(new, weak(what.allow_weak_passphrase), &what.file)?;
            let cost = new_cost(&session, what)?;
            session.service.change_passphrase(&session.caller, &ready.passphrase, &new, cost)?;
            session.service.tick().map_err(Failure::Unrecorded)?;
            session.finish(output);
            Ok(())
        }
        Store::Rekey(what) => rekey(common, folder, output, what),
        Store::AcceptOlder => {
            let mut ready = Ready::new(common, folder)?;
            ready.older = Older::Accepted;
            let mut session = ready.open_by_passphrase(Opening::Whole)?;
            session.service.note_accepted_older(&session.caller);
            session.service.tick().map_err(Failure::Unrecorded)?;
            session.finish(output);
            Ok(())
        }
        Store::Recover(what) => recover(common, folder, output, &what.from),
        Store::Compact => {
            let mut session = Ready::new(common, folder)?.open_by_passphrase(Opening::Whole)?;
            let bytes_before = session.service.cost()?.bytes;
            session.service.compact(&session.caller)?;
            let bytes_after = session.service.cost()?.bytes;
            output.one(&Compacted { bytes_after, bytes_before })?;
            session.service.tick().map_err(Failure::Unrecorded)?;
            session.finish(output);
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

/// Renews the root key. What the old passphrase still opens is told, copy by copy.
fn rekey(common: &Common, folder: &Path, output: &Output, what: &Rekey) -> Result<(), Failure> {
    let mut passphrases = passphrases_of(common, folder)?;
    let mut ready = Ready::with(common, folder, passphrases.current()?);
    let mut typed = None;
    if !what.keep_passphrase {
        if passphrases.asks_for_next() {
            drop(ready.open_unsigned(Opening::Whole)?);
        }
        typed = Some(passphrases.next()?);
    }
    let mut session = ready.open_by_passphrase(Opening::Whole)?;
    let Passwd { file, allow_weak_passphrase, .. } = &what.passwd;
    let new = typed.map(|new| passphrases.admit_next(new, weak(*allow_weak_passphrase), file)).transpose()?;
    let cost = new_cost(&session, &what.passwd)?;
    let (shows_warnings, caller) = (session.shows_warnings, session.caller.clone());
    let new = new.as_ref().unwrap_or(&ready.passphrase);
    let left = progress::watch("Resealing the store", shows_warnings, |watch| {
        session.service.renew(&caller, &ready.passphrase, new, Some(cost), watch)
    })?;
    for path in left {
        session.warn(&format!(
            "The old passphrase still opens {}, which is disconnected. It is resealed when it is reconnected.",
            path.display()
        ));
    }
    session.service.tick().map_err(Failure::Unrecorded)?;
    session.finish(output);
    Ok(())
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
    session.finish(output);
    run_region::told_whole(&found)
}

fn init(common: &Common, folder: &Path, output: &Output, what: &Init) -> Result<(), Failure> {
    if Service::exists(folder) {
        return Err(Failure::Plain(format!("There is a store at {} already; nothing was changed.", folder.display())));
    }
    let purpose = if what.simulation { Purpose::Simulation } else { Purpose::Real };
    let cost = cost(&what.kdf, KdfCost::RECOMMENDED)?;
    admit_cost(cost, purpose, weak(what.kdf.allow_weak))?;
    let passphrase = Passphrases::of(common)?.first(weak(what.allow_weak_passphrase))?;
    let place = Place::Folder(folder.to_path_buf());
    let service = Service::create(&place, &passphrase, cost, purpose, TimeSource::Computer)?;
    output.one(&info(&service)?)
}

fn weak(is_allowed: bool) -> Weak {
    if is_allowed { Weak::Allowed } else { Weak::Refused }
}

/// What was said of the cost; `usual` of what was not.
fn cost(kdf: &KdfOptions, usual: KdfCost) -> Result<KdfCost, Failure> {
    let KdfOptions { memory, passes, lanes, time, allow_weak: _ } = *kdf;
    if let Some(time) = time {
        return Ok(calibrated_cost(time).at_least(usual));
    }
    let KdfCost { memory_kib, passes: usual_passes, lanes: usual_lanes } = usual;
    let cost = KdfCost {
        memory_kib: memory.unwrap_or(memory_kib),
        passes: passes.unwrap_or(usual_passes),
        lanes: lanes.unwrap_or(usual_lanes),
    };
    cost.check()
        .map_err(|refused| Failure::Usage(format!("arguments --kdf-memory, --kdf-passes, --kdf-lanes: {refused}.")))
}

/// What deriving the key costs from now on: what it did, or what was said, which is told where it is less.
fn new_cost(session: &Session, what: &Passwd) -> Result<KdfCost, Failure> {
    let before = session.service.cost()?.kdf;
    let usual = if before.work() < KdfCost::FLOOR.work() { before } else { session.service.usual_cost() };
    let cost = cost(&what.kdf, usual)?;
    admit_cost(cost, session.service.view().store.profile.purpose, weak(what.kdf.allow_weak))?;
    if cost.work() < before.work() {
        session.warn("The new key derivation is weaker than the previous one, as requested.");
    }
    Ok(cost)
}

/// A store of real secrets is not made with a key derivation that costs next to nothing, unless somebody insists (L6).
fn admit_cost(cost: KdfCost, purpose: Purpose, weak: Weak) -> Result<(), Failure> {
    let is_enough = KdfCost::FLOOR.work() <= cost.work();
    match (purpose, weak) {
        (Purpose::Real, Weak::Refused) if !is_enough => Err(Failure::Usage(format!(
            "arguments --kdf-memory, --kdf-passes: a store of real secrets takes a key derivation of at least {} KiB and {} passes, \
             or as much work; --allow-weak-kdf takes less.",
            KdfCost::FLOOR.memory_kib,
            KdfCost::FLOOR.passes
        ))),
        (Purpose::Real | Purpose::Simulation, Weak::Refused | Weak::Allowed) => Ok(()),
    }
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
