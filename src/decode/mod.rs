//! Bytes to records: zstd frames, then a CBOR sequence, one record at a time.
//!
//! An export is never held as a whole. [`Decoder`] keeps the zstd window, one record and a few hundred kilobytes, and
//! hands out each record as a borrow of its buffer. Bodies are not looked at, not even for being UTF-8.
//!
//! Damage costs as little as possible and is always reported with its place: a record that makes no sense is skipped,
//! broken CBOR is searched for the next record, and when the compressed stream itself ends early or does not match
//! its checksum, everything in front of the damage has been handed out before the error. The checksum of a frame can
//! only be checked at its end, so records count as verified when no fatal error followed.

mod cbor;
mod error;
mod frames;
mod json;
mod limits;
mod record;
mod resync;
#[cfg(test)]
mod tests;
mod time;
mod wire;

use std::io::Read;

pub use error::{ErrorKind, RecordError};
pub use json::cbor_to_json;
pub use limits::Limits;
pub use record::{Record, Usage};

use cbor::{Fault, Step, Walker};
use frames::{End, Frames};
use resync::FirstKeys;

/// Items in a row that are no records before the bytes count as broken. Zero bytes are valid CBOR, one item each.
const MAX_STRAY: u32 = 16;

/// Reads the records of one export.
pub struct Decoder<R: Read> {
    frames: Frames<R>,
    limits: Limits,
    walker: Walker,
    first: FirstKeys,
    /// Number of the next record.
    number: u64,
    /// Bytes of the record handed out last, still at the front of the buffer.
    spent: usize,
    /// Items in a row that were no records.
    stray: u32,
    finished: bool,
}

impl<R: Read> Decoder<R> {
    /// A decoder of the zstd-compressed CBOR sequence in `reader`. Nothing is read yet.
    pub fn new(reader: R, limits: Limits) -> Self {
        Self {
            frames: Frames::new(reader, &limits),
            limits,
            walker: Walker::new(0, limits.max_record_bytes, limits.max_nesting),
            first: FirstKeys::default(),
            number: 0,
            spent: 0,
            stray: 0,
            finished: false,
        }
    }

    /// Bytes decompressed so far.
    pub fn decompressed_bytes(&self) -> u64 {
        self.frames.decompressed()
    }

    /// The next record, the next thing that could not be read, or none at the end and after a fatal error.
    ///
    /// Errors that are not fatal are about the bytes they name; records follow.
    #[expect(clippy::should_implement_trait, reason = "the record borrows the decoder, which iterators cannot express")]
    pub fn next(&mut self) -> Option<Result<Record<'_>, RecordError>> {
        let size = match self.advance()? {
            Ok(size) => size,
            Err(error) => {
                self.finished |= error.fatal;
                return Some(Err(error));
            }
        };
        let (number, offset) = (self.number, self.frames.offset());
        self.number += 1;
        self.spent = size;
        let raw = &self.frames.bytes()[..size];
        match wire::read(raw, &self.limits) {
            Ok(record) => {
                self.stray = 0;
                self.first.learn(raw);
                Some(Ok(Record { number, offset, size: size as u64, ..record }))
            }
            Err(reason) => {
                self.stray += 1;
                Some(Err(RecordError {
                    kind: ErrorKind::BadRecord,
                    record_number: Some(number),
                    record_id: None,
                    offset,
                    reason: format!("{reason} ({size} bytes skipped)"),
                    fatal: false,
                }))
            }
        }
    }

    /// Brings the next complete item to the front of the buffer and returns its size.
    fn advance(&mut self) -> Option<Result<usize, RecordError>> {
        if self.finished {
            return None;
        }
        self.frames.consume(std::mem::take(&mut self.spent));
        self.walker.restart();
        if self.stray >= MAX_STRAY && self.frames.fill(1) {
            // The front may hold a good record again; then nothing is skipped and nothing is reported.
            let error = self.recover(0, ErrorKind::BadRecord, "too many items that are not records".to_owned());
            if error.fatal || self.frames.offset() > error.offset {
                return Some(Err(error));
            }
        }
        loop {
            match self.walker.walk(self.frames.bytes()) {
                Ok(Step::Done(size)) => return Some(Ok(size)),
                Ok(Step::Need(count)) => {
                    if !self.frames.fill(count) {
                        return self.ended(count);
                    }
                }
                Err(fault) => {
                    let (kind, reason) = self.describe(fault);
                    return Some(Err(self.recover(1, kind, reason)));
                }
            }
        }
    }

    /// The bytes ended where at least `needed` bytes of a record were expected.
    fn ended(&mut self, needed: usize) -> Option<Result<usize, RecordError>> {
        let held = self.frames.bytes().len();
        let (kind, mut reason) = match self.frames.end() {
            Some(End::Failed(kind, reason)) => (*kind, reason.clone()),
            _ if held == 0 => {
                self.finished = true;
                return None;
            }
            _ => {
                // The compressed stream is whole, so a wrong length is as likely as a missing end.
                let reason = format!("the record ends early: {held} of at least {needed} bytes");
                return Some(Err(self.recover(1, ErrorKind::Truncated, reason)));
            }
        };
        if held > 0 {
            reason.push_str(&format!("; {held} bytes of an incomplete record are lost"));
        }
        Some(Err(RecordError { fatal: true, ..self.error(kind, reason) }))
    }

    /// Skips from a broken record to the next good one, at least `skip` bytes on.
    fn recover(&mut self, skip: usize, kind: ErrorKind, reason: String) -> RecordError {
        let mut error = self.error(kind, reason);
        let found = resync::resync(&mut self.frames, skip, self.first, &self.limits);
        let skipped = self.frames.offset() - error.offset;
        self.number += u64::from(skipped > 0);
        self.stray = 0;
        let failed = matches!(self.frames.end(), Some(End::Failed(..))) && self.frames.bytes().is_empty();
        // When the stream itself failed, that is reported next, as the fatal error.
        error.fatal = !found && !failed;
        error.reason.push_str(&match found {
            true => format!("; {skipped} bytes skipped up to the next record"),
            false => format!("; no further record found in the {skipped} bytes searched"),
        });
        error
    }

    /// An error about the record at the front of the buffer.
    fn error(&self, kind: ErrorKind, reason: String) -> RecordError {
        RecordError {
            kind,
            record_number: (!self.frames.bytes().is_empty()).then_some(self.number),
            record_id: wire::peek_id(self.frames.bytes()),
            offset: self.frames.offset(),
            reason,
            fatal: false,
        }
    }

    fn describe(&self, fault: Fault) -> (ErrorKind, String) {
        match fault {
            Fault::Bad(what, at) => (ErrorKind::BadRecord, format!("not CBOR: {what} at byte {at} of the record")),
            Fault::TooDeep(at) => {
                let max = self.limits.max_nesting;
                (ErrorKind::Limit, format!("nested deeper than {max} at byte {at} of the record"))
            }
            Fault::TooLarge(at) => {
                let max = self.limits.max_record_bytes;
                (ErrorKind::Limit, format!("larger than {max} bytes by the length at byte {at} of the record"))
            }
        }
    }
}
