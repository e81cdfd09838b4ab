//! One object as a stream of bytes that survives broken connections.
//!
//! The SDK repeats requests that fail before an answer. What it does not do is go on with a body that breaks off, so
//! that is done here: the rest is asked for with a range from the bytes already handed on, under `If-Match`, so that
//! two versions of an object are never stitched together. The length and the object's own checksum, where the server
//! has one of the whole object, are compared at the end, over all parts together.

use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::types::{ChecksumMode, ChecksumType, RequestPayer};
use aws_smithy_checksums::ChecksumAlgorithm;
use aws_smithy_checksums::http::HttpChecksum;
use bytes::{Buf, Bytes};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::AbortHandle;

use super::Stop;
use super::failure::{S3Error, S3ErrorKind};
use crate::acquire::{Body, Budget, Error, Waiting};

/// Bytes between network and reader. This bounds the memory of a transfer and holds the network back when the reader is
/// slow. One piece is what the connection gives at once, at most about 400 KB.
const AHEAD: u32 = 1024 * 1024;
/// Pieces between network and reader: a limit for those of a few bytes.
const PIECES: usize = 64;

/// New bytes that make a resumption count as progress. Without a minimum, a server could keep us for ever with one
/// byte per connection.
const PROGRESS: u64 = 1024 * 1024;

const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// What to fetch.
pub(super) struct Download {
    pub(super) client: Client,
    pub(super) bucket: String,
    pub(super) key: String,
    pub(super) etag: Option<String>,
    pub(super) size: u64,
    pub(super) payer: Option<RequestPayer>,
    /// Resumptions in a row that may bring less than [`PROGRESS`].
    pub(super) attempts: u32,
    /// Resumptions of all transfers together.
    pub(super) budget: Budget,
    pub(super) action: String,
    /// What is left of [`AHEAD`].
    pub(super) room: Arc<Semaphore>,
}

impl Download {
    /// Room for what is read ahead.
    pub(super) fn room() -> Arc<Semaphore> {
        Arc::new(Semaphore::new(AHEAD as usize))
    }
}

enum Piece {
    Started,
    /// With its share of [`AHEAD`].
    Bytes(Bytes, OwnedSemaphorePermit),
    End,
}

type Sender = mpsc::Sender<Result<Piece, S3Error>>;

/// Starts a download on the runtime and waits until the server has agreed to it.
pub(super) fn start(download: Download, runtime: &Handle, stop: &Stop) -> Result<Box<dyn Body>, Error> {
    let (sender, receiver) = mpsc::channel(PIECES);
    let stopped = stop.wait();
    let task = runtime.spawn(async move {
        let work = async {
            let result = download.run(&sender).await;
            // The reader may be gone; then nobody wants to know.
            let _ = sender.send(result.map(|()| Piece::End)).await;
        };
        tokio::select! {
            () = work => {}
            () = stopped => {}
        }
    });
    let task = task.abort_handle();
    let mut reader = ChannelReader { receiver, current: Bytes::new(), share: None, ended: false, task, waiting: None };
    match reader.next() {
        Ok(_) => Ok(Box::new(reader)),
        Err(error) => Err(error),
    }
}

