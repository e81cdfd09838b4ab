//! What keeps a lake small: days that are old enough go (`lightmeter prune`), small files are merged (`lightmeter
//! compact`). An unattended run does both by itself.

use super::stop::Stop;
use crate::cli;
use crate::error::Error;
use crate::export::State;
use crate::lake::{Compacted, Compaction, Lake, Pruned};

/// Merges small files of the lake.
///
/// # Errors
/// When the lake is being written or cannot be written.
pub(super) fn compact(lake: &Lake, how: &Compaction, stop: &Stop) -> Result<Compacted, Error> {
    let compacted = lake.compact(how, &|| stop.requested().is_some())?;
    for error in &compacted.left {
        tracing::warn!("left as it is: {error}");
    }
    match stop.requested() {
        Some(signal) => Err(Error::Stopped { signal, done: None }),
        None => Ok(compacted),
    }
}

impl From<&cli::Compact> for Compaction {
    fn from(args: &cli::Compact) -> Self {
        let least = usize::try_from(args.at_least).unwrap_or(usize::MAX);
        Self { small: args.smaller_than << 20, least, ..Self::default() }
    }
}

/// Removes days from the lake, and from the accounts of exports what they know of these days.
///
/// # Errors
/// When the lake is being written or cannot be written.
pub(super) fn prune(lake: &Lake, before: i64) -> Result<Pruned, Error> {
    let pruned = lake.prune(before)?;
    if let Some(start) = lake.pruned_before()? {
        for name in lake.account_names()? {
            let _turn = lake.account_lock(&name)?;
            // An account that cannot be read is the business of whoever exports for it.
            let Some(Ok(mut state)) = lake.read_account(&name)?.map(|bytes| State::parse(&bytes)) else { continue };
            let known = state.findings.len();
            state.forget_before(start);
            if state.findings.len() < known {
                lake.write_account(&name, &state.to_bytes())?;
            }
        }
    }
    Ok(pruned)
}
