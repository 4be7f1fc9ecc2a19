//! A file that notices when somebody else writes to it.
//!
//! redb compares the checksums of its pages when it is told to, and not when it reads them; a page that is damaged while
//! the file is open would lead it astray. So each block is remembered by a hash when it is first read or written, and what
//! reads differently later is an error of the disk.

use std::fmt;
use std::fs::File;
use std::hash::{BuildHasher as _, Hasher as _};
use std::io;
use std::sync::{Arc, PoisonError, RwLock};

use foldhash::quality::RandomState;
use redb::StorageBackend;
use redb::backends::FileBackend;

const BLOCK_LEN: usize = 4096;
const BLOCK: u64 = BLOCK_LEN as u64;

/// What the blocks of a file are known to hold, whichever handle on it is open.
#[derive(Default)]
pub(super) struct Blocks {
    hasher: RandomState,
    /// By number; zero where nothing is known.
    known: RwLock<Vec<u64>>,
}

impl Blocks {
    fn hash(&self, block: &[u8]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(block);
        hasher.finish().max(1)
    }

    fn known(&self, number: u64) -> u64 {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        usize::try_from(number).ok().and_then(|at| known.get(at)).copied().unwrap_or_default()
    }

    fn set(&self, number: u64, hash: u64) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let Ok(at) = usize::try_from(number) else { return };
        if known.len() <= at {
            known.resize(at + 1, 0);
        }
        known[at] = hash;
    }

    /// Forgets what lies at or behind `len`.
    fn cut(&self, len: u64) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.truncate(usize::try_from(len / BLOCK).unwrap_or(usize::MAX));
    }
}

/// A file for redb.
pub(super) struct GuardedFile {
    file: FileBackend,
    blocks: Arc<Blocks>,
}

impl GuardedFile {
    /// Watches over a file that nobody else writes to.
    pub(super) fn new(file: File, blocks: Arc<Blocks>) -> io::Result<Self> {
        Ok(Self { file: FileBackend::new(file).map_err(io::Error::other)?, blocks })
    }

    /// Reads every block that is known, and compares it.
    pub(super) fn compare(file: &File, blocks: &Blocks) -> io::Result<()> {
        use std::io::{Read as _, Seek as _};
        let mut file = file;
        file.rewind()?;
        let count = blocks.known.read().unwrap_or_else(PoisonError::into_inner).len();
        let mut reader = io::BufReader::with_capacity(64 * BLOCK_LEN, &mut file);
        let mut block = [0; BLOCK_LEN];
        for number in 0..count as u64 {
            let known = blocks.known(number);
            reader.read_exact(&mut block)?;
            if known != 0 && blocks.hash(&block) != known {
                return Err(changed());
            }
        }
        Ok(())
    }

    /// What a block will be when `part` is written into it. The rest of it has to be as it was left, or it would be taken for ours.
    fn joined(&self, number: u64, within: usize, part: &[u8]) -> io::Result<u64> {
        let mut block = [0; BLOCK_LEN];
        if self.file.len()? < (number + 1) * BLOCK {
            // It ends within this block, of which nothing is known until it is read as a whole.
            return Ok(0);
        }
        self.file.read(number * BLOCK, &mut block)?;
        self.check(number, &block)?;
        block[within..within + part.len()].copy_from_slice(part);
        Ok(self.blocks.hash(&block))
    }

    fn check(&self, number: u64, block: &[u8]) -> io::Result<()> {
        let hash = self.blocks.hash(block);
        match self.blocks.known(number) {
            0 => self.blocks.set(number, hash),
            known if known == hash => {}
            _ => return Err(changed()),
        }
        Ok(())
    }
}

impl StorageBackend for GuardedFile {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.file.read(offset, out)?;
        for (number, within, part) in parts(offset, out.len()) {
            let is_whole = within == 0 && part.len() == BLOCK_LEN;
            if is_whole {
                self.check(number, &out[part])?;
            } else if self.blocks.known(number) != 0 {
                let mut block = [0; BLOCK_LEN];
                self.file.read(number * BLOCK, &mut block)?;
                self.check(number, &block)?;
            }
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.file.set_len(len)?;
        self.blocks.cut(len);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut hashes = Vec::with_capacity(data.len() / BLOCK_LEN + 2);
        for (number, within, part) in parts(offset, data.len()) {
            let is_whole = within == 0 && part.len() == BLOCK_LEN;
            hashes.push((
                number,
                if is_whole { self.blocks.hash(&data[part]) } else { self.joined(number, within, &data[part])? },
            ));
        }
        self.file.write(offset, data)?;
        for (number, hash) in hashes {
            self.blocks.set(number, hash);
        }
        Ok(())
    }

    fn close(&self) -> io::Result<()> {
        self.file.close()
    }
}

impl fmt::Debug for GuardedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedFile").finish_non_exhaustive()
    }
}

fn changed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "somebody else wrote to the file")
}

/// The blocks that `len` bytes at `offset` lie in: number, where within the block, and which of the bytes.
pub(super) fn parts(offset: u64, len: usize) -> impl Iterator<Item = (u64, usize, std::ops::Range<usize>)> {
    let mut done = 0;
    std::iter::from_fn(move || {
        if len <= done {
            return None;
        }
        let at = offset + done as u64;
        let within = (at % BLOCK) as usize;
        let part = done..len.min(done + BLOCK_LEN - within);
        done = part.end;
        Some((at / BLOCK, within, part))
    })
}
