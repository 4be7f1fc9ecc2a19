//! A file that can be written to without being changed.
//!
//! redb writes when it opens a file: a flag, and all that mending needs after a crash. Opening a store must change
//! nothing, least of all one that turns out to be damaged, so until the first commit redb gets this instead of the file.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use redb::StorageBackend;

use super::guard::{GuardedFile, parts};

const PAGE_LEN: usize = 4096;

/// Reads from a file, and keeps what is written in memory.
pub(super) struct Overlay {
    beneath: GuardedFile,
    above: RwLock<Above>,
}

struct Above {
    len: u64,
    /// How much of the file still shows where no page covers it.
    beneath_len: u64,
    pages: BTreeMap<u64, Box<[u8; PAGE_LEN]>>,
}

impl Overlay {
    /// Over a file that need not be writable.
    pub(super) fn new(beneath: GuardedFile) -> io::Result<Self> {
        let len = beneath.len()?;
        Ok(Self { beneath, above: RwLock::new(Above { len, beneath_len: len, pages: BTreeMap::new() }) })
    }

    // A panic elsewhere leaves whole pages behind: each is replaced in one step.
    fn above(&self) -> RwLockReadGuard<'_, Above> {
        self.above.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn above_mut(&self) -> RwLockWriteGuard<'_, Above> {
        self.above.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads from the file what it has of `out` at `offset`; the rest is zero.
    fn read_beneath(&self, beneath_len: u64, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let there = beneath_len.saturating_sub(offset).min(out.len() as u64) as usize;
        let (file, zeros) = out.split_at_mut(there);
        zeros.fill(0);
        if file.is_empty() { Ok(()) } else { self.beneath.read(offset, file) }
    }
}

impl StorageBackend for Overlay {
    fn len(&self) -> io::Result<u64> {
        Ok(self.above().len)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let above = self.above();
        let end = offset.checked_add(out.len() as u64).filter(|&end| end <= above.len);
        let end = end.ok_or(io::ErrorKind::UnexpectedEof)?;
        if above.pages.range(offset / PAGE_LEN as u64..end.div_ceil(PAGE_LEN as u64)).next().is_none() {
            return self.read_beneath(above.beneath_len, offset, out);
        }
        for (page, within, part) in parts(offset, out.len()) {
            let out = &mut out[part];
            match above.pages.get(&page) {
                Some(bytes) => out.copy_from_slice(&bytes[within..within + out.len()]),
                None => self.read_beneath(above.beneath_len, page * PAGE_LEN as u64 + within as u64, out)?,
            }
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut above = self.above_mut();
        if len < above.len {
            above.beneath_len = above.beneath_len.min(len);
            above.pages.split_off(&len.div_ceil(PAGE_LEN as u64));
            let within = (len % PAGE_LEN as u64) as usize;
            if let Some(last) = above.pages.get_mut(&(len / PAGE_LEN as u64)) {
                last[within..].fill(0);
            }
        }
        above.len = len;
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut above = self.above_mut();
        offset.checked_add(data.len() as u64).filter(|&end| end <= above.len).ok_or(io::ErrorKind::UnexpectedEof)?;
        for (page, within, part) in parts(offset, data.len()) {
            let data = &data[part];
            let mut bytes = above.pages.remove(&page);
            if bytes.is_none() {
                let mut read = Box::new([0; PAGE_LEN]);
                self.read_beneath(above.beneath_len, page * PAGE_LEN as u64, &mut *read)?;
                bytes = Some(read);
            }
            let mut bytes = bytes.expect("filled just above");
            bytes[within..within + data.len()].copy_from_slice(data);
            above.pages.insert(page, bytes);
        }
        Ok(())
    }

    fn close(&self) -> io::Result<()> {
        self.beneath.close()
    }
}

impl fmt::Debug for Overlay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Overlay").field("len", &self.above().len).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Write as _;
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Step {
        Read(u64, usize),
        SetLen(u64),
        Write(u64, Vec<u8>),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0_u64..20_000, 0_usize..9_000).prop_map(|(at, len)| Step::Read(at, len)),
            (0_u64..25_000).prop_map(Step::SetLen),
            (0_u64..20_000, prop::collection::vec(any::<u8>(), 0..9_000)).prop_map(|(at, data)| Step::Write(at, data)),
        ]
    }

    proptest! {
        #[test]
        fn an_overlay_behaves_as_the_file_would_and_leaves_it_alone(steps in prop::collection::vec(step(), 1..20)) {
            let content: Vec<u8> = (0..10_000_u32).map(|n| n.to_le_bytes()[0] | 1).collect();
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(&content).unwrap();
            let beneath = GuardedFile::new(File::open(file.path()).unwrap(), Arc::default()).unwrap();
            let overlay = Overlay::new(beneath).unwrap();
            let mut model = content.clone();
            for step in steps {
                match step {
                    Step::Read(at, len) => {
                        let mut read = vec![0xAA; len];
                        let at_usize = at as usize;
                        match model.get(at_usize..at_usize + len) {
                            Some(expected) => {
                                overlay.read(at, &mut read).unwrap();
                                prop_assert_eq!(read, expected);
                            }
                            None => prop_assert!(overlay.read(at, &mut read).is_err()),
                        }
                    }
                    Step::SetLen(len) => {
                        overlay.set_len(len).unwrap();
                        model.resize(len as usize, 0);
                    }
                    Step::Write(at, data) => {
                        let at_usize = at as usize;
                        match model.get_mut(at_usize..at_usize + data.len()) {
                            Some(place) => {
                                overlay.write(at, &data).unwrap();
                                place.copy_from_slice(&data);
                            }
                            None => prop_assert!(overlay.write(at, &data).is_err()),
                        }
                    }
                }
                prop_assert_eq!(overlay.len().unwrap(), model.len() as u64);
            }
            prop_assert_eq!(std::fs::read(file.path()).unwrap(), content);
        }
    }
}
