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

/// Variable that names the key file to use instead, so that several lakes give a secret the same fingerprint.
pub const VARIABLE: &str = "LIGHTMETER_FINGERPRINT_KEY";

/// The lake's key; made when the lake is first written.
///
/// # Errors
/// When the file can be neither read nor made, or holds something else.
pub fn of_lake(lake: &Lake) -> Result<Key, KeyError> {
    let named = std::env::var_os(VARIABLE).filter(|name| !name.is_empty()).map(PathBuf::from);
    Key::load_or_create(&named.unwrap_or_else(|| path(lake)))
}