impl Download {
    async fn run(mut self, sender: &Sender) -> Result<(), S3Error> {
        let mut received = 0;
        let budget = self.budget.clone();
        let mut patience = Patience { attempts: self.attempts, in_a_row: 0, last: 0, budget };
        let mut check = None;
        loop {
            let answer = match self.request(received).await {
                Ok(answer) => answer,
                Err(error) if received > 0 && error.is_transient() && error.kind != S3ErrorKind::Changed => {
                    let Some(pause) = patience.pause(received) else {
                        return Err(error);
                    };
                    tokio::time::sleep(pause).await;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let skip = self.agree(&answer, received)?;
            if received == 0 && check.is_none() {
                check = Check::of(&answer);
                self.etag = self.etag.take().or_else(|| answer.e_tag.clone());
                if sender.send(Ok(Piece::Started)).await.is_err() {
                    return Ok(());
                }
            }
            if !self.pass_on(answer, skip, &mut received, &mut check, sender).await {
                return Ok(());
            }
            if received == self.size {
                if check.is_some_and(|check| !check.agrees()) {
                    return Err(self.error(S3ErrorKind::Corrupted));
                }
                self.budget.earn();
                return Ok(());
            }
            let Some(pause) = patience.pause(received) else {
                return Err(self.error(S3ErrorKind::Cut { received, size: self.size }));
            };
            tokio::time::sleep(pause).await;
        }
    }

    async fn request(&self, from: u64) -> Result<GetObjectOutput, S3Error> {
        self.client
            .get_object()
            .bucket(&self.bucket)
            .key(&self.key)
            .set_if_match(self.etag.clone())
            .set_range((from > 0).then(|| format!("bytes={from}-")))
            .set_request_payer(self.payer.clone())
            .checksum_mode(ChecksumMode::Enabled)
            .send()
            .await
            .map_err(|e| S3Error::of(&self.action, S3ErrorKind::ReadDenied, &e))
    }

    /// Checks that the answer belongs to the object and the place asked for. A server that ignores ranges sends the
    /// whole object; the result is how many bytes of the answer were already handed on.
    fn agree(&self, answer: &GetObjectOutput, from: u64) -> Result<u64, S3Error> {
        if let (Some(wanted), Some(got)) = (&self.etag, &answer.e_tag)
            && bare(wanted) != bare(got)
        {
            return Err(self.error(S3ErrorKind::Changed));
        }
        let place = match answer.content_range.as_deref() {
            Some(range) => content_range(range),
            None => answer.content_length.and_then(|length| Some((0, u64::try_from(length).ok()?))),
        };
        let (first, total) = place.ok_or_else(|| self.error(S3ErrorKind::Nonsense("it does not tell its length")))?;
        if total != self.size {
            return Err(self.error(S3ErrorKind::Changed));
        }
        from.checked_sub(first).ok_or_else(|| self.error(S3ErrorKind::Nonsense("its range starts too late")))
    }

    /// Hands on the bytes of one answer until it ends or breaks; false when nobody reads any more.
    async fn pass_on(
        &self,
        mut answer: GetObjectOutput,
        mut skip: u64,
        received: &mut u64,
        check: &mut Option<Check>,
        sender: &Sender,
    ) -> bool {
        while *received < self.size {
            let Some(Ok(mut bytes)) = answer.body.next().await else {
                return true;
            };
            let drop = skip.min(bytes.len() as u64);
            bytes.advance(drop as usize);
            skip -= drop;
            bytes.truncate(usize::try_from(self.size - *received).unwrap_or(usize::MAX));
            if bytes.is_empty() {
                continue;
            }
            if let Some(check) = check {
                check.hasher.update(&bytes);
            }
            *received += bytes.len() as u64;
            let share = u32::try_from(bytes.len()).unwrap_or(AHEAD).min(AHEAD);
            let Ok(share) = Arc::clone(&self.room).acquire_many_owned(share).await else { return false };
            if sender.send(Ok(Piece::Bytes(bytes, share))).await.is_err() {
                return false;
            }
        }
        true
    }

    fn error(&self, kind: S3ErrorKind) -> S3Error {
        S3Error::new(&self.action, kind)
    }
}

/// An ETag without its quotes and its mark of weakness: services do not agree on them between listing and reading.
fn bare(etag: &str) -> &str {
    etag.trim_start_matches("W/").trim_matches('"')
}

/// `bytes 5-9/10` as the first position and the total length.
fn content_range(text: &str) -> Option<(u64, u64)> {
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    Some((range.split_once('-')?.0.parse().ok()?, total.parse().ok()?))
}

/// The checksum the server keeps of the object, and ours of the bytes so far.
struct Check {
    expected: String,
    hasher: Box<dyn HttpChecksum>,
}

impl Check {
    /// None when the server has no checksum of the whole object: those of multipart uploads may be checksums of the
    /// parts' checksums, which end in `-<parts>`.
    fn of(answer: &GetObjectOutput) -> Option<Self> {
        if answer.checksum_type == Some(ChecksumType::Composite) {
            return None;
        }
        let known = [
            (&answer.checksum_sha256, ChecksumAlgorithm::Sha256),
            (&answer.checksum_crc64_nvme, ChecksumAlgorithm::Crc64Nvme),
            (&answer.checksum_crc32_c, ChecksumAlgorithm::Crc32c),
            (&answer.checksum_crc32, ChecksumAlgorithm::Crc32),
            (&answer.checksum_sha1, ChecksumAlgorithm::Sha1),
        ];
        let (expected, algorithm) =
            known.into_iter().find_map(|(value, algorithm)| Some((value.as_ref()?, algorithm)))?;
        (!expected.contains('-')).then(|| Self { expected: expected.clone(), hasher: algorithm.into_impl() })
    }

    fn agrees(self) -> bool {
        self.hasher.header_value().as_bytes() == self.expected.as_bytes()
    }
}

/// How often a transfer is resumed, and after what pause.
struct Patience {
    attempts: u32,
    in_a_row: u32,
    last: u64,
    budget: Budget,
}

impl Patience {
    /// The pause before the next attempt; `None` when there is none left. The pause is random between nothing and a
    /// limit that doubles, so that many clients do not come back in step.
    fn pause(&mut self, received: u64) -> Option<Duration> {
        if received - self.last >= PROGRESS {
            self.in_a_row = 0;
            self.last = received;
            self.budget.earn();
        }
        if self.in_a_row == self.attempts || !self.budget.spend() {
            return None;
        }
        let limit = FIRST_PAUSE.saturating_mul(1 << self.in_a_row.min(10)).min(LONGEST_PAUSE);
        self.in_a_row += 1;
        Some(limit.mul_f64(fastrand::f64()))
    }
}

/// The receiving end, for a blocking thread.
struct ChannelReader {
    receiver: mpsc::Receiver<Result<Piece, S3Error>>,
    current: Bytes,
    share: Option<OwnedSemaphorePermit>,
    ended: bool,
    task: AbortHandle,
    waiting: Option<Arc<dyn Waiting>>,
}

impl ChannelReader {
    fn next(&mut self) -> Result<Piece, Error> {
        let piece = match self.receiver.try_recv() {
            Ok(piece) => Some(piece),
            Err(mpsc::error::TryRecvError::Disconnected) => None,
            Err(mpsc::error::TryRecvError::Empty) => {
                self.waiting.iter().for_each(|waiting| waiting.begins());
                let piece = futures::executor::block_on(self.receiver.recv());
                self.waiting.iter().for_each(|waiting| waiting.ends());
                piece
            }
        };
        // Silence without an end means that the client was stopped or the runtime shut down.
        Ok(piece.ok_or(Error::Stopped)??)
    }
}

impl Body for ChannelReader {
    fn tell(&mut self, waiting: Arc<dyn Waiting>) {
        self.waiting = Some(waiting);
    }
}

impl Read for ChannelReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() && !self.ended {
            // What was read leaves memory before the next piece comes.
            (self.current, self.share) = (Bytes::new(), None);
            match self.next() {
                Ok(Piece::Bytes(bytes, share)) => (self.current, self.share) = (bytes, Some(share)),
                Ok(Piece::Started) => {}
                Ok(Piece::End) => self.ended = true,
                Err(error) => return Err(io::Error::other(error)),
            }
        }
        let length = buffer.len().min(self.current.len());
        self.current.split_to(length).copy_to_slice(&mut buffer[..length]);
        Ok(length)
    }
}

