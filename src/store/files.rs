//! The files of a store that are looked at while the key is derived.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use super::redb_file::RedbFile;
use super::shield::shielded;
use super::{Expect, StoreError, folder};

/// The files of a store that are looked at in another thread.
pub(super) struct Files {
    opened: BTreeMap<PathBuf, Receiver<Result<RedbFile, StoreError>>>,
    // After the receivers: what nobody takes is dropped first, then the thread has nothing to send to.
    thread: Option<thread::JoinHandle<()>>,
}

impl Files {
    /// Starts with each first replica; where writes are expected, the others follow.
    pub(super) fn open(store: &Path, expect: Expect) -> Result<Self, StoreError> {
        let mut wanted = Vec::new();
        let mut opened = BTreeMap::new();
        let partitions = folder::partitions(store)?;
        let names: &[&str] = if expect == Expect::Writes { &["a.redb", "b.redb"] } else { &["a.redb"] };
        for name in names {
            for partition in &partitions {
                let path = folder::of_partition(store, partition)?.join(name);
                if path.exists() {
                    let (send, receive) = mpsc::channel();
                    opened.insert(path.clone(), receive);
                    wanted.push((partition.clone(), path, send));
                }
            }
        }
        let open = move || {
            for (partition, path, send) in wanted {
                let folder = path.parent().map(Path::to_path_buf);
                let file = shielded(&partition, "open a partition", folder.as_deref(), || RedbFile::open(path));
                // Nobody waits for it where the passphrase was wrong.
                if send.send(file).is_err() {
                    break;
                }
            }
        };
        // Where no thread can be started, each file is opened when it is needed.
        let thread = thread::Builder::new().name("open the files".into()).spawn(open).ok();
        if thread.is_none() {
            opened.clear();
        }
        Ok(Self { opened, thread })
    }

    /// The file at `path`, if it was wanted.
    pub(super) fn take(&mut self, path: &Path) -> Option<Result<RedbFile, StoreError>> {
        self.opened.remove(path)?.recv().ok()
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        self.opened.clear();
        if let Some(thread) = self.thread.take() {
            // A file is free only when nobody looks at it any more.
            drop(thread.join());
        }
    }
}
