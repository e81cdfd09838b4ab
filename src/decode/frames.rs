//! zstd frames to bytes: any number of frames, skippable ones too, into one window that moves along the export.

use std::io::{ErrorKind as IoError, Read};

use zstd::zstd_safe::{DCtx, DParameter, InBuffer, OutBuffer, get_error_name};

use super::{ErrorKind, Limits};

/// Compressed bytes read at a time.
const INPUT: usize = 128 << 10;
/// Most bytes a zstd block can hold.
const BLOCK: usize = 128 << 10;
/// First size of the output buffer. Small enough to stay in a core's caches next to the zstd window.
const OUTPUT: usize = 1 << 20;
/// Bytes of a block head.
const BLOCK_HEAD: usize = 3;

// Error numbers of zstd, stable since 1.3.1. Calls return them negated.
const WINDOW_TOO_LARGE: usize = 16;
const CHECKSUM_WRONG: usize = 22;
const OUT_OF_MEMORY: usize = 64;

/// Why the bytes end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// After a whole frame.
    Clean,
    /// Not where they should.
    Failed(ErrorKind, String),
}

/// The decompressed bytes of an export, seen through a buffer that holds what has not been consumed.
pub(super) struct Frames<R> {
    reader: R,
    context: DCtx<'static>,
    input: Vec<u8>,
    input_at: usize,
    output: Vec<u8>,
    start: usize,
    filled: usize,
    /// Offset of `start` in the decompressed export.
    offset: u64,
    /// Whether the next input byte starts a frame.
    between: bool,
    /// Frames begun.
    begun: u64,
    /// Input bytes zstd asks for next.
    hint: usize,
    end: Option<End>,
    limit: u64,
}

impl<R: Read> Frames<R> {
    pub(super) fn new(reader: R, limits: &Limits) -> Self {
        let mut frames = Self {
            reader,
            context: DCtx::create(),
            input: Vec::with_capacity(INPUT),
            input_at: 0,
            output: Vec::new(),
            start: 0,
            filled: 0,
            offset: 0,
            between: true,
            begun: 0,
            hint: 0,
            end: None,
            limit: limits.max_export_bytes,
        };
        if frames.context.set_parameter(DParameter::WindowLogMax(limits.max_window_log)).is_err() {
            frames.fail(ErrorKind::Limit, "the window limit is outside what zstd supports");
        }
        frames
    }

