//! Converts one export: source → decode → normalise → lake.

use std::io::{self, Read};

use crate::acquire::{
    Complete, Error as AcquireError, Failure, Identity, Keep, Kept, Nature, Object, Opened, Origin, TransferHandle,
};
use crate::decode::{Decoder, Limits};
use crate::lake::{Committed, LedgerEntry, Origin as FileOrigin, Ready, Writer};
use crate::normalise::facts::{Facts, Readers};
use crate::normalise::{Normaliser, Options};
use crate::outcome::{ExportStats, Problem};
use crate::progress::Progress;
use crate::tables::{Row, Rows};

use super::exposure::Exposure;
use super::hits::Ledgerer;
use super::policy::Content;
use super::stop::Stop;

/// Version of the conversion. Raised when the same export would give other rows; exports are then converted again.
pub const CONVERTER: u32 = 8;

/// Rows waiting in memory before they go to the lake, in bytes.
const BATCH_BYTES: usize = 2 * 1024 * 1024;

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
    /// Where originals are kept, if they are.
    pub keep: Option<&'s Keep>,
    /// Ends conversions.
    pub stop: &'s Stop,
    /// What finds secrets.
    pub ledgerer: &'s Ledgerer,
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
    /// The original could not be kept; others would fare no better.
    #[error(transparent)]
    Keep(AcquireError),
    /// The object in the bucket is not the one that the lake holds the rows of.
    #[error("its content is no longer that which the lake holds, though its version says so; the original is not kept")]
    OtherContent,
    /// The run was asked to end.
    #[error("ended before it was finished")]
    Stopped,
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
            Self::Keep(error) => error.help(),
            Self::Lake(error) => error.help().map(str::to_owned),
            Self::OtherContent | Self::Stopped | Self::Read(_) => None,
        }
    }

    /// What trying again may bring.
    #[must_use]
    pub fn nature(&self) -> Nature {
        match self {
            Self::Acquire(error) => error.nature(),
            Self::Broken(failure) => failure.nature,
            Self::Stopped => Nature::Stopped,
            Self::Lake(_) | Self::Keep(_) | Self::OtherContent | Self::Read(_) => Nature::Lasting,
        }
    }

    /// Whether other exports would fare no better.
    #[must_use]
    pub fn concerns_all(&self) -> bool {
        matches!(self, Self::Lake(_) | Self::Keep(_))
    }

    /// The failure of reading to the end, after the source itself reported none.
    fn of_reading(error: io::Error) -> Self {
        let kept = matches!(AcquireError::from_io(&error), Some(AcquireError::Keep { .. }));
        let text = error.to_string();
        match error.into_inner().map(|inner| inner.downcast::<AcquireError>()) {
            Some(Ok(inner)) if kept => Self::Keep(*inner),
            _ => Self::Read(text),
        }
    }
}

/// An export that was read to its end; all that remains is to wait for the disk.
pub struct Converted {
    /// What becomes visible in the lake; nothing when the lake holds it already.
    rows: Option<Ready>,
    original: Option<Complete>,
}

impl Converted {
    /// Keeps the original, if it is to be kept, and makes the rows visible.
    ///
    /// # Errors
    /// When one of them cannot be written; then the lake holds nothing of it.
    pub fn commit(self) -> Result<Committed, ConvertError> {
        // First, so that the lake holds nothing whose original is missing.
        self.original.map_or(Ok(()), |original| original.store().map(drop).map_err(ConvertError::Keep))?;
        self.rows.map_or(Ok(Committed::Unchanged), |rows| Ok(rows.commit()?))
    }
}

