//! The key of a lake's fingerprints.

use std::path::PathBuf;

use crate::lake::Lake;
use crate::secrets::{Key, KeyError};

/// Name of the key file in the lake's folder.
pub const FILE_NAME: &str = "fingerprint.key";

/// Where a lake's key is.
#[must_use]
pub fn path(lake: &Lake) -> PathBuf {
    lake.path().join(FILE_NAME)
}

/// The lake's key; made when the lake is first written.
///
/// # Errors
/// When the file can be neither read nor made, or holds something else.
pub fn of_lake(lake: &Lake) -> Result<Key, KeyError> {
    Key::load_or_create(&path(lake))
}
