//! `tresor store …`

use std::path::Path;

use serde::Serialize;

use super::{
    args::{Common, Init, KdfOptions, Store},
    errors::Failure,
    output::Output,
    passphrase::Passphrases,
    run_clock,
    session::Session,
};
use crate::service::{KdfCost, Place, Purpose, Service, TimeSource};

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
struct Checked {
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
struct Compacted {
    bytes_after: u64,
    bytes_before: u64,
}

pub(super) fn run(common: &Common, folder: &Path, output: &Output, command: &Store) -> Result<(), Failure> {
    match command {
        Store::Init(what) => init(common, folder, output, what),
        Store::Info => output.one(&info(&Session::open(common, folder)?.service)?),
        Store::Check => {
            let session = Session::open(common, folder)?;
            let report = session.service.check()?;
            let parts = report.partitions.into_iter().map(|part| Part {
                activity: part.activity,
                items: part.items,
                name: part.partition.to_string(),
                revision: part.revision.0,
                values: part.values,
            });
            output.one(&Checked { partitions: parts.collect(), whole: true })
        }
        Store::Passwd(kdf) => {
            if !Service::exists(folder) {
                return Err(Failure::NoStore(folder.to_path_buf()));
            }
            let mut passphrases = Passphrases::of(common)?;
            let current = passphrases.current()?;
            let mut session = Session::open_with(common, folder, &current)?;
            let new = passphrases.next()?;
            Ok(session.service.change_passphrase(&current, &new, cost(kdf)?)?)
        }
        Store::Compact => {
            let mut session = Session::open(common, folder)?;
            let bytes_before = session.service.cost()?.bytes;
            session.service.compact()?;
            let bytes_after = session.service.cost()?.bytes;
            output.one(&Compacted { bytes_after, bytes_before })
        }
    }
}

fn init(common: &Common, folder: &Path, output: &Output, what: &Init) -> Result<(), Failure> {
    if Service::exists(folder) {
        return Err(Failure::Plain(format!("There is a store at {} already; nothing was changed.", folder.display())));
    }
    let cost = cost(&what.kdf)?;
    let passphrase = Passphrases::of(common)?.first()?;
    let purpose = if what.simulation { Purpose::Simulation } else { Purpose::Real };
    let place = Place::Folder(folder.to_path_buf());
    let service = Service::create(&place, &passphrase, cost, purpose, TimeSource::Computer)?;
    output.one(&info(&service)?)
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
        vaults: Counted { deleted: world.vaults.deleted_count(), live: world.vaults.live_count() },
    })
}
