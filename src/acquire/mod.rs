//! Where bytes come from: folders, files and S3 buckets, behind one trait.
//!
//! A [`Source`] lists export objects and opens them one at a time as plain blocking readers, so that the stages after
//! it run on ordinary worker threads. Nothing here knows what is inside an export or where its rows go.
//!
//! To read exports from elsewhere, add one file with a `Source` and a variant of [`Place`].

mod budget;
mod dir;
mod error;
mod keep;
pub mod object_key;
mod s3;
mod transfer;

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use crate::window::Window;

pub use budget::Budget;
pub use dir::DirSource;
pub use error::{Error, Nature};
pub use keep::{Complete, Keep, Kept};
pub use s3::{PathStyle, S3Client, S3Error, S3ErrorKind, S3Location, S3Options, S3Source, StaticCredentials};
pub use transfer::{Body, Failure, Opened, Sha256Read, TransferHandle, Transferred, Waiting};

/// A place that holds export objects.
pub trait Source: Send + Sync {
    /// The place as the user named it, for messages.
    fn name(&self) -> String;

    /// Looks for exports. Objects that surely hold nothing of the window are left out and counted.
    ///
    /// # Errors
    /// When the place cannot be looked at as a whole. What fails for single objects is in [`Listing::skipped`].
    fn list(&self, window: &Window) -> Result<Listing, Error>;

    /// The identity of an object: what the ledger knows it by. For a file this reads all of it, see [`Origin::File`],
    /// unless `ended` says meanwhile that nobody wants to know any more.
    ///
    /// # Errors
    /// When the object cannot be read, or reading was ended.
    fn identify(&self, object: &Object, ended: &dyn Fn() -> bool) -> Result<Identity, Error>;

    /// Opens an object. Reading may fail later with an error that [`Error::from_io`] gives back.
    ///
    /// # Errors
    /// When the object cannot be opened.
    fn open(&self, object: &Object) -> Result<Opened, Error>;

    /// The object as it is now, when the place can tell without listing everything; `None` when it cannot, or the
    /// object is gone.
    ///
    /// # Errors
    /// When the place cannot be looked at.
    fn look_again(&self, object: &Object) -> Result<Option<Object>, Error> {
        let _ = object;
        Ok(None)
    }

    /// Whether a listing with this window would show an export that was once pulled, if it were still there.
    fn would_list(&self, known: Known<'_>, window: &Window) -> bool;
}

/// What is remembered of an export that was pulled.
#[derive(Debug, Clone, Copy)]
pub struct Known<'k> {
    /// See [`Identity::ledger_id`].
    pub ledger_id: &'k str,
    /// The name that its rows carry: that of [`Object::export_key`], or that with `~` and more after it.
    pub export_key: &'k str,
    /// Full path of a local file.
    pub path: Option<&'k str>,
}

/// A place as written on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A folder or a file.
    Path(PathBuf),
    /// A bucket.
    S3(S3Location),
}

impl FromStr for Place {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text.split_once("://") {
            Some((scheme, _)) if scheme.eq_ignore_ascii_case("s3") => text.parse().map(Self::S3),
            // The rest of the address is not repeated: it may hold a password.
            Some((scheme, _)) if scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c)) => {
                Err(Error::UnknownScheme { address: format!("{}://…", crate::text::both_ends(scheme, 20)) })
            }
            _ if text.to_ascii_lowercase().starts_with("s3:") => text.parse().map(Self::S3),
            _ => Ok(Self::Path(text.into())),
        }
    }
}

/// One export object, as listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Names the export in tables and findings: the file name, or `s3://bucket/key`. It may hold any character.
    pub export_key: String,
    /// Compressed size in bytes.
    pub size: u64,
    /// The ETag as the server gave it, with its quotes.
    pub etag: Option<String>,
    /// Last modification, microseconds since the epoch.
    pub modified: Option<i64>,
    /// When the export was made according to its name, microseconds since the epoch.
    pub key_time: Option<i64>,
    /// Where the bytes are.
    pub origin: Origin,
}

impl Object {
    /// What changes when the content changes, as far as a listing can tell: size and ETag, or size and modification
    /// time where there is no ETag.
    #[must_use]
    pub fn version(&self) -> String {
        match (&self.etag, self.modified) {
            (Some(etag), _) => format!("{} bytes, etag {etag}", self.size),
            (None, Some(modified)) => format!("{} bytes, modified {modified}", self.size),
            (None, None) => format!("{} bytes", self.size),
        }
    }
}

/// Where an object's bytes are. Together with [`Object::version`] it tells a caller that remembers both that there is
/// nothing new to identify or read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A local file. Its identity is its content, which takes reading it; remember path and version to avoid that
    /// for files that did not change.
    File {
        /// The path as reached from the source.
        path: PathBuf,
    },
    /// An object in a bucket.
    S3 {
        /// The service it lives in when that is not AWS.
        endpoint: Option<Arc<str>>,
        /// Bucket name.
        bucket: Arc<str>,
        /// Object key.
        key: String,
    },
}

/// What the ledger knows an object by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// 64 lower-case hex digits. For a file it is derived from the content, so that a renamed or copied file is the
    /// same export; for an object in a bucket from endpoint, bucket and key, so that size and ETag tell whether it
    /// changed.
    pub ledger_id: String,
    /// SHA-256 of the compressed content in hex, where it was computed on the way.
    pub sha256: Option<String>,
}

/// What a source holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The exports, sorted by export key and origin.
    pub objects: Vec<Object>,
    /// What could not be looked at.
    pub skipped: Vec<Skipped>,
    /// Objects that are not exports by their name.
    pub ignored: u64,
    /// Exports left out because everything in them lies before the window.
    pub before_window: u64,
}

/// Something in a source that could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Where it is.
    pub location: String,
    /// Why, as a clause without a full stop.
    pub reason: String,
}

impl Listing {
    /// Compressed size of all listed exports in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.objects.iter().map(|o| o.size).sum()
    }

    fn sort(&mut self) {
        self.objects.sort_by(|a, b| (&a.export_key, a.origin.place()).cmp(&(&b.export_key, b.origin.place())));
        self.skipped.sort_by(|a, b| a.location.cmp(&b.location));
    }
}

impl Origin {
    fn place(&self) -> std::borrow::Cow<'_, str> {
        match self {
            Self::File { path } => path.to_string_lossy(),
            Self::S3 { key, .. } => key.as_str().into(),
        }
    }
}

/// Hashes parts so that no two different lists of parts meet: each part is preceded by its length.
fn identity(parts: &[&str]) -> String {
    use sha2::{Digest, Sha256};
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hex::encode(hasher.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_paths_unless_they_look_like_addresses() {
        assert_eq!("exports/may".parse::<Place>().unwrap(), Place::Path("exports/may".into()));
        assert!(matches!("s3://logs/a".parse::<Place>(), Ok(Place::S3(_))));
        for bad in ["S3://logs", "s3:/logs", "gs://user:canary@logs", "https://x/y"] {
            let error = bad.parse::<Place>().unwrap_err();
            assert!(error.help().unwrap().contains("s3://") && !error.to_string().contains("canary"), "{bad}");
        }
    }

    #[test]
    fn identities_of_different_parts_never_meet() {
        assert_ne!(identity(&["s3", "ab", "c"]), identity(&["s3", "a", "bc"]));
        assert_ne!(identity(&["s3", "a", "b"]), identity(&["s3", "a", "b", ""]));
        assert_eq!(identity(&["a"]).len(), 64);
    }
}
