//! What can go wrong in the lake. Messages never hold a value of a row: rows may hold secrets.

use std::io;
use std::path::{Path, PathBuf};

use arrow::error::ArrowError;
use datafusion::error::DataFusionError;

/// An error of the lake or of a query over it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be read, written, synced or removed.
    #[error("cannot {action} {path}", path = .path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The folder holds something else.
    #[error("{path} is not a lightmeter lake and is not empty; choose an empty folder or an existing lake", path = .0.display())]
    Foreign(PathBuf),
    /// There is no lake.
    #[error("there is no lake at {path}; pull some exports first, or point --lake at an existing one", path = .0.display())]
    Missing(PathBuf),
    /// The lake was made by a newer program.
    #[error("the lake at {path} has layout version {version}, this program knows {known}; use a newer lightmeter", path = .path.display())]
    Newer {
        /// The lake.
        path: PathBuf,
        /// Its version.
        version: u32,
        /// Newest version that this program reads.
        known: u32,
    },
    /// Another process is writing.
    #[error("the lake at {path} is being written by {holder}; wait until it has finished", path = .path.display())]
    Locked {
        /// The lake.
        path: PathBuf,
        /// `process 123` or `another process`.
        holder: String,
    },
    /// Another run or export is at work.
    #[error("{what}: {holder} is using {path}; wait until it has finished", path = .path.display())]
    Busy {
        /// What is at work.
        what: &'static str,
        /// The lake.
        path: PathBuf,
        /// `process 123` or `another process`.
        holder: String,
    },
    /// A ledger entry cannot be understood.
    #[error("the ledger entry {path} is damaged ({reason}); its export is left out until it is pulled again", path = .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong, without content.
        reason: String,
    },
    /// The note of the first day that the lake holds cannot be understood.
    #[error("{path}, which names the first day that the lake holds, is damaged ({reason})", path = .path.display())]
    BadMarker {
        /// The file.
        path: PathBuf,
        /// What is wrong, without content.
        reason: String,
    },
    /// An entry that was to be committed is not acceptable.
    #[error("the export cannot be entered in the ledger: {0}")]
    BadEntry(&'static str),
    /// A part is not what the ledger says.
    #[error("the part {path} is not what the ledger says: {reason}", path = .path.display())]
    BadPart {
        /// The part.
        path: PathBuf,
        /// What differs.
        reason: &'static str,
    },
    /// Rows could not be turned into Parquet.
    #[error("cannot write rows of table {table}")]
    Write {
        /// The table.
        table: String,
        /// Why not.
        source: parquet::errors::ParquetError,
    },
    /// The query is wrong or not allowed.
    #[error("the query cannot be run: {0}")]
    Plan(String),
    /// The query needs more memory than it may use.
    #[error(
        "the query needs more memory than the limit of {limit_mb} MB allows; raise the limit or narrow the query ({detail})"
    )]
    Memory {
        /// The limit in megabytes.
        limit_mb: usize,
        /// Which operators held the memory.
        detail: String,
    },
    /// A file of the lake cannot be read as what it should be.
    #[error("the lake cannot be read: {0}")]
    Unreadable(String),
    /// The query failed while it ran.
    #[error("the query failed: {0}")]
    Query(String),
}

impl Error {
    /// The same error, should it be that the lock is held, in the words of whoever wanted it.
    pub(super) fn or_busy(self, what: &'static str, lake: &Path) -> Self {
        match self {
            Self::Busy { holder, .. } => Self::Busy { what, path: lake.to_owned(), holder },
            other => other,
        }
    }

    /// Name of a damaged entry below the lake's data (`ledger/….json`), and what is wrong with it; the whole message
    /// for other errors. Where the lake lies is nothing that a result may depend on.
    #[must_use]
    pub fn within_lake(&self) -> (String, String) {
        let Self::Damaged { path, reason } = self else { return (String::new(), self.to_string()) };
        let folder = path.parent().and_then(Path::file_name);
        let names: Vec<_> = folder.into_iter().chain(path.file_name()).map(|name| name.to_string_lossy()).collect();
        (names.join("/"), format!("the entry is damaged ({reason}); its export is left out until it is pulled again"))
    }

    /// Whether something else is at work on the lake, so that trying later may well succeed.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Busy { .. } | Self::Locked { .. })
    }

    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }

    /// What to do about a disk or a folder that does not take what the lake wants to write.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        use io::ErrorKind as K;
        let source = match self {
            Self::Io { source, .. } => source,
            Self::Unreadable(_) => return Some("`lightmeter verify` names what is damaged, and how it comes back"),
            Self::BadMarker { .. } => return Some("`lightmeter prune --older-than AGE` writes it anew"),
            _ => return None,
        };
        Some(match source.kind() {
            K::StorageFull | K::QuotaExceeded => "make room on the disk and run again: what was pulled is kept",
            K::FileTooLarge => "raise the limit on the size of files and run again: what was pulled is kept",
            K::ReadOnlyFilesystem => "the disk is mounted read-only: choose another place with --lake DIR",
            K::PermissionDenied => "run as the user who owns the lake, or choose another place with --lake DIR",
            K::NotADirectory | K::AlreadyExists => "a file is where a folder is needed: choose another --lake DIR",
            _ => return None,
        })
    }

    /// An error found before any row was read: its text stems from the SQL alone and is shown in full.
    pub(super) fn planning(error: &DataFusionError) -> Self {
        Self::Plan(one_line(&message_of(error)))
    }

    /// An error of a running query: whatever it quotes may be a value of a row.
    pub(super) fn running(error: &DataFusionError, memory_limit: usize) -> Self {
        let message = message_of(error);
        if let DataFusionError::ResourcesExhausted(_) = error.find_root() {
            return Self::Memory { limit_mb: memory_limit / (1024 * 1024), detail: one_line(&message) };
        }
        let message = one_line(&without_values(&message));
        match error.find_root() {
            DataFusionError::ParquetError(_) => Self::Unreadable(message),
            DataFusionError::ArrowError(error, _) if matches!(**error, ArrowError::ParquetError(_)) => {
                Self::Unreadable(message)
            }
            _ => Self::Query(message),
        }
    }
}

fn message_of(error: &DataFusionError) -> String {
    error.find_root().strip_backtrace()
}

/// Cuts everything between the first and the last quotation mark.
fn without_values(message: &str) -> String {
    let quote = |c: char| matches!(c, '\'' | '"' | '`');
    match (message.find(quote), message.rfind(quote)) {
        (Some(first), Some(last)) if first < last => format!("{}…{}", &message[..=first], &message[last..]),
        _ => message.to_owned(),
    }
}

/// One line of at most 600 characters without control characters.
fn one_line(message: &str) -> String {
    let flat: String = message.chars().map(|c| if c.is_control() { ' ' } else { c }).take(600).collect();
    flat.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_running_queries_hold_no_values() {
        let inner = DataFusionError::Execution("cannot read 'sk-se'cret\n' as Int64".to_owned());
        let text = Error::running(&inner, 0).to_string();
        assert_eq!(text, "the query failed: Execution error: cannot read '…' as Int64");
    }
}