/// Converts one export. Bad records, and an end that cannot be read, are noted with the export.
///
/// # Errors
/// When its bytes cannot be read to their end, or the lake cannot take its rows; then the lake holds nothing of it.
pub fn convert(
    opened: Opened,
    object: &Object,
    identity: &Identity,
    writer: &Writer,
    settings: Settings<'_>,
    progress: &Progress,
) -> Result<Converted, ConvertError> {
    let input = Input::new(opened, object, settings.keep)?;
    let transfer = input.handle();
    let mut staging = writer.begin()?;
    let mut reader = progress.count(input);
    let mut decoder = Decoder::new(&mut reader, settings.limits);
    let mut normaliser = Normaliser::new(&object.export_key, settings.options);
    let mut facts = Facts::new(settings.readers);
    let mut exposure = Exposure::new(settings.ledgerer, settings.content);
    let mut rows = Rows::default();
    let mut pending = Pending::default();
    let mut errors = Vec::new();
    let mut decompressed = 0;
    progress.working_on(&object.export_key);
    while let Some(next) = decoder.next() {
        if settings.stop.requested().is_some() {
            return Err(ConvertError::Stopped);
        }
        match next {
            Ok(record) => {
                normaliser.record(&record, &mut rows);
                exposure.record(&record, &normaliser.credentials, &mut facts, &mut rows);
                if pending.grew(&rows) > BATCH_BYTES {
                    exposure.apply(&mut rows);
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
    exposure.finish(&mut rows);
    exposure.apply(&mut rows);
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
    let (sha256, original) = vouched(finished, &transfer)?;
    let rule_set = Some(settings.ledgerer.scanner.rule_set().to_string());
    let entry = LedgerEntry { rule_set, ..entry(object, identity, sha256, settings.content, stats) };
    Ok(Converted { rows: Some(staging.finish(entry)?), original })
}

/// The hash of what was read, and the original if it is kept, once the source has vouched for all of it.
fn vouched(
    finished: io::Result<Option<Complete>>,
    transfer: &TransferHandle,
) -> Result<(String, Option<Complete>), ConvertError> {
    let state = transfer.state();
    if let Some(failure) = state.failure {
        return Err(ConvertError::Broken(failure));
    }
    let original = finished.map_err(ConvertError::of_reading)?;
    let sha256 = state.sha256.ok_or_else(|| ConvertError::Read("no end was reached".to_owned()))?;
    Ok((sha256, original))
}

/// Reads an export that the lake holds already, to keep its original.
///
/// # Errors
/// When its bytes cannot be read to their end, or are not those that were converted.
pub fn keep_only(
    opened: Opened,
    object: &Object,
    sha256: &str,
    settings: Settings<'_>,
    progress: &Progress,
) -> Result<Converted, ConvertError> {
    let input = Input::new(opened, object, settings.keep)?;
    let transfer = input.handle();
    progress.working_on(&object.export_key);
    let mut reader = progress.count(input);
    let read = io::copy(&mut reader, &mut io::sink());
    let finished = read.and_then(|_| reader.into_inner().finish());
    let (found, original) = vouched(finished, &transfer)?;
    if found != sha256 {
        return Err(ConvertError::OtherContent);
    }
    Ok(Converted { rows: None, original })
}

/// An object being read, with or without its original being kept.
enum Input {
    Plain(Opened),
    Kept(Box<Kept>),
}

impl Input {
    fn new(opened: Opened, object: &Object, keep: Option<&Keep>) -> Result<Self, ConvertError> {
        Ok(match keep {
            Some(keep) => Self::Kept(Box::new(keep.tee(object, opened).map_err(ConvertError::Keep)?)),
            None => Self::Plain(opened),
        })
    }

    fn handle(&self) -> TransferHandle {
        match self {
            Self::Plain(opened) => opened.handle(),
            Self::Kept(kept) => kept.handle(),
        }
    }

    /// Reads what is left.
    fn finish(self) -> io::Result<Option<Complete>> {
        match self {
            Self::Plain(opened) => opened.finish().map(|_| None),
            Self::Kept(kept) => kept.finish().map(Some),
        }
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(opened) => opened.read(buffer),
            Self::Kept(kept) => kept.read(buffer),
        }
    }
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
        rule_set: None,
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
    seen: [usize; 10],
}

impl Pending {
    fn grew(&mut self, rows: &Rows) -> usize {
        fn weigh<R: Row>(rows: &[R], seen: &mut usize) -> usize {
            let new = rows.get(*seen..).unwrap_or_default();
            *seen = rows.len();
            new.iter().map(|row| row.weight() + size_of::<R>()).sum()
        }
        let Rows { requests, messages, carries, tool_calls, tool_results, .. } = rows;
        let Rows { tool_definitions, tool_offers, commands, entities, secrets, .. } = rows;
        let [a, b, c, d, e, f, g, h, i, j] = &mut self.seen;
        self.bytes += weigh(requests, a) + weigh(messages, b) + weigh(carries, c) + weigh(tool_calls, d);
        self.bytes += weigh(tool_results, e) + weigh(tool_definitions, f) + weigh(tool_offers, g);
        self.bytes += weigh(commands, h) + weigh(entities, i) + weigh(secrets, j);
        self.bytes
    }
}
