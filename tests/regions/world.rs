//! A small world with two regions that stand in for each other, a ledger of what was reported as done, and a tally of what
//! was found afterwards.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tresor::crypto::{KdfCost, Passphrase, random};
use tresor::store::{
    Batch, FileFault, FileName, FileState, Key, Partition, Place, RegionReport, Source, Store, StoreError, Table,
};
use zeroize::Zeroizing;

const RIGHT: &str = "correct horse battery staple";

pub(crate) fn passphrase() -> Passphrase {
    Passphrase::new(RIGHT.to_owned())
}

pub(crate) fn west() -> Partition {
    "westeurope".parse().unwrap()
}

pub(crate) fn north() -> Partition {
    "northeurope".parse().unwrap()
}

fn pair_of(partition: &Partition) -> Option<Partition> {
    match partition.as_str() {
        "westeurope" => Some(north()),
        "northeurope" => Some(west()),
        _ => None,
    }
}

/// So many of `all`: all where that was asked for, otherwise a tenth.
pub(crate) fn times(all: u64) -> u64 {
    if std::env::var_os("TRESOR_FAULTS").is_some_and(|asked| asked == "all") { all } else { all.div_ceil(10) }
}

pub(crate) fn up_to(most: u64) -> u64 {
    u64::from_le_bytes(random::bytes()) % (most + 1)
}

/// A folder on a disk that needs no waiting for, where there is one.
pub(crate) fn quick_folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory).unwrap() } else { TempDir::new().unwrap() }
}

pub(crate) fn create(folder: &Path) -> Store {
    let place = Place::Folder(folder.to_path_buf());
    let mut store = Store::create(&place, &passphrase(), KdfCost::LEAST, b"for tests").unwrap();
    store.pair(pair_of).unwrap();
    store
}

pub(crate) fn try_open(folder: &Path) -> Result<Store, StoreError> {
    let mut store = Store::open(folder, &passphrase())?;
    store.pair(pair_of)?;
    Ok(store)
}

pub(crate) fn open(folder: &Path) -> Store {
    try_open(folder).unwrap()
}

pub(crate) fn in_memory() -> Store {
    let mut store = Store::create(&Place::Memory, &passphrase(), KdfCost::LEAST, b"").unwrap();
    store.pair(pair_of).unwrap();
    store
}

/// The changes of one partition that were reported as done, in their order.
#[derive(Clone, Default)]
pub(crate) struct Ledger {
    changes: Vec<(String, String)>,
    /// By so much its changes are made later than their number says.
    pub(crate) later_ms: i64,
}

impl Ledger {
    pub(crate) fn len(&self) -> u64 {
        self.changes.len() as u64
    }

    /// Sets a secret in West Europe, some of them again and again, and writes it down when that is reported as done.
    pub(crate) fn set(&mut self, store: &mut Store) -> Result<(), StoreError> {
        self.set_in(store, &west())
    }

    pub(crate) fn set_in(&mut self, store: &mut Store, partition: &Partition) -> Result<(), StoreError> {
        let name = format!("name {}", up_to(59));
        // Never the same twice, and of all lengths.
        let value = format!("{:016x} ", up_to(u64::MAX - 1)).repeat(1 + up_to(60) as usize);
        let mut batch = Batch::new();
        batch
            .put(Table::Items, key(&name), body(&name))
            .put(Table::Values, key(&name), body(&value))
            .append_activity(body(&line(&name, &value)));
        store.commit(partition, self.later_ms + self.len().cast_signed(), batch)?;
        self.changes.push((name, value));
        Ok(())
    }

    pub(crate) fn set_many(&mut self, store: &mut Store, count: u64) {
        for _ in 0..count {
            self.set(store).unwrap();
        }
    }

    /// What was there after so many changes.
    pub(crate) fn first(&self, count: u64) -> Self {
        Self { changes: self.changes[..count as usize].to_vec(), later_ms: self.later_ms }
    }

    fn values(&self) -> BTreeMap<String, String> {
        self.changes.iter().cloned().collect()
    }

    fn lines(&self) -> Vec<String> {
        self.changes.iter().map(|(name, value)| line(name, value)).collect()
    }
}

pub(crate) fn key(name: &str) -> Key {
    Key::of(&[b"vault", name.as_bytes()])
}

pub(crate) fn body(text: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(text.as_bytes().to_vec())
}

fn line(name: &str, value: &str) -> String {
    format!("{name} = {}", &value[..16])
}

/// All that can be seen of a partition: values by name, and the activity, oldest first.
pub(crate) fn see(store: &Store, partition: &Partition) -> Result<(BTreeMap<String, String>, Vec<String>), StoreError> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let mut names = Vec::new();
    store.scan_items(partition, |body| {
        names.push(text(body));
        Ok::<_, StoreError>(())
    })?;
    let mut values = BTreeMap::new();
    for name in names {
        let value = store.read(partition, Table::Values, &key(&name))?.expect("a name has a value");
        values.insert(name, text(&value));
    }
    let mut lines: Vec<_> = store.recent_activity(partition, usize::MAX)?.iter().map(|chunk| text(chunk)).collect();
    lines.reverse();
    Ok((values, lines))
}

/// What a family of faults came to.
pub(crate) struct Tally {
    fault: &'static str,
    times: u64,
    acknowledged: u64,
    lost: u64,
    doubled: u64,
    unsaid: u64,
    more: BTreeMap<&'static str, u64>,
    wrong: Vec<String>,
}

impl Tally {
    pub(crate) fn of(fault: &'static str) -> Self {
        let (more, wrong) = (BTreeMap::new(), Vec::new());
        Self { fault, times: 0, acknowledged: 0, lost: 0, doubled: 0, unsaid: 0, more, wrong }
    }

