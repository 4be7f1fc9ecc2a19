//! Writes the seeds that stand behind a seal, into the folder that is named: backups, records, batches, a header.
//!
//! They are kept beside the others in `corpus`; this is for making them anew when what a store keeps has changed.

use std::{fs, path::Path};

use tresor::{
    domain::{Caller, Timestamp},
    service::{Service, TimeSource, demo, fuzzing},
};

/// The records of the demo in no order, so many of them at most: each kind comes often.
const EVERY: usize = 9;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args_os().nth(1).ok_or("which folder?")?;
    let folder = Path::new(&folder);
    let moment = Timestamp::from_secs(1_790_000_000);
    let mut service = demo::build(Some(moment), TimeSource::held_at(moment))?;
    backups(&mut service, &folder.join("backup"))?;
    let mut bodies = fuzzing::bodies(&service);
    bodies.sort_by_key(|body| (body.first().copied(), body.len()));
    let some = bodies.iter().step_by(EVERY).chain(bodies.last());
    write(&folder.join("record"), some.filter(|body| body.len() <= 2048))?;
    let header = include_bytes!("../../tests/golden/v1/tresor.header");
    write(&folder.join("header"), [&header[..118].to_vec()])?;
    write(&folder.join("batch"), &batches())?;
    write(&folder.join("store"), &damages())?;
    Ok(())
}

/// One of each vault, without what its origin says, which is another in each store.
fn backups(service: &mut Service, folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let (by, mut all) = (Caller::developer(), Vec::new());
    for vault in service.list_vaults(&by)? {
        let origin = fuzzing::origin(service, vault.head.location);
        for secret in vault.secrets.live().take(1) {
            let body = service.back_up_secret(&by, vault.name(), secret.name());
            let Some(body) = body.ok().and_then(|backup| fuzzing::open_backup(service, &backup)) else { continue };
            all.push([&[0], &body[origin.len()..]].concat());
        }
        for key in vault.keys.live().take(1) {
            let body = service.back_up_key(&by, vault.name(), key.name());
            let Some(body) = body.ok().and_then(|backup| fuzzing::open_backup(service, &backup)) else { continue };
            all.push([&[1], &body[4 + origin.len()..]].concat());
        }
    }
    all.push([&[4][..], b"\x89TRSBAK\n\x01\x00", &[0; 64]].concat());
    Ok(write(folder, &all)?)
}

/// Batches with each kind of change, and summaries: `docs/format.md` lays them out.
fn batches() -> Vec<Vec<u8>> {
    let tally = [&3_u64.to_le_bytes()[..], &[5; 32]].concat();
    let begin = [&7_u64.to_le_bytes()[..], &1_790_000_000_000_u64.to_le_bytes(), &tally, &tally, &tally].concat();
    let names = b"\x02\x00\x0awesteurope\x0bnortheurope";
    let (head, bare) = ([&begin[..], names].concat(), [&begin[..], &[0, 0]].concat());
    let record = |kind: u8, key: &[u8]| [&[kind], key, &96_u32.to_le_bytes(), &[9; 96]].concat();
    let ops = [
        record(1, &[1; 32]),
        record(2, &[2; 32]),
        record(3, &4_u64.to_le_bytes()),
        [&[0x81][..], &[1; 32]].concat(),
        [&[0x82][..], &[2; 32]].concat(),
    ];
    let batch = |head: &[u8], ops: &[u8]| {
        let len = u16::try_from(32 + head.len()).unwrap_or(u16::MAX);
        [&[0], &len.to_le_bytes()[..], &[6; 32], head, ops].concat()
    };
    let chain = [&[1][..], &7_u64.to_le_bytes(), &[8; 32], &2_u64.to_le_bytes(), &999_u64.to_le_bytes()].concat();
    let odd = |summary: &[u8]| [&[1], summary].concat();
    vec![
        batch(&head, &ops.concat()),
        batch(&bare, &ops[0]),
        batch(&bare, &[]),
        odd(&head),
        odd(&bare),
        odd(&tally),
        chain,
    ]
}

/// One change of each kind to each file.
fn damages() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for file in 0..5_u8 {
        for what in 0..6_u8 {
            let at = [u8::from(file % 2 == 1) * 64, u8::from(file % 2 == 1) * 16 * what, 0];
            all.push([&[file, what], &at[..], &[2, 1, 128]].concat());
        }
    }
    all
}

fn write<'a>(folder: &Path, seeds: impl IntoIterator<Item = &'a Vec<u8>>) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    for (number, seed) in seeds.into_iter().enumerate() {
        fs::write(folder.join(format!("seed-{number:03}")), seed)?;
    }
    Ok(())
}
