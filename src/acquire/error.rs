//! What can go wrong while getting at bytes, each with a line on what to do about it.

use std::io;

use super::s3::{S3Error, S3ErrorKind};
use crate::text;

/// What trying again may bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// The same again, until somebody changes something.
    Lasting,
    /// Success, after a while.
    Passing,
    /// Success, after looking at the place again: the object is not the one that was listed.
    Changed,
    /// Nothing: reading was ended from outside.
    Stopped,
}

/// An object or a source could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A path that is not there.
    #[error("{path} does not exist")]
    Missing {
        /// The path, made safe to show.
        path: String,
    },
    /// A path that may not be read.
    #[error("no permission to read {path}")]
    Denied {
        /// The path, made safe to show.
        path: String,
    },
    /// A path that is neither a folder nor a regular file.
    #[error("{path} is neither a folder nor a regular file")]
    NotAFile {
        /// The path, made safe to show.
        path: String,
    },
    /// A file that changed between looking at it and reading it.
    #[error("{path} changed while it was being read")]
    FileChanged {
        /// The path, made safe to show.
        path: String,
    },
    /// Any other failure of the file system.
    #[error("cannot read {path}: {source}")]
    Io {
        /// The path, made safe to show.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// An address that cannot be read.
    #[error("{address} is not usable: {reason}")]
    BadAddress {
        /// The address, made safe to show; not repeated when it may hold a password.
        address: String,
        /// Why, as a clause.
        reason: &'static str,
    },
    /// An address of a kind that is not supported.
    #[error("{address} is neither a path nor an s3:// address")]
    UnknownScheme {
        /// The scheme, made safe to show.
        address: String,
    },
    /// An object given to a source that does not hold it.
    #[error("{location} does not belong to this source")]
    WrongSource {
        /// Where the object is.
        location: String,
    },
    /// Originals cannot be kept.
    #[error("cannot keep originals in {folder}: {source}")]
    Keep {
        /// The folder, made safe to show.
        folder: String,
        /// What the system said.
        source: io::Error,
    },
    /// Another process keeps originals in the folder.
    #[error("another process keeps originals in {folder}")]
    KeepLocked {
        /// The folder, made safe to show.
        folder: String,
    },
    /// The runtime was shut down during the work.
    #[error("stopped before it was finished")]
    Stopped,
    /// A request to S3 or a transfer from it.
    #[error(transparent)]
    S3(Box<S3Error>),
}

impl From<S3Error> for Error {
    fn from(error: S3Error) -> Self {
        Self::S3(Box::new(error))
    }
}

impl Error {
    /// Wraps a failure of the file system at a path.
    pub(super) fn at(path: &std::path::Path, source: io::Error) -> Self {
        let path = text::place(&path.to_string_lossy());
        match source.kind() {
            io::ErrorKind::NotFound => Self::Missing { path },
            io::ErrorKind::PermissionDenied => Self::Denied { path },
            _ => Self::Io { path, source },
        }
    }

    /// One line on what the user can do, for the cases where there is something.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        let help = match self {
            Self::Missing { .. } => "check the path; a bucket is written as s3://bucket/prefix",
            Self::Denied { .. } => "run as a user that may read it, or grant read access to it",
            Self::NotAFile { .. } => "name a folder, a file or s3://bucket/prefix",
            Self::FileChanged { .. } => "run again once whatever writes the file has finished",
            Self::BadAddress { .. } => "write s3://bucket/prefix, and https://host:port for an endpoint",
            Self::UnknownScheme { .. } => {
                "for other services that speak S3, use s3://bucket/prefix with --endpoint-url"
            }
            Self::Keep { .. } => {
                "name a folder with room that this user may write; exports are not converted without being kept"
            }
            Self::KeepLocked { .. } => "wait until it has finished, or name another folder",
            Self::S3(error) => return error.help(),
            Self::Io { .. } | Self::WrongSource { .. } | Self::Stopped => return None,
        };
        Some(help.to_owned())
    }

    /// What trying again may bring.
    #[must_use]
    pub fn nature(&self) -> Nature {
        match self {
            Self::FileChanged { .. } => Nature::Changed,
            Self::Stopped => Nature::Stopped,
            Self::S3(error) if error.kind == S3ErrorKind::Changed => Nature::Changed,
            Self::S3(error) if error.is_transient() => Nature::Passing,
            _ => Nature::Lasting,
        }
    }

    /// The error behind a failed read of an [`super::Opened`], however deeply decoders have wrapped it.
    #[must_use]
    pub fn from_io(error: &io::Error) -> Option<&Self> {
        let mut current: Option<&(dyn std::error::Error + 'static)> = error.get_ref().map(|e| e as _);
        while let Some(cause) = current {
            if let Some(found) = cause.downcast_ref::<Self>() {
                return Some(found);
            }
            current = match cause.downcast_ref::<io::Error>() {
                Some(inner) => inner.get_ref().map(|e| e as _),
                None => cause.source(),
            };
        }
        None
    }
}