    pub(crate) fn made(&mut self, times: u64) {
        self.times += times;
    }

    pub(crate) fn acknowledged(&mut self, changes: u64) {
        self.acknowledged += changes;
    }

    /// Something else worth a number.
    pub(crate) fn count(&mut self, what: &'static str, count: u64) {
        *self.more.entry(what).or_default() += count;
    }

    pub(crate) fn lose(&mut self, count: u64, what: String) {
        self.lost += count;
        self.wrong.push(what);
    }

    pub(crate) fn double(&mut self, count: u64, what: String) {
        self.doubled += count;
        self.wrong.push(what);
    }

    /// Counts it where something that differs was not said.
    pub(crate) fn said(&mut self, is_said: bool, what: impl Into<String>) {
        if !is_said {
            self.unsaid += 1;
            self.wrong.push(what.into());
        }
    }

    /// Compares all there is of West Europe with what was reported as done.
    pub(crate) fn compare(&mut self, store: &Store, ledger: &Ledger, when: &str) {
        self.compare_in(store, &west(), ledger, when);
    }

    pub(crate) fn compare_in(&mut self, store: &Store, partition: &Partition, ledger: &Ledger, when: &str) {
        let (values, lines) = match see(store, partition) {
            Ok(seen) => seen,
            Err(error) => return self.lose(ledger.len(), format!("{when}: {error}")),
        };
        let expected = ledger.lines();
        let count = |lines: &[String]| {
            let mut counted = BTreeMap::<String, u64>::new();
            for line in lines {
                *counted.entry(line.clone()).or_default() += 1;
            }
            counted
        };
        let (there, done) = (count(&lines), count(&expected));
        let of = |counted: &BTreeMap<String, u64>, line: &String| counted.get(line).copied().unwrap_or_default();
        let missing: u64 = done.iter().map(|(line, count)| count.saturating_sub(of(&there, line))).sum();
        let doubled: u64 = there.iter().map(|(line, count)| count.saturating_sub(of(&done, line))).sum();
        if 0 < missing {
            self.lose(missing, format!("{when}: {missing} of {} changes are missing", ledger.len()));
        }
        if 0 < doubled {
            self.double(doubled, format!("{when}: {doubled} changes are there that were not made, or twice"));
        }
        if (missing, doubled) == (0, 0) && lines != expected {
            self.double(1, format!("{when}: changes are out of order"));
        }
        let differing = ledger.values().iter().filter(|(name, value)| values.get(*name) != Some(value)).count() as u64;
        if 0 < differing {
            self.lose(differing, format!("{when}: {differing} values differ"));
        }
        if ledger.values().len() < values.len() {
            self.double(1, format!("{when}: {} values where {} were set", values.len(), ledger.values().len()));
        }
    }

    /// Has everything mended, and wants to see all files of all partitions whole and alike.
    pub(crate) fn whole(&mut self, store: &mut Store, when: &str) {
        store.finish_upkeep();
        for report in store.report() {
            for file in &report.files {
                let is_current = file.state == FileState::Current && file.revision == report.revision;
                self.said(is_current, format!("{when}: {:?} of {}: {file:?}", file.name, report.partition));
            }
        }
        match store.check() {
            Ok(check) => {
                for file in check.files {
                    self.said(file.found.is_ok(), format!("{when}: {file:?}"));
                }
            }
            Err(error) => self.lose(1, format!("{when}: {error}")),
        }
    }

    /// Prints the counts; a panic where anything was lost, doubled or not said.
    pub(crate) fn finish(self) {
        let Self { fault, times, acknowledged, lost, doubled, unsaid, more, wrong } = self;
        let more: Vec<_> = more.iter().map(|(what, count)| format!("{count} {what}")).collect();
        println!(
            "COUNTED | {fault} | {times} | {acknowledged} | {lost} | {doubled} | {unsaid} | {} |",
            more.join(", ")
        );
        assert!(
            wrong.is_empty(),
            "{fault}: {} things went wrong:\n{}",
            wrong.len(),
            wrong[..wrong.len().min(12)].join("\n")
        );
    }
}

pub(crate) fn report(store: &Store) -> RegionReport {
    store.report().into_iter().find(|report| report.partition == west()).unwrap()
}

pub(crate) fn state(store: &Store, name: FileName) -> FileState {
    report(store).files.into_iter().find(|file| file.name == name).unwrap().state
}

pub(crate) fn fault(store: &Store, name: FileName) -> Option<FileFault> {
    match state(store, name) {
        FileState::Out(fault) => Some(fault),
        _ => None,
    }
}

/// Reads West Europe from its pair while `look` looks.
pub(crate) fn from_pair(store: &mut Store, look: impl FnOnce(&Store)) {
    store.read_from(&west(), Source::Pair);
    look(store);
    store.read_from(&west(), Source::Region);
}

/// The files of West Europe in the store in `folder`.
pub(crate) fn path_of(folder: &Path, name: FileName) -> PathBuf {
    match name {
        FileName::A => folder.join("westeurope").join("a.redb"),
        FileName::B => folder.join("westeurope").join("b.redb"),
        FileName::Copy => folder.join("northeurope").join("copy-of-westeurope.redb"),
    }
}

pub(crate) const FILES: [FileName; 3] = [FileName::A, FileName::B, FileName::Copy];

/// Copies a folder with all that lies in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// Puts a copy of a file or of a folder in place of what lies at `to`.
pub(crate) fn put_back(from: &Path, to: &Path) {
    if to.is_dir() {
        fs::remove_dir_all(to).unwrap();
    } else if to.exists() {
        fs::remove_file(to).unwrap();
    }
    if from.is_dir() {
        copy(from, to);
    } else {
        fs::copy(from, to).unwrap();
    }
}
