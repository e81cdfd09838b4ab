//! What can be wrong with an export, and where.

use std::fmt;

use crate::outcome::Problem;

/// Kinds of damage; the names are those of [`Problem::kind`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The file has no bytes at all.
    Empty,
    /// The file is something other than zstd.
    NotZstd,
    /// The file or a record ends too early.
    Truncated,
    /// The compressed data is damaged, or something else follows it.
    Corrupt,
    /// One record makes no sense.
    BadRecord,
    /// A limit was exceeded.
    Limit,
    /// Reading failed.
    Io,
}

impl ErrorKind {
    /// The name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotZstd => "not_zstd",
            Self::Truncated => "truncated",
            Self::Corrupt => "corrupt",
            Self::BadRecord => "bad_record",
            Self::Limit => "limit",
            Self::Io => "io",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A part of an export that could not be read. Holds nothing of the content but the record id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at byte {offset} of the decompressed export: {reason}")]
pub struct RecordError {
    /// What kind of damage.
    pub kind: ErrorKind,
    /// Position of the damaged record in the export, from 0; none when no record had begun.
    pub record_number: Option<u64>,
    /// The gateway's record id, where it could still be read.
    pub record_id: Option<i64>,
    /// Where the damaged record starts in the decompressed export, in bytes.
    pub offset: u64,
    /// What is wrong, and how many bytes it cost.
    pub reason: String,
    /// Whether nothing follows: the rest of the export is missing or unreadable.
    pub fatal: bool,
}

impl From<RecordError> for Problem {
    fn from(error: RecordError) -> Self {
        Self {
            kind: error.kind.name().to_owned(),
            record_number: error.record_number,
            record_id: error.record_id,
            offset: Some(error.offset),
            reason: error.reason,
        }
    }
}