    /// Bytes decompressed and not consumed.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.output[self.start..self.filled]
    }

    /// Offset of [`Self::bytes`] in the decompressed export.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Bytes decompressed so far.
    pub(super) fn decompressed(&self) -> u64 {
        self.offset + (self.filled - self.start) as u64
    }

    /// How the bytes ended, once they have.
    pub(super) fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }

    /// Drops the first bytes.
    pub(super) fn consume(&mut self, count: usize) {
        let count = count.min(self.filled - self.start);
        self.start += count;
        self.offset += count as u64;
        // What is left moves to the front once it is less than what was consumed, so that the same few hundred kilobytes
        // are filled again and again; they stay in the core's caches.
        let held = self.filled - self.start;
        if held <= self.start {
            self.output.copy_within(self.start..self.filled, 0);
            (self.start, self.filled) = (0, held);
        }
    }

    /// Decompresses until `count` bytes are there or the bytes end; true when they are there.
    pub(super) fn fill(&mut self, count: usize) -> bool {
        while self.filled - self.start < count && self.end.is_none() {
            self.step();
        }
        self.filled - self.start >= count
    }

    /// One call of zstd, with at most one block of input.
    ///
    /// A call that fails also loses what it decompressed before failing. So a block, the head of the next block and
    /// the checksum each get a call of their own, and everything in front of damage is kept.
    fn step(&mut self) {
        if self.between {
            if !self.begin() {
                return;
            }
        } else if self.input_at == self.input.len() && !self.refill() {
            if self.end.is_none() {
                self.fail(ErrorKind::Truncated, "the file ends inside a zstd frame");
            }
            return;
        }
        self.make_room();
        let ask = if self.hint > BLOCK_HEAD { self.hint - BLOCK_HEAD } else { self.hint.max(1) };
        let available = &self.input[self.input_at..];
        let mut input = InBuffer::around(&available[..ask.min(available.len())]);
        let mut output = OutBuffer::around(&mut self.output[self.filled..]);
        let result = self.context.decompress_stream(&mut output, &mut input);
        let (read, written) = (input.pos(), output.pos());
        self.input_at += read;
        self.filled += written;
        match result {
            Ok(0) => (self.between, self.hint) = (true, 0),
            Ok(hint) => self.hint = hint,
            Err(code) => self.fail_zstd(code),
        }
        if self.decompressed() > self.limit {
            self.filled -= usize::try_from(self.decompressed() - self.limit).unwrap_or_default();
            self.fail(ErrorKind::Limit, "the export decompresses to more bytes than allowed");
        }
    }

    /// Looks at the start of a frame; false when there is none.
    fn begin(&mut self) -> bool {
        while self.input.len() - self.input_at < 4 {
            if !self.refill() {
                break;
            }
        }
        if self.end.is_some() {
            return false;
        }
        let start = &self.input[self.input_at..];
        match start {
            [] if self.begun == 0 => self.fail(ErrorKind::Empty, "the file is empty"),
            [] => self.end = Some(End::Clean),
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
                (self.between, self.hint) = (false, BLOCK_HEAD);
                self.begun += 1;
                return true;
            }
            _ if self.begun > 0 => {
                self.fail(ErrorKind::Corrupt, "bytes that are not zstd follow the last frame");
            }
            _ => {
                let reason = foreign(start);
                self.fail(ErrorKind::NotZstd, reason);
            }
        }
        false
    }

    /// Reads more input behind what is left of it; false at the end of the file or on failure.
    fn refill(&mut self) -> bool {
        self.input.drain(..self.input_at);
        self.input_at = 0;
        let held = self.input.len();
        self.input.resize(INPUT, 0);
        let result = loop {
            match self.reader.read(&mut self.input[held..]) {
                Err(error) if error.kind() == IoError::Interrupted => {}
                result => break result,
            }
        };
        self.input.truncate(held + result.as_ref().map_or(0, |read| *read));
        match result {
            Ok(read) => read > 0,
            Err(error) => {
                let reason = format!("reading failed: {}", error.kind());
                self.fail(ErrorKind::Io, &reason);
                false
            }
        }
    }

    /// Makes room for one block: moves what is held to the front, or grows when that would not help for long.
    fn make_room(&mut self) {
        if self.output.len() - self.filled >= BLOCK {
            return;
        }
        let held = self.filled - self.start;
        self.output.copy_within(self.start..self.filled, 0);
        (self.start, self.filled) = (0, held);
        let size = OUTPUT.max(held + held / 2 + BLOCK);
        if self.output.len() < size {
            self.output.resize(size, 0);
        }
    }

    fn fail(&mut self, kind: ErrorKind, reason: &str) {
        self.end = Some(End::Failed(kind, reason.to_owned()));
    }

    fn fail_zstd(&mut self, code: usize) {
        let kind = match 0usize.wrapping_sub(code) {
            WINDOW_TOO_LARGE => {
                return self.fail(ErrorKind::Limit, "a zstd frame needs a larger window than allowed");
            }
            OUT_OF_MEMORY => ErrorKind::Limit,
            CHECKSUM_WRONG => {
                return self.fail(ErrorKind::Corrupt, "the checksum of a zstd frame does not match its content");
            }
            _ => ErrorKind::Corrupt,
        };
        self.fail(kind, &format!("zstd: {}", get_error_name(code)));
    }
}

/// What a file that is not zstd seems to be.
fn foreign(start: &[u8]) -> &'static str {
    match start {
        [0x1f, 0x8b, ..] => "not zstd: the file is compressed with gzip",
        [b'P', b'K', ..] => "not zstd: the file is a zip archive",
        [b'B', b'Z', b'h', ..] => "not zstd: the file is compressed with bzip2",
        [0xfd, b'7', b'z', b'X', ..] => "not zstd: the file is compressed with xz",
        [b'{' | b'[', ..] => "not zstd: the file looks like JSON",
        [b'<', ..] => "not zstd: the file looks like XML or HTML, perhaps an error page",
        [0xa0..=0xbf, ..] => "not zstd: the file looks like CBOR that is not compressed",
        _ if start.len() < 4 => "not zstd: the file is too short",
        _ => "not zstd: the file starts with other bytes",
    }
}
