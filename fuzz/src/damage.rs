//! The files of a store, damaged: what is shown of it is what was in it, or nothing (T3).

use std::{
    cell::RefCell,
    fs,
    path::{Path, PathBuf},
};

use tresor::{
    crypto::Passphrase,
    store::{Key, Partition, Store, StoreError, Table},
};

/// A store as format 1 writes it, with two partitions.
const FILES: [(&str, &[u8]); 5] = [
    ("tresor.header", include_bytes!("../../tests/golden/v1/tresor.header")),
    ("westeurope/a.redb", include_bytes!("../../tests/golden/v1/westeurope/a.redb")),
    ("westeurope/mark", include_bytes!("../../tests/golden/v1/westeurope/mark")),
    ("global/a.redb", include_bytes!("../../tests/golden/v1/global/a.redb")),
    ("global/mark", include_bytes!("../../tests/golden/v1/global/mark")),
];

const PASSPHRASE: &str = "golden passphrase of format 1";

/// More changes in one input only make what a few of them do harder to see.
const MOST_CHANGES: usize = 16;

thread_local! {
    static COPY: RefCell<Option<Copy>> = const { RefCell::new(None) };
}

/// A copy of the store on the disk, whole between two readings.
struct Copy {
    folder: PathBuf,
    seen: Vec<Option<Vec<u8>>>,
}

impl Copy {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("tresor-fuzz-{}", std::process::id()));
        for (name, content) in FILES {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().expect("it lies in the folder")).expect("a folder is made");
            fs::write(path, content).expect("a file is written");
        }
        let seen = see(&folder).expect("the store is whole");
        Self { folder, seen }
    }
}

/// Changes the files as told and opens the store.
pub(crate) fn open(data: &[u8]) {
    COPY.with_borrow_mut(|copy| {
        let copy = copy.get_or_insert_with(Copy::new);
        let mut changed: [Option<Vec<u8>>; FILES.len()] = Default::default();
        let mut rest = data;
        for _ in 0..MOST_CHANGES {
            let Some(change) = Change::read(&mut rest) else { break };
            let content = changed[change.file].get_or_insert_with(|| FILES[change.file].1.to_vec());
            change.make(content);
        }
        let paths = FILES.map(|(name, _)| copy.folder.join(name));
        for (path, content) in paths.iter().zip(&changed) {
            if let Some(content) = content {
                fs::write(path, content).expect("a file is written");
            }
        }
        match see(&copy.folder) {
            Ok(seen) => assert!(seen == copy.seen, "what is shown was in the store"),
            Err(StoreError::Damaged { .. } | StoreError::Lost { .. } | StoreError::NewerFormat { .. }) => {}
            Err(error) => panic!("damage is told as such, not as: {error}"),
        }
        for ((path, content), (_, original)) in paths.iter().zip(&changed).zip(FILES) {
            if let Some(content) = content {
                let now = fs::read(path).expect("it was not removed");
                assert!(now == *content, "opening changes no file");
                fs::write(path, original).expect("a file is written");
            }
        }
    });
}

/// All that can be read of the store.
fn see(folder: &Path) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
    let store = Store::open(folder, &Passphrase::new(PASSPHRASE.to_owned()))?;
    let west: Partition = "westeurope".parse().expect("a name of a partition");
    let mut seen = vec![Some(store.profile().to_vec())];
    for partition in [Partition::GLOBAL, west] {
        store.serves(&partition)?;
        let mut items = Vec::new();
        store.scan_items(&partition, |body| -> Result<(), StoreError> {
            items.push(Some(body.to_vec()));
            Ok(())
        })?;
        items.sort();
        seen.append(&mut items);
        for name in ["one", "zwei ü", "three", "settings"] {
            let value = store.read(&partition, Table::Values, &Key::of(&[b"vault", name.as_bytes()]))?;
            seen.push(value.map(|value| value.to_vec()));
        }
        seen.extend(store.recent_activity(&partition, 9)?.iter().map(|chunk| Some(chunk.to_vec())));
    }
    Ok(seen)
}

/// `u8(file) || u8(what is done) || u24(where) || u8(how much)`, and of some as many bytes.
struct Change<'a> {
    file: usize,
    what: u8,
    at: usize,
    len: usize,
    bytes: &'a [u8],
}

impl<'a> Change<'a> {
    fn read(rest: &mut &'a [u8]) -> Option<Self> {
        let (&[file, what, a, b, c, len], after) = rest.split_first_chunk()?;
        let (what, len) = (what % 6, usize::from(len));
        let given = if what < 2 { len.min(after.len()) } else { 0 };
        let (bytes, after) = after.split_at(given);
        *rest = after;
        let at = u32::from_le_bytes([a, b, c, 0]) as usize;
        Some(Self { file: usize::from(file) % FILES.len(), what, at, len, bytes })
    }

    fn make(&self, content: &mut Vec<u8>) {
        let size = content.len();
        if size == 0 {
            return;
        }
        let at = self.at % size;
        let end = size.min(at + self.len);
        match self.what {
            0 => content[at..].iter_mut().zip(self.bytes).for_each(|(byte, other)| *byte ^= other),
            1 => content[at..].iter_mut().zip(self.bytes).for_each(|(byte, new)| *byte = *new),
            2 => content.truncate(at),
            3 => content[at..end].fill(0),
            // Within the file, in pages: as a disk confuses them.
            4 => {
                let (page, from) = (at & !4095, self.len * 4096 % size);
                let to = size.min(page + 4096).min(page + size - from);
                content.copy_within(from..from + to - page, page);
            }
            _ => content.extend_from_slice(&FILES[self.file].1[..self.len.min(size)]),
        }
    }
}
