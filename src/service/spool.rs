//! Where an answer waits until the store is closed.

use std::{
    fs::File,
    io::{self, Seek as _, Write},
};

use zeroize::Zeroizing;

use crate::crypto::{OneTimeSealer, PIECE_OVERHEAD};

/// So much is kept in memory, in bytes.
const MOST_IN_MEMORY: usize = 64 << 20;

/// The first piece is short, because most answers are.
const FIRST_PIECE: usize = 64 << 10;
const PIECE: usize = 1 << 20;

/// Takes in what is written and gives it out again, once. Up to 64 MiB stay in memory; the rest goes into a file without a
/// name, sealed under a key that only this process has.
pub struct Spool {
    pieces: Vec<Zeroizing<Vec<u8>>>,
    in_memory: usize,
    aside: Option<Aside>,
    most_in_memory: usize,
}

/// What does not stay in memory.
struct Aside {
    file: File,
    sealer: OneTimeSealer,
    /// Length of each sealed piece.
    lens: Vec<usize>,
    /// What is not sealed yet.
    piece: Zeroizing<Vec<u8>>,
}

impl Default for Spool {
    fn default() -> Self {
        Self { pieces: Vec::new(), in_memory: 0, aside: None, most_in_memory: MOST_IN_MEMORY }
    }
}

impl Spool {
    /// Gives out everything that was written, in its order.
    pub fn pour(self, out: &mut dyn Write) -> io::Result<()> {
        for piece in self.pieces {
            out.write_all(&piece)?;
        }
        if let Some(Aside { mut file, mut sealer, lens, piece }) = self.aside {
            file.rewind()?;
            let mut sealed = Zeroizing::new(vec![0; PIECE + PIECE_OVERHEAD]);
            for len in lens {
                let sealed = &mut sealed[..len];
                io::Read::read_exact(&mut file, sealed)?;
                let damaged = |_| io::Error::new(io::ErrorKind::InvalidData, "what was put aside has changed");
                out.write_all(sealer.open(sealed).map_err(damaged)?)?;
            }
            out.write_all(&piece)?;
        }
        Ok(())
    }

    fn keep(&mut self, bytes: &[u8]) -> usize {
        if self.pieces.last().is_none_or(|piece| piece.len() == piece.capacity()) {
            let room = if self.pieces.is_empty() { FIRST_PIECE } else { PIECE };
            self.pieces.push(Zeroizing::new(Vec::with_capacity(room)));
        }
        let piece = self.pieces.last_mut().expect("one was just made sure of");
        let taken = bytes.len().min(piece.capacity() - piece.len());
        piece.extend_from_slice(&bytes[..taken]);
        self.in_memory += taken;
        taken
    }
}

impl Aside {
    /// In the folder for temporary files; nobody else can open it, and it is gone when this process ends.
    fn new() -> io::Result<Self> {
        Ok(Self {
            file: tempfile::tempfile()?,
            sealer: OneTimeSealer::new(),
            lens: Vec::new(),
            piece: Zeroizing::new(Vec::with_capacity(PIECE + PIECE_OVERHEAD)),
        })
    }

    fn keep(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(PIECE - self.piece.len());
        self.piece.extend_from_slice(&bytes[..taken]);
        if self.piece.len() == PIECE {
            self.sealer.seal(&mut self.piece);
            self.file.write_all(&self.piece)?;
            self.lens.push(self.piece.len());
            self.piece.clear();
        }
        Ok(taken)
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.in_memory < self.most_in_memory {
            return Ok(self.keep(bytes));
        }
        if self.aside.is_none() {
            self.aside = Some(Aside::new()?);
        }
        self.aside.as_mut().expect("it was just made").keep(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_comes_out_as_it_went_in() {
        // T12
        let text: Vec<u8> = (0..5 * PIECE + 17).map(|at| (at % 251) as u8).collect();
        for most_in_memory in [0, FIRST_PIECE, 2 * PIECE, MOST_IN_MEMORY] {
            for len in [0, 1, PIECE, PIECE + FIRST_PIECE, text.len()] {
                let mut spool = Spool { most_in_memory, ..Spool::default() };
                text[..len].chunks(100_003).for_each(|part| spool.write_all(part).unwrap());
                let mut out = Vec::new();
                spool.pour(&mut out).unwrap();
                assert!(out == text[..len], "{len} with {most_in_memory}");
            }
        }
    }

    #[test]
    fn what_is_put_aside_cannot_be_read_and_not_be_changed() {
        // T1
        let mut spool = Spool { most_in_memory: 0, ..Spool::default() };
        spool.write_all(&b"s3cret".repeat(PIECE)).unwrap();
        let file = &mut spool.aside.as_mut().unwrap().file;
        file.rewind().unwrap();
        let mut sealed = Vec::new();
        io::Read::read_to_end(file, &mut sealed).unwrap();
        assert!(sealed.len() > 5 * PIECE && memchr::memmem::find(&sealed, b"s3cret").is_none());
        #[cfg(target_os = "linux")]
        assert_eq!(std::os::unix::fs::MetadataExt::nlink(&file.metadata().unwrap()), 0, "it has no name");
        file.rewind().unwrap();
        file.write_all(&[sealed[0] ^ 1]).unwrap();
        assert_eq!(spool.pour(&mut Vec::new()).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
