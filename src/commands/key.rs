//! The key of a lake's fingerprints.

use std::path::PathBuf;

use super::note;
use super::target::named;
use crate::cli;
use crate::error::Error;
use crate::lake::Lake;
use crate::outcome::Outcome;
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

/// What everybody who moves a key should know.
const WARNING: &str = "who has this key and a guess of a secret can test the guess against fingerprints: keep it as \
                       private as the lake, and delete copies that are no longer needed";

/// Runs `lightmeter key`.
///
/// # Errors
/// When the lake or the file cannot be used, or the lake holds exports whose fingerprints were made with another key.
pub(super) fn run(args: &cli::Key, place: PathBuf, quiet: bool) -> Result<Outcome, Error> {
    match args {
        cli::Key::Export(args) => {
            if named(Some(&args.output)).is_none() {
                let text = "a key is for a file: name one with -o FILE, which its owner alone can read";
                return Err(Error::Usage(text.to_owned()));
            }
            let lake = Lake::open_existing(place)?;
            of_lake(&lake)?.save_new(&args.output)?;
            note(quiet, WARNING);
        }
        cli::Key::Import(args) => {
            let lake = Lake::open(place)?;
            let key = Key::load(&args.file)?;
            // Nobody may pull in between.
            let _writer = lake.writer()?;
            let own = path(&lake);
            if own.exists() && Key::load(&own)?.is(&key) {
                note(quiet, "the lake has this key already");
                return Ok(Outcome::Done);
            }
            let held = lake.ledger()?.entries.len();
            if held > 0 {
                return Err(Error::Usage(format!(
                    "the lake holds {held} exports whose fingerprints were made with its own key: import the key into a \
                     new lake and pull into that, or export the key of this lake for the others"
                )));
            }
            key.replace(&own)?;
            note(quiet, WARNING);
        }
    }
    Ok(Outcome::Done)
}
