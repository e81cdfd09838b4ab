//! Reading an object: the bytes, and beside them what was read and whether all of it was.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use super::{Error, Nature};

/// What is known of a transfer so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transferred {
    /// Compressed bytes read so far.
    pub bytes: u64,
    /// SHA-256 of the compressed object in lower-case hex; only there once the source reached its end and vouched
    /// for it (length and checksums agree).
    pub sha256: Option<String>,
    /// Why reading failed. Then what a decoder made of the bytes must not be kept: a cut object looks like a short
    /// export.
    pub failure: Option<Failure>,
}

/// Why reading failed, in a form that outlives the reader and needs no unwrapping of a decoder's errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What happened, as a clause.
    pub reason: String,
    /// One line on what the user can do.
    pub help: Option<String>,
    /// What reading the object again from its start may bring.
    pub nature: Nature,
}

impl Failure {
    fn of(error: &io::Error) -> Self {
        match Error::from_io(error) {
            Some(error) => Self { reason: error.to_string(), help: error.help(), nature: error.nature() },
            None => Self { reason: error.to_string(), help: None, nature: Nature::Lasting },
        }
    }
}

/// Watches a transfer from outside, wherever its reader has been moved to.
#[derive(Debug, Clone, Default)]
pub struct TransferHandle(Arc<Mutex<Transferred>>);

impl TransferHandle {
    /// The state of the transfer.
    #[must_use]
    pub fn state(&self) -> Transferred {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Transferred> {
        // The state is whole after every statement, so a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A reader that computes the SHA-256 of what passes through.
pub struct Sha256Read<R> {
    inner: R,
    hasher: Sha256,
    handle: TransferHandle,
}

impl<R: Read> Sha256Read<R> {
    /// Wraps a reader.
    #[must_use]
    pub fn new(inner: R) -> Self {
        Self { inner, hasher: Sha256::new(), handle: TransferHandle::default() }
    }

    /// A handle on the result; it may outlive the reader.
    #[must_use]
    pub fn handle(&self) -> TransferHandle {
        self.handle.clone()
    }

    /// Reads what is left, so that the hash covers the whole object also when a decoder stopped early.
    ///
    /// # Errors
    /// When the source fails before its end; see [`super::Error::from_io`].
    pub fn finish(mut self) -> io::Result<Transferred> {
        io::copy(&mut self, &mut io::sink())?;
        Ok(self.handle.state())
    }
}

impl<R: Read> Read for Sha256Read<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        match self.inner.read(buffer) {
            Ok(0) => {
                let mut state = self.handle.lock();
                if state.sha256.is_none() && state.failure.is_none() {
                    state.sha256 = Some(hex::encode(self.hasher.clone().finalize()));
                }
                Ok(0)
            }
            Ok(read) => {
                self.hasher.update(&buffer[..read]);
                self.handle.lock().bytes += read as u64;
                Ok(read)
            }
            Err(error) => {
                if error.kind() != io::ErrorKind::Interrupted {
                    // The first failure is the cause of those that follow.
                    self.handle.lock().failure.get_or_insert_with(|| Failure::of(&error));
                }
                Err(error)
            }
        }
    }
}

/// The bytes of an object.
pub trait Body: Read + Send {
    /// Has somebody told whenever reading waits for bytes that have not come yet. Places that never let a reader wait
    /// for long need not tell.
    fn tell(&mut self, waiting: Arc<dyn Waiting>) {
        let _ = waiting;
    }
}

/// Somebody who has better things to do than to wait.
pub trait Waiting: Send + Sync {
    /// Reading begins to wait.
    fn begins(&self);

    /// Bytes have come, or will not come any more.
    fn ends(&self);
}

/// An object being read.
pub type Opened = Sha256Read<Box<dyn Body>>;

impl Opened {
    /// See [`Body::tell`].
    pub fn tell(&mut self, waiting: Arc<dyn Waiting>) {
        self.inner.tell(waiting);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_there_only_after_the_end() {
        let mut reader = Sha256Read::new(&b"abc"[..]);
        let handle = reader.handle();
        let mut two = [0; 2];
        reader.read_exact(&mut two).unwrap();
        assert_eq!(handle.state(), Transferred { bytes: 2, sha256: None, failure: None });
        let done = reader.finish().unwrap();
        assert_eq!(done.bytes, 3);
        assert_eq!(done.sha256.as_deref(), Some("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
        assert_eq!(handle.state(), done);
    }

    #[test]
    fn a_failed_transfer_never_gets_a_hash() {
        struct Fails;
        impl Read for Fails {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::from(io::ErrorKind::ConnectionReset))
            }
        }
        let mut reader = Sha256Read::new(Fails.chain(&b""[..]));
        let handle = reader.handle();
        assert!(reader.read(&mut [0; 8]).is_err());
        assert!(reader.finish().is_err());
        assert!(handle.state().failure.is_some() && handle.state().sha256.is_none());
    }
}
