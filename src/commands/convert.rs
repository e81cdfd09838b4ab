//! Converts one export: source → decode → normalise → lake.

use std::io::Read;

use crate::acquire::{Error as AcquireError, Identity, Object, Origin, Source};
use crate::decode::{Decoder, Limits};
use crate::lake::{Committed, LedgerEntry, Origin as FileOrigin, Writer};
use crate::normalise::{Normaliser, Options};
use crate::outcome::{ExportStats, Problem};
use crate::progress::Progress;
use crate::tables::{Row, Rows};

use super::policy::Content;

/// Version of the conversion. Raised when the same export would give other rows; exports are then converted again.
pub const CONVERTER: u32 = 1;

/// Rows waiting in memory before they go to the lake, in bytes.
const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// How exports are converted.
#[derive(Clone, Copy)]
pub struct Settings<'s> {
    /// Limits of the decoder.
    pub limits: Limits,
    /// Options of the normaliser.
    pub options: Options,
    /// How much text is kept.
    pub content: &'s Content,
}

/// Why an export is not in the lake.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// Its bytes could not be had.
    #[error(transparent)]
    Acquire(#[from] AcquireError),
    /// The lake could not take it; other exports would fare no better.
    #[error(transparent)]
    Lake(#[from] crate::lake::Error),
    /// The transfer broke off without a reason that is known.
    #[error("the transfer broke off: {0}")]
    Broken(String),
}

/// Converts one export and commits it. Bad records, and an end that cannot be read, are noted with the export.
///
/// # Errors
/// When its bytes cannot be read to their end, or the lake cannot take its rows; then the lake holds nothing of it.
pub fn convert(
    source: &dyn Source,
    object: &Object,
    identity: &Identity,
    writer: &Writer,
    settings: Settings<'_>,
    progress: &Progress,
) -> Result<Committed, ConvertError> {
    let opened = source.open(object)?;
    let transfer = opened.handle();
    let mut staging = writer.begin()?;
    let mut decoder = Decoder::new(Kept { reader: opened, error: None }, settings.limits);
    let mut normaliser = Normaliser::new(&object.export_key, settings.options);
    let mut rows = Rows::default();
    let mut pending = Pending::default();
    let mut errors = Vec::new();
    while let Some(next) = decoder.next() {
        match next {
            Ok(record) => {
                normaliser.record(&record, &mut rows);
                if pending.grew(&rows) > BATCH_BYTES {
                    settings.content.apply(&mut rows);
                    staging.write(&mut rows)?;
                    pending = Pending::default();
                }
            }
            Err(error) => errors.push(error),
        }
        progress.decompressed(decoder.decompressed_bytes());
    }
    normaliser.finish(&mut rows);
    settings.content.apply(&mut rows);
    staging.write(&mut rows)?;
    let mut stats = std::mem::take(&mut normaliser.stats);
    stats.decompressed_bytes = decoder.decompressed_bytes();
    for error in errors {
        note(&mut stats, error.fatal, error.into());
    }
    let kept = decoder.into_inner();
    if let Some(error) = kept.error {
        return Err(error);
    }
    // A decoder that gave up early has not read everything; the hash is that of the whole object.
    let transferred = kept.reader.finish().map_err(|e| broken(&e))?;
    debug_assert!(!transfer.state().failed, "a failed transfer ends with an error");
    let sha256 = transferred.sha256.ok_or_else(|| ConvertError::Broken("no end was reached".to_owned()))?;
    Ok(staging.commit(entry(object, identity, sha256, settings.content, stats))?)
}

fn note(stats: &mut ExportStats, fatal: bool, problem: Problem) {
    stats.skipped += u64::from(!fatal);
    stats.partial |= fatal;
    stats.problem(problem);
}

fn entry(object: &Object, identity: &Identity, sha256: String, content: &Content, stats: ExportStats) -> LedgerEntry {
    LedgerEntry {
        id: identity.ledger_id.clone(),
        export_key: object.export_key.clone(),
        source: match &object.origin {
            Origin::File { .. } => "file".to_owned(),
            Origin::S3 { bucket, .. } => format!("s3://{bucket}"),
        },
        size: object.size,
        etag: object.etag.clone(),
        sha256,
        origin: file_origin(object),
        converter: CONVERTER,
        content: content.name().to_owned(),
        stats,
        parts: Vec::new(),
    }
}

/// Path, size and modification time of a local file, which tell that it has not changed.
pub fn file_origin(object: &Object) -> Option<FileOrigin> {
    let Origin::File { path } = &object.origin else { return None };
    let full = std::path::absolute(path).ok()?;
    let mtime = object.modified?.checked_mul(1000)?;
    Some(FileOrigin { path: full.to_string_lossy().into_owned(), size: object.size, mtime })
}

fn broken(error: &std::io::Error) -> ConvertError {
    match AcquireError::from_io(error) {
        Some(known) => ConvertError::Broken(match known.help() {
            Some(help) => format!("{known}; {help}"),
            None => known.to_string(),
        }),
        None => ConvertError::Broken(error.to_string()),
    }
}

/// Remembers why reading failed: a decoder only sees that the export ends early.
struct Kept<R> {
    reader: R,
    error: Option<ConvertError>,
}

impl<R: Read> Read for Kept<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.reader.read(buffer);
        if let Err(error) = &read
            && error.kind() != std::io::ErrorKind::Interrupted
        {
            self.error = Some(broken(error));
        }
        read
    }
}

/// How much memory the waiting rows take, looking at each row once.
#[derive(Default)]
struct Pending {
    bytes: usize,
    messages: usize,
    calls: usize,
    definitions: usize,
    others: usize,
}

impl Pending {
    fn grew(&mut self, rows: &Rows) -> usize {
        fn weigh<R: Row>(rows: &[R], from: &mut usize) -> usize {
            let added = rows[*from..].iter().map(Row::weight).sum();
            *from = rows.len();
            added
        }
        self.bytes += weigh(&rows.messages, &mut self.messages)
            + weigh(&rows.tool_calls, &mut self.calls)
            + weigh(&rows.tool_definitions, &mut self.definitions);
        // The other rows are small and alike.
        let others = rows.requests.len() + rows.tool_results.len() + rows.carries.len() + rows.tool_offers.len();
        self.bytes += (others - self.others) * 600;
        self.others = others;
        self.bytes
    }
}
