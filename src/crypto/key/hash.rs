//! Digests, of what is in memory and of what is not.

use std::{
    io::{self, Read},
    ops::ControlFlow,
};

use aws_lc_rs::digest::{self as library, Context};
use zeroize::Zeroizing;

use crate::domain::Hash;

/// What is read at a time.
const CHUNK: usize = 256 * 1024;

/// The digest of these bytes.
pub fn digest(hash: Hash, bytes: &[u8]) -> Vec<u8> {
    library::digest(algorithm(hash), bytes).as_ref().to_vec()
}

/// The digest of all that is left to read, however much that is. After each part `progress` hears how many bytes were
/// read so far; when it answers to break off, there is no digest.
pub fn hash_stream(
    hash: Hash,
    mut input: impl Read,
    mut progress: impl FnMut(u64) -> ControlFlow<()>,
) -> io::Result<Option<Vec<u8>>> {
    let mut context = Context::new(algorithm(hash));
    let mut chunk = Zeroizing::new(vec![0; CHUNK]);
    let mut done = 0;
    loop {
        let read = match input.read(&mut chunk) {
            Ok(0) => return Ok(Some(context.finish().as_ref().to_vec())),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        context.update(&chunk[..read]);
        done += read as u64;
        if progress(done).is_break() {
            return Ok(None);
        }
    }
}

pub(super) const fn algorithm(hash: Hash) -> &'static library::Algorithm {
    match hash {
        Hash::Sha1 => &library::SHA1_FOR_LEGACY_USE_ONLY,
        Hash::Sha256 => &library::SHA256,
        Hash::Sha384 => &library::SHA384,
        Hash::Sha512 => &library::SHA512,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_has_the_digest_of_its_bytes_and_tells_how_far_it_is() {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 77] {
            let bytes: Vec<u8> = (0..length).map(|at| at as u8).collect();
            for hash in [Hash::Sha1, Hash::Sha256, Hash::Sha384, Hash::Sha512] {
                let mut heard = Vec::new();
                let streamed = hash_stream(hash, &*bytes, |done| {
                    heard.push(done);
                    ControlFlow::Continue(())
                });
                assert_eq!(streamed.unwrap(), Some(digest(hash, &bytes)));
                assert!(heard.is_sorted() && heard.last().copied().unwrap_or(0) == length as u64);
                assert_eq!(digest(hash, &bytes).len(), hash.bytes());
            }
        }
    }

    #[test]
    fn a_stream_that_is_broken_off_has_no_digest() {
        let endless = io::repeat(7);
        let mut parts = 0;
        let streamed = hash_stream(Hash::Sha256, endless, |_| {
            parts += 1;
            if parts == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!((streamed.unwrap(), parts), (None, 3));
    }

    #[test]
    fn a_stream_that_fails_is_an_error() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::PermissionDenied.into())
            }
        }
        assert!(hash_stream(Hash::Sha256, Broken, |_| ControlFlow::Continue(())).is_err());
    }
}