impl Drop for ChannelReader {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_ranges_are_read_strictly() {
        assert_eq!(content_range("bytes 5-9/10"), Some((5, 10)));
        for bad in ["5-9/10", "bytes 5-9", "bytes 5-9/*", "bytes -9/10", "bytes x-9/10"] {
            assert_eq!(content_range(bad), None, "{bad}");
        }
    }

    #[test]
    fn patience_ends_without_progress_and_is_renewed_by_it() {
        let mut patience = Patience { attempts: 20, in_a_row: 0, last: 0, budget: Budget::new(100) };
        for _ in 0..20 {
            assert!(patience.pause(10).unwrap() <= LONGEST_PAUSE);
        }
        assert_eq!(patience.pause(PROGRESS - 1), None);
        assert!(patience.pause(PROGRESS).is_some());
    }

    #[test]
    fn transfers_that_all_fail_use_up_what_they_have_together() {
        let budget = Budget::new(3);
        let of = |budget: &Budget| Patience { attempts: 2, in_a_row: 0, last: 0, budget: budget.clone() };
        let (mut first, mut second) = (of(&budget), of(&budget));
        assert!(first.pause(1).is_some() && first.pause(1).is_some() && first.pause(1).is_none());
        assert!(second.pause(1).is_some() && second.pause(1).is_none());
        budget.earn();
        assert!(of(&budget).pause(1).is_some());
    }
}
