//! Converts one export: source → decode → normalise → lake.

use crate::acquire::{Error as AcquireError, Failure, Identity, Object, Origin, Source};
use crate::decode::{Decoder, Limits};
use crate::lake::{Committed, LedgerEntry, Origin as FileOrigin, Writer};
use crate::normalise::facts::{Facts, Readers};
use crate::normalise::{Normaliser, Options};
use crate::outcome::{ExportStats, Problem};
use crate::progress::Progress;
use crate::tables::{Row, Rows};

use super::policy::Content;

/// Version of the conversion. Raised when the same export would give other rows; exports are then converted again.
pub const CONVERTER: u32 = 2;

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
    /// What takes facts from content and calls.
    pub readers: &'s Readers,
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
    /// The transfer broke off.
    #[error("{}", .0.reason)]
    Broken(Failure),
    /// Reading ended in a way that no source should show.
    #[error("the transfer broke off: {0}")]
    Read(String),
}

impl ConvertError {
    /// What to do about it, where there is something.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Acquire(error) => error.help(),
            Self::Broken(failure) => failure.help.clone(),
            Self::Lake(_) | Self::Read(_) => None,
        }
    }

    /// Whether the same export may well be read when tried again.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Acquire(error) => error.is_transient(),
            Self::Broken(failure) => failure.is_transient,
            Self::Lake(_) | Self::Read(_) => false,
        }
    }
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
    let mut reader = progress.count(opened);
    let mut decoder = Decoder::new(&mut reader, settings.limits);
    let mut normaliser = Normaliser::new(&object.export_key, settings.options);
    let mut facts = Facts::new(settings.readers);
    let mut rows = Rows::default();
    let mut pending = Pending::default();
    let mut errors = Vec::new();
    let mut decompressed = 0;
    progress.working_on(&object.export_key);
    while let Some(next) = decoder.next() {
        match next {
            Ok(record) => {
                normaliser.record(&record, &mut rows);
                if pending.grew(&rows) > BATCH_BYTES {
                    facts.add(&mut rows);
                    settings.content.apply(&mut rows);
                    staging.write(&mut rows)?;
                    pending = Pending::default();
                }
            }
            Err(error) => errors.push(error),
        }
        let so_far = decoder.decompressed_bytes();
        progress.add_records(1, so_far - decompressed);
        decompressed = so_far;
    }
    normaliser.finish(&mut rows);
    facts.add(&mut rows);
    settings.content.apply(&mut rows);
    staging.write(&mut rows)?;
    let mut stats = std::mem::take(&mut normaliser.stats);
    stats.decompressed_bytes = decompressed;
    if facts.left_out > 0 {
        stats.unknown("content that names more than is kept of it");
    }
    for error in errors {
        note(&mut stats, error.fatal, error.into());
    }
    // A decoder that gave up early has not read everything; the hash is that of the whole object. What was decoded of
    // a transfer that broke off is not kept: a cut object looks like a short export.
    let finished = reader.into_inner().finish();
    let state = transfer.state();
    if let Some(failure) = state.failure {
        return Err(ConvertError::Broken(failure));
    }
    finished.map_err(|e| ConvertError::Read(e.to_string()))?;
    let sha256 = state.sha256.ok_or_else(|| ConvertError::Read("no end was reached".to_owned()))?;
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
